//! Owns what the generated clients call back into: route, API version, headers, outcome.
//!
//! A generated client builds a request and hands it to [`Inner::execute`]. A low-level caller gets typed
//! errors from it: whatever fails is answered as the documented error JSON, under the service's status or
//! under [`LOCAL_FAILURE`]. A caller that goes through [`Inner::for_call`] and [`Inner::finish`] gets an
//! [`Error`] with everything that is known.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use progenitor_client::{Error as ClientError, ResponseValue};
use reqwest::Request;
use serde::de::DeserializeOwned;
use tracing::Instrument as _;

use crate::pipeline::{Call, Pipeline, Reply, declare_empty_body};
use crate::redact;
use crate::{ApiVersion, Error, ErrorKind, RequestOptions, Result, RetryPolicy};
use judge::{Failure, Success, judge, response, undecodable};

mod judge;
mod route;

pub use route::encode_path;

/// The status under which the generated client sees a failure that is not an answer of the service.
pub const LOCAL_FAILURE: u16 = 599;

const X_MS_CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-client-request-id");
const API_VERSION: &str = "api-version";

/// What a method of a generated client answers.
pub type ClientResult<T, E> = std::result::Result<ResponseValue<T>, ClientError<E>>;

/// One row of a generated table of operations.
#[derive(Debug)]
pub struct Operation {
    /// The stable name, the same in every API version.
    pub id: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// The path template, such as `/identities/{id}`.
    pub template: &'static str,
    /// Whether repeating the call after a lost answer is safe.
    pub idempotent: bool,
    /// The media type of the request body, when there is one.
    pub content_type: Option<&'static str>,
    /// The documented success statuses.
    pub success: &'static [u16],
    /// The success statuses whose empty body stands for JSON `null`.
    pub empty_as_null: &'static [u16],
    /// The API version used when nobody chooses one.
    pub default_version: &'static str,
    /// The API versions that have the operation, oldest first.
    pub versions: &'static [&'static str],
    /// The service's own operation id in each of these versions.
    pub upstream_ids: &'static [(&'static str, &'static str)],
    /// The inputs that are not in all of these versions.
    pub fields: &'static [Field],
}

/// An input of an operation that only some API versions have.
#[derive(Debug)]
pub struct Field {
    /// The name on the wire.
    pub name: &'static str,
    /// The API versions that have it, oldest first.
    pub versions: &'static [&'static str],
}

/// Finds an operation by its stable name.
#[must_use]
pub fn find(table: &'static [Operation], id: &str) -> Option<&'static Operation> {
    table.iter().find(|operation| operation.id == id)
}

/// Refuses an API version that no operation of the table has.
///
/// # Errors
/// [`ErrorKind::Config`] that lists the versions; never for [`ApiVersion::unchecked`].
pub fn check_version(table: &'static [Operation], version: &ApiVersion) -> Result<()> {
    let mut known: Vec<&str> = table.iter().flat_map(|row| row.versions).copied().collect();
    if !version.is_checked() || known.contains(&version.as_str()) {
        return Ok(());
    }
    known.sort_unstable();
    known.dedup();
    Err(Error::config(format!(
        "API version {version} is not known; choose one of {}, or insist with ApiVersion::unchecked",
        known.join(", ")
    )))
}

impl Operation {
    /// The API version of a call that uses these inputs, or why there is none.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if the chosen version has not the operation or one of the inputs; the
    /// message names the versions that have it.
    pub fn version(
        &self,
        chosen: Option<&ApiVersion>,
        fields: &[&str],
    ) -> Result<Cow<'static, str>> {
        let limits = || {
            let used = self
                .fields
                .iter()
                .filter(|field| fields.contains(&field.name));
            used.map(|field| (Some(field.name), field.versions))
                .chain([(None, self.versions)])
        };
        let Some(chosen) = chosen else {
            let default = self.default_version;
            let narrowest = limits().find(|(_, versions)| !versions.contains(&default));
            let version = narrowest.and_then(|(_, versions)| versions.last().copied());
            return Ok(Cow::Borrowed(version.unwrap_or(default)));
        };
        let text = chosen.as_str();
        if chosen.is_checked() {
            for (field, versions) in limits() {
                if !versions.contains(&text) {
                    let what = field.map_or_else(
                        || "this call does".to_owned(),
                        |field| format!("`{field}` does"),
                    );
                    return Err(Error::config(format!(
                        "{what} not exist in API version {text}; it exists in {}",
                        versions.join(", ")
                    ))
                    .with_operation(self.id));
                }
            }
        }
        Ok(Cow::Owned(text.to_owned()))
    }
}

/// The state of a generated client: how calls are sent, and what the next call does differently.
#[derive(Clone, Debug)]
pub struct Inner {
    pipeline: Pipeline,
    api_version: Option<ApiVersion>,
    options: RequestOptions,
    fields: &'static [&'static str],
    idempotent: Option<bool>,
    outcome: Option<Arc<Mutex<Option<Outcome>>>>,
}

#[derive(Debug)]
enum Outcome {
    Answered {
        status: u16,
        request_id: Option<String>,
        attempts: u32,
    },
    Failed(Error),
}

/// A decoded answer.
#[derive(Debug)]
#[non_exhaustive]
pub struct Answer<T> {
    /// The decoded body.
    pub value: T,
    /// The status as the service sent it.
    pub status: u16,
    /// The service's id of the request.
    pub request_id: Option<String>,
}

impl Inner {
    /// Sends through a pipeline; `api_version` is for every call that does not choose its own.
    #[must_use]
    pub fn new(pipeline: Pipeline, api_version: Option<ApiVersion>) -> Self {
        Self {
            pipeline,
            api_version,
            options: RequestOptions::default(),
            fields: &[],
            idempotent: None,
            outcome: None,
        }
    }

    /// The same client for one call whose outcome is read with [`Inner::finish`].
    #[must_use]
    pub fn for_call(&self, options: RequestOptions) -> Self {
        Self {
            options,
            outcome: Some(Arc::default()),
            ..self.clone()
        }
    }

    /// Names the inputs of the call that not every API version has.
    #[must_use]
    pub fn with_fields(mut self, fields: &'static [&'static str]) -> Self {
        self.fields = fields;
        self
    }

    /// Overrides whether the call may be repeated after a lost answer.
    #[must_use]
    pub fn with_idempotent(mut self, idempotent: bool) -> Self {
        self.idempotent = Some(idempotent);
        self
    }

    /// The base URL, without a trailing slash.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.pipeline.endpoint().to_string()
    }

    /// The HTTP client that requests are built with.
    #[must_use]
    pub fn http(&self) -> reqwest::Client {
        self.pipeline.http()
    }

    /// Sends a request of a generated client.
    ///
    /// # Errors
    /// None in practice: failures become answers, because the generated client's error cannot carry ours.
    pub async fn execute(
        &self,
        mut request: Request,
        operation: &'static Operation,
    ) -> reqwest::Result<reqwest::Response> {
        let span = tracing::debug_span!("call", operation = operation.id);
        let sent = async {
            let id = self.prepare(&mut request, operation)?;
            let sent = self.send(&request, operation).await;
            let reply = sent.map_err(|error| error.with_client_request_id(&id))?;
            judge(reply, operation).map_err(|failure| failure.named(&id))
        };
        let result: std::result::Result<Success, Box<Failure>> = sent.instrument(span).await;
        Ok(match result {
            Ok(success) => {
                self.keep(|| Outcome::Answered {
                    status: success.status,
                    request_id: redact::request_id(&success.headers),
                    attempts: success.attempts,
                });
                response(success.shown, success.headers, success.body)
            }
            Err(failure) => {
                let shown = StatusCode::from_u16(failure.status).unwrap_or_default();
                let Failure {
                    error,
                    headers,
                    body,
                    ..
                } = *failure;
                self.keep(|| Outcome::Failed(error.with_operation(operation.id)));
                response(shown, headers, body)
            }
        })
    }

    /// Turns the generated client's result into ours.
    ///
    /// # Errors
    /// Whatever made the call fail.
    pub fn finish<T: DeserializeOwned, E>(
        &self,
        operation: &'static str,
        result: ClientResult<T, E>,
    ) -> Result<Answer<T>> {
        let slot = self.outcome.as_ref();
        let outcome =
            slot.and_then(|slot| slot.lock().unwrap_or_else(PoisonError::into_inner).take());
        let (status, request_id, attempts) = match outcome {
            Some(Outcome::Failed(error)) => return Err(error),
            Some(Outcome::Answered {
                status,
                request_id,
                attempts,
            }) => (Some(status), request_id, attempts),
            None => (None, None, 0),
        };
        let error = match result {
            Ok(value) => {
                return Ok(Answer {
                    status: status.unwrap_or_else(|| value.status().as_u16()),
                    request_id,
                    value: value.into_inner(),
                });
            }
            Err(ClientError::InvalidResponsePayload(body, why)) => undecodable::<T>(&body, &why),
            Err(ClientError::InvalidRequest(why)) => Error::config(why),
            Err(ClientError::CommunicationError(why)) => {
                Error::config("the request cannot be built").with_source(why.without_url())
            }
            Err(_) => Error::new(ErrorKind::Decode, "the answer is not one the API documents"),
        };
        let error = match status {
            Some(status) => error.with_status(status),
            None => error,
        };
        Err(error
            .with_operation(operation)
            .with_request_id(request_id)
            .with_attempts(attempts))
    }

    /// Makes the request what the service wants; answers the id that the client gave it.
    fn prepare(&self, request: &mut Request, operation: &Operation) -> Result<String> {
        route::check(self.pipeline.endpoint(), request.url(), operation.template)?;
        let chosen = self.options.api_version.as_ref();
        let version = operation.version(chosen.or(self.api_version.as_ref()), self.fields)?;
        route::append_query(request.url_mut(), API_VERSION, &version);
        let id = match &self.options.client_request_id {
            Some(id) => id.clone(),
            None => uuid::Uuid::new_v4().to_string(),
        };
        let id_header = Some(&id)
            .filter(|id| !id.is_empty() && id.len() <= 128 && id.is_ascii())
            .and_then(|id| HeaderValue::from_str(id).ok())
            .ok_or_else(|| {
                Error::config("client request id: give 1 to 128 visible ASCII characters")
            })?;
        let headers = request.headers_mut();
        headers.remove(API_VERSION);
        headers.insert(X_MS_CLIENT_REQUEST_ID, id_header);
        if let Some(media_type) = operation.content_type {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        }
        declare_empty_body(request);
        Ok(id)
    }

    async fn send(&self, request: &Request, operation: &'static Operation) -> Result<Reply> {
        let retry = self.options.retry.as_ref().unwrap_or(self.pipeline.retry());
        let retry: Cow<'_, RetryPolicy> = match self.options.timeout {
            Some(timeout) => Cow::Owned(retry.clone().deadline(timeout)),
            None => Cow::Borrowed(retry),
        };
        let call = Call {
            operation: operation.id,
            idempotent: self.idempotent.unwrap_or(operation.idempotent),
            retry: &retry,
        };
        self.pipeline.send(request, call).await
    }

    fn keep(&self, outcome: impl FnOnce() -> Outcome) {
        if let Some(slot) = &self.outcome {
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome());
        }
    }
}

#[cfg(test)]
mod tests;
