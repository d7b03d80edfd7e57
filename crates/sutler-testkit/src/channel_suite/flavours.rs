//! What channels do in different ways: each behaviour holds both of who does it so and of who does not.

use super::{SKUS, Sale, Subject, case::Case};
use crate::bench::at_once;
use sutler_core::{
    channel::{Acknowledgment, Receipt, Settled, ShipUnit, StockWrite},
    command::{Act, MoveLevel, SetLevel, Verb},
    error::Result,
    money::Money,
    order::{CancelWish, ChannelOrder, Line},
    time::Duration,
};

/// # Errors
/// The channel's.
pub fn an_order_shows_as_taken_once_it_is(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let how = case.channel().capabilities().acknowledgment;
    let shows = |order: &ChannelOrder| order.facts.lines.iter().all(|line| line.acknowledged >= line.ordered);
    let order = case.taken(2)?;
    let id = order.channel_order_id.clone();
    let taken = || case.effects().acknowledge.get(id.as_str()).copied().unwrap_or(0);
    match how {
        Acknowledgment::Required | Acknowledgment::Promised => assert!(shows(&order), "it was told"),
        Acknowledgment::ImpliedByArranging => assert!(!shows(&order), "nothing of it is arranged"),
        // What such a channel shows as taken, if anything, nobody goes by.
        Acknowledgment::Local => assert_eq!(taken(), 0, "there is no such step"),
    }
    case.done(&case.ship(&order, 1, 2))?;
    let after = case.fetch(&id)?;
    match how {
        Acknowledgment::Local => assert_eq!(taken(), 0, "there is no such step"),
        _ => assert_eq!((taken(), shows(&after)), (1, true), "told or arranged, it is taken once"),
    }
    Ok(())
}

/// # Errors
/// The channel's.
pub fn an_acceptance_promises_what_the_channel_wants(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let id = case.sell(Sale::of(2, SKUS[0]))?;
    case.pass(case.channel().capabilities().visibility_delay);
    let order = case.fetch(&id)?;
    let taken = || case.effects().acknowledge.get(id.as_str()).copied();
    if case.channel().capabilities().acknowledgment != Acknowledgment::Promised {
        case.not_done(&case.accept(&order, |_| {}));
        assert_eq!(taken(), None, "what promises nothing takes no promise");
        return Ok(());
    }
    case.not_done(&case.acknowledge(&id));
    case.not_done(&case.accept(&order, |promise| {
        promise.amount = Money { amount: promise.amount.amount + promise.amount.amount, ..promise.amount };
    }));
    case.not_done(&case.accept(&order, |promise| promise.ship_by += Duration::days(400)));
    assert_eq!(taken(), None, "neither nothing, nor another price, nor another date");
    case.done(&case.accept(&order, |_| {}))?;
    assert_eq!(taken(), Some(1));
    Ok(())
}

/// # Errors
/// The channel's.
pub fn all_packages_go_at_once_where_they_must(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let id = case.sell(Sale { and: Some(SKUS[1]), ..Sale::of(2, SKUS[0]) })?;
    case.pass(case.channel().capabilities().visibility_delay);
    if case.channel().capabilities().acknowledgment.is_told() {
        case.done(&case.take(&case.fetch(&id)?))?;
    }
    let order = case.fetch(&id)?;
    let shipped = || case.units(&case.effects().ship, &id);
    let (all, one) = (case.ship_all(&order, &[(0, 2), (1, 2)]), case.ship(&order, 1, 2));
    let (wrong, right, units) = match case.channel().capabilities().ship_unit {
        ShipUnit::Order => (one, all, 4),
        ShipUnit::Package => (all, one, 2),
    };
    case.not_done(&wrong);
    assert_eq!(shipped(), 0, "nothing of what was not done is done");
    case.done(&right)?;
    assert_eq!(shipped(), units);
    Ok(())
}

/// # Errors
/// The channel's.
pub fn g27_a_wish_to_cancel_says_by_when_it_is_answered(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let order = case.taken(1)?;
    let id = order.channel_order_id;
    let asked_at = case.now();
    case.ask_to_cancel(&id)?;
    case.pass(case.channel().capabilities().visibility_delay + Duration::minutes(2));
    let wish = |order: &ChannelOrder| order.facts.lines.iter().map(|line: &Line| line.cancel_wish).max();
    let CancelWish::Until(due) = wish(&case.fetch(&id)?).unwrap_or_default() else { return Ok(()) };
    assert!(due > asked_at, "{due} was over when the buyer asked");
    let listed = case.listed(asked_at - Duration::hours(1))?;
    let listed = listed.iter().find(|(raw, _)| raw.channel_order_id == id).and_then(|(_, order)| wish(order));
    // A list may hide wishes; it names no other time.
    assert!(
        matches!(listed, None | Some(CancelWish::None)) || listed == Some(CancelWish::Until(due)),
        "{listed:?}"
    );
    case.pass((due - case.now()).max(Duration::zero()) + Duration::minutes(2));
    let over = case.fetch(&id)?;
    assert_eq!(wish(&over), Some(CancelWish::None), "the channel has answered by itself");
    assert_eq!(case.units(&case.effects().cancel, &id), 0, "and no call of ours did");
    Ok(())
}

/// # Errors
/// The channel's.
pub fn accepted_work_is_over_once_it_took_effect(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let Some(spec) = case.spec(Verb::SetLevel) else { return Ok(()) };
    let set = [case.set(SKUS[2], 55)];
    let level = || case.effects().stock.get(SKUS[2]).copied();
    let sent_at = case.now();
    let mut answer = case.send(&set)?.pop();
    let mut last: Option<Receipt> = None;
    while let Some(Receipt::Accepted { handle }) = &answer {
        match at_once(case.channel().settle(&case.cx(), handle, &set))? {
            Settled::NotYet => {
                case.pass(Duration::seconds(20));
                assert!(case.now() - sent_at < Duration::days(1), "work {handle} is never over");
            }
            Settled::Receipts(receipts) => {
                assert_eq!(level(), Some(55), "it is over, and did not take effect");
                last = receipts.first().cloned();
                let again = at_once(case.channel().settle(&case.cx(), handle, &set))?;
                assert!(
                    matches!(again, Settled::Receipts(same) if same == receipts),
                    "asked again, it is as it was"
                );
                answer = last.clone();
            }
            Settled::Lost { why } => return Err(super::case::wrong(format!("{handle} is lost: {why}"))),
        }
    }
    assert!(matches!(last.or(answer), Some(Receipt::Done { .. })));
    if !spec.answer_means_applied {
        case.pass(spec.apply_max);
    }
    assert_eq!(level(), Some(55));
    Ok(())
}

/// # Errors
/// The channel's.
pub fn a_handle_nobody_gave_settles_nothing(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let Some(_) = case.spec(Verb::SetLevel) else { return Ok(()) };
    let set = [case.set(SKUS[0], 55)];
    let settled = at_once(case.channel().settle(&case.cx(), &"nobody-gave-it".to_owned(), &set));
    assert!(!matches!(settled, Ok(Settled::Receipts(_))), "{settled:?}");
    Ok(())
}

/// # Errors
/// The channel's.
pub fn a_level_is_moved_where_it_cannot_be_set(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let Some(_) = case.spec(Verb::SetLevel) else { return Ok(()) };
    let sku = SKUS[1];
    let level = || case.effects().stock.get(sku).copied();
    let set = case.level(sku, Act::SetLevel(SetLevel { sku: sku.into(), level: 90 }));
    let moved = case.level(sku, Act::MoveLevel(MoveLevel { sku: sku.into(), from: 100, level: 90 }));
    let (wrong, right, left) = match case.channel().capabilities().stock_write {
        StockWrite::Absolute => (moved, set, 90),
        // Three were sold since the level was a hundred, and stay sold.
        StockWrite::Delta => (set, moved, 87),
    };
    case.not_done(&wrong);
    assert_eq!(level(), Some(100), "nothing of what was not done is done");
    case.sell(Sale::of(3, sku))?;
    case.done(&right)?;
    assert_eq!(level(), Some(left));
    Ok(())
}
