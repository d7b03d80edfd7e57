//! What the seller is and has: stores, stock at Amazon's, subscriptions to notifications.

use serde_json::{Value, json};

use super::refusal::Refusal;
use super::{Page, World, regions};
use crate::clock::Ms;
use crate::dice::{Dice, Roll, identity};
use crate::json::iso;
use crate::plan::FulfilledBy;
use crate::request::{Ask, instant};

/// A token of the inventory summaries dies after this long.
const PAGE_LIFE: Ms = 30_000;

/// A subscription to one type of notification.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Subscription {
    pub(crate) id: String,
    pub(crate) destination: String,
    pub(crate) version: String,
}

/// Where notifications go.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Destination {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) arn: String,
}

/// The types that the world tells of.
pub(crate) const TYPES: [&str; 3] =
    ["ORDER_CHANGE", "FEED_PROCESSING_FINISHED", "REPORT_PROCESSING_FINISHED"];

/// The version of the payload of a type.
pub(crate) fn version(kind: &str) -> &'static str {
    if kind == "ORDER_CHANGE" { "1.0" } else { "2020-09-04" }
}

impl World {
    /// `GET /sellers/v1/marketplaceParticipations`.
    pub(super) fn participations(&self) -> Page {
        let place = regions::of(&self.settings.marketplace_id);
        Page::json(&json!({"payload": [{
            "marketplace": {
                "id": place.id,
                "name": place.domain.trim_start_matches("www.").replacen('a', "A", 1),
                "countryCode": place.country,
                "defaultCurrencyCode": place.currency,
                "defaultLanguageCode": place.language,
                "domainName": place.domain,
            },
            "participation": {"isParticipating": true, "hasSuspendedListings": false},
            "storeName": "Sandbox Store",
        }]}))
    }

    pub(super) fn fulfilled_by_amazon(&self, sku: &str) -> bool {
        self.orders.iter().any(|order| {
            order.fulfilled_by == FulfilledBy::Marketplace
                && order.standing.items.iter().any(|item| item.sku == sku)
        })
    }

    /// `GET /fba/inventory/v1/summaries`: what lies at Amazon's, fifty SKUs at a time.
    pub(super) fn fba(&self, now: Ms, ask: &Ask) -> Result<Page, Refusal> {
        let (mut granularity, mut details, mut since, mut from) = ((None, None), false, None, 0);
        let skus = super::listed(ask, "sellerSkus");
        for (name, value) in ask.members() {
            let refuse = |why: &str| Refusal::input(format!("{name} {value:?} {why}"));
            match name.as_ref() as &str {
                "granularityType" => granularity.0 = Some(value),
                "granularityId" => granularity.1 = Some(value),
                // Amazon's own amzn-sp-api 1.13.0 for Python writes `True`.
                "details" => details = value.eq_ignore_ascii_case("true"),
                "startDateTime" => {
                    since = Some(instant(&value, false).ok_or_else(|| refuse("is not a date"))?)
                }
                "nextToken" => {
                    let read = value
                        .split_once('.')
                        .and_then(|(at, from)| Some((at.parse::<Ms>().ok()?, from.parse().ok()?)));
                    let (at, next) = read.ok_or_else(|| refuse("is not one this operation gave out"))?;
                    if now - at > PAGE_LIFE {
                        return Err(refuse("has expired"));
                    }
                    from = next;
                }
                _ => {}
            }
        }
        let store = self.settings.marketplace_id.as_str();
        if granularity.0.as_deref() != Some("Marketplace") || granularity.1.as_deref() != Some(store) {
            return Err(Refusal::input(
                "granularityType must be Marketplace and granularityId the id of the marketplace",
            ));
        }
        if skus.len() > 50 {
            return Err(Refusal::input(format!("sellerSkus holds {} SKUs, 50 are the most", skus.len())));
        }
        let began = self.settings.origin.timestamp_millis();
        let all: Vec<&String> = self
            .stock
            .keys()
            .filter(|sku| skus.is_empty() || skus.contains(sku))
            .filter(|sku| self.fulfilled_by_amazon(sku))
            .filter(|_| since.is_none_or(|since| since <= began))
            .collect();
        let page: Vec<Value> =
            all.iter().skip(from).take(50).map(|sku| self.fba_row(sku, details, began)).collect();
        let next = from + page.len();
        let mut body = json!({"payload": {
            "granularity": {"granularityType": "Marketplace", "granularityId": store},
            "inventorySummaries": page,
        }});
        if next < all.len() {
            body["pagination"] = json!({"nextToken": format!("{now}.{next}")});
        }
        Ok(Page::json(&body))
    }

    fn fba_row(&self, sku: &str, details: bool, at: Ms) -> Value {
        let dice = Dice::new(self.settings.seed, identity(&["fba", sku]), 0);
        let fulfillable = 20 + dice.below(Roll::Count, 200) as i64;
        let reserved: i64 = self
            .orders
            .iter()
            .filter(|order| !order.sellers())
            .flat_map(|order| &order.standing.items)
            .filter(|item| item.sku == sku)
            .map(|item| i64::from(item.open))
            .sum();
        let mut row = json!({
            "asin": format!("B0{:08X}", identity(&[sku]) & 0xffff_ffff),
            "fnSku": format!("X00{:07X}", identity(&["fn", sku]) & 0xfff_ffff),
            "sellerSku": sku,
            "condition": "NewItem",
            "lastUpdatedTime": iso(at),
            "productName": format!("Item {sku}"),
            "totalQuantity": fulfillable + reserved,
        });
        if details {
            row["inventoryDetails"] = json!({
                "fulfillableQuantity": fulfillable,
                "inboundWorkingQuantity": 0,
                "inboundShippedQuantity": 0,
                "inboundReceivingQuantity": 0,
                "reservedQuantity": {
                    "totalReservedQuantity": reserved,
                    "pendingCustomerOrderQuantity": reserved,
                    "pendingTransshipmentQuantity": 0,
                    "fcProcessingQuantity": 0,
                },
            });
        }
        row
    }

    /// `/notifications/v1/…`: destinations, and one subscription for each type.
    pub(super) fn subscriptions(&mut self, ask: &Ask) -> Result<Page, Refusal> {
        let parts = ask.parts();
        let parts: Vec<&str> = parts.iter().skip(2).map(String::as_str).collect();
        match (ask.method.as_str(), parts.as_slice()) {
            ("POST", ["destinations"]) => {
                let body = super::parse(&ask.body)?;
                let name = body["name"].as_str().ok_or_else(|| Refusal::input("name is missing"))?;
                let arn = body["resourceSpecification"]["sqs"]["arn"].as_str();
                // A first-in-first-out queue is taken and then gets nothing; here it is refused, which shows it sooner.
                let arn = arn.filter(|arn| arn.starts_with("arn:aws:sqs:") && !arn.ends_with(".fifo"));
                let arn = arn.ok_or_else(|| {
                    Refusal::input("resourceSpecification.sqs.arn must be the ARN of a standard SQS queue")
                })?;
                if self.destinations.iter().any(|known| known.arn == arn) {
                    return Err(Refusal::new(
                        409,
                        "Conflict",
                        format!("a destination for {arn} already exists"),
                    ));
                }
                let destination = Destination {
                    id: self.name_for("destination", self.destinations.len()),
                    name: name.to_owned(),
                    arn: arn.to_owned(),
                };
                self.destinations.push(destination.clone());
                Ok(Page::json(&json!({"payload": destination.json()})))
            }
            ("GET", ["destinations"]) => {
                let all: Vec<Value> = self.destinations.iter().map(Destination::json).collect();
                Ok(Page::json(&json!({"payload": all})))
            }
            ("GET", ["destinations", id]) => {
                let found = self.destinations.iter().find(|known| known.id == *id);
                let found = found.ok_or_else(|| Refusal::missing(&format!("Destination {id}")))?;
                Ok(Page::json(&json!({"payload": found.json()})))
            }
            ("POST", ["subscriptions", kind]) => {
                let kind = known_type(kind)?;
                let body = super::parse(&ask.body)?;
                if body["payloadVersion"] != version(kind) {
                    return Err(Refusal::input(format!(
                        "payloadVersion must be {:?} for {kind}",
                        version(kind)
                    )));
                }
                let destination = body["destinationId"].as_str().unwrap_or_default();
                if !self.destinations.iter().any(|known| known.id == destination) {
                    return Err(Refusal::input(format!("destinationId {destination:?} is not known")));
                }
                if self.subscribed.contains_key(kind) {
                    return Err(Refusal::new(
                        409,
                        "Conflict",
                        format!("a subscription to {kind} already exists"),
                    ));
                }
                self.subscribe(kind, destination.to_owned());
                self.subscription(kind)
            }
            ("GET", ["subscriptions", kind]) => self.subscription(known_type(kind)?),
            ("GET", ["subscriptions", kind, id]) => {
                let kind = known_type(kind)?;
                if self.subscribed.get(kind).is_none_or(|known| known.id != *id) {
                    return Err(Refusal::missing(&format!("Subscription {id}")));
                }
                self.subscription(kind)
            }
            ("DELETE", ["subscriptions", kind, id]) => {
                let kind = known_type(kind)?;
                if self.subscribed.get(kind).is_none_or(|known| known.id != *id) {
                    return Err(Refusal::missing(&format!("Subscription {id}")));
                }
                self.subscribed.remove(kind);
                Ok(Page::json(&json!({})))
            }
            (method, _) => Err(Refusal::missing(&format!("{method} {}", ask.path))),
        }
    }

    pub(super) fn subscribe(&mut self, kind: &'static str, destination: String) {
        let id = self.name_for("subscription", self.subscribed.len());
        self.subscribed.insert(kind, Subscription { id, destination, version: version(kind).into() });
    }

    fn subscription(&self, kind: &str) -> Result<Page, Refusal> {
        let found = self.subscribed.get(kind);
        let found = found.ok_or_else(|| Refusal::missing(&format!("A subscription to {kind}")))?;
        Ok(Page::json(&json!({"payload": {
            "subscriptionId": found.id,
            "payloadVersion": found.version,
            "destinationId": found.destination,
        }})))
    }

    /// An id in the shape of a UUID.
    pub(super) fn name_for(&self, what: &str, number: usize) -> String {
        uuid(Dice::new(self.settings.seed, identity(&[what]), number as u64))
    }
}

impl Destination {
    fn json(&self) -> Value {
        json!({"destinationId": self.id, "name": self.name, "resource": {"sqs": {"arn": self.arn}}})
    }
}

fn known_type(kind: &str) -> Result<&'static str, Refusal> {
    TYPES.into_iter().find(|known| *known == kind).ok_or_else(|| {
        Refusal::input(format!("notificationType {kind:?} is not supported here; {} are", TYPES.join(", ")))
    })
}

/// An id in the shape of a UUID, from dice.
pub(crate) fn uuid(dice: Dice) -> String {
    let (a, b) = (dice.draw(Roll::Number), dice.nth(1).draw(Roll::Number));
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        a >> 32,
        a >> 16 & 0xffff,
        a & 0xfff,
        b >> 48 & 0xfff,
        b & 0xffff_ffff_ffff
    )
}
