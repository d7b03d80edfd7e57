//! Automation of this workspace. `cargo xtask` alone says what there is.
//!
//! Kept light on purpose: it is compiled before anything else, on every fresh machine.

mod bindings;
mod connector;
mod generate;
mod markdown;
mod moto;
mod python;
mod rust;
mod sim;
mod tally;
mod test;
mod tidy;
mod tree;
mod vendor_clients;

use std::{env, path::PathBuf, process::ExitCode};

const HELP: &str = "\
cargo xtask test [ARGS]      every test there is; ARGS go to `cargo test` (a name, `-p CRATE`, `-- --nocapture`)
cargo xtask tidy [--quick]   what a machine can hold of the house's rules; --quick leaves out what needs a build
cargo xtask new-connector NAME  the beginning of a connector in crates/sutler-NAME (docs/CONNECTORS.md leads on)
cargo xtask gen              writes the generated parts of bindings/ (classes, declarations, errors)
cargo xtask packages         the wheel and the npm archive as they are published, into target/packages/
cargo xtask generate         writes the generated parts of docs/ (the command table, the tests of each guarantee)
cargo xtask sim [ARGS]       the simulation, optimised, on all cores: --seeds N | --seed S | --mutant NAME | --speed N
";

fn main() -> ExitCode {
    let mut args = env::args().skip(1);
    let (task, rest) = (args.next(), args.collect::<Vec<_>>());
    let done = match task.as_deref() {
        Some("test") => test::run(&root(), &rest),
        Some("tidy") => tidy::run(&root(), &rest),
        Some("new-connector") => connector::run(&root(), &rest),
        Some("generate") => generate::run(&root()),
        Some("packages") => bindings::publish(&root()),
        Some("gen") => generate::bindings(&root()),
        Some("sim") => sim::run(&root(), &rest),
        None | Some("help" | "--help" | "-h") => {
            print!("{HELP}");
            Ok(true)
        }
        Some(other) => Err(format!("there is no task {other:?}; there are:\n{HELP}")),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("xtask: {why}");
            ExitCode::FAILURE
        }
    }
}

/// The workspace's folder: two above this crate's.
fn root() -> PathBuf {
    let own = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    PathBuf::from(own).ancestors().nth(2).map_or_else(|| PathBuf::from("."), PathBuf::from)
}

/// The cargo that runs us.
fn cargo() -> std::process::Command {
    std::process::Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}
