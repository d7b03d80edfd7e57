//! What channels are made of, and local marketplaces.

use super::{Instant, Secret, Span};
use crate::schema::structures;
use std::collections::BTreeMap;

structures! {
    /// Where a marketplace is reached, and by whom. What a local one gives, `add_channel` takes.
    WalmartSettings {
        /// The seller id.
        seller: String,
        /// The client id of the developer portal.
        client_id: String,
        /// The secret that goes with it.
        client_secret: Secret,
        /// `production`, `sandbox` or `local`; production unless said.
        environment: Option<String>,
        /// Another scheme and host, without a path.
        base_url: Option<String>,
        /// Another token endpoint, with its path.
        token_url: Option<String>,
        /// The ship node stock is kept at, for sellers with more than one.
        ship_node: Option<String>,
        /// How far back the first reads reach; 179 days unless said.
        backfill: Option<Span>,
        /// The longest one call may take; 30 seconds unless said.
        call_timeout: Option<Span>,
        /// Multiplies every published rate; 1 unless said.
        rate_factor: Option<f64>,
        /// User name and password of a subscription to pushes, as `user:password`.
        push_password: Option<Secret>,
        /// Name of the header and secret of an HMAC subscription to pushes, as `header:secret`.
        push_hmac: Option<Secret>,
        /// The time a local marketplace runs by.
        pace: Option<Pace>,
    }

    /// An Amazon seller account (Selling Partner API).
    AmazonSettings {
        /// The seller (merchant) id.
        seller: String,
        /// The application's client id.
        client_id: String,
        /// The application's client secret.
        client_secret: Secret,
        /// The refresh token of the seller's authorization.
        refresh_token: Secret,
        /// `na`, `eu` or `fe`; `na` unless said.
        region: Option<String>,
        /// Marketplace ids; that of the United States unless said.
        marketplaces: Option<Vec<String>>,
        /// `production`, `sandbox` or `local`; production unless said.
        environment: Option<String>,
        /// Another scheme and host, without a path.
        base_url: Option<String>,
        /// Another token endpoint, with its path.
        token_url: Option<String>,
        /// How far back the first reads reach.
        backfill: Option<Span>,
        /// The longest one call may take; 30 seconds unless said.
        call_timeout: Option<Span>,
        /// Multiplies every published rate; 1 unless said.
        rate_factor: Option<f64>,
        /// The time a local marketplace runs by.
        pace: Option<Pace>,
    }

    /// An eBay seller account (Sell APIs).
    EbaySettings {
        /// The seller's user name.
        seller: String,
        /// The application's client id.
        client_id: String,
        /// The application's client secret.
        client_secret: Secret,
        /// The refresh token of the seller's consent.
        refresh_token: Secret,
        /// The site (`EBAY_US`); that of the United States unless said.
        marketplace: Option<String>,
        /// `production`, `sandbox` or `local`; production unless said.
        environment: Option<String>,
        /// Another scheme and host, without a path.
        base_url: Option<String>,
        /// Another token endpoint, with its path.
        token_url: Option<String>,
        /// How far back the first reads reach.
        backfill: Option<Span>,
        /// The longest one call may take; 30 seconds unless said.
        call_timeout: Option<Span>,
        /// Multiplies every published rate; 1 unless said.
        rate_factor: Option<f64>,
        /// The endpoint notifications come to.
        notification_endpoint: Option<String>,
        /// The verification token of that endpoint.
        verification_token: Option<Secret>,
        /// The time a local marketplace runs by.
        pace: Option<Pace>,
    }

    /// The time of a local marketplace.
    Pace {
        /// Marketplace time at `started`.
        origin: Instant,
        /// Wall time at which it was `origin`.
        started: Instant,
        /// Marketplace seconds in a second of the wall.
        speed: f64,
    }

    /// A running local marketplace.
    Market {
        /// `walmart`, `amazon` or `ebay`.
        marketplace: String,
        /// What stands in for the marketplace's scheme and host.
        base_url: String,
        /// Where tokens are asked for.
        token_url: String,
        /// The seller's id.
        seller: String,
        /// The client id it accepts.
        client_id: String,
        /// The secret that goes with it.
        client_secret: String,
        /// The refresh token it accepts, where it has one.
        refresh_token: Option<String>,
        /// What is on hand, by SKU, counted at `pace.origin`.
        on_hand: BTreeMap<String, i64>,
        /// The time it runs by.
        pace: Pace,
    }

    /// What took effect at a local marketplace so far.
    Effects {
        /// Orders acknowledged, each with how often.
        acknowledged: BTreeMap<String, u64>,
        /// Requests answered.
        requests: u64,
        /// Requests refused as too many.
        too_many: u64,
        /// Units offered again after their sale had been seen.
        reoffered_after_seen: u64,
    }
}
