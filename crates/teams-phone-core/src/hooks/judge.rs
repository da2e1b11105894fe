//! Owns the verdict on an answer: success, failure, or not understood.

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http::header::HeaderMap;
use serde::de::DeserializeOwned;

use super::{LOCAL_FAILURE, Operation, Shape, envelope};
use crate::error::ServiceFailure;
use crate::pipeline::Reply;
use crate::{Error, ErrorKind, redact};

/// An answer that means success, with the status under which the generated client understands it.
pub(super) struct Success {
    pub(super) status: u16,
    pub(super) shown: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) wait: Option<Duration>,
    pub(super) attempts: u32,
}

/// A failure, with the answer that shows it to the generated client.
pub(super) struct Failure {
    pub(super) error: Error,
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Failure {
    pub(super) fn named(mut self: Box<Self>, client_request_id: &str) -> Box<Self> {
        self.error = self.error.with_client_request_id(client_request_id);
        self
    }
}

impl From<Error> for Box<Failure> {
    fn from(error: Error) -> Self {
        let shown = serde_json::json!({
            "error": { "code": format!("{:?}", error.kind()), "message": error.message() }
        });
        Box::new(Failure {
            error,
            status: LOCAL_FAILURE,
            headers: HeaderMap::new(),
            body: shown.to_string().into(),
        })
    }
}

/// Tells success from failure.
///
/// Any 2xx counts as success, since the service answers some calls with another one than it documents;
/// except 202, which says that nothing is done yet.
pub(super) fn judge(reply: Reply, operation: &Operation) -> Result<Success, Box<Failure>> {
    let status = reply.status.as_u16();
    let documented = operation.success.contains(&status);
    if documented || (reply.status.is_success() && status != 202) {
        let shown = match operation.success.first() {
            Some(first) if !documented => StatusCode::from_u16(*first).unwrap_or(reply.status),
            _ => reply.status,
        };
        let null = reply.body.is_empty() && operation.empty_as_null.contains(&shown.as_u16());
        return Ok(Success {
            status,
            shown,
            headers: reply.headers,
            body: match operation.shape {
                _ if null => Bytes::from_static(b"null"),
                Shape::Plain => reply.body,
                Shape::Entity => envelope::entity(reply.body),
                Shape::Collection => envelope::collection(reply.body),
            },
            wait: reply.wait,
            attempts: reply.attempts,
        });
    }
    let failure = if reply.status.is_redirection() {
        ServiceFailure {
            message: "the service answered with a redirect, which is not followed".to_owned(),
            ..ServiceFailure::default()
        }
    } else {
        ServiceFailure::read(status, &reply.body)
    };
    let body = failure.to_documented_json().into();
    let error = Error::from_service(operation.service.api, status, failure)
        .with_request_id(redact::request_id(&reply.headers).and_then(redact::id_text))
        .with_retry_after(reply.wait)
        .with_attempts(reply.attempts);
    let error = match reply.skew {
        0 => error,
        _ if status != 401 => error,
        skew => error.with_hint(format!(
            "this machine's clock is {} s {} the service's; signatures were dated with the service's time, and are still refused: check the access key",
            skew.unsigned_abs(),
            if skew > 0 { "behind" } else { "ahead of" }
        )),
    };
    Err(Box::new(Failure {
        error,
        status,
        headers: reply.headers,
        body,
    }))
}

/// Says where the body stops to fit, without repeating any of it.
pub(super) fn undecodable<T: DeserializeOwned>(body: &[u8], why: &serde_json::Error) -> Error {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let place = match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
        Err(error) if error.path().iter().next().is_some() => format!("at `{}`", error.path()),
        _ => format!("at line {} column {}", why.line(), why.column()),
    };
    let what = match why.classify() {
        serde_json::error::Category::Data => "has an unexpected value",
        _ => "is not whole JSON",
    };
    Error::new(ErrorKind::Decode, format!("the answer {what} {place}"))
}
