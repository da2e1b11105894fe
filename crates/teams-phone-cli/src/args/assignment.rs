//! Owns the arguments of `assignment`.

use std::time::Duration;

use clap::{Args, Subcommand};
use teams_phone::{ClientId, ObjectId, PrincipalType, TenantId};

use super::rows::RowsArgs;
use super::values;

/// What to do with an assignment.
#[derive(Debug, Subcommand)]
pub(crate) enum AssignmentCommand {
    /// Give access, replacing what is there.
    Grant(GrantArgs),
    /// Show what is stored; exit code 4 if there is nothing.
    Get(GetArgs),
    /// Take access away, and read until the service says that it is gone.
    Revoke(RevokeArgs),
    /// Make access be as described: writes only what is missing or differs, and says what it changed.
    Ensure(EnsureArgs),
    /// Make many be as the rows of a file say; reads each first, and writes only what differs.
    ///
    /// Columns: tenant_id, object_id, principal_type (user or resource_account), client_ids (separated by
    /// blanks or semicolons, for users only), action (grant or revoke; default grant). Rows that cannot be
    /// read or done are reported, and the others are done. It is safe to run again, also after it was
    /// killed: what is there already is not written again.
    Apply(ApplyArgs),
}

/// Which assignment.
#[derive(Clone, Debug, Args)]
pub(crate) struct PlaceArgs {
    /// The Teams tenant's id; it need not be the tenant of the Azure subscription.
    #[arg(long, value_name = "GUID")]
    pub(crate) tenant: TenantId,
    /// The Entra object id of the user or resource account; not its application id, not its name.
    #[arg(long, value_name = "GUID")]
    pub(crate) object: ObjectId,
}

/// Whose access it is.
#[derive(Clone, Debug, Args)]
pub(crate) struct PrincipalArgs {
    #[command(flatten)]
    kind: KindArgs,
    /// Application (client) id through which the user may sign in; repeat it, or separate with commas.
    #[arg(
        long = "client-id",
        value_name = "GUID",
        value_delimiter = ',',
        conflicts_with = "resource_account"
    )]
    pub(crate) client_ids: Vec<ClientId>,
}

#[derive(Clone, Debug, Args)]
#[group(required = true, multiple = false)]
struct KindArgs {
    /// The object is a resource account: the resource may take its calls.
    #[arg(long)]
    resource_account: bool,
    /// The object is a user: the user may sign in through the applications named by --client-id.
    #[arg(long)]
    user: bool,
    /// Send this principal type exactly as written.
    #[arg(long, value_name = "TEXT", value_parser = values::text)]
    principal_type: Option<String>,
}

impl PrincipalArgs {
    /// The principal type to send.
    pub(crate) fn principal_type(&self) -> PrincipalType {
        match &self.kind.principal_type {
            Some(text) => PrincipalType::Unknown(text.clone()),
            None if self.kind.user => PrincipalType::User,
            None => PrincipalType::ResourceAccount,
        }
    }

    /// Whether this gives a user access through no application at all.
    pub(crate) fn is_user_without_application(&self) -> bool {
        self.kind.user && self.client_ids.is_empty()
    }
}

/// Arguments of `assignment grant`.
#[derive(Debug, Args)]
pub(crate) struct GrantArgs {
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    #[command(flatten)]
    pub(crate) principal: PrincipalArgs,
    /// Show the request instead of sending it.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Arguments of `assignment get`.
#[derive(Debug, Args)]
pub(crate) struct GetArgs {
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

/// Arguments of `assignment revoke`.
#[derive(Debug, Args)]
pub(crate) struct RevokeArgs {
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    /// Do not ask; needed where nobody can be asked.
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Do not read whether it is gone.
    #[arg(long)]
    pub(crate) no_verify: bool,
    /// How long to keep reading until it is gone. Default: 60s.
    #[arg(long, value_name = "DURATION", value_parser = values::duration, conflicts_with = "no_verify")]
    pub(crate) verify_within: Option<Duration>,
    /// Show the requests instead of sending them.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Arguments of `assignment ensure`.
#[derive(Debug, Args)]
pub(crate) struct EnsureArgs {
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    #[command(flatten)]
    pub(crate) principal: PrincipalArgs,
    /// Read, and show what would be written, but do not write.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Arguments of `assignment apply`.
#[derive(Debug, Args)]
pub(crate) struct ApplyArgs {
    #[command(flatten)]
    pub(crate) rows: RowsArgs,
    /// How many rows are worked on at once.
    #[arg(long, value_name = "N", default_value = "16", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) concurrency: u16,
    /// Requests per 30 s and kind of request, or `unlimited`. Default: 500.
    #[arg(long, value_name = "N", value_parser = rate)]
    pub(crate) rate: Option<Rate>,
    /// Check all rows, read the state, and show what would be written, but do not write. Each row is judged
    /// alone: what earlier rows about the same assignment would change is not taken into account.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// How fast requests are sent.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rate {
    Unlimited,
    PerWindow(usize),
}

pub(super) fn rate(text: &str) -> Result<Rate, String> {
    if text.eq_ignore_ascii_case("unlimited") {
        return Ok(Rate::Unlimited);
    }
    match text.parse() {
        Ok(requests) if requests > 0 => Ok(Rate::PerWindow(requests)),
        _ => Err("give a number above 0, or `unlimited`".to_owned()),
    }
}
