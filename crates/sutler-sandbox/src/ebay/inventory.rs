//! The Inventory API: items, offers, and `bulk_update_price_quantity`, whose rows succeed and fail one by one.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::listing::{Listing, Revised, Revision};
use super::order_json::money;
use super::refusal::{Family, Refusal};
use super::{Page, World};
use crate::clock::Ms;
use crate::dice::{Dice, Roll};
use crate::request::{Ask, encode};

/// The most rows of a bulk update.
const ROWS_MAX: usize = 25;
/// No largest quantity is documented; this one keeps sums in bounds.
const QUANTITY_MAX: i64 = 1_000_000_000;
/// Nor a highest price.
const CENTS_MAX: i64 = 100_000_000_000;

/// Where one row of a bulk update takes effect.
struct Target {
    sku: String,
    offer: Option<String>,
    revision: Revision,
}

fn unknown_sku(sku: &str) -> Refusal {
    Refusal::inventory(404, 25_710, "We didn't find the entity you are requesting. Please verify the request")
        .with("SKU", sku)
}

fn invalid(field: &'static str, why: impl Into<String>) -> Refusal {
    let why: String = why.into();
    Refusal::inventory(400, 25_709, format!("Invalid value for {field}. {why}")).with("fieldName", field)
}

impl World {
    /// `GET /sell/inventory/v1/inventory_item`: what the Inventory API manages, page by page.
    pub(super) fn inventory_items(&mut self, now: Ms, ask: &Ask) -> Result<Page, Refusal> {
        let (limit, page) = paging(ask, 25, 200)?;
        let managed: Vec<String> = self
            .listings
            .iter()
            .filter(|(_, listing)| listing.offer_id.is_some())
            .map(|(sku, _)| sku.clone())
            .collect();
        let total = managed.len();
        let skus: Vec<String> = managed.into_iter().skip(page.saturating_mul(limit)).take(limit).collect();
        let items: Vec<Value> = skus.iter().filter_map(|sku| self.item_value(now, sku)).collect();
        let address = |page: usize| format!("{}?limit={limit}&offset={page}", ask.path);
        let mut body = json!({
            "href": address(page), "limit": limit, "size": items.len(), "total": total, "inventoryItems": items,
        });
        links(&mut body, page, limit, total, address);
        Ok(Page::json(body.to_string()))
    }

    /// `GET /sell/inventory/v1/inventory_item/{sku}`
    pub(super) fn inventory_item(&mut self, now: Ms, sku: &str) -> Result<Page, Refusal> {
        let item = self.item_value(now, sku).ok_or_else(|| unknown_sku(sku))?;
        Ok(Page::json(item.to_string()))
    }

    fn item_value(&mut self, now: Ms, sku: &str) -> Option<Value> {
        let listing = self.listings.get(sku).filter(|listing| listing.offer_id.is_some())?;
        let ((item, _), old) = listing.shown(now);
        if old {
            self.fire("read_lag");
        }
        Some(json!({
            "sku": sku,
            "locale": "en_US",
            "condition": "NEW",
            "product": {"title": format!("Goods {sku}"), "imageUrls": []},
            "availability": {"shipToLocationAvailability": {
                "quantity": item, "allocationByFormat": {"auction": 0, "fixedPrice": item},
            }},
        }))
    }

    /// `GET /sell/inventory/v1/offer?sku=`: there is no list of all offers.
    pub(super) fn offer_list(&mut self, now: Ms, ask: &Ask) -> Result<Page, Refusal> {
        let (limit, page) = paging(ask, 100, 100)?;
        let sku = ask.members().into_iter().find(|(name, _)| name == "sku").map(|(_, value)| value);
        let sku = sku.filter(|sku| !sku.is_empty()).ok_or_else(|| invalid("sku", "It must not be empty."))?;
        let offer = self.listings.get(&*sku).and_then(|listing| listing.offer_id.clone());
        let offer = offer.and_then(|id| self.offer_value(now, &id)).ok_or_else(|| {
            Refusal::inventory(404, 25_713, "This Offer is not available : no offer for the SKU.")
                .with("SKU", &*sku)
        })?;
        let offers = if page == 0 { vec![offer] } else { Vec::new() };
        let href = format!("{}?sku={}&limit={limit}&offset={page}", ask.path, encode(&sku));
        let body = json!({"href": href, "limit": limit, "size": offers.len(), "total": 1, "offers": offers});
        Ok(Page::json(body.to_string()))
    }

    /// `GET /sell/inventory/v1/offer/{offerId}`
    pub(super) fn offer_one(&mut self, now: Ms, id: &str) -> Result<Page, Refusal> {
        let offer = self.offer_value(now, id).ok_or_else(|| unavailable(id))?;
        Ok(Page::json(offer.to_string()))
    }

    fn offer_value(&mut self, now: Ms, id: &str) -> Option<Value> {
        let sku = self.offers.get(id)?;
        let listing = self.listings.get(sku)?;
        let ((_, quantity), old) = listing.shown(now);
        let value = json!({
            "offerId": id,
            "sku": sku,
            "marketplaceId": self.settings.marketplace,
            "format": "FIXED_PRICE",
            "listingDuration": "GTC",
            "merchantLocationKey": "main",
            "availableQuantity": quantity,
            "pricingSummary": {"price": money(listing.cents)},
            "status": "PUBLISHED",
            "listing": {
                "listingId": listing.item_id, "listingStatus": "ACTIVE", "soldQuantity": listing.sold,
            },
        });
        if old {
            self.fire("read_lag");
        }
        Some(value)
    }

    /// The SKUs a bulk update is about, with what the host could know of their sales.
    pub(super) fn bulk_knows(&self, body: &str) -> BTreeMap<String, i64> {
        let body: Value = serde_json::from_str(body).unwrap_or_default();
        let rows = body["requests"].as_array().cloned().unwrap_or_default();
        let mut known = BTreeMap::new();
        for row in &rows {
            let own = row["sku"].as_str().map(str::to_owned);
            let offers = row["offers"].as_array().into_iter().flatten();
            let by_offer = offers.filter_map(|offer| self.offers.get(offer["offerId"].as_str()?).cloned());
            for sku in own.into_iter().chain(by_offer) {
                let seen = self.seen_sold(&sku);
                known.insert(sku, seen);
            }
        }
        known
    }

    /// Applies a bulk update row by row: 200 when all went well, else 207.
    pub(super) fn bulk(
        &mut self,
        at: Ms,
        body: &str,
        known: &BTreeMap<String, i64>,
        ignored: bool,
        lag: Ms,
        dice: Dice,
    ) -> Result<Page, Refusal> {
        let body: Value = serde_json::from_str(body)
            .map_err(|error| Refusal::inventory(400, 25_002, format!("Any User error. {error}")))?;
        let rows = body["requests"].as_array().filter(|rows| (1..=ROWS_MAX).contains(&rows.len()));
        let Some(rows) = rows else {
            return Err(invalid("requests", format!("From 1 to {ROWS_MAX} of them are right.")));
        };
        let mut responses = Vec::new();
        let mut status = 200;
        for (place, row) in rows.iter().enumerate() {
            let dice = dice.nth(place as u64);
            for (sku, offer, refusal) in self.bulk_row(at, row, known, ignored, lag, dice) {
                let code = refusal.as_ref().map_or(200, |refusal| refusal.status);
                let errors: Vec<Value> = refusal.iter().map(|refusal| refusal.value(Family::Rest)).collect();
                let mut response = json!({"statusCode": code, "errors": errors, "warnings": []});
                if let Some(members) = response.as_object_mut() {
                    if !sku.is_empty() {
                        members.insert("sku".into(), sku.into());
                    }
                    if let Some(offer) = offer {
                        members.insert("offerId".into(), offer.into());
                    }
                }
                if code != 200 {
                    status = 207;
                }
                responses.push(response);
            }
        }
        Ok(Page { status, ..Page::json(json!({"responses": responses}).to_string()) })
    }

    /// One row: for the item, and for each offer, what came of it.
    fn bulk_row(
        &mut self,
        at: Ms,
        row: &Value,
        known: &BTreeMap<String, i64>,
        ignored: bool,
        lag: Ms,
        dice: Dice,
    ) -> Vec<(String, Option<String>, Option<Refusal>)> {
        let named = row["sku"].as_str().unwrap_or_default().to_owned();
        let targets = match self.targets(row) {
            Ok(targets) => targets,
            Err(refusal) => {
                let offer = row["offers"][0]["offerId"].as_str().map(str::to_owned);
                return vec![(named, offer, Some(refusal))];
            }
        };
        // Single rows fail for a while in production: 25001, and all is well the next time.
        if dice.chance(Roll::ErrorBefore, self.settings.faults.error_before) {
            self.fire("error_before");
            let failed = |target: Target| {
                let refusal = Refusal::inventory(500, 25_001, "A system error has occurred.");
                (target.sku, target.offer, Some(refusal))
            };
            return targets.into_iter().map(failed).collect();
        }
        // Item and offers of one row are one revision of the listing.
        let mut whole: BTreeMap<String, Revision> = BTreeMap::new();
        for target in &targets {
            let revision = whole.entry(target.sku.clone()).or_default();
            revision.item = target.revision.item.or(revision.item);
            revision.offer = target.revision.offer.or(revision.offer);
            revision.cents = target.revision.cents.or(revision.cents);
        }
        let mut too_often = Vec::new();
        for (sku, revision) in whole.into_iter().filter(|_| !ignored) {
            let seen_sold = known.get(&sku).copied().unwrap_or(0);
            if self.revise(at, &sku, revision, seen_sold, lag) == Revised::TooOften {
                too_often.push(sku);
            }
        }
        let max = self.settings.revisions_max;
        targets
            .into_iter()
            .map(|target| {
                let refusal = too_often.contains(&target.sku).then(|| {
                    Refusal::inventory(
                        400,
                        25_002,
                        format!("Any User error. A listing may be revised {max} times a day."),
                    )
                });
                (target.sku, target.offer, refusal)
            })
            .collect()
    }

    fn targets(&self, row: &Value) -> Result<Vec<Target>, Refusal> {
        let managed = |listing: &&Listing| listing.offer_id.is_some();
        let mut targets = Vec::new();
        let item = &row["shipToLocationAvailability"];
        if !item.is_null() {
            let sku = row["sku"].as_str().ok_or_else(|| invalid("sku", "It must not be empty."))?;
            self.listings.get(sku).filter(managed).ok_or_else(|| unknown_sku(sku))?;
            let quantity = quantity(&item["quantity"], "shipToLocationAvailability.quantity")?;
            let revision = Revision { item: Some(quantity), ..Revision::default() };
            targets.push(Target { sku: sku.to_owned(), offer: None, revision });
        }
        for offer in row["offers"].as_array().into_iter().flatten() {
            let id = offer["offerId"].as_str().ok_or_else(|| invalid("offerId", "It must not be empty."))?;
            let sku = self.offers.get(id).ok_or_else(|| unavailable(id))?;
            if row["sku"].as_str().is_some_and(|given| given != sku) {
                return Err(unavailable(id));
            }
            let mut revision = Revision::default();
            if !offer["availableQuantity"].is_null() {
                revision.offer = Some(quantity(&offer["availableQuantity"], "availableQuantity")?);
            }
            if !offer["price"].is_null() {
                revision.cents = Some(price(&offer["price"])?);
            }
            targets.push(Target { sku: sku.clone(), offer: Some(id.to_owned()), revision });
        }
        if targets.is_empty() {
            return Err(invalid("requests", "A row needs shipToLocationAvailability or offers."));
        }
        Ok(targets)
    }
}

fn unavailable(id: &str) -> Refusal {
    Refusal::inventory(404, 25_713, "This Offer is not available.").with("offerId", id)
}

fn quantity(value: &Value, field: &'static str) -> Result<i64, Refusal> {
    value
        .as_i64()
        .filter(|n| (0..=QUANTITY_MAX).contains(n))
        .ok_or_else(|| invalid(field, "A whole number of 0 or more is right."))
}

fn price(value: &Value) -> Result<i64, Refusal> {
    let wrong = || invalid("price", "A value such as 12.34 in USD is right.");
    if value["currency"] != "USD" {
        return Err(wrong());
    }
    let amount: f64 = value["value"].as_str().and_then(|text| text.parse().ok()).ok_or_else(wrong)?;
    let cents = (amount * 100.0).round();
    if cents > 0.0 && cents <= CENTS_MAX as f64 { Ok(cents as i64) } else { Err(wrong()) }
}

/// The size and the number of the page asked for; pages are counted from 0.
fn paging(ask: &Ask, usual: usize, most: usize) -> Result<(usize, usize), Refusal> {
    let (mut limit, mut page) = (usual, 0);
    for (name, value) in ask.members() {
        let wrong = || {
            Refusal::inventory(
                400,
                25_706,
                format!("You have provided invalid pagination values. {name}={value}."),
            )
        };
        match name.as_ref() as &str {
            "limit" => limit = value.parse().ok().filter(|n| (1..=most).contains(n)).ok_or_else(wrong)?,
            "offset" => page = value.parse().map_err(|_| wrong())?,
            _ => {}
        }
    }
    Ok((limit, page))
}

fn links(body: &mut Value, page: usize, limit: usize, total: usize, address: impl Fn(usize) -> String) {
    let Some(members) = body.as_object_mut() else { return };
    if page.saturating_add(1).saturating_mul(limit) < total {
        members.insert("next".into(), address(page + 1).into());
    }
    if page > 0 {
        members.insert("prev".into(), address(page - 1).into());
    }
}
