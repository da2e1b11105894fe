//! Owns how the service's refusals arrive, and what is refused before anything is sent.

use futures::TryStreamExt as _;
use teams_phone::{ApiVersion, Error, ErrorKind, GraphClient, RequestOptions};
use teams_phone_emulator::{Emulator, ErrorStyle};
use teams_phone_tests::graph_client;

use crate::target::{ACCOUNT_ID, USER, demo, object};

async fn list_error(client: &GraphClient) -> Error {
    let list = client.numbers().list();
    list.stream().try_next().await.unwrap_err()
}

fn without_permission(emulator: &Emulator) -> GraphClient {
    let token = emulator.graph().token_with(&["Organization.Read.All"]);
    graph_client(emulator.url(), &token).0
}

#[tokio::test]
async fn both_forms_of_a_missing_permission_are_one_error() {
    let emulator = demo().await;
    let client = without_permission(&emulator);
    let plain = list_error(&client).await;
    assert_eq!(plain.code(), Some("forbidden"));
    let needed = plain.accepted_permissions();
    assert!(
        needed.contains(&"TeamsTelephoneNumber.Read.All".to_owned()),
        "{needed:?}"
    );

    emulator
        .graph()
        .configure(|graph| graph.errors = ErrorStyle::Nested);
    let nested = list_error(&client).await;
    assert_eq!(nested.code(), Some("Forbidden"));
    assert_eq!(nested.message(), "Access Denied");
    for error in [plain, nested] {
        assert_eq!(
            (error.kind(), error.status()),
            (ErrorKind::Service, Some(403))
        );
        assert!(error.is_permission());
        assert_eq!(error.operation(), Some("number_list"));
        assert_eq!(error.attempts(), 1);
        let request_id = error.request_id().unwrap();
        assert!(error.to_string().contains(request_id), "{error}");
        assert!(error.hint().is_some_and(|hint| !hint.is_empty()));
    }
}

#[tokio::test]
async fn both_forms_of_not_found_are_one_error() {
    for style in [ErrorStyle::Plain, ErrorStyle::Nested] {
        let emulator = demo().await;
        emulator.graph().configure(|graph| graph.errors = style);
        let (client, _) = graph_client(emulator.url(), &emulator.graph().app_token());
        let id = "0a0b0c0d-0000-4000-8000-00000000ffff".parse().unwrap();
        let error = client.resource_accounts().get(&id).await.unwrap_err();
        assert!(error.is_not_found(), "{style:?} {error:?}");
        assert_eq!(error.code(), Some("NotFound"));
        let id = "b3AtMQ".parse().unwrap();
        let error = client.numbers().operation(&id).wait().await.unwrap_err();
        assert!(error.is_not_found(), "{style:?} {error:?}");
        assert_eq!(error.target(), Some("b3AtMQ"));
    }
}

#[tokio::test]
async fn every_member_of_the_inner_error_is_kept() {
    let emulator = demo().await;
    let error = list_error(&without_permission(&emulator)).await;
    let inner = &error.details()[0];
    assert_eq!(inner.code, "Forbidden");
    assert!(inner.more.contains_key("date"), "{inner:?}");
    let id = inner.more.get("client-request-id").map(String::as_str);
    assert_eq!(id, error.client_request_id());
}

#[tokio::test]
async fn the_callers_request_id_is_sent_and_shown() {
    let emulator = demo().await;
    let client = without_permission(&emulator);
    let options = RequestOptions::new().client_request_id("ticket-4711");
    let error = client.users().get(USER).options(options).await.unwrap_err();
    assert_eq!(error.client_request_id(), Some("ticket-4711"));
    let sent = emulator.requests();
    assert_eq!(sent[0].header("client-request-id"), Some("ticket-4711"));
}

/// A token for another service is a mistake that is made easily.
#[tokio::test]
async fn a_token_for_another_service_is_refused_once_and_explained() {
    let emulator = demo().await;
    let scope = "https://communication.azure.com//.default";
    let token = emulator.entra().app_token(scope);
    let (client, _) = graph_client(emulator.url(), &token);
    let error = list_error(&client).await;
    assert_eq!((error.status(), error.attempts()), (Some(401), 1));
    assert_eq!(error.code(), Some("InvalidAuthenticationToken"));
    assert!(error.is_permission() && !error.is_retryable());
    assert!(error.hint().is_some(), "{error:?}");
    assert!(!format!("{error:?}").contains(&token));
    assert_eq!(emulator.requests().len(), 1);
}

#[tokio::test]
async fn a_call_of_beta_only_is_not_sent_to_another_version() {
    let emulator = demo().await;
    let (client, _) = graph_client(emulator.url(), &emulator.graph().app_token());
    let version: ApiVersion = "v1.0".parse().unwrap();
    let options = RequestOptions::new().api_version(version);
    let accounts = client.resource_accounts();
    let account = object(ACCOUNT_ID);
    let list = accounts.list().options(options.clone());
    let of_call = [
        accounts.get(&account).options(options).await.unwrap_err(),
        list.stream().try_next().await.unwrap_err(),
    ];
    for error in of_call {
        assert_eq!(
            (error.kind(), error.attempts()),
            (ErrorKind::Config, 0),
            "{error:?}"
        );
        let text = error.to_string();
        assert!(text.contains("v1.0") && text.contains("beta"), "{text}");
    }
    assert_eq!(emulator.requests().len(), 0);
}
