//! Single values: instants, decimals, quantities, currencies, each in every spelling that was ever seen.

use crate::wire::leaf::Leaf;
use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat};
use rust_decimal::Decimal;
use sutler_core::{
    money::Currency,
    time::{Timestamp, from_millis},
};

/// 2000-01-01 and 2100-01-01: a number outside is no instant in milliseconds (seconds would land in January 1970).
const INSTANTS_MS: std::ops::Range<i64> = 946_684_800_000..4_102_444_800_000;

/// Reads an instant: epoch milliseconds as a number or text (JSON answers), or ISO 8601 (what XML answers and events
/// carry). Without an offset it is UTC; a bare date is its first instant.
pub(crate) fn instant(leaf: &Leaf<'_>) -> Result<Option<Timestamp>, String> {
    if let Leaf::Integer(ms) = leaf {
        return from_number(*ms);
    }
    if let Leaf::Flag(_) = leaf {
        return Err("true or false where an instant belongs".into());
    }
    let Some(text) = leaf.text() else { return Ok(None) };
    let text = text.trim_ascii();
    if let Some(ms) = whole(text) {
        return from_number(ms);
    }
    let naive = || {
        let at = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f");
        let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").map(|day| day.into());
        at.or_else(|_| day()).map(|at: NaiveDateTime| at.and_utc())
    };
    let at = DateTime::parse_from_rfc3339(text).map(|at| at.to_utc()).or_else(|_| naive());
    match at {
        Ok(at) if INSTANTS_MS.contains(&at.timestamp_millis()) => Ok(Some(at)),
        _ => Err(format!(
            "{:?} is not an instant; milliseconds since 1970 or ISO 8601 are right",
            text.chars().take(40).collect::<String>()
        )),
    }
}

fn from_number(ms: i64) -> Result<Option<Timestamp>, String> {
    if INSTANTS_MS.contains(&ms) {
        return Ok(Some(from_millis(ms)));
    }
    Err(format!("{ms} is not an instant in milliseconds since 1970 between the years 2000 and 2100"))
}

/// The whole number in `text`, also when written with a zero fraction or an exponent.
fn whole(text: &str) -> Option<i64> {
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let number = parse_decimal(text)?;
    number.is_integer().then(|| i64::try_from(number).ok()).flatten()
}

/// Reads a decimal exactly; a number with more digits than can be kept exactly is an error, not a rounding.
pub(crate) fn decimal(leaf: &Leaf<'_>) -> Result<Option<Decimal>, String> {
    match leaf {
        Leaf::Integer(number) => return Ok(Some(Decimal::from(*number))),
        Leaf::Flag(_) => return Err("true or false where an amount belongs".into()),
        _ => {}
    }
    let Some(text) = leaf.text() else { return Ok(None) };
    parse_decimal(text.trim_ascii()).map(Some).ok_or_else(|| {
        let shown: String = text.chars().take(40).collect();
        format!("{shown:?} is not a decimal number that can be kept exactly")
    })
}

fn parse_decimal(text: &str) -> Option<Decimal> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'));
    if !plain || text.is_empty() {
        return None;
    }
    match text.split_once(['e', 'E']) {
        None => Decimal::from_str_exact(text).ok(),
        // The mantissa must be exact before the exponent is applied.
        Some((mantissa, _)) => {
            Decimal::from_str_exact(mantissa).ok()?;
            Decimal::from_scientific(text).ok()
        }
    }
}

/// Reads units: a whole number that is not negative, as text (documented) or a number.
pub(crate) fn quantity(leaf: &Leaf<'_>) -> Result<Option<u32>, String> {
    let read = match leaf {
        Leaf::Integer(number) => Some(*number),
        Leaf::Flag(_) => None,
        _ => match leaf.text() {
            None => return Ok(None),
            Some(text) => whole(text.trim_ascii()),
        },
    };
    match read.and_then(|number| u32::try_from(number).ok()) {
        Some(units) => Ok(Some(units)),
        None => Err(format!(
            "{:?} is not a number of units; a whole number from 0 is right",
            leaf.owned().chars().take(40).collect::<String>()
        )),
    }
}

/// Reads an ISO 4217 code.
pub(crate) fn currency(leaf: &Leaf<'_>) -> Result<Currency, String> {
    let Some(text) = leaf.text() else { return Err("the amount has no currency".into()) };
    Currency::parse(&text).map_err(|error| error.text().to_owned())
}

/// An instant as the query parameters want it: ISO 8601 in UTC, whole seconds, with `Z` (a `+` would need escaping).
pub(crate) fn iso(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::borrow::Cow;

    fn text(text: &str) -> Leaf<'_> {
        Leaf::Text(Cow::Borrowed(text))
    }

    #[test]
    fn instants_in_every_spelling_are_one() {
        let want = Ok(Some(from_millis(1_584_354_615_000)));
        assert_eq!(instant(&Leaf::Integer(1_584_354_615_000)), want);
        for spelled in [
            "1584354615000",
            "1584354615000.0",
            "1.584354615E12",
            "2020-03-16T10:30:15Z",
            "2020-03-16T10:30:15.000Z",
            "2020-03-16T12:30:15+02:00",
            "2020-03-16T10:30:15",
        ] {
            assert_eq!(instant(&text(spelled)), want, "{spelled}");
        }
        assert_eq!(instant(&text("2020-03-16")), Ok(Some(from_millis(1_584_316_800_000))));
        assert_eq!(instant(&text(" ")), Ok(None));
    }

    #[test]
    fn what_is_no_instant_is_said() {
        for odd in [
            text("soon"),
            text("1584354615"),
            Leaf::Integer(1_584_354_615),
            Leaf::Integer(-5),
            Leaf::Flag(true),
        ] {
            assert!(instant(&odd).is_err(), "{odd:?}");
        }
    }

    #[test]
    fn decimals_are_exact_or_refused() {
        let read = |raw| decimal(&Leaf::Number(raw)).map(|d| d.map(|d| d.to_string()));
        assert_eq!(read("0.10"), Ok(Some("0.10".into())));
        assert_eq!(read("1E2"), Ok(Some("100".into())));
        assert_eq!(read("12345678901234567890.12"), Ok(Some("12345678901234567890.12".into())));
        assert!(read("0.1234567890123456789012345678901").is_err());
        assert!(decimal(&text("12,50")).is_err());
        assert!(decimal(&text("1_000")).is_err());
    }

    #[test]
    fn quantities_are_whole() {
        assert_eq!(quantity(&text("2")), Ok(Some(2)));
        assert_eq!(quantity(&text("2.0")), Ok(Some(2)));
        assert_eq!(quantity(&Leaf::Integer(3)), Ok(Some(3)));
        for odd in [text("2.5"), text("two"), Leaf::Integer(-1), Leaf::Number("4294967296"), Leaf::Flag(true)]
        {
            assert!(quantity(&odd).is_err(), "{odd:?}");
        }
    }
}
