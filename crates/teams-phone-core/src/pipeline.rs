//! Owns one call on the wire: authorise, send, read, and the loop that repeats it; knows no operation.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};

use crate::clock::Clock;
use crate::retry::{self, Budget, Cause, Repeat};
use crate::transport::Connections;
use crate::{
    AccessKey, Credential, Endpoint, Error, ErrorKind, RateLimits, Result, RetryPolicy, Secret,
    TokenRequest,
};
use crate::{redact, sign};

mod builder;
mod challenge;
mod outgoing;
mod read;
mod skew;

pub use builder::PipelineBuilder;
pub(crate) use outgoing::Outgoing;
pub(crate) use read::read_response;
use read::{Broken, broken, cut, read, unsent};
use skew::Skew;

const X_MS_DATE: HeaderName = HeaderName::from_static("x-ms-date");
const X_MS_CONTENT_SHA256: HeaderName = HeaderName::from_static("x-ms-content-sha256");

/// Sends the calls of one resource: holds its endpoint, credential, connections and retry budget.
///
/// Cloning is cheap and shares all of it.
#[derive(Clone)]
pub struct Pipeline(Arc<Shared>);

struct Shared {
    connections: Connections,
    endpoint: Endpoint,
    credential: Credential,
    scopes: &'static [&'static str],
    retry: RetryPolicy,
    clock: Arc<dyn Clock>,
    budget: Budget,
    skew: Skew,
}

/// An answer with its whole body, whatever its status.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The wait that the service asks for.
    pub(crate) wait: Option<Duration>,
    pub(crate) attempts: u32,
    /// How far the service's clock is ahead of this machine's, in seconds, if it was corrected.
    pub(crate) skew: i64,
}

/// What one attempt is authorised with.
enum Proof<'a> {
    Key(&'a AccessKey),
    Bearer(Secret),
}

/// What the loop has to know of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    pub(crate) operation: &'static str,
    pub(crate) repeat: Repeat,
    pub(crate) retry: &'a RetryPolicy,
    /// Instead of the pipeline's own.
    pub(crate) credential: Option<&'a Credential>,
    pub(crate) limits: Option<&'a RateLimits>,
}

impl Pipeline {
    /// Starts to build a pipeline.
    #[must_use]
    pub fn builder(endpoint: Endpoint, credential: Credential) -> PipelineBuilder {
        PipelineBuilder::new(endpoint, credential)
    }

    /// The resource's address.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.0.endpoint
    }

    /// Where time and chance come from.
    #[must_use]
    pub fn clock(&self) -> &dyn Clock {
        &*self.0.clock
    }

    /// How far the service's clock is ahead of this machine's, once a refused signature has shown it.
    ///
    /// Zero until then, and for differences below a minute. Signatures are dated with the service's time.
    #[must_use]
    pub fn clock_skew_seconds(&self) -> i64 {
        self.0.skew.seconds()
    }

    pub(crate) fn retry(&self) -> &RetryPolicy {
        &self.0.retry
    }

    /// Sends a request until it is answered for good, or fails for good.
    pub(crate) async fn send(&self, request: &Outgoing, call: Call<'_>) -> Result<Reply> {
        let credential = call.credential.unwrap_or(&self.0.credential);
        self.within_limits(call).await;
        let mut started = self.0.clock.elapsed();
        let mut attempts = 0;
        let mut renewed = None;
        let mut asked = false;
        loop {
            let asked_at = self.0.clock.elapsed();
            let Some(left) = call.retry.deadline_left(asked_at.saturating_sub(started)) else {
                return Err(timed_out(attempts));
            };
            let proof = match renewed.take() {
                Some(proof) => proof,
                None => self.proof_within(credential, None, left).await?,
            };
            let sent = match &proof {
                // A key is at hand: no time has passed.
                Proof::Key(_) => asked_at,
                Proof::Bearer(_) => self.0.clock.elapsed(),
            };
            if credential.is_interactive() {
                started += sent.saturating_sub(asked_at);
            }
            let Some(time) = call.retry.time_left(sent.saturating_sub(started)) else {
                return Err(timed_out(attempts));
            };
            attempts += 1;
            let outcome = self.attempt(request, &proof, time).await;
            let cause = match &outcome {
                Ok(reply) => {
                    self.note(&call, attempts, sent, Ok(reply));
                    if reply.status == StatusCode::UNAUTHORIZED && !asked {
                        asked = true;
                        renewed = self.renewed(credential, &proof, reply, time).await;
                        if renewed.is_some() {
                            self.within_limits(call).await;
                            continue;
                        }
                    }
                    Some(Cause::Status(reply.status.as_u16(), reply.wait))
                }
                Err(broken) => {
                    self.note(&call, attempts, sent, Err(&broken.error));
                    broken.cause
                }
            };
            if let Some(wait) = cause.and_then(|cause| self.wait(cause, call, attempts, started)) {
                self.0.clock.sleep(wait).await;
                self.within_limits(call).await;
                continue;
            }
            return match outcome {
                Ok(reply) => {
                    if reply.status.is_success() {
                        self.0.budget.refund();
                    }
                    let skew = self.0.skew.seconds();
                    Ok(Reply {
                        attempts,
                        skew,
                        ..reply
                    })
                }
                Err(broken) => {
                    let unknown = broken.cause.is_some_and(Cause::may_be_processed);
                    let error = broken.error.with_attempts(attempts);
                    Err(error.with_unknown_outcome(unknown))
                }
            };
        }
    }

    /// Waits until the caller's limits allow another request; a first wait does not count as part of the call.
    async fn within_limits(&self, call: Call<'_>) {
        if let Some(limits) = call.limits {
            limits.acquire(&*self.0.clock, call.operation).await;
        }
    }

    /// What the next attempt proves itself with, unless that takes longer than the call may.
    async fn proof_within<'a>(
        &self,
        credential: &'a Credential,
        refusal: Option<(&Proof<'_>, &Reply)>,
        left: Duration,
    ) -> Result<Proof<'a>> {
        if let Credential::AccessKey(key) = credential {
            return Ok(Proof::Key(key));
        }
        let proof = self.proof(credential, refusal);
        if credential.is_interactive() {
            return proof.await;
        }
        // In real time, as the limit on an attempt is.
        let in_time = tokio::time::timeout(left, proof).await;
        in_time.unwrap_or_else(|_| {
            let message =
                "the time allowed for the call was over before the credential had a token";
            Err(Error::new(ErrorKind::Timeout, message))
        })
    }

    /// What the next attempt proves itself with, after a refusal with something else.
    async fn proof<'a>(
        &self,
        credential: &'a Credential,
        refusal: Option<(&Proof<'_>, &Reply)>,
    ) -> Result<Proof<'a>> {
        let credential = match credential {
            Credential::AccessKey(key) => return Ok(Proof::Key(key)),
            Credential::Token(credential) => credential,
        };
        let claims = refusal.and_then(|(_, reply)| challenge::claims(&reply.headers));
        let mut wanted = TokenRequest::new(self.0.scopes);
        if let Some((Proof::Bearer(token), _)) = refusal {
            wanted = wanted.refused(Some(token)).claims(claims.as_deref());
        }
        let token = credential.get_token(&wanted).await?;
        Ok(Proof::Bearer(token.token))
    }

    /// What a refused request is worth one more try with: another token, or the service's time.
    async fn renewed<'a>(
        &self,
        credential: &'a Credential,
        refused: &Proof<'_>,
        reply: &Reply,
        left: Duration,
    ) -> Option<Proof<'a>> {
        let refusal = Some((refused, reply));
        let proof = match self.proof_within(credential, refusal, left).await {
            Ok(proof) => proof,
            Err(error) => {
                tracing::warn!(%error, "the refused token could not be renewed");
                return None;
            }
        };
        let differs = match (&proof, refused) {
            (Proof::Bearer(new), Proof::Bearer(old)) => new != old,
            _ => self.0.skew.learn(&reply.headers, self.0.clock.now()),
        };
        differs.then_some(proof)
    }

    fn wait(
        &self,
        cause: Cause,
        call: Call<'_>,
        attempts: u32,
        started: Duration,
    ) -> Option<Duration> {
        if !cause.is_worth_repeating(call.repeat) {
            return None;
        }
        let spent = self.0.clock.elapsed().saturating_sub(started);
        let jitter = self.0.clock.jitter();
        let wait = call
            .retry
            .wait(&cause, call.repeat, attempts, spent, jitter)?;
        self.0.budget.take().then_some(wait)
    }

    async fn attempt(
        &self,
        request: &Outgoing,
        proof: &Proof<'_>,
        time: Duration,
    ) -> std::result::Result<Reply, Broken> {
        let mut headers = request.headers();
        let body = request.body.clone().unwrap_or_default();
        let proven = self.authorize(request, &body, &mut headers, proof);
        proven.map_err(|error| Broken { cause: None, error })?;
        let (method, target) = (request.method.clone(), request.target.clone());
        let sent = self.0.connections.send(method, target, headers, body);
        let exchange = async { read(sent.await.map_err(unsent)?, cut).await };
        let read = tokio::time::timeout(time, exchange).await;
        let mut reply = read.unwrap_or_else(|_| Err(broken(Cause::Timeout)))?;
        if reply.status != StatusCode::OK || reply.headers.contains_key(RETRY_AFTER) {
            reply.wait = retry::server_wait(&reply.headers, self.0.clock.now());
        }
        Ok(reply)
    }

    /// Adds the headers that prove who sends a request.
    fn authorize(
        &self,
        request: &Outgoing,
        body: &[u8],
        headers: &mut HeaderMap,
        proof: &Proof<'_>,
    ) -> Result<()> {
        let value = match proof {
            Proof::Key(key) => {
                let now = self.0.skew.correct(self.0.clock.now());
                let date = httpdate::fmt_http_date(now);
                let content_sha256 = sign::content_sha256(body);
                let value = sign::authorization(
                    key,
                    &sign::parts(
                        request.method.as_str(),
                        request.target.as_str(),
                        &date,
                        self.0.endpoint.authority(),
                        &content_sha256,
                    ),
                );
                headers.insert(X_MS_DATE, header(date)?);
                headers.insert(X_MS_CONTENT_SHA256, header(content_sha256)?);
                value
            }
            Proof::Bearer(token) => ["Bearer ", token.expose()].concat(),
        };
        headers.insert(AUTHORIZATION, secret_header(value)?);
        Ok(())
    }

    fn note(
        &self,
        call: &Call<'_>,
        attempt: u32,
        sent: Duration,
        outcome: std::result::Result<&Reply, &Error>,
    ) {
        if !tracing::enabled!(tracing::Level::DEBUG) {
            return;
        }
        let operation = call.operation;
        let elapsed = self.0.clock.elapsed().saturating_sub(sent);
        match outcome {
            Ok(reply) => {
                let status = reply.status.as_u16();
                let request_id = redact::request_id(&reply.headers).and_then(redact::id_text);
                tracing::debug!(operation, attempt, ?elapsed, status, request_id, "answered");
            }
            Err(error) => tracing::debug!(operation, attempt, ?elapsed, %error, "no answer"),
        }
    }
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline")
            .field("endpoint", &self.0.endpoint)
            .field("credential", &self.0.credential)
            .field("retry", &self.0.retry)
            .finish_non_exhaustive()
    }
}

/// A text as the value of a header.
pub(crate) fn header<T>(text: T) -> Result<HeaderValue>
where
    HeaderValue: TryFrom<T>,
{
    HeaderValue::try_from(text)
        .map_err(|_| Error::config("a header value has an illegal character"))
}

fn secret_header(text: String) -> Result<HeaderValue> {
    let mut value = HeaderValue::try_from(text).map_err(|_| {
        Error::new(
            ErrorKind::Credential,
            "the credential has a character that a header cannot carry",
        )
    })?;
    value.set_sensitive(true);
    Ok(value)
}

fn timed_out(attempts: u32) -> Error {
    Error::new(ErrorKind::Timeout, "the time allowed for the call is over").with_attempts(attempts)
}
