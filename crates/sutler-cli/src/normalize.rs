//! `sutler normalize`: payloads as the marketplace sent them, read into the model and printed, one JSON object a line.

use crate::{
    exit::{FAILED, Failure, Outcome},
    shape,
};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use std::{
    io::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
};
use sutler::{
    Error, Policy, Retry,
    model::{ChannelId, ChannelOrder, from_millis},
    policy::{
        NoStock, Rule,
        builtin::{AddressDeliverable, BuyerCancel, TotalsAddUp},
        decide_order,
    },
    walmart::{normalise_order, normalise_page, parse_error},
};

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
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    /// One order, bare or as a single read answers it.
    Order,
    /// A page of orders.
    Orders,
    /// An error answer.
    Error,
}

impl Normalize {
    /// Every file is read, the sound ones printed; the first that is not ends the command with its error.
    pub(crate) fn run(self) -> Outcome {
        let Marketplace::Walmart = self.marketplace;
        let mut first = None;
        let mut out = std::io::stdout().lock();
        for path in &self.files {
            match read(path, self.kind) {
                Ok(values) => {
                    for value in values {
                        writeln!(out, "{value}").map_err(|error| {
                            Failure::new(FAILED, format!("stdout cannot be written: {error}"))
                        })?;
                    }
                }
                Err(failure) if first.is_none() => first = Some(failure),
                Err(failure) => eprintln!("sutler: {}", failure.line()),
            }
        }
        first.map_or(Ok(()), Err)
    }
}

fn read(path: &Path, kind: Kind) -> Outcome<Vec<Value>> {
    let shown = path.display();
    let bytes =
        std::fs::read(path).map_err(|error| Failure::wrong(format!("{shown} cannot be read: {error}")))?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    if let Kind::Error = kind {
        return Ok(vec![error(bytes)]);
    }
    let document: Value = serde_json::from_slice(bytes).map_err(|error| {
        Failure::wrong(format!(
            "{shown} line {} column {}: {error}; JSON as the marketplace sent it is right",
            error.line(),
            error.column()
        ))
    })?;
    if !document.is_object() && !document.is_array() {
        return Err(Failure::wrong(format!(
            "{shown}: {document} is no order; an object or a list of them is right"
        )));
    }
    let orders = match kind {
        Kind::Order => vec![normalise_order(bytes)],
        _ => page(bytes, &document).map_err(|error| Failure::wrong(format!("{shown}: {error}")))?,
    };
    Ok(orders.iter().map(order).collect())
}

/// A list answer, or the orders of one cut out of it.
fn page(bytes: &[u8], document: &Value) -> Result<Vec<ChannelOrder>, Error> {
    match normalise_page(bytes) {
        Ok(orders) => Ok(orders),
        Err(error) => match document {
            Value::Array(all) if all.iter().all(Value::is_object) => {
                Ok(all.iter().map(|one| normalise_order(one.to_string().as_bytes())).collect())
            }
            Value::Object(fields)
                if fields.contains_key("purchaseOrderId") || fields.contains_key("order") =>
            {
                Ok(vec![normalise_order(bytes)])
            }
            _ => Err(error),
        },
    }
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

fn error(bytes: &[u8]) -> Value {
    let error = parse_error(None, bytes);
    let details: Vec<Value> = error
        .details
        .iter()
        .map(|detail| json!({"code": detail.code, "field": detail.field, "description": detail.description}))
        .collect();
    let (retry, after_s) = match error.retry {
        Retry::Never => ("never", None),
        Retry::Backoff => ("backoff", None),
        Retry::After(wait) => ("after", Some(wait.as_secs_f64())),
    };
    json!({
        "kind": error.kind.as_str(),
        "op": "walmart.error",
        "message": error.message,
        "retry": retry,
        "retry_after_s": after_s,
        "applied": error.applied.as_str(),
        "details": details,
    })
}
