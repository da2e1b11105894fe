//! Owns the proof of what a caller is told: routes, api-versions, credentials, bodies, and the headers around it.

use serde_json::json;
use teams_phone_emulator::Emulator;

use crate::client::{CLIENTS, Request, emulator};

const ASSIGNMENT: &str = "/access/teamsExtension/tenants/87d349ed-44d7-43e1-9a83-5f2406dee5bd/assignments/e5b7f628-ea94-4fdc-b3d9-1af1fe231111";

fn status_and_code(request: &Request, emulator: &Emulator) -> (u16, String) {
    let answer = request.send(emulator);
    (answer.status, answer.code())
}

#[test]
fn api_versions_are_checked_per_operation() {
    let emulator = emulator();
    let cases = [
        ("/identities", "ApiVersionUnspecified"),
        (
            "/identities?api-version=2019-01-01",
            "UnsupportedApiVersion",
        ),
        (
            "/identities?api-version=2020-07-20-preview2",
            "UnsupportedApiVersion",
        ),
        (
            "/identities?api-version=2021-03-31-preview1",
            "UnsupportedApiVersion",
        ),
        (
            "/identities?api-version=2025-06-30&api-version=2021-03-07",
            "AmbiguousApiVersion",
        ),
        (
            "/teamsUser/:exchangeAccessToken?api-version=2021-03-07",
            "UnsupportedApiVersion",
        ),
        (
            "/access/entra/:exchangeAccessToken?api-version=2025-06-30",
            "UnsupportedApiVersion",
        ),
    ];
    for (target, code) in cases {
        let mut request = Request::new("POST", target);
        if target.contains("entra") {
            request = request.bearer(&emulator.entra().user_token(CLIENTS));
        }
        let answer = request.send(&emulator);
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (400, code),
            "{target}"
        );
        assert!(
            answer
                .header("api-supported-versions")
                .is_some_and(|list| list.contains("2025-03-02-preview"))
        );
    }
    let get = Request::new("GET", "/identities/x?api-version=2025-06-30").send(&emulator);
    assert_eq!(
        (get.status, get.code().as_str()),
        (400, "UnsupportedApiVersion")
    );
    let message = get.json()["error"]["message"].as_str().unwrap().to_owned();
    assert!(
        message.ends_with("it exists in 2025-03-02-preview."),
        "{message}"
    );
    let twice_the_same = Request::new(
        "POST",
        "/identities?API-Version=2025-06-30&api-version=2025-06-30",
    );
    assert_eq!(twice_the_same.send(&emulator).status, 201);
}

#[test]
fn unknown_routes_and_methods_are_told_apart() {
    let emulator = emulator();
    let tenantless = Request::new(
        "DELETE",
        "/access/teamsExtension/assignments/x?api-version=2025-06-30",
    );
    assert_eq!(
        status_and_code(&tenantless, &emulator),
        (404, "NotFound".into())
    );
    let patch =
        Request::new("PATCH", &format!("{ASSIGNMENT}?api-version=2025-06-30")).send(&emulator);
    assert_eq!(
        (patch.status, patch.header("allow")),
        (405, Some("GET, PUT, DELETE"))
    );
    assert_eq!(patch.code(), "MethodNotAllowed");
}

#[test]
fn a_missing_authorization_is_an_empty_401_with_a_hint() {
    let answer = Request::new("POST", "/identities?api-version=2025-06-30")
        .unsigned()
        .send(&emulator());
    assert_eq!((answer.status, answer.body.len()), (401, 0));
    assert!(
        answer
            .header("x-emulator-hint")
            .is_some_and(|hint| hint.contains("no Authorization"))
    );
    assert!(answer.header("ms-cv").is_some());
}

#[test]
fn a_signature_of_another_resource_is_denied_and_explained_on_the_wire() {
    let (one, two) = (emulator(), emulator());
    let request = Request::new("POST", "/identities?api-version=2025-06-30");
    let bytes = request.bytes(&one.address().to_string(), two.access_key());
    let mut stream = crate::client::connect(&one).unwrap();
    std::io::Write::write_all(&mut stream, &bytes).unwrap();
    let answer = crate::client::read_answer(&mut stream).unwrap();
    assert_eq!((answer.status, answer.code().as_str()), (401, "Denied"));
    assert_eq!(answer.explanation(), "KeyOrStringToSignDiffers");
    let text = String::from_utf8_lossy(&answer.body);
    assert!(!text.contains(one.access_key()) && !text.contains(two.access_key()));
}

#[test]
fn an_access_key_does_not_say_whose_token_is_to_be_exchanged() {
    let emulator = emulator();
    let extension = Request::new(
        "POST",
        "/access/teamsExtension/:exchangeAccessToken?api-version=2025-06-30",
    );
    let answer = extension.json(&json!({})).send(&emulator);
    assert_eq!(
        (answer.status, answer.explanation().as_str()),
        (401, "BearerTokenWanted")
    );
}

#[test]
fn bodies_that_cannot_be_bound_are_answered_the_way_users_know() {
    let emulator = emulator();
    let put = || Request::new("PUT", &format!("{ASSIGNMENT}?api-version=2025-06-30"));
    let bodies = [
        put(),
        put().typed("application/json", "{"),
        put().typed("application/json; charset=utf-8", "[]"),
        put().json(&json!({ "request": { "principalType": "user" } })),
    ];
    for request in bodies {
        let answer = request.send(&emulator);
        let error = &answer.json()["error"];
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (400, "ValidationError")
        );
        assert_eq!(
            (error["target"].as_str(), answer.explanation().as_str()),
            (Some("request"), "BodyNotBound")
        );
        assert!(
            error["message"]
                .as_str()
                .unwrap()
                .contains("The request field is required.")
        );
    }
    let text = put().typed("text/plain", r#"{"principalType":"user"}"#);
    assert_eq!(
        status_and_code(&text, &emulator),
        (415, "UnsupportedMediaType".into())
    );
    let patch = Request::new(
        "PATCH",
        "/access/entra/assignments?api-version=2025-03-02-preview",
    )
    .json(&json!({}));
    assert_eq!(
        status_and_code(&patch, &emulator),
        (415, "UnsupportedMediaType".into())
    );
}

#[test]
fn answers_carry_the_headers_of_the_service() {
    let emulator = emulator();
    let create = Request::new("POST", "/identities?api-version=2025-03-02-preview");
    let created = create
        .clone()
        .header("x-ms-client-request-id", "abc-1")
        .send(&emulator);
    assert_eq!(created.header("x-ms-client-request-id"), Some("abc-1"));
    assert_eq!(
        created.header("content-type"),
        Some("application/json; charset=utf-8")
    );
    assert!(
        created.header("content-length").is_some() && created.header("transfer-encoding").is_none()
    );
    assert_eq!(created.header("request-context"), Some("appId="));
    assert!(
        created
            .header("x-processing-time")
            .is_some_and(|time| time.ends_with("ms"))
    );
    assert!(
        created
            .header("ms-cv")
            .is_some_and(|vector| vector.len() == 24 && vector.ends_with(".0"))
    );
    assert!(
        created
            .header("date")
            .is_some_and(|date| httpdate::parse_http_date(date).is_ok())
    );
    assert_eq!(created.header("strict-transport-security"), None);
    assert_eq!(created.header("accept-ranges"), None);

    let again = create.send(&emulator);
    assert_eq!(again.header("x-ms-client-request-id"), None);
    assert_ne!(again.header("ms-cv"), created.header("ms-cv"));

    let refused =
        Request::new("GET", "/identities/x?api-version=2025-03-02-preview").send(&emulator);
    assert_eq!(refused.header("content-type"), Some("application/json"));
    assert_eq!(refused.header("transfer-encoding"), Some("chunked"));
}

#[test]
fn versions_before_a_member_ignore_it() {
    let emulator = emulator();
    let body = json!({ "customId": "a", "createTokenWithScopes": ["chat"] });
    let old = |version: &str| {
        let answer = Request::new("POST", &format!("/identities?api-version={version}"))
            .json(&body)
            .send(&emulator);
        answer.json()["identity"].clone()
    };
    let (first, second) = (old("2025-06-30"), old("2025-06-30"));
    assert_ne!(first["id"], second["id"]);
    assert_eq!(first.as_object().unwrap().len(), 1, "{first}");
    assert_eq!(old("2025-03-02-preview").as_object().unwrap().len(), 3);
}
