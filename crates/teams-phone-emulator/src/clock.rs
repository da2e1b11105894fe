//! Owns the emulator's idea of the current time and the three ways the service writes it.
//! Knows nothing about requests; an offset makes clock skew testable without touching the machine.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::SystemTime,
};

use jiff::{SignedDuration, Timestamp};

/// The machine's clock, moved by an offset that can grow.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    offset: SignedDuration,
    /// Milliseconds.
    advanced: AtomicI64,
}

impl Clock {
    pub(crate) fn shifted_by(offset: SignedDuration) -> Self {
        Self {
            offset,
            ..Self::default()
        }
    }

    /// Moves it ahead for good.
    pub(crate) fn advance(&self, milliseconds: i64) {
        self.advanced.fetch_add(milliseconds, Ordering::Relaxed);
    }

    /// The emulator's now; an offset beyond the calendar is ignored.
    pub(crate) fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        let advanced = SignedDuration::from_millis(self.advanced.load(Ordering::Relaxed));
        let offset = self.offset.checked_add(advanced).unwrap_or(self.offset);
        now.checked_add(offset).unwrap_or(now)
    }
}

/// Token expiry as the service writes it: seven fraction digits and a numeric offset.
pub(crate) fn seven_digits(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%7f+00:00").to_string()
}

/// `lastTokenIssuedAt` as the service writes it: whole seconds and a numeric offset.
pub(crate) fn whole_seconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

/// The `Date` header form (RFC 9110, IMF-fixdate).
pub(crate) fn http_date(at: Timestamp) -> String {
    httpdate::fmt_http_date(SystemTime::from(at))
}

/// Reads a `Date`-style header; the three forms of RFC 9110 are accepted.
pub(crate) fn parse_http_date(text: &str) -> Option<Timestamp> {
    let parsed = httpdate::parse_http_date(text).ok()?;
    Timestamp::try_from(parsed).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_times_the_way_the_service_does() {
        let at: Timestamp = "2025-04-14T17:32:27.2078535Z".parse().unwrap();
        assert_eq!(seven_digits(at), "2025-04-14T17:32:27.2078535+00:00");
        assert_eq!(whole_seconds(at), "2025-04-14T17:32:27+00:00");
        assert_eq!(http_date(at), "Mon, 14 Apr 2025 17:32:27 GMT");
    }

    #[test]
    fn keeps_seven_digits_when_the_fraction_is_zero() {
        let at: Timestamp = "2025-04-14T17:32:27Z".parse().unwrap();
        assert_eq!(seven_digits(at), "2025-04-14T17:32:27.0000000+00:00");
    }

    #[test]
    fn reads_back_its_own_http_date() {
        let at = parse_http_date("Tue, 29 Feb 2028 23:59:59 GMT").unwrap();
        assert_eq!(http_date(at), "Tue, 29 Feb 2028 23:59:59 GMT");
        assert!(parse_http_date("yesterday").is_none());
    }

    #[test]
    fn an_offset_moves_now() {
        let ahead = Clock::shifted_by(SignedDuration::from_hours(1)).now();
        let gap = ahead.duration_since(Timestamp::now());
        assert!(gap > SignedDuration::from_mins(59));
    }
}
