//! `cargo xtask sim`: the simulation as a program of its own, optimised, since its worth is in the number of seeds.

use std::path::Path;

/// Runs it with `args`; answers whether it found nothing.
pub(crate) fn run(root: &Path, args: &[String]) -> Result<bool, String> {
    // `mutants` only makes `--mutant` possible: without it every rule is in force.
    let status = crate::cargo()
        .current_dir(root)
        .args(["run", "--quiet", "--release", "-p", "sutler-testkit", "--features", "mutants"])
        .args(["--bin", "sutler-sim", "--"])
        .args(args)
        // Glibc's allocator keeps seven freed blocks of a size at hand; a run frees and asks by the thousand.
        .env("GLIBC_TUNABLES", "glibc.malloc.tcache_count=1000:glibc.malloc.tcache_max=32768")
        .status()
        .map_err(|error| format!("cannot start cargo: {error}"))?;
    Ok(status.success())
}
