//! Owns the way from a call to a credential that works on the thread of connections; knows no kind of credential.
//!
//! Calls are driven by whoever waits for them, and a connection is driven by the calls of its runtime. A credential
//! that several clients share must not depend on any of them, so it works on the one thread that always runs.

use std::fmt;
use std::future::pending;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures::future::{BoxFuture, Either, select};
use futures::stream::StreamExt as _;
use pyo3::prelude::*;
use teams_phone::{BearerToken, Error, ErrorKind, Result, TokenCredential, TokenRequest};
use teams_phone_entra::{DevicePrompt, TokenCache};
use tokio::task::JoinHandle;

use super::Shared;
use crate::ask::{self, Asked};
use crate::io;

tokio::task_local! {
    /// Where the sign-in that runs says what a person has to do.
    static PERSON: UnboundedSender<Notice>;
}

/// What a person has to be told to sign in.
pub(crate) enum Notice {
    Code(DevicePrompt),
    Page(String),
}

impl Notice {
    /// The arguments of the function that tells a person.
    pub(crate) fn arguments<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<Bound<'py, pyo3::types::PyTuple>> {
        match self {
            Self::Code(prompt) => {
                let end = SystemTime::now() + prompt.expires_in.min(Duration::from_secs(86_400));
                (&prompt.verification_uri, &prompt.user_code, end).into_pyobject(py)
            }
            Self::Page(url) => (url,).into_pyobject(py),
        }
    }
}

/// Tells whoever waits for the sign-in that runs.
pub(super) fn announce(notice: Notice) {
    // Nobody waits any more if it cannot be sent.
    let _ = PERSON.try_with(|person| person.unbounded_send(notice));
}

/// Lets a credential work on the thread of connections, and keeps its tokens where calls find them.
pub(super) fn elsewhere(credential: impl TokenCredential, tell: Option<&Asked>) -> Shared {
    Arc::new(TokenCache::new(Elsewhere {
        credential: Arc::new(credential),
        tell: tell.map(Arc::clone),
    }))
}

struct Elsewhere {
    credential: Shared,
    /// What tells a person how to sign in.
    tell: Option<Asked>,
}

impl TokenCredential for Elsewhere {
    fn get_token<'a>(
        &'a self,
        request: &'a TokenRequest<'a>,
    ) -> BoxFuture<'a, Result<BearerToken>> {
        Box::pin(async move {
            let (person, notices) = unbounded();
            let mut task = self.start(request, person)?;
            match select(&mut task.0, pin!(self.tell(notices))).await {
                Either::Left((Ok(outcome), _)) => outcome,
                // The interpreter goes, and so does this thread: an error would only be printed.
                Either::Left((Err(why), _)) if why.is_cancelled() => pending().await,
                Either::Left((Err(_), _)) => Err(broken()),
                Either::Right((error, _)) => Err(error),
            }
        })
    }

    fn is_interactive(&self) -> bool {
        self.credential.is_interactive()
    }
}

impl Elsewhere {
    fn start(&self, request: &TokenRequest<'_>, person: UnboundedSender<Notice>) -> Result<Task> {
        let credential = Arc::clone(&self.credential);
        let scopes: Vec<String> = request.scopes.iter().map(|&s| s.to_owned()).collect();
        let claims = request.claims.map(str::to_owned);
        let refused = request.refused.cloned();
        let refresh = request.refresh;
        let sign_in = PERSON.scope(person, async move {
            let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
            let mut request = TokenRequest::new(&scopes);
            if refresh {
                request = request.refused(refused.as_ref()).claims(claims.as_deref());
            }
            credential.get_token(&request).await
        });
        let handle = io::handle().map_err(|_| ended())?;
        Ok(Task(handle.spawn(sign_in)))
    }

    /// Tells a person what the sign-in announces; ends if that cannot be told.
    async fn tell(&self, mut notices: UnboundedReceiver<Notice>) -> Error {
        while let Some(notice) = notices.next().await {
            let Some(tell) = &self.tell else { continue };
            if let Err(error) = ask::tell(tell, Arc::new(notice)).await {
                return error;
            }
        }
        pending().await
    }
}

impl fmt::Debug for Elsewhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.credential.fmt(f)
    }
}

/// A sign-in that ends when nobody waits for it.
struct Task(JoinHandle<Result<BearerToken>>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn broken() -> Error {
    Error::new(ErrorKind::Credential, "the sign-in broke off")
}

fn ended() -> Error {
    let message = "no token can be had any more: the interpreter is shutting down";
    Error::new(ErrorKind::Credential, message)
}
