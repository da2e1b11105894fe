//! `cargo xtask test`: every test of the workspace, in one command that needs cargo and Python 3 only.
//!
//! Owns what is run and the closing summary. Refuses to know any test.

mod tally;

use std::io::{BufRead as _, BufReader, IsTerminal as _};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use anyhow::{Context as _, bail};

use tally::Tally;

/// What the names of all tests that need Python have in common.
const PYTHON_TESTS: &str = "python";

/// Flags.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Leave out the tests that need Python.
    #[arg(long)]
    rust: bool,
    /// Run only the tests whose path contains this text.
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Test only this crate; may be given again.
    #[arg(long, short, value_name = "CRATE")]
    package: Vec<String>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    if !args.rust && args.package.is_empty() {
        check_python()?;
    }
    let started = Instant::now();
    let (tally, succeeded) = cargo_test(args)?;
    println!();
    if !succeeded && tally.failed() == 0 {
        println!("cargo failed, though no test did; its message is above");
    }
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

/// Says beforehand what would fail after minutes of compiling.
fn check_python() -> anyhow::Result<()> {
    let probe = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 9))";
    let suits = |name: &&str| {
        let mut command = Command::new(name);
        command.args(["-c", probe]).stdin(Stdio::null());
        command.output().is_ok_and(|output| output.status.success())
    };
    if ["python3", "python"].iter().any(suits) {
        return Ok(());
    }
    bail!(
        "the tests with the official Python SDK need Python 3.9 or newer with its venv module (on Debian, the \
         packages python3 and python3-venv); install it, or leave these tests out with --rust"
    )
}

fn cargo_test(args: &Args) -> anyhow::Result<(Tally, bool)> {
    let mut command = crate::cargo::command();
    command.args(["test", "--all-features", "--no-fail-fast"]);
    if args.package.is_empty() {
        command.arg("--workspace");
    }
    for package in &args.package {
        command.args(["--package", package]);
    }
    command.args(["--", "--show-output"]).args(&args.filter);
    if args.rust {
        command.args(["--skip", PYTHON_TESTS]);
    }
    if std::io::stdout().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot run cargo")?;
    let output = child.stdout.take().context("cargo has no output")?;
    let mut tally = Tally::default();
    for line in BufReader::new(output).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        if tally.read(line.trim_end()) {
            println!("{line}");
        }
    }
    Ok((tally, child.wait()?.success()))
}
