//! Listing and bulk changes against the emulator, with what a service does wrong scripted in.

use futures::{StreamExt as _, TryStreamExt as _};
use teams_phone_emulator::{Emulator, Fault};

use super::*;
use crate::{ErrorKind, RetryPolicy};

const LIST: &str = "EntraIdAssignments_List";
const UPDATE: &str = "EntraIdAssignments_Update";

fn object(number: usize) -> ObjectId {
    format!("00000000-0000-4000-8000-{number:012}")
        .parse()
        .unwrap()
}

fn access(client_id: &str) -> EntraAccess {
    EntraAccess {
        tenant_id: "87d349ed-44d7-43e1-9a83-5f2406dee5bd".parse().unwrap(),
        principal_type: EntraPrincipalType::Group,
        client_ids: vec![client_id.parse().unwrap()],
    }
}

const APP: &str = "1bfa671a-dc6b-47f3-8940-45c0f1af0fa6";

async fn start() -> (Emulator, EntraAssignments) {
    let emulator = Emulator::builder().page_size(3).start().await.unwrap();
    let client = Client::builder()
        .connection_string(&emulator.connection_string().parse().unwrap())
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    (emulator, client.entra_assignments())
}

fn with(update: UpdateEntraAssignments, objects: std::ops::Range<usize>) -> UpdateEntraAssignments {
    objects.fold(update, |update, number| {
        update.set(object(number), access(APP))
    })
}

async fn listed(assignments: &EntraAssignments) -> Vec<ObjectId> {
    let all = assignments.list().stream().map_ok(|found| found.object_id);
    all.try_collect().await.unwrap()
}

fn requests(emulator: &Emulator, method: &str) -> usize {
    let requests = emulator.requests();
    requests
        .iter()
        .filter(|request| request.method == method)
        .count()
}

#[tokio::test]
async fn writes_reads_and_deletes_one() {
    let (_emulator, assignments) = start().await;
    let granted = assignments.grant(&object(1), access(APP)).await.unwrap();
    assert!(granted.created);
    assert!(
        !assignments
            .grant(&object(1), access(APP))
            .await
            .unwrap()
            .created
    );
    let found = assignments.get(&object(1)).await.unwrap();
    assert_eq!(found, granted.assignment);
    assert_eq!(found.access, access(APP));
    assignments.revoke(&object(1)).await.unwrap();
    assert!(
        assignments
            .get(&object(1))
            .await
            .unwrap_err()
            .is_not_found()
    );
}

#[tokio::test]
async fn lists_over_all_pages_and_names_the_version_once() {
    let (emulator, assignments) = start().await;
    assert!(
        with(assignments.update(), 0..7)
            .await
            .unwrap()
            .is_complete()
    );
    assert_eq!(
        listed(&assignments).await,
        (0..7).map(object).collect::<Vec<_>>()
    );
    let pages: Vec<_> = assignments.list().pages().try_collect().await.unwrap();
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 1]);
    for request in emulator.requests() {
        assert_eq!(
            request.target.matches("api-version=").count(),
            1,
            "{}",
            request.target
        );
    }
}

#[tokio::test]
async fn a_page_link_to_another_host_ends_the_list_with_an_error() {
    let (emulator, assignments) = start().await;
    with(assignments.update(), 0..4).await.unwrap();
    emulator.inject(
        Fault::edit("/nextLink", "https://b.example/access/entra/assignments").operation(LIST),
    );
    let mut stream = assignments.list().stream();
    let mut seen = 0;
    let error = loop {
        match stream.next().await.unwrap() {
            Ok(_) => seen += 1,
            Err(error) => break error,
        }
    };
    assert_eq!((seen, error.kind()), (3, ErrorKind::Decode));
    assert!(error.to_string().contains("another host"), "{error}");
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn page_links_that_go_in_circles_are_noticed() {
    let (emulator, assignments) = start().await;
    with(assignments.update(), 0..3).await.unwrap();
    let link =
        |page: usize| format!("/access/entra/assignments?api-version=2025-03-02-preview&x={page}");
    for page in 0..10 {
        let fault = Fault::edit("/nextLink", link(page % 2)).operation(LIST);
        emulator.inject(fault.times(1));
    }
    let result: Result<Vec<_>> = assignments.list().stream().try_collect().await;
    assert!(result.unwrap_err().to_string().contains("in a circle"));
    assert_eq!(requests(&emulator, "GET"), 3);
}

#[tokio::test]
async fn changes_go_in_batches_with_additions_and_removals_in_one() {
    let (emulator, assignments) = start().await;
    with(assignments.update(), 0..5).await.unwrap();
    let update = with(assignments.update().remove(object(0)), 5..9).batch_size(2);
    let report = update.await.unwrap();
    assert_eq!(report.done.len(), 5);
    assert_eq!(requests(&emulator, "PATCH"), 1 + 3);
    assert_eq!(
        listed(&assignments).await,
        (1..9).map(object).collect::<Vec<_>>()
    );

    let only_removals = assignments
        .update()
        .remove(object(1))
        .remove(object(2))
        .await
        .unwrap();
    assert_eq!(only_removals.done.len(), 2, "204 without a body is success");
}

#[tokio::test]
async fn an_entry_at_fault_is_found_and_the_others_are_written() {
    let (_emulator, assignments) = start().await;
    let mut wrong = access(APP);
    wrong.principal_type = EntraPrincipalType::Unknown("robot".to_owned());
    let report = with(assignments.update(), 0..9)
        .set(object(5), wrong)
        .await
        .unwrap();
    assert!(!report.is_complete() && report.stopped.is_none());
    assert_eq!(report.done.len(), 8);
    let (refused, error) = &report.refused[0];
    assert_eq!(
        (refused, error.code()),
        (&object(5), Some("ValidationError"))
    );
    assert_eq!(listed(&assignments).await.len(), 8);
}

#[tokio::test]
async fn a_failure_stops_and_the_rest_can_be_resumed() {
    let (emulator, assignments) = start().await;
    emulator.inject(
        Fault::respond(503, "Busy")
            .operation(UPDATE)
            .skip(2)
            .times(1),
    );
    let report = with(assignments.update(), 0..10)
        .batch_size(2)
        .await
        .unwrap();
    assert_eq!(report.done, (0..4).map(object).collect::<Vec<_>>());
    let (error, rest) = report.stopped.unwrap();
    assert_eq!((error.status(), rest.len()), (Some(503), 6));
    assert!(rest.await.unwrap().is_complete());
    assert_eq!(listed(&assignments).await.len(), 10);
}

#[tokio::test]
async fn a_batch_size_out_of_range_is_refused_before_anything_is_sent() {
    let (emulator, assignments) = start().await;
    for size in [0, 1001] {
        let error = with(assignments.update(), 0..1)
            .batch_size(size)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
    }
    assert!(emulator.requests().is_empty());
}

#[tokio::test]
async fn a_refusal_that_no_entry_causes_is_met_once() {
    let (emulator, assignments) = start().await;
    emulator.inject(Fault::respond(400, "UnsupportedApiVersion").operation(UPDATE));
    let report = with(assignments.update(), 0..300).await.unwrap();
    let (error, rest) = report.stopped.unwrap();
    assert_eq!(error.code(), Some("UnsupportedApiVersion"));
    assert_eq!((rest.len(), report.refused.len()), (300, 0));
    assert_eq!(requests(&emulator, "PATCH"), 1);
}

#[tokio::test]
async fn when_nothing_is_accepted_the_search_ends() {
    let (emulator, assignments) = start().await;
    emulator.inject(Fault::respond(400, "BadRequest").operation(UPDATE));
    let report = with(assignments.update(), 0..1000).await.unwrap();
    assert_eq!(report.refused.len(), 100);
    let (error, rest) = report.stopped.unwrap();
    assert_eq!((error.code(), rest.len()), (Some("BadRequest"), 900));
    assert_eq!(requests(&emulator, "PATCH"), 199 + 1);
}

#[tokio::test]
async fn what_the_service_did_not_write_is_not_reported_as_done() {
    let (emulator, assignments) = start().await;
    let stored = |number: usize, application: &str| {
        serde_json::json!({
            "objectId": object(number).to_string().to_uppercase(), "principalType": "group",
            "tenantId": access(APP).tenant_id.as_str(), "clientIds": [application],
        })
    };
    let other = "2bfa671a-dc6b-47f3-8940-45c0f1af0fa6";
    let answer = serde_json::json!({ "value": [stored(0, APP), stored(1, other)] });
    emulator.inject(Fault::respond_body(200, answer).operation(UPDATE));
    let update = with(assignments.update(), 0..3).remove(object(7));
    let report = update.await.unwrap();
    assert_eq!(report.done, [object(0), object(7)]);
    for ((refused, error), (number, said)) in report
        .refused
        .iter()
        .zip([(1, "another clientIds"), (2, "does not list")])
    {
        assert_eq!(
            (refused, error.kind()),
            (&object(number), ErrorKind::Operation)
        );
        assert!(error.to_string().contains(said), "{error}");
    }
    assert_eq!(report.refused.len(), 2);
}

#[tokio::test]
async fn batches_keep_to_the_limits() {
    let emulator = Emulator::builder().page_size(1000).start().await.unwrap();
    let clock = std::sync::Arc::new(crate::clock::ManualClock::new(std::time::SystemTime::now()));
    let client = Client::builder()
        .connection_string(&emulator.connection_string().parse().unwrap())
        .clock(clock.clone())
        .build()
        .unwrap();
    let window = std::time::Duration::from_secs(30);
    let update = with(client.entra_assignments().update(), 0..6).batch_size(2);
    let limits = crate::RateLimits::new(window, 1);
    assert!(update.rate_limits(limits).await.unwrap().is_complete());
    assert_eq!(clock.sleeps(), [window; 2]);
    let update = with(client.entra_assignments().update(), 0..501).batch_size(1);
    assert!(update.await.unwrap().is_complete());
    assert_eq!(clock.sleeps().len(), 3, "limited by default, too");
}
