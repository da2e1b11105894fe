//! Lets an optional array be `null`, and lets the caller tell an absent one from an empty one.
//!
//! Required arrays stay plain lists; the generated code reads their `null` as empty.

use anyhow::Result;
use serde_json::Value;

use super::Note;
use crate::regen::document::each_schema;
use crate::regen::overlay::Overlay;

pub(crate) fn optional_arrays(document: &mut Value, _: &Overlay) -> Result<Vec<Note>> {
    let mut notes = Vec::new();
    each_schema(document, &mut |at, schema| {
        let required: Vec<Value> = schema
            .get("required")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
        for (name, property) in properties.into_iter().flatten() {
            let is_array = property.get("type").is_some_and(|kind| kind == "array");
            if is_array && !required.iter().any(|required| required == name) {
                property["nullable"] = Value::Bool(true);
                notes.push(Note::general(format!(
                    "{at}/properties/{name}: may be null"
                )));
            }
        }
    });
    Ok(notes)
}
