//! A local Amazon: the Selling Partner API of one seller in one store, with orders, shipment confirmations, listings,
//! feeds, reports, notifications, tokens and limits.
//!
//! [`World`] is the marketplace, [`World::receive`] its front door: every path, also those under `/_sandbox/` with which
//! a test places orders and counts effects (see [`control`]), and those under `/_documents/`, where feeds are put and
//! reports fetched. Times are marketplace time and always given by the caller.
//!
//! What is modelled comes from Amazon's published models and documentation and from what sellers report of production.
//! Where no fact was found the choice is stated at its place.
//!
//! What the faults are here: `header_variants` leaves out the header with the rate, `cursor_variants` gives tokens that
//! must be percent-encoded, `masked` withholds telephone numbers, `loose` leaves out optional fields as production does,
//! `stock_ignored` accepts quantities that never apply, `feed_stuck` and `feed_fatal` concern feeds and reports. A feed
//! always has an id: `feed_no_id` never fires.

mod account;
mod confirm;
pub mod control;
mod documents;
mod due;
mod feed_rows;
mod feeds;
mod limits;
mod listings;
mod log;
mod market;
mod notify;
mod order;
mod order_json;
mod refusal;
mod regions;
mod report_rows;
mod reports;
mod route;
mod search;
mod settings;
mod token;
mod write;
mod xml;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use bytes::Bytes;
use chrono::Duration;
use serde_json::Value;

use self::account::{Destination, Subscription, TYPES};
use self::documents::Document;
use self::due::Event;
use self::feeds::Feed;
use self::limits::Limits;
pub use self::notify::Notification;
use self::order::Order;
use self::refusal::Refusal;
use self::report_rows::Return;
use self::reports::Report;
use self::route::HEARD;
pub use self::settings::Settings;
use crate::Timestamp;
use crate::clock::{Ms, timestamp};
use crate::dice::{Dice, Roll, identity};
use crate::effects::Effects;
use crate::log::{Entry, Log, RecoverError};
use crate::marketplace::Reply;
use crate::plan::{Defect, FulfilledBy, Plan, PlanEntry, PlannedOrder};
use crate::queue::Queue;
use crate::request::Ask;
use crate::shelf::{self, Pool, Share, Shelf};
use crate::standard::standard;
use crate::tokens::Tokens;

/// Every fault that can fire here, by the name under which [`World::fired`] counts it.
pub const FAULTS: [&str; 25] = [
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
    "push_drop",
    "push_repeat",
    "push_late",
    "feed_fatal",
    "feed_stuck",
];

/// One seller's view of the marketplace, with all that happens in it.
#[derive(Debug, Clone)]
pub struct World {
    settings: Settings,
    now: Ms,
    orders: Vec<Order>,
    /// Looked up by name only, so its order never shows.
    by_id: HashMap<String, u32>,
    returns: Vec<Return>,
    stock: Shelf,
    /// What offers say of availability besides the quantity, by SKU.
    terms: BTreeMap<String, serde_json::Map<String, Value>>,
    share: Option<Share>,
    /// Whether the shelf ever was a shared one.
    shared: bool,
    documents: Vec<Document>,
    feeds: Vec<Feed>,
    reports: Vec<Report>,
    destinations: Vec<Destination>,
    subscribed: BTreeMap<&'static str, Subscription>,
    /// Notifications that came to the queue and were not taken.
    outbox: Vec<Notification>,
    /// How many notifications were ever written.
    told: u64,
    due: Queue<Event>,
    tokens: Tokens,
    /// Tokens without a seller.
    grantless: Tokens,
    /// The seller took the authorisation back.
    revoked: bool,
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
}

/// A good answer on its way out.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Page {
    status: u16,
    media: String,
    body: Bytes,
    /// The orders it tells of.
    named: Vec<u32>,
}

impl Page {
    fn json(body: &Value) -> Page {
        let body = Bytes::from(body.to_string());
        Page { status: 200, media: "application/json".into(), body, named: Vec::new() }
    }

    /// The same without a body.
    fn empty(self, status: u16) -> Page {
        Page { status, body: Bytes::new(), ..self }
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
                (orders.into_iter().map(|order| plan_of(order, &settings)).collect(), true)
            }
            Plan::Explicit(orders) => (orders.clone(), false),
        };
        on_hand.extend(settings.on_hand.iter().map(|(sku, quantity)| (sku.clone(), *quantity)));
        let origin = settings.origin.timestamp_millis();
        let first = planned.iter().map(|order| order.placed_at.timestamp_millis()).min();
        let start = first.map_or(origin, |first| first.min(origin));
        let mut world = World {
            now: start,
            orders: Vec::with_capacity(planned.len()),
            by_id: HashMap::with_capacity(planned.len()),
            returns: Vec::new(),
            stock: Shelf::new(),
            terms: BTreeMap::new(),
            share: None,
            shared: false,
            documents: Vec::new(),
            feeds: Vec::new(),
            reports: Vec::new(),
            destinations: Vec::new(),
            subscribed: BTreeMap::new(),
            outbox: Vec::new(),
            told: 0,
            due: Queue::with_capacity(planned.len() * 3 + 8),
            tokens: Tokens::default(),
            grantless: Tokens::default(),
            revoked: false,
            limits: Limits::new(start, settings.rate_factor, settings.faults.bucket_percent),
            attempts: HashMap::new(),
            effects: Effects::default(),
            fired: BTreeMap::new(),
            changes: 0,
            replies: 0,
            in_flight: BTreeSet::new(),
            log: Log::default(),
            replaying: false,
            settings,
        };
        if world.settings.subscribed || world.settings.sqs_queue_url.is_some() {
            let id = world.name_for("destination", 0);
            let arn = queue_name(&world.settings);
            world.destinations.push(Destination { id: id.clone(), name: "sandbox".into(), arn });
            TYPES.into_iter().for_each(|kind| world.subscribe(kind, id.clone()));
        }
        for (sku, quantity) in on_hand {
            world.stock.entry(sku).or_default().declare(quantity);
        }
        for order in &planned {
            for line in &order.lines {
                world.stock.entry(line.sku.clone()).or_default();
            }
            world.place(order);
        }
        for (place, (sku, stock)) in world.stock.iter_mut().enumerate() {
            let declared = stock.own.declared.unwrap_or(0);
            let dice = Dice::new(world.settings.order_seed(), identity(&["level"]), place as u64);
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

    /// What took effect up to `now`.
    pub fn effects(&mut self, now: Timestamp) -> Effects {
        self.advance(now);
        self.count_effects()
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
    fn tell_client(&mut self, reply: u64, at: Ms, named: &[u32]) {
        let news = |index: &u32| self.orders.get(*index as usize).is_some_and(|order| !order.seen);
        let orders: Vec<u32> = named.iter().copied().filter(news).collect();
        if !orders.is_empty() {
            self.in_flight.insert(reply);
            self.schedule(at, Event::Seen { reply, orders });
        }
    }
}

/// The name of the configured queue as Amazon has it: of `http://host:port/account/queue` the last two parts.
fn queue_name(settings: &Settings) -> String {
    let region = regions::of(&settings.marketplace_id).region.aws();
    let mut parts = settings.sqs_queue_url.iter().flat_map(|url| url.rsplit('/'));
    let queue = parts.next().filter(|queue| !queue.is_empty()).unwrap_or("sandbox");
    let account =
        parts.next().filter(|account| account.bytes().all(|b| b.is_ascii_digit()) && !account.is_empty());
    format!("arn:aws:sqs:{region}:{}:{queue}", account.unwrap_or("000000000000"))
}

/// An order of the standard mix as Amazon has it: nobody else fulfils, about one in twenty of the sound ones is promised to
/// Prime members, and as many are pending until some minutes after the origin.
pub(crate) fn plan_of(mut order: PlannedOrder, settings: &Settings) -> PlannedOrder {
    if order.fulfilled_by == FulfilledBy::ThirdParty {
        order.fulfilled_by = FulfilledBy::Marketplace;
    }
    let placed = order.placed_at.timestamp_millis();
    let dice = Dice::new(settings.order_seed(), identity(&["programme"]), placed as u64);
    if order.fulfilled_by == FulfilledBy::Seller && order.defect == Defect::None {
        match dice.below(Roll::Shape, 20) {
            0 => order.programs.push("PRIME".into()),
            1 => {
                let wait = Duration::seconds(dice.between(Roll::Gap, 60, 600));
                order.paid_at = Some(order.placed_at.max(settings.origin) + wait);
            }
            _ => {}
        }
    }
    order
}

/// A body of JSON, or Amazon's word that it is none.
fn parse(body: &str) -> Result<Value, Refusal> {
    serde_json::from_str(body)
        .map_err(|error| Refusal::input("Request body could not be parsed").details(error.to_string()))
}

/// All values of a list in the query: joined by commas, repeated, or both.
fn listed(ask: &Ask, name: &str) -> Vec<String> {
    ask.members()
        .into_iter()
        .filter(|(given, _)| given == name)
        .flat_map(|(_, value)| value.split(',').map(str::to_owned).collect::<Vec<_>>())
        .filter(|value| !value.is_empty())
        .collect()
}
