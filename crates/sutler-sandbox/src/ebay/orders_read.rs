//! `GET /sell/fulfillment/v1/order`, `GET …/order/{orderId}`, and what was told of an order's packages.

use serde_json::{Value, json};

use super::filter::{Dated, Filter, field_groups};
use super::order::{Order, Package};
use super::order_json::{self, Read};
use super::refusal::Refusal;
use super::{Page, World};
use crate::clock::Ms;
use crate::dice::{Dice, Roll};
use crate::json::iso;
use crate::request::{Ask, encode};

impl World {
    pub(super) fn list(&mut self, now: Ms, ask: &Ask, dice: Dice) -> Result<Page, Refusal> {
        let filter = Filter::read(ask, now)?;
        let mut found: Vec<u32> = match &filter.ids {
            Some(ids) => ids.iter().filter_map(|id| self.find(now, id).ok()).collect(),
            None => {
                self.orders.iter().filter(|order| filter.holds(order, now)).map(|order| order.index).collect()
            }
        };
        // Oldest first. With a filter by the last change the order of changes is the only useful one; that it is used is an
        // inference from "varies according to filter". Either way the set moves while it is paged through.
        found.sort_by_key(|index| {
            let order = self.orders.get(*index as usize);
            let date = order.map_or(0, |order| match filter.dated {
                Dated::Created => order.placed,
                Dated::Modified => order.shown(now).modified,
            });
            (date, *index)
        });
        // As if some older orders had come in between: all is pushed back by as many, and the total says so. Whoever goes on
        // by offset sees rows again, or misses some.
        let (mut from, mut total) = (filter.offset, found.len());
        if from > 0 && from < total && dice.chance(Roll::PageRepeat, self.settings.faults.page_repeat) {
            let by = 1 + dice.below(Roll::PageRepeatBy, 3) as usize;
            from = from.saturating_sub(by);
            total += by;
            self.fire("page_repeat");
        }
        let page: Vec<u32> = found.into_iter().skip(from).take(filter.limit).collect();
        let orders = self.render(&page, now, Read::List, dice);
        let address = |offset: usize| {
            let mut query = String::new();
            for (name, value) in ask.members() {
                if !["limit", "offset"].contains(&(name.as_ref() as &str)) {
                    query.push_str(&format!("{name}={}&", encode(&value)));
                }
            }
            format!("{}{}?{query}limit={}&offset={offset}", ask.origin, ask.path, filter.limit)
        };
        let mut body = json!({
            "href": address(filter.offset),
            "total": total,
            "limit": filter.limit,
            "offset": filter.offset,
            "orders": orders,
        });
        if let Some(members) = body.as_object_mut() {
            if filter.offset + filter.limit < total {
                members.insert("next".into(), address(filter.offset + filter.limit).into());
            }
            if filter.offset > 0 {
                members.insert("prev".into(), address(filter.offset.saturating_sub(filter.limit)).into());
            }
        }
        Ok(Page { named: page, ..Page::json(body.to_string()) })
    }

    pub(super) fn one(&mut self, now: Ms, id: &str, ask: &Ask, dice: Dice) -> Result<Page, Refusal> {
        let members = ask.members();
        field_groups(members.iter().find(|(name, _)| name == "fieldGroups").map(|(_, value)| &**value))?;
        let index = self.find(now, id)?;
        let body = self.render(&[index], now, Read::One, dice).pop().unwrap_or_default();
        Ok(Page { named: vec![index], ..Page::json(body.to_string()) })
    }

    /// The order of that id, if it can be seen by now.
    pub(super) fn find(&self, now: Ms, id: &str) -> Result<u32, Refusal> {
        let shaped =
            !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'!');
        if !shaped {
            return Err(
                Refusal::fulfillment(400, 32_100, format!("Invalid order ID: {id}")).with("orderId", id)
            );
        }
        let visible = |index: &u32| {
            self.orders.get(*index as usize).is_some_and(|order| order.placed <= now && order.visible <= now)
        };
        self.by_id.get(id).copied().filter(visible).ok_or_else(|| {
            Refusal::fulfillment(404, 32_100, format!("Invalid order ID: {id}")).with("orderId", id)
        })
    }

    fn render(&mut self, page: &[u32], now: Ms, read: Read, dice: Dice) -> Vec<Value> {
        let (mut lag, mut unknown, mut loose, mut masked) = (0, 0, 0, 0);
        let mut orders = Vec::with_capacity(page.len());
        for index in page {
            let Some(order) = self.orders.get(*index as usize) else { continue };
            lag += u64::from(!std::ptr::eq(order.shown(now), &raw const order.standing));
            unknown += u64::from(order.unknown_text);
            loose += u64::from(order.loose);
            masked += u64::from(order_json::hidden_early(order, now));
            // A replay needs to know what was named, not how it was spelled.
            if !self.replaying {
                orders.push(order_json::order(order, &self.settings, now, read, dice));
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

    /// Every package told of, as reads show it by now.
    pub(super) fn fulfillments(&mut self, now: Ms, id: &str) -> Result<Page, Refusal> {
        let index = self.find(now, id)?;
        let Some(order) = self.orders.get(index as usize) else { return Ok(Page::json(String::new())) };
        let packages = &order.shown(now).packages;
        let lags = packages.len() != order.standing.packages.len();
        let list: Vec<Value> = packages.iter().map(package).collect();
        let body = json!({"fulfillments": list, "total": packages.len()});
        if lags {
            self.fire("read_lag");
        }
        Ok(Page::json(body.to_string()))
    }

    pub(super) fn fulfillment(&mut self, now: Ms, id: &str, wanted: &str) -> Result<Page, Refusal> {
        let index = self.find(now, id)?;
        let found =
            |order: &Order| order.shown(now).packages.iter().find(|one| one.id == wanted).map(package);
        let found = self.orders.get(index as usize).and_then(found).ok_or_else(|| {
            Refusal::fulfillment(404, 32_110, format!("Invalid shipping fulfillment ID: {wanted}"))
        })?;
        Ok(Page::json(found.to_string()))
    }
}

/// A package as it is read; the tracking number has another name here than where it was written.
fn package(package: &Package) -> Value {
    let lines: Vec<Value> =
        package.lines.iter().map(|(line, units)| json!({"lineItemId": line, "quantity": units})).collect();
    let mut value = json!({
        "fulfillmentId": package.id,
        "shippedDate": iso(package.shipped),
        "lineItems": lines,
    });
    if let Some(members) = value.as_object_mut().filter(|_| !package.tracking.is_empty()) {
        members.insert("shipmentTrackingNumber".into(), package.tracking.as_str().into());
        members.insert("shippingCarrierCode".into(), package.carrier.as_str().into());
    }
    value
}
