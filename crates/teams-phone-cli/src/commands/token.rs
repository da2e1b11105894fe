//! Owns `token`: issues and revokes, and sends the rest on; prints a token only where it is what was asked for.

use serde::Serialize;

use super::identity::TokenFacts;
use super::{exchange, inspect};
use crate::args::{ConnectionArgs, IssueArgs, RevokeTokensArgs, TokenCommand};
use crate::connection;
use crate::failure::Failure;
use crate::output::{self, Printer, Report};
use crate::terminal;

/// Runs a command about tokens.
pub(super) async fn run(
    command: TokenCommand,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    match command {
        TokenCommand::Issue(args) => issue(args, connection, printer).await,
        TokenCommand::Revoke(args) => revoke(&args, connection, printer).await,
        TokenCommand::ExchangeTeamsUser(args) => {
            exchange::teams_user(&args, connection, printer).await
        }
        TokenCommand::ExchangeTeamsPhone(args) => {
            exchange::teams_phone(&args, connection, printer).await
        }
        TokenCommand::ExchangeEntra(args) => exchange::entra(&args, connection, printer).await,
        TokenCommand::Inspect(args) => {
            connection::refuse_options(connection, "token inspect", &[])?;
            inspect::run(&args, printer)
        }
    }
}

async fn issue(
    args: IssueArgs,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    let client = connection::client(connection)?;
    let mut request = client.identities().issue_token(&args.id, args.scopes);
    if let Some(valid_for) = args.valid_for {
        request = request.valid_for(valid_for);
    }
    let token = request
        .await
        .map_err(|error| Failure::call(error, &client))?;
    printer.note(&format!("expires {}", token.expires_on));
    printer.show(&Issued {
        id: args.id.to_string(),
        token: TokenFacts::new(&token),
    })
}

async fn revoke(
    args: &RevokeTokensArgs,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    let client = connection::client(connection)?;
    terminal::confirm(
        &format!("Revoke all tokens of {} of {}?", args.id, client.endpoint()),
        args.yes,
    )?;
    client
        .identities()
        .revoke_tokens(&args.id)
        .await
        .map_err(|error| Failure::call(error, &client))?;
    printer.show(&Revoked {
        outcome: "revoked",
        id: args.id.to_string(),
    })
}

#[derive(Serialize)]
struct Issued {
    id: String,
    #[serde(flatten)]
    token: TokenFacts,
}

impl Report for Issued {
    fn human(&self) -> String {
        format!("{}\n", self.token.token.expose())
    }
}

#[derive(Serialize)]
struct Revoked {
    outcome: &'static str,
    id: String,
}

impl Report for Revoked {
    fn human(&self) -> String {
        output::rows([
            ("outcome", self.outcome.to_owned()),
            ("id", self.id.clone()),
        ])
    }
}
