//! This driver's part of the [`gate`](crate::gate) between channels.

use super::Driver;
use sutler_core::time::Duration;

/// What waits for another channel looks again after this long at the latest.
pub(super) const HELD_OFF: Duration = Duration::seconds(1);

impl Driver {
    /// Gives back what is held of the gate and not needed any more.
    pub(super) fn release_gate(&mut self) {
        let read = self.reads && self.room.pulls == 0 && self.room.ingests == 0 && self.room.hints == 0;
        let raised = self.raises && !self.room.setting && self.room.sets == 0;
        if read {
            self.reads = false;
            self.shared.gate.end_read(&self.id);
        }
        if raised {
            self.raises = false;
            self.shared.gate.end_raise(&self.id);
        }
        if read || raised {
            self.shared.ring_others(&self.id);
        }
    }

    /// The channel has ended: whatever it held must not hold up the others.
    pub(super) fn leave_gate(&mut self) {
        (self.reads, self.raises, self.held_off) = (false, false, false);
        self.shared.gate.leave(&self.id);
        self.shared.ring_others(&self.id);
    }

    /// Orders may have been served that are not stored.
    pub(super) fn may_have_missed(&self) {
        self.shared.gate.missed(&self.id, self.now());
    }

    /// May orders be read now? What is held is given back once nothing is in flight and all is stored.
    pub(super) fn begin_read(&mut self) -> bool {
        self.reads = self.reads || self.shared.gate.begin_read(&self.id);
        self.reads
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.leave_gate();
    }
}
