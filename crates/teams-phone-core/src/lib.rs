//! Runtime of the `teams-phone` SDK: signing, credentials, retries, errors and the HTTP pipeline.
//!
//! This crate knows no endpoint and no operation. The low-level clients (`acs-identity-rest` …) call
//! into [`hooks`], the crate people import is `teams-phone`.
//!
//! One call flows through it like this: a generated method builds a request → [`hooks::Inner::execute`]
//! checks the route and adds the API version → the retry loop of [`RetryPolicy`] → one signed attempt of
//! the [`Pipeline`] → the answer, or an [`Error`] that says what failed.

pub mod clock;
mod credential;
mod endpoint;
mod error;
pub mod hooks;
mod options;
mod pipeline;
pub mod poll;
mod rate;
mod redact;
mod retry;
mod secret;
pub mod sign;
mod transport;

pub use credential::{BearerToken, Credential, StaticToken, TokenCredential, TokenRequest};
pub use endpoint::Endpoint;
pub use error::{Error, ErrorDetail, ErrorKind, KNOWN_CODES, KnownCode, Result};
pub use options::{ApiVersion, RequestOptions};
pub use pipeline::{Pipeline, PipelineBuilder};
pub use rate::RateLimits;
pub use retry::{RetryPolicy, server_wait};
pub use secret::Secret;
pub use sign::AccessKey;
pub use transport::HttpClient;
