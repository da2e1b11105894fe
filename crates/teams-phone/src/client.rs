//! Owns the client and how it is put together; knows no operation.

use std::fmt;
use std::sync::Arc;

use acs_identity_rest::v2025_03_02_preview as rest;
use jiff::{SignedDuration, Timestamp};
use teams_phone_core::clock::Clock;
use teams_phone_core::hooks::{Answer, ClientResult, Inner};
use teams_phone_core::{
    ApiVersion, Credential, Endpoint, Error, RateLimits, RequestOptions, Result,
};

use crate::ConnectionString;
use crate::assignments::Assignments;
use crate::bulk::{self, Bulk};
use crate::entra::EntraAssignments;
use crate::exchanges::Exchanges;
use crate::identities::Identities;
use crate::session::{Session, Settings, settings};

/// The scope of a bearer token that manages a resource; the double slash is the service's.
const SCOPES: &[&str] = &["https://communication.azure.com//.default"];
/// The same in the cloud of the United States government, which follows by its domain.
const US_SCOPES: &[&str] = &["https://communication.azure.us//.default"];

/// A client of one Communication Services resource.
///
/// Cloning is cheap; clones share connections, the retry budget and the rate limits of bulk work.
#[derive(Clone)]
pub struct Client(Session, Arc<RateLimits>);

impl Client {
    /// Starts to put a client together.
    #[must_use]
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Makes a client with default settings. Nothing is sent yet.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) that says what is wrong with the text, without
    /// showing the key.
    pub fn from_connection_string(text: &str) -> Result<Self> {
        Self::builder().connection_string(&text.parse()?).build()
    }

    /// Makes a client from the environment variable `AZURE_COMMUNICATION_CONNECTION_STRING`, else from
    /// `COMMUNICATION_SERVICES_CONNECTION_STRING`.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if neither is set, or the text is wrong.
    pub fn from_env() -> Result<Self> {
        let connection_string = ConnectionString::from_env()?;
        Self::builder()
            .connection_string(&connection_string)
            .build()
    }

    /// Access of users and resource accounts of Teams to the resource.
    #[must_use]
    pub fn assignments(&self) -> Assignments {
        Assignments::new(self.clone())
    }

    /// Access of users, groups and tenants of Entra to tokens of the resource.
    #[must_use]
    pub fn entra_assignments(&self) -> EntraAssignments {
        EntraAssignments::new(self.clone())
    }

    /// Identities of the resource and their tokens.
    #[must_use]
    pub fn identities(&self) -> Identities {
        Identities::new(self.clone())
    }

    /// Exchanges of a user's Entra token for a token of the resource.
    #[must_use]
    pub fn exchanges(&self) -> Exchanges {
        Exchanges::new(self.clone())
    }

    /// Runs many calls at a time, within limits on concurrency and rate.
    pub fn bulk(&self) -> Bulk {
        Bulk::new(self.clone())
    }

    /// The resource's address.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        self.0.endpoint()
    }

    /// How far the service's clock is ahead of this machine's, once a refused signature has shown it.
    ///
    /// Zero until then, and for differences below a minute. Signatures are dated with the service's time from
    /// then on; the machine's clock is worth mending all the same.
    #[must_use]
    pub fn clock_skew(&self) -> SignedDuration {
        SignedDuration::from_secs(self.0.clock_skew_seconds())
    }

    /// The same client within limits on the requests sent.
    pub(crate) fn with_rate_limits(&self, limits: Arc<RateLimits>) -> Self {
        Self(self.0.with_rate_limits(limits), Arc::clone(&self.1))
    }

    /// The limits that bulk work keeps to unless it is given others.
    pub(crate) fn default_limits(&self) -> Arc<RateLimits> {
        Arc::clone(&self.1)
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        self.0.clock()
    }

    /// The service's time, as far as it is known to differ from this machine's.
    pub(crate) fn now(&self) -> Timestamp {
        let skew = self.clock_skew();
        let now = Timestamp::try_from(self.clock().now()).unwrap_or_default();
        now.checked_add(skew).unwrap_or(now)
    }

    /// Makes one call through the generated client and reads its outcome.
    pub(crate) async fn call<T, E, F>(
        &self,
        operation: &'static str,
        options: RequestOptions,
        refine: impl FnOnce(Inner) -> Inner,
        send: impl FnOnce(rest::Client) -> F,
    ) -> Result<Answer<T>>
    where
        T: serde::de::DeserializeOwned,
        F: Future<Output = ClientResult<T, E>>,
    {
        let send = |inner| send(rest::client(inner));
        self.0.call(operation, options, refine, send).await
    }

    /// Gets the next page of a list from the link that the page before it gave.
    pub(crate) async fn follow<T: serde::de::DeserializeOwned>(
        &self,
        operation: &'static str,
        options: RequestOptions,
        link: &str,
    ) -> Result<T> {
        self.0.follow(operation, options, link).await
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("endpoint", self.endpoint())
            .finish_non_exhaustive()
    }
}

/// Puts a [`Client`] together; setters cannot fail, [`ClientBuilder::build`] checks.
#[derive(Debug, Default)]
pub struct ClientBuilder {
    endpoint: Option<Endpoint>,
    settings: Settings,
}

impl ClientBuilder {
    /// Takes endpoint and access key from a connection string.
    #[must_use]
    pub fn connection_string(self, connection_string: &ConnectionString) -> Self {
        self.endpoint(connection_string.endpoint().clone())
            .credential(connection_string.access_key().clone())
    }

    /// The resource's address.
    #[must_use]
    pub fn endpoint(mut self, endpoint: Endpoint) -> Self {
        self.endpoint = Some(endpoint);
        self
    }

    /// What calls are authorised with: an [`AccessKey`](crate::AccessKey) or a [`Credential`].
    #[must_use]
    pub fn credential(mut self, credential: impl Into<Credential>) -> Self {
        self.settings.credential = Some(credential.into());
        self
    }

    /// The API version of all calls that do not choose their own; default: per call, the newest
    /// generally available one that has it.
    #[must_use]
    pub fn api_version(mut self, version: ApiVersion) -> Self {
        self.settings.api_version = Some(version);
        self
    }

    settings!();

    /// Makes the client. Opens no connection and needs no runtime.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the endpoint or credential is missing, the API
    /// version is not known, or a root certificate cannot be used.
    pub fn build(self) -> Result<Client> {
        let missing = |what: &str| {
            Error::config(format!(
                "the client has no {what}; call connection_string, or endpoint and credential"
            ))
        };
        let endpoint = self.endpoint.ok_or_else(|| missing("endpoint"))?;
        let credential = self.settings.credential.clone();
        let credential = credential.ok_or_else(|| missing("credential"))?;
        let scopes = scopes_at(&endpoint);
        let session =
            self.settings
                .open(endpoint, credential, scopes, &acs_identity_rest::OPERATIONS)?;
        Ok(Client(session, Arc::new(bulk::published_limits())))
    }
}

/// The scopes for managing a resource in the cloud that its endpoint is in.
fn scopes_at(endpoint: &Endpoint) -> &'static [&'static str] {
    if is_us_government(endpoint) {
        US_SCOPES
    } else {
        SCOPES
    }
}

/// Whether an endpoint is in the cloud of the United States government.
pub(crate) fn is_us_government(endpoint: &Endpoint) -> bool {
    let host = endpoint.authority().split(':').next().unwrap_or_default();
    host.ends_with(".communication.azure.us")
}
