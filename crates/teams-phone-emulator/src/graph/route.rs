//! Owns the list of emulated Graph operations: names, paths, versions and the permissions each asks for.
//! Refuses to know what an operation does.

use http::Method;
use percent_encoding::percent_decode_str;

/// The namespace that Kiota clients put before the name of an action.
const NAMESPACE: &str = "microsoft.graph.";

const NUMBERS_READ: &[&str] = &[
    "TeamsTelephoneNumber.ReadWrite.All",
    "TeamsTelephoneNumber.Read.All",
];
const NUMBERS_WRITE: &[&str] = &["TeamsTelephoneNumber.ReadWrite.All"];
const CONFIGURATIONS: &[&str] = &["TeamsUserConfiguration.Read.All"];
const ACCOUNTS: &[&str] = &["TeamsResourceAccount.Read.All"];
const POLICIES: &[&str] = &["TeamsPolicyUserAssign.ReadWrite.All"];
const USERS_READ: &[&str] = &[
    "User.Read.All",
    "User.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];
const USERS_WRITE: &[&str] = &["User.ReadWrite.All", "Directory.ReadWrite.All"];
const SKUS_READ: &[&str] = &[
    "LicenseAssignment.Read.All",
    "LicenseAssignment.ReadWrite.All",
    "Organization.Read.All",
    "Organization.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];
const LICENCES_READ: &[&str] = &[
    "LicenseAssignment.Read.All",
    "LicenseAssignment.ReadWrite.All",
    "User.Read.All",
    "User.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];
const LICENCES_WRITE: &[&str] = &[
    "LicenseAssignment.ReadWrite.All",
    "User.ReadWrite.All",
    "Directory.ReadWrite.All",
];
const NOBODY_ASKS: &[&str] = &[];

/// Every permission the standard application has.
pub(crate) const ALL_PERMISSIONS: [&str; 10] = [
    "TeamsTelephoneNumber.Read.All",
    "TeamsTelephoneNumber.ReadWrite.All",
    "TeamsUserConfiguration.Read.All",
    "TeamsResourceAccount.Read.All",
    "TeamsPolicyUserAssign.ReadWrite.All",
    "User.Read.All",
    "User.ReadWrite.All",
    "LicenseAssignment.Read.All",
    "LicenseAssignment.ReadWrite.All",
    "Organization.Read.All",
];

/// Which of the two versions have an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Since {
    Both,
    BetaOnly,
}

/// One row per operation: variant, name, upstream's operation id, method, path, versions, permissions.
macro_rules! actions {
    ($($variant:ident, $name:literal, $upstream:literal, $method:ident, $path:literal, $since:ident, $permissions:ident;)*) => {
        /// The emulated operations of Microsoft Graph.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Action { $($variant,)* }

        impl Action {
            pub(crate) const ALL: &[Self] = &[$(Self::$variant,)*];

            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The operation id of upstream's description; empty where it has none.
            pub(crate) fn upstream_name(self) -> &'static str {
                match self { $(Self::$variant => $upstream,)* }
            }

            pub(crate) fn method(self) -> Method {
                match self { $(Self::$variant => Method::$method,)* }
            }

            /// The path template after the version.
            pub(crate) fn path(self) -> &'static str {
                match self { $(Self::$variant => $path,)* }
            }

            pub(crate) fn since(self) -> Since {
                match self { $(Self::$variant => Since::$since,)* }
            }

            /// Any one of them is enough, in the order the service names them.
            pub(crate) fn permissions(self) -> &'static [&'static str] {
                match self { $(Self::$variant => $permissions,)* }
            }
        }
    };
}

actions! {
    AdminRoot, "getTeamsAdmin", "", GET, "/admin/teams", Both, NOBODY_ASKS;
    NumbersRoot, "getTelephoneNumberManagement", "admin.teams.GetTelephoneNumberManagement", GET, "/admin/teams/telephoneNumberManagement", Both, NOBODY_ASKS;
    ListNumbers, "listNumberAssignments", "admin.teams.telephoneNumberManagement.ListNumberAssignments", GET, "/admin/teams/telephoneNumberManagement/numberAssignments", Both, NUMBERS_READ;
    GetNumber, "getNumberAssignment", "admin.teams.telephoneNumberManagement.GetNumberAssignments", GET, "/admin/teams/telephoneNumberManagement/numberAssignments/{id}", Both, NUMBERS_READ;
    AssignNumber, "assignNumber", "admin.teams.telephoneNumberManagement.numberAssignments.assignNumber", POST, "/admin/teams/telephoneNumberManagement/numberAssignments/assignNumber", Both, NUMBERS_WRITE;
    UnassignNumber, "unassignNumber", "admin.teams.telephoneNumberManagement.numberAssignments.unassignNumber", POST, "/admin/teams/telephoneNumberManagement/numberAssignments/unassignNumber", Both, NUMBERS_WRITE;
    UpdateNumber, "updateNumber", "admin.teams.telephoneNumberManagement.numberAssignments.updateNumber", POST, "/admin/teams/telephoneNumberManagement/numberAssignments/updateNumber", Both, NUMBERS_WRITE;
    ListOperations, "listOperations", "admin.teams.telephoneNumberManagement.ListOperations", GET, "/admin/teams/telephoneNumberManagement/operations", Both, NUMBERS_READ;
    GetOperation, "getOperation", "admin.teams.telephoneNumberManagement.GetOperations", GET, "/admin/teams/telephoneNumberManagement/operations/{id}", Both, NUMBERS_READ;
    ListConfigurations, "listUserConfigurations", "admin.teams.ListUserConfigurations", GET, "/admin/teams/userConfigurations", Both, CONFIGURATIONS;
    GetConfiguration, "getUserConfiguration", "admin.teams.GetUserConfigurations", GET, "/admin/teams/userConfigurations/{id}", Both, CONFIGURATIONS;
    PolicyAssignments, "listPolicyUserAssignments", "", GET, "/admin/teams/policy/userAssignments", Both, POLICIES;
    ListAccounts, "listResourceAccounts", "admin.teams.ListResourceAccounts", GET, "/admin/teams/resourceAccounts", BetaOnly, ACCOUNTS;
    GetAccount, "getResourceAccount", "admin.teams.GetResourceAccounts", GET, "/admin/teams/resourceAccounts/{id}", BetaOnly, ACCOUNTS;
    ListUsers, "listUsers", "user.ListUser", GET, "/users", Both, USERS_READ;
    GetUser, "getUser", "user.GetUser", GET, "/users/{id}", Both, USERS_READ;
    UpdateUser, "updateUser", "user.UpdateUser", PATCH, "/users/{id}", Both, USERS_WRITE;
    ListLicences, "listLicenseDetails", "", GET, "/users/{id}/licenseDetails", Both, LICENCES_READ;
    AssignLicence, "assignLicense", "users.user.assignLicense", POST, "/users/{id}/assignLicense", Both, LICENCES_WRITE;
    ListSkus, "listSubscribedSkus", "subscribedSkus.subscribedSku.ListSubscribedSku", GET, "/subscribedSkus", Both, SKUS_READ;
}

impl Action {
    /// Whether the directory answers it, whose errors differ from those of the Teams administration.
    pub(crate) fn is_of_directory(self) -> bool {
        !self.path().starts_with("/admin/")
    }
}

/// A request's operation with what its path says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Routed {
    pub(crate) action: Action,
    /// `v1.0` or `beta`.
    pub(crate) version: &'static str,
    /// The key in the path; empty if there is none.
    pub(crate) id: String,
}

/// Why a request has no operation.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Lost {
    /// The path is of other methods.
    Method,
    /// No path has this segment.
    Segment(String),
}

/// Finds the operation of a still percent-encoded path.
pub(crate) fn find(method: &Method, path: &str) -> Result<Routed, Lost> {
    let (version, rest) = version(path).ok_or_else(|| Lost::Segment(String::new()))?;
    let segments = segments(rest).ok_or_else(|| Lost::Segment(rest.to_owned()))?;
    let known = |action: &&Action| version == "beta" || action.since() == Since::Both;
    let on_path: Vec<(Action, String)> = Action::ALL
        .iter()
        .filter(known)
        .filter_map(|&action| bind(action.path(), &segments).map(|id| (action, id)))
        .collect();
    let found = on_path.iter().find(|(action, _)| action.method() == method);
    match found.cloned() {
        Some((action, id)) => Ok(Routed {
            action,
            version,
            id,
        }),
        None if on_path.is_empty() => Err(Lost::Segment(
            stray(&segments, version).unwrap_or_default().to_owned(),
        )),
        None => Err(Lost::Method),
    }
}

/// The version that a path begins with, and the rest.
pub(crate) fn version(path: &str) -> Option<(&'static str, &str)> {
    ["v1.0", "beta"].into_iter().find_map(|version| {
        let rest = path.strip_prefix('/')?.strip_prefix(version)?;
        (rest.is_empty() || rest.starts_with('/')).then_some((version, rest))
    })
}

/// Decoded segments; `name('key')` gives two, and an action loses its namespace.
fn segments(path: &str) -> Option<Vec<String>> {
    let mut segments = Vec::new();
    for raw in path.strip_prefix('/')?.split('/') {
        if matches!(raw, "" | "." | "..") {
            return None;
        }
        let text = percent_decode_str(raw).decode_utf8().ok()?.into_owned();
        match text
            .split_once("('")
            .and_then(|(name, rest)| Some((name, rest.strip_suffix("')")?)))
        {
            Some((name, key)) => segments.extend([name.to_owned(), key.replace("''", "'")]),
            None if text.starts_with(NAMESPACE) => {
                segments.extend(text.rsplit_once('.').map(|(_, name)| name.to_owned()));
            }
            None => segments.push(text),
        }
    }
    Some(segments)
}

fn bind(template: &str, segments: &[String]) -> Option<String> {
    let wanted: Vec<&str> = template.trim_start_matches('/').split('/').collect();
    if wanted.len() != segments.len() {
        return None;
    }
    let mut id = String::new();
    for (want, have) in wanted.into_iter().zip(segments) {
        if want == "{id}" {
            if have.is_empty() || is_action(have) {
                return None;
            }
            id.clone_from(have);
        } else if !want.eq_ignore_ascii_case(have) {
            return None;
        }
    }
    Some(id)
}

fn is_action(text: &str) -> bool {
    ["assignNumber", "unassignNumber", "updateNumber"].contains(&text)
}

/// The first segment that no template has at its place.
fn stray<'a>(segments: &'a [String], version: &str) -> Option<&'a str> {
    let fits = |length: usize| {
        Action::ALL
            .iter()
            .filter(|action| version == "beta" || action.since() == Since::Both)
            .any(|action| {
                let wanted: Vec<&str> = action.path().trim_start_matches('/').split('/').collect();
                wanted.len() >= length
                    && wanted
                        .iter()
                        .zip(&segments[..length])
                        .all(|(want, have)| *want == "{id}" || want.eq_ignore_ascii_case(have))
            })
    };
    let first = (1..=segments.len()).find(|length| !fits(*length));
    first
        .map(|length| segments[length - 1].as_str())
        .or(segments.last().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NUMBERS: &str = "/v1.0/admin/teams/telephoneNumberManagement";

    #[test]
    fn every_operation_is_found_in_each_version_that_has_it() {
        for &action in Action::ALL {
            let path = action.path().replace("{id}", "x");
            let beta = find(&action.method(), &format!("/beta{path}")).unwrap();
            assert_eq!((beta.action, beta.version), (action, "beta"));
            let first = find(&action.method(), &format!("/v1.0{path}"));
            assert_eq!(first.is_ok(), action.since() == Since::Both, "{path}");
        }
    }

    #[test]
    fn both_key_styles_and_both_action_names_are_the_same() {
        let found = |method: Method, path: &str| {
            let routed = find(&method, &format!("{NUMBERS}{path}")).unwrap();
            (routed.action, routed.id)
        };
        for path in [
            "/operations/QQ",
            "/operations('QQ')",
            "/operations(%27QQ%27)",
        ] {
            assert_eq!(
                found(Method::GET, path),
                (Action::GetOperation, "QQ".into())
            );
        }
        for path in ["/numberAssignments/QQ", "/numberassignments('QQ')"] {
            assert_eq!(found(Method::GET, path), (Action::GetNumber, "QQ".into()));
        }
        for name in [
            "assignNumber",
            "microsoft.graph.teamsAdministration.assignNumber",
        ] {
            let path = format!("/numberAssignments/{name}");
            assert_eq!(found(Method::POST, &path).0, Action::AssignNumber);
        }
    }

    #[test]
    fn what_has_no_operation_names_the_segment() {
        let lost = |method: Method, path: &str| find(&method, path).unwrap_err();
        let segment = |text: &str| Lost::Segment(text.to_owned());
        let cases = [
            ("/v1.0/admin/teams/resourceAccounts", "resourceAccounts"),
            ("/v1.0/nothing", "nothing"),
            ("/beta/admin/teams/resourceAccounts/x/y", "y"),
            ("/v1.0/users/x/manager", "manager"),
        ];
        for (path, name) in cases {
            assert_eq!(lost(Method::GET, path), segment(name), "{path}");
        }
        assert_eq!(lost(Method::DELETE, "/v1.0/users/x"), Lost::Method);
        assert!(matches!(
            lost(Method::GET, "/v1.0//users"),
            Lost::Segment(_)
        ));
    }
}
