//! What the core promises, by the numbers of `docs/guarantees.md`, mostly over generated histories.

mod budgets;
mod calendars;
mod counters;
mod deadlines;
mod exposure;
mod flavours;
mod fold;
mod lateness;
mod metrics;
mod money;
mod refunds;
mod returns;
mod rules;
mod stock;
mod told;
mod wire;
