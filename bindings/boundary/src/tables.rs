//! Many orders at once, for languages that keep tables: pages of rows, read one after the other.

use crate::{
    Engine,
    calls::phase_of,
    schema::{Field, Table, Ty, structures},
    types::{Instant, Phase},
};
use sutler::{
    Result,
    model::{OrderState, from_millis},
    orders::{InboxRow, Orders, Sort},
};

/// Orders that are read together.
const PAGE: u32 = 500;

structures! {
    /// Which orders a table has.
    Chosen {
        /// Of this channel.
        channel: Option<String>,
        /// In this phase.
        phase: Option<Phase>,
        /// Placed at or after.
        placed_from: Option<Instant>,
        /// Placed before.
        placed_before: Option<Instant>,
    }
}

fn columns(described: &[(&'static str, Ty, &str)]) -> Vec<Field> {
    let column =
        |(name, ty, doc): &(&'static str, Ty, &str)| Field { name, doc: (*doc).to_owned(), ty: ty.clone() };
    described.iter().map(column).collect()
}

/// What is said of each table.
pub fn described() -> Vec<Table> {
    let maybe = |ty: Ty| Ty::Maybe(Box::new(ty));
    let order = [
        ("channel", Ty::Text, "The channel it came by."),
        ("channel_order_id", Ty::Text, "The channel's id of it."),
        ("phase", Ty::Named("Phase"), "Where it is."),
        ("placed_at", Ty::Instant, "When it was placed, UTC."),
    ];
    let orders = [
        ("due_at", maybe(Ty::Instant), "Its next deadline, UTC."),
        ("total", maybe(Ty::Exact), "Its total, six digits after the point; none where it is finer."),
        ("currency", maybe(Ty::Text), "The total's currency, ISO 4217."),
        ("acknowledged", Ty::Truth, "Has the channel our acknowledgment?"),
        ("lines", Ty::Count, "How many lines it has."),
        ("holds", Ty::List(Box::new(Ty::Text)), "The codes of why it waits."),
    ];
    let lines = [
        ("line_id", Ty::Text, "The channel's line id."),
        ("sku", maybe(Ty::Text), "The SKU."),
        ("title", Ty::Text, "Product name."),
        ("ordered", Ty::Count, "Units bought."),
        ("cancelled", Ty::Count, "Units the channel shows as cancelled."),
        ("shipped", Ty::Count, "Units the channel shows as shipped or further."),
        ("delivered", Ty::Count, "Units the channel shows as delivered."),
        (
            "goods",
            maybe(Ty::Exact),
            "What is charged for the goods, for all units; none where it is finer than six digits.",
        ),
        ("charges", maybe(Ty::Exact), "The same with delivery, discounts and fees."),
        ("tax", maybe(Ty::Exact), "Tax on all of it."),
        ("currency", maybe(Ty::Text), "The currency of the three, ISO 4217."),
    ];
    let arguments: Vec<Field> = all().into_iter().flat_map(|structure| structure.fields).collect();
    let table = |name, doc: &str, own: &[(&'static str, Ty, &str)]| Table {
        name,
        doc: doc.to_owned(),
        columns: columns(&[&order[..], own].concat()),
        arguments: arguments.clone(),
    };
    vec![
        table("orders_table", "Orders as an Arrow table, oldest placed first.", &orders),
        table("lines_table", "Lines as an Arrow table, oldest placed order first.", &lines),
    ]
}

async fn asked(engine: &Engine, chosen: &Chosen) -> Result<Orders> {
    let mut asked = engine.get()?.orders().limit(PAGE).sort(Sort::PlacedAscending);
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
