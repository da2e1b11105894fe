//! Owns the log of received requests, for tests that assert what was on the wire.
//! Refuses to keep secrets: signatures, bearer tokens and exchanged tokens are replaced when a request is noted.

use std::collections::VecDeque;

use http::{HeaderMap, HeaderValue};
use serde::Serialize;
use serde_json::Value;

use crate::{oauth, operation::OperationName, request::Received};

/// Parameters of the authority's forms that are shown; the values of all others are replaced.
const SHOWN: [&str; 13] = [
    "client_id",
    "grant_type",
    "scope",
    "claims",
    "redirect_uri",
    "response_type",
    "response_mode",
    "code_challenge",
    "code_challenge_method",
    "client_assertion_type",
    "client_info",
    "nonce",
    "state",
];
const REDACTED: &str = "<redacted>";

/// One request as it was received, and how it was answered.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RecordedRequest {
    /// Counts requests from 1 since the start or the last reset.
    pub number: u64,
    /// The method as sent.
    pub method: String,
    /// Path and query exactly as sent, still percent-encoded.
    pub target: String,
    /// Headers in the order received, names in lower case, secrets replaced.
    pub headers: Vec<(String, String)>,
    /// The body, if it is text; a member `token` is replaced, and so is what a form of the authority says in secret.
    pub body: Option<String>,
    /// How many bytes the body had.
    pub body_length: usize,
    /// The operation id, if the request matched an operation.
    pub operation: Option<String>,
    /// The status answered; `None` if the connection was dropped instead.
    pub status: Option<u16>,
    /// The number of the fault rule that met the request.
    pub fault: Option<u64>,
}

impl RecordedRequest {
    /// The first header of that name, in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The path, still percent-encoded.
    #[must_use]
    pub fn path(&self) -> &str {
        self.target
            .split_once('?')
            .map_or(self.target.as_str(), |(path, _)| path)
    }
}

/// The latest requests, up to a limit.
#[derive(Debug)]
pub(crate) struct Log {
    limit: usize,
    count: u64,
    entries: VecDeque<RecordedRequest>,
}

impl Log {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            count: 0,
            entries: VecDeque::new(),
        }
    }

    pub(crate) fn note(
        &mut self,
        request: &Received,
        operation: Option<OperationName>,
        status: Option<u16>,
        fault: Option<u64>,
    ) {
        self.count += 1;
        if self.limit == 0 {
            return;
        }
        if self.entries.len() >= self.limit {
            self.entries.pop_front();
        }
        self.entries.push_back(RecordedRequest {
            number: self.count,
            method: request.method.to_string(),
            target: request.target.clone(),
            headers: headers(&request.headers),
            body: body(&request.body, oauth::owns(request.path())),
            body_length: request.body.len(),
            operation: operation.map(|operation| operation.id.to_owned()),
            status,
            fault,
        });
    }

    pub(crate) fn entries(&self) -> Vec<RecordedRequest> {
        self.entries.iter().cloned().collect()
    }

    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    pub(crate) fn clear(&mut self) {
        self.count = 0;
        self.entries.clear();
    }
}

fn headers(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| (name.to_string(), shown(name.as_str(), value)))
        .collect()
}

fn shown(name: &str, value: &HeaderValue) -> String {
    let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
    if !matches!(name, "authorization" | "proxy-authorization" | "cookie") {
        return text;
    }
    if let Some((before, _)) = text.split_once("Signature=") {
        return format!("{before}Signature={REDACTED}");
    }
    text.split_once(' ').map_or_else(
        || REDACTED.to_owned(),
        |(scheme, _)| format!("{scheme} {REDACTED}"),
    )
}

fn body(bytes: &[u8], is_form: bool) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    if is_form && !text.is_empty() {
        return Some(form(text));
    }
    let Ok(Value::Object(mut members)) = serde_json::from_str::<Value>(text) else {
        return Some(text.to_owned());
    };
    let mut secrets = members
        .iter_mut()
        .filter(|(name, _)| name.eq_ignore_ascii_case("token"))
        .peekable();
    if secrets.peek().is_none() {
        return Some(text.to_owned());
    }
    secrets.for_each(|(_, value)| *value = REDACTED.into());
    Some(Value::Object(members).to_string())
}

/// A form with its secrets replaced.
fn form(text: &str) -> String {
    let pair = |pair: &str| {
        let name = pair.split('=').next().unwrap_or_default();
        if SHOWN.contains(&oauth::decode(name).as_str()) {
            pair.to_owned()
        } else {
            format!("{name}={REDACTED}")
        }
    };
    text.split('&').map(pair).collect::<Vec<_>>().join("&")
}
