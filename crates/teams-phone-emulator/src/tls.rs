//! Owns the certificate authority made at start and the server certificate it signs.
//! Refuses to keep private keys anywhere but in memory.

use std::{net::IpAddr, sync::Arc, time::Duration};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

/// How long the certificates are valid; some platforms refuse more than 825 days.
const VALID_FOR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
/// How far back validity starts, for clients whose clock is behind.
const VALID_BEFORE: Duration = Duration::from_secs(24 * 60 * 60);

/// What a TLS listener needs, and what its clients need.
pub(crate) struct Material {
    pub(crate) acceptor: TlsAcceptor,
    pub(crate) ca_pem: String,
}

/// Makes an authority and a certificate for `localhost`, both loopback addresses and the names given.
pub(crate) fn generate(
    names: &[String],
) -> Result<Material, Box<dyn std::error::Error + Send + Sync>> {
    let authority = CertifiedIssuer::self_signed(authority_params(), KeyPair::generate()?)?;
    let server_key = KeyPair::generate()?;
    let certificate = server_params(names)?.signed_by(&server_key, &authority)?;
    let chain = vec![certificate.der().clone(), authority.der().clone()];
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(server_key.serialize_der()));
    let mut config = rustls::ServerConfig::builder_with_provider(Arc::new(
        rustls::crypto::ring::default_provider(),
    ))
    .with_safe_default_protocol_versions()?
    .with_no_client_auth()
    .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Material {
        acceptor: TlsAcceptor::from(Arc::new(config)),
        ca_pem: authority.pem(),
    })
}

fn authority_params() -> CertificateParams {
    let mut params = dated("teams-phone-emulator authority (made at start)");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn server_params(names: &[String]) -> Result<CertificateParams, rcgen::Error> {
    let mut all: Vec<String> = ["localhost", "127.0.0.1", "::1"]
        .map(str::to_owned)
        .to_vec();
    all.extend(names.iter().filter(|name| !is_unspecified(name)).cloned());
    all.sort();
    all.dedup();
    let mut params = dated("teams-phone-emulator");
    params.subject_alt_names = CertificateParams::new(all)?.subject_alt_names;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

fn dated(common_name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    let now = std::time::SystemTime::now();
    params.not_before = (now - VALID_BEFORE).into();
    params.not_after = (now + VALID_FOR).into();
    params
}

fn is_unspecified(name: &str) -> bool {
    name.parse::<IpAddr>().is_ok_and(|ip| ip.is_unspecified())
}
