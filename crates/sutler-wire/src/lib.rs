//! What connectors share of reading and writing a marketplace's documents: a look at JSON that may be anything, and texts for
//! URLs. Nothing here knows a marketplace.

mod look;

pub use look::{Look, Notes};

/// A path segment or query value with everything escaped that could mean something else.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => {
                const HEX: &[u8; 16] = b"0123456789ABCDEF";
                out.push('%');
                for half in [byte >> 4, byte & 15] {
                    out.push(HEX.get(usize::from(half)).copied().map_or('0', char::from));
                }
            }
        }
    }
    out
}

/// The name under which an order without an id is kept: the same bytes read again are the same order (FNV-1a).
pub fn unidentified(raw: &[u8]) -> String {
    let hash = raw.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("unidentified-{hash:016x}")
}
