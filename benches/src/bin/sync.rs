//! The job "sync" against a marketplace on this machine, as the peers run it: one JSON line a pass.
//!
//! `sync --host 127.0.0.1:8099 --db orders.db [--orders 20000] [--window 128] [--until sync|reread|resync]`
//!
//! Three passes: `sync` on a fresh store; `reread`, where every acknowledged order has changed since we stored it; and
//! `resync`, where nothing has. Ends with 1 when a pass did not end as it must.

use std::process::ExitCode;
use sutler_benches::{Job, Pass, job::Again};

/// What 20,000 orders of the peers' stub must come to.
const PEERS_END: &str =
    r#"{"orders":20000,"held":740,"acked":19260,"total_cents":457192670,"lines":40000,"stock":4724845}"#;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("sync: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let option = |name: &str, default: &str| {
        let at = given.iter().position(|arg| arg == name);
        at.and_then(|at| given.get(at + 1)).map_or_else(|| default.to_owned(), Clone::clone)
    };
    let orders: u64 = option("--orders", "20000").parse().map_err(|error| format!("--orders: {error}"))?;
    let job = Job {
        base_url: format!("http://{}", option("--host", "127.0.0.1:8099")),
        account: ["101", "bench", "bench"].map(str::to_owned),
        db: option("--db", "sync-bench.db").into(),
        on_hand: Job::peers_counts(),
        window: option("--window", "128").parse().map_err(|error| format!("--window: {error}"))?,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    for (name, again) in
        [("sync", Again::Fresh), ("reread", Again::FromTheStart), ("resync", Again::FromTheStart)]
    {
        let pass = runtime.block_on(job.pass(again)).map_err(|error| format!("{name}: {error}"))?;
        println!("{}", line(name, &pass));
        pass.end.is_whole().map_err(|error| format!("{name}: {error}"))?;
        if pass.end.orders != orders || (orders == 20_000 && pass.end.check() != PEERS_END) {
            return Err(format!(
                "{name} ended with {}; {orders} orders as the peers have them are right",
                pass.end.check()
            ));
        }
        if option("--until", "resync") == name {
            break;
        }
    }
    Ok(())
}

fn line(job: &str, pass: &Pass) -> String {
    let end = &pass.end;
    let journal: u64 = end.journal.values().sum();
    format!(
        r#"{{"peer":"sutler","job":"{job}","synchronous":"FULL","orders_per_s":{:.0},"wall_s":{:.3},"cpu_s":{:.3},"peak_rss_mb":{:.1},"db_bytes_per_order":{:.0},"journal_rows":{journal},"sent_rows":{},"check":{}}}"#,
        end.orders as f64 / pass.wall_s,
        pass.wall_s,
        pass.cpu_s,
        pass.peak_rss_mb,
        pass.db_bytes as f64 / end.orders.max(1) as f64,
        end.rows("stepped.Send"),
        end.check()
    )
}
