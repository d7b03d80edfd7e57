//! Sums up what `cargo test` prints. Pure, so that the sum itself is tested.

/// One test program, or one crate's examples in its documentation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Run {
    pub name: String,
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
    /// It said how it ended. One that did not has died.
    ended: bool,
}

impl Run {
    /// Tests that failed; a program that died counts as one.
    pub(crate) fn failures(&self) -> u64 {
        if self.ended { self.failed } else { self.failed.max(1) }
    }
}

/// Every run so far.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub runs: Vec<Run>,
}

impl Tally {
    /// Takes one line of the output.
    pub(crate) fn line(&mut self, line: &str) {
        if let Some(name) = started(line) {
            self.runs.push(Run { name, ..Run::default() });
        } else if let Some((_, counts)) = line.split_once("test result: ")
            && let Some(run) = self.runs.last_mut()
        {
            // Examples of one crate may come in several parts, each with its own result.
            run.ended = true;
            run.passed += count(counts, "passed");
            run.failed += count(counts, "failed");
            // What a filter left out did not run either.
            run.skipped += count(counts, "ignored") + count(counts, "filtered out");
        }
    }

    /// Passed, failed, skipped over all runs.
    pub(crate) fn sums(&self) -> (u64, u64, u64) {
        self.runs.iter().fold((0, 0, 0), |(passed, failed, skipped), run| {
            (passed + run.passed, failed + run.failures(), skipped + run.skipped)
        })
    }
}

/// The name of the run that cargo says it starts: `     Running tests/x.rs (…)`, `   Doc-tests sutler`.
fn started(line: &str) -> Option<String> {
    if let Some(crate_name) = line.strip_prefix("   Doc-tests ") {
        return Some(format!("examples of {crate_name}"));
    }
    let (source, program) = line.strip_prefix("     Running ")?.strip_suffix(')')?.rsplit_once(" (")?;
    // The same `src/lib.rs` exists in every crate; the program's name tells which.
    let program = program.rsplit(['/', '\\']).next()?;
    let name = program.rsplit_once('-').map_or(program, |(name, _)| name);
    Some(format!("{name}: {source}"))
}

fn count(counts: &str, what: &str) -> u64 {
    counts
        .split(['.', ';'])
        .filter_map(|part| part.trim().strip_suffix(what))
        .find_map(|number| number.trim().parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(output: &str) -> Tally {
        let mut tally = Tally::default();
        output.lines().for_each(|line| tally.line(line));
        tally
    }

    const ONE: &str =
        "     Running unittests src/lib.rs (target/debug/deps/sutler_core-8c2f66)\n\nrunning 3 tests\n";

    #[test]
    fn runs_are_named_and_summed() {
        let all = tally(&format!(
            "{ONE}test a ... ok\n\ntest result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 4 filtered out; finished in 0.01s\n\n\
             {two}\ntest result: ok. 5 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
             test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n",
            two = "   Doc-tests sutler_core"
        ));
        let names: Vec<&str> = all.runs.iter().map(|run| run.name.as_str()).collect();
        assert_eq!(names, ["sutler_core: unittests src/lib.rs", "examples of sutler_core"]);
        assert_eq!(all.runs[0].skipped, 5);
        assert_eq!(all.sums(), (8, 0, 5));
    }

    #[test]
    fn a_failure_counts() {
        let all = tally(&format!(
            "{ONE}test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s"
        ));
        assert_eq!(all.sums(), (2, 1, 0));
    }

    #[test]
    fn a_program_that_dies_counts_as_a_failure() {
        assert_eq!(tally(ONE).sums(), (0, 1, 0));
    }

    #[test]
    fn a_result_in_the_middle_of_a_line_is_seen() {
        // Standard error of a test may come between, without a line break.
        let all = tally(&format!(
            "{ONE}noise test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s"
        ));
        assert_eq!(all.sums(), (2, 0, 0));
    }
}
