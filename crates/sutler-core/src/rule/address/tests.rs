//! The rule on whole addresses.

use super::*;
use crate::{
    address::{Address, AddressStates},
    id::{ChannelId, ChannelOrderId},
    order::{OrderFacts, OrderView},
    rule::NoStock,
    time::from_millis,
};

fn address(line1: &str, city: &str, region: &str, postal_code: &str, country: &str) -> Address {
    Address {
        name: "Ada Example".into(),
        line1: line1.into(),
        city: city.into(),
        region: region.into(),
        postal_code: postal_code.into(),
        country: country.into(),
        ..Address::default()
    }
}

fn judge_with(rule: &AddressDeliverable, address: Option<&Address>, lines: PartState) -> Verdict {
    let mut facts = OrderFacts::unknown();
    facts.address.lines = lines;
    let (channel, id) = (ChannelId::new("us"), ChannelOrderId::new("1"));
    let order = OrderView { channel: &channel, channel_order_id: &id, facts: &facts, ship_to: address };
    rule.judge(&RuleCx { order, own: &[], demand: &[], stock: &NoStock, now: from_millis(0) })
}

/// What the default rule says, as `pass CODE`, `hold CODE (VALUE)` or `abstain CODE`.
fn said(rule: &AddressDeliverable, address: &Address) -> String {
    match judge_with(rule, Some(address), PartState::Full) {
        Verdict::Pass(proof) => format!("pass {proof}"),
        Verdict::Hold(HoldReason::BadAddress, proof) => format!("hold {proof}"),
        Verdict::Abstain(proof) => format!("abstain {proof}"),
        other => format!("{other:?}"),
    }
}

#[test]
fn addresses_are_judged_by_their_parts() {
    let rule = AddressDeliverable::default();
    for (parts, wanted) in [
        (("1600 Amphitheatre Pkwy", "Mountain View", "CA", "94043", "US"), "pass address.deliverable"),
        (
            ("1600 Amphitheatre Pkwy", "Mountain View", "california", "94043-1351", "USA"),
            "pass address.deliverable",
        ),
        (("1 Main St", "Holtsville", "NY", "00501", "US"), "pass address.deliverable"),
        (("1 Calle Sol", "San Juan", "PR", "00901", "US"), "pass address.deliverable"),
        (("1 Wellington St", "Ottawa", "ON", "K1A 0B1", "CA"), "pass address.deliverable"),
        (("1 Wellington St", "Gatineau", "QC", "K1A 0B1", "CA"), "pass address.deliverable"),
        (("1 Wellington St", "Ottawa", "ON", "V8X 3X4", "CA"), "hold address.postal_code_not_in_region"),
        (("1 Wellington St", "Ottawa", "ON", "k2p1l4", "CAN"), "pass address.deliverable"),
        (("1 Rue X", "Montréal", "Québec", "H3Z 2Y7", "CA"), "pass address.deliverable"),
        (("1 Main St", "New York", "NY", "94043", "US"), "hold address.postal_code_not_in_region"),
        (("1 Main St", "New York", "NY", "1001", "US"), "hold address.postal_code_shape"),
        (("1 Main St", "New York", "ZZ", "10001", "US"), "hold address.region_unknown"),
        (("1 Main St", "New York", "", "10001", "US"), "hold address.region_missing"),
        (("1 Main St", "New York", "NY", "", "US"), "hold address.postal_code_missing"),
        (("1 Main St", "", "NY", "10001", "US"), "hold address.city_missing"),
        (("  ", "New York", "NY", "10001", "US"), "hold address.street_missing"),
        (("1 Main St", "New York", "NY", "10001", ""), "hold address.country_missing"),
        (("N/A", "New York", "NY", "10001", "US"), "hold address.street_placeholder"),
        (("1 Main St", "test", "NY", "10001", "US"), "hold address.city_placeholder"),
        (("*** Main St", "New York", "NY", "10001", "US"), "hold address.street_masked"),
        (("1 Main St", "New York", "NY", "100**", "US"), "hold address.postal_code_masked"),
        (("1 Ma\u{202E}in St", "New York", "NY", "10001", "US"), "hold address.control_characters"),
        (("PO Box 12", "New York", "NY", "10001", "US"), "pass address.po_box"),
        (("PSC 3 Box 4120", "APO", "AE", "09128", "US"), "pass address.military"),
        (("PSC 3 Box 4120", "APO", "NY", "09128", "US"), "hold address.postal_code_not_in_region"),
        (("5 Rue de Rivoli", "Paris", "", "75001", "FR"), "abstain address.country_not_checked"),
        (
            ("", "", "ZZ", "1", "US"),
            "hold address.street_missing (also city missing, region unknown, postal code shape)",
        ),
    ] {
        let (line1, city, region, zip, country) = parts;
        assert_eq!(said(&rule, &address(line1, city, region, zip, country)), wanted, "{parts:?}");
    }
}

#[test]
fn the_second_line_counts_too() {
    let rule = AddressDeliverable::default();
    let mut split = address("", "New York", "NY", "10001", "US");
    split.line2 = "P.O. Box 9".into();
    assert_eq!(said(&rule, &split), "pass address.po_box");
}

#[test]
fn a_name_is_needed_and_no_mask() {
    let rule = AddressDeliverable::default();
    let mut bad = address("1 Main St", "New York", "NY", "10001", "US");
    for (name, wanted) in [("", "name_missing"), ("N/A", "name_placeholder"), ("A** B***", "name_masked")] {
        bad.name = name.into();
        assert_eq!(said(&rule, &bad), format!("hold address.{wanted}"));
    }
    bad.name = String::new();
    let lenient = AddressDeliverable { name_missing: Treat::Allow, ..AddressDeliverable::default() };
    assert_eq!(said(&lenient, &bad), "pass address.name_missing");
}

#[test]
fn every_parameter_changes_what_it_says() {
    let hold = |set: fn(&mut AddressDeliverable)| {
        let mut rule = AddressDeliverable::default();
        set(&mut rule);
        rule
    };
    let po_box = address("PO Box 12", "New York", "NY", "10001", "US");
    assert_eq!(said(&hold(|r| r.po_box = Treat::Hold), &po_box), "hold address.po_box");
    let military = address("PSC 3 Box 4120", "FPO", "AP", "96201", "US");
    assert_eq!(said(&hold(|r| r.military = Treat::Hold), &military), "hold address.military");
    let mismatch = address("1 Main St", "New York", "NY", "94043", "US");
    assert_eq!(
        said(&hold(|r| r.region_mismatch = Treat::Allow), &mismatch),
        "pass address.postal_code_not_in_region"
    );
    let placeholder = address("n/a", "New York", "NY", "10001", "US");
    assert_eq!(
        said(&hold(|r| r.placeholder = Treat::Allow), &placeholder),
        "pass address.street_placeholder"
    );
    let masked = address("****", "New York", "NY", "10001", "US");
    assert_eq!(said(&hold(|r| r.masked = Treat::Allow), &masked), "pass address.street_masked");
    let abroad = address("5 Rue de Rivoli", "", "", "", "FR");
    assert_eq!(said(&hold(|r| r.elsewhere = Treat::Hold), &abroad), "hold address.country_not_checked");
    assert_eq!(said(&hold(|r| r.also_check = vec!["fr".into()]), &abroad), "hold address.city_missing");
}

#[test]
fn an_address_that_is_not_there_says_why() {
    let rule = AddressDeliverable::default();
    for (state, code) in [
        (PartState::Erased, "address.erased"),
        (PartState::Expired, "address.expired"),
        (PartState::Pending, "address.pending"),
        (PartState::Masked, "address.lines_masked"),
        (PartState::Absent, "address.not_given"),
    ] {
        let wanted = Verdict::Hold(HoldReason::BadAddress, Proof::code(code));
        assert_eq!(judge_with(&rule, None, state), wanted);
        if state != PartState::Absent {
            let states = AddressStates { lines: state, ..AddressStates::default() };
            let blank = Address { states, ..Address::default() };
            assert_eq!(judge_with(&rule, Some(&blank), state), wanted);
        }
    }
    assert_eq!(judge_with(&rule, None, PartState::Full), Verdict::Abstain(Proof::code("address.not_loaded")));
}

#[test]
fn nothing_is_found_of_an_order_that_is_not_ready() {
    let mut facts = OrderFacts::unknown();
    facts.address.lines = PartState::Absent;
    facts.not_ready = Some("PENDING".into());
    let (channel, id) = (ChannelId::new("us"), ChannelOrderId::new("1"));
    let order = OrderView { channel: &channel, channel_order_id: &id, facts: &facts, ship_to: None };
    let cx = RuleCx { order, own: &[], demand: &[], stock: &NoStock, now: from_millis(0) };
    let found = AddressDeliverable::default().judge(&cx);
    assert_eq!(found, Verdict::Abstain(Proof::code("address.order_not_ready")));
}

#[test]
fn g31_no_proof_repeats_what_stands_in_the_address() {
    let rule = AddressDeliverable::default();
    let mut secret = address("*** Sekrit Lane", "Hushville test", "Qq", "9x9", "US");
    secret.name = "Zyxw \u{7}".into();
    let text = said(&rule, &secret).to_lowercase();
    for word in ["sekrit", "lane", "hushville", "qq", "9x9", "zyxw"] {
        assert!(!text.contains(word), "{text} repeats {word}");
    }
}
