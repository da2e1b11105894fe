//! Owns one prepared operation: what is sent, by whom, and how its answer becomes a Python object.

pub(crate) mod prepare;

use std::future::IntoFuture;
use std::sync::{Mutex, PoisonError};

use futures::future::BoxFuture;
use pyo3::exceptions::{PyAttributeError, PyRuntimeError};
use pyo3::prelude::*;
use teams_phone::{Client, Result};

use crate::convert::Value;
use crate::fork::Here;

/// An answer that becomes a Python object once there is an interpreter at hand.
pub(crate) type Answer = Box<dyn FnOnce(Python<'_>) -> PyResult<Py<PyAny>> + Send>;

/// A call under way. It runs outside the interpreter, so nothing in it may touch Python.
pub(crate) type Pending = BoxFuture<'static, Result<Answer>>;

/// A call and the client that makes it, which bulk work exchanges for one with rate limits.
pub(crate) enum Work {
    OfResource(Client, Box<dyn FnOnce(Client) -> Pending + Send>),
    /// Of a resource as well, but with limits of its own.
    Whole(Client, Pending),
    Other(Pending),
}

/// One operation with its arguments, checked and not yet sent; it can be run once.
#[pyclass(frozen, module = "teams_phone._native")]
pub(crate) struct Call(Mutex<Option<Here<Work>>>);

impl Call {
    /// A call of a Communication Services resource.
    pub(crate) fn of_resource<R, T>(
        client: Client,
        request: impl FnOnce(Client) -> R + Send + 'static,
    ) -> Self
    where
        R: IntoFuture<Output = Result<T>>,
        R::IntoFuture: Send + 'static,
        T: Value + Send + 'static,
    {
        prepare::count(&client);
        let send = Box::new(move |client| pending(request(client)));
        Self::of(Work::OfResource(client, send))
    }

    /// A call of a resource that makes its Python object itself, and that bulk work does not take.
    pub(crate) fn whole(client: Client, pending: Pending) -> Self {
        Self::of(Work::Whole(client, pending))
    }

    /// Any other call.
    pub(crate) fn other<T: Value + Send + 'static>(
        request: impl IntoFuture<Output = Result<T>, IntoFuture: Send + 'static>,
    ) -> Self {
        Self::answering(pending(request))
    }

    /// A call that makes its Python object itself.
    pub(crate) fn answering(pending: Pending) -> Self {
        Self::of(Work::Other(pending))
    }

    fn of(work: Work) -> Self {
        Self(Mutex::new(Some(Here::new(work))))
    }

    /// Takes the work out; it can be done once.
    pub(crate) fn take(&self) -> PyResult<Work> {
        let work = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        work.ok_or_else(|| PyRuntimeError::new_err("this call was run before"))?
            .into_inner()
    }

    /// Starts the call with the client it was made with.
    pub(crate) fn start(&self) -> PyResult<Pending> {
        Ok(match self.take()? {
            Work::OfResource(client, send) => {
                prepare::check(&client)?;
                send(client)
            }
            Work::Whole(client, pending) => {
                prepare::check(&client)?;
                pending
            }
            Work::Other(pending) => pending,
        })
    }
}

fn pending<T: Value + Send + 'static>(
    request: impl IntoFuture<Output = Result<T>, IntoFuture: Send + 'static>,
) -> Pending {
    let request = request.into_future();
    Box::pin(async move { Ok(answer(request.await?)) })
}

/// An answer of one value.
pub(crate) fn answer(value: impl Value + Send + 'static) -> Answer {
    Box::new(move |py| value.into_python(py).map(Bound::unbind))
}

#[pymethods]
impl Call {
    /// `Call[T]` is a call that answers with a `T`.
    #[classmethod]
    fn __class_getitem__(
        class: &Bound<'_, pyo3::types::PyType>,
        item: &Bound<'_, PyAny>,
    ) -> PyResult<Py<PyAny>> {
        let generic = class.py().import("types")?.getattr("GenericAlias")?;
        Ok(generic.call1((class, item))?.unbind())
    }

    /// Says why an answer cannot be used yet, where the function given to `bulk` tries to.
    fn __getattr__(&self, name: &str) -> PyResult<Py<PyAny>> {
        let mut text = format!("a prepared call has no attribute {name:?}");
        if !name.starts_with('_') {
            text.push_str(
                ": the function given to bulk cannot use the answer, for the call is made after it has returned it; \
                 use it where the results come, or make a second run",
            );
        }
        Err(PyAttributeError::new_err(text))
    }
}
