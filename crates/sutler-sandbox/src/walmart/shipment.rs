//! The bodies of shipping and cancelling, read leniently where Walmart is lenient and checked for what it refuses
//! without looking at the order.

use serde::Deserialize;
use serde_json::Value;

use super::carriers::CARRIERS;
use super::order::Carrier;
use super::refusal::Refusal;
use crate::clock::Ms;

/// The five reasons a seller may cancel for.
pub(crate) const REASONS: [&str; 5] = [
    BUYER_ASKED,
    "SELLER_CANCEL_PRICING_ERROR",
    OUT_OF_STOCK,
    "SELLER_CANCEL_FRAUD_STOP_SHIPMENT",
    BAD_ADDRESS,
];
/// Only while the buyer's wish to cancel stands.
pub(crate) const BUYER_ASKED: &str = "CUSTOMER_REQUESTED_SELLER_TO_CANCEL";
/// Sets the level of the SKU to zero at its node.
pub(crate) const OUT_OF_STOCK: &str = "SELLER_CANCEL_OUT_OF_STOCK";
const BAD_ADDRESS: &str = "SELLER_CANCEL_ADDRESS_NOT_SERVICEABLE";

/// One package of one line, as asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Parcel {
    pub(crate) line: u32,
    pub(crate) units: u32,
    pub(crate) tracking: String,
    pub(crate) carrier: Carrier,
    pub(crate) url: Option<String>,
    pub(crate) shipped: Ms,
    pub(crate) method: String,
    /// The seller ships although the buyer asked to cancel.
    pub(crate) over_intent: bool,
}

/// Units of one line to be cancelled, as asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cancellation {
    pub(crate) line: u32,
    pub(crate) units: u32,
    pub(crate) reason: &'static str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ShipBody {
    order_shipment: Option<Body>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CancelBody {
    order_cancellation: Option<Body>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    process_mode: Option<String>,
    order_lines: Option<Lines>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lines {
    order_line: Vec<BodyLine>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BodyLine {
    line_number: Value,
    #[serde(default)]
    intent_to_cancel_override: bool,
    order_line_statuses: Option<Statuses>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Statuses {
    order_line_status: Vec<Status>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    status: Option<String>,
    cancellation_reason: Option<String>,
    status_quantity: Option<Quantity>,
    tracking_info: Option<Tracking>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Quantity {
    unit_of_measurement: Option<String>,
    amount: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tracking {
    ship_date_time: Option<Value>,
    carrier_name: Option<CarrierName>,
    method_code: Option<String>,
    tracking_number: Option<String>,
    #[serde(rename = "trackingURL")]
    tracking_url: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CarrierName {
    carrier: Option<String>,
    other_carrier: Option<String>,
}

/// Reads the body of a shipping call; at least one parcel comes back.
pub(crate) fn parcels(body: &str) -> Result<Vec<Parcel>, Refusal> {
    let read: ShipBody = parse(body)?;
    let lines = lines(read.order_shipment, "orderShipment")?;
    let mut all = Vec::new();
    for line in lines {
        let number = line_number(&line.line_number)?;
        let over_intent = line.intent_to_cancel_override;
        for status in entries(line, number)? {
            named(&status, "Shipped", number)?;
            let units = units(&status, number)?;
            let missing =
                |what: &str| Refusal::content(format!("{what} is missing for line number {number}"));
            let tracking = status.tracking_info.ok_or_else(|| missing("trackingInfo"))?;
            let shipped = tracking.ship_date_time.as_ref().and_then(Value::as_i64).ok_or_else(|| {
                Refusal::content(format!(
                    "shipDateTime for line number {number} must be a number of milliseconds since 1970"
                ))
            })?;
            let carrier = carrier(&tracking, number)?;
            all.push(Parcel {
                line: number,
                units,
                tracking: text(tracking.tracking_number).ok_or_else(|| missing("trackingNumber"))?,
                carrier,
                url: text(tracking.tracking_url),
                shipped,
                method: text(tracking.method_code).ok_or_else(|| missing("methodCode"))?,
                over_intent,
            });
        }
    }
    Ok(all)
}

/// Reads the body of a cancelling call; at least one cancellation comes back.
pub(crate) fn cancellations(body: &str) -> Result<Vec<Cancellation>, Refusal> {
    let read: CancelBody = parse(body)?;
    let lines = lines(read.order_cancellation, "orderCancellation")?;
    if lines.len() > 100 {
        return Err(Refusal::content(format!(
            "{} order lines exceed the limit of 100 per request",
            lines.len()
        )));
    }
    let mut all = Vec::new();
    for line in lines {
        let number = line_number(&line.line_number)?;
        for status in entries(line, number)? {
            named(&status, "Cancelled", number)?;
            let given = status.cancellation_reason.as_deref().unwrap_or("");
            let reason = REASONS.into_iter().find(|reason| *reason == given).ok_or_else(|| {
                Refusal::content(format!("cancellationReason {given:?} is invalid for line number {number}"))
            })?;
            all.push(Cancellation { line: number, units: units(&status, number)?, reason });
        }
    }
    Ok(all)
}

pub(crate) fn parse<'a, T: Deserialize<'a>>(body: &'a str) -> Result<T, Refusal> {
    serde_json::from_str(body).map_err(|error| {
        Refusal::new(
            400,
            "MALFORMED_REQUEST_CONTENT.GMP_ORDER_API",
            format!("request body is not valid: {error}"),
        )
    })
}

fn lines(body: Option<Body>, root: &str) -> Result<Vec<BodyLine>, Refusal> {
    let body = body.ok_or_else(|| Refusal::content(format!("{root} is missing")))?;
    if let Some(mode) = body.process_mode {
        // The real one edits tracking within some four hours. We refuse instead of guessing at its rules.
        return Err(Refusal::content(format!("processMode {mode} is not supported by this marketplace")));
    }
    match body.order_lines {
        Some(lines) if !lines.order_line.is_empty() => Ok(lines.order_line),
        _ => Err(Refusal::content(format!("{root}.orderLines.orderLine is missing or empty"))),
    }
}

pub(crate) fn line_number(given: &Value) -> Result<u32, Refusal> {
    let read = match given {
        Value::String(text) => text.parse().ok(),
        other => other.as_u64().and_then(|n| u32::try_from(n).ok()),
    };
    read.ok_or_else(|| Refusal::content(format!("lineNumber {given} is invalid")))
}

fn entries(line: BodyLine, number: u32) -> Result<Vec<Status>, Refusal> {
    match line.order_line_statuses {
        Some(statuses) if !statuses.order_line_status.is_empty() => Ok(statuses.order_line_status),
        _ => Err(Refusal::content(format!("orderLineStatuses is missing or empty for line number {number}"))),
    }
}

fn named(status: &Status, wanted: &str, number: u32) -> Result<(), Refusal> {
    match status.status.as_deref() {
        Some(given) if given == wanted => Ok(()),
        given => Err(Refusal::content(format!(
            "status {:?} is invalid for line number {number}, it must be {wanted}",
            given.unwrap_or("")
        ))),
    }
}

fn units(status: &Status, number: u32) -> Result<u32, Refusal> {
    let invalid = |why: String| Refusal::content(format!("statusQuantity for line number {number}: {why}"));
    let quantity = status.status_quantity.as_ref().ok_or_else(|| invalid("is missing".into()))?;
    match quantity.unit_of_measurement.as_deref() {
        Some("EACH" | "EA") => {}
        given => {
            return Err(invalid(format!("unitOfMeasurement {:?} is not EACH or EA", given.unwrap_or(""))));
        }
    }
    let read = match &quantity.amount {
        Some(Value::String(text)) => text.parse().ok(),
        Some(other) => other.as_u64().and_then(|n| u32::try_from(n).ok()),
        None => None,
    };
    read.filter(|units| *units > 0).ok_or_else(|| invalid("amount must be a whole number above 0".into()))
}

fn carrier(tracking: &Tracking, number: u32) -> Result<Carrier, Refusal> {
    let refuse = |why: String| Err(Refusal::content(format!("carrierName for line number {number}: {why}")));
    let Some(name) = &tracking.carrier_name else { return refuse("is missing".into()) };
    match (text(name.carrier.clone()), text(name.other_carrier.clone())) {
        (Some(given), None) => match CARRIERS.into_iter().find(|carrier| *carrier == given) {
            Some(carrier) => Ok(Carrier::Listed(carrier)),
            None => refuse(format!("carrier {given:?} is not supported")),
        },
        (None, Some(_)) if text(tracking.tracking_url.clone()).is_none() => {
            refuse("trackingURL is required with otherCarrier".into())
        }
        (None, Some(other)) => Ok(Carrier::Other(other)),
        _ => refuse("give either carrier or otherCarrier".into()),
    }
}

fn text(given: Option<String>) -> Option<String> {
    given.filter(|text| !text.trim().is_empty())
}
