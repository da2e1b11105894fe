//! Owns `number check`, and the checks of the other commands: which are run, and what their names are.

use teams_phone::GraphClient;
use teams_phone::numbers::{Check, Preflight};

use super::reports::Plan;
use crate::args::{CheckNumberArgs, ChecksArgs, ConnectionArgs, PairArgs};
use crate::connection;
use crate::failure::Failure;
use crate::output::Printer;

pub(super) async fn run(
    args: &CheckNumberArgs,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    let client = connection::graph(connection)?;
    let preflight = preflight(&args.pair, &args.checks, &client).await?;
    printer.show(&Plan::checked(&preflight.findings))?;
    passed(preflight, &client).map(|_| ())
}

/// Runs the checks.
pub(super) async fn preflight(
    pair: &PairArgs,
    checks: &ChecksArgs,
    client: &GraphClient,
) -> Result<Preflight, Failure> {
    let check = client
        .numbers()
        .preflight(&pair.number, pair.target.clone());
    let skipped = checks.skip.iter();
    let check = skipped.fold(check, |check, skipped| check.skip(*skipped));
    check
        .await
        .map_err(|error| connection::graph_failed(error, client))
}

/// Fails if a check did.
pub(super) fn passed(preflight: Preflight, client: &GraphClient) -> Result<Preflight, Failure> {
    preflight
        .into_result()
        .map_err(|error| connection::graph_failed(error, client))
}

/// The name of a check in the output.
pub(super) fn name(check: Check) -> &'static str {
    match check {
        Check::NumberExists => "number_exists",
        Check::Unassigned => "unassigned",
        Check::TargetExists => "target_exists",
        Check::Capability => "capability",
        Check::License => "license",
        Check::UsageLocation => "usage_location",
        _ => "other",
    }
}
