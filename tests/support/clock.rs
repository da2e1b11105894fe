//! Owns a clock that a test keeps a hold of while a client runs by it; waits return at once.

use std::ops::Deref;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use teams_phone::clock::{Clock, ManualClock, Sleep};

/// A [`ManualClock`] shared by a client and its test.
#[derive(Clone, Debug)]
pub struct HeldClock(Arc<ManualClock>);

impl HeldClock {
    /// Starts at a time.
    #[must_use]
    pub fn starting(at: SystemTime) -> Self {
        Self(Arc::new(ManualClock::new(at)))
    }
}

impl Deref for HeldClock {
    type Target = ManualClock;

    fn deref(&self) -> &ManualClock {
        &self.0
    }
}

impl Clock for HeldClock {
    fn now(&self) -> SystemTime {
        self.0.now()
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep(&self, wait: Duration) -> Sleep<'_> {
        self.0.sleep(wait)
    }

    fn jitter(&self) -> f64 {
        self.0.jitter()
    }
}
