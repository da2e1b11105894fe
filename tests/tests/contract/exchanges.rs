//! Owns the contract of the exchanges, which need tokens that only the emulator's Entra authority gives in a test.

use teams_phone::entra::EntraAccess;
use teams_phone::{EntraPrincipalType, PrincipalType, Secret};

use crate::target::{BearerTarget, EmulatorTarget, Target as _};

const CALLS: &str = "https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls";
const CLIENTS: &str = "https://communication.azure.com/clients/VoIP";
const TEAMS: &str = "https://auth.msft.communication.azure.com/Teams.ManageCalls";

async fn gives_tokens_to_those_with_an_assignment_only(target: &EmulatorTarget) {
    let client = &target.parts().client;
    let entra = target.entra();
    let tenant = entra.tenant_id().parse().unwrap();
    let user = entra.user_id().parse().unwrap();
    let application: teams_phone::ClientId = entra.client_id().parse().unwrap();

    let calls = || Secret::new(entra.user_token(CALLS));
    let refused = client.exchanges().teams_phone(calls()).await.unwrap_err();
    assert_eq!(refused.status(), Some(403), "{refused}");
    let grant = client
        .assignments()
        .grant(&tenant, &user, PrincipalType::User);
    grant.client_ids([application.clone()]).await.unwrap();
    let exchanged = client.exchanges().teams_phone(calls()).await.unwrap();
    assert!(
        exchanged.identity.id.as_str().contains(entra.user_id()),
        "{exchanged:?}"
    );

    let clients = || Secret::new(entra.user_token(CLIENTS));
    let refused = client.exchanges().entra(clients()).await.unwrap_err();
    assert_eq!(refused.status(), Some(403), "{refused}");
    let access = EntraAccess {
        tenant_id: tenant,
        principal_type: EntraPrincipalType::User,
        client_ids: vec![application.clone()],
    };
    client
        .entra_assignments()
        .grant(&user, access)
        .await
        .unwrap();
    let exchanged = client.exchanges().entra(clients()).await.unwrap();
    assert!(!exchanged.access_token.token.expose().is_empty());

    let teams = Secret::new(entra.user_token(TEAMS));
    let access = client
        .exchanges()
        .teams_user(teams, &application, &user)
        .await
        .unwrap();
    assert!(!access.token.expose().is_empty());
}

#[tokio::test]
async fn exchanges_with_an_access_key() {
    let target = EmulatorTarget::start().await.unwrap();
    gives_tokens_to_those_with_an_assignment_only(&target).await;
}

#[tokio::test]
async fn exchanges_with_a_bearer_token() {
    let target = BearerTarget::start().await.unwrap();
    gives_tokens_to_those_with_an_assignment_only(&target).await;
}
