//! Owns the service's error body and the error codes the emulator can answer with.
//! Refuses to know who decided that a call failed.

use http::{StatusCode, header::WWW_AUTHENTICATE};
use serde_json::{Map, Value, json};

use crate::reply::Reply;

/// A refused call: `{"error": {"code", "message", "target", "details", "innererror"}}` with a status.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) status: StatusCode,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) target: Option<String>,
    /// The emulator's own words; the service never fills this member.
    pub(crate) explanation: Option<Box<(String, String)>>,
    /// Facts behind the explanation, as name and text.
    pub(crate) details: Vec<(String, String)>,
    /// Whether `api-supported-versions` accompanies it; the service leaves it out of some refusals.
    pub(crate) lists_versions: bool,
    /// Whether `WWW-Authenticate` says that another bearer token may do.
    pub(crate) challenges: bool,
}

impl Failure {
    pub(crate) fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.to_owned(),
            message: message.into(),
            target: None,
            explanation: None,
            details: Vec::new(),
            lists_versions: true,
            challenges: false,
        }
    }

    /// 400 `ValidationError`.
    pub(crate) fn validation(message: impl Into<String>, target: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "ValidationError", message).about(target)
    }

    /// A required body member is missing or empty; recorded without `api-supported-versions`.
    pub(crate) fn required(field: &str) -> Self {
        let message = format!("{field}: The {field} field is required.");
        Self::validation(message, field).without_versions()
    }

    /// A body that cannot be bound at all; `why` says what the emulator saw.
    pub(crate) fn unreadable_body(why: impl Into<String>) -> Self {
        Self::required("request").explained("BodyNotBound", why)
    }

    /// 401 for identities that do not exist as well as for another resource's.
    pub(crate) fn identity_not_owned() -> Self {
        let message = "Provided identity doesn't belong to the resource.";
        Self::new(StatusCode::UNAUTHORIZED, "IdentityNotOwned", message)
    }

    /// 401 for an Entra token that is empty, malformed or expired; recorded without `api-supported-versions`.
    pub(crate) fn invalid_access_token(why: impl Into<String>) -> Self {
        let message = "Provided access token is not valid.";
        Self::new(StatusCode::UNAUTHORIZED, "InvalidAccessToken", message)
            .without_versions()
            .explained("AccessTokenRejected", why)
    }

    /// 401 for a request whose credential does not hold.
    pub(crate) fn denied(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Denied", message).without_versions()
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NotFound", message)
    }

    pub(crate) fn about(mut self, target: &str) -> Self {
        self.target = Some(target.to_owned());
        self
    }

    pub(crate) fn explained(mut self, code: &str, why: impl Into<String>) -> Self {
        self.explanation = Some(Box::new((code.to_owned(), why.into())));
        self
    }

    pub(crate) fn with_detail(mut self, code: &str, text: impl Into<String>) -> Self {
        self.details.push((code.to_owned(), text.into()));
        self
    }

    pub(crate) fn without_versions(mut self) -> Self {
        self.lists_versions = false;
        self
    }

    /// Says in `WWW-Authenticate` that another bearer token may do.
    pub(crate) fn challenging(mut self) -> Self {
        self.challenges = true;
        self
    }

    fn challenge(&self) -> String {
        let why = self
            .explanation
            .as_ref()
            .map_or(self.message.as_str(), |explanation| explanation.1.as_str());
        let fits = |c: &char| matches!(c, ' '..='~') && !matches!(c, '"' | '\\');
        let quoted: String = why.chars().filter(fits).collect();
        format!("Bearer error=\"invalid_token\", error_description=\"{quoted}\"")
    }

    pub(crate) fn body(&self) -> Value {
        let mut error = Map::new();
        error.insert("code".into(), self.code.clone().into());
        error.insert("message".into(), self.message.clone().into());
        if let Some(target) = &self.target {
            error.insert("target".into(), target.clone().into());
        }
        if !self.details.is_empty() {
            error.insert("details".into(), self.details.iter().map(entry).collect());
        }
        if let Some(explanation) = &self.explanation {
            error.insert("innererror".into(), entry(explanation));
        }
        json!({ "error": error })
    }

    pub(crate) fn into_reply(self) -> Reply {
        let reply = Reply::error_json(self.status, &self.body());
        if self.challenges {
            reply.with_header(WWW_AUTHENTICATE, &self.challenge())
        } else {
            reply
        }
    }
}

fn entry((code, message): &(String, String)) -> Value {
    json!({ "code": code, "message": message })
}
