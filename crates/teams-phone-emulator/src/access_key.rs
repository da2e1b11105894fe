//! Owns the access key: parsing, generating, signing, and never showing it.
//! Refuses to know what is signed.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A shared access key, kept both as the text of the connection string and as the bytes it stands for.
#[derive(Clone)]
pub(crate) struct AccessKey {
    text: String,
    bytes: Vec<u8>,
}

impl std::fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AccessKey(<redacted>)")
    }
}

impl AccessKey {
    /// Reads padded standard base64; `None` for anything else and for an empty key.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = STANDARD
            .decode(text)
            .ok()
            .filter(|bytes| !bytes.is_empty())?;
        Some(Self {
            text: text.to_owned(),
            bytes,
        })
    }

    /// A new random key of 64 bytes, the size the service hands out.
    pub(crate) fn generate() -> Self {
        let bytes: Vec<u8> = (0..4).flat_map(|_| Uuid::new_v4().into_bytes()).collect();
        let bytes: Vec<u8> = [
            Sha256::digest(&bytes),
            Sha256::digest(Uuid::new_v4().as_bytes()),
        ]
        .concat();
        Self {
            text: STANDARD.encode(&bytes),
            bytes,
        }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn sign(&self, message: &str) -> Vec<u8> {
        hmac(&self.bytes, message)
    }

    /// What a client computes that forgot to decode the key.
    pub(crate) fn sign_undecoded(&self, message: &str) -> Vec<u8> {
        hmac(self.text.as_bytes(), message)
    }
}

/// HMAC-SHA-256; every key length is legal, so the empty fallback is never taken.
pub(crate) fn hmac(key: &[u8], message: &str) -> Vec<u8> {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return Vec::new();
    };
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// `base64(SHA-256(bytes))`, the form of `x-ms-content-sha256`.
pub(crate) fn content_hash(bytes: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_not_padded_standard_base64() {
        for text in ["", "QQ", "Q Q==", "-_-_", "====", "key"] {
            assert!(AccessKey::parse(text).is_none(), "{text:?}");
        }
        assert!(AccessKey::parse("QQ==").is_some());
    }

    #[test]
    fn generated_keys_differ_and_are_never_shown() {
        let (one, two) = (AccessKey::generate(), AccessKey::generate());
        assert_ne!(one.text(), two.text());
        assert_eq!(one.bytes.len(), 64);
        assert!(!format!("{one:?}").contains(&one.text()[..8]));
    }
}
