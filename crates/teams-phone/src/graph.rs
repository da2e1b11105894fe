//! Owns the client of Microsoft Graph and how it is put together; knows no operation.

use graph_teams_rest::OPERATIONS;
use teams_phone_core::clock::Clock;
use teams_phone_core::hooks::{Answer, ClientResult, Inner};
use teams_phone_core::{Credential, Endpoint, Error, RequestOptions, Result};

use crate::numbers::Numbers;
use crate::resource_accounts::ResourceAccounts;
use crate::session::{Session, Settings, settings};
use crate::users::Users;

const GLOBAL: &str = "https://graph.microsoft.com";

/// The scope of a token for whatever the application or user was granted.
const SCOPES: &[&str] = &["https://graph.microsoft.com/.default"];

/// Microsoft Graph in the clouds that have no Teams Phone administration.
const WITHOUT_TEAMS_PHONE: [(&str, &str); 5] = [
    (
        "graph.microsoft.us",
        "the US government cloud L4 (GCC High)",
    ),
    ("dod-graph.microsoft.us", "the US government cloud L5 (DoD)"),
    (
        "microsoftgraph.chinacloudapi.cn",
        "the cloud operated by 21Vianet in China",
    ),
    ("graph.microsoft.de", "the former German cloud"),
    ("graph.eaglex.ic.gov", "a closed government cloud"),
];

/// A client of one Teams tenant through Microsoft Graph: numbers, resource accounts and users.
///
/// Cloning is cheap; clones share connections and the retry budget.
///
/// ```
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// use futures::TryStreamExt as _;
/// use teams_phone::{BearerToken, Credential, GraphClient, StaticToken};
/// # let emulator = teams_phone_emulator::Emulator::builder().graph_demo_tenant().start().await?;
/// # let endpoint = emulator.url().parse()?;
/// # let (token, expires_on) = (emulator.graph().app_token(), std::time::SystemTime::now() + std::time::Duration::from_secs(600));
///
/// let token = StaticToken::new(BearerToken::new(token, expires_on));
/// let graph = GraphClient::builder()
/// #   .endpoint(endpoint)
///     .credential(Credential::token(token))
///     .build()?;
/// let accounts: Vec<_> = graph.resource_accounts().list().stream().try_collect().await?;
/// assert_eq!(accounts.len(), 1);
/// # Ok(())
/// # }
/// # tokio::runtime::Runtime::new()?.block_on(run())?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct GraphClient(Session);

impl GraphClient {
    /// Starts to put a client together.
    #[must_use]
    pub fn builder() -> GraphClientBuilder {
        GraphClientBuilder::default()
    }

    /// Telephone numbers of the tenant, and whom they are assigned to.
    #[must_use]
    pub fn numbers(&self) -> Numbers {
        Numbers::new(self.clone())
    }

    /// Resource accounts, with the Communication Services resource each is bound to.
    #[must_use]
    pub fn resource_accounts(&self) -> ResourceAccounts {
        ResourceAccounts::new(self.clone())
    }

    /// Users and resource accounts as the directory has them: usage location, licences, Teams settings.
    #[must_use]
    pub fn users(&self) -> Users {
        Users::new(self.clone())
    }

    /// Where Microsoft Graph is.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        self.0.endpoint()
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        self.0.clock()
    }

    /// Makes one call through a generated client and reads its outcome.
    pub(crate) async fn call<T, E, F>(
        &self,
        operation: &'static str,
        options: RequestOptions,
        refine: impl FnOnce(Inner) -> Inner,
        send: impl FnOnce(Inner) -> F,
    ) -> Result<Answer<T>>
    where
        T: serde::de::DeserializeOwned,
        F: Future<Output = ClientResult<T, E>>,
    {
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

/// Puts a [`GraphClient`] together; setters cannot fail, [`GraphClientBuilder::build`] checks.
#[derive(Debug, Default)]
pub struct GraphClientBuilder {
    endpoint: Option<Endpoint>,
    settings: Settings,
}

impl GraphClientBuilder {
    /// Where Microsoft Graph is; default `https://graph.microsoft.com`.
    #[must_use]
    pub fn endpoint(mut self, endpoint: Endpoint) -> Self {
        self.endpoint = Some(endpoint);
        self
    }

    /// Where tokens come from: those of the Teams tenant, for the scope `https://graph.microsoft.com/.default`.
    #[must_use]
    pub fn credential(mut self, credential: impl Into<Credential>) -> Self {
        self.settings.credential = Some(credential.into());
        self
    }

    settings!();

    /// Makes the client. Opens no connection and needs no runtime.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the credential is missing or an access key, which
    /// Microsoft Graph does not take; if the endpoint is in a national cloud, none of which has this API; or
    /// if a root certificate cannot be used.
    pub fn build(self) -> Result<GraphClient> {
        let endpoint = match self.endpoint {
            Some(endpoint) => endpoint,
            None => GLOBAL.parse()?,
        };
        check_cloud(&endpoint)?;
        let credential = self.settings.credential.clone();
        let credential = credential.ok_or_else(|| {
            Error::config(
                "the client has no credential; Microsoft Graph takes tokens of Microsoft Entra ID",
            )
        })?;
        if let Credential::AccessKey(_) = credential {
            return Err(Error::config(
                "an access key of a Communication Services resource does not open Microsoft Graph; give a credential of Microsoft Entra ID in the Teams tenant",
            ));
        }
        let session = self
            .settings
            .open(endpoint, credential, SCOPES, &OPERATIONS)?;
        Ok(GraphClient(session))
    }
}

fn check_cloud(endpoint: &Endpoint) -> Result<()> {
    let host = endpoint.authority().split(':').next().unwrap_or_default();
    let host = host.trim_end_matches('.');
    let national = WITHOUT_TEAMS_PHONE.iter().find(|(name, _)| *name == host);
    match national {
        None => Ok(()),
        Some((_, cloud)) => Err(Error::config(format!(
            "{host} is Microsoft Graph of {cloud}, which has no Teams Phone administration API; it exists in the global service only ({GLOBAL}, GCC included); use Teams PowerShell there"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AccessKey, BearerToken, StaticToken};

    fn token() -> Credential {
        Credential::token(StaticToken::new(BearerToken::new(
            "t",
            std::time::SystemTime::now(),
        )))
    }

    #[test]
    fn national_clouds_are_refused_with_the_reason() {
        for (host, cloud) in WITHOUT_TEAMS_PHONE {
            let endpoint = format!("https://{host}").parse().unwrap();
            let built = GraphClient::builder()
                .endpoint(endpoint)
                .credential(token());
            let error = built.build().unwrap_err().to_string();
            assert!(
                error.contains(cloud) && error.contains("global service only"),
                "{error}"
            );
        }
    }

    #[test]
    fn the_global_service_is_the_default() {
        let client = GraphClient::builder().credential(token()).build().unwrap();
        assert_eq!(client.endpoint().as_str(), GLOBAL);
    }

    #[test]
    fn says_what_the_credential_has_to_be() {
        let error = GraphClient::builder().build().unwrap_err();
        assert!(error.to_string().contains("has no credential"));
        let key = AccessKey::from_base64("a2V5").unwrap();
        let error = GraphClient::builder().credential(key).build().unwrap_err();
        assert!(error.to_string().contains("does not open Microsoft Graph"));
    }
}
