//! The local Amazon held against the models Amazon publishes (Swagger 2): every operation, its good answers, its loose
//! ones, its refusals and its notifications.
//!
//! It needs the specifications, whose folder `SUTLER_SPECS` names; without it a line says that it did not run.

mod connector;
#[path = "../shared/held.rs"]
mod held;
mod models;
mod seller;
#[path = "../shared/shops.rs"]
#[expect(dead_code, reason = "other tests need the rest")]
mod shops;
mod story;

use models::{Models, differ, read};
use seller::Seller;
use std::collections::{BTreeMap, BTreeSet};
use story::{SETS, good_answers, refusals};

use chrono::{DateTime, Duration, Utc};
use sutler_sandbox::Faults;
use sutler_sandbox::amazon::{Settings, World};
use sutler_sandbox::plan::{FulfilledBy, Plan, PlannedOrder};
use sutler_testkit::schema::{Specs, say};

/// The models of the operations the sandbox has.
const MODELS: [&str; 9] = [
    "orders_2026-01-01",
    "ordersV0",
    "feeds_2021-06-30",
    "reports_2021-06-30",
    "listingsItems_2021-08-01",
    "fbaInventory",
    "sellers",
    "notifications",
    "tokens_2021-03-01",
];

/// Every operation that must have been checked.
const OPERATIONS: [&str; 24] = [
    "cancelFeed",
    "cancelReport",
    "confirmShipment",
    "createDestination",
    "createFeed",
    "createFeedDocument",
    "createReport",
    "createRestrictedDataToken",
    "createSubscription",
    "getDestinations",
    "getFeed",
    "getFeedDocument",
    "getFeeds",
    "getInventorySummaries",
    "getListingsItem",
    "getMarketplaceParticipations",
    "getOrder",
    "getReport",
    "getReportDocument",
    "getReports",
    "getSubscription",
    "patchListingsItem",
    "searchListingsItems",
    "searchOrders",
];

fn origin() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_420_800, 0).unwrap_or_default()
}

fn settings(plan: Plan, orders: u32, faults: Faults) -> Settings {
    Settings {
        plan,
        orders,
        faults,
        latency_ms: (0, 0),
        rate_factor: 100,
        subscribed: true,
        ..Settings::new(7, origin())
    }
}

/// The models, where the specifications are.
fn published() -> Option<Models> {
    let folder = Specs::from_env().or_say_so()?.join("amazon");
    let models = MODELS.map(|name| (name, read(&folder.join(format!("models/{name}.json")))));
    Some(Models(models.into_iter().collect()))
}

#[test]
fn the_local_amazon_speaks_as_published() {
    let (Some(models), Some(folder)) = (published(), Specs::from_env().or_say_so()) else { return };
    let folder = folder.join("amazon");
    let (mut found, mut checked) = (BTreeSet::new(), BTreeMap::new());
    let sale =
        |id: &str| PlannedOrder::seller(origin() - Duration::hours(1)).id(id).line("A", 3).line("B", 1);
    let orders = vec![
        sale("111-1").program("PRIME"),
        sale("111-2").fulfilled_by(FulfilledBy::Marketplace),
        sale("111-3").paid_at(origin() + Duration::hours(9)),
        sale("111-4").program("FBM_SHIP_PLUS").cancel_requested_at(origin() - Duration::minutes(1)),
    ];
    let loose =
        Faults { unknown_text: 500, loose: 1000, masked: 500, cursor_variants: 500, ..Faults::default() };
    let failing = Faults { error_before: 500, token_refused: 300, ..Faults::default() };
    let mut notifications = Vec::new();
    for (plan, orders, faults) in [
        (Plan::Explicit(orders), 0, Faults::default()),
        (Plan::Standard, 80, loose),
        (Plan::Standard, 3, failing),
    ] {
        let explicit = matches!(plan, Plan::Explicit(_));
        let world = World::new(settings(plan, orders, faults));
        let mut seller = Seller {
            world,
            models: &models,
            now: origin(),
            token: String::new(),
            found: &mut found,
            checked: &mut checked,
        };
        if explicit {
            good_answers(&mut seller);
            refusals(&mut seller);
        } else {
            seller.renew();
            for _ in 0..40 {
                let after = "lastUpdatedAfter=2026-11-20T00:00:00Z";
                seller.get(&format!(
                    "/orders/2026-01-01/orders?{after}&maxResultsPerPage=40&includedData={SETS}"
                ));
            }
        }
        let now = seller.now;
        notifications.extend(seller.world.take_notifications(now));
    }
    let mut kinds = BTreeSet::new();
    for note in &notifications {
        let name = match note.kind {
            "ORDER_CHANGE" => "OrderChangeNotification",
            "FEED_PROCESSING_FINISHED" => "FeedProcessingFinishedNotification",
            _ => "ReportProcessingFinishedNotification",
        };
        let schema = read(&folder.join(format!("notifications/{name}.json")));
        let body = serde_json::from_str(&note.body).unwrap_or_default();
        kinds.insert(note.kind);
        differ(&schema, &schema, &body, note.kind, &mut found);
    }
    let list: Vec<&str> = found.iter().map(String::as_str).collect();
    assert!(list.is_empty(), "the messages differ from the models:\n{}", list.join("\n"));
    assert_eq!(kinds.len(), 3);
    let missing: Vec<&&str> = OPERATIONS.iter().filter(|id| !checked.contains_key(**id)).collect();
    assert!(missing.is_empty(), "not checked: {missing:?}");
    say(&format!(
        "schema checks of Amazon: {} operations, {} notifications",
        checked.len(),
        notifications.len()
    ));
}
