//! Owns the list of emulated operations: names, api-versions that have them, who must sign, and their paths.
//! Refuses to know what an operation does.

use http::Method;
use percent_encoding::percent_decode_str;

/// The one version with customId, GET identity and the Entra operations.
pub(crate) const PREVIEW_2025: &str = "2025-03-02-preview";

/// Versions of the identity routes. `2021-10-31-preview` and `2021-11-01` are advertised by the service (observed 2025-04).
const IDENTITY: &[&str] = &[
    "2021-03-07",
    "2021-10-31-preview",
    "2021-11-01",
    "2022-06-01",
    "2022-10-01",
    "2023-10-01",
    PREVIEW_2025,
    "2025-06-30",
    "2026-09-23",
];
/// Versions of the Teams user exchange, as the service advertised them in 2025-04 plus the later ones.
const TEAMS_USER: &[&str] = &[
    "2021-10-31-preview",
    "2022-06-01",
    "2022-10-01",
    "2023-10-01",
    PREVIEW_2025,
    "2025-06-30",
    "2026-09-23",
];
const TEAMS_EXTENSION: &[&str] = &[PREVIEW_2025, "2025-06-30", "2026-09-23"];
const PREVIEW_ONLY: &[&str] = &[PREVIEW_2025];

/// What an operation is called, whichever API it is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OperationName {
    pub(crate) id: &'static str,
    /// Its name elsewhere; empty if it has none.
    pub(crate) other: &'static str,
}

impl OperationName {
    pub(crate) fn is(self, id: &str) -> bool {
        !id.is_empty() && (self.id == id || self.other == id)
    }
}

impl From<Operation> for OperationName {
    fn from(operation: Operation) -> Self {
        Self {
            id: operation.name(),
            other: operation.later_name(),
        }
    }
}

/// The credential an operation wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    /// Access key, or an Entra token for the resource.
    Resource,
    /// The Entra token of the user on whose behalf the call is made.
    User,
}

/// One row per operation: variant, upstream operation id, later operation id, method, path, versions, caller.
macro_rules! operations {
    ($($variant:ident, $name:literal, $later:literal, $method:ident, $path:literal, $versions:ident, $caller:ident;)*) => {
        /// The sixteen operations of `2025-03-02-preview`; every other version has a subset.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Operation { $($variant,)* }

        impl Operation {
            pub(crate) const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The operation id of the hand-written specifications.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The operation id since the specification is written in TypeSpec; empty where it never moved there.
            pub(crate) fn later_name(self) -> &'static str {
                match self { $(Self::$variant => $later,)* }
            }

            pub(crate) fn method(self) -> Method {
                match self { $(Self::$variant => Method::$method,)* }
            }

            /// The path template; literals start with `:` where the service's do.
            pub(crate) fn path(self) -> &'static str {
                match self { $(Self::$variant => $path,)* }
            }

            /// The api-versions that have it, oldest first.
            pub(crate) fn versions(self) -> &'static [&'static str] {
                match self { $(Self::$variant => $versions,)* }
            }

            pub(crate) fn caller(self) -> Caller {
                match self { $(Self::$variant => Caller::$caller,)* }
            }
        }
    };
}

operations! {
    CreateIdentity, "CommunicationIdentity_Create", "IdentityOperations_Create", POST, "/identities", IDENTITY, Resource;
    GetIdentity, "CommunicationIdentity_Get", "", GET, "/identities/{id}", PREVIEW_ONLY, Resource;
    DeleteIdentity, "CommunicationIdentity_Delete", "IdentityOperations_Delete", DELETE, "/identities/{id}", IDENTITY, Resource;
    RevokeTokens, "CommunicationIdentity_RevokeAccessTokens", "IdentityOperations_RevokeAccessTokens", POST, "/identities/{id}/:revokeAccessTokens", IDENTITY, Resource;
    IssueToken, "CommunicationIdentity_IssueAccessToken", "IdentityOperations_IssueAccessToken", POST, "/identities/{id}/:issueAccessToken", IDENTITY, Resource;
    ExchangeTeamsUser, "CommunicationIdentity_ExchangeTeamsUserAccessToken", "TeamsUserOperations_ExchangeTeamsUserAccessToken", POST, "/teamsUser/:exchangeAccessToken", TEAMS_USER, Resource;
    ExchangeTeamsExtension, "TeamsExtensionToken_Exchange", "TeamsExtensionOperations_ExchangeToken", POST, "/access/teamsExtension/:exchangeAccessToken", TEAMS_EXTENSION, User;
    GetTeamsExtension, "TeamsExtensionAssignment_Get", "TeamsExtensionOperations_GetAssignment", GET, "/access/teamsExtension/tenants/{tenantId}/assignments/{objectId}", TEAMS_EXTENSION, Resource;
    PutTeamsExtension, "TeamsExtensionAssignment_Upsert", "TeamsExtensionOperations_UpsertAssignment", PUT, "/access/teamsExtension/tenants/{tenantId}/assignments/{objectId}", TEAMS_EXTENSION, Resource;
    DeleteTeamsExtension, "TeamsExtensionAssignment_Delete", "TeamsExtensionOperations_DeleteAssignment", DELETE, "/access/teamsExtension/tenants/{tenantId}/assignments/{objectId}", TEAMS_EXTENSION, Resource;
    ExchangeEntra, "EntraIdToken_Exchange", "", POST, "/access/entra/:exchangeAccessToken", PREVIEW_ONLY, User;
    ListEntra, "EntraIdAssignments_List", "", GET, "/access/entra/assignments", PREVIEW_ONLY, Resource;
    UpdateEntra, "EntraIdAssignments_Update", "", PATCH, "/access/entra/assignments", PREVIEW_ONLY, Resource;
    GetEntra, "EntraIdAssignment_Get", "", GET, "/access/entra/assignments/{objectId}", PREVIEW_ONLY, Resource;
    PutEntra, "EntraIdAssignment_Upsert", "", PUT, "/access/entra/assignments/{objectId}", PREVIEW_ONLY, Resource;
    DeleteEntra, "EntraIdAssignment_Delete", "", DELETE, "/access/entra/assignments/{objectId}", PREVIEW_ONLY, Resource;
}

impl Operation {
    /// The api-versions the service advertises for the group of routes it belongs to: the recorded answer to a GET of
    /// an identity lists versions that do not have it.
    pub(crate) fn advertised_versions(self) -> &'static [&'static str] {
        match self {
            Self::GetIdentity => IDENTITY,
            other => other.versions(),
        }
    }
}

/// The values a path template bound, by placeholder name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Params(Vec<(&'static str, String)>);

impl Params {
    /// The decoded value; empty if the template has no such placeholder.
    pub(crate) fn value(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(key, _)| *key == name)
            .map_or("", |(_, value)| value)
    }
}

/// What a method and a path lead to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Matched {
    Operation(Operation, Params),
    /// The path exists; these methods do.
    OtherMethods(Vec<Operation>),
    Nothing,
}

/// Finds the operation of a still percent-encoded path. Nothing is normalised: dot segments, empty segments and a
/// trailing slash match no operation, so that a client that lets an id change the route is found out.
pub(crate) fn find(method: &Method, path: &str) -> Matched {
    let Some(segments) = decoded_segments(path) else {
        return Matched::Nothing;
    };
    let on_path: Vec<(Operation, Params)> = Operation::ALL
        .iter()
        .filter_map(|&operation| {
            bind(operation.path(), &segments).map(|params| (operation, params))
        })
        .collect();
    if on_path.is_empty() {
        return Matched::Nothing;
    }
    let others = on_path.iter().map(|(operation, _)| *operation).collect();
    on_path
        .into_iter()
        .find(|(operation, _)| operation.method() == *method)
        .map_or(Matched::OtherMethods(others), |(operation, params)| {
            Matched::Operation(operation, params)
        })
}

fn decoded_segments(path: &str) -> Option<Vec<String>> {
    path.strip_prefix('/')?
        .split('/')
        .map(|raw| {
            if matches!(raw, "" | "." | "..") {
                return None;
            }
            percent_decode_str(raw)
                .decode_utf8()
                .ok()
                .map(|text| text.into_owned())
        })
        .collect()
}

fn bind(template: &'static str, segments: &[String]) -> Option<Params> {
    let wanted: Vec<&'static str> = template.trim_start_matches('/').split('/').collect();
    if wanted.len() != segments.len() {
        return None;
    }
    let mut params = Vec::new();
    for (want, have) in wanted.into_iter().zip(segments) {
        match want
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'))
        {
            Some(_) if have.starts_with(':') => return None,
            Some(name) => params.push((name, have.clone())),
            None if want.eq_ignore_ascii_case(have) => {}
            None => return None,
        }
    }
    Some(Params(params))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_found_by_its_own_template() {
        for &operation in Operation::ALL {
            let path = operation.path().replace(['{', '}'], "");
            match find(&operation.method(), &path) {
                Matched::Operation(found, _) => assert_eq!(found, operation),
                other => panic!("{path}: {other:?}"),
            }
        }
    }

    #[test]
    fn ids_are_decoded_once_and_may_hold_colons() {
        for raw in ["8:acs:a_b", "8%3Aacs%3Aa_b"] {
            let Matched::Operation(operation, params) =
                find(&Method::GET, &format!("/identities/{raw}"))
            else {
                panic!("{raw} matched nothing")
            };
            assert_eq!(
                (operation, params.value("id")),
                (Operation::GetIdentity, "8:acs:a_b")
            );
        }
    }

    #[test]
    fn hostile_paths_match_nothing() {
        let paths = [
            "/identities/",
            "/identities/../identities",
            "//identities",
            "/identities/./:issueAccessToken",
            "/",
            "",
            "/identities/%FF",
            "/access/entra/assignments/",
            "/access/teamsExtension/assignments/x",
        ];
        for path in paths {
            assert_eq!(find(&Method::DELETE, path), Matched::Nothing, "{path}");
        }
    }

    #[test]
    fn a_known_path_with_another_method_names_the_methods_there_are() {
        let Matched::OtherMethods(others) = find(&Method::PATCH, "/identities/x") else {
            panic!("no others")
        };
        assert_eq!(others, [Operation::GetIdentity, Operation::DeleteIdentity]);
    }

    #[test]
    fn counts_of_operations_per_version_are_upstreams() {
        let count = |version| {
            Operation::ALL
                .iter()
                .filter(|o| o.versions().contains(&version))
                .count()
        };
        let versions = [
            ("2021-03-07", 4),
            ("2022-06-01", 5),
            ("2022-10-01", 5),
            ("2023-10-01", 5),
            (PREVIEW_2025, 16),
            ("2025-06-30", 9),
            ("2026-09-23", 9),
        ];
        for (version, expected) in versions {
            assert_eq!(count(version), expected, "{version}");
        }
    }
}
