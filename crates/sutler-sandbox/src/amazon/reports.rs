//! Reports 2021-06-30: `POST|GET /reports/2021-06-30/reports`, `GET|DELETE /reports/2021-06-30/reports/{reportId}`.
//!
//! A report of nothing is CANCELLED, which is no error.

use serde_json::{Value, json};

use super::due::Event;
use super::feeds::List;
use super::refusal::Refusal;
use super::report_rows::{Kind, rows};
use super::{Page, World};
use crate::clock::{DAY, Ms};
use crate::dice::{Dice, Roll, identity};
use crate::json::iso;
use crate::request::{Ask, instant};

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Report {
    id: String,
    wish: ReportWish,
    created: Ms,
    starts: Ms,
    ends: Ms,
    outcome: Option<&'static str>,
    document: Option<String>,
}

/// What a report is asked to be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ReportWish {
    kind: Kind,
    window: (Ms, Ms),
}

impl Report {
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
            "reportId": self.id,
            "reportType": self.wish.kind.name(),
            "marketplaceIds": [store],
            "dataStartTime": iso(self.wish.window.0),
            "dataEndTime": iso(self.wish.window.1),
            "createdTime": iso(self.created),
            "processingStatus": status,
        });
        // One that was cancelled in the queue never began.
        if status != "IN_QUEUE" && self.starts < Ms::MAX {
            out["processingStartTime"] = iso(self.starts).into();
        }
        if self.outcome.is_some() {
            out["processingEndTime"] = iso(self.ends).into();
        }
        if let Some(document) = &self.document {
            out["reportDocumentId"] = document.as_str().into();
        }
        out
    }
}

impl World {
    pub(super) fn read_report(&self, now: Ms, body: &str) -> Result<ReportWish, Refusal> {
        let body = super::parse(body)?;
        let name = body["reportType"].as_str().ok_or_else(|| Refusal::input("reportType is missing"))?;
        let kind = Kind::of(name).ok_or_else(|| {
            Refusal::input(format!("reportType {name:?} is not supported here; {} are", Kind::known()))
        })?;
        let stores = body["marketplaceIds"].as_array().filter(|ids| (1..=25).contains(&ids.len()));
        let stores = stores.ok_or_else(|| Refusal::input("marketplaceIds must name 1 to 25 marketplaces"))?;
        let ids = stores.iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>();
        self.in_region(&ids)?;
        let at = |name: &str, otherwise: Ms| match body[name].as_str() {
            None => Ok(otherwise),
            Some(text) => instant(text, false)
                .ok_or_else(|| Refusal::input(format!("{name} {text:?} is not a date in ISO 8601 format"))),
        };
        let end = at("dataEndTime", now)?.min(now);
        let start = at("dataStartTime", end - DAY)?;
        if start > end {
            return Err(Refusal::input("dataStartTime must not be after dataEndTime"));
        }
        if kind == Kind::Returns && end - start > 60 * DAY {
            return Err(Refusal::input("the window of a returns report must not exceed 60 days"));
        }
        Ok(ReportWish { kind, window: (start, end) })
    }

    /// Takes a report in and returns its id.
    pub(super) fn take_report(&mut self, at: Ms, wish: &ReportWish) -> String {
        let place = self.reports.len() as u64;
        let dice = Dice::new(self.settings.seed, identity(&["report"]), place);
        let (low, high) = self.settings.report_s;
        let mut takes = dice.between(Roll::FeedDelay, i64::from(low) * 1000, i64::from(high) * 1000);
        let starts = at + takes / 3;
        let faults = &self.settings.faults;
        if dice.chance(Roll::FeedStuck, faults.feed_stuck) {
            takes = dice.between(Roll::FeedDelay, takes, i64::from(faults.feed_stuck_max_s) * 1000);
            self.fire("feed_stuck");
        }
        let id = format!("{}", 60_000_000_000 + place * 1013 + dice.below(Roll::Number, 1000));
        self.reports.push(Report {
            id: id.clone(),
            wish: wish.clone(),
            created: at,
            starts,
            ends: at + takes,
            outcome: None,
            document: None,
        });
        self.schedule(at + takes, Event::ReportDone(place as u32));
        self.changes += 1;
        id
    }

    pub(super) fn process_report(&mut self, at: Ms, place: u32) {
        let Some(report) = self.reports.get(place as usize).filter(|report| report.outcome.is_none()) else {
            return;
        };
        let wish = report.wish.clone();
        let dice = Dice::new(self.settings.seed, identity(&["report"]), u64::from(place));
        let (outcome, document) = if dice.chance(Roll::FeedFatal, self.settings.faults.feed_fatal) {
            self.fire("feed_fatal");
            ("FATAL", None)
        } else {
            let (text, named) =
                rows(&self.orders, &self.returns, wish.kind, wish.window, at, self.settings.buyer_role);
            match text {
                None => ("CANCELLED", None),
                Some(text) => {
                    ("DONE", Some(self.finish_document(&text, "text/plain", named, wish.kind.restricted())))
                }
            }
        };
        if let Some(report) = self.reports.get_mut(place as usize) {
            report.outcome = Some(outcome);
            report.document = document;
            report.ends = at;
        }
        self.tell_of_report(at, place);
    }

    pub(super) fn report(&self, now: Ms, id: &str) -> Result<Page, Refusal> {
        let report = self.reports.iter().find(|report| report.id == id);
        let report = report.ok_or_else(|| Refusal::missing(&format!("Report {id}")))?;
        Ok(Page::json(&report.json(now, &self.settings.marketplace_id)))
    }

    pub(super) fn cancel_report(&mut self, now: Ms, id: &str) -> Result<Page, Refusal> {
        let report = self.reports.iter_mut().find(|report| report.id == id);
        let report = report.ok_or_else(|| Refusal::missing(&format!("Report {id}")))?;
        let status = report.status(now);
        if status != "IN_QUEUE" {
            return Err(Refusal::input(format!(
                "Report {id} is {status}; only one that is IN_QUEUE can be cancelled"
            )));
        }
        report.outcome = Some("CANCELLED");
        report.starts = Ms::MAX;
        Ok(Page::json(&Value::Null).empty(200))
    }

    pub(super) fn report_list(&self, now: Ms, ask: &Ask) -> Result<Page, Refusal> {
        let list = List::read(now, ask, "reportTypes")?;
        let mut found = self
            .reports
            .iter()
            .rev()
            .filter(|report| list.holds(report.wish.kind.name(), report.status(now), report.created));
        let page: Vec<Value> = found
            .by_ref()
            .skip(list.from)
            .take(list.size)
            .map(|report| report.json(now, &self.settings.marketplace_id))
            .collect();
        let mut body = json!({"reports": page});
        if found.next().is_some() {
            body["nextToken"] = list.token();
        }
        Ok(Page::json(&body))
    }

    /// Id, type, outcome and document of a finished report.
    pub(super) fn finished_report(&self, place: u32) -> Option<(&str, &str, &'static str, Option<&str>)> {
        let report = self.reports.get(place as usize)?;
        Some((&report.id, report.wish.kind.name(), report.outcome?, report.document.as_deref()))
    }
}
