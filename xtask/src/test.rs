//! `cargo xtask test`: every test of the workspace, in one command that needs cargo and Python 3 only.
//!
//! Owns what is run and the closing summary. Refuses to know any test.

mod examples;
mod python;
mod rust;
mod tally;

use std::io::{BufRead as _, BufReader};
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::time::Instant;

use anyhow::Context as _;

use tally::Tally;

/// The crate whose tests are the Python package's.
const PYTHON_CRATE: &str = "teams-phone-python";

/// Flags.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Leave out the tests that need Python.
    #[arg(long, conflicts_with = "python")]
    rust: bool,
    /// Run only the tests and type checks of the Python package.
    #[arg(long, conflicts_with = "package")]
    python: bool,
    /// Run only the tests whose path contains this text.
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Test only this crate; may be given again.
    #[arg(long, short, value_name = "CRATE")]
    package: Vec<String>,
}

impl Args {
    fn wants_python(&self) -> bool {
        let chosen =
            self.package.is_empty() || self.package.iter().any(|name| name == PYTHON_CRATE);
        let filter = self.filter.as_deref();
        !self.rust && chosen && (self.python || filter.is_none_or(python::may_have))
    }

    fn wants_rust(&self) -> bool {
        let others = self.package.iter().any(|name| name != PYTHON_CRATE);
        !self.python && (self.package.is_empty() || others)
    }
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    if !args.rust && args.package.is_empty() {
        // Says beforehand what would fail after minutes of compiling.
        crate::python::base()?;
    }
    let started = Instant::now();
    let mut tally = Tally::default();
    let mut succeeded = true;
    if args.wants_rust() {
        succeeded = rust::run(args, &mut tally)?;
        if !succeeded && tally.failed() == 0 {
            println!("cargo failed, though no test did; its message is above");
        }
    }
    if args.wants_python() {
        succeeded &= python::run(args.filter.as_deref(), &mut tally).unwrap_or_else(|error| {
            eprintln!("error: {error:#}");
            tally.check("the Python tests could not be run", false);
            false
        });
    }
    println!();
    for line in tally.summary() {
        println!("{line}");
    }
    println!("{}; {} s", tally.numbers(), started.elapsed().as_secs());
    Ok(if succeeded {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Reads a program's output line by line while it runs, and shows what is worth it.
fn follow(
    command: &mut Command,
    mut shows: impl FnMut(&str) -> bool,
) -> anyhow::Result<ExitStatus> {
    let program = command.get_program().to_string_lossy().into_owned();
    let command = command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command
        .spawn()
        .with_context(|| format!("cannot run {program}"))?;
    let output = child.stdout.take().context("no output to read")?;
    for line in BufReader::new(output).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        if shows(line.trim_end()) {
            println!("{line}");
        }
    }
    Ok(child.wait()?)
}
