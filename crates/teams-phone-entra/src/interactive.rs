//! Owns a person's sign-in: its refresh token and what renews it; knows not how the person signs in.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures::future::BoxFuture;
use oauth2::basic::{BasicClient, BasicTokenResponse};
use oauth2::{
    AsyncHttpClient, AuthUrl, ClientId, DeviceAuthorizationUrl, EndpointNotSet, EndpointSet,
    HttpRequest, HttpResponse, RefreshToken, RequestTokenError, Scope, TokenResponse as _,
    TokenUrl,
};
use teams_phone_core::clock::{Clock, SystemClock};
use teams_phone_core::{BearerToken, Error, Secret, TokenCredential, TokenRequest};

use crate::authority::{check_client_id, check_tenant};
use crate::service::TokenService;
use crate::{Authority, failure};

/// What makes the service hand out a refresh token.
const OFFLINE: &str = "offline_access";
/// The service states the life of every token; this stands in if it does not.
const ASSUMED_LIFE: Duration = Duration::from_secs(600);

pub(crate) type Client =
    BasicClient<EndpointSet, EndpointSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// One way in which a person signs in.
pub(crate) trait SignIn: Send + Sync + 'static {
    /// How errors call it.
    const NAME: &'static str;

    /// Has a person sign in.
    fn sign_in<'a>(
        &'a self,
        app: &'a App,
        request: &'a TokenRequest<'a>,
    ) -> BoxFuture<'a, Result<BasicTokenResponse, Error>>;
}

/// What builders of this kind have in common.
pub(crate) struct Settings {
    pub(crate) tenant: String,
    pub(crate) client_id: String,
    pub(crate) authority: Authority,
    pub(crate) roots: Vec<Vec<u8>>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Settings {
    pub(crate) fn new(tenant: String, client_id: String) -> Self {
        Self {
            tenant,
            client_id,
            authority: Authority::default(),
            roots: Vec::new(),
            clock: Arc::new(SystemClock::default()),
        }
    }
}

/// What credentials that a person signs in with, and their builders, have in common.
macro_rules! person_signs_in {
    ($credential:ident, $builder:ident) => {
        impl $builder {
            /// The sign-in service, of the public cloud unless set.
            pub fn authority(mut self, authority: impl Into<$crate::Authority>) -> Self {
                self.settings.authority = authority.into();
                self
            }

            /// Trusts the certificates of a PEM text in addition to the platform's.
            pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
                self.settings.roots.push(pem.into());
                self
            }

            /// Where time comes from.
            pub fn clock(
                mut self,
                clock: std::sync::Arc<dyn teams_phone_core::clock::Clock>,
            ) -> Self {
                self.settings.clock = clock;
                self
            }

            /// Builds the credential; sends and shows nothing.
            ///
            /// # Errors
            /// [`ErrorKind::Config`](teams_phone_core::ErrorKind::Config) if the tenant, the client id or a
            /// root certificate is not one.
            pub fn build(self) -> Result<$credential, teams_phone_core::Error> {
                let clock = std::sync::Arc::clone(&self.settings.clock);
                let session = $crate::interactive::Session::new(self.settings, self.way)?;
                Ok($credential($crate::TokenCache::with_clock(session, clock)))
            }
        }

        impl teams_phone_core::TokenCredential for $credential {
            fn get_token<'a>(
                &'a self,
                request: &'a teams_phone_core::TokenRequest<'a>,
            ) -> futures::future::BoxFuture<
                'a,
                Result<teams_phone_core::BearerToken, teams_phone_core::Error>,
            > {
                self.0.get_token(request)
            }

            fn is_interactive(&self) -> bool {
                self.0.is_interactive()
            }
        }

        impl std::fmt::Debug for $credential {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let session = self.0.credential();
                f.debug_tuple(stringify!($credential))
                    .field(session)
                    .finish()
            }
        }

        impl std::fmt::Debug for $builder {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($builder))
                    .field("tenant", &self.settings.tenant)
                    .field("client_id", &self.settings.client_id)
                    .field("authority", &self.settings.authority)
                    .finish_non_exhaustive()
            }
        }
    };
}
pub(crate) use person_signs_in;

/// The application that a person signs in to.
pub(crate) struct App {
    pub(crate) service: TokenService,
    pub(crate) client: Client,
    pub(crate) authority: Authority,
    tenant: String,
    name: &'static str,
}

/// A sign-in and what it left behind.
pub(crate) struct Session<S> {
    app: App,
    way: S,
    refresh: Mutex<Option<Secret>>,
    /// When the newest token of each set of scopes expires.
    held: Mutex<HashMap<String, SystemTime>>,
    /// One person, one sign-in at a time.
    turn: futures::lock::Mutex<()>,
}

impl<S: SignIn> Session<S> {
    pub(crate) fn new(settings: Settings, way: S) -> Result<Self, Error> {
        check_tenant(&settings.tenant)?;
        check_client_id(&settings.client_id)?;
        let address = |name| settings.authority.endpoint(&settings.tenant, name);
        let refuse = |why: oauth2::url::ParseError| Error::config(format!("authority: {why}"));
        let client = BasicClient::new(ClientId::new(settings.client_id.clone()))
            .set_auth_uri(AuthUrl::new(address("authorize")).map_err(refuse)?)
            .set_device_authorization_url(
                DeviceAuthorizationUrl::new(address("devicecode")).map_err(refuse)?,
            )
            .set_token_uri(TokenUrl::new(address("token")).map_err(refuse)?);
        Ok(Self {
            app: App {
                service: TokenService::new(&settings.roots, settings.clock)?,
                client,
                authority: settings.authority,
                tenant: settings.tenant,
                name: S::NAME,
            },
            way,
            refresh: Mutex::default(),
            held: Mutex::default(),
            turn: futures::lock::Mutex::new(()),
        })
    }

    async fn token(&self, request: &TokenRequest<'_>) -> Result<BearerToken, Error> {
        let _turn = self.turn.lock().await;
        if let Some(refresh) = self.refresh_token() {
            match self.app.renew(refresh, request).await {
                Ok(answer) => return Ok(self.keep(request, &answer)),
                Err(Renewal::Failed(error)) => return Err(error),
                // Nobody is bothered while the old token is good enough.
                Err(Renewal::SignInAgain(error)) if self.early(request) => return Err(error),
                Err(Renewal::SignInAgain(error)) => {
                    tracing::info!(%error, "a person has to sign in again");
                }
            }
        }
        let answer = self.way.sign_in(&self.app, request).await?;
        Ok(self.keep(request, &answer))
    }

    fn refresh_token(&self) -> Option<Secret> {
        let kept = self.refresh.lock().unwrap_or_else(PoisonError::into_inner);
        kept.clone()
    }

    /// Whether the token of these scopes is still valid and was not refused.
    fn early(&self, request: &TokenRequest<'_>) -> bool {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.app.service.clock().now();
        !request.refresh
            && held
                .get(&request.scopes.join(" "))
                .is_some_and(|&end| end > now)
    }

    fn keep(&self, request: &TokenRequest<'_>, answer: &BasicTokenResponse) -> BearerToken {
        if let Some(token) = answer.refresh_token() {
            let mut kept = self.refresh.lock().unwrap_or_else(PoisonError::into_inner);
            *kept = Some(Secret::new(token.secret().as_str()));
        }
        let now = self.app.service.clock().now();
        let life = answer.expires_in().unwrap_or(ASSUMED_LIFE);
        let expires_on = now.checked_add(life).unwrap_or(now + ASSUMED_LIFE);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.insert(request.scopes.join(" "), expires_on);
        BearerToken::new(answer.access_token().secret().as_str(), expires_on)
    }
}

impl<S: SignIn> TokenCredential for Session<S> {
    fn get_token<'a>(
        &'a self,
        request: &'a TokenRequest<'a>,
    ) -> BoxFuture<'a, Result<BearerToken, Error>> {
        Box::pin(self.token(request))
    }

    fn is_interactive(&self) -> bool {
        true
    }
}

impl<S> fmt::Debug for Session<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("authority", &self.app.authority)
            .field("tenant", &self.app.tenant)
            .field("client_id", self.app.client.client_id())
            .finish_non_exhaustive()
    }
}

/// Why a refresh token brought no token.
enum Renewal {
    /// It is used up, or a person is needed.
    SignInAgain(Error),
    Failed(Error),
}

impl App {
    async fn renew(
        &self,
        refresh: Secret,
        request: &TokenRequest<'_>,
    ) -> Result<BasicTokenResponse, Renewal> {
        let refresh = RefreshToken::new(refresh.expose().to_owned());
        let mut asked = self
            .client
            .exchange_refresh_token(&refresh)
            .add_scopes(scopes(request));
        if let Some(claims) = request.claims {
            asked = asked.add_extra_param("claims", claims.to_owned());
        }
        asked.request_async(&self.service).await.map_err(|error| {
            let over = match &error {
                RequestTokenError::ServerResponse(answer) => [
                    "invalid_grant",
                    "interaction_required",
                    "consent_required",
                    "login_required",
                ]
                .contains(&answer.error().as_ref()),
                _ => false,
            };
            let error = self.explain(error);
            if over {
                Renewal::SignInAgain(error)
            } else {
                Renewal::Failed(error)
            }
        })
    }

    /// Translates the errors of the `oauth2` crate, whose own texts may hold what the service answered.
    pub(crate) fn explain<T>(
        &self,
        error: RequestTokenError<Error, oauth2::StandardErrorResponse<T>>,
    ) -> Error
    where
        T: oauth2::ErrorResponseType + fmt::Display + 'static,
    {
        match error {
            RequestTokenError::ServerResponse(answer) => {
                let description = answer.error_description().map_or("", String::as_str);
                failure::refused(self.name, &answer.error().to_string(), description)
            }
            RequestTokenError::Request(error) => {
                failure::unanswered(self.name, self.authority.as_str(), error)
            }
            RequestTokenError::Parse(why, _) => {
                failure::odd(self.name, &format!("at `{}`", why.path()))
            }
            RequestTokenError::Other(why) => failure::odd(self.name, &failure::clean(&why)),
        }
    }
}

/// The scopes to ask a person for.
pub(crate) fn scopes(request: &TokenRequest<'_>) -> Vec<Scope> {
    let wanted = request.scopes.iter().copied().chain([OFFLINE]);
    wanted.map(|scope| Scope::new(scope.to_owned())).collect()
}

impl<'c> AsyncHttpClient<'c> for TokenService {
    type Error = Error;
    type Future = BoxFuture<'c, Result<HttpResponse, Error>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let answer = self.send(request.map(Bytes::from)).await?;
            Ok(answer.map(Vec::from))
        })
    }
}
