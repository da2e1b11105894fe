//! Owns how a failure is told, to people and to programs; decides nothing.

use std::fmt::Write as _;

use serde::Serialize;
use teams_phone::{Error, ErrorKind};

use super::{BAD, HINT, printable};
use crate::connection::SignedIn;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::hints;

/// A failure as it is told.
#[derive(Debug, Serialize)]
pub(super) struct Problem {
    error: Facts,
}

#[derive(Debug, Serialize)]
struct Facts {
    kind: &'static str,
    exit_code: u8,
    operation: Option<&'static str>,
    endpoint: Option<String>,
    status: Option<u16>,
    code: Option<String>,
    message: String,
    target: Option<String>,
    details: Vec<Detail>,
    request_id: Option<String>,
    client_request_id: Option<String>,
    /// Seconds.
    retry_after: Option<f64>,
    attempts: Option<u32>,
    causes: Vec<String>,
    /// Whom the service refused, if that was told by a token.
    signed_in: Option<SignedIn>,
    hint: Option<String>,
    #[serde(skip)]
    headline: String,
}

#[derive(Debug, Serialize)]
struct Detail {
    code: String,
    message: String,
    target: Option<String>,
}

impl Problem {
    pub(super) fn new(failure: &Failure, signed_in: Option<SignedIn>) -> Self {
        let error = failure.error();
        let text = |read: fn(&Error) -> Option<&str>| error.and_then(read).map(str::to_owned);
        let message = match (failure, error) {
            (Failure::Partial { .. } | Failure::Undone { .. }, _) | (_, None) => failure.message(),
            (_, Some(error)) => error.message().to_owned(),
        };
        Self {
            error: Facts {
                kind: kind(failure),
                exit_code: Exit::from(failure).code(),
                operation: error.and_then(Error::operation),
                endpoint: failure.endpoint().map(str::to_owned),
                status: error.and_then(Error::status),
                code: text(Error::code),
                message,
                target: text(Error::target),
                details: error.map(details).unwrap_or_default(),
                request_id: text(Error::request_id),
                client_request_id: text(Error::client_request_id),
                retry_after: error
                    .and_then(Error::retry_after)
                    .map(|wait| wait.as_secs_f64()),
                attempts: error.map(Error::attempts),
                causes: failure.causes(),
                signed_in: signed_in.filter(|_| error.is_some_and(Error::is_permission)),
                hint: hints::hint(failure),
                headline: failure.message(),
            },
        }
    }

    /// The failure for people: what, why, details of the service, what to do.
    pub(super) fn human(&self) -> String {
        let facts = &self.error;
        let mut text = format!("{BAD}error:{BAD:#} {}\n", printable(&facts.headline));
        // Writing to a String cannot fail.
        for cause in &facts.causes {
            let _ = writeln!(text, "  caused by: {}", printable(cause));
        }
        let said = |detail: &&Detail| !detail.message.is_empty();
        for detail in facts.details.iter().filter(said) {
            let message = printable(&detail.message).replace('\n', "\n    ");
            let _ = writeln!(text, "  {}: {message}", printable(&detail.code));
        }
        if let Some(who) = &facts.signed_in {
            let _ = writeln!(text, "  signed in as {}", printable(&identity(who)));
        }
        if let Some(wait) = facts.retry_after {
            let _ = writeln!(text, "  the service asks to wait {wait} s");
        }
        if let Some(hint) = &facts.hint {
            let _ = writeln!(text, "{HINT}hint:{HINT:#} {hint}");
        }
        text
    }
}

fn identity(who: &SignedIn) -> String {
    let known = |id: &Option<String>| id.clone().unwrap_or_else(|| "unknown".to_owned());
    format!(
        "object {} of tenant {}, application {}",
        known(&who.object_id),
        known(&who.tenant_id),
        known(&who.client_id)
    )
}

fn details(error: &Error) -> Vec<Detail> {
    let details = error.details().iter();
    details
        .map(|detail| Detail {
            code: detail.code.clone(),
            message: detail.message.clone(),
            target: detail.target.clone(),
        })
        .collect()
}

fn kind(failure: &Failure) -> &'static str {
    let Some(error) = failure.error() else {
        return match failure {
            Failure::Usage { .. } => "usage",
            Failure::Unfinished { .. } => "partial",
            _ => "local",
        };
    };
    match error.kind() {
        ErrorKind::Config => "config",
        ErrorKind::Credential => "credential",
        ErrorKind::Connect => "connect",
        ErrorKind::Timeout => "timeout",
        ErrorKind::Throttled => "throttled",
        ErrorKind::Decode => "decode",
        ErrorKind::Operation => "operation",
        _ => "service",
    }
}
