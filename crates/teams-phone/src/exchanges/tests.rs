//! The exchanges against the emulator, and what is refused before anything is sent.

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::future::BoxFuture;
use httpmock::prelude::*;
use proptest::prelude::*;
use serde_json::{Value, json};
use teams_phone_core::clock::ManualClock;
use teams_phone_core::{AccessKey, BearerToken, Credential, TokenCredential, TokenRequest};
use teams_phone_emulator::{Emulator, Fault};

use super::claims::{Claims, Expected};
use super::*;
use crate::calling::Scopes;
use crate::entra::EntraAccess;
use crate::{EntraPrincipalType, PrincipalType, TenantId};

const TENANT: &str = "87d349ed-44d7-43e1-9a83-5f2406dee5bd";
const USER: &str = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111";
const APP: &str = "1bfa671a-dc6b-47f3-8940-45c0f1af0fa6";
const OTHER: &str = "0c0d5a3e-9a53-4c8b-8f0a-3a1f5b1c2d3e";
/// 2100-01-01.
const FAR: i64 = 4_102_444_800;

fn jwt(claims: &Value) -> Secret {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    Secret::new(format!(
        "{}.{}.c2ln",
        part(&json!({"alg": "RS256"})),
        part(claims)
    ))
}

fn claims() -> Value {
    json!({
        "aud": "https://auth.msft.communication.azure.com", "exp": FAR,
        "tid": TENANT, "oid": USER, "appid": APP,
    })
}

fn with(name: &str, value: impl Into<Value>) -> Value {
    let mut claims = claims();
    claims[name] = value.into();
    claims
}

async fn start() -> (Emulator, Client) {
    let emulator = Emulator::builder()
        .verify_credentials(false)
        .start()
        .await
        .unwrap();
    let client = Client::from_connection_string(&emulator.connection_string()).unwrap();
    (emulator, client)
}

async fn teams_user(client: &Client, claims: &Value, app: &str, user: &str) -> Result<AccessToken> {
    let (app, user): (ClientId, ObjectId) = (app.parse().unwrap(), user.parse().unwrap());
    client
        .exchanges()
        .teams_user(jwt(claims), &app, &user)
        .await
}

#[tokio::test]
async fn exchanges_a_teams_users_token_with_the_clients_own_credential() {
    let (emulator, client) = start().await;
    let access = teams_user(&client, &claims(), APP, USER).await.unwrap();
    assert!(access.expires_on > client.now());
    let sent = &emulator.requests()[0];
    assert_eq!(
        sent.target,
        "/teamsUser/:exchangeAccessToken?api-version=2025-06-30"
    );
    let body: Value = serde_json::from_str(sent.body.as_deref().unwrap()).unwrap();
    assert_eq!(
        (&body["appId"], &body["userId"]),
        (&json!(APP), &json!(USER))
    );
    assert!(
        sent.header("authorization")
            .unwrap()
            .starts_with("HMAC-SHA256")
    );
}

/// Awaits the refusals, none of which may show the token or reach the service.
async fn refused(kind: ErrorKind, cases: &[(Value, &str, &str, &str)]) {
    let (emulator, client) = start().await;
    for (claims, app, user, said) in cases {
        let error = teams_user(&client, claims, app, user).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(error.operation(), Some("teams_user_exchange_token"));
        assert!(error.to_string().contains(said), "{error}");
        assert!(!format!("{error:?}").contains(jwt(claims).expose()));
    }
    assert_eq!(emulator.requests(), []);
}

#[tokio::test]
async fn says_which_id_is_wrong_and_sends_nothing() {
    refused(ErrorKind::Config, &[
        (claims(), APP, OTHER, "user 0c0d5a3e-9a53-4c8b-8f0a-3a1f5b1c2d3e is not the user of the token; give the object id of its claim `oid`, e5b7f628-ea94-4fdc-b3d9-1af1fe231111"),
        (claims(), APP, TENANT, "is the id of the tenant, not the user of the token"),
        (claims(), APP, APP, "is the id of the application, not the user of the token"),
        (claims(), OTHER, USER, "client id 0c0d5a3e-9a53-4c8b-8f0a-3a1f5b1c2d3e is not the application that the token was issued to; give the one of its claim `appid`"),
        (claims(), TENANT, USER, "is the id of the tenant, not the application"),
        (claims(), USER, APP, "is the id of the user, not the application"),
        (with("oid", "nobody"), APP, USER, "`oid`, \"nobody\""),
    ]).await;
}

#[tokio::test]
async fn says_which_claim_makes_the_token_useless_and_sends_nothing() {
    let evil = "https://auth.msft.communication.azure.com.evil.example";
    refused(ErrorKind::Credential, &[
        (with("aud", "https://graph.microsoft.com"), APP, USER, "is for another service: its claim `aud` is \"https://graph.microsoft.com\"; get an access token for the scope"),
        (with("aud", evil), APP, USER, "another service"),
        (with("aud", APP), APP, USER, "is an id token"),
        (with("exp", 1_700_000_000), APP, USER, "the token expired at 2023-11-14T22:13:20Z (claim `exp`)"),
        (with("exp", 1_700_000_000.5), APP, USER, "get a new one"),
    ]).await;
}

#[tokio::test]
async fn says_all_that_is_wrong_at_once() {
    let (_emulator, client) = start().await;
    let error = teams_user(&client, &with("exp", 1), OTHER, TENANT)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    let said = error.to_string();
    assert_eq!(said.matches("; also, ").count(), 2, "{said}");
}

#[tokio::test]
async fn checks_the_tenant_when_one_is_given() {
    let (_emulator, client) = start().await;
    let (app, user) = (APP.parse().unwrap(), USER.parse().unwrap());
    let exchange = |tenant: &str| {
        let tenant: TenantId = tenant.parse().unwrap();
        client
            .exchanges()
            .teams_user(jwt(&claims()), &app, &user)
            .tenant(&tenant)
    };
    exchange(TENANT).await.unwrap();
    let error = exchange(OTHER).await.unwrap_err().to_string();
    assert!(
        error.contains("not the tenant of the token; give the one of its claim `tid`, 87d3"),
        "{error}"
    );
    let error = exchange(USER).await.unwrap_err().to_string();
    assert!(
        error.contains("is the id of the user, not the tenant"),
        "{error}"
    );
}

#[tokio::test]
async fn accepts_what_entra_calls_communication_services() {
    let (_emulator, client) = start().await;
    for claims in [
        with("aud", "1fd5118e-2576-4263-8130-9503064c837a"),
        with("aud", "https://auth.msft.communication.azure.us"),
        with("aud", "https://communication.azure.com/"),
        with(
            "aud",
            json!([
                "https://graph.microsoft.com",
                "https://communication.azure.com"
            ]),
        ),
        with("aud", Value::Null),
        json!({"exp": FAR, "oid": USER.to_uppercase(), "azp": APP}),
    ] {
        teams_user(&client, &claims, APP, USER).await.unwrap();
    }
}

#[tokio::test]
async fn a_token_that_cannot_be_read_is_left_to_the_service() {
    let (emulator, client) = start().await;
    let (app, user) = (APP.parse().unwrap(), USER.parse().unwrap());
    for opaque in ["opaque", "a.b.c", "eyJ.e30.x.y.z"] {
        let request = client.exchanges().teams_user(opaque, &app, &user);
        assert!(!format!("{request:?}").contains(opaque));
        let error = request.await.unwrap_err();
        assert_eq!(error.code(), Some("InvalidAccessToken"), "{error}");
    }
    assert_eq!(emulator.requests().len(), 3);
    let request = client
        .exchanges()
        .teams_user(jwt(&with("exp", 1)), &app, &user);
    assert_eq!(request.unchecked().await.unwrap_err().status(), Some(401));
}

#[tokio::test]
async fn refuses_what_is_no_token_without_showing_it() {
    let (emulator, client) = start().await;
    let (app, user) = (APP.parse().unwrap(), USER.parse().unwrap());
    for (text, said) in [
        ("", "is empty"),
        ("Bearer hunter2", "begins with the word Bearer"),
        ("hunter2\n", "has a blank"),
        ("hunter2 hunter3", "has a blank"),
        ("hünter2", "another character"),
    ] {
        let exchanges = client.exchanges();
        for error in [
            exchanges
                .teams_user(text, &app, &user)
                .unchecked()
                .await
                .unwrap_err(),
            exchanges.teams_phone(Secret::new(text)).await.unwrap_err(),
            exchanges.entra(Secret::new(text)).await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Credential);
            assert!(error.to_string().contains(said), "{error}");
            assert!(!format!("{error:?}").contains("nter2"), "{error:?}");
        }
    }
    let key = Credential::AccessKey(AccessKey::from_base64("c2VjcmV0").unwrap());
    let error = client.exchanges().entra(key).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("an access key cannot stand for a user"),
        "{error}"
    );
    assert_eq!(emulator.requests(), []);
}

#[tokio::test]
async fn the_users_token_alone_authorises_the_exchanges_under_access() {
    let server = MockServer::start_async().await;
    let answer = json!({
        "identity": {"id": "8:acs:r_t_u"},
        "accessToken": {"token": "opaque", "expiresOn": "2100-01-01T00:00:00.0000000+00:00"},
    });
    let mut mocks = Vec::new();
    for (path, version) in [
        ("/access/teamsExtension/:exchangeAccessToken", "2025-06-30"),
        ("/access/entra/:exchangeAccessToken", "2025-03-02-preview"),
    ] {
        let mock = server.mock_async(|when, then| {
            when.method(POST)
                .path(path)
                .query_param("api-version", version)
                .header("authorization", "Bearer the-users")
                .header("content-type", "application/json")
                .body("{}");
            then.status(200).json_body(answer.clone());
        });
        mocks.push(mock.await);
    }
    let client = Client::builder()
        .endpoint(server.base_url().parse().unwrap())
        .credential(AccessKey::from_base64("c2VjcmV0").unwrap())
        .build()
        .unwrap();
    let phone = client
        .exchanges()
        .teams_phone(Secret::new("the-users"))
        .await
        .unwrap();
    let entra = client
        .exchanges()
        .entra(Secret::new("the-users"))
        .await
        .unwrap();
    assert_eq!(phone, entra);
    assert_eq!(phone.identity.id.as_str(), "8:acs:r_t_u");
    assert_eq!(phone.access_token.token.expose(), "opaque");
    assert_eq!(phone.access_token.expires_on.as_second(), FAR);
    for mock in mocks {
        mock.assert_async().await;
    }
}

#[tokio::test]
async fn an_assignment_for_the_application_decides() {
    let (_emulator, client) = start().await;
    let exchanges = client.exchanges();
    for refused in [
        exchanges.teams_phone(jwt(&claims())).await,
        exchanges.entra(jwt(&claims())).await,
    ] {
        let error = refused.unwrap_err();
        assert_eq!((error.status(), error.is_permission()), (Some(403), true));
        assert!(error.hint().unwrap().contains("TeamsExtension.ManageCalls"));
    }
    let (tenant, user, app) = (
        TENANT.parse().unwrap(),
        USER.parse().unwrap(),
        APP.parse::<ClientId>().unwrap(),
    );
    let grant = client
        .assignments()
        .grant(&tenant, &user, PrincipalType::User);
    grant.client_ids([app.clone()]).await.unwrap();
    let access = EntraAccess {
        tenant_id: tenant,
        principal_type: EntraPrincipalType::User,
        client_ids: vec![app],
    };
    client
        .entra_assignments()
        .grant(&user, access)
        .await
        .unwrap();
    let phone = exchanges.teams_phone(jwt(&claims())).await.unwrap();
    assert!(
        phone
            .identity
            .id
            .as_str()
            .ends_with(&format!("_{TENANT}_{USER}"))
    );
    exchanges.entra(jwt(&claims())).await.unwrap();
    let error = exchanges
        .entra(jwt(&with("appid", OTHER)))
        .await
        .unwrap_err();
    assert_eq!(error.status(), Some(403));
}

#[tokio::test]
async fn an_answer_without_a_token_is_an_error() {
    let (emulator, client) = start().await;
    emulator.inject(Fault::respond_body(
        200,
        json!({"identity": {"id": "8:acs:x"}}),
    ));
    let error = client.exchanges().entra(jwt(&claims())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(
        error.to_string().contains("has no `accessToken`"),
        "{error}"
    );
}

#[derive(Debug, Default)]
struct Asked(Mutex<Vec<(Vec<String>, bool)>>);

impl TokenCredential for Asked {
    fn get_token<'a>(
        &'a self,
        request: &'a TokenRequest<'a>,
    ) -> BoxFuture<'a, Result<BearerToken>> {
        let scopes = request.scopes.iter().map(ToString::to_string).collect();
        self.0.lock().unwrap().push((scopes, request.refresh));
        let token = jwt(&claims());
        Box::pin(async move { Ok(BearerToken::new(token, std::time::SystemTime::UNIX_EPOCH)) })
    }
}

#[tokio::test]
async fn a_credential_is_asked_for_the_users_scopes_not_for_the_resources() {
    let (emulator, client) = start().await;
    emulator.inject(Fault::respond(403, "Forbidden"));
    let entra = Arc::new(Asked::default());
    let asked: Arc<dyn TokenCredential> = entra.clone();
    let exchanges = client.exchanges();
    let us = Scopes::new(["https://auth.msft.communication.azure.us/TeamsExtension.ManageCalls"]);
    let us = us.unwrap();
    let _ = exchanges.teams_phone(asked.clone()).await;
    let _ = exchanges
        .teams_phone(asked.clone())
        .scopes(us.clone())
        .await;
    let _ = exchanges.entra(Credential::Token(asked.clone())).await;
    let error = exchanges.entra(asked).scopes(us).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(
        error
            .to_string()
            .contains("https://communication.azure.com/clients/"),
        "{error}"
    );
    let wanted = [
        "https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls",
        "https://auth.msft.communication.azure.us/TeamsExtension.ManageCalls",
        "https://communication.azure.com/clients/.default",
    ];
    let asked = entra.0.lock().unwrap();
    assert_eq!(*asked, wanted.map(|scope| (vec![scope.to_owned()], false)));
}

/// Says what it was asked for, and nothing else.
#[derive(Debug)]
struct Telling;

impl TokenCredential for Telling {
    fn get_token<'a>(
        &'a self,
        request: &'a TokenRequest<'a>,
    ) -> BoxFuture<'a, Result<BearerToken>> {
        let error = Error::new(ErrorKind::Credential, request.scopes.join(" "));
        Box::pin(std::future::ready(Err(error)))
    }
}

#[tokio::test]
async fn a_credential_is_asked_for_the_scopes_of_the_endpoints_cloud() {
    let telling: Arc<dyn TokenCredential> = Arc::new(Telling);
    for (domain, phone, entra) in [
        (
            "com",
            "https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls",
            "https://communication.azure.com/clients/.default",
        ),
        (
            "us",
            "https://auth.msft.communication.azure.us/TeamsExtension.ManageCalls",
            "https://communication.azure.us/clients/.default",
        ),
    ] {
        let endpoint: crate::Endpoint = format!("https://contoso.communication.azure.{domain}")
            .parse()
            .unwrap();
        let client = Client::builder()
            .endpoint(endpoint.clone())
            .credential(Credential::Token(telling.clone()))
            .build()
            .unwrap();
        let exchanges = client.exchanges();
        let calling = crate::calling::CallingCredential::builder(endpoint, telling.clone());
        for (error, scope) in [
            (
                exchanges.teams_phone(telling.clone()).await.unwrap_err(),
                phone,
            ),
            (exchanges.entra(telling.clone()).await.unwrap_err(), entra),
            (
                calling.build().unwrap().get_token().await.unwrap_err(),
                entra,
            ),
        ] {
            assert_eq!(error.message(), scope);
        }
    }
}

#[tokio::test]
async fn expiry_is_judged_by_the_clients_clock() {
    let (emulator, _) = start().await;
    let before = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_699_999_999);
    let client = Client::builder()
        .connection_string(&emulator.connection_string().parse().unwrap())
        .clock(ManualClock::new(before))
        .build()
        .unwrap();
    let error = teams_user(&client, &with("exp", 1_700_000_000), APP, USER)
        .await
        .unwrap_err();
    assert_eq!(error.status(), Some(401));
}

proptest! {
    #[test]
    fn no_token_makes_the_checks_panic(
        header in "\\PC{0,5}|e30", payload in any::<String>(), raw in any::<String>(),
        aud in any::<String>(), exp in any::<f64>(),
    ) {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let claims = with("aud", aud.clone()).to_string();
        let odd = json!({"aud": [aud, 7], "exp": exp, "oid": raw, "tid": 1, "azp": raw}).to_string();
        let expected = Expected {
            user: &USER.parse().unwrap(),
            client_id: &APP.parse().unwrap(),
            tenant: Some(&TENANT.parse().unwrap()),
        };
        for text in [raw, format!("{header}.{payload}.x"), format!("e30.{}.x", part(&payload)), format!("e30.{}.x", part(&claims)), format!("e30.{}.x", part(&odd))] {
            if let Some(claims) = Claims::read(&text)
                && let Err(error) = claims.check(&expected, jiff::Timestamp::UNIX_EPOCH)
            {
                prop_assert!(error.to_string().len() < 4000);
            }
        }
    }
}
