//! What an engine says of itself and of what it was asked.

use super::{Instant, Phase, Span};
use crate::schema::structures;

structures! {
    /// What one step came to.
    Stepped {
        /// Pieces of work done.
        done: u64,
        /// When the next is due; none when nothing is until something comes in.
        next_at: Option<Instant>,
    }

    /// Something asked of the engine. It is durable; an engine that runs takes it.
    Ticket {
        /// Its position in the intake: `ticket` tells what became of it.
        id: i64,
    }

    /// What became of something asked.
    TicketOutcome {
        /// `waiting`, `done` or `refused`.
        state: String,
        /// What was done, or why not; empty while it waits.
        words: String,
    }

    /// A rate limit and what it was used for.
    Budget {
        /// Its scope (`walmart/acknowledge@SELLER`).
        scope: String,
        /// Requests let go.
        taken: u64,
        /// Refusals (429).
        refused: u64,
    }

    /// How a rule of your own is doing with the orders of a channel.
    JudgeHealth {
        /// Which rule.
        rule: String,
        /// Orders about which it has not answered yet.
        waiting: u64,
        /// Questions in a row it did not answer.
        failures: u64,
        /// Why it did not answer last, in words.
        last_error: Option<String>,
    }

    /// How a channel is doing.
    Health {
        /// Which.
        channel: String,
        /// Everything the marketplace could show up to this instant is stored. None before the first complete pull.
        complete_to: Option<Instant>,
        /// `good`, `unknown` or `reauthorization_needed`.
        token: String,
        /// Commands intended and not yet sent.
        waiting: u64,
        /// Commands of which nobody knows whether they happened.
        doubts: u64,
        /// Commands only a person can settle.
        unresolved: u64,
        /// Commands the marketplace accepted and has not finished.
        pending: u64,
        /// Open orders whose next deadline is past or near.
        deadlines_at_risk: u64,
        /// The last error, in words.
        last_error: Option<String>,
        /// When it was met.
        last_error_at: Option<Instant>,
        /// Why the channel was given up, if it was.
        ended: Option<String>,
        /// When the next pull begins.
        next_pull_at: Option<Instant>,
        /// Complete pulls since the start.
        pulls: u64,
        /// Rights the credential lacks.
        missing_rights: Vec<String>,
        /// Rate limits.
        budgets: Vec<Budget>,
        /// Rules of your own, in the order they were added.
        rules: Vec<JudgeHealth>,
    }

    /// Who a channel's credential belongs to and what it may do.
    Standing {
        /// Which channel.
        channel: String,
        /// The seller, where the marketplace tells it.
        seller: Option<String>,
        /// Rights the credential lacks.
        missing: Vec<String>,
        /// Marketplace time less ours.
        clock_offset: Span,
        /// What is wrong; none where nothing is.
        error: Option<String>,
    }

    /// What is physically there of a SKU, and who wants it.
    Item {
        /// Which.
        sku: String,
        /// The last count; none where nobody counted it.
        counted: Option<i64>,
        /// When it was counted.
        as_of: Instant,
        /// Units that open orders want.
        demand: i64,
        /// Units promised to accepted orders; part of `demand`.
        allocated: i64,
        /// Units nobody wants yet; may be negative.
        available: i64,
    }

    /// How many orders stand where on one channel.
    PhaseTotal {
        /// Which channel.
        channel: String,
        /// Where.
        phase: Phase,
        /// How many.
        orders: u64,
    }

    /// What to answer a marketplace that sent a push.
    PushReply {
        /// The HTTP status.
        status: u16,
        /// The body.
        body: String,
        /// The content type of the body, if there is one.
        content_type: Option<String>,
    }

    /// One seller metric over its window.
    Metric {
        /// What is measured.
        measure: String,
        /// From when on orders are counted.
        since: Instant,
        /// Orders that count.
        counted: u64,
        /// Of these, missed.
        missed: u64,
        /// How many more may be missed; none where nothing is known of a threshold.
        misses_left: Option<u64>,
        /// Is it broken?
        broken: bool,
    }
}
