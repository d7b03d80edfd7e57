//! Walmart's documents in Walmart's spelling. Nothing here knows the model.

pub(crate) mod error;
pub(crate) mod leaf;
pub(crate) mod node;
pub(crate) mod order;
pub(crate) mod page;
pub(crate) mod stock;
pub(crate) mod write;
