//! Owns `conformance.toml` beside the documents of an API: further upstream documents to compare with, and the
//! differences that are there on purpose. Refuses to find differences.

use std::path::Path;

use anyhow::{Context, ensure};
use serde::Deserialize;

use super::compare::Difference;

/// What is known about the documents of one API.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Exceptions {
    /// Other upstream documents that describe a registered version.
    #[serde(default)]
    pub(crate) also: Vec<Also>,
    /// Versions whose facts are compared, because no one upstream document is the model of ours.
    #[serde(default)]
    pub(crate) facts: Vec<Facts>,
    #[serde(default)]
    exception: Vec<Exception>,
}

/// Where the facts of a registered version can be checked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Facts {
    /// The registered version.
    pub(crate) version: String,
    /// Paths of OpenAPI documents; together they state the facts.
    pub(crate) documents: Vec<String>,
    /// Path of the list of operations of a generated client.
    pub(crate) clients: String,
    /// The part of the API that the client has: the beginning of its paths.
    pub(crate) clients_below: String,
    /// What the sources are, for the reader of the file.
    #[serde(rename = "reason")]
    _reason: String,
}

/// Another upstream document of a registered version.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Also {
    /// Name used by the exceptions and in the output.
    pub(crate) name: String,
    /// The registered version it describes.
    pub(crate) version: String,
    /// Path of the document, as an origin in `specs.toml`.
    pub(crate) path: String,
    /// Why it is compared, for the reader of the file.
    #[serde(rename = "reason")]
    _reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    /// A registered version, or the name of a further document.
    document: String,
    /// JSON pointer; a step `*` stands for any one name.
    pointer: String,
    reason: String,
}

impl Exceptions {
    /// Reads the file of an API; an API without one has no exceptions.
    pub(crate) fn load(path: &Path) -> anyhow::Result<Self> {
        if !path.exists() {
            return Ok(Self::default());
        }
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("in {}", path.display()))
    }

    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
        let read: Self = toml::from_str(text)?;
        for exception in &read.exception {
            let place = format!("{} {}", exception.document, exception.pointer);
            ensure!(
                exception.pointer.starts_with('/'),
                "{place}: a pointer starts with `/`"
            );
            ensure!(
                !exception.reason.trim().is_empty(),
                "{place}: the reason is missing"
            );
        }
        Ok(read)
    }

    /// The documents that exceptions name.
    pub(crate) fn documents(&self) -> impl Iterator<Item = &str> {
        self.exception.iter().map(|exception| &*exception.document)
    }

    /// Splits the differences of a document into documented and undocumented ones, and names the exceptions of
    /// that document which match nothing.
    pub(crate) fn judge(&self, document: &str, found: Vec<Difference>) -> Judgement {
        let own = || {
            self.exception
                .iter()
                .filter(|exception| exception.document == document)
        };
        let stale = own()
            .filter(|exception| !found.iter().any(|difference| exception.covers(difference)))
            .map(|exception| exception.pointer.clone())
            .collect();
        let (documented, undocumented) = found
            .into_iter()
            .partition(|difference| own().any(|exception| exception.covers(difference)));
        Judgement {
            documented,
            undocumented,
            stale,
        }
    }
}

impl Exception {
    fn covers(&self, difference: &Difference) -> bool {
        let mut actual = difference.pointer.split('/');
        let mut expected = self.pointer.split('/');
        loop {
            match (actual.next(), expected.next()) {
                (None, None) => return true,
                (Some(a), Some(b)) if a == b || b == "*" => {}
                _ => return false,
            }
        }
    }
}

/// The verdict on one document.
#[derive(Debug)]
pub(crate) struct Judgement {
    /// Differences that an exception explains.
    pub(crate) documented: Vec<Difference>,
    /// All others.
    pub(crate) undocumented: Vec<Difference>,
    /// Pointers of exceptions that explain nothing.
    pub(crate) stale: Vec<String>,
}

impl Judgement {
    /// Whether nothing is left to be done.
    pub(crate) fn passes(&self) -> bool {
        self.undocumented.is_empty() && self.stale.is_empty()
    }
}
