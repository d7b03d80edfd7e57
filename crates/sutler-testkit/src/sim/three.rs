//! Scenarios beside Walmart's: three marketplaces that sell from one shelf, and backlogs of the other two.

use super::{
    gate::Rng,
    scenario::{HostAct, Scenario, Scripted, When, at, origin, report, trouble, units},
    shop::{Kind, Shop},
};
use sutler_core::{command::CancelReason, time::Duration};
use sutler_sandbox::plan::PlannedOrder;

impl Scenario {
    /// The fixed scenario of the crash test over three marketplaces, which all sell A, B and C. On each: packages of parts
    /// of a line, a cancellation by the host, levels set one by one and many at once. On Amazon an order that is paid for
    /// only later; on eBay wishes to cancel, which its lists hide, one granted and one refused, money given back, and a
    /// listing that the Trading API alone changes.
    pub fn three() -> Self {
        let act = |when, order, act| Scripted { when, order, act };
        let acked = |order, it| act(When::Acknowledged, order, it);
        let out_of_stock = |line, units| HostAct::Cancel(vec![(line, units)], CancelReason::OutOfStock);
        let (amazon_parts, amazon_cut, amazon_pending) =
            ("902-0000001-0000001", "902-0000002-0000002", "902-0000003-0000003");
        let (ebay_parts, ebay_wish, ebay_cut, ebay_kept) =
            ("11-00001-00001", "11-00002-00002", "11-00003-00003", "11-00004-00004");
        let script = vec![
            acked("102", report(1, "9400111899223197428490", &[(1, 1)])),
            acked("102", report(2, "9400111899223197428491", &[(1, 1)])),
            acked("103", out_of_stock(1, 1)),
            acked(amazon_parts, report(1, "1Z999AA10123456785", &[(1, 1)])),
            acked(amazon_parts, report(2, "1Z999AA10123456786", &[(1, 2)])),
            acked(amazon_cut, report(1, "1Z999AA10123456787", &[(1, 1)])),
            acked(amazon_cut, out_of_stock(2, 1)),
            acked(amazon_pending, report(1, "1Z999AA10123456788", &[(1, 1)])),
            acked(ebay_parts, report(1, "1Z999AA10123456789", &[(1, 1)])),
            acked(ebay_parts, report(2, "1Z999AA10123456790", &[(1, 1)])),
            acked(ebay_parts, HostAct::Refund { refund: 1, line: 1, amount: "5.00" }),
            act(When::Asked, ebay_wish, HostAct::Cancel(vec![(1, 1)], CancelReason::BuyerAsked)),
            acked(ebay_cut, out_of_stock(1, 1)),
            act(When::Asked, ebay_kept, HostAct::RefuseCancel),
            act(When::Refused, ebay_kept, report(1, "1Z999AA10123456791", &[(1, 1)])),
            act(When::After(Duration::minutes(8)), "", HostAct::OnHand("C", 12)),
        ];
        let seller = |id: &str, minutes: i64| seller(id, at(minutes));
        let walmart = vec![seller("102", -40).line("B", 2), seller("103", -30).line("C", 1)];
        let amazon = vec![
            seller(amazon_parts, -45).line("A", 3),
            seller(amazon_cut, -35).line("B", 1).line("C", 1),
            seller(amazon_pending, -5).line("A", 1).paid_at(at(6)),
        ];
        let ebay = vec![
            seller(ebay_parts, -48).line("A", 2),
            seller(ebay_wish, -38).line("B", 1).cancel_requested_at(at(4)),
            seller(ebay_cut, -28).line("C", 1),
            seller(ebay_kept, -18).line("A", 1).cancel_requested_at(at(5)),
        ];
        let levels = units(&[("A", 19), ("B", 9), ("C", 6)]);
        let shop = |kind, channel, orders| {
            let levels = levels.clone();
            Shop { orders, levels, page_limit: 2, ..Shop::new(kind, channel) }
        };
        Scenario {
            shops: vec![
                shop(Kind::Walmart, "us", walmart),
                shop(Kind::Amazon, "amazon", amazon),
                Shop { trading: ["C".to_owned()].into(), ..shop(Kind::Ebay, "ebay", ebay) },
            ],
            on_hand: units(&[("A", 20), ("B", 10), ("C", 8)]),
            script,
            batch_sets_from: 2,
            ..Scenario::fixed()
        }
    }

    /// The three marketplaces with trouble drawn by seed, each with its own.
    pub fn three_drawn(seed: u64) -> Self {
        let mut rng = Rng::new(seed ^ 0x3A4E_B0F7);
        let mut scenario = Scenario::three();
        for shop in &mut scenario.shops {
            shop.faults = trouble(&mut rng);
            shop.faults.feed_fatal = [0, 100, 300][rng.below(3) as usize];
            for order in &mut shop.orders {
                order.placed_at += Duration::seconds(rng.below(900) as i64);
            }
        }
        // A cancellation of which Amazon's feed lost sight is looked for after eight hours; this may happen again and again.
        scenario.hours_max = 96;
        scenario.batch_sets_from = [2, 100][rng.below(2) as usize];
        scenario.pull_interval = Duration::minutes([5, 10, 15][rng.below(3) as usize]);
        scenario
    }

    /// Orders of one eBay seller, all to be cancelled by the host, where every third request is refused as one too many.
    pub fn cancellations() -> Self {
        const ORDERS: [&str; 4] = ["11-00001-00001", "11-00002-00002", "11-00003-00003", "11-00004-00004"];
        let cancel = |order: &&'static str| Scripted {
            when: When::Acknowledged,
            order,
            act: HostAct::Cancel(vec![(1, 1)], CancelReason::OutOfStock),
        };
        let mut shop = Shop { levels: units(&[("A", 9)]), ..Shop::new(Kind::Ebay, "ebay") };
        shop.orders = ORDERS.iter().map(|id| seller(id, at(-40)).line("A", 1)).collect();
        shop.faults.throttle = 333;
        let script = ORDERS.iter().map(cancel).collect();
        Scenario { shops: vec![shop], on_hand: units(&[("A", 9)]), script, ..Scenario::fixed() }
    }

    /// Listings that only eBay's Trading API shows and changes, more than a hundredth of its calls of a day suffices for.
    pub fn trading_day(listings: usize) -> Self {
        let skus: Vec<String> = (0..listings).map(|n| format!("T{n:03}")).collect();
        let of = |units: i64| skus.iter().map(|sku| (sku.clone(), units)).collect();
        let mut shop = Shop { levels: of(3), ..Shop::new(Kind::Ebay, "ebay") };
        shop.trading = skus.iter().cloned().collect();
        shop.faults.bucket_percent = 1;
        Scenario { shops: vec![shop], on_hand: of(4), script: Vec::new(), ..Scenario::fixed() }
    }

    /// Many small orders of the twenty days before the beginning, on one marketplace that nobody has read yet, in its
    /// largest pages.
    pub fn cold(kind: Kind, channel: &'static str, orders: i64) -> Self {
        let spread = Duration::days(20).num_seconds() / orders.max(1);
        let one = |n: i64| {
            let placed = at(-24 * 60) - Duration::seconds(n * spread);
            seller(&format!("{:03}-{n:07}", 700), placed).line("A", 1)
        };
        let page_limit = if kind == Kind::Ebay { 200 } else { 100 };
        let levels = units(&[("A", orders)]);
        let orders_of = (0..orders).map(one).collect();
        Scenario {
            shops: vec![Shop { orders: orders_of, levels, page_limit, ..Shop::new(kind, channel) }],
            on_hand: units(&[("A", 2 * orders)]),
            script: Vec::new(),
            ..Scenario::fixed()
        }
    }
}

fn seller(id: &str, placed_at: sutler_core::Timestamp) -> PlannedOrder {
    PlannedOrder::seller(placed_at).id(id).ship_by(origin() + Duration::days(2))
}
