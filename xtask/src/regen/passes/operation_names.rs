//! Gives every operation the name the overlay keeps for its method and path.
//!
//! Upstream renames its operation ids between versions; the names of our methods must not follow.

use anyhow::Result;
use serde_json::Value;

use super::Note;
use crate::regen::document::each_operation;
use crate::regen::overlay::Overlay;

pub(crate) fn operation_names(document: &mut Value, overlay: &Overlay) -> Result<Vec<Note>> {
    let mut notes = Vec::new();
    each_operation(document, |method, path, operation| {
        notes.push(overlay.operation(method, path).map(|rule| {
            let upstream =
                operation.insert("operationId".to_owned(), Value::from(rule.name.as_str()));
            Note::ruled(
                rule.label(),
                format!("{} was {}", rule.name, upstream.unwrap_or_default()),
            )
        }));
    });
    notes.into_iter().collect()
}
