//! Owns blocking calls: the thread that calls drives the connections itself.
//!
//! There is no other thread, so a blocking client costs nothing between calls and survives a fork. The
//! interpreter is free while a call waits; every tick it is asked whether a signal has come.

use std::future::poll_fn;
use std::mem;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::Poll;
use std::time::{Duration, Instant};

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use teams_phone::{ErrorKind, Result};

use crate::ask::{self, Question};
use crate::call::{Answer, Call, Pending};
use crate::errors::raise;
use crate::fork::{PerProcess, foreign, generation};
use crate::gate::{self, outside};
use crate::log;

/// How long a signal may wait.
const TICK: Duration = Duration::from_millis(50);
/// After a pause of this length connections may have been closed by the other side without us noticing.
const PAUSE_MS: u64 = 20;
/// Turns that the driver is given to notice it.
const TURNS: usize = 4;

/// Why the driver came back.
enum Event {
    Done(Result<Answer>),
    Asked(Vec<Question>),
    Tick,
}

/// A runtime that is never waited for when it ends.
pub(crate) struct Owned(Option<tokio::runtime::Runtime>);

impl Owned {
    pub(crate) fn new() -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        Ok(Self(Some(runtime)))
    }

    pub(crate) fn get(&self) -> Option<&tokio::runtime::Runtime> {
        self.0.as_ref()
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// Runs calls on the thread that asks for them; threads may share one.
#[pyclass(frozen, module = "teams_phone._native")]
pub(crate) struct Runtime {
    inner: PerProcess<Arc<Owned>>,
    used: AtomicU64,
    closed: AtomicBool,
}

#[pymethods]
impl Runtime {
    #[new]
    fn new() -> Self {
        Self {
            inner: PerProcess::new(),
            used: AtomicU64::new(0),
            closed: AtomicBool::new(false),
        }
    }

    /// Runs a call and returns its answer, or raises why there is none.
    fn run(&self, py: Python<'_>, call: &Call) -> PyResult<Py<PyAny>> {
        if self.closed.load(Ordering::Relaxed) {
            return Err(PyRuntimeError::new_err("the client is closed"));
        }
        let _visit = gate::visit(py);
        log::look(py)?;
        let born = generation();
        let runtime = self.inner.get(|| Owned::new().map(Arc::new))?;
        let mut pending = call.start()?;
        let outcome = self.wait(py, &runtime, &mut pending);
        if born != generation() {
            // What was called in between has forked, and this is the child: runtime and request are the parent's.
            mem::forget((pending, runtime));
            return Err(outcome.err().unwrap_or_else(foreign));
        }
        if was_given_up(&outcome) {
            outside(py, || end(&runtime, pending));
        }
        self.used.store(now_ms(), Ordering::Relaxed);
        match outcome? {
            Ok(answer) => answer(py),
            Err(error) => Err(raise(py, error)),
        }
    }

    /// Lets the connections of calls that were given up notice it.
    fn settle(&self, py: Python<'_>) {
        if let Some(runtime) = self.inner.ours() {
            outside(py, || end(&runtime, ()));
        }
    }

    /// Closes the connections; calls raise from now on.
    fn close(&self, py: Python<'_>) {
        self.closed.store(true, Ordering::Relaxed);
        let runtime = self.inner.take();
        outside(py, || drop(runtime));
    }
}

impl Runtime {
    /// The outcome of a call; an error if Python code raises meanwhile, such as the handler of a signal.
    fn wait(
        &self,
        py: Python<'_>,
        runtime: &Owned,
        pending: &mut Pending,
    ) -> PyResult<Result<Answer>> {
        let mut rested = self.has_rested();
        let born = generation();
        while born == generation() {
            let event = outside(py, || drive(runtime, pending, mem::take(&mut rested)));
            log::flush(py)?;
            match event {
                Event::Done(outcome) => return Ok(outcome),
                Event::Asked(questions) => {
                    for question in questions {
                        question.answer(py)?;
                    }
                }
                Event::Tick => py.check_signals()?,
            }
        }
        Err(foreign())
    }

    fn has_rested(&self) -> bool {
        now_ms().saturating_sub(self.used.load(Ordering::Relaxed)) > PAUSE_MS
    }
}

/// Milliseconds since this was first asked, on a clock that only goes on.
fn now_ms() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    let elapsed = START.get_or_init(Instant::now).elapsed();
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}

/// Whether a request may still be under way, for which nobody waits.
fn was_given_up(outcome: &PyResult<Result<Answer>>) -> bool {
    match outcome {
        Ok(Ok(_)) => false,
        Ok(Err(error)) => error.kind() == ErrorKind::Timeout,
        Err(_) => true,
    }
}

/// Drops what was given up, and lets its connection end at once instead of with the next call.
fn end(runtime: &Owned, given_up: impl Send) {
    if let Some(runtime) = runtime.get() {
        runtime.block_on(async {
            drop(given_up);
            turn().await;
        });
    }
}

/// Lets connections read and write what they can.
pub(crate) async fn turn() {
    for _ in 0..TURNS {
        tokio::task::yield_now().await;
    }
}

fn drive(runtime: &Owned, pending: &mut Pending, rested: bool) -> Event {
    let Some(runtime) = runtime.get() else {
        return Event::Tick;
    };
    runtime.block_on(async {
        if rested {
            turn().await;
        }
        let mut tick = std::pin::pin!(tokio::time::sleep(TICK));
        poll_fn(|context| {
            let polled = pending.as_mut().poll(context);
            // Taken in any case: what asks again does so where it is polled again, on whatever thread.
            let asked = ask::asked();
            if let Poll::Ready(outcome) = polled {
                return Poll::Ready(Event::Done(outcome));
            }
            if !asked.is_empty() {
                return Poll::Ready(Event::Asked(asked));
            }
            tick.as_mut().poll(context).map(|()| Event::Tick)
        })
        .await
    })
}
