//! From a reported package to the body of its call, and from the packages an order shows to a verdict. Pure.

use super::instant_text;
use serde::{Deserialize, Serialize};
use sutler_core::{
    channel::{Probe, Receipt},
    command::ConfirmShipment,
    id::ChannelOrderId,
    order::{ShipmentReport, tracking_key},
    time::{Duration, Timestamp},
};

/// Carriers by what people write, in Amazon's codes. What is not listed goes as `Other` with its name.
const CARRIERS: [(&str, &str); 22] = [
    ("USPS", "USPS"),
    ("UNITEDSTATESPOSTALSERVICE", "USPS"),
    ("UPS", "UPS"),
    ("UNITEDPARCELSERVICE", "UPS"),
    ("UPSMI", "UPSMI"),
    ("UPSMAILINNOVATIONS", "UPSMI"),
    ("FEDEX", "FedEx"),
    ("FEDERALEXPRESS", "FedEx"),
    ("FEDEXGROUND", "FedEx"),
    ("FEDEXEXPRESS", "FedEx"),
    ("FEDEXSMARTPOST", "FedEx SmartPost"),
    ("DHL", "DHL"),
    ("DHLEXPRESS", "DHL"),
    ("DHLECOMMERCE", "DHL eCommerce"),
    ("ONTRAC", "OnTrac"),
    ("LASERSHIP", "LaserShip"),
    ("CANADAPOST", "Canada Post"),
    ("ROYALMAIL", "Royal Mail"),
    ("HERMES", "Hermes"),
    ("DPD", "DPD"),
    ("GLS", "GLS"),
    ("YUNEXPRESS", "YunExpress"),
];

fn carrier(given: &str) -> Option<&'static str> {
    let key: String =
        given.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    CARRIERS.iter().find(|(name, _)| *name == key).map(|(_, code)| *code)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    marketplace_id: &'a str,
    package_detail: Detail<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Detail<'a> {
    /// Digits as text: a number is refused since 2026-01.
    package_reference_id: String,
    carrier_code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    carrier_name: Option<&'a str>,
    tracking_number: String,
    ship_date: String,
    order_items: Vec<Item<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Item<'a> {
    order_item_id: &'a str,
    quantity: u32,
}

fn refused(code: &str, why: impl Into<String>) -> Receipt {
    Receipt::Refused { code: code.into(), why: why.into() }
}

/// The body of `shipmentConfirmation` for one package, or the reason why nothing may be sent.
pub(crate) fn body(
    marketplace: &str,
    order: &ChannelOrderId,
    confirm: &ConfirmShipment,
    server_now: Timestamp,
) -> Result<Vec<u8>, Receipt> {
    let report = &confirm.report;
    if report.package == 0 {
        return Err(refused("package_number", "package number 0; Amazon's references begin at 1"));
    }
    if report.lines.is_empty() {
        return Err(refused("no_lines", "no line is named; at least one is needed"));
    }
    if let Some(line) = report.lines.iter().find(|line| line.quantity == 0) {
        return Err(refused("no_units", format!("line {} has 0 units; 1 or more are right", line.line_id)));
    }
    let given = report.carrier.trim();
    if given.is_empty() {
        return Err(refused("carrier_missing", "the carrier is empty; its usual name is right"));
    }
    let tracking: String = report.tracking.chars().filter(|c| !c.is_whitespace()).collect();
    if tracking.is_empty() {
        return Err(refused(
            "tracking_missing",
            "the tracking number is empty; the carrier's number is right",
        ));
    }
    if tracking_key(&tracking) == tracking_key(order.as_str()) {
        return Err(refused(
            "tracking_is_order_id",
            "the tracking number is the order's own number; the carrier's is right",
        ));
    }
    let code = carrier(given);
    // A hand-over in Amazon's future is refused; our clock or the host's may run ahead.
    let ship_date = report.shipped_at.min(server_now - Duration::seconds(1));
    let body = Body {
        marketplace_id: marketplace,
        package_detail: Detail {
            package_reference_id: report.package.to_string(),
            carrier_code: code.unwrap_or("Other"),
            carrier_name: code.is_none().then_some(given),
            tracking_number: tracking,
            ship_date: instant_text(ship_date),
            order_items: report
                .lines
                .iter()
                .map(|line| Item { order_item_id: line.line_id.as_str(), quantity: line.quantity })
                .collect(),
        },
    };
    serde_json::to_vec(&body).map_err(|_| refused("unwritable", "the body cannot be written as JSON"))
}

/// The packages an order shows.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Packages {
    packages: Vec<Package>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Package {
    package_reference_id: String,
    tracking_number: String,
    package_items: Vec<PackageItem>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct PackageItem {
    order_item_id: String,
    quantity: u32,
}

impl Packages {
    /// From an order's payload, whatever it is.
    pub(crate) fn read(raw: &[u8]) -> Packages {
        serde_json::from_slice(raw).unwrap_or_default()
    }
}

/// Is the package there, under our reference, with our number and units?
pub(crate) fn judge(shown: &Packages, report: &ShipmentReport) -> Probe {
    let reference = report.package.to_string();
    let number = tracking_key(&report.tracking);
    let ours = shown.packages.iter().find(|one| one.package_reference_id == reference);
    let Some(ours) =
        ours.or_else(|| shown.packages.iter().find(|one| tracking_key(&one.tracking_number) == number))
    else {
        return Probe::DidNot;
    };
    let units = |id: &str| -> u32 {
        ours.package_items.iter().filter(|item| item.order_item_id == id).map(|item| item.quantity).sum()
    };
    let same = tracking_key(&ours.tracking_number) == number
        && report.lines.iter().all(|line| units(line.line_id.as_str()) == line.quantity);
    if same {
        return Probe::Happened {
            evidence: format!("package {} holds number {number}", ours.package_reference_id),
        };
    }
    Probe::Inconclusive {
        why: format!("package {} holds another number or other units", ours.package_reference_id),
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
                package: 3,
                carrier: "fed ex".into(),
                tracking: "7849 3049".into(),
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
        body("ATVPDKIKX0DER", &"111-1".into(), &confirm, from_millis(1_700_000_000_000))
            .map(|body| String::from_utf8(body).expect("JSON"))
            .map_err(|receipt| match receipt {
                Receipt::Refused { code, .. } => code,
                other => format!("{other:?}"),
            })
    }

    #[test]
    fn g21_a_package_is_one_body_whose_reference_is_its_own_number_as_text() {
        let want = r#"{"marketplaceId":"ATVPDKIKX0DER","packageDetail":{"packageReferenceId":"3","carrierCode":"FedEx","trackingNumber":"78493049","shipDate":"2023-11-14T22:13:19Z","orderItems":[{"orderItemId":"L1","quantity":2}]}}"#;
        assert_eq!(sent(|_| {}).as_deref(), Ok(want));
        let other = sent(|r| r.carrier = "Pony Express".into()).expect("a body");
        assert!(other.contains(r#""carrierCode":"Other","carrierName":"Pony Express""#), "{other}");
        let code = |change: fn(&mut ShipmentReport)| sent(change).expect_err("refused");
        assert_eq!(code(|r| r.tracking = " ".into()), "tracking_missing");
        assert_eq!(code(|r| r.tracking = "111 1".into()), "tracking_is_order_id");
        assert_eq!(code(|r| r.carrier = " ".into()), "carrier_missing");
        assert_eq!(code(|r| r.package = 0), "package_number");
        assert_eq!(code(|r| r.lines.clear()), "no_lines");
    }

    #[test]
    fn g18_a_package_is_known_by_its_reference_number_and_units() {
        let judged = |text: &str| judge(&Packages::read(text.as_bytes()), &confirm().report);
        let with = |number: &str, units| {
            format!(
                r#"{{"packages":[{{"packageReferenceId":"3","trackingNumber":"{number}","packageItems":[{{"orderItemId":"L1","quantity":{units}}}]}}]}}"#
            )
        };
        assert!(matches!(judged(&with("7849-3049", 2)), Probe::Happened { .. }));
        assert!(matches!(judged(&with("7849-3049", 1)), Probe::Inconclusive { .. }));
        assert!(matches!(judged(&with("1", 2)), Probe::Inconclusive { .. }));
        assert_eq!(judged(r#"{"packages":[]}"#), Probe::DidNot);
        assert_eq!(judged("?"), Probe::DidNot);
    }
}
