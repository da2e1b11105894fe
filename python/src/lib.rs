//! The native half of the Python package `teams_phone`; what people import is written in Python around it.

use pyo3::prelude::*;

/// Functions and classes behind the Python package; not for direct use.
#[pymodule]
mod _native {
    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");
}
