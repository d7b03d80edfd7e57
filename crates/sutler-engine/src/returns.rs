//! Taking in what a channel tells of returns. An order that is not stored yet gets its returns when it appears (G10): until
//! then they are kept in a note of its name, so that no order without a line stands in anybody's list.

use crate::job::{Aggregate, Job, Owed};
use sutler_core::{
    Result, Timestamp,
    error::{Error, ErrorKind},
    id::{ChannelId, ChannelOrderId},
    journal::Entry,
    returns::{Return, ReturnTold, fold},
};

/// Takes in returns of one channel, each on its own. An order nobody knows is read by itself soon.
pub(crate) fn take_returns(
    job: &mut Job<'_>,
    channel: &ChannelId,
    told: &[(ChannelOrderId, Return)],
    asked_at: Timestamp,
) -> Result<()> {
    for (id, one) in told {
        let seen = ReturnTold { asked_at, told: one.clone() };
        match job.find(channel, id)? {
            Some(mut order) => {
                if fold(&mut order.state.returns.clone(), &seen) {
                    order.push(job.now, Entry::Returned(Box::new(seen)))?;
                    job.touched.changed_orders += 1;
                    job.save(order)?;
                }
            }
            None => {
                let mut kept = kept(job, channel, id)?;
                if fold(&mut kept, &seen) {
                    keep(job, channel, id, &kept)?;
                    job.touched.owed.push(Owed { channel: channel.clone(), order: id.clone(), due: None });
                }
            }
        }
    }
    Ok(())
}

/// Gives an order that is seen for the first time the returns that were told before it.
pub(crate) fn claim(job: &mut Job<'_>, order: &mut Aggregate) -> Result<()> {
    let channel = order.state.channel.clone();
    if job.world.channels.get(&channel).is_none_or(|channel| channel.returns().is_none()) {
        return Ok(());
    }
    let id = order.state.channel_order_id.clone();
    let kept = kept(job, &channel, &id)?;
    if kept.is_empty() {
        return Ok(());
    }
    for seen in kept {
        order.push(job.now, Entry::Returned(Box::new(seen)))?;
    }
    keep(job, &channel, &id, &[])
}

fn name(channel: &ChannelId, order: &ChannelOrderId) -> String {
    format!("returns/{channel}/{order}")
}

fn kept(job: &Job<'_>, channel: &ChannelId, order: &ChannelOrderId) -> Result<Vec<ReturnTold>> {
    let name = name(channel, order);
    match job.tx.note(&name)? {
        Some(bytes) if !bytes.is_empty() => serde_json::from_slice(&bytes).map_err(|error| {
            Error::new(ErrorKind::Store, "engine.returns")
                .message(format!("the note {name} cannot be read"))
                .with_source(error)
        }),
        _ => Ok(Vec::new()),
    }
}

fn keep(job: &mut Job<'_>, channel: &ChannelId, order: &ChannelOrderId, kept: &[ReturnTold]) -> Result<()> {
    let name = name(channel, order);
    let bytes = match kept {
        [] => Vec::new(),
        some => serde_json::to_vec(some).map_err(|error| {
            Error::new(ErrorKind::Store, "engine.returns")
                .message(format!("the note {name} cannot be written"))
                .with_source(error)
        })?,
    };
    job.tx.put_note(&name, &bytes)
}
