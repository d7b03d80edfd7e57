//! Accounts that do not fit: revoked, of another seller, of another region. Each is named, and nothing is read.

use crate::ports::{Market, TestClock, cx, order, settings};
use sutler_amazon::{AmazonChannel, Region};
use sutler_core::{
    channel::{Channel, PullFrom, Pulled, Window},
    error::{ErrorKind, Result, Retry},
    ports::Clock,
    time::Duration,
};

fn shop() -> (TestClock, Market, AmazonChannel) {
    let clock = TestClock::new();
    let (market, channel) = Market::open(&clock, settings([order("111-1").line("A", 1)]));
    (clock, market, channel)
}

fn pull(clock: &TestClock, channel: &AmazonChannel) -> Result<Pulled> {
    let window = Window { from: clock.now() - Duration::days(1), to: clock.now() };
    clock.run(channel.pull(&cx(clock), &PullFrom { stream: "changed".into(), window, cursor: None }))
}

#[test]
fn g05_the_credential_opens_the_sellers_own_account() {
    let (clock, _, channel) = shop();
    let standing = clock.run(channel.check(&cx(&clock))).unwrap();
    assert_eq!(standing.seller.as_ref(), Some(channel.seller()));
    assert_eq!((standing.missing, standing.scopes), (Vec::<String>::new(), vec!["ATVPDKIKX0DER".to_owned()]));
}

#[test]
fn g05_another_sellers_credential_is_refused_before_anything_is_read() {
    let (clock, market, _) = shop();
    let settings = market.with(|world| world.settings().clone());
    let other = market
        .connect(|_| {
            // The channel is seller A9OTHER's; the refresh token is another's.
            sutler_amazon::Amazon::new(
                "A9OTHER",
                settings.client_id,
                settings.client_secret,
                settings.refresh_token,
            )
            .local("http://127.0.0.1:1", "http://127.0.0.1:1/auth/o2/token")
        })
        .unwrap();
    let error = clock.run(other.check(&cx(&clock))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    assert!(error.text().contains("seller A9OTHER") && error.text().contains("another seller"), "{error}");
}

#[test]
fn g26_a_revoked_authorization_asks_the_seller_to_authorise_again() {
    let (clock, market, channel) = shop();
    assert!(matches!(pull(&clock, &channel), Ok(Pulled::Page(page)) if page.orders.len() == 1));
    market.control("revoke");
    let error = pull(&clock, &channel).unwrap_err();
    assert_eq!((error.kind(), error.retry()), (ErrorKind::Unauthorized, Retry::Never), "proof, not a hiccup");
    assert!(error.text().contains("authorise again"), "{error}");
}

#[test]
fn a_marketplace_of_another_region_is_found_before_any_call() {
    let (_, market, _) = shop();
    let error = market.connect(|config| config.region(Region::Europe)).unwrap_err();
    assert_eq!((error.kind(), error.op()), (ErrorKind::Config, "channels.amazon.marketplace_ids"));
    assert!(error.text().contains("ATVPDKIKX0DER belongs to region na, and the region is eu"), "{error}");
    let error = market.connect(|config| config.marketplaces(["US"])).unwrap_err();
    assert!(error.text().contains("\"US\" is no marketplace id"), "{error}");
}

#[test]
fn a_marketplace_where_the_seller_does_not_sell_is_named() {
    let (clock, market, _) = shop();
    // The right region, and a store the seller does not take part in.
    let channel = market.connect(|config| config.marketplaces(["ATVPDKIKX0DER", "A2EUQ1WTGCTBG2"])).unwrap();
    let standing = clock.run(channel.check(&cx(&clock))).unwrap();
    assert!(
        matches!(&standing.missing[..], [one] if one.contains("A2EUQ1WTGCTBG2")),
        "{:?}",
        standing.missing
    );
    // An account of another region than the endpoint's: Amazon says so.
    let europe =
        market.connect(|config| config.region(Region::Europe).marketplaces(["A1PA6795UKMFR9"])).unwrap();
    let error = pull(&clock, &europe).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    assert!(error.text().contains("are not valid for region"), "{error}");
}
