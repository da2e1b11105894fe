//! Owns the credentials of Microsoft Entra ID that the SDK brings.

use pyo3::prelude::*;
use teams_phone::{Credential, Error};

use crate::fork::PerProcess;

/// Makes a credential; called again in a forked child.
type Make = Box<dyn Fn() -> Result<Credential, Error> + Send + Sync>;

/// A credential of Microsoft Entra ID. Clients that are given the same one share its tokens.
#[pyclass(frozen, module = "teams_phone._native")]
pub(crate) struct EntraCredential {
    make: Make,
    built: PerProcess<Credential>,
}

impl EntraCredential {
    /// The credential of this process.
    pub(crate) fn credential(&self) -> Result<Credential, Error> {
        self.built.get(|| (self.make)())
    }
}
