//! Owns how arguments of Python become values of the SDK, and what is said of those that cannot.

mod values;

use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use teams_phone::{ApiVersion, Error, RequestOptions, RetryPolicy};

use crate::errors::raise;

pub(crate) use values::{duration, factor, member, number, refuse, text, texts, whole};

/// Text that is a value of the SDK: an id, a number, a version.
pub(crate) fn parse<T: FromStr<Err = Error>>(py: Python<'_>, text: &str) -> PyResult<T> {
    text.parse().map_err(|error| raise(py, error))
}

/// Several of them.
pub(crate) fn parse_all<T: FromStr<Err = Error>>(
    py: Python<'_>,
    texts: &[String],
) -> PyResult<Vec<T>> {
    texts.iter().map(|text| parse(py, text)).collect()
}

/// A name of a closed list, as the service spells it.
///
/// A result may hold a value that this version does not know; a call is not made with one, because it is
/// far more often a slip of the pen.
pub(crate) fn one_of<T>(py: Python<'_>, what: &str, text: &str, known: &[T]) -> PyResult<T>
where
    T: Clone + Display + PartialEq + for<'a> From<&'a str>,
{
    let value = T::from(text);
    if known.contains(&value) {
        return Ok(value);
    }
    let names: Vec<String> = known
        .iter()
        .map(|name| format!("{:?}", name.to_string()))
        .collect();
    Err(raise(
        py,
        Error::config(format!("{what} is {text:?}; give {}", names.join(" or "))),
    ))
}

/// The operations of a resource, as errors, logs and rate limits name them.
const OPERATIONS: [&str; 16] = [
    "entra_assignment_delete",
    "entra_assignment_get",
    "entra_assignment_list",
    "entra_assignment_put",
    "entra_assignment_update",
    "entra_exchange_token",
    "identity_create",
    "identity_delete",
    "identity_get",
    "identity_issue_token",
    "identity_revoke_tokens",
    "teams_extension_assignment_delete",
    "teams_extension_assignment_get",
    "teams_extension_assignment_put",
    "teams_extension_exchange_token",
    "teams_user_exchange_token",
];

/// The name of an operation that can be limited.
pub(crate) fn operation(py: Python<'_>, name: &str) -> PyResult<&'static str> {
    let known = OPERATIONS.into_iter().find(|known| *known == name);
    known.ok_or_else(|| {
        let names = OPERATIONS.join(", ");
        raise(
            py,
            Error::config(format!(
                "rate_limits names {name:?}, which is no operation; there are {names}"
            )),
        )
    })
}

/// The keyword arguments that every call takes.
pub(crate) fn options(options: Option<&Bound<'_, PyDict>>) -> PyResult<RequestOptions> {
    let mut wanted = RequestOptions::new();
    let Some(options) = options else {
        return Ok(wanted);
    };
    let py = options.py();
    for (name, value) in options {
        let name: String = name.extract()?;
        if value.is_none() {
            continue;
        }
        wanted = match name.as_str() {
            "timeout" => wanted.timeout(duration("timeout", &value)?),
            "retry" => wanted.retry(retry(&value)?),
            "api_version" => wanted.api_version(parse::<ApiVersion>(py, &text(&name, &value)?)?),
            "client_request_id" => wanted.client_request_id(value.str()?.to_string()),
            other => {
                return Err(PyTypeError::new_err(format!(
                    "unexpected keyword argument {other:?}"
                )));
            }
        };
    }
    Ok(wanted)
}

/// A `RetryPolicy` of the Python half; what is `None` there stays as it is by default.
pub(crate) fn retry(policy: &Bound<'_, PyAny>) -> PyResult<RetryPolicy> {
    let field = |name: &str| member(policy, name, "retry", "a teams_phone.RetryPolicy");
    let time = |name: &str| -> PyResult<Option<Duration>> {
        field(name)?.map(|value| duration(name, &value)).transpose()
    };
    let mut wanted = RetryPolicy::default();
    if let Some(attempts) = field("max_attempts")? {
        wanted = wanted.max_attempts(whole("max_attempts", &attempts, 1..=i64::MAX)?);
    }
    if let Some(delay) = time("base_delay")? {
        wanted = wanted.base_delay(delay);
    }
    if let Some(delay) = time("max_delay")? {
        wanted = wanted.max_delay(delay);
    }
    if let Some(deadline) = time("deadline")? {
        wanted = wanted.deadline(deadline);
    }
    if let Some(timeout) = time("attempt_timeout")? {
        wanted = wanted.attempt_timeout(timeout);
    }
    Ok(wanted)
}
