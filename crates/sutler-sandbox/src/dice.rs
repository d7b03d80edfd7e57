//! Chance without a stream: every draw is a hash of the seed, what is drawn for, and how often that was tried before.
//!
//! A running generator would make each draw depend on all draws before it, and one crash would change the whole
//! world. Keyed draws leave everything else as it was.

/// The finaliser of splitmix64: a bijection on 64 bits in which every input bit moves about half of the output bits.
pub(crate) fn mix(word: u64) -> u64 {
    let mut z = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// FNV-1a over the given texts, with a separator so that `("a", "bc")` and `("ab", "c")` differ.
pub(crate) fn identity(parts: &[&str]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for part in parts {
        for byte in part.bytes().chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    hash
}

/// What a draw is for; each purpose of one throw is independent of the others.
#[derive(Debug, Clone, Copy)]
#[repr(u64)]
pub(crate) enum Roll {
    Latency = 1,
    LostBefore,
    Hang,
    ErrorBefore,
    ErrorKind,
    LostAfter,
    ErrorAfter,
    LateApply,
    LateBy,
    ReadLag,
    ReadLagBy,
    PageRepeat,
    PageRepeatBy,
    Throttle,
    StockIgnored,
    TokenDeath,
    TokenRefused,
    FeedNoId,
    FeedStuck,
    FeedDelay,
    Cursor,
    CursorShape,
    Header,
    HeaderShape,
    Outage,
    Late,
    LateVisibleBy,
    Loose,
    LooseShape,
    Unknown,
    Masked,
    Email,
    Place,
    Person,
    Street,
    Count,
    Sku,
    Quantity,
    Price,
    Shape,
    Gap,
    Number,
    Moment,
    FeedFatal,
    PushDrop,
    PushRepeat,
    PushLate,
    Return,
}

/// One throw: the seed, an identity and an attempt, hashed once; draws from it are cheap.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64, identity: u64, attempt: u64) -> Dice {
        Dice(mix(mix(seed ^ identity.rotate_left(17)).wrapping_add(attempt)))
    }

    pub(crate) fn draw(self, roll: Roll) -> u64 {
        mix(self.0 ^ (roll as u64).wrapping_mul(0xd6e8_feb8_6659_fd93))
    }

    /// A second throw of the same dice, for the `index`-th of several like things.
    pub(crate) fn nth(self, index: u64) -> Dice {
        Dice(mix(self.0.wrapping_add(index.wrapping_mul(0xa076_1d64_78bd_642f)).wrapping_add(1)))
    }

    /// True in `per_mille` of a thousand worlds.
    pub(crate) fn chance(self, roll: Roll, per_mille: u16) -> bool {
        per_mille > 0 && self.draw(roll) % 1000 < u64::from(per_mille)
    }

    /// A number in `0..bound`; 0 when `bound` is 0.
    pub(crate) fn below(self, roll: Roll, bound: u64) -> u64 {
        if bound == 0 { 0 } else { self.draw(roll) % bound }
    }

    /// A number in `low..=high`; `low` when the range is empty.
    pub(crate) fn between(self, roll: Roll, low: i64, high: i64) -> i64 {
        if high <= low { low } else { low + self.below(roll, (high - low + 1) as u64) as i64 }
    }

    /// One of `choices`, which must not be empty.
    pub(crate) fn pick<T: Copy>(self, roll: Roll, choices: &[T]) -> T {
        choices[self.below(roll, choices.len() as u64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_throw_is_a_function_of_its_key() {
        let a = Dice::new(7, identity(&["POST", "/x"]), 0);
        let b = Dice::new(7, identity(&["POST", "/x"]), 0);
        assert_eq!(a.draw(Roll::Latency), b.draw(Roll::Latency));
        assert_ne!(a.draw(Roll::Latency), Dice::new(7, identity(&["POST", "/x"]), 1).draw(Roll::Latency));
        assert_ne!(a.draw(Roll::Latency), Dice::new(8, identity(&["POST", "/x"]), 0).draw(Roll::Latency));
        assert_ne!(identity(&["a", "bc"]), identity(&["ab", "c"]));
    }

    #[test]
    fn chances_come_out_about_right() {
        let hits = (0..10_000).filter(|n| Dice::new(1, 2, *n).chance(Roll::Throttle, 250)).count();
        assert!((2_200..2_800).contains(&hits), "250 per mille gave {hits} of 10,000");
        assert!(!(0..1000).any(|n| Dice::new(1, 2, n).chance(Roll::Throttle, 0)));
        assert!((0..1000).all(|n| Dice::new(1, 2, n).chance(Roll::Throttle, 1000)));
    }
}
