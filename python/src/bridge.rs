//! Owns calls from asyncio: one thread for all connections, and a queue of outcomes for each event loop.
//!
//! The thread never touches the interpreter. What has ended goes into the loop's queue; the first entry of an
//! empty queue writes one byte to a socket that the loop watches, and the loop then takes all there is.

use std::collections::HashMap;
use std::io::{ErrorKind, Read as _, Write as _};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll};

use futures::future::{AbortHandle, abortable};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use teams_phone::{Error, Result};

use crate::ask::{self, Ask, Question, Recall};
use crate::call::{Answer, Call, Pending};
use crate::errors::raise;
use crate::fork::{Here, name};
use crate::gate::{self, outside};
use crate::wire::{Ear, Mouth, pair};
use crate::{io, log};

/// What the loop is told.
enum Item {
    Done(u64, Result<Answer>),
    Asked(Question),
}

/// The end of the queue that calls write to.
struct Queue {
    entries: Mutex<Entries>,
    mouth: Mouth,
    changed: Condvar,
}

#[derive(Default)]
struct Entries {
    items: Vec<Item>,
    /// Whether there are items that a thread in `wait` has not been told of.
    fresh: bool,
    closed: bool,
}

impl Queue {
    fn push(&self, item: Item) {
        let mut entries = lock(&self.entries);
        entries.items.push(item);
        if entries.items.len() == 1 {
            entries.fresh = true;
            drop(entries);
            self.changed.notify_one();
            // A full socket wakes the loop as well as one more byte would.
            let _ = (&self.mouth).write(&[1]);
        }
    }

    /// Waits until there is something to take; answers whether there ever will be.
    fn wait(&self) -> bool {
        let mut entries = lock(&self.entries);
        while !entries.fresh && !entries.closed {
            let woken = self.changed.wait(entries);
            entries = woken.unwrap_or_else(PoisonError::into_inner);
        }
        entries.fresh = false;
        !entries.closed
    }
}

/// The calls of one event loop. A forked child can only forget it: to give a call up is to wake the thread, which is
/// the parent's, and that thread may have locked what it writes to.
#[pyclass(frozen, module = "teams_phone._native")]
pub(crate) struct Bridge {
    calls: Here<Calls>,
    ear: Ear,
}

struct Calls {
    queue: Arc<Queue>,
    slots: Mutex<HashMap<u64, (Py<PyAny>, AbortHandle)>>,
    last: AtomicU64,
    passed: Mutex<Weak<Passed>>,
}

/// The questions that calls under way have passed on to their loop. They are taken back with the last of these calls:
/// nothing else makes sure that the loop runs on.
#[derive(Default)]
struct Passed(Mutex<Vec<Weak<Recall>>>);

impl Passed {
    fn add(&self, question: &Question) {
        let mut open = lock(&self.0);
        open.retain(|recall| recall.strong_count() > 0);
        open.push(Arc::downgrade(question.recall()));
    }
}

impl Drop for Passed {
    fn drop(&mut self) {
        for question in lock(&self.0).iter().filter_map(Weak::upgrade) {
            question.recall();
        }
    }
}

#[pymethods]
impl Bridge {
    #[new]
    fn new() -> PyResult<Self> {
        let (ear, mouth) = pair()?;
        let queue = Queue {
            entries: Mutex::default(),
            mouth,
            changed: Condvar::new(),
        };
        let calls = Here::new(Calls {
            queue: Arc::new(queue),
            slots: Mutex::default(),
            last: AtomicU64::new(0),
            passed: Mutex::default(),
        });
        Ok(Self { calls, ear })
    }

    /// What the loop has to watch: it can be read from when `drain` has something to do.
    fn fileno(&self) -> i64 {
        crate::wire::number(&self.ear)
    }

    /// Starts a call, and remembers whose future its outcome belongs to.
    fn submit(&self, py: Python<'_>, future: Py<PyAny>, call: &Call) -> PyResult<u64> {
        let _visit = gate::visit(py);
        log::look(py)?;
        let calls = self.calls.get()?;
        let slot = calls.last.fetch_add(1, Ordering::Relaxed);
        let running = Running {
            pending: call.start()?,
            landing: Landing {
                slot: Some(slot),
                queue: Arc::clone(&calls.queue),
                passed: calls.passed(),
            },
        };
        let (call, task) = abortable(running);
        // Known before it runs, or its outcome would find nobody.
        lock(&calls.slots).insert(slot, (future, task));
        io::submit(call).inspect_err(|_| {
            lock(&calls.slots).remove(&slot);
        })?;
        Ok(slot)
    }

    /// Gives a call up; its connection is closed if an answer is due on it.
    fn cancel(&self, slot: u64) {
        let Ok(calls) = self.calls.get() else { return };
        let entry = lock(&calls.slots).remove(&slot);
        if let Some((_, task)) = entry {
            task.abort();
        }
    }

    /// Hands out what has come, and returns the tokens that are asked for.
    fn drain(&self, py: Python<'_>) -> PyResult<Vec<Ask>> {
        let _visit = gate::visit(py);
        let Ok(calls) = self.calls.get() else {
            // What woke the loop is for the parent's to take.
            return Ok(Vec::new());
        };
        self.hear();
        let items = std::mem::take(&mut lock(&calls.queue.entries).items);
        let mut told = log::flush(py);
        let mut asks = Vec::new();
        for item in items {
            match item {
                Item::Asked(question) => asks.push(Ask::new(question)),
                // Whatever goes wrong with one future, the others get their outcomes.
                Item::Done(slot, outcome) => told = told.and(calls.land(py, slot, outcome)),
            }
        }
        told.map(|()| asks)
    }

    /// Waits until `drain` has something to do, for loops that cannot watch `fileno`; false after `close`.
    fn wait(&self, py: Python<'_>) -> bool {
        let calls = self.calls.get();
        calls.is_ok_and(|calls| outside(py, || calls.queue.wait()))
    }

    /// How many calls are under way.
    fn pending(&self) -> usize {
        self.calls.get().map_or(0, |calls| lock(&calls.slots).len())
    }

    /// Gives all calls up.
    fn close(&self) {
        let Ok(calls) = self.calls.get() else { return };
        lock(&calls.queue.entries).closed = true;
        calls.queue.changed.notify_all();
        let slots = std::mem::take(&mut *lock(&calls.slots));
        for (_, task) in slots.values() {
            task.abort();
        }
    }
}

impl Calls {
    /// Where calls under way note what they pass on.
    fn passed(&self) -> Arc<Passed> {
        let mut passed = lock(&self.passed);
        passed.upgrade().unwrap_or_else(|| {
            let first = Arc::default();
            *passed = Arc::downgrade(&first);
            first
        })
    }

    fn land(&self, py: Python<'_>, slot: u64, outcome: Result<Answer>) -> PyResult<()> {
        let Some((future, _)) = lock(&self.slots).remove(&slot) else {
            return Ok(());
        };
        let outcome = match outcome {
            Ok(answer) => answer(py),
            Err(error) => Err(raise(py, error)),
        };
        let future = future.bind(py);
        let told = match outcome {
            Ok(value) => future.call_method1(name!(py, "set_result"), (value,)),
            Err(error) => {
                let error = error.into_value(py);
                future.call_method1(name!(py, "set_exception"), (error,))
            }
        };
        match told {
            Ok(_) => Ok(()),
            // Cancelled, but its coroutine has not had its turn yet.
            Err(_) if future.call_method0(name!(py, "done"))?.is_truthy()? => Ok(()),
            Err(error) => Err(error),
        }
    }
}

impl Bridge {
    /// Takes the bytes that woke the loop.
    fn hear(&self) {
        let mut bytes = [0; 64];
        loop {
            match (&self.ear).read(&mut bytes) {
                Ok(read) if read == bytes.len() => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                _ => return,
            }
        }
    }
}

/// A call on the thread of connections.
pub(crate) struct Running {
    pending: Pending,
    landing: Landing,
}

impl Future for Running {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let polled = self.pending.as_mut().poll(context);
        for question in ask::asked() {
            self.landing.passed.add(&question);
            self.landing.queue.push(Item::Asked(question));
        }
        polled.map(|outcome| self.landing.land(outcome))
    }
}

/// Sees to it that a call has an outcome, even if it breaks.
struct Landing {
    slot: Option<u64>,
    queue: Arc<Queue>,
    passed: Arc<Passed>,
}

impl Landing {
    fn land(&mut self, outcome: Result<Answer>) {
        if let Some(slot) = self.slot.take() {
            self.queue.push(Item::Done(slot, outcome));
        }
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        if gate::is_ending() {
            // Nobody is woken, only to complain that the interpreter ends.
            return;
        }
        let kind = teams_phone::ErrorKind::Operation;
        self.land(Err(Error::new(
            kind,
            "the call was ended before it had an outcome",
        )));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The error of a process that is about to end.
pub(crate) fn ending() -> PyErr {
    PyRuntimeError::new_err("the interpreter is shutting down; no call can be made any more")
}
