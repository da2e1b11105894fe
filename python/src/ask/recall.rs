//! Owns whether a question is taken back from whom it was passed to; knows nothing of what it asks.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::future::{AbortHandle, AbortRegistration};

/// Takes a question back, so that it is put again elsewhere, unless its answer is on the way.
pub(crate) struct Recall {
    question: AbortHandle,
    state: Mutex<State>,
}

enum State {
    Open,
    /// The object is being asked, on a thread that comes to an end whatever becomes of the loop.
    Held,
    /// The same, and it was to be taken back meanwhile.
    Due,
}

impl Recall {
    /// One, and what tells whoever waits for the answer.
    pub(super) fn new() -> (Arc<Self>, AbortRegistration) {
        let (question, recalled) = AbortHandle::new_pair();
        let state = Mutex::new(State::Open);
        (Arc::new(Self { question, state }), recalled)
    }

    /// Takes the question back, or does so once the thread that has it turns out to have no answer.
    pub(crate) fn recall(&self) {
        let mut state = self.lock();
        match *state {
            State::Open => self.question.abort(),
            State::Held | State::Due => *state = State::Due,
        }
    }

    pub(super) fn is_recalled(&self) -> bool {
        self.question.is_aborted()
    }

    /// Holds the question; false if it was taken back.
    pub(super) fn hold(&self) -> bool {
        let mut state = self.lock();
        let held = !self.is_recalled();
        if held {
            *state = State::Held;
        }
        held
    }

    /// Lets go of it: the answer needs the loop after all.
    pub(super) fn release(&self) {
        let mut state = self.lock();
        if matches!(*state, State::Due) {
            self.question.abort();
        }
        *state = State::Open;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
