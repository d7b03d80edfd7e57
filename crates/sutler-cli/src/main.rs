//! The command line of sutler.

mod demo;
mod exit;
mod signal;

use clap::{Parser, Subcommand};
use exit::Outcome;
use std::process::ExitCode;

#[derive(Parser, Debug)]
#[command(name = "sutler", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Demo(demo::Demo),
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
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_env("SUTLER_LOG").unwrap_or_else(|_| "off".into()))
        .with_writer(std::io::stderr)
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| exit::Failure::new(exit::FAILED, format!("no threads can be started: {error}")))?;
    runtime.block_on(async {
        match cli.command {
            Command::Demo(demo) => demo.run().await,
        }
    })
}
