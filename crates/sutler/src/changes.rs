//! What changed, in commit order: how a host follows an engine.

use crate::order::words;
use std::collections::BTreeMap;
use sutler_core::{
    Error, Result, Timestamp,
    error::ErrorKind,
    id::{ChannelId, ChannelOrderId, OrderKey, Seq},
    journal::Entry,
    ports::store::View,
    state::Phase,
};

/// The most changes one question may ask for.
const LIMIT_MAX: usize = 10_000;

/// One change. It is there because it was committed: nothing below its `seq` can still appear (G3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its position: ask for what comes after it next time.
    pub seq: Seq,
    /// When it was written, marketplace time.
    pub at: Timestamp,
    /// The channel it is about, if one.
    pub channel: Option<ChannelId>,
    /// The order it is about, if one.
    pub channel_order_id: Option<ChannelOrderId>,
    /// Where that order stands *now*, which may be later than this change.
    pub phase: Option<Phase>,
    /// What happened.
    pub entry: Entry,
}

impl Change {
    /// The stable name of its kind (`observed`, `decided`, `intended`, `stepped`, `reported`, `released`, `judged`, `counted`, …).
    pub fn kind(&self) -> &'static str {
        self.entry.kind()
    }

    /// What happened, in one sentence without personal data.
    pub fn words(&self) -> String {
        words(&self.entry)
    }
}

pub(crate) fn read(view: &dyn View, after: Seq, limit: usize) -> Result<Vec<Change>> {
    if limit == 0 || limit > LIMIT_MAX {
        return Err(Error::new(ErrorKind::Invalid, "host.changes")
            .message(format!("{limit} changes at once are not possible; 1 to {LIMIT_MAX} are")));
    }
    if after.0 < 0 {
        return Err(Error::new(ErrorKind::Invalid, "host.changes").message(format!(
            "after {} is no position; 0 for the beginning, or one that was given",
            after.0
        )));
    }
    let mut orders: BTreeMap<OrderKey, Option<(ChannelOrderId, Phase)>> = BTreeMap::new();
    let mut all = Vec::new();
    for row in view.journal(after, limit)? {
        let about = match row.order {
            None => None,
            Some(key) => match orders.get(&key) {
                Some(known) => known.clone(),
                None => {
                    let found = view.order(key)?.map(|o| (o.channel_order_id.clone(), o.phase()));
                    orders.insert(key, found.clone());
                    found
                }
            },
        };
        let (channel_order_id, phase) = about.unzip();
        all.push(Change {
            seq: row.seq,
            at: row.at,
            channel: row.channel,
            channel_order_id,
            phase,
            entry: row.entry,
        });
    }
    Ok(all)
}
