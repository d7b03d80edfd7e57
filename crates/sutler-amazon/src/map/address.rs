//! Where the parcel goes. What our rights do not cover is missing without a word, so the state of each part follows from
//! what is there and from the order's status: names and streets are shown while an order is being shipped, to those who
//! have the role.

use sutler_core::address::{Address, AddressStates, PartState};
use sutler_wire::Look;

/// The delivery address; `is_merchants` when the seller ships it.
pub(crate) fn address(root: &Look<'_>, status: &str, is_merchants: bool) -> Address {
    let to = root.get("recipient").and_then(|recipient| recipient.get("deliveryAddress"));
    let text = |field: &str| {
        let to = to.as_ref();
        to.and_then(|to| to.text(field)).map(|text| text.trim().to_owned()).unwrap_or_default()
    };
    let lines: Vec<String> = ["addressLine2", "addressLine3"]
        .iter()
        .map(|field| text(field))
        .filter(|line| !line.is_empty())
        .collect();
    let email = root.get("buyer").and_then(|buyer| buyer.text("buyerEmail").map(|text| text.into_owned()));
    let mut address = Address {
        name: text("name"),
        line1: text("addressLine1"),
        line2: lines.join(", "),
        city: text("city"),
        region: text("stateOrRegion"),
        postal_code: text("postalCode"),
        country: text("countryCode").to_ascii_uppercase(),
        phone: text("phone"),
        email: email.unwrap_or_default(),
        states: AddressStates::default(),
    };
    let missing = match status {
        "PENDING" | "PENDING_AVAILABILITY" => PartState::Pending,
        "UNSHIPPED" | "PARTIALLY_SHIPPED" if is_merchants => PartState::Withheld,
        "SHIPPED" | "CANCELLED" if is_merchants => PartState::Expired,
        _ => PartState::Absent,
    };
    let state = |text: &str| if text.is_empty() { missing } else { PartState::Full };
    address.states = AddressStates {
        name: state(&address.name),
        lines: state(&address.line1),
        phone: state(&address.phone),
        email: state(&address.email),
    };
    address
}
