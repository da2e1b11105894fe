//! Owns how values of the SDK become Python objects; knows no operation.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use jiff::tz::Offset;
use pyo3::IntoPyObjectExt as _;
use pyo3::prelude::*;
use pyo3::types::{PyDateTime, PyList, PyString, PyTzInfo};

use crate::fork::Lasting;

/// A value that has a Python form.
pub(crate) trait Value {
    fn into_python(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>>;
}

/// Values that pyo3 knows.
macro_rules! plain {
    ($($type:ty),+ $(,)?) => {$(
        impl Value for $type {
            fn into_python(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
                self.into_bound_py_any(py)
            }
        }
    )+};
}
plain!(
    bool,
    i32,
    i64,
    u16,
    u32,
    u64,
    usize,
    f64,
    String,
    &'static str,
    Duration,
    SystemTime
);

/// Types that are text in Python, through their `as_str`.
macro_rules! text {
    ($($type:ty),+ $(,)?) => {$(
        impl $crate::convert::Value for $type {
            fn into_python(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
                Ok(pyo3::types::PyString::new(py, self.as_str()).into_any())
            }
        }
    )+};
}
pub(crate) use text;

/// Types with a dataclass of the same shape: fields in the order of the class.
///
/// What methods tell follows the fields, as `+ { method }`.
///
/// The list `FIELDS` that comes out of it lets a test hold both sides together.
macro_rules! models {
    ($module:literal: $(
        $type:ty => $class:ident { $($field:ident),+ $(,)? } $(+ { $($method:ident),+ $(,)? })?
    )+) => {
        /// Module, class and fields of what is made here.
        pub(crate) const FIELDS: &[(&str, &str, &[&str])] = &[$(
            (
                $module,
                stringify!($class),
                &[$(stringify!($field),)+ $($(stringify!($method),)+)?],
            ),
        )+];
        $(
            impl $crate::convert::Value for $type {
                fn into_python(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
                    static CLASS: $crate::fork::Lasting<Py<PyAny>> = $crate::fork::Lasting::new();
                    let class = $crate::convert::class(py, &CLASS, $module, stringify!($class))?;
                    // Methods are asked first: the fields are moved out.
                    $($(let $method = $crate::convert::Value::into_python(self.$method(), py)?;)+)?
                    let fields = [
                        $($crate::convert::Value::into_python(self.$field, py)?,)+
                        $($($method,)+)?
                    ];
                    class.call1(pyo3::types::PyTuple::new(py, fields)?)
                }
            }
        )+
    };
}
pub(crate) use models;

/// A class of the Python half, imported when it is first wanted.
pub(crate) fn class<'py>(
    py: Python<'py>,
    slot: &'static Lasting<Py<PyAny>>,
    module: &str,
    name: &str,
) -> PyResult<&'py Bound<'py, PyAny>> {
    let class = slot.get(|| py.import(module)?.getattr(name).map(Bound::unbind))?;
    Ok(class.bind(py))
}

text!(
    teams_phone::ClientId,
    teams_phone::IdentityId,
    teams_phone::ObjectId,
    teams_phone::PrincipalType,
    teams_phone::TenantId,
);

impl Value for () {
    fn into_python(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        Ok(py.None().into_bound(py))
    }
}

impl<T: Value> Value for Option<T> {
    fn into_python(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        match self {
            Some(value) => value.into_python(py),
            None => ().into_python(py),
        }
    }
}

/// Collections are tuples: results cannot be changed, and can be hashed.
impl<T: Value> Value for Vec<T> {
    fn into_python(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        let values: Vec<_> = self
            .into_iter()
            .map(|value| value.into_python(py))
            .collect::<PyResult<_>>()?;
        Ok(pyo3::types::PyTuple::new(py, values)?.into_any())
    }
}

/// A list, for what is handed on item by item.
pub(crate) struct Items<T>(pub(crate) Vec<T>);

impl<T: Value> Value for Items<T> {
    fn into_python(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        let list = PyList::empty(py);
        for value in self.0 {
            list.append(value.into_python(py)?)?;
        }
        Ok(list.into_any())
    }
}

/// Secrets leave here for a field that the class hides from its `repr`.
impl Value for teams_phone::Secret {
    fn into_python(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        Ok(PyString::new(py, self.expose()).into_any())
    }
}

impl Value for Timestamp {
    fn into_python(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        let (utc, civil) = (PyTzInfo::utc(py)?, Offset::UTC.to_datetime(self));
        // Neither negative nor above what fits: jiff keeps them in the ranges of a calendar.
        let small = |field: i8| field.unsigned_abs();
        let moment = PyDateTime::new(
            py,
            civil.year().into(),
            small(civil.month()),
            small(civil.day()),
            small(civil.hour()),
            small(civil.minute()),
            small(civil.second()),
            (civil.subsec_nanosecond() / 1000).unsigned_abs(),
            Some(&utc.to_owned()),
        )?;
        Ok(moment.into_any())
    }
}

impl Value for std::borrow::Cow<'_, str> {
    fn into_python(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
        Ok(PyString::new(py, &self).into_any())
    }
}
