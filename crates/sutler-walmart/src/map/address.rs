//! The address, and how good each part of it is.

use super::{Notes, country::alpha2};
use crate::wire::{leaf::Leaf, order as wire};
use sutler_core::address::{Address, AddressStates, PartState};

/// What stands for the buyer's relay address until there is one; read the order again later
/// (developer.walmart.com, docs/orders-returns).
pub(crate) const EMAIL_PENDING: &str = "nocxemail@walmartone.com";

/// Reads the address. Masks and placeholders are kept as text but never called full.
pub(crate) fn address(info: &wire::Shipping<'_>, email: &Leaf<'_>, notes: &mut Notes) -> Address {
    let none = wire::Address::default();
    let postal = info.postal_address.0.as_ref().unwrap_or(&none);
    let (phone, email) = (info.phone.owned(), email.owned());
    let mut address = Address {
        name: postal.name.owned(),
        line1: postal.address1.owned(),
        line2: postal.address2.owned(),
        city: postal.city.owned(),
        region: postal.state.owned(),
        postal_code: postal.postal_code.owned(),
        country: country(&postal.country, notes),
        phone,
        email,
        states: AddressStates::default(),
    };
    let given = |there: bool| if there { PartState::Full } else { PartState::Absent };
    address.states = AddressStates {
        name: given(!address.name.is_empty()),
        lines: given(
            [&address.line1, &address.line2, &address.city, &address.postal_code]
                .iter()
                .any(|l| !l.is_empty()),
        ),
        phone: phone_state(&address.phone),
        email: if address.email.eq_ignore_ascii_case(EMAIL_PENDING) {
            PartState::Pending
        } else {
            given(!address.email.is_empty())
        },
    };
    address
}

/// After a change of status Walmart replaces most buyers' telephone numbers by zeros.
fn phone_state(phone: &str) -> PartState {
    if phone.is_empty() {
        return PartState::Absent;
    }
    let mut digits = phone.bytes().filter(u8::is_ascii_digit).peekable();
    if digits.peek().is_some() && digits.all(|digit| digit == b'0') {
        PartState::Masked
    } else {
        PartState::Full
    }
}

fn country(leaf: &Leaf<'_>, notes: &mut Notes) -> String {
    let Some(text) = leaf.text() else { return String::new() };
    match alpha2(&text) {
        Some(code) => code.to_owned(),
        None => {
            notes.add("shippingInfo.postalAddress.country", "not a country of ISO 3166-1");
            text.into_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_of_zeros_is_a_mask() {
        assert_eq!(phone_state("0000000000"), PartState::Masked);
        assert_eq!(phone_state("000-000-0000"), PartState::Masked);
        assert_eq!(phone_state("3143450432"), PartState::Full);
        assert_eq!(phone_state(""), PartState::Absent);
        assert_eq!(phone_state("ask"), PartState::Full);
    }
}
