//! Owns scripted faults: which requests a rule meets, how often, and what it does to them.
//! Refuses to know operations' behaviour; a rule works on any request outside the reserved prefix.

mod act;
mod rules;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(crate) use act::{Verdict, finish, intercept};
pub(crate) use rules::Rules;

/// One scripted fault: what it matches, how many requests it meets, what it does.
///
/// Also the JSON form of `POST /_emulator/faults`; see the crate documentation for the members.
///
/// ```
/// use teams_phone_emulator::Fault;
///
/// let busy_twice = Fault::throttle(2).times(2).operation("TeamsExtensionAssignment_Upsert");
/// let lost_answer = Fault::drop_after().method("PUT").path("/access/**");
/// # let _ = (busy_twice, lost_answer);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[must_use = "a fault does nothing until it is injected"]
pub struct Fault {
    #[serde(default, rename = "match")]
    matching: Match,
    /// Requests let through before the first is met.
    #[serde(default)]
    skip: u64,
    /// Requests met before the rule is spent; absent means for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    times: Option<u64>,
    /// Milliseconds to wait before anything is done.
    #[serde(default)]
    latency_ms: u64,
    #[serde(default)]
    action: Action,
}

/// What a rule matches; every member given must fit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Match {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    /// A glob over the raw path: `*` stands for anything but `/`, `**` for anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// An operation id of any api-version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    operation: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
enum Action {
    /// Nothing but the latency.
    #[default]
    Pass,
    /// A scripted answer instead of the real one.
    Respond {
        status: u16,
        /// The error code; makes an error body in the service's shape.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
        /// A body of one's own: a string is sent as it is, anything else as JSON.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<Value>,
        #[serde(default)]
        headers: BTreeMap<String, String>,
        /// Whether the request takes effect all the same.
        #[serde(default)]
        process: bool,
    },
    /// 429 `TooManyRequests` with one form of the wait.
    Throttle { retry_after: RetryAfter },
    /// A gateway's error page.
    Html { status: u16 },
    /// A status without a body.
    Empty { status: u16 },
    /// The connection ends without an answer.
    Drop {
        /// Whether the request takes effect first.
        after: bool,
    },
    /// The real answer, cut short after so many bytes of its body.
    Truncate { keep: usize },
    /// The real answer with values replaced, by JSON pointer; null is a value like any other.
    Edit { set: BTreeMap<String, Value> },
    /// The real answer with headers replaced, or removed where the value is null.
    Headers {
        set: BTreeMap<String, Option<String>>,
    },
}

/// How the wait of a 429 is written.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum RetryAfter {
    /// `Retry-After: 2`.
    Seconds(u32),
    /// `Retry-After: <HTTP date this many seconds ahead>`.
    DateInSeconds(u32),
    /// `retry-after-ms` and `x-ms-retry-after-ms`, no `Retry-After`.
    Milliseconds(u32),
    /// No header at all.
    Absent,
}

impl Fault {
    fn new(action: Action) -> Self {
        Self {
            matching: Match::default(),
            skip: 0,
            times: None,
            latency_ms: 0,
            action,
        }
    }

    /// Delays the real answer.
    pub fn latency(wait: Duration) -> Self {
        Self::new(Action::Pass).delayed(wait)
    }

    /// Answers with a status and an error code, without processing the request.
    pub fn respond(status: u16, code: &str) -> Self {
        Self::new(Action::Respond {
            status,
            code: Some(code.to_owned()),
            message: None,
            body: None,
            headers: BTreeMap::new(),
            process: false,
        })
    }

    /// Answers with a status and a body of one's own: a string is sent as it is, anything else as JSON.
    pub fn respond_body(status: u16, body: impl Into<Value>) -> Self {
        Self::new(Action::Respond {
            status,
            code: None,
            message: None,
            body: Some(body.into()),
            headers: BTreeMap::new(),
            process: false,
        })
    }

    /// Answers 429 `TooManyRequests` with `Retry-After` in seconds.
    pub fn throttle(retry_after_seconds: u32) -> Self {
        Self::new(Action::Throttle {
            retry_after: RetryAfter::Seconds(retry_after_seconds),
        })
    }

    /// Answers 429 with `Retry-After` as a date this many seconds ahead.
    pub fn throttle_until(seconds_ahead: u32) -> Self {
        Self::new(Action::Throttle {
            retry_after: RetryAfter::DateInSeconds(seconds_ahead),
        })
    }

    /// Answers 429 with the wait in milliseconds, in `retry-after-ms` and `x-ms-retry-after-ms`.
    pub fn throttle_ms(milliseconds: u32) -> Self {
        Self::new(Action::Throttle {
            retry_after: RetryAfter::Milliseconds(milliseconds),
        })
    }

    /// Answers 429 without saying how long to wait.
    pub fn throttle_silently() -> Self {
        Self::new(Action::Throttle {
            retry_after: RetryAfter::Absent,
        })
    }

    /// Answers 401 with a claims challenge: the client is to get another token, with these claims (a JSON text), and
    /// try again.
    pub fn claims_challenge(claims: &str) -> Self {
        let claims = STANDARD.encode(claims);
        let challenge = format!(
            "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", \
             error=\"insufficient_claims\", claims=\"{claims}\""
        );
        Self::respond(401, "Denied").header("WWW-Authenticate", &challenge)
    }

    /// Answers 401 as if the bearer token had expired.
    pub fn expired_token() -> Self {
        let challenge =
            "Bearer error=\"invalid_token\", error_description=\"The access token expired\"";
        Self::respond(401, "Denied").header("WWW-Authenticate", challenge)
    }

    /// Answers with a gateway's HTML page.
    pub fn html(status: u16) -> Self {
        Self::new(Action::Html { status })
    }

    /// Answers with a status and no body.
    pub fn empty(status: u16) -> Self {
        Self::new(Action::Empty { status })
    }

    /// Ends the connection before the request has any effect.
    pub fn drop_before() -> Self {
        Self::new(Action::Drop { after: false })
    }

    /// Lets the request take effect, then ends the connection without an answer.
    pub fn drop_after() -> Self {
        Self::new(Action::Drop { after: true })
    }

    /// Cuts the real answer short after so many bytes of its body.
    pub fn truncate(keep: usize) -> Self {
        Self::new(Action::Truncate { keep })
    }

    /// Replaces one value of the real answer's JSON, by JSON pointer (RFC 6901); add more with [`Fault::and_edit`].
    pub fn edit(pointer: &str, value: impl Into<Value>) -> Self {
        Self::new(Action::Edit {
            set: BTreeMap::from([(pointer.to_owned(), value.into())]),
        })
    }

    /// Replaces one more value; has an effect on [`Fault::edit`] only.
    pub fn and_edit(mut self, pointer: &str, value: impl Into<Value>) -> Self {
        if let Action::Edit { set } = &mut self.action {
            set.insert(pointer.to_owned(), value.into());
        }
        self
    }

    /// Removes a header from the real answer.
    pub fn without_header(name: &str) -> Self {
        Self::new(Action::Headers {
            set: BTreeMap::from([(name.to_owned(), None)]),
        })
    }

    /// Adds a header to a scripted answer, or to the real one.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match &mut self.action {
            Action::Respond { headers, .. } => {
                headers.insert(name.to_owned(), value.to_owned());
            }
            Action::Headers { set } => {
                set.insert(name.to_owned(), Some(value.to_owned()));
            }
            Action::Pass => {
                let set = BTreeMap::from([(name.to_owned(), Some(value.to_owned()))]);
                self.action = Action::Headers { set };
            }
            _ => {}
        }
        self
    }

    /// Sets the message of a scripted error.
    pub fn message(mut self, text: &str) -> Self {
        if let Action::Respond { message, .. } = &mut self.action {
            *message = Some(text.to_owned());
        }
        self
    }

    /// Lets the request take effect although the answer is scripted.
    pub fn processed(mut self) -> Self {
        if let Action::Respond { process, .. } = &mut self.action {
            *process = true;
        }
        self
    }

    /// Waits first.
    pub fn delayed(mut self, wait: Duration) -> Self {
        self.latency_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        self
    }

    /// Meets this many requests, then no more.
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    /// Lets this many matching requests through first.
    pub fn skip(mut self, requests: u64) -> Self {
        self.skip = requests;
        self
    }

    /// Meets this method only.
    pub fn method(mut self, method: &str) -> Self {
        self.matching.method = Some(method.to_owned());
        self
    }

    /// Meets paths that fit a glob only: `*` stands for anything but `/`, `**` for anything.
    pub fn path(mut self, glob: &str) -> Self {
        self.matching.path = Some(glob.to_owned());
        self
    }

    /// Meets one operation only, by its operation id in any api-version.
    pub fn operation(mut self, id: &str) -> Self {
        self.matching.operation = Some(id.to_owned());
        self
    }
}
