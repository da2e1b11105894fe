//! Applications: secret, certificate and workload identity through `azure_identity`.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use teams_phone_core::{ErrorKind, TokenCredential as _, TokenRequest};
use teams_phone_entra::{Authority, AzureIdentity, AzureIdentityBuilder, UserAssigned};

use super::fake::*;

fn secret(fake: &Fake) -> AzureIdentityBuilder {
    AzureIdentity::client_secret(TENANT, CLIENT, "hunter2-secret")
        .authority(fake.url.parse::<Authority>().unwrap())
}

#[tokio::test]
async fn a_secret_gets_a_token_that_is_kept_and_renewed_on_refusal() {
    let fake = Fake::start(vec![token(false), token(false)]);
    let builder = secret(&fake);
    assert_no_secret(&format!("{builder:?}"));
    let credential = builder.build().unwrap();
    let request = TokenRequest::new(SCOPES);
    let first = credential.get_token(&request).await.unwrap();
    assert_eq!(first.token.expose(), "hunter2-access");
    credential.get_token(&request).await.unwrap();
    assert_eq!(fake.paths(), [format!("/{TENANT}/oauth2/v2.0/token")]);
    assert_eq!(
        fake.field(0, "grant_type").as_deref(),
        Some("client_credentials")
    );
    assert_eq!(
        fake.field(0, "client_secret").as_deref(),
        Some("hunter2-secret")
    );
    assert_eq!(fake.field(0, "scope").as_deref(), Some(SCOPES[0]));

    let claims = r#"{"access_token":{"nbf":{"essential":true,"value":"1&2"}}}"#;
    let again = request.refused(Some(&first.token)).claims(Some(claims));
    credential.get_token(&again).await.unwrap();
    assert_eq!(fake.field(1, "claims").as_deref(), Some(claims));
    assert_eq!(fake.field(1, "client_id").as_deref(), Some(CLIENT));
    assert_no_secret(&format!("{credential:?} {first:?}"));
}

#[tokio::test]
async fn refusals_are_translated_and_hold_no_secret() {
    for (code, hint) in [
        (7_000_215, "secret's value"),
        (700_016, "does not exist in this tenant"),
        (90_002, "tenant does not exist"),
        (65_001, "TeamsExtension.ManageCalls"),
        (500_011, "1fd5118e-2576-4263-8130-9503064c837a"),
    ] {
        let fake = Fake::start(vec![refusal("invalid_client", code)]);
        let credential = secret(&fake).build().unwrap();
        let error = credential
            .get_token(&TokenRequest::new(SCOPES))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credential);
        assert_eq!(
            error.to_string(),
            format!(
                "client secret: Microsoft Entra ID gave no token: Said no \
                 (AADSTS{code}, correlation id aaaa0000-bb11-2222-33cc-444444dddddd)"
            )
        );
        assert!(error.hint().unwrap().contains(hint), "{:?}", error.hint());
        assert_no_secret(&format!("{error} {error:?}"));
    }
}

#[tokio::test]
async fn a_busy_service_is_asked_again_and_a_silent_one_named() {
    let fake = Fake::start(vec![
        (503, String::new()),
        (500, String::new()),
        token(false),
    ]);
    let clock = clock();
    let credential = secret(&fake)
        .clock(Arc::clone(&clock) as _)
        .build()
        .unwrap();
    // The token's life is counted by `azure_identity`, with the computer's clock.
    credential
        .get_token(&TokenRequest::new(SCOPES))
        .await
        .unwrap();
    assert_eq!(clock.sleeps().len(), 2);

    let credential = AzureIdentity::client_secret(TENANT, CLIENT, "hunter2-secret")
        .authority("http://127.0.0.1:1".parse::<Authority>().unwrap())
        .clock(clock)
        .build()
        .unwrap();
    let error = credential
        .get_token(&TokenRequest::new(SCOPES))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert_eq!(
        error.message(),
        "client secret: no answer from http://127.0.0.1:1"
    );
    assert_no_secret(&format!("{error} {error:?}"));
}

#[tokio::test]
async fn a_workload_identity_hands_over_its_file() {
    let file = std::env::temp_dir().join(format!("teams-phone-entra-{}", std::process::id()));
    std::fs::write(&file, "hunter2-device").unwrap();
    let fake = Fake::start(vec![token(false)]);
    let credential = AzureIdentity::workload_identity()
        .tenant(TENANT)
        .client_id(CLIENT)
        .token_file(&file)
        .authority(fake.url.parse::<Authority>().unwrap())
        .build()
        .unwrap();
    let answered = credential.get_token(&TokenRequest::new(SCOPES)).await;
    std::fs::remove_file(&file).unwrap();
    assert!(answered.is_ok(), "{answered:?}");
    assert_eq!(
        fake.field(0, "client_assertion").as_deref(),
        Some("hunter2-device")
    );
    let credential = AzureIdentity::workload_identity()
        .tenant(TENANT)
        .client_id(CLIENT)
        .token_file(file)
        .build()
        .unwrap();
    let error = credential
        .get_token(&TokenRequest::new(SCOPES))
        .await
        .unwrap_err();
    assert!(
        error.to_string().starts_with("workload identity: "),
        "{error}"
    );
}

/// A certificate and an RSA key, made for these tests with `openssl req -x509 -newkey rsa:2048`.
const PEM: &str = include_str!("application.pem");

#[tokio::test]
async fn a_certificate_signs_an_assertion_that_its_public_key_confirms() {
    let fake = Fake::start(vec![token(false), token(false)]);
    for chain in [false, true] {
        let mut builder = AzureIdentity::client_certificate(TENANT, CLIENT, PEM)
            .authority(fake.url.parse::<Authority>().unwrap());
        if chain {
            builder = builder.send_certificate_chain();
        }
        let credential = builder.build().unwrap();
        credential
            .get_token(&TokenRequest::new(SCOPES))
            .await
            .unwrap();
    }
    let assertion = fake.field(0, "client_assertion").unwrap();
    let parts: Vec<&str> = assertion.split('.').collect();
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
    let json = |part: &str| serde_json::from_slice::<serde_json::Value>(&decode(part)).unwrap();
    let header = json(parts[0]);
    assert_eq!(
        (&header["alg"], &header["typ"]),
        (&"PS256".into(), &"JWT".into())
    );
    assert_eq!(decode(header["x5t#S256"].as_str().unwrap()).len(), 32);
    assert_eq!(header.get("x5c"), None);
    let payload = json(parts[1]);
    assert_eq!(
        payload["aud"],
        format!("{}/{TENANT}/oauth2/v2.0/token", fake.url)
    );
    assert_eq!(
        (&payload["iss"], &payload["sub"]),
        (&CLIENT.into(), &CLIENT.into())
    );
    let life = payload["exp"].as_u64().unwrap() - payload["nbf"].as_u64().unwrap();
    assert_eq!(life, 300);

    let public = include_bytes!("application.pub.der");
    let key =
        ring::signature::UnparsedPublicKey::new(&ring::signature::RSA_PSS_2048_8192_SHA256, public);
    let signed = format!("{}.{}", parts[0], parts[1]);
    key.verify(signed.as_bytes(), &decode(parts[2])).unwrap();

    let chained = fake.field(1, "client_assertion").unwrap();
    let header = json(chained.split('.').next().unwrap());
    assert_eq!(header["x5c"].as_array().unwrap().len(), 1);
}

#[test]
fn odd_certificates_are_refused_without_being_shown() {
    let (key, certificate) = PEM.split_at(PEM.find("-----BEGIN CERTIFICATE").unwrap());
    let foreign = rcgen::generate_simple_self_signed(["x".to_owned()]).unwrap();
    let elliptic = format!(
        "{}{}",
        foreign.signing_key.serialize_pem(),
        foreign.cert.pem()
    );
    for (pem, said) in [
        (String::new(), "no private key"),
        (certificate.to_owned(), "no private key"),
        (key.to_owned(), "no certificate of the key"),
        (
            format!("{key}{}", foreign.cert.pem()),
            "no certificate of the key",
        ),
        (elliptic, "RSA key"),
        (key.replace("PRIVATE", "ENCRYPTED PRIVATE"), "is encrypted"),
    ] {
        let error = AzureIdentity::client_certificate(TENANT, CLIENT, pem.as_str())
            .build()
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(said), "{said}: {error}");
        assert!(!format!("{error:?}").contains("MII"));
    }
}

/// Runs in a process of its own, which has the environment of an App Service.
#[tokio::test]
async fn managed_identity_in_an_app_service() {
    let Ok(expected) = std::env::var("TEAMS_PHONE_ENTRA_CHILD") else {
        return;
    };
    let credential = AzureIdentity::managed_identity()
        .user_assigned(UserAssigned::ClientId(CLIENT.to_owned()))
        .build()
        .unwrap();
    let answered = credential.get_token(&TokenRequest::new(SCOPES)).await;
    if expected == "token" {
        assert_eq!(answered.unwrap().token.expose(), "hunter2-access");
    } else {
        let error = answered.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credential);
        assert!(
            error.to_string().starts_with("managed identity: "),
            "{error}"
        );
        let hint = error.hint().unwrap();
        assert!(
            hint.contains("assign the managed identity"),
            "{error}: {hint}"
        );
    }
}

/// Runs the test above against a host.
fn in_an_app_service(fake: &Fake, expected: &str) {
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "application::managed_identity_in_an_app_service"])
        .env("TEAMS_PHONE_ENTRA_CHILD", expected)
        .env("IDENTITY_ENDPOINT", format!("{}/msi/token", fake.url))
        .env("IDENTITY_HEADER", "hunter2-secret")
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}");
}

#[test]
fn a_managed_identity_that_is_not_assigned_is_said_to_be_so() {
    let body = r#"{"error":"invalid_request","error_description":"Identity not found"}"#;
    let fake = Fake::start(vec![(400, body.to_owned())]);
    in_an_app_service(&fake, "refusal");
    assert_eq!(fake.requests().len(), 1);
}

#[test]
fn a_managed_identity_is_asked_for_at_its_host() {
    let body = r#"{"access_token":"hunter2-access","expires_on":"4102444800",
        "resource":"https://communication.azure.com/","token_type":"Bearer"}"#;
    let fake = Fake::start(vec![(200, body.to_owned())]);
    in_an_app_service(&fake, "token");
    let request = fake.requests()[0].clone();
    let resource = "resource=https%3A%2F%2Fcommunication.azure.com%2F";
    assert!(
        request.starts_with("GET /msi/token?") && request.contains(resource),
        "{request}"
    );
    assert!(
        request.contains(&format!("client_id={CLIENT}")),
        "{request}"
    );
    assert!(
        request
            .to_ascii_lowercase()
            .contains("x-identity-header: hunter2-secret")
    );
}
