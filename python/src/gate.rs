//! Owns work outside the interpreter, and the way back in when the interpreter is about to go.
//!
//! Up to Python 3.13 a daemon thread that comes back to an interpreter that ends is unwound by force, which Rust code
//! on its stack does not survive. So it does not come back: from the moment of the first exit function on, only the
//! main thread does.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, ThreadId};
use std::time::Duration;

use pyo3::prelude::*;

/// How long the end waits for threads on their way in, in steps of a millisecond.
const PATIENCE: u32 = 200;

static CLOSED: AtomicBool = AtomicBool::new(false);
/// The thread that closed the gate: the main one.
static LAST: OnceLock<ThreadId> = OnceLock::new();
/// Threads that have decided to come back and have not yet.
static RETURNING: AtomicUsize = AtomicUsize::new(0);

/// Works without the interpreter.
pub(crate) fn outside<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> T {
    let done = py.detach(|| {
        let done = work();
        enter();
        done
    });
    RETURNING.fetch_sub(1, Ordering::SeqCst);
    done
}

/// Whether the interpreter is about to go, and the calls with it.
pub(crate) fn is_ending() -> bool {
    CLOSED.load(Ordering::SeqCst)
}

/// Closes the gate for all threads but this one; called by the first exit function.
pub(crate) fn close(py: Python<'_>) {
    LAST.get_or_init(|| thread::current().id());
    CLOSED.store(true, Ordering::SeqCst);
    py.detach(|| {
        for _ in 0..PATIENCE {
            if RETURNING.load(Ordering::SeqCst) == 0 {
                break;
            }
            thread::sleep(Duration::from_millis(1));
        }
    });
}

/// Comes back, or stays outside for the rest of the process.
fn enter() {
    RETURNING.fetch_add(1, Ordering::SeqCst);
    if is_ending() && LAST.get() != Some(&thread::current().id()) {
        RETURNING.fetch_sub(1, Ordering::SeqCst);
        loop {
            thread::park();
        }
    }
}
