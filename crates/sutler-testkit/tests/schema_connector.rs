//! Every call of the Walmart connector through the schema checks, against the local Walmart.
//!
//! It needs the specifications, whose folder `SUTLER_SPECS` names; without it a line says that it did not run.

#[path = "shared/shops.rs"]
#[expect(dead_code, reason = "other tests need the rest")]
mod shops;

use std::collections::BTreeSet;
use std::sync::Arc;

use rust_decimal::Decimal;
use serde_json::Value;
use sutler_core::channel::{Channel, Fetched, Probe, PullFrom, RawOrder, Receipt, Settled, Window};
use sutler_core::command::{
    Acknowledge, Act, Cancel, CancelReason, Command, ConfirmShipment, OrderBrief, Refund, RefundPart,
    RefundReason, SetLevel,
};
use sutler_core::id::Sku;
use sutler_core::money::Money;
use sutler_core::order::{ChannelOrder, Charge, LineQuantity, ShipmentReport};
use sutler_core::ports::Clock;
use sutler_core::returns::ReturnsPulled;
use sutler_core::time::{Duration, from_millis};
use sutler_sandbox::walmart::{Faults, Settings, World};
use sutler_testkit::bench::{Bench, InProcess, at_once};
use sutler_testkit::schema::{CheckedTransport, Checks, Side, Specs, say};
use sutler_walmart::WalmartChannel;

const ORIGIN: i64 = 1_795_420_800_000;

/// The connector on a local Walmart of its own.
struct Shop {
    bench: Bench<World>,
    transport: Arc<CheckedTransport<InProcess<World>>>,
    channel: WalmartChannel,
}

impl Shop {
    fn open(faults: Faults, checks: &Arc<Checks>) -> Shop {
        let origin = from_millis(ORIGIN);
        let settings = Settings { orders: 60, faults, latency_ms: (0, 0), ..Settings::new(11, origin) };
        let walmart = shops::walmart(&settings, &settings.client_secret).page_limit(7);
        let bench = Bench::new(World::new(settings));
        let transport = Arc::new(CheckedTransport::new(bench.market.clone(), Arc::clone(checks)));
        let channel = walmart
            .build("us".into(), bench.parts(transport.clone()))
            .unwrap_or_else(|error| panic!("{error}"));
        Shop { bench, transport, channel }
    }

    /// Every order of a stream, page by page.
    fn pull(&self, stream: &str) -> Vec<RawOrder> {
        right(self.bench.pull(&self.channel, stream, 2))
    }

    fn perform(&self, commands: &[Command]) -> Vec<Receipt> {
        right(self.bench.perform(&self.channel, commands))
    }
}

fn right<T>(result: sutler_core::Result<T>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}

fn is_done(receipts: &[Receipt]) -> bool {
    receipts.iter().all(|receipt| matches!(receipt, Receipt::Done { .. }))
}

/// Orders read, taken, shipped in every way the connector knows, and cancelled for every reason.
fn orders(shop: &Shop) {
    let standing = right(at_once(shop.channel.check(&shop.bench.cx())));
    assert!(standing.ship_node.is_some(), "{standing:?}");
    let streams: Vec<_> =
        shop.channel.capabilities().streams.iter().map(|stream| stream.id.clone()).collect();
    let counts: Vec<usize> = streams.iter().map(|stream| shop.pull(stream.as_str()).len()).collect();
    assert!(counts.iter().filter(|count| **count > 0).count() > 1, "{streams:?}: {counts:?}");
    let mut done = 0;
    for (at, raw) in shop.pull("created/SellerFulfilled").iter().take(30).enumerate() {
        let id = raw.channel_order_id.as_str();
        let taken = shop.perform(&[shop.bench.command(id, Act::Acknowledge(Acknowledge {}))]);
        let Fetched::Found(raw, _) =
            right(at_once(shop.channel.fetch(&shop.bench.cx(), &raw.channel_order_id)))
        else {
            panic!("order {id} is not visible");
        };
        let order = shop.channel.normalise(&raw);
        let Some(line) = order.facts.lines.first() else { panic!("order {id} has no line") };
        let lines = vec![LineQuantity { line_id: line.line_id.clone(), quantity: 1 }];
        let report = ShipmentReport {
            package: 1,
            carrier: if at % 2 == 0 { "ups".into() } else { "Pigeon Post".into() },
            tracking: format!("1Z{at}99"),
            tracking_url: (at % 2 == 1).then(|| "https://carrier.example/track".into()),
            shipped_at: shop.bench.clock.now(),
            lines: lines.clone(),
        };
        let method = order.facts.method.clone();
        let ship = ConfirmShipment { report, method, override_cancel: at % 3 == 0 };
        let shipped = shop.perform(&[shop.bench.command(id, Act::ConfirmShipment(ship))]);
        done += u32::from(is_done(&taken) && is_done(&shipped));
        give_back(shop, &order, at);
        let reason = CancelReason::ALL.get(at % CancelReason::ALL.len()).map(|(reason, _)| *reason);
        let cancel = Cancel { lines, reason: reason.unwrap_or(CancelReason::OutOfStock) };
        // Refused where nothing is left of the line: what is sent counts here.
        shop.perform(&[shop.bench.command(id, Act::Cancel(cancel))]);
    }
    let ids: Vec<String> = shop.bench.market.world().plan().into_iter().map(|order| order.id).collect();
    let back = ids.iter().filter(|id| shop.bench.ask(&format!("orders/{id}/return"), &Value::Null).is_ok());
    let back = back.count();
    let side = shop.channel.returns().expect("Walmart tells of returns");
    let now = shop.bench.clock.now();
    let window = Window { from: now - Duration::days(3), to: now };
    let mut from = PullFrom { stream: side.spec().stream, window, cursor: None };
    let mut seen = 0;
    loop {
        let ReturnsPulled::Page(page) = right(at_once(side.pull(&shop.bench.cx(), &from))) else {
            panic!("Walmart makes nobody wait for returns");
        };
        seen += page.returns.len();
        from.cursor = page.next;
        if from.cursor.is_none() {
            break;
        }
    }
    assert_eq!((seen, seen > 20), (back, true), "every return is on one of the pages of seven");
    assert!(done > 20, "{done} of 30 orders were acknowledged and shipped");
    let missing = right(at_once(shop.channel.fetch(&shop.bench.cx(), &"nobody".into())));
    assert!(matches!(missing, Fetched::NotVisible), "{missing:?}");
}

/// Half of what was charged for a line, or all of it, for every reason, and what the order shows then.
fn give_back(shop: &Shop, order: &ChannelOrder, at: usize) {
    let id = &order.channel_order_id;
    let line = order.facts.lines.first().unwrap_or_else(|| panic!("order {id} has no line"));
    let of = |money: Money| Money { amount: (money.amount / Decimal::from(1 + at % 2)).round_dp(2), ..money };
    let part = |charge: &Charge| RefundPart {
        line_id: line.line_id.clone(),
        charge: charge.kind.clone(),
        amount: of(charge.amount),
        tax: charge.tax.map(of),
    };
    let reason = RefundReason::ALL[at % RefundReason::ALL.len()].0;
    let refund = Refund { refund: 1, parts: line.charges.iter().map(part).collect(), reason, via: None };
    let mut command = shop.bench.command(&format!("{id}/1"), Act::Refund(refund));
    command.brief = Some(OrderBrief::from(&*order.facts).with_charges(&order.facts));
    command.before = Some(0);
    let receipts = shop.perform(std::slice::from_ref(&command));
    let probe = right(at_once(shop.channel.probe(&shop.bench.cx(), &command)));
    assert_eq!(is_done(&receipts), matches!(probe, Probe::Happened { .. }), "{receipts:?}: {probe:?}");
}

/// One level, many, and what became of them.
fn stock(shop: &Shop, skus: &[Sku]) {
    let set = |sku: &Sku, level| {
        shop.bench.command(sku.as_str(), Act::SetLevel(SetLevel { sku: sku.clone(), level }))
    };
    let Some(first) = skus.first() else { panic!("no SKU was sold") };
    shop.perform(&[set(first, 5)]);
    let commands: Vec<Command> = skus.iter().map(|sku| set(sku, 7)).collect();
    let receipts = shop.perform(&commands);
    if let Some(Receipt::Accepted { handle }) = receipts.first() {
        let early = right(at_once(shop.channel.settle(&shop.bench.cx(), handle, &commands)));
        assert!(matches!(early, Settled::NotYet), "{early:?}");
        shop.bench.clock.pass(Duration::minutes(10));
        let late = right(at_once(shop.channel.settle(&shop.bench.cx(), handle, &commands)));
        assert!(matches!(late, Settled::Receipts(_)), "{late:?}");
    } else {
        panic!("{receipts:?}");
    }
    let side = shop.channel.stock().expect("Walmart has stock");
    let mut asked = skus.to_vec();
    asked.push("nobody's".into());
    assert_eq!(right(at_once(side.levels(&shop.bench.cx(), &asked))).len(), asked.len());
}

#[test]
fn the_connector_speaks_as_published() {
    let Some(folder) = Specs::from_env().or_say_so() else { return };
    let checks = Arc::new(Checks::load(&folder).unwrap_or_else(|error| panic!("{error}")));
    let faults =
        Faults { loose: 500, unknown_text: 200, cursor_variants: 500, masked: 500, ..Faults::default() };
    let mut found = BTreeSet::new();
    for faults in [Faults::default(), faults] {
        let shop = Shop::open(faults, &checks);
        orders(&shop);
        let sold: BTreeSet<Sku> = shop
            .pull("created/SellerFulfilled")
            .iter()
            .flat_map(|raw| {
                shop.channel
                    .normalise(raw)
                    .facts
                    .lines
                    .iter()
                    .filter_map(|line| line.sku.clone())
                    .collect::<Vec<_>>()
            })
            .collect();
        stock(&shop, &sold.into_iter().take(60).collect::<Vec<_>>());
        found.extend(shop.transport.take_findings().iter().map(ToString::to_string));
    }
    let summary = checks.summary();
    say(&summary.to_string());
    let list: Vec<String> = found.into_iter().collect();
    assert!(list.is_empty(), "the messages differ from the specification:\n{}", list.join("\n"));
    assert_eq!(summary.unchecked, [], "each call of the connector shows a message of each half");
    assert!(summary.checked(Side::Request) >= summary.checked(Side::Answer));
}
