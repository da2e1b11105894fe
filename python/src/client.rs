//! Owns the two clients: how they are put together from Python's arguments, and again in a forked child.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use teams_phone::{
    AccessKey, ApiVersion, ConnectionString, Credential, Endpoint, Error, RetryPolicy,
};
use teams_phone_entra::TokenCache;

use crate::args::{parse, retry, text, texts};
use crate::ask::{self, AskPython, Asked};
use crate::credentials::EntraCredential;
use crate::errors::raise;
use crate::fork::PerProcess;

/// What both clients are made from.
struct Settings {
    endpoint: Option<Endpoint>,
    source: Source,
    scopes: Option<&'static [&'static str]>,
    retry: RetryPolicy,
    api_version: Option<ApiVersion>,
    roots: Option<Vec<u8>>,
}

/// Where the credential comes from.
enum Source {
    Key(AccessKey),
    Entra(Py<EntraCredential>),
    Python(Asked),
}

impl Source {
    /// Takes an access key as text or in the `key` of an object, or anything with tokens.
    fn read(credential: &Bound<'_, PyAny>, blocking: bool) -> PyResult<Self> {
        let py = credential.py();
        let key = |text: &str| {
            AccessKey::from_base64(text)
                .map(Self::Key)
                .map_err(|error| raise(py, error))
        };
        if let Ok(text) = credential.cast::<PyString>() {
            return key(&text.extract::<String>()?);
        }
        if let Ok(text) = credential
            .getattr("key")
            .and_then(|text| text.extract::<String>())
        {
            return key(&text);
        }
        Self::tokens(credential, blocking)
    }

    /// Takes a credential of ours, or anything else with tokens.
    fn tokens(credential: &Bound<'_, PyAny>, blocking: bool) -> PyResult<Self> {
        if credential.is_instance_of::<PyString>() {
            return Err(PyTypeError::new_err(
                "credential is text, and an access key does not open Microsoft Graph; a token that you have goes \
                 into teams_phone.credentials.StaticTokenCredential",
            ));
        }
        let native = credential.getattr("_native");
        if let Ok(entra) = native.unwrap_or_else(|_| credential.clone()).cast_into() {
            return Ok(Self::Entra(entra.unbind()));
        }
        ask::check(credential, blocking)?;
        Ok(Self::Python(Arc::new(credential.clone().unbind())))
    }

    fn credential(&self, py: Python<'_>) -> Result<Credential, Error> {
        Ok(match self {
            Self::Key(key) => Credential::AccessKey(key.clone()),
            Self::Entra(entra) => entra.get().credential()?,
            Self::Python(object) => Credential::token(TokenCache::new(AskPython::new(py, object))),
        })
    }

    /// Shows the credential to the garbage collector.
    fn visit(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        match self {
            Self::Key(_) => Ok(()),
            Self::Entra(entra) => visit.call(entra),
            Self::Python(object) => visit.call(&**object),
        }
    }
}

impl Settings {
    fn read(
        endpoint: Option<Endpoint>,
        source: Source,
        settings: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let mut wanted = Self {
            endpoint,
            source,
            scopes: None,
            retry: RetryPolicy::default(),
            api_version: None,
            roots: None,
        };
        for (name, value) in settings.into_iter().flatten() {
            if value.is_none() {
                continue;
            }
            let name: String = name.extract()?;
            match name.as_str() {
                "scopes" => wanted.scopes = Some(keep_all(&texts(&name, &value)?)),
                "retry" => wanted.retry = retry(&value)?,
                "api_version" => {
                    wanted.api_version = Some(parse(value.py(), &text(&name, &value)?)?);
                }
                "ca_bundle" => wanted.roots = Some(value.extract()?),
                other => {
                    let message = format!("unexpected keyword argument {other:?}");
                    return Err(PyTypeError::new_err(message));
                }
            }
        }
        Ok(wanted)
    }
}

/// Keeps a text for good, once: the SDK wants scopes that outlive every client.
fn keep(text: &str) -> &'static str {
    static KEPT: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = kept.get(text) {
        return known;
    }
    let new: &'static str = Box::leak(text.to_owned().into_boxed_str());
    kept.insert(new);
    new
}

fn keep_all(texts: &[String]) -> &'static [&'static str] {
    static KEPT: Mutex<BTreeSet<&'static [&'static str]>> = Mutex::new(BTreeSet::new());
    let texts: Vec<&'static str> = texts.iter().map(|text| keep(text)).collect();
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = kept.get(texts.as_slice()) {
        return known;
    }
    let new: &'static [&'static str] = Box::leak(texts.into_boxed_slice());
    kept.insert(new);
    new
}

/// A class around a client of the SDK, which can make it again.
macro_rules! client {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[pyclass(frozen, module = "teams_phone._native")]
        pub(crate) struct $name {
            settings: Settings,
            built: PerProcess<teams_phone::$name>,
            endpoint: String,
            closed: AtomicBool,
        }

        impl $name {
            fn make(py: Python<'_>, settings: Settings) -> PyResult<Self> {
                crate::IN_USE.store(true, Ordering::Relaxed);
                let mut client = Self {
                    settings,
                    built: PerProcess::new(),
                    endpoint: String::new(),
                    closed: AtomicBool::new(false),
                };
                client.endpoint = client.client(py)?.endpoint().to_string();
                Ok(client)
            }

            /// The client of this process.
            pub(crate) fn client(&self, py: Python<'_>) -> PyResult<teams_phone::$name> {
                if self.closed.load(Ordering::Relaxed) {
                    return Err(PyRuntimeError::new_err("the client is closed"));
                }
                self.built.get(|| self.build(py)).map_err(|error| raise(py, error))
            }

            fn build(&self, py: Python<'_>) -> Result<teams_phone::$name, Error> {
                let settings = &self.settings;
                let mut builder = teams_phone::$name::builder()
                    .credential(settings.source.credential(py)?)
                    .retry(settings.retry.clone());
                if let Some(endpoint) = &settings.endpoint {
                    builder = builder.endpoint(endpoint.clone());
                }
                if let Some(scopes) = settings.scopes {
                    builder = builder.scopes(scopes);
                }
                if let Some(pem) = &settings.roots {
                    builder = builder.root_certificates(pem.clone());
                }
                self.versioned(builder).build()
            }

            fn shut(&self) {
                self.closed.store(true, Ordering::Relaxed);
                drop(self.built.take());
            }
        }

        #[pymethods]
        impl $name {
            /// An object may have a client whose credential it is itself; what is Python of such a ring clears it.
            fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
                self.settings.source.visit(&visit)
            }
        }
    };
}

client! {
    /// A client of one Communication Services resource.
    Client
}
client! {
    /// A client of one Teams tenant through Microsoft Graph.
    GraphClient
}

impl Client {
    fn versioned(&self, builder: teams_phone::ClientBuilder) -> teams_phone::ClientBuilder {
        match &self.settings.api_version {
            Some(version) => builder.api_version(version.clone()),
            None => builder,
        }
    }
}

impl GraphClient {
    #[expect(
        clippy::unused_self,
        reason = "the other client chooses its version here"
    )]
    fn versioned(
        &self,
        builder: teams_phone::GraphClientBuilder,
    ) -> teams_phone::GraphClientBuilder {
        builder
    }
}

#[pymethods]
impl Client {
    #[new]
    #[pyo3(signature = (endpoint, credential, settings=None, *, blocking=true))]
    fn new(
        py: Python<'_>,
        endpoint: &str,
        credential: &Bound<'_, PyAny>,
        settings: Option<&Bound<'_, PyDict>>,
        blocking: bool,
    ) -> PyResult<Self> {
        let endpoint = parse(py, endpoint)?;
        let source = Source::read(credential, blocking)?;
        Self::make(py, Settings::read(Some(endpoint), source, settings)?)
    }

    /// Takes endpoint and access key from a connection string.
    #[staticmethod]
    #[pyo3(signature = (text, settings=None))]
    fn from_connection_string(
        py: Python<'_>,
        text: &str,
        settings: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let parsed: ConnectionString = parse(py, text)?;
        let source = Source::Key(parsed.access_key().clone());
        Self::make(
            py,
            Settings::read(Some(parsed.endpoint().clone()), source, settings)?,
        )
    }

    /// Takes the connection string that the environment has.
    #[staticmethod]
    #[pyo3(signature = (settings=None))]
    fn from_env(py: Python<'_>, settings: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let parsed = ConnectionString::from_env().map_err(|error| raise(py, error))?;
        let source = Source::Key(parsed.access_key().clone());
        Self::make(
            py,
            Settings::read(Some(parsed.endpoint().clone()), source, settings)?,
        )
    }

    /// The resource's address.
    #[getter]
    fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// How many seconds the service's clock is ahead of this machine's, once a refused signature has shown it.
    #[getter]
    fn clock_skew(&self, py: Python<'_>) -> PyResult<i64> {
        Ok(self.client(py)?.clock_skew().as_secs())
    }

    /// Closes the connections; calls raise from now on.
    fn close(&self) {
        self.shut();
    }
}

#[pymethods]
impl GraphClient {
    #[new]
    #[pyo3(signature = (endpoint, credential, settings=None, *, blocking=true))]
    fn new(
        py: Python<'_>,
        endpoint: Option<&str>,
        credential: &Bound<'_, PyAny>,
        settings: Option<&Bound<'_, PyDict>>,
        blocking: bool,
    ) -> PyResult<Self> {
        let endpoint = endpoint.map(|endpoint| parse(py, endpoint)).transpose()?;
        let source = Source::tokens(credential, blocking)?;
        Self::make(py, Settings::read(endpoint, source, settings)?)
    }

    /// Where Microsoft Graph is.
    #[getter]
    fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Closes the connections; calls raise from now on.
    fn close(&self) {
        self.shut();
    }
}
