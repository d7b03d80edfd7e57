//! What a configuration is refused for, and what a good one says of itself.

use crate::ports::{Script, TestClock, parts};
use std::{sync::Arc, time::Duration as Wait};
use sutler_core::{
    budget::Rate,
    channel::{Channel, LevelRead, ProbeKind, Repeat, StreamKind},
    command::Verb,
    error::{ErrorKind, Result},
    time::Duration,
};
use sutler_http::Environment;
use sutler_walmart::{RATES, Walmart, WalmartChannel, calls};

fn build(change: impl FnOnce(Walmart) -> Walmart) -> Result<WalmartChannel> {
    let clock = TestClock::new();
    change(Walmart::new("101", "id", "secret")).build("us".into(), parts(&clock, Arc::new(Script::default())))
}

#[test]
fn every_wrong_field_is_named_with_what_is_right() {
    let bad = |rate: Rate| [("ship".to_owned(), rate)];
    let wrong: Vec<(&str, Result<WalmartChannel>)> = vec![
        ("channels.us.page_limit: 0", build(|w| w.page_limit(0))),
        ("channels.us.page_limit: 201", build(|w| w.page_limit(201))),
        ("channels.us.backfill: 200 days", build(|w| w.backfill(Duration::days(200)))),
        ("channels.us.call_timeout: ", build(|w| w.call_timeout(Wait::ZERO))),
        ("channels.us.feed_rows_max: 0", build(|w| w.feed_rows_max(0))),
        ("channels.us.ship_node: it is empty", build(|w| w.ship_node(" "))),
        ("channels.us.visibility_delay: ", build(|w| w.visibility_delay(Duration::seconds(-1)))),
        (
            "channels.us.rates: \"shop\" is no budget",
            build(|w| w.rates([("shop".into(), Rate::per_minute(1))])),
        ),
        (
            "channels.us.rates: the rate of ship",
            build(|w| w.rates(bad(Rate { capacity: 0.5, per_second: 1.0 }))),
        ),
        ("channels.us.rates: the factor 0", build(|w| w.rate_factor(0.0))),
        ("channels.us.base_url: ", build(|w| w.base_url("https://evil.example"))),
        ("channels.us.base_url: ", build(|w| w.environment(Environment::Local))),
        ("channels.us.base_url: ", build(|w| w.sandbox().base_url("https://marketplace.walmartapis.com"))),
        ("channels.us.token_url: ", build(|w| w.token_url("http://marketplace.walmartapis.com/v3/token"))),
        ("channels.us.base_url: ", build(|w| w.local("http://10.0.0.1", "http://127.0.0.1/v3/token"))),
    ];
    for (want, built) in wrong {
        let error = built.expect_err(want);
        assert_eq!(error.kind(), ErrorKind::Config, "{want}");
        assert!(error.to_string().starts_with(want), "{error} does not begin with {want}");
    }
    let clock = TestClock::new();
    for (seller, id, secret, want) in
        [("", "i", "s", "seller"), ("1", " ", "s", "client_id"), ("1", "i", "", "client_secret")]
    {
        let parts = parts(&clock, Arc::new(Script::default()));
        let error = Walmart::new(seller, id, secret).build("us".into(), parts).expect_err(want);
        assert!(error.to_string().starts_with(&format!("channels.us.{want}: it is empty")), "{error}");
    }
}

#[test]
fn g32_the_three_environments_are_told_apart() {
    assert!(build(|w| w).is_ok());
    assert!(build(|w| w.sandbox()).is_ok());
    assert!(build(|w| w.local("http://127.0.0.1:8080", "http://127.0.0.1:8080/v3/token")).is_ok());
    assert!(build(|w| w.sandbox().base_url("https://sandbox.walmartapis.com")).is_ok());
}

#[test]
fn capabilities_say_what_the_facts_say() {
    let channel =
        build(|w| w.call_timeout(Wait::from_secs(7)).backfill(Duration::days(30)).feed_rows_max(250))
            .unwrap();
    let can = channel.capabilities();
    assert_eq!(
        (channel.id().as_str(), channel.seller().as_str(), &*can.marketplace),
        ("us", "101", "walmart")
    );
    assert!(can.acknowledgment == sutler_core::channel::Acknowledgment::Required && can.out_of_stock_zeroes);
    assert_eq!(can.levels, LevelRead::Lagging(Duration::seconds(60)));
    let scopes = [&can.pull_budget, &can.fetch_budget, &can.level_budget, &can.settle_budget];
    assert_eq!(
        scopes.map(|s| &**s),
        ["walmart/pull@101", "walmart/fetch@101", "walmart/level@101", "walmart/feed_status@101"]
    );

    let conclusive = ProbeKind::Conclusive { after: Duration::seconds(60) };
    for (verb, repeat, partial, probe, budget, batch) in [
        (Verb::Acknowledge, Repeat::Repeatable, Repeat::Repeatable, conclusive, "walmart/acknowledge@101", 1),
        (Verb::ConfirmShipment, Repeat::Guarded, Repeat::Once, conclusive, "walmart/ship@101", 1),
        (Verb::Cancel, Repeat::Guarded, Repeat::Once, conclusive, "walmart/cancel@101", 1),
        (Verb::SetLevel, Repeat::Repeatable, Repeat::Repeatable, ProbeKind::None, "walmart/stock@101", 250),
    ] {
        let spec = can.verb(verb).unwrap();
        assert_eq!((spec.repeat, spec.repeat_partial, spec.probe), (repeat, partial, probe), "{verb:?}");
        assert_eq!((&*spec.budget, spec.batch_max), (budget, batch));
        assert_eq!((spec.call_timeout, spec.apply_max), (Wait::from_secs(7), Duration::seconds(120)));
    }
    let levels = can.verb(Verb::SetLevel).unwrap();
    assert_eq!(levels.batch_budget.as_deref(), Some("walmart/feed@101"));
    assert_eq!(levels.batch_apply_max, Duration::hours(6));

    let streams: Vec<_> = can.streams.iter().map(|s| (s.id.as_str(), s.kind)).collect();
    assert_eq!(streams.len(), 6);
    for node in ["SellerFulfilled", "WFSFulfilled", "3PLFulfilled"] {
        assert!(streams.contains(&(format!("created/{node}").as_str(), StreamKind::Created)));
        assert!(streams.contains(&(format!("changed/{node}").as_str(), StreamKind::Changed)));
    }
    assert!(can.streams.iter().all(|s| s.kind == StreamKind::Changed || s.horizon == Duration::days(30)));
}

#[test]
fn every_call_has_a_published_rate() {
    for call in calls::ALL {
        assert!(RATES.iter().any(|(name, _)| *name == call.budget), "{}", call.op);
    }
}
