//! Owns tokens that a Python object gets: the question, who puts it, and how the answer is read.
//!
//! A call runs outside the interpreter, so it cannot ask the object itself. It leaves a [`Question`] with the
//! thread that polls it, which passes it on to a thread of Python's: the caller's own, or the event loop's.

use std::cell::RefCell;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures::channel::oneshot;
use futures::future::BoxFuture;
use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use teams_phone::{BearerToken, Error, ErrorKind, Result, Secret, TokenCredential, TokenRequest};

use crate::errors::Raised;

/// How long a token is kept whose expiry nobody tells: whoever answers it keeps its own.
const UNKNOWN_LIFE: Duration = Duration::from_secs(60);

/// Set in the flags of a function that is a coroutine function.
const COROUTINE: u32 = 0x80;

thread_local! {
    static ASKED: RefCell<Vec<Question>> = const { RefCell::new(Vec::new()) };
}

/// A token that a call waits for.
pub(crate) struct Question {
    credential: Arc<Py<PyAny>>,
    scopes: Vec<String>,
    claims: Option<String>,
    reply: oneshot::Sender<Result<BearerToken>>,
}

/// What calls polled on this thread have asked since it was last looked.
pub(crate) fn asked() -> Vec<Question> {
    ASKED.with_borrow_mut(std::mem::take)
}

/// A credential whose tokens come from a Python object.
pub(crate) struct AskPython(Arc<Py<PyAny>>);

impl AskPython {
    /// Takes an object with `get_token`, or something to call.
    pub(crate) fn new(credential: &Bound<'_, PyAny>) -> Self {
        Self(Arc::new(credential.clone().unbind()))
    }
}

impl fmt::Debug for AskPython {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AskPython")
    }
}

impl TokenCredential for AskPython {
    fn get_token<'a>(
        &'a self,
        request: &'a TokenRequest<'a>,
    ) -> BoxFuture<'a, Result<BearerToken>> {
        Box::pin(async move {
            let (reply, answer) = oneshot::channel();
            let question = Question {
                credential: Arc::clone(&self.0),
                scopes: request
                    .scopes
                    .iter()
                    .map(|&scope| scope.to_owned())
                    .collect(),
                claims: request.claims.map(str::to_owned),
                reply,
            };
            ASKED.with_borrow_mut(|asked| asked.push(question));
            answer.await.unwrap_or_else(|_| {
                let message =
                    "the credential was not asked: the call that wanted its token was given up";
                Err(Error::new(ErrorKind::Credential, message))
            })
        })
    }
}

impl Question {
    /// Asks the object on this thread and passes its answer on.
    ///
    /// # Errors
    /// What ends the program rather than the call, such as `KeyboardInterrupt`.
    pub(crate) fn answer(self, py: Python<'_>) -> PyResult<()> {
        let answer = match self.call(py) {
            Ok(token) if is_awaitable(&token) => {
                // Closed, or Python would warn that nobody awaited it.
                let _ = token.call_method0("close");
                Err(Error::new(
                    ErrorKind::Credential,
                    "the credential is an asynchronous one; use it with teams_phone.aio, or give its synchronous sibling",
                ))
            }
            Ok(token) => read(&token),
            Err(error) if is_exception(py, &error) => Err(failed(py, error)),
            Err(error) => return Err(error),
        };
        let _ = self.reply.send(answer);
        Ok(())
    }

    fn call<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let credential = self.credential.bind(py);
        let Ok(method) = credential.getattr("get_token") else {
            return credential.call0();
        };
        let named = PyDict::new(py);
        if let Some(claims) = &self.claims {
            named.set_item("claims", claims)?;
        }
        method.call(PyTuple::new(py, &self.scopes)?, Some(&named))
    }
}

/// A question for the event loop to answer.
#[pyclass(frozen, module = "teams_phone._native")]
pub(crate) struct Ask(Mutex<Option<Question>>);

impl Ask {
    pub(crate) fn new(question: Question) -> Self {
        Self(Mutex::new(Some(question)))
    }

    fn take(&self) -> Option<Question> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

#[pymethods]
impl Ask {
    /// Whether the credential answers with a coroutine, and so may be asked on the loop.
    #[getter]
    fn is_async(&self, py: Python<'_>) -> bool {
        let question = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let credential = question
            .as_ref()
            .map(|question| Arc::clone(&question.credential));
        drop(question);
        credential.is_some_and(|credential| is_async(credential.bind(py)))
    }

    /// Asks the credential; the answer is a token, or an awaitable of one.
    fn call<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let question = self.take();
        let question = question.ok_or_else(|| PyRuntimeError::new_err("answered already"))?;
        let outcome = question.call(py);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(question);
        outcome
    }

    /// Passes the token on to the call that waits for it.
    fn reply(&self, token: &Bound<'_, PyAny>) {
        if let Some(question) = self.take() {
            let _ = question.reply.send(read(token));
        }
    }

    /// Passes on why there is none.
    fn fail(&self, py: Python<'_>, error: &Bound<'_, PyAny>) {
        if let Some(question) = self.take() {
            let error = PyErr::from_value(error.clone());
            let _ = question.reply.send(Err(failed(py, error)));
        }
    }
}

/// Whether a credential's answer is a coroutine, told without asking it.
pub(crate) fn is_async(credential: &Bound<'_, PyAny>) -> bool {
    let flags = |function: &Bound<'_, PyAny>| -> PyResult<u32> {
        function.getattr("__code__")?.getattr("co_flags")?.extract()
    };
    let method = credential.getattr("get_token");
    let function = method.unwrap_or_else(|_| credential.clone());
    flags(&function).is_ok_and(|flags| flags & COROUTINE != 0)
}

fn is_awaitable(value: &Bound<'_, PyAny>) -> bool {
    value.hasattr("__await__").unwrap_or(false)
}

fn is_exception(py: Python<'_>, error: &PyErr) -> bool {
    error.is_instance_of::<pyo3::exceptions::PyException>(py)
}

fn failed(py: Python<'_>, error: PyErr) -> Error {
    let name = error.get_type(py).name().map(|name| name.to_string());
    let name = name.unwrap_or_else(|_| "an exception".to_owned());
    let message = format!("the credential has no token: it raised {name}");
    Error::new(ErrorKind::Credential, message).with_source(Raised(error))
}

/// Reads what a credential answered: a token's text, or an object with `token` and `expires_on`.
fn read(answer: &Bound<'_, PyAny>) -> Result<BearerToken> {
    let unreadable = |why: &str| {
        Error::new(
            ErrorKind::Credential,
            format!("the credential answered {why}"),
        )
    };
    if let Ok(text) = answer.cast::<PyString>() {
        let text: String = text
            .extract()
            .map_err(|_| unreadable("text that is not UTF-8"))?;
        let token = Secret::from(text);
        let known = teams_phone_entra::claims(&token).and_then(|claims| claims.expires);
        let expires_on = known.unwrap_or_else(|| SystemTime::now() + UNKNOWN_LIFE);
        return Ok(BearerToken::new(token, expires_on));
    }
    let field = |name: &str| answer.getattr(name).ok();
    let token = field("token").and_then(|token| token.extract::<String>().ok());
    let expiry = field("expires_on").and_then(|expiry| expiry.extract::<f64>().ok());
    let (Some(token), Some(seconds)) = (token, expiry) else {
        let class = answer.get_type().name().map(|name| name.to_string());
        let class = class.unwrap_or_else(|_| "something".to_owned());
        return Err(unreadable(&format!(
            "{class}; a token is text, or an object with `token` (text) and `expires_on` (seconds since 1970)"
        )));
    };
    let expires_on = Duration::try_from_secs_f64(seconds)
        .ok()
        .and_then(|since| UNIX_EPOCH.checked_add(since))
        .ok_or_else(|| unreadable("a token with an `expires_on` that is no moment"))?;
    Ok(BearerToken::new(token, expires_on))
}

/// Refuses what cannot answer tokens.
pub(crate) fn check(credential: &Bound<'_, PyAny>) -> PyResult<()> {
    if credential.hasattr("get_token")? || credential.is_callable() {
        return Ok(());
    }
    Err(PyTypeError::new_err(format!(
        "credential is {}; give an access key, a credential of teams_phone.credentials or azure.identity, or a \
         function that returns a token",
        credential.get_type().name()?
    )))
}
