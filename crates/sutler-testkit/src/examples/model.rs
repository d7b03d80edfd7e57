//! What both connectors share of reading into the model, and of declaring themselves.

use super::book::Refusal;
use std::sync::Arc;
use sutler_core::{
    address::{Address, AddressStates, PartState},
    budget::{Budgets, Rate},
    channel::{ProbeKind, RawOrder, Receipt, Repeat, VerbSpec},
    command::Verb,
    id::ChannelOrderId,
    money::{Currency, Money},
    open::Open,
    order::{ChannelOrder, Charge, ChargeKind, FulfilledBy, OrderFacts, Unmapped},
    time::{Duration, Timestamp},
};

/// Every buyer of both lives here.
pub(crate) const ADDRESS: [&str; 6] = ["Ann Lee", "1 Main St", "Springfield", "IL", "62701", "US"];

/// An order with its address, as a payload told it.
pub(crate) fn order(raw: &RawOrder, facts: OrderFacts, parts: &[String]) -> ChannelOrder {
    let part = |at: usize| parts.get(at).cloned().unwrap_or_default();
    let states = AddressStates { name: PartState::Full, lines: PartState::Full, ..Default::default() };
    let ship_to = Address {
        name: part(0),
        line1: part(1),
        city: part(2),
        region: part(3),
        postal_code: part(4),
        country: part(5),
        states,
        ..Address::default()
    };
    let facts = OrderFacts { place: ship_to.place(), address: ship_to.states, ..facts };
    ChannelOrder {
        channel_order_id: raw.channel_order_id.clone(),
        facts: facts.into(),
        ship_to,
        buyer: Vec::new(),
        raw: raw.raw.clone(),
    }
}

/// An order of which nothing could be read, and why.
pub(crate) fn unread(raw: &RawOrder, why: String) -> ChannelOrder {
    let mut facts = OrderFacts::unknown();
    facts.unmapped.push(Unmapped { field: "order".into(), detail: why });
    ChannelOrder {
        channel_order_id: raw.channel_order_id.clone(),
        facts: facts.into(),
        ship_to: Address::default(),
        buyer: Vec::new(),
        raw: raw.raw.clone(),
    }
}

/// Who ships it, by the marketplace's word for itself.
pub(crate) fn fulfilled_by(word: &str, sellers: &str, own: &str) -> Open<FulfilledBy> {
    match word {
        word if word == sellers => Open::Known(FulfilledBy::Seller),
        word if word == own => Open::Known(FulfilledBy::Marketplace),
        other => Open::Other(other.to_owned()),
    }
}

/// The goods of a line.
pub(crate) fn goods(amount: Money) -> Charge {
    Charge { kind: Open::Known(ChargeKind::Product), name: String::new(), amount, tax: None }
}

/// An amount as a payload writes it; none where it is not one.
pub(crate) fn money(text: &str) -> Option<Money> {
    Money::parse(text, Currency::USD).ok()
}

/// Cents as a payload writes them.
pub(crate) fn cents(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// A budget of a seller.
pub(crate) fn scope(marketplace: &str, name: &str, seller: &str) -> Arc<str> {
    format!("{marketplace}/{name}@{seller}").into()
}

/// Makes the budgets of both known: five calls a second of each kind.
pub(crate) fn declare(budgets: &Budgets, marketplace: &str, seller: &str, now: Timestamp) {
    for name in ["pull", "fetch", "write", "level"] {
        let rate = Rate { capacity: 60.0, per_second: 5.0 };
        budgets.declare(&scope(marketplace, name, seller), rate, now);
    }
}

/// A verb whose repeat is refused, and which a read shows after a while.
pub(crate) fn guarded(verb: Verb, budget: Arc<str>, apply_max: Duration, lag: Duration) -> VerbSpec {
    VerbSpec {
        verb,
        repeat: Repeat::Guarded,
        repeat_partial: Repeat::Guarded,
        probe: ProbeKind::Conclusive { after: lag },
        budget,
        batch_budget: None,
        call_timeout: std::time::Duration::from_secs(30),
        apply_max,
        batch_apply_max: apply_max,
        answer_means_applied: true,
        batch_max: 1,
        batch_from: 1,
    }
}

/// The marketplace's answer as a receipt.
pub(crate) fn receipt(done: Result<String, Refusal>) -> Receipt {
    match done {
        Ok(evidence) => Receipt::Done { evidence },
        Err(Refusal { code, why }) => Receipt::Refused { code: code.into(), why },
    }
}

/// The order a command is about.
pub(crate) fn named(order: Option<&ChannelOrderId>) -> Result<&str, Refusal> {
    order.map(ChannelOrderId::as_str).ok_or_else(|| Refusal {
        code: "invalid",
        why: "the command names no order; its channel_order_id must be set".into(),
    })
}
