//! Access tokens and their lives; how they are asked for and spelled is each marketplace's own.

use std::collections::HashMap;

use crate::clock::Ms;
use crate::dice::{Dice, Roll};

/// The tokens alive: many may be, for one client id. Looked up by name only, so the map's order never shows.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Tokens {
    expiry: HashMap<String, Ms>,
    issued: u64,
}

impl Tokens {
    /// A new token that begins with `prefix` and lives for `life`.
    pub(crate) fn issue(&mut self, seed: u64, now: Ms, life: Ms, prefix: &str) -> String {
        self.issued += 1;
        let word = Dice::new(seed, self.issued, now as u64).draw(Roll::Number);
        let token = format!("{prefix}{word:016x}{:016x}{:08x}", word.rotate_left(23) ^ 0x5bd1, self.issued);
        self.expiry.retain(|_, expiry| *expiry > now);
        self.expiry.insert(token.clone(), now + life);
        token
    }

    /// Until when a token lives or lived; `None` for one that was never issued, died early or is long gone.
    pub(crate) fn expiry(&self, token: &str) -> Option<Ms> {
        self.expiry.get(token).copied()
    }

    /// Lets a token die before its time.
    pub(crate) fn kill(&mut self, token: &str) {
        self.expiry.remove(token);
    }

    /// Lets all of them die.
    pub(crate) fn revoke(&mut self) {
        self.expiry.clear();
    }
}
