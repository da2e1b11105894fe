//! Owns the credentials of Microsoft Entra ID that the SDK brings, as Python holds them.
//!
//! Knows nothing of the clients that use them.

mod elsewhere;
mod ways;

use std::sync::Arc;
use std::time::SystemTime;

use pyo3::IntoPyObjectExt as _;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use teams_phone::{Credential, Error, TokenCredential, TokenRequest};

use crate::ask::Asked;
use crate::call::{Answer, Call};
use crate::errors::raise;
use crate::fork::PerProcess;

pub(crate) use elsewhere::Notice;

type Shared = Arc<dyn TokenCredential>;

/// Makes a credential; called again in a forked child, and never calls into Python.
type Make = Box<dyn Fn() -> Result<Shared, Error> + Send + Sync>;

/// A credential of Microsoft Entra ID. Clients that are given the same one share its tokens.
#[pyclass(frozen, module = "teams_phone._native")]
pub(crate) struct EntraCredential {
    make: Make,
    built: PerProcess<Shared>,
    /// What tells a person how to sign in.
    tell: Option<Asked>,
}

impl EntraCredential {
    /// Makes the credential, so that what is wrong with its settings is said at once.
    fn new(
        py: Python<'_>,
        make: impl Fn() -> Result<Shared, Error> + Send + Sync + 'static,
    ) -> PyResult<Self> {
        let credential = Self {
            make: Box::new(make),
            built: PerProcess::new(),
            tell: None,
        };
        credential.shared().map_err(|error| raise(py, error))?;
        Ok(credential)
    }

    /// The same for one that has a person sign in.
    fn telling(
        py: Python<'_>,
        tell: Asked,
        make: impl Fn() -> Result<Shared, Error> + Send + Sync + 'static,
    ) -> PyResult<Self> {
        Ok(Self {
            tell: Some(tell),
            ..Self::new(py, make)?
        })
    }

    /// The credential of this process.
    pub(crate) fn credential(&self) -> Result<Credential, Error> {
        self.shared().map(Credential::Token)
    }

    fn shared(&self) -> Result<Shared, Error> {
        self.built.get(|| (self.make)())
    }
}

#[pymethods]
impl EntraCredential {
    /// An object may have a credential that calls it.
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(self.tell.as_deref())
    }

    /// Gets a token: its text, and when it expires in seconds since 1970.
    #[pyo3(signature = (scopes, claims=None))]
    fn get_token(
        &self,
        py: Python<'_>,
        scopes: Vec<String>,
        claims: Option<String>,
    ) -> PyResult<Call> {
        if scopes.is_empty() {
            let error = Error::config("get_token takes at least one scope");
            return Err(raise(py, error));
        }
        let credential = self.shared().map_err(|error| raise(py, error))?;
        Ok(Call::answering(Box::pin(async move {
            let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
            let request = TokenRequest::new(&scopes).claims(claims.as_deref());
            let token = credential.get_token(&request).await?;
            let seconds = token.expires_on.duration_since(SystemTime::UNIX_EPOCH);
            let seconds = seconds.unwrap_or_default().as_secs();
            let answer = move |py: Python<'_>| (token.token.expose(), seconds).into_py_any(py);
            Ok(Box::new(answer) as Answer)
        })))
    }

    /// Forgets the tokens; clients that were given the credential keep theirs.
    fn close(&self) {
        drop(self.built.take());
    }
}
