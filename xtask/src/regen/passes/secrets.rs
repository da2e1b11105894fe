//! Marks the properties the overlay calls secret, so that their type redacts itself.

use anyhow::{Result, ensure};
use serde_json::Value;

use super::Note;
use crate::regen::overlay::Overlay;

/// The string format that is generated as the secret type.
pub(crate) const FORMAT: &str = "x-secret";

pub(crate) fn secrets(document: &mut Value, overlay: &Overlay) -> Result<Vec<Note>> {
    let mut notes = Vec::new();
    for rule in &overlay.secrets {
        let pointer = format!(
            "/components/schemas/{}/properties/{}",
            rule.schema, rule.property
        );
        let Some(property) = document.pointer_mut(&pointer) else {
            continue;
        };
        ensure!(
            property["type"] == "string",
            "{}: only a plain string can be secret",
            rule.label()
        );
        property["format"] = Value::from(FORMAT);
        notes.push(Note::ruled(rule.label(), format!("{pointer}: secret")));
    }
    Ok(notes)
}
