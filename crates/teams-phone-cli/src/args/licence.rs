//! Owns the arguments of `licence`.

use std::time::Duration;

use clap::{Args, Subcommand};
use teams_phone::users::UserRef;

use super::user::user;
use super::values;

/// What to do with licences.
#[derive(Debug, Subcommand)]
pub(crate) enum LicenceCommand {
    /// List the products that the tenant has, with the licences that are free.
    List,
    /// Give an account a licence, and try again while the directory does not know a new account yet.
    ///
    /// An account that has the licence is left as it is.
    Assign(AssignLicenceArgs),
}

/// Arguments of `licence assign`.
#[derive(Debug, Args)]
pub(crate) struct AssignLicenceArgs {
    /// The user or resource account: object id, or user principal name.
    #[arg(value_parser = user)]
    pub(crate) user: UserRef,
    /// The product: its part number, such as PHONESYSTEM_VIRTUALUSER, or its id.
    #[arg(value_parser = values::text)]
    pub(crate) sku: String,
    /// How long to try while the directory does not know the account. Default: 60s.
    #[arg(long, value_name = "DURATION", value_parser = values::duration)]
    pub(crate) within: Option<Duration>,
}
