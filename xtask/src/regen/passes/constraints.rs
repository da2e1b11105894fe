//! Removes validation, defaults and closedness from every schema.
//!
//! The service is the judge of its values. A generated type that rejects a longer string or a new field turns
//! a good answer into an error, and a generated default is sent on every call.

use anyhow::Result;
use serde_json::{Map, Value};

use super::Note;
use crate::regen::document::each_schema;
use crate::regen::overlay::Overlay;

const KEYWORDS: [&str; 14] = [
    "default",
    "example",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
];

pub(crate) fn constraints(document: &mut Value, _: &Overlay) -> Result<Vec<Note>> {
    let mut notes = Vec::new();
    each_schema(document, &mut |at, schema| {
        let mut dropped: Vec<&str> = KEYWORDS
            .iter()
            .filter(|keyword| remove(schema, keyword))
            .copied()
            .collect();
        if schema.get("additionalProperties") == Some(&Value::Bool(false))
            && remove(schema, "additionalProperties")
        {
            dropped.push("additionalProperties: false");
        }
        if schema.get("uniqueItems").is_some() && remove(schema, "uniqueItems") {
            dropped.push("uniqueItems");
        }
        if schema.get("format").is_some_and(|format| format == "uuid") && remove(schema, "format") {
            dropped.push("format: uuid");
        }
        if !dropped.is_empty() {
            notes.push(Note::general(format!(
                "{at}: dropped {}",
                dropped.join(", ")
            )));
        }
    });
    Ok(notes)
}

fn remove(schema: &mut Map<String, Value>, keyword: &str) -> bool {
    schema.shift_remove(keyword).is_some()
}
