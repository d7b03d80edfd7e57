//! Many orders at once, for languages that keep tables: pages of rows, read one after the other.

use crate::{
    Engine,
    calls::phase_of,
    types::{Instant, Phase},
};
use serde::Deserialize;
use sutler::{
    Result,
    model::{OrderState, from_millis},
    orders::{InboxRow, Orders, Sort},
};

/// Orders that are read together.
const PAGE: u32 = 500;

/// Which orders a table has.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    /// Of this channel.
    pub channel: Option<String>,
    /// In this phase.
    pub phase: Option<Phase>,
    /// Placed at or after.
    pub placed_from: Option<Instant>,
    /// Placed before.
    pub placed_before: Option<Instant>,
}

async fn asked(engine: &Engine, chosen: &Chosen) -> Result<Orders> {
    let mut asked = engine.get().await?.orders().limit(PAGE).sort(Sort::PlacedAscending);
    if let Some(channel) = &chosen.channel {
        asked = asked.channel(channel.as_str());
    }
    if let Some(phase) = &chosen.phase {
        asked = asked.phase(phase_of(phase)?);
    }
    if let Some(from) = chosen.placed_from {
        asked = asked.placed_from(from_millis(from.0));
    }
    if let Some(before) = chosen.placed_before {
        asked = asked.placed_before(from_millis(before.0));
    }
    Ok(asked)
}

/// Reads rows of orders, oldest placed first, and gives each page to `take`.
///
/// # Errors
/// `Invalid` for a phase that is not known, `Closed`, `Store`, or those of `take`.
pub async fn rows(
    engine: &Engine,
    chosen: &Chosen,
    mut take: impl FnMut(Vec<InboxRow>) -> Result<()>,
) -> Result<()> {
    let mut orders = asked(engine, chosen).await?;
    loop {
        let page = orders.rows().await?;
        take(page.rows)?;
        match page.next {
            Some(cursor) => orders = orders.after(cursor),
            None => return Ok(()),
        }
    }
}

/// Reads whole orders, oldest placed first, and gives each page to `take`.
///
/// # Errors
/// As [`rows`].
pub async fn states(
    engine: &Engine,
    chosen: &Chosen,
    mut take: impl FnMut(Vec<OrderState>) -> Result<()>,
) -> Result<()> {
    let mut orders = asked(engine, chosen).await?;
    loop {
        let (states, next) = orders.states().await?;
        take(states.into_iter().map(|(state, _)| state).collect())?;
        match next {
            Some(cursor) => orders = orders.after(cursor),
            None => return Ok(()),
        }
    }
}
