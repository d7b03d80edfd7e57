//! Channels that break one promise each: a suite that lets one of them pass proves nothing.

mod ports;
mod pushes;

use async_trait::async_trait;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};
use sutler_core::{
    channel::{
        Acknowledgment, Batch, CallCx, CancelUnit, Capabilities, Channel, Fetched, Probe, PullFrom, Pulled,
        RawOrder, Receipt, Repeat, Settled, ShipUnit, Standing, StockChannel, StockWrite, VerbSpec,
    },
    command::{Act, Command, Handle, Verb},
    error::{Error, ErrorKind, Result, Retry},
    id::{ChannelId, ChannelOrderId, LineId, SellerId},
    observation::Group,
    open::Open,
    order::{Alias, CancelWish, ChannelOrder, FulfilledBy, LineQuantity, OrderFacts},
    push::Pushes,
    returns::ReturnsChannel,
    time::Duration,
};

/// Behind what a single read gave, so that it is told from what a list gave. No payload minds it.
const SINGLE: &[u8] = b"  ";

/// A channel that does everything as the one inside it, but for the behaviour it is named after.
#[derive(Debug)]
pub struct Broken {
    inner: Arc<dyn Channel>,
    how: &'static str,
    capabilities: Capabilities,
    seen: Mutex<Seen>,
}

/// What it remembers, so as to be wrong at the right moment.
#[derive(Debug, Default)]
struct Seen {
    cursors: BTreeSet<String>,
    taken: BTreeSet<String>,
    shipped: BTreeSet<ChannelOrderId>,
    foreign: BTreeSet<ChannelOrderId>,
    lines: BTreeMap<ChannelOrderId, Vec<(LineId, u32)>>,
    read: u64,
}

impl Broken {
    /// Breaks the behaviour called `how` of a channel.
    pub fn new(inner: Arc<dyn Channel>, how: &'static str) -> Broken {
        let mut capabilities = inner.capabilities().clone();
        let flip = |repeat: Repeat| if repeat == Repeat::Once { Repeat::Guarded } else { Repeat::Once };
        match how {
            "taking_an_order_is_told_where_it_must_be" => {
                let there = capabilities.verb(Verb::Acknowledge).is_some();
                let other = capabilities.verbs.first().cloned();
                capabilities.verbs.retain(|spec| spec.verb != Verb::Acknowledge);
                capabilities.verbs.extend(
                    other.filter(|_| !there).map(|spec| VerbSpec { verb: Verb::Acknowledge, ..spec }),
                );
            }
            "every_budget_that_is_named_is_declared" => capabilities.settle_budget = "nobody/nothing".into(),
            "every_verb_is_declared_once_and_within_its_own_bounds" => {
                capabilities.verbs.extend(capabilities.verbs.last().cloned());
            }
            "streams_are_declared_once_and_show_what_was_placed" => {
                capabilities.streams.extend(capabilities.streams.first().cloned());
            }
            "a_wish_is_granted_where_the_channel_waits_for_an_answer" => {
                capabilities.answers_cancel_requests = !capabilities.answers_cancel_requests;
            }
            _ => {}
        }
        for spec in &mut capabilities.verbs {
            match (how, spec.verb) {
                ("g18_a_shipment_is_repeated_as_declared", Verb::ConfirmShipment)
                | ("g18_a_level_is_repeated_as_declared", Verb::SetLevel)
                | ("g18_a_cancellation_is_repeated_as_declared", Verb::Cancel) => {
                    spec.repeat = flip(spec.repeat)
                }
                ("g18_a_partial_shipment_is_repeated_as_declared", Verb::ConfirmShipment) => {
                    spec.repeat_partial = flip(spec.repeat_partial);
                }
                ("g18_a_whole_refund_is_repeated_as_declared", Verb::Refund) => {
                    spec.repeat = flip(spec.repeat);
                }
                ("g18_a_partial_refund_is_repeated_as_declared", Verb::Refund) => {
                    spec.repeat_partial = flip(spec.repeat_partial);
                }
                _ => {}
            }
        }
        Broken { inner, how, capabilities, seen: Mutex::default() }
    }

    fn seen<T>(&self, look: impl FnOnce(&mut Seen) -> T) -> T {
        look(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A page as it should not be.
    fn spoil(&self, from: &PullFrom, pulled: Pulled) -> Pulled {
        let Pulled::Page(mut page) = pulled else { return pulled };
        match self.how {
            "g01_every_order_of_a_window_is_on_one_of_its_pages" if page.orders.len() > 50 => {
                page.orders.remove(0);
            }
            "a_window_in_which_nothing_was_sold_ends_at_once"
                if page.orders.is_empty() && from.cursor.is_none() =>
            {
                page.next = Some("again".into());
            }
            "g05_a_page_names_our_seller_or_none" => page.seller = Some("somebody-else".into()),
            "pages_show_lines_and_statuses" => page.coverage = page.coverage.without(Group::Statuses),
            _ => {}
        }
        Pulled::Page(page)
    }

    /// Does the first listing offer anything but the hundred it begins with?
    async fn moved(&self, cx: &CallCx) -> Result<bool> {
        let Some(stock) = self.inner.stock() else { return Ok(false) };
        let levels = stock.levels(cx, &["MUG".into()]).await?;
        Ok(levels.iter().any(|answer| !matches!(answer.level, Ok(Some(100)))))
    }

    fn all_at_once(&self) -> bool {
        self.capabilities.ship_unit == ShipUnit::Order
    }

    /// An order as it is not.
    fn misread(&self, raw: &RawOrder, facts: &mut OrderFacts) {
        let single = raw.raw.ends_with(SINGLE);
        let placed_at = facts.placed_at;
        match self.how {
            "reading_into_the_model_is_pure_and_keeps_the_payload" => {
                let value = self.seen(|seen| {
                    seen.read += 1;
                    seen.read.to_string()
                });
                facts.aliases.push(Alias { role: "read".into(), value });
            }
            "g07_any_bytes_give_an_order" if &*raw.raw == b"nonsense" => facts.unmapped.clear(),
            "an_order_was_placed_when_it_was_placed" => {
                facts.placed_at = facts.placed_at.map(|at| at + Duration::hours(1));
            }
            "g29_what_the_buyer_pays_has_one_currency" => facts.total = None,
            "what_others_ship_is_theirs" => facts.fulfilled_by = Open::Known(FulfilledBy::Seller),
            "g19_a_wish_to_cancel_shows_in_a_single_read" if single => forget_wishes(facts),
            "g19_what_a_list_hides_is_asked_for" if !single => forget_wishes(facts),
            _ => {}
        }
        let lines = facts.lines.len();
        for line in &mut facts.lines {
            let sku = line.sku.as_ref().map_or("", |sku| sku.as_str());
            match self.how {
                "a_single_read_shows_the_order_of_the_list"
                    if single && (sku, line.ordered) == ("PLATE", 3) =>
                {
                    line.ordered = 4;
                }
                "lines_say_what_was_bought_and_how_much" if (sku, line.ordered) == ("BOWL", 4) => {
                    line.ordered = 5
                }
                "a_package_of_a_whole_line_is_confirmed" if (line.ordered, line.shipped) == (2, 2) => {
                    line.shipped = 0;
                }
                "g20_a_part_of_a_line_is_confirmed" if (line.ordered, line.shipped) == (3, 1) => {
                    line.shipped = 2
                }
                "g20_a_part_of_a_line_is_confirmed"
                    if self.all_at_once() && (line.ordered, line.shipped) == (3, 0) =>
                {
                    line.shipped = 1;
                }
                "an_order_shows_as_taken_once_it_is" => line.acknowledged = 0,
                "g27_a_wish_to_cancel_says_by_when_it_is_answered" if single && line.cancel_requested() => {
                    line.cancel_wish = CancelWish::Until(placed_at.unwrap_or_default() - Duration::days(1));
                }
                "an_order_is_cancelled_by_the_unit_the_channel_cancels"
                    if lines == 1 && line.cancelled > 0 =>
                {
                    line.cancelled = 0;
                }
                _ => {}
            }
        }
    }

    /// The answer to one command that the marketplace is not asked for.
    fn pretend(&self, command: &Command) -> Option<Receipt> {
        self.pretend_by_flavour(command).or_else(|| self.pretend_by_verb(command))
    }

    /// The same of what channels do in different ways.
    fn pretend_by_flavour(&self, command: &Command) -> Option<Receipt> {
        let told = self.capabilities.acknowledgment.is_told();
        let promised = self.capabilities.acknowledgment == Acknowledgment::Promised;
        let moves = self.capabilities.stock_write == StockWrite::Delta;
        let lines = |order: &ChannelOrderId| self.seen(|seen| seen.lines.get(order).map_or(0, Vec::len));
        let lines = command.channel_order_id.as_ref().map_or(0, lines);
        let wrong = match (self.how, &command.act) {
            ("g18_a_taken_order_is_taken_once", Act::Acknowledge(_)) => !told,
            ("an_acceptance_promises_what_the_channel_wants", Act::Acknowledge(_)) => promised,
            ("an_acceptance_promises_what_the_channel_wants", Act::Accept(_)) => !promised,
            ("all_packages_go_at_once_where_they_must", Act::ConfirmPackages(confirm)) => {
                !self.all_at_once() || confirm.packages.len() < lines
            }
            ("accepted_work_is_over_once_it_took_effect", act) => {
                act.level().is_some_and(|(sku, level)| (sku.as_str(), level) == ("BOWL", 55))
            }
            ("a_level_is_moved_where_it_cannot_be_set", Act::SetLevel(_)) => moves,
            ("a_level_is_moved_where_it_cannot_be_set", Act::MoveLevel(_)) => !moves,
            ("cancelling_covers_no_more_than_its_unit", Act::Cancel(cancel)) => {
                self.capabilities.cancel_unit == CancelUnit::Order && cancel.lines.len() > 1
            }
            _ => false,
        };
        wrong.then(|| Receipt::Done { evidence: "so it says".into() })
    }

    fn pretend_by_verb(&self, command: &Command) -> Option<Receipt> {
        let reports = command.act.packages();
        let level = command.act.level().map(|(sku, level)| (sku.as_str(), level));
        let done = || Some(Receipt::Done { evidence: "so it says".into() });
        let refused = || Some(Receipt::Refused { code: "NO".into(), why: "so it says".into() });
        let order = command.channel_order_id.clone().unwrap_or_else(|| "".into());
        let refund = match &command.act {
            Act::Refund(refund) => Some(refund.refund),
            _ => None,
        };
        match (self.how, command.key.verb) {
            ("g18_a_taken_order_is_taken_once", Verb::Acknowledge)
                if !self.seen(|seen| seen.taken.insert(format!("{order} {:?}", command.act))) =>
            {
                refused()
            }
            ("more_than_was_bought_is_not_shipped", Verb::ConfirmShipment)
                if reports.iter().flat_map(|report| &report.lines).any(|line| line.quantity == 3) =>
            {
                done()
            }
            ("an_order_nobody_placed_is_not_shipped", Verb::ConfirmShipment)
                if order.as_str().starts_with("999-") =>
            {
                done()
            }
            ("a_carrier_the_marketplace_does_not_list_is_named_all_the_same", Verb::ConfirmShipment)
                if reports.iter().any(|report| report.carrier.starts_with("Blue")) =>
            {
                refused()
            }
            ("what_the_marketplace_ships_is_not_written", _)
                if self.seen(|seen| seen.foreign.contains(&order)) =>
            {
                done()
            }
            ("what_was_shipped_is_not_cancelled", Verb::ConfirmShipment) => {
                self.seen(|seen| !seen.foreign.contains(&order) && seen.shipped.insert(order.clone()));
                None
            }
            ("what_was_shipped_is_not_cancelled", Verb::Cancel)
                if self.seen(|seen| seen.shipped.contains(&order)) =>
            {
                done()
            }
            ("g22_money_goes_back_where_the_channel_gives_it_and_nowhere_else", _) if refund == Some(11) => {
                done()
            }
            ("g22_more_than_was_charged_is_not_given_back", _) if refund == Some(12) => done(),
            ("g16_a_level_that_was_set_is_read_back", _) if level.is_some_and(|(_, level)| level == 0) => {
                done()
            }
            ("the_last_level_wins", _) if level == Some(("MUG", 6)) => done(),
            ("a_sku_nobody_lists_is_not_set", _) if level.is_some_and(|(sku, _)| sku == "NOBODYS") => done(),
            _ => None,
        }
    }

    /// A command as it was not meant.
    fn twist(&self, command: &mut Command) {
        let order = command.channel_order_id.clone().unwrap_or_else(|| "".into());
        match (self.how, &mut command.act) {
            ("g20_two_packages_of_a_line_add_up", Act::ConfirmShipment(ship)) if ship.report.package == 2 => {
                ship.report.tracking = "1Z999AA10123450001".into();
            }
            ("g20_two_packages_of_a_line_add_up", Act::ConfirmPackages(confirm)) => {
                for report in &mut confirm.packages {
                    report.tracking = "1Z999AA10123450001".into();
                }
            }
            ("cancelling_covers_no_more_than_its_unit", Act::Cancel(cancel)) => {
                let lines = self.seen(|seen| seen.lines.get(&order).cloned()).unwrap_or_default();
                if lines.len() > 1 {
                    let all = lines.into_iter();
                    cancel.lines =
                        all.map(|(line_id, quantity)| LineQuantity { line_id, quantity }).collect();
                }
            }
            _ => {}
        }
    }
}

fn forget_wishes(facts: &mut OrderFacts) {
    for line in &mut facts.lines {
        line.cancel_wish = CancelWish::None;
    }
}

#[async_trait]
impl Channel for Broken {
    fn id(&self) -> &ChannelId {
        self.inner.id()
    }

    fn seller(&self) -> &SellerId {
        self.inner.seller()
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn check(&self, cx: &CallCx) -> Result<Standing> {
        let checked = self.inner.check(cx).await;
        match self.how {
            "a_check_tells_who_we_are" => {
                checked.map(|standing| Standing { clock_offset_ms: 90_000, ..standing })
            }
            "g26_a_strangers_credential_is_proven_dead" => {
                checked.map_err(|error| error.with_retry(Retry::Backoff))
            }
            _ => checked,
        }
    }

    async fn pull(&self, cx: &CallCx, from: &PullFrom) -> Result<Pulled> {
        let (mut cx, mut from) = (cx.clone(), from.clone());
        let asked = from.clone();
        if self.how == "a_window_in_which_nothing_was_sold_ends_at_once"
            && from.cursor.as_deref() == Some("again")
        {
            from.cursor = None;
        }
        match self.how {
            "a_call_whose_time_is_over_sends_nothing" => cx.deadline += Duration::hours(2),
            "an_order_placed_after_a_window_is_not_in_it" => from.window.to += Duration::days(1),
            "g28_a_page_is_read_again_at_its_cursor" => {
                if let Some(cursor) = &from.cursor
                    && !self.seen(|seen| seen.cursors.insert(cursor.clone()))
                {
                    from.cursor = None;
                }
            }
            _ => {}
        }
        Ok(self.spoil(&asked, self.inner.pull(&cx, &from).await?))
    }

    async fn fetch(&self, cx: &CallCx, order: &ChannelOrderId) -> Result<Fetched> {
        match self.inner.fetch(cx, order).await? {
            Fetched::Found(raw, coverage) => {
                let raw = RawOrder { raw: [&raw.raw[..], SINGLE].concat().into(), ..raw };
                Ok(Fetched::Found(raw, coverage))
            }
            Fetched::NotVisible if self.how == "an_order_nobody_placed_is_not_visible" => {
                Err(Error::new(ErrorKind::Remote, "broken.fetch").message("nobody placed it"))
            }
            Fetched::NotVisible => Ok(Fetched::NotVisible),
        }
    }

    fn normalise(&self, raw: &RawOrder) -> ChannelOrder {
        let mut order = self.inner.normalise(raw);
        self.seen(|seen| {
            let lines = order.facts.lines.iter().map(|line| (line.line_id.clone(), line.ordered));
            seen.lines.insert(order.channel_order_id.clone(), lines.collect());
            if !order.facts.is_sellers() {
                seen.foreign.insert(order.channel_order_id.clone());
            }
        });
        self.misread(raw, Arc::make_mut(&mut order.facts));
        order
    }

    async fn perform(&self, cx: &CallCx, batch: &Batch<'_>) -> Result<Vec<Receipt>> {
        let mut cx = cx.clone();
        if self.how == "g18_a_write_does_not_leave_once_the_lease_may_be_anothers" {
            cx.write_by = None;
        }
        if let [command] = batch.commands
            && let Some(receipt) = self.pretend(command)
        {
            return Ok(vec![receipt]);
        }
        let mut commands = batch.commands.to_vec();
        commands.iter_mut().for_each(|command| self.twist(command));
        let verb = commands.first().map(|command| command.key.verb);
        let most = verb.and_then(|verb| self.capabilities.verb(verb)).map_or(0, |spec| spec.batch_max);
        let singly = match self.how {
            "a_batch_is_answered_one_by_one_and_a_larger_one_not_sent" => verb == Some(Verb::ConfirmShipment),
            "g08_of_several_levels_one_fails_alone" => verb == Some(Verb::SetLevel) && most == 1,
            _ => false,
        };
        if singly {
            let mut receipts = Vec::new();
            for command in commands {
                receipts.extend(self.inner.perform(&cx, &Batch { commands: &[command] }).await?);
            }
            return Ok(receipts);
        }
        self.inner.perform(&cx, &Batch { commands: &commands }).await
    }

    async fn probe(&self, cx: &CallCx, doubt: &Command) -> Result<Probe> {
        let probe = self.inner.probe(cx, doubt).await?;
        let happened = || Probe::Happened { evidence: "so it says".into() };
        Ok(match (self.how, doubt.key.verb, probe) {
            ("g18_a_level_whose_answer_is_lost_is_seen", Verb::SetLevel, _) => Probe::DidNot,
            ("g18_a_level_that_never_arrived_is_not_seen", Verb::SetLevel, _) if !self.moved(cx).await? => {
                happened()
            }
            (
                "g18_a_shipment_whose_answer_is_lost_is_seen",
                Verb::ConfirmShipment,
                Probe::Happened { .. },
            )
            | ("g18_a_cancellation_whose_answer_is_lost_is_seen", Verb::Cancel, Probe::Happened { .. }) => {
                Probe::DidNot
            }
            ("g18_a_shipment_that_never_arrived_is_not_seen", Verb::ConfirmShipment, Probe::DidNot)
            | ("g18_a_cancellation_that_never_arrived_is_not_seen", Verb::Cancel, Probe::DidNot) => {
                happened()
            }
            ("g18_a_refund_whose_answer_is_lost_is_seen", Verb::Refund, Probe::Happened { .. }) => {
                Probe::DidNot
            }
            ("g18_a_refund_that_never_arrived_is_not_seen", Verb::Refund, Probe::Inconclusive { .. }) => {
                happened()
            }
            (_, _, probe) => probe,
        })
    }

    async fn settle(&self, cx: &CallCx, handle: &Handle, commands: &[Command]) -> Result<Settled> {
        if self.how == "a_handle_nobody_gave_settles_nothing" && handle == "nobody-gave-it" {
            let done = commands.iter().map(|_| Receipt::Done { evidence: "so it says".into() });
            return Ok(Settled::Receipts(done.collect()));
        }
        let settled = self.inner.settle(cx, handle, commands).await?;
        match settled {
            Settled::Receipts(receipts)
                if self.how == "g08_of_several_levels_one_fails_alone" && receipts.len() > 1 =>
            {
                let done = receipts.iter().map(|_| Receipt::Done { evidence: "so it says".into() });
                Ok(Settled::Receipts(done.collect()))
            }
            settled => Ok(settled),
        }
    }

    fn before_image(&self, command: &Command, order: &ChannelOrder) -> Option<u32> {
        self.inner.before_image(command, order)
    }

    fn wants_look(&self, facts: &OrderFacts) -> bool {
        self.inner.wants_look(facts)
    }

    fn stock(&self) -> Option<&dyn StockChannel> {
        self.inner.stock().map(|_| self as &dyn StockChannel)
    }

    fn returns(&self) -> Option<&dyn ReturnsChannel> {
        self.inner.returns().map(|_| self as &dyn ReturnsChannel)
    }

    fn pushes(&self) -> Option<&dyn Pushes> {
        let gullible = self.how == "g11_a_forged_push_tells_nothing";
        (gullible || self.inner.pushes().is_some()).then_some(self as &dyn Pushes)
    }
}
