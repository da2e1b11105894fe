//! Owns the proof of the admin routes: who may call them, what they show, that they never show a secret.

use serde_json::{Value, json};

use crate::client::{MANAGEMENT, Request, emulator};

#[test]
fn health_tells_what_runs() {
    let emulator = emulator();
    let health = Request::new("GET", "/_emulator")
        .unsigned()
        .send(&emulator)
        .json();
    assert_eq!(health["name"], "teams-phone-emulator");
    assert_eq!(health["operations"].as_array().unwrap().len(), 16);
    assert_eq!(health["snapshot"], Value::Null);
    assert!(!health.to_string().contains(emulator.access_key()));
}

#[test]
fn a_foreign_host_name_gets_nowhere() {
    let emulator = emulator();
    for host in [
        "evil.example",
        "evil.example:80",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "",
    ] {
        let answer = Request::new("GET", "/_emulator/state")
            .unsigned()
            .header("Host", host)
            .send(&emulator);
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (403, "LoopbackOnly"),
            "{host}"
        );
    }
    for host in [
        "localhost",
        "LOCALHOST:1",
        "127.0.0.1:9",
        "[::1]:9",
        "127.8.8.8",
    ] {
        let answer = Request::new("GET", "/_emulator/state")
            .unsigned()
            .header("Host", host)
            .send(&emulator);
        assert_eq!(answer.status, 200, "{host}");
    }
}

#[test]
fn requests_are_shown_as_they_were_on_the_wire_without_secrets() {
    let emulator = emulator();
    let token = emulator.entra().app_token(MANAGEMENT);
    Request::new(
        "GET",
        "/identities/8%3Aacs%3Ax?api-version=2025-03-02-preview&q=a~b%20c",
    )
    .header("x-ms-client-request-id", "id-1")
    .send(&emulator);
    Request::new("DELETE", "/identities/8:acs:x?api-version=2025-06-30")
        .bearer(&token)
        .send(&emulator);
    let body = json!({ "token": token, "appId": "a", "userId": "b" });
    Request::new(
        "POST",
        "/teamsUser/:exchangeAccessToken?api-version=2025-06-30",
    )
    .json(&body)
    .send(&emulator);
    Request::new("POST", "/nowhere")
        .unsigned()
        .typed("text/plain", "hello")
        .send(&emulator);

    let noted = emulator.requests();
    assert_eq!(noted.len(), 4);
    assert_eq!(
        noted[0].target,
        "/identities/8%3Aacs%3Ax?api-version=2025-03-02-preview&q=a~b%20c"
    );
    assert_eq!(
        noted[0].operation.as_deref(),
        Some("CommunicationIdentity_Get")
    );
    assert_eq!(noted[0].header("X-MS-Client-Request-Id"), Some("id-1"));
    let signed =
        "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=<redacted>";
    assert_eq!(noted[0].header("authorization"), Some(signed));
    assert_eq!(noted[1].header("authorization"), Some("Bearer <redacted>"));
    assert_eq!(noted[1].path(), "/identities/8:acs:x");
    let exchanged: Value = serde_json::from_str(noted[2].body.as_ref().unwrap()).unwrap();
    assert_eq!(
        exchanged,
        json!({ "token": "<redacted>", "appId": "a", "userId": "b" })
    );
    assert_eq!(
        (
            noted[3].operation.as_deref(),
            noted[3].status,
            noted[3].body.as_deref()
        ),
        (None, Some(404), Some("hello"))
    );

    let shown = Request::new("GET", "/_emulator/requests")
        .unsigned()
        .send(&emulator);
    assert!(!String::from_utf8_lossy(&shown.body).contains(&token));
    assert_eq!(shown.json()["requests"][3], json!(noted[3]));
    assert_eq!(
        Request::new("DELETE", "/_emulator/requests")
            .unsigned()
            .send(&emulator)
            .status,
        204
    );
    assert!(emulator.requests().is_empty());
}

#[test]
fn the_log_forgets_the_oldest() {
    let emulator = teams_phone_emulator::Emulator::builder()
        .request_log(2)
        .spawn()
        .unwrap();
    for n in 0..4 {
        Request::new("GET", &format!("/{n}"))
            .unsigned()
            .send(&emulator);
    }
    let kept: Vec<(u64, String)> = emulator
        .requests()
        .into_iter()
        .map(|noted| (noted.number, noted.target))
        .collect();
    assert_eq!(kept, [(3, "/2".to_owned()), (4, "/3".to_owned())]);
}

#[test]
fn reset_forgets_everything_but_the_resource() {
    let emulator = emulator();
    let create = Request::new("POST", "/identities?api-version=2025-06-30");
    let id = create.send(&emulator).json()["identity"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    emulator.inject(teams_phone_emulator::Fault::empty(500));
    assert_eq!(
        Request::new("POST", "/_emulator/reset")
            .unsigned()
            .send(&emulator)
            .status,
        204
    );
    let delete = Request::new(
        "DELETE",
        &format!("/identities/{id}?api-version=2025-06-30"),
    )
    .send(&emulator);
    assert_eq!(delete.code(), "IdentityNotOwned");
    assert_eq!(emulator.requests().len(), 1);
    let again = create.send(&emulator).json()["identity"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(again.split('_').next(), id.split('_').next());
}

#[test]
fn unknown_admin_routes_are_404() {
    let emulator = emulator();
    for (method, path) in [
        ("GET", "/_emulator/nothing"),
        ("PUT", "/_emulator"),
        ("GET", "/_emulator/reset"),
    ] {
        let answer = Request::new(method, path).unsigned().send(&emulator);
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (404, "NotFound"),
            "{path}"
        );
    }
    // Not reserved: the prefix ends at a segment.
    let beside = Request::new("GET", "/_emulators")
        .unsigned()
        .send(&emulator);
    assert_eq!((beside.status, emulator.requests().len()), (404, 1));
}
