//! Orders as they cross, and all that belongs to one.

use super::{
    ChargeKind, CommandState, Exact, FulfilledBy, Instant, PartState, Phase, ReturnStage, VerdictKind,
};
use crate::schema::structures;

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
        /// Units the buyer sends back.
        quantity: u32,
        /// Of these, units that arrived.
        back: u32,
        /// Why, in the channel's words.
        reason: String,
        /// Which line, where the channel says.
        line_id: Option<String>,
        /// The SKU, where the channel says.
        sku: Option<String>,
    }

    /// What a buyer sends back of an order.
    Return {
        /// The channel's id of it.
        id: String,
        /// How far it is.
        stage: ReturnStage,
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
}
