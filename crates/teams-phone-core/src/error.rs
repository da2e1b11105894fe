//! Owns the one error type of the SDK; knows the service's codes, not its operations.

mod codes;
mod service;

use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use codes::{KNOWN_CODES, KnownCode};
pub(crate) use service::ServiceFailure;

use crate::retry::Cause;

/// The result of an SDK call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of thing went wrong; coarse on purpose, match on it with a wildcard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The input or configuration is wrong; nothing was sent.
    Config,
    /// No usable credential could be had; nothing was sent.
    Credential,
    /// No connection, or the connection broke before an answer came.
    Connect,
    /// The time allowed ran out.
    Timeout,
    /// The service asked to slow down (429).
    Throttled,
    /// The service refused or failed the request.
    Service,
    /// The answer could not be understood.
    Decode,
    /// The call ended, but not in the state asked for.
    Operation,
}

/// Why a call failed.
///
/// [`fmt::Display`] says what failed in one line, without the [`StdError::source`] text: print the chain
/// to see both. No secret is ever part of an error.
///
/// # Troubleshooting
/// [`Error::hint`] says what to do about the failures that have a known cause, such as a role that is
/// missing or a GUID of the wrong kind.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone, Default)]
struct Inner {
    kind: Option<ErrorKind>,
    api: Option<&'static str>,
    operation: Option<&'static str>,
    status: Option<u16>,
    code: Option<String>,
    message: String,
    target: Option<String>,
    details: Vec<ErrorDetail>,
    permissions: Vec<String>,
    request_id: Option<String>,
    client_request_id: Option<String>,
    retry_after: Option<Duration>,
    attempts: u32,
    outcome_unknown: bool,
    found: Option<Found>,
    hint: Option<String>,
    /// Shared, so that callers who wait for one answer can all be told why it failed.
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// What the client itself found, where the service answered no status for it.
#[derive(Clone, Copy, PartialEq)]
enum Found {
    Nothing,
    Conflict,
}

/// One entry of the details that the service gives with an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorDetail {
    /// The service's code.
    pub code: String,
    /// The service's words.
    pub message: String,
    /// The field it is about.
    pub target: Option<String>,
    /// Everything else, by name; what is not text stands as JSON.
    pub more: BTreeMap<String, String>,
}

impl ErrorDetail {
    /// Makes an entry.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
            ..Self::default()
        }
    }

    /// Names the field or thing it is about.
    #[must_use]
    pub fn about(mut self, target: impl Into<String>) -> Self {
        self.target = Some(target.into());
        self
    }
}

impl Error {
    /// Makes an error of a kind with a message in lower case and without a full stop.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind: Some(kind),
            message: message.into(),
            ..Inner::default()
        }))
    }

    /// Makes an error about input or configuration that is refused before anything is sent.
    pub fn config(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Config, message)
    }

    /// Makes an error about a thing that was looked for and is not there.
    pub fn not_found(message: impl Into<String>) -> Self {
        let mut error = Self::new(ErrorKind::Operation, message);
        error.0.found = Some(Found::Nothing);
        error
    }

    /// Makes an error about a state that contradicts the one asked for.
    pub fn conflict(message: impl Into<String>) -> Self {
        let mut error = Self::new(ErrorKind::Operation, message);
        error.0.found = Some(Found::Conflict);
        error
    }

    /// Names the call that failed.
    #[must_use]
    pub fn with_operation(mut self, operation: &'static str) -> Self {
        self.0.operation.get_or_insert(operation);
        self
    }

    /// Puts what it means for the caller behind the message.
    #[must_use]
    pub fn with_context(mut self, context: &str) -> Self {
        self.0.message = format!("{}; {context}", self.0.message);
        self
    }

    /// Names what it is about: a field, or the id of an operation.
    #[must_use]
    pub fn with_target(mut self, target: impl Into<String>) -> Self {
        self.0.target = Some(target.into());
        self
    }

    /// Adds what else is known, one entry each.
    #[must_use]
    pub fn with_details(mut self, details: Vec<ErrorDetail>) -> Self {
        self.0.details = details;
        self
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(Arc::from(source.into()));
        self
    }

    /// Says what to do about it, where that is known better than from the code.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// The kind of failure.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind.unwrap_or(ErrorKind::Service)
    }

    /// The call that failed, such as `teams_extension_assignment_put`.
    #[must_use]
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }

    /// The HTTP status, when the service answered.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The service's error code, such as `IdentityNotOwned`; absent when the body had none.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// What went wrong, in one sentence: the service's words, or ours.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What it is about: the field that the service says is wrong, or the id of an operation.
    #[must_use]
    pub fn target(&self) -> Option<&str> {
        self.0.target.as_deref()
    }

    /// What the service added to its error, nested entries flattened in order.
    #[must_use]
    pub fn details(&self) -> &[ErrorDetail] {
        &self.0.details
    }

    /// The permissions any of which would do, when the service refuses for want of one and names them.
    #[must_use]
    pub fn accepted_permissions(&self) -> &[String] {
        &self.0.permissions
    }

    /// The service's id of the request (`MS-CV`, or Microsoft Graph's `request-id`), which Microsoft's
    /// support asks for.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The id this client gave the call (`x-ms-client-request-id`, or Microsoft Graph's `client-request-id`),
    /// the same on every attempt.
    #[must_use]
    pub fn client_request_id(&self) -> Option<&str> {
        self.0.client_request_id.as_deref()
    }

    /// How long the service asked to wait before the next try.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// How many times the request was sent; 0 when it was refused before.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Whether the same call may succeed later without a change.
    ///
    /// # Troubleshooting
    /// The client has already retried what was safe to repeat. For a call that is not idempotent, check
    /// what the service did before repeating it.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self.kind() {
            ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Throttled => true,
            ErrorKind::Service => self.known().is_some_and(|row| row.retry_helps),
            _ => false,
        }
    }

    /// Whether the request may have had its effect although the call failed: the answer was lost or late, or
    /// a gateway failed.
    ///
    /// # Troubleshooting
    /// Read the thing before repeating a call that is not idempotent.
    #[must_use]
    pub fn is_outcome_unknown(&self) -> bool {
        self.0.outcome_unknown
    }

    /// Whether the thing does not exist: the service says so (404), or a search found nothing.
    ///
    /// # Troubleshooting
    /// For an assignment this means that no consent is stored under this tenant and object id; check that
    /// the tenant is the Teams tenant and the id is the object id, not an app id.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(404) || self.0.found == Some(Found::Nothing)
    }

    /// Whether the call contradicts the state of the service: it says so (409 or 412), or a look showed it.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        matches!(self.status(), Some(409 | 412)) || self.0.found == Some(Found::Conflict)
    }

    /// Whether the caller is not allowed to do this (401 or 403).
    ///
    /// # Troubleshooting
    /// The service answers 401 for a wrong key or signature, but also for an identity of another resource
    /// (`IdentityNotOwned`): read [`Error::code`] and [`Error::hint`].
    #[must_use]
    pub fn is_permission(&self) -> bool {
        matches!(self.status(), Some(401 | 403))
    }

    /// What to do about it, when the cause is known from the code or status.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        let known = || self.known().map(|row| row.hint);
        self.0.hint.as_deref().or_else(known)
    }

    /// Reads the answer of an API, named as its folder under `specs/`, as the client reads it.
    ///
    /// For answers that were recorded, or came another way; whatever the body is, there is an error.
    #[must_use]
    pub fn from_answer(api: &'static str, status: u16, body: &[u8]) -> Self {
        Self::from_service(api, status, ServiceFailure::read(status, body))
    }

    fn known(&self) -> Option<&'static KnownCode> {
        codes::known(self.0.api, self.status(), self.code())
    }

    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    pub(crate) fn with_request_id(mut self, id: Option<String>) -> Self {
        self.0.request_id = id.or(self.0.request_id);
        self
    }

    pub(crate) fn with_client_request_id(mut self, id: &str) -> Self {
        self.0.client_request_id = Some(id.to_owned());
        self
    }

    pub(crate) fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait;
        self
    }

    /// Says whether the request may have had its effect all the same.
    #[must_use]
    pub fn with_unknown_outcome(mut self, unknown: bool) -> Self {
        self.0.outcome_unknown = unknown;
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    pub(crate) fn from_service(api: &'static str, status: u16, failure: ServiceFailure) -> Self {
        let kind = if status == 429 {
            ErrorKind::Throttled
        } else {
            ErrorKind::Service
        };
        Self(Box::new(Inner {
            kind: Some(kind),
            api: Some(api),
            status: Some(status),
            code: failure.code,
            message: failure.message,
            target: failure.target,
            details: failure.details,
            permissions: failure.permissions,
            outcome_unknown: Cause::Status(status, None).may_be_processed(),
            request_id: failure.request_id,
            ..Inner::default()
        }))
        .with_action(failure.action)
    }

    /// Joins what the service says should be done to what is known of the code.
    fn with_action(mut self, action: Option<String>) -> Self {
        let missing = self.0.permissions.join(" or ");
        let missing = Some(missing).filter(|missing| !missing.is_empty());
        let missing = missing.map(|missing| format!("the token needs {missing}"));
        let action = action.map(|action| format!("the service says: {action}"));
        if missing.is_some() || action.is_some() {
            let known = self.known().map(|row| row.hint.to_owned());
            let parts: Vec<String> = [missing, known, action].into_iter().flatten().collect();
            self.0.hint = Some(parts.join("; "));
        }
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        if let Some(operation) = inner.operation {
            write!(f, "{operation}: ")?;
        }
        f.write_str(&inner.message)?;
        let facts = [
            inner.status.map(|status| status.to_string()),
            inner.code.as_ref().map(|code| format!("code `{code}`")),
            inner
                .target
                .as_ref()
                .map(|target| format!("target `{target}`")),
            inner
                .request_id
                .as_ref()
                .map(|id| format!("request id {id}")),
        ];
        let facts: Vec<String> = facts.into_iter().flatten().collect();
        if !facts.is_empty() {
            write!(f, " ({})", facts.join(", "))?;
        }
        if inner.attempts > 1 {
            write!(f, " after {} attempts", inner.attempts)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.kind())
            .field("operation", &self.0.operation)
            .field("status", &self.0.status)
            .field("code", &self.0.code)
            .field("message", &self.0.message)
            .field("target", &self.0.target)
            .field("details", &self.0.details)
            .field("accepted_permissions", &self.0.permissions)
            .field("request_id", &self.0.request_id)
            .field("client_request_id", &self.0.client_request_id)
            .field("retry_after", &self.0.retry_after)
            .field("attempts", &self.0.attempts)
            .field("source", &self.0.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests;
