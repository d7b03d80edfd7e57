//! One worker a channel: a lease with a growing epoch, checked in every transaction that writes.

use crate::{job::Job, settings::Takeover};
use sutler_core::{
    Result, Timestamp,
    channel::Channel,
    error::{Error, ErrorKind, Retry},
    id::ChannelId,
    ports::store::{ChannelRow, InboxQuery, Tx},
    time::Duration,
};

/// What taking a channel over came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// Ours, under this epoch.
    Ours(u64),
    /// Another worker's until then.
    Until(Timestamp),
}

/// Takes a channel over, and refuses one that belongs to another seller (G5).
pub(crate) fn take(job: &mut Job<'_>, channel: &dyn Channel, lease: Duration) -> Result<Taken> {
    let settings = &job.world.settings;
    let seller = channel.seller().as_str();
    let before = job.tx.channels()?.into_iter().find(|row| row.id == *channel.id());
    if let Some(row) = &before {
        let other = row.seller != seller || row.marketplace != channel.capabilities().marketplace;
        // A name under which nothing was ever read is anybody's: who mistyped the seller may mend that.
        if other && !is_unused(job, channel.id())? {
            return Err(Error::new(ErrorKind::Config, "engine.channel").message(format!(
                "channel {} is seller {:?} on {} in this store, not seller {seller:?} on {}; another name is right for another seller",
                row.id, row.seller, row.marketplace, channel.capabilities().marketplace
            )));
        }
        if settings.takeover == Takeover::AfterLease && row.lease_until > job.now {
            return Ok(Taken::Until(row.lease_until));
        }
    }
    let epoch = before.map_or(0, |row| row.epoch) + 1;
    job.tx.put_channel(&ChannelRow {
        id: channel.id().clone(),
        marketplace: channel.capabilities().marketplace.clone().into_owned(),
        seller: seller.to_owned(),
        epoch,
        holder: settings.holder.clone(),
        lease_until: job.now + lease,
    })?;
    Ok(Taken::Ours(epoch))
}

fn is_unused(job: &Job<'_>, channel: &ChannelId) -> Result<bool> {
    let query = InboxQuery { channel: Some(channel.clone()), limit: 1, ..InboxQuery::default() };
    Ok(job.tx.inbox(&query)?.rows.is_empty())
}

/// Refuses to write under a lease that is another's by now.
pub(crate) fn fence(tx: &mut dyn Tx, channel: &ChannelId, epoch: u64) -> Result<ChannelRow> {
    let row = tx.channels()?.into_iter().find(|row| row.id == *channel);
    row.filter(|row| row.epoch == epoch).ok_or_else(|| {
        Error::new(ErrorKind::Closed, "engine.lease")
            .with_retry(Retry::Never)
            .message(format!("the lease of channel {channel} under epoch {epoch} is another worker's by now"))
    })
}

/// Makes the lease last from now.
pub(crate) fn renew(job: &mut Job<'_>, channel: &ChannelId, epoch: u64, lease: Duration) -> Result<()> {
    let mut row = fence(job.tx, channel, epoch)?;
    row.lease_until = job.now + lease;
    job.tx.put_channel(&row)
}

/// Gives the channel back, so that a successor need not wait.
pub(crate) fn release(job: &mut Job<'_>, channel: &ChannelId, epoch: u64) -> Result<()> {
    let mut row = fence(job.tx, channel, epoch)?;
    row.lease_until = job.now;
    // Nobody: the clock a lease was kept by need not be the clock of who looks at it later.
    row.holder.clear();
    job.tx.put_channel(&row)
}
