//! Owns the key the emulated authority signs with: tokens, their check, and its public half as a JSON web key.
//! The key is published with the source and the same in every emulator: it proves that a token went the right way, not
//! that its bearer may be trusted.

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    rand::SystemRandom,
    signature::{
        KeyPair, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents,
        UnparsedPublicKey,
    },
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// RSA, 2048 bit, PKCS#1 in DER.
const KEY: &[u8] = include_bytes!("emulator-only-key.der");

/// Read once in a process: checking a key takes longer than signing with it.
static SIGNER: LazyLock<Result<Signer, String>> = LazyLock::new(|| {
    let pair = RsaKeyPair::from_der(KEY)
        .map_err(|why| format!("the signing key cannot be used: {why}"))?;
    let key_id = URL_SAFE_NO_PAD.encode(Sha256::digest(pair.public_key().as_ref()));
    Ok(Signer { pair, key_id })
});

/// Signs and checks JSON web tokens with RS256.
#[derive(Debug)]
pub(crate) struct Signer {
    pair: RsaKeyPair,
    key_id: String,
}

impl Signer {
    pub(crate) fn of_emulator() -> Result<&'static Self, String> {
        SIGNER.as_ref().map_err(Clone::clone)
    }

    /// A signed token; empty if the random source fails.
    pub(crate) fn sign(&self, claims: &Value) -> String {
        let header =
            json!({ "typ": "JWT", "alg": "RS256", "kid": self.key_id, "x5t": self.key_id });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(claims));
        let mut signature = vec![0; self.pair.public().modulus_len()];
        match self.pair.sign(
            &RSA_PKCS1_SHA256,
            &SystemRandom::new(),
            signed.as_bytes(),
            &mut signature,
        ) {
            Ok(()) => format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)),
            Err(_) => String::new(),
        }
    }

    /// Whether the key id is this key's.
    pub(crate) fn is_called(&self, key_id: &str) -> bool {
        self.key_id == key_id
    }

    /// Whether the signature over header and payload is this key's.
    pub(crate) fn signed(&self, text: &str, signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, self.pair.public_key())
            .verify(text.as_bytes(), signature)
            .is_ok()
    }

    /// The key set of `/discovery/v2.0/keys`.
    pub(crate) fn key_set(&self) -> Value {
        let public: RsaPublicKeyComponents<Vec<u8>> = self.pair.public_key().into();
        let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({ "keys": [{
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.key_id, "x5t": self.key_id,
            "n": number(&public.n), "e": number(&public.e),
        }] })
    }
}
