//! Owns the arguments of `user`.

use clap::{Args, Subcommand};
use teams_phone::users::UserRef;

use super::number::country;
use super::values;

/// What to do with users.
#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Show a user or resource account: usage location, licences, Teams settings; exit code 4 if there is none.
    Show(ShowUserArgs),
    /// List the users that Teams knows, with their numbers.
    List(ListUsersArgs),
    /// Set the country in which an account uses services; licences need one.
    SetUsageLocation(SetUsageLocationArgs),
}

/// Arguments of `user show`.
#[derive(Debug, Args)]
pub(crate) struct ShowUserArgs {
    /// The user or resource account: object id, or user principal name.
    #[arg(value_parser = user)]
    pub(crate) user: UserRef,
}

/// Arguments of `user list`.
#[derive(Debug, Args)]
pub(crate) struct ListUsersArgs {
    /// A condition in OData's own words; sent as it is, and which ones work is not documented.
    #[arg(long, value_name = "CONDITION", value_parser = values::text)]
    pub(crate) odata: Option<String>,
    /// Stop after so many users.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: Option<u32>,
}

/// Arguments of `user set-usage-location`.
#[derive(Debug, Args)]
pub(crate) struct SetUsageLocationArgs {
    /// The user or resource account: object id, or user principal name.
    #[arg(value_parser = user)]
    pub(crate) user: UserRef,
    /// The country, as two letters of ISO 3166-1, such as US.
    #[arg(value_parser = country)]
    pub(crate) country: String,
}

/// Reads who is meant; a text that is neither id nor name must not get as far as a request.
pub(super) fn user(text: &str) -> Result<UserRef, teams_phone::Error> {
    text.parse()
}
