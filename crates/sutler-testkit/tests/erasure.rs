//! A buyer who was erased stays so (G35), also in orders that are read for the first time afterwards.

#[path = "shared/shops.rs"]
#[expect(dead_code, reason = "other tests need the rest")]
mod shops;

use std::sync::Arc;
use sutler_core::{
    address::PartState,
    channel::Channel,
    error::Result,
    id::ChannelOrderId,
    ports::{
        Clock,
        store::{Input, StoreExt},
    },
    time::{Duration, Timestamp, from_millis},
};
use sutler_sandbox::{
    ebay::{Settings, World},
    plan::{Plan, PlannedOrder},
};
use sutler_testkit::bench::{Bench, at_once};

fn origin() -> Timestamp {
    from_millis(1_795_420_800_000)
}

/// `EARLY` is placed before the erasure and in no list until it is paid for; `LATER` is placed after it.
fn settings() -> Settings {
    let early = PlannedOrder::seller(origin() - Duration::hours(1)).id("EARLY").line("MUG", 1);
    let later = PlannedOrder::seller(origin() + Duration::minutes(20)).id("LATER").line("MUG", 1);
    let plan = Plan::Explicit(vec![early.paid_at(origin() + Duration::minutes(30)), later]);
    Settings { plan, latency_ms: (0, 0), ..Settings::new(3, origin()) }
}

/// What the marketplace calls the buyers of both.
fn buyers() -> Result<Vec<String>> {
    let ebay = shops::ebay(&settings(), &settings().client_secret);
    let bench = Bench::new(World::new(settings()));
    let channel = ebay.build("shop".into(), bench.parts(Arc::new(bench.market.clone())))?;
    bench.clock.pass(Duration::hours(1));
    let stream = channel.capabilities().streams[0].id.clone();
    let all = bench.pull(&channel, stream.as_str(), 2)?;
    assert_eq!(all.len(), 2);
    Ok(all.iter().flat_map(|raw| channel.normalise(raw).buyer).collect())
}

#[test]
fn g35_an_order_of_an_erased_buyer_that_is_read_later_is_erased_as_it_is_read() -> Result<()> {
    let names = buyers()?;
    assert!(names.len() >= 2, "{names:?}");
    let ebay = shops::ebay(&settings(), &settings().client_secret);
    let bench = Bench::new(World::new(settings()));
    let parts = bench.parts(Arc::new(bench.market.clone()));
    let channel: Arc<dyn Channel> = Arc::new(ebay.build("shop".into(), parts.clone())?);
    let (mut engine, store) = shops::engine(parts, channel)?;
    let mut live = |span: Duration| -> Result<()> {
        let until = bench.clock.now() + span;
        while bench.clock.now() < until {
            at_once(engine.step())?;
            bench.clock.pass(Duration::seconds(30));
        }
        Ok(())
    };
    live(Duration::minutes(5))?;
    let erase = Input::EraseBuyer { channel: "shop".into(), names: names.clone(), by: "ann".into() };
    let now = bench.clock.now();
    at_once(store.transact(move |tx| tx.add_input(&erase, now)))?;
    live(Duration::minutes(2))?;
    let order = |id: &str| {
        let id = ChannelOrderId::new(id);
        at_once(store.view(move |view| {
            let Some((key, _)) = view.known(&"shop".into(), &id)? else { return Ok(None) };
            let kinds: Vec<_> = view.history(key)?.iter().map(|row| row.entry.kind()).collect();
            Ok(view.personal(key)?.map(|personal| (personal, kinds)))
        }))
    };
    assert!(order("EARLY")?.is_none(), "nothing of it is stored yet");
    live(Duration::minutes(50))?;
    let (early, kinds) = order("EARLY")?.expect("read");
    assert_eq!((early.ship_to.states.lines, early.raw.len()), (PartState::Erased, 0));
    assert!(early.is_erased() && kinds.contains(&"erased"), "{kinds:?}");
    let (later, kinds) = order("LATER")?.expect("read");
    assert!(
        !later.is_erased() && !later.ship_to.name.is_empty(),
        "bought again, it is another matter: {kinds:?}"
    );

    // Read again and again, it stays so, and of the names nothing is kept.
    live(Duration::hours(7))?;
    assert!(order("EARLY")?.is_some_and(|(personal, _)| personal.is_erased()));
    for name in names {
        let found = at_once(store.view(move |view| view.orders_of_buyer(&"shop".into(), &name, 10)))?;
        assert!(found.len() <= 1, "the later order alone: {found:?}");
    }
    Ok(())
}
