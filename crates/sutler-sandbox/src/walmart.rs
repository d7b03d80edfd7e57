//! A local Walmart Marketplace (US): orders, acknowledgments, shipments, cancellations, refunds, stock, feeds, tokens and limits.
//!
//! [`World`] is the marketplace, [`World::receive`] its front door: every path, also those under `/_sandbox/` with which
//! a test places orders and counts effects (see [`control`]). Times are marketplace time and always given by the caller.
//!
//! What is modelled comes from Walmart's published specification and rate table and from facts reported by sellers in
//! production. Where no fact was found the choice is stated at its place.

mod carriers;
pub mod control;
mod cursor;
mod due;
mod feeds;
mod inventory;
mod limits;
mod log;
mod market;
mod order;
mod order_json;
mod orders_read;
mod orders_write;
mod refunds;
mod refusal;
mod rendered;
mod returns;
mod route;
mod settings;
mod shipment;
mod token;
mod write;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use base64::Engine as _;
use bytes::Bytes;

use self::due::Event;
use self::feeds::Feed;
use self::limits::Limits;
use self::order::Order;
use self::refusal::Refusal;
use self::rendered::Rendered;
use self::returns::Return;
use self::route::HEARD;
pub use self::settings::Settings;
use crate::Timestamp;
use crate::clock::{Ms, timestamp};
use crate::dice::{Dice, Roll, identity};
pub use crate::effects::Effects;
pub use crate::faults::{Faults, PerMille};
pub use crate::log::RecoverError;
use crate::log::{Entry, Log};
pub use crate::marketplace::Reply;
pub use crate::plan;
use crate::plan::{Plan, PlanEntry};
use crate::queue::Queue;
use crate::request::Ask;
use crate::shelf::{self, Pool, Share, Shelf};
use crate::standard::standard;
use crate::tokens::Tokens;

/// Every fault that can fire here, by the name under which [`World::fired`] counts it.
pub const FAULTS: [&str; 22] = [
    "late_visible",
    "read_lag",
    "page_repeat",
    "throttle",
    "storm",
    "small_bucket",
    "error_before",
    "error_after",
    "lost_before",
    "lost_after",
    "late_apply",
    "stock_ignored",
    "token_death",
    "token_refused",
    "outage",
    "unknown_text",
    "loose",
    "cursor_variants",
    "header_variants",
    "masked",
    "feed_no_id",
    "feed_stuck",
];

/// One seller's view of the marketplace, with all that happens in it.
#[derive(Debug, Clone)]
pub struct World {
    settings: Settings,
    basic: String,
    now: Ms,
    orders: Vec<Order>,
    /// Looked up by name only, so its order never shows.
    by_id: HashMap<String, u32>,
    stock: Shelf,
    share: Option<Share>,
    /// Whether the shelf ever was a shared one.
    shared: bool,
    feeds: Vec<Feed>,
    returns: Vec<Return>,
    due: Queue<Event>,
    tokens: Tokens,
    limits: Limits,
    /// How often a request of that identity came; looked up only.
    attempts: HashMap<u64, u64>,
    effects: Effects,
    fired: BTreeMap<&'static str, u64>,
    changes: u64,
    replies: u64,
    /// Answers under way that tell their client of an order for the first time.
    in_flight: BTreeSet<u64>,
    log: Log,
    replaying: bool,
    rendered: Rendered,
}

/// A good answer on its way out.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Page {
    body: String,
    xml: bool,
    /// The orders it tells of.
    named: Vec<u32>,
}

impl Page {
    fn json(body: String) -> Page {
        Page { body, xml: false, named: Vec::new() }
    }
}

/// How a call ended.
#[derive(Debug)]
pub(crate) enum Outcome {
    Answer(Result<Page, Refusal>),
    Lost,
}

impl World {
    /// A world of these settings, at the earlier of its origin and its first order.
    pub fn new(settings: Settings) -> World {
        let mut on_hand: Vec<(String, i64)> = Vec::new();
        let (planned, stale) = match &settings.plan {
            Plan::Standard => {
                let (orders, shelf) = standard(&settings.mix());
                on_hand = shelf;
                (orders, true)
            }
            Plan::Explicit(orders) => (orders.clone(), false),
        };
        on_hand.extend(settings.on_hand.iter().map(|(sku, quantity)| (sku.clone(), *quantity)));
        let origin = settings.origin.timestamp_millis();
        let first = planned.iter().map(|order| order.placed_at.timestamp_millis()).min();
        let start = first.map_or(origin, |first| first.min(origin));
        let pair = format!("{}:{}", settings.client_id, settings.client_secret);
        let mut world = World {
            basic: base64::engine::general_purpose::STANDARD.encode(pair),
            now: start,
            orders: Vec::with_capacity(planned.len()),
            by_id: HashMap::with_capacity(planned.len()),
            stock: Shelf::new(),
            share: None,
            shared: false,
            feeds: Vec::new(),
            returns: Vec::new(),
            due: Queue::with_capacity(planned.len() * 3 + 8),
            tokens: Tokens::default(),
            limits: Limits::new(start, settings.rate_factor, settings.faults.bucket_percent),
            attempts: HashMap::new(),
            effects: Effects::default(),
            fired: BTreeMap::new(),
            changes: 0,
            replies: 0,
            in_flight: BTreeSet::new(),
            log: Log::default(),
            replaying: false,
            rendered: Rendered::default(),
            settings,
        };
        for (sku, quantity) in on_hand {
            world.stock.entry(sku).or_default().declare(quantity);
        }
        for order in &planned {
            for line in &order.lines {
                if !world.stock.contains_key(&line.sku) {
                    world.stock.entry(line.sku.clone()).or_default();
                }
            }
            world.place(order);
        }
        for (place, (sku, stock)) in world.stock.iter_mut().enumerate() {
            let declared = stock.own.declared.unwrap_or(0);
            let dice = Dice::new(world.settings.seed, identity(&["level"]), place as u64);
            let drift = if stale { dice.between(Roll::Count, -10, 10) } else { 0 };
            stock.level = world.settings.levels.get(sku).copied().unwrap_or((declared + drift).max(0));
        }
        world.schedule_arrival(0, origin);
        world.log.open(&world.settings);
        world
    }

    /// What it was made from; of a recovered world, what the log says.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The latest instant it was told of: where the clock of a restarted sandbox goes on.
    pub fn last_instant(&self) -> Timestamp {
        timestamp(self.now)
    }

    /// Answers a request that arrives at `now`; an instant before the latest known counts as that.
    ///
    /// Whatever answer is not `None` counts as delivered at `now + after`, unless [`World::dropped`] says otherwise.
    pub fn receive(&mut self, now: Timestamp, request: &http::Request<Bytes>) -> Reply {
        let ask = Ask::read(request, HEARD);
        let now = now.timestamp_millis().max(self.now);
        self.look();
        self.log.note(&Entry { t: now, ask: Some(ask.clone()), ..Entry::default() });
        let reply = self.hear(now, &ask);
        self.tell_others();
        reply
    }

    /// Takes back the delivery of an answer whose client was gone before it came.
    pub fn dropped(&mut self, reply: u64) {
        if self.in_flight.contains(&reply) {
            self.log.note(&Entry { t: self.now, dropped: Some(reply), ..Entry::default() });
            self.drop_reply(reply);
        }
    }

    /// Lets time go on to `now`: arrivals, late applications, automatic cancellations.
    pub fn advance(&mut self, now: Timestamp) {
        let now = now.timestamp_millis().max(self.now);
        self.look();
        let moved = self.catch_up(now);
        self.log.time(now, moved);
        if moved {
            self.tell_others();
        }
    }

    /// From now on it sells from the same shelf as the other worlds of the pool; see
    /// [`Marketplace::share`](crate::Marketplace::share).
    pub fn share(&mut self, pool: &Arc<Pool>) {
        let first = !self.shared;
        self.share = Some(Share::join(pool, !first));
        self.look();
        if first {
            self.log.note(&Entry { t: self.now, shared: true, ..Entry::default() });
            self.declare_settings();
        }
        self.tell_others();
    }

    fn declare_settings(&mut self) {
        self.shared = true;
        for (sku, quantity) in &self.settings.on_hand {
            if let Some(stock) = self.stock.get_mut(sku) {
                stock.declare(*quantity);
            }
        }
    }

    /// Learns what the others of the pool did.
    fn look(&mut self) {
        let Some(share) = &mut self.share else { return };
        let found = share.look(&self.stock);
        if !found.is_empty() {
            shelf::note(&mut self.stock, &found);
            self.log.note(&Entry { t: self.now, others: Some(found), ..Entry::default() });
        }
    }

    fn tell_others(&self) {
        if let Some(share) = &self.share {
            share.tell(&self.stock);
        }
    }

    /// What took effect up to `now`.
    pub fn effects(&mut self, now: Timestamp) -> Effects {
        self.advance(now);
        self.count_effects()
    }

    /// What the listing of `sku` offers at `now`; none for a SKU nobody sells.
    pub fn offers(&mut self, now: Timestamp, sku: &str) -> Option<i64> {
        self.advance(now);
        self.stock.get(sku).map(|stock| stock.level)
    }

    /// Grows whenever something took effect, so that a check after every step need not count anew every time.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// How often each fault fired, by its name in [`FAULTS`].
    pub fn fired(&self) -> &BTreeMap<&'static str, u64> {
        &self.fired
    }

    /// Every order placed or planned so far, oldest plan first; arrivals join when they arrive.
    pub fn plan(&self) -> Vec<PlanEntry> {
        self.orders
            .iter()
            .map(|order| PlanEntry {
                id: order.id.clone(),
                fulfilled_by: order.fulfilled_by,
                defect: order.defect,
                cancel_request_at: order.cancel_request_at.map(timestamp),
                placed_at: timestamp(order.placed),
            })
            .collect()
    }

    /// What the host has declared on hand.
    pub fn on_hand(&self) -> BTreeMap<String, i64> {
        self.stock.iter().filter_map(|(sku, stock)| Some((sku.clone(), stock.declared()?))).collect()
    }

    fn count_effects(&self) -> Effects {
        let mut effects = self.effects.clone();
        effects.stock = self.stock.iter().map(|(sku, stock)| (sku.clone(), stock.level)).collect();
        effects
    }

    fn drop_reply(&mut self, reply: u64) {
        self.in_flight.remove(&reply);
    }

    fn fire(&mut self, fault: &'static str) {
        *self.fired.entry(fault).or_default() += 1;
    }

    /// The orders named by an answer are known to its client once it arrives.
    fn tell(&mut self, reply: u64, at: Ms, named: &[u32]) {
        let news = |index: &u32| self.orders.get(*index as usize).is_some_and(|order| !order.seen);
        let orders: Vec<u32> = named.iter().copied().filter(news).collect();
        if !orders.is_empty() {
            self.in_flight.insert(reply);
            self.schedule(at, Event::Seen { reply, orders });
        }
    }
}
