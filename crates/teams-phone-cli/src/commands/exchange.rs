//! Owns the exchanges of `token`: a user's Entra token for one of the resource.

use serde::Serialize;
use teams_phone::exchanges::{ExchangeUserToken, Exchanged};
use teams_phone::{Client, Secret};

use super::identity::{IdentityFacts, TokenFacts};
use crate::args::{ConnectionArgs, ExchangeTeamsUserArgs, UserTokenArgs};
use crate::connection;
use crate::failure::Failure;
use crate::files;
use crate::output::{self, Printer, Report};
use crate::terminal;

/// Exchanges the token of a Teams user.
pub(super) async fn teams_user(
    args: &ExchangeTeamsUserArgs,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    let (client, token) = client_and_token(&args.token, connection)?;
    let mut request = client
        .exchanges()
        .teams_user(token, &args.client_id, &args.user);
    if let Some(tenant) = &args.tenant {
        request = request.tenant(tenant);
    }
    if args.unchecked {
        request = request.unchecked();
    }
    let token = request
        .await
        .map_err(|error| Failure::call(error, &client))?;
    printer.note(&format!("expires {}", token.expires_on));
    printer.show(&ForTeamsUser(TokenFacts::new(&token)))
}

/// Exchanges a user's token for one that uses Teams Phone.
pub(super) async fn teams_phone(
    args: &UserTokenArgs,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    let (client, token) = client_and_token(args, connection)?;
    let request = client.exchanges().teams_phone(token);
    exchange(request, &client, printer).await
}

/// Exchanges an Entra user's token.
pub(super) async fn entra(
    args: &UserTokenArgs,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(), Failure> {
    let (client, token) = client_and_token(args, connection)?;
    let request = client.exchanges().entra(token);
    exchange(request, &client, printer).await
}

async fn exchange(
    request: ExchangeUserToken,
    client: &Client,
    printer: Printer,
) -> Result<(), Failure> {
    let exchanged = request
        .await
        .map_err(|error| Failure::call(error, client))?;
    printer.note(&format!(
        "identity {}; its token expires {}",
        output::printable(exchanged.identity.id.as_str()),
        exchanged.access_token.expires_on
    ));
    printer.show(&ForUser::new(&exchanged))
}

fn client_and_token(
    args: &UserTokenArgs,
    connection: &ConnectionArgs,
) -> Result<(Client, Secret), Failure> {
    const OPTION: &str = "--token-file";
    let path = args.token_file.as_deref();
    if let Some(option) = connection.stdin_option()
        && path.is_some_and(files::is_stdin)
    {
        return Err(Failure::both_from_stdin(option, OPTION));
    }
    let client = connection::client(connection)?;
    let token = match path {
        Some(path) => Some(files::read_secret(path, OPTION)?),
        None => terminal::ask_secret("Entra token of the user (not shown): ")?,
    };
    let token = token.ok_or_else(|| {
        Failure::usage("no user token").with_hint(format!(
            "name a file that holds it with {OPTION}, or pipe it in with `{OPTION} -`"
        ))
    })?;
    Ok((client, token))
}

#[derive(Serialize)]
struct ForTeamsUser(TokenFacts);

impl Report for ForTeamsUser {
    fn human(&self) -> String {
        format!("{}\n", self.0.token.expose())
    }
}

#[derive(Serialize)]
struct ForUser {
    identity: IdentityFacts,
    access_token: TokenFacts,
}

impl ForUser {
    fn new(exchanged: &Exchanged) -> Self {
        Self {
            identity: IdentityFacts::new(&exchanged.identity),
            access_token: TokenFacts::new(&exchanged.access_token),
        }
    }
}

impl Report for ForUser {
    fn human(&self) -> String {
        format!("{}\n", self.access_token.token.expose())
    }
}
