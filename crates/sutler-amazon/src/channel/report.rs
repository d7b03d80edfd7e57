//! The report of all orders: three calls whatever their number, and Amazon's own time for making it. It stands for the search
//! where that would take longer (`plan`).

use super::{AmazonChannel, document::Place, unreadable};
use crate::{
    calls,
    dialect::parse_error,
    map::{instant_text, report},
};
use http::{Method, StatusCode};
use serde::Deserialize;
use std::sync::{Arc, PoisonError};
use sutler_core::{
    channel::{CallCx, Page, PullFrom, Pulled, RawOrder},
    error::{Error, ErrorKind, Result},
    time::{Duration, Timestamp},
};
use sutler_wire::escaped;

/// The longest span a report is asked for; a longer one is split (inferred: a month is what Seller Central offers).
const SPAN_MAX: Duration = Duration::days(30);
/// How often Amazon is asked whether it is done.
const ASK_AGAIN: Duration = Duration::seconds(60);
/// A report that is not done after this long is given up, and the search is read instead (inferred: minutes are usual, more than
/// an hour was reported).
const PATIENCE: Duration = Duration::minutes(90);
/// Orders handed on in one page.
const AT_ONCE: usize = 500;

/// The orders of a report that was fetched, until its last page is handed on: its document may be fetched once a minute only.
#[derive(Debug)]
pub(super) struct Fetched {
    document: String,
    orders: Arc<Vec<RawOrder>>,
}

/// Where a pull goes on: what Amazon works on, or what of its work was handed on already.
#[derive(Debug, PartialEq)]
enum Cursor<'a> {
    Made { report: &'a str },
    Rows { document: &'a str, from: usize },
}

impl<'a> Cursor<'a> {
    fn read(text: &'a str) -> Option<Cursor<'a>> {
        let mut words = text.split(' ');
        match (words.next()?, words.next()?, words.next()) {
            ("report", report, None) => Some(Cursor::Made { report }),
            ("rows", document, Some(from)) => Some(Cursor::Rows { document, from: from.parse().ok()? }),
            _ => None,
        }
    }

    fn text(&self) -> String {
        match self {
            Cursor::Made { report } => format!("report {report}"),
            Cursor::Rows { document, from } => format!("rows {document} {from}"),
        }
    }
}

/// A report, as `getReport` shows it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    processing_status: String,
    created_time: Option<String>,
    report_document_id: Option<String>,
}

impl Report {
    fn created(&self) -> Option<Timestamp> {
        let at = chrono::DateTime::parse_from_rfc3339(self.created_time.as_deref()?).ok()?;
        Some(at.to_utc())
    }
}

impl AmazonChannel {
    /// Goes one step on with a report: asks for it, asks whether it is done, or hands on a page of it.
    pub(super) async fn report_page(&self, cx: &CallCx, from: &PullFrom) -> Result<Pulled> {
        let Some(text) = &from.cursor else {
            return self.ask_for_report(cx, from).await;
        };
        match Cursor::read(text) {
            Some(Cursor::Made { report }) => self.look_at_report(cx, report).await,
            Some(Cursor::Rows { document, from }) => self.rows(cx, document, from).await,
            None => Err(Error::new(ErrorKind::Invalid, calls::REPORT.op)
                .message(format!("{text:?} is no cursor of a report"))),
        }
    }

    async fn ask_for_report(&self, cx: &CallCx, from: &PullFrom) -> Result<Pulled> {
        let op = calls::REPORT.op;
        let window = from.window;
        if window.to - window.from > SPAN_MAX {
            // How many it holds is not known, only that it is too long.
            return Ok(Pulled::TooMany { total: 0 });
        }
        let asked = serde_json::json!({
            "reportType": report::KIND,
            "marketplaceIds": self.settings.marketplaces,
            "dataStartTime": instant_text(window.from),
            "dataEndTime": instant_text(window.to),
        });
        let body = asked.to_string().into_bytes();
        let response =
            self.send(cx, &calls::REPORT, Method::POST, "/reports/2021-06-30/reports", body).await?;
        if !response.status().is_success() {
            return Err(parse_error(Some(response.status().as_u16()), response.body()).into_error(op));
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Made {
            report_id: String,
        }
        let made: Made =
            serde_json::from_slice(response.body()).map_err(|_| unreadable(op, "report with an id"))?;
        let cursor = Cursor::Made { report: &made.report_id };
        Ok(Pulled::Pending { cursor: cursor.text(), after: ASK_AGAIN })
    }

    async fn look_at_report(&self, cx: &CallCx, id: &str) -> Result<Pulled> {
        let op = calls::REPORT_STATUS.op;
        let path = format!("/reports/2021-06-30/reports/{}", escaped(id));
        let response = self.send(cx, &calls::REPORT_STATUS, Method::GET, &path, Vec::new()).await?;
        if response.status() != StatusCode::OK {
            return Err(parse_error(Some(response.status().as_u16()), response.body()).into_error(op));
        }
        let found: Report = serde_json::from_slice(response.body()).map_err(|_| unreadable(op, "report"))?;
        let gave_up = |why: String| Err(Error::new(ErrorKind::Refused, op).message(why));
        match (found.processing_status.as_str(), &found.report_document_id) {
            ("DONE", Some(document)) => self.rows(cx, document, 0).await,
            // Nothing to report is no error.
            ("CANCELLED", _) => Ok(Pulled::Page(page(Vec::new(), None, 0))),
            ("DONE", None) => {
                gave_up(format!("report {id} is DONE and has no document; the search is read instead"))
            }
            ("FATAL", _) => gave_up(format!("report {id} ended FATAL; the search is read instead")),
            _ => {
                let late = found.created().is_some_and(|at| self.pipe.server_now() - at >= PATIENCE);
                if !late {
                    let cursor = Cursor::Made { report: id };
                    return Ok(Pulled::Pending { cursor: cursor.text(), after: ASK_AGAIN });
                }
                self.take_report_back(cx, &path).await?;
                gave_up(format!(
                    "report {id} was not done after {} minutes; the search is read instead",
                    PATIENCE.num_minutes()
                ))
            }
        }
    }

    /// Cancels a report. One that has begun meanwhile goes on, and nobody reads it.
    async fn take_report_back(&self, cx: &CallCx, path: &str) -> Result<()> {
        match self.send(cx, &calls::REPORT_CANCEL, Method::DELETE, path, Vec::new()).await {
            Ok(_) => Ok(()),
            Err(error) if matches!(error.kind(), ErrorKind::Refused | ErrorKind::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn rows(&self, cx: &CallCx, document: &str, from: usize) -> Result<Pulled> {
        let all = match self.kept_report(document) {
            Some(all) => all,
            None => self.fetch_report(cx, document).await?,
        };
        let until = from.saturating_add(AT_ONCE).min(all.len());
        let orders = all.get(from..until).unwrap_or_default().to_vec();
        let next = (until < all.len()).then(|| Cursor::Rows { document, from: until }.text());
        if next.is_none() {
            self.keep_report(None);
        }
        Ok(Pulled::Page(page(orders, next, all.len())))
    }

    async fn fetch_report(&self, cx: &CallCx, document: &str) -> Result<Arc<Vec<RawOrder>>> {
        let op = calls::REPORT_DOCUMENT.op;
        let path = format!("/reports/2021-06-30/documents/{}", escaped(document));
        let response = self.send(cx, &calls::REPORT_DOCUMENT, Method::GET, &path, Vec::new()).await?;
        if response.status() != StatusCode::OK {
            return Err(parse_error(Some(response.status().as_u16()), response.body()).into_error(op));
        }
        let place: Place =
            serde_json::from_slice(response.body()).map_err(|_| unreadable(op, "place of a document"))?;
        let text = self.text(cx, &calls::REPORT_DOWNLOAD, &place).await?;
        let orders = report::cut(&text).ok_or_else(|| {
            Error::new(ErrorKind::Protocol, op).message(format!(
                "document {document} is no report of orders; a header with amazon-order-id is right"
            ))
        })?;
        let orders = Arc::new(orders);
        self.keep_report(Some(Fetched { document: document.to_owned(), orders: orders.clone() }));
        Ok(orders)
    }

    fn kept_report(&self, document: &str) -> Option<Arc<Vec<RawOrder>>> {
        let kept = self.report.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|kept| kept.document == document).map(|kept| kept.orders.clone())
    }

    fn keep_report(&self, report: Option<Fetched>) {
        *self.report.lock().unwrap_or_else(PoisonError::into_inner) = report;
    }
}

fn page(orders: Vec<RawOrder>, next: Option<String>, total: usize) -> Page {
    Page { orders, next, total: Some(total as u64), seller: None, coverage: report::COVERAGE }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g28_a_cursor_reads_back_as_it_was_written() {
        for cursor in [Cursor::Made { report: "50020018" }, Cursor::Rows { document: "amzn1.x-y", from: 500 }]
        {
            assert_eq!(Cursor::read(&cursor.text()), Some(cursor));
        }
        for text in ["", "report", "rows x", "rows x y", "report a b", "lastUpdatedAfter=1 token"] {
            assert_eq!(Cursor::read(text), None, "{text}");
        }
    }
}
