//! The host's side of the demo: a small ERP that uses the public API alone.
//!
//! It declares what is on hand, follows the engine's changes, picks what was acknowledged and reports the packages, and
//! does for a person what a person would do with a buyer's wish to cancel. All it reports is derived from the order, so
//! that it may be killed and started again: it then says the same once more, which changes nothing.

use super::shop::Shop;
use bytes::Bytes;
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
    time::Duration as Wait,
};
use sutler::{
    Engine, Error, ErrorKind, Result, Ticket,
    channel::Transport,
    command::{CancelReason, IntakeOutcome},
    model::{
        ChannelId, ChannelOrderId, Duration, HoldReason, LineQuantity, Phase, Seq, ShipmentReport, StreamId,
        Timestamp,
    },
    order::WholeOrder,
    ports::Reqwest,
};
use tokio::sync::watch;

/// How long a package takes from the acknowledgment to the dock, marketplace time.
const PICKING: Duration = Duration::minutes(6);
/// It leaves the dock only after a complete read of the marketplace that began this long after the acknowledgment: a
/// buyer's change of mind within that time is seen before the van is.
const LAST_CALL: Duration = Duration::minutes(4);
/// Between two rounds, real time.
const ROUND: Wait = Wait::from_millis(50);

/// An order of a channel.
type Id = (ChannelId, ChannelOrderId);

/// The small ERP.
pub(super) struct Warehouse {
    engine: Engine,
    base_urls: Vec<String>,
    /// What is on hand was counted then, before the first sale.
    counted_at: Timestamp,
    streams: BTreeMap<ChannelId, Vec<StreamId>>,
    seen: Seq,
    /// Orders on their way to the dock, with the instant of their acknowledgment.
    picking: BTreeMap<Id, Timestamp>,
    /// On each channel, the buyer's wish that is left to a person.
    left_to_person: BTreeMap<ChannelId, ChannelOrderId>,
    cancelling: BTreeSet<Id>,
    tickets: VecDeque<Ticket>,
}

impl Warehouse {
    pub(super) fn new(engine: &Engine, shops: &[Shop]) -> Warehouse {
        Warehouse {
            engine: engine.clone(),
            base_urls: shops.iter().map(Shop::base_url).collect(),
            counted_at: shops.iter().map(Shop::origin).min().unwrap_or_else(|| engine.now()),
            streams: shops.iter().map(|shop| (shop.name().into(), shop.streams(engine))).collect(),
            seen: Seq(0),
            picking: BTreeMap::new(),
            left_to_person: BTreeMap::new(),
            cancelling: BTreeSet::new(),
            tickets: VecDeque::new(),
        }
    }

    /// Declares what is on hand; before the first order is judged, or it would seem that nothing is.
    pub(super) async fn open(&mut self) -> Result<()> {
        // Each marketplace tells what the one shelf holds, of the SKUs it lists.
        let mut counted = BTreeMap::new();
        for base_url in &self.base_urls {
            counted.extend(on_hand(base_url).await?);
        }
        for (sku, quantity) in counted {
            let ticket = self.engine.on_hand(sku, quantity).as_of(self.counted_at).await?;
            self.tickets.push_back(ticket);
        }
        Ok(())
    }

    /// Works until told to stop; `busy` says whether anything is under way.
    pub(super) async fn work(
        mut self,
        mut stop: watch::Receiver<bool>,
        busy: watch::Sender<bool>,
    ) -> Result<()> {
        loop {
            let moved = self.round().await?;
            busy.send_replace(moved || !self.picking.is_empty() || !self.tickets.is_empty());
            if moved {
                continue;
            }
            tokio::select! {
                _ = stop.changed() => return Ok(()),
                () = tokio::time::sleep(ROUND) => {}
            }
        }
    }

    /// Looks at what changed, then at what is ready. Answers whether there may be more right now.
    async fn round(&mut self) -> Result<bool> {
        let changes = self.engine.changes(self.seen, 500).await?;
        let mut touched = BTreeSet::new();
        for change in &changes {
            self.seen = change.seq;
            touched.extend(change.channel.clone().zip(change.channel_order_id.clone()));
        }
        for order in touched {
            self.look(order).await?;
        }
        self.ship_ready().await?;
        while let Some(ticket) = self.tickets.front() {
            match ticket.outcome().await? {
                IntakeOutcome::Waiting => break,
                IntakeOutcome::Done(_) | IntakeOutcome::Refused(_) => self.tickets.pop_front(),
            };
        }
        Ok(!changes.is_empty())
    }

    async fn look(&mut self, id: Id) -> Result<()> {
        let (channel, order_id) = id.clone();
        let order = self.engine.order(channel.clone(), order_id.clone()).await?;
        let asked = order.holds().iter().any(|hold| hold.reason == HoldReason::BuyerAskedToCancel);
        if asked {
            self.picking.remove(&id);
            let left = self.left_to_person.entry(channel.clone()).or_insert_with(|| order_id.clone());
            if *left != order_id && self.cancelling.insert(id) {
                let (reason, by) = (CancelReason::BuyerAsked, "the demo's person");
                let ticket = self.engine.cancel(channel, order_id, Vec::new(), reason, by).await?;
                self.tickets.push_back(ticket);
            }
            return Ok(());
        }
        match order.state().acknowledged_at {
            Some(at) if is_ready(&order) => {
                self.picking.insert(id, at);
            }
            _ => {
                self.picking.remove(&id);
            }
        }
        Ok(())
    }

    async fn ship_ready(&mut self) -> Result<()> {
        let now = self.engine.now();
        let channels: Vec<ChannelId> = self.streams.keys().cloned().collect();
        let mut read_at = BTreeMap::new();
        for channel in channels {
            if let Some(at) = self.complete_read(&channel).await? {
                read_at.insert(channel, at);
            }
        }
        let on_the_dock = |id: &Id, at: Timestamp| {
            at + PICKING <= now && read_at.get(&id.0).is_some_and(|read_at| at + LAST_CALL <= *read_at)
        };
        let ready: Vec<(Id, Timestamp)> = self
            .picking
            .iter()
            .filter(|(id, at)| on_the_dock(id, **at))
            .map(|(id, at)| (id.clone(), *at))
            .collect();
        for (id, acknowledged_at) in ready {
            let order = self.engine.order(id.0.clone(), id.1.clone()).await?;
            if is_ready(&order) {
                for report in packages(&order, acknowledged_at + PICKING) {
                    if !order.state().reports.contains_key(&report.package) {
                        let ticket = self.engine.report_shipment(id.0.clone(), id.1.clone(), report).await?;
                        self.tickets.push_back(ticket);
                    }
                }
            }
            self.picking.remove(&id);
        }
        Ok(())
    }

    /// When the last complete read of everything of a channel began.
    async fn complete_read(&self, channel: &ChannelId) -> Result<Option<Timestamp>> {
        let mut oldest: Option<Timestamp> = None;
        for stream in self.streams.get(channel).into_iter().flatten() {
            let row = self.engine.stream(channel.clone(), stream.clone()).await?;
            let Some(at) = row.and_then(|row| row.pulled_at) else { return Ok(None) };
            oldest = Some(oldest.map_or(at, |before| before.min(at)));
        }
        Ok(oldest)
    }
}

/// Taken, told to the marketplace, nothing against it, and something still on our shelves.
fn is_ready(order: &WholeOrder) -> bool {
    let state = order.state();
    matches!(order.phase(), Phase::Open | Phase::PartlyShipped)
        && state.facts.is_sellers()
        && state.is_acknowledged()
        && state.holds.is_empty()
        && state.facts.lines.iter().any(|line| state.counters(line).wanted > 0)
}

/// The packages of an order: one, or for every fourth order of several units two.
fn packages(order: &WholeOrder, shipped_at: Timestamp) -> Vec<ShipmentReport> {
    let state = order.state();
    let id = state.channel_order_id.as_str();
    let hash = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for line in &state.facts.lines {
        let units = line.ordered - state.counters(line).cancelled;
        let now = if hash % 4 == 0 { units.div_ceil(2) } else { units };
        for (parts, quantity) in [(&mut first, now), (&mut second, units - now)] {
            if quantity > 0 {
                parts.push(LineQuantity { line_id: line.line_id.clone(), quantity });
            }
        }
    }
    let (carrier, url) = match hash / 4 % 8 {
        0..=2 => ("UPS", None),
        3..=5 => ("USPS", None),
        6 => ("FedEx", None),
        // A carrier no marketplace lists: buyers need to be told where to look.
        _ => ("Blue Bird Couriers", Some(format!("https://bluebird.example/track/{id}"))),
    };
    // Some marketplaces take letters and digits alone.
    let letters: String = id.chars().filter(char::is_ascii_alphanumeric).collect();
    let package = |number: u32, lines: Vec<LineQuantity>| ShipmentReport {
        package: number,
        carrier: carrier.into(),
        tracking: format!("SU{letters}{number}"),
        tracking_url: url.clone(),
        shipped_at,
        lines,
    };
    let all = [package(1, first), package(2, second)];
    all.into_iter().filter(|package| !package.lines.is_empty()).collect()
}

/// What the seller's shelves hold, as the marketplace's control call tells a new host.
async fn on_hand(base_url: &str) -> Result<BTreeMap<String, i64>> {
    const OP: &str = "demo.on_hand";
    let wrong = |text: String| Error::new(ErrorKind::Remote, OP).message(text);
    let transport: Arc<dyn Transport> = Arc::new(Reqwest::new()?);
    let request = http::Request::get(format!("{base_url}/_sandbox/on-hand"))
        .body(Bytes::new())
        .map_err(|error| wrong(format!("the request cannot be written: {error}")))?;
    let response = transport.send(request).await.map_err(|error| error.error(OP))?;
    serde_json::from_slice(response.body())
        .map_err(|error| wrong(format!("the answer cannot be read: {error}")))
}
