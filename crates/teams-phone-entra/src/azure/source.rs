//! Owns how each credential of `azure_identity` is made and asked; sends nothing itself.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use azure_core::cloud::{CloudConfiguration, CustomConfiguration};
use azure_core::credentials::TokenCredential as AzureCredential;
use azure_core::http::{ClientOptions, RetryOptions};
use azure_identity as az;
use futures::future::BoxFuture;
use teams_phone_core::{BearerToken, Error, ErrorKind, Secret, TokenCredential, TokenRequest};

use super::certificate::{Assertion, Certificate};
use super::{UserAssigned, explain, transport};
use crate::Authority;
use crate::authority::{check_client_id, check_tenant};
use crate::service::TokenService;

/// Which credential, and what it is made of.
#[derive(Clone)]
pub(super) enum Kind {
    Secret {
        tenant: String,
        client: String,
        secret: Secret,
    },
    Certificate {
        tenant: String,
        client: String,
        pem: Secret,
        chain: bool,
    },
    Workload {
        tenant: Option<String>,
        client: Option<String>,
        file: Option<PathBuf>,
    },
    Managed {
        identity: Option<UserAssigned>,
    },
    Cli {
        tenant: Option<String>,
        subscription: Option<String>,
    },
    DeveloperTools,
}

impl Kind {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Secret { .. } => "client secret",
            Self::Certificate { .. } => "client certificate",
            Self::Workload { .. } => "workload identity",
            Self::Managed { .. } => "managed identity",
            Self::Cli { .. } => "Azure CLI",
            Self::DeveloperTools => "developer tools",
        }
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        let (tenant, client) = match self {
            Self::Secret {
                tenant,
                client,
                secret,
            } => {
                if secret.expose().is_empty() {
                    return Err(Error::config("client secret: the secret is empty"));
                }
                (Some(tenant), Some(client))
            }
            Self::Certificate { tenant, client, .. } => (Some(tenant), Some(client)),
            Self::Workload { tenant, client, .. } => (tenant.as_ref(), client.as_ref()),
            Self::Cli { tenant, .. } => (tenant.as_ref(), None),
            Self::Managed { .. } | Self::DeveloperTools => (None, None),
        };
        tenant.map_or(Ok(()), |tenant| check_tenant(tenant))?;
        client.map_or(Ok(()), |client| check_client_id(client))
    }
}

/// Makes a credential of `azure_identity` for every token.
pub(super) struct Source {
    pub(super) kind: Kind,
    pub(super) certificate: Option<Arc<Certificate>>,
    pub(super) service: TokenService,
    pub(super) authority: Authority,
    #[cfg(test)]
    pub(super) executor: Option<Arc<dyn az::Executor>>,
}

impl Source {
    async fn token(&self, request: &TokenRequest<'_>) -> Result<BearerToken, Error> {
        let name = self.kind.name();
        if request.claims.is_some() && !self.asks_entra_itself() {
            return Err(Error::new(
                ErrorKind::Credential,
                format!(
                    "{name}: the service wants more of the sign-in than this credential can ask for"
                ),
            )
            .with_hint(
                "sign in again (`az login`) or use a device code, a browser or an application",
            ));
        }
        let credential = self
            .credential(request.claims)
            .map_err(|error| explain::failed(name, &self.authority, error))?;
        let token = credential
            .get_token(request.scopes, None)
            .await
            .map_err(|error| explain::failed(name, &self.authority, error))?;
        let expires_on = SystemTime::from(token.expires_on);
        let token = BearerToken::new(token.token.secret(), expires_on);
        if !self.asks_entra_itself() && request.refused == Some(&token.token) {
            return Err(self.same_again());
        }
        Ok(token)
    }

    /// A refused token that its keeper hands out again.
    fn same_again(&self) -> Error {
        let name = self.kind.name();
        let message = format!("{name}: the token that was refused is the only one to be had");
        let error = Error::new(ErrorKind::Credential, message);
        match self.kind {
            Kind::Cli { .. } | Kind::DeveloperTools => error.with_hint(
                "sign in again (`az account clear`, then `az login`), and check the tenant and the account's roles",
            ),
            _ => error.with_hint(
                "check the roles of the identity; its host keeps a token for up to a day, so that new ones come late",
            ),
        }
    }

    fn asks_entra_itself(&self) -> bool {
        matches!(
            self.kind,
            Kind::Secret { .. } | Kind::Certificate { .. } | Kind::Workload { .. }
        )
    }

    fn credential(&self, claims: Option<&str>) -> azure_core::Result<Arc<dyn AzureCredential>> {
        let options = self.options(claims)?;
        Ok(match self.kind.clone() {
            Kind::Secret {
                tenant,
                client,
                secret,
            } => {
                let secret = secret.expose().to_owned().into();
                let options = az::ClientSecretCredentialOptions {
                    client_options: options,
                };
                az::ClientSecretCredential::new(&tenant, client, secret, Some(options))?
            }
            Kind::Certificate { tenant, client, .. } => {
                let audience = self.authority.endpoint(&tenant, "token");
                let clock = Arc::clone(self.service.clock());
                let assertion = Assertion::new(self.certificate.clone(), audience, &client, clock);
                let options = az::ClientAssertionCredentialOptions {
                    client_options: options,
                };
                az::ClientAssertionCredential::new(tenant, client, assertion, Some(options))?
            }
            Kind::Workload {
                tenant,
                client,
                file,
            } => {
                let mut workload = az::WorkloadIdentityCredentialOptions::default();
                workload.credential_options.client_options = options;
                workload.tenant_id = tenant;
                workload.client_id = client;
                workload.token_file_path = file;
                az::WorkloadIdentityCredential::new(Some(workload))?
            }
            Kind::Managed { identity } => {
                let managed = az::ManagedIdentityCredentialOptions {
                    client_options: options,
                    user_assigned_id: identity.map(|identity| match identity {
                        UserAssigned::ClientId(id) => az::UserAssignedId::ClientId(id),
                        UserAssigned::ObjectId(id) => az::UserAssignedId::ObjectId(id),
                        UserAssigned::ResourceId(id) => az::UserAssignedId::ResourceId(id),
                    }),
                };
                az::ManagedIdentityCredential::new(Some(managed))?
            }
            Kind::Cli {
                tenant,
                subscription,
            } => {
                let cli = az::AzureCliCredentialOptions {
                    tenant_id: tenant,
                    subscription,
                    executor: self.executor(),
                };
                az::AzureCliCredential::new(Some(cli))?
            }
            Kind::DeveloperTools => {
                let tools = az::DeveloperToolsCredentialOptions {
                    executor: self.executor(),
                };
                az::DeveloperToolsCredential::new(Some(tools))?
            }
        })
    }

    /// Our transport instead of theirs; it repeats requests itself, and fails such that nobody else does.
    fn options(&self, claims: Option<&str>) -> azure_core::Result<ClientOptions> {
        let (transport, host) = transport::new(self.service.clone(), &self.authority, claims)
            .map_err(|error| {
                azure_core::Error::with_error(
                    azure_core::error::ErrorKind::Other,
                    error,
                    "authority",
                )
            })?;
        let mut cloud = CustomConfiguration::default();
        cloud.authority_host = host;
        Ok(ClientOptions {
            transport: Some(transport),
            retry: RetryOptions::none(),
            cloud: Some(Arc::new(CloudConfiguration::Custom(cloud))),
            ..ClientOptions::default()
        })
    }

    fn executor(&self) -> Option<Arc<dyn az::Executor>> {
        #[cfg(test)]
        return self.executor.clone();
        #[cfg(not(test))]
        None
    }
}

impl TokenCredential for Source {
    fn get_token<'a>(
        &'a self,
        request: &'a TokenRequest<'a>,
    ) -> BoxFuture<'a, Result<BearerToken, Error>> {
        Box::pin(self.token(request))
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("kind", &self.kind)
            .field("authority", &self.authority)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
