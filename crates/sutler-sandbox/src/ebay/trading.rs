//! The Trading API, in XML: `ReviseInventoryStatus` for the listings the Inventory API does not know, `GetItem` to read one,
//! and `GetUser`.
//!
//! Every answer has HTTP status 200; what came of it stands in `Ack`. The numbers 17 (no such listing), 37 (wrong input),
//! 21919474 (the Inventory API's listing) and 21919165 (revised too often) are remembered from integrators' threads, not read in
//! the facts.

use std::collections::BTreeMap;

use super::listing::{Revised, Revision};
use super::refusal::{Refusal, error_xml, failure, trading_answer};
use super::xml::{elements, escaped, text};
use super::{Page, World};
use crate::clock::Ms;

/// The most rows of one call.
const ROWS_MAX: usize = 4;

impl World {
    /// The SKUs a revision is about, with what the host could know of their sales.
    pub(super) fn revise_knows(&self, body: &str) -> BTreeMap<String, i64> {
        let skus = elements(body, "InventoryStatus").filter_map(|row| self.named(row).ok());
        skus.map(|sku| (sku.clone(), self.seen_sold(&sku))).collect()
    }

    /// `ReviseInventoryStatus`
    pub(super) fn revise_status(
        &mut self,
        at: Ms,
        body: &str,
        known: &BTreeMap<String, i64>,
        ignored: bool,
        lag: Ms,
    ) -> Page {
        let call = "ReviseInventoryStatus";
        let rows: Vec<String> = elements(body, "InventoryStatus").map(str::to_owned).collect();
        if !(1..=ROWS_MAX).contains(&rows.len()) {
            let refusal = Refusal::trading(37, format!("From 1 to {ROWS_MAX} InventoryStatus are right."));
            return Page::xml(failure(call, at, &[refusal]));
        }
        let (mut done, mut errors, mut redundant) = (String::new(), Vec::new(), 0);
        for row in &rows {
            match self.revise_row(at, row, known, ignored, lag) {
                Ok((sku, revised)) => {
                    redundant += usize::from(revised == Revised::Redundant);
                    let listing = self.listings.get(&sku);
                    let (item, level) =
                        listing.map_or(("", 0), |listing| (listing.item_id.as_str(), listing.item));
                    done.push_str(&format!(
                        "<InventoryStatus><SKU>{}</SKU><ItemID>{item}</ItemID><Quantity>{level}</Quantity></InventoryStatus>",
                        escaped(&sku)
                    ));
                }
                Err(refusal) => errors.push(refusal),
            }
        }
        let mut inside: String = errors.iter().map(|error| error_xml(error, "Error")).collect();
        if redundant > 0 {
            let note =
                Refusal::trading(21_917_091, "The requested revision is redundant: nothing was to change.");
            inside.push_str(&error_xml(&note, "Warning"));
        }
        let ack = match (errors.len(), redundant) {
            (0, 0) => "Success",
            (0, _) => "Warning",
            (failed, _) if failed == rows.len() => "Failure",
            _ => "PartialFailure",
        };
        Page::xml(trading_answer(call, at, ack, &(inside + &done)))
    }

    fn revise_row(
        &mut self,
        at: Ms,
        row: &str,
        known: &BTreeMap<String, i64>,
        ignored: bool,
        lag: Ms,
    ) -> Result<(String, Revised), Refusal> {
        let sku = self.named(row)?;
        let quantity = text(row, "Quantity").and_then(|text| text.parse::<i64>().ok());
        let quantity = quantity.filter(|n| (0..=1_000_000_000).contains(n));
        let quantity =
            quantity.ok_or_else(|| Refusal::trading(37, "Quantity must be a whole number of 0 or more."))?;
        if self.listings.get(&sku).is_some_and(|listing| listing.offer_id.is_some()) {
            return Err(Refusal::trading(
                21_919_474,
                "Inventory-based listing management is not supported by this tool.",
            ));
        }
        if ignored {
            return Ok((sku, Revised::Done));
        }
        let seen_sold = known.get(&sku).copied().unwrap_or(0);
        let wanted = Revision { item: Some(quantity), ..Revision::default() };
        match self.revise(at, &sku, wanted, seen_sold, lag) {
            Revised::TooOften => {
                Err(Refusal::trading(21_919_165, "The listing has been revised too often today."))
            }
            revised => Ok((sku, revised)),
        }
    }

    /// The SKU a row or request names, by itself or by its listing.
    fn named(&self, row: &str) -> Result<String, Refusal> {
        let by_item = text(row, "ItemID").map(|item| self.items.get(item.as_ref()).cloned());
        let by_sku = text(row, "SKU").filter(|sku| !sku.is_empty()).map(|sku| sku.into_owned());
        let missing =
            || Refusal::trading(17, "This item cannot be accessed: there is no such listing of yours.");
        match (by_item, by_sku) {
            (Some(Some(item)), Some(sku)) if item != sku => Err(missing()),
            (Some(Some(sku)), _) => Ok(sku),
            (Some(None), _) => Err(missing()),
            (None, Some(sku)) if self.listings.contains_key(&sku) => Ok(sku),
            (None, Some(_)) => Err(missing()),
            (None, None) => Err(Refusal::trading(37, "ItemID or SKU is missing.")),
        }
    }

    /// `GetItem`: `Quantity` counts what was sold too.
    pub(super) fn get_item(&mut self, now: Ms, body: &str) -> Result<Page, Refusal> {
        let sku = self.named(body)?;
        let Some(listing) = self.listings.get(&sku) else { return Ok(Page::xml(String::new())) };
        let ((item, offer), old) = listing.shown(now);
        let level = if listing.offer_id.is_some() { item.min(offer) } else { item };
        let inside = format!(
            "<Item><ItemID>{}</ItemID><SKU>{}</SKU><Quantity>{}</Quantity><SellingStatus><QuantitySold>{}</QuantitySold>\
             <ListingStatus>Active</ListingStatus></SellingStatus></Item>",
            listing.item_id,
            escaped(&sku),
            level + listing.sold,
            listing.sold
        );
        if old {
            self.fire("read_lag");
        }
        Ok(Page::xml(trading_answer("GetItem", now, "Success", &inside)))
    }

    /// `GetUser`: whose token it is.
    pub(super) fn get_user(&self, now: Ms) -> Page {
        let inside = format!(
            "<User><UserID>{}</UserID><Status>Confirmed</Status><Site>US</Site></User>",
            escaped(&self.settings.seller)
        );
        Page::xml(trading_answer("GetUser", now, "Success", &inside))
    }
}
