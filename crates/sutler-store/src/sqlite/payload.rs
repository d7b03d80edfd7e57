//! Raw payloads: the keyed digest that tells whether one was seen, and the body it is kept in.

use super::{fault::damaged, pack::Packer};
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sutler_core::{
    address::Address,
    error::{Error, ErrorKind, Result},
    ports::store::{Digest, Personal},
};

/// The dictionary payloads are written with. Files keep the number, so a later version adds one and keeps this.
pub(super) const DICT: i64 = 1;

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

/// Address and payload as one compressed body, after their lengths.
pub(super) fn pack(packer: &mut Packer, personal: &Personal) -> Result<Vec<u8>> {
    let failed = |detail: &dyn std::fmt::Display| {
        Error::new(ErrorKind::Store, "store.personal")
            .message(format!("a payload cannot be stored: {detail}"))
    };
    // The payload first: the address then repeats what stands in it.
    let plain =
        postcard::to_extend(&personal.ship_to, personal.raw.to_vec()).map_err(|error| failed(&error))?;
    let mut body = postcard::to_stdvec(&(plain.len(), personal.raw.len())).map_err(|error| failed(&error))?;
    packer.pack(&plain, &mut body)?;
    Ok(body)
}

/// What [`pack`] made.
pub(super) fn unpack(packer: &mut Packer, dict: i64, body: &[u8]) -> Result<Personal> {
    if dict != DICT {
        return Err(damaged("payload", format!("dictionary {dict}; this version knows {DICT}")));
    }
    let ((whole, raw), packed) =
        postcard::take_from_bytes::<(usize, usize)>(body).map_err(|error| damaged("payload", error))?;
    let mut plain = packer.unpack("payload", packed, whole)?;
    if raw > plain.len() {
        return Err(damaged("payload", format!("lengths {whole} and {raw}")));
    }
    let address = plain.split_off(raw);
    let ship_to: Address = postcard::from_bytes(&address).map_err(|error| damaged("address", error))?;
    Ok(Personal { ship_to, raw: Bytes::from(plain) })
}
