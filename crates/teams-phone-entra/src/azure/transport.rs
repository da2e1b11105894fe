//! Owns the way of `azure_identity`'s requests through our HTTP; knows no grant.

use std::sync::Arc;

use azure_core::error::ErrorKind;
use azure_core::http::headers::{HeaderName, HeaderValue, Headers};
use azure_core::http::{AsyncRawResponse, Body, HttpClient, Method, Request, Transport};
use bytes::Bytes;
use teams_phone_core::Error;
use url::{Url, form_urlencoded};

use crate::Authority;
use crate::service::TokenService;

/// Carries requests, and adds the claims that a service asked for, which `azure_identity` cannot.
#[derive(Debug)]
struct Carrier {
    service: TokenService,
    /// Claims as a form field, with the ampersand before it.
    claims: Option<String>,
    /// The authority as `azure_identity` knows it, and as it is.
    local: Option<(Url, Url)>,
}

/// Makes the transport, and the authority to name to `azure_identity`.
///
/// It insists on https; an authority on the local machine is therefore named with that scheme, and the
/// transport undoes it.
pub(super) fn new(
    service: TokenService,
    authority: &Authority,
    claims: Option<&str>,
) -> Result<(Transport, String), Error> {
    let real = authority.url()?;
    let mut named = real.clone();
    let local = real.scheme() == "http";
    if local {
        // A port that is the scheme's own would get lost on the way.
        let _ = named.set_port(real.port_or_known_default());
        let _ = named.set_scheme("https");
    }
    let host = named.as_str().trim_end_matches('/').to_owned();
    let claims = claims.map(|claims| {
        let field: String = form_urlencoded::byte_serialize(claims.as_bytes()).collect();
        format!("&claims={field}")
    });
    let carrier = Carrier {
        service,
        claims,
        local: local.then_some((named, real)),
    };
    Ok((Transport::new(Arc::new(carrier)), host))
}

impl Carrier {
    fn address(&self, url: &Url) -> String {
        match &self.local {
            Some((named, real)) if named.origin() == url.origin() => {
                let base = real.as_str().trim_end_matches('/');
                let query = url.query().map(|query| format!("?{query}"));
                format!("{base}{}{}", url.path(), query.unwrap_or_default())
            }
            _ => url.as_str().to_owned(),
        }
    }

    fn translate(&self, request: &Request) -> azure_core::Result<http::Request<Bytes>> {
        let refuse = |why: &'static str| azure_core::Error::with_message(ErrorKind::Other, why);
        let mut body = match request.body() {
            Body::Bytes(bytes) => bytes.clone(),
            Body::SeekableStream(_) => return Err(refuse("a token request is never streamed")),
        };
        let post = request.method() == Method::Post;
        if let Some(claims) = self.claims.as_deref().filter(|_| post) {
            body = [&body[..], claims.as_bytes()].concat().into();
        }
        let method = match request.method() {
            Method::Get => http::Method::GET,
            Method::Post => http::Method::POST,
            _ => return Err(refuse("a token request is a GET or a POST")),
        };
        let mut translated = http::Request::builder()
            .method(method)
            .uri(self.address(request.url()));
        for (name, value) in request.headers().iter() {
            if name.as_str() != "content-length" {
                translated = translated.header(name.as_str(), value.as_str());
            }
        }
        translated
            .body(body)
            .map_err(|_| refuse("a token request has an illegal header or address"))
    }
}

#[async_trait::async_trait]
impl HttpClient for Carrier {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let request = self.translate(request)?;
        // Not `Connection`: a managed identity would go on for minutes, whatever its options say.
        let answer =
            self.service.send(request).await.map_err(|error| {
                azure_core::Error::with_error(ErrorKind::Other, error, "no answer")
            })?;
        let mut headers = Headers::new();
        for (name, value) in answer.headers() {
            if let Ok(value) = value.to_str() {
                headers.insert(
                    HeaderName::from(name.as_str().to_owned()),
                    HeaderValue::from(value.to_owned()),
                );
            }
        }
        let status = answer.status().as_u16().into();
        Ok(AsyncRawResponse::from_bytes(
            status,
            headers,
            answer.into_body(),
        ))
    }
}

#[cfg(test)]
mod tests;
