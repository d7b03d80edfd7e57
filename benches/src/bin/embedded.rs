//! The job "sync" through the facade, as a host embeds it: what `benches/bindings/job.py` and `job.mjs` do in their languages,
//! so that what a language adds can be told. One JSON line. The same account as several channels fills a large store: lists reach
//! back half a year only.
//!
//! `embedded 127.0.0.1:8099 orders.db [CHANNELS]`

use serde_json::json;
use std::{collections::BTreeMap, process::ExitCode, time::Instant};
use sutler::{
    Engine, Policy, Result, Walmart,
    channel::Environment,
    model::{Duration, Timestamp},
};
use sutler_benches::{Job, usage};

#[tokio::main]
async fn main() -> ExitCode {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let (host, db, channels) = match given.as_slice() {
        [host, db] => (host, db, Ok(1)),
        [host, db, channels] => (host, db, channels.parse()),
        _ => {
            eprintln!(
                "embedded: a host and a database are right: embedded 127.0.0.1:8099 orders.db [CHANNELS]"
            );
            return ExitCode::FAILURE;
        }
    };
    let Ok(channels) = channels else {
        eprintln!("embedded: CHANNELS is a whole number");
        return ExitCode::FAILURE;
    };
    match job(host, db, channels).await {
        Ok(line) => println!("{line}"),
        Err(error) => {
            eprintln!("embedded: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

async fn job(host: &str, db: &str, channels: u32) -> Result<serde_json::Value> {
    for end in ["", "-wal", "-shm", ".lock"] {
        // A file that is not there need not be removed; one that cannot be is met when it is opened.
        let _ = std::fs::remove_file(format!("{db}{end}"));
    }
    let mut builder = Engine::open(db).policy(Policy::from_toml("[stock]\npublish = false\n")?);
    for n in 0..channels {
        let channel = Walmart::new("101", "bench", "bench")
            .environment(Environment::Local)
            .base_url(format!("http://{host}"))
            .token_url(format!("http://{host}/v3/token"))
            .rate_factor(100_000.0);
        builder = builder.channel(format!("us{n}"), channel);
    }
    let engine = builder.start().await?;
    let counted: Timestamp = engine.now() - Duration::days(3);
    for (sku, units) in Job::peers_counts() {
        engine.on_hand(sku, units).as_of(counted).await?;
    }
    let (started, spent) = (Instant::now(), usage::cpu_seconds());
    engine.step().await?;
    let (wall, cpu) = (started.elapsed().as_secs_f64(), usage::cpu_seconds() - spent);
    let mut phases: BTreeMap<&str, u64> = BTreeMap::new();
    for (_, phase, orders) in engine.totals().await?.phases {
        *phases.entry(phase.as_str()).or_default() += orders;
    }
    engine.close().await?;
    let orders: u64 = phases.values().sum();
    Ok(json!({
        "peer": "sutler in Rust", "job": "sync", "orders_per_s": (orders as f64 / wall).round(),
        "wall_s": (wall * 1e3).round() / 1e3, "cpu_s": (cpu * 1e3).round() / 1e3,
        "peak_rss_mb": usage::peak_rss_mb().round(), "orders": orders, "phases": phases,
    }))
}
