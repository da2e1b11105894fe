//! Owns a conversation that brings out every answer an api-version declares, success and error.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use teams_phone_emulator::Emulator;

use crate::client::{Answer, CALLING, CLIENTS, Request, entra_token};

use super::spec::Spec;

pub(crate) const TENANT: &str = "87d349ed-44d7-43e1-9a83-5f2406dee5bd";
pub(crate) const USER: &str = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111";
pub(crate) const APP: &str = "1bfa671a-dc6b-47f3-8940-45c0f1af0fa6";

const IDENTITIES: &str = "/identities";
const IDENTITY: &str = "/identities/{id}";
const ISSUE: &str = "/identities/{id}/:issueAccessToken";
const REVOKE: &str = "/identities/{id}/:revokeAccessTokens";
const TEAMS_USER: &str = "/teamsUser/:exchangeAccessToken";
const TEAMS_EXCHANGE: &str = "/access/teamsExtension/:exchangeAccessToken";
const TEAMS: &str = "/access/teamsExtension/tenants/{tenantId}/assignments/{objectId}";
const ENTRA_EXCHANGE: &str = "/access/entra/:exchangeAccessToken";
const ENTRA_ALL: &str = "/access/entra/assignments";
const ENTRA: &str = "/access/entra/assignments/{objectId}";

struct Talk<'a> {
    emulator: &'a Emulator,
    version: &'a str,
    spec: &'a Spec,
    seen: BTreeSet<String>,
}

/// Holds the conversation and returns the responses seen, as [`Spec::check`] names them.
pub(crate) fn hold(emulator: &Emulator, version: &str, spec: &Spec) -> BTreeSet<String> {
    let mut talk = Talk {
        emulator,
        version,
        spec,
        seen: BTreeSet::new(),
    };
    talk.identities();
    if version >= "2021-10-31-preview" {
        talk.teams_user();
    }
    if version >= "2025-03-02-preview" {
        talk.teams_extension();
    }
    if version == "2025-03-02-preview" {
        talk.custom_ids();
        talk.entra();
    }
    talk.seen
}

impl Talk<'_> {
    fn say(
        &mut self,
        method: &str,
        template: &str,
        id: &str,
        body: Option<Value>,
        status: u16,
    ) -> Answer {
        let request = |target: &str| {
            let request = Request::new(method, target);
            match &body {
                None => request,
                Some(body) if method == "PATCH" => {
                    request.typed("application/merge-patch+json", &body.to_string())
                }
                Some(body) => request.json(body),
            }
        };
        let target = template
            .replace("{id}", id)
            .replace("{tenantId}", TENANT)
            .replace("{objectId}", id);
        let answer = request(&format!("{target}?api-version={}", self.version)).send(self.emulator);
        self.expect(method, template, &answer, status);
        answer
    }

    fn say_as_user(&mut self, template: &str, token: &str, status: u16) -> Answer {
        let target = format!("{template}?api-version={}", self.version);
        let answer = Request::new("POST", &target)
            .bearer(token)
            .json(&json!({}))
            .send(self.emulator);
        self.expect("POST", template, &answer, status);
        answer
    }

    fn expect(&mut self, method: &str, template: &str, answer: &Answer, status: u16) {
        let body = String::from_utf8_lossy(&answer.body);
        assert_eq!(
            answer.status, status,
            "{} {method} {template}: {body}",
            self.version
        );
        assert!(answer.complete);
        self.seen.insert(self.spec.check(method, template, answer));
    }

    fn identities(&mut self) {
        let id = self.say("POST", IDENTITIES, "", None, 201).json()["identity"]["id"].clone();
        let id = id.as_str().unwrap();
        self.say("POST", IDENTITIES, "", Some(json!({})), 201);
        let wanted = json!({ "createTokenWithScopes": ["chat", "voip"] });
        let both = self.say("POST", IDENTITIES, "", Some(wanted), 201);
        assert!(both.json()["accessToken"]["token"].is_string());
        let scopes = [json!(["fax"]), json!("chat"), json!([1])];
        let bad = scopes.map(|scopes| json!({ "createTokenWithScopes": scopes }));
        for body in bad.into_iter().chain([json!([])]) {
            self.say("POST", IDENTITIES, "", Some(body), 400);
        }
        self.tokens(id);
        self.say("POST", REVOKE, id, None, 204);
        self.say("POST", REVOKE, "8:acs:x", None, 401);
        self.say("DELETE", IDENTITY, id, None, 204);
        self.say("DELETE", IDENTITY, id, None, 401);
    }

    fn tokens(&mut self, id: &str) {
        let hour = json!({ "scopes": ["voip"], "expiresInMinutes": 60 });
        self.say("POST", ISSUE, id, Some(hour.clone()), 200);
        self.say(
            "POST",
            ISSUE,
            &id.replace(':', "%3A"),
            Some(hour.clone()),
            200,
        );
        self.say("POST", ISSUE, "8:acs:x", Some(hour), 401);
        for scopes in [json!([]), json!(null), json!([1])] {
            self.say("POST", ISSUE, id, Some(json!({ "scopes": scopes })), 400);
        }
        self.say("POST", ISSUE, id, Some(json!({})), 400);
        let since = |version: &str| {
            if self.version >= version {
                (200, 400)
            } else {
                (400, 200)
            }
        };
        let ((join, _), (_, too_long)) = (since("2023-10-01"), since("2022-10-01"));
        self.say(
            "POST",
            ISSUE,
            id,
            Some(json!({ "scopes": ["chat.join.limited"] })),
            join,
        );
        let over_a_day = json!({ "scopes": ["chat"], "expiresInMinutes": 1441 });
        self.say("POST", ISSUE, id, Some(over_a_day), too_long);
    }

    fn custom_ids(&mut self) {
        let create = json!({ "customId": "bob@contoso.com" });
        let first = self
            .say("POST", IDENTITIES, "", Some(create.clone()), 201)
            .json();
        assert!(first["identity"].get("lastTokenIssuedAt").is_none());
        let again = self.say("POST", IDENTITIES, "", Some(create), 201).json();
        assert_eq!(first, again);
        let id = first["identity"]["id"].as_str().unwrap().to_owned();
        self.say("POST", ISSUE, &id, Some(json!({ "scopes": ["chat"] })), 200);
        let shown = self.say("GET", IDENTITY, &id, None, 200).json();
        assert_eq!(shown["customId"], "bob@contoso.com");
        assert!(
            shown["lastTokenIssuedAt"]
                .as_str()
                .unwrap()
                .ends_with("+00:00")
        );
        self.say("GET", IDENTITY, "nobody", None, 401);
        for custom in [json!(""), json!("x".repeat(257)), json!(7)] {
            self.say(
                "POST",
                IDENTITIES,
                "",
                Some(json!({ "customId": custom })),
                400,
            );
        }
        self.say("DELETE", IDENTITY, &id, None, 204);
        let anew = self
            .say(
                "POST",
                IDENTITIES,
                "",
                Some(json!({ "customId": "bob@contoso.com" })),
                201,
            )
            .json();
        assert_ne!(anew["identity"]["id"], first["identity"]["id"]);
    }

    fn teams_user(&mut self) {
        let token = entra_token(
            self.emulator,
            CALLING,
            json!({ "oid": USER, "appid": APP }),
            3600,
        );
        let body = |token: &str, app: &str, user: &str| json!({ "token": token, "appId": app, "userId": user });
        self.say("POST", TEAMS_USER, "", Some(body(&token, APP, USER)), 200);
        let mut refused = vec![
            (body("", APP, USER), 401),
            (json!({}), 401),
            (json!({ "token": 1 }), 400),
        ];
        if self.version >= "2022-06-01" {
            refused[1].1 = 400;
            refused.extend([
                (body(&token, "", USER), 400),
                (body(&token, APP, ""), 400),
                (body(&token, "app", USER), 400),
                (body(&token, APP, "user"), 400),
                (body(&token, USER, USER), 400),
                (body(&token, APP, APP), 400),
            ]);
        }
        for (body, status) in refused {
            self.say("POST", TEAMS_USER, "", Some(body), status);
        }
    }

    fn teams_extension(&mut self) {
        let user = json!({ "principalType": "user", "clientIds": [APP] });
        let token = entra_token(
            self.emulator,
            CALLING,
            json!({ "oid": USER, "tid": TENANT, "appid": APP }),
            3600,
        );
        let created = self.say("PUT", TEAMS, USER, Some(user), 201);
        self.say_as_user(TEAMS_EXCHANGE, &token, 200);
        for kind in [
            "teamsResourceAccount",
            "resourceAccount",
            "TeamsResourceAccount",
            "USER",
        ] {
            let replaced = self
                .say(
                    "PUT",
                    TEAMS,
                    USER,
                    Some(json!({ "principalType": kind })),
                    200,
                )
                .json();
            assert_eq!(replaced["principalType"], kind);
            assert!(
                replaced.get("clientIds").is_none(),
                "a replaced assignment keeps nothing"
            );
        }
        let shown = self.say("GET", TEAMS, &USER.to_uppercase(), None, 200);
        assert_eq!(shown.json()["objectId"], created.json()["objectId"]);
        self.say_as_user(TEAMS_EXCHANGE, &token, 403);
        let bad = [
            json!({}),
            json!({ "principalType": "robot" }),
            json!({ "principalType": "" }),
            json!({ "principalType": 1 }),
            json!({ "principalType": "user", "clientIds": "x" }),
            json!({ "request": { "principalType": "user" } }),
        ];
        for body in bad {
            self.say("PUT", TEAMS, USER, Some(body), 400);
        }
        self.say("PUT", TEAMS, USER, None, 400);
        self.say("DELETE", TEAMS, USER, None, 204);
        self.say("DELETE", TEAMS, USER, None, 204);
        self.say("GET", TEAMS, USER, None, 404);
        for method in ["GET", "DELETE"] {
            self.say(method, TEAMS, "not-a-guid", None, 400);
        }
        self.say_as_user(TEAMS_EXCHANGE, &token, 403);
        self.say_as_user(
            TEAMS_EXCHANGE,
            &entra_token(
                self.emulator,
                CALLING,
                json!({ "oid": USER, "tid": TENANT, "appid": null }),
                3600,
            ),
            401,
        );
        self.say_as_user(
            TEAMS_EXCHANGE,
            &entra_token(self.emulator, CALLING, json!({ "oid": USER }), -1),
            401,
        );
        self.say_as_user(TEAMS_EXCHANGE, "opaque", 401);
        self.say("POST", TEAMS_EXCHANGE, "", Some(json!({})), 401);
    }

    fn entra(&mut self) {
        let entry =
            |kind: &str| json!({ "tenantId": TENANT, "principalType": kind, "clientIds": [APP] });
        let token = entra_token(
            self.emulator,
            CLIENTS,
            json!({ "oid": USER, "tid": TENANT, "appid": null, "azp": APP, "groups": [APP] }),
            3600,
        );
        self.say_as_user(ENTRA_EXCHANGE, &token, 403);
        for (object, kind) in [(USER, "user"), (APP, "group"), (TENANT, "tenant")] {
            self.say("PUT", ENTRA, object, Some(entry(kind)), 201);
            self.say("PUT", ENTRA, object, Some(entry(kind)), 200);
            let id = self.say_as_user(ENTRA_EXCHANGE, &token, 200).json()["identity"]["id"].clone();
            assert!(
                id.as_str()
                    .unwrap()
                    .ends_with(&format!("_wf_{TENANT}_{USER}")),
                "{id}"
            );
            self.say("GET", ENTRA, object, None, 200);
            self.say("DELETE", ENTRA, object, None, 204);
            self.say("GET", ENTRA, object, None, 404);
        }
        self.say("DELETE", ENTRA, "x", None, 400);
        for missing in ["tenantId", "principalType", "clientIds"] {
            let mut body = entry("user");
            body.as_object_mut().unwrap().remove(missing);
            self.say("PUT", ENTRA, USER, Some(body), 400);
        }
        self.say("PUT", ENTRA, USER, Some(entry("resourceAccount")), 400);
        let bulk = json!({ USER: entry("user"), APP: entry("group"), TENANT: null });
        let page = self.say("PATCH", ENTRA_ALL, "", Some(bulk), 200).json();
        assert_eq!(page["value"].as_array().unwrap().len(), 2);
        self.say(
            "PATCH",
            ENTRA_ALL,
            "",
            Some(json!({ USER: { "clientIds": [] } })),
            200,
        );
        assert_eq!(
            self.say("GET", ENTRA, USER, None, 200).json()["clientIds"],
            json!([])
        );
        assert_eq!(
            self.say("GET", ENTRA_ALL, "", None, 200).json()["value"]
                .as_array()
                .unwrap()
                .len(),
            2
        );
        let half_bad = json!({ USER: null, TENANT: { "tenantId": "x" } });
        self.say("PATCH", ENTRA_ALL, "", Some(half_bad), 400);
        self.say("GET", ENTRA, USER, None, 200);
        self.say(
            "PATCH",
            ENTRA_ALL,
            "",
            Some(json!({ USER: null, APP: null })),
            204,
        );
        self.emulator.set_subscription_allowed(false);
        assert_eq!(
            self.say("GET", ENTRA_ALL, "", None, 403).code(),
            "SubscriptionNotAllowed"
        );
        self.emulator.set_subscription_allowed(true);
    }
}
