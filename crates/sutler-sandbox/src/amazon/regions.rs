//! Amazon's regions and marketplace ids.

/// The three endpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Region {
    NorthAmerica,
    Europe,
    FarEast,
}

impl Region {
    /// The part of the host's name that tells regions apart: `sellingpartnerapi-na.amazon.com`.
    pub(crate) fn short(self) -> &'static str {
        match self {
            Region::NorthAmerica => "na",
            Region::Europe => "eu",
            Region::FarEast => "fe",
        }
    }

    pub(crate) fn aws(self) -> &'static str {
        match self {
            Region::NorthAmerica => "us-east-1",
            Region::Europe => "eu-west-1",
            Region::FarEast => "us-west-2",
        }
    }
}

/// One store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) id: &'static str,
    pub(crate) country: &'static str,
    pub(crate) region: Region,
    pub(crate) domain: &'static str,
    pub(crate) currency: &'static str,
    pub(crate) language: &'static str,
}

const fn place(
    id: &'static str,
    country: &'static str,
    region: Region,
    domain: &'static str,
    currency: &'static str,
    language: &'static str,
) -> Place {
    Place { id, country, region, domain, currency, language }
}

use Region::{Europe, FarEast, NorthAmerica};

/// The ids as client libraries list them.
pub(crate) const PLACES: [Place; 23] = [
    place("ATVPDKIKX0DER", "US", NorthAmerica, "www.amazon.com", "USD", "en_US"),
    place("A2EUQ1WTGCTBG2", "CA", NorthAmerica, "www.amazon.ca", "CAD", "en_CA"),
    place("A1AM78C64UM0Y8", "MX", NorthAmerica, "www.amazon.com.mx", "MXN", "es_MX"),
    place("A2Q3Y263D00KWC", "BR", NorthAmerica, "www.amazon.com.br", "BRL", "pt_BR"),
    place("A1F83G8C2ARO7P", "GB", Europe, "www.amazon.co.uk", "GBP", "en_GB"),
    place("A1PA6795UKMFR9", "DE", Europe, "www.amazon.de", "EUR", "de_DE"),
    place("A13V1IB3VIYZZH", "FR", Europe, "www.amazon.fr", "EUR", "fr_FR"),
    place("APJ6JRA9NG5V4", "IT", Europe, "www.amazon.it", "EUR", "it_IT"),
    place("A1RKKUPIHCS9HS", "ES", Europe, "www.amazon.es", "EUR", "es_ES"),
    place("A1805IZSGTT6HS", "NL", Europe, "www.amazon.nl", "EUR", "nl_NL"),
    place("A2NODRKZP88ZB9", "SE", Europe, "www.amazon.se", "SEK", "sv_SE"),
    place("A1C3SOZRARQ6R3", "PL", Europe, "www.amazon.pl", "PLN", "pl_PL"),
    place("AMEN7PMS3EDWL", "BE", Europe, "www.amazon.com.be", "EUR", "fr_BE"),
    place("A28R8C7NBKEWEA", "IE", Europe, "www.amazon.ie", "EUR", "en_IE"),
    place("A33AVAJ2PDY3EV", "TR", Europe, "www.amazon.com.tr", "TRY", "tr_TR"),
    place("A2VIGQ35RCS4UG", "AE", Europe, "www.amazon.ae", "AED", "en_AE"),
    place("A17E79C6D8DWNP", "SA", Europe, "www.amazon.sa", "SAR", "ar_SA"),
    place("ARBP9OOSHTCHU", "EG", Europe, "www.amazon.eg", "EGP", "ar_EG"),
    place("AE08WJ6YKNBMC", "ZA", Europe, "www.amazon.co.za", "ZAR", "en_ZA"),
    place("A21TJRUUN4KGV", "IN", Europe, "www.amazon.in", "INR", "en_IN"),
    place("A1VC38T7YXB528", "JP", FarEast, "www.amazon.co.jp", "JPY", "ja_JP"),
    place("A39IBJ37TRP1C6", "AU", FarEast, "www.amazon.com.au", "AUD", "en_AU"),
    place("A19VAU5U5O7RUS", "SG", FarEast, "www.amazon.sg", "SGD", "en_SG"),
];

/// The store of that id, or `None` for one Amazon does not have.
pub(crate) fn find(id: &str) -> Option<Place> {
    PLACES.into_iter().find(|place| place.id == id)
}

/// The store of a world; one with an unknown id is in the United States.
pub(crate) fn of(id: &str) -> Place {
    let [first, ..] = PLACES;
    find(id).unwrap_or(first)
}
