//! Owns the arguments of the exchanges and the inspection of tokens, and of `id`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};
use teams_phone::{ClientId, ObjectId, TenantId};

/// Where a user's Entra token comes from; never an argument.
#[derive(Debug, Args)]
pub(crate) struct UserTokenArgs {
    /// File with the user's Entra token; `-` reads it from standard input. Default: a hidden prompt.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) token_file: Option<PathBuf>,
}

/// Arguments of `token exchange-teams-user`.
#[derive(Debug, Args)]
pub(crate) struct ExchangeTeamsUserArgs {
    #[command(flatten)]
    pub(crate) token: UserTokenArgs,
    /// The application that the token was issued to.
    #[arg(long, value_name = "GUID")]
    pub(crate) client_id: ClientId,
    /// The object id of the user who signed in.
    #[arg(long, value_name = "GUID")]
    pub(crate) user: ObjectId,
    /// Also check that the token is of this tenant.
    #[arg(long, value_name = "GUID")]
    pub(crate) tenant: Option<TenantId>,
    /// Send the token without a look at its claims.
    #[arg(long, conflicts_with = "tenant")]
    pub(crate) unchecked: bool,
}

/// Arguments of `token inspect`.
#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// File with the token; `-` is standard input.
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
}

/// What to do with a raw id.
#[derive(Debug, Subcommand)]
pub(crate) enum IdCommand {
    /// Say who is meant by a raw id, such as 4:+12065550100 or 8:orgid:...
    Parse {
        /// The raw id.
        raw_id: String,
    },
}
