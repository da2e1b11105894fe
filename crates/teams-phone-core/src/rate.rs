//! Owns how many requests per window a client sends; knows no operation but by name.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Clock;

/// Limits on the requests a client sends, counted per operation over a sliding window.
///
/// In no window of the given length are more requests of one operation sent than its limit, retries
/// included. A limit that is used up makes further calls wait; waiting calls go in the order they came.
#[derive(Debug)]
pub struct RateLimits {
    window: Duration,
    otherwise: usize,
    limits: BTreeMap<&'static str, usize>,
    sent: Mutex<BTreeMap<&'static str, VecDeque<Duration>>>,
}

impl RateLimits {
    /// At most `otherwise` requests per `window` for every operation without a limit of its own; a limit
    /// of zero counts as one.
    #[must_use]
    pub fn new(window: Duration, otherwise: usize) -> Self {
        Self {
            window,
            otherwise: otherwise.max(1),
            limits: BTreeMap::new(),
            sent: Mutex::default(),
        }
    }

    /// Gives one operation a limit of its own.
    #[must_use]
    pub fn limit(mut self, operation: &'static str, requests: usize) -> Self {
        self.limits.insert(operation, requests.max(1));
        self
    }

    /// Waits until a request of the operation may be sent, and counts it.
    pub(crate) async fn acquire(&self, clock: &dyn Clock, operation: &'static str) {
        let wait = self.reserve(clock.elapsed(), operation);
        if !wait.is_zero() {
            clock.sleep(wait).await;
        }
    }

    /// Books the next free moment; answers how far away it is.
    fn reserve(&self, now: Duration, operation: &'static str) -> Duration {
        let limit = *self.limits.get(operation).unwrap_or(&self.otherwise);
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        let moments = sent.entry(operation).or_default();
        let moment = if moments.len() < limit {
            now
        } else {
            moments
                .pop_front()
                .map_or(now, |oldest| now.max(oldest + self.window))
        };
        moments.push_back(moment);
        moment - now
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_used_up_limit_makes_calls_wait_for_the_window() {
        let limits = RateLimits::new(30 * SECOND, 2).limit("slow", 1);
        assert_eq!(limits.reserve(Duration::ZERO, "a"), Duration::ZERO);
        assert_eq!(limits.reserve(10 * SECOND, "a"), Duration::ZERO);
        assert_eq!(limits.reserve(10 * SECOND, "a"), 20 * SECOND);
        assert_eq!(limits.reserve(10 * SECOND, "a"), 30 * SECOND);
        assert_eq!(limits.reserve(10 * SECOND, "slow"), Duration::ZERO);
        assert_eq!(limits.reserve(20 * SECOND, "slow"), 20 * SECOND);
        assert_eq!(limits.reserve(500 * SECOND, "a"), Duration::ZERO);
    }

    proptest! {
        #[test]
        fn no_window_holds_more_than_the_limit(
            limit in 1usize..6, gaps in proptest::collection::vec(0u32..20, 1..60),
        ) {
            let limits = RateLimits::new(30 * SECOND, limit);
            let mut now = Duration::ZERO;
            let mut sent = Vec::new();
            for gap in gaps {
                now += gap * SECOND;
                sent.push(now + limits.reserve(now, "a"));
            }
            for pair in sent.windows(limit + 1) {
                prop_assert!(pair[limit] - pair[0] >= 30 * SECOND);
            }
        }
    }
}
