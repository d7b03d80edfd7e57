//! From a command to the body of its call, or to the reason why nothing may be sent. Pure.

use super::carrier::listed;
use crate::wire::write::{
    CancellationBody, Cancelled, CancelledLine, CarrierName, FeedHeader, FeedNode, FeedRow, InventoryBody,
    InventoryFeed, OrderLines, ShipmentBody, Shipped, ShippedLine, StatusQuantity, Statuses, StockQuantity,
    TrackingInfo,
};
use serde::Serialize;
use sutler_core::{
    channel::Receipt,
    command::{Cancel, CancelReason, ConfirmShipment, SetLevel},
    error::{Error, ErrorKind, Result},
    id::ChannelOrderId,
    order::LineQuantity,
    time::{Duration, Timestamp},
};

/// Lines in one cancellation (developer.walmart.com, docs/orders-returns).
const CANCEL_LINES_MAX: usize = 100;
/// Bytes of one `MP_INVENTORY` feed (the rate table, 2026-08-05).
const FEED_BYTES_MAX: usize = 1_000_000;
/// What orders without a method code are shipped with; the code is required and only the order's own is accepted.
const METHOD_DEFAULT: &str = "Standard";

fn refused(code: &str, why: impl Into<String>) -> Receipt {
    Receipt::Refused { code: code.into(), why: why.into() }
}

/// The tracking number as Walmart takes it: blanks and separators off, the rest letters and digits.
///
/// # Errors
/// A refusal when nothing is left, when other characters remain, or when it is an order number (the valid-tracking
/// policy of marketplacelearn.walmart.com, 2026-02-11).
pub(crate) fn tracking(given: &str, order: &ChannelOrderId) -> Result<String, Receipt> {
    let clean: String =
        given.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_' | '.' | '/' | '#')).collect();
    if clean.is_empty() {
        return Err(refused(
            "tracking_missing",
            "the tracking number is empty; the carrier's number is right",
        ));
    }
    if let Some(odd) = clean.chars().find(|c| !c.is_ascii_alphanumeric()) {
        return Err(refused(
            "tracking_invalid",
            format!("tracking number {given:?} holds {odd:?}; only letters and digits are accepted"),
        ));
    }
    if clean.eq_ignore_ascii_case(order.as_str()) {
        return Err(refused(
            "tracking_is_order_id",
            format!("tracking number {given:?} is the order's own number; the carrier's number is right"),
        ));
    }
    Ok(clean)
}

fn check_lines(lines: &[LineQuantity]) -> Result<(), Receipt> {
    if lines.is_empty() {
        return Err(refused("no_lines", "no line is named; at least one is needed"));
    }
    for (at, line) in lines.iter().enumerate() {
        if line.quantity == 0 {
            return Err(refused(
                "no_units",
                format!("line {} has 0 units; 1 or more are right", line.line_id),
            ));
        }
        if lines.get(at + 1..).unwrap_or_default().iter().any(|other| other.line_id == line.line_id) {
            return Err(refused(
                "line_twice",
                format!("line {} is named twice; add its units up", line.line_id),
            ));
        }
    }
    Ok(())
}

pub(crate) fn body<T: Serialize>(op: &'static str, value: &T) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|error| {
        Error::new(ErrorKind::Invalid, op).message("the body cannot be written as JSON").with_source(error)
    })
}

/// The body of `POST /v3/orders/{id}/shipping` for one package; `Err` inside is a refusal before sending.
pub(crate) fn shipment(
    op: &'static str,
    order: &ChannelOrderId,
    confirm: &ConfirmShipment,
    placed_at: Option<Timestamp>,
    server_now: Timestamp,
) -> Result<Result<Vec<u8>, Receipt>> {
    let report = &confirm.report;
    let checked = check_lines(&report.lines).and_then(|()| {
        let number = tracking(&report.tracking, order)?;
        let url = report.tracking_url.as_deref().map(str::trim).filter(|url| !url.is_empty());
        let carrier = match (listed(&report.carrier), report.carrier.trim()) {
            (Some(known), _) => CarrierName::Carrier(known),
            (None, "") => {
                return Err(refused("carrier_missing", "the carrier is empty; its usual name is right"));
            }
            (None, other) if url.is_none() => {
                return Err(refused(
                    "tracking_url_missing",
                    format!(
                        "carrier {other:?} is not one that Walmart lists, and then a tracking URL is needed"
                    ),
                ));
            }
            (None, other) => CarrierName::OtherCarrier(other),
        };
        Ok((number, carrier, url))
    });
    let (number, carrier_name, tracking_url) = match checked {
        Ok(parts) => parts,
        Err(receipt) => return Ok(Err(receipt)),
    };
    // A hand-over in the server's future is refused; our clock or the host's may run ahead. A second is taken off,
    // since the answer's `Date`, from which we know the server's clock, has whole seconds.
    let latest = report.shipped_at.min(server_now - Duration::seconds(1));
    // One that is not later than the order is refused too, and hosts that note days alone say midnight. The order's own
    // instant is the server's, so what is just after it is not in the server's future.
    let shipped_at = placed_at.map_or(latest, |placed| latest.max(placed + Duration::seconds(1)));
    let method = confirm.method.as_deref().map(str::trim).filter(|method| !method.is_empty());
    let lines = report.lines.iter().map(|line| ShippedLine {
        line_number: line.line_id.as_str(),
        // Left out where it is not needed: it is a statement to the buyer.
        intent_to_cancel_override: confirm.override_cancel.then_some(true),
        order_line_statuses: Statuses {
            order_line_status: [Shipped {
                status: "Shipped",
                status_quantity: StatusQuantity::each(line.quantity),
                tracking_info: TrackingInfo {
                    ship_date_time: shipped_at.timestamp_millis(),
                    carrier_name,
                    method_code: method.unwrap_or(METHOD_DEFAULT),
                    tracking_number: &number,
                    tracking_url,
                },
            }],
        },
    });
    body(op, &ShipmentBody { order_shipment: OrderLines::of(lines.collect()) }).map(Ok)
}

/// Walmart's word for a reason; any other than these five is a 400.
pub(crate) fn reason(reason: CancelReason) -> Option<&'static str> {
    Some(match reason {
        CancelReason::BuyerAsked => "CUSTOMER_REQUESTED_SELLER_TO_CANCEL",
        CancelReason::OutOfStock => "SELLER_CANCEL_OUT_OF_STOCK",
        CancelReason::PricingError => "SELLER_CANCEL_PRICING_ERROR",
        CancelReason::Fraud => "SELLER_CANCEL_FRAUD_STOP_SHIPMENT",
        CancelReason::AddressNotServiceable => "SELLER_CANCEL_ADDRESS_NOT_SERVICEABLE",
        _ => return None,
    })
}

/// The body of `POST /v3/orders/{id}/cancel`; `Err` inside is a refusal before sending.
pub(crate) fn cancellation(op: &'static str, cancel: &Cancel) -> Result<Result<Vec<u8>, Receipt>> {
    if let Err(receipt) = check_lines(&cancel.lines) {
        return Ok(Err(receipt));
    }
    if cancel.lines.len() > CANCEL_LINES_MAX {
        let lines = cancel.lines.len();
        let why =
            format!("{lines} lines are more than the {CANCEL_LINES_MAX} that one cancellation may name");
        return Ok(Err(refused("too_many_lines", why)));
    }
    let Some(cancellation_reason) = reason(cancel.reason) else {
        let why = format!("Walmart knows no reason for {:?}", cancel.reason.as_str());
        return Ok(Err(refused("reason_unknown", why)));
    };
    let lines = cancel.lines.iter().map(|line| CancelledLine {
        line_number: line.line_id.as_str(),
        order_line_statuses: Statuses {
            order_line_status: [Cancelled {
                status: "Cancelled",
                cancellation_reason,
                status_quantity: StatusQuantity::each(line.quantity),
            }],
        },
    });
    body(op, &CancellationBody { order_cancellation: OrderLines::of(lines.collect()) }).map(Ok)
}

/// The body of `PUT /v3/inventory`.
pub(crate) fn inventory(op: &'static str, set: &SetLevel) -> Result<Vec<u8>> {
    body(op, &InventoryBody { sku: set.sku.as_str(), quantity: StockQuantity::each(set.level) })
}

/// The body of an `MP_INVENTORY` feed for one ship node.
///
/// # Errors
/// `Invalid` when it is larger than a feed may be; nothing was sent.
pub(crate) fn feed(op: &'static str, ship_node: &str, rows: &[&SetLevel]) -> Result<Vec<u8>> {
    let inventory = rows
        .iter()
        .map(|set| FeedRow {
            sku: set.sku.as_str(),
            ship_nodes: [FeedNode { ship_node, quantity: StockQuantity::each(set.level) }],
        })
        .collect();
    let bytes = body(op, &InventoryFeed { inventory_header: FeedHeader { version: "1.5" }, inventory })?;
    if bytes.len() > FEED_BYTES_MAX {
        return Err(Error::new(ErrorKind::Invalid, op).message(format!(
            "a feed of {} rows has {} bytes; at most {FEED_BYTES_MAX} are accepted, so send fewer rows",
            rows.len(),
            bytes.len()
        )));
    }
    Ok(bytes)
}

/// A path segment or query value with everything escaped that could mean something else: SKUs hold spaces and slashes.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => {
                const HEX: &[u8; 16] = b"0123456789ABCDEF";
                out.push('%');
                for half in [byte >> 4, byte & 15] {
                    out.push(HEX.get(usize::from(half)).copied().map_or('0', char::from));
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use sutler_core::{order::ShipmentReport, time::from_millis};

    const OP: &str = "walmart.orders.ship";

    fn confirm() -> ConfirmShipment {
        ConfirmShipment {
            report: ShipmentReport {
                package: 1,
                carrier: "fed ex".into(),
                tracking: "7849-3049 3049".into(),
                tracking_url: None,
                shipped_at: from_millis(1_700_000_000_000),
                lines: vec![
                    LineQuantity { line_id: "1".into(), quantity: 2 },
                    LineQuantity { line_id: "4".into(), quantity: 1 },
                ],
            },
            method: Some("Value".into()),
            override_cancel: false,
        }
    }

    fn sent(confirm: &ConfirmShipment) -> String {
        sent_of(confirm, None)
    }

    fn sent_of(confirm: &ConfirmShipment, placed_at: Option<Timestamp>) -> String {
        let now = from_millis(1_700_000_100_000);
        let body = shipment(OP, &"1796277083022".into(), confirm, placed_at, now).unwrap().unwrap();
        String::from_utf8(body).unwrap()
    }

    fn why(change: impl FnOnce(&mut ConfirmShipment)) -> String {
        let mut confirm = confirm();
        change(&mut confirm);
        let now = from_millis(1_700_000_100_000);
        match shipment(OP, &"1796277083022".into(), &confirm, None, now).unwrap() {
            Err(Receipt::Refused { code, why }) => format!("{code}: {why}"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_package_is_one_body() {
        let tracking = r#""trackingInfo":{"shipDateTime":1700000000000,"carrierName":{"carrier":"FedEx"},"methodCode":"Value","trackingNumber":"784930493049"}"#;
        let line = |number, units| {
            format!(
                r#"{{"lineNumber":"{number}","orderLineStatuses":{{"orderLineStatus":[{{"status":"Shipped","statusQuantity":{{"unitOfMeasurement":"EACH","amount":"{units}"}},{tracking}}}]}}}}"#
            )
        };
        let want = format!(
            r#"{{"orderShipment":{{"orderLines":{{"orderLine":[{},{}]}}}}}}"#,
            line(1, 2),
            line(4, 1)
        );
        assert_eq!(sent(&confirm()), want);
    }

    #[test]
    fn g21_an_unlisted_carrier_goes_with_its_url() {
        let mut other = confirm();
        other.report.carrier = "Pony Express".into();
        other.report.tracking_url = Some("https://pony.example/1".into());
        let body = sent(&other);
        assert!(body.contains(r#""carrierName":{"otherCarrier":"Pony Express"}"#), "{body}");
        assert!(body.contains(r#""trackingURL":"https://pony.example/1""#), "{body}");
        let why = why(|c| c.report.carrier = "Pony Express".into());
        assert!(why.starts_with("tracking_url_missing: carrier \"Pony Express\""), "{why}");
    }

    #[test]
    fn the_future_is_not_claimed_and_an_override_is_said() {
        let mut late = confirm();
        late.report.shipped_at = from_millis(1_800_000_000_000);
        late.override_cancel = true;
        late.method = None;
        let body = sent(&late);
        assert!(body.contains(r#""shipDateTime":1700000099000"#), "{body}");
        assert!(body.contains(r#""lineNumber":"1","intentToCancelOverride":true"#), "{body}");
        assert!(body.contains(r#""methodCode":"Standard""#), "{body}");
    }

    #[test]
    fn g21_a_package_is_not_said_to_have_left_before_the_order_was_placed() {
        // Handed over "on the 14th", and placed later that day.
        let midnight = confirm();
        for (placed, want) in [
            (1_700_000_050_000_i64, 1_700_000_051_000_i64),
            (1_700_000_000_000, 1_700_000_001_000),
            (1_600_000_000_000, 1_700_000_000_000),
        ] {
            let body = sent_of(&midnight, Some(from_millis(placed)));
            assert!(body.contains(&format!(r#""shipDateTime":{want},"#)), "{placed}: {body}");
        }
    }

    #[test]
    fn g21_a_bad_number_is_refused_before_it_is_sent() {
        assert!(why(|c| c.report.tracking = " -- ".into()).starts_with("tracking_missing"));
        assert!(why(|c| c.report.tracking = "1Z§99".into()).starts_with("tracking_invalid"));
        assert!(why(|c| c.report.tracking = "1796277083022".into()).starts_with("tracking_is_order_id"));
        assert!(why(|c| c.report.carrier = " ".into()).starts_with("carrier_missing"));
        assert!(why(|c| c.report.lines.clear()).starts_with("no_lines"));
        assert!(why(|c| c.report.lines[0].quantity = 0).starts_with("no_units"));
        assert!(why(|c| c.report.lines[1].line_id = "1".into()).starts_with("line_twice"));
    }

    #[test]
    fn cancellations_use_the_five_reasons() {
        let known: Vec<_> = CancelReason::ALL.iter().filter_map(|(r, _)| reason(*r)).collect();
        assert_eq!(known.len(), CancelReason::ALL.len());
        let lines = vec![LineQuantity { line_id: "4".into(), quantity: 3 }];
        let cancel = Cancel { lines, reason: CancelReason::OutOfStock };
        let body = String::from_utf8(cancellation("t", &cancel).unwrap().unwrap()).unwrap();
        assert_eq!(
            body,
            r#"{"orderCancellation":{"orderLines":{"orderLine":[{"lineNumber":"4","orderLineStatuses":{"orderLineStatus":[{"status":"Cancelled","cancellationReason":"SELLER_CANCEL_OUT_OF_STOCK","statusQuantity":{"unitOfMeasurement":"EACH","amount":"3"}}]}}]}}}"#
        );
        let many = (0..101).map(|n| LineQuantity { line_id: n.to_string().into(), quantity: 1 }).collect();
        let cancel = Cancel { lines: many, reason: CancelReason::BuyerAsked };
        assert!(
            matches!(cancellation("t", &cancel).unwrap(), Err(Receipt::Refused { code, .. }) if code == "too_many_lines")
        );
    }

    #[test]
    fn stock_bodies_are_as_published() {
        let set = SetLevel { sku: "A 1".into(), level: 7 };
        let put = String::from_utf8(inventory("t", &set).unwrap()).unwrap();
        assert_eq!(put, r#"{"sku":"A 1","quantity":{"unit":"EACH","amount":7}}"#);
        let posted = String::from_utf8(feed("t", "10000003527", &[&set]).unwrap()).unwrap();
        assert_eq!(
            posted,
            r#"{"inventoryHeader":{"version":"1.5"},"inventory":[{"sku":"A 1","shipNodes":[{"shipNode":"10000003527","quantity":{"unit":"EACH","amount":7}}]}]}"#
        );
        let big = SetLevel { sku: "X".repeat(500_000).into(), level: 1 };
        assert_eq!(feed("t", "1", &[&big, &big, &big]).expect_err("too big").kind(), ErrorKind::Invalid);
    }

    #[test]
    fn reserved_characters_are_escaped() {
        assert_eq!(escaped("SKU 1/2&é@x~"), "SKU%201%2F2%26%C3%A9%40x~");
    }
}
