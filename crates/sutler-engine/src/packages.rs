//! All packages of an order in one confirmation, where the channel takes no part.

use crate::{
    job::{Aggregate, Job},
    react::{fits, push_intent},
    take::take_by,
};
use sutler_core::{
    Result,
    command::{Act, ConfirmPackages, State, Verb},
    flavour,
};

/// Intends to confirm every reported package at once, as soon as they hold everything that is open: until then the order is
/// held for it ([`flavour::weigh`]), and nothing of it is sent.
pub(crate) fn confirm_all(job: &Job<'_>, order: &mut Aggregate) -> Result<()> {
    let Some(packages) = flavour::all_packages(&order.state) else { return Ok(()) };
    let subject = format!("{}/all", order.state.channel_order_id);
    let ours =
        order.commands.iter().filter(|c| c.key.verb == Verb::ConfirmShipment && c.key.subject == subject);
    let done = ours.filter(|c| c.state != State::Void).max_by_key(|c| c.key.ordinal);
    // What was refused is confirmed anew once somebody has corrected what was reported, and not before.
    if done.is_some_and(|done| done.state != State::Refused || done.act.packages() == packages) {
        return Ok(());
    }
    let deadlines = job.world.deadlines(&order.state.channel);
    let by = packages.iter().map(|report| deadlines.confirm_by(&order.state, report)).min();
    let latest = by.unwrap_or(job.now).min(take_by(job, order)?);
    let facts = &order.state.facts;
    let confirm = ConfirmPackages::new(packages, facts.method.clone(), facts.cancel_requested());
    let act = Act::ConfirmPackages(confirm);
    if !fits(order, &act) || order.is_taken(&act.targets(&subject)) {
        return Ok(());
    }
    push_intent(job, order, Verb::ConfirmShipment, subject, act, latest)
}
