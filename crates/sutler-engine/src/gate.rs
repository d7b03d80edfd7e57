//! What the channels of one engine owe each other before a level may rise (G14).
//!
//! A level that rises offers units again. They may have been sold on another channel in an order that was served to us and is
//! not stored yet: so no level rises on one channel while orders are being read on another, nor the other way round. After a
//! start the last orders of the process before may have been served and lost with it: no level rises until every channel was
//! pulled once, or did not manage to for [`PATIENCE`]. Levels that fall never wait here.

use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
};
use sutler_core::{Timestamp, id::ChannelId, time::Duration};

/// A channel that cannot be pulled holds up the others' levels this long after a start, and no longer.
const PATIENCE: Duration = Duration::minutes(15);

/// Who reads orders, and who raises levels.
#[derive(Debug, Default)]
pub(crate) struct Gate(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// Channels that may have missed what was served, by since when: from their drivers' begin, or a read that failed, to the
    /// next complete pull.
    unpulled: Vec<(ChannelId, Timestamp)>,
    /// Orders are being read, or were read and are not stored yet.
    reading: BTreeSet<ChannelId>,
    /// Would read now, were it not for others that raise.
    waiting: BTreeSet<ChannelId>,
    raising: BTreeSet<ChannelId>,
}

impl Inner {
    fn may_read(&self, own: &ChannelId) -> bool {
        self.raising.iter().all(|other| other == own)
    }

    fn may_raise(&self, own: &ChannelId, now: Timestamp) -> bool {
        let others = |some: &BTreeSet<ChannelId>| some.iter().any(|other| other != own);
        let unpulled = |(other, since): &(ChannelId, Timestamp)| other != own && now - *since <= PATIENCE;
        !others(&self.reading) && !others(&self.waiting) && !self.unpulled.iter().any(unpulled)
    }
}

impl Gate {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A driver begins.
    pub(crate) fn join(&self, own: &ChannelId, now: Timestamp) {
        self.leave(own);
        self.lock().unpulled.push((own.clone(), now));
    }

    /// A driver ends.
    pub(crate) fn leave(&self, own: &ChannelId) {
        let mut inner = self.lock();
        inner.unpulled.retain(|(channel, _)| channel != own);
        inner.reading.remove(own);
        inner.waiting.remove(own);
        inner.raising.remove(own);
    }

    /// Says whether orders would be read now. Answers whether they may be; where not, nobody begins to raise any more.
    pub(crate) fn wish_to_read(&self, own: &ChannelId, wish: bool) -> bool {
        let mut inner = self.lock();
        let free = inner.may_read(own);
        if wish && !free {
            inner.waiting.insert(own.clone());
        } else {
            inner.waiting.remove(own);
        }
        free
    }

    /// Begins to read orders, where nobody else raises a level.
    pub(crate) fn begin_read(&self, own: &ChannelId) -> bool {
        let mut inner = self.lock();
        let free = inner.may_read(own);
        if free {
            inner.waiting.remove(own);
            inner.reading.insert(own.clone());
        }
        free
    }

    /// All that was read is stored.
    pub(crate) fn end_read(&self, own: &ChannelId) {
        self.lock().reading.remove(own);
    }

    /// Every stream was read to its end.
    pub(crate) fn pulled(&self, own: &ChannelId) {
        self.lock().unpulled.retain(|(channel, _)| channel != own);
    }

    /// Orders may have been served and lost: as after a start, until the next complete pull. A channel that goes on failing
    /// holds nobody up for longer than once.
    pub(crate) fn missed(&self, own: &ChannelId, now: Timestamp) {
        let mut inner = self.lock();
        if !inner.unpulled.iter().any(|(channel, _)| channel == own) {
            inner.unpulled.push((own.clone(), now));
        }
    }

    /// Does another channel wait to read?
    pub(crate) fn others_wait(&self, own: &ChannelId) -> bool {
        self.lock().waiting.iter().any(|other| other != own)
    }

    /// Could a level rise now?
    pub(crate) fn may_raise(&self, own: &ChannelId, now: Timestamp) -> bool {
        self.lock().may_raise(own, now)
    }

    /// Begins to raise levels, where that may be.
    pub(crate) fn begin_raise(&self, own: &ChannelId, now: Timestamp) -> bool {
        let mut inner = self.lock();
        let free = inner.may_raise(own, now);
        if free {
            inner.raising.insert(own.clone());
        }
        free
    }

    /// No set is on the wire any more.
    pub(crate) fn end_raise(&self, own: &ChannelId) {
        self.lock().raising.remove(own);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sutler_core::time::from_millis;

    #[test]
    fn g14_no_level_rises_while_orders_of_another_channel_are_read_nor_the_other_way_round() {
        let (gate, now) = (Gate::default(), from_millis(1_800_000_000_000));
        let (a, b): (ChannelId, ChannelId) = ("a".into(), "b".into());
        [&a, &b].iter().for_each(|own| gate.join(own, now));
        assert!(!gate.may_raise(&a, now), "b was never pulled");
        assert!(gate.may_raise(&a, now + PATIENCE + Duration::seconds(1)), "and will not be");
        [&a, &b].iter().for_each(|own| gate.pulled(own));

        assert!(
            gate.begin_read(&a) && gate.begin_raise(&a, now),
            "a channel's own order is its driver's affair"
        );
        assert!(!gate.begin_raise(&b, now));
        gate.end_read(&a);
        assert!(!gate.wish_to_read(&b, true));
        gate.end_raise(&a);
        assert!(!gate.begin_raise(&a, now), "b waited first");
        assert!(gate.begin_read(&b));
        gate.end_read(&b);
        assert!(gate.begin_raise(&a, now));
        assert!(!gate.begin_read(&b));
        assert!(!gate.wish_to_read(&b, true) && gate.others_wait(&a), "which a must let run out");
        gate.leave(&a);
        assert!(gate.begin_read(&b));
        gate.end_read(&b);
        // What b was served may be lost: nobody else's level rises before b was pulled again, for a while.
        gate.join(&a, now);
        gate.pulled(&a);
        gate.missed(&b, now);
        gate.missed(&b, now + PATIENCE);
        assert!(!gate.may_raise(&a, now) && gate.may_raise(&b, now));
        assert!(gate.may_raise(&a, now + PATIENCE + Duration::seconds(1)), "counted from the first time");
    }
}
