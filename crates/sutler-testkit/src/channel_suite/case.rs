//! What the tests of the suite say to a channel.

use super::{Fate, Sale, Stand, Subject, Who};
use crate::bench::at_once;
use rust_decimal::{Decimal, RoundingStrategy};
use std::ops::Deref;
use sutler_core::{
    channel::{
        Acknowledgment, Batch, CallCx, Fetched, Page, PullFrom, Pulled, RawOrder, Receipt, Settled, ShipUnit,
        StockWrite, StreamSpec, VerbSpec, Window,
    },
    command::{
        Accept, Acknowledge, Act, Cancel, CancelReason, Command, CommandKey, ConfirmPackages,
        ConfirmShipment, MoveLevel, OrderBrief, Promise, Refund, RefundPart, RefundReason, SetLevel, Verb,
    },
    error::{Error, ErrorKind, Result},
    id::ChannelOrderId,
    money::Money,
    order::{ChannelOrder, LineQuantity, ShipmentReport},
    time::{Duration, Timestamp},
};

/// One test's channel, with its marketplace.
pub struct Case(Box<dyn Stand>);

impl Deref for Case {
    type Target = dyn Stand;

    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}

impl Case {
    /// The seller's channel on a marketplace of its own.
    ///
    /// # Errors
    /// The subject's.
    pub fn open(subject: &dyn Subject) -> Result<Case> {
        subject.open(Who::Seller).map(Case)
    }

    /// The same for a stranger.
    ///
    /// # Errors
    /// The subject's.
    pub fn stranger(subject: &dyn Subject) -> Result<Case> {
        subject.open(Who::Stranger).map(Case)
    }

    /// A call that may take an hour.
    pub fn cx(&self) -> CallCx {
        CallCx { deadline: self.now() + Duration::hours(1), write_by: None }
    }

    /// How a verb is declared.
    pub fn spec(&self, verb: Verb) -> Option<VerbSpec> {
        self.channel().capabilities().verb(verb).cloned()
    }

    /// The streams that need no other to be complete.
    pub fn streams(&self) -> Vec<StreamSpec> {
        self.channel().capabilities().own_streams().cloned().collect()
    }

    /// The pages of a stream's window.
    ///
    /// # Errors
    /// The channel's; `Protocol` where a window does not end.
    pub fn pages(&self, stream: &StreamSpec, window: Window) -> Result<Vec<Page>> {
        let mut from = PullFrom { stream: stream.id.clone(), window, cursor: None };
        let mut pages = Vec::new();
        for _ in 0..200 {
            match at_once(self.channel().pull(&self.cx(), &from))? {
                Pulled::Page(page) => {
                    from.cursor.clone_from(&page.next);
                    pages.push(page);
                    if from.cursor.is_none() {
                        return Ok(pages);
                    }
                }
                Pulled::Pending(pending) => {
                    self.pass(pending.after);
                    from.cursor = Some(pending.cursor);
                }
                Pulled::TooMany { total } => {
                    return Err(wrong(format!("{total:?} orders are said to be too many")));
                }
            }
        }
        Err(wrong(format!("stream {} does not end", stream.id)))
    }

    /// Every order of the streams from `from` on, once what was placed can be seen and nothing is written any more.
    ///
    /// # Errors
    /// The channel's.
    pub fn listed(&self, from: Timestamp) -> Result<Vec<(RawOrder, ChannelOrder)>> {
        let delay = self.channel().capabilities().visibility_delay;
        self.pass(delay);
        let window = Window { from: from - delay, to: self.now() };
        let mut all = Vec::new();
        for stream in self.streams() {
            for page in self.pages(&stream, window)? {
                all.extend(page.orders.into_iter().map(|raw| {
                    let order = self.channel().normalise(&raw);
                    (raw, order)
                }));
            }
        }
        Ok(all)
    }

    /// One order, read by itself.
    ///
    /// # Errors
    /// The channel's; `NotFound` where it is not visible.
    pub fn fetch(&self, id: &ChannelOrderId) -> Result<ChannelOrder> {
        match at_once(self.channel().fetch(&self.cx(), id))? {
            Fetched::Found(raw, _) => Ok(self.channel().normalise(&raw)),
            Fetched::NotVisible => {
                Err(Error::new(ErrorKind::NotFound, "suite.fetch")
                    .message(format!("order {id} is not visible")))
            }
        }
    }

    /// An order that was sold, told to the channel where that must be, and can be shipped.
    ///
    /// # Errors
    /// The channel's.
    pub fn taken(&self, units: u32) -> Result<ChannelOrder> {
        let id = self.sell(Sale::of(units, super::SKUS[0]))?;
        self.pass(self.channel().capabilities().visibility_delay);
        if self.channel().capabilities().acknowledgment.is_told() {
            self.done(&self.take(&self.fetch(&id)?))?;
        }
        self.fetch(&id)
    }

    /// A command about an order, as the engine intends it.
    pub fn about(&self, order: &ChannelOrderId, subject: String, act: Act) -> Command {
        let key = CommandKey { verb: act.verb(), subject, ordinal: 1 };
        let mut command = Command::intend(key, act, self.now(), self.now());
        command.channel_order_id = Some(order.clone());
        command.sent_at = Some(self.now());
        command
    }

    /// Takes an order.
    pub fn acknowledge(&self, order: &ChannelOrderId) -> Command {
        self.about(order, order.to_string(), Act::Acknowledge(Acknowledge {}))
    }

    /// Takes an order as the channel wants to hear of it.
    pub fn take(&self, order: &ChannelOrder) -> Command {
        match self.channel().capabilities().acknowledgment {
            Acknowledgment::Promised => self.accept(order, |_| {}),
            _ => self.acknowledge(&order.channel_order_id),
        }
    }

    /// Takes an order by promising what it says itself, but for a change of each promise.
    pub fn accept(&self, order: &ChannelOrder, change: impl Fn(&mut Promise)) -> Command {
        let lines = order.facts.lines.iter().filter_map(|line| {
            let mut promise = Promise {
                line_id: line.line_id.clone(),
                quantity: line.open(),
                ship_by: order.facts.ship_by?,
                amount: line.charges.first()?.amount,
                of: line.ordered,
            };
            change(&mut promise);
            Some(promise)
        });
        let id = &order.channel_order_id;
        self.about(id, id.to_string(), Act::Accept(Accept { lines: lines.collect() }))
    }

    /// All of these packages at once, each of so many units of the line at that place.
    pub fn ship_all(&self, order: &ChannelOrder, packages: &[(usize, u32)]) -> Command {
        let report = |(number, (at, units)): (u32, &(usize, u32))| {
            let line = order.facts.lines.get(*at).map(|line| line.line_id.clone());
            let lines = line.map(|line_id| LineQuantity { line_id, quantity: *units }).into_iter().collect();
            ShipmentReport { lines, ..self.report(number, "UPS", None) }
        };
        let packages = (1..).zip(packages).map(report).collect();
        let confirm = ConfirmPackages::new(packages, order.facts.method.clone(), false);
        let id = &order.channel_order_id;
        let mut command = self.about(id, format!("{id}/all"), Act::ConfirmPackages(confirm));
        command.before = self.channel().before_image(&command, order);
        command
    }

    fn report(&self, package: u32, carrier: &str, url: Option<&str>) -> ShipmentReport {
        ShipmentReport {
            package,
            carrier: carrier.into(),
            tracking: format!("1Z999AA1012345{package:04}"),
            tracking_url: url.map(str::to_owned),
            shipped_at: self.now(),
            lines: Vec::new(),
        }
    }

    /// Do all packages of an order go in one confirmation?
    pub fn all_at_once(&self) -> bool {
        self.channel().capabilities().ship_unit == ShipUnit::Order
    }

    /// A part of an order of two units, where the channel takes one; else all of it.
    pub fn least(&self) -> u32 {
        if self.all_at_once() { 2 } else { 1 }
    }

    /// Ships so many units of the order's first line, as one package.
    pub fn ship(&self, order: &ChannelOrder, package: u32, units: u32) -> Command {
        self.ship_by(order, package, units, "UPS", None)
    }

    /// The same by any carrier.
    pub fn ship_by(
        &self,
        order: &ChannelOrder,
        package: u32,
        units: u32,
        carrier: &str,
        url: Option<&str>,
    ) -> Command {
        let lines = order.facts.lines.first().map(|line| (line.line_id.clone(), units));
        let lines = lines.map(|(line_id, quantity)| LineQuantity { line_id, quantity }).into_iter().collect();
        let report = ShipmentReport { lines, ..self.report(package, carrier, url) };
        let (id, method) = (&order.channel_order_id, order.facts.method.clone());
        let act = if self.all_at_once() {
            Act::ConfirmPackages(ConfirmPackages::new(vec![report], method, false))
        } else {
            Act::ConfirmShipment(ConfirmShipment { report, method, override_cancel: false })
        };
        let mut command = self.about(id, format!("{id}/{package}"), act);
        command.before = self.channel().before_image(&command, order);
        command
    }

    /// Cancels so many units of the order's first line.
    pub fn cancel(&self, order: &ChannelOrder, units: u32) -> Command {
        let line = order.facts.lines.first().map(|line| line.line_id.clone());
        let lines = line.map(|line_id| LineQuantity { line_id, quantity: units }).into_iter().collect();
        let id = &order.channel_order_id;
        let mut command =
            self.about(id, id.to_string(), Act::Cancel(Cancel { lines, reason: CancelReason::OutOfStock }));
        command.before = self.channel().before_image(&command, order);
        command
    }

    /// An order of so many units that left, as it then is.
    ///
    /// # Errors
    /// The channel's.
    pub fn shipped(&self, units: u32) -> Result<ChannelOrder> {
        let order = self.taken(units)?;
        self.done(&self.ship(&order, 1, units))?;
        self.fetch(&order.channel_order_id)
    }

    /// Gives back one part in so many of everything that was charged for the order's first line.
    pub fn refund(&self, order: &ChannelOrder, refund: u32, share: i64) -> Command {
        let of = |money: Money| Money {
            amount: (money.amount / Decimal::from(share)).round_dp_with_strategy(2, RoundingStrategy::ToZero),
            ..money
        };
        let line = order.facts.lines.first();
        let charges = line.into_iter().flat_map(|line| line.charges.iter().map(move |charge| (line, charge)));
        let parts = charges
            .filter(|(_, charge)| charge.amount.amount > Decimal::ZERO)
            .map(|(line, charge)| RefundPart {
                line_id: line.line_id.clone(),
                charge: charge.kind.clone(),
                amount: of(charge.amount),
                tax: charge.tax.map(of),
            })
            .collect();
        let id = &order.channel_order_id;
        let act = Act::Refund(Refund { refund, parts, reason: RefundReason::Adjustment, via: None });
        let mut command = self.about(id, format!("{id}/{refund}"), act);
        command.before = self.channel().before_image(&command, order);
        command.brief = Some(OrderBrief::from(&*order.facts).with_charges(&order.facts));
        command
    }

    /// Sets the level of a SKU, or moves it there from what it is.
    pub fn set(&self, sku: &str, level: u32) -> Command {
        let sku_named = sku.into();
        self.level(
            sku,
            match self.channel().capabilities().stock_write {
                StockWrite::Absolute => Act::SetLevel(SetLevel { sku: sku_named, level }),
                StockWrite::Delta => {
                    let from = self.effects().stock.get(sku).copied().unwrap_or(0);
                    Act::MoveLevel(MoveLevel { sku: sku_named, from, level })
                }
            },
        )
    }

    /// Writes the level of a SKU so.
    pub fn level(&self, sku: &str, act: Act) -> Command {
        let key = CommandKey { verb: Verb::SetLevel, subject: sku.to_owned(), ordinal: 1 };
        let mut command = Command::intend(key, act, self.now(), self.now());
        command.sent_at = Some(self.now());
        command
    }

    /// Sends commands in one call.
    ///
    /// # Errors
    /// The channel's.
    pub fn send(&self, commands: &[Command]) -> Result<Vec<Receipt>> {
        // About what a marketplace allows for long.
        self.pass(Duration::seconds(2));
        let receipts = at_once(self.channel().perform(&self.cx(), &Batch { commands }))?;
        assert_eq!(receipts.len(), commands.len(), "one receipt a command");
        Ok(receipts)
    }

    /// Sends one, and waits for what was only accepted.
    ///
    /// # Errors
    /// The channel's.
    pub fn answer(&self, command: &Command) -> Result<Receipt> {
        self.answers(std::slice::from_ref(command))?.pop().ok_or_else(|| wrong("no receipt".into()))
    }

    /// The same for several in one call.
    ///
    /// # Errors
    /// The channel's; `Protocol` for accepted work that never ends.
    pub fn answers(&self, commands: &[Command]) -> Result<Vec<Receipt>> {
        let receipts = self.send(commands)?;
        let Some(Receipt::Accepted { handle }) = receipts.first().cloned() else { return Ok(receipts) };
        for _ in 0..500 {
            self.pass(Duration::minutes(2));
            match at_once(self.channel().settle(&self.cx(), &handle, commands))? {
                Settled::NotYet => {}
                Settled::Receipts(receipts) => {
                    assert_eq!(receipts.len(), commands.len(), "one receipt a command");
                    return Ok(receipts);
                }
                Settled::Lost { why } => return Err(wrong(format!("accepted work is lost: {why}"))),
            }
        }
        Err(wrong(format!("work {handle} is never over")))
    }

    /// Sends one that must be done.
    ///
    /// # Errors
    /// The channel's.
    pub fn done(&self, command: &Command) -> Result<()> {
        let receipt = self.answer(command)?;
        assert!(matches!(receipt, Receipt::Done { .. }), "{}: {receipt:?}", command.key);
        self.pass_apply(command);
        Ok(())
    }

    /// Sends one that must not be done; how it is said is the marketplace's.
    pub fn not_done(&self, command: &Command) {
        let receipt = self.answer(command);
        let said_no = match &receipt {
            Ok(Receipt::Refused { .. } | Receipt::NotApplied { .. } | Receipt::Redirected { .. }) => true,
            Ok(_) => false,
            Err(error) => matches!(error.kind(), ErrorKind::Refused | ErrorKind::Invalid),
        };
        assert!(said_no, "{}: {receipt:?}", command.key);
        self.pass_apply(command);
    }

    /// Sends one whose call goes wrong, and waits until it can no longer take effect and every read shows it.
    pub fn lose(&self, command: &Command, fate: Fate) {
        self.fate(fate);
        let receipt = self.send(std::slice::from_ref(command));
        self.fate(Fate::Answered);
        let error = receipt.expect_err("no answer came");
        assert!(error.applied() != sutler_core::Applied::Yes, "{error}: nobody can know");
        self.pass_apply(command);
    }

    fn pass_apply(&self, command: &Command) {
        let Some(spec) = self.spec(command.key.verb) else { return };
        let lag = match spec.probe {
            sutler_core::channel::ProbeKind::Conclusive { after } => after,
            _ => Duration::minutes(1),
        };
        let call = Duration::from_std(spec.call_timeout).unwrap_or_else(|_| Duration::minutes(1));
        self.pass(call + spec.apply_max + lag + Duration::seconds(1));
    }

    /// Units of an order that took effect in one of the counts.
    pub fn units(&self, count: &std::collections::BTreeMap<String, u32>, order: &ChannelOrderId) -> u32 {
        let of = format!("{order}/");
        count.iter().filter(|(key, _)| key.starts_with(&of)).map(|(_, units)| units).sum()
    }
}

/// What the channel did cannot be.
pub fn wrong(why: String) -> Error {
    Error::new(ErrorKind::Protocol, "suite").message(why)
}
