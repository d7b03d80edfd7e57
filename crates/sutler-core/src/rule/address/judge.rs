//! What is wrong with an address, as a set of findings; what follows from a finding is the rule's matter.

use super::{
    ca,
    text::{Sense, has_controls, is_military_city, is_po_box, sense},
    us,
};
use crate::address::{Address, PartState};

/// One thing that is wrong or worth knowing about an address; the most telling first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Finding {
    Erased,
    Withheld,
    Expired,
    Pending,
    LinesMasked,
    StreetMissing,
    CityMissing,
    RegionMissing,
    PostalCodeMissing,
    CountryMissing,
    NameMissing,
    StreetMasked,
    CityMasked,
    PostalCodeMasked,
    NameMasked,
    StreetPlaceholder,
    CityPlaceholder,
    NamePlaceholder,
    ControlCharacters,
    RegionUnknown,
    PostalCodeShape,
    PostalCodeNotInRegion,
    Military,
    PoBox,
    CountryNotChecked,
}

impl Finding {
    /// Every finding with its code, in order. Codes are API.
    const ALL: [(Finding, &'static str); 25] = [
        (Finding::Erased, "address.erased"),
        (Finding::Withheld, "address.withheld"),
        (Finding::Expired, "address.expired"),
        (Finding::Pending, "address.pending"),
        (Finding::LinesMasked, "address.lines_masked"),
        (Finding::StreetMissing, "address.street_missing"),
        (Finding::CityMissing, "address.city_missing"),
        (Finding::RegionMissing, "address.region_missing"),
        (Finding::PostalCodeMissing, "address.postal_code_missing"),
        (Finding::CountryMissing, "address.country_missing"),
        (Finding::NameMissing, "address.name_missing"),
        (Finding::StreetMasked, "address.street_masked"),
        (Finding::CityMasked, "address.city_masked"),
        (Finding::PostalCodeMasked, "address.postal_code_masked"),
        (Finding::NameMasked, "address.name_masked"),
        (Finding::StreetPlaceholder, "address.street_placeholder"),
        (Finding::CityPlaceholder, "address.city_placeholder"),
        (Finding::NamePlaceholder, "address.name_placeholder"),
        (Finding::ControlCharacters, "address.control_characters"),
        (Finding::RegionUnknown, "address.region_unknown"),
        (Finding::PostalCodeShape, "address.postal_code_shape"),
        (Finding::PostalCodeNotInRegion, "address.postal_code_not_in_region"),
        (Finding::Military, "address.military"),
        (Finding::PoBox, "address.po_box"),
        (Finding::CountryNotChecked, "address.country_not_checked"),
    ];

    /// Its stable code.
    pub(super) fn code(self) -> &'static str {
        Self::ALL.get(self as usize).map_or("address.unknown", |(_, code)| code)
    }
}

/// A set of findings; a number, so that a good address costs no allocation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Findings(u32);

impl Findings {
    fn add(&mut self, finding: Finding) {
        self.0 |= 1 << finding as u32;
    }
    /// Is it among them?
    pub(super) fn has(self, finding: Finding) -> bool {
        self.0 & 1 << finding as u32 != 0
    }
    /// In order.
    pub(super) fn iter(self) -> impl Iterator<Item = Finding> {
        Finding::ALL.into_iter().map(|(finding, _)| finding).filter(move |finding| self.has(*finding))
    }
    /// The most telling one.
    pub(super) fn first(self) -> Option<Finding> {
        Finding::ALL.get(self.0.trailing_zeros() as usize).map(|(finding, _)| *finding)
    }
    /// Those that `drop` does not say yes to.
    pub(super) fn without(mut self, drop: impl Fn(Finding) -> bool) -> Findings {
        if self.0 != 0 {
            for finding in self.iter().filter(|finding| drop(*finding)) {
                self.0 &= !(1 << finding as u32);
            }
        }
        self
    }
}

/// Judges an address as it stands.
pub(super) fn findings(address: &Address, also_check: &[String]) -> Findings {
    let mut found = Findings::default();
    // A part that the channel did not give is absent whatever its text; a text without a state is a host's own address.
    match address.states.lines {
        PartState::Erased => found.add(Finding::Erased),
        PartState::Withheld => found.add(Finding::Withheld),
        PartState::Expired => found.add(Finding::Expired),
        PartState::Pending => found.add(Finding::Pending),
        PartState::Masked => found.add(Finding::LinesMasked),
        PartState::Absent | PartState::Full => {}
    }
    if found != Findings::default() {
        // Nothing that stands in such lines is worth judging.
        return found;
    }
    let country = address.country.trim();
    let place = Country::of(country);
    let listed = || also_check.iter().any(|known| known.eq_ignore_ascii_case(country));
    match place {
        Country::Missing => found.add(Finding::CountryMissing),
        Country::Other if !listed() => {
            found.add(Finding::CountryNotChecked);
            return found;
        }
        _ => {}
    }
    name(address, &mut found);
    let lines_missing = address.line1.trim().is_empty() && address.line2.trim().is_empty();
    // Some channels put the street into the second line and a company or nothing into the first.
    let street = if address.line1.trim().is_empty() { &address.line2 } else { &address.line1 };
    match sense(street) {
        _ if lines_missing => found.add(Finding::StreetMissing),
        Sense::Masked => found.add(Finding::StreetMasked),
        Sense::Placeholder => found.add(Finding::StreetPlaceholder),
        Sense::Empty | Sense::Text => {}
    }
    match sense(&address.city) {
        Sense::Empty => found.add(Finding::CityMissing),
        Sense::Masked => found.add(Finding::CityMasked),
        Sense::Placeholder => found.add(Finding::CityPlaceholder),
        Sense::Text => {}
    }
    if [&address.name, &address.line1, &address.line2, &address.city]
        .into_iter()
        .any(|part| has_controls(part))
    {
        found.add(Finding::ControlCharacters);
    }
    if is_po_box(&address.line1) || is_po_box(&address.line2) {
        found.add(Finding::PoBox);
    }
    match place {
        Country::UnitedStates => united_states(address, &mut found),
        Country::Canada => canada(address, &mut found),
        Country::Missing | Country::Other => {}
    }
    found
}

/// The countries whose addresses are known in detail.
#[derive(Clone, Copy)]
enum Country {
    UnitedStates,
    Canada,
    Missing,
    Other,
}

impl Country {
    fn of(text: &str) -> Country {
        let is = |known: &[&str]| known.iter().any(|name| name.eq_ignore_ascii_case(text));
        if text.is_empty() {
            Country::Missing
        } else if is(&["US", "USA", "United States"]) {
            Country::UnitedStates
        } else if is(&["CA", "CAN", "Canada"]) {
            Country::Canada
        } else {
            Country::Other
        }
    }
}

fn name(address: &Address, found: &mut Findings) {
    match (address.states.name, sense(&address.name)) {
        (PartState::Masked, _) | (_, Sense::Masked) => found.add(Finding::NameMasked),
        (_, Sense::Empty) => found.add(Finding::NameMissing),
        (_, Sense::Placeholder) => found.add(Finding::NamePlaceholder),
        (_, Sense::Text) => {}
    }
}

fn united_states(address: &Address, found: &mut Findings) {
    let state = region(address, found, us::state);
    let zip = postal_code(address, found, us::zip);
    if state.is_some_and(us::State::is_military)
        || is_military_city(&address.city)
        || zip.is_some_and(us::is_military_zip)
    {
        found.add(Finding::Military);
    }
    if let (Some(state), Some(zip)) = (state, zip)
        && !state.has(zip)
    {
        found.add(Finding::PostalCodeNotInRegion);
    }
}

fn canada(address: &Address, found: &mut Findings) {
    let province = region(address, found, ca::province);
    let code = postal_code(address, found, ca::postal_code);
    if let (Some(province), Some(code)) = (province, code)
        && !province.has(code)
    {
        found.add(Finding::PostalCodeNotInRegion);
    }
}

fn region<T>(address: &Address, found: &mut Findings, read: impl Fn(&str) -> Option<T>) -> Option<T> {
    let text = address.region.trim();
    if text.is_empty() {
        found.add(Finding::RegionMissing);
        return None;
    }
    let known = read(text);
    if known.is_none() {
        found.add(Finding::RegionUnknown);
    }
    known
}

fn postal_code<T>(address: &Address, found: &mut Findings, read: impl Fn(&str) -> Option<T>) -> Option<T> {
    let text = address.postal_code.trim();
    if text.is_empty() {
        found.add(Finding::PostalCodeMissing);
        return None;
    }
    let code = read(text);
    if code.is_none() {
        let masked = text.contains('*') || text.trim_matches(['x', 'X']).is_empty();
        found.add(if masked { Finding::PostalCodeMasked } else { Finding::PostalCodeShape });
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_stands_at_its_own_place_with_its_own_code() {
        for (at, (finding, code)) in Finding::ALL.into_iter().enumerate() {
            assert_eq!(finding as usize, at, "{code}");
            assert_eq!(finding.code(), code);
            let mut one = Findings::default();
            one.add(finding);
            assert_eq!(one.first(), Some(finding));
            assert_eq!(one.iter().collect::<Vec<_>>(), [finding]);
            assert_eq!(one.without(|f| f == finding), Findings::default());
        }
        assert_eq!(Findings::default().first(), None);
    }
}
