//! From a request to a reply: the gateway's checks and the faults of the way, in their order.

use bytes::Bytes;
use chrono::Duration;
use http::{HeaderValue, Response, StatusCode};

use super::limits::Call;
use super::refusal::Refusal;
use super::write::failure;
use super::{Outcome, Page, Reply, World, account, regions};
use crate::clock::Ms;
use crate::dice::{Dice, Roll, identity};
use crate::json::http_date;
use crate::request::{Ask, Heard};

/// What the gateway looks at.
pub(super) const HEARD: Heard =
    Heard { values: &["x-amz-access-token", "content-type", "content-encoding"], presence: &[] };

/// Which operation a request asks for, and on what.
struct Route {
    call: Call,
    target: String,
    /// The seller named in the path, where one is.
    seller: Option<String>,
}

impl World {
    /// [`World::receive`] after the request was read and logged.
    pub(super) fn hear(&mut self, now: Ms, ask: &Ask) -> Reply {
        self.catch_up(now);
        self.replies += 1;
        let id = self.replies;
        if ask.path.starts_with("/_sandbox/") {
            let (status, body) = self.control(now, ask);
            let page =
                Page { status, media: "application/json".into(), body: Bytes::from(body), named: Vec::new() };
            return Reply {
                id,
                answer: Some(response(page, now, None)),
                after: Duration::zero(),
                hang: false,
            };
        }
        if ask.path.starts_with("/_documents/") {
            let page = self.store(now, ask).unwrap_or_else(|refusal| refused(&refusal));
            self.tell_client(id, now, &page.named);
            return Reply {
                id,
                answer: Some(response(page, now, None)),
                after: Duration::zero(),
                hang: false,
            };
        }
        self.effects.requests += 1;
        let dice = self.throw(ask);
        let (low, high) = self.settings.latency_ms;
        let after = dice.between(Roll::Latency, i64::from(low), i64::from(high));
        let (outcome, rate) = self.answer(now, ask, dice);
        let request = Some((account::uuid(dice), rate));
        let answer = match outcome {
            Outcome::Lost => None,
            Outcome::Answer(Ok(page)) => {
                self.tell_client(id, now + after, &page.named);
                Some(response(page, now + after, request))
            }
            Outcome::Answer(Err(refusal)) => {
                self.effects.status_429 += u64::from(refusal.status == 429);
                Some(response(refused(&refusal), now + after, request))
            }
        };
        let hang = answer.is_none() && dice.chance(Roll::Hang, self.settings.faults.hang);
        Reply { id, answer, after: Duration::milliseconds(after), hang }
    }

    /// The dice of this request: by what it is and how often that came. Queries are left out, they differ from run to
    /// run.
    fn throw(&mut self, ask: &Ask) -> Dice {
        let identity = identity(&[&ask.method, &ask.path]);
        let attempts = self.attempts.entry(identity).or_default();
        *attempts += 1;
        Dice::new(self.settings.seed, identity, *attempts)
    }

    fn answer(&mut self, now: Ms, ask: &Ask, dice: Dice) -> (Outcome, Option<String>) {
        let refused = |refusal: Refusal| (Outcome::Answer(Err(refusal)), None);
        let route = match route(ask) {
            Ok(route) => route,
            Err(refusal) => return refused(refusal),
        };
        let call = route.call;
        if let Some(outcome) = self.on_the_way(now, dice) {
            return (outcome, None);
        }
        if call != Call::Login {
            if let Err(refusal) = self.admit(now, ask, call, dice) {
                return refused(refusal);
            }
            if let Err(refusal) = self.in_place(ask) {
                return refused(refusal);
            }
        }
        if let Some(refusal) = self.limit(now, call, dice) {
            return refused(refusal);
        }
        if let Some(seller) = &route.seller
            && let Err(refusal) = self.listing_target(seller, ask)
        {
            return refused(refusal);
        }
        let outcome = if call.writes() {
            self.hear_write(now, call, &route.target, ask, dice)
        } else {
            Outcome::Answer(self.read(now, call, &route.target, ask, dice))
        };
        // The header is missing on refusals of 403 and 429, and on some good answers.
        let missing = dice.chance(Roll::Header, self.settings.faults.header_variants);
        if missing {
            self.fire("header_variants");
        }
        let told = !missing && call != Call::Login;
        (outcome, told.then(|| self.limits.header(call)))
    }

    fn read(&mut self, now: Ms, call: Call, target: &str, ask: &Ask, dice: Dice) -> Result<Page, Refusal> {
        match call {
            Call::Login => self.login(now, ask, dice),
            Call::SearchOrders => self.search(now, ask, dice),
            Call::GetOrder => self.one(now, target, ask, dice),
            Call::GetListing => self.listing(now, target, ask),
            Call::SearchListings => self.listings(now, ask),
            Call::GetFeed => self.feed(now, target),
            Call::GetFeeds => self.feed_list(now, ask),
            Call::CancelFeed => self.cancel_feed(now, target),
            Call::GetFeedDocument => self.document(now, target, "feedDocumentId", ask),
            Call::GetReport => self.report(now, target),
            Call::GetReports => self.report_list(now, ask),
            Call::CancelReport => self.cancel_report(now, target),
            Call::GetReportDocument => self.document(now, target, "reportDocumentId", ask),
            Call::FbaInventory => self.fba(now, ask),
            Call::Subscriptions => self.subscriptions(ask),
            Call::RestrictedToken => self.restricted_token(now, ask),
            _ => Ok(self.participations()),
        }
    }

    /// Outages, and requests that are lost or fail before anything was done.
    fn on_the_way(&mut self, now: Ms, dice: Dice) -> Option<Outcome> {
        let faults = &self.settings.faults;
        let since = now - self.settings.origin.timestamp_millis() - i64::from(faults.outage_start_s) * 1000;
        if (0..i64::from(faults.outage_length_s) * 1000).contains(&since) {
            self.fire("outage");
            return Some(match dice.below(Roll::Outage, 2) {
                0 => Outcome::Lost,
                _ => Outcome::Answer(Err(failure(dice))),
            });
        }
        let error_before = faults.error_before;
        if dice.chance(Roll::LostBefore, faults.lost_before) {
            self.fire("lost_before");
            return Some(Outcome::Lost);
        }
        if dice.chance(Roll::ErrorBefore, error_before) {
            self.fire("error_before");
            return Some(Outcome::Answer(Err(failure(dice))));
        }
        None
    }

    /// The bucket's word, and the storms that refuse although it has tokens.
    fn limit(&mut self, now: Ms, call: Call, dice: Dice) -> Option<Refusal> {
        let allowance = self.limits.take(call, now);
        let faults = &self.settings.faults;
        let (throttle, storm) = (faults.throttle, faults.storm);
        let window =
            (now - self.settings.origin.timestamp_millis()) / (i64::from(faults.storm_s.max(1)) * 1000);
        let storms = Dice::new(self.settings.seed, identity(&["storm"]), window as u64);
        let fault = if allowance.below_published {
            Some("small_bucket")
        } else if allowance.granted && call != Call::Login && storms.chance(Roll::Throttle, storm) {
            Some("storm")
        } else if allowance.granted && call != Call::Login && dice.chance(Roll::Throttle, throttle) {
            Some("throttle")
        } else {
            None
        };
        if let Some(fault) = fault {
            self.fire(fault);
        }
        // No Retry-After, no rate: nothing says how long to wait.
        (fault.is_some() || !allowance.granted).then(|| {
            Refusal::new(429, "QuotaExceeded", "You exceeded your quota for the requested resource.")
                .details("")
        })
    }

    /// That the host and the stores named are those of this region.
    fn in_place(&self, ask: &Ask) -> Result<(), Refusal> {
        let own = regions::of(&self.settings.marketplace_id).region;
        let host = ask.origin.split("sellingpartnerapi-").nth(1);
        if host.is_some_and(|host| !host.starts_with(own.short())) {
            return Err(outside(
                std::slice::from_ref(&self.settings.marketplace_id),
                host.unwrap_or_default(),
            ));
        }
        let named = super::listed(ask, "marketplaceIds");
        self.in_region(&named)
    }

    /// That stores are of this region.
    pub(super) fn in_region(&self, named: &[String]) -> Result<(), Refusal> {
        let own = regions::of(&self.settings.marketplace_id).region;
        let strange: Vec<String> = named
            .iter()
            .filter(|id| regions::find(id).is_none_or(|place| place.region != own))
            .cloned()
            .collect();
        if strange.is_empty() { Ok(()) } else { Err(outside(&strange, own.aws())) }
    }
}

fn outside(stores: &[String], region: &str) -> Refusal {
    Refusal::new(
        403,
        "Unauthorized",
        format!("Marketplaces [{}] are not valid for region {region}", stores.join(", ")),
    )
    .details("")
}

fn refused(refusal: &Refusal) -> Page {
    Page {
        status: refusal.status,
        media: refusal.media().into(),
        body: Bytes::from(refusal.body()),
        named: Vec::new(),
    }
}

fn route(ask: &Ask) -> Result<Route, Refusal> {
    let parts = ask.parts();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let method = ask.method.as_str();
    let mut seller = None;
    let (call, target) = match (method, parts.as_slice()) {
        ("POST", ["auth", "o2", "token"]) => (Call::Login, ""),
        ("GET", ["orders", "2026-01-01", "orders"]) => (Call::SearchOrders, ""),
        ("GET", ["orders", "2026-01-01", "orders", id]) => (Call::GetOrder, *id),
        ("POST", ["orders", "v0", "orders", id, "shipmentConfirmation"]) => (Call::ConfirmShipment, *id),
        (_, ["listings", "2021-08-01", "items", who, rest @ ..]) => {
            seller = Some((*who).to_owned());
            match (method, rest) {
                ("GET", []) => (Call::SearchListings, ""),
                ("GET", [sku]) => (Call::GetListing, *sku),
                ("PATCH", [sku]) => (Call::PatchListing, *sku),
                _ => return Err(Refusal::missing(&format!("{method} {}", ask.path))),
            }
        }
        ("POST", ["feeds", "2021-06-30", "documents"]) => (Call::CreateFeedDocument, ""),
        ("GET", ["feeds", "2021-06-30", "documents", id]) => (Call::GetFeedDocument, *id),
        ("POST", ["feeds", "2021-06-30", "feeds"]) => (Call::CreateFeed, ""),
        ("GET", ["feeds", "2021-06-30", "feeds"]) => (Call::GetFeeds, ""),
        ("GET", ["feeds", "2021-06-30", "feeds", id]) => (Call::GetFeed, *id),
        ("DELETE", ["feeds", "2021-06-30", "feeds", id]) => (Call::CancelFeed, *id),
        ("POST", ["reports", "2021-06-30", "reports"]) => (Call::CreateReport, ""),
        ("GET", ["reports", "2021-06-30", "reports"]) => (Call::GetReports, ""),
        ("GET", ["reports", "2021-06-30", "reports", id]) => (Call::GetReport, *id),
        ("DELETE", ["reports", "2021-06-30", "reports", id]) => (Call::CancelReport, *id),
        ("GET", ["reports", "2021-06-30", "documents", id]) => (Call::GetReportDocument, *id),
        ("GET", ["fba", "inventory", "v1", "summaries"]) => (Call::FbaInventory, ""),
        ("GET", ["sellers", "v1", "marketplaceParticipations"]) => (Call::Participations, ""),
        (_, ["notifications", "v1", ..]) => (Call::Subscriptions, ""),
        ("POST", ["tokens", "2021-03-01", "restrictedDataToken"]) => (Call::RestrictedToken, ""),
        _ => {
            return Err(Refusal::new(404, "NotFound", "Resource not found.")
                .details(format!("{method} {} is no operation of this sandbox", ask.path)));
        }
    };
    Ok(Route { call, target: target.to_owned(), seller })
}

/// The answer; requests to the API itself have an id, and some say the rate.
fn response(page: Page, at: Ms, request: Option<(String, Option<String>)>) -> Response<Bytes> {
    let empty = page.body.is_empty();
    let mut response = Response::new(page.body);
    *response.status_mut() = StatusCode::from_u16(page.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    let mut put = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    if !empty {
        put("content-type", &page.media);
    }
    put("date", &http_date(at));
    if let Some((id, rate)) = request {
        put("x-amzn-requestid", &id);
        if let Some(rate) = rate {
            put("x-amzn-ratelimit-limit", &rate);
        }
    }
    response
}
