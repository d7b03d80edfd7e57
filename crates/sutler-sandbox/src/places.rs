//! Tables for invented people at plausible addresses. ZIP codes lie in the state they are listed with.

pub(crate) const PLACES: &[(&str, &str, &str)] = &[
    ("Warners", "NY", "13164"),
    ("Brooklyn", "NY", "11215"),
    ("San Francisco", "CA", "94133"),
    ("Sacramento", "CA", "95814"),
    ("Chicago", "IL", "60646"),
    ("Naperville", "IL", "60540"),
    ("Tampa", "FL", "33602"),
    ("Orlando", "FL", "32801"),
    ("Austin", "TX", "78701"),
    ("Dallas", "TX", "75201-1234"),
    ("Denver", "CO", "80202"),
    ("Seattle", "WA", "98101"),
    ("Portland", "OR", "97205"),
    ("Boston", "MA", "02116"),
    ("Philadelphia", "PA", "19103"),
    ("Atlanta", "GA", "30303"),
    ("Phoenix", "AZ", "85004"),
    ("Columbus", "OH", "43215"),
    ("Detroit", "MI", "48226"),
    ("Minneapolis", "MN", "55401"),
    ("Nashville", "TN", "37203"),
    ("Charlotte", "NC", "28202"),
    ("Bentonville", "AR", "72712"),
    ("Salt Lake City", "UT", "84101"),
];

pub(crate) const STREETS: &[&str] = &[
    "Maple Avenue",
    "Oak Street",
    "N Kilpatrick Avenue",
    "Mason Street",
    "Meandering Way",
    "W Elm Drive",
    "Lakeview Terrace",
    "Cherry Lane",
    "Sunset Boulevard",
    "Mill Road",
];

pub(crate) const BAD_STREETS: &[&str] = &["TBD", "N/A", "********"];

pub(crate) const FIRST_NAMES: &[&str] = &[
    "Kathryn", "Steffen", "Dorothy", "Donna", "Luis", "Mei", "Amir", "José", "Grace", "Peter", "Ana", "Noah",
];

pub(crate) const LAST_NAMES: &[&str] = &[
    "Cole", "Matt", "Kelly", "Becker", "Ortega", "Chen", "O'Neill", "Nguyen", "Smith", "Müller", "Rossi",
    "Hall",
];
