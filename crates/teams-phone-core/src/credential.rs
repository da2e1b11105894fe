//! Owns what a request is authorised with; knows neither the wire nor how a token is obtained.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use futures::future::BoxFuture;

use crate::{AccessKey, Error, Secret};

/// How the client proves that it may call the resource.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Credential {
    /// The resource's access key: every attempt is signed with HMAC-SHA256.
    AccessKey(AccessKey),
    /// A bearer token of Microsoft Entra ID, asked for before every attempt.
    Token(Arc<dyn TokenCredential>),
}

impl Credential {
    /// Wraps a source of bearer tokens.
    pub fn token(credential: impl TokenCredential) -> Self {
        Self::Token(Arc::new(credential))
    }
}

impl Credential {
    pub(crate) fn is_interactive(&self) -> bool {
        match self {
            Self::AccessKey(_) => false,
            Self::Token(credential) => credential.is_interactive(),
        }
    }
}

impl From<AccessKey> for Credential {
    fn from(key: AccessKey) -> Self {
        Self::AccessKey(key)
    }
}

/// A source of bearer tokens.
///
/// The client asks before every attempt, so an implementation keeps its token until shortly before it
/// expires and answers concurrent askers with one request. After a 401 the client asks once more with
/// [`TokenRequest::refresh`] set, and with [`TokenRequest::claims`] if the service wants some.
pub trait TokenCredential: fmt::Debug + Send + Sync + 'static {
    /// Gets a token for the scopes.
    ///
    /// # Errors
    /// An [`Error`] of kind [`ErrorKind::Credential`](crate::ErrorKind::Credential) without any secret.
    fn get_token<'a>(
        &'a self,
        request: &'a TokenRequest<'a>,
    ) -> BoxFuture<'a, Result<BearerToken, Error>>;

    /// Whether a token may have to wait for a person to sign in. That wait does not count as part of the
    /// call that asks; any other has to end within the call's deadline.
    fn is_interactive(&self) -> bool {
        false
    }
}

/// What a token is wanted for.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct TokenRequest<'a> {
    /// The scopes the token must have.
    pub scopes: &'a [&'a str],
    /// Whether a token that was answered before has just been refused.
    pub refresh: bool,
    /// The token that was refused; a cache that holds another one by now need not renew it.
    pub refused: Option<&'a Secret>,
    /// The claims that the service asked for when it refused (JSON), to be passed on to Microsoft Entra ID.
    pub claims: Option<&'a str>,
}

impl<'a> TokenRequest<'a> {
    /// Asks for any valid token.
    #[must_use]
    pub const fn new(scopes: &'a [&'a str]) -> Self {
        Self {
            scopes,
            refresh: false,
            refused: None,
            claims: None,
        }
    }

    /// Asks for a new token, because this one was refused.
    #[must_use]
    pub const fn refused(mut self, token: Option<&'a Secret>) -> Self {
        self.refresh = true;
        self.refused = token;
        self
    }

    /// Asks for a new token that has these claims.
    #[must_use]
    pub const fn claims(mut self, claims: Option<&'a str>) -> Self {
        self.refresh |= claims.is_some();
        self.claims = claims;
        self
    }
}

impl fmt::Debug for TokenRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenRequest")
            .field("scopes", &self.scopes)
            .field("refresh", &self.refresh)
            .field("claims", &self.claims.is_some())
            .finish_non_exhaustive()
    }
}

/// A token and the moment it expires.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct BearerToken {
    /// The token itself.
    pub token: Secret,
    /// When the token stops to work.
    pub expires_on: SystemTime,
}

impl BearerToken {
    /// Joins a token and its expiry.
    pub fn new(token: impl Into<Secret>, expires_on: SystemTime) -> Self {
        Self {
            token: token.into(),
            expires_on,
        }
    }
}

/// A token that the caller already has; it is never renewed.
#[derive(Clone, Debug)]
pub struct StaticToken(BearerToken);

impl StaticToken {
    /// Takes the token.
    #[must_use]
    pub fn new(token: BearerToken) -> Self {
        Self(token)
    }
}

impl TokenCredential for StaticToken {
    fn get_token<'a>(
        &'a self,
        _request: &'a TokenRequest<'a>,
    ) -> BoxFuture<'a, Result<BearerToken, Error>> {
        Box::pin(std::future::ready(Ok(self.0.clone())))
    }
}
