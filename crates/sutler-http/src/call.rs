//! One row of a connector's table of calls.

use http::HeaderValue;
use std::{fmt::Write as _, time::Duration};
use sutler_core::time::Timestamp;

/// The time-out of a call whose table says nothing else, in real seconds (inferred until a live run shows better).
pub const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// Does a call change the world?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Safety {
    /// It only reads: the pipe waits for its budget and repeats it.
    Read,
    /// It acts: the pipe hands it over once. Its budget token was taken before the intent was committed.
    Write,
}

/// One call a connector can make, as a row of a const table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// Its dotted name in errors and traces: `walmart.orders.ship`.
    pub op: &'static str,
    /// Does it change the world?
    pub safety: Safety,
    /// The budget it spends from, by the short name it has in the connector's [`crate::Scopes`]: `acknowledge`.
    pub budget: &'static str,
    /// The longest one attempt may take, in real seconds: token, connect and answer.
    pub timeout: Duration,
}

impl Call {
    /// A read with the usual time-out.
    pub const fn read(op: &'static str, budget: &'static str) -> Call {
        Call { op, safety: Safety::Read, budget, timeout: CALL_TIMEOUT }
    }

    /// A write with the usual time-out.
    pub const fn write(op: &'static str, budget: &'static str) -> Call {
        Call { op, safety: Safety::Write, budget, timeout: CALL_TIMEOUT }
    }

    /// The same with another time-out, in real seconds.
    pub const fn timeout(mut self, timeout: Duration) -> Call {
        self.timeout = timeout;
        self
    }
}

/// One attempt at a call, as [`crate::Dialect::authorize`] sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// 1 for the first.
    pub number: u32,
    /// Now, by the marketplace's clock as far as it is known.
    pub server_now: Timestamp,
    /// Random and fresh for each attempt.
    pub nonce: u128,
}

impl Attempt {
    /// The nonce as a version 4 UUID: what correlation headers want, and they want a fresh one for each attempt.
    pub fn uuid(&self) -> HeaderValue {
        let bits = (self.nonce & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
        let mut text = String::with_capacity(36);
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            (bits >> 96) as u32,
            (bits >> 80) as u16,
            (bits >> 64) as u16,
            (bits >> 48) as u16,
            bits & 0xffff_ffff_ffff
        );
        HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_has_its_version_and_variant_and_keeps_the_other_bits() {
        let uuid = |nonce| Attempt { number: 1, server_now: Timestamp::default(), nonce }.uuid();
        assert_eq!(uuid(0), "00000000-0000-4000-8000-000000000000");
        assert_eq!(uuid(u128::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(uuid(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef), "01234567-89ab-4def-8123-456789abcdef");
    }
}
