//! The `teams-phone` command. Owns the order of things: read the arguments, run the command, report, exit.
//!
//! What a command does is in `commands`, what it may be told is in `args`; no other file knows both.

mod args;
mod commands;
mod connection;
mod env_vars;
mod exit;
mod failure;
mod files;
mod hints;
mod output;
mod rows;
mod terminal;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::{Cli, OutputFormat};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Printer;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return refused(&error).into(),
    };
    let printer = Printer::new(cli.global.output);
    if cli.global.verbose {
        output::start_log();
    }
    match commands::run(cli, &printer) {
        Ok(()) => Exit::Ok.into(),
        Err(failure) => {
            printer.failure(&failure);
            Exit::from(&failure).into()
        }
    }
}

/// Prints what clap has to say: help and version are data, everything else is an error.
fn refused(error: &clap::Error) -> Exit {
    if !error.use_stderr() {
        // A reader that has gone away wants no more help.
        let _ = error.print();
        return Exit::Ok;
    }
    let text = error.render();
    if wants_json() {
        let message = failure::hide_key(&text.to_string());
        let message = message.trim_start_matches("error: ");
        let first = message.split("\n\n").next().unwrap_or(message);
        let first: Vec<&str> = first.split_whitespace().collect();
        Printer::new(OutputFormat::Json).failure(&Failure::usage(first.join(" ")));
    } else {
        output::talk(&failure::hide_key(&text.ansi().to_string()));
    }
    Exit::Usage
}

/// Whether the arguments ask for JSON, told from arguments that could not be parsed.
fn wants_json() -> bool {
    let args: Vec<_> = std::env::args_os().collect();
    args.iter().any(|arg| arg == "--output=json")
        || args
            .windows(2)
            .any(|pair| pair[0] == "--output" && pair[1] == "json")
}
