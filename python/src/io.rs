//! Owns the one thread that carries the connections of all asynchronous clients of this process.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use tokio::runtime::Handle;
use tokio::sync::Notify;

use crate::bridge::ending;
use crate::fork::PerProcess;
use crate::runtime::Owned;

static THREAD: PerProcess<Arc<Thread>> = PerProcess::new();
static ENDING: AtomicBool = AtomicBool::new(false);

struct Thread {
    handle: Handle,
    stop: Arc<Notify>,
    joined: Mutex<Option<JoinHandle<()>>>,
}

/// The thread's runtime; the thread is started if it does not run.
pub(crate) fn handle(py: Python<'_>) -> PyResult<Handle> {
    if ENDING.load(Ordering::Relaxed) {
        return Err(ending());
    }
    let mut started = false;
    let thread = THREAD.get(|| {
        started = true;
        start().map(Arc::new)
    })?;
    if started {
        py.import("atexit")?
            .call_method1("register", (wrap_pyfunction!(stop, py)?,))?;
    }
    Ok(thread.handle.clone())
}

fn start() -> PyResult<Thread> {
    let runtime = Owned::new()?;
    let handle = runtime.get().map(|runtime| runtime.handle().clone());
    let handle = handle.ok_or_else(|| PyRuntimeError::new_err("there is no runtime"))?;
    let stop = Arc::new(Notify::new());
    let stopped = Arc::clone(&stop);
    let thread = std::thread::Builder::new()
        .name("teams-phone-io".to_owned())
        .spawn(move || {
            if let Some(runtime) = runtime.get() {
                runtime.block_on(stopped.notified());
            }
        })?;
    Ok(Thread {
        handle,
        stop,
        joined: Mutex::new(Some(thread)),
    })
}

/// Ends the thread before the interpreter goes.
#[pyfunction]
fn stop(py: Python<'_>) {
    ENDING.store(true, Ordering::Relaxed);
    let Some(thread) = THREAD.take() else {
        return;
    };
    thread.stop.notify_one();
    let joined = thread
        .joined
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    if let Some(joined) = joined {
        // A thread that panicked has ended as well.
        let _ = py.detach(|| joined.join());
    }
}
