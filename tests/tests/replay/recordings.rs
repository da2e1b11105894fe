//! Owns the promise that our client reads what the service really answered.

use serde_json::{Value, json};
use teams_phone_tests::Fake;

use crate::calls::{Outcome, Wanted, high_level, low_level};
use crate::recorded::{Exchange, sessions};
use crate::same::assert_same;

#[tokio::test]
async fn recorded_answers_are_understood() {
    for (name, session) in sessions() {
        for exchange in &session {
            let place = format!("{name}: {} {}", exchange.method, exchange.target);
            let wanted = Wanted {
                method: &exchange.method,
                path: exchange.path(),
                version: exchange.version(),
                body: &completed(exchange),
                at: exchange.at(),
            };
            let fake = Fake::script([exchange.step()]);
            assert_understood(exchange, &low_level(&fake.url(), &wanted).await, &place);
            assert_asked_alike(exchange, &fake, &place);
            let fake = Fake::script([exchange.step()]);
            if let Some(outcome) = high_level(&fake.url(), &wanted).await {
                assert_understood(exchange, &outcome, &place);
                assert_asked_alike(exchange, &fake, &place);
            } else {
                assert_eq!(fake.requests().len(), 0, "{place}");
            }
        }
    }
}

/// The recorded body, with the members that later versions want.
fn completed(exchange: &Exchange) -> Value {
    let mut body = exchange.request.clone();
    if exchange.version() == "2021-10-31-preview" {
        body["appId"] = json!("sanitized");
        body["userId"] = json!("sanitized");
    }
    body
}

fn assert_understood(exchange: &Exchange, outcome: &Outcome, place: &str) {
    assert_eq!(outcome.status, exchange.status, "{place}");
    assert_eq!(outcome.ok, exchange.status < 300, "{place}");
    let mut answer = exchange.answer.clone();
    if let Some(Value::String(message)) = answer.pointer_mut("/error/message") {
        // Our messages end without a full stop.
        *message = message.trim_end_matches('.').to_owned();
    }
    assert_same(&answer, &outcome.value, place);
}

/// Whether we send what the recorded client sent.
fn assert_asked_alike(exchange: &Exchange, fake: &Fake, place: &str) {
    let request = fake.request();
    assert_eq!(request.method, exchange.method, "{place}");
    assert_eq!(request.target, exchange.target, "{place}");
    if !exchange.request.is_null() {
        let sent: Value = serde_json::from_slice(&request.body).unwrap();
        assert_same(&completed(exchange), &sent, place);
    }
}
