//! Policy files: TOML that names the built-in rules with their parameters.
//!
//! What a file does not say stands as in [`Policy::standard`]: a file of one rule does not switch the others off, because
//! a seller who forgets a line must not start to acknowledge what cannot be shipped. `enabled = false` switches a rule
//! off. The rules are asked in the order of the file; standard ones that it does not name follow in the standard order.
//!
//! Everything is checked before anything is taken: unknown names and keys, wrong types, values out of range, and a rule
//! given twice (two rules would write one field of the decision, G31).

mod calendar;
mod deadlines;
mod read;
mod rules;

use super::{OnCancelRequest, Policy};
use crate::{error::Result, time::Duration};
use read::Document;

/// The standard policy as a file, each parameter at its default and explained.
pub const STANDARD_TOML: &str = include_str!("file/standard.toml");

/// More units than any shelf holds; a larger buffer is a slip of the keyboard.
const BUFFER_MAX: u32 = 1_000_000;
/// The longest deadline any marketplace knows is a few weeks.
const SPAN_MAX: Duration = Duration::days(90);

impl Policy {
    /// Reads a policy file; what it does not say stands as in [`Policy::standard`].
    ///
    /// # Errors
    /// `Config`, naming line, field, value and what would be right.
    pub fn from_toml(text: &str) -> Result<Policy> {
        let document = Document::parse(text)?;
        let root = document.root();
        root.only(&["rule", "cancel_requests", "stock", "deadlines"])?;
        let mut policy = Policy::standard();
        policy.rules = rules::read(&root)?;
        if let Some(section) = root.section("cancel_requests")? {
            section.only(&["action"])?;
            let actions = [("hold", OnCancelRequest::Hold), ("cancel", OnCancelRequest::Cancel)];
            policy.on_cancel_request = section.choice("action", &actions)?.unwrap_or_default();
        }
        if let Some(section) = root.section("stock")? {
            section.only(&["publish", "buffer"])?;
            policy.publish_stock = section.boolean("publish")?.unwrap_or(policy.publish_stock);
            policy.buffer = section.whole("buffer", BUFFER_MAX)?.unwrap_or(policy.buffer);
        }
        if let Some(section) = root.section("deadlines")? {
            policy.deadlines = deadlines::read(&section)?;
        }
        Ok(policy)
    }
}

#[cfg(test)]
mod tests;
