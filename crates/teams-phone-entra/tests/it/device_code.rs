//! Device codes: waiting, slowing down, and every way it ends.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use teams_phone_core::clock::{Clock as _, ManualClock};
use teams_phone_core::{ErrorKind, TokenCredential as _, TokenRequest};
use teams_phone_entra::{Authority, DeviceCode};

use super::fake::*;

fn codes() -> (u16, String) {
    let body = r#"{"user_code":"ABCD1234","device_code":"hunter2-device",
        "verification_uri":"https://login.example/device","expires_in":900,"interval":5,
        "message":"To sign in, use a web browser"}"#;
    (200, body.to_owned())
}

type Shown = Arc<Mutex<Vec<String>>>;

fn credential(fake: &Fake, clock: &Arc<ManualClock>) -> (DeviceCode, Shown) {
    let shown = Shown::default();
    let kept = Arc::clone(&shown);
    let builder = DeviceCode::builder(TENANT, CLIENT)
        .authority(fake.url.parse::<Authority>().unwrap())
        .clock(Arc::clone(clock) as _)
        .prompt(move |prompt| kept.lock().unwrap().push(prompt.to_string()));
    assert_no_secret(&format!("{builder:?}"));
    (builder.build().unwrap(), shown)
}

#[tokio::test]
async fn waits_slows_down_and_gets_a_token() {
    let fake = Fake::start(vec![
        codes(),
        refusal("authorization_pending", 70016),
        refusal("slow_down", 70016),
        refusal("authorization_pending", 70016),
        token(true),
    ]);
    let clock = clock();
    let (credential, shown) = credential(&fake, &clock);
    let token = credential
        .get_token(&TokenRequest::new(SCOPES))
        .await
        .unwrap();
    assert_eq!(token.token.expose(), "hunter2-access");
    assert_eq!(token.expires_on, clock.now() + Duration::from_secs(3599));
    let waits: Vec<u64> = clock.sleeps().iter().map(Duration::as_secs).collect();
    assert_eq!(waits, [5, 10, 10]);
    assert_eq!(
        *shown.lock().unwrap(),
        [
            "To sign in, open https://login.example/device and enter the code ABCD1234 (within 15 minutes)."
        ]
    );
    assert_eq!(fake.paths()[0], format!("/{TENANT}/oauth2/v2.0/devicecode"));
    assert_eq!(fake.paths()[1], format!("/{TENANT}/oauth2/v2.0/token"));
    assert_eq!(
        fake.field(0, "scope").unwrap(),
        "https://communication.azure.com//.default offline_access"
    );
    assert_eq!(fake.field(0, "client_id").as_deref(), Some(CLIENT));
    assert_eq!(
        fake.field(4, "device_code").as_deref(),
        Some("hunter2-device")
    );
    assert_no_secret(&format!("{credential:?} {token:?}"));
}

#[tokio::test]
async fn later_tokens_come_from_the_refresh_token_until_it_is_refused() {
    let fake = Fake::start(vec![
        codes(),
        token(true),
        token(false),
        refusal("invalid_grant", 700_082),
        refusal("invalid_grant", 700_082),
        codes(),
        token(true),
    ]);
    let clock = clock();
    let (credential, shown) = credential(&fake, &clock);
    let request = TokenRequest::new(SCOPES);
    credential.get_token(&request).await.unwrap();
    credential.get_token(&request).await.unwrap();
    assert_eq!(fake.requests().len(), 2, "kept in memory");

    clock.advance(Duration::from_secs(3400));
    credential.get_token(&request).await.unwrap();
    assert_eq!(
        fake.field(2, "grant_type").as_deref(),
        Some("refresh_token")
    );
    assert_eq!(
        fake.field(2, "refresh_token").as_deref(),
        Some("hunter2-refresh")
    );
    assert_eq!(shown.lock().unwrap().len(), 1);

    clock.advance(Duration::from_secs(3400));
    credential.get_token(&request).await.unwrap();
    assert_eq!(
        shown.lock().unwrap().len(),
        1,
        "nobody is asked while the token is valid"
    );
    clock.advance(Duration::from_secs(300));
    credential.get_token(&request).await.unwrap();
    assert_eq!(shown.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn claims_of_a_challenge_reach_the_service() {
    let fake = Fake::start(vec![codes(), token(true), token(true)]);
    let (credential, _) = credential(&fake, &clock());
    let request = TokenRequest::new(SCOPES);
    let first = credential.get_token(&request).await.unwrap();
    let claims = r#"{"access_token":{"nbf":{"essential":true,"value":"1"}}}"#;
    let again = request.refused(Some(&first.token)).claims(Some(claims));
    credential.get_token(&again).await.unwrap();
    assert_eq!(fake.field(2, "claims").as_deref(), Some(claims));
    assert_eq!(fake.field(1, "claims"), None);
}

#[tokio::test]
async fn every_refusal_says_what_to_do() {
    for (answer, said, hint) in [
        (
            refusal("expired_token", 70020),
            "AADSTS70020",
            "not entered in time",
        ),
        (
            refusal("authorization_declined", 70044),
            "AADSTS70044",
            "declined",
        ),
        (
            refusal("access_denied", 65004),
            "AADSTS65004",
            "declined the consent",
        ),
        (
            refusal("invalid_client", 7_000_218),
            "AADSTS7000218",
            "public client",
        ),
        (
            refusal("interaction_required", 50076),
            "AADSTS50076",
            "multi-factor",
        ),
    ] {
        let fake = Fake::start(vec![codes(), answer]);
        let (credential, _) = credential(&fake, &clock());
        let error = credential
            .get_token(&TokenRequest::new(SCOPES))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credential);
        assert!(error.to_string().starts_with("device code: "), "{error}");
        assert!(error.to_string().contains(said), "{error}");
        assert!(error.hint().unwrap().contains(hint), "{:?}", error.hint());
        assert_no_secret(&format!("{error} {error:?}"));
    }
}

#[tokio::test]
async fn a_code_nobody_enters_runs_out() {
    let mut script = vec![codes()];
    script.extend(std::iter::repeat_n(
        refusal("authorization_pending", 70016),
        200,
    ));
    let fake = Fake::start(script);
    let clock = clock();
    let (credential, _) = credential(&fake, &clock);
    let error = credential
        .get_token(&TokenRequest::new(SCOPES))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("expired"), "{error}");
    assert!(error.hint().unwrap().contains("start again"));
    assert_eq!(clock.elapsed().as_secs(), 905);
}

#[tokio::test]
async fn an_answer_that_is_no_token_is_not_repeated() {
    for body in [
        r#"{"access_token":"hunter2-access"}"#,
        "hunter2-access",
        r#"{"access_token":1}"#,
    ] {
        let fake = Fake::start(vec![codes(), (200, body.to_owned())]);
        let (credential, _) = credential(&fake, &clock());
        let error = credential
            .get_token(&TokenRequest::new(SCOPES))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credential);
        assert!(error.to_string().contains("not understood"), "{error}");
        assert_no_secret(&format!("{error} {error:?}"));
    }
}

#[tokio::test]
async fn nothing_is_sent_before_the_first_call_and_bad_settings_are_refused() {
    let fake = Fake::start(vec![]);
    let _ = credential(&fake, &clock());
    assert!(fake.requests().is_empty());
    for (tenant, client) in [("", CLIENT), ("a/b", CLIENT), (TENANT, "my-app")] {
        let error = DeviceCode::builder(tenant, client).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
    }
}
