//! Every call of the Walmart connector through the schema checks, against the local Walmart.
//!
//! It needs the specifications, whose folder `SUTLER_SPECS` names; without it a line says that it did not run.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use futures_util::FutureExt;
use sutler_core::Timestamp;
use sutler_core::budget::Budgets;
use sutler_core::channel::{
    Batch, CallCx, Channel, Fetched, PullFrom, Pulled, RawOrder, Receipt, Settled, Window,
};
use sutler_core::command::{
    Acknowledge, Act, Cancel, CancelReason, Command, CommandKey, ConfirmShipment, SetLevel,
};
use sutler_core::id::{ChannelOrderId, Sku};
use sutler_core::order::{LineQuantity, ShipmentReport};
use sutler_core::ports::{BoxFuture, Clock, Entropy};
use sutler_core::time::{Duration, from_millis};
use sutler_http::{Parts, Request, Response, Transport, TransportError};
use sutler_sandbox::walmart::{Faults, Settings, World};
use sutler_testkit::schema::{CheckedTransport, Checks, Side, Specs, say};
use sutler_walmart::{Walmart, WalmartChannel};

const ORIGIN: i64 = 1_795_420_800_000;

/// Marketplace time that goes on only when somebody waits for it.
#[derive(Debug, Clone)]
struct Leaping(Arc<AtomicI64>);

impl Clock for Leaping {
    fn now(&self) -> Timestamp {
        from_millis(self.0.load(Ordering::Relaxed))
    }
    fn sleep_until(&self, until: Timestamp) -> BoxFuture<'static, ()> {
        let clock = Arc::clone(&self.0);
        Box::pin(async move {
            clock.fetch_max(until.timestamp_millis(), Ordering::Relaxed);
        })
    }
    fn real(&self, real: std::time::Duration) -> Duration {
        Duration::from_std(real).unwrap_or(Duration::MAX)
    }
}

#[derive(Debug, Default)]
struct Counting(AtomicU64);

impl Entropy for Counting {
    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}

#[derive(Debug)]
struct Local {
    world: Mutex<World>,
    clock: Leaping,
}

#[async_trait]
impl Transport for Local {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let mut world = self.world.lock().map_err(|_| TransportError::not_sent("the world is poisoned"))?;
        let reply = world.receive(self.clock.now(), &request);
        reply.answer.ok_or_else(|| TransportError::maybe_sent("no answer"))
    }
}

/// The connector on a local Walmart of its own.
struct Shop {
    clock: Leaping,
    transport: Arc<CheckedTransport<Local>>,
    channel: WalmartChannel,
}

impl Shop {
    fn open(faults: Faults, checks: &Arc<Checks>) -> Shop {
        let origin = from_millis(ORIGIN);
        let settings = Settings { orders: 60, faults, latency_ms: (0, 0), ..Settings::new(11, origin) };
        let (seller, id, secret) =
            (settings.seller.clone(), settings.client_id.clone(), settings.client_secret.clone());
        let clock = Leaping(Arc::new(AtomicI64::new(ORIGIN)));
        let local = Local { world: Mutex::new(World::new(settings)), clock: clock.clone() };
        let transport = Arc::new(CheckedTransport::new(local, Arc::clone(checks)));
        let parts = Parts {
            transport: transport.clone(),
            budgets: Arc::new(Budgets::default()),
            clock: Arc::new(clock.clone()),
            entropy: Arc::new(Counting::default()),
        };
        let walmart = Walmart::new(seller, id, secret.as_str())
            .local("http://127.0.0.1:1", "http://127.0.0.1:1/v3/token")
            .page_limit(7);
        let channel = walmart.build("us".into(), parts).unwrap_or_else(|error| panic!("{error}"));
        Shop { clock, transport, channel }
    }

    fn wait(&self, span: Duration) {
        self.clock.0.fetch_add(span.num_milliseconds(), Ordering::Relaxed);
    }

    fn cx(&self) -> CallCx {
        CallCx { deadline: self.clock.now() + Duration::hours(1), write_by: None }
    }

    /// Every order of a stream, page by page.
    fn pull(&self, stream: &str) -> Vec<RawOrder> {
        let window = Window { from: self.clock.now() - Duration::days(2), to: self.clock.now() };
        let mut from = PullFrom { stream: stream.into(), window, cursor: None };
        let mut orders = Vec::new();
        loop {
            let pulled = now(self.channel.pull(&self.cx(), &from));
            let Pulled::Page(page) = pulled else { panic!("{stream}: {pulled:?}") };
            orders.extend(page.orders);
            match page.next {
                Some(next) => from.cursor = Some(next),
                None => return orders,
            }
        }
    }

    fn perform(&self, commands: &[Command]) -> Vec<Receipt> {
        // One write a second is what Walmart allows for long.
        self.wait(Duration::seconds(2));
        now(self.channel.perform(&self.cx(), &Batch { commands }))
    }

    fn command(&self, subject: &str, act: Act) -> Command {
        let key = CommandKey { verb: act.verb(), subject: subject.to_owned(), ordinal: 1 };
        let is_stock = matches!(act, Act::SetLevel(_));
        let mut command = Command::intend(key, act, self.clock.now(), self.clock.now());
        command.channel_order_id = (!is_stock).then(|| ChannelOrderId::new(subject));
        command
    }
}

/// The result of a future that the local world lets end at once.
fn now<T>(future: impl Future<Output = sutler_core::Result<T>>) -> T {
    let result = future.now_or_never().expect("the local world answers at once");
    result.unwrap_or_else(|error| panic!("{error}"))
}

fn is_done(receipts: &[Receipt]) -> bool {
    receipts.iter().all(|receipt| matches!(receipt, Receipt::Done { .. }))
}

/// Orders read, taken, shipped in every way the connector knows, and cancelled for every reason.
fn orders(shop: &Shop) {
    let standing = now(shop.channel.check(&shop.cx()));
    assert!(standing.ship_node.is_some(), "{standing:?}");
    let streams: Vec<_> =
        shop.channel.capabilities().streams.iter().map(|stream| stream.id.clone()).collect();
    let counts: Vec<usize> = streams.iter().map(|stream| shop.pull(stream.as_str()).len()).collect();
    assert!(counts.iter().filter(|count| **count > 0).count() > 1, "{streams:?}: {counts:?}");
    let mut done = 0;
    for (at, raw) in shop.pull("created/SellerFulfilled").iter().take(30).enumerate() {
        let id = raw.channel_order_id.as_str();
        let taken = shop.perform(&[shop.command(id, Act::Acknowledge(Acknowledge {}))]);
        let Fetched::Found(raw, _) = now(shop.channel.fetch(&shop.cx(), &raw.channel_order_id)) else {
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
            shipped_at: shop.clock.now(),
            lines: lines.clone(),
        };
        let method = order.facts.method.clone();
        let ship = ConfirmShipment { report, method, override_cancel: at % 3 == 0 };
        let shipped = shop.perform(&[shop.command(id, Act::ConfirmShipment(ship))]);
        done += u32::from(is_done(&taken) && is_done(&shipped));
        let reason = CancelReason::ALL.get(at % CancelReason::ALL.len()).map(|(reason, _)| *reason);
        let cancel = Cancel { lines, reason: reason.unwrap_or(CancelReason::OutOfStock) };
        // Refused where nothing is left of the line: what is sent counts here.
        shop.perform(&[shop.command(id, Act::Cancel(cancel))]);
    }
    assert!(done > 20, "{done} of 30 orders were acknowledged and shipped");
    let missing = now(shop.channel.fetch(&shop.cx(), &"nobody".into()));
    assert!(matches!(missing, Fetched::NotVisible), "{missing:?}");
}

/// One level, many, and what became of them.
fn stock(shop: &Shop, skus: &[Sku]) {
    let set =
        |sku: &Sku, level| shop.command(sku.as_str(), Act::SetLevel(SetLevel { sku: sku.clone(), level }));
    let Some(first) = skus.first() else { panic!("no SKU was sold") };
    shop.perform(&[set(first, 5)]);
    let commands: Vec<Command> = skus.iter().map(|sku| set(sku, 7)).collect();
    let receipts = shop.perform(&commands);
    if let Some(Receipt::Accepted { handle }) = receipts.first() {
        let early = now(shop.channel.settle(&shop.cx(), handle, &commands));
        assert!(matches!(early, Settled::NotYet), "{early:?}");
        shop.wait(Duration::minutes(10));
        let late = now(shop.channel.settle(&shop.cx(), handle, &commands));
        assert!(matches!(late, Settled::Receipts(_)), "{late:?}");
    } else {
        panic!("{receipts:?}");
    }
    let side = shop.channel.stock().expect("Walmart has stock");
    let mut asked = skus.to_vec();
    asked.push("nobody's".into());
    assert_eq!(now(side.levels(&shop.cx(), &asked)).len(), asked.len());
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
