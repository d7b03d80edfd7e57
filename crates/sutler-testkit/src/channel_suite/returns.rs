//! What buyers send back.

use super::{Subject, case::Case};
use crate::bench::at_once;
use sutler_core::{
    channel::{PullFrom, Window},
    error::Result,
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
        let page = at_once(returns.page(&case.cx(), &from))?;
        all.extend(page.returns);
        from.cursor = page.next;
        if from.cursor.is_none() {
            break;
        }
    }
    assert!(all.iter().all(|(of, _)| *of != kept.channel_order_id), "{all:?}");
    let [(of, one)] = all.as_slice() else { panic!("one return was asked for: {all:?}") };
    assert_eq!(*of, order.channel_order_id);
    assert!(!one.id.is_empty() && !one.status.is_empty(), "{one:?}");
    let line = order.facts.lines.first().map(|line| line.line_id.clone());
    let units: Vec<_> = one.lines.iter().map(|part| (part.line_id.clone(), part.quantity)).collect();
    assert_eq!(units, [(line, 2)], "of the order's own line");
    Ok(())
}
