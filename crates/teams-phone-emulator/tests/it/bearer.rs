//! Owns the proof of which bearer tokens are accepted for what, and what an exchange asks beside one.

use serde_json::{Value, json};
use teams_phone_emulator::{Application, Emulator, Fault, User};

use crate::client::{
    Answer, CALLING, CLIENTS, MANAGEMENT, Request, emulator, entra_token, unix_now, unsigned_token,
};

const CREATE: &str = "/identities?api-version=2025-06-30";
const TEAMS: &str = "/access/teamsExtension/:exchangeAccessToken?api-version=2025-06-30";
const ENTRA: &str = "/access/entra/:exchangeAccessToken?api-version=2025-03-02-preview";
const APP_CALLING: &str = "https://auth.msft.communication.azure.com/.default";
const SERVICE: &str = "1fd5118e-2576-4263-8130-9503064c837a";
const OTHER_TENANT: &str = "e0000000-0000-4000-8000-000000000002";
const OTHER_APP: &str = "a0000000-0000-4000-8000-000000000002";
const OTHER_USER: &str = "b0000000-0000-4000-8000-000000000002";

fn post(emulator: &Emulator, target: &str, token: &str) -> Answer {
    Request::new("POST", target)
        .bearer(token)
        .json(&json!({}))
        .send(emulator)
}

/// What a token is, the token, the status it gets and the emulator's explanation.
type Case = (&'static str, String, u16, &'static str);

/// Cases that all get this status and explanation.
fn all(status: u16, why: &'static str, tokens: Vec<(&'static str, String)>) -> Vec<Case> {
    let case = |(what, token)| (what, token, status, why);
    tokens.into_iter().map(case).collect()
}

fn check(emulator: &Emulator, target: &str, cases: Vec<Case>) {
    for (what, token, status, why) in cases {
        let answer = post(emulator, target, &token);
        let text = String::from_utf8_lossy(&answer.body);
        let got = (answer.status, answer.explanation());
        assert_eq!(got, (status, why.to_owned()), "{what}: {text}");
        let challenge = answer.header("www-authenticate");
        assert_eq!(challenge.is_some(), status == 401, "{what}: {challenge:?}");
        assert!(!text.contains(&token), "{what}: the token was shown");
    }
}

/// A token of the standard application with another value of a claim.
fn with(emulator: &Emulator, name: &str, value: impl Into<Value>) -> String {
    let mut claims = emulator.entra().app_claims(MANAGEMENT);
    claims[name] = value.into();
    emulator.entra().sign(&claims)
}

#[test]
fn a_resource_call_takes_signed_tokens_for_the_resource() {
    let emulator = emulator();
    let entra = emulator.entra();
    let (port, tenant) = (emulator.address().port(), entra.tenant_id());
    let elsewhere = format!("http://localhost:{port}/{tenant}/v2.0");
    let plain = "https://communication.azure.com/.default";
    let tokens = vec![
        ("of the application", entra.app_token(MANAGEMENT)),
        ("of the user", entra.user_token(MANAGEMENT)),
        ("without the slash", entra.app_token(plain)),
        ("audience as a GUID", with(&emulator, "aud", SERVICE)),
        ("issuer of version 2", with(&emulator, "iss", elsewhere)),
    ];
    check(&emulator, CREATE, all(201, "", tokens));
}

#[test]
fn a_resource_call_refuses_tokens_of_others_for_others_and_of_other_times() {
    let emulator = Emulator::builder().tenant(OTHER_TENANT).spawn().unwrap();
    let entra = emulator.entra();
    let tenant = entra.tenant_id();
    let from = |issuer: String| with(&emulator, "iss", issuer);
    let list = json!(["https://communication.azure.com"]);
    let tokens = vec![
        (
            "issuer on another port",
            from(format!("http://localhost:1/{tenant}/")),
        ),
        (
            "foreign issuer",
            from(format!("https://sts.example/{tenant}/")),
        ),
        (
            "issuer of another tenant",
            from(format!("{}/{OTHER_TENANT}/", emulator.url())),
        ),
        ("unregistered tenant", with(&emulator, "tid", OTHER_APP)),
        (
            "for Graph",
            entra.app_token("https://graph.microsoft.com/.default"),
        ),
        ("for calling", entra.user_token(CALLING)),
        ("audience of a list", with(&emulator, "aud", list)),
        ("expired", with(&emulator, "exp", unix_now() - 1)),
        ("without expiry", with(&emulator, "exp", Value::Null)),
        ("not yet valid", with(&emulator, "nbf", unix_now() + 3600)),
    ];
    check(&emulator, CREATE, all(401, "AccessTokenRejected", tokens));
}

#[test]
fn a_resource_call_refuses_what_the_authority_did_not_sign() {
    let emulator = emulator();
    let token = emulator.entra().app_token(MANAGEMENT);
    let other = with(&emulator, "appid", OTHER_APP);
    let parts: Vec<&str> = token.split('.').collect();
    let payload = other.split('.').nth(1).unwrap();
    let aud = json!({ "aud": "https://communication.azure.com" });
    let tokens = vec![
        ("unsigned", unsigned_token(aud, 60)),
        (
            "another payload",
            format!("{}.{payload}.{}", parts[0], parts[2]),
        ),
        ("without signature", format!("{}.{}.", parts[0], parts[1])),
        ("opaque", "opaque".to_owned()),
    ];
    check(&emulator, CREATE, all(401, "AccessTokenRejected", tokens));
}

#[test]
fn a_resource_call_wants_a_role_in_the_tenant_of_the_resource() {
    let emulator = Emulator::builder()
        .tenant(OTHER_TENANT)
        .application(Application::new(OTHER_APP))
        .user(User::new(OTHER_USER, "other@contoso.example"))
        .spawn()
        .unwrap();
    let user = |changes| entra_token(&emulator, MANAGEMENT, changes, 60);
    let without = vec![
        (
            "application without role",
            with(&emulator, "appid", OTHER_APP),
        ),
        ("unknown application", with(&emulator, "appid", OTHER_USER)),
        ("user without role", user(json!({ "oid": OTHER_USER }))),
    ];
    check(&emulator, CREATE, all(403, "RoleMissing", without));
    let foreign = vec![(
        "user of another tenant",
        user(json!({ "tid": OTHER_TENANT })),
    )];
    check(&emulator, CREATE, all(403, "TenantDiffers", foreign));
}

#[test]
fn both_credentials_work_side_by_side() {
    let emulator = emulator();
    let id = Request::new("POST", CREATE).send(&emulator).json()["identity"]["id"].clone();
    let target = format!(
        "/identities/{}?api-version=2025-06-30",
        id.as_str().unwrap()
    );
    let token = emulator.entra().app_token(MANAGEMENT);
    assert_eq!(
        Request::new("DELETE", &target)
            .bearer(&token)
            .send(&emulator)
            .status,
        204
    );
}

/// An assignment of the user to the application, by access key.
fn assign(emulator: &Emulator, target: &str, body: &Value) {
    let answer = Request::new("PUT", target).json(body).send(emulator);
    assert_eq!(
        answer.status,
        201,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
}

#[test]
fn the_teams_exchange_wants_token_permission_assignment_and_client() {
    let emulator = emulator();
    let entra = emulator.entra();
    let token = entra.user_token(CALLING);
    let changed = |changes| entra_token(&emulator, CALLING, changes, 60);
    let before = post(&emulator, TEAMS, &token);
    assert_eq!(
        (before.status, before.explanation().as_str()),
        (403, "AssignmentMissing")
    );
    let target = format!(
        "/access/teamsExtension/tenants/{}/assignments/{}?api-version=2025-06-30",
        entra.tenant_id(),
        entra.user_id()
    );
    assign(
        &emulator,
        &target,
        &json!({ "principalType": "user", "clientIds": [entra.client_id()] }),
    );
    let accepted = vec![
        ("as it should be", token),
        (
            "version 2",
            changed(json!({ "appid": null, "azp": entra.client_id() })),
        ),
    ];
    check(&emulator, TEAMS, all(200, "", accepted));
    let unsigned = unsigned_token(json!({ "oid": OTHER_USER }), 60);
    let refused = vec![
        ("of no user", changed(json!({ "scp": null }))),
        ("of the application", entra.app_token(APP_CALLING)),
        ("for the resource", entra.user_token(MANAGEMENT)),
        ("expired", entra_token(&emulator, CALLING, json!({}), -1)),
        ("unsigned", unsigned),
    ];
    check(&emulator, TEAMS, all(401, "AccessTokenRejected", refused));
    let forbidden = vec![
        (
            "another client",
            changed(json!({ "appid": OTHER_APP })),
            403,
            "ClientNotAssigned",
        ),
        (
            "another user",
            changed(json!({ "oid": OTHER_USER })),
            403,
            "AssignmentMissing",
        ),
        (
            "without consent",
            changed(json!({ "scp": "Teams.ManageCalls" })),
            403,
            "ConsentMissing",
        ),
    ];
    check(&emulator, TEAMS, forbidden);
    assert_eq!(Request::new("DELETE", &target).send(&emulator).status, 204);
    assert_eq!(
        post(&emulator, TEAMS, &entra.user_token(CALLING)).status,
        403
    );
}

#[test]
fn the_entra_exchange_takes_user_group_and_tenant() {
    let group = OTHER_APP;
    let emulator = Emulator::builder()
        .user(User::new(OTHER_USER, "other@contoso.example").group(group))
        .spawn()
        .unwrap();
    let entra = emulator.entra();
    let (tenant, client) = (entra.tenant_id(), entra.client_id());
    let token = entra_token(
        &emulator,
        CLIENTS,
        json!({ "oid": OTHER_USER, "groups": [group] }),
        60,
    );
    assert_eq!(
        post(&emulator, ENTRA, &token).explanation(),
        "AssignmentMissing"
    );
    for (object, kind) in [(OTHER_USER, "user"), (group, "group"), (tenant, "tenant")] {
        let target = format!("/access/entra/assignments/{object}?api-version=2025-03-02-preview");
        let body = json!({ "tenantId": tenant, "principalType": kind, "clientIds": [client] });
        assign(&emulator, &target, &body);
        assert_eq!(post(&emulator, ENTRA, &token).status, 200, "{kind}");
        assert_eq!(
            post(&emulator, ENTRA, &entra.user_token(CALLING)).status,
            401,
            "{kind}: for calling"
        );
        assert_eq!(Request::new("DELETE", &target).send(&emulator).status, 204);
    }
}

#[test]
fn the_exchange_of_teams_users_wants_their_permission() {
    let emulator = emulator();
    let entra = emulator.entra();
    let exchange = |token: String| {
        let body = json!({ "token": token, "appId": entra.client_id(), "userId": entra.user_id() });
        let target = "/teamsUser/:exchangeAccessToken?api-version=2025-06-30";
        Request::new("POST", target)
            .json(&body)
            .send(&emulator)
            .status
    };
    let calling = "https://auth.msft.communication.azure.com";
    let cases = [
        (
            entra.user_token(&format!("{calling}/Teams.ManageCalls")),
            200,
        ),
        (
            entra.user_token(&format!("{calling}/Teams.ManageChats")),
            200,
        ),
        (
            entra.user_token(&format!("{calling}/TeamsExtension.ManageCalls")),
            401,
        ),
        (entra.user_token(MANAGEMENT), 401),
        (entra.app_token(&format!("{calling}/.default")), 401),
        (
            unsigned_token(
                json!({ "oid": entra.user_id(), "appid": entra.client_id() }),
                60,
            ),
            401,
        ),
    ];
    for (token, status) in cases {
        assert_eq!(exchange(token.clone()), status, "{token}");
    }
}

#[test]
fn unsigned_tokens_pass_where_an_option_says_so() {
    let emulator = Emulator::builder()
        .accept_unsigned_tokens(true)
        .spawn()
        .unwrap();
    let status = |claims, life| post(&emulator, CREATE, &unsigned_token(claims, life)).status;
    assert_eq!(
        status(json!({ "aud": "https://communication.azure.com//" }), 60),
        201
    );
    assert_eq!(
        status(json!({ "aud": "https://communication.azure.com" }), -60),
        401
    );
    assert_eq!(
        status(json!({ "aud": "https://graph.microsoft.com" }), 60),
        401
    );
    let tampered = format!("{}x", emulator.entra().app_token(MANAGEMENT));
    assert_eq!(post(&emulator, CREATE, &tampered).status, 401);
}

#[test]
fn a_claims_challenge_is_a_fault_like_any_other() {
    let emulator = emulator();
    let claims = r#"{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}"#;
    emulator.inject(Fault::claims_challenge(claims).times(1));
    emulator.inject(Fault::expired_token().times(1));
    let token = emulator.entra().app_token(MANAGEMENT);
    let challenged = post(&emulator, CREATE, &token);
    let header = challenged.header("www-authenticate").unwrap();
    assert_eq!(challenged.status, 401);
    assert!(
        header.starts_with("Bearer ") && header.contains(r#"error="insufficient_claims""#),
        "{header}"
    );
    let encoded = header
        .split_once("claims=\"")
        .unwrap()
        .1
        .trim_end_matches('"');
    let decoded =
        base64::Engine::decode(&base64::engine::general_purpose::STANDARD, encoded).unwrap();
    assert_eq!(decoded, claims.as_bytes());
    let expired = post(&emulator, CREATE, &token);
    assert!(
        expired
            .header("www-authenticate")
            .unwrap()
            .contains("invalid_token")
    );
    assert_eq!(post(&emulator, CREATE, &token).status, 201);
}

#[test]
fn a_token_of_one_emulator_is_not_another_ones() {
    let (one, two) = (emulator(), emulator());
    assert_eq!(
        post(&two, CREATE, &one.entra().app_token(MANAGEMENT)).status,
        401
    );
}
