//! What the facade promises a host.

use sutler::{
    Engine, ErrorKind, Host, Mode, Policy, Settings, Walmart,
    channel::Environment,
    clock::Pace,
    command::IntakeOutcome,
    model::{Duration, HoldReason, Measure, Phase, Punctuality, Seq, ShipmentReport, from_millis},
    orders::Sort,
    sandbox::Market,
};

type Test = Result<(), Box<dyn std::error::Error>>;

async fn market(orders: u32) -> sutler::Result<Market> {
    sutler::sandbox::walmart().orders(orders).start().await
}

async fn stocked(url: &str, market: &Market) -> sutler::Result<Engine> {
    let engine = Engine::open(url).channel("us", Walmart::at(market)).start().await?;
    for (sku, quantity) in market.on_hand() {
        engine.on_hand(sku, quantity).as_of(market.origin()).await?;
    }
    Ok(engine)
}

#[tokio::test]
async fn a_step_does_all_that_is_due_and_the_next_one_nothing() -> Test {
    let market = market(40).await?;
    let engine = stocked("memory:", &market).await?;
    let first = engine.step().await?;
    assert!(first.done > 0);
    assert!(first.next_at.is_some_and(|at| at > market.origin()), "the next poll is due some time");
    let totals = engine.totals().await?;
    assert_eq!(totals.phases.iter().map(|(_, _, n)| n).sum::<u64>(), 40);
    // Everything that was accepted is acknowledged when the step returns, once each.
    let mut accepted = 0;
    let mut each = engine.orders().phase(Phase::Open).each();
    while let Some(order) = each.next().await? {
        let whole = engine.order("us", order.channel_order_id).await?;
        accepted += usize::from(whole.state().facts.is_sellers());
    }
    let effects = market.effects();
    assert_eq!(effects.acknowledge.len(), accepted);
    assert!(accepted >= 28 && effects.acknowledge.values().all(|times| *times == 1));
    let requests = effects.requests;
    let second = engine.step().await?;
    assert_eq!(second.done, 0, "{second:?}");
    assert_eq!(market.effects().requests, requests);
    Ok(())
}

#[tokio::test]
async fn what_a_marketplace_keeps_is_asked_there() -> Test {
    let amazon = sutler::sandbox::amazon().orders(60).start().await?;
    let engine = Engine::open("memory:").channel("amazon", sutler::Amazon::at(&amazon)).start().await?;
    let kept = engine.marketplace_inventory("amazon").await?;
    assert!(!kept.is_empty() && kept.iter().all(|units| units.fulfillable > 0), "{kept:?}");
    assert!(kept.windows(2).all(|pair| pair[0].sku < pair[1].sku));
    let unknown = engine.marketplace_inventory("de").await.unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::NotFound);
    assert!(unknown.text().contains("the channels are amazon"), "{unknown}");
    Ok(())
}

#[tokio::test]
async fn a_sku_the_marketplace_does_not_know_is_not_set_over_and_over() -> Test {
    let market = sutler::sandbox::walmart().speed(36_000.0).start().await?;
    let engine = Engine::open("memory:").channel("us", Walmart::at(&market)).start().await?;
    for sku in ["NOT-LISTED-1", "NOT-LISTED-2"] {
        engine.on_hand(sku, 0).await?;
    }
    // Ten hours of marketplace time: it is asked for again every two.
    let end = engine.now() + Duration::hours(10);
    while engine.now() < end {
        engine.step().await?;
    }
    let mut sets = 0;
    for change in engine.changes(Seq(0), 10_000).await? {
        sets += usize::from(change.words().contains("set the level of NOT-LISTED"));
    }
    assert!((2..=4).contains(&sets), "{sets} sets of what is not there");
    assert!(engine.listings("us", None, 10).await?.iter().all(|listing| listing.missing));
    Ok(())
}

#[tokio::test]
async fn what_is_asked_is_durable_at_once_and_answered_when_an_engine_takes_it() -> Test {
    let market = market(0).await?;
    let engine = stocked("memory:", &market).await?;
    let count = engine.on_hand("SKU-1", 40).await?;
    let refused = engine.on_hand("SKU-2", -1).await.expect_err("no such count");
    assert!(refused.text().contains("-1") && refused.text().contains("SKU-2"), "{refused}");
    let future = engine.on_hand("SKU-2", 1).as_of(engine.now() + Duration::days(2)).await?;
    assert_eq!(count.outcome().await?, IntakeOutcome::Waiting);
    engine.step().await?;
    assert!(count.taken().await?.starts_with("40 on hand of SKU-1"));
    let refused = future.taken().await.expect_err("nobody counted that yet");
    assert!(refused.text().contains("to come") && refused.text().contains("SKU-2"), "{refused}");
    let again = engine.on_hand("SKU-1", 50).as_of(from_millis(0)).await?;
    engine.step().await?;
    assert!(again.taken().await?.contains("nothing changed"));
    assert_eq!(engine.item("SKU-1").await?.and_then(|item| item.counted), Some(40));
    Ok(())
}

#[tokio::test]
async fn another_process_reads_and_asks_and_only_one_engine_has_the_file() -> Test {
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite:{}", folder.path().join("orders.db").display());
    let missing = Host::open(&url).await.expect_err("nothing is there yet");
    assert_eq!(missing.kind(), ErrorKind::NotFound);
    let market = market(20).await?;
    let engine = stocked(&url, &market).await?;
    let second = Engine::open(&url).start().await.expect_err("one engine a file");
    assert_eq!((second.kind(), second.op()), (ErrorKind::Conflict, "store.lock"));
    engine.step().await?;

    let host = Host::open(&url).await?;
    assert_eq!(host.totals().await?, engine.totals().await?);
    let ticket = host.on_hand("SKU-9", 9).await?;
    let run = tokio::spawn({
        let engine = engine.clone();
        async move { engine.run().await }
    });
    assert!(ticket.taken().await?.starts_with("9 on hand of SKU-9"));
    let busy = engine.step().await.expect_err("it runs already");
    assert_eq!(busy.kind(), ErrorKind::Conflict);
    engine.stop();
    run.await??;
    engine.close().await?;
    assert_eq!(engine.step().await.expect_err("closed").kind(), ErrorKind::Closed);
    Ok(())
}

#[tokio::test]
async fn questions_are_narrowed_paged_and_explained() -> Test {
    let market = market(60).await?;
    let engine = stocked("memory:", &market).await?;
    engine.step().await?;
    let mut each = engine.orders().limit(7).sort(Sort::PlacedAscending).each();
    let mut placed = Vec::new();
    while let Some(order) = each.next().await? {
        placed.push((order.placed_at, order.channel_order_id));
    }
    assert_eq!(placed.len(), 60);
    assert!(placed.is_sorted());

    let held = engine.orders().held().page().await?;
    assert!(!held.orders.is_empty());
    for order in &held.orders {
        assert!(order.phase == Phase::Held && !order.why().is_empty() && !order.holds.is_empty());
    }
    let short = engine.orders().held_for(HoldReason::ShortOfStock).page().await?;
    assert!(short.orders.iter().all(|order| order.why().contains("SCARCE-")), "{short:?}");
    let (middle, id) = &placed[30];
    assert_eq!(engine.orders().placed_from(*middle).limit(500).rows().await?.rows.len(), 30);
    assert_eq!(engine.orders().placed_before(*middle).limit(500).rows().await?.rows.len(), 30);
    assert_eq!(engine.orders().order_id(id.as_str()).page().await?.orders.len(), 1);
    assert!(!engine.orders().sku("SCARCE-*").page().await?.orders.is_empty());
    let unindexed = engine.orders().sort(Sort::AmountDescending).page().await.expect_err("every phase");
    assert_eq!(unindexed.kind(), ErrorKind::Invalid);

    let whole = engine.order("us", id.as_str()).await?;
    assert!(whole.timeline().first().is_some_and(|moment| moment.kind == "observed"));
    assert!(whole.deadlines.is_sorted_by_key(|deadline| deadline.due));
    let nobody = engine.order("us", "nope").await.expect_err("no such order");
    assert!(nobody.kind() == ErrorKind::NotFound && nobody.text().contains("nope"), "{nobody}");
    let nowhere = engine.order("de", "nope").await.expect_err("no such channel");
    assert!(nowhere.text().contains("the channels are us"), "{nowhere}");
    Ok(())
}

#[tokio::test]
async fn metrics_count_every_order_of_the_window_once() -> Test {
    let market = market(150).await?;
    let engine = stocked("memory:", &market).await?;
    engine.step().await?;
    let (mut ours, mut acknowledged) = (0, 0);
    let mut each = engine.orders().each();
    while let Some(order) = each.next().await? {
        let whole = engine.order("us", order.channel_order_id.clone()).await?;
        let sellers = whole.state().facts.is_sellers();
        ours += u64::from(sellers);
        acknowledged += u64::from(whole.lateness.acknowledged == Punctuality::InTime);
        assert_eq!(sellers, whole.lateness.confirmed != Punctuality::NotAsked, "{:?}", whole.lateness);
    }
    let metrics = engine.metrics("us").await?;
    let of = |measure| metrics.iter().find(|metric| metric.measure == measure).expect("a metric");
    let (cancelled, timely) = (of(Measure::Cancellation), of(Measure::Acknowledgment));
    assert_eq!((cancelled.counted() + cancelled.undecided, timely.kept), (ours, acknowledged));
    assert!(
        ours > 100 && acknowledged > 0 && cancelled.misses_left() == Some(ours * 20 / 1_000),
        "{metrics:?}"
    );
    let nowhere = engine.metrics("de").await.expect_err("no such channel");
    assert!(
        nowhere.kind() == ErrorKind::NotFound && nowhere.text().contains("the channels are [us]"),
        "{nowhere}"
    );
    Ok(())
}

#[tokio::test]
async fn changes_come_in_commit_order_and_none_is_missed() -> Test {
    let market = market(20).await?;
    let engine = stocked("memory:", &market).await?;
    engine.step().await?;
    let all = engine.changes(Seq(0), 10_000).await?;
    assert!(all.windows(2).all(|pair| pair[0].seq < pair[1].seq));
    let mut piecemeal = Vec::new();
    let mut seen = Seq(0);
    loop {
        let some = engine.changes(seen, 3).await?;
        let Some(last) = some.last() else { break };
        seen = last.seq;
        piecemeal.extend(some);
    }
    assert_eq!(piecemeal, all);
    assert!(all.iter().any(|change| change.channel_order_id.is_some() && !change.words().is_empty()));
    assert_eq!(engine.changes(Seq(0), 0).await.expect_err("none").kind(), ErrorKind::Invalid);
    Ok(())
}

/// An acknowledged order of the seller's, and a package with all of it.
async fn package(
    engine: &Engine,
) -> Result<(sutler::order::WholeOrder, ShipmentReport), Box<dyn std::error::Error>> {
    let mut each = engine.orders().phase(Phase::Open).each();
    let order = loop {
        let Some(listed) = each.next().await? else { return Err("no order was acknowledged".into()) };
        let order = engine.order("us", listed.channel_order_id).await?;
        if order.state().facts.is_sellers() && order.state().is_acknowledged() {
            break order;
        }
    };
    let state = order.state();
    let parts = state
        .facts
        .lines
        .iter()
        .map(|line| sutler::model::LineQuantity { line_id: line.line_id.clone(), quantity: line.ordered });
    let report = ShipmentReport {
        package: 1,
        carrier: "UPS".into(),
        tracking: "1Z1".into(),
        tracking_url: None,
        shipped_at: engine.now(),
        lines: parts.collect(),
    };
    Ok((order, report))
}

#[tokio::test]
async fn a_package_reported_twice_is_shipped_once() -> Test {
    let market = market(20).await?;
    let engine = stocked("memory:", &market).await?;
    engine.step().await?;
    let (order, report) = package(&engine).await?;
    let (state, id) = (order.state(), order.state().channel_order_id.clone());
    let first = engine.report_shipment("us", id.clone(), report.clone()).await?;
    let second = engine.report_shipment("us", id.clone(), report).await?;
    engine.step().await?;
    first.taken().await?;
    assert!(second.taken().await?.contains("nothing changed"));
    let units: u32 = state.facts.lines.iter().map(|line| line.ordered).sum();
    assert_eq!(market.effects().shipments.values().sum::<u32>(), units);
    assert_eq!(engine.order("us", id).await?.phase(), Phase::Shipped);
    Ok(())
}

#[tokio::test]
async fn g21_a_package_the_marketplace_refused_is_corrected_and_then_confirmed_once() -> Test {
    let market = market(20).await?;
    let engine = stocked("memory:", &market).await?;
    engine.step().await?;
    let (order, right) = package(&engine).await?;
    let id = order.state().channel_order_id.clone();
    let wrong = ShipmentReport { carrier: "Nobody Knows Express".into(), ..right.clone() };
    let first = engine.report_shipment("us", id.clone(), wrong).await?;
    engine.step().await?;
    first.taken().await?;
    let order = engine.order("us", id.clone()).await?;
    assert_eq!(order.state().exceptions.first().map(|e| e.code.as_str()), Some("refused"));
    assert!(market.effects().shipments.is_empty());

    let corrected = engine.report_shipment("us", id.clone(), right.clone()).await?;
    engine.step().await?;
    corrected.taken().await?;
    let order = engine.order("us", id.clone()).await?;
    assert_eq!((order.phase(), order.state().exceptions.len()), (Phase::Shipped, 0));
    let units: u32 = right.lines.iter().map(|part| part.quantity).sum();
    assert_eq!(market.effects().shipments.values().sum::<u32>(), units);

    // What the marketplace took is not corrected any more.
    let late = ShipmentReport { tracking: "1Z999AA10123456785".into(), ..right };
    let late = engine.report_shipment("us", id, late).await?;
    engine.step().await?;
    let why = late.taken().await.expect_err("confirmed already").to_string();
    assert!(why.contains("did not refuse it"), "{why}");
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_counted_or_printed_on_a_label_is_refused() -> Test {
    let market = market(20).await?;
    let engine = stocked("memory:", &market).await?;
    engine.step().await?;
    let to_come = engine.now() + Duration::days(30);
    let early = engine.on_hand("SKU-0001", 3).as_of(to_come).await?;
    engine.step().await?;
    let why = early.taken().await.expect_err("a count to come").to_string();
    assert!(why.contains("which is to come"), "{why}");
    let (order, report) = package(&engine).await?;
    let id = order.state().channel_order_id.clone();
    for tracking in ["1Z\n999".to_owned(), "1".repeat(101)] {
        let bad =
            engine.report_shipment("us", id.clone(), ShipmentReport { tracking, ..report.clone() }).await?;
        engine.step().await?;
        let why = bad.taken().await.expect_err("no tracking number").to_string();
        assert!(why.contains("at most 100 characters without line breaks"), "{why}");
    }
    for wrong in [Duration::days(-90), Duration::days(1)] {
        let report = ShipmentReport { shipped_at: engine.now() + wrong, ..report.clone() };
        let bad = engine.report_shipment("us", id.clone(), report).await?;
        engine.step().await?;
        let why = bad.taken().await.expect_err("no time to ship").to_string();
        assert!(why.contains("from when it was placed"), "{why}");
    }
    assert!(market.effects().shipments.is_empty());
    Ok(())
}

#[tokio::test]
async fn shadow_mode_sends_nothing_that_writes() -> Test {
    let market = market(20).await?;
    let engine =
        Engine::open("memory:").channel("us", Walmart::at(&market)).mode(Mode::Shadow).start().await?;
    for (sku, quantity) in market.on_hand() {
        engine.on_hand(sku, quantity).as_of(market.origin()).await?;
    }
    let before = market.effects().stock;
    engine.step().await?;
    let effects = market.effects();
    assert!(effects.acknowledge.is_empty() && effects.stock == before);
    let intended = engine.commands("us", sutler::command::State::Intended, 100).await?;
    assert!(!intended.is_empty(), "decided all the same");
    Ok(())
}

#[tokio::test]
async fn a_time_of_its_own_needs_local_channels() -> Test {
    let pace = Pace { origin: from_millis(0), started: from_millis(0), speed: 60.0 };
    let live = Engine::open("memory:").channel("us", Walmart::new("1", "id", "secret")).pace(pace);
    let refused = live.start().await.expect_err("a live marketplace keeps real time");
    assert!(refused.kind() == ErrorKind::Config && refused.text().contains("channel us"), "{refused}");
    let local =
        Walmart::new("1", "id", "secret").environment(Environment::Local).base_url("http://127.0.0.1:9");
    assert!(Engine::open("memory:").channel("us", local).pace(pace).start().await.is_ok());
    let (one, other) = (market(0).await?, sutler::sandbox::walmart().speed(2.0).start().await?);
    let two = Engine::open("memory:").channel("a", Walmart::at(&one)).channel("b", Walmart::at(&other));
    assert_eq!(two.start().await.expect_err("two times").kind(), ErrorKind::Config);
    Ok(())
}

#[tokio::test]
async fn errors_of_a_configuration_name_the_field() -> Test {
    for (walmart, field) in [
        (Walmart::new("", "id", "secret"), "channels.us.seller"),
        (Walmart::new("1", "id", ""), "channels.us.client_secret"),
        (Walmart::new("1", "id", "s").base_url("https://example.org"), "channels.us.base_url"),
    ] {
        let error = Engine::open("memory:").channel("us", walmart).start().await.expect_err(field);
        assert_eq!((error.kind(), error.op()), (ErrorKind::Config, field));
    }
    let error = Engine::open("postgres://x").start().await.expect_err("no such store");
    assert!(error.text().contains("memory:"), "{error}");
    Ok(())
}

#[tokio::test]
async fn health_says_how_far_everything_is_known() -> Test {
    let market = market(20).await?;
    let engine = Engine::open("memory:")
        .channel("us", Walmart::at(&market))
        .policy(Policy::standard())
        .settings(Settings { pull_interval: Duration::minutes(3), ..Settings::default() })
        .start()
        .await?;
    let before = engine.health().await?;
    assert!(before.iter().all(|health| health.complete_to.is_none()));
    engine.step().await?;
    let after = engine.health().await?;
    let [us] = after.as_slice() else { return Err("one channel, one health".into()) };
    assert!(us.complete_to.is_some() && us.doubts == 0 && us.pulls == 1, "{us:?}");
    assert!(us.next_pull_at.is_some_and(|at| at <= engine.now() + Duration::minutes(4)));
    let standing = engine.check().await;
    assert!(standing.iter().all(|(_, standing)| standing.is_ok()), "{standing:?}");
    Ok(())
}
