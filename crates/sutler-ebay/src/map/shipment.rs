//! From a reported package to the body of its call, and from the list of shipments to a verdict. Pure.

use super::instant_text;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use sutler_core::{
    channel::{Probe, Receipt},
    command::ConfirmShipment,
    id::ChannelOrderId,
    order::{ShipmentReport, tracking_key},
    time::{Duration, Timestamp},
};

/// Carriers by what people write, in eBay's codes (ShippingCarrierCodeType). Only those whose numbers eBay follows; the
/// rest goes as it is written, letters and digits alone, which eBay takes and does not follow.
const CARRIERS: [(&str, &str); 30] = [
    ("USPS", "USPS"),
    ("UNITEDSTATESPOSTALSERVICE", "USPS"),
    ("UPS", "UPS"),
    ("UNITEDPARCELSERVICE", "UPS"),
    ("UPSMI", "UPSMailInnovations"),
    ("UPSMAILINNOVATIONS", "UPSMailInnovations"),
    ("FEDEX", "FedEx"),
    ("FEDERALEXPRESS", "FedEx"),
    ("FEDEXGROUND", "FedEx"),
    ("FEDEXEXPRESS", "FedEx"),
    ("FEDEXHOMEDELIVERY", "FedEx"),
    ("FEDEXSMARTPOST", "FedExSmartPost"),
    ("FEDEXSP", "FedExSmartPost"),
    ("DHL", "DHL"),
    ("DHLEXPRESS", "DHL"),
    ("DHLECOMMERCE", "DHLGlobalMail"),
    ("DHLECOMMERCEUS", "DHLGlobalMail"),
    ("DHLGLOBALMAIL", "DHLGlobalMail"),
    ("ONTRAC", "ONTRAC"),
    ("LASERSHIP", "Lasership"),
    ("AMAZON", "AmazonLogistics"),
    ("AMAZONLOGISTICS", "AmazonLogistics"),
    ("CANADAPOST", "CanadaPost"),
    ("ROYALMAIL", "RoyalMail"),
    ("HERMES", "Hermes"),
    ("EVRI", "Evri"),
    ("DPD", "DPD"),
    ("GLS", "GLS"),
    ("DEUTSCHEPOST", "DeutschePost"),
    ("AUSTRALIAPOST", "AustraliaPost"),
];

/// The carrier as eBay takes it. Total but for an empty name.
pub(crate) fn carrier(given: &str) -> Option<Cow<'static, str>> {
    let key: String =
        given.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    if key.is_empty() {
        return None;
    }
    if let Some((_, code)) = CARRIERS.iter().find(|(name, _)| *name == key) {
        return Some(Cow::Borrowed(code));
    }
    Some(Cow::Owned(given.chars().filter(char::is_ascii_alphanumeric).collect()))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    line_items: Vec<BodyLine<'a>>,
    shipped_date: String,
    shipping_carrier_code: Cow<'static, str>,
    tracking_number: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BodyLine<'a> {
    line_item_id: &'a str,
    quantity: u32,
}

fn refused(code: &str, why: impl Into<String>) -> Receipt {
    Receipt::Refused { code: code.into(), why: why.into() }
}

/// The body of `POST …/shipping_fulfillment` for one package, or the reason why nothing may be sent.
pub(crate) fn body(
    order: &ChannelOrderId,
    confirm: &ConfirmShipment,
    server_now: Timestamp,
) -> Result<Vec<u8>, Receipt> {
    let report = &confirm.report;
    if report.lines.is_empty() {
        return Err(refused("no_lines", "no line is named; at least one is needed"));
    }
    for (at, line) in report.lines.iter().enumerate() {
        if line.quantity == 0 {
            return Err(refused(
                "no_units",
                format!("line {} has 0 units; 1 or more are right", line.line_id),
            ));
        }
        if report.lines.get(at + 1..).unwrap_or_default().iter().any(|other| other.line_id == line.line_id) {
            return Err(refused(
                "line_twice",
                format!("line {} is named twice; add its units up", line.line_id),
            ));
        }
    }
    let Some(code) = carrier(&report.carrier) else {
        return Err(refused("carrier_missing", "the carrier is empty; its usual name is right"));
    };
    // Letters and digits alone are taken; a number that would lose more than separators is a wrong one.
    let odd = report
        .tracking
        .chars()
        .find(|c| !c.is_ascii_alphanumeric() && !matches!(c, ' ' | '-' | '_' | '.' | '/'));
    if let Some(odd) = odd {
        let given = &report.tracking;
        return Err(refused(
            "tracking_invalid",
            format!("tracking number {given:?} holds {odd:?}; only letters and digits are accepted"),
        ));
    }
    let number = tracking_key(&report.tracking);
    if number.is_empty() {
        return Err(refused(
            "tracking_missing",
            "the tracking number is empty; the carrier's number is right",
        ));
    }
    if number == tracking_key(order.as_str()) {
        return Err(refused(
            "tracking_is_order_id",
            "the tracking number is the order's own number; the carrier's is right",
        ));
    }
    // A hand-over in eBay's future is refused (32500); our clock or the host's may run ahead.
    let shipped_at = report.shipped_at.min(server_now - Duration::seconds(1));
    let body = Body {
        line_items: report
            .lines
            .iter()
            .map(|line| BodyLine { line_item_id: line.line_id.as_str(), quantity: line.quantity })
            .collect(),
        shipped_date: instant_text(shipped_at),
        shipping_carrier_code: code,
        tracking_number: number,
    };
    serde_json::to_vec(&body).map_err(|_| refused("unwritable", "the body cannot be written as JSON"))
}

/// `GET …/shipping_fulfillment`.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Shipments {
    #[serde(default)]
    fulfillments: Vec<Shipment>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Shipment {
    fulfillment_id: String,
    shipment_tracking_number: String,
    line_items: Vec<ShipmentLine>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ShipmentLine {
    line_item_id: String,
    #[serde(default = "one")]
    quantity: u32,
}

fn one() -> u32 {
    1
}

impl Shipments {
    /// Is the package among them, line by line?
    pub(crate) fn judge(&self, report: &ShipmentReport) -> Probe {
        let number = tracking_key(&report.tracking);
        let ours: Vec<&Shipment> = self
            .fulfillments
            .iter()
            .filter(|shipment| tracking_key(&shipment.shipment_tracking_number) == number)
            .collect();
        if ours.is_empty() {
            return Probe::DidNot;
        }
        let shown = |id: &str| -> u32 {
            let lines = ours.iter().flat_map(|shipment| &shipment.line_items);
            lines
                .filter(|line| line.line_item_id == id)
                .map(|line| line.quantity)
                .fold(0, u32::saturating_add)
        };
        // Real answers leave the lines out sometimes; the number alone is then what there is.
        let unnamed = ours.iter().all(|shipment| shipment.line_items.is_empty());
        if unnamed || report.lines.iter().all(|line| shown(line.line_id.as_str()) >= line.quantity) {
            let id = ours.first().map(|shipment| shipment.fulfillment_id.as_str()).unwrap_or_default();
            return Probe::Happened { evidence: format!("shipment {id} holds number {number}") };
        }
        Probe::Inconclusive { why: format!("a shipment holds number {number} with other units than ours") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sutler_core::{order::LineQuantity, time::from_millis};

    fn confirm() -> ConfirmShipment {
        let lines = vec![LineQuantity { line_id: "L1".into(), quantity: 2 }];
        ConfirmShipment {
            report: ShipmentReport {
                package: 1,
                carrier: "fed ex".into(),
                tracking: "7849-3049 3049".into(),
                tracking_url: None,
                shipped_at: from_millis(1_800_000_000_000),
                lines,
            },
            method: None,
            override_cancel: false,
        }
    }

    fn sent(change: impl FnOnce(&mut ShipmentReport)) -> Result<String, String> {
        let mut confirm = confirm();
        change(&mut confirm.report);
        body(&"12-00001-00001".into(), &confirm, from_millis(1_700_000_000_000))
            .map(|body| String::from_utf8(body).expect("JSON"))
            .map_err(|receipt| match receipt {
                Receipt::Refused { code, .. } => code,
                other => format!("{other:?}"),
            })
    }

    #[test]
    fn g21_a_package_is_one_body_with_what_ebay_takes() {
        let want = r#"{"lineItems":[{"lineItemId":"L1","quantity":2}],"shippedDate":"2023-11-14T22:13:19.000Z","shippingCarrierCode":"FedEx","trackingNumber":"784930493049"}"#;
        assert_eq!(sent(|_| {}).as_deref(), Ok(want));
        assert!(
            sent(|r| r.carrier = "Pony Express!".into()).is_ok_and(|body| body.contains("\"PonyExpress\""))
        );
    }

    #[test]
    fn g21_what_ebay_would_refuse_is_not_sent() {
        let code = |change: fn(&mut ShipmentReport)| sent(change).expect_err("refused");
        assert_eq!(code(|r| r.tracking = " - ".into()), "tracking_missing");
        assert_eq!(code(|r| r.tracking = "1Z§".into()), "tracking_invalid");
        assert_eq!(code(|r| r.tracking = "12-00001-00001".into()), "tracking_is_order_id");
        assert_eq!(code(|r| r.carrier = "--".into()), "carrier_missing");
        assert_eq!(code(|r| r.lines.clear()), "no_lines");
    }

    #[test]
    fn g18_a_shipment_is_known_by_its_number_and_units() {
        let judge =
            |text: &str| serde_json::from_str::<Shipments>(text).expect("a list").judge(&confirm().report);
        assert_eq!(judge(r#"{"fulfillments":[],"total":0}"#), Probe::DidNot);
        let with = |units| {
            format!(
                r#"{{"fulfillments":[{{"fulfillmentId":"1","shipmentTrackingNumber":"7849 3049 3049","lineItems":[{{"lineItemId":"L1","quantity":{units}}}]}}]}}"#
            )
        };
        assert!(matches!(judge(&with(2)), Probe::Happened { .. }));
        assert!(matches!(judge(&with(1)), Probe::Inconclusive { .. }));
        assert!(matches!(
            judge(r#"{"fulfillments":[{"shipmentTrackingNumber":"784930493049"}]}"#),
            Probe::Happened { .. }
        ));
    }
}
