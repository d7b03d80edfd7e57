//! A local Walmart Marketplace (US): orders, acknowledgments, shipments, cancellations, stock, feeds, tokens and limits.
//!
//! [`World`] is the marketplace, [`World::receive`] its front door: every path, also those under `/_sandbox/` with which
//! a test places orders and counts effects (see [`control`]). Times are marketplace time and always given by the caller.
//!
//! What is modelled comes from Walmart's published specification and rate table and from facts reported by sellers in
//! production. Where no fact was found the choice is stated at its place.

mod carriers;
pub mod control;
mod cursor;
mod dice;
mod due;
mod effects;
mod faults;
mod feeds;
mod inventory;
mod json;
mod limits;
mod log;
mod order;
mod order_json;
mod orders_read;
mod orders_write;
mod places;
pub mod plan;
mod refusal;
mod rendered;
mod request;
mod route;
mod settings;
mod shipment;
mod standard;
mod token;
mod write;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap};

use base64::Engine as _;
use bytes::Bytes;
use chrono::Duration;

use self::dice::{Dice, Roll, identity};
use self::due::{Due, Event};
pub use self::effects::Effects;
pub use self::faults::{Faults, PerMille};
use self::feeds::Feed;
use self::inventory::Stock;
use self::limits::Limits;
use self::log::Log;
pub use self::log::RecoverError;
use self::order::{Ms, Order};
use self::plan::{Plan, PlanEntry};
use self::refusal::Refusal;
use self::rendered::Rendered;
use self::request::Ask;
pub use self::settings::Settings;
use self::token::Tokens;
use crate::Timestamp;

/// One seller's view of the marketplace, with all that happens in it.
#[derive(Debug, Clone)]
pub struct World {
    settings: Settings,
    basic: String,
    now: Ms,
    orders: Vec<Order>,
    /// Looked up by name only, so its order never shows.
    by_id: HashMap<String, u32>,
    stock: BTreeMap<String, Stock>,
    feeds: Vec<Feed>,
    due: BinaryHeap<Due>,
    scheduled: u64,
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

/// What becomes of a request.
#[derive(Debug)]
pub struct Reply {
    /// Names this reply to [`World::dropped`].
    pub id: u64,
    /// The answer, or `None` when the client never gets one: then `hang` tells how.
    pub answer: Option<http::Response<Bytes>>,
    /// When the answer (or the cut of the connection) comes, in marketplace time after the request.
    pub after: Duration,
    /// Without an answer: true when the connection stays silent until the client gives up, false when it is cut.
    pub hang: bool,
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
                let (orders, shelf) = standard::standard(&settings);
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
            stock: BTreeMap::new(),
            feeds: Vec::new(),
            due: BinaryHeap::with_capacity(planned.len() * 3 + 8),
            scheduled: 0,
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
            world.stock.entry(sku).or_default().declared = Some(quantity);
        }
        for order in &planned {
            for line in &order.lines {
                if !world.stock.contains_key(&line.sku) {
                    world.stock.insert(line.sku.clone(), Stock::default());
                }
            }
            world.place(order);
        }
        for (place, (sku, stock)) in world.stock.iter_mut().enumerate() {
            let declared = stock.declared.unwrap_or(0);
            let dice = Dice::new(world.settings.seed, identity(&["level"]), place as u64);
            let drift = if stale { dice.between(Roll::Count, -10, 10) } else { 0 };
            stock.level = world.settings.levels.get(sku).copied().unwrap_or((declared + drift).max(0));
        }
        world.schedule_arrival(0, origin);
        world.open_log();
        world
    }

    /// What it was made from; of a recovered world, what the log says.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The latest instant it was told of: where the clock of a restarted sandbox goes on.
    pub fn last_instant(&self) -> Timestamp {
        chrono::DateTime::from_timestamp_millis(self.now).unwrap_or(self.settings.origin)
    }

    /// Answers a request that arrives at `now`; an instant before the latest known counts as that.
    ///
    /// Whatever answer is not `None` counts as delivered at `now + after`, unless [`World::dropped`] says otherwise.
    pub fn receive(&mut self, now: Timestamp, request: &http::Request<Bytes>) -> Reply {
        let ask = Ask::read(request);
        let now = now.timestamp_millis().max(self.now);
        self.log_ask(now, &ask);
        self.hear(now, &ask)
    }

    /// Takes back the delivery of an answer whose client was gone before it came.
    pub fn dropped(&mut self, reply: u64) {
        if self.in_flight.contains(&reply) {
            self.log_dropped(reply);
            self.drop_reply(reply);
        }
    }

    /// Lets time go on to `now`: arrivals, late applications, automatic cancellations.
    pub fn advance(&mut self, now: Timestamp) {
        let now = now.timestamp_millis().max(self.now);
        let moved = self.catch_up(now);
        self.log_time(now, moved);
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

    /// How often each fault fired, by its name in [`Faults::NAMES`].
    pub fn fired(&self) -> &BTreeMap<&'static str, u64> {
        &self.fired
    }

    /// Every order placed or planned so far, oldest plan first; arrivals join when they arrive.
    pub fn plan(&self) -> Vec<PlanEntry> {
        let instant = |at: Ms| chrono::DateTime::from_timestamp_millis(at).unwrap_or(self.settings.origin);
        self.orders
            .iter()
            .map(|order| PlanEntry {
                id: order.id.clone(),
                fulfilled_by: order.fulfilled_by,
                defect: order.defect,
                cancel_request_at: order.cancel_request_at.map(instant),
                placed_at: instant(order.placed),
            })
            .collect()
    }

    /// What the host has declared on hand.
    pub fn on_hand(&self) -> BTreeMap<String, i64> {
        self.stock.iter().filter_map(|(sku, stock)| Some((sku.clone(), stock.declared?))).collect()
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
