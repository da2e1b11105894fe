//! Owns bulk runs: calls go in as Python makes them, outcomes come out in batches as they end.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::channel::mpsc::{UnboundedSender, unbounded};
use futures::stream::{BoxStream, StreamExt as _};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};
use teams_phone::{RateLimits, Result};
use tokio::sync::Mutex as AsyncMutex;

use crate::args::duration;
use crate::call::{Answer, Call, Work};
use crate::client::{Client, keep};
use crate::errors::raise;

/// Outcomes that are handed over at once at most.
const BATCH: usize = 256;

type Send = Box<dyn FnOnce(teams_phone::Client) -> crate::call::Pending + std::marker::Send>;
type Outcomes = BoxStream<'static, Vec<(u64, Result<Answer>)>>;

/// Many calls, some of them at a time.
#[pyclass(frozen, module = "teams_phone._native")]
pub(crate) struct Bulk {
    calls: Mutex<Option<UnboundedSender<(u64, Send)>>>,
    outcomes: Arc<AsyncMutex<Option<Outcomes>>>,
    refused: Mutex<Vec<(u64, Py<PyAny>)>>,
}

#[pymethods]
impl Client {
    /// Starts a bulk run. Without `limits` it keeps to the published ones, unless it is `unlimited`.
    #[pyo3(signature = (concurrency, *, limits=None, unlimited=false))]
    fn bulk(
        &self,
        py: Python<'_>,
        concurrency: usize,
        limits: Option<&Bound<'_, PyAny>>,
        unlimited: bool,
    ) -> PyResult<Bulk> {
        let mut bulk = self.client(py)?.bulk().concurrency(concurrency);
        if unlimited {
            bulk = bulk.rate_limits(None);
        } else if let Some(limits) = limits {
            bulk = bulk.rate_limits(rate_limits(limits)?);
        }
        let (sender, calls) = unbounded();
        let outcomes = bulk.run(calls, |client, send: Send| send(client));
        Ok(Bulk {
            calls: Mutex::new(Some(sender)),
            outcomes: Arc::new(AsyncMutex::new(Some(outcomes.ready_chunks(BATCH).boxed()))),
            refused: Mutex::default(),
        })
    }
}

#[pymethods]
impl Bulk {
    /// Adds a call; `key` comes back with its outcome.
    fn put(&self, key: u64, call: &Call) -> PyResult<()> {
        let Work::OfResource(_, send) = call.take()? else {
            return Err(PyTypeError::new_err(
                "bulk runs take calls of the client they were started with",
            ));
        };
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(calls) = &*calls {
            // Nobody receives after `close`, and then nobody waits for an outcome either.
            let _ = calls.unbounded_send((key, send));
        }
        Ok(())
    }

    /// Adds the outcome of a call that could not be made.
    fn fail(&self, key: u64, error: Py<PyAny>) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.push((key, error));
    }

    /// The outcomes since the last time: tuples of key, value and error. One at least, unless it takes more
    /// than `patience` seconds.
    #[pyo3(signature = (patience=None))]
    fn next(&self, patience: Option<f64>) -> Call {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let refused = std::mem::take(&mut *refused);
        let patience = patience.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let patience = if refused.is_empty() {
            patience
        } else {
            Some(Duration::ZERO)
        };
        let outcomes = Arc::clone(&self.outcomes);
        Call::answering(Box::pin(async move {
            let mut outcomes = outcomes.lock().await;
            let batch = match outcomes.as_mut() {
                Some(outcomes) => soon(patience, outcomes.next()).await,
                None => None,
            };
            let batch = batch.unwrap_or_default();
            Ok(Box::new(move |py: Python<'_>| hand_over(py, refused, batch)) as Answer)
        }))
    }

    /// Gives up what has not ended.
    fn close(&self) {
        self.calls
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Ok(mut outcomes) = self.outcomes.try_lock() {
            outcomes.take();
        }
    }
}

/// What comes of it within the time; all the time there is without a limit.
async fn soon<T>(patience: Option<Duration>, next: impl Future<Output = Option<T>>) -> Option<T> {
    match patience {
        Some(patience) => tokio::time::timeout(patience, next).await.ok().flatten(),
        None => next.await,
    }
}

fn hand_over(
    py: Python<'_>,
    refused: Vec<(u64, Py<PyAny>)>,
    batch: Vec<(u64, Result<Answer>)>,
) -> PyResult<Py<PyAny>> {
    let list = PyList::empty(py);
    for (key, error) in refused {
        list.append((key, py.None(), error))?;
    }
    for (key, outcome) in batch {
        let outcome = match outcome {
            Ok(answer) => answer(py),
            Err(error) => Err(raise(py, error)),
        };
        let key = key.into_pyobject(py)?.into_any();
        let (value, error) = match outcome {
            Ok(value) => (value.into_bound(py), py.None().into_bound(py)),
            Err(error) => (
                py.None().into_bound(py),
                error.into_value(py).into_bound(py).into_any(),
            ),
        };
        list.append(PyTuple::new(py, [key, value, error])?)?;
    }
    Ok(list.into_any().unbind())
}

/// Reads `RateLimits` of the Python half.
pub(crate) fn rate_limits(limits: &Bound<'_, PyAny>) -> PyResult<RateLimits> {
    let window: Duration = duration("window", &limits.getattr("window")?)?;
    let mut wanted = RateLimits::new(window, limits.getattr("otherwise")?.extract()?);
    for item in limits
        .getattr("operations")?
        .call_method0("items")?
        .try_iter()?
    {
        let (operation, requests): (String, usize) = item?.extract()?;
        wanted = wanted.limit(keep(&operation), requests);
    }
    Ok(wanted)
}
