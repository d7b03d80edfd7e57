//! The engine on the two example marketplaces, in time that leaps: every flavour that the three connectors do not speak, from
//! the order's arrival to its end, and through crashes.

mod arranging;
mod crashes;
mod host;
mod ledgerlike;
