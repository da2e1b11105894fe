//! Owns the reading of error bodies, however odd they are; knows nothing of who asked.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::ErrorDetail;
use crate::redact::one_line;

/// Details deeper or more numerous than this are cut.
const MAX_DETAILS: usize = 32;
const MAX_DEPTH: usize = 8;

/// An error body, read leniently: one odd field does not cost the others.
#[derive(Debug, Default)]
pub(crate) struct ServiceFailure {
    pub(crate) code: Option<String>,
    pub(crate) message: String,
    pub(crate) target: Option<String>,
    pub(crate) details: Vec<ErrorDetail>,
    /// The permissions any of which would do.
    pub(crate) permissions: Vec<String>,
    /// What the service says should be done.
    pub(crate) action: Option<String>,
    pub(crate) request_id: Option<String>,
}

impl ServiceFailure {
    /// Reads the body of an answer with an error status.
    pub(crate) fn read(status: u16, body: &[u8]) -> Self {
        if body.iter().all(u8::is_ascii_whitespace) {
            return Self::without_body(status, "the service gave no reason".to_owned());
        }
        let text = String::from_utf8_lossy(body);
        match serde_json::from_str::<Value>(text.trim_start_matches('\u{feff}')) {
            Ok(Value::Object(object)) => Self::from_object(status, &object),
            _ => Self::without_body(status, excerpt(body)),
        }
    }

    /// The body in the documented shape, for the generated client's typed error.
    pub(crate) fn to_documented_json(&self) -> Vec<u8> {
        let details: Vec<Value> = self
            .details
            .iter()
            .map(|detail| error_json(&detail.code, &detail.message, detail.target.as_deref()))
            .collect();
        let code = self.code.as_deref().unwrap_or_default();
        let mut error = error_json(code, &self.message, self.target.as_deref());
        if let (Value::Object(error), false) = (&mut error, details.is_empty()) {
            error.insert("details".to_owned(), Value::Array(details));
        }
        json!({ "error": error }).to_string().into_bytes()
    }

    fn without_body(status: u16, message: String) -> Self {
        let reason = http::StatusCode::from_u16(status)
            .ok()
            .and_then(|status| status.canonical_reason())
            .unwrap_or("error");
        Self {
            message: format!("{}: {message}", reason.to_lowercase()),
            ..Self::default()
        }
    }

    fn from_object(status: u16, object: &Map<String, Value>) -> Self {
        let error = member(object, "error")
            .and_then(Value::as_object)
            .unwrap_or(object);
        // A gateway in front of Microsoft Graph writes a whole error as JSON text into the message.
        let inside = member(error, "message")
            .and_then(Value::as_str)
            .filter(|message| message.trim_start().starts_with('{'))
            .and_then(|message| serde_json::from_str::<Map<String, Value>>(message).ok());
        let said = inside
            .as_ref()
            .filter(|inside| member(inside, "message").is_some());
        let said = said.unwrap_or(error);
        let message = text(said, "message").or_else(|| text(said, "title"));
        let not_empty = |text: &String| !text.is_empty();
        let message = message
            .map(|message| message.trim_end_matches('.').to_owned())
            .filter(not_empty);
        let mut failure = Self {
            code: text(said, "code")
                .or_else(|| text(error, "code"))
                .filter(not_empty),
            target: text(said, "target").filter(not_empty),
            permissions: message.as_deref().map(permissions).unwrap_or_default(),
            action: text(said, "action").filter(not_empty),
            ..Self::default()
        };
        failure.message = match message {
            Some(message) => message,
            None => Self::without_body(status, "the service gave no reason".to_owned()).message,
        };
        failure.collect(error, 0);
        failure
    }

    fn collect(&mut self, error: &Map<String, Value>, depth: usize) {
        if depth == MAX_DEPTH {
            return;
        }
        let nested = member(error, "details")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .chain(member(error, "innererror"));
        for entry in nested.filter_map(Value::as_object) {
            if self.details.len() == MAX_DETAILS {
                return;
            }
            self.details.push(ErrorDetail {
                code: text(entry, "code").unwrap_or_default(),
                message: text(entry, "message").unwrap_or_default(),
                target: text(entry, "target"),
                more: more(entry),
            });
            let additional = member(entry, "additionalData").and_then(Value::as_object);
            let action = additional
                .and_then(|additional| text(additional, "action").filter(|text| !text.is_empty()));
            self.action = self.action.take().or(action);
            self.request_id = self
                .request_id
                .take()
                .or_else(|| text(entry, "request-id").filter(|text| !text.is_empty()));
            self.collect(entry, depth + 1);
        }
    }
}

/// The members that have no place of their own.
fn more(entry: &Map<String, Value>) -> BTreeMap<String, String> {
    const KNOWN: [&str; 5] = ["code", "message", "target", "details", "innererror"];
    let others = entry.iter().filter(|(name, value)| {
        !value.is_null() && !KNOWN.iter().any(|known| name.eq_ignore_ascii_case(known))
    });
    others
        .take(MAX_DETAILS)
        .map(|(name, value)| {
            let value = match value {
                Value::String(text) => one_line(text),
                other => one_line(&other.to_string()),
            };
            (one_line(name), value)
        })
        .collect()
}

/// The permissions that Microsoft Graph names when it refuses for want of one.
fn permissions(message: &str) -> Vec<String> {
    let Some((_, list)) = message.split_once("permission(s):") else {
        return Vec::new();
    };
    let names = list
        .split(',')
        .map(|name| name.trim().trim_end_matches('.'));
    let plain = |name: &&str| {
        let word = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        (1..=128).contains(&name.len()) && name.chars().all(word)
    };
    names
        .filter(plain)
        .take(MAX_DETAILS)
        .map(str::to_owned)
        .collect()
}

fn error_json(code: &str, message: &str, target: Option<&str>) -> Value {
    let mut error = json!({ "code": code, "message": message });
    if let (Value::Object(error), Some(target)) = (&mut error, target) {
        error.insert("target".to_owned(), target.into());
    }
    error
}

/// A member by its name in any case: the service writes `innererror`, its documents `innerError`.
fn member<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.get(name).or_else(|| {
        object
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    })
}

fn text(object: &Map<String, Value>, name: &str) -> Option<String> {
    match member(object, name)? {
        Value::String(text) => Some(one_line(text)),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The words of a body that is not JSON (a gateway's HTML page): tags and blank runs removed.
fn excerpt(body: &[u8]) -> String {
    let head = &body[..body.len().min(4096)];
    let text = String::from_utf8_lossy(head);
    let mut words = String::new();
    let mut in_tag = false;
    for character in text.chars() {
        match character {
            '<' => in_tag = true,
            '>' if in_tag => {
                in_tag = false;
                words.push(' ');
            }
            _ if in_tag => {}
            _ if character.is_control() => words.push(' '),
            _ => words.push(character),
        }
    }
    let words: Vec<&str> = words.split_whitespace().collect();
    if words.is_empty() {
        return "the body is not JSON".to_owned();
    }
    format!("the body is not JSON but {:?}", one_line(&words.join(" ")))
}
