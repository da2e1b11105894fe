//! Owns what the function given to `bulk` may do: prepare one call of the client it is given, and make none of the
//! client that the run belongs to.

use std::cell::Cell;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use teams_phone::Client;

thread_local! {
    static FUNCTION: Cell<Option<Function>> = const { Cell::new(None) };
}

/// What the function that this thread is in has done.
#[derive(Clone, Copy)]
struct Function {
    run: usize,
    prepared: usize,
}

/// Tells clients apart; clones are the same.
pub(crate) fn identity(client: &Client) -> usize {
    std::ptr::from_ref(client.endpoint()).addr()
}

/// Lets the function of a run prepare its call.
pub(crate) fn one<T>(run: usize, function: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    let begun = Function { run, prepared: 0 };
    let outer = Restored(FUNCTION.replace(Some(begun)));
    let made = function()?;
    let prepared = FUNCTION.get().map_or(0, |function| function.prepared);
    drop(outer);
    if prepared > 1 {
        return Err(PyTypeError::new_err(format!(
            "the function given to bulk prepared {prepared} calls, of which only the one that it returns would be \
             made; make a run for each step"
        )));
    }
    Ok(made)
}

/// Counts a call of the run.
pub(super) fn count(client: &Client) {
    if let Some(mut function) = FUNCTION.get().filter(|at| at.run == identity(client)) {
        function.prepared += 1;
        FUNCTION.set(Some(function));
    }
}

/// Refuses to make a call of the run: the function is to return it.
pub(super) fn check(client: &Client) -> PyResult<()> {
    if FUNCTION.get().is_some_and(|at| at.run == identity(client)) {
        return Err(PyTypeError::new_err(
            "the function given to bulk makes a call of the client that the run was started with; it has to return \
             one call of the client it is given",
        ));
    }
    Ok(())
}

/// The function around this one, which goes on after it.
struct Restored(Option<Function>);

impl Drop for Restored {
    fn drop(&mut self) {
        FUNCTION.set(self.0);
    }
}
