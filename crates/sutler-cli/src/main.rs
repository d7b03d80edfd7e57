//! The command line of sutler: try it, run it, look into it. Thin: whatever decides anything is below.

mod ask;
mod check;
mod common;
mod config;
mod demo;
mod exit;
mod init;
mod normalize;
mod orders;
mod run;
mod sandbox;
mod shape;
mod signal;
mod status;
mod stock_file;

use clap::{Parser, Subcommand};
use exit::{FAILED, Failure, Outcome};
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

const EXIT_CODES: &str = "Exit codes: 0 done; 1 failed; 2 wrong command line; 3 a configuration, policy, input or value is \
wrong and nothing was done; 4 what was named does not exist; 5 the store cannot be used; 6 what was examined is not as it \
should be (check, demo). SUTLER_LOG=info (or debug) logs to stderr.";

/// Orders of every marketplace in one place: acknowledged by rule, stock published, shipped, explained.
#[derive(Parser, Debug)]
#[command(name = "sutler", version, about, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Demo(demo::Demo),
    Sandbox(sandbox::Sandbox),
    Init(init::Init),
    Check(check::Check),
    Run(run::Run),
    Status(status::Status),
    Orders(orders::Orders),
    Stock(ask::Stock),
    Ship(ask::Ship),
    Cancel(ask::Cancel),
    Release(ask::Release),
    Erase(ask::Erase),
    Resolve(ask::Resolve),
    Ticket(ask::Asked),
    Normalize(normalize::Normalize),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("sutler: {}", failure.line());
            ExitCode::from(failure.code)
        }
    }
}

fn run(cli: Cli) -> Outcome {
    let filter = EnvFilter::try_from_env("SUTLER_LOG").unwrap_or_else(|_| EnvFilter::new("off"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(FAILED, format!("no threads can be started: {error}")))?;
    runtime.block_on(async {
        match cli.command {
            Command::Demo(demo) => demo.run().await,
            Command::Sandbox(sandbox) => sandbox.run().await,
            Command::Init(init) => init.run(),
            Command::Check(check) => check.run().await,
            Command::Run(run) => run.run().await,
            Command::Status(status) => status.run().await,
            Command::Orders(orders) => orders.run().await,
            Command::Stock(stock) => stock.run().await,
            Command::Ship(ship) => ship.run().await,
            Command::Cancel(cancel) => cancel.run().await,
            Command::Release(release) => release.run().await,
            Command::Erase(erase) => erase.run().await,
            Command::Resolve(resolve) => resolve.run().await,
            Command::Ticket(asked) => asked.run().await,
            Command::Normalize(normalize) => normalize.run(),
        }
    })
}
