//! What eBay says unasked: orders, account deletions, withdrawn consent. Signed, at least once, in no order.
//!
//! The envelope and the data are those of eBay's contracts and, for `ORDER_CONFIRMATION`, of payloads seen in production.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, header};
use serde_json::{Value, json};

use super::order_json::listing_id;
use super::refusal::Refusal;
use super::signing::challenge_response;
use super::{Page, World};
use crate::Timestamp;
use crate::clock::{Ms, timestamp};
use crate::dice::{Dice, Roll, identity};
use crate::json::iso;
use crate::log::Entry;
use crate::marketplace::Push;
use crate::queue::Queue;

/// The topics there are.
pub(crate) const TOPICS: [&str; 3] =
    ["ORDER_CONFIRMATION", "MARKETPLACE_ACCOUNT_DELETION", "AUTHORIZATION_REVOCATION"];
/// What nobody fetches is forgotten above so many.
const OUTBOX_MAX: usize = 10_000;
/// A message that was not taken comes again after about so long, as a production log shows.
const AGAIN: Ms = 3 * 60 * 1000;
/// And no more than so often.
const ATTEMPTS_MAX: u32 = 5;
/// A wrong answer to the challenge is put again after so long.
const CHALLENGE_AGAIN: Ms = 60_000;

/// What a message is about.
#[derive(Debug, Clone, PartialEq)]
enum About {
    /// Lines of an order that was paid for; all of them where there is no place.
    Order {
        index: u32,
        line: Option<usize>,
    },
    /// The buyer of an order had their account deleted.
    Deletion(u32),
    Revocation(&'static str),
    /// Signed like any other, with ids that exist nowhere.
    Test(&'static str),
}

/// A message to be sent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Notice {
    number: u64,
    about: About,
    event: Ms,
    attempt: u32,
}

/// All that is to be told, and to whom.
#[derive(Debug, Clone)]
pub(crate) struct Outbox {
    notices: Queue<Notice>,
    waiting: usize,
    numbered: u64,
    verified: bool,
    challenges: u64,
    next_challenge: Ms,
    /// Given out and not answered yet: its body, and what it was.
    on_the_wire: Vec<(Bytes, Notice)>,
}

impl Outbox {
    pub(crate) fn new() -> Outbox {
        Outbox {
            notices: Queue::with_capacity(16),
            waiting: 0,
            numbered: 0,
            verified: false,
            challenges: 0,
            next_challenge: Ms::MIN,
            on_the_wire: Vec::new(),
        }
    }

    fn put(&mut self, at: Ms, notice: Notice) {
        self.notices.schedule(at, notice);
        self.waiting += 1;
        if self.waiting > OUTBOX_MAX {
            self.pop(Ms::MAX);
        }
    }

    fn pop(&mut self, now: Ms) -> Option<Notice> {
        let (_, notice) = self.notices.pop(now)?;
        self.waiting -= 1;
        Some(notice)
    }
}

impl World {
    /// An order was paid for. Contracts say one message per line, logs show one per order: loose orders have the former.
    pub(super) fn confirm(&mut self, at: Ms, index: u32) {
        let Some(order) = self.orders.get(index as usize) else { return };
        let lines = order.standing.lines.len();
        let abouts: Vec<About> = if order.loose && lines > 1 {
            (0..lines).map(|line| About::Order { index, line: Some(line) }).collect()
        } else {
            vec![About::Order { index, line: None }]
        };
        abouts.into_iter().for_each(|about| self.announce(at, about));
    }

    /// The buyer of an order has their account deleted; eBay shows nothing of them from now on.
    pub(super) fn delete_account(&mut self, at: Ms, index: u32) {
        let Some(order) = self.orders.get(index as usize) else { return };
        let buyer = order.buyer.clone();
        for order in self.orders.iter_mut().filter(|order| order.buyer == buyer) {
            order.standing.erased = true;
        }
        self.announce(at, About::Deletion(index));
    }

    pub(super) fn announce_revocation(&mut self, at: Ms, reason: &'static str) {
        self.announce(at, About::Revocation(reason));
    }

    pub(super) fn announce_test(&mut self, at: Ms, topic: &'static str) {
        self.announce(at, About::Test(topic));
    }

    fn announce(&mut self, at: Ms, about: About) {
        self.outbox.numbered += 1;
        let number = self.outbox.numbered;
        let dice = Dice::new(self.settings.seed, identity(&["notice"]), number);
        let notice = Notice { number, about, event: at, attempt: 1 };
        let faults = &self.settings.faults;
        let (repeat, late) = (faults.push_repeat, faults.push_late);
        let late_max = i64::from(faults.push_late_max_s) * 1000;
        if dice.chance(Roll::PushDrop, faults.push_drop) {
            self.fire("push_drop");
            return;
        }
        let mut due = at;
        if dice.chance(Roll::PushLate, late) {
            self.fire("push_late");
            due += dice.nth(1).between(Roll::PushLate, 1, late_max);
        }
        if dice.chance(Roll::PushRepeat, repeat) {
            self.fire("push_repeat");
            self.outbox.put(due + AGAIN, Notice { attempt: 2, ..notice.clone() });
        }
        self.outbox.put(due, notice);
    }

    /// What is to be delivered up to `now`, as headers and body, for a host in the same process. Each is given out once.
    /// No challenge comes before, and nothing is given again for want of an answer.
    pub fn take_notifications(&mut self, now: Timestamp) -> Vec<(HeaderMap, Bytes)> {
        self.advance(now);
        let taken = self.take_notices(self.now);
        self.note_taking(taken.is_empty());
        taken.into_iter().map(|(headers, body, _)| (headers, body)).collect()
    }

    /// See [`Marketplace::take_pushes`](crate::Marketplace::take_pushes). Before anything else the endpoint is challenged.
    pub fn take_pushes(&mut self, now: Timestamp) -> Vec<Push> {
        self.advance(now);
        let pushes = self.due_pushes(self.now);
        self.note_taking(pushes.is_empty());
        pushes
    }

    fn note_taking(&mut self, nothing: bool) {
        if !nothing {
            self.log.note(&Entry { t: self.now, pushed: true, ..Entry::default() });
        }
    }

    /// What a replay does of a taking: the same, for nobody.
    pub(super) fn retake(&mut self, now: Ms) {
        if self.settings.notification_endpoint.is_some() {
            self.due_pushes(now);
        } else {
            self.take_notices(now);
        }
    }

    fn due_pushes(&mut self, now: Ms) -> Vec<Push> {
        let Some(endpoint) = self.settings.notification_endpoint.clone() else { return Vec::new() };
        if !self.outbox.verified {
            if now < self.outbox.next_challenge {
                return Vec::new();
            }
            self.outbox.next_challenge = now + CHALLENGE_AGAIN;
            self.outbox.challenges += 1;
            let uri = format!("{endpoint}{}challenge_code={}", join(&endpoint), self.challenge_code());
            let request = Request::builder().method(Method::GET).uri(uri).body(Bytes::new());
            return request.into_iter().map(|request| Push { at: timestamp(now), request }).collect();
        }
        let notices = self.take_notices(now);
        let mut pushes = Vec::with_capacity(notices.len());
        for (headers, body, notice) in notices {
            if let Ok(mut request) = Request::builder().method(Method::POST).uri(&endpoint).body(body.clone())
            {
                *request.headers_mut() = headers;
                pushes.push(Push { at: timestamp(now), request });
                self.outbox.on_the_wire.push((body, notice));
            }
        }
        pushes
    }

    fn challenge_code(&self) -> String {
        let dice = Dice::new(self.settings.seed, identity(&["challenge"]), self.outbox.challenges);
        format!("{:016x}{:016x}", dice.draw(Roll::Number), dice.draw(Roll::Moment))
    }

    /// What became of a push: the answer to a challenge opens the door, a message not taken comes again.
    pub fn answered(&mut self, now: Timestamp, push: &Push, answer: Option<&Response<Bytes>>) {
        let now = now.timestamp_millis().max(self.now);
        let taken = answer.filter(|answer| answer.status().is_success());
        let (number, good) = if push.request.method() == Method::GET {
            let endpoint = self.settings.notification_endpoint.clone().unwrap_or_default();
            let wanted =
                challenge_response(&self.challenge_code(), &self.settings.verification_token, &endpoint);
            let given: Value =
                taken.and_then(|answer| serde_json::from_slice(answer.body()).ok()).unwrap_or_default();
            (0, given["challengeResponse"] == wanted.as_str())
        } else {
            let found = self.outbox.on_the_wire.iter().find(|(body, _)| body == push.request.body());
            let Some(number) = found.map(|(_, notice)| notice.number) else { return };
            (number, taken.is_some())
        };
        self.log.note(&Entry { t: now, answered: Some((number, good)), ..Entry::default() });
        self.hear_answer(now, number, good);
    }

    pub(super) fn hear_answer(&mut self, now: Ms, number: u64, good: bool) {
        if number == 0 {
            if good && !self.outbox.verified {
                self.outbox.verified = true;
                // What happened before there was anyone to tell is told to nobody.
                while self.outbox.pop(Ms::MAX).is_some() {}
            }
            return;
        }
        let place = self.outbox.on_the_wire.iter().position(|(_, notice)| notice.number == number);
        let Some(place) = place else { return };
        let (_, notice) = self.outbox.on_the_wire.remove(place);
        if !good && notice.attempt < ATTEMPTS_MAX {
            self.outbox.put(now + AGAIN, Notice { attempt: notice.attempt + 1, ..notice });
        }
    }

    fn take_notices(&mut self, now: Ms) -> Vec<(HeaderMap, Bytes, Notice)> {
        let mut taken = Vec::new();
        while let Some(notice) = self.outbox.pop(now) {
            let body = self.notice_body(now, &notice);
            // A replay needs to know that it was said, not how it was signed.
            let signature = if self.replaying { String::new() } else { self.key.sign(body.as_bytes()) };
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            if let Ok(signature) = HeaderValue::from_str(&signature) {
                headers.insert("x-ebay-signature", signature);
            }
            taken.push((headers, Bytes::from(body), notice));
        }
        taken
    }

    fn notice_body(&self, now: Ms, notice: &Notice) -> String {
        let (topic, data) = match &notice.about {
            About::Order { index, line } => ("ORDER_CONFIRMATION", self.order_data(*index, *line)),
            About::Deletion(index) => {
                let buyer = self.orders.get(*index as usize).map_or("", |order| order.buyer.as_str());
                ("MARKETPLACE_ACCOUNT_DELETION", person(buyer))
            }
            About::Revocation(reason) => {
                let mut data = person(&self.settings.seller);
                data["revokeReason"] = (*reason).into();
                data["revocationDate"] = iso(notice.event).into();
                ("AUTHORIZATION_REVOCATION", data)
            }
            About::Test("ORDER_CONFIRMATION") => (
                "ORDER_CONFIRMATION",
                json!({"user": person("test_user"), "order": {"orderId": "00-00000-00000", "orderLineItems": [
                    {"orderLineItemId": "619865113880", "listingId": "110000000000", "quantity": 1},
                ]}}),
            ),
            About::Test(topic) => (*topic, person("test_user")),
        };
        let word = Dice::new(self.settings.seed, identity(&["notification id"]), notice.number);
        json!({
            "metadata": {"topic": topic, "schemaVersion": "1.0", "deprecated": false},
            "notification": {
                "notificationId": format!("{:016x}-{:08x}", word.draw(Roll::Number), notice.number),
                "eventDate": iso(notice.event),
                "publishDate": iso(now),
                "publishAttemptCount": notice.attempt,
                "data": data,
            },
        })
        .to_string()
    }

    fn order_data(&self, index: u32, line: Option<usize>) -> Value {
        let Some(order) = self.orders.get(index as usize) else { return Value::Null };
        let lines: Vec<Value> = order
            .standing
            .lines
            .iter()
            .enumerate()
            .filter(|(place, _)| line.is_none_or(|line| line == *place))
            .map(|(_, line)| {
                json!({"orderLineItemId": line.id, "listingId": listing_id(&line.sku), "quantity": line.ordered})
            })
            .collect();
        let mut data = json!({"order": {"orderId": order.id, "orderLineItems": lines}});
        // Sometimes absent in production.
        if !order.loose {
            let mut user = person(&self.settings.seller);
            if let Some(members) = user.as_object_mut() {
                members.remove("eiasToken");
            }
            data["user"] = user;
        }
        data
    }

    /// `GET /commerce/notification/v1/public_key/{id}`
    pub(super) fn public_key(&self, id: &str) -> Result<Page, Refusal> {
        if id != self.key.id {
            return Err(
                Refusal::notification(404, 195_001, "The specified key id is invalid.").with("id", id)
            );
        }
        Ok(Page::json(self.key.description()))
    }
}

/// What goes between an address and its next query member.
fn join(endpoint: &str) -> char {
    if endpoint.contains('?') { '&' } else { '?' }
}

fn person(username: &str) -> Value {
    let word = identity(&["user", username]);
    json!({"username": username, "userId": format!("u{:010}", word % 10_000_000_000), "eiasToken": format!("nY+{word:016x}==")})
}
