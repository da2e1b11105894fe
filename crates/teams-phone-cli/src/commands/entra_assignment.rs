//! Owns `entra-assignment`: turns arguments into calls of the SDK, and outcomes into reports.

mod changes;

use futures::TryStreamExt as _;
use serde::Serialize;
use teams_phone::Client;
use teams_phone::entra::{self, EntraAccess};

use super::assignment::Planned;
use super::rehearsal::Rehearsal;
use crate::args::{
    ConnectionArgs, EntraAssignmentCommand, GetEntraArgs, RemoveEntraArgs, SetEntraArgs,
};
use crate::connection;
use crate::failure::Failure;
use crate::output::{self, Printer, Report};
use crate::terminal;
pub(super) use changes::is_readable;

/// Runs a command about Entra assignments.
pub(super) async fn run(
    command: EntraAssignmentCommand,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    match command {
        EntraAssignmentCommand::List => list(connection, printer).await,
        EntraAssignmentCommand::Get(args) => get(&args, connection, printer).await,
        EntraAssignmentCommand::Set(args) => set(args, connection, printer).await,
        EntraAssignmentCommand::Remove(args) => remove(&args, connection, printer).await,
        EntraAssignmentCommand::Bulk(args) => changes::run(&args, connection, printer).await,
    }
}

async fn list(connection: &ConnectionArgs, printer: Printer) -> Result<(), Failure> {
    let client = connection::client(connection)?;
    let mut assignments = client.entra_assignments().list().stream();
    let mut count = 0_u64;
    while let Some(assignment) = assignments
        .try_next()
        .await
        .map_err(|error| Failure::call(error, &client))?
    {
        count += 1;
        printer.show(&Listed {
            is_first: count == 1,
            assignment: Assignment::new(&assignment),
        })?;
    }
    if count == 0 {
        printer.note("there are no Entra assignments");
    }
    Ok(())
}

async fn get(
    args: &GetEntraArgs,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    let client = connection::client(connection)?;
    let assignment = client
        .entra_assignments()
        .get(&args.object)
        .await
        .map_err(|error| Failure::call(error, &client))?;
    printer.show(&Found {
        assignment: Assignment::new(&assignment),
    })
}

async fn set(
    args: SetEntraArgs,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    let client = connection::client(connection)?;
    let object = args
        .object()
        .map_err(|error| Failure::usage(error.message()))?;
    let access = EntraAccess {
        principal_type: args.principal_type(),
        tenant_id: args.tenant,
        client_ids: args.client_ids,
    };
    if args.dry_run {
        let rehearsal = Rehearsal::start(&client, connection).await?;
        let stage = rehearsal.client().entra_assignments();
        let outcome = stage.grant(&object, access).await;
        return printer.show(&Planned::new(rehearsal.requests(outcome)?));
    }
    let granted = client
        .entra_assignments()
        .grant(&object, access)
        .await
        .map_err(|error| Failure::call(error, &client))?;
    printer.show(&Set {
        outcome: if granted.created {
            "created"
        } else {
            "replaced"
        },
        created: granted.created,
        assignment: Assignment::new(&granted.assignment),
    })
}

async fn remove(
    args: &RemoveEntraArgs,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    let client = connection::client(connection)?;
    if args.dry_run {
        return rehearse_removal(args, &client, connection, printer).await;
    }
    let question = format!(
        "Take away the access of {} to {}?",
        args.object,
        client.endpoint()
    );
    terminal::confirm(&question, args.yes)?;
    client
        .entra_assignments()
        .revoke(&args.object)
        .await
        .map_err(|error| Failure::call(error, &client))?;
    printer.show(&Removed {
        outcome: "removed",
        object_id: args.object.to_string(),
    })
}

async fn rehearse_removal(
    args: &RemoveEntraArgs,
    client: &Client,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    let rehearsal = Rehearsal::start(client, connection).await?;
    rehearsal.answer_as_if_deleted();
    let stage = rehearsal.client().entra_assignments();
    let outcome = stage.revoke(&args.object).await;
    printer.show(&Planned::new(rehearsal.requests(outcome)?))
}

#[derive(Serialize)]
struct Assignment {
    object_id: String,
    tenant_id: String,
    principal_type: String,
    client_ids: Vec<String>,
}

impl Assignment {
    fn new(from: &entra::EntraAssignment) -> Self {
        let ids = from.access.client_ids.iter();
        Self {
            object_id: from.object_id.to_string(),
            tenant_id: from.access.tenant_id.to_string(),
            principal_type: from.access.principal_type.to_string(),
            client_ids: ids.map(ToString::to_string).collect(),
        }
    }

    fn rows(&self, outcome: Option<&'static str>) -> String {
        let outcome = outcome.map(|outcome| ("outcome", outcome.to_owned()));
        output::rows(outcome.into_iter().chain([
            ("object", self.object_id.clone()),
            ("tenant", self.tenant_id.clone()),
            ("principal type", self.principal_type.clone()),
            ("client ids", self.client_ids.join(", ")),
        ]))
    }
}

/// A line of `entra-assignment list`.
#[derive(Serialize)]
struct Listed {
    #[serde(skip)]
    is_first: bool,
    #[serde(flatten)]
    assignment: Assignment,
}

impl Report for Listed {
    fn human(&self) -> String {
        let bold = output::BOLD;
        let head = if self.is_first {
            format!(
                "{bold}{:36}  {:36}  {:14}  client ids{bold:#}\n",
                "object", "tenant", "principal type"
            )
        } else {
            String::new()
        };
        let of = &self.assignment;
        let line = format!(
            "{:36}  {:36}  {:14}  {}",
            of.object_id,
            of.tenant_id,
            of.principal_type,
            of.client_ids.join(" ")
        );
        format!("{head}{}\n", output::printable(line.trim_end()))
    }
}

#[derive(Serialize)]
struct Found {
    assignment: Assignment,
}

impl Report for Found {
    fn human(&self) -> String {
        self.assignment.rows(None)
    }
}

#[derive(Serialize)]
struct Set {
    outcome: &'static str,
    created: bool,
    assignment: Assignment,
}

impl Report for Set {
    fn human(&self) -> String {
        self.assignment.rows(Some(self.outcome))
    }
}

#[derive(Serialize)]
struct Removed {
    outcome: &'static str,
    object_id: String,
}

impl Report for Removed {
    fn human(&self) -> String {
        output::rows([
            ("outcome", self.outcome.to_owned()),
            ("object", self.object_id.clone()),
        ])
    }
}
