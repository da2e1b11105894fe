//! Owns what a command notices about its connection on the way and tells at its end: who signed in, and how far
//! the clock is off. Keeps no token.

use std::sync::{Arc, Mutex, PoisonError};

use futures::future::BoxFuture;
use jiff::SignedDuration;
use serde::Serialize;
use teams_phone::{BearerToken, Client, Credential, Error, TokenCredential, TokenRequest};
use teams_phone_entra::claims;

/// What is noticed; clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen(Arc<Mutex<Facts>>);

#[derive(Debug, Default)]
struct Facts {
    client: Option<Client>,
    signed_in: Option<SignedIn>,
}

/// Whom the last token is of, as it says itself.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct SignedIn {
    pub(crate) tenant_id: Option<String>,
    pub(crate) object_id: Option<String>,
    pub(crate) client_id: Option<String>,
}

impl Seen {
    /// Remembers the client whose clock may turn out to be off.
    pub(super) fn client(&self, client: &Client) {
        self.change(|facts| facts.client = Some(client.clone()));
    }

    /// The credential, watched for whom its tokens are of.
    pub(super) fn watch(&self, credential: impl TokenCredential) -> Credential {
        let seen = self.clone();
        Credential::token(Watched { credential, seen })
    }

    /// Who signed in, if a token told it.
    pub(crate) fn signed_in(&self) -> Option<SignedIn> {
        self.change(|facts| facts.signed_in.clone())
    }

    /// How far the service's clock is ahead of this machine's, as far as it was noticed.
    pub(crate) fn clock_skew(&self) -> SignedDuration {
        let skew = self.change(|facts| facts.client.as_ref().map(Client::clock_skew));
        skew.unwrap_or_default()
    }

    fn change<T>(&self, change: impl FnOnce(&mut Facts) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[derive(Debug)]
struct Watched<T> {
    credential: T,
    seen: Seen,
}

impl<T: TokenCredential> TokenCredential for Watched<T> {
    fn get_token<'a>(
        &'a self,
        request: &'a TokenRequest<'a>,
    ) -> BoxFuture<'a, Result<BearerToken, Error>> {
        Box::pin(async move {
            let token = self.credential.get_token(request).await?;
            let signed_in = claims(&token.token).map(|claims| SignedIn {
                tenant_id: claims.tenant,
                object_id: claims.object,
                client_id: claims.app,
            });
            self.seen.change(|facts| facts.signed_in = signed_in);
            Ok(token)
        })
    }

    fn is_interactive(&self) -> bool {
        self.credential.is_interactive()
    }
}
