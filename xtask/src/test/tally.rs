//! Owns the reading of what `cargo test` prints: counts, failures, and what skipped itself.

use std::collections::BTreeMap;

const SKIPPED: &str = "SKIPPED:";

/// What has been read so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    suites: u32,
    passed: u32,
    failed: u32,
    ignored: u32,
    failures: Vec<String>,
    /// Reasons of tests that passed without testing, with their number.
    skipped: BTreeMap<String, u32>,
    /// Whether the lines are the output of tests that passed.
    in_successes: bool,
}

impl Tally {
    /// Takes one line of output; says whether it is worth showing.
    ///
    /// Tests run with their output shown, since that is where a test says that it skipped itself. The
    /// rest of what passing tests print is dropped.
    pub(super) fn read(&mut self, line: &str) -> bool {
        if let Some(rest) = line.strip_prefix("test result: ") {
            self.in_successes = false;
            self.count(rest);
            return true;
        }
        match line {
            "successes:" => self.in_successes = true,
            "failures:" => self.in_successes = false,
            _ => {}
        }
        if let Some(at) = line.find(SKIPPED) {
            let reason = line[at + SKIPPED.len()..].trim().to_owned();
            *self.skipped.entry(reason).or_default() += 1;
        }
        let test = line.strip_prefix("test ");
        if let Some(name) = test.and_then(|test| test.strip_suffix(" ... FAILED")) {
            self.failures.push(name.to_owned());
        }
        !self.in_successes
    }

    /// Reads `ok. 12 passed; 0 failed; 1 ignored; …`.
    fn count(&mut self, result: &str) {
        self.suites += 1;
        for part in result.split(['.', ';']) {
            let mut words = part.split_whitespace();
            let (Some(number), Some(what)) = (words.next(), words.next()) else {
                continue;
            };
            let number = number.parse().unwrap_or(0);
            match what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.ignored += number,
                _ => {}
            }
        }
    }

    /// How many tests failed.
    pub(super) fn failed(&self) -> u32 {
        self.failed
    }

    /// What failed, and what skipped itself.
    pub(super) fn summary(&self) -> Vec<String> {
        let failures = self.failures.iter().map(|name| format!("FAILED: {name}"));
        let skipped = self.skipped.iter();
        let skipped = skipped.map(|(reason, times)| format!("{SKIPPED} {reason} (tests: {times})"));
        failures.chain(skipped).collect()
    }

    /// How much was run, and how it went.
    pub(super) fn numbers(&self) -> String {
        format!(
            "{} passed, {} failed, {} ignored in {} suites",
            self.passed, self.failed, self.ignored, self.suites
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "
running 3 tests
test reads ... ok
test writes ... FAILED
test upstream ... ok

successes:

---- upstream stdout ----
noise of a test that passed
SKIPPED: no upstream documents

successes:
    reads
    upstream

failures:

---- writes stdout ----
thread 'writes' panicked: broken

failures:
    writes

test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s
test result: ok. 4 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 1.50s
";

    fn read(output: &str) -> (Tally, String) {
        let mut tally = Tally::default();
        let shown: Vec<&str> = output.lines().filter(|line| tally.read(line)).collect();
        (tally, shown.join("\n"))
    }

    #[test]
    fn adds_up_suites_and_names_failures_and_skips() {
        let (tally, _) = read(OUTPUT);
        let summary = [
            "FAILED: writes",
            "SKIPPED: no upstream documents (tests: 1)",
        ];
        assert_eq!(tally.summary(), summary);
        assert_eq!(tally.numbers(), "6 passed, 1 failed, 1 ignored in 2 suites");
        assert_eq!(tally.failed(), 1);
    }

    #[test]
    fn shows_failures_but_not_the_noise_of_what_passed() {
        let (_, shown) = read(OUTPUT);
        assert!(shown.contains("panicked: broken"), "{shown}");
        assert!(shown.contains("test reads ... ok"), "{shown}");
        assert!(!shown.contains("noise"), "{shown}");
    }
}
