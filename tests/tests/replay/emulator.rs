//! Owns the promise that the emulator answers recorded requests as the service did.

use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use teams_phone_emulator::Emulator;
use teams_phone_tests::{APPLICATION, OBJECT, http_client};

use crate::recorded::{Exchange, sessions};

/// Headers of the connection rather than of the answer, and the one that only an answer over TLS has.
const OF_THE_CONNECTION: [&str; 2] = ["connection", "strict-transport-security"];

/// Headers that must be there exactly when they were.
const TELLING: [&str; 5] = [
    "content-type",
    "content-length",
    "transfer-encoding",
    "accept-ranges",
    "api-supported-versions",
];

#[tokio::test]
async fn recorded_requests_are_answered_as_the_service_did() {
    for (name, session) in sessions() {
        let emulator = Emulator::builder()
            .verify_credentials(false)
            .start()
            .await
            .unwrap();
        let mut identity = prepare(&emulator, &name).await;
        for exchange in &session {
            let place = format!("{name}: {} {}", exchange.method, exchange.target);
            let answer = ask(&emulator, exchange, &name, &identity).await;
            assert_eq!(answer.status, exchange.status, "{place}: {}", answer.body);
            assert_headers_alike(exchange, &answer.headers, &place);
            assert_eq!(
                answer.content_type.as_deref(),
                exchange.header("content-type"),
                "{place}"
            );
            assert_alike(&exchange.answer, &answer.body, &place);
            if let Some(id) = answer.body.pointer("/identity/id") {
                identity = id.as_str().unwrap().to_owned();
            }
        }
    }
}

struct Answer {
    status: u16,
    headers: BTreeSet<String>,
    content_type: Option<String>,
    body: Value,
}

/// Brings the emulator to where the service was; returns the id of an identity that is not there.
async fn prepare(emulator: &Emulator, name: &str) -> String {
    if name.starts_with("js-successfully_creates_and_gets") {
        // This custom id had got a token the day before.
        let body = json!({ "customId": "alice@contoso.com", "createTokenWithScopes": ["voip"] });
        let url = format!(
            "{}/identities?api-version=2025-03-02-preview",
            emulator.url()
        );
        let created = http_client().post(url).json(&body).send().await.unwrap();
        assert_eq!(created.status().as_u16(), 201);
    }
    "8:acs:nobody".to_owned()
}

async fn ask(emulator: &Emulator, exchange: &Exchange, name: &str, identity: &str) -> Answer {
    let path = exchange
        .target
        .replace("/Sanitized", &format!("/{identity}"));
    let path = path.replace("/sanitized", &format!("/{identity}"));
    let url = format!("{}{path}", emulator.url());
    let mut request = http_client().request(exchange.method.parse().unwrap(), url);
    if exchange.sent_request_id {
        request = request.header("x-ms-client-request-id", "recorded");
    }
    if !exchange.request.is_null() {
        request = request.json(&restored(&exchange.request, name));
    }
    let response = request.send().await.unwrap();
    let headers = response
        .headers()
        .keys()
        .map(|name| name.as_str().to_owned());
    let content_type = response.headers().get("content-type");
    let content_type = content_type.map(|value| value.to_str().unwrap().to_owned());
    Answer {
        status: response.status().as_u16(),
        headers: headers.collect(),
        content_type,
        body: serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or_default(),
    }
}

/// The recorded body, with values that fit the answer in place of those that were taken out.
fn restored(body: &Value, name: &str) -> Value {
    let mut body = body.clone();
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let expiry = if name.contains("xpired") {
        now - 60
    } else {
        now + 3600
    };
    let taken_out = |value: &Value| {
        value
            .as_str()
            .is_some_and(|text| text.eq_ignore_ascii_case("sanitized"))
    };
    let members = [
        ("token", entra_token(expiry)),
        ("userId", OBJECT.to_owned()),
        (
            "appId",
            if name.contains("InvalidClientId") {
                "no guid"
            } else {
                APPLICATION
            }
            .to_owned(),
        ),
    ];
    for (member, value) in members {
        if body.get(member).is_some_and(taken_out) {
            body[member] = json!(value);
        }
    }
    body
}

fn entra_token(expiry: u64) -> String {
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let claims = json!({ "exp": expiry, "oid": OBJECT, "appid": APPLICATION });
    format!("{}.{}.c2ln", part(json!({ "alg": "none" })), part(claims))
}

fn assert_headers_alike(exchange: &Exchange, ours: &BTreeSet<String>, place: &str) {
    let theirs = exchange.headers.iter().map(|(name, _)| name.as_str());
    for name in theirs.filter(|name| !OF_THE_CONNECTION.contains(name)) {
        assert!(ours.contains(name), "{place}: {name} is missing");
    }
    for name in TELLING {
        // The oldest recording is from before the service told its versions.
        assert_eq!(
            ours.contains(name),
            exchange.header(name).is_some(),
            "{place}: {name}"
        );
    }
}

/// Whether a body has the same members, the same words in errors, and times in the same form.
fn assert_alike(theirs: &Value, ours: &Value, place: &str) {
    match (theirs, ours) {
        (Value::Object(left), Value::Object(right)) => {
            let names: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
            for name in names {
                // The emulator explains what the service leaves in the dark.
                if (name == "innererror" || name == "details") && !left.contains_key(name) {
                    continue;
                }
                let pair = (left.get(name), right.get(name));
                let (Some(left), Some(right)) = pair else {
                    panic!("{place}/{name}: {pair:?}")
                };
                assert_alike(left, right, &format!("{place}/{name}"));
            }
        }
        (Value::String(left), Value::String(right)) => {
            if ["/code", "/message", "/target", "/customId"]
                .iter()
                .any(|end| place.ends_with(end))
            {
                assert_eq!(left, right, "{place}");
            } else if !left.eq_ignore_ascii_case("sanitized") {
                assert_eq!(form(left), form(right), "{place}");
            }
        }
        (left, right) => assert_eq!(left, right, "{place}"),
    }
}

/// A text with every digit made the same.
fn form(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect()
}
