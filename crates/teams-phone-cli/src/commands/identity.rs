//! Owns `identity`: turns arguments into calls of the SDK, and outcomes into reports.

use serde::Serialize;
use teams_phone::Secret;
use teams_phone::identities::{AccessToken, CreatedIdentity, Identity};

use crate::args::{ConnectionArgs, CreateArgs, DeleteArgs, GetIdentityArgs, IdentityCommand};
use crate::connection;
use crate::failure::Failure;
use crate::output::{self, Printer, Report};
use crate::terminal;

/// Runs a command about identities.
pub(super) async fn run(
    command: IdentityCommand,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    match command {
        IdentityCommand::Create(args) => create(args, connection, printer).await,
        IdentityCommand::Get(args) => get(&args, connection, printer).await,
        IdentityCommand::Delete(args) => delete(&args, connection, printer).await,
    }
}

async fn create(
    args: CreateArgs,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    let client = connection::client(connection)?;
    let mut request = client.identities().create();
    if let Some(id) = args.custom_id {
        request = request.custom_id(id);
    }
    if !args.token.scopes.is_empty() {
        request = request.with_token(args.token.scopes);
    }
    if let Some(valid_for) = args.token.valid_for {
        request = request.valid_for(valid_for);
    }
    let created = request
        .await
        .map_err(|error| Failure::call(error, &client))?;
    if let Some(token) = &created.access_token {
        let id = output::printable(created.identity.id.as_str());
        printer.note(&format!(
            "identity {id}; its token expires {}",
            token.expires_on
        ));
    }
    printer.show(&Created::new(&created))
}

async fn get(
    args: &GetIdentityArgs,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    let client = connection::client(connection)?;
    let identity = client
        .identities()
        .get(&args.id)
        .await
        .map_err(|error| Failure::call(error, &client))?;
    printer.show(&Found {
        identity: IdentityFacts::new(&identity),
    })
}

async fn delete(
    args: &DeleteArgs,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    let client = connection::client(connection)?;
    terminal::confirm(
        &format!(
            "Delete identity {} of {} with all its data?",
            args.id,
            client.endpoint()
        ),
        args.yes,
    )?;
    client
        .identities()
        .delete(&args.id)
        .await
        .map_err(|error| Failure::call(error, &client))?;
    printer.show(&Deleted {
        outcome: "deleted",
        id: args.id.to_string(),
    })
}

#[derive(Serialize)]
pub(super) struct IdentityFacts {
    id: String,
    custom_id: Option<String>,
    last_token_issued_at: Option<String>,
}

impl IdentityFacts {
    pub(super) fn new(identity: &Identity) -> Self {
        Self {
            id: identity.id.to_string(),
            custom_id: identity.custom_id.clone(),
            last_token_issued_at: identity.last_token_issued_at.map(|at| at.to_string()),
        }
    }
}

/// A token that the caller asked to see.
#[derive(Serialize)]
pub(super) struct TokenFacts {
    pub(super) token: Secret,
    pub(super) expires_on: String,
}

impl TokenFacts {
    pub(super) fn new(token: &AccessToken) -> Self {
        Self {
            token: token.token.clone(),
            expires_on: token.expires_on.to_string(),
        }
    }
}

#[derive(Serialize)]
struct Created {
    identity: IdentityFacts,
    access_token: Option<TokenFacts>,
}

impl Created {
    fn new(created: &CreatedIdentity) -> Self {
        Self {
            identity: IdentityFacts::new(&created.identity),
            access_token: created.access_token.as_ref().map(TokenFacts::new),
        }
    }
}

impl Report for Created {
    fn human(&self) -> String {
        match &self.access_token {
            Some(token) => format!("{}\n", token.token.expose()),
            None => format!("{}\n", output::printable(&self.identity.id)),
        }
    }
}

#[derive(Serialize)]
struct Found {
    identity: IdentityFacts,
}

impl Report for Found {
    fn human(&self) -> String {
        let identity = &self.identity;
        let or = |value: &Option<String>, otherwise: &str| {
            value.clone().unwrap_or_else(|| otherwise.to_owned())
        };
        output::rows([
            ("id", identity.id.clone()),
            ("custom id", or(&identity.custom_id, "none")),
            (
                "last token",
                or(&identity.last_token_issued_at, "never issued"),
            ),
        ])
    }
}

#[derive(Serialize)]
struct Deleted {
    outcome: &'static str,
    id: String,
}

impl Report for Deleted {
    fn human(&self) -> String {
        output::rows([
            ("outcome", self.outcome.to_owned()),
            ("id", self.id.clone()),
        ])
    }
}
