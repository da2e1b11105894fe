//! Owns the reading of what `cargo test` and pytest print: counts, failures, and what skipped itself.

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
    /// Whether pytest has said how many tests there were.
    closed: bool,
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

    /// Takes one line of pytest's output, run with `-ra`; all of them are worth showing.
    pub(super) fn read_pytest(&mut self, line: &str) -> bool {
        let line = plain(line);
        let of_one = |mark: &str| line.strip_prefix(mark).map(str::to_owned);
        if let Some(test) = of_one("FAILED ").or_else(|| of_one("ERROR ")) {
            let name = test.split(" - ").next().unwrap_or(&test).to_owned();
            if name.contains(".py") && !self.failures.contains(&name) {
                self.failures.push(name);
            }
        } else if let Some(skipped) = of_one("SKIPPED [") {
            let (times, reason) = skipped.split_once("] ").unwrap_or(("1", &skipped));
            let times = times.parse().unwrap_or(1);
            *self.skipped.entry(reason.to_owned()).or_default() += times;
        } else if let Some(counts) = closing(&line) {
            self.closed = true;
            self.suites += 1;
            for (number, what) in counts {
                match what {
                    "passed" | "xfailed" => self.passed += number,
                    "failed" | "error" | "errors" | "xpassed" => self.failed += number,
                    "skipped" => self.ignored += number,
                    _ => {}
                }
            }
        }
        true
    }

    /// Notices that pytest ended without having said how it went.
    pub(super) fn end_of_pytest(&mut self, succeeded: bool) {
        if !self.closed && !succeeded {
            self.check("pytest, which broke off", false);
        }
    }

    /// Counts something that is a test by itself.
    pub(super) fn check(&mut self, name: &str, passed: bool) {
        self.suites += 1;
        if passed {
            self.passed += 1;
        } else {
            self.failed += 1;
            self.failures.push(name.to_owned());
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

/// The counts of pytest's last line, such as `=== 1 failed, 12 passed in 0.12s ===`.
fn closing(line: &str) -> Option<Vec<(u32, &str)>> {
    let (counts, time) = line.trim_matches(['=', ' ']).rsplit_once(" in ")?;
    if !time.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let counts = counts.split(", ").map(|count| {
        let (number, what) = count.split_once(' ')?;
        Some((number.parse().ok()?, what))
    });
    counts.collect()
}

/// A line without the colours of a terminal.
fn plain(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.map(|part| part.split_once('m').map_or(part, |(_, text)| text));
    first + &rest.collect::<String>()
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

    const PYTEST: &str = "
python/tests/test_a.py .F.sE                                             [100%]
assert 3 passed in 2s, which is no count
=========================== short test summary info ============================
SKIPPED [2] python/tests/test_a.py:7: no second interpreter
FAILED python/tests/test_a.py::test_reads[en-US] - AssertionError: 1 - 2
ERROR python/tests/test_a.py::test_writes - OSError
\u{1b}[31m==== \u{1b}[1m1 failed\u{1b}[0m, 12 passed, 2 skipped, 1 warning, 1 error in 61.50s (0:01:01) ====\u{1b}[0m
";

    #[test]
    fn adds_up_what_pytest_says() {
        let mut tally = Tally::default();
        for line in PYTEST.lines() {
            tally.read_pytest(line);
        }
        tally.end_of_pytest(false);
        let summary = [
            "FAILED: python/tests/test_a.py::test_reads[en-US]",
            "FAILED: python/tests/test_a.py::test_writes",
            "SKIPPED: python/tests/test_a.py:7: no second interpreter (tests: 2)",
        ];
        assert_eq!(tally.summary(), summary);
        assert_eq!(
            tally.numbers(),
            "12 passed, 2 failed, 2 ignored in 1 suites"
        );
    }

    #[test]
    fn a_pytest_that_breaks_off_is_a_failure() {
        let mut tally = Tally::default();
        tally.read_pytest("Fatal Python error: Segmentation fault");
        tally.end_of_pytest(false);
        assert_eq!(tally.numbers(), "0 passed, 1 failed, 0 ignored in 1 suites");
    }

    #[test]
    fn a_check_is_one_test() {
        let mut tally = Tally::default();
        tally.check("types", true);
        tally.check("stubs", false);
        assert_eq!(tally.numbers(), "1 passed, 1 failed, 0 ignored in 2 suites");
        assert_eq!(tally.summary(), ["FAILED: stubs"]);
    }
}
