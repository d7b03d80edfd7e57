//! `cargo xtask sim`: the simulation as a program of its own, optimised, since its worth is in the number of seeds.

use std::path::Path;

/// Runs it with `args`; answers whether it found nothing.
pub(crate) fn run(root: &Path, args: &[String]) -> Result<bool, String> {
    // `mutants` only makes `--mutant` possible: without it every rule is in force.
    let status = crate::cargo()
        .current_dir(root)
        .args([
            "run",
            "--quiet",
            "--profile",
            "measured",
            "-p",
            "sutler-testkit",
            "--features",
            "mutants,fast",
        ])
        .args(["--bin", "sutler-sim", "--"])
        .args(args)
        .status()
        .map_err(|error| format!("cannot start cargo: {error}"))?;
    Ok(status.success())
}
