//! What `getOrders` is asked for: the only filters there are, and what eBay says to any other.

use super::order::Order;
use super::refusal::Refusal;
use crate::clock::{DAY, Ms};
use crate::request::Ask;

const LIMIT_MAX: usize = 200;
const IDS_MAX: usize = 50;
/// Without a filter the orders of so long are meant.
const WINDOW: Ms = 90 * DAY;
/// Older ones cannot be asked for.
const CEILING: Ms = 2 * 365 * DAY;

/// Which date of an order a window is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dated {
    Created,
    Modified,
}

/// A list that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Filter {
    pub(crate) ids: Option<Vec<String>>,
    pub(crate) dated: Dated,
    from: Ms,
    to: Ms,
    statuses: Option<[&'static str; 2]>,
    pub(crate) limit: usize,
    pub(crate) offset: usize,
}

impl Filter {
    pub(crate) fn read(ask: &Ask, now: Ms) -> Result<Filter, Refusal> {
        let mut filter = Filter {
            ids: None,
            dated: Dated::Created,
            from: now - WINDOW,
            to: now,
            statuses: None,
            limit: 50,
            offset: 0,
        };
        let members = ask.members();
        let value = |name: &str| members.iter().find(|(given, _)| given == name).map(|(_, value)| &**value);
        if let Some(ids) = value("orderIds") {
            // All else is ignored then, wrong or not.
            let ids: Vec<String> = ids.split(',').map(|id| id.trim().to_owned()).collect();
            if ids.len() > IDS_MAX {
                return Err(Refusal::fulfillment(
                    400,
                    30_900,
                    format!("Exceeded maximum number of order IDs (the current limit is {IDS_MAX})"),
                ));
            }
            filter.ids = Some(ids);
            filter.limit = IDS_MAX;
            return Ok(filter);
        }
        field_groups(value("fieldGroups"))?;
        if let Some(limit) = value("limit") {
            filter.limit = limit
                .parse()
                .ok()
                .filter(|limit| (1..=LIMIT_MAX).contains(limit))
                .ok_or_else(|| Refusal::fulfillment(400, 31_100, format!("Invalid limit: {limit}")))?;
        }
        if let Some(offset) = value("offset") {
            filter.offset = offset
                .parse()
                .map_err(|_| Refusal::fulfillment(400, 31_000, format!("Invalid offset: {offset}")))?;
        }
        if let Some(text) = value("filter") {
            let raw = ask.query.split('&').find(|member| member.starts_with("filter=")).unwrap_or_default();
            if raw.contains(['[', ']', '{', '}', '|']) {
                return Err(wrong_value(text, "filter"));
            }
            filter.add(text, now)?;
        }
        Ok(filter)
    }

    fn add(&mut self, text: &str, now: Ms) -> Result<(), Refusal> {
        let (mut created, mut modified) = (None, None);
        for one in text.split(',') {
            let (name, value) = one.split_once(':').ok_or_else(|| wrong_value(one, "filter"))?;
            match name.trim() {
                "creationdate" => created = Some(window(name, value, now)?),
                "lastmodifieddate" => modified = Some(window(name, value, now)?),
                "orderfulfillmentstatus" => {
                    let inside = value.trim().strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
                    let mut words: Vec<&str> = inside.unwrap_or_default().split('|').collect();
                    words.sort_unstable();
                    self.statuses = Some(match words.as_slice() {
                        ["IN_PROGRESS", "NOT_STARTED"] => ["NOT_STARTED", "IN_PROGRESS"],
                        ["FULFILLED", "IN_PROGRESS"] => ["FULFILLED", "IN_PROGRESS"],
                        _ => return Err(wrong_value(value, name)),
                    });
                }
                name => {
                    return Err(Refusal::fulfillment(400, 30_700, format!("Invalid filter name: {name}"))
                        .with("fieldname", name));
                }
            }
        }
        // Of two dates only the one of creation is used, and nobody says so.
        match (created, modified) {
            (Some((from, to)), _) => (self.from, self.to) = (from, to),
            (None, Some((from, to))) => {
                (self.from, self.to) = (from, to);
                self.dated = Dated::Modified;
            }
            (None, None) => {}
        }
        Ok(())
    }

    pub(crate) fn holds(&self, order: &Order, now: Ms) -> bool {
        if order.visible > now {
            return false;
        }
        let shown = order.shown(now);
        let date = match self.dated {
            Dated::Created => order.placed,
            Dated::Modified => shown.modified,
        };
        (self.from..=self.to).contains(&date)
            && self.statuses.is_none_or(|statuses| statuses.contains(&shown.status()))
    }
}

/// The one field group there is.
pub(crate) fn field_groups(value: Option<&str>) -> Result<(), Refusal> {
    match value {
        None | Some("TAX_BREAKDOWN") => Ok(()),
        Some(given) => Err(Refusal::fulfillment(400, 32_800, format!("Invalid field group: {given}"))),
    }
}

fn wrong_value(value: &str, name: &str) -> Refusal {
    Refusal::fulfillment(400, 30_800, format!("Invalid filter value {value} for filter {name}"))
        .with("fieldvalue", value)
        .with("fieldname", name)
}

/// `[A..B]` or `[A..]`.
fn window(name: &str, value: &str, now: Ms) -> Result<(Ms, Ms), Refusal> {
    let inside = value.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let (from, to) =
        inside.and_then(|inside| inside.split_once("..")).ok_or_else(|| wrong_value(value, name))?;
    if from.is_empty() {
        return Err(Refusal::fulfillment(400, 30_820, "Start date is missing"));
    }
    let instant = |text: &str| {
        let read = text.ends_with('Z').then(|| chrono::DateTime::parse_from_rfc3339(text).ok()).flatten();
        read.map(|at| at.timestamp_millis())
            .ok_or_else(|| Refusal::fulfillment(400, 30_810, "Invalid date format").with("fieldvalue", text))
    };
    let from = instant(from)?;
    let to = if to.is_empty() { now.max(from) } else { instant(to)? };
    if from > now || to > now {
        return Err(Refusal::fulfillment(400, 30_850, "Start and end dates can't be in the future"));
    }
    if to < from {
        return Err(Refusal::fulfillment(400, 30_840, "Start date should be before end date"));
    }
    if now - from > CEILING {
        return Err(Refusal::fulfillment(
            400,
            30_830,
            "Time range between start date and end date must be within '2' years.",
        ));
    }
    Ok((from, to))
}
