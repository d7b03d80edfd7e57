//! What buyers send back.

use super::{Subject, case::Case};
use crate::bench::at_once;
use sutler_core::{
    channel::{PullFrom, Window},
    error::Result,
    returns::ReturnsPulled,
    time::Duration,
};

/// # Errors
/// The channel's.
pub fn what_buyers_send_back_is_read_where_the_channel_tells_of_it(subject: &dyn Subject) -> Result<()> {
    let case = Case::open(subject)?;
    let Some(spec) = case.channel().returns().map(|returns| returns.spec()) else { return Ok(()) };
    assert!(case.budgets().rate(&spec.budget).is_some(), "the budget {} is declared", spec.budget);
    assert!(spec.every > Duration::zero() && spec.horizon > Duration::zero(), "{spec:?}");
    let begun = case.now();
    let (kept, order) = (case.shipped(1)?, case.shipped(2)?);
    case.send_back(&order.channel_order_id)?;
    case.pass(Duration::minutes(1));
    let window = Window { from: begun - spec.overlap, to: case.now() };
    let mut from = PullFrom { stream: spec.stream.clone(), window, cursor: None };
    let mut all = Vec::new();
    loop {
        let Some(returns) = case.channel().returns() else { return Ok(()) };
        match at_once(returns.pull(&case.cx(), &from))? {
            ReturnsPulled::Page(page) => {
                all.extend(page.returns);
                from.cursor = page.next;
            }
            ReturnsPulled::Pending(pending) => {
                assert!(pending.after > Duration::zero(), "{pending:?}");
                case.pass(pending.after);
                from.cursor = Some(pending.cursor);
            }
        }
        if from.cursor.is_none() {
            break;
        }
    }
    assert!(all.iter().all(|(of, _)| *of != kept.channel_order_id), "{all:?}");
    let [(of, one)] = all.as_slice() else { panic!("one return was asked for: {all:?}") };
    assert_eq!(*of, order.channel_order_id);
    assert!(!one.id.is_empty() && !one.status.is_empty(), "{one:?}");
    let (line, [part]) = (&order.facts.lines[0], one.lines.as_slice()) else {
        panic!("of one line: {one:?}")
    };
    assert_eq!(part.quantity, 2);
    match &part.line_id {
        Some(id) => assert_eq!(*id, line.line_id, "of the order's own line"),
        None => assert_eq!(part.sku, line.sku, "of the order's own SKU"),
    }
    Ok(())
}
