//! Bulk runs: order, keys, failures, limits and how much is taken from the input at once.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use futures::stream;
use teams_phone_core::clock::ManualClock;
use teams_phone_emulator::Emulator;

use super::*;
use crate::{Error, ObjectId, PrincipalType, TenantId};

fn client() -> Client {
    Client::from_connection_string("endpoint=http://127.0.0.1:1;accesskey=c2VjcmV0").unwrap()
}

#[tokio::test]
async fn results_come_with_their_keys_and_failures_stop_nothing() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let told = seen.clone();
    let results = client()
        .bulk()
        .concurrency(3)
        .on_progress(move |progress| told.lock().unwrap().push((progress.done, progress.failed)))
        .run(
            stream::iter((0..5).map(|n| (format!("row {n}"), n))),
            |_, n| async move {
                if n == 2 {
                    Err(Error::config("no"))
                } else {
                    Ok(n * 10)
                }
            },
        );
    let mut results: Vec<_> = results
        .map(|(key, result)| (key, result.ok()))
        .collect()
        .await;
    results.sort();
    assert_eq!(results[2], ("row 2".to_owned(), None));
    assert_eq!(results[4], ("row 4".to_owned(), Some(40)));
    assert_eq!(seen.lock().unwrap().last(), Some(&(5, 1)));
}

#[tokio::test]
async fn takes_no_more_of_the_input_than_is_in_flight() {
    let taken = Arc::new(AtomicUsize::new(0));
    let counter = taken.clone();
    let items = stream::iter(0..1_000_000).map(move |n| {
        counter.fetch_add(1, Ordering::Relaxed);
        (n, n)
    });
    let results = client()
        .bulk()
        .concurrency(4)
        .run(items, |_, n| async move { Ok(n) });
    let first: Vec<_> = results.take(10).collect().await;
    assert_eq!(first.len(), 10);
    assert!(taken.load(Ordering::Relaxed) <= 14, "{taken:?}");
}

#[tokio::test]
async fn keeps_within_the_limits_counting_every_request() {
    let emulator = Emulator::start().await.unwrap();
    let clock = Arc::new(ManualClock::new(SystemTime::now()));
    let client = Client::builder()
        .connection_string(&emulator.connection_string().parse().unwrap())
        .clock(clock.clone())
        .build()
        .unwrap();
    let tenant: TenantId = "87d349ed-44d7-43e1-9a83-5f2406dee5bd".parse().unwrap();
    let objects = stream::iter((0..5).map(|n| {
        let object: ObjectId = format!("00000000-0000-4000-8000-{n:012}").parse().unwrap();
        (n, object)
    }));
    let results = client
        .bulk()
        .concurrency(1)
        .rate_limits(RateLimits::new(WINDOW, 2))
        .run(objects, move |client, object| {
            let grant =
                client
                    .assignments()
                    .grant(&tenant, &object, PrincipalType::ResourceAccount);
            async move { grant.await }
        });
    let results: Vec<_> = results.collect().await;
    assert!(
        results.iter().all(|(_, result)| result.is_ok()),
        "{results:?}"
    );
    let waited: Duration = clock.sleeps().into_iter().sum();
    assert_eq!(waited, 2 * WINDOW);
}

#[tokio::test]
async fn runs_of_one_client_share_what_is_published() {
    let emulator = Emulator::start().await.unwrap();
    let clock = Arc::new(ManualClock::new(SystemTime::now()));
    let client = Client::builder()
        .connection_string(&emulator.connection_string().parse().unwrap())
        .clock(clock.clone())
        .build()
        .unwrap();
    let run = async |client: Client| {
        let rows = stream::iter((0..UNPUBLISHED / 2 + 1).map(|n| (n, n)));
        let results = client.bulk().run(rows, |client, n| {
            let object = format!("00000000-0000-4000-8000-{n:012}");
            async move { client.entra_assignments().revoke(&object.parse()?).await }
        });
        results.for_each(async |(_, result)| result.unwrap()).await;
    };
    run(client.clone()).await;
    assert!(clock.sleeps().is_empty());
    run(client).await;
    let waited: Duration = clock.sleeps().into_iter().sum();
    assert!(waited > Duration::ZERO && waited <= WINDOW, "{waited:?}");
}
