//! Owns short names for calls and canned bodies that the other files use; decides nothing.

use acs_identity_rest::v2025_03_02_preview as rest;
use teams_phone::assignments::Assignment;
use teams_phone::{Client, Credential, Endpoint, ObjectId, Result, TenantId};
use teams_phone_core::Pipeline;
use teams_phone_core::hooks::Inner;
use teams_phone_tests::{KEY, OBJECT, TENANT};

pub(crate) use teams_phone_tests::{client, client_with};

/// A resource account's assignment.
pub(crate) const ASSIGNMENT: &str = concat!(
    r#"{"objectId":"e5b7f628-ea94-4fdc-b3d9-1af1fe231111","#,
    r#""tenantId":"87d349ed-44d7-43e1-9a83-5f2406dee5bd","#,
    r#""principalType":"teamsResourceAccount"}"#
);

/// A new identity.
pub(crate) const IDENTITY: &str = r#"{"identity":{"id":"8:acs:1_2"}}"#;

pub(crate) fn tenant() -> TenantId {
    TENANT.parse().unwrap()
}

pub(crate) fn object() -> ObjectId {
    OBJECT.parse().unwrap()
}

/// Reads the assignment that all tests read: an idempotent call.
pub(crate) async fn read(client: &Client) -> Result<Assignment> {
    client.assignments().get(&tenant(), &object()).await
}

/// Creates an anonymous identity: a call that must not be repeated lightly.
pub(crate) async fn create(client: &Client) -> Result<String> {
    let created = client.identities().create().await?;
    Ok(created.identity.id.as_str().to_owned())
}

/// The generated client.
pub(crate) fn low_level(url: &str) -> rest::Client {
    let endpoint: Endpoint = url.parse().unwrap();
    let key = teams_phone::AccessKey::from_base64(KEY).unwrap();
    let pipeline = Pipeline::builder(endpoint, Credential::from(key))
        .build()
        .unwrap();
    rest::client(Inner::new(
        pipeline,
        Some(rest::API_VERSION.parse().unwrap()),
    ))
}
