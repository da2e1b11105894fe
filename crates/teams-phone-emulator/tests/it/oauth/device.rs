//! Owns the proof of the device code grant.

use std::time::Duration;

use serde_json::json;
use teams_phone_emulator::{Application, Emulator};

use super::{CALLING, OTHER_APP, Request, ask, get, refused, token, verified};
use crate::client::Answer;

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// A device code and its user code.
fn begin(emulator: &Emulator) -> (String, String) {
    let scope = format!("{CALLING} openid offline_access");
    let pairs = [
        ("client_id", emulator.entra().client_id()),
        ("scope", scope.as_str()),
    ];
    let answer = ask(emulator, "devicecode", &pairs);
    assert_eq!(answer.status, 200);
    let answer = answer.json();
    let text = |name: &str| answer[name].as_str().unwrap().to_owned();
    assert!(
        text("message").contains(&text("user_code"))
            && text("message").contains(&text("verification_uri"))
    );
    assert_eq!(
        text("verification_uri"),
        format!("{}/devicelogin", emulator.url())
    );
    assert_eq!(get(emulator, "/devicelogin").status, 200);
    (text("device_code"), text("user_code"))
}

fn poll(emulator: &Emulator, code: &str) -> Answer {
    let client = emulator.entra().client_id();
    token(
        emulator,
        &[
            ("grant_type", GRANT),
            ("client_id", client),
            ("device_code", code),
        ],
    )
}

fn patient() -> Emulator {
    Emulator::builder()
        .device_code_interval(Duration::ZERO)
        .spawn()
        .unwrap()
}

#[test]
fn an_approved_code_is_redeemed_once() {
    let emulator = patient();
    let entra = emulator.entra();
    let (code, user_code) = begin(&emulator);
    refused(&poll(&emulator, &code), "authorization_pending", 70_016);
    refused(&poll(&emulator, &code), "authorization_pending", 70_016);
    assert!(entra.approve_device_code(&user_code));
    assert!(!entra.approve_device_code(&user_code) && !entra.decline_device_code(&user_code));
    let answer = poll(&emulator, &code).json();
    let claims = verified(&emulator, answer["access_token"].as_str().unwrap());
    assert_eq!(
        claims["scp"],
        "TeamsExtension.ManageCalls Teams.ManageCalls"
    );
    assert_eq!(
        (&claims["oid"], &claims["upn"]),
        (&json!(entra.user_id()), &json!(entra.user_name()))
    );
    assert_eq!(answer["scope"], CALLING);
    let identity = verified(&emulator, answer["id_token"].as_str().unwrap());
    assert_eq!(
        (&identity["aud"], &identity["oid"]),
        (&json!(entra.client_id()), &json!(entra.user_id()))
    );
    refused(&poll(&emulator, &code), "invalid_grant", 54_005);
}

#[test]
fn impatience_refusal_and_expiry_are_told_apart() {
    let emulator = Emulator::builder().spawn().unwrap();
    let (code, user_code) = begin(&emulator);
    refused(&poll(&emulator, &code), "authorization_pending", 70_016);
    refused(&poll(&emulator, &code), "slow_down", 70_016);
    assert!(emulator.entra().decline_device_code(&user_code));
    refused(&poll(&emulator, &code), "authorization_declined", 65_004);
    refused(&poll(&emulator, "another"), "bad_verification_code", 70_018);
    let short = Emulator::builder()
        .device_code_lifetime(Duration::ZERO)
        .spawn()
        .unwrap();
    let (code, _) = begin(&short);
    refused(&poll(&short, &code), "expired_token", 70_020);
}

#[test]
fn decisions_come_over_the_admin_route_too() {
    let emulator = patient();
    let decide = |code: &str, action: &str, body: serde_json::Value| {
        let path = format!("/_emulator/entra/device-codes/{code}/{action}");
        Request::new("POST", &path)
            .unsigned()
            .json(&body)
            .send(&emulator)
            .status
    };
    let (code, user_code) = begin(&emulator);
    let shown = get(&emulator, "/_emulator/entra/device-codes").json();
    assert_eq!(shown["deviceCodes"][0]["userCode"], user_code.as_str());
    assert!(!shown.to_string().contains(&code));
    assert_eq!(
        decide(&user_code, "approve", json!({ "user": "nobody" })),
        400
    );
    assert_eq!(decide(&user_code, "burn", json!({})), 404);
    assert_eq!(decide("NONE", "approve", json!({})), 404);
    assert_eq!(
        decide(
            &user_code.to_lowercase(),
            "approve",
            json!({ "user": emulator.entra().user_name() })
        ),
        204
    );
    assert_eq!(poll(&emulator, &code).status, 200);
    let (code, user_code) = begin(&emulator);
    assert_eq!(decide(&user_code, "decline", json!({})), 204);
    refused(&poll(&emulator, &code), "authorization_declined", 65_004);
    let (code, user_code) = begin(&emulator);
    assert_eq!(decide(&user_code, "expire", json!({})), 204);
    refused(&poll(&emulator, &code), "expired_token", 70_020);
}

#[test]
fn an_application_without_consent_or_public_flows_gets_no_token() {
    let application = Application::new(OTHER_APP)
        .consent(["Teams.ManageCalls"])
        .public_client(false)
        .secret("s");
    let emulator = Emulator::builder()
        .application(application)
        .spawn()
        .unwrap();
    let begun = ask(
        &emulator,
        "devicecode",
        &[("client_id", OTHER_APP), ("scope", CALLING)],
    )
    .json();
    let (code, user_code) = (
        begun["device_code"].as_str().unwrap(),
        begun["user_code"].as_str().unwrap(),
    );
    assert!(emulator.entra().approve_device_code(user_code));
    let pairs = [
        ("grant_type", GRANT),
        ("client_id", OTHER_APP),
        ("device_code", code),
        ("client_secret", "s"),
    ];
    refused(&token(&emulator, &pairs[..3]), "invalid_client", 7_000_218);
    let answer = token(&emulator, &pairs);
    refused(&answer, "invalid_grant", 65_001);
    assert_eq!(answer.json()["suberror"], "consent_required");
}

#[test]
fn a_refresh_token_gets_tokens_for_other_resources() {
    let emulator = patient();
    let client = emulator.entra().client_id();
    let (code, user_code) = begin(&emulator);
    assert!(emulator.entra().approve_device_code(&user_code));
    let first = poll(&emulator, &code).json();
    let refresh = first["refresh_token"].as_str().unwrap();
    let with = |client: &str, refresh: &str, scope: &str| {
        token(
            &emulator,
            &[
                ("grant_type", "refresh_token"),
                ("client_id", client),
                ("refresh_token", refresh),
                ("scope", scope),
            ],
        )
    };
    let again = with(client, refresh, "").json();
    assert_eq!(again["scope"], CALLING);
    assert!(
        again["refresh_token"]
            .as_str()
            .is_some_and(|new| new != refresh)
    );
    let management = with(client, refresh, super::MANAGEMENT).json();
    let claims = verified(&emulator, management["access_token"].as_str().unwrap());
    assert_eq!(
        (&claims["aud"], &claims["scp"]),
        (
            &json!("https://communication.azure.com/"),
            &json!("user_impersonation")
        )
    );
    refused(&with(client, "another", ""), "invalid_grant", 70_000);
    emulator.reset();
    refused(&with(client, refresh, ""), "invalid_grant", 70_000);
}
