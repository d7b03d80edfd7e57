//! `GET /v3/returns`: what buyers send back, by plan (`return_at`), by seed (`Settings::returns`) or by a control call.
//!
//! A return is `INITIATED`, arrives three days later (`DELIVERED`) and is `COMPLETED` the day after. That Walmart gives the
//! money back by itself then is not modelled: no fact says when it does.

use serde_json::{Value, json};

use super::cursor::reshape;
use super::due::Event;
use super::refusal::Refusal;
use super::{Page, World};
use crate::clock::{DAY, Ms};
use crate::dice::{Dice, Roll};
use crate::json::iso;
use crate::request::{Ask, encode, instant};

const ON_THE_WAY: Ms = 3 * DAY;
const LOOKED_AT: Ms = DAY;

/// What a buyer sends back of one line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Return {
    id: String,
    order: u32,
    line: u32,
    units: u32,
    reason: &'static str,
    opened: Ms,
    arrived: Option<Ms>,
    done: Option<Ms>,
}

impl Return {
    fn modified(&self) -> Ms {
        self.done.or(self.arrived).unwrap_or(self.opened)
    }
}

/// What a list asks for.
struct Filter {
    created: Option<(Ms, Ms)>,
    modified: Option<(Ms, Ms)>,
    limit: usize,
    offset: usize,
}

impl Filter {
    fn read(ask: &Ask) -> Result<Filter, Refusal> {
        let wrong = |name: &str, why: String| {
            Refusal::new(400, "INVALID_REQUEST_PARAM.GMP_RETURNS_API", why).field(name)
        };
        let (mut limit, mut offset) = (10, 0);
        let mut bounds: [Option<Ms>; 4] = [None; 4];
        const BOUNDS: [&str; 4] = [
            "returnCreationStartDate",
            "returnCreationEndDate",
            "returnLastModifiedStartDate",
            "returnLastModifiedEndDate",
        ];
        for (name, value) in ask.members() {
            let number = |max: usize| value.parse::<usize>().ok().filter(|n| *n <= max);
            if let Some(at) = BOUNDS.iter().position(|known| *known == &*name) {
                let read = instant(&value, at % 2 == 1);
                let read = read.ok_or_else(|| wrong(&name, format!("{name} {value:?} is not a date")))?;
                bounds[at] = Some(read);
                continue;
            }
            match &*name {
                "limit" => {
                    limit = number(200).filter(|n| *n > 0).ok_or_else(|| {
                        wrong(&name, format!("limit {value:?} is not a number from 1 to 200"))
                    })?;
                }
                "offset" => offset = number(usize::MAX).unwrap_or(0),
                _ => {}
            }
        }
        let pair = |at: usize| match (bounds[at], bounds[at + 1]) {
            (Some(from), Some(to)) => Ok(Some((from, to))),
            (None, None) => Ok(None),
            _ => Err(wrong(BOUNDS[at], "start and end date must be given together".into())),
        };
        Ok(Filter { created: pair(0)?, modified: pair(2)?, limit, offset })
    }

    fn holds(&self, one: &Return) -> bool {
        let within =
            |window: Option<(Ms, Ms)>, at: Ms| window.is_none_or(|(from, to)| from <= at && at <= to);
        within(self.created, one.opened) && within(self.modified, one.modified())
    }

    /// The query of the page at `offset`. Captured ones name seller, limit and offset; ours carries the window on, too.
    fn cursor(&self, offset: usize, seller: &str) -> String {
        let mut out = format!("?sellerId={seller}&limit={}&offset={offset}", self.limit);
        for (window, from, to) in [
            (self.created, "returnCreationStartDate", "returnCreationEndDate"),
            (self.modified, "returnLastModifiedStartDate", "returnLastModifiedEndDate"),
        ] {
            if let Some(window) = window {
                out += &format!("&{from}={}&{to}={}", encode(&iso(window.0)), encode(&iso(window.1)));
            }
        }
        out
    }
}

impl World {
    /// The buyer sends back the first line of which something was shipped; `None` where nothing was.
    pub(super) fn ask_to_return(&mut self, at: Ms, index: u32) -> Option<String> {
        const REASONS: [&str; 4] = ["DAMAGED", "NO_LONGER_WANTED", "WRONG_SIZE/POOR_FIT", "ARRIVED_LATE"];
        let order = self.orders.get(index as usize)?;
        let line = order.standing.lines.iter().find(|line| !line.packages.is_empty())?;
        let place = self.returns.len();
        let dice = Dice::new(self.settings.seed, u64::from(index), place as u64);
        let one = Return {
            id: format!("{}", 103_700_000_000_000_000_u64 + place as u64),
            order: index,
            line: line.number,
            units: line.packages.iter().map(|package| package.units).sum(),
            reason: REASONS[dice.below(Roll::Return, REASONS.len() as u64) as usize],
            opened: at,
            arrived: None,
            done: None,
        };
        let id = one.id.clone();
        self.returns.push(one);
        self.changes += 1;
        self.schedule(at + ON_THE_WAY, Event::ReturnArrived(place));
        self.schedule(at + ON_THE_WAY + LOOKED_AT, Event::ReturnDone(place));
        Some(id)
    }

    pub(super) fn return_arrived(&mut self, at: Ms, place: usize) {
        if let Some(one) = self.returns.get_mut(place) {
            one.arrived = Some(at);
        }
    }

    pub(super) fn return_done(&mut self, at: Ms, place: usize) {
        if let Some(one) = self.returns.get_mut(place) {
            one.done = Some(at);
        }
    }

    pub(super) fn list_returns(&mut self, ask: &Ask, dice: Dice) -> Result<Page, Refusal> {
        let filter = Filter::read(ask)?;
        let mut found: Vec<&Return> = self.returns.iter().filter(|one| filter.holds(one)).collect();
        // Newest first: one that comes up meanwhile pushes others on to the next page, never off one.
        found.sort_by_key(|one| std::cmp::Reverse((one.modified(), one.id.clone())));
        let total = found.len();
        let page: Vec<Value> = found
            .into_iter()
            .skip(filter.offset)
            .take(filter.limit)
            .map(|one| self.return_json(one))
            .collect();
        let next = filter.offset + page.len();
        let mut cursor = String::new();
        if next < total {
            cursor = filter.cursor(next, &self.settings.seller);
            if dice.chance(Roll::Cursor, self.settings.faults.cursor_variants) {
                cursor = reshape(&cursor, dice, ask);
                self.fire("cursor_variants");
            }
        }
        let meta = json!({"totalCount": total, "limit": filter.limit, "nextCursor": cursor});
        Ok(Page::json(json!({"meta": meta, "returnOrders": page}).to_string()))
    }

    fn return_json(&self, one: &Return) -> Value {
        let (status, tag) = match (one.arrived, one.done) {
            (_, Some(_)) => ("COMPLETED", "REFUND_ISSUED"),
            (Some(_), None) => ("DELIVERED", "DELIVERED_AT_RETURN_CENTER"),
            (None, None) => ("INITIATED", "RETURN_INITIATED"),
        };
        let order = self.orders.get(one.order as usize);
        let line = order.and_then(|order| order.standing.lines.iter().find(|line| line.number == one.line));
        let sku = line.map_or("", |line| line.sku.as_str());
        let quantity = json!({"unitOfMeasure": "EACH", "measurementValue": one.units});
        let mut tracking = json!({"status": status, "statusTime": iso(one.modified()), "quantity": quantity});
        if one.done.is_some() {
            tracking["currentRefundStatus"] = json!("REFUND_COMPLETED");
        }
        json!({
            "returnOrderId": one.id,
            "customerOrderId": order.map(|order| order.customer_order.to_string()),
            "returnOrderDate": iso(one.opened),
            "returnType": "REFUND",
            "returnOrderLines": [{
                "returnOrderLineNumber": 1,
                "salesOrderLineNumber": one.line,
                "returnReason": one.reason,
                "purchaseOrderId": order.map(|order| order.id.as_str()),
                "purchaseOrderLineNumber": one.line,
                "item": {"sku": sku, "productName": sku},
                "currentTrackingStatuses": [tracking],
                "quantity": quantity,
                "isKeepIt": false,
                "returnTrackingDetail":
                    [{"sequenceNo": 0, "eventTag": tag, "eventTime": iso(one.modified())}],
                "status": status,
                "statusTime": iso(one.modified()),
            }],
        })
    }
}
