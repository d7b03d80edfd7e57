//! What an order shows instead, when Walmart says that something was done already.

use sutler_core::{
    channel::Probe,
    command::{Act, Command},
    order::ChannelOrder,
};

/// The verdict on a command that belongs to no order.
pub(crate) fn judge_level(command: &Command) -> Probe {
    Probe::Inconclusive { why: format!("{} is set again, not looked for", command.key.subject) }
}

/// What the order shows instead, when Walmart says that something was done already and it was not ours.
pub(crate) fn conflict(command: &Command, order: &ChannelOrder) -> Option<String> {
    let open = |wanted: &sutler_core::order::LineQuantity| {
        order.facts.line(&wanted.line_id).map(|line| (line, line.open() < wanted.quantity))
    };
    match &command.act {
        Act::Acknowledge(_) => {
            let all = order.facts.lines.iter().all(|line| line.ordered > 0 && line.cancelled >= line.ordered);
            (all && !order.facts.lines.is_empty()).then(|| "every line of the order is cancelled".into())
        }
        Act::ConfirmShipment(_) | Act::Cancel(_) => {
            let (line, _) = command.act.quantities().iter().filter_map(open).find(|(_, short)| *short)?;
            Some(format!(
                "line {} has {} units shipped, {} cancelled and {} open",
                line.line_id,
                line.shipped,
                line.cancelled,
                line.open()
            ))
        }
        _ => None,
    }
}
