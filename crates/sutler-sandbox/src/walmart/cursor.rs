//! What a list call asks for, and the cursor that carries the question on to the next page.

use super::order::{Line, Order};
use super::refusal::Refusal;
use crate::clock::{DAY, Ms};
use crate::dice::{Dice, Roll};
use crate::json::iso;
use crate::plan::FulfilledBy;
use crate::request::{Ask, encode, instant};

/// Without `createdStartDate` a list reaches back this far, also when it is filtered by modification.
const DEFAULT_REACH: Ms = 7 * DAY;
/// No window may begin further back.
const MAX_REACH: Ms = 180 * DAY;

/// A list question, read from a query or from the cursor we gave out.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Filter {
    pub(crate) created: (Ms, Ms),
    pub(crate) modified: Option<(Ms, Ms)>,
    pub(crate) ship_by: Option<(Ms, Ms)>,
    pub(crate) status: Option<String>,
    pub(crate) fulfilled_by: FulfilledBy,
    pub(crate) limit: usize,
    pub(crate) id: Option<String>,
    pub(crate) customer_order: Option<String>,
    pub(crate) sku: Option<String>,
    pub(crate) order_type: Option<String>,
    /// Where the page begins, and the total of the first page, when this is a later one.
    pub(crate) from: Option<(usize, usize)>,
    /// A cursor that says itself that nothing follows.
    pub(crate) exhausted: bool,
}

impl Filter {
    pub(crate) fn read(ask: &Ask, now: Ms, released: bool) -> Result<Filter, Refusal> {
        let members = ask.members();
        let mut filter = Filter {
            created: (now - DEFAULT_REACH, now),
            modified: None,
            ship_by: None,
            status: None,
            fulfilled_by: FulfilledBy::Seller,
            limit: 100,
            id: None,
            customer_order: None,
            sku: None,
            order_type: None,
            from: None,
            exhausted: false,
        };
        let (mut page, mut total, mut more) = (None, None, None);
        for (at, (name, value)) in members.iter().enumerate() {
            if members.iter().skip(at + 1).any(|(other, _)| other == name) {
                return Err(Refusal::parameter(name, format!("parameter {name} is given more than once")));
            }
            let date = |end: bool| {
                let wanted = "use 2020-03-16 or 2020-03-16T10:30:15Z";
                let read = instant(value, end);
                read.ok_or_else(|| {
                    Refusal::parameter(name, format!("{name} {value:?} is not a date, {wanted}"))
                })
            };
            let open = (Ms::MIN, Ms::MAX);
            match &**name {
                "createdStartDate" => filter.created.0 = date(false)?,
                "createdEndDate" => filter.created.1 = date(true)?,
                "lastModifiedStartDate" if !released => filter.modified.get_or_insert(open).0 = date(false)?,
                "lastModifiedEndDate" if !released => filter.modified.get_or_insert(open).1 = date(true)?,
                "fromExpectedShipDate" => filter.ship_by.get_or_insert(open).0 = date(false)?,
                "toExpectedShipDate" => filter.ship_by.get_or_insert(open).1 = date(true)?,
                "status" if !released => {
                    const KNOWN: [&str; 5] = ["Created", "Acknowledged", "Shipped", "Delivered", "Cancelled"];
                    if !KNOWN.contains(&&**value) {
                        return Err(Refusal::parameter(
                            name,
                            format!("status {value:?} is not one of {KNOWN:?}"),
                        ));
                    }
                    filter.status = Some(value.to_string());
                }
                "shipNodeType" => {
                    filter.fulfilled_by = FulfilledBy::from_node_type(value).ok_or_else(|| {
                        let known = "SellerFulfilled, WFSFulfilled, 3PLFulfilled";
                        Refusal::parameter(name, format!("shipNodeType {value:?} is not one of {known}"))
                    })?;
                }
                "limit" => {
                    filter.limit = value.parse().ok().filter(|n| (1..=200).contains(n)).ok_or_else(|| {
                        Refusal::parameter(name, format!("limit {value:?} is not a number from 1 to 200"))
                    })?;
                }
                "purchaseOrderId" => filter.id = Some(value.to_string()),
                "customerOrderId" => filter.customer_order = Some(value.to_string()),
                "sku" => filter.sku = Some(value.to_string()),
                "orderType" => filter.order_type = Some(value.to_string()),
                "poIndex" => page = value.parse().ok(),
                "soIndex" => total = value.parse().ok(),
                "hasMoreElements" => more = Some(value == "true"),
                // Unknown members are ignored, `nextCursor` among them: whoever sends the cursor as a parameter gets
                // page one again, and so does whoever sends it with its `&amp;` still escaped.
                _ => {}
            }
        }
        if let (Some(page), Some(more)) = (page, more) {
            filter.from = Some((page, total.unwrap_or(0)));
            filter.exhausted = !more;
        }
        // A cursor kept for a day is judged by the window it was given for.
        let oldest = now - MAX_REACH - if filter.from.is_some() { DAY } else { 0 };
        let modified_from = filter.modified.map_or(Ms::MAX, |m| if m.0 == Ms::MIN { Ms::MAX } else { m.0 });
        for (name, start) in
            [("createdStartDate", filter.created.0), ("lastModifiedStartDate", modified_from)]
        {
            if start < oldest {
                return Err(Refusal::parameter(
                    name,
                    format!("{name} {} is more than 180 days ago", iso(start)),
                ));
            }
        }
        let modified = filter.modified.unwrap_or((0, 0));
        if filter.created.0 > filter.created.1 || modified.0 > modified.1 {
            return Err(Refusal::parameter("createdStartDate", "the start of the window is after its end"));
        }
        if released {
            filter.status = Some("Created".into());
        }
        Ok(filter)
    }

    /// Whether a list made at `now` holds the order. Status is a matter of lines: one line in it is enough.
    pub(crate) fn holds(&self, order: &Order, now: Ms) -> bool {
        let within = |window: (Ms, Ms), at: Ms| window.0 <= at && at <= window.1;
        let standing = order.shown(now);
        let any_line = |test: &dyn Fn(&Line) -> bool| standing.lines.iter().any(test);
        order.visible <= now
            && order.placed <= now
            && order.fulfilled_by == self.fulfilled_by
            && within(self.created, order.placed)
            && self.modified.is_none_or(|window| within(window, standing.modified))
            && self.ship_by.is_none_or(|window| within(window, order.ship_by))
            && self.id.as_ref().is_none_or(|id| *id == order.id)
            && self.customer_order.as_ref().is_none_or(|id| *id == order.customer_order.to_string())
            && self.order_type.as_ref().is_none_or(|kind| kind == "REGULAR" || kind.is_empty())
            && self.sku.as_ref().is_none_or(|sku| any_line(&|line| line.sku == *sku))
            && self.status.as_ref().is_none_or(|status| any_line(&|line| line.is_in(status)))
    }

    /// The ready query string that asks for the page beginning at `next`.
    pub(crate) fn cursor(
        &self,
        next: usize,
        total: usize,
        more: bool,
        seller: &str,
        released: bool,
    ) -> String {
        let mut out = format!(
            "?limit={}&hasMoreElements={more}&soIndex={total}&poIndex={next}&partnerId={seller}&sellerId={seller}\
             &createdStartDate={}&createdEndDate={}&shipNodeType={}",
            self.limit,
            iso(self.created.0),
            iso(self.created.1),
            self.fulfilled_by.node_type(),
        );
        let mut add = |name: &str, value: &str| {
            out.push('&');
            out.push_str(name);
            out.push('=');
            out.push_str(&encode(value));
        };
        for (window, from, to) in [
            (self.modified, "lastModifiedStartDate", "lastModifiedEndDate"),
            (self.ship_by, "fromExpectedShipDate", "toExpectedShipDate"),
        ] {
            for (name, bound) in window.into_iter().flat_map(|w| [(from, w.0), (to, w.1)]) {
                if bound != Ms::MIN && bound != Ms::MAX {
                    add(name, &iso(bound));
                }
            }
        }
        let status = self.status.as_ref().filter(|_| !released);
        for (name, value) in [
            ("status", status),
            ("purchaseOrderId", self.id.as_ref()),
            ("customerOrderId", self.customer_order.as_ref()),
            ("sku", self.sku.as_ref()),
            ("orderType", self.order_type.as_ref()),
        ] {
            if let Some(value) = value {
                add(name, value);
            }
        }
        out
    }
}

/// A cursor in one of the other shapes seen: without `?`, with `&amp;`, between white space, as a whole address of the
/// same origin, or with its colons encoded.
pub(crate) fn reshape(cursor: &str, dice: Dice, ask: &Ask) -> String {
    match dice.below(Roll::CursorShape, 5) {
        0 => cursor.trim_start_matches('?').to_owned(),
        1 => cursor.replace('&', "&amp;"),
        2 => format!(" \n{cursor}\t "),
        3 if !ask.origin.is_empty() => format!("{}{}{cursor}", ask.origin, ask.path),
        _ => cursor.replace(':', "%3A"),
    }
}
