//! Owns the difference between this machine's clock and the service's; knows nothing of signatures.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::DATE;

/// A smaller difference is not why a signature is refused.
const TOLERATED_SECONDS: i64 = 60;

/// How far the service's clock is ahead, in seconds.
#[derive(Debug, Default)]
pub(super) struct Skew(AtomicI64);

impl Skew {
    /// Takes the service's time from a refused request's answer; tells whether that changes anything.
    pub(super) fn learn(&self, headers: &HeaderMap, now: SystemTime) -> bool {
        let Some(date) = headers
            .get(DATE)
            .and_then(|value| value.to_str().ok())
            .and_then(|text| httpdate::parse_http_date(text).ok())
        else {
            return false;
        };
        let ahead = match date.duration_since(now) {
            Ok(ahead) => signed(ahead),
            Err(behind) => -signed(behind.duration()),
        };
        let changes = (ahead - self.seconds()).abs() > TOLERATED_SECONDS;
        if changes {
            tracing::warn!(
                seconds = ahead,
                "the service's clock differs from this machine's; signing with the service's time"
            );
            self.0.store(ahead, Ordering::Relaxed);
        }
        changes
    }

    pub(super) fn seconds(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }

    /// The service's time, as far as it is known.
    pub(super) fn correct(&self, now: SystemTime) -> SystemTime {
        let seconds = self.seconds();
        let by = Duration::from_secs(seconds.unsigned_abs());
        let corrected = if seconds < 0 {
            now.checked_sub(by)
        } else {
            now.checked_add(by)
        };
        corrected.unwrap_or(now)
    }
}

fn signed(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}
