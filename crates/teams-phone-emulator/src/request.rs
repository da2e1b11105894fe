//! Owns one received request as plain data: the target exactly as it was on the wire, headers and whole body.
//! Refuses to know which operation it is for.

use std::net::SocketAddr;

use bytes::Bytes;
use http::{HeaderMap, Method, header::AsHeaderName};

use crate::oauth::decode;

/// A request whose body has been read.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) method: Method,
    /// Path and query, still percent-encoded, as sent.
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) peer: SocketAddr,
}

impl Received {
    /// The path, still percent-encoded.
    pub(crate) fn path(&self) -> &str {
        self.target
            .split_once('?')
            .map_or(self.target.as_str(), |(path, _)| path)
    }

    /// The query without its question mark, still percent-encoded.
    pub(crate) fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }

    /// Every decoded value of a query parameter; names are compared without regard to case, as the service does.
    pub(crate) fn query_values(&self, name: &str) -> Vec<String> {
        self.query()
            .split('&')
            .filter_map(|pair| {
                let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
                decode(key)
                    .eq_ignore_ascii_case(name)
                    .then(|| decode(value))
            })
            .collect()
    }

    /// A header as text; absent and non-ASCII values are both `None`.
    pub(crate) fn header(&self, name: impl AsHeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}
