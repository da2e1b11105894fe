//! Owns what the generated clients call back into: route, API version, headers, outcome.
//!
//! A generated client builds a request and hands it to [`Inner::execute`]. A low-level caller gets typed
//! errors from it: whatever fails is answered as the documented error JSON, under the service's status or
//! under [`LOCAL_FAILURE`]. A caller that goes through [`Inner::for_call`] and [`Inner::finish`] gets an
//! [`Error`] with everything that is known.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::{HeaderMap, HeaderValue, LOCATION};
use http::uri::PathAndQuery;
use http::{Method, StatusCode};
use progenitor_client::{Error as ClientError, ResponseValue};
use serde::de::DeserializeOwned;
use tracing::Instrument as _;
use url::Position;

use crate::pipeline::{Call, Outgoing, Pipeline, Reply};
use crate::{
    ApiVersion, Credential, Error, ErrorKind, RateLimits, RequestOptions, Result, RetryPolicy,
};
use crate::{pipeline, redact};
use judge::{Failure, Success, judge, undecodable};

mod draft;
mod envelope;
mod judge;
mod operation;
mod route;

pub use crate::redact::one_line;
pub use crate::retry::Repeat;
pub use draft::{Draft, Received};
pub use operation::{Field, Operation, Service, Shape, VersionPlace, check_version, find};
pub use route::encode_path;

/// The status under which the generated client sees a failure that is not an answer of the service.
pub const LOCAL_FAILURE: u16 = 599;

const API_VERSION: &str = "api-version";

/// What a method of a generated client answers.
pub type ClientResult<T, E> = std::result::Result<ResponseValue<T>, ClientError<E>>;

/// The state of a generated client: how calls are sent, and what the next call does differently.
#[derive(Clone, Debug)]
pub struct Inner {
    pipeline: Pipeline,
    api_version: Option<ApiVersion>,
    options: RequestOptions,
    fields: &'static [&'static str],
    repeat: Option<Repeat>,
    credential: Option<Credential>,
    limits: Option<Arc<RateLimits>>,
    outcome: Option<Arc<Mutex<Option<Outcome>>>>,
}

#[derive(Debug)]
enum Outcome {
    Answered {
        status: u16,
        request_id: Option<HeaderValue>,
        location: Option<HeaderValue>,
        wait: Option<Duration>,
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
    /// Where the answer says that the outcome can be read, as the service wrote it.
    pub location: Option<String>,
    /// How long the service asks to wait before the next look.
    pub retry_after: Option<Duration>,
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
            repeat: None,
            credential: None,
            limits: None,
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

    /// Overrides what of a failed call may be repeated.
    #[must_use]
    pub fn with_repeat(mut self, repeat: Repeat) -> Self {
        self.repeat = Some(repeat);
        self
    }

    /// Authorises the call with something else than the client's credential.
    #[must_use]
    pub fn with_credential(mut self, credential: Credential) -> Self {
        self.credential = Some(credential);
        self
    }

    /// Keeps within limits on the requests sent; shared by all clones.
    #[must_use]
    pub fn with_rate_limits(mut self, limits: Arc<RateLimits>) -> Self {
        self.limits = Some(limits);
        self
    }

    /// Sends a request of a generated client.
    ///
    /// Never fails: failures become answers, because the generated client's error cannot carry ours.
    pub async fn execute(&self, draft: Draft, operation: &'static Operation) -> Received {
        match self.run(self.outgoing(draft, operation), operation).await {
            Ok(success) => {
                self.keep(|| Outcome::Answered {
                    status: success.status,
                    request_id: redact::request_id(&success.headers).cloned(),
                    location: success.headers.get(LOCATION).cloned(),
                    wait: success.wait,
                    attempts: success.attempts,
                });
                self.received(success.shown, success.headers, success.body)
            }
            Err(failure) => {
                let Failure {
                    error,
                    status,
                    headers,
                    body,
                } = *failure;
                self.keep(|| Outcome::Failed(error.with_operation(operation.id)));
                let shown = StatusCode::from_u16(status).unwrap_or_default();
                self.received(shown, headers, body)
            }
        }
    }

    /// What the generated method sees; who reads the outcome does not read the headers.
    fn received(&self, status: StatusCode, headers: HeaderMap, body: Bytes) -> Received {
        let headers = if self.outcome.is_some() {
            HeaderMap::new()
        } else {
            headers
        };
        Received {
            status,
            headers,
            body,
        }
    }

    /// Gets the next page of a list from the link that the page before it gave.
    ///
    /// The link is opaque, but it must lead to the endpoint: it is sent with our credential.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] if the link is no URL or leads elsewhere; otherwise as the list itself.
    pub async fn follow<T: DeserializeOwned>(
        &self,
        operation: &'static Operation,
        link: &str,
    ) -> Result<Answer<T>> {
        let named = |error: Error| error.with_operation(operation.id);
        let success = self
            .run(self.linked(link, operation), operation)
            .await
            .map_err(|failure| named(failure.error))?;
        match serde_json::from_slice(&success.body) {
            Ok(value) => Ok(Answer {
                value,
                status: success.status,
                location: None,
                retry_after: None,
            }),
            Err(why) => Err(named(undecodable::<T>(&success.body, &why))
                .with_status(success.status)
                .with_request_id(redact::request_id(&success.headers).and_then(redact::id_text))
                .with_attempts(success.attempts)),
        }
    }

    /// Sends a request through the pipeline and judges the answer.
    async fn run(
        &self,
        request: Result<Outgoing>,
        operation: &'static Operation,
    ) -> std::result::Result<Success, Box<Failure>> {
        let request = request?;
        let span = tracing::debug_span!("call", operation = operation.id);
        let sent = self.send(&request, operation);
        let sent = if span.is_disabled() {
            sent.await
        } else {
            Box::pin(sent.instrument(span)).await
        };
        let id = || request.client_request_id.1.to_str().unwrap_or_default();
        let reply = sent.map_err(|error| error.with_client_request_id(id()))?;
        judge(reply, operation).map_err(|failure| failure.named(id()))
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
        let (status, request_id, location, retry_after, attempts) = match outcome {
            Some(Outcome::Failed(error)) => return Err(error),
            Some(Outcome::Answered {
                status,
                request_id,
                location,
                wait,
                attempts,
            }) => (Some(status), request_id, location, wait, attempts),
            None => (None, None, None, None, 0),
        };
        let error = match result {
            Ok(value) => {
                return Ok(Answer {
                    status: status.unwrap_or_else(|| value.status().as_u16()),
                    value: value.into_inner(),
                    location: location.as_ref().and_then(redact::location_text),
                    retry_after,
                });
            }
            Err(ClientError::InvalidResponsePayload(body, why)) => undecodable::<T>(&body, &why),
            Err(ClientError::InvalidRequest(why)) => Error::config(why),
            Err(_) => Error::new(ErrorKind::Decode, "the answer is not one the API documents"),
        };
        let error = match status {
            Some(status) => error.with_status(status),
            None => error,
        };
        Err(error
            .with_operation(operation)
            .with_request_id(request_id.as_ref().and_then(redact::id_text))
            .with_attempts(attempts))
    }

    /// Makes a generated method's request what the service wants.
    fn outgoing(&self, draft: Draft, operation: &Operation) -> Result<Outgoing> {
        let endpoint = self.pipeline.endpoint().as_str();
        let path = draft.target.split('?').next().unwrap_or_default();
        route::check(
            endpoint.len() + draft.target.len(),
            path,
            operation.template,
        )?;
        let version = self.version(operation)?;
        let target = match operation.service.version {
            VersionPlace::Query => route::append_query(draft.target, API_VERSION, &version),
            VersionPlace::Path => route::insert_version(&draft.target, &version),
        };
        let body = draft
            .body
            .transpose()
            .map_err(|why| Error::config("the request cannot be built").with_source(why))?;
        let target = PathAndQuery::try_from(target)
            .map_err(|why| Error::config("the request cannot be built").with_source(why))?;
        self.addressed(draft.method, target, body, operation)
    }

    /// The request for the page that a link leads to.
    fn linked(&self, link: &str, operation: &Operation) -> Result<Outgoing> {
        let url = self.pipeline.endpoint().join(link)?;
        let target = url[Position::BeforePath..Position::AfterQuery].to_owned();
        let version = self.version(operation)?;
        let target = match operation.service.version {
            VersionPlace::Query => route::append_query(target, API_VERSION, &version),
            // A link has its version, and is not ours to rewrite.
            VersionPlace::Path => target,
        };
        self.addressed(Method::GET, page_target(target)?, None, operation)
    }

    fn version(&self, operation: &Operation) -> Result<Cow<'_, str>> {
        let chosen = self.options.api_version.as_ref();
        operation.version(chosen.or(self.api_version.as_ref()), self.fields)
    }

    fn addressed(
        &self,
        method: Method,
        target: PathAndQuery,
        body: Option<Vec<u8>>,
        operation: &Operation,
    ) -> Result<Outgoing> {
        let name = operation.service.client_request_id.clone();
        Ok(Outgoing {
            method,
            target,
            client_request_id: (name, self.client_request_id()?),
            content_type: operation.content_type,
            body: body.map(Bytes::from),
        })
    }

    /// The id that the client gives the call.
    fn client_request_id(&self) -> Result<HeaderValue> {
        let Some(id) = &self.options.client_request_id else {
            let mut text = uuid::Uuid::encode_buffer();
            let text = uuid::Uuid::new_v4().hyphenated().encode_lower(&mut text);
            return pipeline::header(&*text);
        };
        let fits = !id.is_empty() && id.len() <= 128 && id.is_ascii();
        let value = fits.then(|| HeaderValue::from_str(id).ok()).flatten();
        value.ok_or_else(|| {
            Error::config("client request id: give 1 to 128 visible ASCII characters")
        })
    }

    async fn send(&self, request: &Outgoing, operation: &'static Operation) -> Result<Reply> {
        let retry = self.options.retry.as_ref().unwrap_or(self.pipeline.retry());
        let retry: Cow<'_, RetryPolicy> = match self.options.timeout {
            Some(timeout) => Cow::Owned(retry.clone().deadline(timeout)),
            None => Cow::Borrowed(retry),
        };
        let call = Call {
            operation: operation.id,
            repeat: self.repeat.unwrap_or(if operation.idempotent {
                Repeat::Always
            } else {
                Repeat::Unprocessed
            }),
            retry: &retry,
            credential: self.credential.as_ref(),
            limits: self.limits.as_deref(),
        };
        self.pipeline.send(request, call).await
    }

    fn keep(&self, outcome: impl FnOnce() -> Outcome) {
        if let Some(slot) = &self.outcome {
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome());
        }
    }
}

/// What is requested to get the page that a link leads to.
fn page_target(target: String) -> Result<PathAndQuery> {
    PathAndQuery::try_from(target).map_err(|why| {
        let message = "the service's link cannot be requested";
        Error::new(ErrorKind::Decode, message).with_source(why)
    })
}

#[cfg(test)]
mod tests;
