//! United States: states and the ZIP codes that belong to them.
//!
//! Keys, names and ZIP prefixes are those of the public libaddressinput data set (`US`: `sub_keys`, `sub_names`,
//! `sub_zips`), its prefixes written out as ranges.

/// One state, district, territory or armed-forces region.
#[derive(Debug)]
pub(super) struct State(&'static str, &'static str, &'static [(u32, u32)]);

impl State {
    /// Does this ZIP code belong to it?
    pub(super) fn has(&self, zip: u32) -> bool {
        self.2.iter().any(|(from, to)| (*from..=*to).contains(&zip))
    }

    /// Is it one of the armed forces' three?
    pub(super) fn is_military(&self) -> bool {
        matches!(self.0, "AA" | "AE" | "AP")
    }
}

/// The state called `text`: its code or its name, in any case.
pub(super) fn state(text: &str) -> Option<&'static State> {
    if let [a, b] = text.as_bytes() {
        return KEYS.get(slot(*a, *b)?).and_then(|at| STATES.get(usize::from(*at)));
    }
    STATES.iter().find(|state| state.1.eq_ignore_ascii_case(text))
}

/// Does this ZIP code belong to the armed forces (AA, AE, AP)?
pub(super) fn is_military_zip(zip: u32) -> bool {
    matches!(zip, 9_000..=9_999 | 34_000..=34_099 | 96_200..=96_699)
}

/// Where two letters of any case stand in [`KEYS`].
const fn slot(a: u8, b: u8) -> Option<usize> {
    if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() {
        Some((a.to_ascii_uppercase() - b'A') as usize * 26 + (b.to_ascii_uppercase() - b'A') as usize)
    } else {
        None
    }
}

/// For each pair of letters the place of its state in [`STATES`], or a place past the end: one look-up instead of a
/// search, because every order of a US seller asks.
const KEYS: [u8; 26 * 26] = {
    let mut keys = [u8::MAX; 26 * 26];
    let mut at = 0;
    while at < STATES.len() {
        let key = STATES[at].0.as_bytes();
        if let Some(slot) = slot(key[0], key[1]) {
            keys[slot] = at as u8;
        }
        at += 1;
    }
    keys
};

/// A ZIP code's first five digits: `12345`, `12345-6789`, `12345 6789` or `123456789`.
pub(super) fn zip(text: &str) -> Option<u32> {
    let (head, tail) = text.as_bytes().split_at_checked(5)?;
    let tail = tail.strip_prefix(b"-").or_else(|| tail.strip_prefix(b" ")).unwrap_or(tail);
    // `12345-` is as good as `12345`: nothing is missing that a carrier reads.
    let whole = matches!(tail.len(), 0 | 4) && head.iter().chain(tail).all(u8::is_ascii_digit);
    whole.then(|| head.iter().fold(0, |zip, digit| zip * 10 + u32::from(digit - b'0')))
}

/// By key.
#[rustfmt::skip]
const STATES: &[State] = &[
    State("AA", "Armed Forces (AA)", &[(34_000, 34_099)]),
    State("AE", "Armed Forces (AE)", &[(9_000, 9_999)]),
    State("AK", "Alaska", &[(99_500, 99_999)]),
    State("AL", "Alabama", &[(35_000, 36_999)]),
    State("AP", "Armed Forces (AP)", &[(96_200, 96_699)]),
    State("AR", "Arkansas", &[(71_600, 72_999)]),
    State("AS", "American Samoa", &[(96_799, 96_799)]),
    State("AZ", "Arizona", &[(85_000, 86_999)]),
    State("CA", "California", &[(90_000, 96_199)]),
    State("CO", "Colorado", &[(80_000, 81_999)]),
    State("CT", "Connecticut", &[(6_000, 6_999)]),
    State("DC", "District of Columbia", &[(20_000, 20_099), (20_200, 20_599), (56_900, 56_999)]),
    State("DE", "Delaware", &[(19_700, 19_999)]),
    State("FL", "Florida", &[(32_000, 33_999), (34_100, 34_999)]),
    State("FM", "Micronesia", &[(96_941, 96_944)]),
    State("GA", "Georgia", &[(30_000, 31_999), (39_800, 39_899), (39_901, 39_901)]),
    State("GU", "Guam", &[(96_910, 96_929), (96_931, 96_932)]),
    State("HI", "Hawaii", &[(96_700, 96_798), (96_800, 96_899)]),
    State("IA", "Iowa", &[(50_000, 52_999)]),
    State("ID", "Idaho", &[(83_200, 83_999)]),
    State("IL", "Illinois", &[(60_000, 62_999)]),
    State("IN", "Indiana", &[(46_000, 47_999)]),
    State("KS", "Kansas", &[(66_000, 67_999)]),
    State("KY", "Kentucky", &[(40_000, 42_799)]),
    State("LA", "Louisiana", &[(70_000, 71_599)]),
    State("MA", "Massachusetts", &[(1_000, 2_799), (5_501, 5_501), (5_544, 5_544)]),
    State("MD", "Maryland", &[(20_600, 21_999)]),
    State("ME", "Maine", &[(3_900, 4_999)]),
    State("MH", "Marshall Islands", &[(96_960, 96_979)]),
    State("MI", "Michigan", &[(48_000, 49_999)]),
    State("MN", "Minnesota", &[(55_000, 56_799)]),
    State("MO", "Missouri", &[(63_000, 65_999)]),
    State("MP", "Northern Mariana Islands", &[(96_950, 96_952)]),
    State("MS", "Mississippi", &[(38_600, 39_799)]),
    State("MT", "Montana", &[(59_000, 59_999)]),
    State("NC", "North Carolina", &[(27_000, 28_999)]),
    State("ND", "North Dakota", &[(58_000, 58_999)]),
    State("NE", "Nebraska", &[(68_000, 69_999)]),
    State("NH", "New Hampshire", &[(3_000, 3_899)]),
    State("NJ", "New Jersey", &[(7_000, 8_999)]),
    State("NM", "New Mexico", &[(87_000, 88_499)]),
    State("NV", "Nevada", &[(88_900, 89_999)]),
    State("NY", "New York", &[(501, 501), (544, 544), (6_390, 6_390), (10_000, 14_999)]),
    State("OH", "Ohio", &[(43_000, 45_999)]),
    State("OK", "Oklahoma", &[(73_000, 74_999)]),
    State("OR", "Oregon", &[(97_000, 97_999)]),
    State("PA", "Pennsylvania", &[(15_000, 19_699)]),
    State("PR", "Puerto Rico", &[(600, 799), (900, 999)]),
    State("PW", "Palau", &[(96_939, 96_940)]),
    State("RI", "Rhode Island", &[(2_800, 2_999)]),
    State("SC", "South Carolina", &[(29_000, 29_999)]),
    State("SD", "South Dakota", &[(57_000, 57_999)]),
    State("TN", "Tennessee", &[(37_000, 38_599)]),
    State("TX", "Texas", &[(73_301, 73_301), (73_344, 73_344), (75_000, 79_999), (88_500, 88_599)]),
    State("UT", "Utah", &[(84_000, 84_999)]),
    State("VA", "Virginia", &[(20_100, 20_199), (22_000, 24_699)]),
    State("VI", "Virgin Islands", &[(800, 899)]),
    State("VT", "Vermont", &[(5_000, 5_999)]),
    State("WA", "Washington", &[(98_000, 99_499)]),
    State("WI", "Wisconsin", &[(53_000, 54_999)]),
    State("WV", "West Virginia", &[(24_700, 26_999)]),
    State("WY", "Wyoming", &[(82_000, 83_199), (83_414, 83_414)]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_sorted_and_their_ranges_apart() {
        assert!(STATES.is_sorted_by(|a, b| a.0 < b.0));
        for zip in 0..100_000 {
            let owners: Vec<&str> = STATES.iter().filter(|s| s.has(zip)).map(|s| s.0).collect();
            // A few codes are listed for one state although their prefix is another's.
            let shared = [5_501, 5_544, 6_390, 73_301, 73_344, 83_414].contains(&zip);
            assert!(owners.len() <= 1 || shared, "{zip:05} belongs to {owners:?}");
        }
    }

    #[test]
    fn states_are_found_by_code_and_name_in_any_case() {
        for text in ["NY", "ny", "New York", "NEW YORK"] {
            assert!(state(text).is_some_and(|s| s.has(10_001)), "{text}");
        }
        for known in STATES {
            assert_eq!(state(known.0).map(|s| s.0), Some(known.0));
            assert_eq!(state(known.1).map(|s| s.0), Some(known.0));
            let military = (0..100_000).filter(|zip| known.has(*zip)).all(is_military_zip);
            assert_eq!(military, known.is_military(), "{}", known.0);
        }
        for text in ["", "N", "ZZ", "NYC", "New  York", "日本"] {
            assert!(state(text).is_none(), "{text}");
        }
        assert!(state("AE").is_some_and(State::is_military));
        assert!(!state("CA").is_some_and(State::is_military));
    }

    #[test]
    fn zip_codes_have_five_or_nine_digits() {
        for (text, zip_code) in [
            ("00501", 501),
            ("94043", 94_043),
            ("94043-1234", 94_043),
            ("94043 1234", 94_043),
            ("940431234", 94_043),
        ] {
            assert_eq!(zip(text), Some(zip_code), "{text}");
        }
        for text in ["", "9404", "940431", "94043-12", "9404A", "94043--1234", "9404３", "SW1A 1AA"] {
            assert_eq!(zip(text), None, "{text}");
        }
    }
}
