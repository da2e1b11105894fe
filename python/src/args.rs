//! Owns how arguments of Python become values of the SDK, and what is said of those that cannot.

use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use teams_phone::{ApiVersion, Error, RequestOptions, RetryPolicy};

use crate::errors::raise;

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

/// A length of time: a `timedelta`, or a number of seconds.
pub(crate) fn duration(what: &str, value: &Bound<'_, PyAny>) -> PyResult<Duration> {
    let py = value.py();
    let refuse = |why: &str| raise(py, Error::config(format!("{what} {why}")));
    if let Ok(seconds) = value.extract::<f64>() {
        return Duration::try_from_secs_f64(seconds)
            .map_err(|_| refuse(&format!("is {seconds}; give seconds from 0 on")));
    }
    if let Ok(duration) = value.extract::<Duration>() {
        return Ok(duration);
    }
    if value.hasattr("total_seconds")? {
        return Err(refuse("is negative; give a timedelta from 0 on"));
    }
    Err(PyTypeError::new_err(format!(
        "{what} must be a timedelta or a number of seconds, not {}",
        value.get_type().name()?
    )))
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
            "api_version" => {
                wanted.api_version(parse::<ApiVersion>(py, &value.extract::<String>()?)?)
            }
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
    let field = |name: &str| -> PyResult<Option<Bound<'_, PyAny>>> {
        let value = policy.getattr(name)?;
        Ok((!value.is_none()).then_some(value))
    };
    let time = |name: &str| -> PyResult<Option<Duration>> {
        field(name)?.map(|value| duration(name, &value)).transpose()
    };
    let mut wanted = RetryPolicy::default();
    if let Some(attempts) = field("max_attempts")? {
        let count = attempts.extract().map_err(|_| {
            let message = format!("max_attempts is {attempts}; give a whole number from 1 on");
            raise(policy.py(), Error::config(message))
        })?;
        wanted = wanted.max_attempts(count);
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
