//! Owns how good answers are read, in all the spellings that the service and its documents use.

use httpmock::prelude::*;
use jiff::Timestamp;
use serde_json::{Value, json};
use teams_phone::{ErrorKind, PrincipalType, Scope};
use teams_phone_tests::{APPLICATION, OBJECT, TENANT};

use crate::calls::{client, object, read, tenant};

/// A server that answers everything with this.
async fn answering(status: u16, body: &Value) -> MockServer {
    let server = MockServer::start_async().await;
    let body = body.clone();
    server
        .mock_async(|when, then| {
            when.any_request();
            then.status(status)
                .header("content-type", "application/json")
                .json_body(body);
        })
        .await;
    server
}

fn assignment(changes: Value) -> Value {
    let mut body = json!({
        "objectId": OBJECT,
        "tenantId": TENANT,
        "principalType": "user",
        "clientIds": [APPLICATION],
    });
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

#[tokio::test]
async fn principal_types_are_read_in_all_their_spellings() {
    for (text, expected) in [
        ("teamsResourceAccount", PrincipalType::ResourceAccount),
        ("resourceAccount", PrincipalType::ResourceAccount),
        ("TEAMSRESOURCEACCOUNT", PrincipalType::ResourceAccount),
        ("ResourceAccount", PrincipalType::ResourceAccount),
        ("user", PrincipalType::User),
        ("User", PrincipalType::User),
        (
            "roomAccount",
            PrincipalType::Unknown("roomAccount".to_owned()),
        ),
        ("", PrincipalType::Unknown(String::new())),
    ] {
        let server = answering(200, &assignment(json!({ "principalType": text }))).await;
        let (client, _) = client(&server.base_url());
        let read = read(&client).await.unwrap();
        assert_eq!(read.principal_type, expected, "{text}");
    }
}

#[tokio::test]
async fn client_ids_may_be_null_or_absent() {
    let mut absent = assignment(json!({}));
    absent.as_object_mut().unwrap().remove("clientIds");
    let null = assignment(json!({ "clientIds": null }));
    let empty = assignment(json!({ "clientIds": [] }));
    for body in [absent, null, empty] {
        let server = answering(200, &body).await;
        let (client, _) = client(&server.base_url());
        assert_eq!(read(&client).await.unwrap().client_ids, [], "{body}");
    }
}

#[tokio::test]
async fn a_null_list_of_the_low_level_client_is_empty() {
    let server = answering(200, &json!({ "value": null })).await;
    let client = crate::calls::low_level(&server.base_url());
    let page = client.entra_assignment_list().await.unwrap().into_inner();
    assert!(page.value.is_empty() && page.next_link.is_none());
}

#[tokio::test]
async fn members_that_are_not_known_are_ignored() {
    let body = assignment(json!({ "createdAt": "2025-01-01", "links": { "self": [1, null] } }));
    let server = answering(200, &body).await;
    let (client, _) = client(&server.base_url());
    assert_eq!(read(&client).await.unwrap().object_id, object());
}

#[tokio::test]
async fn times_are_read_with_any_fraction_and_offset() {
    for (text, expected) in [
        (
            "2025-04-14T17:32:27.2078535+00:00",
            "2025-04-14T17:32:27.2078535Z",
        ),
        (
            "2025-02-10T14:39:39.3244584-07:00",
            "2025-02-10T21:39:39.3244584Z",
        ),
        ("2025-04-14T17:32:27+05:30", "2025-04-14T12:02:27Z"),
        ("2025-04-14T17:32:27Z", "2025-04-14T17:32:27Z"),
        (
            "2025-04-14T17:32:27.123456789Z",
            "2025-04-14T17:32:27.123456789Z",
        ),
    ] {
        let body = json!({
            "identity": { "id": "8:acs:1_2", "lastTokenIssuedAt": text },
            "accessToken": { "token": "opaque", "expiresOn": text },
        });
        let server = answering(201, &body).await;
        let (client, _) = client(&server.base_url());
        let created = client
            .identities()
            .create()
            .with_token([Scope::Chat])
            .await
            .unwrap();
        let expected: Timestamp = expected.parse().unwrap();
        assert_eq!(created.identity.last_token_issued_at, Some(expected));
        assert_eq!(created.access_token.unwrap().expires_on, expected);
    }
}

#[tokio::test]
async fn optional_members_of_identities_may_be_null_or_absent() {
    for body in [
        json!({ "identity": { "id": "8:acs:1_2" } }),
        json!({
            "identity": { "id": "8:acs:1_2", "customId": null, "lastTokenIssuedAt": null },
            "accessToken": null,
        }),
    ] {
        let server = answering(201, &body).await;
        let (client, _) = client(&server.base_url());
        let created = client.identities().create().await.unwrap();
        assert_eq!(created.identity.id.as_str(), "8:acs:1_2");
        assert_eq!(created.identity.custom_id, None);
        assert_eq!(created.identity.last_token_issued_at, None);
        assert_eq!(created.access_token, None);
    }
}

#[tokio::test]
async fn the_status_says_created_or_replaced() {
    for (status, created) in [(201, true), (200, false)] {
        let server = answering(status, &assignment(json!({}))).await;
        let (client, _) = client(&server.base_url());
        let assignments = client.assignments();
        let grant = assignments.grant(&tenant(), &object(), PrincipalType::User);
        assert_eq!(grant.await.unwrap().created, created, "{status}");
    }
}

#[tokio::test]
async fn another_success_than_the_documented_one_is_a_success() {
    let identity = json!({ "identity": { "id": "8:acs:1_2" } });
    for status in [200, 201] {
        let server = answering(status, &identity).await;
        let (client, _) = client(&server.base_url());
        client.identities().create().await.unwrap();
    }
    for status in [200, 201] {
        let server = answering(status, &assignment(json!({}))).await;
        let (client, _) = client(&server.base_url());
        read(&client).await.unwrap();
    }
    // The documents of the service show a deletion answered with an empty object.
    for status in [200, 204] {
        let server = answering(status, &json!({})).await;
        let (client, _) = client(&server.base_url());
        client
            .assignments()
            .revoke(&tenant(), &object())
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn accepted_is_not_done() {
    let server = answering(202, &assignment(json!({}))).await;
    let (client, _) = client(&server.base_url());
    let assignments = client.assignments();
    let kind = PrincipalType::User;
    for error in [
        read(&client).await.unwrap_err(),
        assignments
            .grant(&tenant(), &object(), kind)
            .await
            .unwrap_err(),
        assignments.revoke(&tenant(), &object()).await.unwrap_err(),
        client.identities().create().await.unwrap_err(),
    ] {
        assert_eq!(error.status(), Some(202), "{error:?}");
        assert_eq!(error.kind(), ErrorKind::Service, "{error:?}");
        assert!(!error.is_retryable(), "{error:?}");
    }
}
