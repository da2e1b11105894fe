//! Owns what to do about failures, as far as this command can tell more than the SDK.

use teams_phone::{Error, ErrorKind};

use crate::failure::Failure;

/// What to do about a failure.
pub(crate) fn hint(failure: &Failure) -> Option<String> {
    match failure {
        Failure::Usage { hint, .. } | Failure::Local { hint, .. } => hint.clone(),
        Failure::Unfinished { .. } => Some(
            "correct what the rows not done say, and run the command again: what is done already is safe to repeat"
                .to_owned(),
        ),
        Failure::Call { .. } | Failure::Partial { .. } | Failure::Undone { .. } => {
            let endpoint = failure.endpoint().unwrap_or("the endpoint");
            let error = failure.error()?;
            error
                .hint()
                .map(str::to_owned)
                .or_else(|| of_kind(error, endpoint, &failure.causes()))
        }
        Failure::ReaderGone => None,
    }
}

fn of_kind(error: &Error, endpoint: &str, causes: &[String]) -> Option<String> {
    let certificate = causes
        .iter()
        .any(|cause| cause.to_ascii_lowercase().contains("certificate"));
    match error.kind() {
        ErrorKind::Connect if certificate => Some(format!(
            "the certificate of {endpoint} is not trusted here; name the PEM file of its authority with --ca-file"
        )),
        ErrorKind::Connect if is_local(endpoint) => Some(format!(
            "nothing answers at {endpoint}; `teams-phone emulator` starts an emulator"
        )),
        ErrorKind::Connect => Some(format!(
            "{endpoint} cannot be reached; check the endpoint, the network and the proxy"
        )),
        ErrorKind::Timeout => {
            Some("allow more time with --timeout, or try again later".to_owned())
        }
        ErrorKind::Operation => match error.operation() {
            Some("number_assign" | "number_unassign" | "number_get" | "operation_get") => Some(
                "the service's words are the only explanation; `teams-phone number get` and `number check` show what the number and its target are like"
                    .to_owned(),
            ),
            // The checks themselves say what to do.
            Some("number_preflight" | "ensure_assigned" | "move_number") => None,
            _ => Some(
                "look at the state with `teams-phone assignment get`, then run the command again: it is safe to repeat"
                    .to_owned(),
            ),
        },
        ErrorKind::Service if error.status().is_some_and(|status| status >= 500) => {
            Some("the service has a fault; try again later, and give support the request id".to_owned())
        }
        _ => None,
    }
}

fn is_local(endpoint: &str) -> bool {
    ["://127.", "://localhost", "://[::1]"]
        .iter()
        .any(|start| endpoint.contains(start))
}
