//! Rows as bytes. Bodies are postcard (compact, positional) after a byte that says how they were written; codes of closed
//! sets stand here, so that no order of a Rust enum leaks into files.

use super::{
    core::Core,
    fault::damaged,
    pack::{Packer, ROWS},
};
use serde::{Serialize, de::DeserializeOwned};
use sutler_core::{
    command::{CommandKey, State, Verb},
    error::{Error, ErrorKind, Result},
    journal::Entry,
    state::{OrderState, Phase},
};

/// Bodies written by this version: postcard as it is, and postcard compressed after its length.
const PLAIN: u8 = 1;
const PACKED: u8 = 2;
/// An order without its facts and verdicts: the journal positions they stand in (eight bytes each, least first; zero where
/// they do not), then the rest as any body.
pub(super) const LEAN: u8 = 3;
/// Shorter bodies gain nothing by compression.
const PACK_FROM: usize = 96;

/// Turns rows into bytes and back.
#[derive(Debug)]
pub(super) struct Bodies {
    packer: Packer,
    plain: Vec<u8>,
}

impl Bodies {
    pub(super) fn new() -> Result<Self> {
        Ok(Bodies { packer: Packer::new(&ROWS)?, plain: Vec::new() })
    }

    /// A value as bytes.
    pub(super) fn encode<T: Serialize + ?Sized>(&mut self, what: &'static str, value: &T) -> Result<Vec<u8>> {
        let mut plain = std::mem::take(&mut self.plain);
        plain.clear();
        plain.push(PLAIN);
        let plain = postcard::to_extend(value, plain).map_err(|error| {
            Error::new(ErrorKind::Store, "store.encode")
                .message(format!("this {what} cannot be stored: {error}"))
        })?;
        let mut out = Vec::with_capacity(plain.len());
        match plain.get(1..) {
            Some(body) if body.len() >= PACK_FROM => {
                out.push(PACKED);
                let length = postcard::to_extend(&body.len(), out);
                out = length.map_err(|error| damaged(what, error))?;
                self.packer.pack(body, &mut out)?;
            }
            _ => out.extend_from_slice(&plain),
        }
        self.plain = plain;
        Ok(out)
    }

    /// A value as bytes, never compressed: for rows that are written several times within seconds, where the time is worth
    /// more than the bytes.
    pub(super) fn encode_plain<T: Serialize + ?Sized>(
        &self,
        what: &'static str,
        value: &T,
    ) -> Result<Vec<u8>> {
        let mut out = Vec::with_capacity(256);
        self.extend_plain(what, value, &mut out)?;
        Ok(out)
    }

    /// The same, after what `out` holds.
    pub(super) fn extend_plain<T: Serialize + ?Sized>(
        &self,
        what: &'static str,
        value: &T,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let mut bytes = std::mem::take(out);
        bytes.push(PLAIN);
        *out = postcard::to_extend(value, bytes).map_err(|error| {
            Error::new(ErrorKind::Store, "store.encode")
                .message(format!("this {what} cannot be stored: {error}"))
        })?;
        Ok(())
    }

    /// A value of [`Bodies::encode`] or [`Bodies::encode_plain`].
    pub(super) fn decode<T: DeserializeOwned>(&mut self, what: &'static str, bytes: &[u8]) -> Result<T> {
        match bytes.split_first() {
            Some((&PLAIN, body)) => postcard::from_bytes(body).map_err(|error| damaged(what, error)),
            Some((&PACKED, rest)) => {
                let (length, packed) =
                    postcard::take_from_bytes::<usize>(rest).map_err(|error| damaged(what, error))?;
                let plain = self.packer.unpack(what, packed, length)?;
                postcard::from_bytes(&plain).map_err(|error| damaged(what, error))
            }
            Some((other, _)) => {
                Err(damaged(what, format!("format {other}; this version reads {PLAIN} and {PACKED}")))
            }
            None => Err(damaged(what, "it is empty")),
        }
    }
}

impl Bodies {
    /// An order. Those written before there were judges end before what they said, those written before returns were read
    /// before these: nobody had said anything and nothing was sent back then.
    pub(super) fn decode_order(&mut self, bytes: &[u8]) -> Result<OrderState> {
        self.decode("order", bytes).or_else(|error| {
            let mut plain = match bytes.split_first() {
                Some((&PLAIN, body)) => body.to_vec(),
                Some((&PACKED, rest)) => {
                    let (length, packed) =
                        postcard::take_from_bytes::<usize>(rest).map_err(|error| damaged("order", error))?;
                    self.packer.unpack("order", packed, length)?
                }
                _ => return Err(error),
            };
            let shorter = [1, 2].into_iter().find_map(|_| {
                plain.push(0);
                postcard::from_bytes(&plain).ok()
            });
            shorter.ok_or(error)
        })
    }
}

impl Core {
    pub(super) fn encode<T: Serialize + ?Sized>(&self, what: &'static str, value: &T) -> Result<Vec<u8>> {
        self.bodies.borrow_mut().encode(what, value)
    }

    pub(super) fn decode<T: DeserializeOwned>(&self, what: &'static str, bytes: &[u8]) -> Result<T> {
        self.bodies.borrow_mut().decode(what, bytes)
    }
}

pub(super) fn phase_code(phase: Phase) -> i64 {
    match phase {
        Phase::New => 0,
        Phase::Held => 1,
        Phase::Open => 2,
        Phase::PartlyShipped => 3,
        Phase::Shipped => 4,
        Phase::Delivered => 5,
        Phase::Cancelled => 6,
    }
}

pub(super) fn phase_of(code: i64) -> Result<Phase> {
    let all = Phase::ALL.iter().map(|(phase, _)| *phase);
    all.into_iter().find(|phase| phase_code(*phase) == code).ok_or_else(|| damaged("phase", code))
}

/// Open states come first: `command_open` holds those below 5.
pub(super) fn state_code(state: State) -> i64 {
    match state {
        State::Intended => 0,
        State::Sent => 1,
        State::Accepted => 2,
        State::InDoubt => 3,
        State::Unresolved => 4,
        State::Confirmed => 5,
        State::Refused => 6,
        State::Redirected => 7,
        State::Void => 8,
    }
}

/// Verbs by code. New ones are added at the end.
const VERBS: &[Verb] = &[
    Verb::Acknowledge,
    Verb::ConfirmShipment,
    Verb::Cancel,
    Verb::SetLevel,
    Verb::Refund,
    Verb::AnswerCancel,
];

pub(super) fn verb_code(verb: Verb) -> Result<i64> {
    VERBS.iter().position(|known| *known == verb).map(|code| code as i64).ok_or_else(|| {
        Error::new(ErrorKind::Invalid, "store.command")
            .message(format!("this store has no code for the verb {}", verb.as_str()))
    })
}

pub(super) fn verb_of(code: i64) -> Result<Verb> {
    let verb = usize::try_from(code).ok().and_then(|at| VERBS.get(at));
    verb.copied().ok_or_else(|| damaged("verb", code))
}

/// A command key from its columns.
pub(super) fn command_key(verb: i64, subject: String, ordinal: i64) -> Result<CommandKey> {
    let ordinal = u32::try_from(ordinal).map_err(|_| damaged("ordinal", ordinal))?;
    Ok(CommandKey { verb: verb_of(verb)?, subject, ordinal })
}

/// Kinds by code; a kind this version does not know is 0. Bodies tell them apart by themselves: this is for people who
/// read the table.
pub(super) fn kind_code(entry: &Entry) -> i64 {
    match entry {
        Entry::Observed(_) => 1,
        Entry::Decided(_) => 2,
        Entry::Intended(_) => 3,
        Entry::Stepped { .. } => 4,
        Entry::Reported(_) => 5,
        Entry::Released { .. } => 6,
        Entry::Counted { .. } => 7,
        Entry::Erased { .. } => 8,
        Entry::Returned(_) => 9,
        Entry::Judged(_) => 10,
        Entry::AddressChanged => 11,
        _ => 0,
    }
}

/// The least text greater than every text that begins with `prefix`; none when there is no such text.
pub(super) fn after_prefix(prefix: &str) -> Option<String> {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        // SQLite compares bytes, which in UTF-8 is the order of scalar values; those skip the surrogates.
        let next = if last == '\u{d7ff}' { Some('\u{e000}') } else { char::from_u32(u32::from(last) + 1) };
        if let Some(next) = next {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

/// A hash of sorted SKUs that stays what it is (FNV-1a).
pub(super) fn skus_hash<'a>(skus: impl Iterator<Item = &'a str>) -> i64 {
    let mut state: u64 = 0xcbf2_9ce4_8422_2325;
    for sku in skus {
        for byte in sku.bytes().chain([0xff]) {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    state.cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_one_to_one_and_open_states_come_first() {
        for (phase, _) in Phase::ALL {
            assert_eq!(phase_of(phase_code(*phase)).expect("a code"), *phase);
            assert_eq!(phase_code(*phase) < 4, crate::derive::is_open(*phase));
        }
        for (verb, _) in Verb::ALL {
            assert_eq!(verb_of(verb_code(*verb).expect("a verb")).expect("a code"), *verb);
        }
        for (state, _) in State::ALL {
            assert_eq!(state_code(*state) < 5, !state.is_terminal());
        }
        // Keys sort by verb first, in the enum's order; so must the column.
        assert!(VERBS.is_sorted());
    }

    #[test]
    fn a_prefix_ends_where_the_next_text_begins() {
        assert_eq!(after_prefix("AB").as_deref(), Some("AC"));
        assert_eq!(after_prefix("A\u{10ffff}").as_deref(), Some("B"));
        assert_eq!(after_prefix("\u{d7ff}").as_deref(), Some("\u{e000}"));
        assert_eq!(after_prefix("\u{10ffff}"), None);
    }
}
