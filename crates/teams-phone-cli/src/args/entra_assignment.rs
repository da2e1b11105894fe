//! Owns the arguments of `entra-assignment`.

use clap::{Args, Subcommand};
use teams_phone::{ClientId, EntraPrincipalType, ObjectId, TenantId};

use super::assignment::{Rate, rate};
use super::rows::RowsArgs;

/// What to do with Entra assignments.
#[derive(Debug, Subcommand)]
pub(crate) enum EntraAssignmentCommand {
    /// List all, as the service gives them out.
    ///
    /// With `--output json` each line is a row that `bulk` can read.
    List,
    /// Show one; exit code 4 if there is nothing under this object id.
    Get(GetEntraArgs),
    /// Give access, replacing what is there.
    Set(SetEntraArgs),
    /// Take access away.
    Remove(RemoveEntraArgs),
    /// Set and remove many, as the rows of a file say, in few requests.
    ///
    /// Columns: object_id, tenant_id, principal_type (user, group or tenant), client_ids (separated by
    /// blanks or semicolons), action (set or remove; default set). A row to remove needs object_id only.
    /// Rows that cannot be read, or that the service refuses, are reported, and the others are done. It is
    /// safe to run again, in whole or in part.
    Bulk(BulkEntraArgs),
}

/// Arguments of `entra-assignment get`.
#[derive(Debug, Args)]
pub(crate) struct GetEntraArgs {
    /// The object id of the user or group, or the tenant's id.
    #[arg(long, value_name = "GUID")]
    pub(crate) object: ObjectId,
}

/// Arguments of `entra-assignment set`.
#[derive(Debug, Args)]
pub(crate) struct SetEntraArgs {
    /// The object id of the user or group; for a whole tenant it is the tenant's id and may be left out.
    #[arg(long, value_name = "GUID", required_unless_present = "whole_tenant")]
    object: Option<ObjectId>,
    /// The tenant of the user or group.
    #[arg(long, value_name = "GUID")]
    pub(crate) tenant: TenantId,
    #[command(flatten)]
    kind: KindArgs,
    /// Application (client) id whose tokens are accepted; repeat it, or separate with commas.
    #[arg(
        long = "client-id",
        value_name = "GUID",
        value_delimiter = ',',
        required = true
    )]
    pub(crate) client_ids: Vec<ClientId>,
    /// Show the request instead of sending it.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct KindArgs {
    /// The object is a user.
    #[arg(long)]
    user: bool,
    /// The object is a group: its members get access.
    #[arg(long)]
    group: bool,
    /// Everybody of the tenant gets access.
    #[arg(long)]
    whole_tenant: bool,
}

impl SetEntraArgs {
    /// The principal type to send.
    pub(crate) fn principal_type(&self) -> EntraPrincipalType {
        if self.kind.user {
            EntraPrincipalType::User
        } else if self.kind.group {
            EntraPrincipalType::Group
        } else {
            EntraPrincipalType::Tenant
        }
    }

    /// The object whose assignment it is.
    pub(crate) fn object(&self) -> Result<ObjectId, teams_phone::Error> {
        match &self.object {
            Some(object) => Ok(object.clone()),
            None => self.tenant.as_str().parse(),
        }
    }
}

/// Arguments of `entra-assignment remove`.
#[derive(Debug, Args)]
pub(crate) struct RemoveEntraArgs {
    /// The object id of the user or group, or the tenant's id.
    #[arg(long, value_name = "GUID")]
    pub(crate) object: ObjectId,
    /// Do not ask; needed where nobody can be asked.
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Show the request instead of sending it.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Arguments of `entra-assignment bulk`.
#[derive(Debug, Args)]
pub(crate) struct BulkEntraArgs {
    #[command(flatten)]
    pub(crate) rows: RowsArgs,
    /// Changes per request.
    #[arg(long, value_name = "N", default_value = "100", value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) batch_size: u16,
    /// Requests per 30 s, or `unlimited`; they are sent one after the other. Default: 500.
    #[arg(long, value_name = "N", value_parser = rate)]
    pub(crate) rate: Option<Rate>,
    /// Check all rows and show what would be done, but send nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
}
