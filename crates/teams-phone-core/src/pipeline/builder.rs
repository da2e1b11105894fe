//! Owns how a pipeline is put together; sends nothing.

use std::sync::Arc;

use super::{Pipeline, Shared, Skew};
use crate::clock::{Clock, SystemClock};
use crate::retry::Budget;
use crate::{Credential, Endpoint, Result, RetryPolicy, transport};

/// Collects what a [`Pipeline`] is made of.
#[derive(Debug)]
pub struct PipelineBuilder {
    endpoint: Endpoint,
    credential: Credential,
    scopes: &'static [&'static str],
    retry: RetryPolicy,
    clock: Arc<dyn Clock>,
    roots: Vec<Vec<u8>>,
}

impl PipelineBuilder {
    pub(super) fn new(endpoint: Endpoint, credential: Credential) -> Self {
        Self {
            endpoint,
            credential,
            scopes: &[],
            retry: RetryPolicy::default(),
            clock: Arc::new(SystemClock::default()),
            roots: Vec::new(),
        }
    }

    /// The scopes that a bearer token must have; unused with an access key.
    #[must_use]
    pub fn scopes(mut self, scopes: &'static [&'static str]) -> Self {
        self.scopes = scopes;
        self
    }

    /// How calls are retried unless they say otherwise.
    #[must_use]
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// Where time and chance come from.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Trusts the certificates of a PEM text in addition to the platform's.
    #[must_use]
    pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.roots.push(pem.into());
        self
    }

    /// Builds the pipeline; opens no connection and needs no runtime.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if a root certificate cannot be used.
    pub fn build(self) -> Result<Pipeline> {
        let mut roots = Vec::new();
        for pem in &self.roots {
            roots.extend(transport::read_pem(pem)?);
        }
        let connections = transport::connections(&self.endpoint, roots)?;
        Ok(Pipeline(Arc::new(Shared {
            connections,
            endpoint: self.endpoint,
            credential: self.credential,
            scopes: self.scopes,
            retry: self.retry,
            clock: self.clock,
            budget: Budget::new(),
            skew: Skew::default(),
        })))
    }
}
