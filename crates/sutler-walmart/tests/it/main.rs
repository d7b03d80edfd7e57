//! The connector from outside: what it sends, what it makes of answers, and whole walks against the local marketplace.

mod config;
mod errors;
mod mutations;
mod normalise;
mod ports;
mod reads;
mod samples;
mod stock;
mod walks;
mod writes;
