//! From a request to a reply: the gateway's checks and the faults of the way, in their order.

use bytes::Bytes;
use chrono::Duration;
use http::{HeaderValue, Response, StatusCode, header};

use super::limits::{Call, headers};
use super::refusal::Refusal;
use super::write::failure;
use super::{Outcome, Page, Reply, World};
use crate::clock::Ms;
use crate::dice::{Dice, Roll, identity};
use crate::json::http_date;
use crate::request::{Ask, Heard, decode};

/// What the gateway looks at.
pub(super) const HEARD: Heard = Heard {
    values: &["authorization", "wm_sec.access_token", "accept", "content-type"],
    presence: &["wm_qos.correlation_id", "wm_svc.name"],
};

/// Which call a request makes, and on what.
struct Route {
    call: Call,
    target: String,
}

type Headers = [(&'static str, String); 2];

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
        let (outcome, limit) = self.answer(now, ask, dice);
        let answer = match outcome {
            Outcome::Lost => None,
            Outcome::Answer(Ok(page)) => {
                self.tell(id, now + after, &page.named);
                let media = if page.xml { "application/xml" } else { "application/json" };
                Some(response(200, media, now + after, limit, page.body))
            }
            Outcome::Answer(Err(refusal)) => {
                self.effects.status_429 += u64::from(refusal.status == 429);
                // 520 is what a proxy in front says, without a body.
                let body = if refusal.status == 520 { String::new() } else { refusal.body() };
                Some(response(refusal.status, "application/json", now + after, limit, body))
            }
        };
        let hang = answer.is_none() && dice.chance(Roll::Hang, self.settings.faults.hang);
        Reply { id, answer, after: Duration::milliseconds(after), hang }
    }

    /// The dice of this request: by what it is and how often that came. Times in a query are left out, they differ
    /// from run to run.
    fn throw(&mut self, ask: &Ask) -> Dice {
        let mut kind = "";
        for member in ask.query.split('&') {
            if ["sku=", "feedType=", "shipNodeType=", "poIndex="].iter().any(|name| member.starts_with(name))
            {
                kind = member;
            }
        }
        let identity = identity(&[&ask.method, &ask.path, kind]);
        let attempts = self.attempts.entry(identity).or_default();
        *attempts += 1;
        Dice::new(self.settings.seed, identity, *attempts)
    }

    fn answer(&mut self, now: Ms, ask: &Ask, dice: Dice) -> (Outcome, Option<Headers>) {
        let refused = |refusal: Refusal| (Outcome::Answer(Err(refusal)), None);
        let route = match route(ask) {
            Ok(route) => route,
            Err(refusal) => return refused(refusal),
        };
        let call = route.call;
        if let Some(outcome) = self.on_the_way(now, call, dice) {
            return (outcome, None);
        }
        if let Err(refusal) = gateway(ask, call) {
            return refused(refusal);
        }
        let continued = ask.query.contains("hasMoreElements");
        if call != Call::Token
            && let Err(refusal) = self.admit(now, ask, dice, continued)
        {
            return refused(refusal);
        }
        let (limit, refusal) = self.limit(now, call, dice);
        if let Some(refusal) = refusal {
            return (Outcome::Answer(Err(refusal)), limit);
        }
        let outcome = if call.writes() {
            self.hear_write(now, call, route.target, ask, dice)
        } else {
            Outcome::Answer(self.read(now, call, &route.target, ask, dice))
        };
        (outcome, limit)
    }

    fn read(&mut self, now: Ms, call: Call, target: &str, ask: &Ask, dice: Dice) -> Result<Page, Refusal> {
        match call {
            Call::Token => self.token(now, ask, dice),
            Call::TokenDetail => Ok(self.token_detail(ask)),
            Call::Orders => self.list(now, ask, dice, false),
            Call::Released => self.list(now, ask, dice, true),
            Call::Order => self.one(now, target, dice),
            Call::InventoryGet => self.level(now, ask),
            Call::Inventories => self.levels(now, ask),
            Call::InventoriesSku => self.levels_of_one(now, target),
            Call::Returns => self.list_returns(ask, dice),
            Call::FeedRead if target.is_empty() => self.feed_list(now, ask),
            Call::FeedRead => self.feed_status(now, target, ask),
            _ => Ok(self.ship_nodes()),
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

    /// The bucket's word, and the storms that refuse although it has tokens.
    fn limit(&mut self, now: Ms, call: Call, dice: Dice) -> (Option<Headers>, Option<Refusal>) {
        let mut allowance = self.limits.take(call, now);
        let faults = &self.settings.faults;
        let mut refused = !allowance.granted;
        let (throttle, storm, variants) = (faults.throttle, faults.storm, faults.header_variants);
        let window =
            (now - self.settings.origin.timestamp_millis()) / (i64::from(faults.storm_s.max(1)) * 1000);
        let storms = Dice::new(self.settings.seed, identity(&["storm"]), window as u64);
        let fault = if allowance.below_published {
            Some("small_bucket")
        } else if allowance.granted && storms.chance(Roll::Throttle, storm) {
            Some("storm")
        } else if allowance.granted && dice.chance(Roll::Throttle, throttle) {
            Some("throttle")
        } else {
            None
        };
        if let Some(fault) = fault {
            self.fire(fault);
            refused = true;
            allowance.next = allowance.next.max(now + 1000);
        }
        let (varied, headers) = headers(&allowance, dice, variants);
        if varied {
            self.fire("header_variants");
        }
        let refusal = refused.then(|| {
            Refusal::new(
                429,
                "REQUEST_THRESHOLD_VIOLATED.GMP_GATEWAY_API",
                "Request threshold limit has been reached, please retry later",
            )
        });
        (Some(headers), refusal)
    }
}

fn route(ask: &Ask) -> Result<Route, Refusal> {
    let parts: Vec<_> = ask.path.split('/').skip(1).map(|part| decode(part, false)).collect();
    let parts: Vec<&str> = parts.iter().map(|part| &**part).collect();
    let missing = || {
        Err(Refusal::new(
            404,
            "URI_NOT_FOUND.GMP_GATEWAY_API",
            format!("no resource at {} {}", ask.method, ask.path),
        ))
    };
    let feed_type = || ask.members().into_iter().find(|(name, _)| name == "feedType").map(|(_, value)| value);
    let (method, call, target) = match parts.as_slice() {
        ["v3", "token"] => ("POST", Call::Token, ""),
        ["v3", "token", "detail"] => ("GET", Call::TokenDetail, ""),
        ["v3", "orders"] => ("GET", Call::Orders, ""),
        ["v3", "orders", "released"] => ("GET", Call::Released, ""),
        ["v3", "orders", id] => ("GET", Call::Order, *id),
        ["v3", "orders", id, "acknowledge"] => ("POST", Call::Acknowledge, *id),
        ["v3", "orders", id, "shipping"] => ("POST", Call::Ship, *id),
        ["v3", "orders", id, "cancel"] => ("POST", Call::Cancel, *id),
        ["v3", "orders", id, "refund"] => ("POST", Call::Refund, *id),
        ["v3", "returns"] => ("GET", Call::Returns, ""),
        ["v3", "inventory"] if ask.method == "PUT" => ("PUT", Call::InventoryPut, ""),
        ["v3", "inventory"] => ("GET", Call::InventoryGet, ""),
        ["v3", "inventories"] => ("GET", Call::Inventories, ""),
        ["v3", "inventories", sku] => ("GET", Call::InventoriesSku, *sku),
        ["v3", "feeds"] if ask.method == "POST" => match feed_type().as_deref() {
            Some("inventory") => ("POST", Call::FeedInventory, ""),
            Some("MP_INVENTORY") => ("POST", Call::FeedMpInventory, ""),
            given => {
                return Err(Refusal::new(
                    400,
                    "INVALID_REQUEST_PARAM.GMP_FEED_API",
                    format!("feedType {:?} is not inventory or MP_INVENTORY", given.unwrap_or("")),
                )
                .field("feedType"));
            }
        },
        ["v3", "feeds"] => ("GET", Call::FeedRead, ""),
        ["v3", "feeds", id] => ("GET", Call::FeedRead, *id),
        ["v3", "settings", "shipping", "shipnodes"] => ("GET", Call::ShipNodes, ""),
        _ => return missing(),
    };
    if ask.method != method {
        return Err(Refusal::new(
            405,
            "METHOD_NOT_ALLOWED.GMP_GATEWAY_API",
            format!("{} is not allowed at {}, use {method}", ask.method, ask.path),
        ));
    }
    Ok(Route { call, target: target.to_owned() })
}

/// The headers without which the gateway lets nothing through.
fn gateway(ask: &Ask, call: Call) -> Result<(), Refusal> {
    let missing = |name: &str| {
        Err(Refusal::new(400, "INVALID_REQUEST_HEADER.GMP_GATEWAY_API", format!("{name} set null or blank"))
            .field(name))
    };
    if ask.header("wm_qos.correlation_id").is_none() {
        return missing("WM_QOS.CORRELATION_ID");
    }
    if ask.header("wm_svc.name").is_none() {
        return missing("WM_SVC.NAME");
    }
    // The token endpoint answers XML to whoever does not ask for JSON. The others do so too in production; we refuse,
    // which shows the mistake sooner.
    if call != Call::Token && !ask.wants_json() {
        let given = ask.header("accept").unwrap_or("");
        return Err(Refusal::new(
            406,
            "NOT_ACCEPTABLE.GMP_GATEWAY_API",
            format!("Accept {given:?} is not supported, use application/json"),
        )
        .field("Accept"));
    }
    Ok(())
}

fn response(
    status: u16,
    media: &'static str,
    at: Ms,
    limit: Option<Headers>,
    body: String,
) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    if let Ok(date) = HeaderValue::from_str(&http_date(at)) {
        headers.insert(header::DATE, date);
    }
    for (name, value) in limit.into_iter().flatten() {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    response
}
