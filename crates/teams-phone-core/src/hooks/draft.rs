//! Owns requests as generated methods put them together, and the answers that they take apart.

use std::fmt::{self, Display};

use bytes::Bytes;
use http::header::HeaderMap;
use http::{Method, StatusCode};
use progenitor_client::{Error as ClientError, ResponseValue};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::form_urlencoded::byte_serialize;

use super::ClientResult;

/// A request that is not sent yet: where it goes on the endpoint, and with what.
#[must_use = "a request does nothing until it is sent"]
pub struct Draft {
    pub(super) method: Method,
    /// Path and query, each part escaped.
    pub(super) target: String,
    pub(super) body: Option<serde_json::Result<Vec<u8>>>,
}

impl Draft {
    fn new(method: Method, path: String) -> Self {
        Self {
            method,
            target: path,
            body: None,
        }
    }

    /// Reads what is at a path, which begins with a slash.
    pub fn get(path: String) -> Self {
        Self::new(Method::GET, path)
    }

    /// Makes what is at a path be something.
    pub fn put(path: String) -> Self {
        Self::new(Method::PUT, path)
    }

    /// Has something done.
    pub fn post(path: String) -> Self {
        Self::new(Method::POST, path)
    }

    /// Changes a part of what is at a path.
    pub fn patch(path: String) -> Self {
        Self::new(Method::PATCH, path)
    }

    /// Removes what is at a path.
    pub fn delete(path: String) -> Self {
        Self::new(Method::DELETE, path)
    }

    /// Adds a pair to the query, if there is a value.
    pub fn query(mut self, name: &str, value: Option<impl Display>) -> Self {
        let Some(value) = value else {
            return self;
        };
        let mark = if self.target.contains('?') { '&' } else { '?' };
        self.target.push(mark);
        self.target.extend(byte_serialize(name.as_bytes()));
        self.target.push('=');
        self.target
            .extend(byte_serialize(value.to_string().as_bytes()));
        self
    }

    /// Sets the body.
    pub fn json(mut self, body: &impl Serialize) -> Self {
        self.body = Some(serde_json::to_vec(body));
        self
    }
}

/// What a generated method gets for its request: the service's answer, or one that stands for a failure.
pub struct Received {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Received {
    /// The status, documented ones for what is like them.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Decodes the body.
    ///
    /// # Errors
    /// [`ClientError::InvalidResponsePayload`] if it is not what the document says.
    #[expect(
        clippy::result_large_err,
        reason = "the error is what generated methods answer"
    )]
    pub fn value<T: DeserializeOwned, E>(self) -> ClientResult<T, E> {
        match serde_json::from_slice(&self.body) {
            Ok(value) => Ok(ResponseValue::new(value, self.status, self.headers)),
            Err(why) => Err(ClientError::InvalidResponsePayload(self.body, why)),
        }
    }

    /// The answer without a body.
    #[must_use]
    pub fn empty(self) -> ResponseValue<()> {
        ResponseValue::new((), self.status, self.headers)
    }

    /// The error of an answer that is not documented.
    #[must_use]
    pub fn unexpected<E>(self) -> ClientError<E> {
        let mut response = http::Response::new(self.body);
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        ClientError::UnexpectedResponse(response.into())
    }
}

// Bodies hold tokens, so neither is shown.

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft")
            .field("method", &self.method)
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}
