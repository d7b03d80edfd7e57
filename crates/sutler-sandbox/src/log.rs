//! A world as a log: the settings, then every request with its instant. Since a world is a function of the two, a
//! replay *is* the world, with its tokens, buckets and dice; there is nothing else to keep.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::clock::Ms;
use crate::request::Ask;
use crate::shelf::Figures;

/// Heartbeats are at least this far apart, in milliseconds of marketplace time.
const HEARTBEAT: Ms = 5_000;

#[derive(Serialize, Deserialize)]
struct Header<S> {
    sutler_sandbox: String,
    format: u32,
    settings: S,
}

/// One line after the header: what was done to the world at an instant. With nothing but the instant, time went on.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) t: Ms,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ask: Option<Ask>,
    /// An answer that never reached its client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) dropped: Option<u64>,
    /// What the others of a shared shelf were found to have done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) others: Option<BTreeMap<String, Figures>>,
    /// The shelf became a shared one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) shared: bool,
    /// What was due to be pushed was taken.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) pushed: bool,
    /// What became of a push: its number at the marketplace that sent it, and whether it was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) answered: Option<(u64, bool)>,
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
    /// The first line is not the header of a sandbox of this marketplace, or of another format.
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

/// What a log needs to know of the settings it begins with.
pub(crate) trait Begun: Serialize + DeserializeOwned + Clone + PartialEq {
    /// The marketplace, and the number that grows when the same requests would no longer give the same world.
    const OF: (&'static str, u32);

    fn origin(&self) -> Timestamp;
    fn logs(&self) -> bool;

    /// These settings but for the two that need not be the same.
    fn with(&self, origin: Timestamp, logs: bool) -> Self;
}

/// A world that can be replayed.
pub(crate) trait Replayed: Sized {
    type Settings: Begun;
    fn begin(settings: Self::Settings) -> Self;
    fn log(&mut self) -> &mut Log;
    /// Says that what is answered next is for nobody, or no longer so.
    fn replaying(&mut self, on: bool);
    fn replay(&mut self, entry: Entry);
    fn instant(&self) -> Ms;
}

impl Log {
    pub(crate) fn open<S: Begun>(&mut self, settings: &S) {
        self.on = settings.logs();
        let (marketplace, format) = S::OF;
        self.write(&Header { sutler_sandbox: marketplace.into(), format, settings });
    }

    /// Notes something that was done; time stamps and all.
    pub(crate) fn note(&mut self, entry: &Entry) {
        if self.on {
            self.write(entry);
            self.last = entry.t;
        }
    }

    /// Notes that time went on: always when something happened, else now and then.
    pub(crate) fn time(&mut self, now: Ms, moved: bool) {
        if moved || now - self.last >= HEARTBEAT {
            self.note(&Entry { t: now, ..Entry::default() });
        }
    }

    fn write<T: Serialize>(&mut self, line: &T) {
        // Neither strings nor numbers nor these maps can fail to be written as JSON.
        if let Some(line) = serde_json::to_string(line).ok().filter(|_| self.on) {
            self.lines.push(line);
        }
    }

    pub(crate) fn take(&mut self) -> Vec<String> {
        std::mem::take(&mut self.lines)
    }
}

/// The settings a log was begun with, from its first line.
pub(crate) fn from_header<S: Begun>(line: &str) -> Result<S, RecoverError> {
    /// Enough of a header to say whose it is.
    #[derive(Deserialize)]
    struct Whose {
        sutler_sandbox: String,
        format: u32,
    }
    let unreadable =
        |error| RecoverError::Header(format!("not the header of a sandbox's state file: {error}"));
    let whose: Whose = serde_json::from_str(line).map_err(unreadable)?;
    let (marketplace, format) = S::OF;
    if (whose.sutler_sandbox.as_str(), whose.format) != (marketplace, format) {
        return Err(RecoverError::Header(format!(
            "a state of {:?} in format {}, this program reads {marketplace:?} in format {format}",
            whose.sutler_sandbox, whose.format
        )));
    }
    serde_json::from_str::<Header<S>>(line).map(|header| header.settings).map_err(unreadable)
}

/// See [`Recover::recover`](crate::Recover::recover).
pub(crate) fn recover<'a, W: Replayed>(
    settings: W::Settings,
    lines: impl IntoIterator<Item = &'a str>,
) -> Result<W, RecoverError> {
    let mut lines = lines.into_iter().filter(|line| !line.trim().is_empty()).enumerate().peekable();
    let Some((_, first)) = lines.next() else { return Ok(W::begin(settings)) };
    let kept = match from_header::<W::Settings>(first) {
        Err(RecoverError::Header(_)) if lines.peek().is_none() && !first.ends_with('}') => {
            return Ok(W::begin(settings));
        }
        read => read?,
    };
    agree(&kept, &settings)?;
    let mut world = W::begin(kept.with(kept.origin(), settings.logs()));
    world.replaying(true);
    let on = std::mem::take(&mut world.log().on);
    while let Some((at, line)) = lines.next() {
        let entry: Entry = match serde_json::from_str(line) {
            Ok(entry) => entry,
            Err(_) if lines.peek().is_none() => break,
            Err(error) => return Err(RecoverError::Line { line: at + 1, why: error.to_string() }),
        };
        world.replay(entry);
        let now = world.instant();
        world.log().last = now;
    }
    world.replaying(false);
    world.log().lines.clear();
    world.log().on = on;
    Ok(world)
}

/// Everything but the origin and the logging itself must be as it was, else the replay is another world.
fn agree<S: Begun>(kept: &S, given: &S) -> Result<(), RecoverError> {
    let same = given.with(kept.origin(), kept.logs());
    if same == *kept {
        return Ok(());
    }
    let value = |settings: &S| serde_json::to_value(settings).unwrap_or_default();
    let (kept, given) = (value(kept), value(&same));
    let differs =
        kept.as_object().into_iter().flatten().find(|(field, found)| given.get(field) != Some(found));
    let (field, found, wanted) = match differs {
        Some((field, found)) => {
            (field.clone(), found.to_string(), given.get(field).cloned().unwrap_or_default().to_string())
        }
        None => ("settings".into(), "other values".into(), "these".into()),
    };
    let hide =
        |text: String| if field.contains("secret") || field == "refresh_token" { "…".into() } else { text };
    Err(RecoverError::Settings { found: hide(found), wanted: hide(wanted), field: field.clone() })
}
