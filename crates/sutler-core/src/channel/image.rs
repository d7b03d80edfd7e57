//! What a read of an order shows of a command: the before-image of a send, and the verdict of a probe, for channels whose orders
//! show units shipped by tracking number, units cancelled and units acknowledged. Pure.

use crate::{
    channel::Probe,
    command::{Act, Command},
    order::{ChannelOrder, Line},
};

/// Units the order shows of what `act` does: shipped under its tracking, or cancelled, over its lines. None for acts
/// that are not counted in units.
pub fn shown(act: &Act, order: &ChannelOrder) -> Option<u32> {
    let units = |line: &Line| match act {
        Act::ConfirmShipment(confirm) => line.shipped_under(&confirm.report.tracking),
        Act::Cancel(_) => line.cancelled,
        _ => 0,
    };
    if !matches!(act, Act::ConfirmShipment(_) | Act::Cancel(_)) {
        return None;
    }
    let lines = act.quantities().iter().filter_map(|wanted| order.facts.line(&wanted.line_id));
    Some(lines.map(units).fold(0, u32::saturating_add))
}

fn wanted(act: &Act) -> u32 {
    act.quantities().iter().map(|line| line.quantity).fold(0, u32::saturating_add)
}

/// Has the command happened, by this read?
pub fn judge(command: &Command, order: &ChannelOrder) -> Probe {
    let no = |why: String| {
        // A "no" from a payload that was not read whole is not to be trusted.
        match order.facts.unmapped.first() {
            None => Probe::DidNot,
            Some(odd) => Probe::Inconclusive { why: format!("{why}, but {} could not be read", odd.field) },
        }
    };
    match &command.act {
        Act::Acknowledge(_) => acknowledged(order, no),
        Act::ConfirmShipment(_) | Act::Cancel(_) => {
            for line in command.act.quantities() {
                if order.facts.line(&line.line_id).is_none() {
                    return Probe::Inconclusive { why: format!("the order shows no line {}", line.line_id) };
                }
            }
            let before = command.before.unwrap_or(0);
            let now = shown(&command.act, order).unwrap_or(0);
            let wanted = wanted(&command.act);
            if now >= before.saturating_add(wanted) {
                let evidence =
                    format!("{now} units are there, {before} were before; {wanted} were asked for");
                return Probe::Happened { evidence };
            }
            if now > before {
                let why = format!("{} of {wanted} units are there; one call never does a part", now - before);
                return Probe::Inconclusive { why };
            }
            no(format!("{now} units are there, as before"))
        }
        _ => Probe::Inconclusive { why: "a level is set again, not looked for".into() },
    }
}

fn acknowledged(order: &ChannelOrder, no: impl FnOnce(String) -> Probe) -> Probe {
    let lines = &order.facts.lines;
    if lines.is_empty() {
        return Probe::Inconclusive { why: "the order shows no lines".into() };
    }
    if let Some(line) = lines.iter().find(|line| !line.is_acknowledged()) {
        return no(format!("line {} is not acknowledged", line.line_id));
    }
    if lines.iter().all(|line| line.acknowledged == 0) {
        return Probe::Inconclusive {
            why: "every line is cancelled; whether it was acknowledged before is not shown".into(),
        };
    }
    Probe::Happened { evidence: "every line is acknowledged or further".into() }
}
