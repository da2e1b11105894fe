//! Owns the HMAC-SHA256 signature of Communication Services as pure functions; sends nothing.
//!
//! The scheme: the SHA-256 of the body goes out as `x-ms-content-sha256`, the time as `x-ms-date`, and
//! `Authorization` carries the HMAC, under the base64-decoded access key, of
//!
//! ```text
//! METHOD \n path?query \n date ; host[:port] ; content hash
//! ```
//!
//! Path and query are those on the wire, still percent-encoded.
//!
//! ```
//! use std::time::{Duration, SystemTime};
//! use teams_phone_core::sign::{sign, AccessKey};
//!
//! let key = AccessKey::from_base64("c2VjcmV0")?;
//! let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_744_644_745);
//! let url = "https://contoso.communication.azure.com/identities?api-version=2025-06-30".parse()?;
//! let signed = sign(&key, "POST", &url, b"{}", at);
//! assert_eq!(signed.date, "Mon, 14 Apr 2025 15:32:25 GMT");
//! assert!(signed.string_to_sign.starts_with("POST\n/identities?api-version=2025-06-30\n"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt;
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use url::{Position, Url};
use zeroize::Zeroizing;

use crate::Error;

/// The headers that the signature covers, in the order that it covers them.
pub const SIGNED_HEADERS: &str = "x-ms-date;host;x-ms-content-sha256";

const AUTHORIZATION: &str =
    "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=";
const SIGNATURE_LENGTH: usize = 44;

/// The base64 SHA-256 of a body without a byte.
pub(crate) const OF_NOTHING: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

/// The access key of a resource, decoded once and ready to sign.
#[derive(Clone)]
pub struct AccessKey(Hmac<Sha256>);

impl AccessKey {
    /// Decodes a key as the portal shows it: standard base64 with padding.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the text is empty or not base64; the message
    /// never repeats it.
    pub fn from_base64(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Error::config("access key is empty"));
        }
        let bytes = STANDARD.decode(text).map(Zeroizing::new).map_err(|_| {
            Error::config(
                "access key is not base64; copy it whole from the Keys page of the resource",
            )
        })?;
        let mac = Hmac::new_from_slice(&bytes)
            .map_err(|_| Error::config("access key has a length that HMAC cannot use"))?;
        Ok(Self(mac))
    }

    /// The base64 signature of a string to sign.
    #[must_use]
    pub fn signature(&self, string_to_sign: &str) -> String {
        STANDARD.encode(self.mac(&[string_to_sign]))
    }

    /// The HMAC of a text in parts.
    fn mac(&self, parts: &[&str]) -> impl AsRef<[u8]> {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes()
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessKey(..)")
    }
}

/// What a signed request carries, and how it came to be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Signed {
    /// Value of `x-ms-date`.
    pub date: String,
    /// The host that was signed, with its port when that is not the scheme's own: value of `Host`.
    pub host: String,
    /// Value of `x-ms-content-sha256`.
    pub content_sha256: String,
    /// The text that was signed.
    pub string_to_sign: String,
    /// The base64 signature.
    pub signature: String,
    /// Value of `Authorization`.
    pub authorization: String,
}

/// Signs a request: `url` as it goes on the wire, `body` empty when there is none.
#[must_use]
pub fn sign(key: &AccessKey, method: &str, url: &Url, body: &[u8], at: SystemTime) -> Signed {
    let date = httpdate::fmt_http_date(at);
    let host = url.authority().to_owned();
    let content_sha256 = content_sha256(body);
    let string_to_sign = string_to_sign(
        method,
        &url[Position::BeforePath..Position::AfterQuery],
        &date,
        &host,
        &content_sha256,
    );
    let signature = key.signature(&string_to_sign);
    let authorization = [AUTHORIZATION, &signature].concat();
    Signed {
        date,
        host,
        content_sha256,
        string_to_sign,
        signature,
        authorization,
    }
}

/// The value of `Authorization` alone, without the text that is signed in one piece.
pub(crate) fn authorization(key: &AccessKey, text: &[&str]) -> String {
    let mut value = String::with_capacity(AUTHORIZATION.len() + SIGNATURE_LENGTH);
    value.push_str(AUTHORIZATION);
    STANDARD.encode_string(key.mac(text), &mut value);
    value
}

/// The base64 SHA-256 of a body.
#[must_use]
pub fn content_sha256(body: &[u8]) -> String {
    if body.is_empty() {
        return OF_NOTHING.to_owned();
    }
    STANDARD.encode(Sha256::digest(body))
}

/// The text that is signed.
#[must_use]
pub fn string_to_sign(
    method: &str,
    path_and_query: &str,
    date: &str,
    host: &str,
    content_sha256: &str,
) -> String {
    let method = method.to_ascii_uppercase();
    parts(&method, path_and_query, date, host, content_sha256).concat()
}

/// The text that is signed, in parts; the method in capitals.
pub(crate) fn parts<'a>(
    method: &'a str,
    path_and_query: &'a str,
    date: &'a str,
    host: &'a str,
    content_sha256: &'a str,
) -> [&'a str; 9] {
    [
        method,
        "\n",
        path_and_query,
        "\n",
        date,
        ";",
        host,
        ";",
        content_sha256,
    ]
}

#[cfg(test)]
mod tests;
