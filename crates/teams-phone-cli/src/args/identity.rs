//! Owns the arguments of `identity` and `token`.

use std::time::Duration;

use clap::{Args, Subcommand};
use teams_phone::{CustomId, IdentityId, Scope};

use super::exchange::{ExchangeTeamsUserArgs, InspectArgs, UserTokenArgs};
use super::values;

/// What to do with an identity.
#[derive(Debug, Subcommand)]
pub(crate) enum IdentityCommand {
    /// Create an identity, with a token if --scope is given.
    ///
    /// Standard output is the identity's id alone. With --scope it is the token alone, so that it can be
    /// piped, and the id goes to standard error; `--output json` has both.
    Create(CreateArgs),
    /// Show an identity.
    Get(GetIdentityArgs),
    /// Delete an identity with all its data; its tokens stop to work.
    Delete(DeleteArgs),
}

/// What to do with the tokens of an identity.
#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Issue a token.
    ///
    /// Standard output is the token alone, so that it can be piped; `--output json` has its expiry too.
    Issue(IssueArgs),
    /// Revoke all tokens of an identity.
    Revoke(RevokeTokensArgs),
    /// Exchange the Entra token of a Teams user for a token that acts as that user.
    ///
    /// Before it is sent, the claims of the token are compared with the ids given, which tells which of
    /// them is wrong. Standard output is the new token alone.
    ExchangeTeamsUser(ExchangeTeamsUserArgs),
    /// Exchange a user's Entra token for one that uses Teams Phone, as `assignment` allows.
    ///
    /// The token must have the permission TeamsExtension.ManageCalls. Standard output is the new token
    /// alone.
    ExchangeTeamsPhone(UserTokenArgs),
    /// Exchange a user's Entra token for one of the resource, as `entra-assignment` allows.
    ///
    /// Standard output is the new token alone.
    ExchangeEntra(UserTokenArgs),
    /// Say what a token claims, and when it expires, without showing it; nothing is sent.
    Inspect(InspectArgs),
}

/// Arguments of `identity create`.
#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    /// File the identity under an id of yours: the same id gives the same identity again.
    #[arg(long, value_name = "ID")]
    pub(crate) custom_id: Option<CustomId>,
    #[command(flatten)]
    pub(crate) token: OptionalTokenArgs,
}

/// Which token to issue along with an identity.
#[derive(Debug, Args)]
pub(crate) struct OptionalTokenArgs {
    /// Also issue a token for this (voip, chat, chat.join, chat.join.limited, voip.join); repeat it, or
    /// separate with commas. Prints the token.
    #[arg(long = "scope", value_name = "SCOPE", value_delimiter = ',', value_parser = scope)]
    pub(crate) scopes: Vec<Scope>,
    /// How long the token is valid: whole minutes from 60m to 24h. Default: 24h.
    #[arg(long, value_name = "DURATION", value_parser = values::duration, requires = "scopes")]
    pub(crate) valid_for: Option<Duration>,
}

/// Arguments of `identity get`.
#[derive(Debug, Args)]
pub(crate) struct GetIdentityArgs {
    /// The identity's id, such as 8:acs:...
    pub(crate) id: IdentityId,
}

/// Arguments of `identity delete`.
#[derive(Debug, Args)]
pub(crate) struct DeleteArgs {
    /// The identity's id, such as 8:acs:...
    pub(crate) id: IdentityId,
    /// Do not ask; needed where nobody can be asked.
    #[arg(long, short)]
    pub(crate) yes: bool,
}

/// Arguments of `token issue`.
#[derive(Debug, Args)]
pub(crate) struct IssueArgs {
    /// The identity's id, such as 8:acs:...
    pub(crate) id: IdentityId,
    /// What the token allows (voip, chat, chat.join, chat.join.limited, voip.join); repeat it, or separate
    /// with commas.
    #[arg(long = "scope", value_name = "SCOPE", value_delimiter = ',', value_parser = scope, required = true)]
    pub(crate) scopes: Vec<Scope>,
    /// How long the token is valid: whole minutes from 60m to 24h. Default: 24h.
    #[arg(long, value_name = "DURATION", value_parser = values::duration)]
    pub(crate) valid_for: Option<Duration>,
}

/// Arguments of `token revoke`.
#[derive(Debug, Args)]
pub(crate) struct RevokeTokensArgs {
    /// The identity's id, such as 8:acs:...
    pub(crate) id: IdentityId,
    /// Do not ask; needed where nobody can be asked.
    #[arg(long, short)]
    pub(crate) yes: bool,
}

fn scope(text: &str) -> Result<Scope, String> {
    values::text(text).map(Scope::from)
}
