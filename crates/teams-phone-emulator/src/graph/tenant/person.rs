//! Owns the people of the directory: users and resource accounts, and how far a new account has spread.
//! Refuses to know their numbers.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::graph::options::{Delay, Propagation};

/// What users and resource accounts have in common.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Person {
    #[serde(default)]
    pub(crate) id: Option<Uuid>,
    pub(crate) user_principal_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) display_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) usage_location: Option<String>,
    /// Ids or part numbers until settled, then ids.
    #[serde(default)]
    pub(crate) licences: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) department: Option<String>,
    /// Of resource accounts only, like the next two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) app_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) acs_resource_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) settling: Option<Settling>,
    /// An id that could not be read, for the error.
    #[serde(skip)]
    pub(crate) bad_id: Option<String>,
}

impl Person {
    fn new(user_principal_name: &str) -> Self {
        Self {
            id: None,
            user_principal_name: user_principal_name.to_owned(),
            display_name: None,
            usage_location: None,
            licences: Vec::new(),
            department: None,
            app_id: None,
            acs_resource_id: None,
            settling: None,
            bad_id: None,
        }
    }

    fn set_id(&mut self, text: &str) {
        self.id = text.parse().ok();
        self.bad_id = self.id.is_none().then(|| text.to_owned());
    }

    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.user_principal_name.eq_ignore_ascii_case(name)
    }

    pub(crate) fn holds(&self, sku: Uuid) -> bool {
        self.skus().any(|held| held == sku)
    }

    /// The ids of the licences held.
    pub(crate) fn skus(&self) -> impl Iterator<Item = Uuid> {
        self.licences.iter().filter_map(|text| text.parse().ok())
    }

    /// Every property of the user entity that is emulated.
    pub(crate) fn entity(&self) -> Value {
        let licences: Vec<Value> = self
            .skus()
            .map(|sku| json!({ "skuId": sku, "disabledPlans": [] }))
            .collect();
        let given = self
            .display_name
            .as_deref()
            .unwrap_or(&self.user_principal_name);
        json!({
            "id": self.id,
            "userPrincipalName": self.user_principal_name,
            "displayName": given,
            "businessPhones": [],
            "givenName": null,
            "jobTitle": null,
            "mail": null,
            "mobilePhone": null,
            "officeLocation": null,
            "preferredLanguage": null,
            "surname": null,
            "usageLocation": self.usage_location,
            "assignedLicenses": licences,
            "accountEnabled": true,
            "department": self.department,
        })
    }
}

/// Who somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    User,
    Account,
}

/// A user of the tenant who can have numbers. Also its JSON form on the admin routes and in tenant files.
///
/// Has nothing to do with [`User`](crate::User), who signs in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
#[must_use = "a user does nothing until an emulator is given it"]
pub struct GraphUser {
    pub(crate) person: Person,
}

impl GraphUser {
    /// A user without usage location and licence.
    pub fn new(user_principal_name: &str) -> Self {
        Self {
            person: Person::new(user_principal_name),
        }
    }

    /// The object id. Default: a random one.
    pub fn id(mut self, id: &str) -> Self {
        self.person.set_id(id);
        self
    }

    /// The display name. Default: the user principal name.
    pub fn display_name(mut self, name: &str) -> Self {
        self.person.display_name = Some(name.to_owned());
        self
    }

    /// The usage location, as two letters.
    pub fn usage_location(mut self, country: &str) -> Self {
        self.person.usage_location = Some(country.to_owned());
        self
    }

    /// Adds a licence, by part number or id.
    pub fn licence(mut self, sku: &str) -> Self {
        self.person.licences.push(sku.to_owned());
        self
    }

    /// The object id; empty as long as none was given.
    #[must_use]
    pub fn object_id(&self) -> String {
        self.person.id.map(|id| id.to_string()).unwrap_or_default()
    }
}

/// A Teams resource account. Also its JSON form on the admin routes and in tenant files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
#[must_use = "a resource account does nothing until an emulator is given it"]
pub struct ResourceAccount {
    pub(crate) person: Person,
}

impl ResourceAccount {
    /// An account of no application, without usage location and licence.
    pub fn new(user_principal_name: &str) -> Self {
        Self {
            person: Person::new(user_principal_name),
        }
    }

    /// The object id. Default: a random one.
    pub fn id(mut self, id: &str) -> Self {
        self.person.set_id(id);
        self
    }

    /// The display name. Default: the user principal name.
    pub fn display_name(mut self, name: &str) -> Self {
        self.person.display_name = Some(name.to_owned());
        self
    }

    /// The application that answers its calls.
    pub fn app_id(mut self, id: &str) -> Self {
        self.person.app_id = Some(id.to_owned());
        self
    }

    /// The Communication Services resource behind it.
    pub fn acs_resource_id(mut self, id: &str) -> Self {
        self.person.acs_resource_id = Some(id.to_owned());
        self
    }

    /// The usage location, as two letters.
    pub fn usage_location(mut self, country: &str) -> Self {
        self.person.usage_location = Some(country.to_owned());
        self
    }

    /// Adds a licence, by part number or id.
    pub fn licence(mut self, sku: &str) -> Self {
        self.person.licences.push(sku.to_owned());
        self
    }

    /// The object id; empty as long as none was given.
    #[must_use]
    pub fn object_id(&self) -> String {
        self.person.id.map(|id| id.to_string()).unwrap_or_default()
    }

    /// The entity of `/admin/teams/resourceAccounts`.
    pub(crate) fn entity(&self, number: Option<&str>) -> Value {
        json!({
            "id": self.person.id,
            "userPrincipalName": self.person.user_principal_name,
            "displayName": self.person.display_name,
            "appId": self.person.app_id,
            "phoneNumber": number.map(|number| format!("tel:{number}")),
            "acsResourceId": self.person.acs_resource_id,
        })
    }
}

/// A place that learns of a new account in its own time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Users,
    ResourceAccounts,
    Licences,
}

/// How far a new account has spread.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Settling {
    since: Timestamp,
    delays: Propagation,
    /// Reads in vain: of users, of resource accounts, of licences.
    reads: [u32; 3],
}

impl Settling {
    pub(super) fn since(since: Timestamp, delays: Propagation) -> Self {
        Self {
            since,
            delays,
            reads: [0; 3],
        }
    }

    pub(super) fn has_reached(&self, place: Place, now: Timestamp) -> bool {
        let delay = match place {
            Place::Users => self.delays.users,
            Place::ResourceAccounts => self.delays.resource_accounts,
            Place::Licences => self.delays.licences,
        };
        match delay {
            Delay::Polls(reads) => self.reads[place as usize] >= reads,
            Delay::Milliseconds(wait) => has_passed(self.since, wait, now),
        }
    }

    pub(super) fn count(&mut self, place: Place) {
        self.reads[place as usize] += 1;
    }
}

/// Whether so many milliseconds lie between two times.
pub(crate) fn has_passed(since: Timestamp, milliseconds: u64, now: Timestamp) -> bool {
    let wait = SignedDuration::from_millis(i64::try_from(milliseconds).unwrap_or(i64::MAX));
    since.checked_add(wait).is_ok_and(|until| until <= now)
}
