//! Owns `operation`: looking at orders that were given before, and waiting for them.

use teams_phone::numbers::OperationId;

use super::order::{self, Patience, ResultRow, Told};
use crate::args::{ConnectionArgs, OperationCommand, ShowOperationArgs, WaitOperationArgs};
use crate::connection;
use crate::failure::Failure;
use crate::output::Printer;
use crate::output::table::List;

/// Runs a command about operations.
pub(super) async fn run(
    command: OperationCommand,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    match command {
        OperationCommand::Show(args) => show(&args, connection, printer).await,
        OperationCommand::Wait(args) => wait(&args, connection, printer).await,
    }
}

async fn show(
    args: &ShowOperationArgs,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    let client = connection::graph(connection)?;
    let report = client.numbers().operation(&args.id).poll().await;
    let report = report.map_err(|error| connection::graph_failed(error, &client))?;
    tell(printer, &Told::new(&report))
}

async fn wait(
    args: &WaitOperationArgs,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    let client = connection::graph(connection)?;
    let mut patience = Patience::new()?;
    let id: &OperationId = &args.id;
    let operation = client
        .numbers()
        .operation(id)
        .poll_policy(order::poll_policy(args.wait_within));
    let report = patience.wait(&operation, &client).await?;
    tell(printer, &Told::new(&report))?;
    order::judge(report, "operation_get", &client)
}

fn tell(printer: Printer, told: &Told) -> Result<(), Failure> {
    if !printer.is_csv() {
        return printer.show(told);
    }
    let mut list = List::new(printer);
    for row in ResultRow::all(told) {
        list.add(row)?;
    }
    list.finish("")
}
