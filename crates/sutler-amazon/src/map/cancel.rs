//! Whether a cancellation of ours shows in its order. Pure.

use sutler_core::{channel::Probe, command::Command, order::ChannelOrder};

/// Are all lines of the cancellation cancelled? Whoever cancelled them: a second cancellation would change nothing.
pub(crate) fn judge(command: &Command, order: &ChannelOrder) -> Probe {
    let (mut done, mut open) = (0_usize, 0_usize);
    let parts = command.act.quantities();
    for part in parts {
        let Some(line) = order.facts.line(&part.line_id) else {
            return Probe::Inconclusive { why: format!("the order shows no line {}", part.line_id) };
        };
        if line.cancelled >= part.quantity {
            done += 1;
        } else if line.cancelled == 0 {
            open += 1;
        }
    }
    match (parts.len(), done, open) {
        (0, ..) => Probe::Inconclusive { why: "the command names no line".into() },
        (all, done, _) if done == all => Probe::Happened { evidence: format!("{done} lines are cancelled") },
        (all, _, open) if open == all => Probe::DidNot,
        (all, done, _) => Probe::Inconclusive {
            why: format!("{done} of {all} lines are cancelled; one feed does all or none"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sutler_core::{
        channel::RawOrder,
        command::{Act, Cancel, CancelReason, CommandKey, Verb},
        order::LineQuantity,
        time::from_millis,
    };

    fn judged(status: &str, cancelled: &[bool]) -> Probe {
        let item = |(at, cancelled): (usize, &bool)| {
            let execution = if *cancelled {
                r#","cancellation":{"cancellationExecution":{"cancelledBy":"MERCHANT"}},"fulfillment":{"quantityFulfilled":0,"quantityUnfulfilled":0}"#
            } else {
                r#","fulfillment":{"quantityFulfilled":0,"quantityUnfulfilled":2}"#
            };
            format!(r#"{{"orderItemId":"L{at}","quantityOrdered":2{execution}}}"#)
        };
        let items: Vec<String> = cancelled.iter().enumerate().map(item).collect();
        let raw = format!(
            r#"{{"orderId":"1","fulfillment":{{"fulfillmentStatus":"{status}"}},"orderItems":[{}]}}"#,
            items.join(",")
        );
        let order =
            crate::map::order(&RawOrder { channel_order_id: "1".into(), raw: raw.into_bytes().into() });
        let part = |at: usize| LineQuantity { line_id: format!("L{at}").as_str().into(), quantity: 2 };
        let act = Act::Cancel(Cancel {
            lines: (0..cancelled.len()).map(part).collect(),
            reason: CancelReason::OutOfStock,
        });
        let key = CommandKey { verb: Verb::Cancel, subject: "1".into(), ordinal: 1 };
        judge(&Command::intend(key, act, from_millis(0), from_millis(0)), &order)
    }

    #[test]
    fn g18_a_cancellation_is_seen_whole_or_not_at_all() {
        assert!(matches!(judged("CANCELLED", &[true, true]), Probe::Happened { .. }));
        assert!(matches!(judged("UNSHIPPED", &[true, true]), Probe::Happened { .. }));
        assert_eq!(judged("UNSHIPPED", &[false, false]), Probe::DidNot);
        assert!(matches!(judged("UNSHIPPED", &[true, false]), Probe::Inconclusive { .. }));
        assert!(matches!(judged("UNSHIPPED", &[]), Probe::Inconclusive { .. }));
    }
}
