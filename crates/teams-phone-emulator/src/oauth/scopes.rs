//! Owns the scopes that may be asked for: which resource, which permissions, and what consent leaves of them.
//! Refuses to know who asks.

use crate::directory::Application;

use super::refusal::Refusal;

/// A resource tokens are issued for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Resource {
    /// Its application id, the audience of tokens of version 2.
    pub(crate) id: &'static str,
    /// Its identifier URIs, without a slash at the end.
    uris: &'static [&'static str],
    /// Its delegated permissions; none listed: any is taken, without asking for consent.
    permissions: &'static [&'static str],
    /// What `.default` means where no permission is listed.
    otherwise: &'static str,
}

/// The service principal that users have to give consent to; managing and calling share it.
pub(crate) const SERVICE: &str = "1fd5118e-2576-4263-8130-9503064c837a";

pub(crate) const MANAGEMENT_URIS: &[&str] = &[
    "https://communication.azure.com",
    "https://communication.azure.us",
];
pub(crate) const CALLING_URIS: &[&str] = &[
    "https://auth.msft.communication.azure.com",
    "https://auth.msft.communication.azure.us",
];
pub(crate) const CLIENT_URIS: &[&str] = &[
    "https://communication.azure.com/clients",
    "https://communication.azure.us/clients",
];
pub(crate) const MANAGE_CALLS: &str = "TeamsExtension.ManageCalls";

static RESOURCES: [Resource; 5] = [
    Resource {
        id: SERVICE,
        uris: MANAGEMENT_URIS,
        permissions: &["user_impersonation"],
        otherwise: "",
    },
    Resource {
        id: SERVICE,
        uris: CALLING_URIS,
        permissions: &[MANAGE_CALLS, "Teams.ManageCalls", "Teams.ManageChats"],
        otherwise: "",
    },
    Resource {
        id: SERVICE,
        uris: CLIENT_URIS,
        permissions: &[
            "VoIP",
            "VoIP.Join",
            "Chat",
            "Chat.Join",
            "Chat.Join.Limited",
        ],
        otherwise: "",
    },
    Resource {
        id: GRAPH_ID,
        uris: &[GRAPH, "https://graph.microsoft.us"],
        permissions: &[],
        otherwise: "User.Read",
    },
    Resource {
        id: "797f4846-ba00-4fd7-ba43-dac1f8f63013",
        uris: &[
            "https://management.azure.com",
            "https://management.core.windows.net",
        ],
        permissions: &[],
        otherwise: "user_impersonation",
    },
];
/// The resource of scopes that name none.
pub(crate) const GRAPH: &str = "https://graph.microsoft.com";
pub(crate) const GRAPH_ID: &str = "00000003-0000-0000-c000-000000000000";
const SIGN_IN: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// A scope parameter taken apart.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) resource: &'static Resource,
    /// The identifier URI as asked for; a second slash before `.default` stays in it, as in Entra's audiences.
    pub(crate) uri: String,
    permissions: Vec<String>,
    sign_in: Vec<&'static str>,
}

impl Asked {
    pub(crate) fn parse(text: &str) -> Result<Self, Refusal> {
        let mut asked: Option<(&'static Resource, String)> = None;
        let (mut permissions, mut sign_in) = (Vec::new(), Vec::new());
        for scope in text.split_whitespace() {
            if let Some(known) = SIGN_IN.iter().find(|known| **known == scope) {
                sign_in.push(*known);
                continue;
            }
            let (uri, permission) = scope.rsplit_once('/').unwrap_or((GRAPH, scope));
            let resource = find(uri, scope)?;
            match &asked {
                Some((other, _)) if *other != resource => {
                    let text = format!("The scope '{text}' names more than one resource.");
                    return Err(Refusal::new("invalid_request", 28_000, text));
                }
                _ => asked = Some((resource, uri.to_owned())),
            }
            permissions.push(permission.to_owned());
        }
        if permissions.is_empty() && sign_in.is_empty() {
            return Err(Refusal::missing("scope"));
        }
        let (resource, uri) = match asked {
            Some(asked) => asked,
            None => (find(GRAPH, GRAPH)?, GRAPH.to_owned()),
        };
        Ok(Self {
            resource,
            uri,
            permissions,
            sign_in,
        })
    }

    /// Whether exactly `.default` is asked for, the one form without a user.
    pub(crate) fn is_default(&self) -> bool {
        self.permissions == [".default"] && self.sign_in.is_empty()
    }

    /// Whether it is Microsoft Graph that the token is for.
    pub(crate) fn is_for_graph(&self) -> bool {
        self.resource.id == GRAPH_ID
    }

    pub(crate) fn signs_in(&self) -> bool {
        self.sign_in.contains(&"openid")
    }

    pub(crate) fn wants_refresh(&self) -> bool {
        self.sign_in.contains(&"offline_access")
    }

    /// The delegated permissions a token gets; those for Graph are apart.
    pub(crate) fn granted(&self, application: &Application) -> Result<Vec<String>, Refusal> {
        let consented = application.consented();
        let known = self.resource.permissions;
        if self.is_for_graph() && self.permissions == [".default"] {
            let mut granted = vec![self.resource.otherwise.to_owned()];
            granted.extend_from_slice(application.permits_of_graph());
            return Ok(granted);
        }
        if known.is_empty() {
            let name = |permission: &String| {
                if permission == ".default" {
                    self.resource.otherwise.to_owned()
                } else {
                    permission.clone()
                }
            };
            return Ok(self.permissions.iter().map(name).collect());
        }
        let has_consent = |permission: &str| {
            consented
                .iter()
                .any(|given| given.eq_ignore_ascii_case(permission))
        };
        let mut granted = Vec::new();
        for permission in &self.permissions {
            if permission == ".default" {
                granted.extend(
                    known
                        .iter()
                        .filter(|known| has_consent(known))
                        .map(|known| (*known).to_owned()),
                );
                continue;
            }
            let known = known
                .iter()
                .find(|known| known.eq_ignore_ascii_case(permission))
                .ok_or_else(|| {
                    let text = format!(
                        "The resource '{}' has no permission '{permission}'.",
                        self.uri
                    );
                    Refusal::new("invalid_scope", 70_011, text)
                })?;
            if !has_consent(known) {
                return Err(no_consent(permission));
            }
            granted.push((*known).to_owned());
        }
        if granted.is_empty() {
            return Err(no_consent(&format!("{}/.default", self.uri)));
        }
        Ok(granted)
    }

    /// The `scope` member of the answer.
    pub(crate) fn shown(&self, granted: &[String]) -> String {
        let uri = self.uri.trim_end_matches('/');
        granted
            .iter()
            .map(|permission| format!("{uri}/{permission}"))
            .collect::<Vec<_>>()
            .join(" ")
    }
}

fn find(uri: &str, scope: &str) -> Result<&'static Resource, Refusal> {
    let wanted = uri.trim_end_matches('/');
    RESOURCES
        .iter()
        .find(|resource| resource.uris.contains(&wanted) || (resource.id == wanted))
        .ok_or_else(|| {
            let text = format!(
                "The resource of scope '{scope}' is not one the tenant has a service principal for."
            );
            Refusal::new("invalid_resource", 500_011, text)
        })
}

fn no_consent(what: &str) -> Refusal {
    let text = format!(
        "Neither the user nor an administrator has given the application consent for '{what}'."
    );
    Refusal::invalid_grant(65_001, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_slash_that_the_management_scope_has_twice() {
        let uri = |scope| Asked::parse(scope).unwrap().uri;
        assert_eq!(
            uri("https://communication.azure.com//.default"),
            "https://communication.azure.com/"
        );
        assert_eq!(
            uri("https://communication.azure.com/.default"),
            "https://communication.azure.com"
        );
        assert_eq!(
            uri("https://communication.azure.com/clients/VoIP"),
            "https://communication.azure.com/clients"
        );
        assert_eq!(uri("openid User.Read"), GRAPH);
    }

    #[test]
    fn refuses_what_cannot_be_granted() {
        let consented = Application::new("").consent(["Teams.ManageCalls"]);
        let calling = |permission: &str| format!("{}/{permission}", CALLING_URIS[0]);
        let cases = [
            (String::new(), "invalid_request"),
            (
                "https://example.invalid/.default".to_owned(),
                "invalid_resource",
            ),
            (format!("{} User.Read", calling("VoIP")), "invalid_request"),
            (calling("Nothing"), "invalid_scope"),
            (calling(MANAGE_CALLS), "invalid_grant"),
            (format!("{}/.default", CLIENT_URIS[0]), "invalid_grant"),
        ];
        for (scope, error) in cases {
            let refused = Asked::parse(&scope)
                .and_then(|asked| asked.granted(&consented))
                .unwrap_err();
            assert_eq!(refused.error, error, "{scope}");
        }
        let granted = Asked::parse(&calling(".default"))
            .unwrap()
            .granted(&consented)
            .unwrap();
        assert_eq!(granted, ["Teams.ManageCalls"]);
    }
}
