//! Owns the promise that every attempt is signed over what is on the wire; the check has no code of the client's.

use std::time::Duration;

use teams_phone::{IdentityId, PrincipalType, Scope};
use teams_phone_tests::{Fake, KEY, answer, check_signature, json, read_json, upstream};

use crate::calls::{ASSIGNMENT, client, create, low_level, object, read, tenant};

#[tokio::test]
async fn every_kind_of_request_is_signed_as_sent() {
    let fake = Fake::always(answer(401, &[], ""));
    let (client, _) = client(&fake.url());
    let id: IdentityId = "8:acs:a b/c\\d?e#f%2Fg~ü".parse().unwrap();
    let (assignments, identities) = (client.assignments(), client.identities());
    let _ = read(&client).await;
    let _ = assignments
        .grant(&tenant(), &object(), PrincipalType::User)
        .await;
    let _ = assignments.revoke(&tenant(), &object()).await;
    let _ = create(&client).await;
    let _ = identities
        .create()
        .custom_id("grüße 🚀".parse().unwrap())
        .await;
    let _ = identities.get(&id).await;
    let _ = identities.issue_token(&id, [Scope::Voip]).await;
    let _ = identities.revoke_tokens(&id).await;
    let _ = identities.delete(&id).await;
    let _ = low_level(&fake.url()).entra_assignment_list().await;
    let requests = fake.requests();
    assert_eq!(requests.len(), 10);
    for request in &requests {
        check_signature(request, KEY);
    }
}

#[tokio::test]
async fn every_attempt_has_a_date_and_a_signature_of_its_own_and_the_same_request_id() {
    let wait = answer(429, &[("Retry-After", "1000")], "");
    let fake = Fake::script([wait, answer(503, &[], ""), json(200, ASSIGNMENT)]);
    let policy = |builder: teams_phone::ClientBuilder| {
        builder.retry(teams_phone::RetryPolicy::default().deadline(Duration::from_secs(3600)))
    };
    let (client, clock) = teams_phone_tests::client_with(&fake.url(), policy);
    clock.set_jitter(0.999);
    read(&client).await.unwrap();
    let requests = fake.requests();
    for request in &requests {
        check_signature(request, KEY);
    }
    let all = |name: &str| -> Vec<String> {
        let values = requests
            .iter()
            .map(|request| request.header(name).unwrap().to_owned());
        values.collect()
    };
    assert_eq!(
        all("x-ms-date"),
        [
            "Mon, 14 Apr 2025 15:32:25 GMT",
            "Mon, 14 Apr 2025 15:49:05 GMT",
            "Mon, 14 Apr 2025 15:49:05 GMT",
        ]
    );
    let ids = all("x-ms-client-request-id");
    assert!(uuid::Uuid::parse_str(&ids[0]).is_ok(), "{ids:?}");
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_ne!(all("authorization")[0], all("authorization")[1]);
}

#[tokio::test]
async fn two_calls_have_two_request_ids() {
    let fake = Fake::always(json(200, ASSIGNMENT));
    let (client, _) = client(&fake.url());
    read(&client).await.unwrap();
    read(&client).await.unwrap();
    let id = |at: usize| {
        fake.requests()[at]
            .header("x-ms-client-request-id")
            .map(str::to_owned)
    };
    assert_ne!(id(0), id(1));
}

#[test]
fn published_vectors_hold() {
    let Some(path) = upstream("hmac-vectors.json") else {
        return;
    };
    let vectors = read_json(&path);
    let vectors = vectors["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 15);
    for vector in vectors {
        let text = |name: &str| vector[name].as_str().unwrap_or_default();
        let key = teams_phone::AccessKey::from_base64(text("access_key")).unwrap();
        let at = httpdate::parse_http_date(text("date")).unwrap();
        let url = text("url").parse().unwrap();
        let body = text("body").as_bytes();
        let signed = teams_phone::sign::sign(&key, text("method"), &url, body, at);
        let expected = &vector["expected"];
        for (name, value) in [
            ("host", &signed.host),
            ("content_sha256", &signed.content_sha256),
            ("string_to_sign", &signed.string_to_sign),
            ("signature", &signed.signature),
            ("authorization", &signed.authorization),
        ] {
            assert_eq!(
                expected[name].as_str(),
                Some(&**value),
                "{}: {name}",
                text("name")
            );
        }
    }
}
