//! Gives the members the overlay calls clearable a type that tells absent, null and a value apart.
//!
//! The generator's own optional member is either absent or has a value.

use anyhow::{Result, ensure};
use serde_json::Value;

use super::Note;
use crate::regen::overlay::Overlay;

/// The string format that is generated as a value which may be null even if it is there.
pub(crate) const FORMAT: &str = "x-clearable";

pub(crate) fn clearable_values(document: &mut Value, overlay: &Overlay) -> Result<Vec<Note>> {
    let mut notes = Vec::new();
    for rule in &overlay.clearables {
        let label = rule.label();
        let pointer = format!("/components/schemas/{}", rule.schema);
        let Some(schema) = document.pointer_mut(&pointer) else {
            continue;
        };
        let required = schema["required"].as_array().into_iter().flatten();
        ensure!(
            !required.into_iter().any(|name| *name == rule.property),
            "{label}: it is required, so it cannot be absent"
        );
        let Some(property) = schema.pointer_mut(&format!("/properties/{}", rule.property)) else {
            continue;
        };
        ensure!(
            property["type"] == "string" && property.get("format").is_none(),
            "{label}: only a plain string can be clearable"
        );
        ensure!(property["nullable"] == true, "{label}: it cannot be null");
        if let Some(property) = property.as_object_mut() {
            property.shift_remove("nullable");
        }
        property["format"] = Value::from(FORMAT);
        let what = format!("{pointer}/properties/{}: clearable", rule.property);
        notes.push(Note::ruled(label, what));
    }
    Ok(notes)
}
