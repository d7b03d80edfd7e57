//! Questions about orders: narrowed step by step, answered page by page.

use crate::host::Host;
use rust_decimal::Decimal;
use std::collections::VecDeque;
use sutler_core::{
    Result, Timestamp,
    hold::{Exception, Hold, HoldReason},
    id::{ChannelId, ChannelOrderId},
    money::Money,
    ports::store::{InboxQuery, StoreExt, View},
    state::{OrderState, Phase},
};

pub use sutler_core::ports::store::{InboxPage, InboxRow, Sort};

/// Orders a page holds unless said.
const PAGE: u32 = 50;

/// A question about orders. Every narrowing adds to those before; which combinations are answered from an index is listed
/// with the store, and the others are refused, saying what would be right.
#[derive(Clone, Debug)]
pub struct Orders {
    host: Host,
    query: InboxQuery,
}

impl Orders {
    pub(crate) fn new(host: Host) -> Orders {
        Orders { host, query: InboxQuery { limit: PAGE, ..InboxQuery::default() } }
    }

    fn narrowed(mut self, narrow: impl FnOnce(&mut InboxQuery)) -> Orders {
        narrow(&mut self.query);
        self
    }

    /// Of one channel.
    pub fn channel(self, channel: impl Into<ChannelId>) -> Orders {
        let channel = channel.into();
        self.narrowed(|query| query.channel = Some(channel))
    }

    /// In one phase.
    pub fn phase(self, phase: Phase) -> Orders {
        self.narrowed(|query| query.phase = Some(phase))
    }

    /// Those that wait for a person or for stock.
    pub fn held(self) -> Orders {
        self.phase(Phase::Held)
    }

    /// Held for this reason.
    pub fn held_for(self, reason: HoldReason) -> Orders {
        self.narrowed(|query| query.hold = Some(reason))
    }

    /// Only those with something a person should see.
    pub fn with_exceptions(self) -> Orders {
        self.narrowed(|query| query.exceptions = true)
    }

    /// Placed at or after.
    pub fn placed_from(self, from: Timestamp) -> Orders {
        self.narrowed(|query| query.placed_from = Some(from))
    }

    /// Placed before.
    pub fn placed_before(self, to: Timestamp) -> Orders {
        self.narrowed(|query| query.placed_to = Some(to))
    }

    /// With a total of at least this, in major units.
    pub fn amount_from(self, from: Decimal) -> Orders {
        self.narrowed(|query| query.amount_from = Some(from))
    }

    /// With a total of at most this, in major units.
    pub fn amount_to(self, to: Decimal) -> Orders {
        self.narrowed(|query| query.amount_to = Some(to))
    }

    /// With this order id; ending in `*`, those that begin so.
    pub fn order_id(self, pattern: impl Into<String>) -> Orders {
        self.narrowed(|query| query.order_id = Some(pattern.into()))
    }

    /// With a line of this SKU; ending in `*`, of those that begin so.
    pub fn sku(self, pattern: impl Into<String>) -> Orders {
        self.narrowed(|query| query.sku = Some(pattern.into()))
    }

    /// How they are sorted; newest placed first unless said.
    pub fn sort(self, sort: Sort) -> Orders {
        self.narrowed(|query| query.sort = sort)
    }

    /// Orders a page, 1 to 500; 50 unless said.
    pub fn limit(self, limit: u32) -> Orders {
        self.narrowed(|query| query.limit = limit)
    }

    /// Goes on where a page ended: its `next`, unchanged.
    pub fn after(self, cursor: impl Into<String>) -> Orders {
        self.narrowed(|query| query.after = Some(cursor.into()))
    }

    /// One page, with why each order stands where it stands.
    ///
    /// # Errors
    /// `Invalid` when the question has no index, saying what would be right.
    pub async fn page(&self) -> Result<Page> {
        let query = self.query.clone();
        self.host
            .store
            .view(move |view| {
                let InboxPage { rows, next } = view.inbox(&query)?;
                let mut orders = Vec::with_capacity(rows.len());
                for row in rows {
                    // A row without its order cannot be: both are read under one snapshot.
                    if let Some(state) = view.order(row.key)? {
                        let why = state.why();
                        orders.push(Listed::new(row, state.holds, state.exceptions, why));
                    }
                }
                Ok(Page { orders, next })
            })
            .await
    }

    /// One page of whole states, each with its next deadline, and where to go on.
    ///
    /// # Errors
    /// As [`Orders::page`].
    pub async fn states(&self) -> Result<(Vec<(OrderState, Option<Timestamp>)>, Option<String>)> {
        let query = self.query.clone();
        let read = move |view: &dyn View| {
            let InboxPage { rows, next } = view.inbox(&query)?;
            let mut states = Vec::with_capacity(rows.len());
            for row in rows {
                states.extend(view.order(row.key)?.map(|state| (state, row.due_at)));
            }
            Ok((states, next))
        };
        self.host.store.view(read).await
    }

    /// One page of the columns alone: what a list shows, at a fraction of the cost.
    ///
    /// # Errors
    /// As [`Orders::page`].
    pub async fn rows(&self) -> Result<InboxPage> {
        let query = self.query.clone();
        self.host.store.view(move |view| view.inbox(&query)).await
    }

    /// All of them, one after the other, read page by page.
    ///
    /// ```
    /// # async fn list(host: sutler::Host) -> sutler::Result<()> {
    /// let mut held = host.orders().held().each();
    /// while let Some(order) = held.next().await? {
    ///     println!("{}: {}", order.channel_order_id, order.why());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn each(self) -> Each {
        Each { next: Some(self), page: VecDeque::new() }
    }
}

/// One page of orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its orders.
    pub orders: Vec<Listed>,
    /// Where to go on, for [`Orders::after`]; none at the end.
    pub next: Option<String>,
}

impl IntoIterator for Page {
    type Item = Listed;
    type IntoIter = std::vec::IntoIter<Listed>;

    fn into_iter(self) -> Self::IntoIter {
        self.orders.into_iter()
    }
}

/// One order in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The channel it came by.
    pub channel: ChannelId,
    /// The channel's id.
    pub channel_order_id: ChannelOrderId,
    /// Where it is.
    pub phase: Phase,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// Its next deadline, if any.
    pub due_at: Option<Timestamp>,
    /// Its total, if the channel gives one.
    pub total: Option<Money>,
    /// Has the channel our acknowledgment?
    pub acknowledged: bool,
    /// Number of lines.
    pub lines: u32,
    /// Why it waits.
    pub holds: Vec<Hold>,
    /// What a person should see.
    pub exceptions: Vec<Exception>,
    why: String,
}

impl Listed {
    fn new(row: InboxRow, holds: Vec<Hold>, exceptions: Vec<Exception>, why: String) -> Listed {
        Listed {
            channel: row.channel,
            channel_order_id: row.channel_order_id,
            phase: row.phase,
            placed_at: row.placed_at,
            due_at: row.due_at,
            total: row.total,
            acknowledged: row.acknowledged,
            lines: row.lines,
            holds,
            exceptions,
            why,
        }
    }

    /// Why it stands where it stands, in one sentence.
    pub fn why(&self) -> &str {
        &self.why
    }
}

/// Orders one after the other; the next page is read when it is needed.
#[derive(Debug)]
pub struct Each {
    next: Option<Orders>,
    page: VecDeque<Listed>,
}

impl Each {
    /// The next order; none at the end.
    ///
    /// # Errors
    /// As [`Orders::page`].
    pub async fn next(&mut self) -> Result<Option<Listed>> {
        while self.page.is_empty() {
            let Some(question) = self.next.take() else { return Ok(None) };
            let page = question.page().await?;
            self.next = page.next.map(|cursor| question.after(cursor));
            self.page = page.orders.into();
        }
        Ok(self.page.pop_front())
    }
}
