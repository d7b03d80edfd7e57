//! What was sold: orders, units and revenue by channel, and the SKUs that bring the most.
//!
//!     cargo run -p sutler-examples --bin analytics

use std::collections::{BTreeMap, BTreeSet};
use sutler::{
    Ebay, Engine, Walmart,
    model::{ChannelOrderId, ChargeKind, Open},
    sandbox,
};

#[derive(Default)]
struct Sums {
    orders: BTreeSet<ChannelOrderId>,
    units: u32,
    cents: i64,
}

#[tokio::main]
async fn main() -> sutler::Result<()> {
    let shelf = sandbox::Pool::of(2);
    let walmart = sandbox::walmart().orders(40).shelf(&shelf).start().await?;
    let ebay = sandbox::ebay().orders(40).shelf(&shelf).pace(walmart.pace()).start().await?;
    let engine = Engine::open("memory:")
        .channel("walmart", Walmart::at(&walmart))
        .channel("ebay", Ebay::at(&ebay))
        .start()
        .await?;
    engine.step().await?;

    let (mut by_channel, mut by_sku) = (BTreeMap::<String, Sums>::new(), BTreeMap::<String, Sums>::new());
    let mut all = engine.orders().each();
    while let Some(order) = all.next().await? {
        let whole = engine.order(order.channel.clone(), order.channel_order_id.clone()).await?;
        for line in &whole.state().facts.lines {
            let sku = line.sku.as_ref().map(ToString::to_string).unwrap_or_default();
            for sums in
                [by_channel.entry(order.channel.to_string()).or_default(), by_sku.entry(sku).or_default()]
            {
                sums.orders.insert(order.channel_order_id.clone());
                sums.units += line.ordered - line.cancelled;
                // A line has charges: the goods, their delivery, discounts and fees.
                let goods = line.charges.iter().filter(|one| one.kind == Open::Known(ChargeKind::Product));
                sums.cents += goods.map(|one| one.amount.minor_units()).sum::<i64>();
            }
        }
    }
    show("channel", by_channel.iter());
    println!();
    let mut dearest: Vec<_> = by_sku.iter().collect();
    dearest.sort_by_key(|(_, sums)| std::cmp::Reverse(sums.cents));
    show("sku", dearest.into_iter().take(5));
    engine.close().await
}

fn show<'a>(title: &str, rows: impl Iterator<Item = (&'a String, &'a Sums)>) {
    println!("{title:<10} {:>7} {:>7} {:>10}", "orders", "units", "revenue");
    for (group, Sums { orders, units, cents }) in rows {
        println!("{group:<10} {:>7} {units:>7} {:>7}.{:02}", orders.len(), cents / 100, cents % 100);
    }
}
