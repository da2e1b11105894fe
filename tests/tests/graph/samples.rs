//! Owns the reading of every published or recorded answer and refusal: typed, with the values that the sample has.

use std::collections::BTreeSet;
use std::path::Path;

use futures::TryStreamExt as _;
use serde_json::Value;
use teams_phone::numbers::{
    ActivationState, AssignmentCategory, AssignmentStatus, CustomerAction, Holding,
    NumberAssignment, NumberCapability, NumberSource, NumberType, OperationStatus, Outcome,
};
use teams_phone::resource_accounts::ResourceAccount;
use teams_phone::users::{AccountType, AssignmentType, UserConfiguration};
use teams_phone::{Error, ErrorKind, GraphClient, Result};
use teams_phone_tests::{Fake, answer, read_json, upstream};

use crate::bodies::{JSON, client};
use crate::target::{number, object};

const FOLDER: &str = "graph/samples";

/// The answers and refusals that this file reads.
const READ: [&str; 22] = [
    "errors/400.root-not-addressable.teams.json",
    "errors/400.root-not-addressable.telephoneNumberManagement.json",
    "errors/403.access-denied-nested-json.numberAssignments.json",
    "errors/403.access-denied-nested-json.userConfigurations.json",
    "errors/403.missing-permission.numberAssignments.json",
    "errors/403.missing-permission.operations.json",
    "errors/403.missing-permission.userConfigurations.json",
    "errors/404.nested-json.policy-userAssignments.json",
    "errors/429.throttled.documented.json",
    "responses/assignNumber.202.json",
    "responses/get-numberAssignment.200.documented-wrapped.json",
    "responses/get-operation.200.documented-wrapped.json",
    "responses/get-userConfiguration.200.documented-wrapped.json",
    "responses/list-numberAssignments.200.json",
    "responses/list-numberAssignments.filter-number.200.json",
    "responses/list-numberAssignments.filter-unassigned-user.200.json",
    "responses/list-resourceAccounts.filter-acsResourceId.200.json",
    "responses/list-resourceAccounts.filter-appId.200.json",
    "responses/list-resourceAccounts.top.200.json",
    "responses/list-userConfigurations.200.json",
    "responses/unassignNumber.202.json",
    "responses/updateNumber.200.json",
];

/// A server that answers with a sample as it is.
fn answering(name: &str) -> Option<Fake> {
    assert!(READ.contains(&name), "{name} is not in the list");
    let sample = read_json(&upstream(FOLDER)?.join(name));
    let status = sample["status"].as_u64().unwrap();
    let headers: Vec<(String, String)> = match &sample["headers"] {
        Value::Object(headers) => headers
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
            .collect(),
        _ => vec![(JSON.0.to_owned(), JSON.1.to_owned())],
    };
    let headers: Vec<(&str, &str)> = headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let body = match &sample["body"] {
        Value::Null => String::new(),
        body => body.to_string(),
    };
    Some(Fake::always(answer(
        u16::try_from(status).unwrap(),
        &headers,
        &body,
    )))
}

/// What a call makes of a sample.
async fn read<T>(name: &str, call: impl AsyncFn(GraphClient) -> Result<T>) -> Option<T> {
    let fake = answering(name)?;
    let value = call(client(&fake).0).await;
    Some(value.unwrap_or_else(|error| panic!("{name}: {error:?}")))
}

async fn refusal<T>(name: &str, call: impl AsyncFn(GraphClient) -> Result<T>) -> Option<Error> {
    let fake = answering(&format!("errors/{name}.json"))?;
    match call(client(&fake).0).await {
        Ok(_) => panic!("{name} was taken for success"),
        Err(error) => Some(error),
    }
}

/// All samples there are, by folder and name.
pub(crate) fn names(root: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for folder in ["errors", "requests", "responses"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            names.insert(format!("{folder}/{name}"));
        }
    }
    names
}

#[test]
fn no_sample_is_left_unread() {
    let Some(root) = upstream(FOLDER) else { return };
    let requests = crate::sent::SENT.map(|name| format!("requests/{name}.json"));
    let read = READ.map(str::to_owned).into_iter().chain(requests);
    assert_eq!(read.collect::<BTreeSet<String>>(), names(&root));
    assert_eq!(names(&root).len(), 40);
}

#[tokio::test]
async fn orders_are_followed_where_their_location_says() {
    const ASSIGNED: &str = "QXNzaWdubWVudHw2Y2E4Yjc0Ni00YzgxLTRhY2EtOTUyNi1jZmNjNGRiYWYyMmI";
    const UNASSIGNED: &str = "VW5hc3NpZ25tZW50fDNmNmJmMWZkLTlhMzgtNDJkNi04ZDY0LTg0ZmNmZjlmYzdmNA";
    let (any, kind) = (number("+12065550100"), NumberType::DirectRouting);
    let target = object("94ec379d-30a2-4cdb-a377-75e42f7a61e5");
    let assigned = read("responses/assignNumber.202.json", async |client| {
        let order = client.numbers().assign(&any, &target, kind.clone());
        order.start().await
    });
    let unassigned = read("responses/unassignNumber.202.json", async |client| {
        client.numbers().unassign(&any, kind.clone()).start().await
    });
    for (operation, id) in [(assigned.await, ASSIGNED), (unassigned.await, UNASSIGNED)] {
        let Some(operation) = operation else { return };
        assert_eq!(operation.id().unwrap().as_str(), id);
    }
}

#[tokio::test]
async fn a_wrapped_operation_names_its_number() {
    let name = "responses/get-operation.200.documented-wrapped.json";
    let id = "op-1".parse().unwrap();
    let report = read(name, async |client| {
        client.numbers().operation(&id).poll().await
    });
    let Some(report) = report.await else { return };
    assert_eq!(report.outcome(), Outcome::Succeeded);
    assert_eq!(
        report.id.as_ref().unwrap().as_str(),
        "QXNzaWdubWVudHw2Y2E4Yjc0Ni00YzgxLTRhY2EtOTUyNi1jZmNjNGRiYWYyMmI"
    );
    let created = report.created_date_time.as_deref();
    assert_eq!(created, Some("2025-02-03T22:03:26Z"));
    let [result] = &report.numbers[..] else {
        panic!("{report:?}")
    };
    assert_eq!(result.telephone_number, Some(number("+12061234567")));
    assert_eq!(result.status, OperationStatus::Succeeded);
    assert_eq!(result.status_detail, None);
    assert_eq!(
        result.number_id.as_ref().unwrap().as_str(),
        "N2EyMDUxOTctOGU1OS00ODdkLWI5ZmEtM2ZjMWIxMDhmMWU1fCsxMjA2MTIzNDU2Nw"
    );
}

#[tokio::test]
async fn a_wrapped_number_has_all_of_its_values() {
    let name = "responses/get-numberAssignment.200.documented-wrapped.json";
    let id = "YmMy".parse().unwrap();
    let found = read(name, async |client| client.numbers().get_by_id(&id).await);
    let Some(found) = found.await else { return };
    let holder = object("22ed44ab-7759-4649-818e-6af3242dbc5d");
    assert_eq!(
        found.id.as_str(),
        "YmMyNjMyZTMtNzUwYy00N2Q3LWFlYWUtOWZlZTAzNWJjMGM3fCsxMjAyMzQ1Njc4OQ"
    );
    assert_eq!(found.telephone_number.as_str(), "+112345");
    assert_eq!(found.number_type, NumberType::DirectRouting);
    assert_eq!(found.activation_state, ActivationState::Activated);
    assert_eq!(
        found.capabilities,
        [
            NumberCapability::ConferenceAssignment,
            NumberCapability::VoiceApplicationAssignment,
            NumberCapability::UserAssignment
        ]
    );
    assert_eq!(found.holding(), Holding::By(&holder));
    assert_eq!(found.assignment_category, Some(AssignmentCategory::Primary));
    let operator = found.operator_id.as_deref();
    assert_eq!(operator, Some("7a205197-8e59-487d-b9fa-3fc1b108f1e5"));
    assert_eq!(found.number_source, Some(NumberSource::Online));
    let actions = &found.supported_customer_actions;
    assert_eq!(actions[..], [CustomerAction::LocationUpdate]);
    assert_eq!(found.reverse_number_lookup_options, []);
    let absent = [&found.location_id, &found.civic_address_id, &found.city];
    assert_eq!(absent, [&None; 3]);
    assert_eq!((found.port_in_status, found.iso_country_code), (None, None));
}

async fn listed(name: &str) -> Option<Vec<NumberAssignment>> {
    let name = format!("responses/list-numberAssignments{name}.200.json");
    read(&name, async |client| {
        client.numbers().list().stream().try_collect().await
    })
    .await
}

#[tokio::test]
async fn lists_of_numbers_have_each_number() {
    let Some(all) = listed("").await else { return };
    assert_eq!(all.len(), 2);
    let conference = object("207a6836-d031-4764-a9d8-c1193f455f21");
    assert_eq!(all[1].telephone_number, number("+12052582895"));
    assert_eq!(all[1].number_type, NumberType::CallingPlan);
    let status = all[1].assignment_status.as_ref();
    assert_eq!(status, Some(&AssignmentStatus::ConferenceAssigned));
    assert_eq!(all[1].holding(), Holding::By(&conference));
    let place = (all[1].iso_country_code.as_deref(), all[1].city.as_deref());
    assert_eq!(place, (Some("US"), Some("Clanton")));
    let actions = [CustomerAction::LocationUpdate, CustomerAction::Release];
    assert_eq!(all[1].supported_customer_actions, actions);

    let one = listed(".filter-number").await.unwrap();
    assert_eq!(one.len(), 1);
    assert_eq!(one[0].telephone_number, number("+12052582895"));
    assert_eq!(one[0].holding(), Holding::Free);
    assert_eq!(one[0].capabilities.len(), 2);

    let free = listed(".filter-unassigned-user").await.unwrap();
    assert_eq!(free.len(), 1);
    assert_eq!(free[0].telephone_number, number("+1123457"));
    assert_eq!(free[0].holding(), Holding::Free);
    assert!(
        free[0]
            .capabilities
            .contains(&NumberCapability::UserAssignment)
    );
}

async fn accounts(name: &str) -> Option<Vec<ResourceAccount>> {
    let name = format!("responses/list-resourceAccounts.{name}.200.json");
    read(&name, async |client| {
        let list = client.resource_accounts().list();
        list.stream().try_collect().await
    })
    .await
}

#[tokio::test]
async fn resource_accounts_have_their_communication_services_resource() {
    for (name, id, resource) in [
        (
            "filter-acsResourceId",
            "aa123456-1234-1234-1234-aaa123456789",
            "aa123456-1234-1234-1234-aaa123456789",
        ),
        (
            "filter-appId",
            "cc123456-5678-5678-1234-ccc123456789",
            "bb567890-1234-1234-1234-bbb123456789",
        ),
    ] {
        let Some(found) = accounts(name).await else {
            return;
        };
        let [account] = &found[..] else {
            panic!("{found:?}")
        };
        assert_eq!(account.id, object(id));
        assert_eq!(account.acs_resource_id.as_ref().unwrap().as_str(), resource);
        let app = account.app_id.as_ref().unwrap().as_str();
        assert_eq!(app, "aa123456-1234-1234-1234-aaa123456789");
        assert_eq!(account.phone_number, Some(number("+1234567890")));
        assert_eq!(account.display_name.as_deref(), Some("My RA Name"));
        let name = account.user_principal_name.as_deref();
        assert_eq!(name, Some("myteamsphoneresourceaccount@contoso.com"));
    }
}

/// The sample links to the service, which is another host than the one that answers here.
#[tokio::test]
async fn a_page_is_read_before_its_link_to_another_host_is_refused() {
    let name = "responses/list-resourceAccounts.top.200.json";
    let Some(fake) = answering(name) else { return };
    let mut pages = client(&fake)
        .0
        .resource_accounts()
        .list()
        .page_size(5)
        .pages();
    let page = pages.try_next().await.unwrap().unwrap();
    assert_eq!(page.len(), 1);
    assert_eq!(page[0].id.as_str(), "...");
    let error = pages.try_next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode, "{error:?}");
    assert_eq!(error.operation(), Some("resource_account_list"));
    assert_eq!(fake.requests().len(), 1);
}

fn check_settings(user: &UserConfiguration) {
    assert_eq!(user.id, object("5c802b19-3600-83f1-1767-7b9edc7f38ab"));
    let name = user.user_principal_name.as_deref();
    assert_eq!(name, Some("AdeleV@contoso.com"));
    let tenant = user.tenant_id.as_ref().unwrap().as_str();
    assert_eq!(tenant, "87d349ed-44d7-43e1-9a83-5f2406dee5bd");
    let [calling, meeting] = &user.effective_policy_assignments[..] else {
        panic!("{user:?}")
    };
    assert_eq!(calling.policy_type, "TeamsCallingPolicy");
    assert_eq!(calling.display_name.as_deref(), Some("AllOn"));
    assert_eq!(calling.assignment_type, Some(AssignmentType::Group));
    let group = calling.group_id.as_deref();
    assert_eq!(group, Some("75ae6229-35fe-4b01-ae7f-7c50439d239c"));
    assert_eq!(meeting.assignment_type, Some(AssignmentType::Direct));
    let policy = meeting.policy_id.as_deref();
    assert_eq!(policy, Some("J93PmFHwFcLZhWfYcBlv9pn-hG-kUWkcxmkDvpwgacw"));
    assert_eq!(meeting.group_id, None);
    let [held] = &user.telephone_numbers[..] else {
        panic!("{user:?}")
    };
    assert_eq!(held.telephone_number, number("+13235533696"));
    assert_eq!(held.assignment_category, Some(AssignmentCategory::Primary));
    assert_eq!(user.is_enterprise_voice_enabled, Some(false));
    assert_eq!(user.feature_types, ["Teams", "CallingPlan"]);
    assert_eq!(user.account_type, Some(AccountType::User));
    let created = user.created_date_time.unwrap().to_string();
    assert_eq!(created, "2025-01-07T09:08:50.9115993Z");
    assert_eq!(user.modified_date_time, user.created_date_time);
}

#[tokio::test]
async fn settings_of_users_are_the_same_wrapped_and_listed() {
    let name = "responses/get-userConfiguration.200.documented-wrapped.json";
    let id = object("5c802b19-3600-83f1-1767-7b9edc7f38ab");
    let one = read(name, async |client| client.users().configuration(&id).await);
    let Some(one) = one.await else { return };
    check_settings(&one);
    let name = "responses/list-userConfigurations.200.json";
    let all: Vec<_> = read(name, async |client| {
        client.users().configurations().stream().try_collect().await
    })
    .await
    .unwrap();
    assert_eq!(all, [one]);
}

#[tokio::test]
async fn an_update_is_over_with_its_answer() {
    let name = "responses/updateNumber.200.json";
    let update = async |client: GraphClient| {
        let numbers = client.numbers();
        numbers
            .update(&number("+12061234567"))
            .location_id("")
            .await
    };
    read(name, update).await;
}

async fn poll(client: GraphClient) -> Result<()> {
    let id = "op-1".parse().unwrap();
    client.numbers().operation(&id).poll().await.map(drop)
}

async fn list(client: GraphClient) -> Result<Vec<NumberAssignment>> {
    client.numbers().list().stream().try_collect().await
}

async fn settings(client: GraphClient) -> Result<Vec<UserConfiguration>> {
    client.users().configurations().stream().try_collect().await
}

#[tokio::test]
async fn a_missing_permission_is_named_with_what_to_do() {
    let numbers = [
        "TeamsTelephoneNumber.ReadWrite.All",
        "TeamsTelephoneNumber.Read.All",
    ];
    let users = ["TeamsUserConfiguration.Read.All"];
    let name = |what: &str| format!("403.missing-permission.{what}");
    for (error, permissions, id) in [
        (
            refusal(&name("numberAssignments"), list).await,
            &numbers[..],
            "aa66347a-87b8-401f-aaab-e69d86c3b97d",
        ),
        (
            refusal(&name("operations"), poll).await,
            &numbers[..],
            "ba0b65b0-8588-4c0b-8799-afe502cd7666",
        ),
        (
            refusal(&name("userConfigurations"), settings).await,
            &users[..],
            "1d2f16a6-c5cf-48af-ad92-f002d0bd9fb0",
        ),
    ] {
        let Some(error) = error else { return };
        assert!(error.is_permission() && !error.is_retryable());
        assert_eq!(
            (error.status(), error.code()),
            (Some(403), Some("forbidden"))
        );
        assert_eq!(error.accepted_permissions(), permissions);
        let hint = error.hint().unwrap();
        assert!(hint.contains("required roles/permissions"), "{hint}");
        assert_eq!(error.request_id(), Some(id));
        assert!(error.client_request_id().is_some());
        assert!(error.to_string().contains(id), "{error}");
    }
}

#[tokio::test]
async fn json_text_in_a_message_is_read_as_the_error_it_is() {
    let name = |what: &str| format!("403.access-denied-nested-json.{what}");
    for (error, id) in [
        (
            refusal(&name("numberAssignments"), list).await,
            "277634e0-b11d-4c9e-a055-b27d8abfac5c",
        ),
        (
            refusal(&name("userConfigurations"), settings).await,
            "64e8e93b-997f-48dd-9d35-8a5b99bc6af2",
        ),
    ] {
        let Some(error) = error else { return };
        assert!(error.is_permission());
        assert_eq!(error.code(), Some("Forbidden"));
        assert_eq!(error.message(), "Access Denied");
        let hint = error.hint().unwrap();
        assert!(hint.contains("different credential"), "{hint}");
        assert_eq!(error.request_id(), Some(id));
    }
}

#[tokio::test]
async fn what_is_not_there_or_not_addressable_is_said_with_its_code() {
    let policy = "404.nested-json.policy-userAssignments";
    let Some(error) = refusal(policy, poll).await else {
        return;
    };
    assert!(error.is_not_found());
    assert_eq!(error.code(), Some("NotFound"));
    assert_eq!(error.message(), "Resource not found");
    assert_eq!(
        error.request_id(),
        Some("19ca050f-55be-4dcb-bcd3-cc82841cf0e4")
    );
    for (what, service, id) in [
        (
            "teams",
            "TeamsAdminGateway",
            "cab53e0a-f6f8-40b4-b0e6-048d2e14a5c0",
        ),
        (
            "telephoneNumberManagement",
            "TelephoneNumberManagement",
            "0169e6e7-e033-4141-b09c-7725b1330ca0",
        ),
    ] {
        let name = format!("400.root-not-addressable.{what}");
        let error = refusal(&name, list).await.unwrap();
        assert_eq!(
            (error.status(), error.code()),
            (Some(400), Some("BadRequest"))
        );
        assert!(error.message().contains(service), "{error}");
        assert!(!error.is_retryable() && !error.is_permission());
        assert_eq!(error.request_id(), Some(id));
    }
}

#[tokio::test]
async fn throttling_is_repeated_and_then_said() {
    let Some(error) = refusal("429.throttled.documented", list).await else {
        return;
    };
    assert_eq!(error.kind(), ErrorKind::Throttled);
    assert_eq!(error.code(), Some("TooManyRequests"));
    assert_eq!(error.message(), "Please retry again later");
    assert_eq!(error.attempts(), 5);
    assert!(error.is_retryable());
    assert_eq!(
        error.request_id(),
        Some("94fb3b52-452a-4535-a601-69e0a90e3aa2")
    );
}
