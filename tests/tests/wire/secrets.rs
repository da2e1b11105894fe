//! Owns the promise that no secret is ever printed or part of an error.

use std::fmt::Debug;
use std::time::{Duration, SystemTime};

use futures::future::BoxFuture;
use teams_phone::{
    AccessKey, BearerToken, Client, ConnectionString, Credential, Endpoint, Error, PrincipalType,
    Scope, Secret, StaticToken, TokenCredential, TokenRequest,
};
use teams_phone_tests::{Fake, KEY, Step, answer, connection_string, json, raw};

use crate::calls::{ASSIGNMENT, client, object, read, tenant};

/// What must not be seen: the key as it is given and decoded, an issued token, a bearer token.
const SECRETS: [&str; 4] = [
    KEY,
    "a key that must not be seen",
    "issued-hunter2",
    "bearer-hunter2",
];

const CREATED: &str = concat!(
    r#"{"identity":{"id":"8:acs:1_2"},"#,
    r#""accessToken":{"token":"issued-hunter2","expiresOn":"2025-04-14T17:32:27.2078535+00:00"}}"#
);

fn assert_clean(text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
    assert!(!text.contains("Signature="), "a signature is in {text}");
}

fn assert_prints_clean(value: &dyn Debug) {
    assert_clean(&format!("{value:?}\n{value:#?}"));
}

fn bearer() -> Credential {
    let expiry = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    Credential::token(StaticToken::new(BearerToken::new("bearer-hunter2", expiry)))
}

fn with_bearer(url: &str) -> Client {
    let endpoint: Endpoint = url.parse().unwrap();
    Client::builder()
        .endpoint(endpoint)
        .credential(bearer())
        .build()
        .unwrap()
}

#[tokio::test]
async fn public_values_do_not_show_secrets() {
    let fake = Fake::always(json(201, CREATED));
    let url = fake.url();
    let connection_string: ConnectionString = connection_string(&url);
    let (client, _) = client(&url);
    let (assignments, identities) = (client.assignments(), client.identities());
    let id = "8:acs:1_2".parse().unwrap();
    let created = identities.create().with_token([Scope::Chat]).await.unwrap();
    assert_eq!(
        created.access_token.as_ref().unwrap().token.expose(),
        "issued-hunter2"
    );
    assert_prints_clean(&created);
    assert_prints_clean(&connection_string);
    assert_prints_clean(&AccessKey::from_base64(KEY).unwrap());
    assert_prints_clean(&Credential::from(AccessKey::from_base64(KEY).unwrap()));
    assert_prints_clean(&Client::builder().connection_string(&connection_string));
    assert_prints_clean(&client);
    assert_prints_clean(&assignments);
    assert_prints_clean(&identities);
    assert_prints_clean(&assignments.get(&tenant(), &object()));
    assert_prints_clean(&assignments.grant(&tenant(), &object(), PrincipalType::User));
    assert_prints_clean(&assignments.revoke(&tenant(), &object()));
    assert_prints_clean(&assignments.revoke_and_verify(&tenant(), &object()));
    assert_prints_clean(&assignments.ensure(&tenant(), &object(), PrincipalType::User));
    assert_prints_clean(&identities.create());
    assert_prints_clean(&identities.get(&id));
    assert_prints_clean(&identities.delete(&id));
    assert_prints_clean(&identities.issue_token(&id, [Scope::Chat]));
    assert_prints_clean(&identities.revoke_tokens(&id));
    assert_prints_clean(&Secret::new("issued-hunter2"));
    assert_prints_clean(&bearer());
    assert_prints_clean(&with_bearer(&url));
}

#[tokio::test]
async fn low_level_values_do_not_show_secrets() {
    let fake = Fake::always(json(201, CREATED));
    let low_level = crate::calls::low_level(&fake.url());
    let body = serde_json::from_str("{}").unwrap();
    let created = low_level.identity_create(&body).await.unwrap();
    assert_prints_clean(&created);
    assert_prints_clean(&low_level);
    let exchange = r#"{"token":"bearer-hunter2","appId":"a","userId":"u"}"#;
    let body: acs_identity_rest::v2025_03_02_preview::types::TeamsUserExchangeTokenRequest =
        serde_json::from_str(exchange).unwrap();
    assert_prints_clean(&body);
}

/// The error with all its causes.
fn chain(error: &Error) -> String {
    let mut text = format!("{error}\n{error:?}\n{:?}", error.hint());
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(&format!("\n{cause}\n{cause:?}"));
        source = cause.source();
    }
    text
}

#[tokio::test]
async fn errors_of_calls_do_not_show_secrets() {
    for step in [
        answer(401, &[], ""),
        json(401, r#"{"error":{"code":"Denied","message":"no"}}"#),
        json(201, &CREATED.replace("expiresOn", "expires")),
        raw("nonsense\r\n\r\n"),
        Step::Close,
        answer(302, &[("Location", "https://evil.example/")], ""),
    ] {
        let fake = Fake::always(step);
        let (client, _) = client(&fake.url());
        for client in [client, with_bearer(&fake.url())] {
            let create = client.identities().create().with_token([Scope::Chat]);
            let error = create.await.unwrap_err();
            assert_clean(&chain(&error));
        }
    }
}

#[test]
fn errors_of_connection_strings_do_not_show_secrets() {
    let key = SECRETS[0];
    for text in [
        format!("endpoint=https://a.example;accesskey={key};{key}"),
        format!("endpoint=https://a.example;accesskey={key};{key}=x"),
        format!("endpoint=https://a.example;accesskey={key};accesskey={key}"),
        format!("endpoint=https://a.example;accesskey={key}!"),
        format!("accesskey={key}"),
        format!("{key}=x;endpoint=https://a.example"),
        format!("endpoint={key};accesskey={key}"),
        format!("endpoint=https://{key}@a.example;accesskey={key}"),
        format!("endpoint=https://a.example/{key};accesskey={key}"),
        format!("endpoint=https://a.example;{key}"),
        format!("endpoint=http://a.example;accesskey={key}"),
        key.to_owned(),
    ] {
        let error = text.parse::<ConnectionString>().unwrap_err();
        assert_clean(&chain(&error));
        let error = Client::from_connection_string(&text).unwrap_err();
        assert_clean(&chain(&error));
    }
}

/// A source of tokens that a header cannot carry.
#[derive(Debug)]
struct Unusable;

impl TokenCredential for Unusable {
    fn get_token<'a>(
        &'a self,
        _: &'a TokenRequest<'a>,
    ) -> BoxFuture<'a, Result<BearerToken, Error>> {
        let token = BearerToken::new("bearer-hunter2\r\n", SystemTime::UNIX_EPOCH);
        Box::pin(std::future::ready(Ok(token)))
    }
}

#[tokio::test]
async fn a_token_that_cannot_be_sent_is_not_shown() {
    let fake = Fake::always(json(200, ASSIGNMENT));
    let endpoint: Endpoint = fake.url().parse().unwrap();
    let credential = Credential::token(Unusable);
    let client = Client::builder()
        .endpoint(endpoint)
        .credential(credential)
        .build()
        .unwrap();
    let error = read(&client).await.unwrap_err();
    assert_eq!(error.kind(), teams_phone::ErrorKind::Credential);
    assert_clean(&chain(&error));
    assert!(fake.requests().is_empty());
}
