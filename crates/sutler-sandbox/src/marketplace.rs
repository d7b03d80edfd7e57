//! What every local marketplace is to whoever serves it, keeps it in a file or counts what took effect.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use chrono::Duration;
use http::{Request, Response};
use serde_json::Value;

use crate::Timestamp;
use crate::effects::Effects;
use crate::faults::Faults;
use crate::log::RecoverError;
use crate::plan::PlanEntry;
use crate::shelf::Pool;

/// One seller's view of a marketplace, with all that happens in it.
///
/// It has no clock and no randomness of its own: the instant comes with every call and all chance comes from the seed of
/// its settings, so the same calls give the same answers, byte for byte. An instant before the latest known counts as
/// that.
pub trait Marketplace: std::fmt::Debug + Send + 'static {
    /// Answers a request that arrives at `now`: every path, also those under `/_sandbox/`.
    ///
    /// Whatever answer is not `None` counts as delivered at `now + after`, unless [`dropped`](Self::dropped) says
    /// otherwise.
    fn receive(&mut self, now: Timestamp, request: &Request<Bytes>) -> Reply;

    /// Takes back the delivery of an answer whose client was gone before it came.
    fn dropped(&mut self, reply: u64);

    /// Lets time go on to `now`: arrivals, late applications, automatic cancellations.
    fn advance(&mut self, now: Timestamp);

    /// What the marketplace has to tell by itself up to `now`, each as the request that delivers it, in the order in which
    /// it sends them. Each is given out once. Empty unless the settings name a place to send to.
    fn take_pushes(&mut self, now: Timestamp) -> Vec<Push>;

    /// What became of a push that was given out: the answer that took it, or `None` when nobody did. What is sent until it is
    /// taken needs to know; who has nothing of the kind need not listen.
    fn answered(&mut self, now: Timestamp, push: &Push, answer: Option<&Response<Bytes>>) {
        let _ = (now, push, answer);
    }

    /// The latest instant it was told of: where the clock of a restarted sandbox goes on.
    fn last_instant(&self) -> Timestamp;

    /// Marketplace time at which it began.
    fn origin(&self) -> Timestamp;

    /// What took effect up to `now`.
    fn effects(&mut self, now: Timestamp) -> Effects;

    /// Grows whenever something took effect, so that a check after every step need not count anew every time.
    fn changes(&self) -> u64;

    /// How often each fault fired, by its name.
    fn fired(&self) -> &BTreeMap<&'static str, u64>;

    /// Every order placed or planned so far, oldest plan first; arrivals join when they arrive.
    fn plan(&self) -> Vec<PlanEntry>;

    /// What the host has declared on hand; over the whole pool where the world is in one.
    fn on_hand(&self) -> BTreeMap<String, i64>;

    /// From now on it sells from the same shelf as the other worlds of the pool. What its settings declare on hand is the
    /// total then; what its plan brings adds to what is there.
    fn share(&mut self, pool: &Arc<Pool>);

    /// Where and with what to connect.
    fn door(&self) -> Door;

    /// The lines of the log since the last call; they belong on disk before the answer they go with is given. Empty
    /// unless the settings ask for a log.
    fn take_log(&mut self) -> Vec<String>;
}

/// A marketplace that can be made from settings and from its log.
pub trait Recover: Marketplace + Sized {
    /// What a world is made from.
    type Settings: Ingredients;

    /// A world of these settings, at the earlier of its origin and its first order.
    fn new(settings: Self::Settings) -> Self;

    /// The world that wrote these lines, as it was after the last whole one of them. Without lines, a new world.
    ///
    /// The log's own origin holds. A last line that cannot be read was torn by a crash: its request was never answered,
    /// and is dropped.
    ///
    /// # Errors
    /// When the log is of another marketplace or format, was made with other settings, or is damaged before its last line.
    fn recover<'a>(
        settings: Self::Settings,
        lines: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, RecoverError>;
}

/// What every world is made from, whatever else its settings hold. Two worlds with equal settings and equal requests are
/// equal.
pub trait Ingredients: Clone + std::fmt::Debug + Send + 'static {
    /// All chance comes from here.
    fn seed(&mut self) -> &mut u64;

    /// Orders of the standard plan.
    fn orders(&mut self) -> &mut u32;

    /// Marketplace time at which a new world begins.
    fn origin(&mut self) -> &mut Timestamp;

    /// Orders per minute of marketplace time that arrive after the origin, and the most of them.
    fn arrivals(&mut self) -> (&mut f64, &mut u32);

    /// What goes wrong.
    fn faults(&mut self) -> &mut Faults;

    /// Whether the world keeps lines for [`Marketplace::take_log`].
    fn log(&mut self) -> &mut bool;
}

/// What becomes of a request.
#[derive(Debug)]
pub struct Reply {
    /// Names this reply to [`Marketplace::dropped`].
    pub id: u64,
    /// The answer, or `None` when the client never gets one: then `hang` tells how.
    pub answer: Option<Response<Bytes>>,
    /// When the answer (or the cut of the connection) comes, in marketplace time after the request.
    pub after: Duration,
    /// Without an answer: true when the connection stays silent until the client gives up, false when it is cut.
    pub hang: bool,
}

/// Something a marketplace says unasked.
#[derive(Debug, Clone)]
pub struct Push {
    /// The instant from which it may be delivered.
    pub at: Timestamp,
    /// The request that delivers it, to an absolute `http://` address. Any 2xx answer takes it.
    pub request: Request<Bytes>,
}

/// Where and with what to connect: the fields of the line `sutler sandbox` prints when it is ready.
#[derive(Debug, Clone, PartialEq)]
pub struct Door {
    /// The marketplace's name: `walmart`, `amazon`, `ebay`.
    pub marketplace: &'static str,
    /// The path of the token endpoint.
    pub token_path: &'static str,
    /// The client id that the token endpoint accepts.
    pub client_id: String,
    /// The secret that goes with it.
    pub client_secret: String,
    /// The refresh token, where the marketplace has one.
    pub refresh_token: Option<String>,
    /// The seller's id at the marketplace.
    pub seller: String,
    /// What only this marketplace has to say.
    pub more: BTreeMap<&'static str, Value>,
}

impl Door {
    /// The fields, with addresses that begin with `base_url`. A path in [`more`](Self::more) whose name ends with `_url`
    /// becomes an address likewise.
    pub fn fields(&self, base_url: &str) -> serde_json::Map<String, Value> {
        let address = |path: &str| Value::String(format!("{base_url}{path}"));
        let mut fields = serde_json::Map::new();
        let mut add = |name: &str, value: Value| drop(fields.insert(name.to_owned(), value));
        add("marketplace", self.marketplace.into());
        add("base_url", base_url.into());
        add("token_url", address(self.token_path));
        add("client_id", self.client_id.as_str().into());
        add("client_secret", self.client_secret.as_str().into());
        add("refresh_token", self.refresh_token.clone().map_or(Value::Null, Value::String));
        add("seller", self.seller.as_str().into());
        for (name, value) in &self.more {
            let path = value.as_str().filter(|path| name.ends_with("_url") && path.starts_with('/'));
            add(name, path.map_or_else(|| value.clone(), address));
        }
        fields
    }
}
