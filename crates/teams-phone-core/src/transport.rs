//! Owns the HTTP client and its TLS; knows nothing of credentials.
//!
//! TLS is rustls with the ring provider. The roots are the platform's; where the system has none (a slim
//! container image) the bundled Mozilla roots take their place. Roots of the caller come on top of either.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

use crate::{Endpoint, Error};

mod connections;
mod single;

pub(crate) use connections::Connections;
pub use single::HttpClient;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
pub(crate) const USER_AGENT: &str = concat!("teams-phone/", env!("CARGO_PKG_VERSION"));

/// Reads the certificates of a PEM text.
pub(crate) fn read_pem(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let refuse = |why: &str| Error::config(format!("root certificates {why}; give PEM text"));
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|why| refuse("cannot be read").with_source(why.to_string()))?;
    if certificates.is_empty() {
        return Err(refuse("hold no certificate"));
    }
    Ok(certificates)
}

/// Prepares the connections to a resource.
pub(crate) fn connections(
    endpoint: &Endpoint,
    roots: Vec<CertificateDer<'static>>,
) -> Result<Connections, Error> {
    let tls = if endpoint.is_https() {
        Tls::Roots(roots)
    } else {
        Tls::None
    };
    Connections::new(endpoint, tls.config()?)
}

/// What a client needs TLS for.
enum Tls {
    /// Nothing: it speaks http only.
    None,
    /// Servers known to the platform, or to these certificates.
    Roots(Vec<CertificateDer<'static>>),
}

impl Tls {
    fn config(self) -> Result<ClientConfig, Error> {
        match self {
            Self::Roots(roots) => client_config(verifier(roots)?),
            Self::None => plain_config(),
        }
        .map_err(|why| Error::config("TLS cannot be set up").with_source(why))
    }
}

/// Builds an HTTP client: no redirects, no proxy towards the local machine.
fn build(tls: Tls, near: bool) -> Result<reqwest::Client, Error> {
    let mut builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls.config()?)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .connect_timeout(CONNECT_TIMEOUT)
        .user_agent(USER_AGENT);
    if near {
        builder = builder.no_proxy();
    }
    builder
        .build()
        .map_err(|why| Error::config("the HTTP client cannot be built").with_source(why))
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn client_config(verifier: Arc<dyn ServerCertVerifier>) -> Result<ClientConfig, rustls::Error> {
    Ok(ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth())
}

/// A configuration that trusts nobody: the endpoint is http, and reading roots would only cost time.
fn plain_config() -> Result<ClientConfig, rustls::Error> {
    Ok(ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth())
}

fn verifier(roots: Vec<CertificateDer<'static>>) -> Result<Arc<dyn ServerCertVerifier>, Error> {
    let refuse = |why: &str| Error::config(format!("a root certificate is not usable: {why}"));
    match platform() {
        Ok(platform) if roots.is_empty() => Ok(platform),
        Ok(_) => Verifier::new_with_extra_roots(roots, provider())
            .map(|verifier| Arc::new(verifier) as _)
            .map_err(|why| refuse(&why.to_string())),
        Err(_) => bundled(roots),
    }
}

/// The platform's roots, shared by all clients that are there at the same time: there are many.
fn platform() -> Result<Arc<Verifier>, rustls::Error> {
    static SHARED: Mutex<Weak<Verifier>> = Mutex::new(Weak::new());
    let shared = || SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(verifier) = shared().upgrade() {
        return Ok(verifier);
    }
    // Not under the lock: reading takes milliseconds.
    let verifier = Arc::new(Verifier::new(provider())?);
    let mut shared = shared();
    if let Some(earlier) = shared.upgrade() {
        return Ok(earlier);
    }
    *shared = Arc::downgrade(&verifier);
    Ok(verifier)
}

/// The bundled roots and the caller's, for a system without any.
fn bundled(roots: Vec<CertificateDer<'static>>) -> Result<Arc<dyn ServerCertVerifier>, Error> {
    let refuse = |why: String| Error::config(format!("a root certificate is not usable: {why}"));
    tracing::debug!("the system has no root certificates; using the bundled ones");
    let mut store = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    for root in roots {
        store.add(root).map_err(|why| refuse(why.to_string()))?;
    }
    WebPkiServerVerifier::builder_with_provider(store.into(), provider())
        .build()
        .map(|verifier| verifier as _)
        .map_err(|why| refuse(why.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_without_roots_gets_the_bundled_ones() {
        assert!(bundled(Vec::new()).is_ok());
        let https: Endpoint = "https://x.communication.azure.com".parse().unwrap();
        assert!(connections(&https, Vec::new()).is_ok());
    }

    #[test]
    fn clients_share_the_roots_while_there_is_one() {
        let (Ok(one), Ok(other)) = (platform(), platform()) else {
            return; // A system without roots.
        };
        assert!(Arc::ptr_eq(&one, &other));
    }

    #[test]
    fn refuses_roots_that_are_no_certificates() {
        for pem in [
            "",
            "hello",
            "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----",
        ] {
            assert!(read_pem(pem.as_bytes()).is_err(), "{pem}");
        }
        let https: Endpoint = "https://x.communication.azure.com".parse().unwrap();
        let junk = CertificateDer::from(b"junk".to_vec());
        assert!(connections(&https, vec![junk]).is_err());
    }
}
