//! Owns what a call may take at most: bytes of an answer, time, attempts, and retries of the whole client.

use std::time::Duration;

use teams_phone::{Client, ErrorKind, RequestOptions, RetryPolicy};
use teams_phone_tests::{Fake, HeldClock, Step, answer, json};

use crate::calls::{ASSIGNMENT, client_with, create, object, read, tenant};

const SECOND: Duration = Duration::from_secs(1);

fn with(url: &str, policy: RetryPolicy) -> (Client, HeldClock) {
    client_with(url, |builder| builder.retry(policy))
}

#[tokio::test]
async fn an_answer_that_announces_too_much_is_not_read() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n{";
    let fake = Fake::always(Step::Send(head.as_bytes().to_vec()));
    let (client, _) = with(&fake.url(), RetryPolicy::default());
    let error = read(&client).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Decode, Some(200))
    );
    assert_eq!(fake.requests().len(), 1);
}

#[tokio::test]
async fn an_answer_that_does_not_end_is_cut_off() {
    let mut bytes = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec();
    bytes.resize(20 * 1024 * 1024, b' ');
    let fake = Fake::always(Step::Send(bytes));
    let (client, _) = with(&fake.url(), RetryPolicy::default());
    let error = read(&client).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Decode, Some(200))
    );
    assert!(error.message().contains("larger than"), "{error}");
    assert_eq!(fake.requests().len(), 1);
}

#[tokio::test]
async fn a_server_that_says_nothing_times_out() {
    let fake = Fake::always(Step::Hang);
    let policy = RetryPolicy::default()
        .max_attempts(2)
        .attempt_timeout(Duration::from_millis(100));
    let (client, _) = with(&fake.url(), policy);
    for (error, attempts) in [
        (read(&client).await.unwrap_err(), 2),
        (create(&client).await.unwrap_err(), 1),
    ] {
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error:?}");
        assert_eq!(error.attempts(), attempts, "{error:?}");
        assert!(error.is_retryable());
    }
}

#[tokio::test]
async fn the_time_of_one_call_bounds_a_hanging_attempt() {
    let fake = Fake::always(Step::Hang);
    let (client, _) = with(&fake.url(), RetryPolicy::none());
    let options = RequestOptions::new().timeout(Duration::from_millis(100));
    let get = client
        .assignments()
        .get(&tenant(), &object())
        .options(options);
    assert_eq!(get.await.unwrap_err().kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_not_begun() {
    let busy = answer(429, &[("Retry-After", "60")], "");
    for (policy, options) in [
        (
            RetryPolicy::default().deadline(59 * SECOND),
            RequestOptions::new(),
        ),
        (
            RetryPolicy::default(),
            RequestOptions::new().timeout(59 * SECOND),
        ),
    ] {
        let fake = Fake::always(busy.clone());
        let (client, clock) = with(&fake.url(), policy);
        let get = client
            .assignments()
            .get(&tenant(), &object())
            .options(options);
        let error = get.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Throttled);
        assert_eq!(error.retry_after(), Some(60 * SECOND));
        assert_eq!((error.attempts(), clock.sleeps()), (1, vec![]));
    }
}

#[tokio::test]
async fn waits_add_up_to_less_than_the_deadline() {
    let fake = Fake::always(answer(500, &[], ""));
    let policy = RetryPolicy::default()
        .max_attempts(100)
        .deadline(30 * SECOND);
    let (client, clock) = with(&fake.url(), policy);
    clock.set_jitter(0.999);
    let error = read(&client).await.unwrap_err();
    assert_eq!(error.status(), Some(500));
    let waited: Duration = clock.sleeps().iter().sum();
    assert!(waited < 30 * SECOND, "{waited:?}");
    assert_eq!(error.attempts() as usize, clock.sleeps().len() + 1);
    assert!(error.attempts() > 3);
}

#[tokio::test]
async fn a_client_stops_to_repeat_when_nothing_ever_works() {
    let fake = Fake::always(answer(500, &[], ""));
    let policy = RetryPolicy::default()
        .max_attempts(1000)
        .deadline(Duration::MAX / 4);
    let (client, _) = with(&fake.url(), policy);
    assert_eq!(read(&client).await.unwrap_err().attempts(), 101);
    let clone = client.clone();
    assert_eq!(read(&clone).await.unwrap_err().attempts(), 1);
}

#[tokio::test]
async fn successes_allow_new_retries() {
    let mut steps = vec![answer(500, &[], ""); 101];
    steps.extend(vec![json(200, ASSIGNMENT); 5]);
    steps.extend([answer(500, &[], ""), json(200, ASSIGNMENT)]);
    let fake = Fake::script(steps);
    let policy = RetryPolicy::default()
        .max_attempts(1000)
        .deadline(Duration::MAX / 4);
    let (client, _) = with(&fake.url(), policy);
    assert_eq!(read(&client).await.unwrap_err().attempts(), 101);
    for _ in 0..6 {
        read(&client).await.unwrap();
    }
}

#[tokio::test]
async fn attempts_are_as_many_as_allowed() {
    for (policy, attempts) in [
        (RetryPolicy::default(), 5),
        (RetryPolicy::default().max_attempts(2), 2),
        (RetryPolicy::default().max_attempts(0), 1),
        (RetryPolicy::none(), 1),
    ] {
        let fake = Fake::always(answer(503, &[], ""));
        let (client, _) = with(&fake.url(), policy.clone());
        assert_eq!(read(&client).await.unwrap_err().attempts(), attempts);
        assert_eq!(fake.requests().len(), attempts as usize);
        let (client, _) = with(&fake.url(), RetryPolicy::default());
        let options = RequestOptions::new().retry(policy);
        let get = client
            .assignments()
            .get(&tenant(), &object())
            .options(options);
        assert_eq!(get.await.unwrap_err().attempts(), attempts);
    }
}
