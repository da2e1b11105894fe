//! Owns what all request values have in common; knows no operation.

use std::time::Duration;

use teams_phone_core::{Error, Result};

/// Gives a request value its `options` setter and makes it awaitable through its `send`.
macro_rules! request {
    ($request:ident => $output:ty) => {
        impl $request {
            /// What each request of this call does differently: timeout, retry, API version, request id.
            pub fn options(mut self, options: teams_phone_core::RequestOptions) -> Self {
                self.options = options;
                self
            }
        }

        impl std::future::IntoFuture for $request {
            type Output = teams_phone_core::Result<$output>;
            type IntoFuture = futures::future::BoxFuture<'static, Self::Output>;

            fn into_future(self) -> Self::IntoFuture {
                Box::pin(self.send())
            }
        }
    };
}
pub(crate) use request;

/// The whole minutes of a token's validity, checked against the service's range.
pub(crate) fn minutes(valid_for: Duration) -> Result<i32> {
    let seconds = valid_for.as_secs();
    let whole = seconds.is_multiple_of(60) && valid_for.subsec_nanos() == 0;
    match i32::try_from(seconds / 60) {
        Ok(minutes @ 60..=1440) if whole => Ok(minutes),
        _ => Err(Error::config(format!(
            "valid_for is {valid_for:?}; give whole minutes from 60 minutes to 24 hours"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn validity_is_whole_minutes_within_the_services_range() {
        let minute = Duration::from_secs(60);
        assert_eq!(minutes(60 * minute).unwrap(), 60);
        assert_eq!(minutes(1440 * minute).unwrap(), 1440);
        for bad in [
            Duration::ZERO,
            59 * minute,
            1441 * minute,
            60 * minute + Duration::from_secs(1),
            60 * minute + Duration::from_nanos(1),
            Duration::MAX,
        ] {
            assert!(
                minutes(bad).unwrap_err().to_string().contains("60 minutes"),
                "{bad:?}"
            );
        }
    }
}
