//! Listings Items 2021-08-01: `GET|PATCH /listings/2021-08-01/items/{sellerId}/{sku}` and the search over SKUs.
//!
//! 200 is no success here: the body says whether the submission was accepted, and an accepted one applies later.

use serde_json::{Map, Value, json};

use super::due::Event;
use super::refusal::Refusal;
use super::{Page, World};
use crate::clock::Ms;
use crate::dice::{Dice, Roll};
use crate::json::iso;
use crate::request::Ask;

/// No largest quantity is documented; this one keeps sums in bounds.
const QUANTITY_MAX: i64 = 1_000_000_000;

/// What a submission asks of the seller's own offer of one SKU; nothing, when it is about something else.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Asked {
    /// That there are so many.
    pub(crate) level: Option<i64>,
    /// What else it says of availability: handling time, restock date.
    pub(crate) terms: Map<String, Value>,
    /// Whether what it does not say is to be forgotten.
    pub(crate) replace: bool,
}

/// Why a submission is not accepted: `issues` of the answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Issue {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) attribute: &'static str,
}

fn issue(code: &'static str, attribute: &'static str, message: impl Into<String>) -> Issue {
    Issue { code, message: message.into(), attribute }
}

/// A submission, with what the host could know when it sent it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Submission {
    pub(crate) sku: String,
    pub(crate) asked: Result<Asked, Vec<Issue>>,
    pub(crate) seen_sold: i64,
    /// Whether this is one of those that are accepted and never applied.
    pub(crate) ignored: bool,
    pub(crate) preview: bool,
}

impl World {
    /// That the path names this seller, and the query this store.
    pub(super) fn listing_target(&self, seller: &str, ask: &Ask) -> Result<(), Refusal> {
        if seller != self.settings.seller {
            return Err(Refusal::denied(format!(
                "The seller {seller:?} has not authorised this application."
            )));
        }
        let stores: Vec<String> = super::listed(ask, "marketplaceIds");
        match stores.as_slice() {
            [] => Err(Refusal::input("marketplaceIds is missing")),
            stores if stores.contains(&self.settings.marketplace_id) => Ok(()),
            stores => Err(Refusal::input(format!(
                "marketplaceIds {} is not one of this seller's",
                stores.join(",")
            ))),
        }
    }

    pub(super) fn listing(&mut self, now: Ms, sku: &str, ask: &Ask) -> Result<Page, Refusal> {
        if !self.stock.contains_key(sku) {
            return Err(Refusal::missing(&format!("SKU '{sku}'")));
        }
        let sets = sets(ask)?;
        Ok(Page::json(&self.listing_item(now, sku, &sets)))
    }

    /// `GET /listings/2021-08-01/items/{sellerId}`: up to twenty SKUs by name, or page by page.
    pub(super) fn listings(&mut self, now: Ms, ask: &Ask) -> Result<Page, Refusal> {
        let sets = sets(ask)?;
        let names = super::listed(ask, "identifiers");
        let (mut size, mut from) = (10_usize, 0_usize);
        for (name, value) in ask.members() {
            let refuse = || Refusal::input(format!("{name} {value:?} is not valid"));
            match name.as_ref() as &str {
                "pageSize" => {
                    size = value.parse().ok().filter(|n| (1..=20).contains(n)).ok_or_else(refuse)?
                }
                "pageToken" => {
                    from = value.strip_prefix("sku").and_then(|n| n.parse().ok()).ok_or_else(refuse)?
                }
                "identifiersType" if value != "SKU" => return Err(refuse()),
                _ => {}
            }
        }
        if names.len() > 20 {
            return Err(Refusal::input(format!("identifiers holds {} SKUs, 20 are the most", names.len())));
        }
        let found: Vec<String> =
            self.stock.keys().filter(|sku| names.is_empty() || names.contains(sku)).cloned().collect();
        let page: Vec<String> = found.iter().skip(from).take(size).cloned().collect();
        let items: Vec<Value> = page.iter().map(|sku| self.listing_item(now, sku, &sets)).collect();
        let mut body = json!({"numberOfResults": found.len(), "items": items});
        let next = from + page.len();
        if next < found.len() {
            body["pagination"] = json!({"nextToken": format!("sku{next}")});
        }
        Ok(Page::json(&body))
    }

    fn listing_item(&mut self, now: Ms, sku: &str, sets: &[String]) -> Value {
        let (level, shown) = self.stock.get(sku).map_or((0, 0), |stock| (stock.level, stock.shown(now)));
        if level != shown {
            self.fire("read_lag");
        }
        let store = self.settings.marketplace_id.as_str();
        let fba = self.fulfilled_by_amazon(sku);
        let began = iso(self.settings.origin.timestamp_millis());
        let mut out = json!({"sku": sku});
        for set in sets {
            match set.as_str() {
                "summaries" => {
                    out["summaries"] = json!([{
                        "marketplaceId": store,
                        "asin": format!("B0{:08X}", crate::dice::identity(&[sku]) & 0xffff_ffff),
                        "productType": "PRODUCT",
                        "conditionType": "new_new",
                        "status": if shown > 0 { json!(["BUYABLE", "DISCOVERABLE"]) } else { json!(["DISCOVERABLE"]) },
                        "itemName": format!("Item {sku}"),
                        "createdDate": began,
                        "lastUpdatedDate": began,
                    }]);
                }
                "issues" => out["issues"] = json!([]),
                "attributes" => {
                    let mut offer = self.terms.get(sku).cloned().unwrap_or_default();
                    offer.insert("fulfillment_channel_code".into(), "DEFAULT".into());
                    offer.insert("quantity".into(), shown.into());
                    offer.insert("marketplace_id".into(), store.into());
                    out["attributes"] = json!({"fulfillment_availability": [offer]});
                }
                "productTypes" => {
                    out["productTypes"] = json!([{"marketplaceId": store, "productType": "PRODUCT"}])
                }
                "fulfillmentAvailability" => {
                    let mut offers = vec![json!({"fulfillmentChannelCode": "DEFAULT", "quantity": shown})];
                    if fba {
                        offers.push(json!({"fulfillmentChannelCode": "AMAZON_NA"}));
                    }
                    out["fulfillmentAvailability"] = Value::Array(offers);
                }
                _ => {}
            }
        }
        out
    }

    /// Reads a PATCH; the submission says itself whether it is accepted.
    pub(super) fn read_patch(&mut self, sku: &str, ask: &Ask, dice: Dice) -> Result<Submission, Refusal> {
        let body = super::parse(&ask.body)?;
        let preview = match ask.members().into_iter().find(|(name, _)| name == "mode").map(|(_, mode)| mode) {
            None => false,
            Some(mode) if mode == "VALIDATION_PREVIEW" => true,
            Some(mode) => return Err(Refusal::input(format!("mode {mode:?} is not VALIDATION_PREVIEW"))),
        };
        if body["productType"].as_str().is_none_or(str::is_empty) {
            return Err(Refusal::input("productType is missing"));
        }
        let patches = body["patches"].as_array().filter(|patches| !patches.is_empty());
        let patches = patches.ok_or_else(|| Refusal::input("patches is missing or empty"))?;
        let asked = self.ask_of_patches(sku, patches);
        let ignored = asked.is_ok() && !preview && self.ignores(dice);
        Ok(Submission {
            sku: sku.to_owned(),
            asked,
            seen_sold: self.stock.get(sku).map_or(0, |stock| stock.seen_sold()),
            ignored,
            preview,
        })
    }

    fn ignores(&mut self, dice: Dice) -> bool {
        let ignored = dice.chance(Roll::StockIgnored, self.settings.faults.stock_ignored);
        if ignored {
            self.fire("stock_ignored");
        }
        ignored
    }

    pub(super) fn ask_of_patches(&self, sku: &str, patches: &[Value]) -> Result<Asked, Vec<Issue>> {
        let mut asked = Asked::default();
        for patch in patches {
            let op = patch["op"].as_str().unwrap_or_default();
            if !["add", "replace", "merge", "delete"].contains(&op) {
                return Err(vec![issue(
                    "4000002",
                    "patches",
                    format!("The patch operation {op:?} is not supported."),
                )]);
            }
            let path = patch["path"].as_str().unwrap_or_default();
            let Some(attribute) = path.strip_prefix("/attributes/").filter(|name| !name.contains('/')) else {
                let why = format!("The path {path:?} is invalid: only top-level attributes can be patched.");
                return Err(vec![issue("4000001", "patches", why)]);
            };
            if attribute == "fulfillment_availability" && op != "delete" {
                asked = self.ask_of_availability(sku, &patch["value"], op != "merge")?;
            }
        }
        self.known(sku)?;
        Ok(asked)
    }

    /// `[{"fulfillment_channel_code":"DEFAULT","quantity":n}]`.
    pub(super) fn ask_of_availability(
        &self,
        sku: &str,
        value: &Value,
        replace: bool,
    ) -> Result<Asked, Vec<Issue>> {
        self.known(sku)?;
        let attribute = "fulfillment_availability";
        let offers = value.as_array().filter(|offers| !offers.is_empty());
        let wrong = |why: String| vec![issue("90000900", attribute, why)];
        let offers =
            offers.ok_or_else(|| wrong("'fulfillment_availability' does not have enough values.".into()))?;
        let mut asked = Asked::default();
        for offer in offers {
            let channel = offer["fulfillment_channel_code"].as_str();
            match channel {
                Some("DEFAULT") => {
                    let quantity = offer["quantity"].as_i64().filter(|n| (0..=QUANTITY_MAX).contains(n));
                    // Whoever merges may leave the quantity as it is.
                    if quantity.is_none() && (replace || !offer["quantity"].is_null()) {
                        return Err(wrong(format!(
                            "The value {} of 'quantity' is not a whole number of 0 or more.",
                            offer["quantity"]
                        )));
                    }
                    let mut terms = offer.as_object().cloned().unwrap_or_default();
                    terms.retain(|name, _| {
                        !["fulfillment_channel_code", "quantity", "marketplace_id"].contains(&name.as_str())
                    });
                    asked = Asked { level: quantity, terms, replace };
                }
                // Amazon counts its own shelves: a quantity given for them adds the channel and sets nothing.
                Some(code) if code.starts_with("AMAZON_") => {}
                Some(code) => {
                    return Err(wrong(format!(
                        "The value '{code}' of 'fulfillment_channel_code' is invalid."
                    )));
                }
                None => return Err(wrong("'fulfillment_channel_code' is required but not supplied.".into())),
            }
        }
        Ok(asked)
    }

    fn known(&self, sku: &str) -> Result<(), Vec<Issue>> {
        if self.stock.contains_key(sku) {
            return Ok(());
        }
        Err(vec![issue(
            "13013",
            "sku",
            format!("The SKU '{sku}' does not exist in the catalogue of this seller."),
        )])
    }

    /// Takes a submission in: what it asks for applies after a while.
    pub(super) fn submit(&mut self, at: Ms, submission: &Submission, lag: Ms, dice: Dice) {
        let Ok(asked) = &submission.asked else { return };
        if submission.ignored || submission.preview || *asked == Asked::default() {
            return;
        }
        let (low, high) = self.settings.stock_lag_ms;
        let after = dice.between(Roll::FeedDelay, i64::from(low), i64::from(high));
        let (sku, seen_sold) = (submission.sku.clone(), submission.seen_sold);
        self.schedule(at + after, Event::Offer { sku, asked: Box::new(asked.clone()), seen_sold, lag });
    }

    /// Lets a submission apply.
    pub(super) fn set_offer(&mut self, at: Ms, sku: &str, asked: &Asked, seen_sold: i64, lag: Ms) {
        if let Some(level) = asked.level {
            self.set_level(at, sku, level, seen_sold, lag);
        }
        let terms = self.terms.entry(sku.to_owned()).or_default();
        if asked.replace {
            terms.clear();
        }
        terms.extend(asked.terms.clone());
    }

    fn set_level(&mut self, at: Ms, sku: &str, level: i64, seen_sold: i64, lag: Ms) {
        if let Some(stock) = self.stock.get_mut(sku) {
            self.effects.reoffered_after_seen += stock.set(at, level, seen_sold, lag) as u64;
            self.changes += 1;
        }
    }
}

/// What is answered to a submission.
pub(crate) fn answer(submission: &Submission, id: u64, store: &str) -> Value {
    let (status, issues) = match &submission.asked {
        Ok(_) if submission.preview => ("VALID", Vec::new()),
        Ok(_) => ("ACCEPTED", Vec::new()),
        Err(issues) => ("INVALID", issues.clone()),
    };
    let issues: Vec<Value> = issues
        .iter()
        .map(|issue| {
            json!({
                "code": issue.code,
                "message": issue.message,
                "severity": "ERROR",
                "attributeNames": [issue.attribute],
                "categories": ["INVALID_ATTRIBUTE"],
                "marketplaceIds": [store],
            })
        })
        .collect();
    json!({
        "sku": submission.sku,
        "status": status,
        "submissionId": format!("{:08x}-75dd-11ea-bc55-{:012x}", id & 0xffff_ffff, id >> 16),
        "issues": issues,
    })
}

fn sets(ask: &Ask) -> Result<Vec<String>, Refusal> {
    const KNOWN: [&str; 8] = [
        "summaries",
        "attributes",
        "issues",
        "offers",
        "fulfillmentAvailability",
        "procurement",
        "relationships",
        "productTypes",
    ];
    let given = super::listed(ask, "includedData");
    if let Some(unknown) = given.iter().find(|set| !KNOWN.contains(&set.as_str())) {
        return Err(Refusal::input(format!("includedData {unknown:?} is not one of {}", KNOWN.join(", "))));
    }
    Ok(if given.is_empty() { vec!["summaries".into()] } else { given })
}
