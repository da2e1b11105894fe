//! The credential of calling and chat clients; a forked child has one of its own.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use teams_phone::calling::Scopes;
use teams_phone::identities::AccessToken;
use teams_phone::{Endpoint, Error, ErrorKind, RetryPolicy};

use super::exchanges::{scopes, signs_in};
use crate::args::{parse, retry};
use crate::ask::Asked;
use crate::call::Call;
use crate::errors::raise;
use crate::fork::PerProcess;

/// How many tokens may have been handed out of which one is said to be refused.
const REMEMBERED: usize = 4;

type Handed = Arc<Mutex<VecDeque<AccessToken>>>;

/// Keeps an access token of the resource for a user who signs in with Entra.
#[pyclass(frozen, module = "teams_phone._native")]
pub(crate) struct CallingCredential {
    endpoint: Endpoint,
    user: Asked,
    scopes: Option<Scopes>,
    retry: RetryPolicy,
    roots: Option<Vec<u8>>,
    built: PerProcess<(teams_phone::calling::CallingCredential, Handed)>,
    closed: AtomicBool,
}

impl CallingCredential {
    fn build(&self, py: Python<'_>) -> PyResult<teams_phone::calling::CallingCredential> {
        let user = signs_in(py, "credential", "", &self.user)?;
        let endpoint = self.endpoint.clone();
        let mut builder = teams_phone::calling::CallingCredential::builder(endpoint, user);
        builder = builder.retry(self.retry.clone());
        if let Some(scopes) = &self.scopes {
            builder = builder.scopes(scopes.clone());
        }
        if let Some(pem) = &self.roots {
            builder = builder.root_certificates(pem.clone());
        }
        builder.build().map_err(|error| raise(py, error))
    }

    fn here(&self, py: Python<'_>) -> PyResult<(teams_phone::calling::CallingCredential, Handed)> {
        if self.closed.load(Ordering::Relaxed) {
            let message = "the calling credential is closed";
            return Err(raise(py, Error::new(ErrorKind::Credential, message)));
        }
        self.built
            .get(|| PyResult::Ok((self.build(py)?, Handed::default())))
    }
}

#[pymethods]
impl CallingCredential {
    #[new]
    #[pyo3(signature = (endpoint, user, scopes_=None, retry_=None, roots=None))]
    fn new(
        py: Python<'_>,
        endpoint: &str,
        user: Py<PyAny>,
        scopes_: Option<&Bound<'_, PyAny>>,
        retry_: Option<&Bound<'_, PyAny>>,
        roots: Option<Vec<u8>>,
    ) -> PyResult<Self> {
        let credential = Self {
            endpoint: parse(py, endpoint)?,
            user: Arc::new(user),
            scopes: scopes(scopes_)?,
            retry: retry_.map(retry).transpose()?.unwrap_or_default(),
            roots,
            built: PerProcess::new(),
            closed: AtomicBool::new(false),
        };
        credential.here(py)?;
        Ok(credential)
    }

    /// An object may have a credential that asks it for the user's token.
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&*self.user)
    }

    /// The resource's address.
    #[getter]
    fn endpoint(&self) -> String {
        self.endpoint.to_string()
    }

    /// A token that works, from memory or by an exchange.
    fn get_token(&self, py: Python<'_>) -> PyResult<Call> {
        let (credential, handed) = self.here(py)?;
        Ok(Call::other(async move {
            let token = credential.get_token().await?;
            remember(&handed, &token);
            Ok::<_, Error>(token)
        }))
    }

    /// Forgets a token that was refused.
    fn forget(&self, token: &str) {
        let Some((credential, handed)) = self.built.ours() else {
            return;
        };
        let handed = handed.lock().unwrap_or_else(PoisonError::into_inner);
        for refused in handed.iter().filter(|one| one.token.expose() == token) {
            credential.forget(refused);
        }
    }

    /// Wipes the token; asking for one is an error from now on.
    fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
        if let Some((credential, handed)) = self.built.ours() {
            credential.close();
            let mut handed = handed.lock().unwrap_or_else(PoisonError::into_inner);
            handed.clear();
        }
        drop(self.built.take());
    }
}

fn remember(handed: &Handed, token: &AccessToken) {
    let mut handed = handed.lock().unwrap_or_else(PoisonError::into_inner);
    if handed.contains(token) {
        return;
    }
    handed.push_front(token.clone());
    handed.truncate(REMEMBERED);
}
