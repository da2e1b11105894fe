//! What each operation of the newest complete version puts on the wire, and what it makes of answers.

use acs_identity_rest::enums::{
    CommunicationIdentityTokenScope, EntraPrincipalType, TeamsExtensionPrincipalType,
};
use acs_identity_rest::v2025_03_02_preview::{Client, client, types};
use acs_identity_rest::{Error, OPERATIONS, errors::CommunicationErrorResponse};
use serde_json::{Value, json};
use teams_phone_core::hooks::find;

use crate::fake::{Fake, Received};

const ID: &str = "8:acs:1_2";
const TENANT: &str = "t-1";
const OBJECT: &str = "o-1";

const TOKEN: &str = r#"{"token":"eyJ","expiresOn":"2023-10-10T21:39:39.3244584+00:00"}"#;
const TEAMS: &str = r#"{"objectId":"o-1","tenantId":"t-1","principalType":"user"}"#;
const ENTRA: &str = r#"{"objectId":"o-1","tenantId":"t-1","principalType":"group","clientIds":[]}"#;

type Status = Result<u16, Error<CommunicationErrorResponse>>;

/// Calls one operation by its stable name and gives the status.
async fn call(client: &Client, operation: &str) -> Status {
    match operation.split_once('_') {
        Some(("identity", _)) => call_identity(client, operation).await,
        Some(("entra", _)) => call_entra(client, operation).await,
        _ => call_teams(client, operation).await,
    }
}

async fn call_identity(client: &Client, operation: &str) -> Status {
    let status = match operation {
        "identity_create" => client.identity_create(&Default::default()).await?.status(),
        "identity_get" => client.identity_get(ID).await?.status(),
        "identity_delete" => client.identity_delete(ID).await?.status(),
        "identity_issue_token" => {
            let body = types::CommunicationIdentityAccessTokenRequest {
                expires_in_minutes: None,
                scopes: vec![CommunicationIdentityTokenScope::Voip],
            };
            client.identity_issue_token(ID, &body).await?.status()
        }
        "identity_revoke_tokens" => client.identity_revoke_tokens(ID).await?.status(),
        other => panic!("no call for {other}"),
    };
    Ok(status.as_u16())
}

async fn call_teams(client: &Client, operation: &str) -> Status {
    let status = match operation {
        "teams_user_exchange_token" => {
            let body = types::TeamsUserExchangeTokenRequest {
                app_id: "a-1".to_owned(),
                token: "users-token".to_owned().into(),
                user_id: "u-1".to_owned(),
            };
            client.teams_user_exchange_token(&body).await?.status()
        }
        "teams_extension_exchange_token" => {
            let body = types::TeamsExtensionExchangeTokenRequest::default();
            client.teams_extension_exchange_token(&body).await?.status()
        }
        "teams_extension_assignment_get" => client
            .teams_extension_assignment_get(TENANT, OBJECT)
            .await?
            .status(),
        "teams_extension_assignment_put" => {
            let body = types::TeamsExtensionAssignmentCreateOrUpdateRequest {
                client_ids: None,
                principal_type: TeamsExtensionPrincipalType::ResourceAccount,
            };
            client
                .teams_extension_assignment_put(TENANT, OBJECT, &body)
                .await?
                .status()
        }
        "teams_extension_assignment_delete" => client
            .teams_extension_assignment_delete(TENANT, OBJECT)
            .await?
            .status(),
        other => panic!("no call for {other}"),
    };
    Ok(status.as_u16())
}

async fn call_entra(client: &Client, operation: &str) -> Status {
    let entra = types::EntraAssignmentCreateOrUpdateRequest {
        client_ids: vec!["c-1".to_owned()],
        principal_type: EntraPrincipalType::Group,
        tenant_id: TENANT.to_owned(),
    };
    let status = match operation {
        "entra_exchange_token" => {
            let body = types::EntraExchangeTokenRequest::default();
            client.entra_exchange_token(&body).await?.status()
        }
        "entra_assignment_list" => client.entra_assignment_list().await?.status(),
        "entra_assignment_update" => {
            let changes = [("o-1".to_owned(), Some(entra)), ("o-2".to_owned(), None)];
            let body = types::EntraAssignmentUpdateBulkRequest(changes.into());
            client.entra_assignment_update(&body).await?.status()
        }
        "entra_assignment_get" => client.entra_assignment_get(OBJECT).await?.status(),
        "entra_assignment_put" => client.entra_assignment_put(OBJECT, &entra).await?.status(),
        "entra_assignment_delete" => client.entra_assignment_delete(OBJECT).await?.status(),
        other => panic!("no call for {other}"),
    };
    Ok(status.as_u16())
}

/// What an operation sends, and an answer it can read: target, body, status, answer.
fn expectations(operation: &str) -> (&'static str, Value, u16, String) {
    let (target, status) = targets(operation);
    let result = format!(r#"{{"identity":{{"id":"{ID}"}},"accessToken":{TOKEN}}}"#);
    let entra = json!({"clientIds": ["c-1"], "principalType": "group", "tenantId": "t-1"});
    let list = format!(r#"{{"value":[{ENTRA}]}}"#);
    let exchange = json!({"appId": "a-1", "token": "users-token", "userId": "u-1"});
    let (body, answer) = match operation {
        "identity_create" | "teams_extension_exchange_token" | "entra_exchange_token" => {
            (json!({}), result)
        }
        "identity_get" => (Value::Null, format!(r#"{{"id":"{ID}"}}"#)),
        "identity_issue_token" => (json!({"scopes": ["voip"]}), TOKEN.to_owned()),
        "teams_user_exchange_token" => (exchange, TOKEN.to_owned()),
        "teams_extension_assignment_get" => (Value::Null, TEAMS.to_owned()),
        "teams_extension_assignment_put" => (
            json!({"principalType": "teamsResourceAccount"}),
            TEAMS.to_owned(),
        ),
        "entra_assignment_list" => (Value::Null, list),
        "entra_assignment_update" => (json!({"o-1": entra, "o-2": null}), list),
        "entra_assignment_get" => (Value::Null, ENTRA.to_owned()),
        "entra_assignment_put" => (entra, ENTRA.to_owned()),
        _ => (Value::Null, String::new()),
    };
    (target, body, status, answer)
}

fn targets(operation: &str) -> (&'static str, u16) {
    match operation {
        "identity_create" => ("POST /identities", 201),
        "identity_get" => ("GET /identities/8%3Aacs%3A1_2", 200),
        "identity_delete" => ("DELETE /identities/8%3Aacs%3A1_2", 204),
        "identity_issue_token" => ("POST /identities/8%3Aacs%3A1_2/:issueAccessToken", 200),
        "identity_revoke_tokens" => ("POST /identities/8%3Aacs%3A1_2/:revokeAccessTokens", 204),
        "teams_user_exchange_token" => ("POST /teamsUser/:exchangeAccessToken", 200),
        "teams_extension_exchange_token" => {
            ("POST /access/teamsExtension/:exchangeAccessToken", 200)
        }
        "teams_extension_assignment_get" => (
            "GET /access/teamsExtension/tenants/t-1/assignments/o-1",
            200,
        ),
        "teams_extension_assignment_put" => (
            "PUT /access/teamsExtension/tenants/t-1/assignments/o-1",
            201,
        ),
        "teams_extension_assignment_delete" => (
            "DELETE /access/teamsExtension/tenants/t-1/assignments/o-1",
            204,
        ),
        "entra_exchange_token" => ("POST /access/entra/:exchangeAccessToken", 200),
        "entra_assignment_list" => ("GET /access/entra/assignments", 200),
        "entra_assignment_update" => ("PATCH /access/entra/assignments", 200),
        "entra_assignment_get" => ("GET /access/entra/assignments/o-1", 200),
        "entra_assignment_put" => ("PUT /access/entra/assignments/o-1", 200),
        "entra_assignment_delete" => ("DELETE /access/entra/assignments/o-1", 204),
        other => panic!("no target for {other}"),
    }
}

#[tokio::test]
async fn every_operation_sends_what_its_document_says() {
    for operation in &OPERATIONS {
        let (target, body, status, answer) = expectations(operation.id);
        let fake = Fake::answering(status, &answer);
        let got = call(&client(fake.inner(None)), operation.id).await;
        assert_eq!(got.unwrap(), status, "{}", operation.id);

        let request = fake.request();
        assert_eq!(
            request.target,
            format!("{target}?api-version={}", operation.default_version)
        );
        check_body(operation.id, &request, &body);
        assert_eq!(request.header("api-version"), None, "{}", operation.id);
        let authorization = request.header("authorization").unwrap_or_default();
        assert!(
            authorization.starts_with("HMAC-SHA256 "),
            "{}: {authorization}",
            operation.id
        );
    }
}

fn check_body(operation: &str, request: &Received, body: &Value) {
    let row = find(&OPERATIONS, operation).unwrap();
    assert_eq!(
        request.header("content-type"),
        row.content_type,
        "{operation}"
    );
    if body.is_null() {
        assert_eq!(request.body, "", "{operation}");
        let declares = (row.method == "POST").then_some("0");
        assert_eq!(request.header("content-length"), declares, "{operation}");
    } else {
        assert_eq!(request.json(), *body, "{operation}");
    }
}

#[tokio::test]
async fn an_empty_bulk_answer_is_none() {
    let fake = Fake::answering(204, "");
    let body = types::EntraAssignmentUpdateBulkRequest::default();
    let answer = client(fake.inner(None))
        .entra_assignment_update(&body)
        .await
        .unwrap();
    assert_eq!(answer.into_inner(), None);
}

#[tokio::test]
async fn a_version_for_all_calls_is_named_in_each_request() {
    let fake = Fake::answering(204, "");
    let client = client(fake.inner(Some("2022-06-01")));
    client.identity_delete(ID).await.unwrap();
    assert!(fake.request().target.ends_with("?api-version=2022-06-01"));

    let failure = client.identity_get(ID).await.unwrap_err();
    assert!(message(failure).contains("2025-03-02-preview"));
    assert!(fake.got_nothing());
}

#[tokio::test]
async fn no_id_changes_the_route() {
    let fake = Fake::answering(204, "");
    let client = client(fake.inner(None));
    for id in ["", ".", ".."] {
        let failure = client.identity_delete(id).await.unwrap_err();
        assert!(message(failure).contains("route"), "{id:?}");
        client.identity_revoke_tokens(id).await.unwrap_err();
        client
            .teams_extension_assignment_delete(TENANT, id)
            .await
            .unwrap_err();
        client
            .teams_extension_assignment_delete(id, OBJECT)
            .await
            .unwrap_err();
        assert!(fake.got_nothing(), "{id:?} was sent");
    }
    for (id, escaped) in [
        (r"..\..\x", "..%5C..%5Cx"),
        ("a/b?c#d", "a%2Fb%3Fc%23d"),
        ("%2e%2e", "%252e%252e"),
        ("é\r\n", "%C3%A9%0D%0A"),
    ] {
        client.identity_delete(id).await.unwrap();
        let target = fake.request().target;
        assert_eq!(
            target,
            format!("DELETE /identities/{escaped}?api-version=2025-06-30")
        );
    }
}

#[tokio::test]
async fn every_failure_is_the_documented_error() {
    for (status, body, code) in [
        (
            400,
            r#"{"error":{"code":"ValidationError","message":"No."}}"#,
            "ValidationError",
        ),
        (
            404,
            r#"{"error":{"code":"X","message":"m","details":null,"innererror":null}}"#,
            "X",
        ),
        (401, "", ""),
        (502, "<html>bad gateway</html>", ""),
    ] {
        let fake = Fake::answering(status, body);
        let failure = client(fake.inner(None))
            .identity_delete(ID)
            .await
            .unwrap_err();
        let Error::ErrorResponse(answer) = failure else {
            panic!("{status}: {failure}")
        };
        assert_eq!(answer.status().as_u16(), status);
        if !code.is_empty() {
            assert_eq!(answer.error.code, code);
        }
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let fake = Fake::answering(302, "");
    client(fake.inner(None))
        .identity_delete(ID)
        .await
        .unwrap_err();
    fake.request();
    assert!(fake.got_nothing());
}

fn message(failure: Error<CommunicationErrorResponse>) -> String {
    match failure {
        Error::ErrorResponse(answer) => answer.into_inner().error.message,
        other => panic!("{other}"),
    }
}
