//! Owns the exit codes and which failure gets which; knows nothing of how failures are told.

use std::process::ExitCode;

use teams_phone::numbers::Check;
use teams_phone::{Error, ErrorKind};

use crate::failure::Failure;

/// What the process ends with; the numbers are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    Ok = 0,
    Failed = 1,
    Usage = 2,
    Auth = 3,
    NotFound = 4,
    Conflict = 5,
    Throttled = 6,
    Partial = 7,
}

impl Exit {
    const ALL: [Self; 8] = [
        Self::Ok,
        Self::Failed,
        Self::Usage,
        Self::Auth,
        Self::NotFound,
        Self::Conflict,
        Self::Throttled,
        Self::Partial,
    ];

    /// The number.
    pub(crate) fn code(self) -> u8 {
        self as u8
    }

    fn meaning(self) -> &'static str {
        match self {
            Self::Ok => "done",
            Self::Failed => "failed: no connection, no answer in time, or the service failed",
            Self::Usage => "arguments, connection string or a value wrong; nothing was sent",
            Self::Auth => "the service refused the credential or the permission (401, 403)",
            Self::NotFound => "what was asked for does not exist (404)",
            Self::Conflict => "it contradicts the state of the service (409, 412)",
            Self::Throttled => "the service asked to slow down (429)",
            Self::Partial => "something was changed, but the end is not what was asked for",
        }
    }
}

/// The exit codes as a text for help.
pub(crate) fn help() -> String {
    let mut text = "Exit codes:".to_owned();
    for exit in Exit::ALL {
        text.push_str(&format!("\n  {}  {}", exit.code(), exit.meaning()));
    }
    text
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

impl From<&Failure> for Exit {
    fn from(failure: &Failure) -> Self {
        match failure {
            Failure::Usage { .. } => Self::Usage,
            Failure::Call { error, .. } | Failure::Undone { error, .. } => Self::from(&**error),
            Failure::Partial { .. } | Failure::Unfinished { .. } => Self::Partial,
            Failure::Local { .. } => Self::Failed,
            Failure::ReaderGone => Self::Ok,
        }
    }
}

impl From<&Error> for Exit {
    fn from(error: &Error) -> Self {
        match error.kind() {
            ErrorKind::Config => Self::Usage,
            ErrorKind::Credential => Self::Auth,
            ErrorKind::Throttled => Self::Throttled,
            _ if error.is_permission() => Self::Auth,
            _ if error.is_not_found() => Self::NotFound,
            _ if error.is_conflict() => Self::Conflict,
            ErrorKind::Operation => of_operation(error),
            _ => Self::Failed,
        }
    }
}

/// An error about an order has the state of each number in its details, or the checks that kept it from being
/// given.
fn of_operation(error: &Error) -> Exit {
    let codes = || error.details().iter().map(|detail| detail.code.as_str());
    let is_order = matches!(
        error.operation(),
        Some("number_assign" | "number_unassign" | "operation_get")
    );
    if codes().any(|code| code.eq_ignore_ascii_case("succeeded")) {
        Exit::Partial
    } else if codes().any(is_check) {
        Exit::Conflict
    } else if is_order || codes().next().is_some() {
        Exit::Failed
    } else {
        Exit::Partial
    }
}

fn is_check(code: &str) -> bool {
    let checks = [Check::Capability, Check::License, Check::UsageLocation];
    checks.iter().any(|check| format!("{check:?}") == code)
}

#[cfg(test)]
mod tests {
    use teams_phone::ErrorDetail;

    use super::*;

    #[test]
    fn kinds_have_their_codes() {
        for (kind, code) in [
            (ErrorKind::Config, 2),
            (ErrorKind::Credential, 3),
            (ErrorKind::Connect, 1),
            (ErrorKind::Timeout, 1),
            (ErrorKind::Throttled, 6),
            (ErrorKind::Decode, 1),
            (ErrorKind::Operation, 7),
        ] {
            assert_eq!(Exit::from(&Error::new(kind, "it")).code(), code, "{kind:?}");
        }
    }

    #[test]
    fn an_order_is_partial_only_if_something_was_done() {
        let error = |codes: &[&str]| {
            let details = codes.iter().map(|code| ErrorDetail::new(*code, "why"));
            Error::new(ErrorKind::Operation, "it").with_details(details.collect())
        };
        for (error, exit) in [
            (error(&["failed", "succeeded"]), Exit::Partial),
            (error(&["failed", "skipped"]), Exit::Failed),
            (error(&["License"]), Exit::Conflict),
            (error(&[]).with_operation("operation_get"), Exit::Failed),
            (error(&[]).with_operation("ensure_assigned"), Exit::Partial),
            (Error::conflict("held"), Exit::Conflict),
            (Error::not_found("gone"), Exit::NotFound),
        ] {
            assert_eq!(Exit::from(&error), exit, "{error}");
        }
    }

    #[test]
    fn the_readme_lists_every_code() {
        let readme = include_str!("../README.md");
        for exit in Exit::ALL {
            let row = format!("| {} | {} |", exit.code(), exit.meaning());
            assert!(readme.contains(&row), "README.md lacks: {row}");
        }
    }
}
