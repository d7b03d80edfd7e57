//! `POST /orders/v0/orders/{orderId}/shipmentConfirmation`: one call per package; the same package number again is an
//! edit.

use serde_json::Value;

use super::World;
use super::order::{Order, Package};
use super::refusal::Refusal;
use crate::clock::Ms;
use crate::effects::count;
use crate::request::instant;

/// Codes that are known to be taken. The whole list is long and nowhere published in one piece, so that others are refused
/// here is an inference: what is certain is that `Other` needs a name.
const CARRIER_CODES: [&str; 32] = [
    "USPS",
    "UPS",
    "UPSMI",
    "FedEx",
    "FEDEX_JP",
    "FedEx SmartPost",
    "DHL",
    "DHL eCommerce",
    "OnTrac",
    "LaserShip",
    "Amazon Shipping",
    "AMZN_US",
    "Canada Post",
    "Purolator",
    "Royal Mail",
    "Hermes",
    "DPD",
    "GLS",
    "TNT",
    "Deutsche Post",
    "La Poste",
    "Correos",
    "Australia Post",
    "Japan Post",
    "YAMATO",
    "SAGAWA",
    "Blue Dart",
    "India Post",
    "China Post",
    "YunExpress",
    "Yanwen",
    "4PX",
];

/// A package as the body names it.
struct Wanted {
    package: Package,
    items: Vec<(String, u32)>,
}

impl World {
    /// Reports one package, or says why Amazon refuses it.
    pub(super) fn confirm(&mut self, at: Ms, id: &str, body: &str, lag: Ms) -> Result<u32, Refusal> {
        let body = super::parse(body)?;
        let index = self.find(at, id)?;
        let wanted = read(at, &body, &self.settings.marketplace_id)?;
        let Some(order) = self.orders.get_mut(index as usize) else { return Err(Refusal::missing("Order")) };
        if !order.sellers() {
            return Err(Refusal::input(format!("Order {id} is fulfilled by Amazon")));
        }
        if order.programs.iter().any(|program| program == "FBM_SHIP_PLUS") {
            return Err(Refusal::input(format!(
                "Order {id} is an FBM Ship+ order: its shipment cannot be confirmed through this operation"
            )));
        }
        if order.standing.packages.iter().any(|package| package.amazon_label) {
            return Err(Refusal::input(format!(
                "Order {id} was confirmed with a label bought from Amazon and cannot be confirmed again"
            )));
        }
        if order.standing.pending {
            return Err(Refusal::input(format!("Order {id} is pending and cannot be shipped yet")));
        }
        let package = resolve(order, wanted)?;
        let known = order.standing.packages.iter().find(|known| known.reference == package.reference);
        let package = Package { created: known.map_or(at, |known| known.created), ..package };
        if known == Some(&package) {
            // Word for word what is known: nothing happens.
            return Ok(index);
        }
        let before = order.standing.status();
        order.keep_shadow(at, lag);
        let standing = &mut order.standing;
        let old = standing.packages.iter().position(|known| known.reference == package.reference);
        let old = old.map(|place| standing.packages.remove(place));
        for (place, units) in old.iter().flat_map(|old| &old.items) {
            if let Some(item) = standing.items.get_mut(*place) {
                item.open += units;
            }
        }
        for (place, units) in &package.items {
            if let Some(item) = standing.items.get_mut(*place) {
                item.open -= item.open.min(*units);
            }
        }
        standing.packages.push(package.clone());
        standing.modified = at;
        let names: Vec<String> =
            standing.items.iter().map(|item| format!("{}/{}", order.id, item.id)).collect();
        let changed = before != standing.status();
        for (place, units) in old.iter().flat_map(|old| &old.items) {
            let Some(name) = names.get(*place) else { continue };
            uncount(&mut self.effects.ship, name, *units);
            let tracking = old.as_ref().map_or("", |old| old.tracking.as_str());
            uncount(&mut self.effects.shipments, &format!("{name}/{tracking}"), *units);
        }
        for (place, units) in &package.items {
            let Some(name) = names.get(*place) else { continue };
            count(&mut self.effects.ship, name, *units);
            count(&mut self.effects.shipments, &format!("{name}/{}", package.tracking), *units);
        }
        self.changes += 1;
        if changed {
            self.tell_of_order(at, index, false);
        }
        Ok(index)
    }

    /// The seller buys a label from Amazon for all that is open, which confirms it by itself.
    pub(super) fn buy_label(&mut self, at: Ms, index: u32) -> bool {
        let Some(order) = self.orders.get_mut(index as usize) else { return false };
        if !order.sellers() || order.standing.pending || order.standing.open() == 0 {
            return false;
        }
        order.ship_all(at, "Amazon Shipping", &format!("TBA{:012}", order.index), true);
        self.changes += 1;
        self.tell_of_order(at, index, false);
        true
    }
}

impl Order {
    /// One package with all that is open, by someone else than the seller.
    pub(super) fn ship_all(&mut self, at: Ms, carrier: &str, tracking: &str, amazon_label: bool) {
        let items: Vec<(usize, u32)> = self
            .standing
            .items
            .iter_mut()
            .enumerate()
            .map(|(place, item)| (place, std::mem::take(&mut item.open)))
            .filter(|(_, units)| *units > 0)
            .collect();
        let number = self.standing.packages.len() + 1;
        self.standing.packages.push(Package {
            reference: format!("{}", 900_000 + number),
            created: at,
            carrier: carrier.into(),
            service: None,
            tracking: tracking.into(),
            shipped: at,
            items,
            amazon_label,
        });
        self.standing.modified = at;
    }
}

fn uncount(counts: &mut std::collections::BTreeMap<String, u32>, key: &str, units: u32) {
    if let Some(count) = counts.get_mut(key) {
        *count = count.saturating_sub(units);
        if *count == 0 {
            counts.remove(key);
        }
    }
}

fn read(now: Ms, body: &Value, marketplace: &str) -> Result<Wanted, Refusal> {
    match body["marketplaceId"].as_str() {
        Some(given) if given == marketplace => {}
        Some(given) => {
            return Err(Refusal::input(format!(
                "marketplaceId {given:?} is not the marketplace of the order"
            )));
        }
        None => return Err(Refusal::input("marketplaceId is missing")),
    }
    let detail = &body["packageDetail"];
    let text = |name: &str| detail[name].as_str().filter(|text| !text.trim().is_empty());
    let required = |name: &str| {
        text(name)
            .ok_or_else(|| Refusal::input(format!("packageDetail.{name} is missing, empty or not a string")))
    };
    let reference = required("packageReferenceId")?;
    let digits = reference.bytes().all(|b| b.is_ascii_digit()) && reference.bytes().any(|b| b != b'0');
    if !digits {
        return Err(Refusal::input(format!(
            "packageDetail.packageReferenceId {reference:?} must be a positive numeric value"
        )));
    }
    let code = required("carrierCode")?;
    let carrier = if code == "Other" {
        text("carrierName").ok_or_else(|| {
            Refusal::input("packageDetail.carrierName is required when carrierCode is \"Other\"")
        })?
    } else if CARRIER_CODES.iter().any(|known| known.eq_ignore_ascii_case(code)) {
        code
    } else {
        return Err(Refusal::input(format!(
            "packageDetail.carrierCode {code:?} is not known; use \"Other\" with a carrierName"
        )));
    };
    let date = required("shipDate")?;
    let shipped = instant(date, false).ok_or_else(|| {
        Refusal::input(format!("packageDetail.shipDate {date:?} is not in ISO 8601 format"))
    })?;
    let items = detail["orderItems"].as_array().filter(|items| !items.is_empty());
    let items = items.ok_or_else(|| Refusal::input("packageDetail.orderItems is missing or empty"))?;
    let items = items.iter().map(|item| {
        let id = item["orderItemId"].as_str();
        let id = id.ok_or_else(|| Refusal::input("orderItems.orderItemId is missing or not a string"))?;
        let units = item["quantity"].as_u64().and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0);
        let units = units.ok_or_else(|| {
            Refusal::input(format!("orderItems.quantity of {id} must be a whole number above 0"))
        })?;
        Ok((id.to_owned(), units))
    });
    let package = Package {
        reference: reference.to_owned(),
        created: now,
        carrier: carrier.to_owned(),
        service: text("shippingMethod").map(str::to_owned),
        tracking: required("trackingNumber")?.to_owned(),
        shipped,
        items: Vec::new(),
        amazon_label: false,
    };
    Ok(Wanted { package, items: items.collect::<Result<_, Refusal>>()? })
}

/// Finds the items and whether they may hold so many units.
fn resolve(order: &Order, wanted: Wanted) -> Result<Package, Refusal> {
    let reference = &wanted.package.reference;
    let known = order.standing.packages.iter().find(|package| package.reference == *reference);
    if known.is_none() && order.standing.open() == 0 {
        // What sellers see on a second confirmation under another number.
        return Err(Refusal::input(format!(
            "PackageToUpdateNotFound: package {reference} was not found, and the order is already fulfilled or cancelled"
        )));
    }
    let mut package = wanted.package;
    for (id, units) in wanted.items {
        let place = order.place_of(&id).ok_or_else(|| {
            Refusal::input(format!("order item {id} does not belong to order {}", order.id))
        })?;
        match package.items.iter_mut().find(|(known, _)| *known == place) {
            Some((_, sum)) => *sum = sum.saturating_add(units),
            None => package.items.push((place, units)),
        }
    }
    for (place, units) in &package.items {
        let within = known.iter().flat_map(|package| &package.items);
        let within: u32 = within.filter(|(known, _)| known == place).map(|(_, units)| units).sum();
        let left = order.standing.items.get(*place).map_or(0, |item| item.open + within);
        if *units > left {
            return Err(Refusal::input(format!(
                "quantity {units} exceeds the {left} units of order item {} that can be confirmed",
                order.standing.items.get(*place).map_or("", |item| item.id.as_str())
            )));
        }
    }
    Ok(package)
}
