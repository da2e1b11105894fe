//! Owns the ids that calls take: checked when they are made, so that no call carries a wrong one.

use std::fmt;
use std::str::FromStr;

use teams_phone_core::Error;

/// Makes a type for one kind of GUID, so that one cannot be passed for another.
macro_rules! guid {
    ($(#[$doc:meta])* $name:ident, $what:literal, $hint:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The GUID in lower case with hyphens.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Takes an id as the service wrote it.
            pub(crate) fn from_service(text: String) -> Self {
                Self(text.to_ascii_lowercase())
            }
        }

        impl FromStr for $name {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self, Error> {
                let text = text.trim();
                match uuid::Uuid::try_parse(text) {
                    Ok(id) => Ok(Self(id.hyphenated().to_string())),
                    Err(_) => Err(Error::config(format!(
                        concat!($what, " {:?} is not a GUID; ", $hint),
                        shown(text)
                    ))),
                }
            }
        }

        impl From<uuid::Uuid> for $name {
            fn from(id: uuid::Uuid) -> Self {
                Self(id.hyphenated().to_string())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
    };
}

guid!(
    /// The Entra tenant that a user or resource account lives in: the *Teams* tenant, which need not be
    /// the tenant of the Azure subscription.
    TenantId,
    "tenant id",
    "give the Teams tenant's id, as Entra's overview page shows it"
);
guid!(
    /// The Entra object id of a user or resource account; not its application id, not its user name.
    ObjectId,
    "object id",
    "give the object id of the user or resource account, not its user name"
);
guid!(
    /// The id of an application in Entra (its application or client id).
    ClientId,
    "client id",
    "give the application (client) id, as Entra's app registration shows it"
);

guid!(
    /// The id of a Communication Services resource that never changes, as its properties page and
    /// `az communication show` have it (`immutableResourceId`); not the resource's long Azure id, not its name.
    ImmutableResourceId,
    "immutable resource id",
    "give the resource's immutable resource id (a GUID), not its name and not its Azure resource id"
);

/// Makes a type for one kind of text id, bounded in length and free of control characters.
macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $what:literal, $max:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The id as it was given.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self, Error> {
                let refuse = |why: &str| {
                    Error::config(format!(concat!($what, " {:?} {}"), shown(text), why))
                };
                if text.trim().is_empty() {
                    return Err(refuse("is empty"));
                }
                if text.chars().count() > $max {
                    return Err(refuse(concat!(
                        "is longer than ",
                        stringify!($max),
                        " characters"
                    )));
                }
                if text.chars().any(char::is_control) {
                    return Err(refuse("has a control character"));
                }
                Ok(Self(text.to_owned()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
    };
}

text_id!(
    /// The id of an identity of the resource, such as `8:acs:<resource>_<id>`; at most 512 characters.
    IdentityId,
    "identity id",
    512
);
text_id!(
    /// An id of the caller's own that an identity is filed under; at most 256 characters.
    CustomId,
    "custom id",
    256
);

text_id!(
    /// Microsoft Graph's id of a number assignment; opaque, at most 512 characters.
    NumberId,
    "number assignment id",
    512
);

impl NumberId {
    pub(crate) fn from_service(text: String) -> Self {
        Self(text)
    }
}

impl IdentityId {
    pub(crate) fn from_service(text: String) -> Self {
        Self(text)
    }
}

fn shown(text: &str) -> String {
    match text.char_indices().nth(64) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guids_are_kept_in_one_spelling() {
        let id: TenantId = " {87D349ED-44D7-43E1-9A83-5F2406DEE5BD} ".parse().unwrap();
        assert_eq!(id.as_str(), "87d349ed-44d7-43e1-9a83-5f2406dee5bd");
    }

    #[test]
    fn says_which_id_is_wrong_and_what_to_give() {
        let error = "alice@contoso.com"
            .parse::<ObjectId>()
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            "object id \"alice@contoso.com\" is not a GUID; give the object id of the user or resource account, not its user name"
        );
        let long = "a".repeat(10_000);
        for error in [
            long.parse::<TenantId>().unwrap_err(),
            long.parse::<IdentityId>().unwrap_err(),
            long.parse::<CustomId>().unwrap_err(),
            "".parse::<IdentityId>().unwrap_err(),
            "a\nb".parse::<CustomId>().unwrap_err(),
        ] {
            assert!(error.to_string().len() < 300, "{error}");
        }
    }
}
