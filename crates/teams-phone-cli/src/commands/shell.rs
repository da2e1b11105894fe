//! Owns what the shell and the manual get from the definition of the arguments.

use std::io::Write as _;
use std::path::Path;

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::args::Cli;
use crate::failure::Failure;
use crate::output::Printer;

/// Prints a completion script.
pub(super) fn completions(shell: Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "teams-phone", &mut script);
    let mut stdout = std::io::stdout().lock();
    stdout
        .write_all(&script)
        .and_then(|()| stdout.flush())
        .map_err(Failure::output)
}

/// Writes a manual page per command.
pub(super) fn man(dir: &Path, printer: Printer) -> Result<(), Failure> {
    let written =
        std::fs::create_dir_all(dir).and_then(|()| clap_mangen::generate_to(Cli::command(), dir));
    written.map_err(|error| {
        let what = format!("the manual pages cannot be written to {}", dir.display());
        Failure::local(what, error)
    })?;
    printer.note(&format!("manual pages are in {}", dir.display()));
    Ok(())
}
