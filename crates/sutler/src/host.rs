//! A handle on a store beside its engine: reads, and asks. Any process may have one, also while the engine runs elsewhere.

use crate::{
    changes::{self, Change},
    clock::MarketClock,
    metrics, open,
    order::WholeOrder,
    orders::Orders,
};
use std::{fmt, sync::Arc};
use sutler_core::{
    Error, Result, Timestamp,
    command::{Command, State},
    deadline::DeadlinePolicies,
    error::ErrorKind,
    id::{ChannelId, ChannelOrderId, Seq, Sku},
    metric::Metric,
    ports::{
        Clock,
        store::{ChannelRow, Store, StoreExt, StreamRow, Totals},
    },
    stock::{Item, Listing},
};

/// Reads a store and asks its engine for things. Cheap to clone.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> sutler::Result<()> {
/// # let dir = tempfile::tempdir().unwrap();
/// # let url = dir.path().join("orders.db").display().to_string();
/// let engine = sutler::Engine::open(&url).start().await?;     // in one process
/// let host = sutler::Host::open(&url).await?;                 // in another
/// let ticket = host.on_hand("SKU-1", 40).await?;              // durable; the engine takes it when it runs
/// assert!(host.orders().page().await?.orders.is_empty());
/// # let _ = (engine, ticket); Ok(()) }
/// ```
#[derive(Clone)]
pub struct Host {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) deadlines: Arc<DeadlinePolicies>,
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host").field("store", &self.store).finish_non_exhaustive()
    }
}

/// How a host's handle is opened; awaiting it opens it.
#[derive(Debug)]
pub struct HostBuilder {
    url: String,
    tenant: String,
    clock: Arc<dyn Clock>,
    deadlines: DeadlinePolicies,
}

impl HostBuilder {
    /// Opened for this tenant; `default` unless said.
    pub fn tenant(mut self, tenant: impl Into<String>) -> HostBuilder {
        self.tenant = tenant.into();
        self
    }

    /// The marketplace's time, where it is not real time.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> HostBuilder {
        self.clock = clock;
        self
    }

    /// How deadlines are reckoned that the channel does not give, where the engine's policy says otherwise.
    pub fn deadlines(mut self, deadlines: DeadlinePolicies) -> HostBuilder {
        self.deadlines = deadlines;
        self
    }

    /// Opens it.
    ///
    /// # Errors
    /// `NotFound` when no engine made the store yet, `Store` or `NewerSchema` when it cannot be read, `Config` for a place
    /// no other process can see.
    pub async fn open(self) -> Result<Host> {
        Ok(Host {
            store: open::host(&self.url, &self.tenant)?,
            clock: self.clock,
            deadlines: Arc::new(self.deadlines),
        })
    }
}

impl IntoFuture for HostBuilder {
    type Output = Result<Host>;
    type IntoFuture = sutler_core::ports::BoxFuture<'static, Result<Host>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.open())
    }
}

impl Host {
    /// Opens a store that an engine made: a path or `sqlite:PATH`. Await the answer.
    pub fn open(url: impl Into<String>) -> HostBuilder {
        HostBuilder {
            url: url.into(),
            tenant: open::TENANT.into(),
            clock: Arc::new(MarketClock::real()),
            deadlines: DeadlinePolicies::published(),
        }
    }

    /// Marketplace time, by this handle's clock.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A span of real time on the marketplace's clock.
    pub(crate) fn real_span(&self, span: std::time::Duration) -> sutler_core::time::Duration {
        self.clock.real(span)
    }

    /// A question about orders: narrow it, then ask for a page.
    pub fn orders(&self) -> Orders {
        Orders::new(self.clone())
    }

    /// One whole order: its lines and counters, holds with their proofs, commands, deadlines and everything that ever
    /// happened to it.
    ///
    /// # Errors
    /// `NotFound` naming the order and the channels there are.
    pub async fn order(
        &self,
        channel: impl Into<ChannelId>,
        order: impl Into<ChannelOrderId>,
    ) -> Result<WholeOrder> {
        let (channel, order) = (channel.into(), order.into());
        let (deadlines, now) = (self.deadlines.clone(), self.now());
        self.store.view(move |view| WholeOrder::read(view, &channel, &order, &deadlines, now)).await
    }

    /// What changed after `after`, in commit order, at most `limit` (1 to 10,000): a reader that goes on from the last
    /// `seq` it saw misses nothing and sees nothing twice.
    ///
    /// # Errors
    /// `Invalid` for another limit.
    pub async fn changes(&self, after: Seq, limit: usize) -> Result<Vec<Change>> {
        self.store.view(move |view| changes::read(view, after, limit)).await
    }

    /// How many orders stand where, and the position of the last change.
    pub async fn totals(&self) -> Result<Totals> {
        self.store.view(|view| view.totals()).await
    }

    /// How a channel stands against its marketplace's published standards, counted from the journal. Reads the orders of the
    /// window page by page, each with its whole history: of a large account, ask when you need it, not each second.
    ///
    /// # Errors
    /// `NotFound` naming the channels there are.
    pub async fn metrics(&self, channel: impl Into<ChannelId>) -> Result<Vec<Metric>> {
        metrics::read(self, channel.into()).await
    }

    /// Every channel the store knows, with its seller and its lease.
    pub async fn channels(&self) -> Result<Vec<ChannelRow>> {
        self.store.view(|view| view.channels()).await
    }

    /// How far one stream of a channel was read; none when it never was.
    pub async fn stream(
        &self,
        channel: impl Into<ChannelId>,
        stream: impl Into<sutler_core::id::StreamId>,
    ) -> Result<Option<StreamRow>> {
        let (channel, stream) = (channel.into(), stream.into());
        self.store.view(move |view| view.stream(&channel, &stream)).await
    }

    /// Commands of a channel that are in one state, most urgent first, at most `limit`.
    pub async fn commands(
        &self,
        channel: impl Into<ChannelId>,
        state: State,
        limit: usize,
    ) -> Result<Vec<Command>> {
        let channel = channel.into();
        self.store.view(move |view| view.open_commands(&channel, state, limit)).await
    }

    /// One item: counted, departed, wanted, promised. None when nobody ever named it.
    pub async fn item(&self, sku: impl Into<Sku>) -> Result<Option<Item>> {
        let sku = sku.into();
        self.store.view(move |view| view.item(&sku)).await
    }

    /// Items by SKU, after `after`, at most `limit`.
    pub async fn items(&self, after: Option<Sku>, limit: usize) -> Result<Vec<Item>> {
        self.store.view(move |view| view.items(after.as_ref(), limit)).await
    }

    /// What a channel offers of each SKU, as far as we know: by SKU, after `after`, at most `limit`.
    pub async fn listings(
        &self,
        channel: impl Into<ChannelId>,
        after: Option<Sku>,
        limit: usize,
    ) -> Result<Vec<Listing>> {
        let channel = channel.into();
        self.store.view(move |view| view.listings(&channel, after.as_ref(), limit)).await
    }
}

/// An order nobody knows, with what would be right.
pub(crate) fn unknown_order(
    view: &dyn sutler_core::ports::store::View,
    channel: &ChannelId,
    order: &ChannelOrderId,
) -> Error {
    let known = view.channels().unwrap_or_default();
    let names: Vec<&str> = known.iter().map(|row| row.id.as_str()).collect();
    let message = if names.is_empty() {
        format!("order {order} of channel {channel} is not here; no channel was ever read into this store")
    } else if !names.contains(&channel.as_str()) {
        format!("there is no channel {channel}; the channels are {}", names.join(", "))
    } else {
        format!(
            "channel {channel} has no order {order}; the id the marketplace gave it is right, once a pull has brought it"
        )
    };
    Error::new(ErrorKind::NotFound, "host.order").message(message)
}
