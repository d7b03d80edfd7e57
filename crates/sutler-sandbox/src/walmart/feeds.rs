//! Bulk stock: `POST /v3/feeds`, and what became of a feed.
//!
//! A feed is not recognised when it is sent again: it is a second feed. Its rows apply when it is processed.

use serde_json::Value;

use super::due::Event;
use super::inventory::amount;
use super::limits::Call;
use super::refusal::Refusal;
use super::{Page, World};
use crate::clock::Ms;
use crate::dice::{Dice, Roll, identity};
use crate::json::{number, put, quote, text, uncomma};
use crate::request::Ask;

const MEGABYTE: usize = 1 << 20;

/// One row of a feed, with what the host could know when it sent it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(crate) sku: String,
    /// The level, or why the row cannot be taken.
    pub(crate) level: Result<i64, String>,
    pub(crate) seen_sold: i64,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Feed {
    id: String,
    kind: &'static str,
    received: Ms,
    done: Ms,
    processed: bool,
    rows: Vec<Row>,
}

impl Feed {
    fn status(&self, now: Ms) -> &'static str {
        match (self.processed, now - self.received) {
            (true, _) => "PROCESSED",
            (false, ..2_000) => "RECEIVED",
            (false, _) => "INPROGRESS",
        }
    }

    /// Rows taken, refused and still waiting.
    fn counts(&self) -> (usize, usize, usize) {
        let bad = self.rows.iter().filter(|row| row.level.is_err()).count();
        if self.processed { (self.rows.len() - bad, bad, 0) } else { (0, 0, self.rows.len()) }
    }
}

fn invalid(description: impl Into<String>) -> Refusal {
    Refusal::new(400, "INVALID_REQUEST_CONTENT.GMP_FEED_API", description).field("file")
}

impl World {
    /// Reads the rows of a feed body, or says why the whole feed is refused.
    pub(super) fn feed_rows(&self, call: Call, body: &str) -> Result<Vec<Row>, Refusal> {
        let nodes = call == Call::FeedMpInventory;
        let limit = if nodes { MEGABYTE } else { 10 * MEGABYTE };
        if body.len() > limit {
            return Err(Refusal::new(
                413,
                "REQUEST_TOO_LARGE.GMP_FEED_API",
                format!("{} bytes exceed the limit of {limit}", body.len()),
            ));
        }
        let body: Value = serde_json::from_str(body)
            .map_err(|error| invalid(format!("feed is not valid JSON: {error}")))?;
        // The key's case matters, and differs between the two.
        let (header, version, list) = if nodes {
            ("inventoryHeader", "1.5", "inventory")
        } else {
            ("InventoryHeader", "1.4", "Inventory")
        };
        let given = body.get(header).and_then(|h| h.get("version")).and_then(Value::as_str);
        if given != Some(version) {
            return Err(invalid(format!("{header}.version {:?} must be {version:?}", given.unwrap_or(""))));
        }
        let Some(rows) = body.get(list).and_then(Value::as_array) else {
            return Err(Refusal::new(
                400,
                "ERR_EXT_DATA_0503009",
                format!("{list} is missing from the feed"),
            ));
        };
        if rows.is_empty() || rows.len() > 10_000 {
            return Err(invalid(format!("a feed has 1 to 10000 rows, not {}", rows.len())));
        }
        Ok(rows.iter().map(|row| self.feed_row(row, nodes)).collect())
    }

    fn feed_row(&self, row: &Value, nodes: bool) -> Row {
        let sku = row.get("sku").and_then(Value::as_str).unwrap_or_default().to_owned();
        let level = if nodes {
            match row.get("shipNodes").and_then(Value::as_array).map(Vec::as_slice) {
                Some([node]) => match node.get("shipNode").and_then(Value::as_str) {
                    Some(id) if id == self.settings.ship_node => {
                        amount(node.get("quantity").unwrap_or(&Value::Null))
                    }
                    given => {
                        Err(format!("shipNode {:?} does not belong to this seller", given.unwrap_or("")))
                    }
                },
                _ => Err("shipNodes must name the one node of this seller".into()),
            }
        } else {
            amount(row.get("quantity").unwrap_or(&Value::Null))
        };
        let stock = self.stock.get(&sku);
        Row {
            level: if stock.is_some() { level } else { Err(format!("SKU {sku:?} was not found")) },
            seen_sold: stock.map_or(0, |stock| stock.seen_sold()),
            sku,
        }
    }

    /// Takes a feed in and returns its id.
    pub(super) fn take_feed(&mut self, at: Ms, call: Call, rows: Vec<Row>) -> String {
        let place = self.feeds.len() as u64;
        let dice = Dice::new(self.settings.seed, identity(&["feed"]), place);
        let (low, high) = self.settings.feed_s;
        let mut takes = dice.between(Roll::FeedDelay, i64::from(low) * 1000, i64::from(high) * 1000);
        let faults = &self.settings.faults;
        if dice.chance(Roll::FeedStuck, faults.feed_stuck) {
            takes = dice.between(Roll::FeedDelay, takes, i64::from(faults.feed_stuck_max_s) * 1000);
            self.fire("feed_stuck");
        }
        let word = dice.draw(Roll::Number);
        let id = format!("{word:016X}{:016X}@AUoBAQA", word.rotate_left(31) ^ place);
        let kind = if call == Call::FeedMpInventory { "MP_INVENTORY" } else { "inventory" };
        self.feeds.push(Feed {
            id: id.clone(),
            kind,
            received: at,
            done: at + takes,
            processed: false,
            rows,
        });
        self.schedule(at + takes, Event::FeedDone(place as u32));
        self.changes += 1;
        id
    }

    pub(super) fn process_feed(&mut self, at: Ms, place: u32) {
        let Some(feed) = self.feeds.get_mut(place as usize) else { return };
        feed.processed = true;
        let taken: Vec<(String, i64, i64)> = feed
            .rows
            .iter()
            .filter_map(|row| row.level.as_ref().ok().map(|level| (row.sku.clone(), *level, row.seen_sold)))
            .collect();
        for (sku, level, seen_sold) in taken {
            self.set_level(at, &sku, level, seen_sold, 0);
        }
    }

    pub(super) fn feed_answer(&mut self, id: &str, dice: Dice) -> Page {
        if dice.chance(Roll::FeedNoId, self.settings.faults.feed_no_id) {
            self.fire("feed_no_id");
            return Page::json("{\"additionalAttributes\":null,\"errors\":null}".into());
        }
        let mut body = String::from("{\"feedId\":");
        quote(&mut body, id);
        body.push_str(",\"additionalAttributes\":null,\"errors\":null}");
        Page::json(body)
    }

    pub(super) fn feed_list(&self, now: Ms, ask: &Ask) -> Result<Page, Refusal> {
        let (offset, limit) = window(ask)?;
        let members = ask.members();
        let wanted = |name: &str, value: &str| members.iter().all(|(n, v)| n != name || v == value);
        let found: Vec<&Feed> = self
            .feeds
            .iter()
            .rev()
            .filter(|feed| wanted("feedId", &feed.id) && wanted("feedType", feed.kind))
            .collect();
        let mut body = String::from("{");
        number(&mut body, "totalResults", found.len() as i64);
        number(&mut body, "offset", offset as i64);
        number(&mut body, "limit", limit as i64);
        body.push_str("\"results\":{\"feed\":[");
        for feed in found.into_iter().skip(offset).take(limit) {
            let (taken, refused, waiting) = feed.counts();
            body.push('{');
            text(&mut body, "feedId", &feed.id);
            text(&mut body, "feedSource", "MARKETPLACE_PARTNER");
            text(&mut body, "feedType", feed.kind);
            text(&mut body, "partnerId", &self.settings.seller);
            number(&mut body, "itemsReceived", feed.rows.len() as i64);
            number(&mut body, "itemsSucceeded", taken as i64);
            number(&mut body, "itemsFailed", refused as i64);
            number(&mut body, "itemsProcessing", waiting as i64);
            text(&mut body, "feedStatus", feed.status(now));
            number(&mut body, "feedDate", feed.received);
            number(&mut body, "modifiedDtm", if feed.processed { feed.done } else { feed.received });
            uncomma(&mut body);
            body.push_str("},");
        }
        uncomma(&mut body);
        body.push_str("]}}");
        Ok(Page::json(body))
    }

    pub(super) fn feed_status(&self, now: Ms, id: &str, ask: &Ask) -> Result<Page, Refusal> {
        let (offset, limit) = window(ask)?;
        let feed = self.feeds.iter().find(|feed| feed.id == id).ok_or_else(|| {
            Refusal::new(404, "CONTENT_NOT_FOUND.GMP_FEED_API", format!("feed {id} was not found"))
                .field("feedId")
        })?;
        let details = ask.members().iter().any(|(name, value)| name == "includeDetails" && value == "true");
        let (taken, refused, waiting) = feed.counts();
        let mut body = String::from("{");
        text(&mut body, "feedId", &feed.id);
        text(&mut body, "feedStatus", feed.status(now));
        number(&mut body, "feedSubmissionDate", feed.received);
        number(&mut body, "itemsReceived", feed.rows.len() as i64);
        number(&mut body, "itemsSucceeded", taken as i64);
        number(&mut body, "itemsFailed", refused as i64);
        number(&mut body, "itemsProcessing", waiting as i64);
        number(&mut body, "offset", offset as i64);
        number(&mut body, "limit", limit as i64);
        if details {
            body.push_str("\"itemDetails\":{\"itemIngestionStatus\":[");
            for (index, row) in feed.rows.iter().enumerate().skip(offset).take(limit) {
                row_status(&mut body, index, row, feed.processed);
            }
            uncomma(&mut body);
            body.push_str("]}");
        }
        uncomma(&mut body);
        body.push('}');
        Ok(Page::json(body))
    }
}

fn row_status(body: &mut String, index: usize, row: &Row, processed: bool) {
    put(body, format_args!("{{\"martId\":0,\"index\":{index},"));
    text(body, "sku", &row.sku);
    match (&row.level, processed) {
        (_, false) => text(body, "ingestionStatus", "INPROGRESS"),
        (Ok(_), true) => text(body, "ingestionStatus", "SUCCESS"),
        (Err(why), true) => {
            text(body, "ingestionStatus", "DATA_ERROR");
            body.push_str("\"ingestionErrors\":{\"ingestionError\":[{\"type\":\"DATA_ERROR\",");
            text(body, "code", "ERR_EXT_DATA_0101119");
            text(body, "description", why);
            uncomma(body);
            body.push_str("}]},");
        }
    }
    uncomma(body);
    body.push_str("},");
}

fn window(ask: &Ask) -> Result<(usize, usize), Refusal> {
    let (mut offset, mut limit) = (0, 50);
    for (name, value) in ask.members() {
        let refuse = || {
            Refusal::new(400, "INVALID_REQUEST_PARAM.GMP_FEED_API", format!("{name} {value:?} is not valid"))
                .field(name.to_string())
        };
        match &*name {
            "offset" => offset = value.parse().map_err(|_| refuse())?,
            "limit" => limit = value.parse().ok().filter(|n| (1..=50).contains(n)).ok_or_else(refuse)?,
            _ => {}
        }
    }
    Ok((offset, limit))
}
