//! Three marketplaces at once, over real HTTP, with one shelf: what the local marketplaces counted is what is believed.

use std::{collections::BTreeMap, sync::Arc, time::Duration as Wait};
use sutler::{
    Amazon, Ebay, Engine, Result, Walmart,
    model::{Duration, LineQuantity, Phase, ShipmentReport},
    sandbox::{self, Effects},
};

/// Everything a marketplace counted of shipments: each (order, line, tracking) with its units.
fn shipped(effects: &Effects) -> &BTreeMap<String, i64> {
    &effects.shipments
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g04_g18_three_marketplaces_sell_from_one_shelf_and_nothing_happens_twice() -> Result<()> {
    let now = chrono::Utc::now();
    let pool = Arc::new(sandbox::Pool::default());
    let walmart = sandbox::walmart().orders(25).speed(60.0).shelf(&pool).start().await?;
    let amazon = sandbox::amazon().same_skus().orders(25).speed(60.0).shelf(&pool).start().await?;
    let ebay = sandbox::ebay().orders(25).speed(60.0).shelf(&pool).start().await?;
    let pace = walmart.pace();
    let _ = now;
    let dir = tempfile::tempdir().expect("a folder");
    let engine = Engine::open(dir.path().join("three.db").display().to_string())
        .channel("walmart", Walmart::at(&walmart))
        .channel("amazon", Amazon::at(&amazon))
        .channel("ebay", Ebay::at(&ebay))
        .clock(Arc::new(sutler::clock::MarketClock::at_pace(pace)?))
        .start()
        .await?;
    for (sku, quantity) in walmart.on_hand() {
        engine.on_hand(sku, quantity).as_of(walmart.origin() - Duration::days(1)).await?;
    }
    for (name, standing) in engine.check().await {
        let standing = standing?;
        assert!(standing.missing.is_empty(), "{name}: {:?}", standing.missing);
    }
    for _ in 0..12 {
        engine.step().await?;
        tokio::time::sleep(Wait::from_millis(300)).await;
    }
    let mut reported = BTreeMap::new();
    for order in engine.orders().phase(Phase::Open).limit(200).page().await?.orders {
        let whole = engine.order(order.channel.clone(), order.channel_order_id.clone()).await?;
        if !whole.state.facts.is_sellers() || !whole.state.is_acknowledged() {
            continue;
        }
        let lines: Vec<LineQuantity> = whole
            .state
            .facts
            .lines
            .iter()
            .map(|line| LineQuantity {
                line_id: line.line_id.clone(),
                quantity: whole.state.counters(line).wanted,
            })
            .filter(|part| part.quantity > 0)
            .collect();
        let tracking = format!("1Z999AA1{:010}", reported.len());
        let report = ShipmentReport {
            package: 1,
            carrier: "UPS".into(),
            tracking,
            tracking_url: None,
            shipped_at: engine.now(),
            lines: lines.clone(),
        };
        let ticket =
            engine.report_shipment(order.channel.clone(), order.channel_order_id.clone(), report).await?;
        engine.step().await?;
        ticket.taken().await?;
        *reported.entry(order.channel.to_string()).or_insert(0) += lines.len();
    }
    for _ in 0..12 {
        engine.step().await?;
        tokio::time::sleep(Wait::from_millis(300)).await;
    }
    for (name, effects, plan) in [
        ("walmart", walmart.effects(), walmart.plan().len()),
        ("amazon", amazon.effects(), amazon.plan().len()),
        ("ebay", ebay.effects(), ebay.plan().len()),
    ] {
        let phases = engine.totals().await?;
        let stored: u64 =
            phases.phases.iter().filter(|(channel, ..)| channel.as_str() == name).map(|(.., n)| n).sum();
        let health = engine.health().await?;
        let errors: Vec<_> =
            health.iter().filter(|h| h.channel.as_str() == name).map(|h| h.last_error.clone()).collect();
        let sums: Vec<_> = phases.phases.iter().filter(|(channel, ..)| channel.as_str() == name).collect();
        eprintln!(
            "{name}: {plan} placed, {stored} stored, {sums:?}, shipped {:?} of {reported:?}, 429: {}, last error {errors:?}",
            shipped(&effects).len(),
            effects.status_429
        );
        assert_eq!(shipped(&effects).len(), reported.get(name).copied().unwrap_or(0), "{name}");
        assert!(stored > 15, "{name} stored {stored} of {plan}");
        assert_eq!(effects.status_429, 0, "{name}");
        assert_eq!(effects.reoffered_after_seen, 0, "{name}");
    }
    engine.close().await
}
