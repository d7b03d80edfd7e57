//! `GET /v3/orders`, `GET /v3/orders/released`, `GET /v3/orders/{purchaseOrderId}`.

use super::cursor::{Filter, reshape};
use super::order_json;
use super::refusal::Refusal;
use super::{Page, World};
use crate::clock::Ms;
use crate::dice::{Dice, Roll};
use crate::json::{number, put, quote, uncomma};
use crate::request::Ask;

impl World {
    pub(super) fn list(&mut self, now: Ms, ask: &Ask, dice: Dice, released: bool) -> Result<Page, Refusal> {
        let filter = Filter::read(ask, now, released)?;
        // Newest first, so that an order that becomes visible late pushes others on to the next page, never off one.
        let mut found: Vec<u32> =
            self.orders.iter().filter(|order| filter.holds(order, now)).map(|order| order.index).collect();
        let orders = &self.orders;
        found.sort_unstable_by_key(|index| {
            std::cmp::Reverse((orders.get(*index as usize).map_or(0, |order| order.placed), *index))
        });
        let (mut from, total) = filter.from.unwrap_or((0, found.len()));
        let continued = filter.from.is_some();
        if continued && from > 0 && dice.chance(Roll::PageRepeat, self.settings.faults.page_repeat) {
            from = from.saturating_sub(1 + dice.below(Roll::PageRepeatBy, 3) as usize);
            self.fire("page_repeat");
        }
        let cap = self.settings.result_cap as usize;
        let end = from.saturating_add(filter.limit).min(found.len()).min(cap);
        let page: Vec<u32> = match found.get(from..end) {
            Some(page) if !filter.exhausted => page.to_vec(),
            _ => Vec::new(),
        };
        if page.is_empty() {
            return Err(Refusal::new(
                404,
                "CONTENT_NOT_FOUND.GMP_ORDER_API",
                "No orders found for the given search parameters",
            )
            .info());
        }
        let more = end < found.len().min(cap);
        let mut body = String::with_capacity(256 + page.len() * 1700);
        body.push_str("{\"list\":{\"meta\":{");
        number(&mut body, "totalCount", total as i64);
        number(&mut body, "limit", filter.limit as i64);
        self.next_cursor(&mut body, &filter, (end, total, more), dice, ask, released);
        uncomma(&mut body);
        body.push_str("},\"elements\":{\"order\":[");
        self.render(&mut body, &page, now, dice, false);
        body.push_str("]}}}");
        Ok(Page { named: page, ..Page::json(body) })
    }

    fn next_cursor(
        &mut self,
        body: &mut String,
        filter: &Filter,
        (next, total, more): (usize, usize, bool),
        dice: Dice,
        ask: &Ask,
        released: bool,
    ) {
        let varied = dice.chance(Roll::Cursor, self.settings.faults.cursor_variants);
        if varied {
            self.fire("cursor_variants");
        }
        let cursor = || filter.cursor(next, total, more, &self.settings.seller, released);
        match (more, varied, dice.below(Roll::CursorShape, 4)) {
            (true, true, _) => {
                body.push_str("\"nextCursor\":");
                quote(body, &reshape(&cursor(), dice, ask));
            }
            (true, false, _) | (false, true, 0) => {
                body.push_str("\"nextCursor\":");
                quote(body, &cursor());
            }
            (false, true, 1) => body.push_str("\"nextCursor\":null"),
            (false, true, 2) => body.push_str("\"nextCursor\":\"\""),
            (false, _, _) => {}
        }
    }

    pub(super) fn one(&mut self, now: Ms, id: &str, dice: Dice) -> Result<Page, Refusal> {
        let index = self.find(now, id)?;
        Ok(self.order_page(now, index, dice, false))
    }

    /// The body that names one order: of a read, or (`fresh`) of a write that just changed it.
    pub(super) fn order_page(&mut self, now: Ms, index: u32, dice: Dice, fresh: bool) -> Page {
        let mut body = String::with_capacity(2048);
        body.push_str("{\"order\":");
        self.render(&mut body, &[index], now, dice, fresh);
        body.push('}');
        Page { named: vec![index], ..Page::json(body) }
    }

    /// The order of that id, if it can be seen by now.
    pub(super) fn find(&self, now: Ms, id: &str) -> Result<u32, Refusal> {
        let visible = |index: &u32| {
            self.orders.get(*index as usize).is_some_and(|order| order.placed <= now && order.visible <= now)
        };
        self.by_id.get(id).copied().filter(visible).ok_or_else(|| {
            Refusal::new(404, "CONTENT_NOT_FOUND.GMP_ORDER_API", format!("purchase order {id} was not found"))
                .field("purchaseOrderId")
        })
    }

    fn render(&mut self, body: &mut String, page: &[u32], now: Ms, dice: Dice, fresh: bool) {
        let (mut lag, mut unknown, mut loose, mut masked) = (0, 0, 0, 0);
        for index in page {
            let Some(order) = self.orders.get(*index as usize) else { continue };
            let shown = order.shown(now);
            lag += u64::from(!fresh && !std::ptr::eq(shown, &raw const order.standing));
            unknown += u64::from(order.unknown_text);
            loose += u64::from(order.loose);
            masked += u64::from(order.masked && shown.touched);
            // A replay needs to know what was named, not how it was spelled.
            if !self.replaying {
                let shown = if fresh { &order.standing } else { shown };
                let email_known = now >= order.email_ready;
                // What is loose differs from answer to answer.
                let kept = (!order.loose).then(|| self.rendered.get(*index, shown, email_known)).flatten();
                match kept {
                    Some(text) => body.push_str(text),
                    None => {
                        let from = body.len();
                        order_json::order(body, order, now, &self.settings.ship_node, dice, fresh);
                        if let (false, Some(text)) = (order.loose, body.get(from..)) {
                            self.rendered.keep(*index, shown, email_known, text);
                        }
                    }
                }
                put(body, format_args!(","));
            }
        }
        uncomma(body);
        for (fault, times) in
            [("read_lag", lag), ("unknown_text", unknown), ("loose", loose), ("masked", masked)]
        {
            if times > 0 {
                *self.fired.entry(fault).or_default() += times;
            }
        }
    }
}
