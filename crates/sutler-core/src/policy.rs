//! A policy: which rules, in which order, and what to do by default.

pub mod file;

use crate::{
    deadline::DeadlinePolicies,
    error::{Error, ErrorKind, Result},
    rule::{Rule, builtin},
};
use std::sync::Arc;

/// What to do when the buyer asked to cancel and nothing has left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnCancelRequest {
    /// Hold the order; a person cancels or releases it.
    #[default]
    Hold,
    /// Hold it and cancel at the channel, by the buyer's wish.
    Cancel,
}

/// How an account is run. Evaluation is pure and in the order given.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The rules, in the order they are asked and explained.
    pub rules: Vec<Arc<dyn Rule>>,
    /// What a buyer's wish to cancel does.
    pub on_cancel_request: OnCancelRequest,
    /// Units of each SKU kept back from every listing.
    pub buffer: u32,
    /// Publish stock at all?
    pub publish_stock: bool,
    /// Deadlines where the channel gives none, and our own targets, by marketplace and channel.
    pub deadlines: DeadlinePolicies,
}

impl Policy {
    /// The built-in rules at their defaults: SKUs mapped, stock covers every line, address complete and deliverable, no
    /// wish to cancel, payload understood, charges add up.
    pub fn standard() -> Self {
        Policy {
            rules: builtin::standard(),
            on_cancel_request: OnCancelRequest::Hold,
            buffer: 0,
            publish_stock: true,
            deadlines: DeadlinePolicies::published(),
        }
    }

    /// Adds a rule after the others.
    ///
    /// # Errors
    /// `Config` when a rule of that name is there already: two rules would write one field of the decision (G31).
    pub fn with_rule(mut self, rule: Arc<dyn Rule>) -> Result<Self> {
        if let Some(at) = self.rules.iter().position(|known| known.id() == rule.id()) {
            return Err(Error::new(ErrorKind::Config, "policy.rules").message(format!(
                "rule {:?} is given twice, the first time at position {}; each rule stands once",
                rule.id().as_str(),
                at + 1
            )));
        }
        self.rules.push(rule);
        Ok(self)
    }
}
