//! `cargo xtask test`: every test there is, with one closing line.

use crate::{bindings, moto, tally::Tally, vendor_clients};
use std::{
    env,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
};

/// What "every test" means. Every feature is on, so that no test hides behind one that is off; `tidy` lists tests with
/// the same words, so that a guarantee cannot be kept by a test that does not run.
pub(crate) const EVERYTHING: &[&str] = &["test", "--workspace", "--all-features"];

/// The folder of the marketplaces' published specifications, if this machine has them.
const SPECS: &str = "SUTLER_SPECS";

/// The address of a local SQS, for the tests of Amazon's queue.
const SQS: &str = "SUTLER_SQS";

/// The folder of the marketplaces' own client libraries, for the tests of the local marketplaces against them.
const CLIENTS: &str = "SUTLER_VENDOR_CLIENTS";

/// The folder of the built Python and Node package, for the tests that install them.
const PACKAGES: &str = "SUTLER_PACKAGES";

/// Runs the tests; answers whether all passed.
pub(crate) fn run(root: &Path, args: &[String]) -> Result<bool, String> {
    let specs = specs(root)?;
    let mut command = crate::cargo();
    command.current_dir(root).args(arguments(args)).env("CARGO_TERM_COLOR", "never");
    if let Some(specs) = &specs {
        command.env(SPECS, specs);
    }
    // Until all tests have ended.
    let sqs = if wanted(args, moto::WANTED_BY) { Some(moto::start(root)?) } else { None };
    if let Some(sqs) = &sqs {
        command.env(SQS, &sqs.address);
    }
    let clients =
        if wanted(args, vendor_clients::WANTED_BY) { Some(vendor_clients::install(root)?) } else { None };
    if let Some(clients) = &clients {
        command.env(CLIENTS, clients);
    }
    let packages = if wanted(args, bindings::WANTED_BY) { Some(bindings::build(root)?) } else { None };
    if let Some(packages) = &packages {
        command.env(PACKAGES, packages);
    }
    let (tally, status) = stream(command, &mut std::io::stdout().lock())?;

    if tally.runs.is_empty() {
        return Err("no test ran: the tests did not build, or the arguments name none".into());
    }
    println!("\nTest runs:");
    for run in &tally.runs {
        let (failed, skipped) = (run.failures(), run.skipped);
        println!("  {:<58} {:>5} passed {failed:>3} failed {skipped:>3} skipped", run.name, run.passed);
    }
    match &specs {
        Some(folder) => println!("schema checks are on, against {}", folder.display()),
        None => println!("schema checks did not run: {SPECS} is not set"),
    }
    if sqs.is_none() {
        println!("tests of Amazon's queue did not run: none of the packages named has any");
    }
    if clients.is_none() {
        println!(
            "tests against the marketplaces' own client libraries did not run: none of the packages named has any"
        );
    }
    if packages.is_none() {
        println!("tests of the Python and the Node package did not run: none of the packages named has any");
    }
    let (passed, failed, skipped) = tally.sums();
    let ok = status.success() && failed == 0 && passed > 0;
    if failed == 0 && !ok {
        println!("no test failed, and yet this is no success: {status}, {passed} tests ran");
    }
    println!("{passed} passed, {failed} failed, {skipped} skipped");
    Ok(ok)
}

/// Whether tests of one of these packages may be among those that the arguments of cargo name.
fn wanted(args: &[String], by: &[&str]) -> bool {
    let mut args = args.iter().take_while(|arg| *arg != "--").map(String::as_str);
    let mut named = Vec::new();
    while let Some(arg) = args.next() {
        match arg {
            "-p" | "--package" => named.extend(args.next()),
            _ => named.extend(arg.strip_prefix("--package=").or_else(|| arg.strip_prefix("-p"))),
        }
    }
    named.is_empty() || named.iter().any(|name| by.contains(name))
}

/// The arguments of cargo: everything, unless the caller names packages.
fn arguments(args: &[String]) -> Vec<String> {
    let cargos = args.iter().take_while(|arg| *arg != "--");
    let named = cargos.into_iter().any(|arg| {
        arg.starts_with("-p") || arg.starts_with("--package") || arg.starts_with("--manifest-path")
    });
    let everything = EVERYTHING.iter().filter(|word| !(named && **word == "--workspace"));
    everything
        .map(|word| word.to_string())
        .chain(["--no-fail-fast".to_owned()])
        .chain(args.to_vec())
        .collect()
}

/// Where the specifications are. Tests run in their crates' folders, so the path must be whole.
fn specs(root: &Path) -> Result<Option<PathBuf>, String> {
    let Some(folder) = env::var_os(SPECS).filter(|folder| !folder.is_empty()) else { return Ok(None) };
    let folder = root.join(folder);
    match folder.canonicalize() {
        Ok(whole) => Ok(Some(whole)),
        Err(error) => Err(format!("{SPECS} names {}, which cannot be read: {error}", folder.display())),
    }
}

/// Runs a command, shows what it prints and sums it up. Both outputs share one pipe: a result then follows the name of
/// its run.
fn stream(mut command: Command, out: &mut impl Write) -> Result<(Tally, ExitStatus), String> {
    let failed = |error: std::io::Error| format!("cannot run cargo: {error}");
    let (reader, writer) = std::io::pipe().map_err(failed)?;
    command.stdout(writer.try_clone().map_err(failed)?).stderr(writer);
    let mut child = command.spawn().map_err(failed)?;
    // Its copies of the writing end must go, or reading never ends.
    drop(command);

    let (mut tally, mut reader, mut line) = (Tally::default(), BufReader::new(reader), Vec::new());
    while reader.read_until(b'\n', &mut line).map_err(failed)? > 0 {
        out.write_all(&line).map_err(failed)?;
        tally.line(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']));
        line.clear();
    }
    Ok((tally, child.wait().map_err(failed)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(args: &[&str]) -> String {
        arguments(&args.iter().map(|arg| arg.to_string()).collect::<Vec<_>>()).join(" ")
    }

    #[test]
    fn everything_runs_unless_packages_are_named() {
        assert_eq!(of(&[]), "test --workspace --all-features --no-fail-fast");
        assert_eq!(of(&["g18"]), "test --workspace --all-features --no-fail-fast g18");
        assert_eq!(of(&["-p", "sutler-core"]), "test --all-features --no-fail-fast -p sutler-core");
        assert_eq!(of(&["--", "-p"]), "test --workspace --all-features --no-fail-fast -- -p");
    }

    #[test]
    fn what_tests_want_is_there_where_they_may_run() {
        let wanted =
            |args: &[&str]| wanted(&args.iter().map(|arg| arg.to_string()).collect::<Vec<_>>(), &["sutler"]);
        assert!(wanted(&[]) && wanted(&["g11"]) && wanted(&["-p", "sutler"]) && wanted(&["--", "-p", "x"]));
        assert!(
            !wanted(&["-p", "sutler-core"]) && !wanted(&["-psutler-core"]) && !wanted(&["--package=xtask"])
        );
    }

    #[test]
    fn what_a_program_prints_is_summed_whichever_way_it_comes() {
        let (mut shell, mut shown) = (Command::new("sh"), Vec::new());
        shell.arg("-c").arg(
            "echo '     Running tests/a.rs (target/debug/deps/a-1)' >&2; echo 'test result: ok. 2 passed; 0 failed; 0 ignored'; exit 3",
        );
        let (tally, status) = stream(shell, &mut shown).expect("sh runs");
        assert_eq!(tally.sums(), (2, 0, 0));
        assert_eq!(status.code(), Some(3));
        assert_eq!(String::from_utf8_lossy(&shown).lines().count(), 2);
    }
}
