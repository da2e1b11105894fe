//! Owns the arguments of commands that work through a file of rows.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

/// Where the rows are.
#[derive(Debug, Args)]
pub(crate) struct RowsArgs {
    /// File of rows, as CSV or JSON; `-` reads them from standard input.
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// How the rows are written. Default: told by the file's extension, else by its first line.
    #[arg(long, value_enum)]
    pub(crate) format: Option<RowFormat>,
    /// Also do the rows that take access away; without it they are refused.
    #[arg(long, short)]
    pub(crate) yes: bool,
}

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RowFormat {
    /// Comma-separated values below a line of column names; semicolons and tabs separate too.
    Csv,
    /// One JSON object per line, or an array of objects.
    #[value(alias = "json")]
    Jsonl,
}
