//! The pipe, branch by branch, on a clock that only moves when everyone waits.

mod budgets;
mod documents;
mod reads;
mod secrets;
mod tokens;
mod world;
mod writes;
