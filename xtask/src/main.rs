//! Flags of `cargo xtask`; each command lives in a module of its own name.

mod bench;
mod cargo;
mod conformance;
mod diff;
mod import;
mod python;
mod regen;
mod root;
mod specs;
mod test;
mod tidy;
mod wheel;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Maintenance of the teams-phone workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", version, about)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Generate the low-level clients from `specs/`, and the blocking Python client from the asyncio one.
    Regen(regen::Args),
    /// Convert a Swagger 2.0 file, with its relative references, to OpenAPI 3.0; check one that is OpenAPI 3.0.
    Convert(regen::convert::Args),
    /// Compare two API versions or two files, and say what breaks.
    Diff(diff::Args),
    /// Bring an upstream Swagger file into `specs/`.
    Import(import::Args),
    /// Prove that `specs/` is wire-identical to the upstream documents.
    Conformance(conformance::Args),
    /// Check the rules of the repository.
    Tidy(tidy::Args),
    /// Run every test of the workspace, the Python ones included.
    Test(test::Args),
    /// Build the Python package and check it as the index would.
    Wheel(wheel::Args),
    /// Run the benchmarks.
    Bench(bench::Args),
}

fn main() -> ExitCode {
    let outcome = match Args::parse().command {
        Command::Regen(args) => regen::run(&args),
        Command::Convert(args) => regen::convert::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Import(args) => import::run(&args),
        Command::Conformance(args) => conformance::run(&args),
        Command::Tidy(args) => tidy::run(&args),
        Command::Test(args) => test::run(&args),
        Command::Wheel(args) => wheel::run(&args),
        Command::Bench(args) => bench::run(&args),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::from(2)
    })
}
