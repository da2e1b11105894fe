//! Owns raw ids: the texts that name callers and callees across Communication Services and Teams.
//!
//! It checks shapes only. Whether anybody answers to an id, nobody here knows.

mod wire;

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use crate::{ObjectId, TenantId};

const PHONE: &str = "4:";
const SPOOL: &str = "8:spool:";
const VISITOR: &str = "8:teamsvisitor:";
const ANONYMOUS: &str = "anonymous";

/// The prefixes of each cloud: users of Communication Services, users of Teams, applications of Teams.
const CLOUDS: [(Cloud, &str, &str, &str); 3] = [
    (Cloud::Public, "8:acs:", "8:orgid:", "28:orgid:"),
    (Cloud::Dod, "8:dod-acs:", "8:dod:", "28:dod:"),
    (Cloud::Gcch, "8:gcch-acs:", "8:gcch:", "28:gcch:"),
];

/// Who is meant by a raw id, such as `4:+12065550100` or `8:orgid:<user>`.
///
/// Every text is a raw id of some kind, at worst [`Identifier::Unknown`]; it is displayed as it was parsed,
/// and two identifiers are equal if their raw ids are. Prefixes are case-sensitive, as the service's are.
/// Serialising gives the service's JSON form, with `kind` and `rawId`.
///
/// ```
/// use teams_phone::identifier::{Cloud, Identifier};
///
/// let id = Identifier::parse("8:gcch-acs:res_87d349ed-44d7-43e1-9a83-5f2406dee5bd_e5b7f628-ea94-4fdc-b3d9-1af1fe231111");
/// let Identifier::TeamsExtensionUser(user) = &id else { panic!("{id}") };
/// assert_eq!(user.cloud(), Cloud::Gcch);
/// assert_eq!(user.object_id(), "e5b7f628-ea94-4fdc-b3d9-1af1fe231111".parse().ok());
/// assert!(id.to_string().starts_with("8:gcch-acs:res_"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Identifier {
    /// A phone number, or a caller who hides it.
    PhoneNumber(PhoneNumber),
    /// A Teams user who uses Teams Phone through a resource.
    TeamsExtensionUser(TeamsExtensionUser),
    /// A user of a resource.
    CommunicationUser(CommunicationUser),
    /// A user of Teams, or a visitor of one of its meetings.
    TeamsUser(TeamsUser),
    /// A bot or resource account of Teams.
    TeamsApp(TeamsApp),
    /// Anything else.
    Unknown(Unknown),
}

/// The cloud that an identifier belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Cloud {
    /// The public cloud.
    #[default]
    Public,
    /// The US Department of Defense.
    Dod,
    /// The US government, GCC High.
    Gcch,
}

/// A phone number, as `4:<number>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PhoneNumber(String);

/// A Teams user at a resource, as `8:acs:<resource>_<tenant>_<user>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TeamsExtensionUser {
    cloud: Cloud,
    resource: String,
    tenant: String,
    user: String,
}

/// A user of a resource, as `8:acs:<resource>_<id>`, or of an earlier kind, as `8:spool:<id>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CommunicationUser(String);

/// A user of Teams, as `8:orgid:<user>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TeamsUser {
    kind: TeamsUserKind,
    id: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum TeamsUserKind {
    Of(Cloud),
    Visitor,
}

/// An application of Teams, as `28:orgid:<app>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TeamsApp {
    cloud: Cloud,
    id: String,
}

/// An id of no known kind.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Unknown(String);

impl Identifier {
    /// Recognises a raw id.
    #[must_use]
    pub fn parse(raw_id: &str) -> Self {
        if let Some(number) = raw_id.strip_prefix(PHONE) {
            return Self::PhoneNumber(PhoneNumber(number.to_owned()));
        }
        if raw_id.starts_with(SPOOL) {
            return Self::CommunicationUser(CommunicationUser(raw_id.to_owned()));
        }
        if let Some(id) = raw_id.strip_prefix(VISITOR) {
            return Self::TeamsUser(TeamsUser::new(TeamsUserKind::Visitor, id));
        }
        for (cloud, acs, user, app) in CLOUDS {
            if let Some(rest) = raw_id.strip_prefix(acs) {
                return match TeamsExtensionUser::split(cloud, rest) {
                    Some(user) => Self::TeamsExtensionUser(user),
                    None => Self::CommunicationUser(CommunicationUser(raw_id.to_owned())),
                };
            }
            if let Some(id) = raw_id.strip_prefix(user) {
                return Self::TeamsUser(TeamsUser::new(TeamsUserKind::Of(cloud), id));
            }
            if let Some(id) = raw_id.strip_prefix(app) {
                let id = id.to_owned();
                return Self::TeamsApp(TeamsApp { cloud, id });
            }
        }
        Self::Unknown(Unknown(raw_id.to_owned()))
    }

    /// The name of the kind, as the service spells it, such as `teamsExtensionUser`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::PhoneNumber(_) => "phoneNumber",
            Self::TeamsExtensionUser(_) => "teamsExtensionUser",
            Self::CommunicationUser(_) => "communicationUser",
            Self::TeamsUser(_) => "microsoftTeamsUser",
            Self::TeamsApp(_) => "microsoftTeamsApp",
            Self::Unknown(_) => "unknown",
        }
    }
}

impl Cloud {
    fn prefixes(self) -> (&'static str, &'static str, &'static str) {
        let [(_, acs, user, app), others @ ..] = CLOUDS;
        let other = others.into_iter().find(|(cloud, ..)| *cloud == self);
        other.map_or((acs, user, app), |(_, acs, user, app)| (acs, user, app))
    }
}

impl PhoneNumber {
    /// The number, normally in E.164 with its plus sign, or `anonymous`; any asserted id is part of it.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.0
    }

    /// Whether the caller hides the number.
    #[must_use]
    pub fn is_anonymous(&self) -> bool {
        self.0 == ANONYMOUS
    }

    /// What tells callers with the same number apart: the text behind the last underscore.
    #[must_use]
    pub fn asserted_id(&self) -> Option<&str> {
        let (_, id) = self.0.rsplit_once('_')?;
        (!id.is_empty()).then_some(id)
    }
}

impl TeamsExtensionUser {
    fn split(cloud: Cloud, rest: &str) -> Option<Self> {
        let mut parts = rest.split('_');
        let (resource, tenant, user) = (parts.next()?, parts.next()?, parts.next()?);
        parts.next().is_none().then(|| Self {
            cloud,
            resource: resource.to_owned(),
            tenant: tenant.to_owned(),
            user: user.to_owned(),
        })
    }

    /// The cloud.
    #[must_use]
    pub fn cloud(&self) -> Cloud {
        self.cloud
    }

    /// The resource's immutable id.
    #[must_use]
    pub fn resource(&self) -> &str {
        &self.resource
    }

    /// The tenant, as it is written in the id.
    #[must_use]
    pub fn tenant(&self) -> &str {
        &self.tenant
    }

    /// The user, as it is written in the id.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The tenant's id, to ask for the user's assignment; absent if it is no GUID.
    #[must_use]
    pub fn tenant_id(&self) -> Option<TenantId> {
        self.tenant.parse().ok()
    }

    /// The user's object id, to ask for the user's assignment; absent if it is no GUID.
    #[must_use]
    pub fn object_id(&self) -> Option<ObjectId> {
        self.user.parse().ok()
    }
}

impl CommunicationUser {
    /// The id, which is the whole raw id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.0
    }
}

impl TeamsUser {
    fn new(kind: TeamsUserKind, id: &str) -> Self {
        let id = id.to_owned();
        Self { kind, id }
    }

    /// The user's object id, or the visitor's id.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.id
    }

    /// Whether it is a visitor, who has no account.
    #[must_use]
    pub fn is_anonymous(&self) -> bool {
        self.kind == TeamsUserKind::Visitor
    }

    /// The cloud; of a visitor nobody tells, and it is the public one.
    #[must_use]
    pub fn cloud(&self) -> Cloud {
        match self.kind {
            TeamsUserKind::Of(cloud) => cloud,
            TeamsUserKind::Visitor => Cloud::Public,
        }
    }
}

impl TeamsApp {
    /// The application's or resource account's id.
    #[must_use]
    pub fn app(&self) -> &str {
        &self.id
    }

    /// The cloud.
    #[must_use]
    pub fn cloud(&self) -> Cloud {
        self.cloud
    }
}

impl Unknown {
    /// The raw id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.0
    }
}

/// Writes the raw id.
impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PhoneNumber(PhoneNumber(number)) => write!(f, "{PHONE}{number}"),
            Self::TeamsExtensionUser(of) => {
                let (prefix, ..) = of.cloud.prefixes();
                write!(f, "{prefix}{}_{}_{}", of.resource, of.tenant, of.user)
            }
            Self::CommunicationUser(CommunicationUser(id)) | Self::Unknown(Unknown(id)) => {
                f.write_str(id)
            }
            Self::TeamsUser(TeamsUser { kind, id }) => {
                let prefix = match kind {
                    TeamsUserKind::Of(cloud) => cloud.prefixes().1,
                    TeamsUserKind::Visitor => VISITOR,
                };
                write!(f, "{prefix}{id}")
            }
            Self::TeamsApp(TeamsApp { cloud, id }) => write!(f, "{}{id}", cloud.prefixes().2),
        }
    }
}

impl FromStr for Identifier {
    type Err = Infallible;

    fn from_str(raw_id: &str) -> Result<Self, Infallible> {
        Ok(Self::parse(raw_id))
    }
}

impl From<&crate::IdentityId> for Identifier {
    fn from(id: &crate::IdentityId) -> Self {
        Self::parse(id.as_str())
    }
}

#[cfg(test)]
mod tests;
