//! Owns the arguments of `resource-account`.

use clap::{Args, Subcommand};
use teams_phone::users::UserRef;
use teams_phone::{ClientId, ImmutableResourceId};

use super::user::user;

/// What to do with resource accounts.
#[derive(Debug, Subcommand)]
pub(crate) enum ResourceAccountCommand {
    /// List resource accounts, with the Communication Services resource each is bound to.
    List(ListAccountsArgs),
    /// Show a resource account; exit code 4 if there is none.
    Get(GetAccountArgs),
}

/// Arguments of `resource-account list`.
#[derive(Debug, Args)]
pub(crate) struct ListAccountsArgs {
    /// Only those of this application.
    #[arg(long, value_name = "GUID")]
    pub(crate) app_id: Option<ClientId>,
    /// Only those bound to this Communication Services resource, by its immutable resource id.
    #[arg(long, value_name = "GUID")]
    pub(crate) acs_resource_id: Option<ImmutableResourceId>,
    /// Stop after so many accounts.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: Option<u32>,
}

/// Arguments of `resource-account get`.
#[derive(Debug, Args)]
pub(crate) struct GetAccountArgs {
    /// The account: object id, or user principal name.
    #[arg(value_parser = user)]
    pub(crate) account: UserRef,
}
