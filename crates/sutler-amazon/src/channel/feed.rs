//! Feeds 2021-06-30: work that Amazon accepts and does later. Cancellations go this way, and levels where there are many.

use super::{AmazonChannel, document::Place, unreadable};
use crate::{
    calls,
    dialect::{AmazonError, parse_error},
    map::{
        cancel,
        feed::{self, Kind, ListingsReport},
    },
};
use http::{Method, StatusCode};
use serde::Deserialize;
use sutler_core::{
    channel::{CallCx, Fetched, Probe, Receipt, Settled},
    command::{Act, Command, SetLevel},
    error::{Applied, Error, ErrorKind, Result},
    time::{Duration, Timestamp},
};
use sutler_http::Call;
use sutler_wire::escaped;

/// A feed of levels that is in the queue for this long is taken back: its SKUs would stand still behind it (inferred: 5 to 30
/// minutes are usual, some were stuck for days).
const QUEUE_PATIENCE: Duration = Duration::minutes(20);

/// What a posted feed came to.
enum Posted {
    Taken(String),
    Refused(AmazonError),
}

/// A feed, as `getFeed` shows it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Feed {
    processing_status: String,
    created_time: Option<String>,
    result_feed_document_id: Option<String>,
}

impl Feed {
    fn waits_since(&self) -> Option<Timestamp> {
        let at = chrono::DateTime::parse_from_rfc3339(self.created_time.as_deref()?).ok()?;
        (self.processing_status == "IN_QUEUE").then(|| at.to_utc())
    }
}

impl AmazonChannel {
    /// Cancels whole lines of an order, by a feed of one message.
    pub(super) async fn cancel(&self, cx: &CallCx, command: &Command) -> Result<Receipt> {
        let (Act::Cancel(lines), Some(order)) = (&command.act, &command.channel_order_id) else {
            return Err(Error::new(ErrorKind::Invalid, calls::CANCEL.op)
                .message(format!("command {} is no cancellation of an order", command.key)));
        };
        let body = feed::cancellation(self.seller.as_str(), order, lines);
        let marketplace = self.sold_at(order).unwrap_or_else(|| self.settings.home().to_owned());
        Ok(match self.post(cx, &calls::CANCEL, feed::CANCELLATIONS, &marketplace, body).await? {
            Posted::Taken(handle) => Receipt::Accepted { handle },
            Posted::Refused(said) => Receipt::Refused { code: said.code(), why: said.message },
        })
    }

    /// Sets many levels at once.
    pub(super) async fn set_levels(&self, cx: &CallCx, sets: &[&SetLevel]) -> Result<Vec<Receipt>> {
        let body = feed::levels(self.seller.as_str(), super::stock::OWN, sets);
        let home = self.settings.home().to_owned();
        let receipt = match self.post(cx, &calls::SET_LEVELS, feed::LISTINGS, &home, body).await? {
            Posted::Taken(handle) => Receipt::Accepted { handle },
            Posted::Refused(said) => Receipt::Refused { code: said.code(), why: said.message },
        };
        Ok(vec![receipt; sets.len()])
    }

    /// A place for the document, the document, and then the feed: only the last of the three has an effect.
    async fn post(
        &self,
        cx: &CallCx,
        call: &Call,
        kind: Kind,
        marketplace: &str,
        body: Vec<u8>,
    ) -> Result<Posted> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Made {
            feed_document_id: String,
            url: String,
        }
        let op = calls::FEED_DOCUMENT.op;
        let asked = serde_json::json!({"contentType": kind.media}).to_string().into_bytes();
        let path = "/feeds/2021-06-30/documents";
        let response = self.send(cx, &calls::FEED_DOCUMENT, Method::POST, path, asked).await?;
        if !response.status().is_success() {
            return Err(parse_error(Some(response.status().as_u16()), response.body())
                .into_error(op)
                .with_applied(Applied::No));
        }
        let made: Made =
            serde_json::from_slice(response.body()).map_err(|_| unreadable(op, "place of a document"))?;
        self.put(cx, &calls::FEED_UPLOAD, &made.url, kind.media, body).await?;
        let asked = serde_json::json!({
            "feedType": kind.name,
            "marketplaceIds": [marketplace],
            "inputFeedDocumentId": made.feed_document_id,
        });
        let body = asked.to_string().into_bytes();
        let response = self.send(cx, call, Method::POST, "/feeds/2021-06-30/feeds", body).await?;
        if !response.status().is_success() {
            return Ok(Posted::Refused(parse_error(Some(response.status().as_u16()), response.body())));
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Taken {
            feed_id: String,
        }
        let taken: Taken = serde_json::from_slice(response.body())
            .map_err(|_| unreadable(call.op, "feed with an id").with_applied(Applied::Unknown))?;
        Ok(Posted::Taken(taken.feed_id))
    }

    /// What became of a feed, for each command that went with it.
    pub(super) async fn feed_outcome(
        &self,
        cx: &CallCx,
        handle: &str,
        commands: &[Command],
    ) -> Result<Settled> {
        let Some(found) = self.feed(cx, handle).await? else {
            return Ok(Settled::Lost { why: format!("amazon does not know feed {handle}") });
        };
        let is_stock = commands.iter().all(|command| matches!(command.act, Act::SetLevel(_)));
        let all = |code: &str, why: String| {
            let refused = Receipt::Refused { code: code.into(), why };
            Ok(Settled::Receipts(vec![refused; commands.len()]))
        };
        match (found.processing_status.as_str(), &found.result_feed_document_id) {
            ("DONE", Some(document)) => self.read_result(cx, handle, document, commands).await,
            ("DONE", None) => Ok(Settled::Lost { why: format!("feed {handle} is DONE and has no report") }),
            ("CANCELLED", _) => all(
                "FEED_CANCELLED",
                format!("feed {handle} was cancelled before it began; nothing of it applies"),
            ),
            // "Some, none, or all of the operations may have completed": a level is read again, a cancellation looked for.
            ("FATAL", _) if is_stock => {
                all("FEED_FATAL", format!("feed {handle} ended FATAL; what of it applied is not known"))
            }
            ("FATAL", _) => Ok(Settled::Lost {
                why: format!("FEED_FATAL: feed {handle} ended FATAL; what of it applied is not known"),
            }),
            _ => {
                let now = self.pipe.server_now();
                let stuck =
                    is_stock && found.waits_since().is_some_and(|since| now - since >= QUEUE_PATIENCE);
                if stuck && self.take_back(cx, handle).await? {
                    return all(
                        "FEED_STUCK",
                        format!(
                            "feed {handle} had not begun after {} minutes and was taken back; nothing of it applies",
                            QUEUE_PATIENCE.num_minutes()
                        ),
                    );
                }
                Ok(Settled::NotYet)
            }
        }
    }

    async fn feed(&self, cx: &CallCx, handle: &str) -> Result<Option<Feed>> {
        let op = calls::FEED_STATUS.op;
        let path = format!("/feeds/2021-06-30/feeds/{}", escaped(handle));
        let response = self.send(cx, &calls::FEED_STATUS, Method::GET, &path, Vec::new()).await?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        if response.status() != StatusCode::OK {
            return Err(parse_error(Some(response.status().as_u16()), response.body()).into_error(op));
        }
        serde_json::from_slice(response.body()).map(Some).map_err(|_| unreadable(op, "feed"))
    }

    /// Cancels a feed that has not begun. Answers whether it did: one that has begun meanwhile goes on.
    async fn take_back(&self, cx: &CallCx, handle: &str) -> Result<bool> {
        let path = format!("/feeds/2021-06-30/feeds/{}", escaped(handle));
        match self.send(cx, &calls::FEED_CANCEL, Method::DELETE, &path, Vec::new()).await {
            Ok(response) => Ok(response.status().is_success()),
            Err(error) if matches!(error.kind(), ErrorKind::Refused | ErrorKind::NotFound) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn read_result(
        &self,
        cx: &CallCx,
        handle: &str,
        document: &str,
        commands: &[Command],
    ) -> Result<Settled> {
        let op = calls::FEED_RESULT.op;
        let path = format!("/feeds/2021-06-30/documents/{}", escaped(document));
        let response = self.send(cx, &calls::FEED_RESULT, Method::GET, &path, Vec::new()).await?;
        if response.status() != StatusCode::OK {
            return Err(parse_error(Some(response.status().as_u16()), response.body()).into_error(op));
        }
        let place: Place =
            serde_json::from_slice(response.body()).map_err(|_| unreadable(op, "place of a document"))?;
        let text = self.text(cx, &calls::FEED_DOWNLOAD, &place).await?;
        let unclear =
            || Settled::Lost { why: format!("the report of feed {handle} says neither yes nor no") };
        if let [command] = commands
            && let Act::Cancel(_) = command.act
        {
            let Some(receipt) = feed::read_cancellation_report(handle, &text) else { return Ok(unclear()) };
            return Ok(Settled::Receipts(vec![self.or_already(cx, command, receipt).await]));
        }
        let Some(report) = ListingsReport::read(&text) else { return Ok(unclear()) };
        let receipts = commands.iter().map(|command| match &command.act {
            Act::SetLevel(set) => report.receipt(handle, set),
            _ => Receipt::Refused {
                code: "not_in_feed".into(),
                why: format!("command {} is not a level", command.key),
            },
        });
        Ok(Settled::Receipts(receipts.collect()))
    }

    /// A cancellation that is refused because it has happened already is done: only the order tells.
    async fn or_already(&self, cx: &CallCx, command: &Command, receipt: Receipt) -> Receipt {
        if !matches!(receipt, Receipt::Refused { .. }) {
            return receipt;
        }
        match self.look_for_cancellation(cx, command).await {
            Ok(Probe::Happened { evidence }) => Receipt::Done { evidence },
            _ => receipt,
        }
    }

    /// Does the order show the lines of a cancellation as cancelled?
    pub(super) async fn look_for_cancellation(&self, cx: &CallCx, command: &Command) -> Result<Probe> {
        let Some(id) = &command.channel_order_id else {
            return Ok(Probe::Inconclusive { why: "the command belongs to no order".into() });
        };
        Ok(match self.one(cx, id).await? {
            Fetched::Found(raw, _) => cancel::judge(command, &crate::map::order(&raw)),
            Fetched::NotVisible => Probe::Inconclusive { why: "the order is not visible now".into() },
        })
    }
}
