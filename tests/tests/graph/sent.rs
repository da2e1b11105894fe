//! Owns the proof that the calls send what the documentation's samples of requests show: method, path, decoded query,
//! body.
//!
//! Three differences are ours on purpose. Two samples write a number without `+`; we send the same number with it, as
//! the other samples do. Lists of numbers ask for a page size even where a sample leaves it to the service: without it
//! the last page could not be told from a page without a link. And one sample spells a property `appid`, which the
//! metadata and we spell `appId`.

use futures::StreamExt as _;
use serde_json::Value;
use teams_phone::GraphClient;
use teams_phone::numbers::{
    AssignmentCategory, AssignmentStatus, NumberCapability, NumberFilter, NumberType,
    ReverseNumberLookupOption,
};
use teams_phone_tests::{Fake, Received, answer, read_json, upstream};
use url::Url;

use crate::bodies::{client, entry, ok};
use crate::target::{number, object};

/// The samples of requests.
pub(crate) const SENT: [&str; 18] = [
    "assignNumber",
    "get-numberAssignment",
    "get-operation",
    "get-userConfiguration",
    "list-numberAssignments",
    "list-numberAssignments.filter-number",
    "list-numberAssignments.filter-unassigned-user",
    "list-numberAssignments.top-skip",
    "list-resourceAccounts.filter-acsResourceId",
    "list-resourceAccounts.filter-appId",
    "list-resourceAccounts.top",
    "list-resourceAccounts.top-filter",
    "list-userConfigurations",
    "unassignNumber",
    "updateNumber.clear-locationId",
    "updateNumber.locationId",
    "updateNumber.networkSiteId",
    "updateNumber.reverseNumberLookupOptions",
];

/// Makes the call that a sample stands for; what comes of it does not matter.
async fn call(client: &GraphClient, name: &str) {
    let (numbers, users) = (client.numbers(), client.users());
    let accounts = || client.resource_accounts().list();
    let (any, kind) = (number("12061234567"), NumberType::DirectRouting);
    let resource = "aa123456-1234-1234-1234-aaa123456789";
    let update = || numbers.update(&any);
    match name {
        "assignNumber" => {
            let target = object("94ec379d-30a2-4cdb-a377-75e42f7a61e5");
            let order = numbers.assign(&any, &target, kind);
            let order = order.assignment_category(AssignmentCategory::Primary);
            drop(order.start().await);
        }
        "unassignNumber" => drop(numbers.unassign(&any, kind).start().await),
        "get-numberAssignment" => {
            let id = "YmMyNjMyZTMtNzUwYy00N2Q3LWFlYWUtOWZlZTAzNWJjMGM3fCsxMjAyMzQ1Njc4OQ";
            drop(numbers.get_by_id(&id.parse().unwrap()).await);
        }
        "get-operation" => {
            let id = "QXNzaWdubWVudHw2Y2E4Yjc0Ni00YzgxLTRhY2EtOTUyNi1jZmNjNGRiYWYyMmI";
            drop(numbers.operation(&id.parse().unwrap()).poll().await);
        }
        "get-userConfiguration" => {
            let user = object("5c802b19-3600-83f1-1767-7b9edc7f38ab");
            drop(users.configuration(&user).await);
        }
        "list-userConfigurations" => drop(users.configurations().pages().next().await),
        "list-numberAssignments" => drop(numbers.list().pages().next().await),
        "list-numberAssignments.top-skip" => {
            let mut pages = numbers.list().page_size(100).pages();
            while pages.next().await.is_some_and(|page| page.is_ok()) {}
        }
        "list-numberAssignments.filter-number" => {
            drop(numbers.get(&number("+12052582895")).await);
        }
        "list-numberAssignments.filter-unassigned-user" => {
            let filter = NumberFilter::new()
                .status(AssignmentStatus::Unassigned)
                .capability(NumberCapability::UserAssignment);
            drop(numbers.list().filter(filter).pages().next().await);
        }
        "list-resourceAccounts.filter-acsResourceId" => {
            let list = accounts().acs_resource_id(&resource.parse().unwrap());
            drop(list.pages().next().await);
        }
        "list-resourceAccounts.filter-appId" => {
            drop(
                accounts()
                    .app_id(&resource.parse().unwrap())
                    .pages()
                    .next()
                    .await,
            );
        }
        "list-resourceAccounts.top" => drop(accounts().page_size(5).pages().next().await),
        "list-resourceAccounts.top-filter" => {
            let list = accounts().acs_resource_id(&resource.parse().unwrap());
            drop(list.page_size(5).pages().next().await);
        }
        "updateNumber.clear-locationId" => drop(update().location_id("").await),
        "updateNumber.locationId" => {
            let location = "93cb8a70-b4af-41df-9928-d07607e21776";
            drop(update().location_id(location).await);
        }
        "updateNumber.networkSiteId" => {
            let site = "fff21455-0f84-4a6b-babd-0a9b46971a62";
            drop(update().network_site_id(site).await);
        }
        "updateNumber.reverseNumberLookupOptions" => {
            let option = ReverseNumberLookupOption::SkipInternalVoip;
            drop(update().reverse_number_lookup_options([option]).await);
        }
        other => panic!("no call for {other}"),
    }
}

/// A query as pairs, in the order of their names; a sample's is written without any encoding.
fn query(url: &str, encoded: bool) -> Vec<(String, String)> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let mut pairs: Vec<(String, String)> = if encoded {
        let url = Url::parse(&format!("http://x/?{query}")).unwrap();
        let pairs = url.query_pairs();
        pairs
            .map(|(n, v)| (n.into_owned(), v.into_owned()))
            .collect()
    } else {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.map(|(n, v)| (n.to_owned(), v.to_owned())).collect()
    };
    pairs.sort();
    pairs
}

/// What a sample shows, changed to what we send on purpose.
fn wanted(name: &str, sample: &Value) -> (Vec<(String, String)>, Value) {
    let mut pairs = query(sample["url"].as_str().unwrap(), false);
    let mut body = sample["body"].clone();
    if let Some(digits) = body["telephoneNumber"]
        .as_str()
        .filter(|text| !text.starts_with('+'))
    {
        body["telephoneNumber"] = format!("+{digits}").into();
    }
    let is_paged = name.starts_with("list-numberAssignments");
    if is_paged && !pairs.iter().any(|(name, _)| name == "$top") {
        pairs.push(("$top".to_owned(), "500".to_owned()));
    }
    for (_, value) in &mut pairs {
        *value = value.replace("appid eq", "appId eq");
    }
    pairs.sort();
    (pairs, body)
}

/// The request that a sample is about: the last one, as others may lead to it.
async fn sent(name: &str) -> Received {
    let page = |from: usize| {
        let numbers = (from..from + 100).map(|i| format!("+1206555{i:04}"));
        let page: Vec<Value> = numbers
            .map(|number| entry(&number, "activated", "unassigned", None))
            .collect();
        ok(&serde_json::json!({ "value": page }))
    };
    // The answer fits no call and need not, but for the pages that lead to the one asked for.
    let refusal = answer(400, &[], "");
    let fake = match name {
        "list-numberAssignments.top-skip" => Fake::script([page(0), page(100), refusal]),
        _ => Fake::script([refusal]),
    };
    call(&client(&fake).0, name).await;
    fake.requests().pop().unwrap()
}

#[tokio::test]
async fn every_call_sends_what_its_sample_shows() {
    let Some(root) = upstream("graph/samples/requests") else {
        return;
    };
    for name in SENT {
        let sample = read_json(&root.join(format!("{name}.json")));
        let request = sent(name).await;
        let (pairs, body) = wanted(name, &sample);
        let url = Url::parse(sample["url"].as_str().unwrap()).unwrap();
        assert_eq!(request.method, sample["method"], "{name}");
        assert_eq!(request.path(), url.path(), "{name}");
        assert_eq!(query(&request.target, true), pairs, "{name}");
        let sent = match request.text().as_str() {
            "" => Value::Null,
            text => serde_json::from_str(text).unwrap(),
        };
        assert_eq!(sent, body, "{name}");
        let media_type = sample["headers"]["Content-Type"].as_str();
        assert_eq!(request.header("Content-Type"), media_type, "{name}");
    }
}

#[tokio::test]
async fn a_plus_sign_in_a_filter_is_encoded() {
    let fake = Fake::script([answer(400, &[], "")]);
    drop(client(&fake).0.numbers().get(&number("+12052582895")).await);
    let target = fake.request().target;
    assert!(target.contains("%2B12052582895"), "{target}");
    assert!(!target.contains('+'), "{target}");
}
