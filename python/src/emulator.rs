//! Owns the emulator as Python holds it: one in-process server, stopped when the object goes.
//! Refuses to know what documents mean: they pass as JSON texts to the emulator's own parsers.

mod failure;
mod options;

use std::{
    sync::{PoisonError, RwLock},
    time::Duration,
};

use pyo3::{
    exceptions::{PyRuntimeError, PyValueError},
    prelude::*,
    types::PyDict,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use teams_phone_emulator::{
    Emulator as Server, Fault, GraphNumber, GraphSettings, GraphUser, OperationPlan,
    ResourceAccount, Sku,
};

use self::failure::{not_saved, not_started};
use crate::gate::outside;

/// An emulator on a thread of its own; what never changes is copied out, so that it can be read after a fork.
#[pyclass(frozen, module = "teams_phone._native")]
pub(crate) struct Emulator {
    server: RwLock<Option<Server>>,
    /// The process that has the thread.
    process: u32,
    #[pyo3(get)]
    url: String,
    #[pyo3(get)]
    access_key: String,
    #[pyo3(get)]
    connection_string: String,
    #[pyo3(get)]
    ca_pem: Option<String>,
    #[pyo3(get)]
    tenant_id: &'static str,
    #[pyo3(get)]
    client_id: &'static str,
    #[pyo3(get)]
    client_secret: String,
    #[pyo3(get)]
    user_id: &'static str,
    #[pyo3(get)]
    user_name: &'static str,
}

#[pymethods]
impl Emulator {
    #[new]
    #[pyo3(signature = (**options))]
    fn new(py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let builder = options::builder(options)?;
        let started = outside(py, || builder.spawn());
        started.map(Self::of).map_err(|error| not_started(&error))
    }

    /// Whether requests are answered, as far as this process can tell.
    #[getter]
    fn running(&self) -> bool {
        let here = self.process == std::process::id();
        here && self
            .server
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some()
    }

    fn stop(&self, py: Python<'_>) -> PyResult<()> {
        if self.process != std::process::id() {
            return Ok(());
        }
        let stopped = outside(py, || {
            let taken = self
                .server
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .take();
            taken.map_or(Ok(Ok(())), |server| {
                let runtime = tokio::runtime::Builder::new_current_thread().build()?;
                std::io::Result::Ok(runtime.block_on(server.stop()))
            })
        })?;
        stopped.map_err(|error| not_saved(&error))
    }

    fn requests(&self, py: Python<'_>) -> PyResult<String> {
        self.with(py, |server| text(&server.requests()))
    }

    fn state(&self, py: Python<'_>) -> PyResult<String> {
        self.with(py, Server::state)
    }

    fn set_state(&self, py: Python<'_>, document: &str) -> PyResult<()> {
        self.with(py, |server| server.set_state(document))?
            .map_err(|error| not_saved(&error))
    }

    fn reset(&self, py: Python<'_>) -> PyResult<()> {
        self.with(py, Server::reset)
    }

    /// Takes a list of faults, all or none, and answers their numbers.
    fn inject(&self, py: Python<'_>, faults: &str) -> PyResult<Vec<u64>> {
        let faults: Vec<Fault> = parsed("fault", faults)?;
        if let Some(problem) = faults.iter().find_map(Fault::problem) {
            return Err(PyValueError::new_err(format!("fault: {problem}")));
        }
        self.with(py, |server| {
            let injected = faults.into_iter().map(|fault| server.inject(fault));
            injected.collect()
        })
    }

    fn clear_faults(&self, py: Python<'_>) -> PyResult<()> {
        self.with(py, Server::clear_faults)
    }

    fn advance_clock(&self, py: Python<'_>, by: Duration) -> PyResult<()> {
        self.with(py, |server| server.advance_clock(by))
    }

    fn set_subscription_allowed(&self, py: Python<'_>, allowed: bool) -> PyResult<()> {
        self.with(py, |server| server.set_subscription_allowed(allowed))
    }

    fn app_claims(&self, py: Python<'_>, scope: &str) -> PyResult<String> {
        granted(
            scope,
            self.with(py, |server| server.entra().app_claims(scope))?,
        )
    }

    fn user_claims(&self, py: Python<'_>, scopes: &str) -> PyResult<String> {
        granted(
            scopes,
            self.with(py, |server| server.entra().user_claims(scopes))?,
        )
    }

    fn sign(&self, py: Python<'_>, claims: &str) -> PyResult<String> {
        let claims: Value = parsed("claims", claims)?;
        self.with(py, |server| server.entra().sign(&claims))
    }

    fn approve_device_code(&self, py: Python<'_>, user_code: &str) -> PyResult<bool> {
        self.with(py, |server| server.entra().approve_device_code(user_code))
    }

    fn decline_device_code(&self, py: Python<'_>, user_code: &str) -> PyResult<bool> {
        self.with(py, |server| server.entra().decline_device_code(user_code))
    }

    fn graph_tenant(&self, py: Python<'_>) -> PyResult<String> {
        self.with(py, |server| server.graph().tenant())
    }

    /// Adds one thing to Graph's tenant, or a document of many, and answers its id.
    fn graph_add(&self, py: Python<'_>, what: &str, document: &str) -> PyResult<String> {
        let added = match what {
            "tenant" => self.with(py, |server| {
                server.graph().add_tenant(document).map(|()| String::new())
            }),
            "resource_account" => {
                let account: ResourceAccount = parsed(what, document)?;
                self.with(py, |server| server.graph().add_resource_account(account))
            }
            "user" => {
                let user: GraphUser = parsed(what, document)?;
                self.with(py, |server| server.graph().add_user(user))
            }
            "number" => {
                let number: GraphNumber = parsed(what, document)?;
                self.with(py, |server| server.graph().add_number(number))
            }
            "sku" => {
                let sku: Sku = parsed(what, document)?;
                self.with(py, |server| server.graph().add_sku(sku))
            }
            _ => {
                return Err(PyValueError::new_err(format!(
                    "{what} is no part of a tenant"
                )));
            }
        }?;
        added.map_err(|error| PyValueError::new_err(format!("{what}: {error}")))
    }

    /// Takes a list of plans for the next operations.
    fn graph_plan(&self, py: Python<'_>, plans: &str) -> PyResult<()> {
        let plans: Vec<OperationPlan> = parsed("plan", plans)?;
        self.with(py, |server| {
            plans.into_iter().for_each(|plan| server.graph().plan(plan));
        })
    }

    /// Changes the members of Graph's settings that the document has.
    fn graph_configure(&self, py: Python<'_>, changes: &str) -> PyResult<()> {
        self.with(py, |server| {
            let mut outcome = Ok(());
            server.graph().configure(|settings| {
                outcome = changed(settings, changes).map(|wanted| *settings = wanted);
            });
            outcome
        })?
        .map_err(PyValueError::new_err)
    }

    fn graph_operation_status(&self, py: Python<'_>, id: &str) -> PyResult<Option<String>> {
        self.with(py, |server| server.graph().operation_status(id))
    }
}

impl Emulator {
    fn of(server: Server) -> Self {
        let entra = server.entra();
        Self {
            process: std::process::id(),
            url: server.url().to_owned(),
            access_key: server.access_key().to_owned(),
            connection_string: server.connection_string(),
            ca_pem: server.ca_pem().map(str::to_owned),
            tenant_id: entra.tenant_id(),
            client_id: entra.client_id(),
            client_secret: entra.client_secret().to_owned(),
            user_id: entra.user_id(),
            user_name: entra.user_name(),
            server: RwLock::new(Some(server)),
        }
    }

    /// Does something with the server while other threads run Python; nothing in here may call back.
    fn with<T: Send>(&self, py: Python<'_>, what: impl FnOnce(&Server) -> T + Send) -> PyResult<T> {
        if self.process != std::process::id() {
            let text = format!(
                "the emulator runs in process {}, which started it; a forked process can only send it requests",
                self.process
            );
            return Err(PyRuntimeError::new_err(text));
        }
        outside(py, || {
            let server = self.server.read().unwrap_or_else(PoisonError::into_inner);
            server.as_ref().map(what)
        })
        .ok_or_else(|| PyRuntimeError::new_err("the emulator has been stopped"))
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        if self.process == std::process::id() {
            return;
        }
        // A forked process has a copy without a thread: its locks may be held for ever, and its wake-ups and its
        // snapshot are those of the process that has the thread.
        let server = self.server.get_mut();
        std::mem::forget(server.unwrap_or_else(PoisonError::into_inner).take());
    }
}

/// Reads a document with the emulator's parser; errors name the member.
fn parsed<T: DeserializeOwned>(what: &str, document: &str) -> PyResult<T> {
    read(document).map_err(|error| PyValueError::new_err(format!("{what}: {error}")))
}

fn read<T: DeserializeOwned>(document: &str) -> Result<T, String> {
    let mut reader = serde_json::Deserializer::from_str(document);
    serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        // Positions are those of a text that nobody has seen.
        let why = error.into_inner().to_string();
        let why = why.split(" at line ").next().unwrap_or_default();
        if path == "." {
            why.to_owned()
        } else {
            format!("{path}: {why}")
        }
    })
}

/// The settings with changes merged in, two levels deep as documents have them.
fn changed(settings: &GraphSettings, changes: &str) -> Result<GraphSettings, String> {
    let mut merged = serde_json::to_value(settings).map_err(|error| error.to_string())?;
    merge(&mut merged, read(changes)?);
    let wanted: GraphSettings = read(&merged.to_string())?;
    if wanted.page_size == Some(0) {
        return Err("pageSize: must be at least 1".to_owned());
    }
    Ok(wanted)
}

fn merge(into: &mut Value, changes: Value) {
    match (into, changes) {
        (Value::Object(into), Value::Object(changes)) => {
            for (name, value) in changes {
                match (name.as_str(), into.get_mut(&name)) {
                    ("propagation", Some(old)) => merge(old, value),
                    _ => drop(into.insert(name, value)),
                }
            }
        }
        (into, changes) => *into = changes,
    }
}

fn granted(scope: &str, claims: Value) -> PyResult<String> {
    if claims.is_null() {
        return Err(PyValueError::new_err(format!(
            "no token can be had for the scope {scope:?}; give those of one resource, as https://communication.azure.com/.default"
        )));
    }
    Ok(claims.to_string())
}

fn text(value: &impl Serialize) -> String {
    // Texts and numbers, which always can be written.
    serde_json::to_string(value).unwrap_or_default()
}
