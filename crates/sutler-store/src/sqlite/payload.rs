//! Raw payloads: the keyed digest that tells whether one was seen, and the compression it is kept under.

use super::fault::damaged;
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::sync::LazyLock;
use sutler_core::{
    address::Address,
    error::{Error, ErrorKind, Result},
    ports::store::{Digest, Personal},
};
use zstd::{
    bulk::{Compressor, Decompressor},
    dict::{DecoderDictionary, EncoderDictionary},
    zstd_safe::CParameter,
};

/// The dictionary payloads are written with. Files keep the number, so a later version adds one and keeps this.
pub(super) const DICT: i64 = 1;
/// Trained once, by `examples/train_dictionary.rs`; loaded and never trained in a running process.
const DICT_1: &[u8] = include_bytes!("../../dict/orders-1.zdict");
/// Fast, and with a dictionary nearly as small as higher levels.
const LEVEL: i32 = 1;
/// No payload of an order is larger; a length beyond it is damage, not something to make room for.
const BODY_MAX: usize = 64 << 20;

static ENCODER: LazyLock<EncoderDictionary<'static>> =
    LazyLock::new(|| EncoderDictionary::copy(DICT_1, LEVEL));
static DECODER: LazyLock<DecoderDictionary<'static>> = LazyLock::new(|| DecoderDictionary::copy(DICT_1));

/// HMAC-SHA-256 under a key of the tenant, its first half.
pub(super) struct Digests(Hmac<Sha256>);

impl Digests {
    pub(super) fn new(key: &[u8]) -> Result<Self> {
        Hmac::new_from_slice(key).map(Digests).map_err(|error| damaged("digest key", error))
    }

    pub(super) fn of(&self, raw: &[u8]) -> Digest {
        // The state after the key is kept, so a digest costs the payload alone.
        let mut mac = self.0.clone();
        mac.update(raw);
        let whole = mac.finalize().into_bytes();
        let mut half = Digest::default();
        half.iter_mut().zip(whole.iter()).for_each(|(to, from)| *to = *from);
        half
    }
}

/// A compressor and its counterpart, with their buffers.
pub(super) struct Packer {
    pack: Compressor<'static>,
    unpack: Decompressor<'static>,
    plain: Vec<u8>,
}

impl Packer {
    pub(super) fn new() -> Result<Self> {
        let failed = |error: std::io::Error| {
            Error::new(ErrorKind::Store, "store.open").message(format!("no memory to compress with: {error}"))
        };
        let mut pack = Compressor::with_prepared_dictionary(&ENCODER).map_err(failed)?;
        // The row keeps the dictionary's number and the body its length.
        pack.set_parameter(CParameter::DictIdFlag(false)).map_err(failed)?;
        pack.set_parameter(CParameter::ContentSizeFlag(false)).map_err(failed)?;
        let unpack = Decompressor::with_prepared_dictionary(&DECODER).map_err(failed)?;
        Ok(Packer { pack, unpack, plain: Vec::new() })
    }

    /// Address and raw payload as one compressed body, after its plain length.
    pub(super) fn pack(&mut self, personal: &Personal) -> Result<Vec<u8>> {
        let failed = |detail: &dyn std::fmt::Display| {
            Error::new(ErrorKind::Store, "store.personal")
                .message(format!("a payload cannot be stored: {detail}"))
        };
        self.plain.clear();
        // The raw payload first: the address then repeats what stands in it.
        self.plain.extend_from_slice(&personal.raw);
        let plain = std::mem::take(&mut self.plain);
        let mut plain = postcard::to_extend(&personal.ship_to, plain).map_err(|error| failed(&error))?;
        if plain.len() > BODY_MAX {
            return Err(failed(&format!("it has {} bytes, and {BODY_MAX} are the most", plain.len())));
        }
        let lengths = [plain.len() as u32, personal.raw.len() as u32];
        let body = postcard::to_stdvec(&lengths).map_err(|error| failed(&error))?;
        let packed = self.pack.compress(&plain).map_err(|error| failed(&error))?;
        plain.clear();
        self.plain = plain;
        Ok([body, packed].concat())
    }

    /// What [`Packer::pack`] made.
    pub(super) fn unpack(&mut self, dict: i64, body: &[u8]) -> Result<Personal> {
        if dict != DICT {
            return Err(damaged("payload", format!("dictionary {dict}; this version knows {DICT}")));
        }
        let ([whole, raw], packed) =
            postcard::take_from_bytes::<[u32; 2]>(body).map_err(|error| damaged("payload", error))?;
        if whole as usize > BODY_MAX || raw > whole {
            return Err(damaged("payload", format!("lengths {whole} and {raw}")));
        }
        let mut plain =
            self.unpack.decompress(packed, whole as usize).map_err(|error| damaged("payload", error))?;
        if plain.len() != whole as usize {
            return Err(damaged("payload", format!("{} bytes instead of {whole}", plain.len())));
        }
        let address = plain.split_off(raw as usize);
        let ship_to: Address = postcard::from_bytes(&address).map_err(|error| damaged("address", error))?;
        Ok(Personal { ship_to, raw: Bytes::from(plain) })
    }
}

impl std::fmt::Debug for Packer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Packer")
    }
}
