//! The built-in rules.

use crate::rule::Rule;
use std::sync::Arc;

/// The standard rules at their defaults, in order.
pub fn standard() -> Vec<Arc<dyn Rule>> {
    Vec::new()
}
