//! The rewrites that turn a faithful OpenAPI document into one the generator handles well, one file each.
//!
//! A pass changes the document, says what it changed, and fails when it meets what it does not understand.
//! Refuses to know the other passes.

pub(crate) mod api_version;
pub(crate) mod bare_objects;
pub(crate) mod clearable_values;
pub(crate) mod constraints;
pub(crate) mod doc_text;
pub(crate) mod empty_success;
pub(crate) mod envelopes;
pub(crate) mod error_responses;
pub(crate) mod media_types;
pub(crate) mod nullable_values;
pub(crate) mod open_enums;
pub(crate) mod operation_names;
pub(crate) mod optional_arrays;
pub(crate) mod reserved_names;
pub(crate) mod secrets;
pub(crate) mod sorted_paths;

use anyhow::{Context, Result};
use serde_json::Value;

use super::overlay::Overlay;

/// The signature of every pass.
pub(crate) type Pass = fn(&mut Value, &Overlay) -> Result<Vec<Note>>;

/// One change a pass made.
#[derive(Debug)]
pub(crate) struct Note {
    /// The overlay rule behind the change, if there is one.
    pub(crate) rule: Option<String>,
    /// What was changed, and where.
    pub(crate) what: String,
}

impl Note {
    /// A change every document gets.
    pub(crate) fn general(what: impl Into<String>) -> Self {
        Self {
            rule: None,
            what: what.into(),
        }
    }

    /// A change an overlay rule asked for.
    pub(crate) fn ruled(rule: String, what: impl Into<String>) -> Self {
        Self {
            rule: Some(rule),
            what: what.into(),
        }
    }
}

/// Runs the passes in order; gives what each of them did.
pub(crate) fn run(
    passes: &[(&'static str, Pass)],
    document: &mut Value,
    overlay: &Overlay,
) -> Result<Vec<(&'static str, Note)>> {
    let mut done = Vec::new();
    for (name, pass) in passes {
        let notes = pass(document, overlay).with_context(|| format!("pass `{name}`"))?;
        done.extend(notes.into_iter().map(|note| (*name, note)));
    }
    Ok(done)
}

#[cfg(test)]
mod tests;
