//! The world as a log: the settings, then every request with its instant. Since a world is a function of the two, a
//! replay *is* the world, with its tokens, buckets and dice; there is nothing else to keep.

use serde::{Deserialize, Serialize};

use super::World;
use super::order::Ms;
use super::request::Ask;
use super::settings::Settings;

/// Raised when the same requests would no longer give the same world.
const FORMAT: u32 = 1;

/// Heartbeats are at least this far apart, in milliseconds of marketplace time.
const HEARTBEAT: Ms = 5_000;

#[derive(Serialize, Deserialize)]
struct Header {
    sutler_sandbox: String,
    format: u32,
    settings: Settings,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    t: Ms,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ask: Option<Ask>,
    /// An answer that never reached its client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dropped: Option<u64>,
}

/// Lines since they were last taken.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Log {
    on: bool,
    lines: Vec<String>,
    last: Ms,
}

/// Why a log is not a world.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecoverError {
    /// The first line is not the header of a Walmart sandbox, or of another format.
    #[error("state line 1: {0}")]
    Header(String),
    /// The log was made with other settings than the ones given.
    #[error("state line 1: made with {field} {found}, not {wanted}; use the same, or another state file")]
    Settings {
        /// The setting that differs.
        field: String,
        /// What the log says.
        found: String,
        /// What was asked for.
        wanted: String,
    },
    /// A line other than a torn last one cannot be read.
    #[error("state line {line}: {why}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
}

impl Settings {
    /// The settings a log was begun with, from its first line.
    ///
    /// # Errors
    /// When the line is no header of this format.
    pub fn from_header(line: &str) -> Result<Settings, RecoverError> {
        let header: Header = serde_json::from_str(line).map_err(|error| {
            RecoverError::Header(format!("not the header of a sandbox's state file: {error}"))
        })?;
        if header.sutler_sandbox != "walmart" || header.format != FORMAT {
            return Err(RecoverError::Header(format!(
                "a state of {:?} in format {}, this program reads \"walmart\" in format {FORMAT}",
                header.sutler_sandbox, header.format
            )));
        }
        Ok(header.settings)
    }
}

impl World {
    pub(super) fn open_log(&mut self) {
        self.log.on = self.settings.log;
        if self.log.on {
            let header =
                Header { sutler_sandbox: "walmart".into(), format: FORMAT, settings: self.settings.clone() };
            self.write_line(&header);
        }
    }

    pub(super) fn log_ask(&mut self, now: Ms, ask: &Ask) {
        if self.log.on {
            self.write_line(&Entry { t: now, ask: Some(ask.clone()), dropped: None });
            self.log.last = now;
        }
    }

    pub(super) fn log_dropped(&mut self, reply: u64) {
        if self.log.on {
            self.write_line(&Entry { t: self.now, ask: None, dropped: Some(reply) });
        }
    }

    /// Notes that time went on: always when something happened, else now and then.
    pub(super) fn log_time(&mut self, now: Ms, moved: bool) {
        if self.log.on && (moved || now - self.log.last >= HEARTBEAT) {
            self.write_line(&Entry { t: now, ask: None, dropped: None });
            self.log.last = now;
        }
    }

    fn write_line<T: Serialize>(&mut self, entry: &T) {
        // Neither strings nor numbers nor these maps can fail to be written as JSON.
        if let Ok(line) = serde_json::to_string(entry) {
            self.log.lines.push(line);
        }
    }

    /// The lines written since the last call; the first ever begins with the header. They belong on disk before the
    /// answer they go with is given. Empty unless [`Settings::log`] is set.
    pub fn take_log(&mut self) -> Vec<String> {
        std::mem::take(&mut self.log.lines)
    }

    /// The world that wrote these lines, as it was after the last whole one of them. Without lines, a new world.
    ///
    /// The log's own origin holds. A last line that cannot be read was torn by a crash: its request was never
    /// answered, and is dropped.
    ///
    /// # Errors
    /// When the log is of another format, was made with other settings, or is damaged before its last line.
    pub fn recover<'a>(
        settings: Settings,
        lines: impl IntoIterator<Item = &'a str>,
    ) -> Result<World, RecoverError> {
        let mut lines = lines.into_iter().filter(|line| !line.trim().is_empty()).enumerate().peekable();
        let Some((_, first)) = lines.next() else { return Ok(World::new(settings)) };
        let kept = match Settings::from_header(first) {
            Err(RecoverError::Header(_)) if lines.peek().is_none() && !first.ends_with('}') => {
                return Ok(World::new(settings));
            }
            read => read?,
        };
        agree(&kept, &settings)?;
        let mut world = World::new(Settings { log: settings.log, ..kept });
        world.replaying = true;
        world.log.on = false;
        while let Some((at, line)) = lines.next() {
            let entry: Entry = match serde_json::from_str(line) {
                Ok(entry) => entry,
                Err(_) if lines.peek().is_none() => break,
                Err(error) => return Err(RecoverError::Line { line: at + 1, why: error.to_string() }),
            };
            match (entry.ask, entry.dropped) {
                (Some(ask), _) => drop(world.hear(entry.t, &ask)),
                (None, Some(reply)) => world.drop_reply(reply),
                (None, None) => drop(world.catch_up(entry.t.max(world.now))),
            }
            world.log.last = world.now;
        }
        world.replaying = false;
        world.log.lines.clear();
        world.log.on = world.settings.log;
        Ok(world)
    }
}

/// Everything but the origin and the logging itself must be as it was, else the replay is another world.
fn agree(kept: &Settings, given: &Settings) -> Result<(), RecoverError> {
    let same = Settings { origin: kept.origin, log: kept.log, ..given.clone() };
    if same == *kept {
        return Ok(());
    }
    let value = |settings: &Settings| serde_json::to_value(settings).unwrap_or_default();
    let (kept, given) = (value(kept), value(&same));
    let differs =
        kept.as_object().into_iter().flatten().find(|(field, found)| given.get(field) != Some(found));
    let (field, found, wanted) = match differs {
        Some((field, found)) => {
            (field.clone(), found.to_string(), given.get(field).cloned().unwrap_or_default().to_string())
        }
        None => ("settings".into(), "other values".into(), "these".into()),
    };
    let hide = |text: String| if field == "client_secret" { "…".into() } else { text };
    Err(RecoverError::Settings { found: hide(found), wanted: hide(wanted), field: field.clone() })
}
