//! Canada: provinces and the postal codes that belong to them.
//!
//! Keys, names in both languages and prefixes are those of the public libaddressinput data set (`CA` and `CA--fr`).

use super::text::same;

/// One province or territory: code, English name, French name, and how its postal codes begin.
#[derive(Debug)]
pub(super) struct Province(&'static str, &'static str, &'static str, &'static [&'static str]);

impl Province {
    /// Does this postal code, as [`postal_code`] gives it, belong to it?
    pub(super) fn has(&self, code: [u8; 6]) -> bool {
        self.3.iter().any(|prefix| code.starts_with(prefix.as_bytes()))
    }
}

/// The province called `text`: its code, or its name in either language, in any case.
pub(super) fn province(text: &str) -> Option<&'static Province> {
    PROVINCES.iter().find(|p| p.0.eq_ignore_ascii_case(text) || same(p.1, text) || same(p.2, text))
}

/// A postal code in capitals and without its space: `K1A 0B1`, `k1a0b1` and `K1A-0B1` are `K1A0B1`.
pub(super) fn postal_code(text: &str) -> Option<[u8; 6]> {
    let mut code = [0u8; 6];
    let bytes = text.as_bytes();
    let gap = match bytes.len() {
        6 => None,
        7 if matches!(bytes.get(3), Some(b' ' | b'-')) => Some(3),
        _ => return None,
    };
    let mut places = code.iter_mut();
    for (at, byte) in bytes.iter().enumerate() {
        if Some(at) != gap {
            *places.next()? = byte.to_ascii_uppercase();
        }
    }
    let shape = |at: usize, byte: &u8| match at {
        0 => b"ABCEGHJKLMNPRSTVXY".contains(byte),
        2 | 4 => b"ABCEGHJKLMNPRSTVWXYZ".contains(byte),
        _ => byte.is_ascii_digit(),
    };
    code.iter().enumerate().all(|(at, byte)| shape(at, byte)).then_some(code)
}

/// By key.
#[rustfmt::skip]
const PROVINCES: &[Province] = &[
    Province("AB", "Alberta", "Alberta", &["T"]),
    Province("BC", "British Columbia", "Colombie-Britannique", &["V"]),
    Province("MB", "Manitoba", "Manitoba", &["R"]),
    Province("NB", "New Brunswick", "Nouveau-Brunswick", &["E"]),
    Province("NL", "Newfoundland and Labrador", "Terre-Neuve-et-Labrador", &["A"]),
    Province("NS", "Nova Scotia", "Nouvelle-Écosse", &["B"]),
    Province("NT", "Northwest Territories", "Territoires du Nord-Ouest", &["X0E", "X0G", "X1A"]),
    Province("NU", "Nunavut", "Nunavut", &["X0A", "X0B", "X0C"]),
    Province("ON", "Ontario", "Ontario", &["K", "L", "M", "N", "P"]),
    Province("PE", "Prince Edward Island", "Île-du-Prince-Édouard", &["C"]),
    Province("QC", "Quebec", "Québec", &["G", "H", "J", "K1A"]),
    Province("SK", "Saskatchewan", "Saskatchewan", &["S", "R8A"]),
    Province("YT", "Yukon", "Yukon", &["Y"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn provinces_are_found_in_both_languages_and_any_case() {
        for text in ["QC", "qc", "Quebec", "QUÉBEC", "québec"] {
            assert!(province(text).is_some_and(|p| p.has(*b"H3Z2Y7") && !p.has(*b"V8X3X4")), "{text}");
        }
        for text in ["", "ZZ", "Q", "New York"] {
            assert!(province(text).is_none(), "{text}");
        }
    }

    #[test]
    fn postal_codes_are_letter_digit_letter_digit_letter_digit() {
        for text in ["K1A 0B1", "k1a0b1", "K1A-0B1"] {
            assert_eq!(postal_code(text), Some(*b"K1A0B1"), "{text}");
        }
        for text in ["", "K1A", "K1A 0B", "D1A 0B1", "K1D 0B1", "KAA 0B1", "K1A  0B1", "12345", "K1A0B1é"] {
            assert_eq!(postal_code(text), None, "{text}");
        }
    }
}
