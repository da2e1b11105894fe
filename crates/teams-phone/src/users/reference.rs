//! Owns how callers name a user or resource account: by object id or by user principal name.

use std::fmt;
use std::str::FromStr;

use teams_phone_core::Error;

use crate::ObjectId;

/// A user or resource account, named by object id or user principal name.
///
/// ```
/// use teams_phone::users::UserRef;
///
/// let by_name: UserRef = "contact-center@contoso.com".parse()?;
/// assert_eq!(by_name.id(), None);
/// let by_id: UserRef = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111".parse()?;
/// assert!(by_id.id().is_some());
/// # Ok::<(), teams_phone::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UserRef {
    /// The object id in the directory.
    Id(ObjectId),
    /// The user principal name: the name to sign in with.
    PrincipalName(String),
}

impl UserRef {
    /// The object id, if that is what is known.
    #[must_use]
    pub fn id(&self) -> Option<&ObjectId> {
        match self {
            Self::Id(id) => Some(id),
            Self::PrincipalName(_) => None,
        }
    }

    /// What stands in the path of a request.
    ///
    /// A name that is empty or of another shape is refused here, since names are taken as they are.
    pub(crate) fn segment(&self) -> Result<&str, Error> {
        match self {
            Self::Id(id) => Ok(id.as_str()),
            Self::PrincipalName(name) => check(name).map(|()| name.as_str()),
        }
    }
}

/// A user principal name is `name@domain` with at most 113 characters.
fn check(name: &str) -> Result<(), Error> {
    let refuse = |why: &str| {
        let shown: String = name.chars().take(64).collect();
        Err(Error::config(format!(
            "user {shown:?} {why}; give an object id (a GUID) or a user principal name (name@domain)"
        )))
    };
    match name.split_once('@') {
        _ if name.chars().any(|c| c.is_control() || c.is_whitespace()) => refuse("has blanks"),
        _ if name.chars().count() > 113 => refuse("is longer than 113 characters"),
        Some((local, domain))
            if !local.is_empty() && !domain.is_empty() && !domain.contains('@') =>
        {
            Ok(())
        }
        _ => refuse("is neither"),
    }
}

impl FromStr for UserRef {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        if let Ok(id) = text.parse() {
            return Ok(Self::Id(id));
        }
        check(text)?;
        Ok(Self::PrincipalName(text.to_owned()))
    }
}

impl From<ObjectId> for UserRef {
    fn from(id: ObjectId) -> Self {
        Self::Id(id)
    }
}

impl From<&ObjectId> for UserRef {
    fn from(id: &ObjectId) -> Self {
        Self::Id(id.clone())
    }
}

/// Takes a GUID as an object id and anything else as a name, which the call checks.
impl From<&str> for UserRef {
    fn from(text: &str) -> Self {
        text.parse()
            .unwrap_or_else(|_| Self::PrincipalName(text.to_owned()))
    }
}

impl fmt::Display for UserRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::PrincipalName(name) => f.write_str(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_no_name_and_no_id() {
        for text in [
            "",
            "alice",
            "@contoso.com",
            "alice@",
            "a@b@c",
            "a b@contoso.com",
            "a\n@b.c",
        ] {
            let error = text.parse::<UserRef>().unwrap_err().to_string();
            assert!(error.contains("user principal name"), "{error}");
            assert!(UserRef::from(text).segment().is_err(), "{text}");
        }
        let guest = "alice_fabrikam.com#EXT#@contoso.onmicrosoft.com";
        assert_eq!(guest.parse::<UserRef>().unwrap().segment().unwrap(), guest);
    }
}
