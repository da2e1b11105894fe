//! Owns walking through lists: by links, by counting, and no further than the service itself.

use futures::TryStreamExt as _;
use serde_json::{Value, json};
use teams_phone::ErrorKind;
use teams_phone::numbers::NumberFilter;
use teams_phone_emulator::{Emulator, GraphNumber, ListShape, ResourceAccount};
use teams_phone_tests::{Fake, graph_client};

use crate::bodies::{NUMBERS, client, entry, ok};
use crate::target::{NUMBER, demo, number};

/// The small tenant with so many numbers in all.
async fn tenant(numbers: usize) -> Emulator {
    let emulator = demo().await;
    for i in 3..numbers {
        let number = GraphNumber::service(&format!("+1202555{i:04}"));
        emulator.graph().add_number(number).unwrap();
    }
    emulator
}

fn queries(emulator: &Emulator) -> Vec<String> {
    let requests = emulator.requests();
    let query = |target: &str| {
        target
            .split_once('?')
            .map_or("", |(_, query)| query)
            .replace("%24", "$")
    };
    requests.iter().map(|sent| query(&sent.target)).collect()
}

#[tokio::test]
async fn pages_follow_by_link_or_by_count_until_one_is_not_full() {
    // Full last pages cost a request more where nothing says that they are the last.
    for (links, numbers, size, sizes) in [
        (true, 7, 3, vec![3, 3, 1]),
        (true, 6, 3, vec![3, 3]),
        (false, 7, 3, vec![3, 3, 1]),
        (false, 6, 3, vec![3, 3, 0]),
        (false, 6, 1000, vec![6]),
        (false, 4, 1, vec![1, 1, 1, 1, 0]),
    ] {
        let emulator = tenant(numbers).await;
        emulator.graph().configure(|graph| graph.next_link = links);
        let (client, _) = graph_client(emulator.url(), &emulator.graph().app_token());
        let list = || client.numbers().list().page_size(size);
        let pages: Vec<Vec<_>> = list().pages().try_collect().await.unwrap();
        let name = format!("{links} {numbers} {size}");
        let lengths: Vec<usize> = pages.iter().map(Vec::len).collect();
        assert_eq!(lengths, sizes, "{name}");
        assert_eq!(emulator.requests().len(), sizes.len(), "{name}");
        let items: Vec<_> = list().stream().try_collect().await.unwrap();
        assert_eq!(items, pages.concat(), "{name}");
        let mut known: Vec<_> = items
            .iter()
            .map(|item| item.telephone_number.clone())
            .collect();
        known.sort();
        known.dedup();
        assert_eq!(known.len(), numbers, "{name}: each one once");
    }
}

#[tokio::test]
async fn each_page_keeps_filter_and_size() {
    for links in [true, false] {
        let emulator = tenant(6).await;
        emulator.graph().configure(|graph| graph.next_link = links);
        let (client, _) = graph_client(emulator.url(), &emulator.graph().app_token());
        let filter = NumberFilter::new().odata("numberType eq 'callingPlan'");
        let list = client.numbers().list().filter(filter).page_size(4);
        let found: Vec<_> = list.stream().try_collect().await.unwrap();
        assert_eq!(found.len(), 6);
        let queries = queries(&emulator);
        assert_eq!(queries.len(), 2);
        for (query, skip) in queries.iter().zip([false, true]) {
            assert!(
                query.contains("callingPlan") && query.contains("$top=4"),
                "{query}"
            );
            assert_eq!(query.contains("$skip=4"), skip, "{query}");
        }
    }
}

/// The service may cut pages smaller than asked for, as long as it links to the next one.
#[tokio::test]
async fn a_short_page_with_a_link_is_not_the_last() {
    let emulator = tenant(7).await;
    emulator
        .graph()
        .configure(|graph| graph.page_size = Some(2));
    let (client, _) = graph_client(emulator.url(), &emulator.graph().app_token());
    let found: Vec<_> = client
        .numbers()
        .list()
        .stream()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(found.len(), 7);
    assert_eq!(emulator.requests().len(), 4);
}

#[tokio::test]
async fn a_page_with_one_item_may_be_that_item() {
    let emulator = tenant(3).await;
    emulator
        .graph()
        .configure(|graph| graph.lists = ListShape::Object);
    let (client, _) = graph_client(emulator.url(), &emulator.graph().app_token());
    let found = client.numbers().get(&number(NUMBER)).await.unwrap();
    assert_eq!(found.telephone_number, number(NUMBER));
    let list = client.numbers().list().page_size(1);
    let found: Vec<_> = list.stream().try_collect().await.unwrap();
    assert_eq!(found.len(), 3);
}

#[tokio::test]
async fn resource_accounts_and_settings_follow_their_links() {
    let emulator = demo().await;
    let graph = emulator.graph();
    for i in 0..6 {
        let account = ResourceAccount::new(&format!("ra{i}@teams-phone-emulator.invalid"));
        graph.add_resource_account(account).unwrap();
        let user = format!("user{i}@teams-phone-emulator.invalid");
        graph
            .add_user(teams_phone_emulator::GraphUser::new(&user))
            .unwrap();
    }
    let (client, _) = graph_client(emulator.url(), &graph.app_token());
    let accounts = client.resource_accounts().list().page_size(3);
    let pages: Vec<Vec<_>> = accounts.pages().try_collect().await.unwrap();
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 1]);
    let users = client.users().configurations().page_size(3);
    let pages: Vec<Vec<_>> = users.pages().try_collect().await.unwrap();
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 1]);
}

#[tokio::test]
async fn a_page_size_that_the_service_refuses_is_refused_before_sending() {
    let emulator = demo().await;
    let (client, _) = graph_client(emulator.url(), &emulator.graph().app_token());
    for size in [0, 1001] {
        let list = client.numbers().list().page_size(size);
        let error = list.pages().try_next().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("1 to 1000"), "{error}");
    }
    assert_eq!(emulator.requests().len(), 0);
}

fn page(link: &str) -> Value {
    json!({ "value": [entry(NUMBER, "activated", "unassigned", None)], "@odata.nextLink": link })
}

#[tokio::test]
async fn a_link_to_another_host_is_refused_and_nothing_is_sent_there() {
    let elsewhere = Fake::always(ok(&json!({ "value": [] })));
    for host in [
        elsewhere.url(),
        "https://graph.microsoft.com".to_owned(),
        "https://evil.example".to_owned(),
    ] {
        let fake = Fake::script([ok(&page(&format!("{host}{NUMBERS}?$skip=1")))]);
        let mut items = client(&fake).0.numbers().list().stream();
        assert!(
            items.try_next().await.unwrap().is_some(),
            "the first page stands"
        );
        let error = items.try_next().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{host}");
        assert_eq!(error.operation(), Some("number_list"));
        assert!(
            items.try_next().await.unwrap().is_none(),
            "an error ends the list"
        );
        assert_eq!(fake.requests().len(), 1);
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn a_link_without_a_host_stays_with_the_service() {
    let fake = Fake::script([
        ok(&page(&format!("{NUMBERS}?$skip=1"))),
        ok(&json!({ "value": [] })),
    ]);
    let list = client(&fake).0.numbers().list();
    let found: Vec<_> = list.stream().try_collect().await.unwrap();
    assert_eq!(found.len(), 1);
    let sent = fake.requests();
    assert_eq!(sent[1].target, format!("{NUMBERS}?$skip=1"));
    assert!(sent[1].header("Authorization").is_some());
}
