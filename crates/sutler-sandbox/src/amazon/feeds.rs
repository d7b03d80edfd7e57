//! Feeds 2021-06-30: `POST|GET /feeds/2021-06-30/feeds`, `GET|DELETE /feeds/2021-06-30/feeds/{feedId}`.
//!
//! A feed is not recognised when it is sent again: it is a second feed. It is read, and its messages apply, when it is
//! processed; a feed of which some messages fail is DONE all the same.

use serde_json::{Value, json};

use super::due::Event;
use super::refusal::Refusal;
use super::{Page, World};
use crate::clock::Ms;
use crate::dice::{Dice, Roll, identity};
use crate::json::iso;
use crate::request::{Ask, instant};

pub(crate) const ACKNOWLEDGEMENTS: &str = "POST_ORDER_ACKNOWLEDGEMENT_DATA";
pub(crate) const LISTINGS: &str = "JSON_LISTINGS_FEED";

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Feed {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) input: String,
    pub(crate) created: Ms,
    /// From when on it is in progress.
    pub(crate) starts: Ms,
    pub(crate) ends: Ms,
    pub(crate) outcome: Option<&'static str>,
    pub(crate) result: Option<String>,
}

impl Feed {
    fn status(&self, now: Ms) -> &'static str {
        match self.outcome {
            Some(outcome) => outcome,
            None if now < self.starts => "IN_QUEUE",
            None => "IN_PROGRESS",
        }
    }

    fn json(&self, now: Ms, store: &str) -> Value {
        let status = self.status(now);
        let mut out = json!({
            "feedId": self.id,
            "feedType": self.kind,
            "marketplaceIds": [store],
            "createdTime": iso(self.created),
            "processingStatus": status,
        });
        if status != "IN_QUEUE" && status != "CANCELLED" {
            out["processingStartTime"] = iso(self.starts).into();
        }
        if self.outcome.is_some() && status != "CANCELLED" {
            out["processingEndTime"] = iso(self.ends).into();
        }
        if let Some(result) = &self.result {
            out["resultFeedDocumentId"] = result.as_str().into();
        }
        out
    }
}

/// What a feed is asked to be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FeedWish {
    kind: String,
    input: String,
}

impl World {
    pub(super) fn read_feed(&mut self, now: Ms, body: &str) -> Result<FeedWish, Refusal> {
        let body = super::parse(body)?;
        let kind = body["feedType"].as_str().ok_or_else(|| Refusal::input("feedType is missing"))?;
        if ![ACKNOWLEDGEMENTS, LISTINGS].contains(&kind) {
            return Err(Refusal::input(format!(
                "feedType {kind:?} is not supported here; {ACKNOWLEDGEMENTS} and {LISTINGS} are"
            )));
        }
        let stores = body["marketplaceIds"].as_array().filter(|ids| (1..=25).contains(&ids.len()));
        let stores = stores.ok_or_else(|| Refusal::input("marketplaceIds must name 1 to 25 marketplaces"))?;
        let ids = stores.iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>();
        self.in_region(&ids)?;
        let input = body["inputFeedDocumentId"].as_str().unwrap_or_default();
        if !self.documents.iter().any(|document| document.id == input) {
            return Err(Refusal::input(format!(
                "inputFeedDocumentId {input:?} is not a document of this seller"
            )));
        }
        if kind == LISTINGS && !self.limits.take_listings_feed(now) {
            return Err(Refusal::new(
                429,
                "QuotaExceeded",
                "You exceeded your quota for the requested resource.",
            ));
        }
        Ok(FeedWish { kind: kind.to_owned(), input: input.to_owned() })
    }

    /// Takes a feed in and returns its id.
    pub(super) fn take_feed(&mut self, at: Ms, wish: &FeedWish) -> String {
        let place = self.feeds.len() as u64;
        let dice = Dice::new(self.settings.seed, identity(&["feed"]), place);
        let (low, high) = self.settings.feed_s;
        let mut takes = dice.between(Roll::FeedDelay, i64::from(low) * 1000, i64::from(high) * 1000);
        let faults = &self.settings.faults;
        let stuck = dice.chance(Roll::FeedStuck, faults.feed_stuck);
        let starts = at + takes / 3;
        if stuck {
            takes = dice.between(Roll::FeedDelay, takes, i64::from(faults.feed_stuck_max_s) * 1000);
            self.fire("feed_stuck");
        }
        let id = format!("{}", 50_000_000_000 + place * 1013 + dice.below(Roll::Number, 1000));
        self.feeds.push(Feed {
            id: id.clone(),
            kind: wish.kind.clone(),
            input: wish.input.clone(),
            created: at,
            starts,
            ends: at + takes,
            outcome: None,
            result: None,
        });
        self.schedule(at + takes, Event::FeedDone(place as u32));
        self.changes += 1;
        id
    }

    /// Reads the feed and lets its messages apply.
    pub(super) fn process_feed(&mut self, at: Ms, place: u32) {
        let Some(feed) = self.feeds.get(place as usize).filter(|feed| feed.outcome.is_none()) else { return };
        let (id, kind, input) = (feed.id.clone(), feed.kind.clone(), feed.input.clone());
        let dice = Dice::new(self.settings.seed, identity(&["feed"]), u64::from(place));
        let fatal = dice.chance(Roll::FeedFatal, self.settings.faults.feed_fatal);
        if fatal {
            self.fire("feed_fatal");
        }
        let report = match self.put_text(&input) {
            _ if fatal => Err("internal error".to_owned()),
            Err(why) => Err(why),
            Ok(text) if kind == LISTINGS => self.apply_listings(at, &id, &input, &text),
            Ok(text) => self.apply_acknowledgements(at, &text),
        };
        // A feed that could not be read at all is FATAL; of why, only some have a document.
        let (outcome, result) = match report {
            Ok(report) => {
                let media = if kind == LISTINGS { "application/json" } else { "text/xml" };
                ("DONE", Some(self.finish_document(&report, media, Vec::new(), false)))
            }
            Err(_) => ("FATAL", None),
        };
        if let Some(feed) = self.feeds.get_mut(place as usize) {
            feed.outcome = Some(outcome);
            feed.result = result;
            feed.ends = at;
        }
        self.changes += 1;
        self.tell_of_feed(at, place);
    }

    pub(super) fn feed(&self, now: Ms, id: &str) -> Result<Page, Refusal> {
        let feed = self.feeds.iter().find(|feed| feed.id == id);
        let feed = feed.ok_or_else(|| Refusal::missing(&format!("Feed {id}")))?;
        Ok(Page::json(&feed.json(now, &self.settings.marketplace_id)))
    }

    /// Only a feed still in the queue can be cancelled.
    pub(super) fn cancel_feed(&mut self, now: Ms, id: &str) -> Result<Page, Refusal> {
        let feed = self.feeds.iter_mut().find(|feed| feed.id == id);
        let feed = feed.ok_or_else(|| Refusal::missing(&format!("Feed {id}")))?;
        let status = feed.status(now);
        if status != "IN_QUEUE" {
            return Err(Refusal::input(format!(
                "Feed {id} is {status}; only a feed that is IN_QUEUE can be cancelled"
            )));
        }
        feed.outcome = Some("CANCELLED");
        self.changes += 1;
        Ok(Page::json(&Value::Null).empty(200))
    }

    pub(super) fn feed_list(&self, now: Ms, ask: &Ask) -> Result<Page, Refusal> {
        let list = List::read(now, ask, "feedTypes")?;
        let mut found =
            self.feeds.iter().rev().filter(|feed| list.holds(&feed.kind, feed.status(now), feed.created));
        let page: Vec<Value> = found
            .by_ref()
            .skip(list.from)
            .take(list.size)
            .map(|feed| feed.json(now, &self.settings.marketplace_id))
            .collect();
        let mut body = json!({"feeds": page});
        if found.next().is_some() {
            body["nextToken"] = list.token();
        }
        Ok(Page::json(&body))
    }
}

/// The question of a list of feeds or reports. With a token nothing else may be sent; ours carries the question.
pub(crate) struct List {
    kinds: Vec<String>,
    statuses: Vec<String>,
    since: Ms,
    until: Ms,
    pub(crate) size: usize,
    pub(crate) from: usize,
}

impl List {
    pub(crate) fn read(now: Ms, ask: &Ask, kinds: &str) -> Result<List, Refusal> {
        let members = ask.members();
        let token = members.iter().find(|(name, _)| name == "nextToken");
        let query = match token {
            Some(_) if members.len() > 1 => {
                return Err(Refusal::input("nextToken must be sent without any other parameter"));
            }
            Some((_, token)) => crate::request::members(token),
            None => members,
        };
        // Ninety days is how long they are kept to be listed.
        let (mut since, mut until) = (now - 90 * crate::clock::DAY, now);
        let (mut wanted, mut statuses, mut size, mut from) = (Vec::new(), Vec::new(), 10, 0);
        for (name, value) in &query {
            let refuse = || Refusal::input(format!("{name} {value:?} is not valid"));
            match name.as_ref() as &str {
                "createdSince" => since = instant(value, false).ok_or_else(refuse)?,
                "createdUntil" => until = instant(value, true).ok_or_else(refuse)?,
                "pageSize" => {
                    size = value.parse().ok().filter(|n| (1..=100).contains(n)).ok_or_else(refuse)?
                }
                "from" => from = value.parse().map_err(|_| refuse())?,
                "processingStatuses" => statuses.extend(value.split(',').map(str::to_owned)),
                name if name == kinds => wanted.extend(value.split(',').map(str::to_owned)),
                _ => {}
            }
        }
        if wanted.is_empty() {
            return Err(Refusal::input(format!("{kinds} is missing")));
        }
        Ok(List { kinds: wanted, statuses, since, until, size, from })
    }

    pub(crate) fn holds(&self, kind: &str, status: &str, created: Ms) -> bool {
        self.kinds.iter().any(|wanted| wanted == kind)
            && (self.statuses.is_empty() || self.statuses.iter().any(|wanted| wanted == status))
            && (self.since..=self.until).contains(&created)
    }

    pub(crate) fn token(&self) -> Value {
        let (kinds, statuses) = (self.kinds.join(","), self.statuses.join(","));
        let statuses = if statuses.is_empty() { statuses } else { format!("&processingStatuses={statuses}") };
        let (since, until) = (iso(self.since), iso(self.until));
        let from = self.from + self.size;
        format!(
            "feedTypes={kinds}&reportTypes={kinds}{statuses}&createdSince={since}&createdUntil={until}&pageSize={}&from={from}",
            self.size
        )
        .into()
    }
}
