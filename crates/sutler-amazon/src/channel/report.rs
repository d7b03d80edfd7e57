//! Reports: asked for, looked at until they are done, and handed on in pages. Three calls whatever they hold, and Amazon's own
//! time for making them.

use super::{AmazonChannel, document::Place, unreadable};
use crate::{calls, dialect::parse_error, map::instant_text};
use http::{Method, StatusCode};
use serde::Deserialize;
use std::sync::{Arc, Mutex, PoisonError};
use sutler_core::{
    channel::{CallCx, Pending, PullFrom, Window},
    error::{Error, ErrorKind, Result},
    time::{Duration, Timestamp},
};
use sutler_wire::escaped;

/// How often Amazon is asked whether it is done.
const ASK_AGAIN: Duration = Duration::seconds(60);
/// A report that is not done after this long is given up (inferred: minutes are usual, more than an hour was reported).
const PATIENCE: Duration = Duration::minutes(90);
/// Rows handed on in one page.
const AT_ONCE: usize = 500;

/// One type of report.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind<T> {
    /// Its `reportType`.
    pub(super) name: &'static str,
    /// A column that its header has.
    pub(super) column: &'static str,
    /// Cuts its text into what it tells, each by itself. None when the text is no such report.
    pub(super) cut: fn(&str) -> Option<Vec<T>>,
    /// What is done when Amazon does not make it.
    pub(super) otherwise: &'static str,
    /// Does the next one show what one that was not made would have shown?
    pub(super) overlaps: bool,
}

/// How far a report is.
pub(super) enum Step<T> {
    /// Amazon works on it.
    Waits(Pending),
    /// Some of what it tells, where to go on, and how much it tells in all.
    Rows { rows: Vec<T>, next: Option<String>, total: usize },
}

/// What a report told, until its last page is handed on: its document may be fetched once a minute only.
#[derive(Debug)]
pub(super) struct Kept<T>(Mutex<Option<(String, Arc<Vec<T>>)>>);

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Kept(Mutex::new(None))
    }
}

impl<T> Kept<T> {
    fn of(&self, document: &str) -> Option<Arc<Vec<T>>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|(id, _)| id == document).map(|(_, rows)| rows.clone())
    }

    fn set(&self, report: Option<(String, Arc<Vec<T>>)>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = report;
    }
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
    processing_start_time: Option<String>,
    report_document_id: Option<String>,
}

impl Report {
    fn created(&self) -> Option<Timestamp> {
        let at = chrono::DateTime::parse_from_rfc3339(self.created_time.as_deref()?).ok()?;
        Some(at.to_utc())
    }
}

fn waits<T>(report: &str) -> Step<T> {
    Step::Waits(Pending {
        cursor: Cursor::Made { report }.text(),
        after: ASK_AGAIN,
        handle: Some(report.to_owned()),
    })
}

impl AmazonChannel {
    /// Goes one step on with a report: asks for it, asks whether it is done, or hands on a page of it.
    pub(super) async fn report<T: Clone>(
        &self,
        cx: &CallCx,
        kind: &Kind<T>,
        kept: &Kept<T>,
        from: &PullFrom,
    ) -> Result<Step<T>> {
        let Some(text) = &from.cursor else {
            return self.ask_for_report(cx, kind, from.window).await;
        };
        match Cursor::read(text) {
            Some(Cursor::Made { report }) => self.look_at_report(cx, kind, kept, report).await,
            Some(Cursor::Rows { document, from }) => self.rows(cx, kind, kept, document, from).await,
            None => Err(Error::new(ErrorKind::Invalid, calls::REPORT.op)
                .message(format!("{text:?} is no cursor of a report"))),
        }
    }

    async fn ask_for_report<T>(&self, cx: &CallCx, kind: &Kind<T>, window: Window) -> Result<Step<T>> {
        let op = calls::REPORT.op;
        let asked = serde_json::json!({
            "reportType": kind.name,
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
        Ok(waits(&made.report_id))
    }

    async fn look_at_report<T: Clone>(
        &self,
        cx: &CallCx,
        kind: &Kind<T>,
        kept: &Kept<T>,
        id: &str,
    ) -> Result<Step<T>> {
        let op = calls::REPORT_STATUS.op;
        let path = format!("/reports/2021-06-30/reports/{}", escaped(id));
        let response = self.send(cx, &calls::REPORT_STATUS, Method::GET, &path, Vec::new()).await?;
        if response.status() != StatusCode::OK {
            return Err(parse_error(Some(response.status().as_u16()), response.body()).into_error(op));
        }
        let found: Report = serde_json::from_slice(response.body()).map_err(|_| unreadable(op, "report"))?;
        let gave_up = |why: String| {
            Err(Error::new(ErrorKind::Refused, op).message(format!("report {id} {why}; {}", kind.otherwise)))
        };
        match (found.processing_status.as_str(), &found.report_document_id) {
            ("DONE", Some(document)) => self.rows(cx, kind, kept, document, 0).await,
            // Nothing to report is no error. One that never began was cancelled by somebody, us included, and says nothing.
            ("CANCELLED", _) if kind.overlaps || found.processing_start_time.is_some() => {
                Ok(Step::Rows { rows: Vec::new(), next: None, total: 0 })
            }
            ("CANCELLED", _) => gave_up("was cancelled before Amazon began with it".into()),
            ("DONE", None) => gave_up("is DONE and has no document".into()),
            ("FATAL", _) => gave_up("ended FATAL".into()),
            _ => {
                let late = found.created().is_some_and(|at| self.pipe.server_now() - at >= PATIENCE);
                if !late {
                    return Ok(waits(id));
                }
                self.take_report_back(cx, &path).await?;
                gave_up(format!("was not done after {} minutes", PATIENCE.num_minutes()))
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

    async fn rows<T: Clone>(
        &self,
        cx: &CallCx,
        kind: &Kind<T>,
        kept: &Kept<T>,
        document: &str,
        from: usize,
    ) -> Result<Step<T>> {
        let all = match kept.of(document) {
            Some(all) => all,
            None => {
                let all = Arc::new(self.fetch_report(cx, kind, document).await?);
                kept.set(Some((document.to_owned(), all.clone())));
                all
            }
        };
        let until = from.saturating_add(AT_ONCE).min(all.len());
        let rows = all.get(from..until).unwrap_or_default().to_vec();
        let next = (until < all.len()).then(|| Cursor::Rows { document, from: until }.text());
        if next.is_none() {
            kept.set(None);
        }
        Ok(Step::Rows { rows, next, total: all.len() })
    }

    async fn fetch_report<T>(&self, cx: &CallCx, kind: &Kind<T>, document: &str) -> Result<Vec<T>> {
        let op = calls::REPORT_DOCUMENT.op;
        let path = format!("/reports/2021-06-30/documents/{}", escaped(document));
        let response = self.send(cx, &calls::REPORT_DOCUMENT, Method::GET, &path, Vec::new()).await?;
        if response.status() != StatusCode::OK {
            return Err(parse_error(Some(response.status().as_u16()), response.body()).into_error(op));
        }
        let place: Place =
            serde_json::from_slice(response.body()).map_err(|_| unreadable(op, "place of a document"))?;
        let text = self.text(cx, &calls::REPORT_DOWNLOAD, &place).await?;
        (kind.cut)(&text).ok_or_else(|| {
            Error::new(ErrorKind::Protocol, op).message(format!(
                "document {document} is no {}; a header with {:?} is right",
                kind.name, kind.column
            ))
        })
    }
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
