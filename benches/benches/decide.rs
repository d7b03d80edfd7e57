//! The standard rules, proof included, on orders of two lines with the stock of 5,000 items.

use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::{collections::BTreeMap, hint::black_box};
use sutler_benches::payload;
use sutler_core::{
    channel::RawOrder,
    decide::{DecideCx, decide},
    id::Sku,
    order::{ChannelOrder, OrderView},
    policy::Policy,
    rule::RuleCx,
    stock::Item,
    time::from_millis,
};

const ORDERS: u64 = 2_000;

fn decisions(c: &mut Criterion) {
    let orders: Vec<(ChannelOrder, Vec<(Sku, i64)>)> = (0..ORDERS)
        .map(|n| {
            let raw = RawOrder {
                channel_order_id: payload::id(n).as_str().into(),
                raw: Bytes::from(payload::order(n)),
            };
            let order = sutler_walmart::normalise(&raw);
            let mut demand: BTreeMap<Sku, i64> = BTreeMap::new();
            for line in &order.facts.lines {
                let sku = line.sku.clone().expect("each line has a SKU");
                *demand.entry(sku).or_default() += i64::from(line.ordered);
            }
            (order, demand.into_iter().collect())
        })
        .collect();
    let stock: BTreeMap<Sku, Item> = (0..5_000)
        .map(|n| {
            let sku = Sku::new(format!("SKU-{n:05}"));
            // Every 25th is short.
            let counted = Some(if n % 25 == 0 { 0 } else { 1_000 });
            (sku.clone(), Item { counted, ..Item::new(sku) })
        })
        .collect();
    let (policy, now, channel) = (Policy::standard(), from_millis(1_760_000_000_000), "us".into());
    let mut group = c.benchmark_group("decide");
    group.throughput(Throughput::Elements(ORDERS)).sample_size(30);
    group.bench_function("standard rules", |b| {
        b.iter(|| {
            let mut accepted = 0;
            for (order, demand) in &orders {
                let view = OrderView {
                    channel: &channel,
                    channel_order_id: &order.channel_order_id,
                    facts: &order.facts,
                    ship_to: Some(&order.ship_to),
                };
                let rule = RuleCx { order: view, own: &[], demand, stock: &stock, now };
                accepted += u64::from(black_box(decide(&policy, &DecideCx { rule, released: &[] })).accept);
            }
            assert!(accepted > ORDERS / 2 && accepted < ORDERS, "{accepted} of {ORDERS} were accepted");
        });
    });
    group.finish();
}

criterion_group!(benches, decisions);
criterion_main!(benches);
