//! `sutler status`: how things stand, from the store alone.

use crate::{common::Common, config::Config, exit::Outcome, shape};
use clap::Args;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use sutler::{
    Host,
    channel::Channel,
    command::State,
    model::{Metric, Timestamp},
};

/// Commands counted at most; more are shown as this many.
const COUNTED_MAX: usize = 10_000;

/// Says how things stand. The engine may run or not.
#[derive(Args, Debug)]
pub(crate) struct Status {
    #[command(flatten)]
    common: Common,
    /// Also how the account stands by its metrics. Reads every order of their window: seconds where there are many.
    #[arg(long)]
    metrics: bool,
}

impl Status {
    pub(crate) async fn run(self) -> Outcome {
        let config = Config::read(&self.common.config)?;
        let host = config.host().await?;
        // Built, not asked: the streams a channel is read by are data.
        let apart = config.engine_apart().start().await.map_err(|error| config.located(error))?;
        let totals = host.totals().await?;
        let mut channels = Vec::new();
        let mut words = Vec::new();
        for row in host.channels().await? {
            let mut phases: BTreeMap<&str, u64> = BTreeMap::new();
            for (_, phase, n) in totals.phases.iter().filter(|(channel, ..)| *channel == row.id) {
                *phases.entry(phase.as_str()).or_default() += n;
            }
            let acknowledged: u64 =
                totals.acknowledged.iter().filter(|(channel, _)| *channel == row.id).map(|(_, n)| n).sum();
            let mut commands: BTreeMap<&str, usize> = BTreeMap::new();
            for state in [State::Intended, State::Sent, State::Accepted, State::InDoubt, State::Unresolved] {
                let some = host.commands(row.id.clone(), state, COUNTED_MAX).await?.len();
                if some > 0 {
                    commands.insert(state.as_str(), some);
                }
            }
            let known = apart.running_channels().iter().find(|channel| *channel.id() == row.id);
            let read_at = match known {
                Some(channel) => read_at(&host, channel.as_ref()).await?,
                None => None,
            };
            let running = !row.holder.is_empty() && row.lease_until > host.now();
            words.push(format!(
                "{} ({} seller {}): {}; {}",
                row.id,
                row.marketplace,
                row.seller,
                if running { format!("held by {}", row.holder) } else { "not running".into() },
                match (known, read_at) {
                    (_, Some(at)) => format!("read in full at {}", shape::instant(at)),
                    (Some(_), None) => "never read in full".into(),
                    (None, None) => "not in this configuration".into(),
                }
            ));
            words.push(format!("  orders    {}; {acknowledged} acknowledged", counted(&phases)));
            words.push(format!("  commands  {}", counted(&commands)));
            let metrics = if self.metrics { Some(host.metrics(row.id.clone()).await?) } else { None };
            words.extend(metrics.iter().flatten().map(|metric| format!("  metric    {}", told(metric))));
            channels.push(json!({
                "channel": row.id.as_str(),
                "marketplace": row.marketplace,
                "seller": row.seller,
                "running": running,
                "holder": row.holder,
                "lease_until": shape::instant(row.lease_until),
                "read_at": shape::instants(read_at),
                "phases": phases,
                "acknowledged": acknowledged,
                "commands": commands,
                "metrics": metrics.map(|all| all.iter().map(shape::metric).collect::<Vec<_>>()),
            }));
        }
        let value: Value = json!({"channels": channels, "last_change": totals.last.0});
        self.common.say(value, || match words.as_slice() {
            [] => "nothing was ever read into this store".into(),
            some => some.join("\n"),
        });
        Ok(())
    }
}

async fn read_at(host: &Host, channel: &dyn Channel) -> sutler::Result<Option<Timestamp>> {
    let mut oldest: Option<Timestamp> = None;
    for stream in channel.capabilities().own_streams() {
        let row = host.stream(channel.id().clone(), stream.id.clone()).await?;
        let Some(at) = row.and_then(|row| row.pulled_at) else { return Ok(None) };
        oldest = Some(oldest.map_or(at, |before| before.min(at)));
    }
    Ok(oldest)
}

/// `cancellation: 1 of 60 missed, 0 more may; at most 20 in 1000 (walmart-us-standards@…)`.
fn told(metric: &Metric) -> String {
    let name = metric.measure.as_str().replace('_', " ");
    let mut text = format!("{name}: {} of {} missed", metric.missed, metric.counted());
    if metric.undecided > 0 {
        text.push_str(&format!(", {} undecided", metric.undecided));
    }
    if metric.counted() == 0 {
        return text;
    }
    if let (Some(max), Some(left)) = (metric.missed_per_mille_max, metric.misses_left()) {
        let stand = if metric.is_broken() { "broken".into() } else { format!("{left} more may") };
        text.push_str(&format!("; {stand}: at most {max} in 1000 ({})", metric.policy));
    }
    text
}

fn counted<N: std::fmt::Display>(all: &BTreeMap<&str, N>) -> String {
    if all.is_empty() {
        return "none".into();
    }
    all.iter().map(|(name, n)| format!("{n} {}", name.replace('_', " "))).collect::<Vec<_>>().join(", ")
}
