//! The marketplaces of a run: what each one is made of, its world, and the connector of its seller.

use super::scenario::origin;
use http::Request;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use sutler_amazon::Amazon;
use sutler_core::{Result, Timestamp, channel::Channel, id::ChannelId, time::Duration};
use sutler_ebay::Ebay;
use sutler_http::Parts;
use sutler_sandbox::{
    Effects, Faults, Marketplace, Pool, amazon, ebay,
    plan::{Plan, PlannedOrder},
    walmart,
};
use sutler_walmart::Walmart;

/// Where every local marketplace seems to be.
const BASE: &str = "http://127.0.0.1:9";
/// How long an answer takes, in milliseconds.
const LATENCY_MS: (u32, u32) = (20, 200);

/// Which marketplace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Walmart US.
    Walmart,
    /// Amazon, in the United States.
    Amazon,
    /// eBay, in the United States.
    Ebay,
}

impl Kind {
    /// The faults its local marketplace can show, by name.
    pub fn faults(self) -> &'static [&'static str] {
        match self {
            Kind::Walmart => &walmart::FAULTS,
            Kind::Amazon => &amazon::FAULTS,
            Kind::Ebay => &ebay::FAULTS,
        }
    }

    /// Is taking an order told to it, and counted there? Elsewhere it is our own note.
    pub fn acknowledges(self) -> bool {
        self == Kind::Walmart
    }
}

/// One marketplace of a scenario, and what happens there.
#[derive(Clone, Debug)]
pub struct Shop {
    /// Which marketplace.
    pub kind: Kind,
    /// The name of the channel.
    pub channel: &'static str,
    /// Its orders. No two shops of a scenario have an order of the same id.
    pub orders: Vec<PlannedOrder>,
    /// Levels its listings begin with.
    pub levels: BTreeMap<String, i64>,
    /// SKUs that only the Trading API changes; eBay alone has such.
    pub trading: BTreeSet<String>,
    /// What goes wrong.
    pub faults: Faults,
    /// Orders in one page; so few that paging is part of every run.
    pub page_limit: u16,
}

impl Shop {
    /// A shop without orders.
    pub fn new(kind: Kind, channel: &'static str) -> Shop {
        Shop {
            kind,
            channel,
            orders: Vec::new(),
            levels: BTreeMap::new(),
            trading: BTreeSet::new(),
            faults: Faults::default(),
            page_limit: 3,
        }
    }

    fn world(&self, seed: u64, on_hand: &BTreeMap<String, i64>) -> Box<dyn Marketplace> {
        let plan = Plan::Explicit(self.orders.clone());
        let (on_hand, levels, faults) = (on_hand.clone(), self.levels.clone(), self.faults.clone());
        let latency_ms = LATENCY_MS;
        match self.kind {
            Kind::Walmart => {
                let settings = walmart::Settings::new(seed, origin());
                let settings = walmart::Settings { plan, on_hand, levels, faults, latency_ms, ..settings };
                Box::new(walmart::World::new(settings))
            }
            Kind::Amazon => {
                let settings = amazon::Settings::new(seed, origin());
                let settings = amazon::Settings { plan, on_hand, levels, faults, latency_ms, ..settings };
                Box::new(amazon::World::new(settings))
            }
            Kind::Ebay => {
                let settings = ebay::Settings::new(seed, origin());
                let trading = self.trading.clone();
                let settings =
                    ebay::Settings { plan, on_hand, levels, faults, latency_ms, trading, ..settings };
                Box::new(ebay::World::new(settings))
            }
        }
    }
}

/// A marketplace of a run.
#[derive(Debug)]
pub struct Market {
    /// What it was made of.
    pub shop: Shop,
    world: Mutex<Box<dyn Marketplace>>,
}

impl Market {
    /// The channel's name.
    pub fn channel(&self) -> ChannelId {
        ChannelId::new(self.shop.channel)
    }

    /// The marketplace itself.
    pub fn world(&self) -> MutexGuard<'_, Box<dyn Marketplace>> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What took effect there up to `now`.
    pub fn effects(&self, now: Timestamp) -> Effects {
        self.world().effects(now)
    }

    /// The connector of its seller, by another secret where one is given.
    ///
    /// # Errors
    /// `Config` when the configuration is wrong.
    pub fn connect(
        &self,
        parts: Parts,
        secret: Option<String>,
        feed_from: usize,
    ) -> Result<Arc<dyn Channel>> {
        let door = self.world().door();
        let (id, page) = (self.channel(), self.shop.page_limit);
        let secret = secret.unwrap_or(door.client_secret);
        let token_url = format!("{BASE}{}", door.token_path);
        let refresh = door.refresh_token.unwrap_or_default();
        let month = Duration::days(30);
        Ok(match self.shop.kind {
            Kind::Walmart => {
                let walmart = Walmart::new(door.seller, door.client_id, secret).local(BASE, token_url);
                Arc::new(walmart.page_limit(page).backfill(month).build(id, parts)?)
            }
            Kind::Amazon => {
                let amazon = Amazon::new(door.seller, door.client_id, secret, refresh).local(BASE, token_url);
                let amazon = amazon.page_limit(page).backfill(month).stock_feed_from(feed_from);
                Arc::new(amazon.build(id, parts)?)
            }
            Kind::Ebay => {
                let ebay = Ebay::new(door.seller, door.client_id, secret, refresh).local(BASE, token_url);
                Arc::new(ebay.page_limit(page).backfill(month).build(id, parts)?)
            }
        })
    }
}

/// The marketplaces of a run; a clone leads to the same ones.
#[derive(Clone, Debug)]
pub struct Markets(Arc<Vec<Market>>);

impl Markets {
    /// The worlds of these shops. Where there are several, they sell from one shelf.
    pub fn open(seed: u64, shops: &[Shop], on_hand: &BTreeMap<String, i64>) -> Markets {
        let pool = (shops.len() > 1).then(Pool::new);
        let open = |shop: &Shop| {
            let mut world = shop.world(seed, on_hand);
            pool.iter().for_each(|pool| world.share(pool));
            Market { shop: shop.clone(), world: Mutex::new(world) }
        };
        Markets(Arc::new(shops.iter().map(open).collect()))
    }

    /// All of them.
    pub fn iter(&self) -> std::slice::Iter<'_, Market> {
        self.0.iter()
    }

    /// The one in that place.
    ///
    /// # Panics
    /// When there is none.
    pub fn at(&self, place: usize) -> &Market {
        &self.0[place]
    }

    /// The one that has an order of this id.
    pub fn of(&self, order: &str) -> Option<&Market> {
        self.iter().find(|market| market.shop.orders.iter().any(|o| o.id.as_deref() == Some(order)))
    }

    /// Lets what is due happen everywhere but in one place: what was sold there by now counts as sold.
    pub fn advance_others(&self, place: usize, now: Timestamp) {
        let others = self.iter().enumerate().filter(|(at, _)| *at != place);
        others.for_each(|(_, market)| market.world().advance(now));
    }

    /// Tells the shelf what was counted there; it counts by what is truly there.
    pub fn declare(&self, sku: &str, quantity: i64, now: Timestamp) {
        let body = bytes::Bytes::from(serde_json::json!({ sku: quantity }).to_string());
        let request = Request::post(format!("{BASE}/_sandbox/on-hand")).body(body);
        if let (Some(first), Ok(request)) = (self.0.first(), request) {
            first.world().receive(now, &request);
        }
    }
}
