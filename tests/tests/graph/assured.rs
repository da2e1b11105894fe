//! Owns what is done to have a number assigned or moved, and what the checks before it find.

use teams_phone::numbers::{
    Check, EnsuredNumber, Holding, NumberType, OperationStatus, Preflight, TargetKind, Verdict,
};
use teams_phone::{Error, ErrorKind, GraphClient};
use teams_phone_emulator::{
    Delay, Emulator, Fault, GraphNumber, GraphUser, OperationPlan, ResourceAccount,
};
use teams_phone_tests::{HeldClock, graph_client};

use crate::target::{
    ACCOUNT, ACCOUNT_ID, NUMBER, SKU, USER, USER_ID, USER_NUMBER, demo, number, object,
};

const ORDERS: [&str; 2] = ["/assignNumber", "/unassignNumber"];
const OTHER: &str = "queue@teams-phone-emulator.invalid";
const OTHER_ID: &str = "c0000000-0000-4000-8000-000000000002";

fn full(emulator: &Emulator) -> (GraphClient, HeldClock) {
    graph_client(emulator.url(), &emulator.graph().app_token())
}

/// The small tenant with a second resource account that is ready for a number.
async fn two_accounts() -> Emulator {
    let emulator = demo().await;
    let account = ResourceAccount::new(OTHER).id(OTHER_ID);
    let account = account.usage_location("US").licence(SKU);
    emulator.graph().add_resource_account(account).unwrap();
    emulator
}

/// The orders that were given, by the ends of their paths.
fn orders(emulator: &Emulator) -> Vec<&'static str> {
    let requests = emulator.requests();
    let order = |path: &str| ORDERS.into_iter().find(|order| path.ends_with(order));
    requests
        .iter()
        .filter_map(|sent| order(sent.path()))
        .collect()
}

fn holder(emulator: &Emulator, text: &str) -> Option<String> {
    let found = emulator.graph().number(text).unwrap();
    found.assignment_target_id().map(str::to_owned)
}

async fn ensure(emulator: &Emulator) -> Result<EnsuredNumber, Error> {
    let numbers = full(emulator).0.numbers();
    numbers.ensure_assigned(&number(NUMBER), ACCOUNT).await
}

#[tokio::test]
async fn what_is_right_already_costs_no_order() {
    for target in [ACCOUNT, ACCOUNT_ID] {
        let emulator = demo().await;
        let held = GraphNumber::service(NUMBER).assigned_to(ACCOUNT);
        emulator.graph().add_number(held).unwrap();
        let numbers = full(&emulator).0.numbers();
        let ensured = numbers
            .ensure_assigned(&number(NUMBER), target)
            .await
            .unwrap();
        assert!(!ensured.changed && ensured.operation.is_none());
        assert!(ensured.number.is_held_by(&object(ACCOUNT_ID)));
        assert_eq!(orders(&emulator), [""; 0]);
    }
}

#[tokio::test]
async fn a_free_number_is_assigned_and_shown_as_it_is_then() {
    let emulator = demo().await;
    let ensured = ensure(&emulator).await.unwrap();
    assert!(ensured.changed);
    assert_eq!(
        ensured.operation.unwrap().status,
        OperationStatus::Succeeded
    );
    assert_eq!(ensured.number.holding(), Holding::By(&object(ACCOUNT_ID)));
    assert_eq!(orders(&emulator), ["/assignNumber"]);
}

#[tokio::test]
async fn a_number_of_somebody_else_is_a_conflict_that_names_the_holder() {
    let emulator = two_accounts().await;
    let held = GraphNumber::service(NUMBER).assigned_to(OTHER);
    emulator.graph().add_number(held).unwrap();
    let numbers = full(&emulator).0.numbers();
    let ensure = numbers.ensure_assigned(&number(NUMBER), ACCOUNT);
    // Whatever is left out, that check is not.
    let error = ensure.skip(Check::Unassigned).await.unwrap_err();
    assert!(error.is_conflict(), "{error:?}");
    assert_eq!(error.operation(), Some("number_preflight"));
    assert!(error.to_string().contains(OTHER_ID), "{error}");
    assert!(error.hint().unwrap().contains("move"), "{:?}", error.hint());
    assert_eq!(orders(&emulator), [""; 0]);
    assert_eq!(holder(&emulator, NUMBER).as_deref(), Some(OTHER_ID));
}

#[tokio::test]
async fn a_number_whose_status_and_target_contradict_each_other_is_left_alone() {
    for phantom in [
        GraphNumber::service(NUMBER).status("voiceApplicationAssigned"),
        GraphNumber::service(NUMBER).target_id(OTHER_ID),
    ] {
        let emulator = two_accounts().await;
        emulator.graph().add_number(phantom).unwrap();
        let error = ensure(&emulator).await.unwrap_err();
        assert!(error.is_conflict(), "{error:?}");
        assert_eq!(orders(&emulator), [""; 0]);
    }
}

/// The operation says succeeded, and the number shows something else.
#[tokio::test]
async fn success_that_the_number_does_not_show_is_no_success() {
    for plan in [
        OperationPlan::phantom_status(),
        OperationPlan::phantom_target(),
    ] {
        let emulator = demo().await;
        emulator.graph().plan(plan);
        let error = ensure(&emulator).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Operation, "{error:?}");
        assert!(error.message().contains("does not show it"), "{error}");
        assert_eq!(orders(&emulator).len(), 1);
    }
}

/// Of two that order the same at once one fails, and both have what they wanted.
#[tokio::test]
async fn an_order_that_somebody_else_gave_first_is_as_good() {
    let emulator = demo().await;
    emulator.inject(
        Fault::respond(409, "Conflict")
            .processed()
            .path("**/assignNumber"),
    );
    emulator
        .graph()
        .configure(|graph| graph.operations = Delay::Polls(0));
    let ensured = ensure(&emulator).await.unwrap();
    assert!(ensured.number.is_held_by(&object(ACCOUNT_ID)));
    assert_eq!(ensured.operation, None);
}

#[tokio::test]
async fn a_failed_order_is_the_error_with_the_services_words() {
    let emulator = demo().await;
    emulator
        .graph()
        .plan(OperationPlan::fail("the number is being ported"));
    let error = ensure(&emulator).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Operation);
    assert!(error.to_string().contains("being ported"), "{error}");
    assert!(error.target().is_some(), "the operation's id");
    assert_eq!(holder(&emulator, NUMBER), None);
}

#[tokio::test]
async fn moving_takes_the_number_from_one_and_gives_it_to_the_other() {
    let emulator = two_accounts().await;
    let held = GraphNumber::service(NUMBER).assigned_to(ACCOUNT);
    emulator.graph().add_number(held).unwrap();
    let numbers = full(&emulator).0.numbers();
    for (changed, given) in [(true, 2), (false, 0)] {
        let moved = numbers.move_to(&number(NUMBER), OTHER).await.unwrap();
        assert_eq!((moved.changed, moved.operations.len()), (changed, given));
        let from = if changed { ACCOUNT_ID } else { OTHER_ID };
        assert_eq!(moved.from, Some(object(from)));
        assert!(moved.number.is_held_by(&object(OTHER_ID)));
    }
    assert_eq!(orders(&emulator), ["/unassignNumber", "/assignNumber"]);
}

#[tokio::test]
async fn moving_a_free_number_assigns_it() {
    let emulator = demo().await;
    let numbers = full(&emulator).0.numbers();
    let moved = numbers.move_to(&number(NUMBER), ACCOUNT).await.unwrap();
    assert_eq!((moved.from, moved.changed), (None, true));
    assert_eq!(orders(&emulator), ["/assignNumber"]);
}

#[tokio::test]
async fn a_number_is_not_taken_for_a_target_that_cannot_have_it() {
    let emulator = two_accounts().await;
    let held = GraphNumber::service(NUMBER).assigned_to(ACCOUNT);
    emulator.graph().add_number(held).unwrap();
    let numbers = full(&emulator).0.numbers();
    let error = numbers.move_to(&number(NUMBER), USER).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Operation, "{error:?}");
    assert_eq!(error.operation(), Some("number_preflight"));
    assert_eq!(orders(&emulator), [""; 0]);
    assert_eq!(holder(&emulator, NUMBER).as_deref(), Some(ACCOUNT_ID));
}

#[tokio::test]
async fn a_move_that_stops_half_way_says_whose_the_number_was() {
    let emulator = two_accounts().await;
    let graph = emulator.graph();
    let held = GraphNumber::service(NUMBER).assigned_to(ACCOUNT);
    graph.add_number(held).unwrap();
    graph.plan(OperationPlan::succeed());
    graph.plan(OperationPlan::fail("no seat left"));
    let numbers = full(&emulator).0.numbers();
    let error = numbers.move_to(&number(NUMBER), OTHER).await.unwrap_err();
    assert!(error.to_string().contains("no seat left"), "{error}");
    assert!(error.to_string().contains(ACCOUNT_ID), "{error}");
    assert_eq!(holder(&emulator, NUMBER), None);
}

#[tokio::test]
async fn moving_a_number_that_is_given_up_meanwhile_assigns_it() {
    let emulator = std::sync::Arc::new(two_accounts().await);
    let graph = emulator.graph();
    let held = GraphNumber::service(NUMBER).assigned_to(ACCOUNT);
    graph.add_number(held).unwrap();
    let others = emulator.clone();
    let clock = teams_phone_tests::ActingClock::new(move || {
        let requests = others.requests();
        let is_checked = |sent: &&str| sent.ends_with("/licenseDetails");
        let mut paths = requests
            .iter()
            .map(teams_phone_emulator::RecordedRequest::path);
        if orders(&others).is_empty() && paths.any(|path| is_checked(&path)) {
            others
                .graph()
                .add_number(GraphNumber::service(NUMBER))
                .unwrap();
        }
    });
    let configure = |builder: teams_phone::GraphClientBuilder| builder.clock(clock);
    let token = graph.app_token();
    let client = teams_phone_tests::graph_client_with(emulator.url(), &token, configure);
    let moved = client
        .numbers()
        .move_to(&number(NUMBER), OTHER)
        .await
        .unwrap();
    assert!(moved.number.is_held_by(&object(OTHER_ID)));
    assert_eq!(orders(&emulator), ["/assignNumber"]);
}

/// The answer to the first half is lost, and somebody gets the number before it is read again.
#[tokio::test]
async fn moving_takes_the_number_from_nobody_but_the_one_who_had_it() {
    let emulator = std::sync::Arc::new(two_accounts().await);
    let graph = emulator.graph();
    graph.configure(|graph| graph.operations = Delay::Polls(0));
    graph
        .add_number(GraphNumber::service(NUMBER).assigned_to(ACCOUNT))
        .unwrap();
    emulator.inject(Fault::drop_after().path("**/unassignNumber").times(1));
    let others = emulator.clone();
    let clock = teams_phone_tests::ActingClock::new(move || {
        if orders(&others) == ["/unassignNumber"] && holder(&others, NUMBER).is_none() {
            let taken = GraphNumber::service(NUMBER).assigned_to(USER);
            others.graph().add_number(taken).unwrap();
        }
    });
    let token = graph.app_token();
    let configure = |builder: teams_phone::GraphClientBuilder| builder.clock(clock);
    let client = teams_phone_tests::graph_client_with(emulator.url(), &token, configure);
    let error = client
        .numbers()
        .move_to(&number(NUMBER), OTHER)
        .await
        .unwrap_err();
    assert!(error.is_conflict(), "{error:?}");
    assert!(error.to_string().contains(USER_ID), "{error}");
    let taken = orders(&emulator).into_iter();
    let taken = taken.filter(|order| *order == "/unassignNumber");
    assert_eq!(taken.count(), 1);
    assert_eq!(holder(&emulator, NUMBER).as_deref(), Some(USER_ID));
}

async fn check(emulator: &Emulator, text: &str, target: &str) -> Preflight {
    let numbers = full(emulator).0.numbers();
    numbers.preflight(&number(text), target).await.unwrap()
}

fn failed(preflight: &Preflight) -> Vec<Check> {
    preflight.failed().map(|finding| finding.check).collect()
}

fn said(preflight: &Preflight, check: Check) -> (Verdict, &str) {
    let finding = preflight.findings.iter().find(|of| of.check == check);
    let finding = finding.unwrap_or_else(|| panic!("{check:?}: {preflight:?}"));
    (finding.verdict, &finding.message)
}

#[tokio::test]
async fn all_is_well_with_a_ready_account() {
    let emulator = demo().await;
    for target in [ACCOUNT, ACCOUNT_ID] {
        let checked = check(&emulator, NUMBER, target).await;
        assert!(checked.is_ready(), "{checked:?}");
        assert_eq!(checked.findings.len(), 6);
        assert!(
            checked
                .findings
                .iter()
                .all(|of| of.verdict == Verdict::Passed)
        );
        assert_eq!(checked.target_kind, Some(TargetKind::ResourceAccount));
        assert_eq!(checked.target.as_ref().unwrap().id, object(ACCOUNT_ID));
        assert!(checked.into_result().is_ok());
    }
    assert_eq!(orders(&emulator), [""; 0]);
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let emulator = demo().await;
    let no_number = check(&emulator, "+12025550199", ACCOUNT).await;
    assert_eq!(failed(&no_number), [Check::NumberExists]);
    assert!(no_number.into_result().unwrap_err().is_not_found());
    for nobody in ["nobody@teams-phone-emulator.invalid", OTHER_ID] {
        let no_target = check(&emulator, NUMBER, nobody).await;
        assert_eq!(failed(&no_target)[0], Check::TargetExists);
        let (_, message) = said(&no_target, Check::TargetExists);
        assert!(
            message.contains(nobody) && message.contains("minute"),
            "{message}"
        );
        let error = no_target.into_result().unwrap_err();
        assert!(error.is_not_found(), "{error:?}");
    }
}

#[tokio::test]
async fn a_number_of_the_wrong_kind_names_the_capability() {
    let emulator = demo().await;
    for (text, target, lacks) in [
        (USER_NUMBER, ACCOUNT, "voiceApplicationAssignment"),
        (NUMBER, USER, "userAssignment"),
    ] {
        let checked = check(&emulator, text, target).await;
        assert!(failed(&checked).contains(&Check::Capability));
        let (_, message) = said(&checked, Check::Capability);
        assert!(
            message.contains(lacks) && message.contains(text),
            "{message}"
        );
    }
}

#[tokio::test]
async fn a_target_without_licence_or_usage_location_says_what_to_give_it() {
    let emulator = demo().await;
    let bare = ResourceAccount::new(OTHER).id(OTHER_ID);
    emulator.graph().add_resource_account(bare).unwrap();
    let checked = check(&emulator, NUMBER, OTHER).await;
    assert_eq!(failed(&checked), [Check::UsageLocation, Check::License]);
    assert!(said(&checked, Check::License).1.contains(SKU));
    let error = checked.into_result().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Operation);
    let details: Vec<_> = error.details().iter().map(|of| of.code.as_str()).collect();
    assert_eq!(details, ["UsageLocation", "License"]);

    let person = GraphUser::new("kim@teams-phone-emulator.invalid").usage_location("US");
    emulator.graph().add_user(person).unwrap();
    let checked = check(&emulator, USER_NUMBER, "kim@teams-phone-emulator.invalid").await;
    assert_eq!(failed(&checked), [Check::License]);
    assert!(said(&checked, Check::License).1.contains("MCOEV"));
    assert_eq!(checked.target_kind, Some(TargetKind::User));
}

#[tokio::test]
async fn what_is_left_out_is_not_looked_at() {
    let emulator = demo().await;
    let numbers = full(&emulator).0.numbers();
    let check = numbers.preflight(&number(USER_NUMBER), ACCOUNT);
    let check = check.skip(Check::Capability).skip(Check::License);
    let checked = check.skip(Check::UsageLocation).await.unwrap();
    assert!(checked.is_ready(), "{checked:?}");
    let paths: Vec<_> = emulator
        .requests()
        .iter()
        .map(|sent| sent.path().to_owned())
        .collect();
    assert_eq!(paths.len(), 2, "{paths:?}");
}

#[tokio::test]
async fn what_the_token_may_not_read_is_not_checked_and_names_the_permission() {
    let emulator = demo().await;
    let token = emulator
        .graph()
        .token_with(&["TeamsTelephoneNumber.ReadWrite.All"]);
    let (client, _) = graph_client(emulator.url(), &token);
    let numbers = client.numbers();
    let checked = numbers
        .preflight(&number(NUMBER), ACCOUNT_ID)
        .await
        .unwrap();
    assert!(checked.is_ready(), "{checked:?}");
    let (verdict, message) = said(&checked, Check::TargetExists);
    assert_eq!(verdict, Verdict::NotChecked);
    assert!(message.contains("may not read"), "{message}");
    let (verdict, message) = said(&checked, Check::Capability);
    assert_eq!(verdict, Verdict::NotChecked);
    assert!(
        message.contains("TeamsResourceAccount.Read.All"),
        "{message}"
    );

    // The number can be assigned all the same, by id; a name cannot be looked up.
    let ensured = numbers
        .ensure_assigned(&number(NUMBER), ACCOUNT_ID)
        .await
        .unwrap();
    assert!(ensured.changed);
    let error = numbers
        .ensure_assigned(&number(NUMBER), ACCOUNT)
        .await
        .unwrap_err();
    assert!(error.is_permission(), "{error:?}");
    assert_eq!(error.operation(), Some("user_get"));
}

#[tokio::test]
async fn without_the_permission_for_numbers_nothing_is_checked() {
    let emulator = demo().await;
    let token = emulator.graph().token_with(&["User.Read.All"]);
    let (client, _) = graph_client(emulator.url(), &token);
    let numbers = client.numbers();
    let error = numbers
        .preflight(&number(NUMBER), ACCOUNT)
        .await
        .unwrap_err();
    assert!(error.is_permission(), "{error:?}");
    let needed = error.accepted_permissions();
    assert!(needed.contains(&"TeamsTelephoneNumber.Read.All".to_owned()));
}

#[tokio::test]
async fn nothing_is_sent_for_what_cannot_be_right() {
    let emulator = demo().await;
    let (client, _) = full(&emulator);
    let numbers = client.numbers();
    let kind = NumberType::CallingPlan;
    for name in ["", "alex", "a b@c.d"] {
        let error = client.users().get(name).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Config, 0));
    }
    let error = numbers.update(&number(NUMBER)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    let error = client.users().set_usage_location(USER, "Norway").await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Config);
    drop(numbers.unassign(&number(NUMBER), kind));
    assert_eq!(emulator.requests().len(), 0);
}
