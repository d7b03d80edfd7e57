//! What several commands share: the configuration they read, the channel they mean, the engine's answer.

use crate::{
    config::Config,
    exit::{FAILED, Failure, Outcome, print},
};
use clap::Args;
use serde_json::json;
use std::{path::PathBuf, time::Duration as Wait};
use sutler::{
    Host, Ticket,
    model::{ChannelId, LineQuantity, Timestamp},
};

/// Which configuration.
#[derive(Args, Debug)]
pub(crate) struct Common {
    /// The configuration file.
    #[arg(long, default_value = "sutler.toml", global = true)]
    pub(crate) config: PathBuf,
    /// The answer as JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

/// How something is asked of the engine.
#[derive(Args, Debug)]
pub(crate) struct Asking {
    /// Wait this many seconds for the running engine to take it; 0 only asks.
    #[arg(long, default_value = "0", value_parser = seconds)]
    wait: Wait,
    /// Who asks, for the journal.
    #[arg(long, default_value = "cli", value_parser = said)]
    pub(crate) by: String,
}

impl Common {
    pub(crate) async fn host(&self) -> Outcome<Host> {
        Config::read(&self.config)?.host().await
    }

    /// Prints one or the other.
    pub(crate) fn say(&self, json: serde_json::Value, words: impl FnOnce() -> String) {
        if self.json {
            print(json);
        } else {
            print(words());
        }
    }

    /// Tells that something was asked, and, where the caller wants to wait, what the engine answered.
    pub(crate) async fn asked(&self, asking: &Asking, ticket: Ticket) -> Outcome {
        let id = ticket.id();
        let wait = asking.wait;
        if wait.is_zero() {
            self.say(json!({"ticket": id, "taken": false}), || {
                format!("asked, as number {id}; an engine takes it as soon as one runs (sutler ticket {id})")
            });
            return Ok(());
        }
        match tokio::time::timeout(wait, ticket.taken()).await {
            Ok(Ok(done)) => {
                self.say(json!({"ticket": id, "taken": true, "done": done}), || done.clone());
                Ok(())
            }
            Ok(Err(error)) => Err(error.into()),
            Err(_) => {
                if self.json {
                    print(json!({"ticket": id, "taken": false}));
                }
                Err(Failure::new(
                    FAILED,
                    format!(
                        "number {id} was asked and not taken within {} s; does an engine run? sutler ticket {id} tells later",
                        wait.as_secs_f64()
                    ),
                ))
            }
        }
    }
}

/// A channel of the store by its name.
pub(crate) async fn known_channel(host: &Host, name: &str) -> Outcome<ChannelId> {
    let all = host.channels().await?;
    if let Some(row) = all.iter().find(|row| row.id.as_str() == name) {
        return Ok(row.id.clone());
    }
    let names: Vec<&str> = all.iter().map(|row| row.id.as_str()).collect();
    Err(Failure::new(
        crate::exit::NOT_FOUND,
        format!("no channel {name:?} is known here; the channels are {}", names.join(", ")),
    ))
}

/// The channel meant: the one named, or the only one there is.
pub(crate) async fn channel(host: &Host, named: Option<&str>) -> Outcome<ChannelId> {
    if let Some(name) = named {
        return known_channel(host, name).await;
    }
    let all = host.channels().await?;
    match all.as_slice() {
        [only] => Ok(only.id.clone()),
        [] => Err(Failure::new(crate::exit::NOT_FOUND, "the store has no channel yet; run the engine first")),
        some => {
            let names: Vec<&str> = some.iter().map(|row| row.id.as_str()).collect();
            Err(Failure::wrong(format!("which channel? say --channel with one of {}", names.join(", "))))
        }
    }
}

/// Seconds on the command line: read before anything is asked, so that a slip asks nothing.
fn seconds(text: &str) -> Result<Wait, String> {
    let read = text.parse().ok().and_then(|seconds| Wait::try_from_secs_f64(seconds).ok());
    read.ok_or_else(|| format!("{text:?} is no wait; seconds from 0, such as 2.5, are right"))
}

/// A name on the command line.
pub(crate) fn said(text: &str) -> Result<String, String> {
    let name = text.trim();
    if name.is_empty() {
        return Err(format!("{text:?} names nobody; a name is right"));
    }
    Ok(name.to_owned())
}

/// An instant on the command line.
pub(crate) fn instant(text: &str) -> Result<Timestamp, String> {
    chrono::DateTime::parse_from_rfc3339(text)
        .map(|at| at.to_utc())
        .map_err(|_| format!("{text:?} is no instant; RFC 3339 such as 2026-01-31T08:00:00Z is right"))
}

/// Units of a line on the command line: `LINE=UNITS`.
pub(crate) fn part(text: &str) -> Result<LineQuantity, String> {
    let read = text.rsplit_once('=').and_then(|(line, units)| Some((line, units.parse::<u32>().ok()?)));
    match read {
        Some((line, quantity)) if !line.is_empty() && quantity > 0 => {
            Ok(LineQuantity { line_id: line.into(), quantity })
        }
        _ => Err(format!("{text:?} names no units of a line; LINE=UNITS such as 1=2 is right")),
    }
}
