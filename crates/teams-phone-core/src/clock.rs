//! Owns time and chance, so that tests can set both; knows nothing of requests.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// A future that resolves when a wait is over.
pub type Sleep<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// Where the SDK takes time and randomness from.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The wall clock, for signatures and token expiry.
    fn now(&self) -> SystemTime;

    /// A clock that never goes back, for deadlines; counted from any fixed moment.
    fn elapsed(&self) -> Duration;

    /// Waits.
    fn sleep(&self, wait: Duration) -> Sleep<'_>;

    /// A number in `0.0..1.0` that spreads retries.
    fn jitter(&self) -> f64;
}

/// A clock that several own, such as a client and the test that moves it.
impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> SystemTime {
        (**self).now()
    }

    fn elapsed(&self) -> Duration {
        (**self).elapsed()
    }

    fn sleep(&self, wait: Duration) -> Sleep<'_> {
        (**self).sleep(wait)
    }

    fn jitter(&self) -> f64 {
        (**self).jitter()
    }
}

/// The computer's clock; waits need a tokio runtime with its time driver on.
#[derive(Debug)]
pub struct SystemClock(Instant);

impl Default for SystemClock {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep(&self, wait: Duration) -> Sleep<'_> {
        Box::pin(tokio::time::sleep(wait))
    }

    fn jitter(&self) -> f64 {
        fastrand::f64()
    }
}

/// A clock for tests: waits return at once, move the time on, and are written down.
#[derive(Debug)]
pub struct ManualClock(Mutex<State>);

#[derive(Debug)]
struct State {
    start: SystemTime,
    elapsed: Duration,
    jitter: f64,
    sleeps: Vec<Duration>,
}

impl ManualClock {
    /// Starts at `now` with a jitter of `0.5`.
    #[must_use]
    pub fn new(now: SystemTime) -> Self {
        Self(Mutex::new(State {
            start: now,
            elapsed: Duration::ZERO,
            jitter: 0.5,
            sleeps: Vec::new(),
        }))
    }

    /// Moves the time on.
    pub fn advance(&self, by: Duration) {
        self.state().elapsed += by;
    }

    /// Sets the number that [`Clock::jitter`] answers.
    pub fn set_jitter(&self, jitter: f64) {
        self.state().jitter = jitter;
    }

    /// The waits so far, in order.
    #[must_use]
    pub fn sleeps(&self) -> Vec<Duration> {
        self.state().sleeps.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> SystemTime {
        let state = self.state();
        state.start + state.elapsed
    }

    fn elapsed(&self) -> Duration {
        self.state().elapsed
    }

    fn sleep(&self, wait: Duration) -> Sleep<'_> {
        let mut state = self.state();
        state.elapsed += wait;
        state.sleeps.push(wait);
        Box::pin(std::future::ready(()))
    }

    fn jitter(&self) -> f64 {
        self.state().jitter
    }
}
