//! Owns what depends on the server as a whole: its certificate, its clock, its key.

use jiff::SignedDuration;
use teams_phone::{AccessKey, Client, ClientBuilder, ConnectionString, ErrorKind, RetryPolicy};
use teams_phone_emulator::Emulator;
use teams_phone_tests::KEY;

fn builder(emulator: &Emulator) -> ClientBuilder {
    let connection_string: ConnectionString = emulator.connection_string().parse().unwrap();
    Client::builder().connection_string(&connection_string)
}

#[tokio::test]
async fn https_works_with_a_root_certificate_of_ones_own_and_not_without() {
    let emulator = Emulator::builder().tls(true).start().await.unwrap();
    let trusting = builder(&emulator)
        .root_certificates(emulator.ca_pem().unwrap())
        .build()
        .unwrap();
    trusting.identities().create().await.unwrap();
    let stranger = builder(&emulator)
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    let error = stranger.identities().create().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert_eq!(emulator.requests().len(), 1);
}

#[tokio::test]
async fn another_key_is_refused_with_a_hint() {
    let emulator = Emulator::start().await.unwrap();
    let wrong = AccessKey::from_base64(KEY).unwrap();
    let client = builder(&emulator).credential(wrong).build().unwrap();
    let error = client.identities().create().await.unwrap_err();
    assert_eq!((error.status(), error.code()), (Some(401), Some("Denied")));
    assert_eq!(error.attempts(), 1);
    assert!(error.hint().is_some());
}

#[tokio::test]
async fn a_clock_that_is_off_costs_one_attempt_and_not_the_call() {
    for minutes in [-60, 60] {
        let offset = SignedDuration::from_mins(minutes);
        let emulator = Emulator::builder()
            .clock_offset(offset)
            .start()
            .await
            .unwrap();
        let client = builder(&emulator).build().unwrap();
        client.identities().create().await.unwrap();
        client.identities().create().await.unwrap();
        let statuses: Vec<_> = emulator
            .requests()
            .iter()
            .map(|request| request.status)
            .collect();
        assert_eq!(statuses, [Some(401), Some(201), Some(201)], "{minutes}");
    }
}

#[tokio::test]
async fn a_subscription_that_is_not_allowed_is_told_what_to_do() {
    let emulator = Emulator::builder()
        .subscription_allowed(false)
        .start()
        .await
        .unwrap();
    let client = builder(&emulator).build().unwrap();
    let error = crate::calls::read(&client).await.unwrap_err();
    assert_eq!(
        (error.status(), error.code()),
        (Some(403), Some("SubscriptionNotAllowed"))
    );
    assert!(error.is_permission());
    assert!(
        error.hint().is_some_and(|hint| hint.contains("preview")),
        "{:?}",
        error.hint()
    );
}
