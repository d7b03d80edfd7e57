//! What is read beside orders' own reads: reports that stand for a list, and what lies in Amazon's warehouses.

use crate::ports::{Market, TestClock, answer, cx, order, settings};
use sutler_amazon::AmazonChannel;
use sutler_core::{
    channel::{Channel, MarketplaceInventory, Page, PullFrom, Pulled, Window},
    error::{ErrorKind, Result},
    ports::Clock,
    time::Duration,
};
use sutler_sandbox::plan::FulfilledBy;

fn pull(clock: &TestClock, channel: &AmazonChannel, days: i64, cursor: Option<String>) -> Result<Pulled> {
    let window = Window { from: clock.now() - Duration::days(days), to: clock.now() };
    clock.run(channel.pull(&cx(clock), &PullFrom { stream: "report".into(), window, cursor }))
}

/// Asks until there is a page.
fn page(clock: &TestClock, channel: &AmazonChannel, mut cursor: Option<String>) -> Result<Page> {
    loop {
        match pull(clock, channel, 2, cursor)? {
            Pulled::Page(page) => return Ok(page),
            Pulled::Pending(pending) => {
                clock.pass(pending.after);
                cursor = Some(pending.cursor);
            }
            Pulled::TooMany { .. } => panic!("two days are not too many"),
        }
    }
}

#[test]
fn g01_a_report_is_made_looked_at_and_read_in_pages() {
    let clock = TestClock::new();
    let orders = (0..600).map(|n| order(&format!("111-{n:03}")).line("A", 2).line("B", 1));
    let (market, channel) = Market::open(&clock, settings(orders));
    let first = page(&clock, &channel, None).unwrap();
    assert_eq!((first.orders.len(), first.total), (500, Some(600)));
    // A process that was started since fetches the report again, and asks for none anew.
    let other = market.connect(|config| config).unwrap();
    let rest = page(&clock, &other, first.next).unwrap();
    assert_eq!((rest.orders.len(), rest.next), (100, None));
    let whole = channel.normalise(&first.orders[0]);
    assert!(channel.wants_look(&whole.facts), "no line ids, no deadlines, no wishes");
    let units: Vec<u32> = whole.facts.lines.iter().map(|line| line.ordered).collect();
    assert_eq!(units, [2, 1]);
    assert!(matches!(pull(&clock, &channel, 31, None), Ok(Pulled::TooMany { .. })), "a month at most");
}

#[test]
fn a_report_of_nothing_is_an_empty_page_and_a_fatal_one_an_answer() {
    let clock = TestClock::new();
    let (market, channel) = Market::open(&clock, settings([]));
    let empty = page(&clock, &channel, None).unwrap();
    assert_eq!((empty.orders.len(), empty.next), (0, None));
    for (status, says) in
        [("FATAL", "ended FATAL"), ("DONE", "has no document"), ("CANCELLED", "was cancelled before")]
    {
        market.twist(move |request| {
            let looked_at = request.method() == "GET" && request.uri().path().contains("/reports/");
            let body = format!(r#"{{"reportId":"1","reportType":"X","processingStatus":"{status}"}}"#);
            looked_at.then(|| Ok(answer(200, &body)))
        });
        let error = page(&clock, &channel, None).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused);
        assert!(error.text().contains(says), "{error}");
    }
    market.straight();
    assert_eq!(pull(&clock, &channel, 1, Some("nonsense".into())).unwrap_err().kind(), ErrorKind::Invalid);
}

#[test]
fn what_lies_in_amazons_warehouses_is_read_page_by_page() {
    let clock = TestClock::new();
    let orders = (0..60).map(|n| {
        order(&format!("111-{n}")).line(&format!("F{n:02}"), 2).fulfilled_by(FulfilledBy::Marketplace)
    });
    let (market, channel) = Market::open(&clock, settings(orders));
    let stock = channel.stock().unwrap();
    let first = clock.run(stock.marketplace_inventory(&cx(&clock), None)).unwrap();
    let rest = clock.run(stock.marketplace_inventory(&cx(&clock), first.next.as_deref())).unwrap();
    assert_eq!((first.rows.len(), rest.rows.len(), rest.next), (50, 10, None));
    assert!(first.rows.iter().all(|units| units.reserved == 2 && units.fulfillable > 0));

    // Amazon's own sample has an empty instant, and leaves out what it was not asked for.
    let sample = r#"{"payload":{"granularity":{"granularityType":"Marketplace","granularityId":"X"},
        "inventorySummaries":[{"sellerSku":"A","lastUpdatedTime":""},{"asin":"B0"}]}}"#;
    market.twist(move |request| request.uri().path().starts_with("/fba/").then(|| Ok(answer(200, sample))));
    let bare = clock.run(stock.marketplace_inventory(&cx(&clock), None)).unwrap();
    let nothing = MarketplaceInventory {
        sku: "A".into(),
        fulfillable: 0,
        reserved: 0,
        inbound: 0,
        unfulfillable: 0,
        updated_at: None,
    };
    assert_eq!(bare.rows, [nothing]);
}
