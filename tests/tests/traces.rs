//! What is traced: one span per call, one event per attempt, and no secret at any level.
//!
//! A binary of its own, because it listens to everything that its process traces.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::{Duration, SystemTime};

use teams_phone::assignments::Assignment;
use teams_phone::{BearerToken, Client, Credential, Endpoint, Result, Scope, StaticToken};
use teams_phone_tests::{Fake, KEY, Log, OBJECT, Step, TENANT, answer, client, json};

const ASSIGNMENT: &str = concat!(
    r#"{"objectId":"e5b7f628-ea94-4fdc-b3d9-1af1fe231111","#,
    r#""tenantId":"87d349ed-44d7-43e1-9a83-5f2406dee5bd","#,
    r#""principalType":"teamsResourceAccount"}"#
);

const CREATED: &str = concat!(
    r#"{"identity":{"id":"8:acs:1_2"},"#,
    r#""accessToken":{"token":"issued-hunter2","expiresOn":"2025-04-14T17:32:27.2078535+00:00"}}"#
);

async fn read(client: &Client) -> Result<Assignment> {
    let assignments = client.assignments();
    assignments.get(&TENANT.parse()?, &OBJECT.parse()?).await
}

fn with_bearer(url: &str) -> Client {
    let expiry = SystemTime::UNIX_EPOCH + Duration::from_secs(4_000_000_000);
    let token = StaticToken::new(BearerToken::new("bearer-hunter2", expiry));
    let endpoint: Endpoint = url.parse().unwrap();
    let builder = Client::builder().endpoint(endpoint);
    builder
        .credential(Credential::token(token))
        .build()
        .unwrap()
}

#[tokio::test]
async fn nothing_that_is_traced_shows_a_secret() {
    let log = Log::catch();
    let fake = Fake::script([
        json(201, CREATED),
        answer(503, &[("MS-CV", "cv.1")], ""),
        Step::Close,
        answer(401, &[], ""),
        json(201, CREATED),
    ]);
    let (client, _) = client(&fake.url());
    let create = |client: &Client| client.identities().create().with_token([Scope::Chat]);
    create(&client).await.unwrap();
    read(&client).await.unwrap_err();
    create(&with_bearer(&fake.url())).await.unwrap();
    let text = log.text();
    assert!(text.contains("identity_create"), "{text}");
    let mut secrets: Vec<String> = [
        "a key that must not be seen",
        "issued-hunter2",
        "bearer-hunter2",
    ]
    .map(str::to_owned)
    .to_vec();
    secrets.push(KEY.to_owned());
    for request in fake.requests() {
        let authorization = request.header("authorization").unwrap();
        let secret = authorization.rsplit("Signature=").next().unwrap();
        secrets.push(secret.to_owned());
    }
    for secret in secrets {
        assert!(!text.contains(&secret), "{secret} is in {text}");
    }
}

#[tokio::test]
async fn a_call_is_traced_as_one_span_with_an_event_per_attempt() {
    let log = Log::catch();
    let fake = Fake::script([answer(503, &[("MS-CV", "cv.1")], ""), json(200, ASSIGNMENT)]);
    let (client, _) = client(&fake.url());
    read(&client).await.unwrap();
    let text = log.text();
    let ours: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("teams_extension_assignment_get"))
        .collect();
    assert_eq!(ours.len(), 3, "{text}");
    for (line, parts) in ours.iter().zip([
        &["teams_extension_assignment_get"][..],
        &["attempt=1", "status=503", "cv.1"],
        &["attempt=2", "status=200"],
    ]) {
        assert!(parts.iter().all(|part| line.contains(part)), "{line}");
    }
}
