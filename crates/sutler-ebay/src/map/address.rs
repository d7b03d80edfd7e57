//! Where the parcel goes: for orders through eBay's hubs that is the hub, never the buyer (whose address is
//! `finalDestinationAddress`). Names go after 90 days, e-mail after 14; city and country stay.

use sutler_core::address::{Address, AddressStates, PartState};
use sutler_wire::Look;

/// The ship-to address of the order's one start instruction.
pub(crate) fn address(root: &Look<'_>, start: Option<&Look<'_>>) -> Address {
    let Some(to) = start.and_then(|start| start.get("shippingStep")?.get("shipTo")) else {
        return Address::default();
    };
    let text = |look: &Look<'_>, field: &str| {
        look.text(field).map(|text| text.trim().to_owned()).unwrap_or_default()
    };
    let place = to.get("contactAddress");
    let of_place = |field: &str| place.as_ref().map(|place| text(place, field)).unwrap_or_default();
    let phone = to.get("primaryPhone").map(|phone| text(&phone, "phoneNumber")).unwrap_or_default();
    let mut address = Address {
        name: text(&to, "fullName"),
        line1: of_place("addressLine1"),
        line2: of_place("addressLine2"),
        city: of_place("city"),
        region: of_place("stateOrProvince"),
        postal_code: of_place("postalCode"),
        country: of_place("countryCode").to_ascii_uppercase(),
        phone,
        email: text(&to, "email"),
        states: AddressStates::default(),
    };
    // What an order of eBay's always has at first and lacks now was taken back.
    let taken_back = address.name.is_empty() && address.line1.is_empty() && !address.city.is_empty();
    let old = if taken_back { PartState::Expired } else { PartState::Absent };
    let state = |text: &str, missing: PartState| if text.is_empty() { missing } else { PartState::Full };
    address.states = AddressStates {
        name: state(&address.name, old),
        lines: state(&address.line1, old),
        phone: state(&address.phone, old),
        email: state(
            &address.email,
            if root.text("orderId").is_some() { PartState::Expired } else { PartState::Absent },
        ),
    };
    address
}
