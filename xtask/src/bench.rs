//! `cargo xtask bench`: runs the benchmarks in release and sums up what they measured.
//!
//! Refuses to measure anything itself: the benchmarks are in `tests/benches`.

mod criterion;
mod python;

use std::process::ExitCode;

const PACKAGE: &str = "teams-phone-tests";

/// Flags.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The name of a file in `tests/benches`, or a part of the names of measurements; default: all.
    filter: Option<String>,
    /// Measure the Python package beside other Python clients and Rust by hand, each in processes of its own.
    #[arg(long)]
    python: bool,
    /// How often each Python measurement is repeated, in turns.
    #[arg(long, requires = "python", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Make a tenth of the calls, once: shows that it works, and roughly how it stands.
    #[arg(long, requires = "python")]
    quick: bool,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let filter = args.filter.as_deref();
    if args.python {
        let rounds = if args.quick { 1 } else { args.rounds };
        python::run(filter.unwrap_or_default(), rounds, args.quick)?;
    } else {
        criterion::run(filter)?;
    }
    Ok(ExitCode::SUCCESS)
}
