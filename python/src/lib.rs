//! The native half of the Python package `teams_phone`; what people import is written in Python around it.
//!
//! An operation is prepared by a method of a client (`call`), which checks its arguments. It is then run
//! either on the caller's thread (`runtime`) or for an event loop (`bridge`); both know nothing of operations.

mod args;
mod ask;
mod bridge;
mod bulk;
mod call;
mod client;
mod command;
mod convert;
mod credentials;
mod emulator;
mod errors;
mod fork;
mod gate;
mod io;
mod log;
mod ops;
mod pages;
mod runtime;
mod wire;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use pyo3::prelude::*;
use pyo3::types::{PyDelta, PyTzInfo};
use pyo3::{IntoPyObjectExt as _, PyTypeInfo as _};

/// Functions and classes behind the Python package; not for direct use.
#[pymodule]
mod _native {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::ask::Ask;
    #[pymodule_export]
    use crate::bridge::Bridge;
    #[pymodule_export]
    use crate::bulk::Bulk;
    #[pymodule_export]
    use crate::call::Call;
    #[pymodule_export]
    use crate::client::{Client, GraphClient};
    #[pymodule_export]
    use crate::command::run_command;
    #[pymodule_export]
    use crate::credentials::EntraCredential;
    #[pymodule_export]
    use crate::emulator::Emulator;
    #[pymodule_export]
    use crate::fork::generation;
    #[pymodule_export]
    use crate::model_fields;
    #[pymodule_export]
    use crate::ops::calling::CallingCredential;
    #[pymodule_export]
    use crate::ops::identifier::{identifier, identifier_json, phone_number};
    #[pymodule_export]
    use crate::ops::operations::Operation;
    #[pymodule_export]
    use crate::pages::Pages;
    #[pymodule_export]
    use crate::runtime::Runtime;

    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");

    /// Whether the compiler has optimised this module, which tests of many calls ask.
    #[pymodule_export]
    const OPTIMISED: bool = !cfg!(debug_assertions);

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        crate::fork::register(module)?;
        crate::io::end_with_interpreter(module)
    }
}

/// Whether there was ever a client.
static IN_USE: AtomicBool = AtomicBool::new(false);

/// Modules that are imported when first wanted, and nothing but this package and what is small of the library with them.
const LATER: [&str; 5] = [
    "credentials",
    "identifier",
    "options",
    "phone_number",
    "types",
];

/// Finishes, before a fork, what another thread may be about to make when it is first wanted.
///
/// It can be waited for here; the child would wait in vain.
#[pyfunction]
fn settle(py: Python<'_>) -> PyResult<()> {
    if !IN_USE.load(Ordering::Relaxed) {
        return Ok(());
    }
    for (module, ..) in model_fields() {
        py.import(module)?;
    }
    for module in LATER {
        py.import(format!("teams_phone.{module}"))?;
    }
    let modules = py.import("sys")?.getattr("modules")?;
    for (face, wanted) in [("blocking", true), ("aio", is_whole(&modules, "asyncio")?)] {
        if wanted && modules.contains(format!("teams_phone.{face}.client"))? {
            for module in ["bulk", "calling", "items", "operation"] {
                py.import(format!("teams_phone.{face}.{module}"))?;
            }
        }
    }
    // What pyo3 keeps of its own and is used here.
    PyDelta::type_object(py).fully_qualified_name()?;
    PyTzInfo::utc(py)?;
    let moment = SystemTime::UNIX_EPOCH.into_bound_py_any(py)?;
    moment.extract::<SystemTime>()?;
    let time = Duration::ZERO.into_bound_py_any(py)?;
    time.extract::<Duration>()?;
    Ok(())
}

/// Whether a module is imported to the end. One that is not is not waited for if others than this package are in it:
/// its thread may want a lock that the forking thread holds already, such as that of `logging`.
fn is_whole(modules: &Bound<'_, PyAny>, name: &str) -> PyResult<bool> {
    if !modules.contains(name)? {
        return Ok(false);
    }
    let spec = modules.get_item(name)?.getattr("__spec__")?;
    let initializing = spec.getattr_opt("_initializing")?;
    initializing.map_or(Ok(true), |initializing| Ok(!initializing.is_truthy()?))
}

/// Module, class and fields of every dataclass that is made here.
#[pyfunction]
fn model_fields() -> Vec<(&'static str, &'static str, Vec<&'static str>)> {
    [
        errors::FIELDS,
        ops::assignments::FIELDS,
        ops::entra::FIELDS,
        ops::exchanges::FIELDS,
        ops::identifier::FIELDS,
        ops::identities::FIELDS,
        ops::numbers::FIELDS,
        ops::operations::FIELDS,
        ops::resource_accounts::FIELDS,
        ops::users::FIELDS,
    ]
    .into_iter()
    .flatten()
    .map(|(module, class, fields)| (*module, *class, fields.to_vec()))
    .collect()
}
