//! Owns `user`: accounts as the directory has them, with licences and Teams settings; the usage location.

mod reports;

use futures::TryStreamExt as _;
use teams_phone::{Error, GraphClient, ObjectId};

use crate::args::{ConnectionArgs, ListUsersArgs, SetUsageLocationArgs, ShowUserArgs, UserCommand};
use crate::connection;
use crate::failure::Failure;
use crate::output::Printer;
use crate::output::table::{self, List};
use reports::{Account, Configured, LocationSet, Shown};

/// Runs a command about users.
pub(super) async fn run(
    command: UserCommand,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    match command {
        UserCommand::Show(args) => show(&args, connection, printer).await,
        UserCommand::List(args) => list(&args, connection, printer).await,
        UserCommand::SetUsageLocation(args) => set_location(&args, connection, printer).await,
    }
}

async fn show(
    args: &ShowUserArgs,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    let client = connection::graph(connection)?;
    let failed = |error| connection::graph_failed(error, &client);
    let user = client
        .users()
        .get(args.user.clone())
        .await
        .map_err(failed)?;
    let licences = client.users().license_details(&user.id).await;
    let licences = optional(licences, "licences", printer).map_err(failed)?;
    let settings = settings(&user.id, &client, printer).await.map_err(failed)?;
    let account = Account::new(&user, licences.as_deref(), settings.as_ref());
    table::show(
        printer,
        Account::new(&user, licences.as_deref(), settings.as_ref()),
        &Shown { user: account },
    )
}

/// The Teams settings; resource accounts have none.
async fn settings(
    id: &ObjectId,
    client: &GraphClient,
    printer: Printer,
) -> Result<Option<teams_phone::users::UserConfiguration>, Error> {
    match client.users().configuration(id).await {
        Err(error) if error.is_not_found() => Ok(None),
        answer => optional(answer, "Teams settings", printer),
    }
}

/// What the token may not read is left out, and people are told.
fn optional<T>(answer: Result<T, Error>, what: &str, printer: Printer) -> Result<Option<T>, Error> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_permission() => {
            let needed = error.accepted_permissions().join(" or ");
            let needs = if needed.is_empty() {
                String::new()
            } else {
                format!("; that needs {needed}")
            };
            printer.warn(&format!("the token may not read the {what}{needs}"));
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

async fn list(
    args: &ListUsersArgs,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    let client = connection::graph(connection)?;
    let mut request = client.users().configurations();
    if let Some(condition) = &args.odata {
        request = request.filter(condition);
    }
    let mut users = request.stream();
    let mut list = List::new(printer);
    let mut left = args.limit.unwrap_or(u32::MAX);
    let failed = |error| connection::graph_failed(error, &client);
    while left > 0
        && let Some(user) = users.try_next().await.map_err(failed)?
    {
        list.add(Configured::new(&user))?;
        left -= 1;
    }
    list.finish("Teams knows no such users")
}

async fn set_location(
    args: &SetUsageLocationArgs,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    let client = connection::graph(connection)?;
    let users = client.users();
    users
        .set_usage_location(args.user.clone(), &args.country)
        .await
        .map_err(|error| connection::graph_failed(error, &client))?;
    printer.show(&LocationSet {
        outcome: "set",
        user: args.user.to_string(),
        usage_location: args.country.clone(),
    })
}
