//! Three marketplaces at once, over real HTTP, with one shelf: what the local marketplaces counted is what is believed.

use std::{collections::BTreeMap, sync::Arc};
use sutler::{
    Amazon, Ebay, Engine, Result, Walmart,
    clock::{MarketClock, Pace},
    model::{Duration, LineQuantity, Phase, ShipmentReport},
    sandbox,
};

/// What the engine stored of each channel, by phase.
async fn stored(engine: &Engine, channel: &str, phases: Option<&[Phase]>) -> Result<u64> {
    let totals = engine.totals().await?;
    let counted = |(known, phase, n): &(sutler::model::ChannelId, Phase, u64)| {
        let wanted = known.as_str() == channel && phases.is_none_or(|some| some.contains(phase));
        if wanted { *n } else { 0 }
    };
    Ok(totals.phases.iter().map(counted).sum())
}

/// Steps until no order of ours waits to be taken and nothing is left to be sent; an hour of marketplace time at most.
async fn settle(engine: &Engine, orders: u64) -> Result<()> {
    let patience = engine.now() + Duration::hours(1);
    loop {
        engine.step().await?;
        let mut all = 0;
        let mut undecided = 0;
        for channel in ["walmart", "amazon", "ebay"] {
            all += stored(engine, channel, None).await?;
            undecided += stored(engine, channel, Some(&[Phase::New])).await?;
        }
        let health = engine.health().await?;
        let waiting: u64 = health.iter().map(|one| one.waiting + one.doubts + one.pending).sum();
        if all >= orders && undecided == 0 && waiting == 0 {
            return Ok(());
        }
        assert!(engine.now() < patience, "{all} of {orders} stored, {undecided} undecided: {health:?}");
    }
}

/// Reports one package with everything that is open of every order that was taken. Answers how many lines of each channel.
async fn ship_all(engine: &Engine) -> Result<BTreeMap<String, usize>> {
    let mut reported = BTreeMap::new();
    let mut tickets = Vec::new();
    for order in engine.orders().phase(Phase::Open).limit(200).page().await?.orders {
        let whole = engine.order(order.channel.clone(), order.channel_order_id.clone()).await?;
        let state = whole.state();
        if !state.facts.is_sellers() || !state.is_acknowledged() {
            continue;
        }
        let parts = state.facts.lines.iter().map(|line| LineQuantity {
            line_id: line.line_id.clone(),
            quantity: state.counters(line).wanted,
        });
        let lines: Vec<LineQuantity> = parts.filter(|part| part.quantity > 0).collect();
        *reported.entry(order.channel.to_string()).or_insert(0) += lines.len();
        let report = ShipmentReport {
            package: 1,
            carrier: "UPS".into(),
            tracking: format!("1Z999AA1{:010}", tickets.len()),
            tracking_url: None,
            shipped_at: engine.now(),
            lines,
        };
        tickets.push(engine.report_shipment(order.channel, order.channel_order_id, report).await?);
    }
    engine.step().await?;
    for ticket in tickets {
        ticket.taken().await?;
    }
    Ok(reported)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g04_g18_three_marketplaces_sell_from_one_shelf_and_nothing_happens_twice() -> Result<()> {
    const EACH: u32 = 25;
    let pool = Arc::new(sandbox::Pool::default());
    let walmart = sandbox::walmart().orders(EACH).speed(60.0).shelf(&pool).start().await?;
    let amazon = sandbox::amazon().same_skus().orders(EACH).speed(60.0).shelf(&pool).start().await?;
    let ebay = sandbox::ebay().orders(EACH).speed(60.0).shelf(&pool).start().await?;
    let dir = tempfile::tempdir().expect("a folder");
    let engine = Engine::open(dir.path().join("three.db").display().to_string())
        .channel("walmart", Walmart::at(&walmart))
        .channel("amazon", Amazon::at(&amazon))
        .channel("ebay", Ebay::at(&ebay))
        // Each began some milliseconds after the one before; one time stands for all.
        .clock(Arc::new(MarketClock::at_pace(walmart.pace())?))
        .start()
        .await?;
    for (sku, quantity) in walmart.on_hand() {
        engine.on_hand(sku, quantity).as_of(walmart.origin() - Duration::days(1)).await?;
    }
    for (name, standing) in engine.check().await {
        assert_eq!(standing?.missing, Vec::<String>::new(), "{name}");
    }
    settle(&engine, 3 * u64::from(EACH)).await?;
    let reported = ship_all(&engine).await?;
    settle(&engine, 3 * u64::from(EACH)).await?;
    let counted = [("walmart", walmart.effects()), ("amazon", amazon.effects()), ("ebay", ebay.effects())];
    for (name, effects) in counted {
        assert_eq!(stored(&engine, name, None).await?, u64::from(EACH), "{name}");
        assert_eq!(effects.shipments.len(), reported[name], "{name}: each line under its number, once");
        let shipped: u32 = effects.shipments.values().sum();
        let of_lines: u32 = effects.ship.values().sum();
        assert_eq!(shipped, of_lines, "{name}: no line was shipped under two numbers");
        assert!(stored(&engine, name, Some(&[Phase::Shipped])).await? >= 15, "{name}");
        assert_eq!(effects.reoffered_after_seen, 0, "{name}");
        assert_eq!(effects.status_429, 0, "{name}");
    }
    engine.close().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g25_g26_a_channel_whose_consent_is_taken_back_is_loud_and_the_others_go_on() -> Result<()> {
    let walmart = sandbox::walmart().orders(5).arrivals(2.0, 20).speed(600.0).start().await?;
    let amazon = sandbox::amazon().orders(5).arrivals(2.0, 20).pace(walmart.pace()).start().await?;
    let ebay = sandbox::ebay().orders(5).arrivals(2.0, 20).pace(walmart.pace()).start().await?;
    let engine = Engine::open("memory:")
        .channel("walmart", Walmart::at(&walmart))
        .channel("amazon", Amazon::at(&amazon))
        .channel("ebay", Ebay::at(&ebay))
        .start()
        .await?;
    while stored(&engine, "amazon", None).await? < 5 {
        engine.step().await?;
    }
    let revoke =
        http::Request::post(format!("{}/_sandbox/revoke", amazon.base_url())).body(bytes::Bytes::new());
    let wire = sutler::ports::Reqwest::new()?;
    let answer = sutler::channel::Transport::send(&wire, revoke.expect("a request")).await;
    assert!(answer.is_ok_and(|answer| answer.status().is_success()));
    let patience = engine.now() + Duration::hours(6);
    loop {
        let health = engine.health().await?;
        let amazon = health.iter().find(|one| one.channel.as_str() == "amazon").expect("a channel");
        let loud = matches!(amazon.token, sutler::engine::TokenState::ReauthorizationNeeded(_));
        let (ours, theirs) = (stored(&engine, "walmart", None).await?, stored(&engine, "ebay", None).await?);
        if loud && ours == 25 && theirs == 25 {
            break;
        }
        assert!(engine.now() < patience, "walmart {ours}, ebay {theirs}, amazon {:?}", amazon.token);
        engine.step().await?;
    }
    for one in engine.health().await? {
        let revoked = matches!(one.token, sutler::engine::TokenState::ReauthorizationNeeded(_));
        assert_eq!(revoked, one.channel.as_str() == "amazon", "{}", one.channel);
    }
    engine.close().await
}

#[tokio::test]
async fn a_new_marketplace_begins_at_the_time_it_is_given() -> Result<()> {
    let walmart = sandbox::walmart().orders(3).start().await?;
    // Every other one is made after the time it is given began, and that time may stand before the present.
    let behind = Pace { origin: walmart.pace().origin - Duration::minutes(1), ..walmart.pace() };
    let ebay = sandbox::ebay().orders(3).pace(behind).start().await?;
    let amazon = sandbox::amazon().orders(3).pace(behind).start().await?;
    assert_eq!((ebay.pace(), amazon.pace()), (behind, behind));
    assert!(ebay.origin() < walmart.origin() && amazon.origin() < walmart.origin());
    Ok(())
}
