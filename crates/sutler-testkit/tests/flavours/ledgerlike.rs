//! Accepted with dates and prices, worked on later, stock by entries of a ledger.

use crate::host::on_ledgerlike;
use std::collections::BTreeSet;
use sutler_core::{
    Result,
    command::{Act, CancelReason, Event, State, Verb},
    journal::Entry,
    order::LineQuantity,
    ports::store::Input,
    state::Phase,
    time::Duration,
};
use sutler_testkit::channel_suite::{Fate, SKUS, Sale, Stand};

fn two_lines() -> Sale {
    Sale { and: Some(SKUS[1]), ..Sale::of(3, SKUS[0]) }
}

#[test]
fn an_order_is_accepted_with_its_own_dates_and_prices_and_lives_to_its_end() -> Result<()> {
    let mut host = on_ledgerlike()?;
    let order = host.stall.sell(two_lines())?;
    let ship_by = host.now() + Duration::days(2);
    host.run(Duration::minutes(20))?;
    let accepted = host.confirmed(&order, Verb::Acknowledge)?;
    let [accepted] = accepted.as_slice() else { panic!("accepted once: {accepted:?}") };
    let Act::Accept(promise) = &accepted.act else { panic!("{accepted:?}") };
    let said: Vec<_> = promise
        .lines
        .iter()
        .map(|line| (line.line_id.as_str(), line.quantity, line.of, line.amount.to_string(), line.ship_by))
        .collect();
    assert_eq!(said, [("1", 3, 3, "37.50 USD".into(), ship_by), ("2", 3, 3, "37.50 USD".into(), ship_by)]);
    assert!(accepted.handle.is_some(), "it was taken under a handle, and settled");
    host.report(&order, 1, "T-1", &[("1", 1)])?;
    host.report(&order, 2, "T-2", &[("1", 2)])?;
    let (channel, by) = (host.stall.channel.id().clone(), "ann".to_owned());
    let (lines, reason) = (vec![LineQuantity { line_id: "2".into(), quantity: 3 }], CancelReason::OutOfStock);
    host.ask(Input::Cancel { channel, order: order.clone(), lines, reason, by })?;
    host.run(Duration::minutes(30))?;
    let (state, commands, history) = host.order(&order)?;
    assert_eq!(state.phase(), Phase::Shipped, "{}: {commands:?}", state.why());
    let effects = host.stall.effects();
    assert_eq!(effects.acknowledge.get(order.as_str()), Some(&1));
    assert_eq!((effects.shipments.len(), effects.ship.values().sum::<u32>()), (2, 3));
    assert_eq!(effects.cancel.values().sum::<u32>(), 3);
    let accepts = history
        .iter()
        .filter(|row| matches!(&row.entry, Entry::Stepped { step, .. } if step.event == Event::Accept));
    assert_eq!(
        accepts.count(),
        4,
        "every write was accepted first: one acceptance, two notices, one cancellation"
    );
    Ok(())
}

#[test]
fn an_order_without_a_date_is_held_and_accepted_once_it_has_one() -> Result<()> {
    let mut host = on_ledgerlike()?;
    let now = host.now();
    let order = host.stall.wire.market().sell_unsettled(now, Sale::of(2, SKUS[0]));
    host.run(Duration::minutes(20))?;
    assert_eq!(host.holds(&order)?, ["no_promise"]);
    assert_eq!(
        host.order(&order)?.0.why(),
        "the acceptance needs a ship date and prices: the order has no ship date"
    );
    assert_eq!(host.order(&order)?.1, [], "nothing is promised that nobody asked for");
    let (channel, by) = (host.stall.channel.id().clone(), "ann".to_owned());
    host.ask(Input::Release {
        channel,
        order: order.clone(),
        reason: sutler_core::hold::HoldReason::NoPromise,
        by,
    })?;
    host.run(Duration::minutes(10))?;
    assert_eq!(host.holds(&order)?, ["no_promise"], "a release makes no date");
    let now = host.now();
    host.stall.wire.market().date(now, &order, now + Duration::days(3));
    host.run(Duration::minutes(20))?;
    assert_eq!((host.holds(&order)?.len(), host.confirmed(&order, Verb::Acknowledge)?.len()), (0, 1));
    assert_eq!(host.stall.effects().acknowledge.get(order.as_str()), Some(&1));
    Ok(())
}

#[test]
fn a_promise_that_the_order_outgrew_is_refused_and_made_anew() -> Result<()> {
    let mut host = on_ledgerlike()?;
    let order = host.stall.sell(Sale::of(2, SKUS[0]))?;
    // Lists are some minutes late; the acceptance leaves as soon as one shows the order.
    while !host.knows(&order)? || host.order(&order)?.1.is_empty() {
        host.run(Duration::seconds(20))?;
    }
    // While it is worked on, the marketplace asks for an earlier date.
    let earlier = host.now() + Duration::hours(20);
    let now = host.now();
    host.stall.wire.market().date(now, &order, earlier);
    host.run(Duration::minutes(30))?;
    let (state, commands, _) = host.order(&order)?;
    let [refused, confirmed] = commands.as_slice() else { panic!("two acceptances: {commands:?}") };
    assert!(refused.state == State::Refused && refused.why.starts_with("too_late"), "{refused:?}");
    assert_eq!(confirmed.state, State::Confirmed, "{confirmed:?}");
    let Act::Accept(promise) = &confirmed.act else { panic!("{confirmed:?}") };
    assert!(promise.lines.iter().all(|line| line.ship_by == earlier));
    assert_eq!((state.exceptions.len(), state.is_acknowledged()), (0, true));
    assert_eq!(host.stall.effects().acknowledge.get(order.as_str()), Some(&1));
    Ok(())
}

#[test]
fn g16_stock_is_moved_to_where_it_should_be_and_every_entry_stands_once() -> Result<()> {
    let mut host = on_ledgerlike()?;
    host.run(Duration::minutes(20))?;
    assert_eq!(host.stall.effects().stock.values().copied().collect::<Vec<_>>(), [40; 3]);
    host.stall.sell(Sale::of(5, SKUS[0]))?;
    host.run(Duration::minutes(40))?;
    assert_eq!(host.stall.effects().stock.get(SKUS[0]), Some(&35), "a sale takes itself off");
    let ledger = host.stall.wire.market().ledger();
    assert_eq!(ledger.len(), 3, "nothing was moved twice: {ledger:?}");
    assert_eq!(ledger.iter().collect::<BTreeSet<_>>().len(), ledger.len());
    Ok(())
}

#[test]
fn g18_a_move_whose_answer_is_lost_is_looked_for_and_never_sent_again_as_it_was() -> Result<()> {
    for fate in [Fate::LostAfter, Fate::LostBefore] {
        let mut host = on_ledgerlike()?;
        host.stall.fate(fate);
        host.run(Duration::hours(2))?;
        let stock = host.stall.effects().stock;
        assert_eq!(stock.values().copied().collect::<Vec<_>>(), [40; 3], "{fate:?}");
        let ledger = host.stall.wire.market().ledger();
        assert_eq!(ledger.iter().collect::<BTreeSet<_>>().len(), ledger.len(), "{fate:?}: {ledger:?}");
        let steps = host.journal()?.into_iter().filter_map(|entry| match entry {
            Entry::Stepped { key, step } if key.verb == Verb::SetLevel => Some(step.event),
            _ => None,
        });
        let steps: Vec<Event> = steps.collect();
        let wanted: &[Event] = match fate {
            Fate::LostAfter => &[Event::Lose, Event::ProbeHappened],
            // Two reads that agree, and then a move reckoned anew.
            _ => &[Event::Lose, Event::FirstNo, Event::ProbeDidNot, Event::TargetGone],
        };
        assert!(wanted.iter().all(|event| steps.contains(event)), "{fate:?}: {steps:?}");
        assert!(!steps.contains(&Event::Repeat), "{fate:?}: a delta is never repeated");
    }
    Ok(())
}
