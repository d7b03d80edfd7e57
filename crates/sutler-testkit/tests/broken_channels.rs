//! For every behaviour of the suite a channel that breaks it, and nothing else: what the suite does not notice, it does not
//! test. On three marketplaces, because what a flavour asks shows only where it is spoken.

#[path = "shared/shops.rs"]
#[expect(dead_code, reason = "other tests need the rest")]
mod shops;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};
use sutler_core::{channel::Channel, error::Result, time::from_millis};
use sutler_sandbox::{plan::Plan, walmart};
use sutler_testkit::{
    channel_suite::{
        BEHAVIOURS, Behaviour, Stand, Who,
        broken::Broken,
        local::{Local, on_hand},
    },
    examples::{arranging, ledgerlike, stall::Shop, stall::Stall},
};

/// Opens a channel that is broken so.
type Open = fn(Who, &'static str) -> Result<Box<dyn Stand>>;

fn on_walmart(who: Who, how: &'static str) -> Result<Box<dyn Stand>> {
    let settings = walmart::Settings {
        plan: Plan::Explicit(Vec::new()),
        on_hand: on_hand(),
        latency_ms: (0, 0),
        ..walmart::Settings::new(7, from_millis(1_795_420_800_000))
    };
    let is_write =
        |request: &sutler_http::Request| request.method() != "GET" && !request.uri().path().contains("token");
    let world = walmart::World::new(settings.clone());
    Local::open(world, who, is_write, |parts, secret| {
        let walmart = shops::walmart(&settings, secret);
        let inner: Arc<dyn Channel> = Arc::new(walmart.build("suite".into(), parts)?);
        Ok(Arc::new(Broken::new(inner, how)) as Arc<dyn Channel>)
    })
}

fn on_stall<M: Shop + 'static>(mut stall: Stall<M>, how: &'static str) -> Result<Box<dyn Stand>> {
    stall.channel = Arc::new(Broken::new(stall.channel.clone(), how));
    Ok(Box::new(stall))
}

fn on_arranging(who: Who, how: &'static str) -> Result<Box<dyn Stand>> {
    on_stall(arranging::stall(who), how)
}

fn on_ledgerlike(who: Who, how: &'static str) -> Result<Box<dyn Stand>> {
    on_stall(ledgerlike::stall(who), how)
}

/// The behaviours a channel broken so does not show.
fn failing(open: Open, how: &'static str) -> Vec<&'static str> {
    let subject = move |who| open(who, how);
    let passes = |(_, behaviour): &&(&'static str, Behaviour)| {
        matches!(catch_unwind(AssertUnwindSafe(|| behaviour(&subject))), Ok(Ok(())))
    };
    BEHAVIOURS.iter().filter(|one| !passes(one)).map(|(name, _)| *name).collect()
}

/// Of what only some marketplaces have there is nothing to be broken at the others.
const PUSHES: &[&str] = &["g11_an_authentic_push_tells_of_its_order"];
const MONEY_BACK: &[&str] = &[
    "g18_a_whole_refund_is_repeated_as_declared",
    "g18_a_partial_refund_is_repeated_as_declared",
    "g18_a_refund_whose_answer_is_lost_is_seen",
    "g18_a_refund_that_never_arrived_is_not_seen",
    "what_buyers_send_back_is_read_where_the_channel_tells_of_it",
];

fn each_is_missed_alone(open: Open, has_nothing_of: &[&[&str]]) {
    // What the behaviours say is not wanted here, only that they say something.
    std::panic::set_hook(Box::new(|_| {}));
    let mut wrong = Vec::new();
    if !failing(open, "").is_empty() {
        wrong.push(format!("a channel that breaks nothing fails {:?}", failing(open, "")));
    }
    for (name, _) in BEHAVIOURS {
        let found = failing(open, name);
        let wanted: &[&str] = if has_nothing_of.iter().any(|all| all.contains(name)) { &[] } else { &[name] };
        if found != wanted {
            wrong.push(format!("{name} broken fails {found:?}"));
        }
    }
    drop(std::panic::take_hook());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(BEHAVIOURS.len() >= 60);
}

#[test]
fn each_behaviour_is_missed_by_the_channel_that_breaks_it_and_by_no_other() {
    each_is_missed_alone(on_walmart, &[PUSHES]);
    each_is_missed_alone(on_arranging, &[MONEY_BACK]);
    each_is_missed_alone(on_ledgerlike, &[PUSHES, MONEY_BACK]);
}
