//! What a world is made from. Two worlds with equal settings and equal requests are equal.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::faults::Faults;
use crate::plan::Plan;
use crate::standard::Mix;

/// The scopes a seller's consent covers unless the settings say otherwise: those a connector of orders and stock needs.
pub const SCOPES: [&str; 6] = [
    "https://api.ebay.com/oauth/api_scope",
    "https://api.ebay.com/oauth/api_scope/sell.fulfillment",
    "https://api.ebay.com/oauth/api_scope/sell.inventory",
    "https://api.ebay.com/oauth/api_scope/sell.finances",
    "https://api.ebay.com/oauth/api_scope/commerce.identity.readonly",
    "https://api.ebay.com/oauth/api_scope/commerce.notification.subscription",
];

/// The hash over which a notification is signed; eBay names it in the header and in the key's description.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Digest {
    /// What eBay's own test vector has.
    #[serde(rename = "SHA1")]
    Sha1,
    /// What eBay's slides of 2021 show.
    #[serde(rename = "SHA256")]
    Sha256,
}

impl Digest {
    /// eBay's word.
    pub fn word(self) -> &'static str {
        match self {
            Digest::Sha1 => "SHA1",
            Digest::Sha256 => "SHA256",
        }
    }
}

/// The key with which the seller signs messages (RFC 9421), as eBay's key management knows it. Where the settings have one,
/// the calls that need a signature of sellers in the EU and the UK are refused without.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageKey {
    /// The value of `x-ebay-signature-key`. eBay reads the public key out of it; here it is only compared.
    pub jwe: String,
    /// The Ed25519 public key, base64 of its 32 bytes or of its SubjectPublicKeyInfo.
    pub public_key: String,
}

/// The ingredients of a [`World`](super::World). [`Settings::new`] has defaults for all but the seed and the origin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// All chance comes from here.
    pub seed: u64,
    /// Orders of the standard plan, placed over the three hours before the origin.
    pub orders: u32,
    /// Orders per minute of marketplace time that arrive after the origin; 0 for none.
    pub arrivals_per_minute: f64,
    /// The most orders that arrive after the origin.
    pub arrivals_max: u32,
    /// What goes wrong.
    pub faults: Faults,
    /// Marketplace time at which the world began.
    pub origin: Timestamp,
    /// The seller's user name, as in `sellerId` of an order.
    pub seller: String,
    /// The site the seller lists on, as in `X-EBAY-C-MARKETPLACE-ID`.
    pub marketplace: String,
    /// The application's id (`client_id`).
    pub client_id: String,
    /// The secret that goes with it.
    pub client_secret: String,
    /// What the seller's consent gave the application.
    pub refresh_token: String,
    /// What the seller consented to.
    pub scopes: Vec<String>,
    /// How long an access token lives, in seconds of marketplace time.
    pub access_s: u32,
    /// Which orders there are.
    pub plan: Plan,
    /// How the SKUs of the standard plan begin; `SKU` are those of the local Walmart.
    pub skus: String,
    /// How the SKUs of the standard plan begin of which there is one.
    pub scarce: String,
    /// On hand as the host would declare it, added to (and winning over) what the plan brings.
    pub on_hand: BTreeMap<String, i64>,
    /// Levels the listings start with; others start at a stale number near what is declared (standard plan) or at what
    /// is declared (explicit plan).
    pub levels: BTreeMap<String, i64>,
    /// SKUs whose listings were not made with the Inventory API: it does not know them, and Trading revises them.
    pub trading: BTreeSet<String>,
    /// How many in a thousand of the standard plan's SKUs are such, by seed.
    pub trading_per_mille: u16,
    /// The shortest and the longest time an answer takes, in milliseconds of marketplace time.
    pub latency_ms: (u32, u32),
    /// Every published daily limit is multiplied by this, for measurements against the sandbox; 1 is what eBay publishes.
    pub rate_factor: u32,
    /// How often one listing may be revised in a day.
    pub revisions_max: u32,
    /// How long a refund takes at least and at most, in seconds of marketplace time.
    pub refund_s: (u32, u32),
    /// The key messages must be signed with; `None` for a seller of whom no signature is demanded.
    pub message_key: Option<MessageKey>,
    /// Where notifications go: a plain `http://` address, to which first a challenge is put.
    pub notification_endpoint: Option<String>,
    /// The word of 32 to 80 letters that goes into the answer to the challenge.
    pub verification_token: String,
    /// How notifications are signed.
    pub notification_digest: Digest,
    /// How many in a thousand orders the buyer sends something back of, by seed, five to twelve days after the sale.
    #[serde(default)]
    pub returns: u16,
    /// Whether the world keeps lines for [`World::take_log`](super::World::take_log).
    pub log: bool,
}

impl Settings {
    /// What the standard plan is mixed from.
    pub(super) fn mix(&self) -> Mix {
        Mix {
            seed: self.seed,
            orders: self.orders,
            origin: self.origin,
            coming: if self.arrivals_per_minute > 0.0 { self.arrivals_max } else { 0 },
            skus: self.skus.clone(),
            scarce: self.scarce.clone(),
        }
    }

    /// A quiet marketplace with no orders: add a plan, orders, faults as needed.
    pub fn new(seed: u64, origin: Timestamp) -> Settings {
        Settings {
            seed,
            orders: 0,
            arrivals_per_minute: 0.0,
            arrivals_max: 0,
            faults: Faults::default(),
            origin,
            seller: "sandbox_seller".into(),
            marketplace: "EBAY_US".into(),
            client_id: "sandbox-client".into(),
            client_secret: "sandbox-secret".into(),
            refresh_token: "v^1.1#i^1#r^1#sandbox-refresh".into(),
            scopes: SCOPES.map(str::to_owned).into(),
            access_s: 7200,
            plan: Plan::Standard,
            skus: "SKU".into(),
            // One unit on a shelf of several marketplaces is not one unit on each of them.
            scarce: "SCARCE-E".into(),
            on_hand: BTreeMap::new(),
            levels: BTreeMap::new(),
            trading: BTreeSet::new(),
            trading_per_mille: 100,
            latency_ms: (40, 250),
            rate_factor: 1,
            revisions_max: 250,
            refund_s: (10, 120),
            message_key: None,
            notification_endpoint: None,
            verification_token: "sandbox-verification-token-of-sutler".into(),
            notification_digest: Digest::Sha1,
            returns: 0,
            log: false,
        }
    }
}
