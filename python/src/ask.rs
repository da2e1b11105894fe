//! Owns what a call asks of Python objects, tokens above all: the question, who puts it, and that it is answered.
//!
//! A call runs outside the interpreter, so it cannot ask the object itself. It leaves a [`Question`] with the
//! thread that polls it, which passes it on to a thread of Python's: the caller's own, or the event loop's.

mod object;
mod recall;
mod token;

use std::cell::RefCell;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use futures::channel::oneshot;
use futures::future::{Abortable, BoxFuture};
use pyo3::exceptions::{PyException, PyKeyboardInterrupt, PyRuntimeError, PySystemExit};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use teams_phone::{BearerToken, Error, ErrorKind, Result, TokenCredential, TokenRequest};

use crate::credentials::Notice;
use crate::errors::Raised;
use crate::fork::Here;
use crate::gate;

pub(crate) use object::{check, is_async};
pub(crate) use recall::Recall;
pub(crate) use token::{moment, text as token_text};

/// How often a question is put after whoever had it went without an answer.
const TURNS: usize = 8;

thread_local! {
    static ASKED: RefCell<Vec<Question>> = const { RefCell::new(Vec::new()) };
}

/// An object that calls ask something of, as one reference however many calls have it.
///
/// The class that owns it shows it to Python's garbage collector. Whoever has made a call is expected to hold that
/// class for as long, since a call that has nothing but this is not seen.
pub(crate) type Asked = Arc<Py<PyAny>>;

/// Something that a call waits for.
pub(crate) struct Question {
    object: Asked,
    wanted: Wanted,
    recall: Arc<Recall>,
}

enum Wanted {
    Token {
        scopes: Vec<String>,
        claims: Option<String>,
        reply: Reply<BearerToken>,
    },
    Told {
        notice: Arc<Notice>,
        reply: Reply<()>,
    },
}

/// The way back to the call, which a forked child can neither use nor give up: either wakes a thread of the parent's.
struct Reply<T>(Here<oneshot::Sender<Result<T>>>);

impl<T> Reply<T> {
    fn send(self, answer: Result<T>) {
        if let Ok(sender) = self.0.into_inner() {
            // Whoever has gone meanwhile does not need it.
            let _ = sender.send(answer);
        }
    }

    fn is_moot(&self) -> bool {
        self.0.get().map_or(true, oneshot::Sender::is_canceled)
    }
}

/// What calls polled on this thread have asked since it was last looked.
pub(crate) fn asked() -> Vec<Question> {
    ASKED.with_borrow_mut(std::mem::take)
}

/// Asks, and asks again if whoever had the question went without an answer, or had it taken back: others may wait
/// for the same answer.
async fn ask<T>(object: &Asked, wanted: impl Fn(Reply<T>) -> Wanted) -> Result<T> {
    let mut turns = TURNS;
    while turns > 0 {
        let (reply, mut answer) = oneshot::channel();
        let (recall, recalled) = Recall::new();
        let question = Question {
            object: Arc::clone(object),
            wanted: wanted(Reply(Here::new(reply))),
            recall,
        };
        ASKED.with_borrow_mut(|asked| asked.push(question));
        match Abortable::new(&mut answer, recalled).await {
            Ok(Ok(answer)) => return answer,
            Ok(Err(oneshot::Canceled)) => turns -= 1,
            Err(_) => {
                if let Ok(Some(answer)) = answer.try_recv() {
                    return answer;
                }
            }
        }
    }
    let message = "the credential was not asked: every call that wanted its token was given up";
    Err(Error::new(ErrorKind::Credential, message))
}

/// A credential whose tokens come from a Python object.
pub(crate) struct AskPython {
    object: Asked,
    interactive: bool,
}

impl AskPython {
    /// Takes an object with `get_token`, or something to call.
    pub(crate) fn new(py: Python<'_>, credential: &Asked) -> Self {
        Self {
            object: Arc::clone(credential),
            interactive: object::is_interactive(credential.bind(py)),
        }
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
        Box::pin(ask(&self.object, |reply| Wanted::Token {
            scopes: request.scopes.iter().map(|&s| s.to_owned()).collect(),
            claims: request.claims.map(str::to_owned),
            reply,
        }))
    }

    fn is_interactive(&self) -> bool {
        self.interactive
    }
}

/// Has a function tell a person what the notice says.
pub(crate) async fn tell(function: &Asked, notice: Arc<Notice>) -> Result<()> {
    ask(function, |reply| Wanted::Told {
        notice: Arc::clone(&notice),
        reply,
    })
    .await
}

impl Question {
    /// Asks the object on this thread and passes its answer on.
    ///
    /// # Errors
    /// What ends the program rather than the call, such as `KeyboardInterrupt`.
    pub(crate) fn answer(self, py: Python<'_>) -> PyResult<()> {
        match self.call(py) {
            Ok(answer) if object::is_awaitable(&answer) => {
                object::close(&answer);
                let message = match self.wanted {
                    Wanted::Token { .. } => object::ASYNCHRONOUS,
                    Wanted::Told { .. } => object::ASYNCHRONOUS_CALLBACK,
                };
                self.fail(Error::new(ErrorKind::Credential, message));
            }
            Ok(answer) => self.reply(&answer),
            Err(error) if error.is_instance_of::<PyException>(py) => self.raised(py, error),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// What takes it back.
    pub(crate) fn recall(&self) -> &Arc<Recall> {
        &self.recall
    }

    /// Whether nobody waits for this answer any more.
    fn is_moot(&self) -> bool {
        let has_gone = match &self.wanted {
            Wanted::Token { reply, .. } => reply.is_moot(),
            Wanted::Told { reply, .. } => reply.is_moot(),
        };
        has_gone || self.recall.is_recalled()
    }

    fn call<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let object = self.object.bind(py);
        let (scopes, claims) = match &self.wanted {
            Wanted::Told { notice, .. } => return object.call1(notice.arguments(py)?),
            Wanted::Token { scopes, claims, .. } => (scopes, claims),
        };
        let Ok(method) = object.getattr("get_token") else {
            return object.call0();
        };
        let named = PyDict::new(py);
        if let Some(claims) = claims {
            named.set_item("claims", claims)?;
        }
        method.call(PyTuple::new(py, scopes)?, Some(&named))
    }

    fn reply(self, answer: &Bound<'_, PyAny>) {
        match self.wanted {
            Wanted::Token { reply, .. } => reply.send(token::read(answer)),
            Wanted::Told { reply, .. } => reply.send(Ok(())),
        }
    }

    fn raised(self, py: Python<'_>, error: PyErr) {
        let name = error.get_type(py).name().map(|name| name.to_string());
        let name = name.unwrap_or_else(|_| "an exception".to_owned());
        let message = match &self.wanted {
            Wanted::Token { .. } => format!("the credential has no token: it raised {name}"),
            Wanted::Told { .. } => {
                format!("nobody could be told how to sign in: the callback raised {name}")
            }
        };
        self.fail(Error::new(ErrorKind::Credential, message).with_source(Raised(error)));
    }

    fn fail(self, error: Error) {
        match self.wanted {
            Wanted::Token { reply, .. } => reply.send(Err(error)),
            Wanted::Told { reply, .. } => reply.send(Err(error)),
        }
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
        self.lock().take()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Question>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Ask {
    /// Whether nobody waits for the answer any more.
    #[getter]
    fn is_moot(&self) -> bool {
        self.lock().as_ref().is_none_or(Question::is_moot)
    }

    /// Whether the object answers with a coroutine, and so may be asked on the loop.
    #[getter]
    fn is_async(&self, py: Python<'_>) -> bool {
        let _visit = gate::visit(py);
        let object = self.lock().as_ref().map(|asked| Arc::clone(&asked.object));
        object.is_some_and(|object| is_async(object.bind(py)))
    }

    /// Asks an object that answers with a coroutine.
    fn call<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let _visit = gate::visit(py);
        let question = self.take();
        let question = question.ok_or_else(|| PyRuntimeError::new_err("answered already"))?;
        let outcome = question.call(py);
        *self.lock() = Some(question);
        outcome
    }

    /// Asks any other object on this thread, and passes on what it answers whether or not the loop still runs. Returns
    /// what has to be awaited, if that is the answer.
    fn answer<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let _visit = gate::visit(py);
        let held = |question: &Question| !question.is_moot() && question.recall.hold();
        let Some(question) = self.take().filter(held) else {
            return Ok(None);
        };
        match question.call(py) {
            Ok(answer) if object::is_awaitable(&answer) => {
                question.recall.release();
                if question.is_moot() {
                    object::close(&answer);
                } else {
                    *self.lock() = Some(question);
                    return Ok(Some(answer));
                }
            }
            Ok(answer) => question.reply(&answer),
            Err(error) => {
                let is_for_the_call = error.is_instance_of::<PyException>(py);
                question.raised(py, error.clone_ref(py));
                if !is_for_the_call {
                    return Err(error);
                }
            }
        }
        Ok(None)
    }

    /// Passes the answer on to the call that waits for it.
    fn reply(&self, py: Python<'_>, answer: &Bound<'_, PyAny>) {
        let _visit = gate::visit(py);
        if let Some(question) = self.take() {
            question.reply(answer);
        }
    }

    /// Passes on why there is none. A question that only lost the task that had it is put again.
    fn fail(&self, py: Python<'_>, error: &Bound<'_, PyAny>) {
        let _visit = gate::visit(py);
        let Some(question) = self.take() else { return };
        // Not by what it is not: this may run when `asyncio` has gone already.
        if error.is_instance_of::<PyException>()
            || error.is_instance_of::<PySystemExit>()
            || error.is_instance_of::<PyKeyboardInterrupt>()
        {
            question.raised(py, PyErr::from_value(error.clone()));
        }
    }
}
