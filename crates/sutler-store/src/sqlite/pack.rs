//! Compression with a dictionary that is loaded and never trained in a running process. What we keep are thousands of
//! small texts that resemble each other: a dictionary makes a tenth of them where plain compression makes a third.

use super::fault::damaged;
use std::{fmt, sync::LazyLock};
use sutler_core::error::{Error, ErrorKind, Result};
use zstd::{
    bulk::{Compressor, Decompressor},
    dict::{DecoderDictionary, EncoderDictionary},
    zstd_safe::CParameter,
};

/// Fast; with a dictionary nearly as small as higher levels.
const LEVEL: i32 = 1;
/// Nothing we keep is larger; a length beyond it is damage, not something to make room for.
const PLAIN_MAX: usize = 64 << 20;
/// How every zstd frame begins; left out, because we know what we wrote.
const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// A dictionary, ready for both ways. Made by `examples/train_dictionary.rs`; a shipped one never changes.
pub(super) struct Dictionary {
    pub(super) encode: EncoderDictionary<'static>,
    pub(super) decode: DecoderDictionary<'static>,
}

impl Dictionary {
    fn load(bytes: &'static [u8]) -> Self {
        Dictionary { encode: EncoderDictionary::copy(bytes, LEVEL), decode: DecoderDictionary::copy(bytes) }
    }
}

/// For raw payloads: number 1.
pub(super) static PAYLOADS: LazyLock<Dictionary> =
    LazyLock::new(|| Dictionary::load(include_bytes!("../../dict/payloads-1.zdict")));
/// For rows of ours.
pub(super) static ROWS: LazyLock<Dictionary> =
    LazyLock::new(|| Dictionary::load(include_bytes!("../../dict/rows-1.zdict")));

/// A compressor and its counterpart.
pub(super) struct Packer {
    pack: Compressor<'static>,
    unpack: Decompressor<'static>,
    frame: Vec<u8>,
}

impl Packer {
    pub(super) fn new(dictionary: &'static Dictionary) -> Result<Self> {
        let failed = |error: std::io::Error| {
            Error::new(ErrorKind::Store, "store.open").message(format!("no memory to compress with: {error}"))
        };
        let mut pack = Compressor::with_prepared_dictionary(&dictionary.encode).map_err(failed)?;
        // Who keeps the body keeps the dictionary's number and the plain length.
        pack.set_parameter(CParameter::DictIdFlag(false)).map_err(failed)?;
        pack.set_parameter(CParameter::ContentSizeFlag(false)).map_err(failed)?;
        let unpack = Decompressor::with_prepared_dictionary(&dictionary.decode).map_err(failed)?;
        Ok(Packer { pack, unpack, frame: Vec::new() })
    }

    /// Appends the compressed `plain` to `out`.
    pub(super) fn pack(&mut self, plain: &[u8], out: &mut Vec<u8>) -> Result<()> {
        let failed = |detail: String| {
            Error::new(ErrorKind::Store, "store.pack").message(format!("a value cannot be stored: {detail}"))
        };
        if plain.len() > PLAIN_MAX {
            return Err(failed(format!("it has {} bytes, and {PLAIN_MAX} are the most", plain.len())));
        }
        self.frame.clear();
        self.frame.reserve(zstd::zstd_safe::compress_bound(plain.len()));
        let packed = self.pack.compress_to_buffer(plain, &mut self.frame);
        packed.map_err(|error| failed(error.to_string()))?;
        out.extend_from_slice(self.frame.get(MAGIC.len()..).unwrap_or_default());
        Ok(())
    }

    /// What [`Packer::pack`] made, which was `length` bytes.
    pub(super) fn unpack(&mut self, what: &str, packed: &[u8], length: usize) -> Result<Vec<u8>> {
        if length > PLAIN_MAX {
            return Err(damaged(what, format!("a length of {length}")));
        }
        self.frame.clear();
        self.frame.extend_from_slice(&MAGIC);
        self.frame.extend_from_slice(packed);
        let plain = self.unpack.decompress(&self.frame, length).map_err(|error| damaged(what, error))?;
        if plain.len() == length {
            return Ok(plain);
        }
        Err(damaged(what, format!("{} bytes instead of {length}", plain.len())))
    }
}

impl fmt::Debug for Packer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Packer")
    }
}
