//! Rules: one question about one order, answered with its proof.

pub mod address;
pub mod builtin;

use crate::{
    hold::HoldReason,
    id::{RuleId, Sku},
    order::OrderView,
    stock::Item,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt};

/// Stock as rules and allocation see it.
pub trait StockView {
    /// The item called `sku`, if anybody ever counted or wanted it.
    fn item(&self, sku: &Sku) -> Option<&Item>;
}

impl StockView for std::collections::BTreeMap<Sku, Item> {
    fn item(&self, sku: &Sku) -> Option<&Item> {
        self.get(sku)
    }
}

/// Stock about which nothing is known.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoStock;

impl StockView for NoStock {
    fn item(&self, _: &Sku) -> Option<&Item> {
        None
    }
}

/// All a rule may look at. Nothing is fetched inside `judge`.
#[derive(Clone, Copy)]
pub struct RuleCx<'a> {
    /// The order.
    pub order: OrderView<'a>,
    /// Units this order holds already, by SKU, sorted: they count as its own.
    pub own: &'a [(Sku, i64)],
    /// Units of each SKU the order still wants, sorted.
    pub demand: &'a [(Sku, i64)],
    /// Stock of the seller's location.
    pub stock: &'a dyn StockView,
    /// Marketplace time.
    pub now: Timestamp,
}

/// What a rule wants loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The address.
    pub address: bool,
    /// Items of the order's SKUs.
    pub stock: bool,
}

/// Why a verdict is what it is: a code, and the value that decided, without personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// `stock.covers`, `address.postal_code_missing`, …
    pub code: Cow<'static, str>,
    /// The value that decided, in words; empty when the code says it all.
    pub value: String,
}

impl Proof {
    /// A proof that needs no value.
    pub const fn code(code: &'static str) -> Self {
        Proof { code: Cow::Borrowed(code), value: String::new() }
    }
    /// A proof with the value that decided.
    pub fn value(code: &'static str, value: impl Into<String>) -> Self {
        Proof { code: Cow::Borrowed(code), value: value.into() }
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.value.is_empty() {
            f.write_str(&self.code)
        } else {
            write!(f, "{} ({})", self.code, self.value)
        }
    }
}

/// A rule's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// Nothing against it.
    Pass(Proof),
    /// It must wait.
    Hold(HoldReason, Proof),
    /// It must not be taken; a person cancels.
    Refuse(HoldReason, Proof),
    /// The rule has nothing to say about this order.
    Abstain(Proof),
}

/// A rule's answer with its name and version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// Which rule.
    pub rule: RuleId,
    /// What it said.
    pub verdict: Verdict,
}

impl Judged {
    /// One sentence for a person.
    pub fn why(&self) -> String {
        match &self.verdict {
            Verdict::Pass(proof) => format!("{} passed: {proof}", self.rule),
            Verdict::Hold(reason, proof) => format!("{} holds it ({reason}): {proof}", self.rule),
            Verdict::Refuse(reason, proof) => format!("{} refuses it ({reason}): {proof}", self.rule),
            Verdict::Abstain(proof) => format!("{} says nothing: {proof}", self.rule),
        }
    }
}

/// One question about one order. Pure: the same context gives the same verdict.
pub trait Rule: Send + Sync + fmt::Debug {
    /// Its name, unique in a policy.
    fn id(&self) -> &RuleId;
    /// What must be loaded for it.
    fn needs(&self) -> Needs {
        Needs::default()
    }
    /// The verdict.
    fn judge(&self, cx: &RuleCx<'_>) -> Verdict;
}
