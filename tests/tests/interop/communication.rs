//! Owns the official SDK for identities and its Entra credentials. Refuses to know Microsoft Graph.

use teams_phone_emulator::Emulator;

use crate::{
    Server,
    python::{IDENTITY, Script},
};

#[tokio::test(flavor = "multi_thread")]
async fn the_official_python_sdk_works_against_the_emulator() {
    let server = start().await;
    let connection_string = server.emulator.connection_string();
    let script = Script {
        file: "official_sdk.py",
        packages: &IDENTITY,
        cases: 9,
    };
    let settings = [("EMULATOR_CONNECTION_STRING", connection_string)];
    script.pass(&server, &settings).await;
    assert!(server.all_are_from("azsdk-python-communication-identity/", |_| true));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_official_python_credentials_work_against_the_emulator() {
    let server = start().await;
    let script = Script {
        file: "azure_identity.py",
        packages: &IDENTITY,
        cases: 5,
    };
    script.pass(&server, &server.sign_in()).await;
    let is_authority = |path: &str| path.ends_with("/oauth2/v2.0/token");
    assert!(server.all_are_from("azsdk-python-identity/", is_authority));
}

async fn start() -> Server {
    Server::start(Emulator::builder().accept_unsigned_tokens(true)).await
}
