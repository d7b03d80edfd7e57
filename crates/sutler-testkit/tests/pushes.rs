//! Pushes are hints: whatever share of them is lost, comes twice, late or out of order, the end is the same (G11).

#[path = "shared/shops.rs"]
mod shops;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use sutler_core::{
    Result,
    channel::Channel,
    ports::{
        Clock, Entropy,
        store::{InboxQuery, Input, StoreExt},
    },
    push::Told,
    stock::Count,
    time::{Duration, Timestamp},
};
use sutler_http::Parts;
use sutler_sandbox::{Marketplace, amazon, ebay, walmart};
use sutler_testkit::bench::{Bench, Counting, at_once};

/// Which pushes there are.
#[derive(Clone, Copy, Debug)]
struct Pushes {
    /// How many in a thousand are lost.
    lost: u64,
    seed: u64,
}

/// How it ended.
#[derive(Debug, PartialEq)]
struct End {
    /// Everything about the orders that does not say when.
    orders: BTreeMap<String, String>,
    /// Units wanted and promised, by SKU.
    items: BTreeMap<String, (i64, i64)>,
}

/// How it ended, and how long orders waited until they were stored, in all.
type Lived = (End, Duration);

fn origin() -> Timestamp {
    sutler_core::time::from_millis(1_795_420_800_000)
}

/// Three hours of a marketplace in which orders arrive, all of them told of by pushes that mostly fail.
fn live<M: Marketplace>(
    bench: &Bench<M>,
    parts: Parts,
    channel: Arc<dyn Channel>,
    pushes: Pushes,
) -> Result<Lived> {
    let dice = Counting::default();
    for _ in 0..pushes.seed {
        dice.next();
    }
    let id = channel.id().clone();
    let (mut engine, store) = shops::engine(parts, channel)?;
    let ask = |input: Input| {
        let now = bench.clock.now();
        at_once(store.transact(move |tx| tx.add_input(&input, now).map(drop)))
    };
    for (sku, quantity) in bench.market.world().on_hand() {
        let count = Count { sku: sku.as_str().into(), quantity, as_of: origin() - Duration::days(1) };
        ask(Input::OnHand(count))?;
    }
    let (mut told, mut under_way) = (BTreeSet::new(), Vec::new());
    while bench.clock.now() < origin() + Duration::hours(3) {
        at_once(engine.step())?;
        let now = bench.clock.now();
        bench.market.world().advance(now);
        for order in bench.market.world().plan() {
            if told.insert(order.id.clone()) {
                for _ in 0..1 + dice.below(3) {
                    if dice.below(1_000) >= pushes.lost {
                        under_way.push((now + Duration::seconds(dice.below(900) as i64), order.id.clone()));
                    }
                }
            }
        }
        for (at, order) in std::mem::take(&mut under_way) {
            if at > now {
                under_way.push((at, order));
                continue;
            }
            let told = vec![Told::Order { order: order.as_str().into(), due: None }];
            ask(Input::Pushed { channel: id.clone(), id: order, told })?;
        }
        bench.clock.pass(Duration::seconds(20));
    }
    let end = at_once(store.view(move |view| {
        let page = view.inbox(&InboxQuery { limit: 500, ..InboxQuery::default() })?;
        let (mut orders, mut waited) = (BTreeMap::new(), Duration::zero());
        for row in page.rows {
            let Some(state) = view.order(row.key)? else { continue };
            waited += state.first_seen_at - state.placed_at().max(origin());
            let holds: Vec<_> = state.holds.iter().map(|hold| hold.reason.code()).collect();
            let counters: Vec<_> = state.facts.lines.iter().map(|line| state.counters(line)).collect();
            let (accepted, facts) = (state.accepted, &state.facts);
            let said = format!("{:?} {accepted} {holds:?} {counters:?} {facts:?}", row.phase);
            orders.insert(row.channel_order_id.to_string(), said);
        }
        let items = view.items(None, 500)?;
        let items = items.into_iter().map(|item| (item.sku.to_string(), (item.demand, item.allocated)));
        Ok((End { orders, items: items.collect() }, waited))
    }))?;
    Ok(end)
}

fn on_walmart(pushes: Pushes) -> Result<Lived> {
    let settings = walmart::Settings {
        orders: 20,
        arrivals_per_minute: 0.5,
        arrivals_max: 30,
        latency_ms: (0, 0),
        ..walmart::Settings::new(11, origin())
    };
    let walmart = shops::walmart(&settings, &settings.client_secret);
    let bench = Bench::new(walmart::World::new(settings));
    let parts = bench.parts(Arc::new(bench.market.clone()));
    let channel = Arc::new(walmart.build("walmart".into(), parts.clone())?);
    live(&bench, parts, channel, pushes)
}

fn on_amazon(pushes: Pushes) -> Result<Lived> {
    let settings = amazon::Settings {
        orders: 20,
        arrivals_per_minute: 0.5,
        arrivals_max: 30,
        latency_ms: (0, 0),
        ..amazon::Settings::new(11, origin())
    };
    let amazon = shops::amazon(&settings, &settings.client_secret);
    let bench = Bench::new(amazon::World::new(settings));
    let parts = bench.parts(Arc::new(bench.market.clone()));
    let channel = Arc::new(amazon.build("amazon".into(), parts.clone())?);
    live(&bench, parts, channel, pushes)
}

fn on_ebay(pushes: Pushes) -> Result<Lived> {
    let settings = ebay::Settings {
        orders: 20,
        arrivals_per_minute: 0.5,
        arrivals_max: 30,
        latency_ms: (0, 0),
        ..ebay::Settings::new(11, origin())
    };
    let ebay = shops::ebay(&settings, &settings.client_secret);
    let bench = Bench::new(ebay::World::new(settings));
    let parts = bench.parts(Arc::new(bench.market.clone()));
    let channel = Arc::new(ebay.build("ebay".into(), parts.clone())?);
    live(&bench, parts, channel, pushes)
}

#[test]
fn g11_for_any_share_of_lost_pushes_the_end_is_the_same_on_each_marketplace() -> Result<()> {
    for (name, run) in
        [("walmart", on_walmart as fn(Pushes) -> Result<Lived>), ("amazon", on_amazon), ("ebay", on_ebay)]
    {
        let (silent, polled) = run(Pushes { lost: 1_000, seed: 0 })?;
        assert_eq!(silent.orders.len(), 50, "{name}: {:?}", silent.orders.keys());
        for (seed, lost) in [0, 1, 100, 300, 500, 700, 900, 999].into_iter().enumerate() {
            let pushes = Pushes { lost, seed: seed as u64 + 1 };
            let (end, waited) = run(pushes)?;
            for (id, order) in &silent.orders {
                assert_eq!(end.orders.get(id), Some(order), "{name}, {pushes:?}: {id}");
            }
            assert_eq!(end, silent, "{name}, {pushes:?}");
            // They do help: told of, an order is stored sooner.
            assert!(lost > 300 || waited < polled, "{name}, {pushes:?}: {waited} and {polled}");
        }
    }
    Ok(())
}
