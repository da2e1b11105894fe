//! Owns when an attempt is repeated and after what wait: one row per rule, for calls that may be repeated and for one
//! that may not.

use std::time::Duration;

use teams_phone::{Client, ErrorKind, Result, Scope};
use teams_phone_tests::{Fake, Step, answer, json, raw};

use crate::calls::{ASSIGNMENT, IDENTITY, client, create, object, read, tenant};

/// What follows a first attempt.
#[derive(Debug, PartialEq)]
enum Then {
    /// Both calls are repeated, after this many milliseconds.
    Repeat(u64),
    /// The idempotent call is repeated after this many milliseconds, the other one is not.
    RepeatIdempotent(u64),
    /// Neither is repeated.
    GiveUp,
}

use Then::{GiveUp, Repeat, RepeatIdempotent};

/// Half of the first back-off, since the clock's jitter is one half.
const BACK_OFF: u64 = 250;

fn rules() -> Vec<(Step, Then)> {
    let with = |status, name, value| answer(status, &[(name, value)], "");
    let plain = |status| answer(status, &[], "");
    let mut rules = vec![
        (plain(429), Repeat(BACK_OFF)),
        (with(429, "Retry-After", "7"), Repeat(7000)),
        (
            with(429, "Retry-After", "Mon, 14 Apr 2025 15:32:35 GMT"),
            Repeat(10_000),
        ),
        (with(429, "retry-after-ms", "300"), Repeat(300)),
        (with(429, "x-ms-retry-after-ms", "300"), Repeat(300)),
        // Never at once, whatever the service says.
        (with(429, "Retry-After", "0"), Repeat(50)),
        (
            with(429, "Retry-After", "Mon, 14 Apr 2025 15:00:00 GMT"),
            Repeat(50),
        ),
        (with(429, "Retry-After", "soon"), Repeat(BACK_OFF)),
        (with(503, "Retry-After", "2"), Repeat(2000)),
        (plain(503), RepeatIdempotent(BACK_OFF)),
        (with(500, "Retry-After", "2"), RepeatIdempotent(2000)),
        (Step::Close, RepeatIdempotent(BACK_OFF)),
        (
            raw("HTTP/1.1 200 OK\r\nContent-Le"),
            RepeatIdempotent(BACK_OFF),
        ),
        (
            raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"obj"),
            RepeatIdempotent(BACK_OFF),
        ),
        (
            raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"obj\r\n"),
            RepeatIdempotent(BACK_OFF),
        ),
    ];
    rules.extend([408, 500, 502, 504].map(|status| (plain(status), RepeatIdempotent(BACK_OFF))));
    rules.extend(
        [400, 401, 403, 404, 409, 412, 413, 501, 505].map(|status| (plain(status), GiveUp)),
    );
    rules.push((with(400, "Retry-After", "1"), GiveUp));
    rules
}

/// Makes a call after a step and says how often it was sent and what was waited for.
async fn observe(
    step: &Step,
    success: Step,
    call: impl AsyncFn(&Client) -> Result<()>,
) -> (usize, Vec<Duration>, Result<()>) {
    let fake = Fake::script([step.clone(), success]);
    let (client, clock) = client(&fake.url());
    let result = call(&client).await;
    (fake.requests().len(), clock.sleeps(), result)
}

#[tokio::test]
async fn only_what_is_safe_is_repeated_and_only_after_a_wait() {
    for (step, then) in rules() {
        let (idempotent, not) = match then {
            Repeat(wait) => (Some(wait), Some(wait)),
            RepeatIdempotent(wait) => (Some(wait), None),
            GiveUp => (None, None),
        };
        let read = async |client: &Client| read(client).await.map(drop);
        let create = async |client: &Client| create(client).await.map(drop);
        let calls = [
            (
                idempotent,
                observe(&step, json(200, ASSIGNMENT), read).await,
            ),
            (not, observe(&step, json(201, IDENTITY), create).await),
        ];
        for (wait, (requests, sleeps, result)) in calls {
            let name = format!("{}, {then:?}: {result:?}", describe(&step));
            match wait {
                Some(wait) => {
                    assert!(result.is_ok(), "{name}");
                    assert_eq!(requests, 2, "{name}");
                    assert_eq!(sleeps, [Duration::from_millis(wait)], "{name}");
                }
                None => {
                    assert_eq!(result.unwrap_err().attempts(), 1, "{name}");
                    assert_eq!((requests, sleeps), (1, vec![]), "{name}");
                }
            }
        }
    }
}

fn describe(step: &Step) -> String {
    match step {
        Step::Send(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        other => format!("{other:?}"),
    }
}

#[tokio::test]
async fn every_call_is_repeated_after_a_lost_answer_except_anonymous_creation() {
    const TOKEN: &str = r#"{"token":"opaque","expiresOn":"2025-04-14T17:32:27Z"}"#;
    let id = || "8:acs:1_2".parse().unwrap();
    let kind = teams_phone::PrincipalType::User;
    let lost =
        async |success: Step,
               call: &dyn Fn(Client) -> futures::future::BoxFuture<'static, bool>| {
            let fake = Fake::script([Step::Close, success]);
            let (client, _) = client(&fake.url());
            let ok = call(client).await;
            assert_eq!(fake.requests().len(), if ok { 2 } else { 1 });
            ok
        };
    macro_rules! repeats {
        ($success:expr, |$client:ident| $call:expr) => {
            lost($success, &|$client| {
                let call = $call;
                Box::pin(async move { call.await.is_ok() })
            })
            .await
        };
    }
    assert!(repeats!(json(200, ASSIGNMENT), |c| c
        .assignments()
        .get(&tenant(), &object())));
    assert!(repeats!(json(201, ASSIGNMENT), |c| c.assignments().grant(
        &tenant(),
        &object(),
        kind.clone()
    )));
    assert!(repeats!(answer(204, &[], ""), |c| c
        .assignments()
        .revoke(&tenant(), &object())));
    assert!(repeats!(json(200, r#"{"id":"8:acs:1_2"}"#), |c| c
        .identities()
        .get(&id())));
    assert!(repeats!(answer(204, &[], ""), |c| c
        .identities()
        .delete(&id())));
    assert!(repeats!(answer(204, &[], ""), |c| c
        .identities()
        .revoke_tokens(&id())));
    assert!(repeats!(json(200, TOKEN), |c| c
        .identities()
        .issue_token(&id(), [Scope::Chat])));
    assert!(repeats!(json(201, IDENTITY), |c| c
        .identities()
        .create()
        .custom_id("agent-17".parse().unwrap())));
    assert!(!repeats!(json(201, IDENTITY), |c| c.identities().create()));
    assert!(!repeats!(json(201, IDENTITY), |c| c
        .identities()
        .create()
        .with_token([Scope::Chat])));
}

#[tokio::test]
async fn a_refused_connection_is_always_repeated() {
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let (client, clock) = client(&format!("http://127.0.0.1:{port}"));
    for error in [
        read(&client).await.unwrap_err(),
        create(&client).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Connect, "{error:?}");
        assert_eq!(error.attempts(), 5);
        assert!(error.to_string().ends_with("after 5 attempts"), "{error}");
    }
    assert_eq!(clock.sleeps().len(), 8);
}

#[tokio::test]
async fn waits_double_and_are_spread() {
    for (jitter, expected) in [(0.0, [50, 50, 50, 50]), (0.5, [250, 500, 1000, 2000])] {
        let fake = Fake::always(answer(503, &[], ""));
        let (client, clock) = client(&fake.url());
        clock.set_jitter(jitter);
        let error = read(&client).await.unwrap_err();
        assert_eq!(error.attempts(), 5);
        assert_eq!(clock.sleeps(), expected.map(Duration::from_millis));
    }
}

#[tokio::test]
async fn a_connection_that_ends_between_calls_costs_no_call_and_repeats_none() {
    let open = |body: &str| {
        raw(&format!(
            "HTTP/1.1 201 Created\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ))
    };
    let fake = Fake::script([open(IDENTITY), Step::Close, json(201, IDENTITY)]);
    let (client, _) = client(&fake.url());
    create(&client).await.unwrap();
    // The second request comes over the same connection and is read, so it may have been processed.
    let error = create(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 1));
    assert_eq!((fake.requests().len(), fake.connections()), (2, 1));
    create(&client).await.unwrap();
    assert_eq!((fake.requests().len(), fake.connections()), (3, 2));
}
