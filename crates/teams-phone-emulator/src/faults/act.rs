//! Owns what a met rule does to a request and its answer.
//! Refuses to choose rules.

use std::collections::BTreeMap;

use http::{HeaderName, HeaderValue, StatusCode, header::RETRY_AFTER};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::{
    clock,
    failure::Failure,
    reply::{Payload, Reply},
};

use super::{Action, Fault, RetryAfter};

/// What happens before the request would take effect.
pub(crate) enum Verdict {
    /// The request takes effect; [`finish`] then works on the answer.
    Process,
    /// This is the answer; the request takes no effect.
    Answer(Reply),
    /// The connection ends; the request takes no effect.
    Drop,
}

/// Decides before the request takes effect.
pub(crate) fn intercept(fault: &Fault, now: Timestamp) -> Verdict {
    match &fault.action {
        Action::Drop { after: false } => Verdict::Drop,
        Action::Respond { process: false, .. }
        | Action::Throttle { .. }
        | Action::Html { .. }
        | Action::Empty { .. } => {
            scripted(&fault.action, now).map_or(Verdict::Process, Verdict::Answer)
        }
        _ => Verdict::Process,
    }
}

/// Works on the answer of a request that took effect; `None` ends the connection instead.
pub(crate) fn finish(fault: &Fault, mut reply: Reply, now: Timestamp) -> Option<Reply> {
    match &fault.action {
        Action::Drop { .. } => return None,
        Action::Truncate { keep } => reply.cut_after = Some(*keep),
        Action::Edit { set } => edit(&mut reply, set),
        Action::Respond { .. } => return scripted(&fault.action, now),
        Action::Headers { .. }
        | Action::Pass
        | Action::Throttle { .. }
        | Action::Html { .. }
        | Action::Empty { .. } => {}
    }
    Some(reply)
}

impl Fault {
    /// The wait before anything is done.
    pub(crate) fn wait(&self) -> std::time::Duration {
        std::time::Duration::from_millis(self.latency_ms)
    }

    /// Whether the answer is the script's and not the real one.
    pub(crate) fn is_answer(&self) -> bool {
        matches!(self.action, Action::Respond { .. })
    }

    /// Headers to set or remove once the answer is complete.
    pub(crate) fn header_changes(
        &self,
    ) -> impl Iterator<Item = (HeaderName, Option<HeaderValue>)> + '_ {
        let set: Vec<(&String, Option<&String>)> = match &self.action {
            Action::Headers { set } => set
                .iter()
                .map(|(name, value)| (name, value.as_ref()))
                .collect(),
            Action::Respond { headers, .. } => headers
                .iter()
                .map(|(name, value)| (name, Some(value)))
                .collect(),
            _ => Vec::new(),
        };
        set.into_iter().filter_map(|(name, value)| {
            let value = match value {
                None => None,
                Some(text) => Some(HeaderValue::from_str(text).ok()?),
            };
            Some((HeaderName::try_from(name).ok()?, value))
        })
    }
}

fn scripted(action: &Action, now: Timestamp) -> Option<Reply> {
    match action {
        Action::Respond {
            status,
            code,
            message,
            body,
            ..
        } => Some(respond(
            as_status(*status),
            code.as_deref(),
            message.as_deref(),
            body.as_ref(),
        )),
        Action::Throttle { retry_after } => Some(throttle(*retry_after, now)),
        Action::Html { status } => Some(html(as_status(*status))),
        Action::Empty { status } => Some(Reply::empty(as_status(*status))),
        _ => None,
    }
}

fn respond(
    status: StatusCode,
    code: Option<&str>,
    message: Option<&str>,
    body: Option<&Value>,
) -> Reply {
    match (body, code) {
        (Some(Value::String(text)), _) => {
            let payload = Payload::Sized(text.clone().into());
            Reply {
                payload,
                ..Reply::empty(status)
            }
        }
        (Some(json), _) => Reply::json(status, json),
        (None, Some(code)) => {
            let message =
                message.unwrap_or("The answer was scripted by a fault rule of the emulator.");
            Failure::new(status, code, message).into_reply()
        }
        (None, None) => Reply::empty(status),
    }
}

fn throttle(retry_after: RetryAfter, now: Timestamp) -> Reply {
    let message = "Too many requests; wait before sending the next.";
    let reply =
        Failure::new(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", message).into_reply();
    match retry_after {
        RetryAfter::Seconds(seconds) => reply.with_header(RETRY_AFTER, &seconds.to_string()),
        RetryAfter::DateInSeconds(seconds) => {
            let until = now
                .checked_add(SignedDuration::from_secs(i64::from(seconds)))
                .unwrap_or(now);
            reply.with_header(RETRY_AFTER, &clock::http_date(until))
        }
        RetryAfter::Milliseconds(wait) => ["retry-after-ms", "x-ms-retry-after-ms"]
            .into_iter()
            .fold(reply, |reply, name| {
                reply.with_header(HeaderName::from_static(name), &wait.to_string())
            }),
        RetryAfter::Absent => reply,
    }
}

fn html(status: StatusCode) -> Reply {
    let reason = status.canonical_reason().unwrap_or("Error");
    let page = format!(
        "<html>\r\n<head><title>{0} {reason}</title></head>\r\n<body><h1>{0} {reason}</h1><hr>gateway</body>\r\n</html>\r\n",
        status.as_u16()
    );
    Reply {
        payload: Payload::Sized(page.into()),
        ..Reply::empty(status)
    }
    .with_header(http::header::CONTENT_TYPE, "text/html")
}

fn edit(reply: &mut Reply, set: &BTreeMap<String, Value>) {
    let Ok(mut body) = serde_json::from_slice::<Value>(reply.body()) else {
        return;
    };
    for (pointer, value) in set {
        put(&mut body, pointer, value);
    }
    reply.replace_body(body.to_string().into());
}

/// Replaces a value, or adds a member to an object that is there; anything else changes nothing.
fn put(body: &mut Value, pointer: &str, value: &Value) {
    if let Some(place) = body.pointer_mut(pointer) {
        *place = value.clone();
    } else if let Some((parent, name)) = pointer.rsplit_once('/')
        && let Some(Value::Object(members)) = body.pointer_mut(parent)
    {
        members.insert(name.replace("~1", "/").replace("~0", "~"), value.clone());
    }
}

fn as_status(status: u16) -> StatusCode {
    StatusCode::from_u16(status)
        .ok()
        .filter(|status| !status.is_informational())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
