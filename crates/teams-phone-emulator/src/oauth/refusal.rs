//! Owns the error answer of the emulated authority: its members, statuses and codes.
//! The numbers are Entra's; the sentences behind them are not.

use http::StatusCode;
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use crate::{reply::Reply, request::Received};

/// A refused request to the authority.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) error: &'static str,
    /// The `AADSTS` number.
    number: u32,
    text: String,
    status: StatusCode,
}

impl Refusal {
    /// A refusal with status 400.
    pub(crate) fn new(error: &'static str, number: u32, text: impl Into<String>) -> Self {
        Self {
            error,
            number,
            text: text.into(),
            status: StatusCode::BAD_REQUEST,
        }
    }

    /// A client that did not prove itself: 401 `invalid_client`.
    pub(crate) fn invalid_client(number: u32, text: impl Into<String>) -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            ..Self::new("invalid_client", number, text)
        }
    }

    pub(crate) fn missing(parameter: &str) -> Self {
        let text = format!(
            "The request must contain the parameter '{parameter}', and it is missing or empty."
        );
        Self::new("invalid_request", 900_144, text)
    }

    pub(crate) fn invalid_grant(number: u32, text: impl Into<String>) -> Self {
        Self::new("invalid_grant", number, text)
    }

    pub(crate) fn description(&self) -> String {
        format!("AADSTS{}: {}", self.number, self.text)
    }

    pub(crate) fn into_reply(self, request: &Received, now: Timestamp) -> Reply {
        let trace = Uuid::new_v4();
        let correlation = request
            .header("client-request-id")
            .and_then(|text| text.parse().ok())
            .unwrap_or_else(Uuid::new_v4);
        let at = now.strftime("%Y-%m-%d %H:%M:%SZ").to_string();
        let description = format!(
            "{} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {at}",
            self.description()
        );
        let mut body = json!({
            "error": self.error,
            "error_description": description,
            "error_codes": [self.number],
            "timestamp": at,
            "trace_id": trace,
            "correlation_id": correlation,
        });
        if self.number == 65_001 {
            body["suberror"] = "consent_required".into();
        }
        Reply::json(self.status, &body)
    }
}
