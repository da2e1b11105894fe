//! Owns the call of `cargo test`; refuses to know the tests of the Python package.

use std::io::IsTerminal as _;

use super::tally::Tally;
use super::{Args, PYTHON_CRATE, follow};

/// What the names of all Rust tests that need Python have in common.
const PYTHON_TESTS: &str = "python";

/// Runs them, and says whether cargo was content.
pub(super) fn run(args: &Args, tally: &mut Tally) -> anyhow::Result<bool> {
    let mut command = crate::cargo::command();
    command.args(["test", "--all-features", "--no-fail-fast"]);
    if args.package.is_empty() {
        command.arg("--workspace");
    }
    for package in args.package.iter().filter(|name| *name != PYTHON_CRATE) {
        command.args(["--package", package]);
    }
    command.args(["--", "--show-output"]).args(&args.filter);
    if args.rust {
        command.args(["--skip", PYTHON_TESTS]);
    }
    if std::io::stdout().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    let status = follow(&mut command, |line| tally.read(line))?;
    Ok(status.success())
}
