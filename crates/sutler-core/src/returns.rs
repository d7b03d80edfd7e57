//! What buyers send back. The channel tells of it by reads of its own; it folds by the return's identity, and never by itself
//! raises stock: what came back is on hand when somebody counts it.

use crate::{
    channel::{CallCx, Pending, PullFrom},
    error::Result,
    id::{ChannelOrderId, LineId, Sku, StreamId},
    order::Line,
    state::OrderState,
    time::{Duration, Timestamp, millis, millis_option},
};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How far a return is. Only what the channel says; its own words are beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ReturnStage {
    /// The buyer wants to send it back, or has sent it. Also what this version has no word for.
    Announced,
    /// The goods arrived.
    Confirmed,
    /// Over: refunded or replaced, with or without goods that came back.
    Closed,
    /// Taken back by the buyer, or refused.
    Voided,
}

impl ReturnStage {
    /// Every stage with its stable text.
    pub const ALL: &'static [(ReturnStage, &'static str)] = &[
        (ReturnStage::Announced, "announced"),
        (ReturnStage::Confirmed, "confirmed"),
        (ReturnStage::Closed, "closed"),
        (ReturnStage::Voided, "voided"),
    ];

    /// The stable text.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(stage, _)| *stage == self).map_or("unknown", |(_, text)| text)
    }
}

/// Units of one line in a return.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ReturnedUnits {
    /// Which line, where the channel says; a report names the SKU alone.
    pub line_id: Option<LineId>,
    /// The SKU, where the channel says.
    pub sku: Option<Sku>,
    /// Units the buyer sends back.
    pub quantity: u32,
    /// Of these, units the channel shows as arrived.
    pub back: u32,
    /// Why, in the channel's words; empty where it gives none.
    pub reason: String,
}

/// One return of one order, as one read showed it or as all of them fold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Return {
    /// The channel's id of it.
    pub id: String,
    /// How far it is.
    pub stage: ReturnStage,
    /// The same in the channel's words, verbatim.
    pub status: String,
    /// When the buyer asked for it.
    #[serde(with = "millis_option")]
    pub opened_at: Option<Timestamp>,
    /// When it last changed, as the channel says.
    #[serde(with = "millis_option")]
    pub changed_at: Option<Timestamp>,
    /// What of the money, in the channel's words, where it says.
    pub refund: Option<String>,
    /// What is sent back, sorted by line and SKU.
    pub lines: Vec<ReturnedUnits>,
}

/// A return with when the read that told of it was asked, marketplace time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnTold {
    /// When the request was *sent*.
    #[serde(with = "millis")]
    pub asked_at: Timestamp,
    /// What it showed.
    pub told: Return,
}

/// Folds one telling into the returns of an order, which are sorted by id. Any order of arrival and any repetition give the
/// same (G10): what is said of the whole return belongs to the telling asked last, ties to the greater value; lines only
/// grow in number, and their units are maxima. Answers whether anything but the instant changed.
pub fn fold(all: &mut Vec<ReturnTold>, seen: &ReturnTold) -> bool {
    let ours = match all.binary_search_by(|one| one.told.id.cmp(&seen.told.id)) {
        Ok(found) => &mut all[found],
        Err(place) => {
            let mut first = seen.clone();
            let lines = std::mem::take(&mut first.told.lines);
            lines.iter().for_each(|line| fold_line(&mut first.told.lines, line));
            all.insert(place, first);
            return true;
        }
    };
    let before = ours.told.clone();
    let later = seen.asked_at > ours.asked_at
        || (seen.asked_at == ours.asked_at && rank(&seen.told) > rank(&ours.told));
    if later {
        let lines = std::mem::take(&mut ours.told.lines);
        ours.told = Return { lines, ..seen.told.clone() };
        ours.asked_at = seen.asked_at;
    }
    seen.told.lines.iter().for_each(|line| fold_line(&mut ours.told.lines, line));
    ours.told != before
}

fn rank(told: &Return) -> impl Ord + '_ {
    (told.stage, &told.status, told.opened_at, told.changed_at, &told.refund)
}

fn fold_line(ours: &mut Vec<ReturnedUnits>, told: &ReturnedUnits) {
    match ours.binary_search_by(|one| (&one.line_id, &one.sku).cmp(&(&told.line_id, &told.sku))) {
        Ok(found) => {
            let one = &mut ours[found];
            one.quantity = one.quantity.max(told.quantity);
            one.back = one.back.max(told.back);
            if told.reason > one.reason {
                one.reason.clone_from(&told.reason);
            }
        }
        Err(place) => ours.insert(place, told.clone()),
    }
}

impl OrderState {
    /// Units of a line that came back. Part of what was shipped.
    pub fn returned(&self, line: &Line) -> u32 {
        let first = |sku: &Sku| self.facts.lines.iter().find(|one| one.sku.as_ref() == Some(sku));
        let of = |part: &&ReturnedUnits| match (&part.line_id, &part.sku) {
            (Some(id), _) => *id == line.line_id,
            (None, Some(sku)) => first(sku).is_some_and(|one| one.line_id == line.line_id),
            (None, None) => false,
        };
        let parts = self.returns.iter().flat_map(|one| &one.told.lines).filter(of);
        parts.map(|part| part.back).fold(0, u32::saturating_add).min(line.ordered)
    }
}

/// How the returns of a channel are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnsSpec {
    /// The name under which it is kept how far they were read.
    pub stream: StreamId,
    /// How far back the first window reaches.
    pub horizon: Duration,
    /// How long before the last read every later window begins: as long as a return may be invisible, or change without the
    /// window showing it.
    pub overlap: Duration,
    /// From the end of one read to the next.
    pub every: Duration,
    /// The full budget scope of a page.
    pub budget: Arc<str>,
}

/// One page of returns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReturnPage {
    /// Returns, each with the order it belongs to.
    pub returns: Vec<(ChannelOrderId, Return)>,
    /// Where to go on; none at the end of the window.
    pub next: Option<String>,
}

/// What a read of returns gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReturnsPulled {
    /// A page.
    Page(ReturnPage),
    /// The channel works on it (a report).
    Pending(Pending),
}

/// The returns of a channel, where its marketplace tells of them.
#[async_trait]
pub trait ReturnsChannel: Send + Sync {
    /// How they are read.
    fn spec(&self) -> ReturnsSpec;
    /// Reads one page of a window.
    async fn pull(&self, cx: &CallCx, from: &PullFrom) -> Result<ReturnsPulled>;
}
