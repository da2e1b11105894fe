//! Owns the proof that each scripted fault does on the wire what its name says.

use std::time::{Duration, Instant, SystemTime};

use serde_json::{Value, json};
use teams_phone_emulator::{Emulator, Fault};

use crate::client::{Answer, Request, emulator};

const ASSIGNMENT: &str = "/access/teamsExtension/tenants/87d349ed-44d7-43e1-9a83-5f2406dee5bd/assignments/e5b7f628-ea94-4fdc-b3d9-1af1fe231111?api-version=2025-06-30";

fn put(emulator: &Emulator) -> Answer {
    put_request().send(emulator)
}

fn put_request() -> Request {
    Request::new("PUT", ASSIGNMENT).json(&json!({ "principalType": "user", "clientIds": ["a"] }))
}

fn get_status(emulator: &Emulator) -> u16 {
    Request::new("GET", ASSIGNMENT).send(emulator).status
}

#[test]
fn scripted_answers_take_no_effect_unless_told_to() {
    let emulator = emulator();
    emulator.inject(
        Fault::respond(503, "ServiceUnavailable")
            .message("later")
            .header("Retry-After", "1")
            .times(1),
    );
    let answer = put(&emulator);
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (503, "ServiceUnavailable")
    );
    assert_eq!(
        (
            answer.json()["error"]["message"].as_str(),
            answer.header("retry-after")
        ),
        (Some("later"), Some("1"))
    );
    assert!(answer.header("ms-cv").is_some());
    assert_eq!(get_status(&emulator), 404);

    emulator.inject(Fault::respond(500, "InternalError").processed().times(1));
    assert_eq!(put(&emulator).status, 500);
    assert_eq!(get_status(&emulator), 200);
}

#[test]
fn throttles_say_when_in_each_form() {
    let emulator = emulator();
    for fault in [
        Fault::throttle(7),
        Fault::throttle_until(60),
        Fault::throttle_ms(250),
        Fault::throttle_silently(),
    ] {
        emulator.inject(fault.times(1));
    }
    let answers: Vec<Answer> = (0..4).map(|_| put(&emulator)).collect();
    assert!(
        answers
            .iter()
            .all(|answer| answer.status == 429 && answer.code() == "TooManyRequests")
    );
    assert_eq!(answers[0].header("retry-after"), Some("7"));
    let until = httpdate::parse_http_date(answers[1].header("retry-after").unwrap()).unwrap();
    let ahead = until.duration_since(SystemTime::now()).unwrap();
    assert!((50..=60).contains(&ahead.as_secs()), "{ahead:?}");
    assert_eq!(answers[2].header("retry-after-ms"), Some("250"));
    assert_eq!(answers[2].header("x-ms-retry-after-ms"), Some("250"));
    assert!(
        answers[2].header("retry-after").is_none() && answers[3].header("retry-after").is_none()
    );
    assert_eq!(put(&emulator).status, 201);
}

#[test]
fn gateways_answer_html_or_nothing_and_keep_the_correlation_vector() {
    let emulator = emulator();
    emulator.inject(Fault::html(502).times(1));
    emulator.inject(Fault::empty(401).times(1));
    let (html, empty) = (put(&emulator), put(&emulator));
    assert_eq!(
        (html.status, html.header("content-type")),
        (502, Some("text/html"))
    );
    assert!(String::from_utf8_lossy(&html.body).starts_with("<html>"));
    assert_eq!(
        (empty.status, empty.body.len(), empty.header("content-type")),
        (401, 0, None)
    );
    assert!(html.header("ms-cv").is_some() && empty.header("ms-cv").is_some());
}

#[test]
fn connections_are_dropped_before_or_after_the_effect() {
    let emulator = emulator();
    emulator.inject(Fault::drop_before().times(1));
    emulator.inject(Fault::drop_after().times(1));
    assert!(put_request().try_send(&emulator).is_err());
    emulator.clear_faults();
    assert_eq!(get_status(&emulator), 404);
    emulator.inject(Fault::drop_after().method("PUT"));
    assert!(put_request().try_send(&emulator).is_err());
    assert_eq!(get_status(&emulator), 200);
    let noted = emulator.requests();
    let statuses: Vec<Option<u16>> = noted.iter().map(|request| request.status).collect();
    assert_eq!(statuses, [None, Some(404), None, Some(200)]);
    assert_eq!(noted[0].fault, Some(1));
}

#[test]
fn truncated_bodies_keep_their_announced_length() {
    let emulator = emulator();
    emulator.inject(Fault::truncate(10).times(1));
    let answer = put(&emulator);
    assert_eq!(
        (answer.status, answer.body.len(), answer.complete),
        (201, 10, false)
    );
    assert!(
        answer
            .header("content-length")
            .is_some_and(|length| length.parse::<usize>().unwrap() > 10)
    );
    emulator.inject(Fault::truncate(5).times(1));
    let error = Request::new("GET", "/identities/x?api-version=2025-03-02-preview").send(&emulator);
    assert_eq!(
        (error.status, error.body.as_slice(), error.complete),
        (401, &b"{\"err"[..], false)
    );
}

#[test]
fn answers_are_edited_by_pointer() {
    let emulator = emulator();
    emulator.inject(
        Fault::edit("/principalType", "robot")
            .and_edit("/clientIds", Value::Null)
            .and_edit("/added", json!([1])),
    );
    let answer = put(&emulator);
    assert!(answer.complete);
    let body = answer.json();
    assert_eq!(
        (&body["principalType"], &body["clientIds"], &body["added"]),
        (&json!("robot"), &Value::Null, &json!([1]))
    );
    assert_eq!(body.as_object().unwrap().len(), 5);
}

#[test]
fn headers_are_replaced_removed_and_redirects_made() {
    let emulator = emulator();
    emulator.inject(
        Fault::without_header("MS-CV")
            .header("Date", "Thu, 01 Jan 1970 00:00:00 GMT")
            .times(1),
    );
    let answer = put(&emulator);
    assert_eq!(
        (answer.header("ms-cv"), answer.header("date")),
        (None, Some("Thu, 01 Jan 1970 00:00:00 GMT"))
    );
    emulator.inject(
        Fault::respond_body(307, "")
            .header("Location", "https://elsewhere.example/")
            .times(1),
    );
    let redirect = put(&emulator);
    assert_eq!(
        (redirect.status, redirect.header("location")),
        (307, Some("https://elsewhere.example/"))
    );
}

#[test]
fn latency_comes_before_the_answer() {
    let emulator = emulator();
    emulator.inject(Fault::latency(Duration::from_millis(30)).times(1));
    let started = Instant::now();
    assert_eq!(put(&emulator).status, 201);
    assert!(started.elapsed() >= Duration::from_millis(30));
}

#[test]
fn rules_are_scripted_over_the_admin_route() {
    let emulator = emulator();
    let admin = |method: &str| Request::new(method, "/_emulator/faults").unsigned();
    let rules = json!({ "rules": [
        { "match": { "operation": "TeamsExtensionOperations_UpsertAssignment" }, "times": 1,
          "action": { "type": "throttle", "retryAfter": { "seconds": 1 } } },
    ] });
    let added = admin("POST").json(&rules).send(&emulator);
    assert_eq!((added.status, added.json()), (201, json!({ "ids": [1] })));
    assert_eq!(put(&emulator).status, 429);
    assert_eq!(put(&emulator).status, 201);
    let listed = admin("GET").send(&emulator).json();
    assert_eq!(listed["rules"][0]["met"], 1);
    for bad in [
        json!({ "rules": [{ "tims": 1 }] }),
        json!([{ "match": { "operation": "No_Such" } }]),
        json!("x"),
    ] {
        let answer = admin("POST").json(&bad).send(&emulator);
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (400, "BadAdminRequest"),
            "{bad}"
        );
    }
    assert_eq!(admin("DELETE").send(&emulator).status, 204);
    assert_eq!(admin("GET").send(&emulator).json(), json!({ "rules": [] }));
}
