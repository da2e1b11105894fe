//! Defects that the official SDKs for other languages have, as tests that this one has none of them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use acs_identity_rest::v2025_03_02_preview as rest;
use futures::future::BoxFuture;
use jiff::Timestamp;
use teams_phone::assignments::Assignment;
use teams_phone::{
    BearerToken, Client, ConnectionString, Credential, Endpoint, Error, ErrorKind, IdentityId,
    ObjectId, Result, RetryPolicy, Scope, StaticToken, TenantId, TokenCredential, TokenRequest,
};
use teams_phone_core::Pipeline;
use teams_phone_core::hooks::Inner;
use teams_phone_emulator::Emulator;
use teams_phone_tests::{
    Fake, HeldClock, KEY, OBJECT, TENANT, answer, check_signature, client, client_with, json, raw,
};

const ASSIGNMENT: &str = concat!(
    r#"{"objectId":"e5b7f628-ea94-4fdc-b3d9-1af1fe231111","#,
    r#""tenantId":"87d349ed-44d7-43e1-9a83-5f2406dee5bd","#,
    r#""principalType":"user","clientIds":[]}"#
);

const IDENTITY: &str = r#"{"identity":{"id":"8:acs:1_2"}}"#;

async fn read(client: &Client) -> Result<Assignment> {
    let (tenant, object): (TenantId, ObjectId) = (TENANT.parse()?, OBJECT.parse()?);
    client.assignments().get(&tenant, &object).await
}

/// Reads through a connection string made from these texts and checks the signature.
async fn signed(fake: &Fake, endpoint: &str) {
    let text = format!("endpoint={endpoint};accesskey={KEY}");
    read(&Client::from_connection_string(&text).unwrap())
        .await
        .unwrap();
    let requests = fake.requests();
    let request = requests.last().unwrap();
    assert_eq!(request.header("host"), Some(&*fake.authority()));
    check_signature(request, KEY);
}

#[tokio::test]
async fn a_trailing_slash_of_the_endpoint_is_not_part_of_the_signed_host() {
    let fake = Fake::always(json(200, ASSIGNMENT));
    signed(&fake, &format!("{}/", fake.url())).await;
    signed(&fake, &fake.url()).await;
}

#[tokio::test]
async fn an_expiry_is_a_time() {
    let body = r#"{"token":"opaque","expiresOn":"2099-04-14T17:32:27.2078535+00:00"}"#;
    let fake = Fake::always(json(200, body));
    let (client, _) = client(&fake.url());
    let id: IdentityId = "8:acs:1_2".parse().unwrap();
    let token = client
        .identities()
        .issue_token(&id, [Scope::Chat])
        .await
        .unwrap();
    assert!(token.expires_on > Timestamp::now());
}

#[tokio::test]
async fn http_in_a_connection_string_is_dialled_as_http() {
    let emulator = Emulator::start().await.unwrap();
    assert!(emulator.connection_string().starts_with("endpoint=http://"));
    let client = Client::from_connection_string(&emulator.connection_string()).unwrap();
    client.identities().create().await.unwrap();
}

#[tokio::test]
async fn capitals_in_the_scheme_are_fine() {
    let fake = Fake::always(json(200, ASSIGNMENT));
    signed(&fake, &fake.url().replace("http://", "HTTP://")).await;
}

#[tokio::test]
async fn a_throttled_post_is_repeated_after_a_spread_wait_that_is_never_zero() {
    for jitter in [0.0, 0.3, 0.999] {
        let fake = Fake::script([answer(429, &[], ""), json(201, IDENTITY)]);
        let (client, clock) = client(&fake.url());
        clock.set_jitter(jitter);
        client.identities().create().await.unwrap();
        let wait = clock.sleeps()[0];
        assert!(wait >= Duration::from_millis(50), "{wait:?}");
        let longest = Duration::from_millis(500).mul_f64(jitter);
        assert_eq!(wait, longest.max(Duration::from_millis(50)));
    }
}

#[tokio::test]
async fn what_is_encoded_on_the_wire_is_signed_encoded() {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::from_connection_string(&emulator.connection_string()).unwrap();
    for id in [
        "8:acs:a_b",
        "a b",
        "a/b",
        "50%",
        "grüße",
        "a+b",
        "a~b",
        "a?b#c",
    ] {
        let id: IdentityId = id.parse().unwrap();
        let error = client.identities().revoke_tokens(&id).await.unwrap_err();
        // A wrong signature would be `Denied`.
        assert_eq!(error.code(), Some("IdentityNotOwned"), "{id}: {error}");
    }
}

#[tokio::test]
async fn dates_are_english_and_have_two_digits_for_the_day() {
    let day = Duration::from_secs(24 * 60 * 60);
    for (after, expected) in [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (58, "Sat, 28 Feb 1970 00:00:00 GMT"),
        (59, "Sun, 01 Mar 1970 00:00:00 GMT"),
        (120, "Fri, 01 May 1970 00:00:00 GMT"),
        (285, "Tue, 13 Oct 1970 00:00:00 GMT"),
        (341, "Tue, 08 Dec 1970 00:00:00 GMT"),
    ] {
        let fake = Fake::always(json(200, ASSIGNMENT));
        let clock = HeldClock::starting(SystemTime::UNIX_EPOCH + after * day);
        let (client, _) = client_with(&fake.url(), |builder| builder.clock(clock));
        read(&client).await.unwrap();
        assert_eq!(fake.request().header("x-ms-date"), Some(expected));
    }
}

#[tokio::test]
async fn tokens_are_not_decoded() {
    for token in ["opaque", "a.b", "e30.eyJuYW1lIjoiX18tLSJ9.-_-_", "é.è.ê"] {
        let body = format!(r#"{{"token":"{token}","expiresOn":"2099-04-14T17:32:27Z"}}"#);
        let fake = Fake::always(json(200, &body));
        let (client, _) = client(&fake.url());
        let id: IdentityId = "8:acs:1_2".parse().unwrap();
        let issued = client
            .identities()
            .issue_token(&id, [Scope::Chat])
            .await
            .unwrap();
        assert_eq!(issued.token.expose(), token);
    }
}

#[tokio::test]
async fn a_retry_after_a_long_wait_has_a_date_and_signature_of_its_own() {
    let fake = Fake::script([
        answer(429, &[("Retry-After", "1800")], ""),
        json(200, ASSIGNMENT),
    ]);
    let patient = RetryPolicy::default().deadline(Duration::from_secs(3600));
    let (client, _) = client_with(&fake.url(), |builder| builder.retry(patient));
    read(&client).await.unwrap();
    let requests = fake.requests();
    let dates = [0, 1].map(|at| {
        check_signature(&requests[at], KEY);
        httpdate::parse_http_date(requests[at].header("x-ms-date").unwrap()).unwrap()
    });
    assert_eq!(
        dates[1].duration_since(dates[0]).unwrap(),
        Duration::from_secs(1800)
    );
}

#[tokio::test]
async fn a_redirect_is_an_error_and_no_unsigned_request_follows() {
    let fake = Fake::script([answer(307, &[("Location", "/identities")], "")]);
    let (client, _) = client(&fake.url());
    let error = client.identities().create().await.unwrap_err();
    assert_eq!(error.status(), Some(307));
    assert!(error.to_string().contains("redirect"), "{error}");
    check_signature(&fake.request(), KEY);
}

#[test]
fn errors_of_connection_strings_do_not_show_the_key() {
    for text in [
        format!("accesskey={KEY}"),
        format!("endpoint=nonsense;accesskey={KEY}"),
        format!("endpoint=https://a.example;accesskey={KEY};entitypath=x"),
        format!("endpoint=https://a.example;accesskey={KEY}?"),
    ] {
        let error = text.parse::<ConnectionString>().unwrap_err();
        let printed = format!("{error} {error:?}");
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(!printed.contains(KEY), "{printed}");
    }
}

#[tokio::test]
async fn the_parts_of_a_connection_string_come_in_any_order_and_do_not_run_together() {
    let fake = Fake::always(json(200, ASSIGNMENT));
    let url = fake.url();
    let text = format!("accesskey={KEY};endpoint={url}/");
    read(&Client::from_connection_string(&text).unwrap())
        .await
        .unwrap();
    check_signature(&fake.request(), KEY);
    let text = format!("endpoint={url}/;accesskey={KEY};foo=bar");
    let error = text.parse::<ConnectionString>().unwrap_err();
    assert!(error.to_string().contains("part 3"), "{error}");
}

#[tokio::test]
async fn a_port_that_is_not_the_schemes_own_is_signed() {
    let fake = Fake::always(json(200, ASSIGNMENT));
    assert!(fake.authority().contains(':'));
    signed(&fake, &fake.url()).await;
    let names = fake.request().headers;
    assert!(
        names
            .iter()
            .all(|(name, _)| !name.contains("string-to-sign")),
        "{names:?}"
    );
}

/// A login that never works.
#[derive(Debug)]
struct Failing;

impl TokenCredential for Failing {
    fn get_token<'a>(
        &'a self,
        _: &'a TokenRequest<'a>,
    ) -> BoxFuture<'a, Result<BearerToken, Error>> {
        let error = Error::new(ErrorKind::Credential, "the login failed");
        Box::pin(std::future::ready(Err(error)))
    }
}

fn with_credential(url: &str, credential: impl TokenCredential) -> Client {
    let endpoint: Endpoint = url.parse().unwrap();
    let builder = Client::builder().endpoint(endpoint);
    builder
        .credential(Credential::token(credential))
        .build()
        .unwrap()
}

#[test]
fn a_client_is_built_inside_and_outside_a_runtime_without_logging_in() {
    let url = "http://127.0.0.1:9";
    let outside = with_credential(url, Failing);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let inside = runtime.block_on(async { with_credential(url, Failing) });
    for client in [outside, inside] {
        let error = runtime.block_on(read(&client)).unwrap_err();
        assert_eq!(
            (error.kind(), error.attempts()),
            (ErrorKind::Credential, 0),
            "{error}"
        );
        assert!(error.to_string().contains("the login failed"), "{error}");
    }
}

#[tokio::test]
async fn a_failed_login_is_an_error_of_the_call_and_nothing_is_sent() {
    let fake = Fake::always(raw(""));
    let client = Arc::new(with_credential(&fake.url(), Failing));
    let task = tokio::spawn({
        let client = Arc::clone(&client);
        async move { read(&client).await }
    });
    assert_eq!(
        task.await.unwrap().unwrap_err().kind(),
        ErrorKind::Credential
    );
    assert!(fake.requests().is_empty());
}

#[tokio::test]
async fn an_exchange_works_over_http_on_this_machine() {
    let body = r#"{"identity":{"id":"8:acs:1_2_3"},"accessToken":{"token":"opaque","expiresOn":"2099-04-14T17:32:27Z"}}"#;
    let fake = Fake::always(json(200, body));
    let endpoint: Endpoint = fake.url().parse().unwrap();
    let expiry = SystemTime::now() + Duration::from_secs(3600);
    let token = StaticToken::new(BearerToken::new("entra-token", expiry));
    let pipeline = Pipeline::builder(endpoint, Credential::token(token))
        .build()
        .unwrap();
    let client = rest::client(Inner::new(pipeline, None));
    let request = serde_json::from_str("{}").unwrap();
    let exchanged = client
        .teams_extension_exchange_token(&request)
        .await
        .unwrap();
    assert_eq!(exchanged.identity.id, "8:acs:1_2_3");
    let request = fake.request();
    assert_eq!(request.header("authorization"), Some("Bearer entra-token"));
    assert_eq!(
        (request.text(), request.version()),
        ("{}".to_owned(), "2025-06-30")
    );
}
