//! Owns the JSON form of an identifier, as the service's documents show it.

use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};

use super::{Cloud, Identifier};

#[derive(Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
enum Parts<'a> {
    Number {
        value: &'a str,
        is_anonymous: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        asserted_id: Option<&'a str>,
    },
    ExtensionUser {
        user_id: &'a str,
        tenant_id: &'a str,
        resource_id: &'a str,
        cloud: Cloud,
    },
    User {
        id: &'a str,
    },
    TeamsUser {
        user_id: &'a str,
        is_anonymous: bool,
        cloud: Cloud,
    },
    App {
        app_id: &'a str,
        cloud: Cloud,
    },
}

impl Serialize for Identifier {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let parts = match self {
            Self::PhoneNumber(number) => Some(Parts::Number {
                value: number.number(),
                is_anonymous: number.is_anonymous(),
                asserted_id: number.asserted_id(),
            }),
            Self::TeamsExtensionUser(user) => Some(Parts::ExtensionUser {
                user_id: user.user(),
                tenant_id: user.tenant(),
                resource_id: user.resource(),
                cloud: user.cloud(),
            }),
            Self::CommunicationUser(user) => Some(Parts::User { id: user.id() }),
            Self::TeamsUser(user) => Some(Parts::TeamsUser {
                user_id: user.user(),
                is_anonymous: user.is_anonymous(),
                cloud: user.cloud(),
            }),
            Self::TeamsApp(app) => Some(Parts::App {
                app_id: app.app(),
                cloud: app.cloud(),
            }),
            Self::Unknown(_) => None,
        };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("kind", self.kind())?;
        map.serialize_entry("rawId", &format_args!("{self}"))?;
        if let Some(parts) = parts {
            map.serialize_entry(self.kind(), &parts)?;
        }
        map.end()
    }
}
