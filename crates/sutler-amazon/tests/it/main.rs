//! The connector from outside: whole walks against the local marketplace, and what it makes of odd answers.

mod account;
mod cancel;
mod feeds;
mod normalise;
mod ports;
mod reading;
