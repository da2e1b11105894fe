//! Owns the credential of calling and chat clients: a token of the resource that is always fresh.
//!
//! It does not know how the user signs in, nor what the token is used for.

mod renewal;
mod scopes;

use std::fmt;
use std::sync::Arc;

use teams_phone_core::clock::Clock;
use teams_phone_core::{Credential, Endpoint, Result, RetryPolicy, TokenCredential};

use crate::exchanges::Exchange;
use crate::identities::AccessToken;
use crate::{Client, ClientBuilder};

use renewal::Renewal;
pub use scopes::Scopes;

/// Keeps an access token of the resource for a user who signs in with Entra.
///
/// The user's Entra token is exchanged when a token is first asked for, and again before it expires. The
/// [`Scopes`] choose the exchange and with it the API version: [`Exchanges::entra`] in 2025-03-02-preview
/// or [`Exchanges::teams_phone`] in 2025-06-30.
///
/// - One exchange at a time: whoever needs a token while one is under way waits for it. A caller that goes
///   away does not take it from the others; when all have gone it is given up, and the next starts anew.
/// - In the last ten minutes of a token one caller renews it, while the others get the one there is. If it
///   was issued for less than ten minutes, or could not be renewed, half of what is left passes first.
/// - An early renewal that fails, or takes more than ten seconds, goes unnoticed (but for a `tracing` event)
///   as long as the token there is works.
/// - Every exchange asks the Entra credential again, which may answer from its own cache.
/// - The token is never decoded: it may be opaque. Its expiry is the one in the service's answer.
///
/// Nothing happens before the first [`CallingCredential::get_token`], and nothing in the background. Clones
/// share the token; it is wiped when the last of them is dropped, or by [`CallingCredential::close`].
///
/// [`Exchanges::entra`]: crate::exchanges::Exchanges::entra
/// [`Exchanges::teams_phone`]: crate::exchanges::Exchanges::teams_phone
#[derive(Clone)]
pub struct CallingCredential(Arc<Renewal>);

impl CallingCredential {
    /// Starts to put a credential together for the users whom `entra` signs in.
    ///
    /// # Example
    /// ```
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = teams_phone_emulator::Emulator::builder()
    /// #     .verify_credentials(false).exchange_requires_assignment(false).start().await?;
    /// # use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
    /// # let claims = r#"{"exp":4102444800,"tid":"87d349ed-44d7-43e1-9a83-5f2406dee5bd",
    /// #     "appid":"1bfa671a-dc6b-47f3-8940-45c0f1af0fa6","oid":"e5b7f628-ea94-4fdc-b3d9-1af1fe231111"}"#;
    /// # let signed_in = [r#"{"alg":"none"}"#, claims, ""].map(|part| BASE64.encode(part)).join(".");
    /// # let expires_on = std::time::SystemTime::now() + std::time::Duration::from_secs(3600);
    /// # let entra = teams_phone::StaticToken::new(teams_phone::BearerToken::new(signed_in, expires_on));
    /// use std::sync::Arc;
    /// use teams_phone::calling::{CallingCredential, Scopes};
    ///
    /// let credential = CallingCredential::builder(emulator.url().parse()?, Arc::new(entra))
    ///     .scopes(Scopes::new([
    ///         "https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls",
    ///     ])?)
    ///     .build()?;
    /// let token = credential.get_token().await?;
    /// println!("valid until {}", token.expires_on);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn builder(
        endpoint: Endpoint,
        entra: Arc<dyn TokenCredential>,
    ) -> CallingCredentialBuilder {
        let client = Client::builder()
            .endpoint(endpoint)
            .credential(Credential::Token(Arc::clone(&entra)));
        CallingCredentialBuilder {
            client,
            entra,
            scopes: None,
        }
    }

    /// Gets a token that works, from memory or by an exchange.
    ///
    /// # Errors
    /// - [`ErrorKind::Credential`](crate::ErrorKind::Credential): the Entra credential has no token, the
    ///   service answered one that has expired already, or the credential is closed.
    /// - Otherwise as the exchange: [`Exchanges::entra`](crate::exchanges::Exchanges::entra),
    ///   [`Exchanges::teams_phone`](crate::exchanges::Exchanges::teams_phone).
    ///
    /// # Cancellation
    /// May be dropped at any time; other callers that wait are not affected.
    pub async fn get_token(&self) -> Result<AccessToken> {
        self.0.token().await
    }

    /// Forgets a token that was refused, so that the next call gets another one.
    ///
    /// Does nothing if another one is there already.
    pub fn forget(&self, refused: &AccessToken) {
        self.0.forget(refused);
    }

    /// Wipes the token, for all clones: asking for one is an error from now on, also for those who wait.
    pub fn close(&self) {
        self.0.close();
    }
}

impl fmt::Debug for CallingCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CallingCredential").field(&self.0).finish()
    }
}

/// Puts a [`CallingCredential`] together; setters cannot fail, [`CallingCredentialBuilder::build`] checks.
#[derive(Debug)]
#[must_use = "build makes the credential"]
pub struct CallingCredentialBuilder {
    client: ClientBuilder,
    entra: Arc<dyn TokenCredential>,
    scopes: Option<Scopes>,
}

impl CallingCredentialBuilder {
    /// What the user's Entra token is asked for, which chooses the exchange; default
    /// `https://communication.azure.com/clients/.default`, or `.us` where the endpoint is.
    pub fn scopes(mut self, scopes: Scopes) -> Self {
        self.scopes = Some(scopes);
        self
    }

    /// How exchanges are retried; see [`RetryPolicy`] for the default.
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.client = self.client.retry(retry);
        self
    }

    /// Trusts the certificates of a PEM text in addition to the platform's; may be called again.
    pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.client = self.client.root_certificates(pem);
        self
    }

    /// Where time and chance come from; for tests.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.client = self.client.clock(clock);
        self
    }

    /// Makes the credential. Sends nothing, asks for no token and needs no runtime.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if a root certificate cannot be used.
    pub fn build(self) -> Result<CallingCredential> {
        let client = self.client.build()?;
        let scopes = self.scopes;
        let scopes = scopes.unwrap_or_else(|| Scopes::of(Exchange::Entra, client.endpoint()));
        let renewal = Renewal::new(client, self.entra, scopes);
        Ok(CallingCredential(Arc::new(renewal)))
    }
}

#[cfg(test)]
mod tests;
