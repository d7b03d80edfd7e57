//! The data that crosses. Plain values: texts, numbers, instants in milliseconds, exact decimals as texts.

mod own;

pub use own::*;

use crate::schema::{Structure, Texts, Ty, Typed, structures, texts};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use sutler::Timestamp;

/// An instant in milliseconds since 1970, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant(pub i64);

/// A span of time in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(pub i64);

/// An exact decimal as a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Exact(pub String);

/// Bytes as base64.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Base64(pub String);

impl From<Timestamp> for Instant {
    fn from(at: Timestamp) -> Self {
        Instant(at.timestamp_millis())
    }
}

impl Typed for Instant {
    fn ty() -> Ty {
        Ty::Instant
    }
}

impl Typed for Span {
    fn ty() -> Ty {
        Ty::Span
    }
}

impl Typed for Exact {
    fn ty() -> Ty {
        Ty::Exact
    }
}

impl Typed for Base64 {
    fn ty() -> Ty {
        Ty::Bytes
    }
}

texts! {
    /// Where an order is.
    Phase {
        "new": "Read and not judged yet.",
        "held": "It waits; `holds` says for what.",
        "open": "Accepted: to be shipped.",
        "partly_shipped": "Some units have left.",
        "shipped": "All that was not cancelled has left.",
        "delivered": "All that left has arrived.",
        "cancelled": "Nothing of it is left.",
    }

    /// Who ships an order.
    FulfilledBy {
        "seller": "The seller, from a location of its own.",
        "marketplace": "The marketplace's own warehouse (WFS, FBA): read, never written.",
        "third_party": "A third party the marketplace instructs: read, never written.",
    }

    /// What an amount is for.
    ChargeKind {
        "product": "The goods.",
        "shipping": "Delivery.",
        "discount": "A reduction, negative.",
        "fee": "Anything the channel adds.",
    }

    /// How good a part of an address is.
    PartState {
        "absent": "Not given.",
        "full": "As the buyer wrote it.",
        "masked": "A part of it is hidden.",
        "pending": "The channel will give it later.",
        "withheld": "Our rights do not cover it.",
        "expired": "The channel does not show it any more.",
        "erased": "Erased here.",
    }

    /// What a rule says of an order.
    VerdictKind {
        "pass": "Nothing against it.",
        "hold": "It must wait.",
        "refuse": "It must not be taken; a person cancels.",
        "abstain": "The rule has nothing to say about it.",
    }

    /// Where a command stands.
    CommandState {
        "intended": "Not sent yet.",
        "sent": "On its way; its answer is awaited.",
        "accepted": "The marketplace works on it.",
        "in_doubt": "Nobody knows whether it took effect; it is asked after.",
        "confirmed": "It took effect.",
        "refused": "The marketplace refused it.",
        "redirected": "It is done by another way.",
        "unresolved": "Only a person can tell whether it took effect: `resolve`.",
        "void": "It lost its point before it left.",
    }

    /// Why a line is cancelled.
    CancelReason {
        "buyer_asked": "The buyer asked, and the channel shows it.",
        "out_of_stock": "We have none. Walmart sets the SKU's level to zero.",
        "pricing_error": "The price was wrong.",
        "fraud": "Confirmed fraud.",
        "address_not_serviceable": "The address cannot be served.",
    }

    /// What a person says of an unresolved command.
    Outcome {
        "happened": "It took effect.",
        "again": "It did not; do it again.",
        "drop": "It did not; leave it.",
    }

    /// Why money is given back.
    RefundReason {
        "returned": "The buyer returned the goods.",
        "not_received": "The parcel did not arrive.",
        "not_as_described": "The goods were damaged, defective or not as described.",
        "seller_cancelled": "We cancelled after payment.",
        "adjustment": "A courtesy, or an agreed part of the price.",
    }

    /// The order of a list.
    Sort {
        "newest": "Newest placed first.",
        "oldest": "Oldest placed first.",
        "due": "Next deadline first; orders without one are left out.",
        "amount": "Largest total first; orders without one last.",
    }
}

structures! {
    /// An exact amount with its currency.
    Money {
        /// The amount, exact.
        amount: Exact,
        /// ISO 4217.
        currency: String,
    }

    /// One amount of a line, for all its units.
    Charge {
        /// What it is for.
        kind: ChargeKind,
        /// The channel's own name for it; empty when it has none.
        name: String,
        /// The amount of the line, without tax.
        amount: Money,
        /// Tax on it; none where the channel gives none.
        tax: Option<Money>,
    }

    /// Units of a line that left in one package, as the channel shows them.
    LinePackage {
        /// The carrier's number; empty where the channel shows none.
        tracking: String,
        /// The channel's carrier text, verbatim.
        carrier: String,
        /// Units.
        quantity: u32,
    }

    /// One line of an order: units of one SKU and what became of them.
    Line {
        /// The channel's line id.
        line_id: String,
        /// The SKU; none when the channel's payload had none.
        sku: Option<String>,
        /// Product name; may be empty.
        title: String,
        /// Units bought.
        ordered: u32,
        /// Units the channel shows as cancelled.
        cancelled: u32,
        /// Units the channel shows as shipped or further.
        shipped: u32,
        /// Units the channel shows as delivered; part of `shipped`.
        delivered: u32,
        /// The buyer asks to cancel it.
        cancel_requested: bool,
        /// Amounts, for all units.
        charges: Vec<Charge>,
        /// What left in which package, as the channel shows it.
        packages: Vec<LinePackage>,
    }

    /// Where a package goes and whom to ask about it. Empty texts are not given; the states say why.
    Address {
        /// Addressee.
        name: String,
        /// Street line 1.
        line1: String,
        /// Street line 2.
        line2: String,
        /// City or town.
        city: String,
        /// State, province or region, as the channel wrote it.
        region: String,
        /// ZIP or postal code.
        postal_code: String,
        /// ISO 3166-1 alpha-2 where the channel's code is known, else the channel's text.
        country: String,
        /// Telephone.
        phone: String,
        /// E-mail, usually a relay.
        email: String,
        /// How good the name is.
        name_state: PartState,
        /// How good street, city, region and postal code are.
        lines_state: PartState,
        /// How good the telephone is.
        phone_state: PartState,
        /// How good the e-mail address is.
        email_state: PartState,
    }

    /// One reason an order waits, with what makes it true. No personal data.
    Hold {
        /// The stable code (`short_of_stock`); of a rule of your own `rule:NAME`.
        reason: String,
        /// What makes it true, in words.
        detail: String,
        /// One sentence for a person.
        why: String,
    }

    /// What a person should see of an order.
    Exception {
        /// `refused`, `unresolved`, `conflict` or `shipped_after_cancel`.
        code: String,
        /// The command or line it is about.
        about: String,
        /// What is wrong, in words.
        detail: String,
        /// Since when.
        since: Instant,
    }

    /// What one rule said of an order, with its proof.
    Proof {
        /// Which rule.
        rule: String,
        /// What it said.
        verdict: VerdictKind,
        /// Why it is held or refused; none where it is not.
        reason: Option<String>,
        /// The stable code of the proof (`stock.covers`).
        code: String,
        /// The value that decided, in words; empty when the code says it all.
        value: String,
    }

    /// One moment of an order's life.
    Moment {
        /// Its position in the journal.
        seq: i64,
        /// When it was written, marketplace time.
        at: Instant,
        /// The stable name of its kind.
        kind: String,
        /// What happened, in one sentence without personal data.
        words: String,
    }

    /// Something intended for an order, and what became of it.
    Command {
        /// Its name: `verb subject #ordinal`. `resolve` takes it.
        name: String,
        /// What it does (`acknowledge`, `confirm_shipment`, `cancel`, `refund`, `set_level`).
        verb: String,
        /// Where it stands.
        state: CommandState,
        /// How often it was sent.
        attempt: u32,
        /// When it was intended.
        intended_at: Instant,
        /// By when it should have left.
        latest_safe: Instant,
        /// Evidence or reason of the last step, in words.
        why: String,
    }

    /// Something that must have happened by an instant.
    Deadline {
        /// What (`acknowledge`, `ship`, `deliver`, …).
        kind: String,
        /// By when.
        due: Instant,
        /// Our own aim, where there is one.
        target: Option<Instant>,
        /// When a person should hear of it.
        alarm_at: Instant,
        /// Reckoned here; not an instant of the channel's own.
        estimated: bool,
        /// What follows if not, in words.
        consequence: String,
    }

    /// Units of one line in a return.
    ReturnedUnits {
        /// Which line, where the channel says.
        line_id: Option<String>,
        /// The SKU, where the channel says.
        sku: Option<String>,
        /// Units the buyer sends back.
        quantity: u32,
        /// Of these, units that arrived.
        back: u32,
        /// Why, in the channel's words.
        reason: String,
    }

    /// What a buyer sends back of an order.
    Return {
        /// The channel's id of it.
        id: String,
        /// How far it is (`announced`, `confirmed`, `closed`, `voided`).
        stage: String,
        /// The same in the channel's words.
        status: String,
        /// When the buyer asked for it.
        opened_at: Option<Instant>,
        /// What of the money, in the channel's words, where it says.
        refund: Option<String>,
        /// What is sent back.
        lines: Vec<ReturnedUnits>,
    }

    /// An order, as it is stored.
    Order {
        /// The channel it came by.
        channel: String,
        /// The channel's id of it.
        channel_order_id: String,
        /// Where it is.
        phase: Phase,
        /// Why it stands where it stands, in one sentence.
        why: String,
        /// When it was placed.
        placed_at: Instant,
        /// Its next deadline, if any.
        due_at: Option<Instant>,
        /// Who ships it.
        fulfilled_by: FulfilledBy,
        /// Its total, if the channel gives one.
        total: Option<Money>,
        /// Has the channel our acknowledgment?
        acknowledged: bool,
        /// The shipping method the buyer chose, in the channel's words.
        method: Option<String>,
        /// Its lines.
        lines: Vec<Line>,
        /// Why it waits.
        holds: Vec<Hold>,
        /// What a person should see.
        exceptions: Vec<Exception>,
    }

    /// A page of orders.
    OrderPage {
        /// Its orders.
        orders: Vec<Order>,
        /// Where to go on; none at the end.
        next: Option<String>,
    }

    /// An order with its address, proofs, commands, deadlines and history.
    WholeOrder {
        /// The order.
        order: Order,
        /// Where it goes; none where nothing is stored of it.
        ship_to: Option<Address>,
        /// What each rule said last.
        proofs: Vec<Proof>,
        /// What was intended for it.
        commands: Vec<Command>,
        /// What must have happened by when.
        deadlines: Vec<Deadline>,
        /// What the buyer sends back.
        returns: Vec<Return>,
        /// Everything that ever happened to it, oldest first.
        timeline: Vec<Moment>,
    }

    /// One change, in commit order: nothing below its position can still appear.
    Change {
        /// Its position: ask for what comes after it next time.
        seq: i64,
        /// When it was written, marketplace time.
        at: Instant,
        /// The channel it is about, if one.
        channel: Option<String>,
        /// The order it is about, if one.
        channel_order_id: Option<String>,
        /// Where that order stands now, which may be later than this change.
        phase: Option<Phase>,
        /// The stable name of its kind.
        kind: String,
        /// What happened, in one sentence without personal data.
        words: String,
    }

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

    /// Units of one line.
    LineQuantity {
        /// The channel's line id.
        line_id: String,
        /// How many units.
        quantity: u32,
    }

    /// Money of one charge of one line, to be given back.
    RefundPart {
        /// Which line.
        line_id: String,
        /// Of which charge of it.
        charge: ChargeKind,
        /// How much, positive, without tax.
        amount: Money,
        /// The tax on it that goes back with it.
        tax: Option<Money>,
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
        /// The content type of the body, if there is one.
        content_type: Option<String>,
        /// The body.
        body: String,
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

    /// Where a marketplace is reached, and by whom. What a local one gives, `add_channel` takes.
    WalmartSettings {
        /// The seller id.
        seller: String,
        /// The client id of the developer portal.
        client_id: String,
        /// The secret that goes with it.
        client_secret: String,
        /// `production`, `sandbox` or `local`; production unless said.
        environment: Option<String>,
        /// Another scheme and host, without a path.
        base_url: Option<String>,
        /// Another token endpoint, with its path.
        token_url: Option<String>,
        /// The ship node stock is kept at, for sellers with more than one.
        ship_node: Option<String>,
        /// How far back the first reads reach; 179 days unless said.
        backfill: Option<Span>,
        /// The longest one call may take; 30 seconds unless said.
        call_timeout: Option<Span>,
        /// Multiplies every published rate; 1 unless said.
        rate_factor: Option<f64>,
        /// User name and password of a subscription to pushes, as `user:password`.
        push_password: Option<String>,
        /// Name of the header and secret of an HMAC subscription to pushes, as `header:secret`.
        push_hmac: Option<String>,
        /// The time a local marketplace runs by.
        pace: Option<Pace>,
    }

    /// An Amazon seller account (Selling Partner API).
    AmazonSettings {
        /// The seller (merchant) id.
        seller: String,
        /// The application's client id.
        client_id: String,
        /// The application's client secret.
        client_secret: String,
        /// The refresh token of the seller's authorization.
        refresh_token: String,
        /// `na`, `eu` or `fe`; `na` unless said.
        region: Option<String>,
        /// Marketplace ids; that of the United States unless said.
        marketplaces: Option<Vec<String>>,
        /// `production`, `sandbox` or `local`; production unless said.
        environment: Option<String>,
        /// Another scheme and host, without a path.
        base_url: Option<String>,
        /// Another token endpoint, with its path.
        token_url: Option<String>,
        /// How far back the first reads reach.
        backfill: Option<Span>,
        /// The longest one call may take; 30 seconds unless said.
        call_timeout: Option<Span>,
        /// Multiplies every published rate; 1 unless said.
        rate_factor: Option<f64>,
        /// The time a local marketplace runs by.
        pace: Option<Pace>,
    }

    /// An eBay seller account (Sell APIs).
    EbaySettings {
        /// The seller's user name.
        seller: String,
        /// The application's client id.
        client_id: String,
        /// The application's client secret.
        client_secret: String,
        /// The refresh token of the seller's consent.
        refresh_token: String,
        /// The site (`EBAY_US`); that of the United States unless said.
        marketplace: Option<String>,
        /// `production`, `sandbox` or `local`; production unless said.
        environment: Option<String>,
        /// Another scheme and host, without a path.
        base_url: Option<String>,
        /// Another token endpoint, with its path.
        token_url: Option<String>,
        /// How far back the first reads reach.
        backfill: Option<Span>,
        /// The longest one call may take; 30 seconds unless said.
        call_timeout: Option<Span>,
        /// Multiplies every published rate; 1 unless said.
        rate_factor: Option<f64>,
        /// The endpoint notifications come to.
        notification_endpoint: Option<String>,
        /// The verification token of that endpoint.
        verification_token: Option<String>,
        /// The time a local marketplace runs by.
        pace: Option<Pace>,
    }

    /// The time of a local marketplace.
    Pace {
        /// Marketplace time at `started`.
        origin: Instant,
        /// Wall time at which it was `origin`.
        started: Instant,
        /// Marketplace seconds in a second of the wall.
        speed: f64,
    }

    /// A running local marketplace.
    Market {
        /// `walmart`, `amazon` or `ebay`.
        marketplace: String,
        /// What stands in for the marketplace's scheme and host.
        base_url: String,
        /// Where tokens are asked for.
        token_url: String,
        /// The seller's id.
        seller: String,
        /// The client id it accepts.
        client_id: String,
        /// The secret that goes with it.
        client_secret: String,
        /// The refresh token it accepts, where it has one.
        refresh_token: Option<String>,
        /// What is on hand, by SKU, counted at `pace.origin`.
        on_hand: BTreeMap<String, i64>,
        /// The time it runs by.
        pace: Pace,
    }

    /// What took effect at a local marketplace so far.
    Effects {
        /// Orders acknowledged, each with how often.
        acknowledged: BTreeMap<String, u64>,
        /// Requests answered.
        requests: u64,
        /// Requests refused as too many.
        too_many: u64,
        /// Units offered again after their sale had been seen.
        reoffered_after_seen: u64,
    }

    /// What a rule of your own is asked: all it may look at.
    AskedOrder {
        /// The channel it came by.
        channel: String,
        /// The channel's id of it.
        channel_order_id: String,
        /// When it was placed.
        placed_at: Option<Instant>,
        /// Who ships it.
        fulfilled_by: FulfilledBy,
        /// Its total, if the channel gives one.
        total: Option<Money>,
        /// The shipping method the buyer chose, in the channel's words.
        method: Option<String>,
        /// Its lines.
        lines: Vec<Line>,
        /// Where it goes; none where it was erased.
        ship_to: Option<Address>,
        /// What is there of its SKUs.
        items: Vec<Item>,
        /// Marketplace time.
        now: Instant,
    }

    /// What a rule of your own answers.
    Verdict {
        /// What it says.
        verdict: VerdictKind,
        /// A stable code of its proof (`vip.buyer`), without personal data.
        code: String,
        /// The value that decided, in words, without personal data; may be empty.
        value: String,
    }

    /// What a decision came to.
    Decision {
        /// May it be taken?
        accept: bool,
        /// Why it waits.
        holds: Vec<Hold>,
        /// What each rule said.
        proofs: Vec<Proof>,
    }

    /// An order as a payload shows it.
    NormalOrder {
        /// The channel's id of it.
        channel_order_id: String,
        /// When it was placed; none where the payload does not say.
        placed_at: Option<Instant>,
        /// Who ships it.
        fulfilled_by: FulfilledBy,
        /// Its total, if the payload gives one.
        total: Option<Money>,
        /// Its lines.
        lines: Vec<Line>,
        /// Where it goes.
        ship_to: Address,
        /// What could not be mapped: field and what is wrong with it.
        unmapped: Vec<String>,
    }
}

/// Every structure that crosses.
pub(crate) fn structures() -> Vec<Structure> {
    all().into_iter().chain(own::all()).collect()
}

/// Every set of texts that crosses.
pub(crate) fn texts() -> Vec<Texts> {
    sets().into_iter().chain(own::sets()).collect()
}
