//! Exact money: a decimal and its ISO 4217 currency, parsed from text, never through a float.

use crate::error::{Error, ErrorKind, Result};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, num::NonZeroU32};

/// An ISO 4217 alphabetic code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// Currencies whose minor unit is not a hundredth (ISO 4217, table A.1).
const MINOR_DIGITS: &[(&[u8; 3], u32)] = &[
    (b"BHD", 3),
    (b"BIF", 0),
    (b"CLF", 4),
    (b"CLP", 0),
    (b"DJF", 0),
    (b"GNF", 0),
    (b"IQD", 3),
    (b"ISK", 0),
    (b"JOD", 3),
    (b"JPY", 0),
    (b"KMF", 0),
    (b"KRW", 0),
    (b"KWD", 3),
    (b"LYD", 3),
    (b"OMR", 3),
    (b"PYG", 0),
    (b"RWF", 0),
    (b"TND", 3),
    (b"UGX", 0),
    (b"UYI", 0),
    (b"UYW", 4),
    (b"VND", 0),
    (b"VUV", 0),
    (b"XAF", 0),
    (b"XOF", 0),
    (b"XPF", 0),
];

impl Currency {
    /// United States dollar.
    pub const USD: Currency = Currency(*b"USD");

    /// Reads three upper-case letters.
    pub fn parse(text: &str) -> Result<Self> {
        match text.as_bytes() {
            [a, b, c] if [a, b, c].iter().all(|l| l.is_ascii_uppercase()) => Ok(Currency([*a, *b, *c])),
            _ => Err(Error::new(ErrorKind::Invalid, "money.currency").message(format!(
                "currency {text:?} is not an ISO 4217 code; three capital letters such as USD are right"
            ))),
        }
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// How many digits the minor unit has (2 for USD, 0 for JPY).
    pub fn minor_digits(self) -> u32 {
        MINOR_DIGITS.iter().find(|(code, _)| **code == self.0).map_or(2, |(_, digits)| *digits)
    }

    /// The smallest amount that can be paid in this currency.
    pub fn minor_unit(self) -> Decimal {
        Decimal::new(1, self.minor_digits())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Currency::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// An amount in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Major units (dollars), exact.
    pub amount: Decimal,
    /// Which currency they are.
    pub currency: Currency,
}

/// Reads a decimal digit for digit. The decimal library's own reading of exponents rounds what does not fit; an amount
/// that was rounded is no longer the channel's (G29).
fn exact(text: &str) -> Option<Decimal> {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
        return Decimal::from_str_exact(text).ok();
    };
    let mantissa = Decimal::from_str_exact(mantissa).ok()?.normalize();
    let scale = i64::from(mantissa.scale()) - i64::from(exponent.parse::<i32>().ok()?);
    if let Ok(scale) = u32::try_from(scale) {
        return Decimal::try_from_i128_with_scale(mantissa.mantissa(), scale).ok();
    }
    let power = 10i128.checked_pow(u32::try_from(-scale).ok()?)?;
    Decimal::try_from_i128_with_scale(mantissa.mantissa().checked_mul(power)?, 0).ok()
}

impl Money {
    /// Nothing, in `currency`.
    pub fn zero(currency: Currency) -> Self {
        Money { amount: Decimal::ZERO, currency }
    }

    /// Reads a decimal as the channel wrote it (`12.5`, `-0.10`, `1E2`).
    pub fn parse(text: &str, currency: Currency) -> Result<Self> {
        let amount = exact(text).ok_or_else(|| {
            Error::new(ErrorKind::Invalid, "money.parse").message(format!(
                "amount {text:?} is not a decimal number of at most 28 digits; one such as 12.50 is right"
            ))
        })?;
        Ok(Money { amount, currency })
    }

    /// Adds, refusing to mix currencies (G30) and to overflow.
    pub fn plus(self, other: Money) -> Result<Money> {
        if self.currency != other.currency {
            return Err(Error::new(ErrorKind::Invalid, "money.plus").message(format!(
                "cannot add {} to {}; both amounts must be of one currency",
                other.currency, self.currency
            )));
        }
        let amount = self.amount.checked_add(other.amount).ok_or_else(|| {
            Error::new(ErrorKind::Invalid, "money.plus").message(format!(
                "the sum of {} and {} is too large to keep exactly",
                self.amount, other.amount
            ))
        })?;
        Ok(Money { amount, currency: self.currency })
    }

    /// Splits into `parts` that sum to the whole, differing by at most one minor unit (largest remainder: the first
    /// parts take what is left over). The tail of an amount finer than the minor unit goes to the first part that took none.
    pub fn split(self, parts: NonZeroU32) -> Vec<Money> {
        let unit = self.currency.minor_unit();
        let count = parts.get();
        let base = (self.amount / Decimal::from(count)).trunc_with_scale(self.currency.minor_digits());
        let mut left = self.amount - base * Decimal::from(count);
        let step = if left.is_sign_negative() { -unit } else { unit };
        (0..count)
            .map(|_| {
                // Once less than a unit is left, the next part takes it and nothing is left for the others.
                let extra = if left.abs() >= unit { step } else { left };
                left -= extra;
                Money { amount: base + extra, currency: self.currency }
            })
            .collect()
    }

    /// Whole minor units, for sorting; rounded half to even where the amount is finer.
    pub fn minor_units(self) -> i64 {
        let scaled = self.amount.checked_div(self.currency.minor_unit()).map(|scaled| scaled.round());
        let most = if self.amount.is_sign_negative() { i64::MIN } else { i64::MAX };
        scaled.and_then(|scaled| i64::try_from(scaled).ok()).unwrap_or(most)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency)
    }
}
