//! Owns the proof of the authorization code grant: where browsers are sent, and what a code is worth.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use percent_encoding::percent_decode_str;
use serde_json::json;
use sha2::{Digest, Sha256};
use teams_phone_emulator::{Application, Emulator, User};

use super::{CALLING, OTHER_APP, OTHER_TENANT, encoded, get, refused, token, verified};
use crate::client::{Answer, emulator};

const REDIRECT: &str = "http://localhost:8400/back?a=b";
const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters";

fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER))
}

/// The browser's request with some parameters changed; an empty value leaves one out.
fn browse(emulator: &Emulator, changes: &[(&str, &str)]) -> Answer {
    let challenge = challenge();
    let usual = [
        ("client_id", emulator.entra().client_id()),
        ("response_type", "code"),
        ("redirect_uri", REDIRECT),
        ("scope", CALLING),
        ("state", "st&te"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    let changed = |name: &str| changes.iter().any(|(other, _)| *other == name);
    let kept = usual.iter().filter(|(name, _)| !changed(name));
    let pairs: Vec<_> = kept
        .chain(changes.iter().filter(|(_, value)| !value.is_empty()))
        .copied()
        .collect();
    get(
        emulator,
        &format!(
            "/{}/oauth2/v2.0/authorize?{}",
            emulator.entra().tenant_id(),
            encoded(&pairs)
        ),
    )
}

/// A parameter of the address a browser is sent to.
fn sent(answer: &Answer, name: &str) -> Option<String> {
    assert_eq!(
        answer.status,
        302,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
    let place = answer.header("location").unwrap();
    assert!(
        place.starts_with("http://localhost:8400/back?a=b"),
        "{place}"
    );
    let pairs = place
        .split(['?', '#', '&'])
        .filter_map(|pair| pair.split_once('='));
    let found = pairs.into_iter().find(|(known, _)| *known == name);
    found.map(|(_, value)| {
        percent_decode_str(value)
            .decode_utf8()
            .unwrap()
            .into_owned()
    })
}

fn redeem(emulator: &Emulator, code: &str, changes: &[(&str, &str)]) -> Answer {
    let usual = [
        ("grant_type", "authorization_code"),
        ("client_id", emulator.entra().client_id()),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    let value = |name: &str| {
        changes
            .iter()
            .find(|(other, _)| *other == name)
            .map(|(_, value)| *value)
    };
    let pairs = usual.map(|(name, usual)| (name, value(name).unwrap_or(usual)));
    token(emulator, &pairs)
}

#[test]
fn the_signed_in_user_is_sent_back_with_a_code_worth_tokens() {
    let emulator = emulator();
    let scope = format!("{CALLING} openid profile offline_access");
    let answer = browse(&emulator, &[("scope", &scope), ("nonce", "n-1")]);
    assert_eq!(sent(&answer, "state").unwrap(), "st&te");
    let code = sent(&answer, "code").unwrap();
    let tokens = redeem(&emulator, &code, &[]).json();
    let claims = verified(&emulator, tokens["access_token"].as_str().unwrap());
    assert_eq!(
        (&claims["oid"], &claims["appidacr"]),
        (&json!(emulator.entra().user_id()), &json!("0"))
    );
    let identity = verified(&emulator, tokens["id_token"].as_str().unwrap());
    assert_eq!(
        (&identity["nonce"], &identity["preferred_username"]),
        (&json!("n-1"), &json!(emulator.entra().user_name()))
    );
    assert!(tokens["refresh_token"].is_string());
    refused(&redeem(&emulator, &code, &[]), "invalid_grant", 54_005);
}

#[test]
fn a_code_is_worth_nothing_to_others() {
    let emulator = Emulator::builder()
        .application(Application::new(OTHER_APP))
        .spawn()
        .unwrap();
    let code = sent(&browse(&emulator, &[]), "code").unwrap();
    let cases = [
        (
            (
                "code_verifier",
                "a-verifier-of-at-least-forty-three-charactersX",
            ),
            "invalid_grant",
            501_481,
        ),
        (("code_verifier", ""), "invalid_request", 900_144),
        (
            ("redirect_uri", "http://localhost:8400/other"),
            "invalid_grant",
            500_112,
        ),
        (("client_id", OTHER_APP), "invalid_grant", 70_000),
        (("code", "another"), "invalid_grant", 70_000),
    ];
    for (change, error, number) in cases {
        refused(&redeem(&emulator, &code, &[change]), error, number);
    }
    assert_eq!(redeem(&emulator, &code, &[]).status, 200);
}

#[test]
fn a_browser_is_told_what_is_wrong_where_it_came_from() {
    let other = User::new(
        "b0000000-0000-4000-8000-000000000002",
        "other@contoso.example",
    )
    .tenant(OTHER_TENANT);
    let emulator = Emulator::builder()
        .tenant(OTHER_TENANT)
        .user(other)
        .application(Application::new(OTHER_APP).consent([]))
        .spawn()
        .unwrap();
    let cases = [
        (("response_type", "token"), "unsupported_response_type"),
        (("code_challenge", ""), "invalid_request"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (("scope", ""), "invalid_request"),
        (
            ("scope", "https://example.invalid/.default"),
            "invalid_resource",
        ),
        (("login_hint", "nobody@contoso.example"), "access_denied"),
        (("login_hint", "other@contoso.example"), "invalid_grant"),
        (("client_id", OTHER_APP), "invalid_grant"),
    ];
    for (change, error) in cases {
        let answer = browse(&emulator, &[change]);
        assert_eq!(sent(&answer, "error").as_deref(), Some(error), "{change:?}");
        assert!(
            sent(&answer, "error_description")
                .unwrap()
                .starts_with("AADSTS")
        );
        assert_eq!(
            (sent(&answer, "code"), sent(&answer, "state").as_deref()),
            (None, Some("st&te"))
        );
    }
    for change in [
        ("redirect_uri", "https://evil.example/"),
        ("redirect_uri", ""),
        ("client_id", "<script>"),
    ] {
        let answer = browse(&emulator, &[change]);
        assert_eq!(
            (answer.status, answer.header("location")),
            (400, None),
            "{change:?}"
        );
        assert!(!String::from_utf8_lossy(&answer.body).contains("<script>"));
    }
}

#[test]
fn the_answer_comes_the_way_it_is_asked_for() {
    let emulator = emulator();
    let fragment = browse(&emulator, &[("response_mode", "fragment")]);
    assert!(
        fragment
            .header("location")
            .unwrap()
            .starts_with("http://localhost:8400/back?a=b#code=")
    );
    let page = browse(
        &emulator,
        &[("response_mode", "form_post"), ("state", "\"><script>")],
    );
    let text = String::from_utf8_lossy(&page.body).into_owned();
    assert_eq!(page.status, 200);
    assert!(
        text.contains("name=\"code\"")
            && text.contains("action=\"http://localhost:8400/back?a=b\""),
        "{text}"
    );
    assert!(text.contains("&quot;&gt;&lt;script&gt;"), "{text}");
}

#[test]
fn nobody_is_signed_in_if_the_settings_say_so() {
    let emulator = emulator();
    let patch = crate::client::Request::new("PATCH", "/_emulator/settings").unsigned();
    assert_eq!(
        patch
            .json(&json!({ "signedInUser": null }))
            .send(&emulator)
            .status,
        200
    );
    assert_eq!(
        sent(&browse(&emulator, &[]), "error").unwrap(),
        "access_denied"
    );
    let hinted = browse(&emulator, &[("login_hint", emulator.entra().user_name())]);
    assert!(sent(&hinted, "code").is_some());
}
