//! Owns giving a licence: what is looked at first, and how long a new account is waited for.

use std::time::Duration;

use teams_phone::GraphClient;
use teams_phone_emulator::{Delay, Emulator, Propagation, ResourceAccount, Sku};
use teams_phone_tests::{HeldClock, graph_client};

use crate::target::{ACCOUNT, SKU, USER, demo};

const NEW: &str = "new@teams-phone-emulator.invalid";

fn full(emulator: &Emulator) -> (GraphClient, HeldClock) {
    graph_client(emulator.url(), &emulator.graph().app_token())
}

/// A tenant with an account that was created a moment ago.
async fn with_new_account(users: u32, licences: u32) -> Emulator {
    let emulator = demo().await;
    let graph = emulator.graph();
    graph.configure(|graph| {
        let mut propagation = Propagation::default();
        propagation.users = Delay::Polls(users);
        propagation.licences = Delay::Polls(licences);
        graph.propagation = propagation;
    });
    let account = ResourceAccount::new(NEW).usage_location("US");
    graph.add_resource_account(account).unwrap();
    emulator
}

fn posts(emulator: &Emulator) -> usize {
    let requests = emulator.requests();
    requests.iter().filter(|sent| sent.method == "POST").count()
}

#[tokio::test]
async fn a_licence_that_is_there_is_left_as_it_is() {
    let emulator = demo().await;
    for sku in [SKU, "440eaaa8-b3e0-484b-a8be-62870b9ba70a"] {
        let given = full(&emulator)
            .0
            .users()
            .assign_license(ACCOUNT, sku)
            .await
            .unwrap();
        assert!(!given.changed);
        assert_eq!(given.sku.sku_part_number, SKU);
    }
    assert_eq!(posts(&emulator), 0);
}

#[tokio::test]
async fn a_new_account_gets_its_licence_once_the_directory_knows_it() {
    let minute = Duration::from_secs(60);
    for (users, licences, waits) in [(0, 0, 0), (1, 0, 1), (2, 1, 3), (0, 2, 2)] {
        let emulator = with_new_account(users, licences).await;
        let (client, clock) = full(&emulator);
        let give = client.users().assign_license(NEW, SKU);
        let given = give.within(2 * minute).await.unwrap();
        assert!(given.changed, "{users} {licences}");
        assert_eq!(given.user.assigned_licenses, [given.sku.sku_id]);
        assert_eq!(clock.sleeps().len(), waits, "{:?}", clock.sleeps());
        assert_eq!(emulator.graph().licences(NEW).len(), 1);
    }
}

/// Without being told that the account is new, an unknown name is taken for a mistyped one.
#[tokio::test]
async fn an_account_that_does_not_appear_is_not_found_in_the_end() {
    let emulator = with_new_account(1000, 0).await;
    let (client, clock) = full(&emulator);
    let give = || client.users().assign_license(NEW, SKU);
    assert!(give().await.unwrap_err().is_not_found());
    assert!(clock.sleeps().is_empty());
    let minutes = Duration::from_secs(600);
    let error = give().within(minutes).await.unwrap_err();
    assert!(error.is_not_found(), "{error:?}");
    assert_eq!(clock.sleeps().iter().sum::<Duration>(), minutes);
}

#[tokio::test]
async fn an_account_that_can_be_read_is_waited_for_unasked() {
    let emulator = with_new_account(0, 2).await;
    let (client, clock) = full(&emulator);
    let given = client.users().assign_license(NEW, SKU).await.unwrap();
    assert!(given.changed);
    assert_eq!(clock.sleeps().len(), 2);
}

#[tokio::test]
async fn a_product_that_the_tenant_lacks_is_not_found_and_the_others_are_named() {
    let emulator = demo().await;
    let error = full(&emulator)
        .0
        .users()
        .assign_license(USER, "MCOEV")
        .await;
    let error = error.unwrap_err();
    assert!(error.is_not_found(), "{error:?}");
    assert!(error.to_string().contains(SKU), "{error}");
    assert_eq!(emulator.requests().len(), 1);
}

#[tokio::test]
async fn a_product_that_is_used_up_is_a_conflict() {
    let emulator = demo().await;
    emulator
        .graph()
        .add_sku(Sku::new("MCOEV").units(0))
        .unwrap();
    let (client, clock) = full(&emulator);
    let error = client
        .users()
        .assign_license(USER, "MCOEV")
        .await
        .unwrap_err();
    assert!(error.is_conflict(), "{error:?}");
    assert!(error.to_string().contains("in use"), "{error}");
    assert!(error.hint().is_some());
    assert_eq!((posts(&emulator), clock.sleeps().len()), (0, 0));
}

#[tokio::test]
async fn an_account_without_usage_location_is_a_conflict() {
    let emulator = demo().await;
    emulator
        .graph()
        .add_resource_account(ResourceAccount::new(NEW))
        .unwrap();
    let (client, clock) = full(&emulator);
    let error = client.users().assign_license(NEW, SKU).await.unwrap_err();
    assert!(error.is_conflict(), "{error:?}");
    assert!(error.hint().unwrap().contains("usage location"));
    assert_eq!((posts(&emulator), clock.sleeps().len()), (0, 0));
    client.users().set_usage_location(NEW, "US").await.unwrap();
    assert!(
        client
            .users()
            .assign_license(NEW, SKU)
            .await
            .unwrap()
            .changed
    );
}
