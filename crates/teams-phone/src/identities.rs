//! Owns the identities of a resource and the access tokens they get.
//!
//! An identity is a user of the resource, without a name or a password. An access token lets a calling or
//! chat client act as that identity for some hours.

mod create;
mod tokens;

use acs_identity_rest::v2025_03_02_preview::types;
use jiff::Timestamp;
use teams_phone_core::{RequestOptions, Result, Secret};

use crate::request::request;
use crate::{Client, IdentityId, Scope};

pub use create::{CreateIdentity, CreatedIdentity};
pub use tokens::{IssueToken, RevokeTokens};

/// The calls about identities; got from [`Client::identities`].
#[derive(Clone, Debug)]
pub struct Identities {
    client: Client,
}

/// An identity of the resource.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Identity {
    /// The service's id, such as `8:acs:<resource>_<id>`.
    pub id: IdentityId,
    /// The caller's own id, if the identity was created with one and the API version tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_id: Option<String>,
    /// When a token was last issued, to the second; absent if never, or if the API version does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_token_issued_at: Option<Timestamp>,
}

/// A token with which a client acts as an identity.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccessToken {
    /// The token itself; do not assume that it can be decoded.
    pub token: Secret,
    /// When it stops to work.
    pub expires_on: Timestamp,
}

impl Identities {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Creates an identity, with a token if asked for.
    ///
    /// - [`CreateIdentity::custom_id`]: files the identity under an id of yours; the same id gives the same
    ///   identity again. Needs API version 2025-03-02-preview, which is then the default.
    /// - [`CreateIdentity::with_token`]: also issues a token with these scopes.
    /// - [`CreateIdentity::valid_for`]: the token's validity, whole minutes from 60 minutes to 24 hours;
    ///   default 24 hours, chosen by the service.
    ///
    /// Two simultaneous calls with the same custom id can leave two identities, which the service then
    /// refuses (`MultipleIdentitiesForCustomId`): create them one after the other.
    ///
    /// # Errors
    /// - [`Error::is_permission`](crate::Error::is_permission): wrong key, or missing role.
    /// - [`ErrorKind::Config`](crate::ErrorKind::Config): `valid_for` out of range or without a token, a
    ///   custom id in an API version that has none; nothing was sent.
    ///
    /// # Idempotency
    /// With a custom id safe to repeat, and retried on timeout. Without one every call makes a new
    /// identity, so a call whose answer is lost is not repeated.
    ///
    /// # Example
    /// ```
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = teams_phone_emulator::Emulator::builder().start().await?;
    /// # let client = teams_phone::Client::from_connection_string(&emulator.connection_string())?;
    /// use teams_phone::Scope;
    ///
    /// let agent = "agent-17".parse()?;
    /// let created = client.identities().create().custom_id(agent).with_token([Scope::Voip]).await?;
    /// assert_eq!(created.identity.custom_id.as_deref(), Some("agent-17"));
    /// assert!(created.access_token.is_some());
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `CommunicationIdentity_Create`, specs/acs-identity/2025-06-30 and 2025-03-02-preview.
    #[must_use = "a request does nothing until it is awaited"]
    pub fn create(&self) -> CreateIdentity {
        CreateIdentity::new(self.client.clone())
    }

    /// Reads an identity.
    ///
    /// # Errors
    /// [`Error::is_permission`](crate::Error::is_permission): the identity belongs to another resource, or
    /// does not exist (`IdentityNotOwned`).
    ///
    /// # Idempotency
    /// Safe to repeat; retried on timeout.
    ///
    /// # Example
    /// ```
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = teams_phone_emulator::Emulator::builder().start().await?;
    /// # let client = teams_phone::Client::from_connection_string(&emulator.connection_string())?;
    /// let created = client.identities().create().await?;
    /// let identity = client.identities().get(&created.identity.id).await?;
    /// assert_eq!(identity.last_token_issued_at, None);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `CommunicationIdentity_Get`, specs/acs-identity/2025-03-02-preview.
    #[must_use = "a request does nothing until it is awaited"]
    pub fn get(&self, id: &IdentityId) -> GetIdentity {
        GetIdentity {
            client: self.client.clone(),
            id: id.clone(),
            options: RequestOptions::default(),
        }
    }

    /// Deletes an identity with all its data; its tokens stop to work.
    ///
    /// # Errors
    /// [`Error::is_permission`](crate::Error::is_permission): the identity belongs to another resource, or
    /// does not exist any more (`IdentityNotOwned`).
    ///
    /// # Idempotency
    /// Safe to repeat; retried on timeout. A second call may be answered `IdentityNotOwned`.
    ///
    /// # Example
    /// ```
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = teams_phone_emulator::Emulator::builder().start().await?;
    /// # let client = teams_phone::Client::from_connection_string(&emulator.connection_string())?;
    /// let created = client.identities().create().await?;
    /// client.identities().delete(&created.identity.id).await?;
    /// let error = client.identities().get(&created.identity.id).await.unwrap_err();
    /// assert_eq!(error.code(), Some("IdentityNotOwned"));
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `CommunicationIdentity_Delete`, specs/acs-identity/2025-06-30.
    #[must_use = "a request does nothing until it is awaited"]
    pub fn delete(&self, id: &IdentityId) -> DeleteIdentity {
        DeleteIdentity {
            client: self.client.clone(),
            id: id.clone(),
            options: RequestOptions::default(),
        }
    }

    /// Issues an access token for an identity.
    ///
    /// Each call issues a new token; earlier ones stay valid until they expire or are revoked.
    ///
    /// - [`IssueToken::valid_for`]: whole minutes, from 60 minutes to 24 hours; default 24 hours, chosen by
    ///   the service.
    ///
    /// # Errors
    /// - [`Error::is_permission`](crate::Error::is_permission): the identity belongs to another resource, or
    ///   does not exist (`IdentityNotOwned`).
    /// - [`ErrorKind::Config`](crate::ErrorKind::Config): no scope, or `valid_for` out of range; nothing was
    ///   sent.
    ///
    /// # Idempotency
    /// Safe to repeat; retried on timeout.
    ///
    /// # Example
    /// ```
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = teams_phone_emulator::Emulator::builder().start().await?;
    /// # let client = teams_phone::Client::from_connection_string(&emulator.connection_string())?;
    /// use std::time::Duration;
    /// use teams_phone::Scope;
    ///
    /// let created = client.identities().create().await?;
    /// let token = client
    ///     .identities()
    ///     .issue_token(&created.identity.id, [Scope::Voip])
    ///     .valid_for(Duration::from_hours(2))
    ///     .await?;
    /// assert!(!token.token.expose().is_empty());
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `CommunicationIdentity_IssueAccessToken`, specs/acs-identity/2025-06-30.
    #[must_use = "a request does nothing until it is awaited"]
    pub fn issue_token(
        &self,
        id: &IdentityId,
        scopes: impl IntoIterator<Item = Scope>,
    ) -> IssueToken {
        IssueToken::new(self.client.clone(), id, scopes)
    }

    /// Revokes all access tokens of an identity.
    ///
    /// # Errors
    /// [`Error::is_permission`](crate::Error::is_permission): the identity belongs to another resource, or
    /// does not exist (`IdentityNotOwned`).
    ///
    /// # Idempotency
    /// Safe to repeat; retried on timeout.
    ///
    /// # Example
    /// ```
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = teams_phone_emulator::Emulator::builder().start().await?;
    /// # let client = teams_phone::Client::from_connection_string(&emulator.connection_string())?;
    /// let created = client.identities().create().await?;
    /// client.identities().revoke_tokens(&created.identity.id).await?;
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `CommunicationIdentity_RevokeAccessTokens`, specs/acs-identity/2025-06-30.
    #[must_use = "a request does nothing until it is awaited"]
    pub fn revoke_tokens(&self, id: &IdentityId) -> RevokeTokens {
        RevokeTokens::new(self.client.clone(), id)
    }
}

/// A request to read an identity; await it to send it.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct GetIdentity {
    client: Client,
    id: IdentityId,
    options: RequestOptions,
}

request!(GetIdentity => Identity);

impl GetIdentity {
    async fn send(self) -> Result<Identity> {
        let answer = self
            .client
            .call(
                "identity_get",
                self.options,
                |inner| inner,
                async |rest| rest.identity_get(self.id.as_str()).await,
            )
            .await?;
        Ok(answer.value.into())
    }
}

/// A request to delete an identity; await it to send it.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct DeleteIdentity {
    client: Client,
    id: IdentityId,
    options: RequestOptions,
}

request!(DeleteIdentity => ());

impl DeleteIdentity {
    async fn send(self) -> Result<()> {
        self.client
            .call(
                "identity_delete",
                self.options,
                |inner| inner,
                async |rest| rest.identity_delete(self.id.as_str()).await,
            )
            .await?;
        Ok(())
    }
}

impl From<types::CommunicationIdentity> for Identity {
    fn from(answer: types::CommunicationIdentity) -> Self {
        Self {
            id: IdentityId::from_service(answer.id),
            custom_id: answer.custom_id,
            last_token_issued_at: answer.last_token_issued_at,
        }
    }
}

impl From<types::CommunicationIdentityAccessToken> for AccessToken {
    fn from(answer: types::CommunicationIdentityAccessToken) -> Self {
        Self {
            token: answer.token,
            expires_on: answer.expires_on,
        }
    }
}
