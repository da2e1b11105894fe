//! Owns which Python exception tells why an emulator did not start or could not save.
//! Refuses to repeat a key or a secret.

use std::{error::Error, io};

use pyo3::{
    exceptions::{PyOSError, PyRuntimeError, PyValueError},
    prelude::*,
};
use teams_phone_emulator::{SnapshotError, StartError};

/// `OSError` for what the system refused, `ValueError` for what was given.
pub(super) fn not_started(error: &StartError) -> PyErr {
    match error {
        StartError::Bind { source, .. } if source.kind() == io::ErrorKind::AddrInUse => {
            let text = format!("{error}: something listens there already; port 0 takes a free one");
            refused(source, text)
        }
        StartError::Bind { source, .. }
        | StartError::CaFile { source, .. }
        | StartError::Thread(source) => refused(source, chain(error)),
        StartError::Snapshot(snapshot) => not_saved(snapshot),
        StartError::Tls(_) => PyRuntimeError::new_err(chain(error)),
        _ => PyValueError::new_err(chain(error)),
    }
}

/// `OSError` for the file, `ValueError` for what is in it.
pub(super) fn not_saved(error: &SnapshotError) -> PyErr {
    match error {
        SnapshotError::Io { source, .. } => refused(source, chain(error)),
        _ => PyValueError::new_err(chain(error)),
    }
}

/// With a number of the system's, Python chooses the subclass.
fn refused(source: &io::Error, text: String) -> PyErr {
    match source.raw_os_error() {
        Some(number) => PyOSError::new_err((number, text)),
        None => PyOSError::new_err(text),
    }
}

fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
