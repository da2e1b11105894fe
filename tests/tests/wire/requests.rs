//! Owns what requests look like on the wire: line, headers, body.

use std::time::Duration;

use teams_phone::{PrincipalType, RequestOptions, Scope};
use teams_phone_tests::{APPLICATION, Fake, OBJECT, Received, TENANT, answer, json};

use crate::calls::{ASSIGNMENT, IDENTITY, client, create, low_level, object, read, tenant};

const TOKEN: &str = r#"{"token":"opaque","expiresOn":"2025-04-14T17:32:27.2078535+00:00"}"#;

/// The one request of a grant.
async fn granted(principal_type: &str, client_ids: &[&str]) -> Received {
    let fake = Fake::script([json(201, ASSIGNMENT)]);
    let (client, _) = client(&fake.url());
    let principal_type = match principal_type {
        "resource account" => PrincipalType::ResourceAccount,
        "user" => PrincipalType::User,
        verbatim => PrincipalType::Unknown(verbatim.to_owned()),
    };
    client
        .assignments()
        .grant(&tenant(), &object(), principal_type)
        .client_ids(client_ids.iter().map(|id| id.parse().unwrap()))
        .await
        .unwrap();
    fake.request()
}

#[tokio::test]
async fn a_grant_sends_the_bare_body_with_the_documented_names() {
    let many = [APPLICATION, OBJECT];
    for (principal_type, client_ids, body) in [
        (
            "resource account",
            &[][..],
            r#"{"principalType":"teamsResourceAccount"}"#.to_owned(),
        ),
        ("user", &[], r#"{"principalType":"user"}"#.to_owned()),
        (
            "user",
            &many,
            format!(r#"{{"clientIds":["{APPLICATION}","{OBJECT}"],"principalType":"user"}}"#),
        ),
        // What is built by hand goes out as it is, also where it is another spelling of a known value.
        (
            "resourceAccount",
            &[],
            r#"{"principalType":"resourceAccount"}"#.to_owned(),
        ),
        ("User", &[], r#"{"principalType":"User"}"#.to_owned()),
        (
            "roomAccount",
            &[],
            r#"{"principalType":"roomAccount"}"#.to_owned(),
        ),
    ] {
        let request = granted(principal_type, client_ids).await;
        assert_eq!(request.method, "PUT");
        assert_eq!(request.text(), body);
        assert_eq!(request.header("content-type"), Some("application/json"));
        assert_eq!(
            request.header("content-length"),
            Some(&*body.len().to_string())
        );
    }
}

#[tokio::test]
async fn the_target_has_escaped_ids_and_one_api_version() {
    let fake = Fake::script([answer(204, &[], ""), json(200, ASSIGNMENT)]);
    let (client, _) = client(&fake.url());
    let id = "8:acs:1_2".parse().unwrap();
    client.identities().revoke_tokens(&id).await.unwrap();
    read(&client).await.unwrap();
    let targets: Vec<String> = fake
        .requests()
        .into_iter()
        .map(|request| request.target)
        .collect();
    assert_eq!(
        targets,
        [
            "/identities/8%3Aacs%3A1_2/:revokeAccessTokens?api-version=2025-06-30".to_owned(),
            format!(
                "/access/teamsExtension/tenants/{TENANT}/assignments/{OBJECT}?api-version=2025-06-30"
            ),
        ]
    );
}

#[tokio::test]
async fn a_post_without_a_body_says_that_its_length_is_zero() {
    let fake = Fake::always(answer(204, &[], ""));
    let (client, _) = client(&fake.url());
    let id = "8:acs:1_2".parse().unwrap();
    client.identities().revoke_tokens(&id).await.unwrap();
    low_level(&fake.url())
        .identity_revoke_tokens("8:acs:1_2")
        .await
        .unwrap();
    for request in fake.requests() {
        assert_eq!((&*request.method, request.body.len()), ("POST", 0));
        assert_eq!(request.header("content-length"), Some("0"));
        assert_eq!(request.header("transfer-encoding"), None);
        assert_eq!(request.header("content-type"), None);
    }
}

#[tokio::test]
async fn reads_and_deletes_send_no_body_and_no_length() {
    let fake = Fake::script([json(200, ASSIGNMENT), answer(204, &[], "")]);
    let (client, _) = client(&fake.url());
    read(&client).await.unwrap();
    client
        .assignments()
        .revoke(&tenant(), &object())
        .await
        .unwrap();
    let methods: Vec<String> = fake
        .requests()
        .iter()
        .map(|request| request.method.clone())
        .collect();
    assert_eq!(methods, ["GET", "DELETE"]);
    for request in fake.requests() {
        assert_eq!(request.text(), "");
        for name in ["content-length", "transfer-encoding", "content-type"] {
            assert_eq!(request.header(name), None, "{name}");
        }
    }
}

#[tokio::test]
async fn identity_bodies_leave_out_what_was_not_asked_for() {
    let fake = Fake::always(json(201, IDENTITY));
    let (client, _) = client(&fake.url());
    let identities = client.identities();
    let custom_id = || "agent-17".parse().unwrap();
    let hours = Duration::from_secs(2 * 60 * 60);
    identities.create().await.unwrap();
    identities.create().custom_id(custom_id()).await.unwrap();
    identities
        .create()
        .with_token([Scope::Voip, Scope::Chat])
        .await
        .unwrap();
    identities
        .create()
        .custom_id(custom_id())
        .with_token([Scope::Unknown("Video".to_owned())])
        .valid_for(hours)
        .await
        .unwrap();
    let sent: Vec<_> = fake
        .requests()
        .iter()
        .map(|r| (r.version().to_owned(), r.text()))
        .collect();
    let expected = [
        ("2025-06-30", "{}"),
        ("2025-03-02-preview", r#"{"customId":"agent-17"}"#),
        ("2025-06-30", r#"{"createTokenWithScopes":["voip","chat"]}"#),
        (
            "2025-03-02-preview",
            r#"{"createTokenWithScopes":["Video"],"customId":"agent-17","expiresInMinutes":120}"#,
        ),
    ];
    let expected = expected.map(|(version, body)| (version.to_owned(), body.to_owned()));
    assert_eq!(sent, expected);
}

#[tokio::test]
async fn token_bodies_leave_out_the_default_validity() {
    let fake = Fake::always(json(200, TOKEN));
    let (client, _) = client(&fake.url());
    let id = "8:acs:1_2".parse().unwrap();
    let issue = || {
        client
            .identities()
            .issue_token(&id, [Scope::ChatJoinLimited])
    };
    issue().await.unwrap();
    issue()
        .valid_for(Duration::from_secs(60 * 60))
        .await
        .unwrap();
    let bodies: Vec<String> = fake.requests().iter().map(Received::text).collect();
    assert_eq!(
        bodies,
        [
            r#"{"scopes":["chat.join.limited"]}"#,
            r#"{"expiresInMinutes":60,"scopes":["chat.join.limited"]}"#
        ]
    );
}

#[tokio::test]
async fn headers_are_those_the_service_wants_and_no_others() {
    let fake = Fake::script([json(201, IDENTITY)]);
    let (client, _) = client(&fake.url());
    create(&client).await.unwrap();
    let request = fake.request();
    let mut names: Vec<String> = request
        .headers
        .iter()
        .map(|(name, _)| name.to_ascii_lowercase())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "accept",
            "authorization",
            "content-length",
            "content-type",
            "host",
            "user-agent",
            "x-ms-client-request-id",
            "x-ms-content-sha256",
            "x-ms-date",
        ]
    );
    assert_eq!(request.header("host"), Some(&*fake.authority()));
    assert_eq!(request.header("accept"), Some("application/json"));
    assert!(
        request
            .header("user-agent")
            .unwrap()
            .starts_with("teams-phone/")
    );
}

#[tokio::test]
async fn a_given_request_id_is_sent_and_told() {
    let fake = Fake::script([json(404, ASSIGNMENT)]);
    let (client, _) = client(&fake.url());
    let assignments = client.assignments();
    let options = RequestOptions::new().client_request_id("ticket-4711");
    let get = assignments.get(&tenant(), &object()).options(options);
    let error = get.await.unwrap_err();
    assert_eq!(
        fake.request().header("x-ms-client-request-id"),
        Some("ticket-4711")
    );
    assert_eq!(error.client_request_id(), Some("ticket-4711"));
}
