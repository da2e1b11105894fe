//! Owns how an error of the SDK becomes an exception; the classes are written in Python.

use std::error::Error as StdError;
use std::fmt;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use teams_phone::{Error, ErrorDetail, ErrorKind};

use crate::convert::{class, models};
use crate::fork::Lasting;

models! { "teams_phone.errors":
    ErrorDetail => ErrorDetail { code, message, target, more }
}

impl crate::convert::Value for std::collections::BTreeMap<String, String> {
    fn into_python(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        let dict = PyDict::new(py);
        for (name, value) in self {
            dict.set_item(name, value)?;
        }
        Ok(dict.into_any())
    }
}

/// An exception of the caller's own code, on its way through the SDK.
#[derive(Debug)]
pub(crate) struct Raised(pub(crate) PyErr);

impl fmt::Display for Raised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the credential raised an exception")
    }
}

impl StdError for Raised {}

/// The exception for an error; or the one that says why there is none.
pub(crate) fn raise(py: Python<'_>, error: Error) -> PyErr {
    exception(py, &error).unwrap_or_else(|failure| failure)
}

fn exception(py: Python<'_>, error: &Error) -> PyResult<PyErr> {
    static MAKE: Lasting<Py<PyAny>> = Lasting::new();
    let fields = PyDict::new(py);
    fields.set_item("kind", kind(error.kind()))?;
    fields.set_item("message", error.message())?;
    fields.set_item("operation", error.operation())?;
    fields.set_item("status", error.status())?;
    fields.set_item("code", error.code())?;
    fields.set_item("target", error.target())?;
    let details = error.details().to_vec();
    fields.set_item("details", crate::convert::Value::into_python(details, py)?)?;
    let permissions = PyTuple::new(py, error.accepted_permissions())?;
    fields.set_item("accepted_permissions", permissions)?;
    fields.set_item("request_id", error.request_id())?;
    fields.set_item("client_request_id", error.client_request_id())?;
    fields.set_item("retry_after", error.retry_after())?;
    fields.set_item("attempts", error.attempts())?;
    fields.set_item("hint", error.hint())?;
    fields.set_item("is_retryable", error.is_retryable())?;
    fields.set_item("is_outcome_unknown", error.is_outcome_unknown())?;
    fields.set_item("is_not_found", error.is_not_found())?;
    fields.set_item("is_conflict", error.is_conflict())?;
    fields.set_item("is_permission", error.is_permission())?;
    let make = class(py, &MAKE, "teams_phone.errors", "_make")?;
    let value = make.call1((text(error), fields))?;
    let exception = PyErr::from_value(value);
    if let Some(raised) = raised(error) {
        exception.set_cause(py, Some(raised.0.clone_ref(py)));
    }
    Ok(exception)
}

/// What is said of the error and of what caused it, in one line.
fn text(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        // An exception of the caller's is the exception's own cause.
        if !text.contains(&cause_text) && !cause.is::<Raised>() {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}

/// The caller's exception behind an error, if there is one.
pub(crate) fn raised(error: &Error) -> Option<&Raised> {
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(raised) = cause.downcast_ref::<Raised>() {
            return Some(raised);
        }
        source = cause.source();
    }
    None
}

fn kind(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Config => "config",
        ErrorKind::Credential => "credential",
        ErrorKind::Connect => "connect",
        ErrorKind::Timeout => "timeout",
        ErrorKind::Throttled => "throttled",
        ErrorKind::Decode => "decode",
        ErrorKind::Operation => "operation",
        _ => "service",
    }
}
