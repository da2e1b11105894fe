//! Owns requests to a token service and their repetition; knows neither grants nor tokens.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::RETRY_AFTER;
use http::{Request, Response, StatusCode};
use teams_phone_core::clock::Clock;
use teams_phone_core::{Error, ErrorKind, HttpClient};

const TIMEOUT: Duration = Duration::from_secs(30);
const ATTEMPTS: u32 = 3;
/// A longer wait than this is left to the caller.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Sends requests that ask for tokens.
#[derive(Clone, Debug)]
pub(crate) struct TokenService {
    http: HttpClient,
    clock: Arc<dyn Clock>,
}

impl TokenService {
    pub(crate) fn new(roots: &[Vec<u8>], clock: Arc<dyn Clock>) -> Result<Self, Error> {
        let http = HttpClient::new(roots.iter().map(Vec::as_slice))?;
        Ok(Self { http, clock })
    }

    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// Sends one request, again if the service cannot be reached or asks for it.
    pub(crate) async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Error> {
        let metadata = request
            .uri()
            .host()
            .is_some_and(|host| host.starts_with("169.254."));
        let mut attempt = 1;
        loop {
            let outcome = self.http.send(request.clone(), TIMEOUT).await;
            let wait = match &outcome {
                Ok(response) if repeatable(response.status(), metadata) => {
                    self.wait(response, attempt)
                }
                Err(error) if error.kind() == ErrorKind::Connect => self.backoff(attempt),
                _ => return outcome,
            };
            if attempt >= ATTEMPTS || wait > LONGEST_WAIT {
                return outcome;
            }
            tracing::debug!(attempt, "asking the token service again");
            self.clock.sleep(wait).await;
            attempt += 1;
        }
    }

    fn wait(&self, response: &Response<Bytes>, attempt: u32) -> Duration {
        let asked = response.headers().get(RETRY_AFTER);
        let seconds = asked.and_then(|value| value.to_str().ok()?.trim().parse().ok());
        seconds.map_or_else(|| self.backoff(attempt), Duration::from_secs)
    }

    /// One second, then two, each spread by a half.
    fn backoff(&self, attempt: u32) -> Duration {
        Duration::from_secs(1 << attempt.min(5)).mul_f64(0.25 + self.clock.jitter() / 2.0)
    }
}

/// Whether the same request may be answered better; the metadata service starts later than its machine.
fn repeatable(status: StatusCode, metadata: bool) -> bool {
    matches!(status.as_u16(), 429 | 500 | 502 | 503 | 504)
        || (metadata && matches!(status.as_u16(), 404 | 410))
}
