//! A write on its way: asked for now, applied now, later, or never.

use super::due::Event;
use super::feeds::Row;
use super::inventory::level_body;
use super::limits::Call;
use super::refusal::Refusal;
use super::{Outcome, Page, World};
use crate::clock::Ms;
use crate::dice::{Dice, Roll};
use crate::request::Ask;

/// What a write asks for, with what the host could know when it sent it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Wish {
    Acknowledge { id: String },
    Ship { id: String, body: String },
    Cancel { id: String, body: String },
    Refund { id: String, body: String },
    Set { sku: String, body: String, seen_sold: i64, ignored: bool },
    Feed { call: Call, rows: Result<Vec<Row>, Refusal> },
}

/// A wish, and for how long reads will not show that it was granted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Write {
    pub(crate) wish: Wish,
    pub(crate) lag: Ms,
}

/// What a granted wish changed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Granted {
    Order(u32),
    Level(String, i64),
    Feed(String),
}

impl World {
    /// Applies a write at `at`, or says why Walmart refuses it.
    pub(super) fn perform(&mut self, at: Ms, write: &Write) -> Result<Granted, Refusal> {
        let lag = write.lag;
        match &write.wish {
            Wish::Acknowledge { id } => self.acknowledge(at, id, lag).map(Granted::Order),
            Wish::Ship { id, body } => self.ship(at, id, body, lag).map(Granted::Order),
            Wish::Cancel { id, body } => self.cancel(at, id, body, lag).map(Granted::Order),
            Wish::Refund { id, body } => self.refund(at, id, body, lag).map(Granted::Order),
            Wish::Set { sku, body, seen_sold, ignored } => {
                let level = self.read_level(sku, body)?;
                if !ignored {
                    self.set_level(at, sku, level, *seen_sold, lag);
                }
                Ok(Granted::Level(sku.clone(), level))
            }
            Wish::Feed { call, rows } => Ok(Granted::Feed(self.take_feed(at, *call, rows.clone()?))),
        }
    }

    /// Takes a write through the faults that belong to writes: applied late, applied and lost, applied and failed.
    pub(super) fn hear_write(
        &mut self,
        now: Ms,
        call: Call,
        target: String,
        ask: &Ask,
        dice: Dice,
    ) -> Outcome {
        if matches!(call, Call::FeedInventory | Call::FeedMpInventory) {
            let media = ask.header("content-type").unwrap_or("");
            if media.starts_with("multipart/") {
                // The specification says multipart; production is said to answer that with an empty 200 and do nothing.
                return Outcome::Answer(Ok(Page::json(String::new())));
            }
        }
        let wish = match self.wish(call, target, ask, dice) {
            Ok(wish) => wish,
            Err(refusal) => return Outcome::Answer(Err(refusal)),
        };
        let faults = &self.settings.faults;
        let (late_apply, lost_after, error_after) =
            (faults.late_apply, faults.lost_after, faults.error_after);
        let lag = if dice.chance(Roll::ReadLag, faults.read_lag) {
            dice.between(Roll::ReadLagBy, 1, i64::from(faults.read_lag_max_s) * 1000)
        } else {
            0
        };
        let write = Write { wish, lag };
        if dice.chance(Roll::LateApply, late_apply) {
            let by = dice.between(Roll::LateBy, 1, i64::from(self.settings.faults.apply_max_s) * 1000);
            self.fire("late_apply");
            self.schedule(now + by, Event::Late(Box::new(write)));
            return Outcome::Lost;
        }
        let granted = match self.perform(now, &write) {
            Ok(granted) => granted,
            Err(refusal) => return Outcome::Answer(Err(refusal)),
        };
        if dice.chance(Roll::LostAfter, lost_after) {
            self.fire("lost_after");
            return Outcome::Lost;
        }
        if dice.chance(Roll::ErrorAfter, error_after) {
            self.fire("error_after");
            return Outcome::Answer(Err(failure(call, dice)));
        }
        Outcome::Answer(Ok(match granted {
            Granted::Order(index) => self.order_page(now, index, dice, true),
            Granted::Level(sku, level) => Page::json(level_body(&sku, level)),
            Granted::Feed(id) => self.feed_answer(&id, dice),
        }))
    }

    fn wish(&mut self, call: Call, target: String, ask: &Ask, dice: Dice) -> Result<Wish, Refusal> {
        let body = ask.body.clone();
        Ok(match call {
            Call::Acknowledge => Wish::Acknowledge { id: target },
            Call::Ship => Wish::Ship { id: target, body },
            Call::Cancel => Wish::Cancel { id: target, body },
            Call::Refund => Wish::Refund { id: target, body },
            Call::FeedInventory | Call::FeedMpInventory => {
                Wish::Feed { call, rows: self.feed_rows(call, &body) }
            }
            _ => {
                let sku = self.stock_target(ask)?;
                self.read_level(&sku, &body)?;
                let seen_sold = self.stock.get(&sku).map_or(0, |stock| stock.seen_sold());
                Wish::Set { ignored: self.ignores_set(dice), sku, body, seen_sold }
            }
        })
    }
}

/// A 5xx in one of the forms seen.
pub(crate) fn failure(call: Call, dice: Dice) -> Refusal {
    let code =
        if call.touches_orders() { "SYSTEM_ERROR.GMP_ORDER_API" } else { "SYSTEM_ERROR.GMP_GATEWAY_API" };
    match dice.below(Roll::ErrorKind, 4) {
        0 => Refusal::new(500, code, "Internal server error"),
        1 => Refusal::new(503, code, "Service unavailable"),
        2 => Refusal::new(520, code, ""),
        _ => Refusal::new(504, "DOWNSTREAM_SYSTEM_TIME_OUT.GMP_GATEWAY_API", "downstream system timed out"),
    }
}
