//! Owns the proof that TLS clients that trust the authority get through, and others do not.

use std::{io::Write, sync::Arc};

use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use teams_phone_emulator::Emulator;

use crate::client::{Answer, Request, connect, read_answer};

fn ask(emulator: &Emulator, name: &'static str, trusted: &str) -> std::io::Result<Answer> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(trusted.as_bytes()).unwrap())
        .unwrap();
    let config =
        ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
    let connection =
        ClientConnection::new(Arc::new(config), ServerName::try_from(name).unwrap()).unwrap();
    let mut stream = StreamOwned::new(connection, connect(emulator)?);
    let host = emulator.address().to_string();
    let request = Request::new("POST", "/identities?api-version=2025-06-30");
    stream.write_all(&request.bytes(&host, emulator.access_key()))?;
    read_answer(&mut stream)
}

#[test]
fn every_loopback_name_is_certified() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    let emulator = Emulator::builder()
        .tls(true)
        .ca_file(&path)
        .spawn()
        .unwrap();
    assert!(emulator.url().starts_with("https://127.0.0.1:"));
    let ca = std::fs::read_to_string(&path).unwrap();
    assert_eq!(emulator.ca_pem(), Some(ca.as_str()));
    assert!(!ca.contains("PRIVATE KEY"));
    for name in ["localhost", "127.0.0.1", "::1"] {
        let answer = ask(&emulator, name, &ca).unwrap();
        assert_eq!(answer.status, 201, "{name}");
        assert_eq!(
            answer.header("strict-transport-security"),
            Some("max-age=31536000;includeSubDomains")
        );
    }
}

#[test]
fn other_names_and_other_authorities_are_refused() {
    let (one, two) = (
        Emulator::builder().tls(true).spawn().unwrap(),
        Emulator::builder().tls(true).spawn().unwrap(),
    );
    assert!(
        ask(
            &one,
            "contoso.communication.azure.com",
            one.ca_pem().unwrap()
        )
        .is_err()
    );
    assert!(ask(&one, "localhost", two.ca_pem().unwrap()).is_err());
    assert!(ask(&one, "localhost", one.ca_pem().unwrap()).is_ok());
}
