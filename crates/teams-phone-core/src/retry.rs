//! Owns when a failed attempt is repeated and after what wait; knows nothing of how it is sent.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use http::HeaderMap;

/// The first retry never comes sooner than this part of the base delay.
const FLOOR: u32 = 10;

/// What of a failed call may be repeated without asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// Whatever may pass: twice is the same as once.
    Always,
    /// What the service has surely not processed: a refused connection, 429, and 503 with a wait.
    Unprocessed,
    /// What the service itself has turned away: a refused connection and 429. A gateway's 503 may stand
    /// for a request that went through.
    Refused,
}

/// When and how often a call is repeated.
///
/// Only what is safe is repeated. A refused connection, 429, and 503 with a wait named by the service were
/// not processed and are always repeated. 408, 500, 502, 503, 504, timeouts and lost answers are repeated
/// for idempotent calls only. A wait that the service names wins over the back-off; if it does not fit
/// into the deadline the call fails at once and [`Error::retry_after`](crate::Error::retry_after) tells it.
/// Between attempts lies a random part of `base × 2ⁿ`. A budget per client keeps retries from flooding a
/// service that is down.
///
/// Besides, and whatever the policy says, a request that is refused (401) is sent once more if there is
/// something better to send: another bearer token, or a signature dated with the service's time when this
/// machine's clock is off by more than a minute.
#[derive(Clone, Debug, PartialEq)]
pub struct RetryPolicy {
    max_attempts: u32,
    base_delay: Duration,
    max_delay: Duration,
    deadline: Duration,
    attempt_timeout: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 5,
            base_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(20),
            deadline: Duration::from_secs(120),
            attempt_timeout: Duration::from_secs(30),
        }
    }
}

impl RetryPolicy {
    /// Sends every call once.
    #[must_use]
    pub fn none() -> Self {
        Self::default().max_attempts(1)
    }

    /// How often a call is sent at most, the first time included; default 5, at least 1.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// The longest first wait; default 500 ms. It doubles with every retry.
    #[must_use]
    pub fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// The longest wait that the client chooses itself; default 20 s.
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// How long a call may take with all its attempts and waits; default 120 s.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// How long one attempt may take; default 30 s.
    #[must_use]
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// The time the call has left after `spent`; `None` when nothing is left.
    pub(crate) fn deadline_left(&self, spent: Duration) -> Option<Duration> {
        let left = self.deadline.saturating_sub(spent);
        (!left.is_zero()).then_some(left)
    }

    /// The time the next attempt may take after `spent`; `None` when nothing is left.
    pub(crate) fn time_left(&self, spent: Duration) -> Option<Duration> {
        let left = self.deadline_left(spent)?;
        Some(left.min(self.attempt_timeout))
    }

    /// The wait before the attempt that follows `attempts`, or `None` to give up.
    pub(crate) fn wait(
        &self,
        cause: &Cause,
        repeat: Repeat,
        attempts: u32,
        spent: Duration,
        jitter: f64,
    ) -> Option<Duration> {
        if attempts >= self.max_attempts || !cause.is_worth_repeating(repeat) {
            return None;
        }
        let floor = (self.base_delay / FLOOR).max(Duration::from_millis(1));
        let wait = match cause.server_wait() {
            Some(wait) => wait.max(floor),
            None => {
                let doublings = (attempts - 1).min(20);
                let longest = self.base_delay.saturating_mul(1 << doublings);
                longest.min(self.max_delay).mul_f64(jitter).max(floor)
            }
        };
        (spent + wait < self.deadline).then_some(wait)
    }
}

/// Why an attempt failed, as far as the decision to repeat it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// No connection: nothing was processed.
    Connect,
    /// The time ran out: it may have been processed.
    Timeout,
    /// The connection broke after sending: it may have been processed.
    Lost,
    /// The service answered with a status, and perhaps with a wait.
    Status(u16, Option<Duration>),
}

impl Cause {
    pub(crate) fn is_worth_repeating(self, repeat: Repeat) -> bool {
        match self {
            Self::Connect | Self::Status(429, _) => true,
            Self::Status(503, Some(_)) => repeat != Repeat::Refused,
            other => other.may_be_processed() && repeat == Repeat::Always,
        }
    }

    /// Whether the request may have had its effect all the same.
    pub(crate) fn may_be_processed(self) -> bool {
        matches!(
            self,
            Self::Timeout | Self::Lost | Self::Status(408 | 500 | 502 | 503 | 504, _)
        )
    }

    fn server_wait(self) -> Option<Duration> {
        match self {
            Self::Status(_, wait) => wait,
            _ => None,
        }
    }
}

/// The wait that an answer asks for: in milliseconds, in seconds, or until a date.
#[must_use]
pub fn server_wait(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let milliseconds = ["retry-after-ms", "x-ms-retry-after-ms"]
        .iter()
        .find_map(|name| text(name)?.trim().parse().ok())
        .map(Duration::from_millis);
    milliseconds.or_else(|| {
        let value = text("retry-after")?.trim();
        if let Ok(seconds) = value.parse() {
            return Some(Duration::from_secs(seconds));
        }
        let date = httpdate::parse_http_date(value).ok()?;
        Some(date.duration_since(now).unwrap_or_default())
    })
}

/// How many retries the client may still do: each costs five, each success gives one back.
#[derive(Debug)]
pub(crate) struct Budget(AtomicU32);

impl Budget {
    const FULL: u32 = 500;
    const COST: u32 = 5;

    pub(crate) fn new() -> Self {
        Self(AtomicU32::new(Self::FULL))
    }

    pub(crate) fn take(&self) -> bool {
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(Self::COST)
            })
            .is_ok()
    }

    pub(crate) fn refund(&self) {
        if self.0.load(Ordering::Relaxed) < Self::FULL {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn repeats_only_what_is_safe() {
        let policy = RetryPolicy::default();
        let repeats = |cause, repeat| {
            policy
                .wait(&cause, repeat, 1, Duration::ZERO, 0.5)
                .is_some()
        };
        for (cause, idempotent, otherwise) in [
            (Cause::Connect, true, true),
            (Cause::Timeout, true, false),
            (Cause::Lost, true, false),
            (Cause::Status(408, None), true, false),
            (Cause::Status(429, None), true, true),
            (Cause::Status(429, Some(SECOND)), true, true),
            (Cause::Status(500, None), true, false),
            (Cause::Status(501, None), false, false),
            (Cause::Status(502, Some(SECOND)), true, false),
            (Cause::Status(503, None), true, false),
            (Cause::Status(503, Some(SECOND)), true, true),
            (Cause::Status(504, None), true, false),
            (Cause::Status(400, Some(SECOND)), false, false),
            (Cause::Status(401, None), false, false),
        ] {
            assert_eq!(repeats(cause, Repeat::Always), idempotent, "{cause:?}");
            let refused = otherwise && !matches!(cause, Cause::Status(503, _));
            assert_eq!(repeats(cause, Repeat::Refused), refused, "{cause:?}");
            assert_eq!(
                repeats(cause, Repeat::Unprocessed),
                otherwise,
                "{cause:?}, not idempotent"
            );
        }
    }

    #[test]
    fn waits_grow_are_capped_and_never_nothing() {
        let policy = RetryPolicy::default().max_attempts(30);
        let wait = |attempts, jitter| {
            policy
                .wait(
                    &Cause::Connect,
                    Repeat::Always,
                    attempts,
                    Duration::ZERO,
                    jitter,
                )
                .unwrap()
        };
        assert_eq!(wait(1, 0.5), Duration::from_millis(250));
        assert_eq!(wait(2, 0.5), Duration::from_millis(500));
        assert_eq!(wait(3, 1.0), Duration::from_secs(2));
        assert_eq!(wait(25, 1.0), Duration::from_secs(20));
        assert_eq!(wait(1, 0.0), Duration::from_millis(50));
    }

    #[test]
    fn the_services_wait_wins_unless_it_passes_the_deadline() {
        let policy = RetryPolicy::default().deadline(10 * SECOND);
        let wait = |seconds, spent| {
            let cause = Cause::Status(429, Some(seconds * SECOND));
            policy.wait(&cause, Repeat::Unprocessed, 1, spent, 0.0)
        };
        assert_eq!(wait(3, Duration::ZERO), Some(3 * SECOND));
        assert_eq!(wait(3, 8 * SECOND), None);
        assert_eq!(wait(0, Duration::ZERO), Some(Duration::from_millis(50)));
    }

    #[test]
    fn honours_retry_after_in_every_form() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_744_644_745);
        for (name, value, expected) in [
            ("retry-after", "7", Some(7000)),
            ("retry-after", "Mon, 14 Apr 2025 15:32:35 GMT", Some(10_000)),
            ("retry-after", "Mon, 14 Apr 2025 15:00:00 GMT", Some(0)),
            ("retry-after-ms", "30", Some(30)),
            ("x-ms-retry-after-ms", " 40 ", Some(40)),
            ("retry-after", "soon", None),
            ("retry-after", "-1", None),
            ("x-other", "1", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(name, value.parse().unwrap());
            let expected = expected.map(Duration::from_millis);
            assert_eq!(server_wait(&headers, now), expected, "{name}: {value}");
        }
    }

    #[test]
    fn the_budget_runs_out_and_comes_back() {
        let budget = Budget::new();
        assert_eq!((0..200).filter(|_| budget.take()).count(), 100);
        for _ in 0..5 {
            budget.refund();
        }
        assert!(budget.take() && !budget.take());
    }
}
