//! Owns the two exchanges that the user's own token authorises, and where that token comes from.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use acs_identity_rest::v2025_03_02_preview::{self as rest, types};
use futures::future::BoxFuture;
use teams_phone_core::{
    BearerToken, Credential, Error, ErrorKind, RequestOptions, Result, Secret, TokenCredential,
    TokenRequest, hooks::Inner,
};

use super::{Exchange, Exchanged};
use crate::Client;
use crate::calling::Scopes;
use crate::request::request;

/// The end of the year 9999: a token whose expiry nobody told.
const FAR: Duration = Duration::from_secs(253_402_300_799);

/// A user's Entra token, or the credential that gets it.
#[derive(Clone, Debug)]
pub struct UserToken(Source);

#[derive(Clone, Debug)]
enum Source {
    Given(Secret),
    Asked(Arc<dyn TokenCredential>),
    /// What cannot stand for a user.
    Unfit,
}

impl From<Secret> for UserToken {
    fn from(token: Secret) -> Self {
        Self(Source::Given(token))
    }
}

impl From<Arc<dyn TokenCredential>> for UserToken {
    fn from(credential: Arc<dyn TokenCredential>) -> Self {
        Self(Source::Asked(credential))
    }
}

/// An access key says nothing about a user: the exchange then fails before anything is sent.
impl From<Credential> for UserToken {
    fn from(credential: Credential) -> Self {
        match credential {
            Credential::Token(credential) => credential.into(),
            _ => Self(Source::Unfit),
        }
    }
}

impl UserToken {
    /// The user's token as a credential that is asked for these scopes, whatever the client's are.
    fn credential(self, scopes: &Scopes) -> Result<Credential> {
        match &self.0 {
            Source::Given(token) => check_text(token)?,
            Source::Asked(_) => {}
            Source::Unfit => {
                return Err(Error::new(
                    ErrorKind::Credential,
                    "an access key cannot stand for a user; give the user's Entra token, or a credential that signs the user in",
                ));
            }
        }
        let scopes = scopes.clone();
        Ok(Credential::token(ForUser {
            source: self.0,
            scopes,
        }))
    }
}

/// Refuses what cannot be a token, without showing it.
pub(super) fn check_text(token: &Secret) -> Result<()> {
    let text = token.expose();
    let refuse = |why: &str| {
        Err(Error::new(
            ErrorKind::Credential,
            format!("the user token {why}"),
        ))
    };
    if text.is_empty() {
        return refuse("is empty; give the access token that Entra issued to the user");
    }
    let scheme = text.get(..7).unwrap_or_default();
    if scheme.eq_ignore_ascii_case("bearer ") {
        return refuse("begins with the word Bearer; give what follows it");
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return refuse(
            "has a blank, a line break or another character that no token has; give it whole, in one line",
        );
    }
    Ok(())
}

/// Asks for the user's scopes, where the client would ask for those of the resource.
#[derive(Debug)]
struct ForUser {
    source: Source,
    scopes: Scopes,
}

impl TokenCredential for ForUser {
    fn get_token<'a>(
        &'a self,
        request: &'a TokenRequest<'a>,
    ) -> BoxFuture<'a, Result<BearerToken>> {
        Box::pin(async move {
            match &self.source {
                Source::Asked(credential) => {
                    let scopes: Vec<&str> = self.scopes.iter().collect();
                    let mut wanted = *request;
                    wanted.scopes = &scopes;
                    credential.get_token(&wanted).await
                }
                Source::Given(token) => {
                    let far = SystemTime::UNIX_EPOCH.checked_add(FAR);
                    Ok(BearerToken::new(
                        token.clone(),
                        far.unwrap_or(SystemTime::UNIX_EPOCH),
                    ))
                }
                Source::Unfit => Err(Error::new(ErrorKind::Credential, "there is no user token")),
            }
        })
    }

    fn is_interactive(&self) -> bool {
        matches!(&self.source, Source::Asked(credential) if credential.is_interactive())
    }
}

/// A request to exchange a user's token; await it to send it.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct ExchangeUserToken {
    client: Client,
    exchange: Exchange,
    token: UserToken,
    scopes: Option<Scopes>,
    options: RequestOptions,
}

request!(ExchangeUserToken => Exchanged);

impl ExchangeUserToken {
    pub(crate) fn new(client: Client, exchange: Exchange, token: UserToken) -> Self {
        Self {
            client,
            exchange,
            token,
            scopes: None,
            options: RequestOptions::default(),
        }
    }

    /// What a credential is asked for; it must belong to this exchange. Unused with a token that is given.
    pub fn scopes(mut self, scopes: Scopes) -> Self {
        self.scopes = Some(scopes);
        self
    }

    async fn send(self) -> Result<Exchanged> {
        let operation = self.exchange.operation();
        let named = |error: Error| error.with_operation(operation);
        let scopes = self.scopes;
        let scopes = scopes.unwrap_or_else(|| Scopes::of(self.exchange, self.client.endpoint()));
        if scopes.exchange() != self.exchange {
            return Err(named(Error::config(format!(
                "the scope {:?} belongs to another exchange; give scopes that start with {}",
                scopes.iter().next().unwrap_or_default(),
                Scopes::prefixes(self.exchange).join(" or ")
            ))));
        }
        let credential = self.token.credential(&scopes).map_err(named)?;
        let refine = |inner: Inner| inner.with_credential(credential);
        let answer = match self.exchange {
            Exchange::TeamsPhone => {
                let body = types::TeamsExtensionExchangeTokenRequest::default();
                let send =
                    async |rest: rest::Client| rest.teams_extension_exchange_token(&body).await;
                let call = self.client.call(operation, self.options, refine, send);
                call.await?
            }
            Exchange::Entra => {
                let body = types::EntraExchangeTokenRequest::default();
                let send = async |rest: rest::Client| rest.entra_exchange_token(&body).await;
                let call = self.client.call(operation, self.options, refine, send);
                call.await?
            }
        };
        Exchanged::read(answer).map_err(named)
    }
}
