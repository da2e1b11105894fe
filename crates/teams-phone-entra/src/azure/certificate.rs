//! Owns the proof of having a certificate's key: a signed assertion (RFC 7523); sends nothing.
//!
//! `azure_identity` can do this too, but only with OpenSSL, a second cryptography library.

mod chain;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use azure_core::error::ErrorKind;
use azure_core::http::ClientMethodOptions;
use azure_identity::ClientAssertion;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::rsa::KeyPair;
use ring::signature::RSA_PSS_SHA256;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::json;
use teams_phone_core::clock::Clock;
use teams_phone_core::{Error, Secret};

/// Long enough for a clock that is a little off.
const LIFE: Duration = Duration::from_secs(5 * 60);

/// A certificate and its key.
pub(super) struct Certificate {
    key: KeyPair,
    header: String,
}

/// Signs an assertion whenever one is needed.
pub(super) struct Assertion {
    certificate: Option<Arc<Certificate>>,
    audience: String,
    client: String,
    clock: Arc<dyn Clock>,
}

impl Certificate {
    /// Reads PEM text: a private key (PKCS#8 or PKCS#1), its certificate and perhaps the chain, in any order.
    pub(super) fn read(pem: &Secret, chain: bool) -> Result<Self, Error> {
        let refuse = |why: &str| Error::config(format!("client certificate: {why}"));
        let bytes = pem.expose().as_bytes();
        if pem.expose().contains("ENCRYPTED") {
            return Err(refuse(
                "the private key is encrypted; decrypt it first (`openssl pkcs8 -in key.pem -out plain.pem`)",
            ));
        }
        let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(bytes)
            .collect::<Result<_, _>>()
            .map_err(|_| refuse("the PEM text cannot be read"))?;
        let private = PrivateKeyDer::from_pem_slice(bytes).map_err(|_| {
            refuse("there is no private key in the PEM text; it starts with `-----BEGIN PRIVATE KEY-----`")
        })?;
        let key = match &private {
            PrivateKeyDer::Pkcs8(der) => KeyPair::from_pkcs8(der.secret_pkcs8_der()),
            PrivateKeyDer::Pkcs1(der) => KeyPair::from_der(der.secret_pkcs1_der()),
            _ => {
                return Err(refuse(
                    "the key is not an RSA key, which Microsoft Entra ID wants",
                ));
            }
        }
        .map_err(|why| {
            refuse(&format!(
                "the key is not a usable RSA key of 2048 to 4096 bits ({why})"
            ))
        })?;
        // A certificate holds its public key in the same encoding.
        let public = key.public().as_ref();
        let own = certificates
            .iter()
            .position(|certificate| certificate.windows(public.len()).any(|part| part == public))
            .ok_or_else(|| {
                refuse("no certificate of the key is in the PEM text; it starts with `-----BEGIN CERTIFICATE-----`")
            })?;
        Ok(Self {
            header: header(&chain::ordered(certificates, own), chain),
            key,
        })
    }

    fn sign(&self, payload: &serde_json::Value) -> Option<String> {
        let claims = URL_SAFE_NO_PAD.encode(payload.to_string());
        let signed = format!("{}.{claims}", self.header);
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(
                &RSA_PSS_SHA256,
                &SystemRandom::new(),
                signed.as_bytes(),
                &mut signature,
            )
            .ok()?;
        Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

/// The header that Microsoft Entra ID documents: PS256, and the certificate's SHA-256 thumbprint.
fn header(certificates: &[CertificateDer<'static>], chain: bool) -> String {
    let own = certificates.first().map(|own| digest(&SHA256, own));
    let thumbprint = own.map(|own| URL_SAFE_NO_PAD.encode(own));
    let mut header = json!({ "alg": "PS256", "typ": "JWT", "x5t#S256": thumbprint });
    if chain {
        let all: Vec<String> = certificates
            .iter()
            .map(|der| STANDARD.encode(der))
            .collect();
        header["x5c"] = json!(all);
    }
    URL_SAFE_NO_PAD.encode(header.to_string())
}

impl Assertion {
    pub(super) fn new(
        certificate: Option<Arc<Certificate>>,
        audience: String,
        client: &str,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            certificate,
            audience,
            client: client.to_owned(),
            clock,
        }
    }

    fn payload(&self) -> serde_json::Value {
        let now = self.clock.now();
        let now = now
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        json!({
            "aud": self.audience,
            "iss": self.client,
            "sub": self.client,
            "jti": uuid::Uuid::new_v4().to_string(),
            "iat": now.as_secs(),
            "nbf": now.as_secs(),
            "exp": (now + LIFE).as_secs(),
        })
    }
}

#[async_trait::async_trait]
impl ClientAssertion for Assertion {
    async fn secret(&self, _: Option<ClientMethodOptions<'_>>) -> azure_core::Result<String> {
        let certificate = self.certificate.as_ref();
        certificate
            .and_then(|certificate| certificate.sign(&self.payload()))
            .ok_or_else(|| {
                azure_core::Error::with_message(ErrorKind::Credential, "the key could not sign")
            })
    }
}

impl fmt::Debug for Assertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Assertion")
    }
}
