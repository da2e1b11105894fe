//! The credentials of `teams-phone-entra` signing in at the emulator's Entra authority, and the calls they allow.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::time::SystemTime;

use teams_phone::clock::ManualClock;
use teams_phone::{
    BearerToken, Client, Credential, Error, ErrorKind, ObjectId, PrincipalType, Secret, TenantId,
    TokenCredential,
};
use teams_phone_emulator::Emulator;
use teams_phone_entra::{Authority, AzureIdentity, Browser, Callback, Cloud, DeviceCode, Wanted};
use teams_phone_tests::{OBJECT, TENANT, http_client};

fn authority(emulator: &Emulator) -> Authority {
    emulator.entra().authority_host().parse().unwrap()
}

fn client(emulator: &Emulator, credential: impl TokenCredential) -> Client {
    Client::builder()
        .endpoint(emulator.url().parse().unwrap())
        .credential(Credential::token(credential))
        .build()
        .unwrap()
}

/// Grants and revokes, and tells how many tokens were asked for meanwhile.
async fn manages(emulator: &Emulator, client: &Client) -> usize {
    let (tenant, object): (TenantId, ObjectId) = (TENANT.parse().unwrap(), OBJECT.parse().unwrap());
    let assignments = client.assignments();
    let granted = assignments
        .grant(&tenant, &object, PrincipalType::ResourceAccount)
        .await
        .unwrap();
    assert!(granted.created);
    assignments
        .revoke_and_verify(&tenant, &object)
        .await
        .unwrap();
    let requests = emulator.requests();
    requests
        .iter()
        .filter(|request| request.path().ends_with("/token"))
        .count()
}

fn with_secret(emulator: &Emulator, secret: &str) -> AzureIdentity {
    let entra = emulator.entra();
    AzureIdentity::client_secret(entra.tenant_id(), entra.client_id(), Secret::new(secret))
        .authority(authority(emulator))
        .build()
        .unwrap()
}

#[tokio::test]
async fn an_application_signs_in_once_for_many_calls() {
    let emulator = Emulator::start().await.unwrap();
    let credential = with_secret(&emulator, emulator.entra().client_secret());
    assert_eq!(manages(&emulator, &client(&emulator, credential)).await, 1);
}

#[tokio::test]
async fn a_wrong_secret_is_explained_and_not_repeated() {
    let emulator = Emulator::start().await.unwrap();
    let client = client(&emulator, with_secret(&emulator, "hunter2-is-wrong"));
    let (tenant, object) = (TENANT.parse().unwrap(), OBJECT.parse().unwrap());
    let error = client
        .assignments()
        .get(&tenant, &object)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credential);
    let shown = format!("{error} {error:?} {:?}", error.hint());
    assert!(shown.contains("7000215"), "{shown}");
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[tokio::test]
async fn a_person_signs_in_with_a_device_code() {
    let emulator = Arc::new(Emulator::start().await.unwrap());
    let entra = emulator.entra();
    let approving = emulator.clone();
    let credential = DeviceCode::builder(entra.tenant_id(), entra.client_id())
        .authority(authority(&emulator))
        .clock(Arc::new(ManualClock::new(SystemTime::now())))
        .prompt(move |prompt| assert!(approving.entra().approve_device_code(&prompt.user_code)))
        .build()
        .unwrap();
    let tokens = manages(&emulator, &client(&emulator, credential)).await;
    assert!(tokens >= 1, "{tokens}");
}

#[tokio::test]
async fn a_person_signs_in_with_a_browser() {
    let emulator = Emulator::start().await.unwrap();
    let entra = emulator.entra();
    let credential = Browser::builder(entra.tenant_id(), entra.client_id())
        .authority(authority(&emulator))
        .open(|url| {
            // What a browser does: ask the authority, follow it back to the waiting program.
            let url = url.clone();
            tokio::spawn(async move {
                let back = http_client().get(url).send().await.unwrap();
                let back = back.headers()["location"].to_str().unwrap().to_owned();
                http_client().get(back).send().await.unwrap();
            });
        })
        .build()
        .unwrap();
    assert_eq!(manages(&emulator, &client(&emulator, credential)).await, 1);
}

/// The scopes that a call asks the credential for; the credential refuses, so that nothing is sent.
async fn scopes_asked(endpoint: &str, chosen: Option<&'static [&'static str]>) -> Vec<String> {
    let credential = Callback::new(|wanted: Wanted| async move {
        Err::<BearerToken, _>(Error::config(wanted.scopes.join(" ")))
    });
    let builder = Client::builder()
        .endpoint(endpoint.parse().unwrap())
        .credential(Credential::token(credential));
    let client = match chosen {
        Some(scopes) => builder.scopes(scopes),
        None => builder,
    };
    let (tenant, object) = (TENANT.parse().unwrap(), OBJECT.parse().unwrap());
    let client = client.build().unwrap();
    let error = client.assignments().get(&tenant, &object).await;
    let scopes = error.unwrap_err().message().to_owned();
    scopes.split(' ').map(str::to_owned).collect()
}

#[tokio::test]
async fn the_scope_is_that_of_the_endpoints_cloud_or_the_one_chosen() {
    for (cloud, endpoint) in [
        (Cloud::Public, "https://name.communication.azure.com"),
        (Cloud::UsGovernment, "https://name.communication.azure.us"),
        (
            Cloud::UsGovernment,
            "https://name.communication.azure.us:443",
        ),
        (Cloud::Public, "https://communication.azure.us.example"),
        (Cloud::Public, "http://127.0.0.1:1"),
    ] {
        assert_eq!(
            scopes_asked(endpoint, None).await,
            [cloud.resource_scope()],
            "{endpoint}"
        );
    }
    let government = Cloud::UsGovernment.resource_scopes();
    let asked = scopes_asked("http://127.0.0.1:1", Some(government)).await;
    assert_eq!(asked, government);
}
