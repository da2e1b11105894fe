//! Owns a request as every attempt sends it; knows nothing of what proves who sends it.

use bytes::Bytes;
use http::Method;
use http::header::{
    ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT,
};
use http::uri::PathAndQuery;

use crate::transport;

/// Room for as many headers as a request has, so that they are never moved.
const HEADERS: usize = 9;

/// A request without what proves who sends it, so that it can be sent again.
pub(crate) struct Outgoing {
    pub(crate) method: Method,
    pub(crate) target: PathAndQuery,
    pub(crate) client_request_id: (HeaderName, HeaderValue),
    pub(crate) content_type: Option<&'static str>,
    pub(crate) body: Option<Bytes>,
}

impl Outgoing {
    /// The headers of every attempt.
    pub(super) fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::with_capacity(HEADERS);
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, HeaderValue::from_static(transport::USER_AGENT));
        let (name, id) = &self.client_request_id;
        headers.insert(name, id.clone());
        if let Some(media_type) = self.content_type {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        }
        // Some front ends refuse a request without a body that does not say so.
        let writes = [Method::POST, Method::PUT, Method::PATCH].contains(&self.method);
        if writes && self.body.is_none() {
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        headers
    }
}
