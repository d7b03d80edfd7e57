//! Every call of the Amazon connector held against the models, with the local Amazon's answers.

use crate::{
    held::{Held, Published},
    models::Models,
    origin, published, shops,
};
use std::{collections::BTreeSet, sync::Arc};
use sutler_amazon::AmazonChannel;
use sutler_core::{
    Result,
    channel::{Channel, Fetched, Receipt, Settled},
    command::{Act, Cancel, CancelReason, Command, ConfirmShipment, SetLevel},
    id::Sku,
    order::{LineQuantity, ShipmentReport},
    ports::Clock,
    time::Duration,
};
use sutler_http::{Request, Response};
use sutler_sandbox::{
    Faults,
    amazon::{Settings, World},
};
use sutler_testkit::{
    bench::{Bench, Watched, at_once},
    schema::say,
};

/// Every operation of the models that the connector calls.
const CALLED: [&str; 15] = [
    "confirmShipment",
    "createFeed",
    "createFeedDocument",
    "createReport",
    "getFeed",
    "getFeedDocument",
    "getInventorySummaries",
    "getListingsItem",
    "getMarketplaceParticipations",
    "getOrder",
    "getReport",
    "getReportDocument",
    "patchListingsItem",
    "searchListingsItems",
    "searchOrders",
];
/// What is in no model: the token endpoint, and the store of documents that feeds and reports name.
const UNPUBLISHED: [&str; 2] = ["/auth/o2/token", "/_documents/"];

impl Published for Models {
    fn hold(&self, request: &Request, answer: &Response, found: &mut BTreeSet<String>) -> Option<String> {
        let operation = self.operation(request.method().as_str(), request.uri().path())?;
        operation.request(request, found);
        operation.answer(answer.status().as_u16(), answer.body(), found);
        Some(operation.id.to_owned())
    }
}

struct Shop {
    bench: Bench<World>,
    channel: AmazonChannel,
}

impl Shop {
    fn open(faults: Faults, held: &Arc<Held<Models>>) -> Result<Shop> {
        let settings = Settings {
            orders: 40,
            faults,
            latency_ms: (0, 0),
            rate_factor: 100,
            ..Settings::new(11, origin())
        };
        let amazon = shops::amazon(&settings, &settings.client_secret);
        let bench = Bench::new(World::new(settings));
        let watched = Arc::new(Watched::new(bench.market.clone(), Arc::clone(held)));
        // From three levels on a feed carries them.
        let amazon = amazon.rate_factor(100.0).stock_feed_from(3);
        let channel = amazon.build("amazon".into(), bench.parts(watched))?;
        Ok(Shop { bench, channel })
    }

    /// Does it, waits for what was only accepted, and asks whether it happened, as after a lost answer.
    fn perform(&self, commands: &[Command]) -> Result<()> {
        let receipts = self.bench.perform(&self.channel, commands)?;
        if let Some(Receipt::Accepted { handle }) = receipts.first() {
            for _ in 0..60 {
                self.bench.clock.pass(Duration::minutes(10));
                if let Settled::Receipts(_) =
                    at_once(self.channel.settle(&self.bench.cx(), handle, commands))?
                {
                    break;
                }
            }
        }
        for command in commands.iter().take(2) {
            self.bench.clock.pass(Duration::minutes(10));
            at_once(self.channel.probe(&self.bench.cx(), command))?;
        }
        Ok(())
    }
}

/// Orders read in both ways, shipped in parts, cancelled.
fn orders(shop: &Shop) -> Result<BTreeSet<Sku>> {
    at_once(shop.channel.check(&shop.bench.cx()))?;
    let mut skus = BTreeSet::new();
    let streams = shop.channel.capabilities().streams.clone();
    for stream in &streams {
        shop.bench.clock.pass(Duration::minutes(10));
        let orders = shop.bench.pull(&shop.channel, stream.id.as_str(), 2)?;
        assert!(!orders.is_empty(), "{}", stream.id);
        for (at, raw) in orders.iter().take(24).enumerate() {
            let id = raw.channel_order_id.as_str();
            let Fetched::Found(raw, _) =
                at_once(shop.channel.fetch(&shop.bench.cx(), &raw.channel_order_id))?
            else {
                panic!("order {id} is not visible");
            };
            let order = shop.channel.normalise(&raw);
            let Some(line) = order.facts.lines.first() else { panic!("order {id} has no line") };
            skus.extend(order.facts.lines.iter().filter_map(|line| line.sku.clone()));
            let now = shop.bench.clock.now();
            let command = if at % 4 == 0 {
                let whole = LineQuantity { line_id: line.line_id.clone(), quantity: line.ordered };
                let act = Act::Cancel(Cancel { lines: vec![whole], reason: CancelReason::OutOfStock });
                shop.bench.command(id, act)
            } else {
                let report = ShipmentReport {
                    package: 1,
                    carrier: if at % 3 == 0 { "ups".into() } else { "Pigeon Post".into() },
                    tracking: format!("1Z{at}99"),
                    tracking_url: None,
                    shipped_at: now,
                    lines: vec![LineQuantity { line_id: line.line_id.clone(), quantity: 1 }],
                };
                let method = order.facts.method.clone();
                let ship = ConfirmShipment { report, method, override_cancel: false };
                shop.bench.command(&format!("{id}/1"), Act::ConfirmShipment(ship))
            };
            shop.perform(&[command])?;
        }
    }
    Ok(skus)
}

/// One level, many, and what is offered.
fn stock(shop: &Shop, skus: &[Sku]) -> Result<()> {
    let set = |sku: &Sku, level| {
        shop.bench.command(sku.as_str(), Act::SetLevel(SetLevel { sku: sku.clone(), level }))
    };
    let Some(side) = shop.channel.stock() else { panic!("Amazon has stock") };
    let mut asked = skus.to_vec();
    asked.push("nobody's".into());
    assert_eq!(at_once(side.levels(&shop.bench.cx(), &asked))?.len(), asked.len());
    at_once(side.marketplace_inventory(&shop.bench.cx(), None))?;
    let one: Vec<Command> = skus.iter().take(1).map(|sku| set(sku, 5)).collect();
    shop.perform(&one)?;
    let many: Vec<Command> = skus.iter().map(|sku| set(sku, 7)).collect();
    shop.perform(&many)
}

#[test]
fn the_connector_speaks_as_published() -> Result<()> {
    let Some(models) = published() else { return Ok(()) };
    let held = Arc::new(Held::new(models, &UNPUBLISHED));
    let loose =
        Faults { loose: 500, unknown_text: 200, cursor_variants: 500, masked: 500, ..Faults::default() };
    for faults in [Faults::default(), loose] {
        let shop = Shop::open(faults, &held)?;
        let sold = orders(&shop)?;
        stock(&shop, &sold.into_iter().take(20).collect::<Vec<_>>())?;
    }
    held.is_as_published(&CALLED);
    say(&format!("the Amazon connector: {} operations, as published", CALLED.len()));
    Ok(())
}
