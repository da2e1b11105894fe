//! Owns the promise that no id leads to another operation than the one called.

use acs_identity_rest::v2025_03_02_preview::types;
use progenitor_client::Error as LowError;
use teams_phone::{CustomId, ErrorKind, IdentityId, ObjectId, TenantId};
use teams_phone_tests::{Fake, answer};

use crate::calls::{client, low_level};

/// Ids that try to get out of their path segment, and how they look there; `None` if they cannot be sent.
fn hostile() -> Vec<(String, Option<String>)> {
    let escaped = [
        ("8:acs:1_2", "8%3Aacs%3A1_2"),
        ("../x", "..%2Fx"),
        ("x/../..", "x%2F..%2F.."),
        ("..\\x", "..%5Cx"),
        ("a/b", "a%2Fb"),
        ("/", "%2F"),
        ("\\", "%5C"),
        ("a?b=c", "a%3Fb%3Dc"),
        ("?api-version=2021-03-07", "%3Fapi-version%3D2021-03-07"),
        ("a#b", "a%23b"),
        ("%2e%2e", "%252e%252e"),
        ("%", "%25"),
        ("a b", "a%20b"),
        ("a&b;c", "a%26b%3Bc"),
        ("a\r\nX: y", "a%0D%0AX%3A%20y"),
        ("\0", "%00"),
        ("grüße", "gr%C3%BC%C3%9Fe"),
        ("\u{202e}x", "%E2%80%AEx"),
        ("...", "..."),
        (":issueAccessToken", "%3AissueAccessToken"),
        ("a-b._~", "a-b._~"),
    ];
    let own = |(id, sent): (&str, &str)| (id.to_owned(), Some(sent.to_owned()));
    let mut ids: Vec<_> = escaped.into_iter().map(own).collect();
    for id in ["", ".", "..", &"x".repeat(10_000)] {
        ids.push((id.to_owned(), None));
    }
    ids
}

#[tokio::test]
async fn a_hostile_identity_id_stays_one_segment_or_is_refused() {
    for (id, expected) in hostile() {
        let fake = Fake::always(answer(204, &[], ""));
        let (client, _) = client(&fake.url());
        let Ok(typed) = id.parse::<IdentityId>() else {
            continue;
        };
        let revoked = client.identities().revoke_tokens(&typed).await;
        let deleted = client.identities().delete(&typed).await;
        let Some(expected) = expected else {
            for error in [revoked.unwrap_err(), deleted.unwrap_err()] {
                assert_eq!(error.kind(), ErrorKind::Config, "{id:?}: {error}");
            }
            assert!(fake.requests().is_empty(), "{id:?}");
            continue;
        };
        revoked.unwrap();
        deleted.unwrap();
        let paths: Vec<String> = fake
            .requests()
            .iter()
            .map(|r| r.path().to_owned())
            .collect();
        let base = format!("/identities/{expected}");
        assert_eq!(paths, [format!("{base}/:revokeAccessTokens"), base]);
    }
}

#[test]
fn ids_that_cannot_be_right_are_refused_when_they_are_made() {
    for id in ["", "  ", "a\r\nX: y", "\0", &"x".repeat(10_000)] {
        for error in [
            id.parse::<IdentityId>().unwrap_err(),
            id.parse::<CustomId>().unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Config, "{id:?}");
            assert!(error.to_string().len() < 300, "{error}");
        }
    }
    for (id, _) in hostile() {
        for error in [
            id.parse::<TenantId>().unwrap_err(),
            id.parse::<ObjectId>().unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Config, "{id:?}");
            assert!(error.to_string().len() < 300, "{error}");
        }
    }
}

#[tokio::test]
async fn the_low_level_client_keeps_to_its_routes_too() {
    for (id, expected) in hostile() {
        let fake = Fake::always(answer(204, &[], ""));
        let client = low_level(&fake.url());
        let results = [
            client.identity_delete(&id).await,
            client.identity_revoke_tokens(&id).await,
            client.entra_assignment_delete(&id).await,
            client
                .teams_extension_assignment_delete(&id, "object")
                .await,
            client
                .teams_extension_assignment_delete("tenant", &id)
                .await,
        ];
        let Some(expected) = expected else {
            for result in results {
                let Err(LowError::ErrorResponse(answer)) = result else {
                    panic!("{id:?} was not refused")
                };
                assert_eq!(answer.status().as_u16(), 599);
                assert_eq!(answer.error.code, "Config");
            }
            assert!(fake.requests().is_empty(), "{id:?}");
            continue;
        };
        assert!(results.iter().all(Result::is_ok), "{id:?}");
        let paths: Vec<String> = fake
            .requests()
            .iter()
            .map(|r| r.path().to_owned())
            .collect();
        assert_eq!(
            paths,
            [
                format!("/identities/{expected}"),
                format!("/identities/{expected}/:revokeAccessTokens"),
                format!("/access/entra/assignments/{expected}"),
                format!("/access/teamsExtension/tenants/{expected}/assignments/object"),
                format!("/access/teamsExtension/tenants/tenant/assignments/{expected}"),
            ]
        );
        assert!(
            fake.requests()
                .iter()
                .all(|r| r.version() == "2025-03-02-preview")
        );
    }
}

#[tokio::test]
async fn hostile_values_in_a_body_change_nothing_but_the_body() {
    for (id, _) in hostile() {
        let fake = Fake::always(answer(401, &[], ""));
        let body = types::CommunicationIdentityCreateRequest {
            custom_id: Some(id.clone()),
            create_token_with_scopes: None,
            expires_in_minutes: None,
        };
        let _ = low_level(&fake.url())
            .identity_create(&body)
            .await
            .unwrap_err();
        let request = fake.request();
        assert_eq!(request.path(), "/identities");
        let sent: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!(sent, serde_json::json!({ "customId": id }));
    }
}
