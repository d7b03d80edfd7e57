//! Walmart JSON into the model, beside bare serde_json into owned structs of the same order.

use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde::Deserialize;
use std::hint::black_box;
use sutler_benches::payload;
use sutler_core::channel::RawOrder;

/// Enough that the orders do not stay in the nearest cache.
const ORDERS: u64 = 2_000;

fn normalise(c: &mut Criterion) {
    let raw: Vec<RawOrder> = (0..ORDERS)
        .map(|n| RawOrder {
            channel_order_id: payload::id(n).as_str().into(),
            raw: Bytes::from(payload::order(n)),
        })
        .collect();
    let first = raw.first().map(sutler_walmart::normalise).expect("an order");
    assert!(first.facts.unmapped.is_empty() && first.facts.lines.len() == 2, "{first:?}");
    let mut group = c.benchmark_group("normalise");
    group.throughput(Throughput::Elements(ORDERS)).sample_size(30);
    group.bench_function("sutler", |b| {
        b.iter(|| {
            for one in &raw {
                black_box(sutler_walmart::normalise(one));
            }
        });
    });
    group.bench_function("bare serde_json", |b| {
        b.iter(|| {
            for one in &raw {
                let order: bare::Order = serde_json::from_slice(&one.raw).expect("an order");
                black_box(order);
            }
        });
    });
    group.finish();
}

/// What a hand-written importer keeps: the same members as the peers' loops, owned, amounts as binary floats.
#[expect(dead_code, reason = "only its making is measured")]
mod bare {
    use super::Deserialize;

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    pub(super) struct Order {
        purchase_order_id: String,
        customer_order_id: String,
        customer_email_id: Option<String>,
        order_date: i64,
        shipping_info: Shipping,
        order_lines: Lines,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Shipping {
        phone: Option<String>,
        estimated_ship_date: Option<i64>,
        method_code: Option<String>,
        postal_address: Address,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Address {
        name: String,
        address1: String,
        address2: Option<String>,
        city: String,
        state: String,
        postal_code: String,
        country: String,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Lines {
        order_line: Vec<Line>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Line {
        line_number: String,
        item: Item,
        charges: Charges,
        order_line_quantity: Quantity,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Item {
        product_name: String,
        sku: String,
    }

    #[derive(Deserialize)]
    struct Quantity {
        amount: String,
    }

    #[derive(Deserialize)]
    struct Charges {
        charge: Vec<Charge>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Charge {
        charge_type: String,
        charge_amount: Money,
        tax: Option<Tax>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Tax {
        tax_amount: Money,
    }

    #[derive(Deserialize)]
    struct Money {
        currency: String,
        amount: f64,
    }
}

criterion_group!(benches, normalise);
criterion_main!(benches);
