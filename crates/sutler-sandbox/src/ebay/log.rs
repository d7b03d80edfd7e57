//! What the log needs to know of eBay's world.

use super::World;
use super::settings::Settings;
use crate::Timestamp;
use crate::clock::Ms;
use crate::log::{Begun, Entry, Log, RecoverError, Replayed, from_header, recover};
use crate::shelf;

impl Begun for Settings {
    const OF: (&'static str, u32) = ("ebay", 1);

    fn origin(&self) -> Timestamp {
        self.origin
    }

    fn logs(&self) -> bool {
        self.log
    }

    fn with(&self, origin: Timestamp, log: bool) -> Settings {
        Settings { origin, log, ..self.clone() }
    }
}

impl Settings {
    /// The settings a log was begun with, from its first line.
    ///
    /// # Errors
    /// When the line is no header of this format.
    pub fn from_header(line: &str) -> Result<Settings, RecoverError> {
        from_header(line)
    }
}

impl Replayed for World {
    type Settings = Settings;

    fn begin(settings: Settings) -> World {
        World::new(settings)
    }

    fn log(&mut self) -> &mut Log {
        &mut self.log
    }

    fn replaying(&mut self, on: bool) {
        self.replaying = on;
    }

    fn instant(&self) -> Ms {
        self.now
    }

    fn replay(&mut self, entry: Entry) {
        if let Some(found) = entry.others {
            shelf::note(&mut self.stock, &found);
        }
        if entry.shared {
            self.declare_settings();
        }
        match (entry.ask, entry.dropped) {
            (Some(ask), _) => drop(self.hear(entry.t, &ask)),
            (None, Some(reply)) => self.drop_reply(reply),
            (None, None) => drop(self.catch_up(entry.t.max(self.now))),
        }
        if entry.pushed {
            self.retake(entry.t);
        }
        if let Some((number, good)) = entry.answered {
            self.hear_answer(entry.t, number, good);
        }
    }
}

impl World {
    /// The lines written since the last call; the first ever begins with the header. They belong on disk before the
    /// answer they go with is given. Empty unless [`Settings::log`] is set.
    pub fn take_log(&mut self) -> Vec<String> {
        self.log.take()
    }

    /// The world that wrote these lines; see [`Recover::recover`](crate::Recover::recover).
    ///
    /// # Errors
    /// When the log is of another format, was made with other settings, or is damaged before its last line.
    pub fn recover<'a>(
        settings: Settings,
        lines: impl IntoIterator<Item = &'a str>,
    ) -> Result<World, RecoverError> {
        recover(settings, lines)
    }
}
