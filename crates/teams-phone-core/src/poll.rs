//! Owns looking again and again for a state that takes its time; knows no state.

use std::time::Duration;

use crate::clock::Clock;

/// No wait is shorter, whoever names it.
const SHORTEST: Duration = Duration::from_millis(10);
/// A wait that the service names counts as at least the first one of the schedule, and this much is enough.
const LONGEST_FLOOR: Duration = Duration::from_millis(500);

/// How often, and how long, the outcome of something slow is looked for.
///
/// The first look is at once. A wait that the service names wins over the schedule's own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PollPolicy {
    first: Duration,
    factor: f64,
    longest: Duration,
    within: Duration,
}

impl Default for PollPolicy {
    /// Waits of 1 s, 1.5 s and so on up to 10 s; 5 minutes in all.
    fn default() -> Self {
        Self {
            first: Duration::from_secs(1),
            factor: 1.5,
            longest: Duration::from_secs(10),
            within: Duration::from_secs(300),
        }
    }
}

impl PollPolicy {
    /// The first wait; default 1 s.
    #[must_use]
    pub fn first_wait(mut self, wait: Duration) -> Self {
        self.first = wait;
        self
    }

    /// How much longer each wait is than the one before; default 1.5, at least 1.
    #[must_use]
    pub fn factor(mut self, factor: f64) -> Self {
        self.factor = if factor > 1.0 { factor } else { 1.0 };
        self
    }

    /// The longest wait of the schedule's own; default 10 s.
    #[must_use]
    pub fn longest_wait(mut self, wait: Duration) -> Self {
        self.longest = wait;
        self
    }

    /// How long to keep looking; default 5 minutes.
    #[must_use]
    pub fn within(mut self, within: Duration) -> Self {
        self.within = within;
        self
    }

    /// How long it keeps looking.
    #[must_use]
    pub fn deadline(&self) -> Duration {
        self.within
    }

    /// Starts to count the time; the caller looks, and waits through the answer between two looks.
    #[must_use]
    pub fn start<'a>(&self, clock: &'a dyn Clock) -> Polling<'a> {
        Polling {
            policy: *self,
            clock,
            started: clock.elapsed(),
            next: self.first.min(self.longest).max(SHORTEST),
        }
    }
}

/// One run of a [`PollPolicy`].
#[derive(Debug)]
pub struct Polling<'a> {
    policy: PollPolicy,
    clock: &'a dyn Clock,
    started: Duration,
    next: Duration,
}

impl Polling<'_> {
    /// Waits until the next look is due: as long as the service `named`, else as the schedule says.
    ///
    /// `false`, without a wait, when the time is over or the service names a wait beyond its end. Otherwise there
    /// is a last look at the very end.
    pub async fn wait(&mut self, named: Option<Duration>) -> bool {
        let left = self.policy.within.saturating_sub(self.spent());
        if left.is_zero() {
            return false;
        }
        let floor = self.policy.first.clamp(SHORTEST, LONGEST_FLOOR);
        match named.map(|named| named.max(floor)) {
            // Asking earlier than the service wants is no use.
            Some(named) if named > left => return false,
            Some(named) => self.clock.sleep(named).await,
            None => self.clock.sleep(self.next.min(left)).await,
        }
        let longest = self.policy.longest;
        let longer = Duration::try_from_secs_f64(self.next.as_secs_f64() * self.policy.factor);
        self.next = longer.unwrap_or(longest).min(longest);
        true
    }

    /// The time since the start.
    #[must_use]
    pub fn spent(&self) -> Duration {
        self.clock.elapsed().saturating_sub(self.started)
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::clock::ManualClock;

    const SECOND: Duration = Duration::from_secs(1);

    async fn waits(policy: PollPolicy, named: &[Option<Duration>]) -> Vec<Duration> {
        let clock = ManualClock::new(SystemTime::UNIX_EPOCH);
        let mut polling = policy.start(&clock);
        for named in named {
            if !polling.wait(*named).await {
                break;
            }
        }
        clock.sleeps()
    }

    #[tokio::test]
    async fn waits_grow_up_to_the_longest() {
        let slept = waits(PollPolicy::default(), &[None; 8]).await;
        let seconds: Vec<f64> = slept.iter().map(Duration::as_secs_f64).collect();
        assert_eq!(
            seconds,
            [1.0, 1.5, 2.25, 3.375, 5.0625, 7.59375, 10.0, 10.0]
        );
    }

    #[tokio::test]
    async fn the_services_wait_wins_but_for_none_and_for_too_long_a_one() {
        let named = [Some(30 * SECOND), Some(Duration::ZERO), Some(271 * SECOND)];
        let slept = waits(PollPolicy::default(), &named).await;
        assert_eq!(slept, [30 * SECOND, SECOND / 2]);
        let none = PollPolicy::default().first_wait(Duration::ZERO).factor(2.0);
        let slept = waits(none, &[None, None, Some(Duration::ZERO)]).await;
        assert_eq!(slept, [SHORTEST, 2 * SHORTEST, SHORTEST]);
    }

    #[tokio::test]
    async fn ends_on_time_with_a_last_look() {
        let policy = PollPolicy::default()
            .factor(0.5)
            .within(2 * SECOND + SECOND / 2);
        let slept = waits(policy, &[None; 9]).await;
        assert_eq!(slept, [SECOND, SECOND, SECOND / 2]);
    }
}
