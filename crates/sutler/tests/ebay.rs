//! What eBay asks of a seller beside orders and stock, through the running engine and over real HTTP: buyers' wishes that no
//! list shows, cancellations of whole orders, refunds and returns, signed messages, notifications, closed accounts.

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::any,
};
use sutler::{
    Ebay, Engine, ErrorKind,
    channel::Transport,
    command::{Act, CancelReason, IntakeOutcome, Refund, RefundPart, RefundReason, State as Stage, Verb},
    model::{
        Charge, ChargeKind, Duration, HoldReason, LineQuantity, Money, Open, PartState, Phase, Seq,
        ShipmentReport,
    },
    ports::Reqwest,
    push::PushRequest,
    sandbox::{self, EbaySettings, EbayWorld, Market, Sandbox},
};
use sutler_sandbox::{
    ebay::MessageKey,
    plan::{Plan, PlannedOrder},
};
use tokio::net::TcpListener;

type Test = Result<(), Box<dyn std::error::Error>>;

const SPEED: f64 = 600.0;
/// The test key of RFC 9421, appendix B.1.4 (`test-key-ed25519`).
const PRIVATE: &str = "MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF";
const PUBLIC: &str = "MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=";

/// A shop with these orders, placed ten minutes ago, of an item there is plenty of.
fn shop(ids: &[&str]) -> EbaySettings {
    let now = chrono::Utc::now();
    let placed = |id: &&str| PlannedOrder::seller(now - Duration::minutes(10)).id(id).line("MUG", 2);
    EbaySettings {
        plan: Plan::Explicit(ids.iter().map(placed).collect()),
        on_hand: [("MUG".to_owned(), 100)].into_iter().collect(),
        ..EbaySettings::new(7, now)
    }
}

async fn open(settings: EbaySettings) -> Result<(Market<EbayWorld>, Engine), Box<dyn std::error::Error>> {
    let market = sandbox::ebay().settings(settings).speed(SPEED).start().await?;
    let engine = Engine::open("memory:").channel("ebay", Ebay::at(&market)).start().await?;
    engine.on_hand("MUG", 100).as_of(market.origin() - Duration::days(1)).await?;
    Ok((market, engine))
}

/// What no marketplace offers: the local one's own calls.
async fn act(market: &Market<EbayWorld>, path: &str) -> Test {
    let request = http::Request::post(format!("{}/_sandbox/{path}", market.base_url())).body(Bytes::new())?;
    let response = Reqwest::new()?.send(request).await.map_err(|error| error.error("test.act"))?;
    assert!(response.status().is_success(), "{path}: {}", String::from_utf8_lossy(response.body()));
    Ok(())
}

/// Steps for so many minutes of marketplace time.
async fn live(engine: &Engine, minutes: i64) -> Test {
    let end = engine.now() + Duration::minutes(minutes);
    while engine.now() < end {
        engine.step().await?;
    }
    Ok(())
}

/// Steps until the order is as wanted; two hours of marketplace time at most.
async fn until(
    engine: &Engine,
    id: &str,
    what: &str,
    wanted: impl Fn(&sutler::order::WholeOrder) -> bool,
) -> Test {
    let patience = engine.now() + Duration::hours(2);
    loop {
        engine.step().await?;
        if let Ok(order) = engine.order("ebay", id).await
            && wanted(&order)
        {
            return Ok(());
        }
        if engine.now() > patience {
            let order = engine.order("ebay", id).await?;
            panic!("{what}: {} is {}, {:#?}", id, order.why(), order.commands());
        }
    }
}

fn package(engine: &Engine, number: u32, line: &str, quantity: u32) -> ShipmentReport {
    ShipmentReport {
        package: number,
        carrier: "UPS".into(),
        tracking: format!("1Z999AA1012345678{number}"),
        tracking_url: None,
        shipped_at: engine.now(),
        lines: vec![LineQuantity { line_id: line.into(), quantity }],
    }
}

async fn only_line(engine: &Engine, id: &str) -> Result<String, Box<dyn std::error::Error>> {
    let order = engine.order("ebay", id).await?;
    Ok(order.state().facts.lines.first().ok_or("a line")?.line_id.to_string())
}

fn asks_to_cancel(order: &sutler::order::WholeOrder) -> bool {
    order.holds().iter().any(|hold| hold.reason == HoldReason::BuyerAskedToCancel)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g19_a_wish_that_no_list_shows_is_seen_granted_once_and_fills_no_journal() -> Test {
    let (market, engine) = open(shop(&["A"])).await?;
    until(&engine, "A", "taken", |order| order.phase() == Phase::Open).await?;
    act(&market, "orders/A/cancel-request").await?;
    until(&engine, "A", "held", asks_to_cancel).await?;
    // Every list says that something is asked and hides what, every single read shows it: nothing of it is news.
    let entries = engine.order("ebay", "A").await?.history.len();
    let pulls = engine.health().await?[0].pulls;
    live(&engine, 40).await?;
    assert!(engine.health().await?[0].pulls >= pulls + 3);
    assert_eq!(engine.order("ebay", "A").await?.history.len(), entries);
    // A person grants it.
    engine.cancel("ebay", "A", Vec::new(), CancelReason::BuyerAsked, "ann").await?;
    until(&engine, "A", "cancelled", |order| order.phase() == Phase::Cancelled).await?;
    let cancelled: u32 = market.effects().cancel.values().sum();
    assert_eq!(cancelled, 2, "both units, once");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wish_that_is_refused_lets_the_order_go_on() -> Test {
    let (market, engine) = open(shop(&["A"])).await?;
    until(&engine, "A", "taken", |order| order.phase() == Phase::Open).await?;
    act(&market, "orders/A/cancel-request").await?;
    until(&engine, "A", "held", asks_to_cancel).await?;
    let line = only_line(&engine, "A").await?;
    engine.report_shipment("ebay", "A", package(&engine, 1, &line, 2)).await?;
    engine.refuse_cancel("ebay", "A", "ann").await?;
    until(&engine, "A", "shipped", |order| order.phase() == Phase::Shipped).await?;
    assert!(market.effects().cancel.is_empty());
    assert_eq!(market.effects().shipments.values().sum::<u32>(), 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g18_two_packages_of_one_line_are_two_fulfilments_and_a_part_of_an_order_is_not_cancelled() -> Test {
    let (market, engine) = open(shop(&["A"])).await?;
    until(&engine, "A", "taken", |order| order.phase() == Phase::Open).await?;
    let line = only_line(&engine, "A").await?;
    let part = vec![LineQuantity { line_id: line.as_str().into(), quantity: 1 }];
    let ticket = engine.cancel("ebay", "A", part, CancelReason::OutOfStock, "ann").await?;
    engine.step().await?;
    let IntakeOutcome::Refused(why) = ticket.outcome().await? else { panic!("eBay cancels whole orders") };
    assert!(why.contains("whole orders of which nothing has left"), "{why}");
    for number in [1, 2] {
        engine.report_shipment("ebay", "A", package(&engine, number, &line, 1)).await?;
    }
    until(&engine, "A", "shipped", |order| order.phase() == Phase::Shipped).await?;
    let shipments = market.effects().shipments;
    assert_eq!(shipments.values().collect::<Vec<_>>(), [&1, &1], "{shipments:?}");
    Ok(())
}

/// All that the buyer paid for the goods of the order's only line, or a part of it.
async fn refund(engine: &Engine, number: u32, share: i64) -> Result<Refund, Box<dyn std::error::Error>> {
    let order = engine.order("ebay", "A").await?;
    let line = order.state().facts.lines.first().ok_or("a line")?;
    let product = |charge: &&Charge| charge.kind == Open::Known(ChargeKind::Product);
    let paid = line.charges.iter().find(product).ok_or("a price")?.amount;
    let amount = Money { amount: paid.amount / rust_decimal::Decimal::from(share), ..paid };
    let charge = Open::Known(ChargeKind::Product);
    let parts = vec![RefundPart { line_id: line.line_id.clone(), charge, amount, tax: None }];
    Ok(Refund { refund: number, parts, reason: RefundReason::Returned, via: None })
}

fn refund_in(order: &sutler::order::WholeOrder, stage: Stage) -> bool {
    order.commands().iter().any(|c| c.key.verb == Verb::Refund && c.state == stage)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g22_money_goes_back_once_and_never_more_than_was_charged() -> Test {
    let (market, engine) = open(shop(&["A"])).await?;
    until(&engine, "A", "taken", |order| order.phase() == Phase::Open).await?;
    let half = refund(&engine, 1, 2).await?;
    engine.refund("ebay", "A", half.clone(), "ann").await?;
    until(&engine, "A", "refunded", |order| refund_in(order, Stage::Confirmed)).await?;
    let back: u32 = market.effects().refund.values().sum();
    assert!(back > 0);
    // The same number again changes nothing; a whole one beyond the half is too much.
    engine.refund("ebay", "A", half, "ann").await?;
    let too_much = engine.refund("ebay", "A", refund(&engine, 2, 1).await?, "ann").await?;
    live(&engine, 10).await?;
    let IntakeOutcome::Refused(why) = too_much.outcome().await? else { panic!("more than was charged") };
    assert!(why.contains("is more than the"), "{why}");
    assert_eq!(market.effects().refund.values().sum::<u32>(), back);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g22_where_a_return_is_open_the_refund_is_redirected_to_it() -> Test {
    let (market, engine) = open(shop(&["A"])).await?;
    until(&engine, "A", "taken", |order| order.phase() == Phase::Open).await?;
    let line = only_line(&engine, "A").await?;
    engine.report_shipment("ebay", "A", package(&engine, 1, &line, 2)).await?;
    until(&engine, "A", "shipped", |order| order.phase() == Phase::Shipped).await?;
    act(&market, "orders/A/return").await?;
    engine.refund("ebay", "A", refund(&engine, 1, 2).await?, "ann").await?;
    until(&engine, "A", "redirected and refunded", |order| {
        refund_in(order, Stage::Redirected) && refund_in(order, Stage::Confirmed)
    })
    .await?;
    let order = engine.order("ebay", "A").await?;
    let by_return = order.commands().iter().find_map(|command| match &command.act {
        Act::Refund(refund) if command.state == Stage::Confirmed => refund.via.clone(),
        _ => None,
    });
    assert!(by_return.is_some_and(|via| via.starts_with("return/")));
    // Returns are read once an hour.
    until(&engine, "A", "shown with its return", |order| order.returns().next().is_some()).await?;
    let order = engine.order("ebay", "A").await?;
    let told = order.timeline().into_iter().find(|moment| moment.kind == "returned").ok_or("a moment")?;
    assert!(told.words.contains("2 units"), "{}", told.words);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_are_signed_where_ebay_demands_it_and_refused_without_a_key() -> Test {
    let key = MessageKey { jwe: "a.jwe".into(), public_key: PUBLIC.into() };
    let settings = EbaySettings { message_key: Some(key), ..shop(&["A"]) };
    let market = sandbox::ebay().settings(settings).speed(SPEED).start().await?;
    for (signs, stage) in [(false, Stage::Refused), (true, Stage::Confirmed)] {
        let ebay = Ebay::at(&market);
        let ebay = if signs { ebay.signing_key(PRIVATE, "a.jwe") } else { ebay };
        let engine = Engine::open("memory:").channel("ebay", ebay).start().await?;
        engine.on_hand("MUG", 100).as_of(market.origin() - Duration::days(1)).await?;
        until(&engine, "A", "taken", |order| order.phase() == Phase::Open).await?;
        engine.cancel("ebay", "A", Vec::new(), CancelReason::OutOfStock, "ann").await?;
        until(&engine, "A", "ended", |order| {
            order.commands().iter().any(|c| c.key.verb == Verb::Cancel && c.state == stage)
        })
        .await?;
        engine.close().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g16_listings_of_either_making_offer_what_there_is() -> Test {
    let mut settings = shop(&["A"]);
    settings.levels = [("MUG".to_owned(), 7)].into_iter().collect();
    settings.trading.insert("MUG".into());
    let (market, engine) = open(settings).await?;
    let patience = engine.now() + Duration::hours(3);
    while market.effects().stock.get("MUG") != Some(&98) {
        engine.step().await?;
        assert!(engine.now() < patience, "{:?}", engine.listings("ebay", None, 10).await?);
    }
    assert_eq!(market.effects().reoffered_after_seen, 0);
    Ok(())
}

/// Hands what eBay sends over to the engine, and its answer back.
async fn pushed(
    State(engine): State<Engine>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = |value: &axum::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let request = PushRequest {
        method: method.to_string(),
        target: uri.to_string(),
        headers: headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        body,
    };
    match engine.handle_push("ebay", &request).await {
        Ok(reply) => {
            let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, [(CONTENT_TYPE, reply.content_type.as_deref().unwrap_or("text/plain"))], reply.body)
                .into_response()
        }
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

const TOKEN: &str = "a-verification-token-of-32-to-80-letters";

/// A shop that notifies, and the engine it notifies.
async fn notifying(
    sandbox: Sandbox<EbayWorld>,
) -> Result<(Market<EbayWorld>, Engine, tokio::task::JoinHandle<()>), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let endpoint = format!("http://{}/hooks", listener.local_addr()?);
    let market = sandbox.notification_endpoint(&endpoint, TOKEN).start().await?;
    let ebay = Ebay::at(&market).notifications(&endpoint, TOKEN);
    let engine = Engine::open("memory:").channel("ebay", ebay).start().await?;
    let app = Router::new().route("/hooks", any(pushed)).with_state(engine.clone());
    let server = tokio::spawn(async move { drop(axum::serve(listener, app).await) });
    Ok((market, engine, server))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g35_a_closed_account_is_erased_and_no_later_read_brings_it_back() -> Test {
    let (market, engine, server) =
        notifying(sandbox::ebay().settings(shop(&["A", "B"])).speed(SPEED)).await?;
    engine.on_hand("MUG", 100).as_of(market.origin() - Duration::days(1)).await?;
    until(&engine, "B", "taken", |order| order.phase() == Phase::Open).await?;
    let before = engine.order("ebay", "A").await?;
    assert!(before.ship_to().is_some_and(|to| !to.name.is_empty() && !to.line1.is_empty()));
    act(&market, "orders/A/account-deletion").await?;
    let erased = |order: &sutler::order::WholeOrder| {
        order.ship_to().is_some_and(|to| to.states.lines == PartState::Erased)
    };
    until(&engine, "A", "erased", erased).await?;
    // Pulls, single reads and a push go on; the marketplace still shows the order whole.
    act(&market, "orders/A/cancel-request").await?;
    until(&engine, "A", "read again", asks_to_cancel).await?;
    live(&engine, 30).await?;
    let after = engine.order("ebay", "A").await?;
    let to = after.ship_to().ok_or("the tombstone")?;
    assert!(erased(&after), "{to:?}");
    let left = [&to.name, &to.line1, &to.line2, &to.postal_code, &to.phone, &to.email];
    assert!(left.iter().all(|part| part.is_empty()), "{to:?}");
    // What is not personal stays, and history says what happened.
    assert_eq!(after.state().facts.total, before.state().facts.total);
    assert!(after.timeline().iter().any(|moment| moment.words.contains("erased")), "{:?}", after.timeline());
    // Another buyer's order keeps its address, unless a person has it erased.
    assert!(engine.order("ebay", "B").await?.ship_to().is_some_and(|to| !to.name.is_empty()));
    engine.erase("ebay", "B", "ann").await?;
    until(&engine, "B", "erased", erased).await?;
    server.abort();
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consent_that_is_taken_back_is_loud_and_a_wrong_seller_reads_nothing() -> Test {
    let (market, engine) = open(shop(&["A"])).await?;
    until(&engine, "A", "taken", |order| order.phase() == Phase::Open).await?;
    act(&market, "revoke").await?;
    live(&engine, 60).await?;
    let health = engine.health().await?.pop().ok_or("a channel")?;
    assert!(
        matches!(health.token, sutler::engine::TokenState::ReauthorizationNeeded(_)),
        "{:?}",
        health.token
    );
    engine.close().await?;

    let market = sandbox::ebay().settings(shop(&["A"])).speed(SPEED).start().await?;
    let other = EbaySettings { seller: "another".into(), ..shop(&["A"]) };
    let theirs = sandbox::ebay().settings(other).speed(SPEED).pace(market.pace()).start().await?;
    let wrong = Ebay::at(&theirs).base_url(market.base_url()).token_url(market.token_url());
    let engine = Engine::open("memory:").channel("ebay", wrong).start().await?;
    let error = engine.step().await.expect_err("another seller's credential");
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.text().contains("another"), "{error}");
    assert!(engine.changes(Seq(0), 10).await?.is_empty(), "nothing was read");
    Ok(())
}
