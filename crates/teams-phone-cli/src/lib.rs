//! The `teams-phone` command as a library, for whoever installs it as something else than a Rust binary.
//!
//! Owns the order of things: read the arguments, run the command, report, exit. What a command does is in
//! `commands`, what it may be told is in `args`; no other file knows both. The crate [`teams_phone`] is the one
//! for programs; here, what can be relied on are arguments, output and exit codes.

mod args;
mod commands;
mod connection;
mod env_vars;
mod exit;
mod failure;
mod files;
mod fuzzing;
mod hints;
mod output;
mod rows;
mod terminal;

use std::ffi::OsString;

use clap::Parser as _;
use jiff::SignedDuration;

use crate::args::{Cli, OutputFormat};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Printer;

#[doc(hidden)]
pub use crate::fuzzing::fuzz_rows;

/// Runs the command and answers the exit code; the first argument is the name it was called by.
///
/// Reads and writes the standard streams of the process and reads its environment. It makes a runtime of its
/// own, so it must not be called from asynchronous code.
///
/// ```
/// assert_eq!(teams_phone_cli::run(["teams-phone", "id", "parse", "4:+14255550123"]), 0);
/// assert_eq!(teams_phone_cli::run(["teams-phone", "id", "parse"]), 2);
/// ```
#[must_use = "the exit code says whether the command did what it was asked"]
pub fn run<A: Into<OsString>>(args: impl IntoIterator<Item = A>) -> u8 {
    let args: Vec<OsString> = args.into_iter().map(Into::into).collect();
    let mut cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli,
        Err(error) => return refused(&error, &args).code(),
    };
    if let Some(program) = args.first().filter(|name| !name.is_empty()) {
        cli.global.program = program.to_string_lossy().into_owned();
    }
    let printer = Printer::new(cli.global.output);
    if cli.global.verbose {
        output::start_log();
    }
    let seen = cli.connection.auth.seen.clone();
    let outcome = commands::run(cli, &printer);
    let skew = seen.clock_skew();
    if !skew.is_zero() {
        printer.warn(&clock_is_off(skew));
    }
    match outcome {
        Ok(()) => Exit::Ok.code(),
        Err(failure) => {
            printer.failure(&failure, seen.signed_in());
            Exit::from(&failure).code()
        }
    }
}

fn clock_is_off(skew: SignedDuration) -> String {
    let direction = if skew.is_positive() {
        "behind"
    } else {
        "ahead of"
    };
    let minutes = (skew.abs().as_secs() + 30) / 60;
    format!(
        "this machine's clock is {minutes} minutes {direction} the service's; requests were signed with the service's time, but the clock should be set"
    )
}

/// Prints what clap has to say: help and version are data, everything else is an error.
fn refused(error: &clap::Error, args: &[OsString]) -> Exit {
    if !error.use_stderr() {
        // A reader that has gone away wants no more help.
        let _ = error.print();
        return Exit::Ok;
    }
    let text = error.render();
    if wants_json(args) {
        let message = failure::hide_key(&text.to_string());
        let message = message.trim_start_matches("error: ");
        let first = message.split("\n\n").next().unwrap_or(message);
        let first: Vec<&str> = first.split_whitespace().collect();
        Printer::new(OutputFormat::Json).failure(&Failure::usage(first.join(" ")), None);
    } else {
        output::talk(&failure::hide_key(&text.ansi().to_string()));
    }
    Exit::Usage
}

/// Whether the arguments ask for JSON, told from arguments that could not be parsed.
fn wants_json(args: &[OsString]) -> bool {
    args.iter().any(|arg| arg == "--output=json")
        || args
            .windows(2)
            .any(|pair| pair[0] == "--output" && pair[1] == "json")
}
