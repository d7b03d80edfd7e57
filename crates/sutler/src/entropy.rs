//! Randomness of the operating system.

use sutler_core::ports::Entropy;

/// The operating system's random bytes, for jitter and correlation ids.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    fn next(&self) -> u64 {
        // Without the system's source (early boot, a broken jail) the time still tells two attempts apart, and nothing
        // here needs to be unguessable.
        getrandom::u64().unwrap_or_else(|_| {
            let nanos = chrono::Utc::now().timestamp_nanos_opt().unwrap_or_default().cast_unsigned();
            nanos.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(31)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_draws_differ() {
        assert_ne!(OsEntropy.next(), OsEntropy.next());
    }
}
