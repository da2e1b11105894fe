//! Owns requests to a token service and their repetition; knows neither grants nor tokens.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use teams_phone_core::clock::Clock;
use teams_phone_core::{Error, ErrorKind, HttpClient, server_wait};

use crate::failure;

const TIMEOUT: Duration = Duration::from_secs(30);
const ATTEMPTS: u32 = 3;
/// No request follows another at once, whatever the service says.
const SHORTEST_WAIT: Duration = Duration::from_millis(500);
/// A longer wait than this is left to the caller.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Sends requests that ask for tokens.
#[derive(Clone, Debug)]
pub(crate) struct TokenService {
    http: HttpClient,
    clock: Arc<dyn Clock>,
    once: bool,
}

impl TokenService {
    pub(crate) fn new(roots: &[Vec<u8>], clock: Arc<dyn Clock>) -> Result<Self, Error> {
        Ok(Self {
            http: HttpClient::new(roots.iter().map(Vec::as_slice))?,
            clock,
            once: false,
        })
    }

    /// The same for what can be used once only, such as a code: what may have been processed is not repeated.
    #[cfg(feature = "interactive")]
    pub(crate) fn once(&self) -> Self {
        Self {
            once: true,
            ..self.clone()
        }
    }

    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// Sends one request, again if the service cannot be reached or asks for it; a service that stays busy
    /// is a failure.
    pub(crate) async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Error> {
        let metadata = request
            .uri()
            .host()
            .is_some_and(|host| host.starts_with("169.254."));
        let mut attempt = 1;
        loop {
            let outcome = self.http.send(request.clone(), TIMEOUT).await;
            let again = match &outcome {
                Ok(response) if !busy(response.status(), metadata) => return outcome,
                Ok(response) => self.may_repeat(response.status()),
                // The host itself is the metadata service: where it cannot be reached there is none.
                Err(error) if error.kind() == ErrorKind::Connect && !metadata => {
                    !(self.once && error.is_outcome_unknown())
                }
                Err(_) => false,
            };
            let wait = self.wait(outcome.as_ref().ok(), attempt);
            if !again || attempt >= ATTEMPTS || wait > LONGEST_WAIT {
                return Err(outcome.map_or_else(|error| error, |response| given_up(&response)));
            }
            tracing::debug!(attempt, "asking the token service again");
            self.clock.sleep(wait).await;
            attempt += 1;
        }
    }

    fn may_repeat(&self, status: StatusCode) -> bool {
        !self.once || matches!(status.as_u16(), 429 | 503)
    }

    fn wait(&self, response: Option<&Response<Bytes>>, attempt: u32) -> Duration {
        let now = self.clock.now();
        response
            .and_then(|response| server_wait(response.headers(), now))
            .map_or_else(|| self.backoff(attempt), |asked| asked.max(SHORTEST_WAIT))
    }

    /// One second, then two, each spread by a half.
    fn backoff(&self, attempt: u32) -> Duration {
        Duration::from_secs(1 << attempt.min(5)).mul_f64(0.25 + self.clock.jitter() / 2.0)
    }
}

/// Whether the same request may be answered better; the metadata service starts later than its machine.
fn busy(status: StatusCode, metadata: bool) -> bool {
    let code = status.as_u16();
    status.is_server_error() || code == 429 || (metadata && matches!(code, 404 | 410))
}

/// What a service that stayed busy answered last.
fn given_up(response: &Response<Bytes>) -> Error {
    let kind = match response.status() {
        StatusCode::TOO_MANY_REQUESTS => ErrorKind::Throttled,
        _ => ErrorKind::Connect,
    };
    let status = response.status().as_u16();
    let code = failure::code(&String::from_utf8_lossy(response.body()))
        .map(|code| format!(" (AADSTS{code})"));
    let message = format!("it answered {status}{}", code.unwrap_or_default());
    Error::new(kind, message)
}

#[cfg(test)]
mod tests {
    use teams_phone_core::clock::ManualClock;

    use super::*;

    #[test]
    fn the_services_wait_is_kept_but_never_nothing() {
        let now = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_744_644_745);
        let service = TokenService::new(&[], Arc::new(ManualClock::new(now))).unwrap();
        for (value, expected) in [
            ("0", SHORTEST_WAIT),
            ("7", Duration::from_secs(7)),
            ("Mon, 14 Apr 2025 15:32:35 GMT", Duration::from_secs(10)),
            ("Mon, 14 Apr 2025 15:00:00 GMT", SHORTEST_WAIT),
            ("soon", Duration::from_secs(1)),
        ] {
            let response = Response::builder().header("retry-after", value);
            let response = response.body(Bytes::new()).unwrap();
            assert_eq!(service.wait(Some(&response), 1), expected, "{value}");
        }
    }
}
