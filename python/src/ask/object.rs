//! Owns what can be told of a credential, or of a function, without asking it.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyType;

/// Set in the flags of a function that is a coroutine function.
const COROUTINE: u32 = 0x80;
/// Wrappers of a function are followed this far.
const DEPTH: usize = 16;

/// What is said of an asynchronous credential where only others can be asked.
pub(crate) const ASYNCHRONOUS: &str = "the credential is an asynchronous one; use it with teams_phone.aio, or give \
     its synchronous sibling";

pub(super) const ASYNCHRONOUS_CALLBACK: &str = "the credential's callback is an asynchronous one; use it with \
     teams_phone.aio, or give a synchronous one";

/// Whether the answer is a coroutine.
pub(crate) fn is_async(object: &Bound<'_, PyAny>) -> bool {
    let mut function = match object.getattr("get_token") {
        Ok(method) => method,
        Err(_) => object.clone(),
    };
    for _ in 0..DEPTH {
        if is_coroutine_function(&function) {
            return true;
        }
        // What `functools.partial` wraps, or else what calling the object calls.
        let inner = match function.getattr("func") {
            Ok(inner) => Ok(inner),
            Err(_) if function.hasattr("__code__").unwrap_or(true) => return false,
            Err(_) => function.get_type().getattr("__call__"),
        };
        match inner {
            Ok(inner) => function = inner,
            Err(_) => return false,
        }
    }
    false
}

fn is_coroutine_function(function: &Bound<'_, PyAny>) -> bool {
    let flags =
        || -> PyResult<u32> { function.getattr("__code__")?.getattr("co_flags")?.extract() };
    flags().is_ok_and(|flags| flags & COROUTINE != 0)
}

/// Whether a person may have to sign in: `azure.identity` has the method `authenticate` where that is so.
///
/// A chain is so if one of its members is.
pub(super) fn is_interactive(credential: &Bound<'_, PyAny>) -> bool {
    let asks = |object: &Bound<'_, PyAny>| object.hasattr("authenticate").unwrap_or(false);
    let members = credential
        .getattr("credentials")
        .and_then(|list| list.try_iter());
    asks(credential)
        || members.is_ok_and(|mut list| list.any(|one| one.is_ok_and(|one| asks(&one))))
}

/// Whether something has to be awaited.
pub(super) fn is_awaitable(value: &Bound<'_, PyAny>) -> bool {
    value.hasattr("__await__").unwrap_or(false)
}

/// Closes what will not be awaited, or Python would warn of it.
pub(super) fn close(awaitable: &Bound<'_, PyAny>) {
    let _ = awaitable.call_method0("close");
}

/// Refuses what cannot answer tokens, and what is asynchronous where that cannot be awaited.
pub(crate) fn check(credential: &Bound<'_, PyAny>, blocking: bool) -> PyResult<()> {
    let what = if let Ok(class) = credential.cast::<PyType>() {
        format!("the class {}", class.name()?)
    } else if !credential.hasattr("get_token")? && !credential.is_callable() {
        credential.get_type().name()?.to_string()
    } else if blocking && is_async(credential) {
        return Err(PyTypeError::new_err(ASYNCHRONOUS));
    } else {
        return Ok(());
    };
    Err(PyTypeError::new_err(format!(
        "credential is {what}; give an access key, a credential of teams_phone.credentials or azure.identity, or a \
         function that returns a token"
    )))
}
