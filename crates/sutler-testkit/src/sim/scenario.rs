//! What happens in a simulated run: orders, stock, faults, and what the host does.

use super::{
    gate::Rng,
    shop::{Kind, Shop},
};
use std::collections::BTreeMap;
use sutler_core::{
    Timestamp,
    command::CancelReason,
    time::{Duration, from_millis},
};
use sutler_sandbox::{
    Faults,
    plan::{FulfilledBy, PlannedOrder},
};

/// Marketplace time at which every simulated world begins: 2026-11-02T12:00:00Z.
pub const ORIGIN_MS: i64 = 1_793_620_800_000;

/// The instant every simulated world begins at.
pub fn origin() -> Timestamp {
    from_millis(ORIGIN_MS)
}

/// When the host does something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// This long after the beginning.
    After(Duration),
    /// Once the order is acknowledged, as the engine knows.
    Acknowledged,
    /// Once the order is known.
    Known,
    /// Once the buyer's wish to cancel is known.
    Asked,
    /// Once that wish was refused, or a person was asked whether it was.
    Refused,
}

/// What the host does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostAct {
    /// Counts a SKU.
    OnHand(&'static str, i64),
    /// Reports a package of units of lines.
    Report {
        /// Which package of the order.
        package: u32,
        /// The carrier's number.
        tracking: &'static str,
        /// Line, counted from 1, and units.
        lines: Vec<(usize, u32)>,
    },
    /// Cancels units of lines, counted from 1.
    Cancel(Vec<(usize, u32)>, CancelReason),
    /// Refuses the buyer's wish to cancel.
    RefuseCancel,
    /// Gives money back.
    Refund {
        /// Which refund of the order.
        refund: u32,
        /// Of which line, counted from 1.
        line: usize,
        /// How many dollars.
        amount: &'static str,
    },
}

/// One act of the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scripted {
    /// When.
    pub when: When,
    /// About which order; empty for stock.
    pub order: &'static str,
    /// What.
    pub act: HostAct,
}

/// A whole run's ingredients.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The marketplaces.
    pub shops: Vec<Shop>,
    /// What is physically there, as the host declares and the sandboxes know.
    pub on_hand: BTreeMap<String, i64>,
    /// What the host does.
    pub script: Vec<Scripted>,
    /// Between two pulls.
    pub pull_interval: Duration,
    /// From this many listings on, sets travel as a feed.
    pub batch_sets_from: usize,
    /// Hours of marketplace time after which an unfinished run has failed.
    pub hours_max: i64,
}

/// So many minutes after the beginning.
pub(super) fn at(minutes: i64) -> Timestamp {
    origin() + Duration::minutes(minutes)
}

/// Units by SKU.
pub(super) fn units(of: &[(&str, i64)]) -> BTreeMap<String, i64> {
    of.iter().map(|(sku, units)| ((*sku).to_owned(), *units)).collect()
}

/// Reports a package.
pub(super) fn report(package: u32, tracking: &'static str, lines: &[(usize, u32)]) -> HostAct {
    HostAct::Report { package, tracking, lines: lines.to_vec() }
}

impl Scenario {
    /// The fixed scenario of the crash test: acknowledge, partial ships, a cancel racing a ship, partial cancels, single
    /// stock sets and a feed, a short order that stock arriving later serves, and a WFS order nobody may write to.
    pub fn fixed() -> Self {
        let ship_by = origin() + Duration::days(2);
        let seller = |id: &str, minutes: i64| PlannedOrder::seller(at(minutes)).id(id).ship_by(ship_by);
        let orders = vec![
            seller("101", -50).line("A", 2),
            seller("102", -40).line("B", 5),
            seller("103", -30).line("A", 1).line("B", 2).cancel_requested_at(at(4)),
            seller("104", -20).line("C", 3),
            seller("105", -10).line("D", 4),
            PlannedOrder::seller(at(-5)).id("106").line("A", 1).fulfilled_by(FulfilledBy::Marketplace),
        ];
        let acked = |order, act| Scripted { when: When::Acknowledged, order, act };
        let script = vec![
            acked("101", report(1, "1Z999AA10123456784", &[(1, 2)])),
            acked("102", report(1, "9400111899223197428490", &[(1, 2)])),
            acked("102", report(2, "9400111899223197428491", &[(1, 2)])),
            acked("103", report(1, "1Z999AA10123456785", &[(1, 1)])),
            acked("103", HostAct::Cancel(vec![(2, 2)], CancelReason::BuyerAsked)),
            acked("105", HostAct::Cancel(vec![(1, 1)], CancelReason::OutOfStock)),
            acked("105", report(1, "1Z999AA10123456786", &[(1, 2)])),
            Scripted { when: When::After(Duration::minutes(8)), order: "", act: HostAct::OnHand("C", 6) },
        ];
        let levels = units(&[("A", 9), ("B", 3), ("C", 2), ("D", 7)]);
        Scenario {
            shops: vec![Shop { orders, levels, ..Shop::new(Kind::Walmart, "us") }],
            on_hand: units(&[("A", 12), ("B", 20), ("C", 1), ("D", 10)]),
            script,
            pull_interval: Duration::minutes(15),
            batch_sets_from: 3,
            hours_max: 48,
        }
    }

    /// A scenario drawn by seed: few orders, many kinds of trouble. The edges of every bound are drawn often.
    pub fn drawn(seed: u64) -> Self {
        let mut rng = Rng::new(seed ^ 0x5CE7_A210);
        let mut scenario = Scenario::fixed();
        scenario.shops[0].faults = trouble(&mut rng);
        scenario.batch_sets_from = [2, 100][rng.below(2) as usize];
        for order in &mut scenario.shops[0].orders {
            order.placed_at += Duration::seconds(rng.below(900) as i64);
        }
        scenario.pull_interval = Duration::minutes([5, 5, 10, 15][rng.below(4) as usize]);
        scenario
    }

    /// Many small orders placed an hour before the beginning, and nothing else: a backlog.
    pub fn backlog(orders: i64) -> Self {
        let ship_by = origin() + Duration::days(2);
        let one = |n| PlannedOrder::seller(at(-60)).id(&format!("6{n:03}")).ship_by(ship_by).line("A", 1);
        let shop = Shop {
            orders: (0..orders).map(one).collect(),
            levels: units(&[("A", 1_000 - orders)]),
            ..Shop::new(Kind::Walmart, "us")
        };
        Scenario {
            shops: vec![shop],
            on_hand: units(&[("A", 1_000)]),
            script: Vec::new(),
            ..Scenario::fixed()
        }
    }
}

/// Trouble of many kinds. The edges of every bound are drawn often.
pub(super) fn trouble(rng: &mut Rng) -> Faults {
    let mut faults = Faults::default();
    let mut some = |most: u64| -> u16 {
        match rng.below(4) {
            0 => 0,
            1 => most as u16,
            _ => rng.below(most + 1) as u16,
        }
    };
    faults.late_visible = some(300);
    faults.read_lag = some(500);
    faults.page_repeat = some(300);
    faults.throttle = some(60);
    faults.storm = some(80);
    faults.error_before = some(80);
    faults.error_after = some(120);
    faults.lost_before = some(60);
    faults.lost_after = some(120);
    faults.late_apply = some(120);
    faults.stock_ignored = some(100);
    faults.token_death = some(40);
    faults.token_refused = some(100);
    faults.unknown_text = some(200);
    faults.loose = some(300);
    faults.cursor_variants = some(1000);
    faults.header_variants = some(1000);
    faults.masked = some(840);
    faults.feed_no_id = some(300);
    faults.feed_stuck = some(300);
    faults.hang = 500;
    faults.late_visible_max_s = [30, 600, 3_500][rng.below(3) as usize];
    faults.read_lag_max_s = [5, 30, 59][rng.below(3) as usize];
    faults.feed_stuck_max_s = 3_600;
    faults.bucket_percent = [100, 100, 70][rng.below(3) as usize];
    if rng.below(8) == 0 {
        faults.outage_start_s = 60 + rng.below(300) as u32;
        faults.outage_length_s = [300, 5 * 3_600][rng.below(2) as usize];
    }
    faults
}
