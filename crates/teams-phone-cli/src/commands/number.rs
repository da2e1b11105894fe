//! Owns `number`: turns arguments into calls of the SDK, and outcomes into reports.

mod assign;
mod change;
mod check;
mod rehearsal;
mod reports;

use futures::TryStreamExt as _;

use crate::args::{ConnectionArgs, GetNumberArgs, ListNumbersArgs, NumberCommand};
use crate::connection;
use crate::failure::Failure;
use crate::output::Printer;
use crate::output::table::{self, List};
use reports::{Found, Number};

/// Runs a command about numbers.
pub(super) async fn run(
    command: NumberCommand,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    match command {
        NumberCommand::List(args) => list(&args, connection, printer).await,
        NumberCommand::Get(args) => get(&args, connection, printer).await,
        NumberCommand::Assign(args) => assign::assign(&args, connection, printer).await,
        NumberCommand::Unassign(args) => assign::unassign(&args, connection, printer).await,
        NumberCommand::Update(args) => change::update(&args, connection, printer).await,
        NumberCommand::Move(args) => change::move_to(&args, connection, printer).await,
        NumberCommand::Ensure(args) => change::ensure(&args, connection, printer).await,
        NumberCommand::Check(args) => check::run(&args, connection, printer).await,
    }
}

async fn list(
    args: &ListNumbersArgs,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    let client = connection::graph(connection)?;
    let failed = |error| connection::graph_failed(error, &client);
    let mut filter = args.filter();
    if let Some(target) = &args.target {
        let target = client.users().resolve(target.clone()).await;
        filter = filter.target(&target.map_err(failed)?);
    }
    let mut request = client.numbers().list().filter(filter);
    if let Some(limit) = args.limit {
        request = request.page_size(usize::try_from(limit.min(500)).unwrap_or(500));
    }
    let mut numbers = request.stream();
    let mut list = List::new(printer);
    let mut left = args.limit.unwrap_or(u32::MAX);
    while left > 0
        && let Some(number) = numbers.try_next().await.map_err(failed)?
    {
        list.add(Number::new(&number))?;
        left -= 1;
    }
    list.finish("there are no such numbers")
}

async fn get(
    args: &GetNumberArgs,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    let client = connection::graph(connection)?;
    let number = client.numbers().get(&args.number).await;
    let number = number.map_err(|error| connection::graph_failed(error, &client))?;
    table::show(printer, Number::new(&number), &Found::new(&number))
}
