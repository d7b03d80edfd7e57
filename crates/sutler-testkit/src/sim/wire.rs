//! The wire of a simulated worker: a local marketplace behind gates, and what must never pass.

use super::{
    gate::Sim,
    shop::{Kind, Market, Markets},
};
use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use sutler_core::{
    command::{State, Verb},
    ports::store::Answer,
    time::from_millis,
};
use sutler_http::{Transport, TransportError};
use sutler_store::memory::MemoryStore;

/// What the wire saw that must never be, and what it counted.
#[derive(Debug, Default)]
pub struct Oracle {
    /// Writes that left although no command of the channel is marked as sent.
    pub unmarked: AtomicU64,
    /// Writes that left.
    pub writes: AtomicU64,
    /// Calls made.
    pub calls: AtomicU64,
    /// Calls by method and the first two parts of the path.
    pub by_call: Mutex<BTreeMap<String, u64>>,
}

/// A request that writes: for which verb, and by which of the marketplace's calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Writes {
    /// What it does.
    pub verb: Verb,
    /// The call's name, after the channel's: `feed`, `bulk`.
    pub call: &'static str,
}

/// What a request writes, by its method, its path, and where these do not tell by its header or body.
pub fn writes(kind: Kind, request: &Request<Bytes>) -> Option<Writes> {
    let (method, path) = (request.method().as_str(), request.uri().path());
    let says = |text: &[u8]| request.body().windows(text.len()).any(|part| part == text);
    let (verb, call) = match (kind, method) {
        (Kind::Walmart, "POST") if path.ends_with("/acknowledge") => (Verb::Acknowledge, "acknowledge"),
        (Kind::Walmart, "POST") if path.ends_with("/shipping") => (Verb::ConfirmShipment, "shipping"),
        (Kind::Walmart, "POST") if path.ends_with("/cancel") => (Verb::Cancel, "cancel"),
        (Kind::Walmart, "POST") if path.ends_with("/refund") => (Verb::Refund, "refund"),
        (Kind::Walmart, "PUT") if path.starts_with("/v3/inventor") => (Verb::SetLevel, "inventory"),
        (Kind::Walmart, "POST") if path.starts_with("/v3/feeds") => (Verb::SetLevel, "feed"),
        (Kind::Amazon, "POST") if path.ends_with("/shipmentConfirmation") => {
            (Verb::ConfirmShipment, "shipmentConfirmation")
        }
        (Kind::Amazon, "PATCH") if path.starts_with("/listings/") => (Verb::SetLevel, "patch"),
        // A document that no feed names does nothing: only the feed writes.
        (Kind::Amazon, "POST") if path.ends_with("/feeds") => match says(b"JSON_LISTINGS_FEED") {
            true => (Verb::SetLevel, "feed"),
            false => (Verb::Cancel, "cancel feed"),
        },
        (Kind::Ebay, "POST") if path.ends_with("/shipping_fulfillment") => {
            (Verb::ConfirmShipment, "shipping_fulfillment")
        }
        (Kind::Ebay, "POST") if path.ends_with("/issue_refund") => (Verb::Refund, "issue_refund"),
        (Kind::Ebay, "POST") if path.ends_with("/cancellation") => (Verb::Cancel, "cancellation"),
        (Kind::Ebay, "POST") if path.ends_with("/approve") => (Verb::Cancel, "approve"),
        (Kind::Ebay, "POST") if path.ends_with("/reject") => (Verb::AnswerCancel, "reject"),
        (Kind::Ebay, "POST") if path.ends_with("/bulk_update_price_quantity") => (Verb::SetLevel, "bulk"),
        // The Trading API reads by `POST` too.
        (Kind::Ebay, "POST") if path == "/ws/api.dll" && says(b"<ReviseInventoryStatusRequest") => {
            (Verb::SetLevel, "revise")
        }
        _ => return None,
    };
    Some(Writes { verb, call })
}

/// One marketplace behind gates.
#[derive(Clone, Debug)]
pub struct SimTransport {
    /// The scheduler.
    pub sim: Sim,
    /// Whose wire it is.
    pub who: u32,
    /// The marketplaces.
    pub markets: Markets,
    /// To which of them it leads.
    pub place: usize,
    /// To look whether a write was marked before it left.
    pub store: MemoryStore,
    /// What must never be.
    pub oracle: Arc<Oracle>,
    /// Name calls and count them too.
    pub record: bool,
}

impl SimTransport {
    fn market(&self) -> &Market {
        self.markets.at(self.place)
    }

    /// No write leaves unless a command of its verb is durably marked as sent.
    fn check_marked(&self, verb: Verb) {
        self.oracle.writes.fetch_add(1, Ordering::Relaxed);
        let channel = self.market().channel();
        let marked = self.store.read_now(Box::new(move |view| {
            let mut any = false;
            for state in [State::Sent, State::InDoubt] {
                any |= view.open_commands(&channel, state, 1_000)?.iter().any(|c| c.key.verb == verb);
            }
            Ok(Box::new(any) as Answer)
        }));
        let any = marked.ok().and_then(|a| a.downcast::<bool>().ok()).is_some_and(|any| *any);
        if !any {
            self.oracle.unmarked.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// `us confirm_shipment` and `us shipping`, where points are recorded.
    fn about(&self, writes: Option<Writes>) -> Vec<String> {
        let Some(Writes { verb, call }) = writes.filter(|_| self.record) else { return Vec::new() };
        let channel = self.market().shop.channel;
        vec![format!("{channel} {}", verb.as_str()), format!("{channel} {call}")]
    }

    fn count(&self, request: &Request<Bytes>) {
        self.oracle.calls.fetch_add(1, Ordering::Relaxed);
        if self.record {
            let path: Vec<&str> = request.uri().path().split('/').take(4).collect();
            let call = format!("{} {}", request.method(), path.join("/"));
            *self.oracle.by_call.lock().unwrap_or_else(PoisonError::into_inner).entry(call).or_default() += 1;
        }
    }
}

#[async_trait]
impl Transport for SimTransport {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        self.count(&request);
        let writes = writes(self.market().shop.kind, &request);
        // What the pipe tested in this very poll cannot be tested again: a byte leaves here or never.
        let reply = {
            if let Some(writes) = writes {
                self.check_marked(writes.verb);
            }
            let now = from_millis(self.sim.now());
            self.markets.advance_others(self.place, now);
            self.market().world().receive(now, &request)
        };
        let drop_guard =
            Undelivered { markets: self.markets.clone(), place: self.place, reply: reply.id, armed: true };
        self.sim.point(self.who, "call.sent", self.about(writes)).pass().await;
        let at = self.sim.now() + reply.after.num_milliseconds();
        if reply.answer.is_none() && reply.hang {
            std::future::pending::<()>().await;
        }
        self.sim.until(self.who, at).await;
        let Some(answer) = reply.answer else {
            return Err(TransportError::maybe_sent("the connection was cut before an answer came"));
        };
        drop_guard.delivered();
        self.sim.point(self.who, "call.answered", self.about(writes)).pass().await;
        Ok(answer)
    }
}

/// Tells the world that an answer never arrived, when the call is dropped before it did.
struct Undelivered {
    markets: Markets,
    place: usize,
    reply: u64,
    armed: bool,
}

impl Undelivered {
    fn delivered(mut self) {
        self.armed = false;
    }
}

impl Drop for Undelivered {
    fn drop(&mut self) {
        if self.armed {
            self.markets.at(self.place).world().dropped(self.reply);
        }
    }
}
