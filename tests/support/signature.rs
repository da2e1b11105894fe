//! Owns a check of request signatures that shares no code with the client; it reads the bytes on the wire.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use crate::Received;

/// Checks that a request is signed with a key over exactly what was received.
///
/// # Panics
/// If it is not.
pub fn check_signature(request: &Received, key: &str) {
    let header = |name: &str| {
        request
            .header(name)
            .unwrap_or_else(|| panic!("{name} was not sent"))
    };
    let hash = STANDARD.encode(Sha256::digest(&request.body));
    assert_eq!(header("x-ms-content-sha256"), hash, "hash of the body");
    let signed = format!(
        "{}\n{}\n{};{};{hash}",
        request.method,
        request.target,
        header("x-ms-date"),
        header("host"),
    );
    let key = STANDARD.decode(key).expect("a key of the tests is base64");
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes keys of any length");
    mac.update(signed.as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    assert_eq!(
        header("authorization"),
        format!(
            "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}"
        ),
        "string to sign:\n{signed}"
    );
}
