//! What rules are asked and answer, and what a payload comes to.

use super::{Address, FulfilledBy, Hold, Instant, Item, Line, Money, Proof, VerdictKind};
use crate::schema::structures;

structures! {
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
