//! Owns the way into the `teams-phone` command; knows no argument of it.

use std::{
    ffi::OsString,
    io::{self, Write as _},
};

use pyo3::prelude::*;

/// Runs the command with the GIL released and answers the exit code; the first argument is the program's name.
#[pyfunction]
pub(crate) fn run_command(py: Python<'_>, argv: Vec<OsString>) -> u8 {
    py.detach(|| {
        let code = teams_phone_cli::run(argv);
        // Rust flushes at the end of its own `main`, which this process does not have. A reader that has gone away
        // was told of where it mattered.
        let _ = io::stdout().flush();
        code
    })
}
