//! Owns what becomes of bad answers: nothing that is known gets lost, nothing that is secret gets out.

use std::error::Error as _;

use teams_phone::{Error, ErrorKind, PrincipalType, RetryPolicy, Scope};
use teams_phone_tests::{Fake, Step, answer, json, raw};

use crate::calls::{ASSIGNMENT, client, client_with, create, object, read, tenant};

const MS_CV: (&str, &str) = ("MS-CV", "1bZf2jh/g0SLs1VZZKD9UQ.0");

/// The error of a read that is sent once.
async fn refused(step: Step) -> Error {
    let fake = Fake::script([step]);
    let (client, _) = client_with(&fake.url(), |builder| builder.retry(RetryPolicy::none()));
    let error = read(&client).await.unwrap_err();
    assert_eq!(fake.requests().len(), 1);
    assert_eq!(error.attempts(), 1);
    assert_eq!(error.operation(), Some("teams_extension_assignment_get"));
    error
}

/// The error with its sources, both ways of printing it.
fn printed(error: &Error) -> String {
    let mut text = format!("{error}\n{error:?}\n{error:#?}");
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(&format!("\n{cause}\n{cause:?}"));
        source = cause.source();
    }
    text
}

#[tokio::test]
async fn an_empty_refusal_keeps_status_and_request_id() {
    let error = refused(answer(401, &[MS_CV], "")).await;
    assert_eq!(error.kind(), ErrorKind::Service);
    assert_eq!((error.status(), error.code()), (Some(401), None));
    assert_eq!(error.request_id(), Some(MS_CV.1));
    assert!(error.is_permission());
    assert!(error.hint().unwrap().contains("key"), "{:?}", error.hint());
    assert!(!error.message().is_empty());
}

#[tokio::test]
async fn a_gateways_page_keeps_status_and_request_id() {
    let page = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>";
    for headers in [&[MS_CV, ("Content-Type", "text/html")][..], &[MS_CV]] {
        let error = refused(answer(502, headers, page)).await;
        assert_eq!((error.status(), error.code()), (Some(502), None));
        assert_eq!(error.request_id(), Some(MS_CV.1));
        assert!(error.is_retryable());
        let text = error.to_string();
        assert!(
            text.contains("502 Bad Gateway") && !text.contains('<'),
            "{text}"
        );
    }
}

#[tokio::test]
async fn the_services_words_are_kept() {
    let body = concat!(
        r#"{"error":{"code":"ValidationError","message":"Something is off.","target":"clientIds","#,
        r#""details":[{"code":"A","message":"first","target":"clientIds[0]"},{"code":"B","message":"second"}],"#,
        r#""innererror":{"code":"C","message":"cause"}}}"#
    );
    let error = refused(answer(
        400,
        &[MS_CV, ("Content-Type", "application/json")],
        body,
    ))
    .await;
    assert_eq!(error.code(), Some("ValidationError"));
    assert_eq!(error.message(), "Something is off");
    assert_eq!(error.target(), Some("clientIds"));
    let codes: Vec<&str> = error.details().iter().map(|detail| &*detail.code).collect();
    assert_eq!(codes, ["A", "B", "C"]);
    assert_eq!(error.details()[0].target.as_deref(), Some("clientIds[0]"));
    assert_eq!(
        error.to_string(),
        "teams_extension_assignment_get: Something is off (400, code `ValidationError`, target `clientIds`, request id 1bZf2jh/g0SLs1VZZKD9UQ.0)"
    );
}

#[tokio::test]
async fn odd_error_bodies_lose_neither_status_nor_what_can_be_read() {
    for (body, code, message) in [
        (r#"{"error":{"code":"X","message":"m"}}"#, Some("X"), "m"),
        (r#"{"code":"X","message":"m"}"#, Some("X"), "m"),
        (r#"{"Error":{"Code":"X","Message":"m"}}"#, Some("X"), "m"),
        (
            r#"{"error":{"code":"X","message":"m","details":"none"}}"#,
            Some("X"),
            "m",
        ),
        (
            r#"{"error":{"code":7509,"message":"m"}}"#,
            Some("7509"),
            "m",
        ),
        (r#"{"error":"nope"}"#, None, ""),
        (r#"{"title":"m","status":400}"#, None, "m"),
        ("[]", None, ""),
        ("null", None, ""),
        ("{", None, ""),
        ("plain words", None, "plain words"),
    ] {
        let error = refused(json(400, body)).await;
        assert_eq!(error.status(), Some(400), "{body}");
        assert_eq!(error.code(), code, "{body}");
        assert!(error.message().contains(message), "{body}: {error}");
        assert_eq!(error.kind(), ErrorKind::Service, "{body}");
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let other = Fake::always(json(200, ASSIGNMENT));
        for target in [&other.url(), "/elsewhere"] {
            let error = refused(answer(status, &[("Location", target), MS_CV], "")).await;
            assert_eq!(error.status(), Some(status));
            assert_eq!(error.kind(), ErrorKind::Service);
            assert_eq!(error.request_id(), Some(MS_CV.1));
            assert!(error.to_string().contains("redirect"), "{error}");
        }
        assert!(other.requests().is_empty());
    }
}

#[tokio::test]
async fn an_answer_that_does_not_fit_is_described_by_its_place() {
    const MARK: &str = "hunter2";
    for (body, place) in [
        (
            r#"{"objectId":"a","tenantId":{"hunter2":1},"principalType":"user"}"#,
            "`tenantId`",
        ),
        (
            r#"{"objectId":"a","tenantId":"b","principalType":"user","clientIds":["hunter2",7]}"#,
            "`clientIds[1]`",
        ),
        (r#"{"objectId":"hunter2","tenantId":"b"}"#, "line 1"),
        (r#"{"objectId":"hunter2","tenantId":"#, "`tenantId`"),
        (r#"["hunter2"]"#, "`[0]`"),
        ("hunter2", "line 1"),
        ("", "line 1"),
    ] {
        let error = refused(answer(200, &[MS_CV], body)).await;
        assert_eq!(error.kind(), ErrorKind::Decode, "{body}");
        assert_eq!(error.status(), Some(200), "{body}");
        assert_eq!(error.request_id(), Some(MS_CV.1), "{body}");
        assert!(!error.is_retryable());
        assert!(error.message().contains(place), "{body}: {error}");
        assert!(!printed(&error).contains(MARK), "{}", printed(&error));
    }
}

#[tokio::test]
async fn a_success_without_the_body_it_promises_is_a_decode_error_and_is_not_repeated() {
    for status in [200, 201, 204] {
        for body in ["", " \r\n", "null", "{}"] {
            let fake = Fake::always(answer(status, &[], if status == 204 { "" } else { body }));
            let (client, _) = client(&fake.url());
            let assignments = client.assignments();
            let grant = assignments.grant(&tenant(), &object(), PrincipalType::User);
            let error = grant.await.unwrap_err();
            assert_eq!(
                error.kind(),
                ErrorKind::Decode,
                "{status} {body:?}: {error:?}"
            );
            assert_eq!(error.status(), Some(status), "{body:?}");
            assert!(!error.is_retryable(), "{status} {body:?}");
            assert_eq!(fake.requests().len(), 1, "{status} {body:?}");
        }
    }
}

#[tokio::test]
async fn a_token_in_an_answer_that_does_not_fit_is_not_repeated() {
    let body = r#"{"identity":{"id":"8:acs:1_2"},"accessToken":{"token":"hunter2","expiresOn":"hunter2"}}"#;
    let fake = Fake::script([json(201, body)]);
    let (client, _) = client(&fake.url());
    let error = client
        .identities()
        .create()
        .with_token([Scope::Chat])
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(
        error.message().contains("`accessToken.expiresOn`"),
        "{error}"
    );
    assert!(!printed(&error).contains("hunter2"), "{}", printed(&error));
}

#[tokio::test]
async fn what_is_not_http_is_a_broken_connection() {
    for bytes in ["hello\r\n\r\n", "HTTP/9.9 200 OK\r\n\r\n", "\0\0\0\0"] {
        let error = refused(raw(bytes)).await;
        assert_eq!(error.kind(), ErrorKind::Connect, "{bytes:?}: {error:?}");
        assert_eq!(error.status(), None);
        assert!(error.source().is_some());
    }
}

#[tokio::test]
async fn no_connection_says_so_and_names_the_cause() {
    let url = {
        let fake = Fake::always(Step::Close);
        fake.url()
    };
    let (client, _) = client_with(&url, |builder| builder.retry(RetryPolicy::none()));
    // The fake's port is closed once its thread has noticed; until then connections are dropped at once.
    let error = create(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect, "{error:?}");
    assert!(error.is_retryable());
    assert!(error.source().is_some());
    assert!(
        !printed(&error).contains("Signature"),
        "{}",
        printed(&error)
    );
}
