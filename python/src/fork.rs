//! Owns what a forked child may not touch; knows nothing of what it is.
//!
//! A child has its parent's memory, but none of its threads: runtimes and connections of the parent are
//! neither used nor dropped there, because either would reach into sockets that both have. They are forgotten
//! and made anew when they are next wanted. What another thread has locked or begun at that moment stays so for
//! good: nothing here waits for it.

use std::mem;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

use crate::gate;

static GENERATION: AtomicU64 = AtomicU64::new(0);

/// Counts a fork; called in the child before any other code.
#[pyfunction]
fn after_fork_in_child() {
    GENERATION.fetch_add(1, Ordering::Relaxed);
    gate::after_fork_in_child();
}

/// Asks the interpreter to tell of forks.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    let os = py.import("os")?;
    let Ok(register) = os.getattr("register_at_fork") else {
        return Ok(());
    };
    let named = pyo3::types::PyDict::new(py);
    named.set_item("before", wrap_pyfunction!(crate::settle, module)?)?;
    named.set_item(
        "after_in_child",
        wrap_pyfunction!(after_fork_in_child, module)?,
    )?;
    register.call((), Some(&named))?;
    Ok(())
}

/// Changes with every fork.
#[pyfunction]
pub(crate) fn generation() -> u64 {
    GENERATION.load(Ordering::Relaxed)
}

/// A place for each process of a line: a forked child goes on to the next one, for a thread of its parent's may
/// have locked this one.
pub(crate) struct InTurn<T>(pub(crate) [T; 16]);

impl<T> InTurn<T> {
    /// This process's place.
    pub(crate) fn ours(&self) -> &T {
        let turn = usize::try_from(generation()).unwrap_or_default();
        &self.0[turn % self.0.len()]
    }
}

/// A value that lasts as long as the interpreter, made when first wanted.
///
/// Nobody waits while another thread makes it, as `PyOnceLock` does: threads that come at once all make it, and
/// the first to have it wins.
pub(crate) struct Lasting<T>(OnceLock<T>);

impl<T> Lasting<T> {
    pub(crate) const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// The value, made now if there is none.
    pub(crate) fn get<E>(&self, make: impl FnOnce() -> Result<T, E>) -> Result<&T, E> {
        if let Some(value) = self.0.get() {
            return Ok(value);
        }
        let made = make()?;
        // Runs no Python, so no other thread gets its turn meanwhile.
        Ok(self.0.get_or_init(|| made))
    }

    /// The value, if there is one.
    pub(crate) fn known(&self) -> Option<&T> {
        self.0.get()
    }
}

/// A name that is looked up often, as a text that Python knows by its address.
macro_rules! name {
    ($py:expr, $text:literal) => {{
        static NAME: $crate::fork::Lasting<Py<pyo3::types::PyString>> =
            $crate::fork::Lasting::new();
        let py = $py;
        let made =
            || Ok::<_, std::convert::Infallible>(pyo3::types::PyString::intern(py, $text).unbind());
        let Ok(name) = NAME.get(made);
        name.bind(py)
    }};
}
pub(crate) use name;

/// A value of this process: made when first wanted, and again in a forked child.
pub(crate) struct PerProcess<T>(Mutex<Option<(u64, T)>>);

impl<T: Clone> PerProcess<T> {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// The value, made now if this process has none.
    ///
    /// Nothing is locked while it is made, for that may call into Python. If two threads make one, the first
    /// to have it wins.
    pub(crate) fn get<E>(&self, make: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        if let Some(value) = self.ours() {
            return Ok(value);
        }
        let made = make()?;
        let mut slot = self.lock();
        if let Some(first) = current(&slot) {
            return Ok(first);
        }
        mem::forget(slot.replace((generation(), made.clone())));
        Ok(made)
    }

    /// The value, if this process has one.
    pub(crate) fn ours(&self) -> Option<T> {
        current(&self.lock())
    }
}

fn current<T: Clone>(slot: &Option<(u64, T)>) -> Option<T> {
    let (born, value) = slot.as_ref()?;
    (*born == generation()).then(|| value.clone())
}

impl<T> PerProcess<T> {
    /// Takes the value out, if it is this process's.
    pub(crate) fn take(&self) -> Option<T> {
        match self.lock().take() {
            Some((born, value)) if born == generation() => Some(value),
            inherited => {
                mem::forget(inherited);
                None
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<(u64, T)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Drop for PerProcess<T> {
    fn drop(&mut self) {
        self.take();
    }
}

/// A value that only the process that made it may use or drop.
pub(crate) struct Here<T>(u64, Option<T>);

impl<T> Here<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(generation(), Some(value))
    }

    /// The value, or the error for a forked child.
    pub(crate) fn get(&self) -> PyResult<&T> {
        let ours = self.1.as_ref().filter(|_| self.0 == generation());
        ours.ok_or_else(foreign)
    }

    /// Takes the value out.
    pub(crate) fn into_inner(mut self) -> PyResult<T> {
        self.get()?;
        self.1.take().ok_or_else(foreign)
    }
}

impl<T> Drop for Here<T> {
    fn drop(&mut self) {
        if self.0 != generation() {
            mem::forget(self.1.take());
        }
    }
}

pub(crate) fn foreign() -> PyErr {
    PyRuntimeError::new_err(
        "this was started in the process that this one was forked from; start it anew here",
    )
}
