//! Owns what becomes of an order whose answer is bad or lost: the number is read before it is given again, and it takes
//! effect once.

use std::sync::Mutex;
use std::time::Duration;

use teams_phone::numbers::{NumberType, OperationReport, Outcome};
use teams_phone::{ErrorKind, GraphClient, RequestOptions, Result, RetryPolicy};
use teams_phone_emulator::{Delay, Emulator, Fault, GraphNumber};
use teams_phone_tests::{ActingClock, Fake, OBJECT, Step, answer, graph_client, graph_client_with};

use crate::bodies::{NUMBERS, client, found, found_in, ok, operation, start_assign, taken};
use crate::target::{ACCOUNT, ACCOUNT_ID, NUMBER, USER, USER_ID, demo, number, object};

/// The two orders.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Give {
    Assign,
    Unassign,
}

use Give::{Assign, Unassign};

impl Give {
    fn path(self) -> &'static str {
        match self {
            Assign => "**/assignNumber",
            Unassign => "**/unassignNumber",
        }
    }

    async fn send(self, client: &GraphClient) -> Result<OperationReport> {
        let (numbers, kind) = (client.numbers(), NumberType::CallingPlan);
        match self {
            Assign => {
                numbers
                    .assign(&number(NUMBER), &object(ACCOUNT_ID), kind)
                    .await
            }
            Unassign => {
                let order = numbers.unassign(&number(NUMBER), kind);
                order.held_by(&object(ACCOUNT_ID)).await
            }
        }
    }

    fn holder_after(self) -> Option<&'static str> {
        (self == Assign).then_some(ACCOUNT_ID)
    }
}

/// A tenant in which the order has something to do.
async fn tenant(give: Give) -> Emulator {
    let emulator = demo().await;
    if give == Unassign {
        let held = GraphNumber::service(NUMBER).assigned_to(ACCOUNT);
        emulator.graph().add_number(held).unwrap();
    }
    emulator
}

/// Methods in order, reads of the operation left out.
fn sent(emulator: &Emulator) -> String {
    let requests = emulator.requests();
    let of_order = requests
        .iter()
        .filter(|sent| !sent.path().contains("/operations"));
    let methods: Vec<&str> = of_order.map(|sent| sent.method.as_str()).collect();
    methods.join(" ")
}

/// Bad answers to an order, with what is sent then.
fn mishaps() -> Vec<(Fault, &'static str)> {
    vec![
        (Fault::respond(503, "x"), "POST GET POST"),
        (
            Fault::respond(503, "x").header("Retry-After", "2"),
            "POST GET POST",
        ),
        (Fault::empty(500), "POST GET POST"),
        (Fault::html(502), "POST GET POST"),
        (Fault::empty(504), "POST GET POST"),
        (Fault::respond(408, "x"), "POST GET POST"),
        (Fault::drop_before(), "POST GET POST"),
        (Fault::throttle(3), "POST POST"),
        (Fault::throttle_silently(), "POST POST"),
        // Processed: the number shows it at once.
        (Fault::respond(503, "x").processed(), "POST GET"),
        (
            Fault::respond(503, "x")
                .header("Retry-After", "2")
                .processed(),
            "POST GET",
        ),
        (Fault::respond(504, "x").processed(), "POST GET"),
        (Fault::drop_after(), "POST GET"),
    ]
}

#[tokio::test]
async fn the_number_is_read_before_an_order_is_given_again() {
    for give in [Assign, Unassign] {
        for (fault, expected) in mishaps() {
            let name = format!("{give:?} {fault:?}");
            let emulator = tenant(give).await;
            let graph = emulator.graph();
            graph.configure(|graph| graph.operations = Delay::Polls(0));
            emulator.inject(fault.path(give.path()).times(1));
            let (client, _) = graph_client(emulator.url(), &graph.app_token());
            let report = give
                .send(&client)
                .await
                .unwrap_or_else(|why| panic!("{name}: {why:?}"));
            assert_eq!(report.outcome(), Outcome::Succeeded, "{name}");
            let reads = sent(&emulator)
                .trim_start_matches(expected)
                .replace("GET", "");
            assert_eq!(reads.trim(), "", "{name}: {}", sent(&emulator));
            assert!(
                sent(&emulator).starts_with(expected),
                "{name}: {}",
                sent(&emulator)
            );
            assert_eq!(graph.operations().len(), 1, "{name}: one order in effect");
            let held = graph.number(NUMBER).unwrap();
            assert_eq!(held.assignment_target_id(), give.holder_after(), "{name}");
        }
    }
}

/// The order is under way and the number does not show it: the second order is refused, which is no failure.
#[tokio::test]
async fn a_conflict_after_a_lost_answer_is_with_our_own_order() {
    for give in [Assign, Unassign] {
        for polls in [1, 2, 6] {
            let emulator = tenant(give).await;
            let graph = emulator.graph();
            graph.configure(|graph| graph.operations = Delay::Polls(polls));
            emulator.inject(Fault::drop_after().path(give.path()).times(1));
            let (client, _) = graph_client(emulator.url(), &graph.app_token());
            let report = give.send(&client).await.unwrap();
            assert_eq!(report.outcome(), Outcome::Succeeded, "{give:?} {polls}");
            assert_eq!(graph.operations().len(), 1);
            let held = graph.number(NUMBER).unwrap();
            assert_eq!(held.assignment_target_id(), give.holder_after());
        }
    }
}

/// Given again, it could take the number from somebody who got it in between.
#[tokio::test]
async fn a_number_is_not_unassigned_again_if_nobody_knows_from_whom() {
    for fault in [Fault::drop_before(), Fault::empty(504)] {
        let emulator = tenant(Unassign).await;
        emulator.inject(fault.path(Unassign.path()).times(1));
        let (client, clock) = graph_client(emulator.url(), &emulator.graph().app_token());
        let numbers = client.numbers();
        let order = numbers.unassign(&number(NUMBER), NumberType::CallingPlan);
        let error = order.await.unwrap_err();
        assert!(error.is_outcome_unknown(), "{error:?}");
        assert_eq!(sent(&emulator), "POST GET");
        assert!(clock.sleeps().is_empty());
    }
}

#[tokio::test]
async fn a_conflict_without_a_lost_answer_is_said_at_once() {
    let emulator = tenant(Unassign).await;
    let (client, clock) = graph_client(emulator.url(), &emulator.graph().app_token());
    let error = Assign.send(&client).await.unwrap_err();
    assert!(error.is_conflict(), "{error:?}");
    assert_eq!(error.operation(), Some("number_assign"));
    assert_eq!(sent(&emulator), "POST");
    assert!(clock.sleeps().is_empty());
}

/// Somebody gets the number while the order is not known to have been taken.
#[tokio::test]
async fn a_number_that_went_to_somebody_else_meanwhile_is_left_there() {
    let emulator = std::sync::Arc::new(demo().await);
    emulator.inject(Fault::drop_before().path(Assign.path()).times(1));
    let (others, acted) = (emulator.clone(), Mutex::new(false));
    let clock = ActingClock::new(move || {
        let mut acted = acted.lock().unwrap();
        let is_read = others.requests().iter().any(|sent| sent.method == "GET");
        if is_read && !*acted {
            *acted = true;
            let taken = GraphNumber::service(NUMBER).assigned_to(USER);
            others.graph().add_number(taken).unwrap();
        }
    });
    let token = emulator.graph().app_token();
    let client = graph_client_with(emulator.url(), &token, |builder| builder.clock(clock));
    let error = Assign.send(&client).await.unwrap_err();
    assert!(error.is_conflict(), "{error:?}");
    assert!(error.to_string().contains(USER_ID), "{error}");
    assert_eq!(sent(&emulator), "POST GET POST GET");
    let held = emulator.graph().number(NUMBER).unwrap();
    assert_eq!(held.assignment_status(), "userAssigned");
}

#[tokio::test]
async fn an_order_that_the_number_shows_as_pending_is_not_given_again() {
    let fake = Fake::script([
        answer(504, &[], ""),
        found_in("assignmentPending", "unassigned", None),
        found("voiceApplicationAssigned", Some(OBJECT)),
    ]);
    let (client, _) = client(&fake);
    let operation = start_assign(&client).await.unwrap();
    assert_eq!(operation.id(), None);
    assert_eq!(
        operation.wait().await.unwrap().outcome(),
        Outcome::Succeeded
    );
    let methods: Vec<_> = fake
        .requests()
        .into_iter()
        .map(|sent| sent.method)
        .collect();
    assert_eq!(methods, ["POST", "GET", "GET"]);
}

/// The first order goes through after the number was read: the second one fails, and nothing is wrong.
#[tokio::test]
async fn an_order_given_again_is_judged_by_the_number() {
    let went_through = found("voiceApplicationAssigned", Some(OBJECT));
    for (now, succeeds) in [(went_through, true), (found("unassigned", None), false)] {
        let fake = Fake::script([
            answer(504, &[], ""),
            found("unassigned", None),
            taken(),
            ok(&operation("failed", &["failed"])),
            now,
        ]);
        let (client, _) = client(&fake);
        let report = start_assign(&client).await.unwrap().wait().await.unwrap();
        assert_eq!(
            report.outcome() == Outcome::Succeeded,
            succeeds,
            "{report:?}"
        );
        let words = report.numbers[0].status_detail.as_deref();
        assert_eq!(words == Some("the service's words"), !succeeds);
    }
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_is_a_lost_one() {
    let fake = Fake::script([
        Step::Hang,
        found("unassigned", None),
        taken(),
        ok(&operation("succeeded", &["succeeded"])),
    ]);
    let (client, clock) = client(&fake);
    // Long enough for the answers that do come.
    let retry = RetryPolicy::default().attempt_timeout(Duration::from_secs(3));
    let numbers = client.numbers();
    let order = numbers.assign(&number(NUMBER), &object(OBJECT), NumberType::DirectRouting);
    let report = order.options(RequestOptions::new().retry(retry)).await;
    assert_eq!(report.unwrap().outcome(), Outcome::Succeeded);
    assert_eq!(clock.sleeps(), [Duration::from_secs(1)]);
    let paths: Vec<_> = fake
        .requests()
        .iter()
        .map(|sent| sent.path().to_owned())
        .collect();
    let order = format!("{NUMBERS}/assignNumber");
    assert_eq!(paths[..3], [order.as_str(), NUMBERS, &order]);
}

#[tokio::test]
async fn the_wait_of_a_503_is_kept_before_the_order_is_given_again() {
    let busy = answer(503, &[("Retry-After", "9")], "");
    let fake = Fake::script([busy, found("unassigned", None), taken()]);
    let (client, clock) = client(&fake);
    start_assign(&client).await.unwrap();
    assert_eq!(clock.sleeps(), [Duration::from_secs(9)]);
}

#[tokio::test]
async fn giving_again_ends_with_the_first_failure_after_a_minute() {
    let mut steps = Vec::new();
    for _ in 0..20 {
        steps.extend([answer(504, &[], ""), found("unassigned", None)]);
    }
    let fake = Fake::script(steps);
    let (client, clock) = client(&fake);
    let error = start_assign(&client).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Service, Some(504))
    );
    assert!(error.is_outcome_unknown());
    let spent: Duration = clock.sleeps().iter().sum();
    assert_eq!(spent, Duration::from_secs(60));
}

#[tokio::test]
async fn a_number_that_cannot_be_read_leaves_the_outcome_open_and_says_so() {
    let fake = Fake::script([answer(504, &[], ""), answer(403, &[], "")]);
    let error = start_assign(&client(&fake).0).await.unwrap_err();
    assert_eq!(
        (error.status(), error.operation()),
        (Some(504), Some("number_assign"))
    );
    assert!(error.is_outcome_unknown());
    let hint = error.hint().unwrap();
    assert!(hint.contains("read it before repeating"), "{hint}");
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("403"), "{source}");
    assert_eq!(fake.requests().len(), 2);
}

#[tokio::test]
async fn a_refusal_is_said_at_once_and_nothing_is_read() {
    for status in [400, 401, 403, 404, 409, 412] {
        let fake = Fake::script([answer(status, &[], "")]);
        let (client, clock) = client(&fake);
        let error = start_assign(&client).await.unwrap_err();
        assert_eq!(error.status(), Some(status));
        assert!(!error.is_outcome_unknown());
        assert_eq!(fake.requests().len(), 1);
        assert!(clock.sleeps().is_empty());
    }
}
