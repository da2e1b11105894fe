//! Owns the emulated Entra directory: tenants, applications, users, and the standard one of each.
//! Refuses to hold a secret as it is (digests only) and to know OAuth.

mod application;
mod user;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use application::Application;
pub use user::User;

/// The tenant every directory has; also the one the emulated resource belongs to.
pub(crate) const TENANT: &str = "e0000000-0000-4000-8000-000000000001";
/// The application every directory has.
pub(crate) const CLIENT: &str = "a0000000-0000-4000-8000-000000000001";
/// The user every directory has.
pub(crate) const USER: &str = "b0000000-0000-4000-8000-000000000001";
/// The sign-in name of that user.
pub(crate) const USER_NAME: &str = "user@teams-phone-emulator.invalid";

/// Tenants, applications and users; applications are known in every tenant.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Directory {
    /// In the order given; the first is the tenant of the resource.
    tenants: Vec<Uuid>,
    applications: BTreeMap<Uuid, Application>,
    users: BTreeMap<Uuid, User>,
}

/// The JSON form, in snapshots and on the admin route; there, what is left out stays as it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Document {
    #[serde(default)]
    pub(crate) tenants: Vec<String>,
    #[serde(default)]
    pub(crate) applications: Vec<Application>,
    #[serde(default)]
    pub(crate) users: Vec<User>,
}

impl Directory {
    /// The standard tenant, application and user, and what a document adds to them or says anew about them.
    pub(crate) fn standard_and(more: Document) -> Result<Self, String> {
        let mut directory = Self {
            tenants: Vec::new(),
            applications: BTreeMap::new(),
            users: BTreeMap::new(),
        };
        directory.add(Document {
            tenants: vec![TENANT.to_owned()],
            applications: vec![Application::new(CLIENT).manages_resource(true)],
            users: vec![User::new(USER, USER_NAME).manages_resource(true)],
        })?;
        directory.add(more)?;
        Ok(directory)
    }

    /// Adds or replaces; nothing is changed if anything in the document is wrong.
    pub(crate) fn add(&mut self, more: Document) -> Result<(), String> {
        let mut wanted = self.clone();
        for text in &more.tenants {
            let tenant = guid(text, "tenants")?;
            if !wanted.tenants.contains(&tenant) {
                wanted.tenants.push(tenant);
            }
        }
        for application in more.applications {
            let (id, application) = application.settled()?;
            wanted.applications.insert(id, application);
        }
        for user in more.users {
            let (id, tenant) = user.ids()?;
            if !wanted.tenants.contains(&tenant) {
                return Err(format!(
                    "user {id} is of tenant {tenant}, which is not registered"
                ));
            }
            let namesake = wanted
                .users
                .iter()
                .find(|(other, known)| **other != id && known.is_called(user.name()));
            if let Some((other, _)) = namesake {
                return Err(format!(
                    "users {other} and {id} have the same userPrincipalName"
                ));
            }
            wanted.users.insert(id, user);
        }
        *self = wanted;
        Ok(())
    }

    pub(crate) fn document(&self) -> Document {
        Document {
            tenants: self.tenants.iter().map(Uuid::to_string).collect(),
            applications: self.applications.values().cloned().collect(),
            users: self.users.values().cloned().collect(),
        }
    }

    pub(crate) fn has_tenant(&self, id: Uuid) -> bool {
        self.tenants.contains(&id)
    }

    /// The tenant whose tokens may manage the resource.
    pub(crate) fn resource_tenant(&self) -> Option<Uuid> {
        self.tenants.first().copied()
    }

    pub(crate) fn application(&self, id: Uuid) -> Option<&Application> {
        self.applications.get(&id)
    }

    pub(crate) fn user(&self, id: Uuid) -> Option<&User> {
        self.users.get(&id)
    }

    /// The user with this object id or sign-in name.
    pub(crate) fn user_called(&self, text: &str) -> Option<(Uuid, &User)> {
        let id: Option<Uuid> = text.parse().ok();
        self.users
            .iter()
            .find(|(known, user)| Some(**known) == id || user.is_called(text))
            .map(|(id, user)| (*id, user))
    }
}

fn guid(text: &str, place: &str) -> Result<Uuid, String> {
    let shown: String = text.chars().take(64).collect();
    text.parse()
        .map_err(|_| format!("{place}: `{shown}` is not a GUID"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(json: serde_json::Value) -> Document {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn a_document_adds_to_the_standard_entries_and_reads_back_equal() {
        let more = document(serde_json::json!({
            "tenants": ["e0000000-0000-4000-8000-000000000002"],
            "applications": [{ "clientId": "a0000000-0000-4000-8000-000000000002", "secret": "s3cret" }],
            "users": [{ "objectId": "b0000000-0000-4000-8000-000000000002", "userPrincipalName": "Other@x.invalid",
                        "tenantId": "e0000000-0000-4000-8000-000000000002" }],
        }));
        let directory = Directory::standard_and(more).unwrap();
        let written = serde_json::to_string(&directory.document()).unwrap();
        assert!(!written.contains("s3cret"), "{written}");
        let again = Directory::standard_and(serde_json::from_str(&written).unwrap()).unwrap();
        assert_eq!(again, directory);
        assert_eq!(directory.resource_tenant(), TENANT.parse().ok());
        assert!(directory.user_called("other@X.invalid").is_some());
        let application =
            directory.application("a0000000-0000-4000-8000-000000000002".parse().unwrap());
        assert!(application.unwrap().has_secret("s3cret"));
        assert!(!application.unwrap().has_secret("other"));
    }

    #[test]
    fn says_what_is_wrong_and_changes_nothing() {
        let cases = [
            (
                serde_json::json!({ "tenants": ["x"] }),
                "tenants: `x` is not a GUID",
            ),
            (
                serde_json::json!({ "applications": [{ "clientId": "x" }] }),
                "clientId: `x` is not a GUID",
            ),
            (
                serde_json::json!({ "applications": [{ "clientId": CLIENT, "certificates": ["x"] }] }),
                "certificates: not a certificate",
            ),
            (
                serde_json::json!({ "users": [{ "objectId": CLIENT, "userPrincipalName": "a", "tenantId": USER }] }),
                "which is not registered",
            ),
            (
                serde_json::json!({ "users": [{ "objectId": CLIENT, "userPrincipalName": USER_NAME }] }),
                "have the same userPrincipalName",
            ),
        ];
        for (json, words) in cases {
            let mut directory = Directory::standard_and(Document::default()).unwrap();
            let before = directory.clone();
            let error = directory.add(document(json)).unwrap_err();
            assert!(error.contains(words), "{error}");
            assert_eq!(directory, before);
        }
    }
}
