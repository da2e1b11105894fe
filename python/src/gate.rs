//! Owns the way out of the interpreter and back in, and the end of both when the interpreter is about to go.
//!
//! Up to Python 3.13 a daemon thread that wants the interpreter while it ends is unwound by force, which Rust code on
//! its stack does not survive. So nothing of ours may be on the stack of another thread by then: from the first exit
//! function on, threads that are outside stay there, and those inside are waited for.

use std::cell::Cell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, ThreadId};
use std::time::Duration;

use pyo3::prelude::*;

/// How long the end waits for threads inside, in steps of a millisecond: as long as a credential may take.
const PATIENCE: u32 = 5_000;

static CLOSED: AtomicBool = AtomicBool::new(false);
/// The thread that closed the gate: the main one.
static LAST: OnceLock<ThreadId> = OnceLock::new();
/// Visits of all threads that are inside.
static INSIDE: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// Visits of this thread.
    static VISITS: Cell<usize> = const { Cell::new(0) };
}

/// A function of ours that may run code of Python's; whatever does so has one on its stack.
pub(crate) struct Visit(());

/// Begins a visit. Once the gate is closed, other threads wait here for the end of the process.
pub(crate) fn visit(py: Python<'_>) -> Visit {
    VISITS.set(VISITS.get() + 1);
    INSIDE.fetch_add(1, Ordering::SeqCst);
    if is_shut_out() {
        py.detach(stay_out);
    }
    Visit(())
}

impl Drop for Visit {
    fn drop(&mut self) {
        VISITS.set(VISITS.get() - 1);
        INSIDE.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Works without the interpreter.
pub(crate) fn outside<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> T {
    let _visit = visit(py);
    py.detach(|| {
        let _outing = Outing::new();
        work()
    })
}

/// The visits of a thread do not count while it is outside.
struct Outing(());

impl Outing {
    fn new() -> Self {
        INSIDE.fetch_sub(VISITS.get(), Ordering::SeqCst);
        Self(())
    }
}

impl Drop for Outing {
    fn drop(&mut self) {
        // Counted before it is asked, so that whoever closes the gate sees the one or this the other.
        INSIDE.fetch_add(VISITS.get(), Ordering::SeqCst);
        if is_shut_out() {
            stay_out();
        }
    }
}

/// Whether the interpreter is about to go, and the calls with it.
pub(crate) fn is_ending() -> bool {
    CLOSED.load(Ordering::SeqCst)
}

/// Closes the gate for all threads but this one; called by the first exit function.
pub(crate) fn close(py: Python<'_>) {
    LAST.get_or_init(|| thread::current().id());
    CLOSED.store(true, Ordering::SeqCst);
    let own = VISITS.get();
    py.detach(|| {
        for _ in 0..PATIENCE {
            if INSIDE.load(Ordering::SeqCst) <= own {
                break;
            }
            thread::sleep(Duration::from_millis(1));
        }
    });
}

/// Forgets the visits of threads that a forked child does not have.
pub(crate) fn after_fork_in_child() {
    INSIDE.store(VISITS.get(), Ordering::SeqCst);
}

fn is_shut_out() -> bool {
    is_ending() && LAST.get() != Some(&thread::current().id())
}

/// Waits, without the interpreter, for the end of the process.
fn stay_out() {
    INSIDE.fetch_sub(VISITS.get(), Ordering::SeqCst);
    loop {
        thread::park();
    }
}
