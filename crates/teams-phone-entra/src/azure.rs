//! Owns the choice among the credentials of `azure_identity` and its settings; asks none of them.

mod certificate;
mod explain;
mod source;
mod transport;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

#[cfg(test)]
use azure_identity as az;
use futures::future::BoxFuture;
use teams_phone_core::clock::{Clock, SystemClock};
use teams_phone_core::{BearerToken, Error, Secret, TokenCredential, TokenRequest};

use crate::service::TokenService;
use crate::{Authority, TokenCache};
use certificate::Certificate;
use source::{Kind, Source};

/// Signs in an application, a managed identity, or whoever the developer's tools are signed in as.
///
/// The crate `azure_identity` does the work, over the HTTP and TLS of this SDK. Its own cache is not used:
/// every renewal starts afresh. Tools and hosts keep tokens of their own; where they have nothing but one that
/// was refused, that is an error.
#[derive(Clone)]
pub struct AzureIdentity(TokenCache<Source>);

/// Collects what an [`AzureIdentity`] is made of.
#[must_use]
pub struct AzureIdentityBuilder {
    kind: Kind,
    authority: Authority,
    roots: Vec<Vec<u8>>,
    clock: Arc<dyn Clock>,
    misfit: Option<&'static str>,
    #[cfg(test)]
    executor: Option<Arc<dyn az::Executor>>,
}

/// Which user-assigned managed identity is meant; one name is enough.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UserAssigned {
    /// By its client id.
    ClientId(String),
    /// By the object id of its service principal.
    ObjectId(String),
    /// By its resource id in Azure (`/subscriptions/…`).
    ResourceId(String),
}

impl AzureIdentity {
    /// An application with a secret.
    pub fn client_secret(
        tenant: impl Into<String>,
        client_id: impl Into<String>,
        secret: impl Into<Secret>,
    ) -> AzureIdentityBuilder {
        AzureIdentityBuilder::new(Kind::Secret {
            tenant: tenant.into(),
            client: client_id.into(),
            secret: secret.into(),
        })
    }

    /// An application with a certificate: PEM text of the certificate and its RSA private key.
    ///
    /// PKCS#12 files (`.pfx`) are not read: `openssl pkcs12 -in app.pfx -nodes -out app.pem` makes PEM of them.
    pub fn client_certificate(
        tenant: impl Into<String>,
        client_id: impl Into<String>,
        pem: impl Into<Secret>,
    ) -> AzureIdentityBuilder {
        AzureIdentityBuilder::new(Kind::Certificate {
            tenant: tenant.into(),
            client: client_id.into(),
            pem: pem.into(),
            chain: false,
        })
    }

    /// The workload identity of a Kubernetes pod.
    ///
    /// What is not set comes from the environment that the cluster's webhook makes: `AZURE_TENANT_ID`,
    /// `AZURE_CLIENT_ID` and `AZURE_FEDERATED_TOKEN_FILE`.
    pub fn workload_identity() -> AzureIdentityBuilder {
        AzureIdentityBuilder::new(Kind::Workload {
            tenant: None,
            client: None,
            file: None,
        })
    }

    /// The managed identity of a virtual machine, an App Service or a container app.
    ///
    /// The system-assigned one, unless [`AzureIdentityBuilder::user_assigned`] names another.
    pub fn managed_identity() -> AzureIdentityBuilder {
        AzureIdentityBuilder::new(Kind::Managed { identity: None })
    }

    /// Whoever is signed in to the Azure CLI (`az login`).
    pub fn azure_cli() -> AzureIdentityBuilder {
        AzureIdentityBuilder::new(Kind::Cli {
            tenant: None,
            subscription: None,
        })
    }

    /// Whoever is signed in to the Azure CLI, or else to the Azure Developer CLI (`azd`).
    pub fn developer_tools() -> AzureIdentityBuilder {
        AzureIdentityBuilder::new(Kind::DeveloperTools)
    }
}

impl AzureIdentityBuilder {
    fn new(kind: Kind) -> Self {
        Self {
            kind,
            authority: Authority::default(),
            roots: Vec::new(),
            clock: Arc::new(SystemClock::default()),
            misfit: None,
            #[cfg(test)]
            executor: None,
        }
    }

    /// The tenant of a workload identity or the Azure CLI; the others have theirs already.
    pub fn tenant(mut self, id: impl Into<String>) -> Self {
        match &mut self.kind {
            Kind::Workload { tenant, .. } | Kind::Cli { tenant, .. } => *tenant = Some(id.into()),
            _ => self.misfit = Some("tenant"),
        }
        self
    }

    /// The client id of a workload identity; for a managed identity see [`AzureIdentityBuilder::user_assigned`].
    pub fn client_id(mut self, id: impl Into<String>) -> Self {
        match &mut self.kind {
            Kind::Workload { client, .. } => *client = Some(id.into()),
            Kind::Managed { .. } => self.misfit = Some("client_id (use user_assigned)"),
            _ => self.misfit = Some("client_id"),
        }
        self
    }

    /// The file with the federated token of a workload identity.
    pub fn token_file(mut self, path: impl Into<PathBuf>) -> Self {
        match &mut self.kind {
            Kind::Workload { file, .. } => *file = Some(path.into()),
            _ => self.misfit = Some("token_file"),
        }
        self
    }

    /// The account of the Azure CLI, by a subscription it has (name or id).
    pub fn subscription(mut self, name: impl Into<String>) -> Self {
        match &mut self.kind {
            Kind::Cli { subscription, .. } => *subscription = Some(name.into()),
            _ => self.misfit = Some("subscription"),
        }
        self
    }

    /// A user-assigned managed identity.
    pub fn user_assigned(mut self, which: UserAssigned) -> Self {
        match &mut self.kind {
            Kind::Managed { identity } => *identity = Some(which),
            _ => self.misfit = Some("user_assigned"),
        }
        self
    }

    /// Sends the certificate chain along (`x5c`), for applications that trust a subject name and its issuer.
    pub fn send_certificate_chain(mut self) -> Self {
        match &mut self.kind {
            Kind::Certificate { chain, .. } => *chain = true,
            _ => self.misfit = Some("send_certificate_chain"),
        }
        self
    }

    /// The sign-in service, of the public cloud unless set; the tools of developers have their own setting.
    pub fn authority(mut self, authority: impl Into<Authority>) -> Self {
        self.authority = authority.into();
        self
    }

    /// Trusts the certificates of a PEM text in addition to the platform's.
    pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.roots.push(pem.into());
        self
    }

    /// Where time comes from.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Builds the credential; sends nothing, and reads no file and no environment yet.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](teams_phone_core::ErrorKind::Config) if the tenant, the client id, the certificate or
    /// a root certificate is not one, or a setter has no effect on this kind of credential.
    pub fn build(self) -> Result<AzureIdentity, Error> {
        if let Some(setter) = self.misfit {
            let name = self.kind.name();
            return Err(Error::config(format!(
                "{name}: {setter} has no effect on it"
            )));
        }
        self.kind.check()?;
        let certificate = match &self.kind {
            Kind::Certificate { pem, chain, .. } => Some(Arc::new(Certificate::read(pem, *chain)?)),
            _ => None,
        };
        let source = Source {
            kind: self.kind,
            certificate,
            service: TokenService::new(&self.roots, Arc::clone(&self.clock))?,
            authority: self.authority,
            #[cfg(test)]
            executor: self.executor,
        };
        Ok(AzureIdentity(TokenCache::with_clock(source, self.clock)))
    }
}

impl TokenCredential for AzureIdentity {
    fn get_token<'a>(
        &'a self,
        request: &'a TokenRequest<'a>,
    ) -> BoxFuture<'a, Result<BearerToken, Error>> {
        self.0.get_token(request)
    }
}

impl fmt::Debug for AzureIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AzureIdentity")
            .field(self.0.credential())
            .finish()
    }
}

impl fmt::Debug for AzureIdentityBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AzureIdentityBuilder")
            .field("kind", &self.kind)
            .field("authority", &self.authority)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
