//! What a check has to say about a message.

use std::fmt;

use serde::Deserialize;

/// Which half of a call a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// What we sent.
    Request,
    /// What came back.
    Answer,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Side::Request => "request",
            Side::Answer => "answer",
        })
    }
}

/// In what way a message differs from the specification. In `exceptions.toml` a fault is named in kebab-case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// The specification has no such method and path.
    UnknownCall,
    /// A query parameter it does not name.
    UnknownParameter,
    /// A query parameter it requires is not there.
    MissingParameter,
    /// A `WM_` header it does not name.
    UnknownHeader,
    /// A header it requires is not there or blank.
    MissingHeader,
    /// The body is of a media type it does not name.
    MediaType,
    /// There is no body where it requires one, or one where it has none.
    Body,
    /// The body is not the JSON or form its media type promises.
    Unreadable,
    /// A status it does not document. Walmart's documents know 200 alone.
    Status,
    /// A field it does not name.
    UnknownField,
    /// A field it requires is not there.
    MissingField,
    /// Null where it does not allow null.
    Null,
    /// A value of another JSON type.
    Type,
    /// Text outside its list of values.
    Choice,
    /// Text or a number outside its format.
    Format,
}

/// One difference between a message and the specification, at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The call, as `walmart.orders.ship`; of an unknown call its method and path.
    pub verb: String,
    /// Which half of the call.
    pub side: Side,
    /// Where: `status 404`, `query limit`, `header WM_SVC.NAME`, or a path into the body as
    /// `body.list.elements.order[3].shippingInfo.phone`.
    pub place: String,
    /// In what way it differs.
    pub fault: Fault,
    /// The difference in words.
    pub message: String,
    /// What the other copy of the specification says of the same message; absent where that copy lacks the call.
    pub second_opinion: Option<Opinion>,
}

/// Whether the other copy of the specification finds the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opinion {
    /// It finds the same.
    Agrees,
    /// It accepts the message at that place.
    Accepts,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {} {}", self.verb, self.side, self.place, self.message)?;
        match self.second_opinion {
            Some(Opinion::Agrees) => f.write_str(" (so says the other copy too)"),
            Some(Opinion::Accepts) => f.write_str(" (the other copy accepts it)"),
            None => Ok(()),
        }
    }
}
