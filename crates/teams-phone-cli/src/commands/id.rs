//! Owns `id parse`: says what a raw id is made of; asks nobody whether it exists.

use serde::Serialize;
use teams_phone::identifier::{Cloud, Identifier};

use crate::failure::Failure;
use crate::output::{self, Printer, Report};

/// Takes a raw id apart.
pub(super) fn parse(raw_id: &str, printer: Printer) -> Result<(), Failure> {
    if raw_id.trim().is_empty() {
        return Err(Failure::usage("the raw id is empty"));
    }
    printer.show(&Parsed::new(raw_id))
}

#[derive(Default, Serialize)]
struct Parsed {
    raw_id: String,
    kind: &'static str,
    cloud: Option<Cloud>,
    anonymous: Option<bool>,
    number: Option<String>,
    asserted_id: Option<String>,
    resource_id: Option<String>,
    tenant_id: Option<String>,
    user_id: Option<String>,
    app_id: Option<String>,
}

impl Parsed {
    fn new(raw_id: &str) -> Self {
        let id = Identifier::parse(raw_id);
        let base = Self {
            raw_id: raw_id.to_owned(),
            kind: id.kind(),
            ..Self::default()
        };
        match id {
            Identifier::PhoneNumber(phone) => Self {
                anonymous: Some(phone.is_anonymous()),
                asserted_id: phone.asserted_id().map(str::to_owned),
                number: Some(phone.number().to_owned()),
                ..base
            },
            Identifier::TeamsExtensionUser(user) => Self {
                cloud: Some(user.cloud()),
                resource_id: Some(user.resource().to_owned()),
                tenant_id: Some(user.tenant().to_owned()),
                user_id: Some(user.user().to_owned()),
                ..base
            },
            Identifier::TeamsUser(user) => Self {
                cloud: Some(user.cloud()),
                anonymous: Some(user.is_anonymous()),
                user_id: Some(user.user().to_owned()),
                ..base
            },
            Identifier::TeamsApp(app) => Self {
                cloud: Some(app.cloud()),
                app_id: Some(app.app().to_owned()),
                ..base
            },
            _ => base,
        }
    }
}

impl Report for Parsed {
    fn human(&self) -> String {
        let kind = match self.kind {
            "phoneNumber" => "phone number",
            "teamsExtensionUser" => "Teams user who uses Teams Phone through a resource",
            "communicationUser" => "user of a resource",
            "microsoftTeamsUser" if self.anonymous == Some(true) => "visitor of a Teams meeting",
            "microsoftTeamsUser" => "Teams user",
            "microsoftTeamsApp" => "bot or resource account of Teams",
            _ => "not known",
        };
        let cloud = self.cloud.map(|cloud| match cloud {
            Cloud::Public => "public",
            Cloud::Dod => "US Department of Defense",
            Cloud::Gcch => "US government, GCC High",
            _ => "another",
        });
        let of = |name, value: &Option<String>| value.clone().map(|value| (name, value));
        let parts = [
            cloud.map(|cloud| ("cloud", cloud.to_owned())),
            of("number", &self.number),
            of("asserted id", &self.asserted_id),
            of("resource", &self.resource_id),
            of("tenant", &self.tenant_id),
            of("user", &self.user_id),
            of("app", &self.app_id),
        ];
        let first = [("kind", format!("{kind} ({})", self.kind))];
        output::rows(first.into_iter().chain(parts.into_iter().flatten()))
    }
}
