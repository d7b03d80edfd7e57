//! An order as an own channel shows it, read into the model. Pure and total.

use crate::types::{
    Address as SaidAddress, Charge as SaidCharge, Instant, Money as SaidMoney, ShownLine, ShownOrder,
};
use sutler::{
    Timestamp,
    channel::{Probe, RawOrder},
    model::{
        Address, AddressStates, CancelWish, ChannelOrder, Charge, Currency, FulfilledBy, Line, LinePackage,
        Money, Open, OrderFacts, PartState, Unmapped, from_millis,
    },
};

pub(super) fn read(raw: &RawOrder) -> ChannelOrder {
    let mut unmapped = Vec::new();
    let mut facts = OrderFacts::unknown();
    let mut ship_to = Address::default();
    match serde_json::from_slice::<ShownOrder>(&raw.raw) {
        Ok(shown) => {
            facts = facts_of(&shown, &mut unmapped);
            ship_to = shown.ship_to.as_ref().map(address).unwrap_or_default();
            facts.place = ship_to.place();
            facts.address = ship_to.states;
        }
        Err(error) => unmapped.push(Unmapped { field: "order".into(), detail: error.to_string() }),
    }
    facts.unmapped = unmapped;
    ChannelOrder {
        channel_order_id: raw.channel_order_id.clone(),
        facts: facts.into(),
        ship_to,
        buyer: Vec::new(),
        raw: raw.raw.clone(),
    }
}

/// The last instant that an order can speak of, in milliseconds: the year 2200. What is reckoned from it is an instant still.
const LAST: i64 = 7_258_118_400_000;

fn instant(said: Option<Instant>, field: &str, unmapped: &mut Vec<Unmapped>) -> Option<Timestamp> {
    let said = said?;
    if (0..LAST).contains(&said.0) {
        return Some(from_millis(said.0));
    }
    let detail = format!("{} ms since 1970 is not from 1970 to 2200", said.0);
    unmapped.push(Unmapped { field: field.into(), detail });
    None
}

fn facts_of(shown: &ShownOrder, unmapped: &mut Vec<Unmapped>) -> OrderFacts {
    let mut facts = OrderFacts::unknown();
    facts.placed_at = instant(shown.placed_at, "placed_at", unmapped);
    facts.fulfilled_by = match &shown.fulfilled_by {
        Some(said) => match Open::from_text(&said.0) {
            known @ Open::Known(_) => known,
            // Read as another's it would be shipped by nobody: a person looks at it.
            Open::Other(text) => {
                let detail = format!("{text:?} is not known; seller, marketplace or third_party is right");
                unmapped.push(Unmapped { field: "fulfilled_by".into(), detail });
                Open::Known(FulfilledBy::Seller)
            }
        },
        None => Open::Known(FulfilledBy::Seller),
    };
    facts.method.clone_from(&shown.method);
    facts.total = shown.total.as_ref().and_then(|said| money(said, "total", unmapped));
    facts.ship_by = instant(shown.ship_by, "ship_by", unmapped);
    facts.deliver_by = instant(shown.deliver_by, "deliver_by", unmapped);
    facts.not_ready.clone_from(&shown.not_ready);
    for said in &shown.lines {
        let line = line(said, unmapped);
        facts.lines.push(line);
    }
    facts.lines.sort_by(|a, b| a.line_id.cmp(&b.line_id));
    facts.lines.dedup_by(|second, first| {
        let twice = second.line_id == first.line_id;
        if twice {
            let detail = "the line is there twice; the first counts".into();
            unmapped.push(Unmapped { field: format!("lines.{}", first.line_id), detail });
        }
        twice
    });
    facts
}

fn line(said: &ShownLine, unmapped: &mut Vec<Unmapped>) -> Line {
    let field = format!("lines.{}", said.line_id);
    let sku = said.sku.as_deref().filter(|sku| !sku.is_empty()).map(Into::into);
    let mut line = Line::new(said.line_id.as_str().into(), sku, said.ordered);
    line.title = said.title.clone().unwrap_or_default();
    line.cancelled = said.cancelled.unwrap_or(0);
    line.shipped = said.shipped.unwrap_or(0);
    if line.cancelled.saturating_add(line.shipped) > line.ordered {
        let detail = format!(
            "{} units cancelled and {} shipped of {}; no more than were bought is right",
            line.cancelled, line.shipped, line.ordered
        );
        unmapped.push(Unmapped { field: field.clone(), detail });
        line.cancelled = line.cancelled.min(line.ordered);
        line.shipped = line.shipped.min(line.ordered - line.cancelled);
    }
    line.acknowledged = said.acknowledged.unwrap_or(0).min(line.ordered - line.cancelled);
    line.delivered = said.delivered.unwrap_or(0).min(line.shipped);
    line.refunded = said.refunded.unwrap_or(0).min(line.shipped);
    line.cancel_wish = CancelWish::open_if(said.cancel_requested.unwrap_or(false));
    for said in said.charges.iter().flatten() {
        line.charges.extend(charge(said, &field, unmapped));
    }
    line.packages = said
        .packages
        .iter()
        .flatten()
        .map(|said| LinePackage {
            tracking: said.tracking.clone(),
            carrier: said.carrier.clone(),
            quantity: said.quantity,
        })
        .collect();
    line.packages.sort();
    line
}

fn charge(said: &SaidCharge, field: &str, unmapped: &mut Vec<Unmapped>) -> Option<Charge> {
    Some(Charge {
        kind: Open::from_text(&said.kind.0),
        name: said.name.clone(),
        amount: money(&said.amount, &format!("{field}.charges"), unmapped)?,
        tax: said.tax.as_ref().and_then(|tax| money(tax, &format!("{field}.charges.tax"), unmapped)),
    })
}

fn money(said: &SaidMoney, field: &str, unmapped: &mut Vec<Unmapped>) -> Option<Money> {
    let amount = Currency::parse(&said.currency).and_then(|currency| Money::parse(&said.amount.0, currency));
    amount
        .map_err(|error| unmapped.push(Unmapped { field: field.to_owned(), detail: error.to_string() }))
        .ok()
}

fn state(text: &str) -> PartState {
    match text {
        "withheld" => PartState::Withheld,
        "expired" => PartState::Expired,
        "pending" => PartState::Pending,
        "masked" => PartState::Masked,
        "full" => PartState::Full,
        "erased" => PartState::Erased,
        _ => PartState::Absent,
    }
}

fn address(said: &SaidAddress) -> Address {
    Address {
        name: said.name.clone(),
        line1: said.line1.clone(),
        line2: said.line2.clone(),
        city: said.city.clone(),
        region: said.region.clone(),
        postal_code: said.postal_code.clone(),
        country: said.country.clone(),
        phone: said.phone.clone(),
        email: said.email.clone(),
        states: AddressStates {
            name: state(&said.name_state.0),
            lines: state(&said.lines_state.0),
            phone: state(&said.phone_state.0),
            email: state(&said.email_state.0),
        },
    }
}

/// Was the buyer's wish to cancel answered as `grant` says, by this read?
pub(super) fn answered(grant: bool, order: &ChannelOrder) -> Probe {
    let facts = &order.facts;
    let cancelled = facts.lines.iter().any(|line| line.cancelled > 0);
    if !facts.cancel_requested() && (cancelled || !grant) {
        return Probe::Happened { evidence: "the order shows no wish to cancel any more".into() };
    }
    match facts.unmapped.first() {
        None => Probe::DidNot,
        Some(odd) => Probe::Inconclusive { why: format!("{} could not be read", odd.field) },
    }
}
