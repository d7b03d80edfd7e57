//! G17, G20, G33: units add up, demand and departures come from the counters, exceptions go with their cause.

use crate::told::{at, fresh, observation};
use proptest::{collection::vec, prelude::*};
use std::collections::{BTreeMap, BTreeSet};
use sutler_core::{
    ErrorKind,
    command::{Act, Cancel, CancelReason, Command, CommandKey, ConfirmShipment, Event, State, Verb},
    id::Sku,
    journal::{Entry, Step},
    observation::{Coverage, Observation},
    order::{Line, LineQuantity, OrderFacts, ShipmentReport},
    state::{OrderState, Phase},
};

/// What happens to an order, as data.
#[derive(Clone, Debug)]
enum Happening {
    Told(Box<Observation>),
    Reported { package: u32, line: u32, quantity: u32 },
    Ship { line: u32, quantity: u32, events: Vec<usize> },
    Cancel { line: u32, quantity: u32, events: Vec<usize> },
}

fn happening() -> impl Strategy<Value = Happening> {
    let events = || vec(0..Event::ALL.len(), 0..5);
    prop_oneof![
        observation().prop_map(|told| Happening::Told(Box::new(told))),
        (1u32..4, 1u32..4, 0u32..4).prop_map(|(package, line, quantity)| Happening::Reported {
            package,
            line,
            quantity
        }),
        (1u32..4, 0u32..4, events()).prop_map(|(line, quantity, events)| Happening::Ship {
            line,
            quantity,
            events
        }),
        (1u32..4, 0u32..4, events()).prop_map(|(line, quantity, events)| Happening::Cancel {
            line,
            quantity,
            events
        }),
    ]
}

fn report(package: u32, line: u32, quantity: u32) -> ShipmentReport {
    ShipmentReport {
        package,
        carrier: "UPS".into(),
        tracking: format!("1Z{package}"),
        tracking_url: None,
        shipped_at: at(0),
        lines: vec![LineQuantity { line_id: line.to_string().into(), quantity }],
    }
}

fn command(ordinal: u32, act: Act) -> Command {
    let key = CommandKey { verb: act.verb(), subject: "1".into(), ordinal };
    Command::intend(key, act, at(0), at(60))
}

/// Everything that follows from one happening, as journal entries. The first steps are those that send it.
fn entries(number: u32, happening: &Happening) -> Vec<Entry> {
    let (act, events) = match happening {
        Happening::Told(told) => return vec![Entry::Observed(told.clone())],
        Happening::Reported { package, line, quantity } => {
            return vec![Entry::Reported(Box::new(report(*package, *line, *quantity)))];
        }
        Happening::Ship { line, quantity, events } => {
            let report = report(number + 10, *line, *quantity);
            (Act::ConfirmShipment(ConfirmShipment { report, method: None, override_cancel: false }), events)
        }
        Happening::Cancel { line, quantity, events } => {
            let lines = vec![LineQuantity { line_id: line.to_string().into(), quantity: *quantity }];
            (Act::Cancel(Cancel { lines, reason: CancelReason::OutOfStock }), events)
        }
    };
    let command = command(number, act);
    let key = command.key.clone();
    let step =
        |event| Entry::Stepped { key: key.clone(), step: Box::new(Step::new(event, 1, "as generated")) };
    let mut all = vec![Entry::Intended(Box::new(command)), step(Event::Send)];
    all.extend(events.iter().map(|at| step(Event::ALL[*at].0)));
    all
}

/// Every promise about units of one order.
fn audit(state: &OrderState) -> Result<(), TestCaseError> {
    let (mut wanted, mut departed): (BTreeMap<Sku, i64>, BTreeMap<Sku, i64>) = Default::default();
    for line in &state.facts.lines {
        let c = state.counters(line);
        prop_assert_eq!(c.ordered, c.open + c.cancelled + c.shipped, "{:?}", line);
        prop_assert!(c.delivered <= c.shipped && c.wanted <= c.open, "{:?}", c);
        let ours = state.ours.get(&line.line_id).copied().unwrap_or_default();
        let gone = line.shipped.max(ours.shipped).max(ours.reported).min(line.ordered);
        prop_assert!(c.wanted <= line.ordered - gone, "what left is not wanted again");
        if let (true, Some(sku)) = (state.facts.is_sellers(), &line.sku) {
            *wanted.entry(sku.clone()).or_default() += i64::from(c.wanted);
            *departed.entry(sku.clone()).or_default() += i64::from(gone);
        }
    }
    let plain = |all: BTreeMap<Sku, i64>| all.into_iter().filter(|(_, units)| *units > 0).collect::<Vec<_>>();
    prop_assert_eq!(state.demand(), plain(wanted));
    prop_assert_eq!(state.departed(), plain(departed));
    let open: u32 = state.facts.lines.iter().map(|line| state.counters(line).open).sum();
    let ordered: u32 = state.facts.lines.iter().map(|line| line.ordered).sum();
    let done = matches!(state.phase(), Phase::Shipped | Phase::Delivered | Phase::Cancelled);
    prop_assert_eq!(done, ordered > 0 && open == 0, "{:?}", state.phase());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn g20_ordered_is_open_and_cancelled_and_shipped_after_every_step(all in vec(happening(), 1..8)) {
        let (mut state, mut commands) = (fresh(), Vec::new());
        for (number, happening) in all.iter().enumerate() {
            for entry in entries(number as u32, happening) {
                let before = (state.clone(), commands.clone());
                match state.apply(&mut commands, at(0), &entry) {
                    Ok(()) => {}
                    Err(error) => {
                        prop_assert_eq!(error.kind(), ErrorKind::Conflict);
                        prop_assert_eq!(&before, &(state.clone(), commands.clone()), "a refused entry changes nothing");
                    }
                }
                audit(&state)?;
                // Replaying an entry that has an identity doubles nothing.
                if matches!(entry, Entry::Observed(_) | Entry::Reported(_)) {
                    let once = (state.facts.clone(), state.ours.clone(), state.reports.clone());
                    state.apply(&mut commands, at(0), &entry).expect("again");
                    prop_assert_eq!(once, (state.facts.clone(), state.ours.clone(), state.reports.clone()));
                }
            }
        }
    }

    #[test]
    fn g17_units_that_left_never_come_back_by_what_a_channel_says(all in vec(happening(), 1..8)) {
        let (mut state, mut commands) = (fresh(), Vec::new());
        for (number, happening) in all.iter().enumerate() {
            let before: BTreeMap<_, _> = state.facts.lines.iter().map(|l| (l.line_id.clone(), l.ordered)).collect();
            let left = |state: &OrderState| -> i64 {
                // A stand-in goes when the lines it stood for are told, and they say themselves what left.
                let known = |l: &&Line| before.contains_key(&l.line_id) && !l.line_id.is_provisional();
                let ours = |l: &Line| state.ours.get(&l.line_id).copied().unwrap_or_default();
                state.facts.lines.iter().filter(known)
                    .map(|l| i64::from(l.shipped.max(ours(l).shipped).max(ours(l).reported).min(l.ordered))).sum()
            };
            let had = left(&state);
            for entry in entries(number as u32, happening) {
                let _ = state.apply(&mut commands, at(0), &entry);
            }
            // A host that reports a package anew says what it knows better.
            let corrected = matches!(happening, Happening::Reported { .. });
            prop_assert!(corrected || left(&state) >= had);
        }
    }

    #[test]
    fn g33_exceptions_stand_exactly_as_long_as_their_cause(all in vec(happening(), 1..8)) {
        let (mut state, mut commands) = (fresh(), Vec::new());
        let mut settled = BTreeSet::new();
        for (number, happening) in all.iter().enumerate() {
            for entry in entries(number as u32, happening) {
                let confirmed = |commands: &[Command]| -> Vec<CommandKey> {
                    let done = commands.iter().filter(|c| c.state == State::Confirmed);
                    done.map(|c| c.key.clone()).collect()
                };
                let before = confirmed(&commands);
                let _ = state.apply(&mut commands, at(0), &entry);
                // A confirmation settles what was refused of the same verb and subject before it.
                for new in confirmed(&commands).iter().filter(|key| !before.contains(key)) {
                    let ended = commands.iter().filter(|c| {
                        matches!(c.state, State::Refused | State::Void)
                            && (c.key.verb, &c.key.subject) == (new.verb, &new.subject)
                    });
                    settled.extend(ended.map(|c| c.key.clone()));
                }
                let standing = commands.iter().filter(|c| !settled.contains(&c.key));
                let mut wanted: Vec<(String, String)> = standing.filter_map(|c| {
                    let code = match (c.state, c.key.verb) {
                        (State::Refused, _) if c.why.starts_with("conflict") => "conflict",
                        (State::Refused | State::Unresolved, _) => c.state.as_str(),
                        // The package left, and there is nothing open it could be confirmed for.
                        (State::Void, Verb::ConfirmShipment) => "shipped_after_cancel",
                        _ => return None,
                    };
                    Some((c.key.to_string(), code.to_owned()))
                }).collect();
                let mut shown: Vec<(String, String)> =
                    state.exceptions.iter().map(|e| (e.about.clone(), e.code.clone())).collect();
                wanted.sort();
                shown.sort();
                prop_assert_eq!(wanted, shown);
            }
        }
    }
}

fn read(line: Line) -> Entry {
    let mut facts = OrderFacts::unknown();
    facts.lines = vec![line];
    Entry::Observed(Box::new(Observation { asked_at: at(0), coverage: Coverage::ALL, facts: facts.into() }))
}

/// The race the counters once lost: handed over, then cancelled by the channel.
#[test]
fn g17_what_was_handed_over_has_left_even_if_its_line_is_cancelled_later() {
    let (mut state, mut commands) = (fresh(), Vec::new());
    let mut line = Line::new("1".into(), Some("S".into()), 2);
    state.apply(&mut commands, at(0), &read(line.clone())).expect("read");
    state.apply(&mut commands, at(0), &Entry::Reported(Box::new(report(1, 1, 2)))).expect("report");
    assert_eq!((state.demand(), state.departed()), (vec![], vec![("S".into(), 2)]));
    line.cancelled = 2;
    state.apply(&mut commands, at(1), &read(line)).expect("read");
    assert_eq!((state.demand(), state.departed()), (vec![], vec![("S".into(), 2)]));
    assert_eq!(state.phase(), Phase::Cancelled);
}

#[test]
fn g18_one_command_is_intended_once() {
    let (mut state, mut commands) = (fresh(), Vec::new());
    let act = Act::Acknowledge(sutler_core::command::Acknowledge {});
    let entry = Entry::Intended(Box::new(command(0, act)));
    state.apply(&mut commands, at(0), &entry).expect("first");
    let again = state.apply(&mut commands, at(0), &entry).expect_err("twice");
    assert_eq!((again.kind(), commands.len()), (ErrorKind::Conflict, 1));
    assert_eq!(commands[0].key.verb, Verb::Acknowledge);
}

#[test]
fn probes_are_counted_anew_after_every_send() {
    let mut one = command(0, Act::Acknowledge(sutler_core::command::Acknowledge {}));
    for event in
        [Event::Send, Event::Lose, Event::Inconclusive, Event::FirstNo, Event::GiveUp, Event::ResolveAgain]
    {
        one.take(&Step::new(event, 1, ""), at(0)).expect("a legal step");
    }
    assert_eq!((one.probes, one.noes), (1, 1));
    one.take(&Step::new(Event::Send, 2, ""), at(1)).expect("a legal step");
    assert_eq!((one.probes, one.noes, one.attempt), (0, 0, 2));
}

#[test]
fn units_shipped_are_acknowledged_once_not_twice() {
    let mut line = Line::new("1".into(), None, 4);
    (line.acknowledged, line.shipped) = (2, 2);
    assert!(!line.is_acknowledged(), "two of four units are neither shipped nor acknowledged");
    (line.acknowledged, line.cancelled) = (3, 1);
    assert!(line.is_acknowledged());
}
