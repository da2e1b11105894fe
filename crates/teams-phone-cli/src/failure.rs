//! Owns why a command fails: one type for the service's failures and this machine's. Prints nothing.

use std::error::Error as StdError;
use std::io;

use teams_phone::{Client, Error};

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The arguments, or what they name, cannot be used; nothing was sent.
    Usage {
        message: String,
        hint: Option<String>,
    },
    /// A call failed.
    Call {
        error: Box<Error>,
        endpoint: Option<String>,
    },
    /// Something was done before a call failed.
    Partial {
        done: String,
        error: Box<Error>,
        endpoint: Option<String>,
    },
    /// Some of many things were done.
    Unfinished { message: String },
    /// Nothing of many things was changed, because of failures of one kind; the last one is told.
    Undone {
        what: String,
        error: Box<Error>,
        endpoint: Option<String>,
    },
    /// This machine failed.
    Local {
        message: String,
        source: Option<Box<dyn StdError + Send + Sync>>,
        hint: Option<String>,
    },
    /// Whoever read standard output has gone away: there is nobody to tell.
    ReaderGone,
}

impl Failure {
    /// A failure of the arguments.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::Usage {
            message: message.into(),
            hint: None,
        }
    }

    /// Standard input is wanted for two things.
    pub(crate) fn both_from_stdin(one: &str, other: &str) -> Self {
        Self::usage(format!(
            "{one} and {other} cannot both come from standard input"
        ))
    }

    /// Some of many things were done, and what was not has been told.
    pub(crate) fn unfinished(message: impl Into<String>) -> Self {
        Self::Unfinished {
            message: message.into(),
        }
    }

    /// A failure of this machine.
    pub(crate) fn local(
        message: impl Into<String>,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self::Local {
            message: message.into(),
            source: Some(source.into()),
            hint: None,
        }
    }

    /// A failure that has no cause beyond what is said.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self::Local {
            message: message.into(),
            source: None,
            hint: None,
        }
    }

    /// Says what to do about it, for the failures that carry a hint.
    pub(crate) fn with_hint(mut self, text: impl Into<String>) -> Self {
        if let Self::Usage { hint, .. } | Self::Local { hint, .. } = &mut self {
            *hint = Some(text.into());
        }
        self
    }

    /// Says what to do about it if nothing better is said already.
    pub(crate) fn or_hint(self, text: impl Into<String>) -> Self {
        match self {
            Self::Usage { hint: None, .. } | Self::Local { hint: None, .. } => self.with_hint(text),
            _ => self,
        }
    }

    /// A failed call, and where it went.
    pub(crate) fn call(error: Error, client: &Client) -> Self {
        Self::Call {
            error: Box::new(error),
            endpoint: Some(client.endpoint().to_string()),
        }
    }

    /// A failed write to standard output.
    pub(crate) fn output(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::ReaderGone;
        }
        Self::local("standard output cannot be written", error)
    }

    /// The failed call, if it is one.
    pub(crate) fn error(&self) -> Option<&Error> {
        match self {
            Self::Call { error, .. } | Self::Partial { error, .. } | Self::Undone { error, .. } => {
                Some(error)
            }
            _ => None,
        }
    }

    /// Where the failed call went.
    pub(crate) fn endpoint(&self) -> Option<&str> {
        match self {
            Self::Call { endpoint, .. }
            | Self::Partial { endpoint, .. }
            | Self::Undone { endpoint, .. } => endpoint.as_deref(),
            _ => None,
        }
    }

    /// What failed, in one line.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::Usage { message, .. }
            | Self::Unfinished { message }
            | Self::Local { message, .. } => message.clone(),
            Self::Call { error, .. } => error.to_string(),
            Self::Partial { done, error, .. } => format!("{done}, but then {error}"),
            Self::Undone { what, error, .. } => format!("{what}; the last one: {error}"),
            Self::ReaderGone => "nobody reads the output".to_owned(),
        }
    }

    /// The causes behind it, outermost first.
    pub(crate) fn causes(&self) -> Vec<String> {
        let mut next: Option<&(dyn StdError + 'static)> = match self {
            Self::Local { source, .. } => source.as_deref().map(|source| source as _),
            _ => self.error().and_then(StdError::source),
        };
        let mut causes: Vec<String> = Vec::new();
        while let Some(cause) = next {
            let text = cause.to_string();
            if causes.last() != Some(&text) {
                causes.push(text);
            }
            next = cause.source();
        }
        causes
    }
}

/// Hides what follows `accesskey=` in a text that repeats arguments.
pub(crate) fn hide_key(text: &str) -> String {
    const NAME: &str = "accesskey";
    let lower = text.to_ascii_lowercase();
    let mut shown = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(found) = lower[at..].find(NAME) {
        let name_end = at + found + NAME.len();
        let rest = &text[name_end..];
        let value = rest.trim_start_matches([' ', '=']);
        let gap = rest.len() - value.len();
        shown.push_str(&text[at..name_end + gap]);
        at = name_end + gap;
        if rest[..gap].contains('=') {
            let end = value
                .find(|c: char| c.is_whitespace() || matches!(c, ';' | '\'' | '"' | '`' | '\u{1b}'))
                .unwrap_or(value.len());
            shown.push_str("..");
            at += end;
        }
    }
    shown.push_str(&text[at..]);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_in_an_argument_is_not_repeated() {
        for (text, shown) in [
            ("no key here", "no key here"),
            (
                "'endpoint=https://x;accesskey=c2VjcmV0' found",
                "'endpoint=https://x;accesskey=..' found",
            ),
            ("AccessKey = c2VjcmV0; more", "AccessKey = ..; more"),
            ("accesskey", "accesskey"),
            ("--access-key-file", "--access-key-file"),
        ] {
            assert_eq!(hide_key(text), shown);
        }
    }

    #[test]
    fn causes_are_told_once_each() {
        let inner = io::Error::other("disk on fire");
        let failure = Failure::local("cannot write", inner);
        assert_eq!(failure.causes(), ["disk on fire"]);
        assert!(Failure::usage("no").causes().is_empty());
    }
}
