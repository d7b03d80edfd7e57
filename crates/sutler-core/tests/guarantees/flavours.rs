//! What the flavours of a channel ask of an order beside the rules.

use crate::told::{at, charge, facts, fresh};
use proptest::prelude::*;
use std::sync::Arc;
use sutler_core::{
    command::ConfirmPackages,
    flavour::{all_packages, promise, unpacked},
    journal::Entry,
    order::{Line, LineQuantity, ShipmentReport},
    state::OrderState,
};

fn report(package: u32, lines: &[(&str, u32)]) -> ShipmentReport {
    let part = |(line, quantity): &(&str, u32)| LineQuantity { line_id: (*line).into(), quantity: *quantity };
    ShipmentReport {
        package,
        carrier: "UPS".into(),
        tracking: format!("T-{package}"),
        tracking_url: None,
        shipped_at: at(9),
        lines: lines.iter().map(part).collect(),
    }
}

fn two_lines() -> OrderState {
    let mut state = fresh();
    let facts = Arc::make_mut(&mut state.facts);
    facts.lines = vec![Line::new("1".into(), None, 2), Line::new("2".into(), None, 3)];
    state
}

fn reported(state: &mut OrderState, report: ShipmentReport) {
    state.apply(&mut Vec::new(), at(10), &Entry::Reported(Box::new(report))).expect("a report applies");
}

#[test]
fn packages_go_together_once_they_hold_everything_that_is_open() {
    let mut state = two_lines();
    assert_eq!(all_packages(&state), None);
    reported(&mut state, report(1, &[("1", 2), ("2", 1)]));
    assert_eq!(unpacked(&state).as_deref(), Some("2 of line 2 in no package yet"));
    assert_eq!(all_packages(&state), None);
    reported(&mut state, report(2, &[("2", 2)]));
    assert_eq!(unpacked(&state), None);
    let all = all_packages(&state).expect("complete");
    let together = ConfirmPackages::new(all, None, false).lines;
    let units: Vec<_> = together.iter().map(|part| (part.line_id.as_str(), part.quantity)).collect();
    assert_eq!(units, [("1", 2), ("2", 3)], "summed over the packages");
}

#[test]
fn what_was_cancelled_is_in_no_package() {
    let mut state = two_lines();
    reported(&mut state, report(1, &[("1", 2)]));
    Arc::make_mut(&mut state.facts).lines[1].cancelled = 3;
    assert_eq!(all_packages(&state).map(|all| all.len()), Some(1));
    // More was reported than is open: what was cancelled meanwhile is not shipped with the rest.
    Arc::make_mut(&mut state.facts).lines[0].cancelled = 1;
    assert_eq!(all_packages(&state), None);
}

proptest! {
    #[test]
    fn a_promise_is_the_orders_own_or_none(facts in facts(), one in charge()) {
        let mut state = fresh();
        let mut facts = facts;
        if let Some(line) = facts.lines.first_mut() {
            line.charges.push(one);
        }
        state.facts = facts.into();
        let Ok(accept) = promise(&state) else {
            return Ok(());
        };
        let open: Vec<&Line> =
            state.facts.lines.iter().filter(|line| state.counters(line).open > 0).collect();
        prop_assert!(accept.lines.len() == open.len() && !open.is_empty());
        for (promise, line) in accept.lines.iter().zip(open) {
            prop_assert_eq!(&promise.line_id, &line.line_id);
            prop_assert_eq!(Some(promise.ship_by), state.facts.ship_by);
            prop_assert_eq!((promise.quantity, promise.of), (state.counters(line).open, line.ordered));
            prop_assert!(line.charges.iter().any(|charge| charge.amount.currency == promise.amount.currency));
        }
    }
}

#[test]
fn what_an_order_does_not_say_is_not_promised() {
    let mut state = two_lines();
    assert_eq!(promise(&state), Err("the order has no ship date".to_owned()));
    Arc::make_mut(&mut state.facts).ship_by = Some(at(99));
    assert_eq!(promise(&state), Err("line 1 has no price".to_owned()));
    Arc::make_mut(&mut state.facts).lines.iter_mut().for_each(|line| line.cancelled = line.ordered);
    assert_eq!(promise(&state), Err("no line is open".to_owned()));
}
