//! Owns the three exchanges of a user's Entra token for an access token of the resource.
//!
//! It does not know how a user signs in, and keeps no token: [`calling`](crate::calling) does.

mod claims;
mod teams_user;
mod user_token;

use acs_identity_rest::v2025_03_02_preview::types;
use teams_phone_core::hooks::Answer;
use teams_phone_core::{Error, ErrorKind, Result, Secret};

use crate::identities::{AccessToken, Identity};
use crate::{Client, ClientId, ObjectId};

pub use teams_user::ExchangeTeamsUser;
pub use user_token::{ExchangeUserToken, UserToken};

/// The exchanges; got from [`Client::exchanges`].
#[derive(Clone, Debug)]
pub struct Exchanges {
    client: Client,
}

/// An exchange that the user's own Entra token authorises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Exchange {
    /// Access to Teams Phone, under an assignment of [`Client::assignments`].
    TeamsPhone,
    /// Access as an Entra user, under an assignment of [`Client::entra_assignments`].
    Entra,
}

/// What an exchange gave: who the user is for the resource, and the token to act with.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exchanged {
    /// The user's identity, such as `8:acs:<resource>_<tenant>_<user>`.
    pub identity: Identity,
    /// Its token.
    pub access_token: AccessToken,
}

impl Exchanges {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Exchanges the Entra token of a Teams user for a token with which a client acts as that user.
    ///
    /// The client's own credential authorises the call, the user's token travels in the body. Before
    /// anything is sent the claims of the token are compared with the ids that are given, which tells
    /// which of them is wrong; the service would only refuse the lot. A token that is not a readable JWT
    /// (opaque or encrypted) and a claim that is absent are left to the service.
    ///
    /// - `token`: an access token of the user with the permission `Teams.ManageCalls` or
    ///   `Teams.ManageChats` of Azure Communication Services.
    /// - `client_id`: the application that the token was issued to.
    /// - `user`: the object id of the user who signed in; not the tenant's id.
    /// - [`ExchangeTeamsUser::tenant`]: the tenant that the user must be of.
    /// - [`ExchangeTeamsUser::unchecked`]: leaves all checks to the service.
    ///
    /// # Errors
    /// - [`ErrorKind::Config`]: `oid`, `appid` (or `azp`) or `tid` of the token is not the id that was
    ///   given; nothing was sent.
    /// - [`ErrorKind::Credential`]: the token has expired, is for another service, or is no token; nothing
    ///   was sent.
    /// - [`Error::is_permission`]: the service does not accept the token (`InvalidAccessToken`), or not the
    ///   client's credential.
    ///
    /// # Idempotency
    /// Safe to repeat. Retried on timeout.
    ///
    /// # Example
    /// ```
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = teams_phone_emulator::Emulator::builder().verify_credentials(false).start().await?;
    /// # let client = teams_phone::Client::from_connection_string(&emulator.connection_string())?;
    /// # use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
    /// # let claims = r#"{"aud":"https://auth.msft.communication.azure.com","exp":4102444800,
    /// #     "appid":"1bfa671a-dc6b-47f3-8940-45c0f1af0fa6","oid":"e5b7f628-ea94-4fdc-b3d9-1af1fe231111"}"#;
    /// # let signed_in = [r#"{"alg":"none"}"#, claims, ""].map(|part| BASE64.encode(part)).join(".");
    /// use teams_phone::{ClientId, ObjectId, Secret};
    ///
    /// let token = Secret::new(signed_in);
    /// let application: ClientId = "1bfa671a-dc6b-47f3-8940-45c0f1af0fa6".parse()?;
    /// let user: ObjectId = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111".parse()?;
    /// let access = client.exchanges().teams_user(token, &application, &user).await?;
    /// println!("valid until {}", access.expires_on);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `CommunicationIdentity_ExchangeTeamsUserAccessToken`, specs/acs-identity/2025-06-30.
    #[must_use = "a request does nothing until it is awaited"]
    pub fn teams_user(
        &self,
        token: impl Into<Secret>,
        client_id: &ClientId,
        user: &ObjectId,
    ) -> ExchangeTeamsUser {
        ExchangeTeamsUser::new(self.client.clone(), token.into(), client_id, user)
    }

    /// Exchanges the Entra token of a user for a token that makes and takes calls of Teams Phone.
    ///
    /// The user's token authorises the call, the client's own credential is not used. An assignment must
    /// give the user access through the application that the token was issued to; see
    /// [`Assignments::grant`](crate::assignments::Assignments::grant).
    ///
    /// - `user_token`: the token as a [`Secret`], or a credential that signs the user in; the latter is
    ///   asked for `https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls`, with `.us` where
    ///   the endpoint is in the US government's cloud.
    /// - [`ExchangeUserToken::scopes`]: what a credential is asked for instead.
    ///
    /// # Errors
    /// - [`Error::is_permission`]: the token is not accepted (401), or there is no assignment that names
    ///   user and application, or no consent to `TeamsExtension.ManageCalls` (403).
    /// - [`ErrorKind::Credential`]: there is no user token; nothing was sent.
    ///
    /// # Idempotency
    /// Safe to repeat. Retried on timeout.
    ///
    /// # Example
    /// ```
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = teams_phone_emulator::Emulator::builder().verify_credentials(false).start().await?;
    /// # let client = teams_phone::Client::from_connection_string(&emulator.connection_string())?;
    /// # use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
    /// # let claims = r#"{"exp":4102444800,"tid":"87d349ed-44d7-43e1-9a83-5f2406dee5bd",
    /// #     "appid":"1bfa671a-dc6b-47f3-8940-45c0f1af0fa6","oid":"e5b7f628-ea94-4fdc-b3d9-1af1fe231111"}"#;
    /// # let signed_in = [r#"{"alg":"none"}"#, claims, ""].map(|part| BASE64.encode(part)).join(".");
    /// use teams_phone::{PrincipalType, Secret};
    ///
    /// let tenant = "87d349ed-44d7-43e1-9a83-5f2406dee5bd".parse()?;
    /// let user = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111".parse()?;
    /// let application = "1bfa671a-dc6b-47f3-8940-45c0f1af0fa6".parse()?;
    /// client
    ///     .assignments()
    ///     .grant(&tenant, &user, PrincipalType::User)
    ///     .client_ids([application])
    ///     .await?;
    ///
    /// let exchanged = client.exchanges().teams_phone(Secret::new(signed_in)).await?;
    /// assert!(exchanged.identity.id.as_str().ends_with(user.as_str()));
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `TeamsExtensionToken_Exchange`, specs/acs-identity/2025-06-30.
    #[must_use = "a request does nothing until it is awaited"]
    pub fn teams_phone(&self, user_token: impl Into<UserToken>) -> ExchangeUserToken {
        ExchangeUserToken::new(self.client.clone(), Exchange::TeamsPhone, user_token.into())
    }

    /// Exchanges the Entra token of a user for a token of the resource.
    ///
    /// The user's token authorises the call, the client's own credential is not used. An assignment must
    /// cover the user, one of their groups or their tenant, and list the application that the token was
    /// issued to; see [`EntraAssignments::grant`](crate::entra::EntraAssignments::grant).
    ///
    /// - `user_token`: the token as a [`Secret`], or a credential that signs the user in; the latter is
    ///   asked for `https://communication.azure.com/clients/.default`, with `.us` where the endpoint is in
    ///   the US government's cloud.
    /// - [`ExchangeUserToken::scopes`]: what a credential is asked for instead.
    ///
    /// # Errors
    /// - [`Error::is_permission`]: the token is not accepted (401), or no assignment covers the user and
    ///   lists the application (403).
    /// - [`ErrorKind::Credential`]: there is no user token; nothing was sent.
    ///
    /// # Idempotency
    /// Safe to repeat. Retried on timeout.
    ///
    /// # Example
    /// ```
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = teams_phone_emulator::Emulator::builder().verify_credentials(false).start().await?;
    /// # let client = teams_phone::Client::from_connection_string(&emulator.connection_string())?;
    /// # use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
    /// # let claims = r#"{"exp":4102444800,"tid":"87d349ed-44d7-43e1-9a83-5f2406dee5bd",
    /// #     "appid":"1bfa671a-dc6b-47f3-8940-45c0f1af0fa6","oid":"e5b7f628-ea94-4fdc-b3d9-1af1fe231111"}"#;
    /// # let signed_in = [r#"{"alg":"none"}"#, claims, ""].map(|part| BASE64.encode(part)).join(".");
    /// use teams_phone::{EntraPrincipalType, Secret, entra::EntraAccess};
    ///
    /// let everyone = EntraAccess {
    ///     tenant_id: "87d349ed-44d7-43e1-9a83-5f2406dee5bd".parse()?,
    ///     principal_type: EntraPrincipalType::Tenant,
    ///     client_ids: vec!["1bfa671a-dc6b-47f3-8940-45c0f1af0fa6".parse()?],
    /// };
    /// let tenant = "87d349ed-44d7-43e1-9a83-5f2406dee5bd".parse()?;
    /// client.entra_assignments().grant(&tenant, everyone).await?;
    ///
    /// let exchanged = client.exchanges().entra(Secret::new(signed_in)).await?;
    /// println!("{} until {}", exchanged.identity.id, exchanged.access_token.expires_on);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `EntraIdToken_Exchange`, specs/acs-identity/2025-03-02-preview.
    #[must_use = "a request does nothing until it is awaited"]
    pub fn entra(&self, user_token: impl Into<UserToken>) -> ExchangeUserToken {
        ExchangeUserToken::new(self.client.clone(), Exchange::Entra, user_token.into())
    }
}

impl Exchange {
    /// The operation of the API.
    pub(crate) fn operation(self) -> &'static str {
        match self {
            Self::TeamsPhone => "teams_extension_exchange_token",
            Self::Entra => "entra_exchange_token",
        }
    }
}

impl Exchanged {
    fn read(answer: Answer<types::CommunicationIdentityAccessTokenResult>) -> Result<Self> {
        // The schema shares the type with the creation of identities, where a token is optional.
        let token = answer
            .value
            .access_token
            .ok_or_else(|| Error::new(ErrorKind::Decode, "the answer has no `accessToken`"))?;
        Ok(Self {
            identity: answer.value.identity.into(),
            access_token: token.into(),
        })
    }
}

#[cfg(test)]
mod tests;
