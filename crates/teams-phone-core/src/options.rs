//! Owns what a caller may set for one call; knows nothing of what calls exist.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::{Error, RetryPolicy};

/// A version of a service's API, such as `2025-06-30`, or `v1.0` and `beta` of Microsoft Graph.
///
/// Each call normally uses the newest generally available version that has it. Choosing one by hand is
/// checked against the table of operations: a call that the version does not have fails before anything
/// is sent. [`ApiVersion::unchecked`] is for a version that this release does not know yet.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ApiVersion {
    text: Cow<'static, str>,
    checked: bool,
}

impl ApiVersion {
    /// Takes a version that is sent as it is, whether or not this release knows it.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the text has not the shape
    /// `YYYY-MM-DD`, optionally with a suffix such as `-preview`, nor is `beta` or like `v1.0`.
    pub fn unchecked(text: &str) -> Result<Self, Error> {
        text.parse().map(|version: Self| Self {
            checked: false,
            ..version
        })
    }

    /// The text as it is sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn is_checked(&self) -> bool {
        self.checked
    }
}

impl FromStr for ApiVersion {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        if has_version_shape(text) {
            return Ok(Self {
                text: Cow::Owned(text.to_owned()),
                checked: true,
            });
        }
        let shown: String = text.chars().take(40).collect();
        Err(Error::config(format!(
            "api-version {shown:?} is not a version; write it like 2025-06-30, 2025-03-02-preview or v1.0"
        )))
    }
}

impl From<ApiVersion> for String {
    fn from(version: ApiVersion) -> Self {
        version.text.into_owned()
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn has_version_shape(text: &str) -> bool {
    let bytes = text.as_bytes();
    if text == "beta" || is_numbered(text) {
        return true;
    }
    let digits = |range: std::ops::Range<usize>| {
        bytes
            .get(range)
            .is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    let suffix_fits = match bytes.get(10) {
        None => true,
        Some(b'-') => {
            bytes.len() > 11
                && bytes.len() <= 32
                && bytes[11..]
                    .iter()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        }
        Some(_) => false,
    };
    digits(0..4)
        && bytes.get(4) == Some(&b'-')
        && digits(5..7)
        && bytes.get(7) == Some(&b'-')
        && digits(8..10)
        && suffix_fits
}

/// Microsoft Graph's kind of version, such as `v1.0`.
fn is_numbered(text: &str) -> bool {
    let number = text
        .strip_prefix('v')
        .and_then(|number| number.split_once('.'));
    number.is_some_and(|(major, minor)| {
        [major, minor].iter().all(|part| {
            (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        })
    })
}

/// What one call does differently from the rest of the client's calls.
///
/// ```
/// use std::time::Duration;
/// use teams_phone_core::{RequestOptions, RetryPolicy};
///
/// let options = RequestOptions::new()
///     .timeout(Duration::from_secs(5))
///     .retry(RetryPolicy::none())
///     .client_request_id("ticket-4711");
/// # let _ = options;
/// ```
#[derive(Clone, Debug, Default)]
pub struct RequestOptions {
    pub(crate) timeout: Option<Duration>,
    pub(crate) retry: Option<RetryPolicy>,
    pub(crate) api_version: Option<ApiVersion>,
    pub(crate) client_request_id: Option<String>,
}

impl RequestOptions {
    /// Changes nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How long the whole call may take, retries and waits included.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// How the call is retried.
    #[must_use]
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = Some(retry);
        self
    }

    /// The API version the call uses.
    #[must_use]
    pub fn api_version(mut self, version: ApiVersion) -> Self {
        self.api_version = Some(version);
        self
    }

    /// the id sent as `x-ms-client-request-id` (to Microsoft Graph as `client-request-id`), the same on every attempt; 1 to 128 visible ASCII
    /// characters. Default: a new random UUID per call.
    #[must_use]
    pub fn client_request_id(mut self, id: impl Into<String>) -> Self {
        self.client_request_id = Some(id.into());
        self
    }

    /// The API version that was set.
    #[must_use]
    pub fn chosen_api_version(&self) -> Option<&ApiVersion> {
        self.api_version.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_dates_with_an_optional_suffix() {
        for good in [
            "2025-06-30",
            " 2025-03-02-preview",
            "2021-02-22-preview1",
            "v1.0",
            "beta",
        ] {
            assert_eq!(good.parse::<ApiVersion>().unwrap().as_str(), good.trim());
        }
        for bad in [
            "",
            "v1",
            "v1.0/users",
            "betas",
            "2025-6-30",
            "2025-06-30-",
            "2025-06-30&x=1",
            "2025-06-30-Preview",
        ] {
            assert!(bad.parse::<ApiVersion>().is_err(), "{bad}");
        }
        assert!(!ApiVersion::unchecked("2027-01-01").unwrap().is_checked());
    }
}
