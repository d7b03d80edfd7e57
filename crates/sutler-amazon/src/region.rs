//! Regions, and the marketplaces of each.

/// Where a seller's endpoint is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Region {
    /// US, CA, MX, BR.
    #[default]
    NorthAmerica,
    /// Europe, the Middle East, Africa and India.
    Europe,
    /// JP, AU, SG.
    FarEast,
}

/// Marketplace ids by region (a copy of the published list, read 2026-11-23).
const MARKETPLACES: [(Region, &str, &str); 23] = [
    (Region::NorthAmerica, "ATVPDKIKX0DER", "US"),
    (Region::NorthAmerica, "A2EUQ1WTGCTBG2", "CA"),
    (Region::NorthAmerica, "A1AM78C64UM0Y8", "MX"),
    (Region::NorthAmerica, "A2Q3Y263D00KWC", "BR"),
    (Region::Europe, "A1F83G8C2ARO7P", "GB"),
    (Region::Europe, "A1PA6795UKMFR9", "DE"),
    (Region::Europe, "A13V1IB3VIYZZH", "FR"),
    (Region::Europe, "APJ6JRA9NG5V4", "IT"),
    (Region::Europe, "A1RKKUPIHCS9HS", "ES"),
    (Region::Europe, "A1805IZSGTT6HS", "NL"),
    (Region::Europe, "A2NODRKZP88ZB9", "SE"),
    (Region::Europe, "A1C3SOZRARQ6R3", "PL"),
    (Region::Europe, "AMEN7PMS3EDWL", "BE"),
    (Region::Europe, "A28R8C7NBKEWEA", "IE"),
    (Region::Europe, "A33AVAJ2PDY3EV", "TR"),
    (Region::Europe, "A2VIGQ35RCS4UG", "AE"),
    (Region::Europe, "A17E79C6D8DWNP", "SA"),
    (Region::Europe, "ARBP9OOSHTCHU", "EG"),
    (Region::Europe, "AE08WJ6YKNBMC", "ZA"),
    (Region::Europe, "A21TJRUUN4KGV", "IN"),
    (Region::FarEast, "A1VC38T7YXB528", "JP"),
    (Region::FarEast, "A39IBJ37TRP1C6", "AU"),
    (Region::FarEast, "A19VAU5U5O7RUS", "SG"),
];

impl Region {
    /// `na`, `eu` or `fe`.
    pub fn as_str(self) -> &'static str {
        match self {
            Region::NorthAmerica => "na",
            Region::Europe => "eu",
            Region::FarEast => "fe",
        }
    }

    /// Reads `na`, `eu` or `fe`.
    pub fn from_text(text: &str) -> Option<Region> {
        [Region::NorthAmerica, Region::Europe, Region::FarEast]
            .into_iter()
            .find(|region| region.as_str() == text)
    }

    /// The region of a marketplace; none for one this version does not know.
    pub fn of(marketplace: &str) -> Option<Region> {
        MARKETPLACES.iter().find(|(_, id, _)| *id == marketplace).map(|(region, ..)| *region)
    }
}
