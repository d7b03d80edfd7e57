//! G7, G9, G10: ingestion is total, unknown values survive, any order of arrival converges.

use crate::told::{at, facts, fresh, line, observation, text};
use proptest::{collection::vec, prelude::*, sample::Index};
use sutler_core::{
    address::PartState,
    decide::decide_order,
    journal::Entry,
    observation::{Believed, Coverage, Group, Observation},
    open::Open,
    order::{CancelWish, FulfilledBy, OrderFacts, OrderSnapshot, OtherStatus},
    policy::Policy,
    rule::NoStock,
};

/// Folds tellings in the order given. The text form tells apart what compares equal (1.0 and 1.00).
fn folded<'a>(tellings: impl IntoIterator<Item = &'a Observation>) -> (OrderFacts, Believed, String) {
    let (mut facts, mut believed) = (OrderFacts::unknown(), Believed::default());
    for telling in tellings {
        facts.fold(&mut believed, telling);
    }
    let text = format!("{facts:?} {believed:?}");
    (facts, believed, text)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn g10_any_arrival_order_and_any_repetition_converge(
        tellings in vec(observation(), 1..7),
        again in vec(any::<Index>(), 0..5),
        swaps in vec((any::<Index>(), any::<Index>()), 0..12),
    ) {
        let straight = folded(&tellings);
        let mut other: Vec<&Observation> = tellings.iter().collect();
        other.extend(again.iter().map(|index| index.get(&tellings)));
        for (a, b) in swaps {
            let (a, b) = (a.index(other.len()), b.index(other.len()));
            other.swap(a, b);
        }
        prop_assert_eq!(straight, folded(other));
    }

    #[test]
    fn g10_stand_ins_for_lines_stand_only_until_a_line_is_told(
        tellings in vec(observation(), 1..7),
    ) {
        let (facts, ..) = folded(&tellings);
        let told = |telling: &Observation| {
            telling.coverage.covers(Group::Lines)
                && telling.facts.lines.iter().any(|line| !line.line_id.is_provisional())
        };
        if tellings.iter().any(told) {
            prop_assert!(facts.lines.iter().all(|line| !line.line_id.is_provisional()), "{:?}", facts.lines);
        }
    }

    #[test]
    fn g10_what_a_call_does_not_cover_it_does_not_touch(before in observation(), mut after in observation()) {
        let mut state = folded([&before]);
        after.coverage = Coverage::NONE;
        state.0.fold(&mut state.1, &after);
        prop_assert_eq!(&state.0, &folded([&before]).0);
        // Only statuses: neither content nor requests nor header move, whatever stands in them.
        after.coverage = Coverage::NONE.with(Group::Statuses);
        after.asked_at = at(100);
        state.0.fold(&mut state.1, &after);
        let was = folded([&before]).0;
        prop_assert_eq!((&state.0.total, &state.0.place, state.0.placed_at), (&was.total, &was.place, was.placed_at));
        for line in &state.0.lines {
            match was.line(&line.line_id) {
                Some(known) => {
                    prop_assert_eq!(&line.sku, &known.sku);
                    prop_assert_eq!(line.cancel_wish, known.cancel_wish);
                }
                None => prop_assert!(line.sku.is_none() && !line.cancel_requested() && line.charges.is_empty()),
            }
        }
    }

    #[test]
    fn g10_a_cancel_for_an_order_not_yet_seen_is_kept(full in facts(), cancelled in 1u32..5) {
        let mut full = full;
        full.lines.retain(|line| !line.line_id.is_provisional());
        let Some(first) = full.lines.first_mut() else { return Ok(()) };
        first.ordered = 5;
        let id = first.line_id.clone();
        let mut push = OrderFacts::unknown();
        push.lines = vec![sutler_core::order::Line::new(id.clone(), None, 0)];
        push.lines[0].cancelled = cancelled;
        let early = Observation { asked_at: at(9), coverage: Coverage::NONE.with(Group::Statuses), facts: push.into() };
        let read = Observation { asked_at: at(5), coverage: Coverage::ALL, facts: full.into() };
        let (facts, ..) = folded([&early, &read]);
        let line = facts.line(&id).expect("the line");
        prop_assert!(line.cancelled >= cancelled && line.ordered >= 5);
        prop_assert_eq!(facts, folded([&read, &early]).0);
    }

    #[test]
    fn g07_any_telling_gives_an_order_that_is_decided_without_panic(
        mut told in observation(),
        numbers in proptest::array::uniform6(prop_oneof![Just(0u32), Just(1), Just(u32::MAX)]),
    ) {
        for line in &mut std::sync::Arc::make_mut(&mut told.facts).lines {
            let [ordered, acknowledged, cancelled, shipped, delivered, refunded] = numbers;
            (line.ordered, line.acknowledged, line.cancelled) = (ordered, acknowledged, cancelled);
            (line.shipped, line.delivered, line.refunded) = (shipped, delivered, refunded);
        }
        let mut state = fresh();
        let entry = Entry::Observed(Box::new(told.clone()));
        state.apply(&mut Vec::new(), at(0), &entry).expect("a telling always applies");
        let _ = (state.phase(), state.demand(), state.departed(), state.why(), state.is_acknowledged());
        let policy = Policy::standard();
        let _ = policy.deadlines.of(&state.channel, "walmart").next(&state);
        let decided = decide_order(&policy, &state, &NoStock, at(0));
        // What could not be mapped holds the order, and the hold goes when the mapping arrives.
        if state.facts.is_sellers() && !state.facts.unmapped.is_empty() {
            prop_assert!(decided.holds.iter().any(|hold| hold.reason.code() == "unmapped"));
            let mut mapped = told;
            mapped.asked_at = at(100);
            mapped.coverage = Coverage::ALL;
            std::sync::Arc::make_mut(&mut mapped.facts).unmapped.clear();
            std::sync::Arc::make_mut(&mut mapped.facts).lines = vec![sutler_core::order::Line::new("1".into(), None, 1)];
            state.apply(&mut Vec::new(), at(1), &Entry::Observed(Box::new(mapped))).expect("applies");
            let decided = decide_order(&policy, &state, &NoStock, at(1));
            prop_assert!(!decided.holds.iter().any(|hold| hold.reason.code() == "unmapped"));
        }
    }

    #[test]
    fn g09_an_unknown_text_changes_no_unrelated_decision(mut facts in facts(), word in text(), first in line()) {
        facts.fulfilled_by = Open::Known(FulfilledBy::Seller);
        facts.lines.push(first);
        let policy = Policy::standard();
        let decide = |facts: &OrderFacts| {
            let snapshot = OrderSnapshot {
                channel: "us".into(),
                channel_order_id: "1".into(),
                facts: facts.clone(),
                ship_to: None,
            };
            decide_order(&policy, &snapshot, &NoStock, at(0))
        };
        let before = decide(&facts);
        for line in &mut facts.lines {
            line.other_statuses = vec![OtherStatus { status: word.clone(), quantity: 1 }];
            line.cancel_reason = Some(word.clone());
            for charge in &mut line.charges {
                charge.kind = Open::Other(word.clone());
            }
        }
        facts.method = Some(word.clone());
        prop_assert_eq!(&before, &decide(&facts));
        // Who fulfils is what the decision is about: an unknown text is never taken for ours.
        facts.fulfilled_by = Open::Other(word);
        let others = decide(&facts);
        prop_assert!(others.holds.is_empty() && !facts.is_sellers());
    }
}

/// The case that folding lines by the order's newest telling got wrong: each telling shows another line.
#[test]
fn g10_tellings_of_different_lines_do_not_outdate_each_other() {
    let tell = |seconds: i64, id: &str, title: &str, asked: bool| {
        let mut facts = OrderFacts::unknown();
        let mut line = sutler_core::order::Line::new(id.into(), Some("S".into()), 1);
        (line.title, line.cancel_wish) = (title.into(), CancelWish::open_if(asked));
        facts.lines = vec![line];
        Observation { asked_at: at(seconds), coverage: Coverage::ALL, facts: facts.into() }
    };
    let (first, second) = (tell(1, "1", "first", true), tell(2, "2", "second", false));
    for tellings in [[&first, &second], [&second, &first]] {
        let (facts, ..) = folded(tellings);
        assert_eq!(facts.lines[0].title, "first");
        assert!(facts.lines[0].cancel_requested() && !facts.lines[1].cancel_requested());
    }
}

/// A later full copy of the address is an amendment; a poorer one never is.
#[test]
fn g10_the_place_follows_the_better_and_then_the_later_copy() {
    let tell = |seconds: i64, city: &str, lines: PartState| {
        let mut facts = OrderFacts::unknown();
        facts.place.city = city.into();
        facts.address.lines = lines;
        Observation { asked_at: at(seconds), coverage: Coverage::ALL, facts: facts.into() }
    };
    let tellings = [
        tell(1, "Zurich", PartState::Full),
        tell(2, "Aarau", PartState::Full),
        tell(3, "***", PartState::Masked),
    ];
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 2, 1]] {
        let (facts, believed, _) = folded(order.map(|at| &tellings[at]));
        assert_eq!(facts.place.city, "Aarau");
        assert_eq!(believed.ship_to_asked_at(), at(2));
    }
}
