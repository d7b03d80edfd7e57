//! Returns fold by their identity, whatever the order of arrival (G10), and a report's row is one like any other.

use crate::told::{at, fresh};
use proptest::{collection::vec, option, prelude::*};
use sutler_core::{
    journal::Entry,
    order::Line,
    returns::{Return, ReturnStage, ReturnTold, ReturnedUnits, fold},
    state::OrderState,
};

fn units() -> impl Strategy<Value = ReturnedUnits> {
    (option::of("[1-2]"), option::of("[AB]"), 0..4u32, 0..4u32, "[xy]?").prop_map(
        |(line, sku, quantity, back, reason)| ReturnedUnits {
            line_id: line.map(|id| id.as_str().into()),
            sku: sku.map(|sku| sku.as_str().into()),
            quantity,
            back,
            reason,
        },
    )
}

fn telling() -> impl Strategy<Value = ReturnTold> {
    let stage = (0..ReturnStage::ALL.len()).prop_map(|at| ReturnStage::ALL[at].0);
    let when = || option::of((0..3i64).prop_map(at));
    ((0..4i64), "R[1-2]", stage, "[ab]", when(), option::of("[pq]"), vec(units(), 0..3)).prop_map(
        |(asked, id, stage, status, opened_at, refund, lines)| ReturnTold {
            asked_at: at(asked),
            told: Return { id, stage, status, opened_at, changed_at: None, refund, lines },
        },
    )
}

proptest! {
    #[test]
    fn g10_returns_told_in_any_order_and_any_number_of_times_are_the_same(
        told in vec(telling(), 1..6),
        order in vec(any::<prop::sample::Index>(), 0..12),
    ) {
        let mut once = Vec::new();
        for one in &told {
            fold(&mut once, one);
        }
        let mut again: Vec<ReturnTold> = Vec::new();
        for one in order.iter().map(|at| at.get(&told)).chain(told.iter().rev()) {
            fold(&mut again, one);
        }
        prop_assert_eq!(&once, &again);
        for one in &told {
            prop_assert!(!fold(&mut again, one), "told again, it is no news");
        }
    }
}

fn told(id: &str, line: Option<&str>, sku: Option<&str>, back: u32) -> Entry {
    let units = ReturnedUnits {
        line_id: line.map(Into::into),
        sku: sku.map(Into::into),
        quantity: 2,
        back,
        reason: "CR-UNWANTED_ITEM".into(),
    };
    let told = Return {
        id: id.into(),
        stage: ReturnStage::Announced,
        status: "Approved".into(),
        opened_at: Some(at(1)),
        changed_at: None,
        refund: None,
        lines: vec![units],
    };
    Entry::Returned(Box::new(ReturnTold { asked_at: at(2), told }))
}

fn shipped(lines: &[(&str, &str, u32)]) -> OrderState {
    let mut state = fresh();
    let mut facts = (*state.facts).clone();
    for (id, sku, units) in lines {
        let mut line = Line::new((*id).into(), Some((*sku).into()), *units);
        line.shipped = *units;
        facts.lines.push(line);
    }
    state.facts = facts.into();
    state
}

#[test]
fn units_count_for_the_line_that_is_named_or_for_the_first_of_its_sku() {
    let mut state = shipped(&[("1", "A", 2), ("2", "A", 2), ("3", "B", 1)]);
    for entry in
        [told("R1", Some("2"), Some("A"), 1), told("R2", None, Some("A"), 1), told("R3", None, Some("B"), 2)]
    {
        state.apply(&mut Vec::new(), at(3), &entry).expect("a return applies");
    }
    let returned: Vec<u32> = state.facts.lines.iter().map(|line| state.counters(line).returned).collect();
    assert_eq!(returned, [1, 1, 1], "never more than was shipped");
}

#[test]
fn what_comes_back_raises_no_stock_and_reopens_nothing() {
    let mut state = shipped(&[("1", "A", 2)]);
    let before = (state.phase(), state.demand(), state.departed(), state.bought());
    state.apply(&mut Vec::new(), at(3), &told("R1", Some("1"), None, 2)).expect("a return applies");
    assert_eq!((state.phase(), state.demand(), state.departed(), state.bought()), before);
}
