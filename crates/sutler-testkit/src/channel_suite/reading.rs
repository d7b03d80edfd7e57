//! Orders come in: in lists, by themselves, and into the model.

use super::{
    Sale, Subject,
    case::{Case, wrong},
};
use crate::bench::at_once;
use std::collections::BTreeSet;
use sutler_core::{
    channel::{Fetched, PullFrom, Pulled, RawOrder, Window},
    error::Result,
    observation::Group,
    order::ChannelOrder,
    time::Duration,
};

fn listed_once(case: &Case, id: &sutler_core::id::ChannelOrderId) -> Result<(RawOrder, ChannelOrder)> {
    let from = case.now();
    let found = case.listed(from)?.into_iter().find(|(raw, _)| raw.channel_order_id == *id);
    found.ok_or_else(|| wrong(format!("order {id} is on no page")))
}

/// # Errors
/// The channel's.
pub fn g01_every_order_of_a_window_is_on_one_of_its_pages(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let from = case.now();
    let mut sold = BTreeSet::new();
    // More than any marketplace puts on one page of these channels.
    for number in 0..230 {
        sold.insert(case.sell(Sale::of(1, super::SKUS[number % 3]))?);
        case.pass(Duration::seconds(1));
    }
    let listed: BTreeSet<_> = case.listed(from)?.into_iter().map(|(raw, _)| raw.channel_order_id).collect();
    let missing: Vec<_> = sold.difference(&listed).collect();
    assert!(missing.is_empty(), "{} of {} are on no page: {missing:?}", missing.len(), sold.len());
    Ok(())
}

/// # Errors
/// The channel's.
pub fn an_order_placed_after_a_window_is_not_in_it(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let (from, delay) = (case.now(), case.channel().capabilities().visibility_delay);
    let early = case.sell(Sale::of(1, super::SKUS[0]))?;
    case.pass(delay + Duration::minutes(10));
    let to = case.now() - Duration::minutes(5);
    let late = case.sell(Sale::of(1, super::SKUS[0]))?;
    case.pass(delay);
    let mut listed = BTreeSet::new();
    for stream in case.streams() {
        for page in case.pages(&stream, Window { from: from - Duration::minutes(5), to })? {
            listed.extend(page.orders.into_iter().map(|raw| raw.channel_order_id));
        }
    }
    assert!(listed.contains(&early) && !listed.contains(&late), "{listed:?}");
    Ok(())
}

/// # Errors
/// The channel's.
pub fn a_window_in_which_nothing_was_sold_ends_at_once(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    for stream in case.streams() {
        let window = Window { from: case.now() - Duration::hours(2), to: case.now() - Duration::minutes(10) };
        let pages = case.pages(&stream, window)?;
        assert!(pages.len() == 1 && pages[0].orders.is_empty(), "{}: {pages:?}", stream.id);
    }
    Ok(())
}

/// # Errors
/// The channel's.
pub fn g28_a_page_is_read_again_at_its_cursor(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let from = case.now();
    for _ in 0..230 {
        case.sell(Sale::of(1, super::SKUS[0]))?;
        case.pass(Duration::seconds(1));
    }
    case.pass(case.channel().capabilities().visibility_delay);
    let window = Window { from: from - Duration::minutes(5), to: case.now() };
    let mut continued = 0;
    for stream in case.streams() {
        let first = case.pages(&stream, window)?;
        let Some(cursor) = first.first().and_then(|page| page.next.clone()) else { continue };
        continued += 1;
        let ask = PullFrom { stream: stream.id.clone(), window, cursor: Some(cursor) };
        let Pulled::Page(again) = at_once(case.channel().pull(&case.cx(), &ask))? else {
            return Err(wrong(format!("{} gave no page at its own cursor", stream.id)));
        };
        let ids = |orders: &[RawOrder]| -> Vec<_> {
            orders.iter().map(|raw| raw.channel_order_id.clone()).collect()
        };
        assert_eq!(ids(&again.orders), ids(&first[1].orders), "{}", stream.id);
    }
    assert!(continued > 0, "no list went on beyond one page of 230 orders");
    Ok(())
}

/// # Errors
/// The channel's.
pub fn g05_a_page_names_our_seller_or_none(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    case.sell(Sale::of(1, super::SKUS[0]))?;
    let window = Window { from: case.now() - Duration::hours(1), to: case.now() + Duration::minutes(1) };
    case.pass(case.channel().capabilities().visibility_delay + Duration::minutes(5));
    for stream in case.streams() {
        for page in case.pages(&stream, window)? {
            assert!(page.seller.as_ref().is_none_or(|seller| seller == case.channel().seller()), "{page:?}");
        }
    }
    Ok(())
}

/// # Errors
/// The channel's.
pub fn pages_show_lines_and_statuses(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let id = case.sell(Sale::of(1, super::SKUS[0]))?;
    let window = Window { from: case.now() - Duration::hours(1), to: case.now() + Duration::minutes(1) };
    case.pass(case.channel().capabilities().visibility_delay + Duration::minutes(5));
    for stream in case.streams() {
        for page in case.pages(&stream, window)? {
            assert!(page.coverage.covers(Group::Statuses), "{}: a list that shows no status", stream.id);
        }
    }
    let Fetched::Found(_, coverage) = at_once(case.channel().fetch(&case.cx(), &id))? else {
        return Err(wrong(format!("order {id} is not visible")));
    };
    assert!(coverage.covers(Group::Statuses) && coverage.covers(Group::Lines));
    Ok(())
}

/// # Errors
/// The channel's.
pub fn an_order_nobody_placed_is_not_visible(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    case.sell(Sale::of(1, super::SKUS[0]))?;
    let found = at_once(case.channel().fetch(&case.cx(), &"999-9999999-9999999".into()))?;
    assert!(matches!(found, Fetched::NotVisible), "{found:?}");
    Ok(())
}

/// # Errors
/// The channel's.
pub fn a_single_read_shows_the_order_of_the_list(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let id = case.sell(Sale::of(3, super::SKUS[1]))?;
    let (_, listed) = listed_once(&case, &id)?;
    let single = case.fetch(&id)?;
    assert_eq!(single.channel_order_id, listed.channel_order_id);
    assert_eq!(single.facts.placed_at, listed.facts.placed_at);
    assert_eq!(single.facts.fulfilled_by, listed.facts.fulfilled_by);
    let lines = |order: &ChannelOrder| -> Vec<_> {
        order.facts.lines.iter().map(|line| (line.line_id.clone(), line.sku.clone(), line.ordered)).collect()
    };
    assert_eq!(lines(&single), lines(&listed));
    Ok(())
}

/// # Errors
/// The channel's.
pub fn reading_into_the_model_is_pure_and_keeps_the_payload(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let id = case.sell(Sale::of(1, super::SKUS[0]))?;
    let (raw, first) = listed_once(&case, &id)?;
    case.pass(Duration::days(3));
    assert_eq!(case.channel().normalise(&raw), first, "it depends on something else");
    assert_eq!(first.raw, raw.raw);
    Ok(())
}

/// # Errors
/// The channel's.
pub fn g07_any_bytes_give_an_order(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let id = case.sell(Sale::of(2, super::SKUS[0]))?;
    let (raw, _) = listed_once(&case, &id)?;
    let whole = raw.raw.to_vec();
    let mut tried: Vec<Vec<u8>> =
        ["", "{}", "[]", "null", "1e400", "\"\\ud800\"", "{\"a\":", "\u{0}"].map(|text| text.into()).into();
    // Cut short, and with a byte that is another.
    for at in (0..whole.len()).step_by((whole.len() / 60).max(1)) {
        tried.push(whole[..at].to_vec());
        let mut other = whole.clone();
        other[at] ^= 0x15;
        tried.push(other);
    }
    for bytes in tried {
        let raw = RawOrder { channel_order_id: id.clone(), raw: bytes.into() };
        let order = case.channel().normalise(&raw);
        assert_eq!(order.channel_order_id, id, "the id is the page's, whatever the payload says");
        assert_eq!(order.raw, raw.raw);
    }
    let nothing = RawOrder { channel_order_id: id, raw: "nonsense".into() };
    let order = case.channel().normalise(&nothing);
    assert!(!order.facts.unmapped.is_empty(), "what cannot be read is said to be unread");
    Ok(())
}

/// # Errors
/// The channel's.
pub fn lines_say_what_was_bought_and_how_much(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let id = case.sell(Sale::of(4, super::SKUS[2]))?;
    for order in [listed_once(&case, &id)?.1, case.fetch(&id)?] {
        let units: u32 = order.facts.lines.iter().map(|line| line.ordered).sum();
        assert_eq!(units, 4);
        let skus = order.facts.lines.iter().filter_map(|line| line.sku.as_ref());
        assert!(skus.clone().count() > 0 && skus.into_iter().all(|sku| sku.as_str() == super::SKUS[2]));
        let ids: BTreeSet<_> = order.facts.lines.iter().map(|line| &line.line_id).collect();
        assert_eq!(ids.len(), order.facts.lines.len(), "line ids tell lines apart");
        assert_eq!(order.facts.unmapped, [], "all of it is understood");
    }
    Ok(())
}

/// # Errors
/// The channel's.
pub fn an_order_was_placed_when_it_was_placed(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    case.pass(Duration::hours(5));
    let sold_at = case.now();
    let id = case.sell(Sale::of(1, super::SKUS[0]))?;
    case.pass(Duration::hours(7));
    let placed_at = case.fetch(&id)?.facts.placed_at.ok_or_else(|| wrong("no instant of the sale".into()))?;
    // Some marketplaces tell whole seconds.
    assert!((placed_at - sold_at).num_milliseconds().abs() <= 1_000, "{placed_at} is not {sold_at}");
    Ok(())
}

/// # Errors
/// The channel's.
pub fn g29_what_the_buyer_pays_has_one_currency(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let id = case.sell(Sale::of(2, super::SKUS[0]))?;
    let order = case.fetch(&id)?;
    let charges: Vec<_> = order.facts.lines.iter().flat_map(|line| &line.charges).collect();
    assert!(!charges.is_empty(), "no line says what it costs");
    let currencies: BTreeSet<_> = charges.iter().map(|charge| charge.amount.currency).collect();
    assert_eq!(currencies.len(), 1);
    let total = order.facts.total.ok_or_else(|| wrong("no total".into()))?;
    assert!(
        currencies.contains(&total.currency) && !total.amount.is_sign_negative() && !total.amount.is_zero()
    );
    Ok(())
}

/// # Errors
/// The channel's.
pub fn what_others_ship_is_theirs(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let ours = case.sell(Sale::of(1, super::SKUS[0]))?;
    let theirs = case.sell(Sale { shipped_by_marketplace: true, ..Sale::of(1, super::SKUS[0]) })?;
    for (id, is_ours) in [(ours, true), (theirs, false)] {
        assert_eq!(case.fetch(&id)?.facts.is_sellers(), is_ours, "{id}");
        assert_eq!(listed_once(&case, &id)?.1.facts.is_sellers(), is_ours, "{id} in a list");
    }
    Ok(())
}

/// # Errors
/// The channel's.
pub fn g19_a_wish_to_cancel_shows_in_a_single_read(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let id = case.sell(Sale::of(1, super::SKUS[0]))?;
    assert!(!case.fetch(&id)?.facts.cancel_requested());
    case.ask_to_cancel(&id)?;
    case.pass(Duration::minutes(2));
    let order = case.fetch(&id)?;
    assert!(order.facts.cancel_requested(), "{:?}", order.facts.lines);
    assert!(!case.channel().wants_look(&order.facts), "there is nothing more to look at");
    Ok(())
}

/// # Errors
/// The channel's.
pub fn g19_what_a_list_hides_is_asked_for(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let id = case.sell(Sale::of(1, super::SKUS[0]))?;
    let (_, before) = listed_once(&case, &id)?;
    assert!(!case.channel().wants_look(&before.facts), "an ordinary order is read once");
    case.ask_to_cancel(&id)?;
    let (_, after) = listed_once(&case, &id)?;
    assert!(
        after.facts.cancel_requested() || case.channel().wants_look(&after.facts),
        "the list shows no wish, and the channel does not say that it hides one"
    );
    Ok(())
}
