//! An embeddable order-management engine for sellers on several marketplaces.
//!
//! Every order of every marketplace in one place: acknowledged by rule before its deadline, stock deducted once and
//! pushed everywhere, shipments reported back, deadlines watched, every decision explained.
//!
//! ```
//! # #[cfg(all(feature = "walmart", feature = "sandbox", feature = "sqlite", feature = "http"))]
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> sutler::Result<()> {
//! # let dir = tempfile::tempdir().unwrap(); std::env::set_current_dir(dir.path()).unwrap();
//! use sutler::{Engine, Policy, Walmart};
//!
//! let market = sutler::sandbox::walmart().orders(20).start().await?;           // or your own keys: Walmart::new(seller, id, secret)
//! let engine = Engine::open("orders.db").channel("us", Walmart::at(&market)).policy(Policy::standard()).start().await?;
//! engine.on_hand("SKU-1", 40).await?;                                          // physical, as of now; .as_of(t) says when
//! engine.step().await?;                                                        // all that is due now; run() goes on
//! for order in engine.orders().held().page().await? { println!("{}: {}", order.channel_order_id, order.why()); }
//! # assert_eq!(engine.orders().page().await?.orders.len(), 20);
//! # Ok(()) }
//! # #[cfg(not(all(feature = "walmart", feature = "sandbox", feature = "sqlite", feature = "http")))] fn main() {}
//! ```
//!
//! # Three ways to embed
//! - [`Engine::run`] in a task: the engine minds its own business until [`Engine::stop`].
//! - [`Engine::step`] from the host's own loop: everything that is due, then back to the host.
//! - [`policy::decide_order`] alone, on the host's own order type: no store, no network, no runtime.
//!
//! Another process looks at the same store and asks for things through a [`Host`].
//!
//! # Features
//! `sqlite` and `http` by default; each connector by its name (`walmart`, `amazon`, `ebay`); `sandbox` for local marketplaces; `full` for all.

#[cfg(feature = "amazon")]
pub mod amazon;
pub mod ask;
pub mod changes;
pub mod channel;
pub mod clock;
#[cfg(feature = "ebay")]
pub mod ebay;
pub mod engine;
mod entropy;
pub mod host;
mod metrics;
mod open;
pub mod order;
pub mod orders;
pub mod push;
#[cfg(feature = "sandbox")]
pub mod sandbox;
#[cfg(feature = "walmart")]
pub mod walmart;

/// What an order is: facts, lines, addresses, money, names, phases.
pub mod model {
    pub use sutler_core::{
        address::{Address, AddressStates, PartState, Place},
        deadline::{Deadline, DeadlineKind, DeadlineSource},
        exposure::exposure_max,
        hold::{Exception, Hold, HoldReason},
        id::{ChannelId, ChannelOrderId, LineId, OrderKey, RuleId, SellerId, Seq, Sku, StreamId},
        journal::{Decided, Entry, JournalRow, Step},
        judge::Opinion,
        lateness::{Lateness, Punctuality},
        metric::{Measure, Metric},
        money::{Currency, Money},
        observation::{Coverage, Group, Observation},
        open::{KnownText, Open},
        order::*,
        returns::{Return, ReturnStage, ReturnTold, ReturnedUnits},
        state::{Counters, OrderState, Phase, StoredOrder},
        stock::{Count, Item, Listing},
        time::{Duration, Timestamp, from_millis},
    };
}

/// How orders are judged: policies, rules, verdicts with their proofs, and the decision itself.
pub mod policy {
    pub use sutler_core::{
        calendar::{Calendar, Hours, Tz},
        deadline::{Consequences, DayEnd, DeadlinePolicies, DeadlinePolicy, ShipCalendar, ShipRule, Targets},
        decide::{DecideCx, decide, decide_order},
        policy::{OnCancelRequest, Policy, file::STANDARD_TOML},
        ports::{Asked, Judge},
        rule::{Judged, Needs, NoStock, Proof, Rule, RuleCx, StockView, Verdict, address, builtin},
    };
}

/// Intents to change the world, and what became of them.
pub mod command {
    pub use sutler_core::{
        command::*,
        ports::store::{Input, IntakeOutcome, Resolution, Totals},
    };
}

/// What a host may bring of its own: clocks, randomness, stores.
pub mod ports {
    pub use crate::entropy::OsEntropy;
    pub use sutler_core::{
        budget::{BudgetUse, Budgets, Rate},
        ports::{BoxFuture, Clock, Entropy, store},
    };
    #[cfg(feature = "http")]
    pub use sutler_http::{Reqwest, ReqwestLimits};
}

pub use crate::{ask::Ticket, engine::Engine, host::Host};
#[cfg(feature = "amazon")]
pub use amazon::Amazon;
#[cfg(feature = "ebay")]
pub use ebay::Ebay;
pub use sutler_core::{Applied, Error, ErrorKind, Result, Retry, Timestamp, policy::Policy};
pub use sutler_engine::{Health, Mode, Settings, Stepped};
#[cfg(feature = "walmart")]
pub use walmart::Walmart;
