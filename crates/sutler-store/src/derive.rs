//! What follows from a row and is kept beside it, so that it can be asked for. Both stores derive it here.

use rust_decimal::Decimal;
use sutler_core::{
    Timestamp,
    command::Command,
    error::{Error, ErrorKind, Result},
    id::{ChannelId, OrderKey, Sku},
    state::{OrderState, Phase},
};

/// What an order without a total sorts by: after all others.
pub(crate) const NO_AMOUNT: i64 = i64::MIN;

/// What an order is found by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Derived {
    pub(crate) phase: Phase,
    pub(crate) placed: i64,
    pub(crate) due: Option<i64>,
    pub(crate) at_risk: Option<i64>,
    pub(crate) amount: i64,
    pub(crate) acknowledged: bool,
    pub(crate) exceptions: bool,
    /// Open and ours to ship: a sweep looks at it again.
    pub(crate) swept: bool,
}

impl Derived {
    pub(crate) fn of(order: &OrderState, due_at: Option<Timestamp>, at_risk_at: Option<Timestamp>) -> Self {
        let phase = order.phase();
        Derived {
            phase,
            placed: order.placed_at().timestamp_millis(),
            due: due_at.map(|at| at.timestamp_millis()),
            at_risk: at_risk_at.map(|at| at.timestamp_millis()),
            amount: order.facts.total.map_or(NO_AMOUNT, |total| amount_key(total.amount)),
            acknowledged: order.is_acknowledged(),
            exceptions: !order.exceptions.is_empty(),
            swept: is_open(phase) && order.facts.is_sellers(),
        }
    }
}

/// Is anything left to do for an order in this phase?
pub(crate) fn is_open(phase: Phase) -> bool {
    matches!(phase, Phase::New | Phase::Held | Phase::Open | Phase::PartlyShipped)
}

/// Major units in ten-thousandths, the finest minor unit of ISO 4217; an amount finer than that is rounded half to even.
/// Never [`NO_AMOUNT`].
pub(crate) fn amount_key(amount: Decimal) -> i64 {
    let scaled = amount.checked_mul(Decimal::from(10_000)).map(|scaled| scaled.round());
    match scaled.and_then(|scaled| i64::try_from(scaled).ok()) {
        Some(key) => key.max(NO_AMOUNT + 1),
        None if amount.is_sign_negative() => NO_AMOUNT + 1,
        None => i64::MAX,
    }
}

/// The SKUs of an order's lines, sorted, each once.
#[cfg(feature = "sqlite")]
pub(crate) fn skus(order: &OrderState) -> Vec<&Sku> {
    let mut all: Vec<&Sku> = order.facts.lines.iter().filter_map(|line| line.sku.as_ref()).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The SKUs a held order waits for; empty for any other.
pub(crate) fn awaited(order: &OrderState, phase: Phase) -> Vec<Sku> {
    if phase != Phase::Held {
        return Vec::new();
    }
    order.demand().into_iter().map(|(sku, _)| sku).collect()
}

/// The targets of a command, unique in its channel: `ORDER|order`, `ORDER|line/1`, `sku/SKU`.
///
/// # Errors
/// `Invalid` when a command on an order does not name the order, or its subject is not about that order.
pub(crate) fn targets(command: &Command) -> Result<Vec<String>> {
    let own = command.targets();
    if command.act.level().is_some() {
        return Ok(own);
    }
    let subject = &command.key.subject;
    let Some(order) = &command.channel_order_id else {
        return Err(invalid(format!(
            "command {} names no order; its channel_order_id must be set",
            command.key
        )));
    };
    match subject.strip_prefix(order.as_str()) {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => {}
        _ => {
            return Err(invalid(format!(
                "the subject of command {} is not about order {order}; {order} or {order}/PACKAGE is right",
                command.key
            )));
        }
    }
    Ok(own.into_iter().map(|target| format!("{order}|{target}")).collect())
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::Invalid, "store.command").message(message)
}

pub(crate) fn no_such_order(key: OrderKey) -> Error {
    Error::new(ErrorKind::NotFound, "store.order")
        .message(format!("no order {} in this store; a new order needs a key of new_order_key", key.0))
}

pub(crate) fn other_identity(key: OrderKey) -> Error {
    Error::new(ErrorKind::Invalid, "store.order").message(format!(
        "order {} is stored under another channel or channel order id; identity never changes",
        key.0
    ))
}

pub(crate) fn stored_already(order: &OrderState, key: i64) -> Error {
    Error::new(ErrorKind::Conflict, "store.order").message(format!(
        "order {} of channel {} is stored already as {key}; it must be put under that key",
        order.channel_order_id, order.channel
    ))
}

pub(crate) fn target_held(
    channel: &ChannelId,
    command: &Command,
    target: &str,
    holder: &impl std::fmt::Display,
) -> Error {
    Error::new(ErrorKind::Conflict, "store.command").message(format!(
        "command {} of channel {channel} touches {target}, which the open command {holder} holds; it must end first",
        command.key
    ))
}

/// What was asked is forgotten when it is taken: it cannot wait again.
pub(crate) fn no_outcome(id: i64) -> Error {
    Error::new(ErrorKind::Invalid, "store.intake")
        .message(format!("input {id} is taken with no outcome; done or refused is right"))
}

pub(crate) fn no_such_input(id: i64) -> Error {
    Error::new(ErrorKind::NotFound, "store.intake").message(format!("no input {id} in this store's intake"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_order_as_numbers_do_and_saturate() {
        let key = |text: &str| amount_key(text.parse().expect("a decimal"));
        assert_eq!(key("12.34"), 123_400);
        assert!(key("-0.01") < key("0") && key("0") < key("0.0001"));
        assert_eq!(key("79228162514264337593543950335"), i64::MAX);
        assert_eq!(key("-79228162514264337593543950335"), NO_AMOUNT + 1);
    }
}
