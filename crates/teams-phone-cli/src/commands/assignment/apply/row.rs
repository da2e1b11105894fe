//! Owns what one row of `assignment apply` asks for, and the calls that bring it about.

use std::collections::BTreeSet;

use teams_phone::assignments::Assignment;
use teams_phone::{Client, ClientId, ObjectId, PrincipalType, Result as CallResult, TenantId};

use super::super::reports::told;
use super::{Change, Ended};
use crate::commands::bulk::{RowReport, UNCHANGED};
use crate::rows::{Fields, shortened};

/// The tenant and object that name an assignment.
pub(super) type Place = (TenantId, ObjectId);

/// What a row asks for.
pub(super) struct Wanted {
    pub(super) place: Place,
    /// Absent to revoke.
    access: Option<Access>,
}

struct Access {
    principal_type: PrincipalType,
    client_ids: Vec<ClientId>,
}

impl Wanted {
    /// Reads a row.
    pub(super) fn new(fields: &Fields) -> Result<Self, String> {
        let access = match fields.takes_away("grant", "revoke")? {
            false => Some(Access::new(fields)?),
            true => None,
        };
        let place = (fields.tenant()?, fields.object()?);
        if place.0.as_str() == place.1.as_str() {
            return Err(format!(
                "tenant_id and object_id are the same GUID, {}; one of them is wrong",
                place.0
            ));
        }
        Ok(Self { place, access })
    }

    /// Whether it takes access away.
    pub(super) fn is_revocation(&self) -> bool {
        self.access.is_none()
    }

    /// Says in a report what is wanted.
    pub(super) fn describe(&self, report: RowReport) -> RowReport {
        let action = if self.is_revocation() {
            "revoke"
        } else {
            "grant"
        };
        let (tenant, object) = &self.place;
        report.about(action, Some(tenant.to_string()), object.to_string())
    }

    /// Reads the state, and writes only if it differs.
    pub(super) async fn bring_about(self, client: &Client, dry_run: bool) -> CallResult<Ended> {
        let (tenant, object) = &self.place;
        let assignments = client.assignments();
        let Some(access) = self.access else {
            if find(client, &self.place).await?.is_none() {
                return Ok(Ended::Done(UNCHANGED, Vec::new()));
            }
            if !dry_run {
                assignments.revoke_and_verify(tenant, object).await?;
            }
            return Ok(Ended::Done("revoked", Vec::new()));
        };
        if dry_run {
            return Ok(match find(client, &self.place).await? {
                None => Ended::Done("created", Vec::new()),
                Some(found) => access.compare(&found),
            });
        }
        let ensured = assignments
            .ensure(tenant, object, access.principal_type)
            .client_ids(access.client_ids)
            .await?;
        let (outcome, changes) = told(&ensured.outcome);
        Ok(Ended::Done(outcome, changes))
    }
}

impl Access {
    fn new(fields: &Fields) -> Result<Self, String> {
        const TYPES: &str = "give user or resource_account";
        let text = fields.principal_type.as_deref();
        let text = text.ok_or_else(|| format!("principal_type is missing; {TYPES}"))?;
        let plain = text.replace(['_', '-'], "").to_ascii_lowercase();
        let principal_type = match plain.as_str() {
            "user" => PrincipalType::User,
            "resourceaccount" | "teamsresourceaccount" => PrincipalType::ResourceAccount,
            _ => {
                return Err(format!(
                    "principal_type {:?} is not known; {TYPES}",
                    shortened(text)
                ));
            }
        };
        let client_ids = fields.client_ids()?;
        match (&principal_type, client_ids.is_empty()) {
            (PrincipalType::User, true) => Err(
                "client_ids is empty: the user could not sign in through any application"
                    .to_owned(),
            ),
            (PrincipalType::ResourceAccount, false) => {
                Err("client_ids is for users; leave it empty for a resource account".to_owned())
            }
            _ => Ok(Self {
                principal_type,
                client_ids,
            }),
        }
    }

    /// What a write would change.
    fn compare(&self, found: &Assignment) -> Ended {
        let mut changes = Vec::new();
        if found.principal_type != self.principal_type {
            let (from, to) = (&found.principal_type, &self.principal_type);
            changes.push(Change::new(
                "principalType",
                from.to_string(),
                to.to_string(),
            ));
        }
        let (from, to) = (set(&found.client_ids), set(&self.client_ids));
        if from != to {
            changes.push(Change::new("clientIds", from.join(","), to.join(",")));
        }
        let outcome = if changes.is_empty() {
            UNCHANGED
        } else {
            "replaced"
        };
        Ended::Done(outcome, changes)
    }
}

fn set(ids: &[ClientId]) -> Vec<&str> {
    let ids: BTreeSet<&str> = ids.iter().map(ClientId::as_str).collect();
    ids.into_iter().collect()
}

/// What is stored, if anything is.
async fn find(client: &Client, (tenant, object): &Place) -> CallResult<Option<Assignment>> {
    match client.assignments().get(tenant, object).await {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}
