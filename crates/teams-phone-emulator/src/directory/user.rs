//! Owns one user of the emulated directory.
//! Refuses to know a password: the emulator asks for none.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{TENANT, guid};

/// A user of the emulated directory. Also its JSON form on the admin route and in snapshots.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[must_use = "a user does nothing until an emulator is given it"]
pub struct User {
    object_id: String,
    user_principal_name: String,
    #[serde(default = "standard_tenant")]
    tenant_id: String,
    /// Object ids of the groups, as tokens name them.
    #[serde(default)]
    groups: Vec<String>,
    /// Whether the user has a role on the resource in Azure.
    #[serde(default)]
    manages_resource: bool,
}

impl User {
    /// A user of the standard tenant without role and groups.
    pub fn new(object_id: &str, user_principal_name: &str) -> Self {
        Self {
            object_id: object_id.to_owned(),
            user_principal_name: user_principal_name.to_owned(),
            tenant_id: standard_tenant(),
            groups: Vec::new(),
            manages_resource: false,
        }
    }

    /// The tenant, which must be registered. Default: the standard one.
    pub fn tenant(mut self, id: &str) -> Self {
        self.tenant_id = id.to_owned();
        self
    }

    /// Adds a group by object id.
    pub fn group(mut self, id: &str) -> Self {
        self.groups.push(id.to_owned());
        self
    }

    /// Whether the user has a role on the resource in Azure. Default: no.
    pub fn manages_resource(mut self, manages: bool) -> Self {
        self.manages_resource = manages;
        self
    }

    /// Object and tenant id.
    pub(crate) fn ids(&self) -> Result<(Uuid, Uuid), String> {
        for group in &self.groups {
            guid(group, "groups")?;
        }
        Ok((
            guid(&self.object_id, "objectId")?,
            guid(&self.tenant_id, "tenantId")?,
        ))
    }

    pub(crate) fn name(&self) -> &str {
        &self.user_principal_name
    }

    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.user_principal_name.eq_ignore_ascii_case(name)
    }

    pub(crate) fn tenant_id(&self) -> Option<Uuid> {
        self.tenant_id.parse().ok()
    }

    pub(crate) fn groups(&self) -> &[String] {
        &self.groups
    }

    pub(crate) fn may_manage_resource(&self) -> bool {
        self.manages_resource
    }
}

fn standard_tenant() -> String {
    TENANT.to_owned()
}
