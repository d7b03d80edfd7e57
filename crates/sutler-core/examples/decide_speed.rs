//! How many orders a second one core decides, proof included: `cargo run --release -p sutler-core --example decide_speed`.
//!
//! The orders are US orders of two lines with two charges each, an address and a total; every tenth is held. The
//! `criterion` bench measures the same with statistics; this one needs nothing but the core.

#![expect(
    clippy::disallowed_methods,
    reason = "a measurement needs a clock; the core itself is told the time"
)]

use std::{collections::BTreeMap, hint::black_box, time::Instant};
use sutler_core::{
    address::{Address, AddressStates, PartState},
    decide::{DecideCx, decide, decide_order},
    id::{ChannelId, ChannelOrderId, LineId, Sku},
    money::{Currency, Money},
    open::Open,
    order::{Charge, ChargeKind, Line, OrderFacts, OrderSnapshot},
    policy::Policy,
    rule::RuleCx,
    stock::Item,
    time::from_millis,
};

const PLACES: [(&str, &str, &str, &str); 4] = [
    ("1600 Amphitheatre Pkwy", "Mountain View", "CA", "94043-1351"),
    ("350 Fifth Avenue Apt 12", "New York", "NY", "10118"),
    ("2211 North First Street", "San Jose", "CA", "95131"),
    ("410 Terry Avenue North", "Seattle", "WA", "98109"),
];

fn line(number: usize, sku: String, cents: i64) -> Line {
    let usd = |cents: i64| Money { amount: rust_decimal::Decimal::new(cents, 2), currency: Currency::USD };
    let charge = |kind, cents: i64| Charge {
        kind: Open::Known(kind),
        name: String::new(),
        amount: usd(cents),
        tax: Some(usd(cents / 10)),
    };
    let mut line = Line::new(LineId::from(number.to_string()), Some(Sku::from(sku)), 2);
    line.charges = vec![charge(ChargeKind::Product, cents), charge(ChargeKind::Shipping, 500)];
    line
}

fn order(number: usize) -> OrderSnapshot {
    let (line1, city, region, postal_code) = PLACES[number % PLACES.len()];
    let mut facts = OrderFacts::unknown();
    facts.lines = vec![
        line(1, format!("SKU-{:05}", number % 1_000), 1999),
        line(2, format!("SKU-{:05}", (number + 7) % 1_000), 550),
    ];
    let sum = facts
        .lines
        .iter()
        .flat_map(|l| &l.charges)
        .map(|c| c.amount.amount + c.tax.map_or_else(Default::default, |t| t.amount))
        .sum();
    facts.total = Some(Money { amount: sum, currency: Currency::USD });
    let full = AddressStates { name: PartState::Full, lines: PartState::Full, ..AddressStates::default() };
    facts.address = full;
    let held = number.is_multiple_of(10);
    OrderSnapshot {
        channel: ChannelId::new("us"),
        channel_order_id: ChannelOrderId::from(format!("{number:015}")),
        facts,
        ship_to: Some(Address {
            name: "Ada Example".into(),
            line1: line1.into(),
            city: city.into(),
            region: region.into(),
            postal_code: if held { "00000".into() } else { postal_code.into() },
            country: "US".into(),
            states: full,
            ..Address::default()
        }),
    }
}

fn main() {
    let policy = Policy::standard();
    let stock: BTreeMap<Sku, Item> = (0..1_000)
        .map(|n| {
            let sku = Sku::from(format!("SKU-{n:05}"));
            let mut item = Item::new(sku.clone());
            item.counted = Some(1_000);
            (sku, item)
        })
        .collect();
    let orders: Vec<OrderSnapshot> = (0..1_000).map(order).collect();
    let demands: Vec<Vec<(Sku, i64)>> = orders
        .iter()
        .map(|o| {
            let mut all: Vec<(Sku, i64)> =
                o.facts.lines.iter().filter_map(|l| Some((l.sku.clone()?, 2))).collect();
            all.sort();
            all
        })
        .collect();
    let now = from_millis(1_700_000_000_000);
    let rounds = 1_000;
    let mut accepted = 0usize;
    let started = Instant::now();
    for _ in 0..rounds {
        for (order, demand) in orders.iter().zip(&demands) {
            let rule = RuleCx { order: order.view(), own: &[], demand, stock: &stock, now };
            accepted += usize::from(black_box(decide(&policy, &DecideCx { rule, released: &[] })).accept);
        }
    }
    report("decide", rounds * orders.len(), accepted, started);
    let mut accepted = 0usize;
    let started = Instant::now();
    for _ in 0..rounds {
        for order in &orders {
            accepted += usize::from(black_box(decide_order(&policy, order, &stock, now)).accept);
        }
    }
    report("decide_order", rounds * orders.len(), accepted, started);
}

fn report(name: &str, count: usize, accepted: usize, started: Instant) {
    let seconds = started.elapsed().as_secs_f64();
    let rate = count as f64 / seconds;
    println!("{name}: {count} orders in {seconds:.2} s, {rate:.0} orders/s, {accepted} accepted");
}
