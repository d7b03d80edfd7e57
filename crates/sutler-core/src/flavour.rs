//! What the flavours of a channel ask of an order beside the rules: what its acceptance must promise, and which packages go
//! together. Pure; what they miss is a hold that no release overrules, because there is nothing to send.

use crate::{
    channel::{Acknowledgment, Capabilities, ShipUnit},
    command::{Accept, Promise},
    hold::{Hold, HoldReason},
    id::RuleId,
    journal::Decided,
    money::Money,
    open::Open,
    order::{ChargeKind, Line, ShipmentReport},
    rule::{Judged, Proof, Verdict},
    state::OrderState,
    time::Timestamp,
};
use std::sync::Arc;

/// What taking the order promises, where the channel wants a promise: of each line with open units the order's own ship
/// date and price.
///
/// # Errors
/// What the order does not say, in words. A date that we reckoned ourselves is no promise: the channel gave none to keep.
pub fn promise(order: &OrderState) -> Result<Accept, String> {
    let ship_by = order.facts.ship_by.ok_or("the order has no ship date")?;
    let open = |line: &&Line| order.counters(line).open > 0;
    let lines: Result<Vec<Promise>, String> =
        order.facts.lines.iter().filter(open).map(|line| promise_of(order, line, ship_by)).collect();
    match lines? {
        lines if lines.is_empty() => Err("no line is open".into()),
        lines => Ok(Accept { lines }),
    }
}

fn promise_of(order: &OrderState, line: &Line, ship_by: Timestamp) -> Result<Promise, String> {
    let goods = line.charges.iter().filter(|charge| charge.kind == Open::Known(ChargeKind::Product));
    let mut amount: Option<Money> = None;
    for charge in goods {
        amount = Some(match amount {
            Some(sum) => sum.plus(charge.amount).map_err(|error| error.to_string())?,
            None => charge.amount,
        });
    }
    let amount = amount.ok_or_else(|| format!("line {} has no price", line.line_id))?;
    let (line_id, quantity) = (line.line_id.clone(), order.counters(line).open);
    Ok(Promise { line_id, quantity, ship_by, amount, of: line.ordered })
}

/// Open units that no reported package holds, in words; none where the packages hold everything.
pub fn unpacked(order: &OrderState) -> Option<String> {
    let left: Vec<String> = order
        .facts
        .lines
        .iter()
        .map(|line| (line, order.counters(line).wanted))
        .filter(|(_, wanted)| *wanted > 0)
        .map(|(line, wanted)| format!("{wanted} of line {}", line.line_id))
        .collect();
    (!left.is_empty()).then(|| format!("{} in no package yet", left.join(", ")))
}

/// The packages that go into the one confirmation of the order, once they hold everything that is open.
pub fn all_packages(order: &OrderState) -> Option<Vec<ShipmentReport>> {
    let packed = |line: &Line| {
        let parts = order.reports.values().flat_map(|report| &report.lines);
        parts
            .filter(|part| part.line_id == line.line_id)
            .map(|part| part.quantity)
            .fold(0, u32::saturating_add)
    };
    let complete = order.facts.lines.iter().all(|line| packed(line) == order.counters(line).open);
    (complete && !order.reports.is_empty()).then(|| order.reports.values().cloned().collect())
}

/// Adds to a decision what the channel's flavours have to say of it.
pub fn weigh(capabilities: &Capabilities, order: &OrderState, decided: &mut Decided) {
    if capabilities.acknowledgment == Acknowledgment::Promised && !order.is_acknowledged() {
        let verdict = match promise(order) {
            Ok(_) => Verdict::Pass(Proof::code("promise.said")),
            Err(missing) => Verdict::Hold(HoldReason::NoPromise, Proof::value("promise.missing", missing)),
        };
        say(decided, "channel_promise", verdict);
    }
    if capabilities.ship_unit == ShipUnit::Order && !order.reports.is_empty() {
        let verdict = match unpacked(order) {
            None => Verdict::Pass(Proof::code("packages.complete")),
            Some(left) => {
                Verdict::Hold(HoldReason::PackagesIncomplete, Proof::value("packages.incomplete", left))
            }
        };
        say(decided, "channel_packages", verdict);
    }
}

fn say(decided: &mut Decided, rule: &'static str, verdict: Verdict) {
    if let Verdict::Hold(reason, proof) = &verdict {
        decided.accept = false;
        decided.holds.push(Hold { reason: reason.clone(), detail: proof.value.clone() });
    }
    Arc::make_mut(&mut decided.judged).push(Judged { rule: RuleId::new(rule), verdict });
}
