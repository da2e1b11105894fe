use super::*;

fn read(status: u16, body: &str) -> Error {
    Error::from_service(status, ServiceFailure::read(status, body.as_bytes()))
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
        assert!(seen.insert((row.status, row.code)), "{row:?}");
        let error = read(
            row.status,
            &format!(r#"{{"error":{{"code":"{}","message":"m"}}}}"#, row.code),
        );
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
         A row without a code is for every other code of that status. *Retry* says whether the same call may succeed\n\
         later without a change.\n\n\
         | status | code | meaning | retry | what to do |\n\
         | --- | --- | --- | --- | --- |\n",
    );
    for row in KNOWN_CODES {
        let code = if row.code.is_empty() {
            "any other".to_owned()
        } else {
            format!("`{}`", row.code)
        };
        let retry = if row.retry_helps { "yes" } else { "no" };
        page += &format!(
            "| {} | {code} | {} | {retry} | {} |\n",
            row.status, row.meaning, row.hint
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
