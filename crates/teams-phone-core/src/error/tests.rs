use super::*;

fn read(status: u16, body: &str) -> Error {
    Error::from_answer("acs-identity", status, body.as_bytes())
}

#[test]
fn says_what_failed_with_status_code_request_id_and_attempts() {
    let error = read(
        409,
        r#"{"error":{"code":"Conflict","message":"Number is taken.","target":"number"}}"#,
    )
    .with_operation("assign_number")
    .with_request_id(Some("8f3c".to_owned()))
    .with_attempts(2);
    assert_eq!(
        error.to_string(),
        "assign_number: Number is taken (409, code `Conflict`, target `number`, request id 8f3c) after 2 attempts"
    );
    assert!(error.is_conflict() && !error.is_retryable());
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}

#[test]
fn reads_the_bodies_that_services_and_gateways_send() {
    for (status, body, code, message) in [
        (401, "", None, "unauthorized: the service gave no reason"),
        (
            502,
            "<html><body><h1>Bad\n Gateway</h1></body></html>",
            None,
            "bad gateway: the body is not JSON but \"Bad Gateway\"",
        ),
        (
            400,
            r#"{"error":{"code":"X","message":"m","details":null,"target":null}}"#,
            Some("X"),
            "m",
        ),
        (
            400,
            r#"{"error":{"code":"X","message":"m","details":"odd"}}"#,
            Some("X"),
            "m",
        ),
        (400, r#"{"code":"Y","message":"flat"}"#, Some("Y"), "flat"),
        (
            400,
            r#"{"Error":{"Code":7509,"Message":"number"}}"#,
            Some("7509"),
            "number",
        ),
        (
            500,
            "[]",
            None,
            "internal server error: the body is not JSON but \"[]\"",
        ),
        (
            500,
            "{}",
            None,
            "internal server error: the service gave no reason",
        ),
    ] {
        let error = read(status, body);
        assert_eq!((error.code(), error.message()), (code, message), "{body}");
    }
}

#[test]
fn flattens_nested_details_and_bounds_them() {
    let error = read(
        400,
        r#"{"error":{"code":"A","message":"a","details":[{"code":"B","message":"b","target":"t","innererror":{"code":"C","message":"c"}}],"innererror":{"code":"D","message":"d"}}}"#,
    );
    let codes: Vec<&str> = error
        .details()
        .iter()
        .map(|detail| detail.code.as_str())
        .collect();
    assert_eq!(codes, ["B", "C", "D"]);

    let many = format!(
        r#"{{"error":{{"code":"A","message":"a","details":[{}]}}}}"#,
        vec![r#"{"code":"B","message":"b"}"#; 1000].join(",")
    );
    assert_eq!(read(400, &many).details().len(), 32);
    let long = format!(
        r#"{{"error":{{"code":"A","message":"{}"}}}}"#,
        "x".repeat(100_000)
    );
    assert!(read(400, &long).message().len() < 1000);
}

#[test]
fn normalised_body_has_the_documented_shape() {
    let failure = ServiceFailure::read(401, b"");
    let body: serde_json::Value = serde_json::from_slice(&failure.to_documented_json()).unwrap();
    assert_eq!(body["error"]["code"], "");
    assert_eq!(
        body["error"]["message"],
        "unauthorized: the service gave no reason"
    );
}

#[test]
fn hints_name_what_to_do() {
    assert!(
        read(
            401,
            r#"{"error":{"code":"identitynotowned","message":"m"}}"#
        )
        .hint()
        .unwrap()
        .contains("same resource")
    );
    assert!(read(401, "").hint().unwrap().contains("access key"));
    assert!(
        read(403, r#"{"error":{"code":"Odd","message":"m"}}"#)
            .hint()
            .unwrap()
            .contains("role")
    );
    assert_eq!(read(418, "").hint(), None);
    assert_eq!(Error::config("x").hint(), None);
}

#[test]
fn both_refusals_of_microsoft_graph_become_one_error() {
    let graph = |body: &str| Error::from_answer("graph-teams", 403, body.as_bytes());
    let named = graph(
        r#"{"error":{"code":"forbidden","message":"Missing. Any of the following permission(s): A.Read.All,A.ReadWrite.All.",
            "innerError":{"code":"Forbidden","message":null,"additionalData":{"action":"Ask."},"date":"2026-08-04T22:58:45","request-id":"r1","odd":7}}}"#,
    );
    let nested = graph(
        r#"{"error":{"code":"UnknownError","message":"{\"code\":\"Forbidden\",\"message\":\"Denied.\",\"action\":\"Ask.\"}","innererror":{"request-id":"r2"}}}"#,
    );
    for error in [&named, &nested] {
        assert!(error.code().unwrap().eq_ignore_ascii_case("forbidden"));
        assert!(error.is_permission() && !error.is_retryable());
        let hint = error.hint().unwrap();
        assert!(
            hint.contains("consent") && hint.ends_with("the service says: Ask."),
            "{hint}"
        );
    }
    assert_eq!(nested.message(), "Denied");
    assert_eq!(nested.request_id(), Some("r2"));
    assert_eq!(
        named.accepted_permissions(),
        ["A.Read.All", "A.ReadWrite.All"]
    );
    assert!(
        named
            .hint()
            .unwrap()
            .starts_with("the token needs A.Read.All or A.ReadWrite.All")
    );
    let inner = &named.details()[0].more;
    assert_eq!(inner["date"], "2026-08-04T22:58:45");
    assert_eq!(inner["odd"], "7");
    assert_eq!(inner["additionalData"], r#"{"action":"Ask."}"#);
}

#[test]
fn a_message_that_only_looks_like_json_is_kept() {
    for message in ["{", "{}", r#"{\"a\":1}"#] {
        let body = format!(r#"{{"error":{{"code":"X","message":"{message}"}}}}"#);
        let error = Error::from_answer("graph-teams", 400, body.as_bytes());
        assert_eq!(error.message(), message.replace('\\', ""));
        assert_eq!(error.code(), Some("X"));
    }
}

#[test]
fn hints_are_of_the_api_that_answered() {
    let of = |api| Error::from_answer(api, 404, b"").hint().unwrap().to_owned();
    assert!(of("acs-identity").contains("Teams tenant"));
    assert!(of("graph-teams").contains("resource account"));
    assert_ne!(of("acs-identity"), of("graph-teams"));
}

#[test]
fn kinds_decide_what_is_worth_a_retry() {
    for (status, retryable) in [
        (400, false),
        (401, false),
        (404, false),
        (408, true),
        (429, true),
        (500, true),
        (501, false),
        (503, true),
    ] {
        assert_eq!(read(status, "").is_retryable(), retryable, "{status}");
    }
    assert_eq!(read(429, "").kind(), ErrorKind::Throttled);
    assert!(!Error::config("x").is_retryable());
}

#[test]
fn the_table_has_each_answer_once_and_agrees_with_the_errors() {
    let mut seen = std::collections::BTreeSet::new();
    for row in KNOWN_CODES {
        assert!(seen.insert((row.api, row.status, row.code)), "{row:?}");
        let body = format!(r#"{{"error":{{"code":"{}","message":"m"}}}}"#, row.code);
        let error = Error::from_answer(row.api, row.status, body.as_bytes());
        assert_eq!(error.is_retryable(), row.retry_helps, "{row:?}");
        assert_eq!(error.hint(), Some(row.hint));
    }
}

/// The reference page that `docs/reference/errors.md` has to be.
fn reference_page() -> String {
    let mut page = String::from(
        "# Errors of the service\n\n\
         Generated from the table that errors and hints read (`teams_phone_core::KNOWN_CODES`). To write it anew:\n\
         `TEAMS_PHONE_WRITE_DOCS=1 cargo test -p teams-phone-core the_reference_page`.\n\n\
         A row without an API is for all of them, a row without a code for every other code of that status. *Retry*\n\
         says whether the same call may succeed later without a change.\n\n\
         | API | status | code | meaning | retry | what to do |\n\
         | --- | --- | --- | --- | --- | --- |\n",
    );
    for row in KNOWN_CODES {
        let code = if row.code.is_empty() {
            "any other".to_owned()
        } else {
            format!("`{}`", row.code)
        };
        let retry = if row.retry_helps { "yes" } else { "no" };
        page += &format!(
            "| {} | {} | {code} | {} | {retry} | {} |\n",
            if row.api.is_empty() { "any" } else { row.api },
            row.status,
            row.meaning,
            row.hint
        );
    }
    page
}

#[test]
fn the_reference_page_is_what_the_table_says() {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/errors.md");
    if std::env::var_os("TEAMS_PHONE_WRITE_DOCS").is_some() {
        std::fs::write(&path, reference_page()).unwrap();
    }
    let page = std::fs::read_to_string(&path).unwrap();
    assert!(
        page == reference_page(),
        "run this test with TEAMS_PHONE_WRITE_DOCS=1"
    );
}
