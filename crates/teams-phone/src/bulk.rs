//! Owns running many calls at a time: how many at once, how fast, and in which order results come.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures::stream::{BoxStream, Stream, StreamExt as _};
use teams_phone_core::{RateLimits, Result};

use crate::Client;

const CONCURRENCY: usize = 16;

/// The window over which the service counts.
const WINDOW: Duration = Duration::from_secs(30);

/// The limits that Microsoft publishes for identities, in requests per window and resource.
const PUBLISHED: [(&str, usize); 5] = [
    ("identity_create", 1000),
    ("identity_delete", 500),
    ("identity_issue_token", 1000),
    ("identity_revoke_tokens", 500),
    ("teams_user_exchange_token", 500),
];

/// What is used for operations without a published limit, assignments among them: the lowest of the others.
const UNPUBLISHED: usize = 500;

/// What a client keeps to by default.
pub(crate) fn published_limits() -> RateLimits {
    let limits = RateLimits::new(WINDOW, UNPUBLISHED);
    PUBLISHED
        .into_iter()
        .fold(limits, |limits, (operation, requests)| {
            limits.limit(operation, requests)
        })
}

/// How far a bulk run is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Calls that have ended, failed ones included.
    pub done: usize,
    /// Calls that have failed.
    pub failed: usize,
}

/// Runs many calls at a time; got from [`Client::bulk`].
///
/// Items are taken from a stream as places become free and results are given out as calls end, so a run
/// needs memory for the calls in flight only, however many items there are. Dropping the stream of results
/// cancels what is in flight.
///
/// ```
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// # let emulator = teams_phone_emulator::Emulator::builder().start().await?;
/// # let client = teams_phone::Client::from_connection_string(&emulator.connection_string())?;
/// use futures::{StreamExt, stream};
/// use teams_phone::{ObjectId, PrincipalType, TenantId};
///
/// let tenant: TenantId = "87d349ed-44d7-43e1-9a83-5f2406dee5bd".parse()?;
/// let accounts: Vec<ObjectId> = vec![
///     "e5b7f628-ea94-4fdc-b3d9-1af1fe231111".parse()?,
///     "0c0d5a3e-9a53-4c8b-8f0a-3a1f5b1c2d3e".parse()?,
/// ];
/// let rows = stream::iter(accounts.into_iter().enumerate());
/// let mut results = client.bulk().concurrency(8).run(rows, move |client, account| {
///     let assignments = client.assignments();
///     let ensure = assignments.ensure(&tenant, &account, PrincipalType::ResourceAccount);
///     async move { ensure.await }
/// });
/// while let Some((row, result)) = results.next().await {
///     println!("row {row}: {:?}", result?.outcome);
/// }
/// # Ok(())
/// # }
/// # tokio::runtime::Runtime::new()?.block_on(run())?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a bulk run does nothing until its results are consumed"]
pub struct Bulk {
    client: Client,
    concurrency: usize,
    limits: Option<Arc<RateLimits>>,
    on_progress: Option<OnProgress>,
}

type OnProgress = Box<dyn Fn(Progress) + Send>;

impl Bulk {
    pub(crate) fn new(client: Client) -> Self {
        Self {
            limits: Some(client.default_limits()),
            client,
            concurrency: CONCURRENCY,
            on_progress: None,
        }
    }

    /// How many calls are in flight at once; default 16, at least 1.
    pub fn concurrency(mut self, calls: usize) -> Self {
        self.concurrency = calls.max(1);
        self
    }

    /// How many requests may be sent, per operation and window, retries included.
    ///
    /// Default: the limits that Microsoft publishes (1,000 creations or tokens, 500 deletions, revocations
    /// or exchanges per 30 s), and 500 per 30 s where none is published; all runs of a client and its clones
    /// share these. `None` sends as fast as it can.
    pub fn rate_limits(mut self, limits: impl Into<Option<RateLimits>>) -> Self {
        self.limits = limits.into().map(Arc::new);
        self
    }

    /// Is told how far the run is, after every call.
    pub fn on_progress(mut self, callback: impl Fn(Progress) + Send + 'static) -> Self {
        self.on_progress = Some(Box::new(callback));
        self
    }

    /// Makes a call for each item; each result comes with its item's key, as soon as its call ends.
    ///
    /// A failed call does not stop the others.
    pub fn run<K, I, T, F>(
        self,
        items: impl Stream<Item = (K, I)> + Send + 'static,
        call: impl Fn(Client, I) -> F + Send + 'static,
    ) -> BoxStream<'static, (K, Result<T>)>
    where
        K: Send + 'static,
        I: Send + 'static,
        T: Send + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
    {
        let client = match self.limits {
            Some(limits) => self.client.with_rate_limits(limits),
            None => self.client,
        };
        let on_progress = self.on_progress;
        let mut progress = Progress::default();
        items
            .map(move |(key, item)| {
                let call = call(client.clone(), item);
                async move { (key, call.await) }
            })
            .buffer_unordered(self.concurrency)
            .inspect(move |(_, result)| {
                progress.done += 1;
                progress.failed += usize::from(result.is_err());
                if let Some(on_progress) = &on_progress {
                    on_progress(progress);
                }
            })
            .boxed()
    }
}

impl fmt::Debug for Bulk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bulk")
            .field("client", &self.client)
            .field("concurrency", &self.concurrency)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
