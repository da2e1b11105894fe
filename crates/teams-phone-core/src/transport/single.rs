//! Owns single requests beside the pipeline, such as those to a token service; signs and repeats nothing.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use rustls::pki_types::CertificateDer;
use url::{Host, Url};

use super::{Tls, build, read_pem};
use crate::{Error, pipeline};

/// Sends single requests with the same TLS as the pipeline; for token services, never for the resource.
///
/// Only `https` is sent to, and `http` on the local machine or at a link-local address (169.254.0.0/16),
/// where Azure hosts hand out the tokens of a managed identity. Redirects are not followed. Nothing is opened before the first request.
#[derive(Clone)]
pub struct HttpClient(Arc<Inner>);

struct Inner {
    roots: Vec<CertificateDer<'static>>,
    plain: OnceLock<reqwest::Client>,
    local: OnceLock<reqwest::Client>,
    remote: OnceLock<reqwest::Client>,
}

impl HttpClient {
    /// Trusts the certificates of the PEM texts in addition to the platform's.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if a text holds no certificate.
    pub fn new<'a>(roots: impl IntoIterator<Item = &'a [u8]>) -> Result<Self, Error> {
        let mut certificates = Vec::new();
        for pem in roots {
            certificates.extend(read_pem(pem)?);
        }
        Ok(Self(Arc::new(Inner {
            roots: certificates,
            plain: OnceLock::new(),
            local: OnceLock::new(),
            remote: OnceLock::new(),
        })))
    }

    /// Sends one request and reads the whole answer, whatever its status.
    ///
    /// # Errors
    /// - [`ErrorKind::Config`](crate::ErrorKind::Config): the address is not one to send secrets to.
    /// - [`ErrorKind::Connect`](crate::ErrorKind::Connect), [`ErrorKind::Timeout`](crate::ErrorKind::Timeout):
    ///   no answer; [`Error::is_outcome_unknown`] unless there was no connection at all.
    /// - [`ErrorKind::Decode`](crate::ErrorKind::Decode): the answer is too large.
    pub async fn send(
        &self,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> Result<http::Response<Bytes>, Error> {
        let url = Url::parse(&request.uri().to_string())
            .map_err(|why| Error::config(format!("the address is not a URL: {why}")))?;
        let client = self.client(&url)?;
        let mut request = reqwest::Request::try_from(request)
            .map_err(|why| Error::config("the request cannot be sent").with_source(why))?;
        *request.timeout_mut() = Some(timeout);
        let sent = client.execute(request).await;
        let connected = !matches!(&sent, Err(why) if why.is_connect());
        let reply = pipeline::read_response(sent).await;
        let reply = reply.map_err(|error| error.with_unknown_outcome(connected))?;
        let mut response = http::Response::new(reply.body);
        *response.status_mut() = reply.status;
        *response.headers_mut() = reply.headers;
        Ok(response)
    }

    fn client(&self, url: &Url) -> Result<&reqwest::Client, Error> {
        let near = near(url);
        let inner = &*self.0;
        let (slot, tls) = match url.scheme() {
            "https" if near => (&inner.local, Tls::Roots(inner.roots.clone())),
            "https" => (&inner.remote, Tls::Roots(inner.roots.clone())),
            "http" if near => (&inner.plain, Tls::None),
            other => {
                let host = url.host_str().unwrap_or_default();
                return Err(Error::config(format!(
                    "{other}://{host} is not sent to, since the request carries a secret; use https"
                )));
            }
        };
        if let Some(client) = slot.get() {
            return Ok(client);
        }
        let client = build(tls, near)?;
        Ok(slot.get_or_init(|| client))
    }
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClient").finish_non_exhaustive()
    }
}

/// Whether no network lies between: such hosts need no TLS and no proxy.
fn near(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback() || address.is_link_local(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn secrets_are_not_sent_in_the_clear() {
        let client = HttpClient::new([]).unwrap();
        for address in [
            "http://login.example/x",
            "http://localhost.evil.example/x",
            "http://10.0.0.4/x",
            "ftp://127.0.0.1/x",
        ] {
            let request = http::Request::get(address).body(Bytes::new()).unwrap();
            let error = client.send(request, Duration::from_secs(1)).await;
            assert_eq!(
                error.unwrap_err().kind(),
                crate::ErrorKind::Config,
                "{address}"
            );
        }
    }

    #[tokio::test]
    async fn a_lost_answer_is_told_from_a_missing_connection() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let hang_up = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            std::io::Read::read(&mut stream, &mut [0; 1024]).unwrap();
        });
        let client = HttpClient::new([]).unwrap();
        let ask = async || {
            let request = http::Request::get(&address).body(Bytes::new()).unwrap();
            let answer = client.send(request, Duration::from_secs(10)).await;
            answer.unwrap_err()
        };
        let lost = ask().await;
        hang_up.join().unwrap();
        let refused = ask().await;
        for (error, unknown) in [(lost, true), (refused, false)] {
            assert_eq!(error.kind(), crate::ErrorKind::Connect);
            assert_eq!(error.is_outcome_unknown(), unknown, "{error:?}");
        }
    }

    #[test]
    fn the_hosts_that_hand_out_managed_identities_are_near() {
        for (address, expected) in [
            (
                "http://169.254.169.254/metadata/identity/oauth2/token",
                true,
            ),
            ("http://169.254.131.2:8081/msi/token", true),
            ("http://[::1]:1/", true),
            ("http://localhost:42356/msi/token", true),
            ("https://login.microsoftonline.com/", false),
        ] {
            assert_eq!(near(&Url::parse(address).unwrap()), expected, "{address}");
        }
    }
}
