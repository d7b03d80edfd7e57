//! From a request to a reply: the gateway's checks and the faults of the way, in their order.

use bytes::Bytes;
use chrono::Duration;
use http::{HeaderValue, Response, StatusCode, header};

use super::limits::{Allowance, Call};
use super::refusal::{Family, Refusal};
use super::signing::check_message;
use super::write::failure;
use super::{Outcome, Page, Reply, World};
use crate::clock::Ms;
use crate::dice::{Dice, Roll, identity};
use crate::json::http_date;
use crate::request::{Ask, Heard};

/// What the gateway looks at.
pub(super) const HEARD: Heard = Heard {
    values: &[
        "authorization",
        "content-type",
        "x-ebay-api-iaf-token",
        "x-ebay-api-call-name",
        "x-ebay-c-marketplace-id",
        "content-digest",
        "x-ebay-signature-key",
        "signature-input",
        "signature",
    ],
    presence: &["x-ebay-api-siteid", "x-ebay-api-compatibility-level"],
};

/// Which call a request makes, and on what.
pub(crate) struct Target {
    pub(crate) call: Call,
    pub(crate) id: String,
    /// What the path names within that.
    pub(crate) inner: String,
}

impl World {
    /// [`World::receive`] after the request was read and logged.
    pub(super) fn hear(&mut self, now: Ms, ask: &Ask) -> Reply {
        self.catch_up(now);
        self.replies += 1;
        let id = self.replies;
        if ask.path.starts_with("/_sandbox/") {
            let (status, body) = self.control(now, ask);
            let answer = Some(response(status, "application/json", now, None, body));
            return Reply { id, answer, after: Duration::zero(), hang: false };
        }
        self.effects.requests += 1;
        let dice = self.throw(ask);
        let (low, high) = self.settings.latency_ms;
        let after = dice.between(Roll::Latency, i64::from(low), i64::from(high));
        let (family, outcome) = self.answer(now, ask, dice);
        let answer = match outcome {
            Outcome::Lost => None,
            Outcome::Answer(Ok(page)) => {
                self.tell(id, now + after, &page.named);
                let media = if page.xml { "text/xml" } else { "application/json" };
                Some(response(page.status, media, now + after, page.location.as_deref(), page.body))
            }
            Outcome::Answer(Err(refusal)) => {
                self.effects.status_429 += u64::from(refusal.status == 429);
                let call = ask.header("x-ebay-api-call-name").unwrap_or_default();
                let (media, body) = refusal.body(family, call, now);
                Some(response(refusal.status, media, now + after, None, body))
            }
        };
        let hang = answer.is_none() && dice.chance(Roll::Hang, self.settings.faults.hang);
        Reply { id, answer, after: Duration::milliseconds(after), hang }
    }

    /// The dice of this request: by what it is and how often that came. Times in a query are left out, they differ
    /// from run to run.
    fn throw(&mut self, ask: &Ask) -> Dice {
        let kind = ask.header("x-ebay-api-call-name").unwrap_or_default();
        let member = ask.query.split('&').find(|member| {
            ["sku=", "offset=", "legacy_order_id=", "order_id="].iter().any(|name| member.starts_with(name))
        });
        let identity = identity(&[&ask.method, &ask.path, kind, member.unwrap_or_default()]);
        let attempts = self.attempts.entry(identity).or_default();
        *attempts += 1;
        Dice::new(self.settings.seed, identity, *attempts)
    }

    fn answer(&mut self, now: Ms, ask: &Ask, dice: Dice) -> (Family, Outcome) {
        let refused = |family, refusal| (family, Outcome::Answer(Err(refusal)));
        let target = match route(ask) {
            Ok(target) => target,
            Err((family, refusal)) => return refused(family, refusal),
        };
        let (call, family) = (target.call, target.call.family());
        if let Some(outcome) = self.on_the_way(now, call, dice) {
            return (family, outcome);
        }
        if let Err(refusal) = gateway(ask, call) {
            return refused(family, refusal);
        }
        if call != Call::Token
            && let Err(refusal) = self.admit(now, ask, call, dice)
        {
            return refused(family, refusal);
        }
        if let Err(refusal) = self.limit(now, call, dice) {
            return refused(family, refusal);
        }
        if let Some(key) = self.settings.message_key.as_ref().filter(|_| call.wants_signature())
            && let Err(refusal) = check_message(ask, call, key)
        {
            return refused(family, refusal);
        }
        let outcome = if call.writes() {
            self.hear_write(now, target, ask, dice)
        } else {
            Outcome::Answer(self.read(now, &target, ask, dice))
        };
        (family, outcome)
    }

    fn read(&mut self, now: Ms, target: &Target, ask: &Ask, dice: Dice) -> Result<Page, Refusal> {
        let id = target.id.as_str();
        match target.call {
            Call::Token => self.token(now, ask, dice),
            Call::Orders => self.list(now, ask, dice),
            Call::Order => self.one(now, id, ask, dice),
            Call::Fulfillments => self.fulfillments(now, id),
            Call::Fulfillment => self.fulfillment(now, id, &target.inner),
            Call::CancelCheck => self.eligibility(now, ask),
            Call::CancelSearch => self.cancellations(now, ask),
            Call::CancelGet => self.cancellation_one(now, id),
            Call::ReturnSearch => self.returns(now, ask),
            Call::ReturnGet => self.return_one(now, id),
            Call::Items => self.inventory_items(now, ask),
            Call::Item => self.inventory_item(now, id),
            Call::Offers => self.offer_list(now, ask),
            Call::Offer => self.offer_one(now, id),
            Call::PublicKey => self.public_key(id),
            Call::User => Ok(self.user()),
            Call::GetItem => self.get_item(now, &ask.body),
            _ => Ok(self.get_user(now)),
        }
    }

    /// Outages, and requests that are lost or fail before anything was done.
    fn on_the_way(&mut self, now: Ms, call: Call, dice: Dice) -> Option<Outcome> {
        let faults = &self.settings.faults;
        let since = now - self.settings.origin.timestamp_millis() - i64::from(faults.outage_start_s) * 1000;
        if (0..i64::from(faults.outage_length_s) * 1000).contains(&since) {
            self.fire("outage");
            return Some(match dice.below(Roll::Outage, 2) {
                0 => Outcome::Lost,
                _ => Outcome::Answer(Err(failure(call, dice))),
            });
        }
        let error_before = faults.error_before;
        if dice.chance(Roll::LostBefore, faults.lost_before) {
            self.fire("lost_before");
            return Some(Outcome::Lost);
        }
        if dice.chance(Roll::ErrorBefore, error_before) {
            self.fire("error_before");
            return Some(Outcome::Answer(Err(failure(call, dice))));
        }
        None
    }

    /// The day's word, and the storms that refuse although it has calls left. No header says how many.
    fn limit(&mut self, now: Ms, call: Call, dice: Dice) -> Result<(), Refusal> {
        let allowance = self.limits.take(call, now);
        let faults = &self.settings.faults;
        let window =
            (now - self.settings.origin.timestamp_millis()) / (i64::from(faults.storm_s.max(1)) * 1000);
        let storms = Dice::new(self.settings.seed, identity(&["storm"]), window as u64);
        let fault = match allowance {
            _ if call == Call::Token => None,
            Allowance::BelowPublished => Some("small_bucket"),
            Allowance::Refused => None,
            Allowance::Granted if storms.chance(Roll::Throttle, faults.storm) => Some("storm"),
            Allowance::Granted if dice.chance(Roll::Throttle, faults.throttle) => Some("throttle"),
            Allowance::Granted => None,
        };
        if let Some(fault) = fault {
            self.fire(fault);
        }
        if fault.is_none() && allowance == Allowance::Granted {
            return Ok(());
        }
        Err(match call.family() {
            Family::Trading => Refusal::trading(518, "Call usage limit has been reached."),
            // The number is the facts' best guess.
            _ => Refusal::access(429, 2001, "Too many requests."),
        })
    }

    /// `GET /commerce/identity/v1/user/`: whose token it is.
    fn user(&self) -> Page {
        let body = serde_json::json!({
            "userId": format!("u{:010}", identity(&["user", &self.settings.seller]) % 10_000_000_000),
            "username": self.settings.seller,
            "accountType": "BUSINESS",
            "registrationMarketplaceId": self.settings.marketplace,
            "status": "CONFIRMED",
        });
        Page::json(body.to_string())
    }
}

fn route(ask: &Ask) -> Result<Target, (Family, Refusal)> {
    let parts = ask.parts();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let none = "";
    let (method, call, id, inner) = match parts.as_slice() {
        ["identity", "v1", "oauth2", "token"] => ("POST", Call::Token, none, none),
        ["sell", "fulfillment", "v1", "order"] => ("GET", Call::Orders, none, none),
        ["sell", "fulfillment", "v1", "order", id] => ("GET", Call::Order, *id, none),
        ["sell", "fulfillment", "v1", "order", id, "issue_refund"] => ("POST", Call::Refund, *id, none),
        ["sell", "fulfillment", "v1", "order", id, "shipping_fulfillment"] => match ask.method.as_str() {
            "GET" => ("GET", Call::Fulfillments, *id, none),
            _ => ("POST", Call::Ship, *id, none),
        },
        ["sell", "fulfillment", "v1", "order", id, "shipping_fulfillment", inner] => {
            ("GET", Call::Fulfillment, *id, *inner)
        }
        ["sell", "inventory", "v1", "inventory_item"] => ("GET", Call::Items, none, none),
        ["sell", "inventory", "v1", "inventory_item", sku] => ("GET", Call::Item, *sku, none),
        ["sell", "inventory", "v1", "offer"] => ("GET", Call::Offers, none, none),
        ["sell", "inventory", "v1", "offer", id] => ("GET", Call::Offer, *id, none),
        ["sell", "inventory", "v1", "bulk_update_price_quantity"] => ("POST", Call::Bulk, none, none),
        ["commerce", "notification", "v1", "public_key", id] => ("GET", Call::PublicKey, *id, none),
        ["commerce", "identity", "v1", "user"] | ["commerce", "identity", "v1", "user", ""] => {
            ("GET", Call::User, none, none)
        }
        ["post-order", "v2", "cancellation"] => ("POST", Call::CancelCreate, none, none),
        ["post-order", "v2", "cancellation", "check_eligibility"] => ("POST", Call::CancelCheck, none, none),
        ["post-order", "v2", "cancellation", "search"] => ("GET", Call::CancelSearch, none, none),
        ["post-order", "v2", "cancellation", id] => ("GET", Call::CancelGet, *id, none),
        ["post-order", "v2", "cancellation", id, "approve"] => ("POST", Call::CancelApprove, *id, none),
        ["post-order", "v2", "cancellation", id, "reject"] => ("POST", Call::CancelReject, *id, none),
        ["post-order", "v2", "return", "search"] => ("GET", Call::ReturnSearch, none, none),
        ["post-order", "v2", "return", id] => ("GET", Call::ReturnGet, *id, none),
        ["post-order", "v2", "return", id, "issue_refund"] => ("POST", Call::ReturnRefund, *id, none),
        ["ws", "api.dll"] => match ask.header("x-ebay-api-call-name") {
            Some("ReviseInventoryStatus") => ("POST", Call::Revise, none, none),
            Some("GetItem") => ("POST", Call::GetItem, none, none),
            Some("GetUser") => ("POST", Call::GetUser, none, none),
            given => {
                let why = format!("Unsupported API call {:?}.", given.unwrap_or_default());
                return Err((Family::Trading, Refusal::trading(2, why)));
            }
        },
        _ => {
            let why = format!("no resource at {} {}", ask.method, ask.path);
            return Err((Family::Rest, Refusal::access(404, 2002, why)));
        }
    };
    if ask.method != method {
        let why = format!("{} is not allowed at {}, use {method}", ask.method, ask.path);
        return Err((call.family(), Refusal::access(405, 2003, why)));
    }
    Ok(Target { call, id: id.to_owned(), inner: inner.to_owned() })
}

/// The headers without which nothing gets through.
fn gateway(ask: &Ask, call: Call) -> Result<(), Refusal> {
    let json = ask.header("content-type").is_some_and(|media| media.starts_with("application/json"));
    match call.family() {
        Family::Trading => ["x-ebay-api-siteid", "x-ebay-api-compatibility-level"]
            .into_iter()
            .find(|name| ask.header(name).is_none())
            .map_or(Ok(()), |name| Err(Refusal::trading(10_012, format!("Header {name} is missing.")))),
        Family::Rest | Family::PostOrder if ask.method == "POST" && !ask.body.is_empty() && !json => {
            Err(Refusal::access(415, 2004, "Content-Type must be application/json"))
        }
        _ => Ok(()),
    }
}

fn response(
    status: u16,
    media: &'static str,
    at: Ms,
    location: Option<&str>,
    body: String,
) -> Response<Bytes> {
    let has_body = !body.is_empty();
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    if has_body {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    }
    if let Ok(date) = HeaderValue::from_str(&http_date(at)) {
        headers.insert(header::DATE, date);
    }
    if let Some(location) = location.and_then(|location| HeaderValue::from_str(location).ok()) {
        headers.insert(header::LOCATION, location);
    }
    response
}
