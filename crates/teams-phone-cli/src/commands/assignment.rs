//! Owns `assignment`: turns arguments into calls of the SDK, and outcomes into reports.

mod apply;
mod reports;

use teams_phone::assignments::{EnsureAssignment, GrantAssignment};
use teams_phone::{Client, Error};

use super::rehearsal::Rehearsal;
use crate::args::{
    AssignmentCommand, ConnectionArgs, EnsureArgs, GetArgs, GrantArgs, PlaceArgs, PrincipalArgs,
    RevokeArgs,
};
use crate::connection;
use crate::failure::Failure;
use crate::output::Printer;
use crate::terminal;
pub(super) use apply::is_readable;
pub(super) use reports::{Change, Planned};
use reports::{Ensured, Found, Granted, Revoked};

/// Runs a command about assignments.
pub(super) async fn run(
    command: AssignmentCommand,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    match command {
        AssignmentCommand::Grant(args) => grant(&args, connection, printer).await,
        AssignmentCommand::Get(args) => get(&args, connection, printer).await,
        AssignmentCommand::Revoke(args) => revoke(&args, connection, printer).await,
        AssignmentCommand::Ensure(args) => ensure(&args, connection, printer).await,
        AssignmentCommand::Apply(args) => apply::run(&args, connection, printer).await,
    }
}

async fn grant(
    args: &GrantArgs,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    let client = connection::client(connection)?;
    warn_about(&args.principal, printer);
    if args.dry_run {
        let rehearsal = Rehearsal::start(&client, connection).await?;
        rehearsal.answer_as_if_created(&args.place, &args.principal);
        let outcome = granting(rehearsal.client(), &args.place, &args.principal).await;
        let requests = rehearsal.requests(outcome)?;
        return printer.show(&Planned::new(requests));
    }
    let granted = granting(&client, &args.place, &args.principal)
        .await
        .map_err(|error| Failure::call(error, &client))?;
    printer.show(&Granted::new(&granted))
}

fn granting(client: &Client, place: &PlaceArgs, principal: &PrincipalArgs) -> GrantAssignment {
    client
        .assignments()
        .grant(&place.tenant, &place.object, principal.principal_type())
        .client_ids(principal.client_ids.iter().cloned())
}

async fn get(args: &GetArgs, connection: &ConnectionArgs, printer: Printer) -> Result<(), Failure> {
    let client = connection::client(connection)?;
    let assignment = client
        .assignments()
        .get(&args.place.tenant, &args.place.object)
        .await
        .map_err(|error| Failure::call(error, &client))?;
    printer.show(&Found::new(&assignment))
}

async fn ensure(
    args: &EnsureArgs,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    let client = connection::client(connection)?;
    warn_about(&args.principal, printer);
    if args.dry_run {
        return ensure_rehearsed(args, &client, connection, printer).await;
    }
    let ensured = ensuring(&client, &args.place, &args.principal)
        .await
        .map_err(|error| Failure::call(error, &client))?;
    printer.show(&Ensured::new(&ensured))
}

fn ensuring(client: &Client, place: &PlaceArgs, principal: &PrincipalArgs) -> EnsureAssignment {
    client
        .assignments()
        .ensure(&place.tenant, &place.object, principal.principal_type())
        .client_ids(principal.client_ids.iter().cloned())
}

/// Reads the real state, then rehearses the rest on it.
async fn ensure_rehearsed(
    args: &EnsureArgs,
    client: &Client,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    let (tenant, object) = (&args.place.tenant, &args.place.object);
    let found = match client.assignments().get(tenant, object).await {
        Ok(found) => Some(found),
        Err(error) if error.is_not_found() => None,
        Err(error) => return Err(Failure::call(error, client)),
    };
    let rehearsal = Rehearsal::start(client, connection).await?;
    match &found {
        Some(found) => {
            rehearsal.answer_reads_with(found);
            rehearsal.answer_as_if_replaced(&args.place, &args.principal);
        }
        None => rehearsal.answer_as_if_created(&args.place, &args.principal),
    }
    let outcome = ensuring(rehearsal.client(), &args.place, &args.principal).await;
    let done = outcome.as_ref().ok().map(|ensured| ensured.outcome.clone());
    let mut requests = rehearsal.requests(outcome)?;
    requests.retain(|request| request.method != "GET");
    printer.show(&Planned::new(requests).with_outcome(done.as_ref()))
}

async fn revoke(
    args: &RevokeArgs,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    if args.dry_run {
        let client = connection::client(connection)?;
        let rehearsal = Rehearsal::start(&client, connection).await?;
        rehearsal.answer_as_if_deleted();
        let outcome = revoking(rehearsal.client(), args).await;
        let requests = rehearsal.requests(outcome)?;
        return printer.show(&Planned::new(requests));
    }
    let PlaceArgs { tenant, object } = &args.place;
    let client = connection::client(connection)?;
    let endpoint = client.endpoint();
    terminal::confirm(
        &format!("Take away the access of {object} of tenant {tenant} to {endpoint}?"),
        args.yes,
    )?;
    let checks = revoking(&client, args)
        .await
        .map_err(|error| revoke_failed(error, &client))?;
    if checks.is_none() {
        printer.note("not read back: --no-verify");
    }
    printer.show(&Revoked::new(&args.place, checks))
}

/// Revokes, and answers how often it read until it was gone, if it did.
async fn revoking(client: &Client, args: &RevokeArgs) -> Result<Option<u32>, Error> {
    let PlaceArgs { tenant, object } = &args.place;
    if args.no_verify {
        client.assignments().revoke(tenant, object).await?;
        return Ok(None);
    }
    let mut request = client.assignments().revoke_and_verify(tenant, object);
    if let Some(within) = args.verify_within {
        request = request.within(within);
    }
    Ok(Some(request.await?.checks))
}

/// A read that fails comes after the deletion.
fn revoke_failed(error: Error, client: &Client) -> Failure {
    if error.operation() != Some("teams_extension_assignment_get") || error.attempts() == 0 {
        return Failure::call(error, client);
    }
    Failure::Partial {
        done: "the deletion was accepted".to_owned(),
        error: Box::new(error),
        endpoint: Some(client.endpoint().to_string()),
    }
}

fn warn_about(principal: &PrincipalArgs, printer: Printer) {
    if principal.is_user_without_application() {
        printer.warn("a user without --client-id cannot sign in through any application");
    }
    if let Some(id) = duplicate(&principal.client_ids) {
        printer.warn(&format!("client id {id} is given twice"));
    }
}

fn duplicate<T: PartialEq>(items: &[T]) -> Option<&T> {
    let twice = |(index, item): &(usize, &T)| items[..*index].contains(item);
    items.iter().enumerate().find(twice).map(|(_, item)| item)
}
