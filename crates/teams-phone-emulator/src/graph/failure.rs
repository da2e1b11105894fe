//! Owns Graph's error bodies: the plain one, the gateway's with JSON in its message, and the directory's.
//! Refuses to know who decided that a call failed.

use http::{HeaderName, StatusCode, header::WWW_AUTHENTICATE};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{reply::Reply, request::Received};

use super::options::ErrorStyle;

const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");
const DIAGNOSTIC: HeaderName = HeaderName::from_static("x-ms-ags-diagnostic");

/// The ids and the time that every answer names.
#[derive(Debug, Clone)]
pub(crate) struct Ids {
    request: String,
    client: String,
    date: String,
}

impl Ids {
    /// New ones for a request; without an id of the client's, the service repeats its own.
    pub(crate) fn of(request: &Received, now: Timestamp) -> Self {
        let own = Uuid::new_v4().to_string();
        let client = request.header(CLIENT_REQUEST_ID).unwrap_or(&own).to_owned();
        Self {
            request: own,
            client,
            date: now.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
        }
    }

    /// Adds the headers that every answer of Graph has.
    pub(crate) fn stamp(&self, reply: Reply) -> Reply {
        let diagnostic = json!({ "ServerInfo": {
            "DataCenter": "Emulator", "Slice": "E", "Ring": "1", "ScaleUnit": "001", "RoleInstance": "EMULATOR",
        } });
        reply
            .with_header(REQUEST_ID, &self.request)
            .with_header(CLIENT_REQUEST_ID, &self.client)
            .with_header(DIAGNOSTIC, &diagnostic.to_string())
    }

    fn add_to(&self, inner: &mut Map<String, Value>) {
        inner.insert("date".into(), self.date.clone().into());
        inner.insert("request-id".into(), self.request.clone().into());
        inner.insert("client-request-id".into(), self.client.clone().into());
    }
}

/// A refused call.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    status: StatusCode,
    code: String,
    message: String,
    known: Known,
    /// Whether the gateway says it whatever the settings.
    is_gateways: bool,
    challenge: Option<String>,
}

/// A refusal that is recorded in more than one form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    No,
    /// With or without members that are null.
    Forbidden(bool),
    NotFound,
}

impl Known {
    /// Members of `innerError` beside the ids.
    fn inner(self) -> Map<String, Value> {
        let mut inner = Map::new();
        if let Self::Forbidden(with_nulls) = self {
            inner.insert("code".into(), "Forbidden".into());
            if with_nulls {
                inner.insert("message".into(), Value::Null);
                inner.insert("target".into(), Value::Null);
            }
            let action = "Add the required roles/permissions and try again.";
            inner.insert("additionalData".into(), json!({ "action": action }));
        }
        inner
    }

    /// What the gateway puts into the message.
    fn text(self) -> Option<String> {
        let (code, message, action) = match self {
            Self::No => return None,
            Self::Forbidden(_) => (
                "Forbidden",
                "Access Denied.",
                "Provide different credential or request access.",
            ),
            Self::NotFound => ("NotFound", "Resource not found.", "Specify valid resource."),
        };
        let text = json!({ "code": code, "message": message, "action": action });
        Some(text.to_string())
    }
}

impl Failure {
    pub(crate) fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.to_owned(),
            message: message.into(),
            known: Known::No,
            is_gateways: false,
            challenge: None,
        }
    }

    /// 400 `BadRequest`.
    pub(crate) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    /// 400 of the directory.
    pub(crate) fn bad_directory(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Request_BadRequest", message)
    }

    /// 404 of the directory.
    pub(crate) fn no_such_object(name: &str) -> Self {
        let shown: String = name.chars().take(128).collect();
        let message = format!("Resource '{shown}' does not exist.");
        Self::new(StatusCode::NOT_FOUND, "Request_ResourceNotFound", message)
    }

    /// 409 `Conflict`.
    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "Conflict", message)
    }

    /// 404 of the Teams administration; recorded in the gateway's form.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        let mut failure = Self::new(StatusCode::NOT_FOUND, "NotFound", message);
        failure.known = Known::NotFound;
        failure
    }

    /// The gateway's form, whatever the settings.
    pub(crate) fn in_gateway(mut self) -> Self {
        self.is_gateways = true;
        self
    }

    /// 400 as recorded for the containers, which no service is behind.
    pub(crate) fn not_addressable(service: &str) -> Self {
        Self::bad(format!(
            "This API is not supported for AAD accounts (no addressUrl for Microsoft.IC3.{service},False)."
        ))
    }

    /// 403 for a token without any of the permissions; both forms are recorded.
    pub(crate) fn missing_permission(accepted: &[&str], with_nulls: bool) -> Self {
        let message = format!(
            "Insufficient permission(s) for the request. API requires any of the following permission(s): {}.",
            accepted.join(",")
        );
        let mut failure = Self::new(StatusCode::FORBIDDEN, "forbidden", message);
        failure.known = Known::Forbidden(with_nulls);
        failure
    }

    /// 401 with a challenge.
    pub(crate) fn unauthorized(message: impl Into<String>, origin: &str) -> Self {
        let message = message.into();
        let fits = |c: &char| matches!(c, ' '..='~') && !matches!(c, '"' | '\\');
        let quoted: String = message.chars().filter(fits).collect();
        let challenge = format!(
            "Bearer realm=\"\", authorization_uri=\"{origin}/common/oauth2/authorize\", \
             client_id=\"00000003-0000-0000-c000-000000000000\", error=\"invalid_token\", \
             error_description=\"{quoted}\""
        );
        let code = "InvalidAuthenticationToken";
        let mut failure = Self::new(StatusCode::UNAUTHORIZED, code, message);
        failure.challenge = Some(challenge);
        failure
    }

    pub(crate) fn into_reply(self, ids: &Ids, style: ErrorStyle) -> Reply {
        let nested = self.is_gateways || style == ErrorStyle::Nested;
        let (mut inner, code, message) = match self.known.text().filter(|_| nested) {
            Some(text) => (Map::new(), "UnknownError".to_owned(), text),
            None => (self.known.inner(), self.code, self.message),
        };
        ids.add_to(&mut inner);
        let body = json!({ "error": { "code": code, "message": message, "innerError": inner } });
        let reply = Reply::error_json(self.status, &body);
        match &self.challenge {
            Some(challenge) => reply.with_header(WWW_AUTHENTICATE, challenge),
            None => reply,
        }
    }
}

/// Gives an answer scripted by a fault Graph's error shape. A body of the script's own stays as it is.
pub(crate) fn dress(
    mut reply: Reply,
    request: &Received,
    now: Timestamp,
    is_generic: bool,
) -> Reply {
    let ids = Ids::of(request, now);
    let body = serde_json::from_slice::<Value>(reply.body()).ok();
    if let Some(Value::Object(error)) = body.filter(|_| is_generic).map(|mut b| b["error"].take()) {
        let mut inner = Map::new();
        let mut message = error.get("message").cloned().unwrap_or_default();
        if reply.status == StatusCode::TOO_MANY_REQUESTS {
            inner.insert("code".into(), "429".into());
            inner.insert("status".into(), "429".into());
            inner.insert("message".into(), "Please retry after".into());
            message = "Please retry again later.".into();
        }
        ids.add_to(&mut inner);
        let code = error.get("code").cloned().unwrap_or_default();
        let body = json!({ "error": { "code": code, "message": message, "innerError": inner } });
        reply.replace_body(body.to_string().into());
    }
    ids.stamp(reply)
}
