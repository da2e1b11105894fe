//! Owns tokens that the caller's own code gets; knows nothing of where from.

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;

use futures::future::BoxFuture;
use teams_phone_core::{BearerToken, Error, ErrorKind, TokenCredential, TokenRequest};

type Ask = dyn Fn(Wanted) -> BoxFuture<'static, Result<BearerToken, Error>> + Send + Sync;

/// Gets every token from an async closure of the caller's.
///
/// The closure is called whenever a token is needed; wrap it in a [`TokenCache`](crate::TokenCache) unless
/// it keeps tokens itself.
///
/// ```
/// # use std::time::{Duration, SystemTime};
/// # use teams_phone_core::{BearerToken, Error};
/// # use teams_phone_entra::{Callback, TokenCache};
/// let vault = Callback::new(|wanted| async move {
///     let token = format!("token for {}", wanted.scopes.join(" "));
///     Ok::<_, Error>(BearerToken::new(token, SystemTime::now() + Duration::from_secs(3600)))
/// });
/// let credential = TokenCache::new(vault);
/// # let _ = credential;
/// ```
pub struct Callback(Box<Ask>);

/// What a [`Callback`] is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Wanted {
    /// The scopes the token must have.
    pub scopes: Vec<String>,
    /// Whether the token that was answered before has been refused.
    pub refresh: bool,
    /// The claims (JSON) that the service wants the token to have.
    pub claims: Option<String>,
}

impl Callback {
    /// Takes the closure. An [`Error`] of its own is passed on, any other becomes the source of one.
    pub fn new<F, R, E>(ask: F) -> Self
    where
        F: Fn(Wanted) -> R + Send + Sync + 'static,
        R: Future<Output = Result<BearerToken, E>> + Send + 'static,
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        Self(Box::new(move |wanted| {
            let answer = ask(wanted);
            Box::pin(async move { answer.await.map_err(failed) })
        }))
    }
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callback").finish_non_exhaustive()
    }
}

impl TokenCredential for Callback {
    fn get_token<'a>(
        &'a self,
        request: &'a TokenRequest<'a>,
    ) -> BoxFuture<'a, Result<BearerToken, Error>> {
        (self.0)(Wanted {
            scopes: request.scopes.iter().map(|&s| s.to_owned()).collect(),
            refresh: request.refresh,
            claims: request.claims.map(str::to_owned),
        })
    }
}

fn failed(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
    match error.into().downcast::<Error>() {
        Ok(error) => *error,
        Err(other) => Error::new(ErrorKind::Credential, "callback: no token").with_source(other),
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    #[tokio::test]
    async fn passes_on_what_is_wanted_and_what_is_answered() {
        let callback = Callback::new(|wanted: Wanted| async move {
            assert!(wanted.refresh);
            let claims = wanted.claims.unwrap_or_default();
            let text = format!("{} {claims}", wanted.scopes.join("+"));
            Ok::<_, Error>(BearerToken::new(text, SystemTime::UNIX_EPOCH))
        });
        let request = TokenRequest::new(&["a", "b"]).claims(Some("{}"));
        let token = callback.get_token(&request).await.unwrap();
        assert_eq!(token.token.expose(), "a+b {}");
        assert_eq!(format!("{callback:?}"), "Callback { .. }");
    }

    #[tokio::test]
    async fn errors_keep_their_kind_or_become_a_source() {
        let own = Callback::new(|_| async { Err::<BearerToken, _>(Error::config("bad vault")) });
        let error = own.get_token(&TokenRequest::new(&["a"])).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.message()),
            (ErrorKind::Config, "bad vault")
        );
        let other = Callback::new(|_| async { Err::<BearerToken, _>("vault is sealed") });
        let error = other
            .get_token(&TokenRequest::new(&["a"]))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Credential);
        assert_eq!(error.source().unwrap().to_string(), "vault is sealed");
    }
}
