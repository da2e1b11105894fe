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

impl Drop for Thread {
    fn drop(&mut self) {
        self.stop.notify_one();
    }
}

/// The thread's runtime; the thread is started if it does not run.
pub(crate) fn handle() -> PyResult<Handle> {
    if ENDING.load(Ordering::Relaxed) {
        return Err(ending());
    }
    let thread = THREAD.get(|| start().map(Arc::new))?;
    Ok(thread.handle.clone())
}

/// Asks the interpreter to end the thread, should it run by then, before it goes itself.
///
/// Exit functions run in reverse: whatever a program registers after its imports may still make calls.
pub(crate) fn end_with_interpreter(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let stop = wrap_pyfunction!(stop, module)?;
    let atexit = module.py().import("atexit")?;
    atexit.call_method1("register", (stop,)).map(drop)
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
