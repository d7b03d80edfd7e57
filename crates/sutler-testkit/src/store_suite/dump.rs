//! Everything a store answers, as lines of text: what two stores, or one store before and after, are compared by.

use super::sample::{CHANNELS, SKUS, at, channel};
use sutler_core::{
    command::State,
    error::Result,
    hold::HoldReason,
    id::{ChannelOrderId, OrderKey, Seq, Sku, StreamId},
    money::{Currency, Money},
    ports::store::{InboxQuery, Sort, View},
    state::Phase,
};

/// The orders samples are about.
pub const ORDERS: u64 = 14;

/// The name of sample order `n`.
pub fn order_name(n: u64) -> String {
    // Some are beginnings of others.
    format!("{}", [1, 10, 100, 11, 2, 20, 21][n as usize % 7] + 1_000 * (n / 7))
}

/// Asks every question of the port about the samples' world.
///
/// # Errors
/// The store's, of reads that cannot fail in a sound store. Refused inbox questions are answers.
pub fn everything(view: &dyn View) -> Result<Vec<String>> {
    let mut out = vec![format!("{:?}", view.channels()?), format!("{:?}", view.totals()?)];
    for name in CHANNELS {
        let channel = channel(name);
        for n in 0..ORDERS {
            // Digests are keyed, so two stores need not agree on them: whether there is one, they must.
            let known = view.known(&channel, &ChannelOrderId::new(order_name(n)))?;
            out.push(format!("known {name} {n} {:?}", known.map(|(key, digest)| (key, digest == [0; 16]))));
        }
        for (state, _) in State::ALL {
            out.push(format!("{state:?} {:?}", view.open_commands(&channel, *state, 4)?));
        }
        for sku in SKUS {
            out.push(format!("target {:?}", view.target(&channel, &format!("sku/{sku}"))?));
            out.push(format!("listing {:?}", view.listing(&channel, &Sku::new(*sku))?));
        }
        out.push(format!("listings {:?}", view.listings(&channel, Some(&Sku::new("SKU-1")), 2)?));
        out.push(format!("listings {:?}", view.listings(&channel, None, 9)?));
        out.push(format!("stale {:?}", view.stale(&channel, at(250), 3)?));
        out.push(format!("stream {:?}", view.stream(&channel, &StreamId::new("created"))?));
    }
    for key in (-1..30).chain([i64::MAX]).map(OrderKey) {
        out.push(format!("order {:?} {:?}", view.order(key)?, view.commands(key)?));
        out.push(format!("personal {:?}", view.personal(key)?));
        out.push(format!("history {:?}", view.history(key)?));
    }
    for sku in SKUS.iter().map(|sku| Sku::new(*sku)) {
        out.push(format!("item {:?} {}", view.item(&sku)?, view.departed_since(&sku, at(100))?));
        out.push(format!("waiting {:?}", view.waiting(&sku, 3)?));
    }
    out.push(format!("items {:?} {:?}", view.items(None, 2)?, view.items(Some(&Sku::new("SKU-1")), 9)?));
    for after in [-1, 0, 3, 50, i64::MAX] {
        out.push(format!("journal {:?}", view.journal(Seq(after), 7)?));
    }
    for id in [-1, 0, 1, 2, 3, i64::MAX] {
        out.push(format!("intake {:?} {:?}", view.intake(3)?, view.intake_outcome(id)?));
    }
    out.push(format!("note {:?} {:?}", view.note("budgets")?, view.note("none")?));
    for query in queries() {
        out.push(format!("inbox {query:?}"));
        out.extend(pages(view, query));
    }
    Ok(out)
}

/// Every page of a question, three orders each, or how it was refused.
pub fn pages(view: &dyn View, mut query: InboxQuery) -> Vec<String> {
    let mut out = Vec::new();
    for _ in 0..20 {
        match view.inbox(&query) {
            Ok(page) => {
                out.push(format!("{page:?}"));
                if page.next.is_none() {
                    return out;
                }
                query.after = page.next;
            }
            Err(error) => {
                out.push(format!("{error:?}"));
                return out;
            }
        }
    }
    out.push("more than twenty pages".into());
    out
}

/// Questions of every path, alone and with the filters that are read row by row.
pub fn queries() -> Vec<InboxQuery> {
    let major = |text: &str| Money::parse(text, Currency::USD).map(|money| money.amount).ok();
    let all = InboxQuery { limit: 3, ..InboxQuery::default() };
    let narrowed = [
        all.clone(),
        InboxQuery { channel: Some(channel("us")), ..all.clone() },
        InboxQuery { channel: Some(channel("nowhere")), ..all.clone() },
        InboxQuery { phase: Some(Phase::Held), ..all.clone() },
        InboxQuery { phase: Some(Phase::Open), channel: Some(channel("ca")), ..all.clone() },
        InboxQuery { phase: Some(Phase::Shipped), ..all.clone() },
        InboxQuery { hold: Some(HoldReason::BadAddress), ..all.clone() },
        InboxQuery {
            hold: Some(HoldReason::Rule("weekend".into())),
            channel: Some(channel("us")),
            ..all.clone()
        },
        InboxQuery { hold: Some(HoldReason::ShortOfStock), phase: Some(Phase::Open), ..all.clone() },
        InboxQuery { placed_from: Some(at(100)), placed_to: Some(at(300)), ..all.clone() },
        InboxQuery { placed_from: Some(at(300)), placed_to: Some(at(100)), ..all.clone() },
        InboxQuery { placed_from: Some(at(50)), phase: Some(Phase::Held), ..all.clone() },
        InboxQuery { amount_from: major("12.51"), amount_to: major("25.00"), ..all.clone() },
        InboxQuery { amount_to: major("12.51"), phase: Some(Phase::Open), ..all.clone() },
        InboxQuery { order_id: Some("10".into()), ..all.clone() },
        InboxQuery { order_id: Some("1*".into()), channel: Some(channel("us")), ..all.clone() },
        InboxQuery {
            order_id: Some("1*".into()),
            sku: Some("SKU*".into()),
            phase: Some(Phase::Held),
            ..all.clone()
        },
        InboxQuery { sku: Some("SKU-1".into()), ..all.clone() },
        InboxQuery { sku: Some("SKU-1*".into()), amount_from: major("0"), ..all.clone() },
        InboxQuery { sku: Some("Ä/b c".into()), hold: Some(HoldReason::BadAddress), ..all.clone() },
        InboxQuery {
            sku: Some("SKU-2".into()),
            placed_from: Some(at(100)),
            channel: Some(channel("ca")),
            ..all.clone()
        },
        InboxQuery { exceptions: true, ..all.clone() },
        InboxQuery { exceptions: true, phase: Some(Phase::Open), amount_from: major("0"), ..all.clone() },
        InboxQuery { limit: 0, ..all.clone() },
        InboxQuery { after: Some("nonsense".into()), ..all },
    ];
    let sorts = [Sort::PlacedDescending, Sort::PlacedAscending, Sort::Due, Sort::AmountDescending];
    narrowed
        .iter()
        .flat_map(|query| sorts.iter().map(|sort| InboxQuery { sort: *sort, ..query.clone() }))
        .collect()
}
