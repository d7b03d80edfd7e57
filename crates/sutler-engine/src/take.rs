//! Taking an order, as its channel wants to hear of it: by a call, by a call that promises, by our own note, or by arranging
//! its shipment.

use crate::{
    job::{Aggregate, Job},
    react::push_intent,
};
use sutler_core::{
    Result, Timestamp,
    channel::Acknowledgment,
    command::{Acknowledge, Act, State, Verb},
    flavour,
    journal::Entry,
};

/// Takes an order that is to be taken and is not yet.
pub(crate) fn take(job: &Job<'_>, order: &mut Aggregate, how: Acknowledgment) -> Result<()> {
    let act = match how {
        Acknowledgment::Local => return order.push(job.now, Entry::TakenHere),
        Acknowledgment::ImpliedByArranging => return note_arranged(job, order),
        Acknowledgment::Required => Act::Acknowledge(Acknowledge {}),
        Acknowledgment::Promised => match flavour::promise(&order.state) {
            Ok(promise) => Act::Accept(promise),
            // The hold says what is missing; nothing leaves without it.
            Err(_) => return Ok(()),
        },
    };
    let told = order.commands.iter().filter(|c| c.key.verb == Verb::Acknowledge && c.state != State::Void);
    let last = told.max_by_key(|c| c.key.ordinal);
    // A promise that was refused is made anew once the order says otherwise, and not before.
    if last.is_some_and(|last| last.state != State::Refused || last.act == act) {
        return Ok(());
    }
    let latest = job.world.deadlines(&order.state.channel).acknowledge_by(order.state.placed_at());
    let subject = order.state.channel_order_id.to_string();
    push_intent(job, order, Verb::Acknowledge, subject, act, latest)
}

/// Where arranging the shipment takes the order, a confirmation of ours is the acknowledgment.
fn note_arranged(job: &Job<'_>, order: &mut Aggregate) -> Result<()> {
    let arranged =
        order.commands.iter().any(|c| c.key.verb == Verb::ConfirmShipment && c.state == State::Confirmed);
    if arranged && order.state.acknowledged_at.is_none() {
        order.push(job.now, Entry::TakenByArranging)?;
    }
    Ok(())
}

/// When a shipment must be arranged at the latest for the order to be taken in time: where arranging takes it, the time for
/// the one is the time for the other.
pub(crate) fn take_by(job: &Job<'_>, order: &Aggregate) -> Result<Timestamp> {
    let channel = &order.state.channel;
    let implied = job.world.capabilities(channel)?.acknowledgment == Acknowledgment::ImpliedByArranging;
    if !implied || order.state.is_acknowledged() {
        return Ok(Timestamp::MAX_UTC);
    }
    Ok(job.world.deadlines(channel).acknowledge_by(order.state.placed_at()))
}
