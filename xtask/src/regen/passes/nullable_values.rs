//! Lets the values the overlay names be `null`.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::Note;
use crate::regen::overlay::Overlay;

pub(crate) fn nullable_values(document: &mut Value, overlay: &Overlay) -> Result<Vec<Note>> {
    let mut notes = Vec::new();
    for rule in &overlay.nullables {
        let Some(schema) = document.pointer_mut(&rule.at) else {
            continue;
        };
        ensure!(schema.is_object(), "{}: not a schema", rule.label());
        ensure!(
            schema["nullable"] != true,
            "{}: it is nullable already",
            rule.label()
        );
        *schema = if schema.get("$ref").is_some() {
            json!({"nullable": true, "allOf": [schema.take()]})
        } else {
            schema["nullable"] = Value::Bool(true);
            schema.take()
        };
        notes.push(Note::ruled(
            rule.label(),
            format!("{}: may be null", rule.at),
        ));
    }
    Ok(notes)
}
