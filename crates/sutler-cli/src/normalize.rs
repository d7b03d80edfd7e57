//! `sutler normalize`: payloads as the marketplace sent them, read into the model and printed, one JSON object a line.

use crate::{
    exit::{Failure, Outcome, print},
    shape,
};
use clap::{Args, ValueEnum};
use serde_json::{Value, json, value::RawValue};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};
use sutler::{
    Applied, Error, ErrorKind, Policy, Retry, amazon, ebay,
    model::{ChannelId, ChannelOrder, from_millis},
    policy::{
        NoStock, Rule,
        builtin::{AddressDeliverable, BuyerCancel, TotalsAddUp},
        decide_order,
    },
    walmart,
};

/// Characters of a document that are repeated in an error.
const SHOWN_MAX: usize = 80;

/// Reads marketplace payloads into the model, without a store or a network.
#[derive(Args, Debug)]
pub(crate) struct Normalize {
    /// Whose payloads they are.
    #[arg(long)]
    marketplace: Marketplace,
    /// What each file holds.
    #[arg(long)]
    kind: Kind,
    /// The files.
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Marketplace {
    Walmart,
    Amazon,
    Ebay,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    /// One order, bare or as a single read answers it.
    Order,
    /// A page of orders.
    Orders,
    /// A push of the marketplace's.
    Notification,
    /// The same, by the name Amazon gives it.
    OrderChange,
    /// An error answer.
    Error,
}

impl Marketplace {
    fn order(self, bytes: &[u8]) -> ChannelOrder {
        match self {
            Marketplace::Walmart => walmart::normalise_order(bytes),
            Marketplace::Amazon => amazon::normalise_order(bytes),
            Marketplace::Ebay => ebay::normalise_order(bytes),
        }
    }

    fn page(self, bytes: &[u8]) -> Result<Vec<ChannelOrder>, Error> {
        match self {
            Marketplace::Walmart => walmart::normalise_page(bytes),
            Marketplace::Amazon => amazon::normalise_page(bytes),
            Marketplace::Ebay => ebay::normalise_page(bytes),
        }
    }
}

impl Normalize {
    /// Every file is read, the sound ones printed; the first that is not ends the command with its error.
    pub(crate) fn run(self) -> Outcome {
        let mut first = None;
        for path in &self.files {
            match read(path, self.marketplace, self.kind) {
                Ok(values) => values.into_iter().for_each(print),
                Err(failure) if first.is_none() => first = Some(failure),
                Err(failure) => eprintln!("sutler: {}", failure.line()),
            }
        }
        first.map_or(Ok(()), Err)
    }
}

fn read(path: &Path, marketplace: Marketplace, kind: Kind) -> Outcome<Vec<Value>> {
    let shown = path.display();
    let bytes =
        std::fs::read(path).map_err(|error| Failure::wrong(format!("{shown} cannot be read: {error}")))?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    if let Kind::Error = kind {
        return Ok(vec![error(bytes, marketplace)]);
    }
    // Cut, and not read: a number or a text that is none is a matter of its order, and takes no other with it.
    let text = String::from_utf8_lossy(bytes);
    let document: &RawValue = serde_json::from_str(&text).map_err(|error| {
        Failure::wrong(format!(
            "{shown} line {} column {}: {error}; JSON as the marketplace sent it is right",
            error.line(),
            error.column()
        ))
    })?;
    let document = document.get();
    if !document.starts_with(['{', '[']) {
        let found: String = document.chars().take(SHOWN_MAX).collect();
        return Err(Failure::wrong(format!(
            "{shown}: {found} is no order; an object or a list of them is right"
        )));
    }
    if matches!(kind, Kind::Notification | Kind::OrderChange) {
        return notification(bytes, marketplace)
            .map_err(|why| Failure::wrong(format!("{shown}: {why}")))
            .map(|one| vec![one]);
    }
    let orders = match kind {
        Kind::Order => vec![marketplace.order(bytes)],
        _ => page(document, marketplace).map_err(|error| Failure::wrong(format!("{shown}: {error}")))?,
    };
    Ok(orders.iter().map(order).collect())
}

/// A list answer, or the orders of one cut out of it.
fn page(document: &str, marketplace: Marketplace) -> Result<Vec<ChannelOrder>, Error> {
    let error = match marketplace.page(document.as_bytes()) {
        Ok(orders) => return Ok(orders),
        Err(error) => error,
    };
    if let Ok(all) = serde_json::from_str::<Vec<&RawValue>>(document) {
        // What is no order in it is one that is held, as on a page.
        return Ok(all.iter().map(|one| marketplace.order(one.get().as_bytes())).collect());
    }
    let fields: BTreeMap<String, &RawValue> = serde_json::from_str(document).unwrap_or_default();
    if ["purchaseOrderId", "order", "orderId"].iter().any(|key| fields.contains_key(*key)) {
        return Ok(vec![marketplace.order(document.as_bytes())]);
    }
    Err(error)
}

/// The order with every hold that follows from its payload alone: stock is not asked.
fn order(order: &ChannelOrder) -> Value {
    let unmapped = order
        .facts
        .unmapped
        .iter()
        .map(|part| json!({"reason": "unmapped", "detail": format!("{}: {}", part.field, part.detail)}));
    let rules: Vec<Arc<dyn Rule>> = vec![
        Arc::new(BuyerCancel::default()),
        Arc::new(AddressDeliverable::default()),
        Arc::new(TotalsAddUp::default()),
    ];
    let policy = Policy { rules, ..Policy::standard() };
    let channel = ChannelId::from("normalize");
    let decided = decide_order(&policy, &(channel, order), &NoStock, from_millis(0));
    let judged =
        decided.holds.iter().map(|hold| json!({"reason": hold.reason.code(), "detail": hold.detail}));
    let holds = unmapped.chain(judged).collect();
    shape::facts(order.channel_order_id.as_str(), &order.facts, Some(&order.ship_to), holds)
}

/// What a push tells: its id, topic and the orders to be read again.
fn notification(bytes: &[u8], marketplace: Marketplace) -> Result<Value, String> {
    let (id, topic, told) = match marketplace {
        Marketplace::Walmart => {
            let read = walmart::decode_notification(bytes).map_err(|error| error.to_string())?;
            let topic = format!("{} {}", read.event, read.sub_event).trim_end().to_owned();
            (read.id, topic, read.told)
        }
        Marketplace::Amazon => {
            let read = amazon::decode_notification(bytes).map_err(|error| error.to_string())?;
            (read.id, read.kind, read.told)
        }
        Marketplace::Ebay => {
            let read = ebay::decode_notification(bytes).map_err(|error| error.to_string())?;
            (read.id, read.topic, read.told)
        }
    };
    let told: Vec<Value> = told.iter().map(shape::told).collect();
    Ok(json!({"id": id, "topic": topic, "told": told}))
}

/// What an error answer says, whichever marketplace said it.
struct Said {
    op: &'static str,
    kind: ErrorKind,
    message: String,
    retry: Retry,
    applied: Applied,
    details: Vec<Value>,
}

fn said(bytes: &[u8], marketplace: Marketplace) -> Said {
    let detail = |code: &str, field: &str, description: &str| json!({"code": code, "field": field, "description": description});
    match marketplace {
        Marketplace::Walmart => {
            let error = walmart::parse_error(None, bytes);
            let details =
                error.details.iter().map(|one| detail(&one.code, &one.field, &one.description)).collect();
            Said {
                op: "walmart.error",
                kind: error.kind,
                message: error.message,
                retry: error.retry,
                applied: error.applied,
                details,
            }
        }
        Marketplace::Amazon => {
            let error = amazon::parse_error(None, bytes);
            let details = error.details.iter().map(|one| detail(&one.code, "", &one.message)).collect();
            Said {
                op: "amazon.error",
                kind: error.kind,
                message: error.message,
                retry: error.retry,
                applied: error.applied,
                details,
            }
        }
        Marketplace::Ebay => {
            let error = ebay::parse_error(None, bytes);
            let code = |id: u64| if id == 0 { String::new() } else { id.to_string() };
            let details = error
                .details
                .iter()
                .map(|one| detail(&code(one.id), &one.parameters, &one.message))
                .collect();
            Said {
                op: "ebay.error",
                kind: error.kind,
                message: error.message,
                retry: error.retry,
                applied: error.applied,
                details,
            }
        }
    }
}

fn error(bytes: &[u8], marketplace: Marketplace) -> Value {
    let error = said(bytes, marketplace);
    let (retry, after_s) = match error.retry {
        Retry::Never => ("never", None),
        Retry::Backoff => ("backoff", None),
        Retry::After(wait) => ("after", Some(wait.as_secs_f64())),
    };
    json!({
        "kind": error.kind.as_str(),
        "op": error.op,
        "message": error.message,
        "retry": retry,
        "retry_after_s": after_s,
        "applied": error.applied.as_str(),
        "details": error.details,
    })
}
