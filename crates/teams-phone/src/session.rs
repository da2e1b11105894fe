//! Owns what the clients of both services share: settings, one call, the next page; knows no operation.

use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use teams_phone_core::clock::{Clock, SystemClock};
use teams_phone_core::hooks::{self, Answer, ClientResult, Inner, Operation};
use teams_phone_core::{
    ApiVersion, Credential, Endpoint, Error, Pipeline, RateLimits, RequestOptions, Result,
    RetryPolicy,
};

/// One service as one credential sees it: connections, retry budget and the table of operations.
#[derive(Clone)]
pub(crate) struct Session {
    inner: Arc<Inner>,
    pipeline: Pipeline,
    operations: &'static [Operation],
}

impl Session {
    pub(crate) fn endpoint(&self) -> &Endpoint {
        self.pipeline.endpoint()
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        self.pipeline.clock()
    }

    pub(crate) fn clock_skew_seconds(&self) -> i64 {
        self.pipeline.clock_skew_seconds()
    }

    /// The same session within limits on the requests sent.
    pub(crate) fn with_rate_limits(&self, limits: Arc<RateLimits>) -> Self {
        Self {
            inner: Arc::new((*self.inner).clone().with_rate_limits(limits)),
            ..self.clone()
        }
    }

    /// Makes one call through a generated client and reads its outcome.
    pub(crate) async fn call<T, E, F>(
        &self,
        operation: &'static str,
        options: RequestOptions,
        refine: impl FnOnce(Inner) -> Inner,
        send: impl FnOnce(Inner) -> F,
    ) -> Result<Answer<T>>
    where
        T: DeserializeOwned,
        F: Future<Output = ClientResult<T, E>>,
    {
        let inner = refine(self.inner.for_call(options));
        let result = send(inner.clone()).await;
        inner.finish(operation, result)
    }

    /// Gets the next page of a list from the link that the page before it gave.
    pub(crate) async fn follow<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        options: RequestOptions,
        link: &str,
    ) -> Result<T> {
        let operation = hooks::find(self.operations, operation)
            .ok_or_else(|| Error::config("the list is not an operation of the API"))?;
        let inner = self.inner.for_call(options);
        Ok(inner.follow(operation, link).await?.value)
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("endpoint", self.endpoint())
            .finish_non_exhaustive()
    }
}

/// What both client builders let users set.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    pub(crate) credential: Option<Credential>,
    pub(crate) scopes: Option<&'static [&'static str]>,
    pub(crate) retry: RetryPolicy,
    pub(crate) api_version: Option<ApiVersion>,
    pub(crate) clock: Option<Arc<dyn Clock>>,
    pub(crate) roots: Vec<Vec<u8>>,
}

impl Settings {
    /// Checks the settings and opens the session; makes no connection.
    pub(crate) fn open(
        self,
        endpoint: Endpoint,
        credential: Credential,
        scopes: &'static [&'static str],
        operations: &'static [Operation],
    ) -> Result<Session> {
        if let Some(version) = &self.api_version {
            hooks::check_version(operations, version)?;
        }
        let clock = self
            .clock
            .unwrap_or_else(|| Arc::new(SystemClock::default()));
        let mut pipeline = Pipeline::builder(endpoint, credential)
            .scopes(self.scopes.unwrap_or(scopes))
            .retry(self.retry)
            .clock(clock);
        for pem in self.roots {
            pipeline = pipeline.root_certificates(pem);
        }
        let pipeline = pipeline.build()?;
        Ok(Session {
            inner: Arc::new(Inner::new(pipeline.clone(), self.api_version)),
            pipeline,
            operations,
        })
    }
}

/// The setters that both client builders have, over their field `settings`.
macro_rules! settings {
    () => {
        /// The scopes of the bearer tokens that calls are authorised with; default: the service's own, in
        /// the cloud that the endpoint is in.
        #[must_use]
        pub fn scopes(mut self, scopes: &'static [&'static str]) -> Self {
            self.settings.scopes = Some(scopes);
            self
        }

        /// How calls are retried; see [`RetryPolicy`](crate::RetryPolicy) for the default.
        #[must_use]
        pub fn retry(mut self, retry: crate::RetryPolicy) -> Self {
            self.settings.retry = retry;
            self
        }

        /// Trusts the certificates of a PEM text in addition to the platform's; may be called again.
        #[must_use]
        pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
            self.settings.roots.push(pem.into());
            self
        }

        /// Where time and chance come from; for tests.
        #[must_use]
        pub fn clock(mut self, clock: impl crate::clock::Clock) -> Self {
            self.settings.clock = Some(std::sync::Arc::new(clock));
            self
        }
    };
}
pub(crate) use settings;
