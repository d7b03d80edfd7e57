//! What passes between the engine and a channel of the host's own: what the channel says of itself, what it is asked, and what
//! it answers.

use super::{
    Address, Base64, Charge, FulfilledBy, Instant, LinePackage, LineQuantity, Money, Pace, PushReply,
    RefundPart, ReturnStage, ReturnedUnits, Span,
};
use crate::schema::{structures, texts};
use std::collections::BTreeMap;

texts! {
    /// What taking an order means at a channel.
    Acknowledgment {
        "required": "The channel must be told, order by order.",
        "local": "The channel has no such step; taking it is our own note.",
    }

    /// What one cancellation covers.
    CancelUnit {
        "units": "Some units of some lines.",
        "lines": "Whole lines.",
        "order": "The whole order, before anything of it left.",
    }

    /// Which orders a stream shows.
    StreamKind {
        "created": "Orders placed in a window.",
        "changed": "Orders changed in a window, whenever they were placed.",
        "placed_or_changed": "Both: the only stream a channel needs.",
    }

    /// May a verb be sent again when nobody knows whether it happened?
    Repeat {
        "repeatable": "Sending again changes nothing.",
        "guarded": "The other side refuses the second one.",
        "once": "A second one acts again.",
    }

    /// Can it be seen whether a verb happened?
    ProbeTrust {
        "conclusive": "A yes and a no can both be trusted.",
        "positive_only": "Only a yes can.",
        "none": "Neither.",
    }

    /// What a channel answered to a command. No answer is an exception.
    ReceiptKind {
        "done": "It took effect, or had already, with our values.",
        "accepted": "It will be worked on; `handle` is asked after with `settle`.",
        "refused": "No; `code` and `why` say why.",
        "not_applied": "Surely not applied; it may be tried again, not before `after`.",
        "redirected": "Not by this way; `why` says by which.",
    }

    /// What became of accepted work.
    SettledKind {
        "not_yet": "Still worked on.",
        "receipts": "Done: one receipt for each command, in their order.",
        "lost": "The channel does not know the handle; `why` says more.",
    }

    /// What a push turned out to be.
    PushKind {
        "told": "Authentic: what it tells is durable before it is answered.",
        "answer": "A question about us (a challenge): only the reply is wanted.",
        "refused": "Not authentic, or not readable: nothing of it is believed; `why` says why.",
    }

    /// What becomes of the next write of a channel under test.
    Fate {
        "answered": "It is done and answered.",
        "lost_before": "It never arrives.",
        "lost_after": "It is done, and its answer is lost.",
    }
}

structures! {
    /// How fast a channel may be called.
    RateLimit {
        /// `pull`, `fetch`, `levels`, `settle`, `returns` or a verb; all that no other entry names, when it is `*`.
        calls: String,
        /// Calls a second that come back.
        per_second: f64,
        /// Calls that may be made at once.
        burst: f64,
    }

    /// One way of reading orders in windows of time.
    StreamProfile {
        /// Its name.
        id: String,
        /// What it shows.
        kind: StreamKind,
        /// How far back the first window reaches.
        horizon: Span,
    }

    /// How a channel declares one write.
    VerbProfile {
        /// `acknowledge`, `confirm_shipment`, `cancel`, `set_level`, `refund` or `answer_cancel`.
        verb: String,
        /// May it be repeated?
        repeat: Repeat,
        /// The repeat of a part of a line's units, where it differs.
        repeat_partial: Option<Repeat>,
        /// Can it be seen by reading the order whether it happened? Units shipped, cancelled or acknowledged are compared, before
        /// and after. `none` unless said.
        probe: Option<ProbeTrust>,
        /// How long the read side may lag behind a write; none unless said.
        lag: Option<Span>,
        /// The longest a call may take, real time; 30 seconds unless said.
        call_timeout: Option<Span>,
        /// The longest a call may still take effect after it was given up; a minute unless said. Nothing is sent again before.
        apply_max: Option<Span>,
        /// Does `done` mean that it took effect already? Yes unless said.
        answer_means_applied: Option<bool>,
        /// Commands that may travel in one call; one unless said.
        batch_max: Option<u32>,
    }

    /// How a channel of your own tells of returns.
    ReturnsProfile {
        /// How far back the first window reaches.
        horizon: Span,
        /// How long before the last read every later window begins: as long as a return may be invisible, or change without the
        /// window showing it. None unless said.
        overlap: Option<Span>,
        /// From the end of one read to the next; an hour unless said.
        every: Option<Span>,
    }

    /// What a channel of your own says of itself. What it does not say is the plainest there is.
    ChannelProfile {
        /// The seller it is configured for.
        seller: String,
        /// The marketplace's name; it is in the scopes of its rate limits.
        marketplace: String,
        /// What it can write. A verb that is not here is never sent.
        verbs: Vec<VerbProfile>,
        /// What taking an order means; `required` unless said.
        acknowledgment: Option<Acknowledgment>,
        /// What one cancellation covers; `units` unless said.
        cancel_unit: Option<CancelUnit>,
        /// Does it wait for an answer to a buyer's wish to cancel? No unless said.
        answers_cancel_requests: Option<bool>,
        /// How orders are read; one stream `orders` of the last 30 days that shows what was placed or changed, unless said.
        streams: Option<Vec<StreamProfile>>,
        /// How long an order may be invisible after it was placed; none unless said.
        visibility_delay: Option<Span>,
        /// How fast it may be called; five calls a second of each kind, ten at once, unless said.
        rates: Option<Vec<RateLimit>>,
        /// Levels can be read by `levels`, and show what was at most this long ago. None: they cannot be read.
        level_lag: Option<Span>,
        /// Does it take pushes, by `receive`? No unless said.
        takes_pushes: Option<bool>,
        /// Returns are read by `pull_returns`. None: it tells of none.
        returns: Option<ReturnsProfile>,
        /// The time it runs by, where it is a local marketplace's.
        pace: Option<Pace>,
    }

    /// One line as a channel of your own shows it.
    ShownLine {
        /// The channel's line id.
        line_id: String,
        /// Units bought.
        ordered: u32,
        /// The SKU; none where the channel gives none.
        sku: Option<String>,
        /// Product name.
        title: Option<String>,
        /// Units the channel shows as acknowledged or further.
        acknowledged: Option<u32>,
        /// Units the channel shows as cancelled.
        cancelled: Option<u32>,
        /// Units the channel shows as shipped or further.
        shipped: Option<u32>,
        /// Units the channel shows as delivered; part of `shipped`.
        delivered: Option<u32>,
        /// Units the channel shows as refunded; part of `shipped`.
        refunded: Option<u32>,
        /// Does the buyer ask to cancel it?
        cancel_requested: Option<bool>,
        /// Amounts, for all units.
        charges: Option<Vec<Charge>>,
        /// What left in which package.
        packages: Option<Vec<LinePackage>>,
    }

    /// One order as a channel of your own shows it.
    ShownOrder {
        /// The channel's id of it.
        channel_order_id: String,
        /// Its lines.
        lines: Vec<ShownLine>,
        /// When it was placed.
        placed_at: Option<Instant>,
        /// Who ships it; the seller unless said.
        fulfilled_by: Option<FulfilledBy>,
        /// Its total.
        total: Option<Money>,
        /// The shipping method the buyer chose, in the channel's words.
        method: Option<String>,
        /// Ship by, as the channel says.
        ship_by: Option<Instant>,
        /// Deliver by, as the channel says.
        deliver_by: Option<Instant>,
        /// Where it goes.
        ship_to: Option<Address>,
        /// Why it must not be shipped yet, in the channel's word; its demand counts.
        not_ready: Option<String>,
    }

    /// Which orders a channel is asked for.
    PullRequest {
        /// The stream.
        stream: String,
        /// The window's first instant, by the channel's clock.
        since: Instant,
        /// The window's last instant.
        until: Instant,
        /// Where the last page ended: what `next` of it was.
        cursor: Option<String>,
    }

    /// One page of orders, as a channel of your own shows them.
    ShownPage {
        /// Its orders.
        orders: Vec<ShownOrder>,
        /// Where to go on; none at the end of the window.
        next: Option<String>,
        /// How many orders the window holds, where the channel says.
        total: Option<u64>,
        /// Does the window hold more than the channel pages through? Then it is split, and nothing of this page is taken.
        too_many: Option<bool>,
    }

    /// One thing to be done at a channel of your own. Fields of other verbs are none.
    ChannelCommand {
        /// Its name, the same in every attempt: what to make the call idempotent by.
        name: String,
        /// What to do (`acknowledge`, `confirm_shipment`, `cancel`, `set_level`, `refund`, `answer_cancel`).
        verb: String,
        /// The order it is about.
        channel_order_id: Option<String>,
        /// How often it was sent before.
        attempt: u32,
        /// It must not leave at or after this instant: another engine may have the store then. Look again before you write if
        /// you waited.
        write_by: Option<Instant>,
        /// Units to ship or cancel, by line.
        lines: Vec<LineQuantity>,
        /// Number of the package within the order.
        package: Option<u32>,
        /// The carrier, by its usual name.
        carrier: Option<String>,
        /// The carrier's number.
        tracking: Option<String>,
        /// Where the buyer can follow it.
        tracking_url: Option<String>,
        /// When it was handed over.
        shipped_at: Option<Instant>,
        /// The order's shipping method, in the channel's words.
        method: Option<String>,
        /// Why it is cancelled or refunded.
        reason: Option<String>,
        /// Is the buyer's wish to cancel granted?
        grant: Option<bool>,
        /// Money to give back.
        parts: Vec<RefundPart>,
        /// The SKU whose level is set.
        sku: Option<String>,
        /// The level to set.
        level: Option<u32>,
    }

    /// A channel's answer to a command.
    Receipt {
        /// What it answered.
        kind: ReceiptKind,
        /// Evidence or reason, in words without personal data.
        why: Option<String>,
        /// The channel's code of a refusal.
        code: Option<String>,
        /// What accepted work is asked after with.
        handle: Option<String>,
        /// How long to wait before another try.
        after: Option<Span>,
    }

    /// What became of accepted work.
    SettledWork {
        /// How far it is.
        kind: SettledKind,
        /// One for each command, when it is done.
        receipts: Option<Vec<Receipt>>,
        /// In words, when it is lost.
        why: Option<String>,
    }

    /// One push, as it arrived: signatures cover its bytes.
    PushRequest {
        /// `GET` or `POST`.
        method: String,
        /// Path and query.
        path: String,
        /// Names in any case, with their values.
        headers: Vec<Vec<String>>,
        /// The body.
        body: Base64,
    }

    /// What a channel of your own finds a push to be. It is never the truth, and changes nothing by itself: what it tells of is
    /// read again.
    PushOutcome {
        /// What it turned out to be.
        kind: PushKind,
        /// The push's own id, where it tells something; the same one again tells nothing new.
        id: Option<String>,
        /// Orders of which something is new.
        orders: Option<Vec<String>>,
        /// Handles of accepted work that is finished: it is asked after at once.
        finished: Option<Vec<String>>,
        /// The names of a buyer who closed the account: what is personal of all their orders is erased.
        erase_buyer: Option<Vec<String>>,
        /// Did the seller withdraw our authorization? No unless said.
        revoked: Option<bool>,
        /// What to answer; a status of 204 (`told`), 200 (`answer`) or 401 (`refused`) without a body unless said.
        reply: Option<PushReply>,
        /// Why it is refused, without anything of its content.
        why: Option<String>,
    }

    /// One return as a channel of your own shows it.
    ShownReturn {
        /// The order it is of.
        channel_order_id: String,
        /// The channel's id of it.
        id: String,
        /// How far it is.
        stage: ReturnStage,
        /// The same in the channel's words.
        status: String,
        /// What is sent back.
        lines: Vec<ReturnedUnits>,
        /// When the buyer asked for it.
        opened_at: Option<Instant>,
        /// When it last changed.
        changed_at: Option<Instant>,
        /// What of the money, in the channel's words, where it says.
        refund: Option<String>,
    }

    /// One page of returns.
    ReturnsPage {
        /// Its returns.
        returns: Vec<ShownReturn>,
        /// Where to go on; none at the end of the window.
        next: Option<String>,
    }

    /// The level of a listing.
    Level {
        /// Which SKU.
        sku: String,
        /// Units offered; none when the channel does not know the SKU.
        level: Option<i64>,
    }

    /// Who a channel's credential belongs to, as a channel of your own finds it.
    Found {
        /// The seller, where the channel tells it.
        seller: Option<String>,
        /// Rights the credential lacks.
        missing: Option<Vec<String>>,
        /// The channel's time, to be held against ours.
        now: Option<Instant>,
    }

    /// What a buyer buys at a marketplace under test.
    Sale {
        /// Which SKU: `MUG`, `PLATE` or `BOWL`, of each of which a hundred are listed.
        sku: String,
        /// How many.
        units: u32,
        /// As many of another, on a second line.
        second_sku: Option<String>,
        /// Does the marketplace ship it?
        shipped_by_marketplace: bool,
    }

    /// What took effect at a marketplace under test.
    TestEffects {
        /// Order → how often an acknowledgment changed it; a repeated one that changes nothing is not counted.
        acknowledged: BTreeMap<String, u32>,
        /// `order/line` → units shipped.
        shipped: BTreeMap<String, u32>,
        /// `order/line/tracking` → units shipped under that number.
        packages: BTreeMap<String, u32>,
        /// `order/line` → units cancelled by calls.
        cancelled: BTreeMap<String, u32>,
        /// `order/line` → cents given back by calls.
        refunded: BTreeMap<String, u32>,
        /// SKU → the level the listing offers now.
        levels: BTreeMap<String, i64>,
        /// Requests that arrived.
        requests: u64,
    }
}
