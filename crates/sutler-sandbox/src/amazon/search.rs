//! `GET /orders/2026-01-01/orders` and `GET /orders/2026-01-01/orders/{orderId}`.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;

use super::order::Order;
use super::order_json::{self, Included, SETS, View};
use super::refusal::Refusal;
use super::{Page, World, regions};
use crate::clock::{DAY, Ms};
use crate::dice::{Dice, Roll, identity};
use crate::json::iso;
use crate::request::{Ask, instant};

/// How far in the past a window must end.
const SETTLED: Ms = 120_000;

const STATUSES: [&str; 7] = [
    "PENDING_AVAILABILITY",
    "PENDING",
    "UNSHIPPED",
    "PARTIALLY_SHIPPED",
    "SHIPPED",
    "CANCELLED",
    "UNFULFILLABLE",
];

/// The question of a search.
#[derive(Debug, Clone, PartialEq)]
struct Filter {
    /// By the time of the last update, else by that of the sale.
    updated: bool,
    window: (Ms, Ms),
    statuses: Vec<String>,
    fulfilled_by: Vec<String>,
    limit: usize,
    included: Included,
    /// Behind which order the page begins, when it is not the first.
    after: Option<(Ms, u32)>,
    /// Of all members but the token.
    question: u64,
}

impl World {
    pub(super) fn search(&mut self, now: Ms, ask: &Ask, dice: Dice) -> Result<Page, Refusal> {
        let filter = self.filter(now, ask)?;
        let mut found: Vec<(Ms, u32)> = self
            .orders
            .iter()
            .filter(|order| filter.holds(order, now))
            .map(|order| (filter.instant(order, now), order.index))
            .collect();
        found.sort_unstable();
        // A page begins behind the last order of the one before, not at a number: whatever is updated meanwhile leaves
        // the window and is found by the next question.
        let mut from = filter.after.map_or(0, |after| found.partition_point(|key| *key <= after));
        if from > 0 && dice.chance(Roll::PageRepeat, self.settings.faults.page_repeat) {
            from = from.saturating_sub(1 + dice.below(Roll::PageRepeatBy, 3) as usize);
            self.fire("page_repeat");
        }
        let page: Vec<(Ms, u32)> = found.iter().skip(from).take(filter.limit).copied().collect();
        let indices: Vec<u32> = page.iter().map(|(_, index)| *index).collect();
        let orders = self.render(now, &indices, filter.included, dice);
        let bound = if filter.updated { "lastUpdatedBefore" } else { "createdBefore" };
        let mut body = json!({"orders": orders, bound: iso(filter.window.1)});
        if let Some(last) = page.last().filter(|_| from + page.len() < found.len()) {
            body["pagination"] = json!({"nextToken": self.page_token(now, &filter, *last, dice)});
        }
        Ok(Page { named: indices, ..Page::json(&body) })
    }

    pub(super) fn one(&mut self, now: Ms, id: &str, ask: &Ask, dice: Dice) -> Result<Page, Refusal> {
        let index = self.find(now, id)?;
        let mut included = Included::default();
        for (name, value) in ask.members() {
            if name == "includedData" {
                read_sets(&mut included, &value)?;
            }
        }
        let order = self.render(now, &[index], included, dice).pop();
        Ok(Page { named: vec![index], ..Page::json(&json!({"order": order})) })
    }

    /// The order of that id, if it can be seen by now.
    pub(super) fn find(&self, now: Ms, id: &str) -> Result<u32, Refusal> {
        let visible = |index: &u32| {
            self.orders.get(*index as usize).is_some_and(|order| order.placed <= now && order.visible <= now)
        };
        self.by_id.get(id).copied().filter(visible).ok_or_else(|| Refusal::missing(&format!("Order {id}")))
    }

    fn render(&mut self, now: Ms, page: &[u32], included: Included, dice: Dice) -> Vec<serde_json::Value> {
        let place = regions::of(&self.settings.marketplace_id);
        let view = View { now, included, place, role: self.settings.buyer_role, dice };
        let mut orders = Vec::with_capacity(page.len());
        let (mut lag, mut unknown, mut loose, mut masked) = (0, 0, 0, 0);
        for index in page {
            let Some(order) = self.orders.get(*index as usize) else { continue };
            lag += u64::from(!std::ptr::eq(order.shown(now), &raw const order.standing));
            unknown += u64::from(order.unknown_text);
            loose += u64::from(order.loose);
            masked += u64::from(order.masked);
            // A replay needs to know what was named, not how it was spelled.
            if !self.replaying {
                orders.push(order_json::order(order, &view));
            }
        }
        for (fault, times) in
            [("read_lag", lag), ("unknown_text", unknown), ("loose", loose), ("masked", masked)]
        {
            if times > 0 {
                *self.fired.entry(fault).or_default() += times;
            }
        }
        orders
    }

    /// The token carries the question and where it stopped; one in four kinds needs to be percent-encoded when it is sent
    /// back.
    fn page_token(&mut self, now: Ms, filter: &Filter, last: (Ms, u32), dice: Dice) -> String {
        let text = format!("{:016x}|{now}|{}|{}|{}", filter.question, filter.window.1, last.0, last.1);
        if dice.chance(Roll::Cursor, self.settings.faults.cursor_variants) {
            self.fire("cursor_variants");
            return format!("+/{}==", STANDARD.encode(text));
        }
        URL_SAFE_NO_PAD.encode(text)
    }

    fn filter(&self, now: Ms, ask: &Ask) -> Result<Filter, Refusal> {
        let mut filter = Filter {
            updated: false,
            window: (Ms::MIN, now - SETTLED),
            statuses: Vec::new(),
            fulfilled_by: Vec::new(),
            limit: 100,
            included: Included::default(),
            after: None,
            question: 0,
        };
        let (mut starts, mut ends, mut token) = (Vec::new(), Vec::new(), None);
        let mut question = Vec::new();
        for (name, value) in ask.members() {
            let date = || {
                instant(&value, false).ok_or_else(|| {
                    Refusal::input(format!("{name} {value:?} is not a date in ISO 8601 format"))
                })
            };
            match name.as_ref() as &str {
                "createdAfter" | "lastUpdatedAfter" => starts.push((name.starts_with('l'), date()?)),
                "createdBefore" | "lastUpdatedBefore" => ends.push((name.starts_with('l'), date()?)),
                "fulfillmentStatuses" => choose(&mut filter.statuses, &name, &value, &STATUSES)?,
                "fulfilledBy" => choose(&mut filter.fulfilled_by, &name, &value, &["MERCHANT", "AMAZON"])?,
                "maxResultsPerPage" => {
                    filter.limit = value.parse().ok().filter(|n| (1..=100).contains(n)).ok_or_else(|| {
                        Refusal::input(format!("maxResultsPerPage {value:?} must be between 1 and 100"))
                    })?;
                }
                "includedData" => read_sets(&mut filter.included, &value)?,
                "paginationToken" => token = Some(value.clone()),
                // Which stores are meant was looked at by the gateway.
                _ => {}
            }
            if name != "paginationToken" {
                question.push(format!("{name}={value}"));
            }
        }
        let [(updated, start)] = starts.as_slice() else {
            return Err(Refusal::input("Exactly one of createdAfter and lastUpdatedAfter must be provided"));
        };
        (filter.updated, filter.window.0) = (*updated, *start);
        for (of_updated, end) in ends {
            if of_updated != *updated {
                let (own, other) =
                    if *updated { ("lastUpdated", "created") } else { ("created", "lastUpdated") };
                return Err(Refusal::input(format!("{other}Before cannot be used together with {own}After")));
            }
            if end > now - SETTLED {
                return Err(Refusal::input(
                    "The end of the window must be at least two minutes before the request",
                ));
            }
            if end < *start {
                return Err(Refusal::input("The end of the window must not be before its start"));
            }
            filter.window.1 = end;
        }
        question.sort();
        filter.question = identity(&question.iter().map(String::as_str).collect::<Vec<_>>());
        if let Some(token) = token {
            let refuse = |why: &str| Refusal::input(format!("paginationToken {why}"));
            let (question, issued, end, at, index) =
                read_token(&token).ok_or_else(|| refuse("is not one this operation gave out"))?;
            if question != filter.question {
                return Err(refuse("was given out for other parameters; send the same with it"));
            }
            if now - issued > DAY {
                return Err(refuse("has expired"));
            }
            filter.window.1 = end;
            filter.after = Some((at, index));
        }
        Ok(filter)
    }
}

impl Filter {
    fn instant(&self, order: &Order, now: Ms) -> Ms {
        if self.updated { order.shown(now).modified } else { order.placed }
    }

    fn holds(&self, order: &Order, now: Ms) -> bool {
        let standing = order.shown(now);
        let at = self.instant(order, now);
        let by = if order.sellers() { "MERCHANT" } else { "AMAZON" };
        order.visible <= now
            && order.placed <= now
            && self.window.0 <= at
            && at <= self.window.1
            && (self.statuses.is_empty() || self.statuses.iter().any(|status| status == standing.status()))
            && (self.fulfilled_by.is_empty() || self.fulfilled_by.iter().any(|wanted| wanted == by))
    }
}

fn choose(into: &mut Vec<String>, name: &str, value: &str, known: &[&str]) -> Result<(), Refusal> {
    for given in value.split(',') {
        if !known.contains(&given) {
            return Err(Refusal::input(format!("{name} {given:?} is not one of {}", known.join(", "))));
        }
        into.push(given.to_owned());
    }
    Ok(())
}

fn read_sets(into: &mut Included, value: &str) -> Result<(), Refusal> {
    for set in value.split(',') {
        if !into.add(set) {
            return Err(Refusal::input(format!("includedData {set:?} is not one of {}", SETS.join(", "))));
        }
    }
    Ok(())
}

fn read_token(token: &str) -> Option<(u64, Ms, Ms, Ms, u32)> {
    let bytes = match token.strip_prefix("+/").and_then(|rest| rest.strip_suffix("==")) {
        Some(inner) => STANDARD.decode(inner).ok()?,
        None => URL_SAFE_NO_PAD.decode(token).ok()?,
    };
    let text = String::from_utf8(bytes).ok()?;
    let mut parts = text.split('|');
    let question = u64::from_str_radix(parts.next()?, 16).ok()?;
    let mut number = || parts.next()?.parse::<Ms>().ok();
    Some((question, number()?, number()?, number()?, u32::try_from(number()?).ok()?))
}
