//! Owns the proof of the emulated authority: every grant's success and refusals, its documents, its signatures.
//! Signatures are checked by code of this file's own.

mod assertions;
mod code;
mod device;

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde_json::{Value, json};
use teams_phone_emulator::{Application, Emulator, User};

use crate::client::{Answer, CALLING, CLIENTS, MANAGEMENT, Request, emulator};

const OTHER_TENANT: &str = "e0000000-0000-4000-8000-000000000002";
const OTHER_APP: &str = "a0000000-0000-4000-8000-000000000002";

/// Sends a form.
fn form(emulator: &Emulator, path: &str, pairs: &[(&str, &str)]) -> Answer {
    Request::new("POST", path)
        .unsigned()
        .typed("application/x-www-form-urlencoded", &encoded(pairs))
        .send(emulator)
}

fn encoded(pairs: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| {
        format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC))
    };
    pairs.iter().map(pair).collect::<Vec<_>>().join("&")
}

/// Sends a form to an endpoint of the standard tenant.
fn ask(emulator: &Emulator, endpoint: &str, pairs: &[(&str, &str)]) -> Answer {
    let path = format!("/{}/oauth2/v2.0/{endpoint}", emulator.entra().tenant_id());
    form(emulator, &path, pairs)
}

fn token(emulator: &Emulator, pairs: &[(&str, &str)]) -> Answer {
    ask(emulator, "token", pairs)
}

fn get(emulator: &Emulator, path: &str) -> Answer {
    Request::new("GET", path).unsigned().send(emulator)
}

/// A refusal in Entra's shape, as error and number.
fn refusal(answer: &Answer) -> (String, u64) {
    let body = answer.json();
    let description = body["error_description"].as_str().unwrap();
    let number = body["error_codes"][0].as_u64().unwrap();
    assert!(
        description.starts_with(&format!("AADSTS{number}: ")),
        "{description}"
    );
    for id in ["trace_id", "correlation_id"] {
        assert!(
            description.contains(body[id].as_str().unwrap()),
            "{description}"
        );
    }
    assert!(description.ends_with(body["timestamp"].as_str().unwrap()));
    assert!(matches!(answer.status, 400 | 401), "{}", answer.status);
    (body["error"].as_str().unwrap().to_owned(), number)
}

#[track_caller]
fn refused(answer: &Answer, error: &str, number: u64) {
    assert_eq!(refusal(answer), (error.to_owned(), number));
}

/// The claims of a token whose signature fits the key set, checked with ring against the published numbers.
fn verified(emulator: &Emulator, token: &str) -> Value {
    let path = format!("/{}/discovery/v2.0/keys", emulator.entra().tenant_id());
    let keys = get(emulator, &path).json();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (header, payload) = signed.split_once('.').unwrap();
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let header: Value = serde_json::from_slice(&bytes(header)).unwrap();
    assert_eq!(
        (&header["alg"], &header["typ"]),
        (&json!("RS256"), &json!("JWT"))
    );
    let keys = keys["keys"].as_array().unwrap();
    let key = keys.iter().find(|key| key["kid"] == header["kid"]).unwrap();
    let number = |name: &str| bytes(key[name].as_str().unwrap());
    RsaPublicKeyComponents {
        n: number("n"),
        e: number("e"),
    }
    .verify(
        &RSA_PKCS1_2048_8192_SHA256,
        signed.as_bytes(),
        &bytes(signature),
    )
    .unwrap();
    serde_json::from_slice(&bytes(payload)).unwrap()
}

#[test]
fn discovery_leads_to_every_endpoint() {
    let emulator = emulator();
    let (url, tenant) = (emulator.url(), emulator.entra().tenant_id());
    let found = get(
        &emulator,
        &format!("/{tenant}/v2.0/.well-known/openid-configuration"),
    );
    assert_eq!(
        (found.status, found.header("cache-control")),
        (200, Some("no-store, no-cache"))
    );
    let found = found.json();
    assert_eq!(found["issuer"], format!("{url}/{tenant}/v2.0"));
    assert_eq!(found["token_endpoint"], emulator.entra().token_endpoint());
    assert_eq!(
        found["jwks_uri"],
        format!("{url}/{tenant}/discovery/v2.0/keys")
    );
    assert_eq!(
        found["device_authorization_endpoint"],
        format!("{url}/{tenant}/oauth2/v2.0/devicecode")
    );
    assert_eq!(
        found["authorization_endpoint"],
        format!("{url}/{tenant}/oauth2/v2.0/authorize")
    );
    let common = get(&emulator, "/common/v2.0/.well-known/openid-configuration").json();
    assert_eq!(common["issuer"], format!("{url}/{{tenantid}}/v2.0"));
    let instance = get(
        &emulator,
        "/common/discovery/instance?api-version=1.1&authorization_endpoint=x",
    )
    .json();
    let host = url.trim_start_matches("http://");
    assert_eq!(instance["metadata"][0]["aliases"], json!([host]));
    let unknown = get(
        &emulator,
        &format!("/{OTHER_TENANT}/v2.0/.well-known/openid-configuration"),
    );
    refused(&unknown, "invalid_request", 90_002);
}

#[test]
fn client_credentials_get_a_token_the_service_takes() {
    let emulator = emulator();
    let entra = emulator.entra();
    let asked = [
        ("grant_type", "client_credentials"),
        ("client_id", entra.client_id()),
        ("client_secret", entra.client_secret()),
        ("scope", MANAGEMENT),
    ];
    let answer = token(&emulator, &asked);
    assert_eq!(answer.status, 200);
    let answer = answer.json();
    assert_eq!(
        (&answer["token_type"], &answer["expires_in"]),
        (&json!("Bearer"), &json!(3599))
    );
    let access = answer["access_token"].as_str().unwrap();
    let claims = verified(&emulator, access);
    let wanted = json!({
        "aud": "https://communication.azure.com/", "iss": format!("{}/", entra.authority()), "ver": "1.0",
        "tid": entra.tenant_id(), "appid": entra.client_id(), "appidacr": "1", "idtyp": "app",
    });
    for (name, value) in wanted.as_object().unwrap() {
        assert_eq!(&claims[name], value, "{name}");
    }
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        3599
    );
    assert_eq!(
        (&claims["nbf"], &claims["sub"]),
        (&claims["iat"], &claims["oid"])
    );
    let create = Request::new("POST", "/identities?api-version=2025-06-30")
        .bearer(access)
        .send(&emulator);
    assert_eq!(create.status, 201);

    let both = format!("{}:{}", entra.client_id(), entra.client_secret());
    let basic = Request::new("POST", &format!("/{}/oauth2/v2.0/token", entra.tenant_id()))
        .unsigned()
        .header("Authorization", &format!("Basic {}", STANDARD.encode(both)))
        .typed(
            "application/x-www-form-urlencoded",
            &encoded(&[asked[0], asked[3]]),
        )
        .send(&emulator);
    assert_eq!(basic.status, 200);
}

#[test]
fn client_credentials_are_refused_for_one_reason_each() {
    let public = Application::new(OTHER_APP).public_client(true);
    let emulator = Emulator::builder()
        .application(public)
        .client_secret("right")
        .spawn()
        .unwrap();
    let good = [
        ("grant_type", "client_credentials"),
        ("client_id", emulator.entra().client_id()),
        ("client_secret", "right"),
        ("scope", MANAGEMENT),
    ];
    let with = |name: &str, value: &'static str| {
        let pairs: Vec<_> = good
            .iter()
            .map(|&(n, v)| (n, if n == name { value } else { v }))
            .collect();
        token(&emulator, &pairs)
    };
    assert_eq!(token(&emulator, &good).status, 200);
    let cases = [
        ("grant_type", "", "invalid_request", 900_144),
        ("grant_type", "password", "unsupported_grant_type", 70_003),
        ("client_id", "", "invalid_request", 900_144),
        ("client_id", "me", "unauthorized_client", 700_016),
        ("client_id", OTHER_TENANT, "unauthorized_client", 700_016),
        ("client_id", OTHER_APP, "invalid_client", 7_000_215),
        ("client_secret", "wrong", "invalid_client", 7_000_215),
        ("client_secret", "", "invalid_client", 7_000_216),
        ("scope", "", "invalid_request", 900_144),
        ("scope", CALLING, "invalid_scope", 1_002_012),
        ("scope", "openid", "invalid_scope", 1_002_012),
        (
            "scope",
            "https://example.invalid/.default",
            "invalid_resource",
            500_011,
        ),
    ];
    for (name, value, error, number) in cases {
        let answer = with(name, value);
        assert_eq!(
            refusal(&answer),
            (error.to_owned(), number),
            "{name}={value}"
        );
        assert_eq!(
            answer.status == 401,
            error == "invalid_client",
            "{name}={value}"
        );
    }
    let twice = [good.as_slice(), &[("scope", MANAGEMENT)]].concat();
    refused(&token(&emulator, &twice), "invalid_request", 9_000_411);
    let challenged = [good.as_slice(), &[("claims", "[]")]].concat();
    refused(&token(&emulator, &challenged), "invalid_request", 9_002_313);
    refused(
        &form(&emulator, "/common/oauth2/v2.0/token", &good),
        "invalid_request",
        50_059,
    );
    let path = format!("/{}/oauth2/v2.0/token", emulator.entra().tenant_id());
    refused(&get(&emulator, &path), "invalid_request", 900_561);
    refused(
        &Request::new("POST", &path)
            .unsigned()
            .json(&json!({}))
            .send(&emulator),
        "invalid_request",
        900_144,
    );
}

#[test]
fn applications_decide_what_their_tokens_look_like() {
    let other = Application::new(OTHER_APP)
        .secret("s")
        .role("Calls.Manage")
        .second_token_version(true);
    let emulator = Emulator::builder().application(other).spawn().unwrap();
    let claims = r#"{"access_token":{"xms_cc":{"values":["CP1"]}}}"#;
    let answer = token(
        &emulator,
        &[
            ("grant_type", "client_credentials"),
            ("client_id", OTHER_APP),
            ("client_secret", "s"),
            ("scope", MANAGEMENT),
            ("claims", claims),
        ],
    );
    let claims = verified(&emulator, answer.json()["access_token"].as_str().unwrap());
    let tenant = emulator.entra().authority();
    assert_eq!(
        (&claims["azp"], &claims["ver"]),
        (&json!(OTHER_APP), &json!("2.0"))
    );
    assert_eq!(claims["iss"], format!("{tenant}/v2.0"));
    assert_eq!(claims["aud"], "1fd5118e-2576-4263-8130-9503064c837a");
    assert_eq!(
        (&claims["roles"], &claims["xms_cc"]),
        (&json!(["Calls.Manage"]), &json!(["cp1"]))
    );
    assert_eq!(claims["appid"], Value::Null);
}

#[test]
fn the_request_log_shows_no_secret_of_a_form() {
    let emulator = Emulator::builder()
        .client_secret("hunter2")
        .spawn()
        .unwrap();
    let secrets = [
        ("client_secret", "hunter2"),
        ("refresh_token", "hunter2"),
        ("code", "hunter2"),
        ("code_verifier", "hunter2"),
        ("device_code", "hunter2"),
        ("client_assertion", "hunter2"),
        ("password", "hunter2"),
    ];
    token(
        &emulator,
        &[&[("grant_type", "client_credentials")], secrets.as_slice()].concat(),
    );
    let noted = emulator.requests();
    let body = noted[0].body.as_deref().unwrap();
    assert!(
        body.starts_with("grant_type=client%5Fcredentials&client_secret=<redacted>"),
        "{body}"
    );
    assert!(!body.contains("hunter2") && !format!("{emulator:?}").contains("hunter2"));
    assert!(!format!("{:?}", Emulator::builder().client_secret("hunter2")).contains("hunter2"));
}

#[test]
fn the_directory_survives_in_a_snapshot_without_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let user = User::new(
        "b0000000-0000-4000-8000-000000000002",
        "other@contoso.example",
    );
    let first = Emulator::builder().snapshot(&path).spawn().unwrap();
    let added = json!({
        "tenants": [OTHER_TENANT],
        "applications": [{ "clientId": OTHER_APP, "secret": "hunter2", "consented": ["VoIP"] }],
        "users": [{ "objectId": "b0000000-0000-4000-8000-000000000003", "userPrincipalName": "u@contoso.example",
                    "tenantId": OTHER_TENANT }],
    });
    let patch = |emulator: &Emulator, body: &Value| {
        Request::new("PATCH", "/_emulator/entra")
            .unsigned()
            .json(body)
            .send(emulator)
    };
    let shown = patch(&first, &added);
    assert_eq!(shown.status, 200);
    let bad = patch(&first, &json!({ "tenants": [OTHER_TENANT, "x"] }));
    assert_eq!((bad.status, bad.code().as_str()), (400, "BadAdminRequest"));
    drop(first);
    assert!(!std::fs::read_to_string(&path).unwrap().contains("hunter2"));

    let second = Emulator::builder()
        .snapshot(&path)
        .user(user)
        .spawn()
        .unwrap();
    let again = get(&second, "/_emulator/entra").json();
    let of = |list: &str| again["directory"][list].as_array().unwrap().len();
    assert_eq!((of("tenants"), of("applications"), of("users")), (2, 2, 3));
    let applications = &again["directory"]["applications"];
    assert_eq!(applications, &shown.json()["directory"]["applications"]);
    let pairs = |secret| {
        [
            ("grant_type", "client_credentials"),
            ("client_id", OTHER_APP),
            ("client_secret", secret),
            ("scope", CLIENTS),
        ]
    };
    let target = format!("/{OTHER_TENANT}/oauth2/v2.0/token");
    assert_eq!(form(&second, &target, &pairs("hunter2")).status, 200);
    let third = emulator();
    third.set_state(&second.state()).unwrap();
    assert_eq!(form(&third, &target, &pairs("hunter2")).status, 200);
    third.reset();
    refused(
        &form(&third, &target, &pairs("hunter2")),
        "invalid_request",
        90_002,
    );
}
