//! Owns the calls that are several requests: what they send, wait for and conclude.

use std::time::Duration;

use teams_phone::assignments::EnsureOutcome;
use teams_phone::{ErrorKind, PrincipalType, RequestOptions};
use teams_phone_tests::{APPLICATION, Fake, Step, answer, json};

use crate::calls::{ASSIGNMENT, client, object, tenant};

fn gone() -> Step {
    json(404, r#"{"error":{"code":"NotFound","message":"gone"}}"#)
}

fn user() -> String {
    ASSIGNMENT.replace("teamsResourceAccount", "user")
}

fn methods(fake: &Fake) -> Vec<String> {
    fake.requests()
        .into_iter()
        .map(|request| request.method)
        .collect()
}

#[tokio::test]
async fn a_removal_is_read_until_it_is_gone() {
    let still = || json(200, ASSIGNMENT);
    let fake = Fake::script([answer(204, &[], ""), still(), still(), still(), gone()]);
    let (client, clock) = client(&fake.url());
    let revoked = client
        .assignments()
        .revoke_and_verify(&tenant(), &object())
        .await
        .unwrap();
    assert_eq!(revoked.checks, 4);
    assert_eq!(clock.sleeps(), [500, 1000, 2000].map(Duration::from_millis));
    assert_eq!(methods(&fake), ["DELETE", "GET", "GET", "GET", "GET"]);
}

#[tokio::test]
async fn a_removal_that_does_not_happen_is_an_error() {
    let mut steps = vec![answer(204, &[], "")];
    steps.extend(vec![json(200, ASSIGNMENT); 50]);
    let fake = Fake::script(steps);
    let (client, clock) = client(&fake.url());
    let revoke = client.assignments().revoke_and_verify(&tenant(), &object());
    let error = revoke.within(Duration::from_secs(10)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Operation);
    assert_eq!(error.operation(), Some("revoke_and_verify"));
    assert!(clock.sleeps().iter().sum::<Duration>() <= Duration::from_secs(10));
    assert!(error.to_string().contains("still there"), "{error}");
}

#[tokio::test]
async fn a_removal_of_nothing_is_proved_all_the_same() {
    let fake = Fake::script([gone(), gone()]);
    let (client, _) = client(&fake.url());
    let revoked = client
        .assignments()
        .revoke_and_verify(&tenant(), &object())
        .await
        .unwrap();
    assert_eq!((revoked.checks, methods(&fake).len()), (1, 2));
}

#[tokio::test]
async fn a_removal_that_is_refused_is_not_read() {
    let fake = Fake::script([answer(403, &[], "")]);
    let (client, _) = client(&fake.url());
    let revoke = client.assignments().revoke_and_verify(&tenant(), &object());
    assert!(revoke.await.unwrap_err().is_permission());
    assert_eq!(methods(&fake), ["DELETE"]);
}

#[tokio::test]
async fn ensuring_reads_first_and_writes_only_what_differs() {
    let ids = format!(r#","clientIds":["{APPLICATION}"]}}"#);
    let with_id = user().replace('}', &ids);
    let shouted = with_id
        .replace(APPLICATION, &APPLICATION.to_uppercase())
        .replace("\"user\"", "\"User\"");
    for (steps, sent, outcome) in [
        (
            vec![json(200, &with_id)],
            &["GET"][..],
            EnsureOutcome::Unchanged,
        ),
        (
            vec![json(200, &shouted)],
            &["GET"],
            EnsureOutcome::Unchanged,
        ),
        (
            vec![gone(), json(201, &with_id)],
            &["GET", "PUT"],
            EnsureOutcome::Created,
        ),
        // Somebody else was faster: the write replaced what the read did not see.
        (
            vec![gone(), json(200, &with_id)],
            &["GET", "PUT"],
            EnsureOutcome::Replaced { changes: vec![] },
        ),
    ] {
        let fake = Fake::script(steps);
        let (client, _) = client(&fake.url());
        let assignments = client.assignments();
        let ensure = assignments.ensure(&tenant(), &object(), PrincipalType::User);
        let ensured = ensure
            .client_ids([APPLICATION.parse().unwrap()])
            .await
            .unwrap();
        assert_eq!(ensured.outcome, outcome);
        assert_eq!(methods(&fake), sent);
    }
}

#[tokio::test]
async fn ensuring_fails_when_the_service_stores_something_else() {
    let fake = Fake::script([gone(), json(201, ASSIGNMENT)]);
    let (client, _) = client(&fake.url());
    let ensure = client
        .assignments()
        .ensure(&tenant(), &object(), PrincipalType::User);
    let error = ensure.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Operation);
    assert!(error.to_string().contains("principalType"), "{error}");
}

#[tokio::test]
async fn ensuring_stops_at_a_read_that_is_refused() {
    let fake = Fake::script([answer(401, &[], "")]);
    let (client, _) = client(&fake.url());
    let ensure = client
        .assignments()
        .ensure(&tenant(), &object(), PrincipalType::User);
    assert!(ensure.await.unwrap_err().is_permission());
    assert_eq!(methods(&fake), ["GET"]);
}

#[tokio::test]
async fn options_hold_for_every_request_of_a_flow() {
    let fake = Fake::script([gone(), json(201, &user())]);
    let (client, _) = client(&fake.url());
    let options = RequestOptions::new()
        .api_version("2026-09-23".parse().unwrap())
        .client_request_id("ticket-4711");
    let ensure = client
        .assignments()
        .ensure(&tenant(), &object(), PrincipalType::User);
    ensure.options(options.clone()).await.unwrap();
    let fake2 = Fake::script([answer(204, &[], ""), gone()]);
    let (client, _) = crate::calls::client(&fake2.url());
    let revoke = client.assignments().revoke_and_verify(&tenant(), &object());
    revoke.options(options).await.unwrap();
    for request in fake.requests().iter().chain(&fake2.requests()) {
        assert_eq!(request.version(), "2026-09-23");
        assert_eq!(
            request.header("x-ms-client-request-id"),
            Some("ticket-4711")
        );
    }
}
