//! Owns what a move must not lose on its way: settings of the number, holders it may not touch, and time in which
//! nobody has it.

use futures::TryStreamExt as _;
use teams_phone::numbers::{AssignmentStatus, NumberFilter};
use teams_phone_emulator::{Emulator, GraphNumber, RecordedRequest, ResourceAccount};
use teams_phone_tests::graph_client;

use crate::target::{ACCOUNT, NUMBER, SKU, demo, number};

const OTHER: &str = "queue@teams-phone-emulator.invalid";
const HERE: &str = "0c0d5a3e-9a53-4c8b-8f0a-3a1f5b1c2d3e";
const THERE: &str = "1c0d5a3e-9a53-4c8b-8f0a-3a1f5b1c2d3e";

async fn held(change: impl FnOnce(GraphNumber) -> GraphNumber) -> Emulator {
    let emulator = demo().await;
    let account = ResourceAccount::new(OTHER)
        .usage_location("US")
        .licence(SKU);
    let graph = emulator.graph();
    graph.add_resource_account(account).unwrap();
    let held = GraphNumber::service(NUMBER).assigned_to(ACCOUNT);
    graph.add_number(change(held)).unwrap();
    emulator
}

fn of(emulator: &Emulator, end: &str) -> Vec<RecordedRequest> {
    let mut requests = emulator.requests();
    requests.retain(|request| request.path().ends_with(end));
    requests
}

#[tokio::test]
async fn the_emergency_location_goes_with_the_number_unless_another_is_given() {
    for (given, sent) in [(None, HERE), (Some(THERE), THERE)] {
        let emulator = held(|number| number.location_id(HERE)).await;
        let (client, _) = graph_client(emulator.url(), &emulator.graph().app_token());
        let mut order = client.numbers().move_to(&number(NUMBER), OTHER);
        if let Some(location) = given {
            order = order.location_id(location);
        }
        order.await.unwrap();
        let assigned = of(&emulator, "/assignNumber");
        let body: serde_json::Value =
            serde_json::from_str(assigned[0].body.as_deref().unwrap()).unwrap();
        assert_eq!(body["locationId"], sent);
        assert_eq!(body["assignmentCategory"], "primary");
    }
}

#[tokio::test]
async fn between_taking_and_giving_nothing_but_the_number_is_asked_for() {
    let emulator = held(|number| number).await;
    let (client, _) = graph_client(emulator.url(), &emulator.graph().app_token());
    client
        .numbers()
        .move_to(&number(NUMBER), OTHER)
        .await
        .unwrap();
    let all = emulator.requests();
    let at = |end: &str| {
        all.iter()
            .position(|request| request.path().ends_with(end))
            .unwrap()
    };
    let between = &all[at("/unassignNumber") + 1..at("/assignNumber")];
    assert!(!between.is_empty());
    for request in between {
        assert!(
            request.path().contains("/telephoneNumberManagement/"),
            "{}",
            request.path()
        );
    }
}

#[tokio::test]
async fn a_number_that_nobody_clearly_has_is_not_taken() {
    for status in ["internalError", "conferenceAssigned"] {
        let emulator = held(|_| GraphNumber::service(NUMBER).status(status)).await;
        let (client, _) = graph_client(emulator.url(), &emulator.graph().app_token());
        let moved = client.numbers().move_to(&number(NUMBER), OTHER).await;
        let error = moved.unwrap_err();
        assert!(error.is_conflict(), "{error:?}");
        assert!(error.to_string().contains(status), "{error}");
        assert!(of(&emulator, "/unassignNumber").is_empty());
    }
}

#[tokio::test]
async fn conditions_of_the_callers_own_never_widen_a_list() {
    let emulator = held(|number| number).await;
    let (client, _) = graph_client(emulator.url(), &emulator.graph().app_token());
    let any = format!("telephoneNumber eq '{NUMBER}' or numberType ne 'x'");
    let free = NumberFilter::new()
        .odata(&any)
        .status(AssignmentStatus::Unassigned);

    let found: Vec<_> = client
        .numbers()
        .list()
        .filter(free)
        .stream()
        .try_collect()
        .await
        .unwrap();
    assert!(!found.is_empty());
    assert!(
        found
            .iter()
            .all(|found| found.telephone_number != number(NUMBER))
    );
}
