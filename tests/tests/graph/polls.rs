//! Owns how an order is followed to its end: what each answer leads to, how often is asked and after what wait.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde_json::json;
use teams_phone::clock::{Clock, ManualClock, Sleep};
use teams_phone::numbers::{NumberType, Outcome};
use teams_phone::poll::PollPolicy;
use teams_phone::{ErrorKind, RetryPolicy};
use teams_phone_emulator::{Delay, LocationStyle, OperationPlan};
use teams_phone_tests::{Fake, Step, answer, graph_client, graph_client_with, start};
use tokio::sync::Notify;

use crate::bodies::{JSON, OPERATIONS, client, found, ok, operation, start_assign, taken};
use crate::target::{ACCOUNT_ID, NUMBER, demo, number, object};

/// What a wait ends with.
#[derive(Debug, PartialEq)]
enum End {
    /// A report with this verdict and this word of the service's.
    Report(Outcome, &'static str),
    /// An error of this kind, perhaps of a status.
    Error(ErrorKind, Option<u16>),
}

use End::{Error, Report};
use Outcome::{Failed, Partial, Succeeded};

/// Answers, then the end and the waits in milliseconds.
type Row = (Vec<Step>, End, Vec<u64>);

fn is(status: &str) -> Step {
    ok(&operation(status, &[status]))
}

fn of(status: &str, numbers: &[&str]) -> Step {
    ok(&operation(status, numbers))
}

fn wait_for(status: &str, seconds: &str) -> Step {
    let body = operation(status, &[]).to_string();
    answer(200, &[JSON, ("Retry-After", seconds)], &body)
}

fn refused(status: u16) -> Step {
    answer(status, &[], "")
}

/// The ends that the service names.
fn ends() -> Vec<Row> {
    let done = || Report(Succeeded, "succeeded");
    let at_once = |step, end| (vec![step], end, vec![]);
    vec![
        at_once(is("succeeded"), done()),
        at_once(
            of("Succeeded", &["SUCCEEDED"]),
            Report(Succeeded, "Succeeded"),
        ),
        at_once(of("succeeded", &[]), done()),
        at_once(
            ok(&json!({ "value": operation("succeeded", &["succeeded"]) })),
            done(),
        ),
        at_once(is("failed"), Report(Failed, "failed")),
        at_once(is("skipped"), Report(Failed, "skipped")),
        at_once(of("succeeded", &["skipped"]), Report(Failed, "succeeded")),
        at_once(
            is("unknownFutureValue"),
            Report(Failed, "unknownFutureValue"),
        ),
        at_once(is("rolledBack"), Report(Failed, "rolledBack")),
        at_once(
            of("succeeded", &["succeeded", "failed"]),
            Report(Partial, "succeeded"),
        ),
        at_once(
            of("failed", &["succeeded", "failed"]),
            Report(Partial, "failed"),
        ),
        (
            vec![
                is("notStarted"),
                is("running"),
                is("running"),
                is("succeeded"),
            ],
            done(),
            vec![1000, 1500, 2250],
        ),
        // A number that is not over keeps the order open, whatever the order says of itself.
        (
            vec![of("succeeded", &["succeeded", "running"]), is("succeeded")],
            done(),
            vec![1000],
        ),
        (
            vec![is("running"), is("failed")],
            Report(Failed, "failed"),
            vec![1000],
        ),
    ]
}

/// Waits that the service names, and answers that are none.
fn obstacles() -> Vec<Row> {
    let done = || Report(Succeeded, "succeeded");
    vec![
        (
            vec![
                wait_for("notStarted", "7"),
                wait_for("running", "0"),
                is("succeeded"),
            ],
            done(),
            vec![7000, 500],
        ),
        (
            vec![
                wait_for("running", "Mon, 14 Apr 2025 15:32:37 GMT"),
                is("succeeded"),
            ],
            done(),
            vec![12_000],
        ),
        (
            vec![
                answer(429, &[("Retry-After", "3")], ""),
                is("running"),
                is("succeeded"),
            ],
            done(),
            vec![3000, 1000],
        ),
        (vec![refused(503), is("succeeded")], done(), vec![250]),
        (vec![Step::Close, is("succeeded")], done(), vec![250]),
        (
            vec![is("running"), refused(500), refused(502), is("succeeded")],
            done(),
            vec![1000, 250, 500],
        ),
        // What one request gives up on, the wait does not.
        (
            [vec![refused(500); 5], vec![is("succeeded")]].concat(),
            done(),
            vec![250, 500, 1000, 2000, 1000],
        ),
        // Another process may have been killed a moment after the order was taken.
        (
            vec![refused(404), is("running"), is("succeeded")],
            done(),
            vec![1000, 1500],
        ),
        (
            vec![refused(404); 5],
            Error(ErrorKind::Service, Some(404)),
            vec![1000, 1500, 2250, 3375],
        ),
        (
            vec![refused(403)],
            Error(ErrorKind::Service, Some(403)),
            vec![],
        ),
        (
            vec![refused(401)],
            Error(ErrorKind::Service, Some(401)),
            vec![],
        ),
        (
            vec![ok(&json!({}))],
            Error(ErrorKind::Decode, Some(200)),
            vec![],
        ),
        (
            vec![answer(200, &[JSON], "{\"id\":\"op-1\",\"sta")],
            Error(ErrorKind::Decode, Some(200)),
            vec![],
        ),
        (
            vec![answer(200, &[], "<html>Sign in</html>")],
            Error(ErrorKind::Decode, Some(200)),
            vec![],
        ),
    ]
}

#[tokio::test]
async fn each_answer_leads_to_its_end() {
    for (row, (steps, end, waits)) in ends().into_iter().chain(obstacles()).enumerate() {
        let fake = Fake::script(steps.clone());
        let (client, clock) = client(&fake);
        let id = "op-1".parse().unwrap();
        let name = format!("row {row}, {end:?}");
        let seen = match client.numbers().operation(&id).wait().await {
            Ok(report) => {
                let is_success = report.outcome() == Succeeded;
                assert_eq!(report.clone().into_result().is_ok(), is_success, "{name}");
                let Report(_, word) = end else {
                    panic!("{name}: {report:?}")
                };
                assert_eq!(report.status.as_str(), word, "{name}");
                Report(report.outcome(), word)
            }
            Err(error) => {
                assert_eq!(error.target(), Some("op-1"), "{name}: {error:?}");
                assert_eq!(error.operation(), Some("operation_get"), "{name}");
                Error(error.kind(), error.status())
            }
        };
        assert_eq!(seen, end, "{name}");
        let waits: Vec<_> = waits.into_iter().map(Duration::from_millis).collect();
        assert_eq!(clock.sleeps(), waits, "{name}");
        assert_eq!(fake.requests().len(), steps.len(), "{name}");
        let path = format!("{OPERATIONS}/op-1");
        assert!(fake.requests().iter().all(|sent| sent.path() == path));
    }
}

#[tokio::test]
async fn a_failure_has_the_raw_state_and_each_numbers_words() {
    let fake = Fake::script([of("rolledBack", &["succeeded", "skipped"])]);
    let id = "op-1".parse().unwrap();
    let report = client(&fake).0.numbers().operation(&id).wait().await;
    let error = report.unwrap().into_result().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Operation);
    assert_eq!(error.target(), Some("op-1"));
    let states: Vec<_> = error.details().iter().map(|of| of.code.as_str()).collect();
    assert_eq!(states, ["succeeded", "skipped"]);
    let text = error.to_string();
    for word in ["rolledBack", "some of the numbers", "the service's words"] {
        assert!(text.contains(word), "{text}");
    }
}

#[tokio::test]
async fn waiting_ends_on_time_with_the_id_to_go_on_with() {
    let second = Duration::from_secs(1);
    let policy = PollPolicy::default().first_wait(4 * second).factor(1.0);
    for (step, waits) in [
        (is("running"), vec![4, 4, 2]),
        (wait_for("running", "60"), vec![]),
    ] {
        let fake = Fake::always(step);
        let (client, clock) = client(&fake);
        let operation = client.numbers().operation(&"op-1".parse().unwrap());
        let error = operation
            .poll_policy(policy.within(10 * second))
            .wait()
            .await;
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert_eq!(error.target(), Some("op-1"));
        assert!(
            error.hint().unwrap().contains("by its id"),
            "{:?}",
            error.hint()
        );
        assert!(error.to_string().contains("10 s"), "{error}");
        let waits: Vec<_> = waits.into_iter().map(Duration::from_secs).collect();
        assert_eq!(clock.sleeps(), waits, "a wait beyond the end is not begun");
        assert_eq!(fake.requests().len(), waits.len() + 1);
    }
}

#[tokio::test]
async fn an_outage_is_waited_out_until_the_time_is_over() {
    let fake = Fake::always(refused(503));
    let (client, clock) = client(&fake);
    let minute = Duration::from_secs(60);
    let operation = client.numbers().operation(&"op-1".parse().unwrap());
    let policy = PollPolicy::default().within(minute);
    let error = operation.poll_policy(policy).wait().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error:?}");
    assert_eq!(error.target(), Some("op-1"));
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("503"), "{source}");
    let spent: Duration = clock.sleeps().iter().sum();
    assert!((minute..2 * minute).contains(&spent), "{spent:?}");
}

/// Readers may not know a new operation yet; one that was stored has had time to become known.
#[tokio::test]
async fn a_new_operation_may_be_unknown_for_a_while() {
    let fake = Fake::script([taken(), refused(404), refused(404), is("succeeded")]);
    let (short, clock) = client(&fake);
    let report = start_assign(&short).await.unwrap().wait().await.unwrap();
    assert_eq!(report.outcome(), Succeeded);
    assert_eq!(clock.sleeps(), [1000, 1500].map(Duration::from_millis));

    let fake = Fake::script([taken()].into_iter().chain(vec![refused(404); 20]));
    let (long, clock) = client(&fake);
    let error = start_assign(&long).await.unwrap().wait().await.unwrap_err();
    assert!(error.is_not_found(), "{error:?}");
    assert_eq!(error.target(), Some("op-1"));
    let spent: Duration = clock.sleeps().iter().sum();
    let half_minute = Duration::from_secs(30);
    assert!((half_minute..2 * half_minute).contains(&spent), "{spent:?}");
}

#[tokio::test]
async fn the_wait_that_comes_with_the_202_is_kept_before_the_first_look() {
    let location = format!("{OPERATIONS}('op-1')");
    let headers = [("Location", location.as_str()), ("Retry-After", "5")];
    let fake = Fake::script([answer(202, &headers, ""), is("running"), is("succeeded")]);
    let (client, clock) = client(&fake);
    let operation = start_assign(&client).await.unwrap();
    assert!(clock.sleeps().is_empty(), "starting waits for nothing");
    operation.wait().await.unwrap();
    assert_eq!(clock.sleeps()[0], Duration::from_secs(5));
    assert_eq!(clock.sleeps().len(), 2);
}

#[tokio::test]
async fn every_style_of_location_is_followed() {
    for style in [
        LocationStyle::Key,
        LocationStyle::Segment,
        LocationStyle::Relative,
        LocationStyle::Foreign("https://graph.microsoft.com".to_owned()),
        LocationStyle::Missing,
    ] {
        let emulator = demo().await;
        emulator
            .graph()
            .configure(|graph| graph.location = style.clone());
        let (client, _) = graph_client(emulator.url(), &emulator.graph().app_token());
        let numbers = client.numbers();
        let order = numbers.assign(
            &number(NUMBER),
            &object(ACCOUNT_ID),
            NumberType::CallingPlan,
        );
        let report = order.await.unwrap();
        assert_eq!(report.id.is_none(), style == LocationStyle::Missing);
        let held = emulator.graph().number(NUMBER).unwrap();
        assert_eq!(held.assignment_target_id(), Some(ACCOUNT_ID), "{style:?}");
    }
}

#[tokio::test]
async fn an_operation_on_another_host_is_not_asked_for() {
    let elsewhere = Fake::always(is("succeeded"));
    let lookalikes = [
        "https://graph.microsoft.com.evil.example",
        "https://graph.microsoft.com@evil.example",
        "http://graph.microsoft.com",
    ];
    for host in lookalikes.iter().copied().chain([elsewhere.url().as_str()]) {
        let location = format!("{host}{OPERATIONS}('op-1')");
        let fake = Fake::script([answer(202, &[("Location", &location)], "")]);
        let error = start_assign(&client(&fake).0).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{host}: {error:?}");
        assert_eq!(error.operation(), Some("number_assign"));
        assert!(error.hint().unwrap().contains("read the number"));
        assert_eq!(fake.requests().len(), 1);
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn an_operation_without_an_id_is_followed_by_its_number() {
    let fake = Fake::script([
        answer(202, &[], ""),
        found("unassigned", None),
        found("voiceApplicationAssigned", Some(teams_phone_tests::OBJECT)),
    ]);
    let (client, clock) = client(&fake);
    let operation = start_assign(&client).await.unwrap();
    assert_eq!(operation.id(), None);
    let report = operation.wait().await.unwrap();
    assert_eq!((report.id.clone(), report.outcome()), (None, Succeeded));
    assert_eq!(report.numbers[0].telephone_number, Some(number(NUMBER)));
    assert!(report.numbers[0].status_detail.is_some());
    assert_eq!(clock.sleeps().len(), 1);
}

/// A clock whose waits never end, and that says when one begins.
#[derive(Clone)]
struct Halted(Arc<(ManualClock, Notify)>);

impl fmt::Debug for Halted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Halted")
    }
}

impl Clock for Halted {
    fn now(&self) -> SystemTime {
        self.0.0.now()
    }

    fn elapsed(&self) -> Duration {
        self.0.0.elapsed()
    }

    fn sleep(&self, _: Duration) -> Sleep<'_> {
        self.0.1.notify_one();
        Box::pin(std::future::pending())
    }

    fn jitter(&self) -> f64 {
        self.0.0.jitter()
    }
}

#[tokio::test]
async fn a_wait_that_is_dropped_sends_nothing_more_and_the_order_goes_on() {
    let emulator = demo().await;
    let graph = emulator.graph();
    graph.plan(OperationPlan::succeed().after(Delay::Polls(2)));
    let clock = Halted(Arc::new((ManualClock::new(start()), Notify::new())));
    let client = graph_client_with(emulator.url(), &graph.app_token(), |builder| {
        builder.clock(clock.clone()).retry(RetryPolicy::none())
    });
    let numbers = client.numbers();
    let order = numbers.assign(
        &number(NUMBER),
        &object(ACCOUNT_ID),
        NumberType::CallingPlan,
    );
    let operation = order.start().await.unwrap();
    tokio::select! {
        biased;
        ended = operation.wait() => panic!("{ended:?}"),
        () = clock.0.1.notified() => {}
    }
    let sent = emulator.requests().len();
    assert_eq!(sent, 2, "the order and one look");
    let printed = operation.id().unwrap().to_string();
    assert_eq!(
        graph.operation_status(&printed).as_deref(),
        Some("notStarted")
    );
    drop((operation, client));
    assert_eq!(emulator.requests().len(), sent);

    let (other, _) = graph_client(emulator.url(), &graph.app_token());
    let resumed = other.numbers().operation(&printed.parse().unwrap());
    assert_eq!(resumed.wait().await.unwrap().outcome(), Succeeded);
    let posts = emulator.requests();
    let posts = posts.iter().filter(|sent| sent.method == "POST");
    assert_eq!(posts.count(), 1);
}
