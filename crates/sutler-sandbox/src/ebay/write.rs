//! A write on its way: asked for now, applied now, later, or never.

use std::collections::BTreeMap;

use super::cancellations::Verb;
use super::due::Event;
use super::limits::Call;
use super::refusal::{Family, Refusal};
use super::route::Target;
use super::{Outcome, Page, World};
use crate::clock::Ms;
use crate::dice::{Dice, Roll};
use crate::request::Ask;

/// What a write asks for, with what the host could know when it sent it, and for how long reads will not show it.
#[derive(Debug, Clone)]
pub(crate) struct Write {
    call: Call,
    /// The order, cancellation or return in the path.
    id: String,
    body: String,
    /// The base address the client used, for `Location`.
    origin: String,
    /// SKU → units the host was told of as sold.
    known: BTreeMap<String, i64>,
    /// Answered as if it were applied.
    ignored: bool,
    lag: Ms,
    dice: Dice,
}

impl World {
    /// Applies a write at `at`, or says why eBay refuses it.
    pub(super) fn perform(&mut self, at: Ms, write: &Write) -> Result<Page, Refusal> {
        let Write { id, body, known, ignored, lag, dice, .. } = write;
        let (ignored, lag) = (*ignored, *lag);
        match write.call {
            Call::Ship => {
                let fulfillment = self.ship(at, id, body, lag)?;
                let location = format!(
                    "{}/sell/fulfillment/v1/order/{id}/shipping_fulfillment/{fulfillment}",
                    write.origin
                );
                Ok(Page { status: 201, location: Some(location), ..Page::json(String::new()) })
            }
            Call::Refund => self.refund(at, id, body, lag),
            Call::CancelCreate => self.cancel(at, body, lag),
            Call::CancelApprove => self.answer_cancel(at, id, Verb::Approve, lag),
            Call::CancelReject => self.answer_cancel(at, id, Verb::Reject, lag),
            Call::ReturnRefund => self.refund_return(at, id, lag),
            Call::Bulk => self.bulk(at, body, known, ignored, lag, *dice),
            _ => Ok(self.revise_status(at, body, known, ignored, lag)),
        }
    }

    /// Takes a write through the faults that belong to writes: applied late, applied and lost, applied and failed.
    pub(super) fn hear_write(&mut self, now: Ms, target: Target, ask: &Ask, dice: Dice) -> Outcome {
        let Target { call, id, .. } = target;
        let sets = matches!(call, Call::Bulk | Call::Revise);
        let known = match call {
            Call::Bulk => self.bulk_knows(&ask.body),
            Call::Revise => self.revise_knows(&ask.body),
            _ => BTreeMap::new(),
        };
        let faults = &self.settings.faults;
        let (late_apply, lost_after, error_after) =
            (faults.late_apply, faults.lost_after, faults.error_after);
        let apply_max = i64::from(faults.apply_max_s) * 1000;
        let ignored = sets && dice.chance(Roll::StockIgnored, faults.stock_ignored);
        let lag = if dice.chance(Roll::ReadLag, faults.read_lag) {
            dice.between(Roll::ReadLagBy, 1, i64::from(faults.read_lag_max_s) * 1000)
        } else {
            0
        };
        if ignored {
            self.fire("stock_ignored");
        }
        let write =
            Write { call, id, body: ask.body.clone(), origin: ask.origin.clone(), known, ignored, lag, dice };
        if dice.chance(Roll::LateApply, late_apply) {
            self.fire("late_apply");
            self.schedule(now + dice.between(Roll::LateBy, 1, apply_max), Event::Late(Box::new(write)));
            return Outcome::Lost;
        }
        let page = match self.perform(now, &write) {
            Ok(page) => page,
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
        Outcome::Answer(Ok(page))
    }
}

/// A failure of eBay's own in one of the forms seen: the service's number for it, or a page of what stands in front.
pub(crate) fn failure(call: Call, dice: Dice) -> Refusal {
    match (dice.below(Roll::ErrorKind, 3), call.family()) {
        (0, _) => Refusal::html(503, "Service Unavailable"),
        (1, Family::Rest | Family::PostOrder) => Refusal::html(504, "Gateway Timeout"),
        (_, Family::Rest) if call.is_inventory() => {
            Refusal::inventory(500, 25_001, "A system error has occurred.")
        }
        (_, Family::Rest) => Refusal::fulfillment(500, 30_500, "System error"),
        (_, Family::PostOrder) => Refusal::post_order(500, 1764, "Internal system error, please try again."),
        (_, Family::Trading) => Refusal::html(500, "Internal Server Error"),
        (_, Family::OAuth) => Refusal::oauth(500, "server_error", "the authorization server failed"),
    }
}
