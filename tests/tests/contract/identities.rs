//! Owns the contract of the calls about identities and their tokens.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use teams_phone::{Error, ErrorKind, Scope};

use crate::target::Target;

const MINUTE: Duration = Duration::from_secs(60);

/// All scopes that the newest versions know.
const SCOPES: &[Scope] = Scope::KNOWN;

fn assert_lives(expires_on: Timestamp, minutes: i64) {
    let left = expires_on.duration_since(Timestamp::now());
    let off = (left - SignedDuration::from_mins(minutes)).abs();
    assert!(off < SignedDuration::from_mins(5), "{left:?}");
}

pub(crate) async fn creates_an_anonymous_identity(target: &impl Target) {
    let identities = target.parts().client.identities();
    let one = identities.create().await.unwrap();
    let other = identities.create().await.unwrap();
    assert!(one.identity.id.as_str().starts_with("8:acs:"), "{one:?}");
    assert_ne!(one.identity.id, other.identity.id);
    assert_eq!((one.identity.custom_id, one.access_token), (None, None));
    for id in [&one.identity.id, &other.identity.id] {
        identities.delete(id).await.unwrap();
    }
}

pub(crate) async fn creates_one_identity_per_custom_id(target: &impl Target) {
    let parts = target.parts();
    let identities = parts.client.identities();
    let create = || identities.create().custom_id(parts.custom_id.clone());
    let first = create().await.unwrap();
    let again = create().await.unwrap();
    assert_eq!(first.identity.id, again.identity.id);
    let custom_id = again.identity.custom_id.as_deref();
    assert_eq!(custom_id, Some(parts.custom_id.as_str()));
    identities.delete(&first.identity.id).await.unwrap();
}

pub(crate) async fn creates_an_identity_with_a_token(target: &impl Target) {
    let parts = target.parts();
    let identities = parts.client.identities();
    for (request, minutes) in [
        (identities.create(), 1440),
        (identities.create().valid_for(61 * MINUTE), 61),
        (identities.create().custom_id(parts.custom_id.clone()), 1440),
    ] {
        let created = request.with_token(SCOPES.to_vec()).await.unwrap();
        let token = created.access_token.unwrap();
        assert!(!token.token.expose().is_empty());
        assert_lives(token.expires_on, minutes);
        identities.delete(&created.identity.id).await.unwrap();
    }
}

pub(crate) async fn reads_an_identity_and_when_it_got_a_token(target: &impl Target) {
    let parts = target.parts();
    let identities = parts.client.identities();
    let create = identities.create().custom_id(parts.custom_id.clone());
    let created = create.await.unwrap().identity;
    assert_eq!(identities.get(&created.id).await.unwrap(), created);
    assert_eq!(created.last_token_issued_at, None);
    identities
        .issue_token(&created.id, [Scope::Chat])
        .await
        .unwrap();
    let read = identities.get(&created.id).await.unwrap();
    let issued = read.last_token_issued_at.unwrap();
    let ago = Timestamp::now().duration_since(issued).abs();
    assert!(ago < SignedDuration::from_mins(5), "{issued}");
    identities.delete(&created.id).await.unwrap();
}

pub(crate) async fn issues_a_token_that_lives_as_long_as_asked(target: &impl Target) {
    let identities = target.parts().client.identities();
    let id = identities.create().await.unwrap().identity.id;
    let issue = || identities.issue_token(&id, [Scope::Voip, Scope::Chat]);
    for (request, minutes) in [
        (issue(), 1440),
        (issue().valid_for(60 * MINUTE), 60),
        (issue().valid_for(1440 * MINUTE), 1440),
    ] {
        let token = request.await.unwrap();
        assert!(!token.token.expose().is_empty());
        assert_lives(token.expires_on, minutes);
    }
    assert_ne!(issue().await.unwrap().token, issue().await.unwrap().token);
    identities.delete(&id).await.unwrap();
}

pub(crate) async fn revokes_tokens(target: &impl Target) {
    let identities = target.parts().client.identities();
    let id = identities.create().await.unwrap().identity.id;
    identities.issue_token(&id, [Scope::Voip]).await.unwrap();
    for _ in 0..2 {
        identities.revoke_tokens(&id).await.unwrap();
    }
    identities.delete(&id).await.unwrap();
}

pub(crate) async fn a_deleted_identity_is_not_owned(target: &impl Target) {
    let identities = target.parts().client.identities();
    let id = identities.create().await.unwrap().identity.id;
    identities.delete(&id).await.unwrap();
    let errors: [Error; 4] = [
        identities.get(&id).await.unwrap_err(),
        identities.delete(&id).await.unwrap_err(),
        identities.revoke_tokens(&id).await.unwrap_err(),
        identities
            .issue_token(&id, [Scope::Chat])
            .await
            .unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.status(), Some(401), "{error}");
        assert_eq!(error.code(), Some("IdentityNotOwned"), "{error}");
        assert!(error.is_permission() && !error.is_retryable(), "{error}");
        assert!(error.hint().unwrap().contains("same resource"), "{error}");
    }
}

pub(crate) async fn refuses_token_requests_that_make_no_sense(target: &impl Target) {
    let identities = target.parts().client.identities();
    let id = "8:acs:somebody".parse().unwrap();
    let before = target.received();
    let issue = |scopes: &[Scope]| identities.issue_token(&id, scopes.to_vec());
    let create = || identities.create().with_token([Scope::Chat]);
    let errors: [Error; 7] = [
        issue(&[]).await.unwrap_err(),
        issue(SCOPES).valid_for(59 * MINUTE).await.unwrap_err(),
        issue(SCOPES).valid_for(1441 * MINUTE).await.unwrap_err(),
        issue(SCOPES)
            .valid_for(60 * MINUTE + MINUTE / 2)
            .await
            .unwrap_err(),
        create().valid_for(59 * MINUTE).await.unwrap_err(),
        identities.create().with_token([]).await.unwrap_err(),
        identities
            .create()
            .valid_for(60 * MINUTE)
            .await
            .unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Config, "{error}");
        assert!(error.operation().is_some(), "{error}");
        assert_eq!(error.attempts(), 0, "{error}");
    }
    assert_eq!(target.received(), before);
}
