//! A write on its way: asked for now, applied now, later, or never.

use super::due::Event;
use super::feeds::FeedWish;
use super::limits::Call;
use super::listings::{self, Submission};
use super::refusal::Refusal;
use super::reports::ReportWish;
use super::{Outcome, Page, World};
use crate::clock::Ms;
use crate::dice::{Dice, Roll};
use crate::request::Ask;
use serde_json::{Value, json};

/// What a write asks for, with what the host could know when it sent it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Wish {
    Confirm { id: String, body: String },
    Listing(Submission),
    Feed(FeedWish),
    Report(ReportWish),
}

/// A wish, and for how long reads will not show that it was granted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Write {
    pub(crate) wish: Wish,
    pub(crate) lag: Ms,
    pub(crate) draw: u64,
}

impl World {
    /// Applies a write at `at`, or says why Amazon refuses it.
    pub(super) fn perform(&mut self, at: Ms, write: &Write) -> Result<Page, Refusal> {
        match &write.wish {
            Wish::Confirm { id, body } => {
                let index = self.confirm(at, id, body, write.lag)?;
                Ok(Page { named: vec![index], ..Page::json(&Value::Null).empty(204) })
            }
            Wish::Listing(submission) => {
                self.submit(at, submission, write.lag, Dice::new(self.settings.seed, write.draw, 0));
                Ok(Page::json(&listings::answer(submission, write.draw, &self.settings.marketplace_id)))
            }
            Wish::Feed(wish) => {
                let id = self.take_feed(at, wish);
                Ok(Page { status: 202, ..Page::json(&json!({"feedId": id})) })
            }
            Wish::Report(wish) => {
                let id = self.take_report(at, wish);
                Ok(Page { status: 202, ..Page::json(&json!({"reportId": id})) })
            }
        }
    }

    /// Takes a write through the faults that belong to writes: applied late, applied and lost, applied and failed.
    pub(super) fn hear_write(&mut self, now: Ms, call: Call, target: &str, ask: &Ask, dice: Dice) -> Outcome {
        let done = if call == Call::CreateFeedDocument {
            // Nothing that could be applied late.
            self.create_document(now, ask)
        } else {
            let wish = match self.wish(now, call, target, ask, dice) {
                Ok(wish) => wish,
                Err(refusal) => return Outcome::Answer(Err(refusal)),
            };
            let faults = &self.settings.faults;
            let lag = if dice.chance(Roll::ReadLag, faults.read_lag) {
                dice.between(Roll::ReadLagBy, 1, i64::from(faults.read_lag_max_s) * 1000)
            } else {
                0
            };
            let (late, late_max) = (faults.late_apply, i64::from(faults.apply_max_s) * 1000);
            let write = Write { wish, lag, draw: dice.draw(Roll::Number) };
            if dice.chance(Roll::LateApply, late) {
                self.fire("late_apply");
                self.schedule(now + dice.between(Roll::LateBy, 1, late_max), Event::Late(Box::new(write)));
                return Outcome::Lost;
            }
            self.perform(now, &write)
        };
        let page = match done {
            Ok(page) => page,
            Err(refusal) => return Outcome::Answer(Err(refusal)),
        };
        let faults = &self.settings.faults;
        let error_after = faults.error_after;
        if dice.chance(Roll::LostAfter, faults.lost_after) {
            self.fire("lost_after");
            return Outcome::Lost;
        }
        if dice.chance(Roll::ErrorAfter, error_after) {
            self.fire("error_after");
            return Outcome::Answer(Err(failure(dice)));
        }
        Outcome::Answer(Ok(page))
    }

    fn wish(&mut self, now: Ms, call: Call, target: &str, ask: &Ask, dice: Dice) -> Result<Wish, Refusal> {
        Ok(match call {
            Call::ConfirmShipment => Wish::Confirm { id: target.to_owned(), body: ask.body.clone() },
            Call::CreateFeed => Wish::Feed(self.read_feed(now, &ask.body)?),
            Call::CreateReport => Wish::Report(self.read_report(now, &ask.body)?),
            _ => Wish::Listing(self.read_patch(target, ask, dice)?),
        })
    }
}

/// A 5xx in one of the forms seen.
pub(crate) fn failure(dice: Dice) -> Refusal {
    match dice.below(Roll::ErrorKind, 3) {
        0 => Refusal::new(500, "InternalFailure", "We encountered an internal error. Please try again.")
            .details(""),
        1 => Refusal::new(503, "ServiceUnavailable", "Service is temporarily unavailable. Please try again.")
            .details(""),
        _ => Refusal::new(504, "GatewayTimeout", "The gateway did not receive a response in time."),
    }
}
