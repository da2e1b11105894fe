//! Owns the one thread that carries the connections of all asynchronous clients of this process.
//!
//! Calls come to it through an inbox that wakes it once for all that lie in it, however many: a wake is a system
//! call.

use std::future::poll_fn;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::thread::JoinHandle;

use futures::future::Abortable;
use futures::task::AtomicWaker;

use pyo3::prelude::*;
use tokio::runtime::Handle;
use tokio::sync::Notify;

use crate::bridge::{Running, ending};
use crate::fork::{InTurn, PerProcess};
use crate::gate::{self, outside};
use crate::runtime::Owned;

static THREAD: InTurn<PerProcess<Arc<Thread>>> = InTurn([const { PerProcess::new() }; _]);

struct Thread {
    handle: Handle,
    inbox: Arc<Inbox>,
    stop: Arc<Notify>,
    joined: Mutex<Option<JoinHandle<()>>>,
}

impl Drop for Thread {
    fn drop(&mut self) {
        self.stop.notify_one();
    }
}

/// Calls that wait for the thread to take them.
#[derive(Default)]
struct Inbox {
    calls: Mutex<Vec<Abortable<Running>>>,
    waker: AtomicWaker,
}

impl Inbox {
    fn put(&self, call: Abortable<Running>) {
        let mut calls = lock(&self.calls);
        calls.push(call);
        if calls.len() == 1 {
            drop(calls);
            self.waker.wake();
        }
    }

    /// Starts what has come; never ready.
    fn start(&self, context: &Context<'_>) -> Poll<()> {
        self.waker.register(context.waker());
        for call in mem::take(&mut *lock(&self.calls)) {
            tokio::spawn(call);
        }
        Poll::Pending
    }
}

/// Has the thread run a call; it is started if it does not run.
pub(crate) fn submit(call: Abortable<Running>) -> PyResult<()> {
    if gate::is_ending() {
        return Err(ending());
    }
    THREAD.ours().get(|| start().map(Arc::new))?.inbox.put(call);
    Ok(())
}

/// The thread's runtime, for what is no call; the thread is started if it does not run.
pub(crate) fn handle() -> PyResult<Handle> {
    if gate::is_ending() {
        return Err(ending());
    }
    Ok(THREAD.ours().get(|| start().map(Arc::new))?.handle.clone())
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
    let handle = handle.ok_or_else(ending)?;
    let (inbox, stop) = (Arc::new(Inbox::default()), Arc::new(Notify::new()));
    let (incoming, stopped) = (Arc::clone(&inbox), Arc::clone(&stop));
    let thread = std::thread::Builder::new()
        .name("teams-phone-io".to_owned())
        .spawn(move || {
            if let Some(runtime) = runtime.get() {
                runtime.spawn(poll_fn(move |context| incoming.start(context)));
                runtime.block_on(stopped.notified());
            }
        })?;
    Ok(Thread {
        handle,
        inbox,
        stop,
        joined: Mutex::new(Some(thread)),
    })
}

/// Ends the thread before the interpreter goes.
#[pyfunction]
fn stop(py: Python<'_>) {
    gate::close(py);
    let Some(thread) = THREAD.ours().take() else {
        return;
    };
    thread.stop.notify_one();
    let joined = lock(&thread.joined).take();
    if let Some(joined) = joined {
        // A thread that panicked has ended as well.
        let _ = outside(py, || joined.join());
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
