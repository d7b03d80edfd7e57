//! Every call that crosses, once: what it is called, what it takes, what it gives, what is said of it, and what it does.
//! Everything else of every language's surface is written from this list by `cargo xtask gen`.

mod arguments;
mod listing;

pub(crate) use arguments::{names, phase_of, request_of};

use crate::{convert, error::wrong, types::*};
use arguments::{from_one, key_of, part_of, reason_of, sort_of, units, unknown};
use listing::calls;
use std::time::Duration as Wait;
use sutler::{
    Result, Ticket as Asked,
    command::{self, IntakeOutcome, Resolution},
    model::{self, ShipmentReport, from_millis},
};

calls! {
    /// Does everything that is due now on every channel, and says when more will be.
    ///
    /// It returns when nothing is due and nothing is in flight. Everything it did is durable; called again at once it does
    /// nothing. What a marketplace answers is no error here: it is in the orders and in `health`.
    step() -> Stepped = |engine| {
        let stepped = engine.get()?.step().await?;
        Stepped { done: stepped.done, next_at: stepped.next_at.map(Instant::from) }
    }

    /// Runs until `stop`, then lets what is in flight land and gives the channels back.
    run() -> () = |engine| {
        engine.get()?.run().await?
    }

    /// Takes a policy, as TOML; what it does not say stands as in the standard one.
    load_policy(
        /// The policy's text.
        toml: String,
    ) -> () = |engine| {
        engine.load_policy(toml).await?
    }

    /// Orders, page by page.
    orders [pages] (
        /// Of this channel.
        channel: Option<String>,
        /// In this phase.
        phase: Option<Phase>,
        /// Held for this reason (`short_of_stock`, `rule:NAME`).
        held_for: Option<String>,
        /// Only orders with an exception.
        exceptions: Option<bool>,
        /// Placed at or after.
        placed_from: Option<Instant>,
        /// Placed before.
        placed_before: Option<Instant>,
        /// Order id equal to this, or beginning with it when it ends in `*`.
        order_id: Option<String>,
        /// A line's SKU equal to this, or beginning with it when it ends in `*`.
        sku: Option<String>,
        /// In this order; newest first unless said.
        sort: Option<Sort>,
        /// Where the last page ended.
        after: Option<String>,
        /// Orders a page, 1 to 500; 100 unless said.
        limit: Option<u32>,
    ) -> OrderPage = |engine| {
        let mut asked = engine.get()?.orders().limit(limit.unwrap_or(100));
        if let Some(channel) = channel {
            asked = asked.channel(channel);
        }
        if let Some(phase) = phase {
            asked = asked.phase(phase_of(&phase)?);
        }
        if let Some(code) = held_for {
            asked = asked.held_for(reason_of("orders", &code)?);
        }
        if exceptions == Some(true) {
            asked = asked.with_exceptions();
        }
        if let Some(from) = placed_from {
            asked = asked.placed_from(from_millis(from.0));
        }
        if let Some(before) = placed_before {
            asked = asked.placed_before(from_millis(before.0));
        }
        if let Some(pattern) = order_id {
            asked = asked.order_id(pattern);
        }
        if let Some(pattern) = sku {
            asked = asked.sku(pattern);
        }
        if let Some(sort) = sort {
            asked = asked.sort(sort_of(&sort)?);
        }
        if let Some(cursor) = after {
            asked = asked.after(cursor);
        }
        let (states, next) = asked.states().await?;
        OrderPage { orders: states.iter().map(|(state, due)| convert::order(state, *due)).collect(), next }
    }

    /// One order with its address, proofs, commands, deadlines, returns and timeline.
    order(
        /// The channel it came by.
        channel: String,
        /// The channel's id of it.
        order: String,
    ) -> WholeOrder = |engine| {
        convert::whole(&engine.get()?.order(channel, order).await?)
    }

    /// What changed after a position, in commit order: how a host follows the engine. Nothing below a position that was
    /// given can still appear.
    changes(
        /// The position after which to begin; 0 for the beginning.
        after: i64,
        /// How many at most, 1 to 10,000; 1,000 unless said.
        limit: Option<u32>,
    ) -> Vec<Change> = |engine| {
        let limit = limit.unwrap_or(1_000) as usize;
        let changes = engine.get()?.changes(model::Seq(after), limit).await?;
        changes.iter().map(convert::change).collect::<Vec<_>>()
    }

    /// The position of the last change: where to begin with `changes` to see only what is still to come, and how far the engine is.
    position() -> i64 = |engine| {
        engine.get()?.totals().await?.last.0
    }

    /// Says what is physically there of a SKU. Sales are subtracted, orders that wait are served, and every channel's
    /// listing is set.
    on_hand(
        /// Which.
        sku: String,
        /// Units counted.
        quantity: i64,
        /// When they were counted; now unless said.
        as_of: Option<Instant>,
    ) -> Ticket = |engine| {
        let count = engine.get()?.on_hand(sku, quantity);
        let ticket = match as_of {
            Some(at) => count.as_of(from_millis(at.0)).await?,
            None => count.await?,
        };
        given(&ticket)
    }

    /// Says that a package was handed to a carrier; the marketplace is told. The same package again changes nothing.
    report_shipment(
        /// The channel the order came by.
        channel: String,
        /// The channel's id of it.
        order: String,
        /// The carrier, by any of its usual names.
        carrier: String,
        /// The carrier's number.
        tracking: String,
        /// What is in it; all that is open unless said.
        lines: Option<Vec<LineQuantity>>,
        /// The host's own number of the package within the order, from 1; 1 unless said.
        package: Option<u32>,
        /// When it was handed over; now unless said.
        shipped_at: Option<Instant>,
        /// Where the buyer can follow it.
        tracking_url: Option<String>,
    ) -> Ticket = |engine| {
        let engine = engine.get()?;
        let package = from_one("report_shipment", "package", package)?;
        let mut report = ShipmentReport {
            package,
            carrier,
            tracking,
            tracking_url,
            shipped_at: shipped_at.map_or_else(|| engine.now(), |at| from_millis(at.0)),
            lines: lines.iter().flatten().cloned().map(units).collect(),
        };
        if lines.is_none() || shipped_at.is_none() {
            let whole = engine.order(channel.as_str(), order.as_str()).await?;
            complete(&mut report, whole.state(), lines.is_none(), shipped_at.is_none());
        }
        given(&engine.report_shipment(channel, order, report).await?)
    }

    /// Cancels units at the channel.
    cancel(
        /// The channel the order came by.
        channel: String,
        /// The channel's id of it.
        order: String,
        /// Why.
        reason: CancelReason,
        /// Who says so, for the history.
        by: String,
        /// Which units; everything that is open unless said.
        lines: Option<Vec<LineQuantity>>,
    ) -> Ticket = |engine| {
        let known = command::CancelReason::ALL.iter().find(|(_, text)| *text == reason.0);
        let (reason, _) = known.ok_or_else(|| unknown("cancel", "reason", &reason.0, &names(command::CancelReason::ALL)))?;
        if lines.as_ref().is_some_and(Vec::is_empty) {
            return Err(wrong("engine.cancel", "lines has none; some of the order's, or nothing for all that is open, is right"));
        }
        let lines = lines.unwrap_or_default().into_iter().map(units).collect();
        given(&engine.get()?.cancel(channel, order, lines, *reason, by).await?)
    }

    /// Lets an order go on though it is held for a reason.
    release(
        /// The channel the order came by.
        channel: String,
        /// The channel's id of it.
        order: String,
        /// The code of the hold (`bad_address`, `rule:NAME`).
        reason: String,
        /// Who says so, for the history.
        by: String,
    ) -> Ticket = |engine| {
        let reason = reason_of("release", &reason)?;
        given(&engine.get()?.release(channel, order, reason, by).await?)
    }

    /// Gives money back, never more than was charged.
    refund(
        /// The channel the order came by.
        channel: String,
        /// The channel's id of it.
        order: String,
        /// What of which charge.
        parts: Vec<RefundPart>,
        /// Why.
        reason: RefundReason,
        /// Who says so, for the history.
        by: String,
        /// The host's own number of the refund within the order, from 1; 1 unless said. The same again changes nothing.
        refund: Option<u32>,
    ) -> Ticket = |engine| {
        let known = command::RefundReason::ALL.iter().find(|(_, text)| *text == reason.0);
        let (reason, _) = known.ok_or_else(|| unknown("refund", "reason", &reason.0, &names(command::RefundReason::ALL)))?;
        let parts = parts.into_iter().map(part_of).collect::<Result<_>>()?;
        let refund = command::Refund { refund: from_one("refund", "refund", refund)?, parts, reason: *reason, via: None };
        given(&engine.get()?.refund(channel, order, refund, by).await?)
    }

    /// Refuses the buyer's wish to cancel, where the channel waits for an answer.
    refuse_cancel(
        /// The channel the order came by.
        channel: String,
        /// The channel's id of it.
        order: String,
        /// Who says so, for the history.
        by: String,
    ) -> Ticket = |engine| {
        given(&engine.get()?.refuse_cancel(channel, order, by).await?)
    }

    /// Erases what is personal of an order. Nothing that is read later brings it back.
    erase(
        /// The channel the order came by.
        channel: String,
        /// The channel's id of it.
        order: String,
        /// Who asks for it, for the history.
        by: String,
    ) -> Ticket = |engine| {
        given(&engine.get()?.erase(channel, order, by).await?)
    }

    /// Erases what is personal of every order of a buyer, also of those that are read only later.
    erase_buyer(
        /// The channel.
        channel: String,
        /// The names the marketplace gives its buyer.
        names: Vec<String>,
        /// Who asks for it, for the history.
        by: String,
    ) -> Ticket = |engine| {
        if names.is_empty() {
            return Err(wrong("engine.erase_buyer", "names has none; one at least is right"));
        }
        given(&engine.get()?.erase_buyer(channel, names, by).await?)
    }

    /// Says what became of a command that only a person can settle.
    resolve(
        /// The channel.
        channel: String,
        /// The command's name, as `Command.name` gives it.
        command: String,
        /// What became of it.
        outcome: Outcome,
        /// Who says so, for the history.
        by: String,
    ) -> Ticket = |engine| {
        let outcome = match outcome.0.as_str() {
            "happened" => Resolution::Happened,
            "again" => Resolution::Again,
            "drop" => Resolution::Drop,
            other => return Err(unknown("resolve", "outcome", other, "happened, again, drop")),
        };
        given(&engine.get()?.resolve(channel, key_of(&command)?, outcome, by).await?)
    }

    /// What became of something that was asked.
    ticket(
        /// The ticket's id.
        id: i64,
    ) -> TicketOutcome = |engine| {
        outcome(engine.get()?.ticket(id).outcome().await?)
    }

    /// Waits until an engine took something that was asked. A step of another task takes it, or a running engine.
    taken(
        /// The ticket's id.
        id: i64,
        /// How long to wait at most, real time; a minute unless said.
        within: Option<Span>,
    ) -> TicketOutcome = |engine| {
        let ticket = engine.get()?.ticket(id);
        let within = Wait::from_millis(within.map_or(60_000, |span| span.0.max(0)) as u64);
        match tokio::time::timeout(within, ticket.taken()).await {
            Ok(Ok(words)) => TicketOutcome { state: "done".into(), words },
            Ok(Err(error)) if error.op() == "host.asked" => {
                TicketOutcome { state: "refused".into(), words: error.text().to_owned() }
            }
            Ok(Err(error)) => return Err(error),
            Err(_) => outcome(ticket.outcome().await?),
        }
    }

    /// How each channel is doing.
    health() -> Vec<Health> = |engine| {
        engine.get()?.health().await?.iter().map(convert::health).collect::<Vec<_>>()
    }

    /// Asks each channel who we are there and what we may do. Writes nothing.
    check() -> Vec<Standing> = |engine| {
        let standing = |(channel, found): (model::ChannelId, Result<sutler::channel::Standing>)| {
            let (found, error) = match found {
                Ok(found) => (Some(found), None),
                Err(error) => (None, Some(error.to_string())),
            };
            Standing {
                channel: channel.to_string(),
                seller: found.as_ref().and_then(|one| one.seller.as_ref()).map(ToString::to_string),
                missing: found.as_ref().map(|one| one.missing.clone()).unwrap_or_default(),
                clock_offset: Span(found.as_ref().map_or(0, |one| one.clock_offset_ms)),
                error,
            }
        };
        engine.get()?.check().await.into_iter().map(standing).collect::<Vec<_>>()
    }

    /// How many orders stand where.
    totals() -> Vec<PhaseTotal> = |engine| {
        let total = |(channel, phase, orders): (model::ChannelId, model::Phase, u64)| PhaseTotal {
            channel: channel.to_string(),
            phase: phase.as_str().into(),
            orders,
        };
        engine.get()?.totals().await?.phases.into_iter().map(total).collect::<Vec<_>>()
    }

    /// What is there of a SKU and who wants it; none where nobody counted or wanted it.
    item(
        /// Which.
        sku: String,
    ) -> Option<Item> = |engine| {
        engine.get()?.item(sku).await?.as_ref().map(convert::item)
    }

    /// Items by SKU, after one.
    items(
        /// The SKU after which to begin; the first unless said.
        after: Option<String>,
        /// How many at most; 500 unless said.
        limit: Option<u32>,
    ) -> Vec<Item> = |engine| {
        let limit = limit.unwrap_or(500) as usize;
        let items = engine.get()?.items(after.map(Into::into), limit).await?;
        items.iter().map(convert::item).collect::<Vec<_>>()
    }

    /// How the marketplace judges the account, reckoned from the history.
    metrics(
        /// The channel.
        channel: String,
    ) -> Vec<Metric> = |engine| {
        engine.get()?.metrics(channel).await?.iter().map(convert::metric).collect::<Vec<_>>()
    }

    /// Takes one push of a marketplace, and says what to answer it. Give the body byte for byte: signatures cover the bytes.
    ///
    /// What an authentic push tells is durable before this returns; what is not authentic changes nothing.
    handle_push(
        /// The channel it is of.
        channel: String,
        /// `GET` or `POST`.
        method: String,
        /// Path and query, as they arrived.
        path: String,
        /// Names in any case, values as they arrived.
        headers: Vec<Vec<String>>,
        /// The body.
        body: Base64,
    ) -> PushReply = |engine| {
        let request = request_of("engine.handle_push", PushRequest { method, path, headers, body })?;
        let reply = engine.get()?.handle_push(channel, &request).await?;
        PushReply { status: reply.status, content_type: reply.content_type.map(Into::into), body: reply.body }
    }

    /// Marketplace time, by the engine's clock.
    now() -> Instant = |engine| {
        Instant::from(engine.get()?.now())
    }
}

/// Says of a package what its report leaves out: what an earlier report of it said, or else all that is open, now.
fn complete(report: &mut ShipmentReport, order: &model::OrderState, lines: bool, shipped_at: bool) {
    let known = order.reports.get(&report.package);
    if let (true, Some(known)) = (shipped_at, known) {
        report.shipped_at = known.shipped_at;
    }
    if lines {
        report.lines = known.map(|known| known.lines.clone()).unwrap_or_else(|| {
            let open = order.facts.lines.iter().map(|line| model::LineQuantity {
                line_id: line.line_id.clone(),
                quantity: order.counters(line).wanted,
            });
            open.filter(|part| part.quantity > 0).collect()
        });
    }
}

fn given(ticket: &Asked) -> Ticket {
    Ticket { id: ticket.id() }
}

fn outcome(outcome: IntakeOutcome) -> TicketOutcome {
    let (state, words) = match outcome {
        IntakeOutcome::Waiting => ("waiting", String::new()),
        IntakeOutcome::Done(words) => ("done", words),
        IntakeOutcome::Refused(words) => ("refused", words),
    };
    TicketOutcome { state: state.to_owned(), words }
}
