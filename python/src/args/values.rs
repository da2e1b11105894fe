//! Owns how single values are read where Python takes anything, and what is said of the wrong ones: which argument it
//! is, what was given, what to give. Never what a text holds, for it may be a secret in the wrong place.

use std::ops::RangeInclusive;
use std::time::Duration;

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyFloat, PyInt, PyString};
use teams_phone::Error;

use crate::errors::raise;

/// Numbers longer than this are not repeated.
const SHOWN: usize = 40;

/// The error for a value that cannot be.
pub(crate) fn refuse(what: &str, value: &Bound<'_, PyAny>, give: &str) -> PyErr {
    let text = format!("{what} is {}; give {give}", shown(value));
    raise(value.py(), Error::config(text))
}

fn shown(value: &Bound<'_, PyAny>) -> String {
    if value.is_none() || value.is_instance_of::<PyInt>() || value.is_instance_of::<PyFloat>() {
        let number = value.repr().map(|text| text.to_string());
        if let Some(text) = number.ok().filter(|text| text.len() <= SHOWN) {
            return text;
        }
        return "a very large number".to_owned();
    }
    if value.hasattr("total_seconds").unwrap_or(false) {
        return "negative".to_owned();
    }
    let class = value.get_type().name().map(|name| name.to_string());
    class.map_or_else(
        |_| "something else".to_owned(),
        |name| format!("of type {name}"),
    )
}

fn is_bool(value: &Bound<'_, PyAny>) -> bool {
    value.is_instance_of::<PyBool>()
}

/// A number, if it is one; Python counts truth values among them.
pub(crate) fn number(value: &Bound<'_, PyAny>) -> Option<f64> {
    let number = value.extract().ok();
    number.filter(|_| !is_bool(value))
}

/// A length of time: a `timedelta`, or a number of seconds.
pub(crate) fn duration(what: &str, value: &Bound<'_, PyAny>) -> PyResult<Duration> {
    let read = match number(value) {
        Some(seconds) => Duration::try_from_secs_f64(seconds).ok(),
        None => value.extract().ok(),
    };
    read.ok_or_else(|| refuse(what, value, "a timedelta or a number of seconds, from 0 on"))
}

/// A whole number.
pub(crate) fn whole<T: TryFrom<i64>>(
    what: &str,
    value: &Bound<'_, PyAny>,
    range: RangeInclusive<i64>,
) -> PyResult<T> {
    let number = value.extract::<i64>().ok();
    let fits = number.filter(|number| !is_bool(value) && range.contains(number));
    fits.and_then(|number| T::try_from(number).ok())
        .ok_or_else(|| {
            let (least, most) = (range.start(), range.end());
            let give = match *most {
                i64::MAX => format!("a whole number from {least} on"),
                _ => format!("a whole number from {least} to {most}"),
            };
            refuse(what, value, &give)
        })
}

/// A number that is at least 1.
pub(crate) fn factor(what: &str, value: &Bound<'_, PyAny>) -> PyResult<f64> {
    number(value)
        .filter(|number| number.is_finite() && *number >= 1.0)
        .ok_or_else(|| refuse(what, value, "a number from 1 on"))
}

/// A text.
pub(crate) fn text(what: &str, value: &Bound<'_, PyAny>) -> PyResult<String> {
    value.extract().map_err(|_| refuse(what, value, "text"))
}

/// Several texts, in a list or whatever else can be gone through; but no text, which would be taken apart.
pub(crate) fn texts(what: &str, value: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    let wrong = || refuse(what, value, "a list of texts");
    if value.is_instance_of::<PyString>() || value.is_instance_of::<PyBytes>() {
        return Err(wrong());
    }
    let items = value.try_iter().map_err(|_| wrong())?;
    items
        .map(|item| text(&format!("an item of {what}"), &item?))
        .collect()
}

/// A member of a policy; `None` leaves it as it is by default.
pub(crate) fn member<'py>(
    policy: &Bound<'py, PyAny>,
    name: &str,
    what: &str,
    give: &str,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let value = policy
        .getattr(name)
        .map_err(|_| refuse(what, policy, give))?;
    Ok((!value.is_none()).then_some(value))
}
