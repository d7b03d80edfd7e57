//! `sutler run`: the engine, until it is stopped.

use crate::{
    common::Common,
    config::Config,
    exit::{FAILED, Failure, Outcome},
    shape, stock_file,
};
use clap::Args;
use serde_json::json;
use std::{
    collections::BTreeMap,
    path::PathBuf,
    time::{Duration as Wait, SystemTime},
};
use sutler::{
    Engine, Health, Mode, Settings,
    model::{ChannelId, Duration, Phase, Timestamp},
};

/// How often it looks whether a poll has ended or the file of counts has changed.
const LOOK: Wait = Wait::from_millis(200);

/// Runs the engine: a line a poll; stops cleanly when asked to (Ctrl-C).
#[derive(Args, Debug)]
pub(crate) struct Run {
    #[command(flatten)]
    common: Common,
    /// Read and decide, send nothing that writes.
    #[arg(long)]
    shadow: bool,
    /// Minutes of marketplace time between polls, 1 to 15.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(i64).range(1..=15))]
    poll_minutes: i64,
}

impl Run {
    pub(crate) async fn run(self) -> Outcome {
        let config = Config::read(&self.common.config)?;
        if config.channels().next().is_none() {
            return Err(Failure::wrong(format!(
                "{} has no channel; a table such as [channels.us] is right",
                self.common.config.display()
            )));
        }
        let counts = config.stock.as_deref().map(stock_file::read).transpose()?.unwrap_or_default();
        let mode = if self.shadow { Mode::Shadow } else { Mode::Live };
        let standard = Settings::default();
        let settings = Settings {
            // A marketplace on this machine answers within milliseconds or not at all, and its time runs on meanwhile.
            read_timeout_real: if config.is_paced() {
                Wait::from_secs(5)
            } else {
                standard.read_timeout_real
            },
            mode,
            pull_interval: Duration::minutes(self.poll_minutes),
            holder: format!("sutler run, process {}", std::process::id()),
            ..standard
        };
        let engine =
            config.engine().settings(settings).start().await.map_err(|error| config.located(error))?;
        let stopped = crate::signal::asked_to_stop()?;
        tokio::pin!(stopped);
        stock_file::declare(engine.host(), counts).await?;
        let mut watching = Watching::new(self.common, config.stock);
        let running = engine.run();
        tokio::pin!(running);
        loop {
            tokio::select! {
                ended = &mut running => return Ok(ended?),
                () = &mut stopped => break,
                looked = watching.look(&engine) => looked?,
            }
        }
        engine.stop();
        Ok(running.await?)
    }
}

/// Prints what happens, and follows the file of counts.
struct Watching {
    common: Common,
    stock: Option<PathBuf>,
    stock_changed: Option<SystemTime>,
    polled: BTreeMap<ChannelId, Timestamp>,
    errors: BTreeMap<ChannelId, Timestamp>,
}

impl Watching {
    fn new(common: Common, stock: Option<PathBuf>) -> Watching {
        let stock_changed = stock.as_deref().and_then(changed);
        Watching { common, stock, stock_changed, polled: BTreeMap::new(), errors: BTreeMap::new() }
    }

    async fn look(&mut self, engine: &Engine) -> Outcome {
        tokio::time::sleep(LOOK).await;
        self.follow_stock(engine).await?;
        let mut fresh = Vec::new();
        for channel in engine.running_channels() {
            let mut oldest: Option<Timestamp> = None;
            let mut whole = true;
            for stream in channel.capabilities().own_streams() {
                match engine
                    .stream(channel.id().clone(), stream.id.clone())
                    .await?
                    .and_then(|row| row.pulled_at)
                {
                    Some(at) => oldest = Some(oldest.map_or(at, |before| before.min(at))),
                    None => whole = false,
                }
            }
            if let Some(at) = oldest.filter(|_| whole)
                && self.polled.insert(channel.id().clone(), at) != Some(at)
            {
                fresh.push(channel.id().clone());
            }
        }
        let health = engine.health().await?;
        for one in &health {
            if fresh.contains(&one.channel) {
                self.line(engine, one).await?;
            }
            if let Some((at, what)) = &one.last_error
                && self.errors.insert(one.channel.clone(), *at) != Some(*at)
            {
                let ended = one.ended.is_some();
                let value = json!({"at": shape::instant(*at), "channel": one.channel.as_str(), "error": what, "ended": ended});
                let given_up = if ended { "given up, the other channels go on: " } else { "" };
                self.common
                    .say(value, || format!("{} {}: {given_up}{what}", shape::instant(*at), one.channel));
            }
        }
        Ok(())
    }

    async fn line(&self, engine: &Engine, health: &Health) -> Outcome {
        let totals = engine.totals().await?;
        let of = |phases: &[Phase]| -> u64 {
            let ours = totals
                .phases
                .iter()
                .filter(|(channel, phase, _)| *channel == health.channel && phases.contains(phase));
            ours.map(|(_, _, n)| n).sum()
        };
        let all: u64 =
            totals.phases.iter().filter(|(channel, ..)| *channel == health.channel).map(|(_, _, n)| n).sum();
        let (held, open) = (of(&[Phase::Held]), of(&[Phase::Open, Phase::PartlyShipped, Phase::New]));
        let at = shape::instant(self.polled.get(&health.channel).copied().unwrap_or_else(|| engine.now()));
        let value = json!({
            "at": at,
            "channel": health.channel.as_str(),
            "orders": all,
            "open": open,
            "held": held,
            "waiting": health.waiting,
            "doubts": health.doubts,
            "unresolved": health.unresolved,
            "complete_to": shape::instants(health.complete_to),
            "deadlines_at_risk": health.deadlines_at_risk,
            "publish_within_s": health.publish_within.num_seconds(),
            "publish_slowest_s": health.publish_slowest.map(|took| took.num_seconds()),
            "exposure": health.exposure,
            "exposure_bound": health.exposure_bound,
        });
        self.common.say(value, || {
            format!(
                "{at} {}: polled; {all} orders, {open} open, {held} held; {} commands waiting, {} in doubt, {} unresolved",
                health.channel, health.waiting, health.doubts, health.unresolved
            )
        });
        Ok(())
    }

    async fn follow_stock(&mut self, engine: &Engine) -> Outcome {
        let Some(path) = &self.stock else { return Ok(()) };
        let now = changed(path);
        if now == self.stock_changed {
            return Ok(());
        }
        self.stock_changed = now;
        // While it runs, a file that is wrong for a moment must not stop the engine.
        match stock_file::read(path) {
            Ok(counts) => {
                let some = stock_file::declare(engine.host(), counts).await?;
                let value = json!({"stock": path.display().to_string(), "counts": some});
                self.common.say(value, || format!("{}: {some} counts declared", path.display()));
            }
            Err(failure) if failure.code != FAILED => {
                eprintln!("sutler: {}; the last good one stands", failure.line())
            }
            Err(failure) => return Err(failure),
        }
        Ok(())
    }
}

fn changed(path: &std::path::Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|about| about.modified()).ok()
}
