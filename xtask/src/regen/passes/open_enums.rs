//! Checks that every set of values is a named schema of its own, which is then generated as an open enum.
//!
//! The generator's own enums are closed: one new value would make a whole answer unreadable.

use anyhow::{Result, ensure};
use serde_json::Value;

use super::Note;
use crate::regen::document::each_schema;
use crate::regen::overlay::Overlay;

pub(crate) fn open_enums(document: &mut Value, overlay: &Overlay) -> Result<Vec<Note>> {
    let mut notes = Vec::new();
    let mut inline = Vec::new();
    each_schema(document, &mut |at, schema| {
        if !schema.contains_key("enum") {
            return;
        }
        match at.strip_prefix("/components/schemas/") {
            Some(name)
                if !name.contains('/')
                    && schema.get("type").is_some_and(|kind| kind == "string") =>
            {
                let rule = overlay
                    .enums
                    .iter()
                    .find(|rule| rule.name == name)
                    .map(|rule| rule.label());
                notes.push(Note {
                    rule,
                    what: format!("{name}: open enum"),
                });
            }
            _ => inline.push(at.to_owned()),
        }
    });
    ensure!(
        inline.is_empty(),
        "{}: values must be strings and belong to a named schema",
        inline.join(", ")
    );
    Ok(notes)
}

/// The names of the enums of a document.
pub(crate) fn names(document: &Value) -> Vec<&str> {
    let schemas = document["components"]["schemas"]
        .as_object()
        .into_iter()
        .flatten();
    let enums = schemas.filter(|(_, schema)| schema.get("enum").is_some());
    enums.map(|(name, _)| name.as_str()).collect()
}
