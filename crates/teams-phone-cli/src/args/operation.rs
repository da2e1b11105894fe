//! Owns the arguments of `operation`.

use std::time::Duration;

use clap::{Args, Subcommand};
use teams_phone::numbers::OperationId;

use super::values;

/// What to do with an operation.
#[derive(Debug, Subcommand)]
pub(crate) enum OperationCommand {
    /// Show how far it is.
    Show(ShowOperationArgs),
    /// Wait until it is over; exit code 7 if part of its numbers failed, 1 if all did.
    Wait(WaitOperationArgs),
}

/// Arguments of `operation show`.
#[derive(Debug, Args)]
pub(crate) struct ShowOperationArgs {
    /// The id as it was printed, or the operation's whole address.
    pub(crate) id: OperationId,
}

/// Arguments of `operation wait`.
#[derive(Debug, Args)]
pub(crate) struct WaitOperationArgs {
    /// The id as it was printed, or the operation's whole address.
    pub(crate) id: OperationId,
    /// How long to wait. Default: 5m.
    #[arg(long, value_name = "DURATION", value_parser = values::duration)]
    pub(crate) wait_within: Option<Duration>,
}
