//! `sutler demo`: the main job in one process, against marketplaces on this machine, and a count of what took effect.

mod progress;
mod report;
mod shop;
mod stock;
mod tally;
mod warehouse;

use crate::exit::{FAILED, FOUND_WRONG, Failure, Outcome, STORE, print};
use clap::Args;
use report::Report;
use shop::{Kind, Opening, Shop};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    time::{Duration as Wait, Instant},
};
use stock::Exposure;
use sutler::{
    Engine, Host, Policy, Settings,
    command::State,
    model::{Duration, Phase, Seq, Timestamp},
    sandbox::{Effects, Faults, FulfilledBy, PlanEntry, SPEED_MAX},
};
use tokio::sync::watch;
use warehouse::Warehouse;

/// How often the demo looks whether it is done.
const LOOK: Wait = Wait::from_millis(100);

/// Runs the main job against local marketplaces that sell from one shelf, and counts what took effect.
#[derive(Args, Debug)]
pub(crate) struct Demo {
    /// Which marketplaces, separated by commas.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Kind::Walmart, Kind::Amazon, Kind::Ebay])]
    marketplaces: Vec<Kind>,
    /// Orders that are there at the start, on each of them; a tenth more arrive during the run.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    orders: u32,
    /// Where all chance comes from: the same seed, the same orders.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// The SQLite file, with the marketplaces' states beside it; run again to go on in the same world [default: a new
    /// folder for temporary files, kept].
    #[arg(long)]
    db: Option<PathBuf>,
    /// Marketplace seconds in a second; 1 is real time.
    #[arg(long, default_value_t = 60.0)]
    speed: f64,
    /// What goes wrong: none, lag, flaky, storm, outage, tokens or hostile.
    #[arg(long, default_value = "none")]
    faults: String,
    /// The summary as JSON.
    #[arg(long)]
    json: bool,
}

/// How the run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Ended {
    /// Every order is where it should be.
    Done,
    /// Not within the bound.
    OutOfTime,
    /// A person stopped it.
    Stopped,
    /// The engine ended by itself.
    Broken(String),
}

impl Demo {
    pub(crate) async fn run(mut self) -> Outcome {
        let faults = Faults::preset(&self.faults).ok_or_else(|| {
            let known = Faults::PRESETS.join(", ");
            Failure::wrong(format!("--faults {:?} is not known; one of {known} is right", self.faults))
        })?;
        if !(self.speed > 0.0 && self.speed <= SPEED_MAX) {
            return Err(Failure::wrong(format!(
                "--speed {} is not possible; a number above 0 and up to {SPEED_MAX} is right",
                self.speed
            )));
        }
        self.marketplaces.sort();
        self.marketplaces.dedup();
        let db = self.database()?;
        usable(&db).await?;
        let begun = Instant::now();
        let arrivals = self.orders / 10;
        let settings = Settings {
            pull_interval: Duration::minutes(5),
            // A read that hangs must not cost an hour of marketplace time.
            read_timeout_real: Wait::from_secs(5),
            ..Settings::default()
        };
        let opening = Opening {
            db: &db,
            seed: self.seed,
            orders: self.orders,
            arrivals,
            faults: &faults,
            speed: self.speed,
            not_before: last_change(&db).await?,
        };
        let builder = Engine::open(db.display().to_string()).policy(Policy::standard()).settings(settings);
        let (shops, builder) = opening.start(&self.marketplaces, builder).await?;
        let mut exposure = Exposure::begin(&shops);
        let engine = builder.start().await?;
        // Said before anything is done: whoever loses this run needs it to go on.
        eprintln!("demo: the store is {0}; --db {0} goes on with it", db.display());
        let bound = self.bound(&faults);
        let orders = (self.orders + arrivals) as usize;
        let ended = self.live(&engine, &shops, &mut exposure, bound, orders).await?;
        let strict = !faults_garble(&faults);
        let offers = stock::look(engine.host(), &counted(&shops), &mut exposure).await?;
        let mut tallies = Vec::new();
        for shop in &shops {
            let offers = offers.get(shop.name()).copied().unwrap_or_default();
            tallies.push(tally::count(&engine, shop, offers, strict).await?);
        }
        let report = Report {
            all: tally::sum(&tallies),
            tallies,
            exposure_bound: exposure.bound(),
            ended,
            elapsed: begun.elapsed(),
            seed: self.seed,
            db,
            faults: self.faults,
            speed: self.speed,
        };
        engine.close().await?;
        for shop in shops {
            shop.stop().await;
        }
        if self.json {
            print(report.json());
        } else {
            print(report.words());
        }
        match (&report.ended, report.all.problems.len()) {
            (Ended::Stopped, _) => Err(Failure::new(
                FAILED,
                format!("stopped; run again with --db {} to go on", report.db.display()),
            )),
            (Ended::Broken(why), _) => Err(Failure::new(FAILED, format!("the engine ended: {why}"))),
            (Ended::Done, 0) => Ok(()),
            (Ended::OutOfTime, 0) => Err(Failure::new(
                FOUND_WRONG,
                format!("not everything was done within {} s", bound.as_secs()),
            )),
            (_, some) => Err(Failure::new(
                FOUND_WRONG,
                format!("{some} things are not as they should be: {}", report.all.problems.join("; ")),
            )),
        }
    }

    fn database(&self) -> Outcome<PathBuf> {
        if let Some(path) = &self.db {
            return Ok(path.clone());
        }
        let folder = tempfile::Builder::new().prefix("sutler-demo-").tempdir().map_err(|error| {
            Failure::new(FAILED, format!("no temporary folder can be made ({error}); give a file with --db"))
        })?;
        Ok(folder.keep().join("orders.db"))
    }

    /// The demo ends by itself long before; this bounds it when it does not.
    fn bound(&self, faults: &Faults) -> Wait {
        let quiet = self.faults == "none";
        let base = if quiet { 90.0 } else { 240.0 };
        let more = f64::from(self.orders.saturating_sub(300)) * 6.0 * self.marketplaces.len() as f64;
        let marketplace = base * 60.0 + more + f64::from(faults.outage_length_s) * 1.5;
        Wait::from_secs_f64((marketplace / self.speed).max(base))
    }

    /// Runs engine and warehouse side by side until everything is done.
    async fn live(
        &self,
        engine: &Engine,
        shops: &[Shop],
        exposure: &mut Exposure,
        bound: Wait,
        orders: usize,
    ) -> Outcome<Ended> {
        let mut warehouse = Warehouse::new(engine, shops);
        warehouse.open().await?;
        let running = tokio::spawn({
            let engine = engine.clone();
            async move { engine.run().await }
        });
        let (stop, stopped) = watch::channel(false);
        let (busy, still_busy) = watch::channel(true);
        let working = tokio::spawn(warehouse.work(stopped, busy));
        let progress = progress::Progress::new(orders * shops.len(), self.json);
        let interrupted = crate::signal::asked_to_stop()?;
        tokio::pin!(interrupted);
        let begun = Instant::now();
        let ended = loop {
            tokio::select! {
                () = &mut interrupted => break Ended::Stopped,
                () = tokio::time::sleep(LOOK) => {}
            }
            if running.is_finished() {
                break Ended::Broken("it returned before it was asked to stop".into());
            }
            if working.is_finished() {
                break Ended::Broken("the warehouse returned before it was asked to stop".into());
            }
            let plans: Vec<_> = shops.iter().map(|shop| (shop.name(), shop.plan())).collect();
            let busy = *still_busy.borrow();
            progress.show(&engine.totals().await?, plans.iter().map(|(_, plan)| plan.len()).sum());
            let offers = stock::look(engine, &counted(shops), exposure).await?;
            let offered = offers.values().all(|own| own.as_desired == own.listings);
            let placed = plans.iter().all(|(_, plan)| plan.len() >= orders);
            if placed && offered && !busy && is_done(engine, &plans).await? {
                break Ended::Done;
            }
            if begun.elapsed() >= bound {
                break Ended::OutOfTime;
            }
        };
        progress.end();
        // Nobody listens any more once the warehouse has ended.
        let _ = stop.send(true);
        let worked = working.await;
        engine.stop();
        let ran = running.await;
        for result in [worked, ran] {
            match result {
                Ok(Ok(())) => {}
                Ok(Err(error)) => return Ok(Ended::Broken(error.to_string())),
                Err(error) => return Ok(Ended::Broken(error.to_string())),
            }
        }
        Ok(ended)
    }
}

/// Opens the store once, so that nothing is left beside one that cannot be used.
async fn usable(db: &Path) -> Outcome {
    match Engine::open(db.display().to_string()).start().await {
        Ok(engine) => Ok(engine.close().await?),
        Err(error) => Err(Failure::new(STORE, format!("--db {} cannot be the store: {error}", db.display()))),
    }
}

/// Payloads that cannot be read in full add a reason of their own to any order.
fn faults_garble(faults: &Faults) -> bool {
    faults.unknown_text > 0 || faults.loose > 0
}

/// What each marketplace counted up to now.
fn counted(shops: &[Shop]) -> Vec<(&'static str, Effects)> {
    shops.iter().map(|shop| (shop.name(), shop.effects())).collect()
}

/// The latest instant an earlier run saw. A store killed in its first moments cannot be read yet, and saw none.
async fn last_change(db: &Path) -> sutler::Result<Option<Timestamp>> {
    let Ok(host) = Host::open(db.display().to_string()).await else { return Ok(None) };
    let last = host.totals().await?.last;
    let change = host.changes(Seq((last.0 - 1).max(0)), 1).await?;
    Ok(change.first().map(|change| change.at))
}

/// Is every order where it should be, and no command open but those that wait for a person?
async fn is_done(host: &Host, plans: &[(&'static str, Vec<PlanEntry>)]) -> sutler::Result<bool> {
    for (channel, plan) in plans {
        let foreign: BTreeSet<&str> = plan
            .iter()
            .filter(|entry| entry.fulfilled_by != FulfilledBy::Seller)
            .map(|entry| entry.id.as_str())
            .collect();
        let stored = rows(host, channel).await?;
        let settled = |entry: &PlanEntry| match stored.get(&entry.id) {
            None | Some(Phase::New | Phase::PartlyShipped) => false,
            Some(Phase::Open) => foreign.contains(entry.id.as_str()),
            Some(_) => true,
        };
        if !plan.iter().all(settled) {
            return Ok(false);
        }
        for state in [State::Intended, State::Sent, State::Accepted, State::InDoubt] {
            if !host.commands(*channel, state, 1).await?.is_empty() {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// Where each stored order of a channel is.
async fn rows(host: &Host, channel: &str) -> sutler::Result<BTreeMap<String, Phase>> {
    let mut all = BTreeMap::new();
    let mut question = host.orders().channel(channel).limit(500);
    loop {
        let page = question.rows().await?;
        all.extend(page.rows.into_iter().map(|row| (row.channel_order_id.to_string(), row.phase)));
        match page.next {
            Some(cursor) => question = question.after(cursor),
            None => return Ok(all),
        }
    }
}
