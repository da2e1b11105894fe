//! Owns bulk runs: calls go in as Python makes them, outcomes come out in batches as they end.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::channel::mpsc::{UnboundedSender, unbounded};
use futures::stream::{BoxStream, StreamExt as _};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};
use teams_phone::{RateLimits, Result};

use crate::args::{duration, operation, refuse, text, whole};
use crate::call::{Answer, Call, Work, prepare};
use crate::client::Client;
use crate::errors::raise;
use crate::fork::Here;
use crate::gate;
use crate::runtime::turn;

/// Outcomes that are handed over at once at most.
const BATCH: usize = 256;

type Send = Box<dyn FnOnce(teams_phone::Client) -> crate::call::Pending + std::marker::Send>;
type Calls = UnboundedSender<(u64, Send)>;
type Outcomes = BoxStream<'static, Vec<(u64, Result<Answer>)>>;

/// Many calls, some of them at a time.
#[pyclass(frozen, module = "teams_phone._native")]
pub(crate) struct Bulk {
    calls: Here<Mutex<Option<Calls>>>,
    outcomes: Here<Arc<Mutex<Run>>>,
    refused: Mutex<Vec<(u64, Py<PyAny>)>>,
    /// Tells the client that the run belongs to.
    client: usize,
}

/// The run, or where it is.
enum Run {
    Idle(Outcomes),
    /// A call of `next` has it.
    Lent,
    Closed,
}

#[pymethods]
impl Client {
    /// Starts a bulk run. Without `limits` it keeps to the published ones, unless it is `unlimited`.
    #[pyo3(signature = (concurrency, *, limits=None, unlimited=false))]
    fn bulk(
        &self,
        py: Python<'_>,
        concurrency: &Bound<'_, PyAny>,
        limits: Option<&Bound<'_, PyAny>>,
        unlimited: bool,
    ) -> PyResult<Bulk> {
        let concurrency = whole("concurrency", concurrency, 1..=i64::MAX)?;
        let client = self.client(py)?;
        let mut bulk = client.bulk().concurrency(concurrency);
        if unlimited {
            bulk = bulk.rate_limits(None);
        } else if let Some(limits) = limits {
            bulk = bulk.rate_limits(rate_limits(limits)?);
        }
        let (sender, calls) = unbounded();
        let outcomes = bulk.run(calls, |client, send: Send| send(client));
        Ok(Bulk {
            calls: Here::new(Mutex::new(Some(sender))),
            outcomes: Here::new(Arc::new(Mutex::new(Run::Idle(
                outcomes.ready_chunks(BATCH).boxed(),
            )))),
            refused: Mutex::default(),
            client: prepare::identity(&client),
        })
    }
}

#[pymethods]
impl Bulk {
    /// Calls a function that prepares a call, and may not make one of the run's client.
    #[pyo3(signature = (function, *arguments))]
    fn prepare(
        &self,
        function: &Bound<'_, PyAny>,
        arguments: &Bound<'_, PyTuple>,
    ) -> PyResult<Py<PyAny>> {
        let _visit = gate::visit(function.py());
        prepare::one(self.client, || function.call1(arguments)).map(Bound::unbind)
    }

    /// Adds a call; `key` comes back with its outcome.
    fn put(&self, key: u64, call: &Call) -> PyResult<()> {
        let Work::OfResource(_, send) = call.take()? else {
            return Err(PyTypeError::new_err(
                "bulk runs take calls of the client they were started with",
            ));
        };
        if let Some(calls) = &*lock(self.calls.get()?) {
            // Nobody receives after `close`, and then nobody waits for an outcome either.
            let _ = calls.unbounded_send((key, send));
        }
        Ok(())
    }

    /// Adds the outcome of a call that could not be made.
    fn fail(&self, key: u64, error: Py<PyAny>) {
        lock(&self.refused).push((key, error));
    }

    /// The outcomes since the last time: tuples of key, value and error. One at least, unless it takes more
    /// than `patience` seconds.
    #[pyo3(signature = (patience=None))]
    fn next(&self, patience: Option<f64>) -> PyResult<Call> {
        let run = Arc::clone(self.outcomes.get()?);
        let refused = std::mem::take(&mut *lock(&self.refused));
        let patience = patience.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let patience = if refused.is_empty() {
            patience
        } else {
            Some(Duration::ZERO)
        };
        Ok(Call::answering(Box::pin(async move {
            let mut loan = Loan::of(&run);
            let batch = match &mut loan.outcomes {
                Some(outcomes) => soon(patience, outcomes.next()).await,
                None => None,
            };
            let batch = batch.unwrap_or_default();
            // Calls that took the places of these are on the wire before the caller takes its time.
            turn().await;
            Ok(Box::new(move |py: Python<'_>| hand_over(py, refused, batch)) as Answer)
        })))
    }

    /// Gives up what has not ended.
    fn close(&self) {
        if let Ok(calls) = self.calls.get() {
            let ended = lock(calls).take();
            drop(ended);
        }
        if let Ok(run) = self.outcomes.get() {
            let idle = std::mem::replace(&mut *lock(run), Run::Closed);
            drop(idle);
        }
    }
}

/// The outcomes in the hands of one call, even if that is given up; then they go back, unless the run is closed.
struct Loan<'a> {
    outcomes: Option<Outcomes>,
    run: &'a Mutex<Run>,
}

impl<'a> Loan<'a> {
    fn of(run: &'a Mutex<Run>) -> Self {
        let mut place = lock(run);
        let outcomes = match std::mem::replace(&mut *place, Run::Lent) {
            Run::Idle(outcomes) => Some(outcomes),
            Run::Lent => None,
            Run::Closed => {
                *place = Run::Closed;
                None
            }
        };
        Self { outcomes, run }
    }
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        if let Some(outcomes) = self.outcomes.take() {
            let mut place = lock(self.run);
            if matches!(*place, Run::Lent) {
                *place = Run::Idle(outcomes);
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
    const GIVE: &str = "a teams_phone.RateLimits, \"published\" or None";
    let field = |name: &str| {
        limits
            .getattr(name)
            .map_err(|_| refuse("rate_limits", limits, GIVE))
    };
    let requests = |what: &str, value: &Bound<'_, PyAny>| whole(what, value, 1..=i64::MAX);
    let window = duration("window", &field("window")?)?;
    let mut wanted = RateLimits::new(window, requests("otherwise", &field("otherwise")?)?);
    let named = field("operations")?;
    let items = named
        .call_method0("items")
        .and_then(|items| items.try_iter());
    let items = items.map_err(|_| {
        refuse(
            "operations",
            &named,
            "a mapping from operations to whole numbers",
        )
    })?;
    for item in items {
        let (name, most): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item?.extract()?;
        let name = operation(limits.py(), &text("an operation of rate_limits", &name)?)?;
        wanted = wanted.limit(name, requests(name, &most)?);
    }
    Ok(wanted)
}
