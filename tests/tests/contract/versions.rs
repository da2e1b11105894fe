//! Owns which API version each call is sent with, and which versions do not have it.

use std::time::Duration;

use teams_phone::{
    ApiVersion, Client, ConnectionString, ErrorKind, IdentityId, ObjectId, PrincipalType,
    RequestOptions, Result, Scope, TenantId,
};
use teams_phone_emulator::Emulator;
use teams_phone_tests::{OBJECT, TENANT};

const PREVIEW: &str = "2025-03-02-preview";
const VERSIONS: [&str; 7] = [
    "2021-03-07",
    "2022-06-01",
    "2022-10-01",
    "2023-10-01",
    PREVIEW,
    "2025-06-30",
    "2026-09-23",
];

/// A call, as far as versions tell calls apart.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Call {
    Grant,
    GetAssignment,
    Revoke,
    RevokeAndVerify,
    Ensure,
    Create,
    CreateWithCustomId,
    CreateWithValidity,
    GetIdentity,
    Delete,
    IssueToken,
    IssueTokenWithValidity,
    RevokeTokens,
}

/// Every call, its default version, and the versions that have it.
const CALLS: &[(Call, &str, &[&str])] = &[
    (Call::Grant, "2025-06-30", VERSIONS.split_at(4).1),
    (Call::GetAssignment, "2025-06-30", VERSIONS.split_at(4).1),
    (Call::Revoke, "2025-06-30", VERSIONS.split_at(4).1),
    (Call::RevokeAndVerify, "2025-06-30", VERSIONS.split_at(4).1),
    (Call::Ensure, "2025-06-30", VERSIONS.split_at(4).1),
    (Call::Create, "2025-06-30", &VERSIONS),
    (Call::CreateWithCustomId, PREVIEW, &[PREVIEW]),
    (
        Call::CreateWithValidity,
        "2025-06-30",
        VERSIONS.split_at(2).1,
    ),
    (Call::GetIdentity, PREVIEW, &[PREVIEW]),
    (Call::Delete, "2025-06-30", &VERSIONS),
    (Call::IssueToken, "2025-06-30", &VERSIONS),
    (
        Call::IssueTokenWithValidity,
        "2025-06-30",
        VERSIONS.split_at(2).1,
    ),
    (Call::RevokeTokens, "2025-06-30", &VERSIONS),
];

impl Call {
    async fn make(self, client: &Client, id: &IdentityId, options: RequestOptions) -> Result<()> {
        let tenant: TenantId = TENANT.parse()?;
        let object: ObjectId = OBJECT.parse()?;
        let (tenant, object) = (&tenant, &object);
        let (assignments, identities) = (client.assignments(), client.identities());
        let kind = PrincipalType::ResourceAccount;
        let hours = Duration::from_secs(2 * 60 * 60);
        let create = identities.create().options(options.clone());
        let issue = identities
            .issue_token(id, [Scope::Voip])
            .options(options.clone());
        match self {
            Self::Grant => assignments
                .grant(tenant, object, kind)
                .options(options)
                .await
                .map(drop),
            Self::GetAssignment => {
                let get = assignments.get(tenant, object).options(options);
                get.await
                    .map(drop)
                    .or_else(|why| why.is_not_found().then_some(()).ok_or(why))
            }
            Self::Revoke => assignments.revoke(tenant, object).options(options).await,
            Self::RevokeAndVerify => {
                let revoke = assignments.revoke_and_verify(tenant, object);
                revoke.options(options).await.map(drop)
            }
            Self::Ensure => assignments
                .ensure(tenant, object, kind)
                .options(options)
                .await
                .map(drop),
            Self::Create => create.await.map(drop),
            Self::CreateWithCustomId => create.custom_id("agent-17".parse()?).await.map(drop),
            Self::CreateWithValidity => create
                .with_token([Scope::Voip])
                .valid_for(hours)
                .await
                .map(drop),
            Self::GetIdentity => identities.get(id).options(options).await.map(drop),
            Self::Delete => identities.delete(id).options(options).await,
            Self::IssueToken => issue.await.map(drop),
            Self::IssueTokenWithValidity => issue.valid_for(hours).await.map(drop),
            Self::RevokeTokens => identities.revoke_tokens(id).options(options).await,
        }
    }
}

/// An emulator with an identity and no request in its log.
async fn prepared() -> (Emulator, ConnectionString, IdentityId) {
    let emulator = Emulator::start().await.unwrap();
    let connection_string: ConnectionString = emulator.connection_string().parse().unwrap();
    let client = Client::builder().connection_string(&connection_string);
    let created = client.build().unwrap().identities().create().await.unwrap();
    (emulator, connection_string, created.identity.id)
}

/// The versions of the requests that came after the first `skip`.
fn sent(emulator: &Emulator, skip: usize) -> Vec<String> {
    let requests = emulator.requests();
    let version = |target: &str| target.split_once("api-version=").unwrap().1.to_owned();
    requests[skip..]
        .iter()
        .map(|request| version(&request.target))
        .collect()
}

#[tokio::test]
async fn each_call_has_a_default_version() {
    for (call, default, _) in CALLS {
        let (emulator, connection_string, id) = prepared().await;
        let client = Client::builder()
            .connection_string(&connection_string)
            .build()
            .unwrap();
        call.make(&client, &id, RequestOptions::new())
            .await
            .unwrap();
        let versions = sent(&emulator, 1);
        assert!(!versions.is_empty(), "{call:?}");
        assert!(
            versions.iter().all(|version| version == default),
            "{call:?}: {versions:?}"
        );
    }
}

#[tokio::test]
async fn a_call_goes_out_with_the_chosen_version_or_not_at_all() {
    for (call, _, has) in CALLS {
        for version in VERSIONS {
            for per_client in [true, false] {
                let (emulator, connection_string, id) = prepared().await;
                let chosen: ApiVersion = version.parse().unwrap();
                let mut builder = Client::builder().connection_string(&connection_string);
                let mut options = RequestOptions::new();
                if per_client {
                    builder = builder.api_version(chosen);
                } else {
                    options = options.api_version(chosen);
                }
                let result = call.make(&builder.build().unwrap(), &id, options).await;
                let versions = sent(&emulator, 1);
                if has.contains(&version) {
                    result.unwrap();
                    assert!(!versions.is_empty(), "{call:?} {version}");
                    assert!(
                        versions.iter().all(|sent| sent == version),
                        "{call:?}: {versions:?}"
                    );
                    continue;
                }
                let error = result.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Config, "{call:?} {version}");
                assert_eq!(versions, [""; 0], "{call:?} {version}");
                let text = error.to_string();
                assert!(text.contains(version), "{text}");
                assert!(has.iter().all(|has| text.contains(has)), "{text}");
                assert!(error.operation().is_some(), "{text}");
            }
        }
    }
}

#[tokio::test]
async fn the_version_of_a_call_wins_over_the_clients() {
    let (emulator, connection_string, id) = prepared().await;
    let builder = Client::builder().connection_string(&connection_string);
    let client = builder
        .api_version("2021-03-07".parse().unwrap())
        .build()
        .unwrap();
    let options = RequestOptions::new().api_version("2026-09-23".parse().unwrap());
    Call::IssueToken.make(&client, &id, options).await.unwrap();
    Call::IssueToken
        .make(&client, &id, RequestOptions::new())
        .await
        .unwrap();
    assert_eq!(sent(&emulator, 1), ["2026-09-23", "2021-03-07"]);
}

#[tokio::test]
async fn a_version_that_is_not_known_is_refused_unless_insisted_upon() {
    let (emulator, connection_string, id) = prepared().await;
    let builder = || Client::builder().connection_string(&connection_string);
    let error = builder()
        .api_version("2027-01-01".parse().unwrap())
        .build()
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(
        VERSIONS
            .iter()
            .all(|version| error.to_string().contains(version)),
        "{error}"
    );
    let client = builder().build().unwrap();
    let options = RequestOptions::new().api_version("2027-01-01".parse().unwrap());
    let error = Call::Delete.make(&client, &id, options).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(emulator.requests().len(), 1);
    let insisted = ApiVersion::unchecked("2027-01-01").unwrap();
    let client = builder().api_version(insisted).build().unwrap();
    let error = Call::Delete
        .make(&client, &id, RequestOptions::new())
        .await
        .unwrap_err();
    assert_eq!(error.code(), Some("UnsupportedApiVersion"));
    assert!(error.hint().is_some());
    assert_eq!(sent(&emulator, 1), ["2027-01-01"]);
}
