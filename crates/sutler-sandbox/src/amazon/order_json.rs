//! Orders in the JSON of 2026-01-01: amounts are decimal strings, quantities are numbers, and a data set that was not
//! asked for is absent.

use serde_json::{Map, Value, json};

use super::order::{Item, Order, Package, Standing};
use super::regions::Place;
use crate::clock::{DAY, Ms};
use crate::dice::{Dice, Roll};
use crate::json::iso;

/// The data sets of `includedData`, in the order of [`Included`]'s bits.
pub(crate) const SETS: [&str; 11] = [
    "BUYER",
    "RECIPIENT",
    "PROCEEDS",
    "EXPENSE",
    "PROMOTION",
    "CANCELLATION",
    "FULFILLMENT",
    "PACKAGES",
    "TAX",
    "PAYMENT",
    "FULFILLMENT_ORDERS",
];

/// Which data sets were asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Included(u16);

impl Included {
    /// Adds a set; false when there is none of that name.
    pub(crate) fn add(&mut self, name: &str) -> bool {
        let bit = SETS.iter().position(|set| *set == name);
        self.0 |= bit.map_or(0, |bit| 1 << bit);
        bit.is_some()
    }

    fn has(self, name: &str) -> bool {
        SETS.iter().position(|set| *set == name).is_some_and(|bit| self.0 & (1 << bit) != 0)
    }
}

/// What one rendering depends on besides the order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View {
    pub(crate) now: Ms,
    pub(crate) included: Included,
    pub(crate) place: Place,
    /// Whether the application has the role that opens what identifies buyers.
    pub(crate) role: bool,
    pub(crate) dice: Dice,
}

impl View {
    /// Whether an order that is not always whole leaves out its `nth` optional field in this answer.
    fn bends(&self, order: &Order, nth: u64) -> bool {
        order.loose && self.dice.nth(u64::from(order.index)).nth(nth).below(Roll::LooseShape, 3) == 0
    }

    fn money(&self, cents: i64) -> Value {
        json!({"amount": decimal(cents), "currencyCode": self.place.currency})
    }
}

/// Cents as Amazon writes amounts: `19.99`.
pub(crate) fn decimal(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{}.{:02}", cents / 100, cents % 100)
}

/// Instants come with milliseconds or without; an order that is not always whole varies.
fn instant(at: Ms, short: bool) -> Value {
    let text = iso(at);
    Value::String(if short { text.replace(".000Z", "Z") } else { text })
}

pub(crate) fn order(order: &Order, view: &View) -> Value {
    let standing = order.shown(view.now);
    let asked = |set: &str| view.included.has(set);
    let short = view.bends(order, 1);
    let mut out = Map::new();
    let mut put = |name: &str, value: Value| drop(out.insert(name.to_owned(), value));
    put("orderId", order.id.as_str().into());
    put("createdTime", instant(order.placed, short));
    put("lastUpdatedTime", instant(standing.modified, short));
    if let Some(alias) = standing.alias.as_ref().filter(|_| !view.bends(order, 2)) {
        put("orderAliases", json!([{"aliasId": alias, "aliasType": "SELLER_ORDER_ID"}]));
    }
    let mut programs = order.programs.clone();
    if order.unknown_text {
        programs.push("AMAZON_MOONSHOT".into());
    }
    if !programs.is_empty() {
        put("programs", json!(programs));
    }
    put(
        "salesChannel",
        json!({
            "channelName": "AMAZON",
            "marketplaceId": view.place.id,
            "marketplaceName": view.place.domain.trim_start_matches("www.").replacen('a', "A", 1),
        }),
    );
    if asked("BUYER") {
        put("buyer", buyer(order, standing, view));
    }
    // Where a pending order will go is nobody's business yet.
    if asked("RECIPIENT") && !standing.pending {
        put("recipient", json!({"deliveryAddress": address(order, standing, view)}));
    }
    if asked("PROCEEDS") && !standing.pending {
        let total = standing.items.iter().map(total).sum();
        put("proceeds", json!({"grandTotal": view.money(total)}));
    }
    if asked("FULFILLMENT") {
        put("fulfillment", fulfillment(order, standing));
    }
    if asked("PACKAGES") && order.sellers() {
        let packages = standing.packages.iter().map(|package| self::package(order, standing, package, view));
        put("packages", packages.collect());
    }
    let items =
        standing.items.iter().enumerate().map(|(at, item)| self::item(order, standing, at, item, view));
    put("orderItems", items.collect());
    Value::Object(out)
}

/// Whether what identifies the buyer is shown: of orders the seller ships, while they are being shipped, to those who
/// have the role. Without it the fields are absent; nothing says why.
fn personal(order: &Order, standing: &Standing, view: &View) -> bool {
    view.role && order.sellers() && ["UNSHIPPED", "PARTIALLY_SHIPPED"].contains(&standing.status())
}

fn buyer(order: &Order, standing: &Standing, view: &View) -> Value {
    let mut out = Map::new();
    if personal(order, standing, view) {
        out.insert("buyerName".into(), order.address.name.as_str().into());
    }
    // The relay address stays for as long as the order may need service.
    if view.role && order.sellers() && !["PENDING", "CANCELLED"].contains(&standing.status()) {
        out.insert("buyerEmail".into(), format!("{:016x}@marketplace.amazon.com", order.email).into());
    }
    Value::Object(out)
}

fn address(order: &Order, standing: &Standing, view: &View) -> Value {
    let (given, mut out) = (&order.address, Map::new());
    let mut put = |name: &str, value: &str| drop(out.insert(name.to_owned(), value.into()));
    put("city", &given.city);
    put("stateOrRegion", &given.state);
    put("countryCode", view.place.country);
    if personal(order, standing, view) {
        put("name", &given.name);
        put("addressLine1", &given.address1);
        if let Some(line) = &given.address2 {
            put("addressLine2", line);
        }
        put("postalCode", &given.postal_code);
        if !order.masked {
            put("phone", &format!("+1 {}", order.phone));
        }
        if !view.bends(order, 3) {
            put("addressType", "RESIDENTIAL");
        }
    }
    Value::Object(out)
}

fn fulfillment(order: &Order, standing: &Standing) -> Value {
    let mut out = json!({
        "fulfillmentStatus": standing.status(),
        "fulfilledBy": if order.sellers() { "MERCHANT" } else { "AMAZON" },
        "fulfillmentServiceLevel": if order.unknown_text { "DRONE_2027" } else { order.level },
        "shipByWindow": {"earliestDateTime": iso(order.ship_from), "latestDateTime": iso(order.ship_by)},
    });
    if !["PENDING", "CANCELLED"].contains(&standing.status())
        && let Value::Object(members) = &mut out
    {
        let (earliest, latest) = order.deliver_by();
        members.insert(
            "deliverByWindow".into(),
            json!({"earliestDateTime": iso(earliest), "latestDateTime": iso(latest)}),
        );
    }
    out
}

fn package(order: &Order, standing: &Standing, package: &Package, view: &View) -> Value {
    // Three days on the road, of which the reads tell nothing else.
    let delivered = view.now >= package.shipped + 3 * DAY;
    let mut status = json!({"status": if delivered { "DELIVERED" } else { "SHIPPED" }});
    if delivered && !view.bends(order, 4) {
        status["detailedStatus"] = "DELIVERED".into();
    }
    let items = package.items.iter().filter_map(|(place, units)| {
        let item = standing.items.get(*place)?;
        Some(json!({"orderItemId": item.id, "quantity": units}))
    });
    let mut out = json!({
        "packageReferenceId": package.reference,
        "createdTime": iso(package.created),
        "packageStatus": status,
        "carrier": package.carrier,
        "shipTime": iso(package.shipped),
        "trackingNumber": package.tracking,
        "packageItems": items.collect::<Vec<_>>(),
    });
    if let Some(service) = &package.service {
        out["shippingService"] = service.as_str().into();
    }
    out
}

fn item(order: &Order, standing: &Standing, at: usize, item: &Item, view: &View) -> Value {
    let asked = |set: &str| view.included.has(set);
    let mut product = json!({"asin": item.asin, "sellerSku": item.sku});
    if !view.bends(order, 5) {
        product["title"] = format!("Item {}", item.sku).into();
        product["condition"] = json!({"conditionType": "NEW", "conditionSubtype": "NEW"});
    }
    // A pending order has no prices; one seller in Japan reports some all the same.
    let priced = !standing.pending || view.bends(order, 6);
    if priced {
        product["price"] = json!({"unitPrice": view.money(item.unit_cents)});
    }
    let mut out = json!({"orderItemId": item.id, "quantityOrdered": item.ordered, "product": product});
    if asked("PROCEEDS") && !standing.pending {
        let goods = item.unit_cents.saturating_mul(i64::from(item.ordered));
        let parts = [("ITEM", goods), ("SHIPPING", item.shipping_cents), ("TAX", item.tax_cents)];
        // What is zero is left out.
        let parts = parts.into_iter().filter(|(_, cents)| *cents != 0);
        let parts: Vec<Value> =
            parts.map(|(kind, cents)| json!({"type": kind, "subtotal": view.money(cents)})).collect();
        out["proceeds"] = json!({"proceedsTotal": view.money(total(item)), "breakdowns": parts});
    }
    if asked("FULFILLMENT") {
        out["fulfillment"] = json!({
            "quantityFulfilled": standing.shipped_units(at),
            "quantityUnfulfilled": item.open,
        });
    }
    if asked("CANCELLATION") {
        let mut cancellation = Map::new();
        if standing.cancel_asked {
            cancellation.insert(
                "cancellationRequest".into(),
                json!({"requester": "BUYER", "cancelReason": "Ordered by mistake"}),
            );
        }
        if let Some(done) = &item.cancelled {
            cancellation.insert(
                "cancellationExecution".into(),
                json!({"cancelledBy": done.by, "cancelReason": done.reason}),
            );
        }
        if !cancellation.is_empty() {
            out["cancellation"] = Value::Object(cancellation);
        }
    }
    out
}

fn total(item: &Item) -> i64 {
    item.unit_cents.saturating_mul(i64::from(item.ordered)) + item.shipping_cents + item.tax_cents
}
