//! Every call of the eBay connector held against the documents, with the local eBay's answers.

use crate::{
    documents::Documents,
    held::{Held, Published},
    origin, published, shops,
};
use std::{collections::BTreeSet, sync::Arc};
use sutler_core::{
    Result,
    channel::{Channel, Fetched},
    command::{
        Act, AnswerCancel, Cancel, CancelReason, Command, ConfirmShipment, Refund, RefundPart, RefundReason,
        SetLevel,
    },
    id::Sku,
    open::Open,
    order::{ChargeKind, LineQuantity, ShipmentReport},
    ports::Clock,
    time::Duration,
};
use sutler_ebay::EbayChannel;
use sutler_http::{Request, Response};
use sutler_sandbox::{
    Faults,
    ebay::{Settings, World},
};
use sutler_testkit::{
    bench::{Bench, Watched, at_once},
    schema::say,
};

/// Every operation of the documents that the connector calls.
const CALLED: [&str; 9] = [
    "bulkUpdatePriceQuantity",
    "createShippingFulfillment",
    "getInventoryItem",
    "getOffers",
    "getOrder",
    "getOrders",
    "getShippingFulfillments",
    "getUser",
    "issueRefund",
];
/// What eBay publishes no schema of: the token endpoint, the Post-Order API, the Trading API.
const UNPUBLISHED: [&str; 3] = ["/identity/v1/oauth2/token", "/post-order/v2/", "/ws/api.dll"];

impl Published for Documents {
    fn hold(&self, request: &Request, answer: &Response, found: &mut BTreeSet<String>) -> Option<String> {
        let operation = self.operation(request.method().as_str(), request.uri().path())?;
        operation.request(request, found);
        operation.answer(answer.status().as_u16(), answer.body(), found);
        Some(operation.id().to_owned())
    }
}

struct Shop {
    bench: Bench<World>,
    channel: EbayChannel,
}

impl Shop {
    fn open(faults: Faults, held: &Arc<Held<Documents>>) -> Result<Shop> {
        let settings = Settings { orders: 40, faults, latency_ms: (0, 0), ..Settings::new(11, origin()) };
        let ebay = shops::ebay(&settings, &settings.client_secret);
        let bench = Bench::new(World::new(settings));
        let watched = Arc::new(Watched::new(bench.market.clone(), Arc::clone(held)));
        let ebay = ebay.page_limit(7);
        let channel = ebay.build("ebay".into(), bench.parts(watched))?;
        Ok(Shop { bench, channel })
    }

    /// Does it, and asks afterwards whether it happened, as after a lost answer.
    fn perform_and_probe(&self, subject: &str, act: Act) -> Result<()> {
        let command = self.bench.command(subject, act);
        self.bench.perform(&self.channel, std::slice::from_ref(&command))?;
        self.bench.clock.pass(Duration::minutes(10));
        at_once(self.channel.probe(&self.bench.cx(), &command))?;
        Ok(())
    }
}

/// Orders read in both ways, shipped in parts, refunded, cancelled, answered.
fn orders(shop: &Shop) -> Result<BTreeSet<Sku>> {
    at_once(shop.channel.check(&shop.bench.cx()))?;
    let mut skus = BTreeSet::new();
    let streams = shop.channel.capabilities().streams.clone();
    for stream in &streams {
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
            let lines = vec![LineQuantity { line_id: line.line_id.clone(), quantity: 1 }];
            let now = shop.bench.clock.now();
            match at % 4 {
                0 => {
                    let act = Act::Cancel(Cancel { lines: whole(&order), reason: CancelReason::OutOfStock });
                    shop.perform_and_probe(id, act)?;
                }
                1 => {
                    let answer =
                        AnswerCancel { grant: false, tracking: Some("1Z1".into()), shipped_at: Some(now) };
                    // Refused where nobody asked; what is sent counts here.
                    drop(shop.perform_and_probe(id, Act::AnswerCancel(answer)));
                }
                _ => {
                    let report = ShipmentReport {
                        package: 1,
                        carrier: if at % 3 == 0 { "ups".into() } else { "Pigeon Post".into() },
                        tracking: format!("1Z{at}99"),
                        tracking_url: None,
                        shipped_at: now,
                        lines,
                    };
                    let ship = ConfirmShipment { report, method: None, override_cancel: false };
                    shop.perform_and_probe(&format!("{id}/1"), Act::ConfirmShipment(ship))?;
                    let paid =
                        line.charges.iter().find(|charge| charge.kind == Open::Known(ChargeKind::Product));
                    if let Some(paid) = paid {
                        let part = RefundPart {
                            line_id: line.line_id.clone(),
                            charge: paid.kind.clone(),
                            amount: paid.amount,
                            tax: None,
                        };
                        let reason = RefundReason::ALL[at % RefundReason::ALL.len()].0;
                        let refund = Refund { refund: 1, parts: vec![part], reason, via: None };
                        shop.perform_and_probe(&format!("{id}/1"), Act::Refund(refund))?;
                    }
                }
            }
        }
    }
    Ok(skus)
}

fn whole(order: &sutler_core::order::ChannelOrder) -> Vec<LineQuantity> {
    let lines = order.facts.lines.iter();
    lines.map(|line| LineQuantity { line_id: line.line_id.clone(), quantity: line.ordered }).collect()
}

/// One level, many, and what is offered.
fn stock(shop: &Shop, skus: &[Sku]) -> Result<()> {
    let set = |sku: &Sku, level| {
        shop.bench.command(sku.as_str(), Act::SetLevel(SetLevel { sku: sku.clone(), level }))
    };
    let Some(side) = shop.channel.stock() else { panic!("eBay has stock") };
    let mut asked = skus.to_vec();
    asked.push("nobody's".into());
    assert_eq!(at_once(side.levels(&shop.bench.cx(), &asked))?.len(), asked.len());
    let one: Vec<Command> = skus.iter().take(1).map(|sku| set(sku, 5)).collect();
    assert_eq!(shop.bench.perform(&shop.channel, &one)?.len(), 1);
    let many: Vec<Command> = skus.iter().map(|sku| set(sku, 7)).collect();
    assert_eq!(shop.bench.perform(&shop.channel, &many)?.len(), many.len());
    Ok(())
}

#[test]
fn the_connector_speaks_as_published() -> Result<()> {
    let Some(documents) = published() else { return Ok(()) };
    let held = Arc::new(Held::new(documents, &UNPUBLISHED));
    let loose =
        Faults { loose: 500, unknown_text: 200, cursor_variants: 500, masked: 500, ..Faults::default() };
    for faults in [Faults::default(), loose] {
        let shop = Shop::open(faults, &held)?;
        let sold = orders(&shop)?;
        stock(&shop, &sold.into_iter().take(20).collect::<Vec<_>>())?;
    }
    held.is_as_published(&CALLED);
    say(&format!("the eBay connector: {} operations, as published", CALLED.len()));
    Ok(())
}
