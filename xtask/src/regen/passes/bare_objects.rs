//! Says "an object of anything" in one way: newer documents add `additionalProperties: {}` to it, older ones do not.
//!
//! The generated type is the same map; only the comparison of versions would see a difference.

use anyhow::Result;
use serde_json::{Map, Value};

use super::Note;
use crate::regen::document::each_schema;
use crate::regen::overlay::Overlay;

pub(crate) fn bare_objects(document: &mut Value, _: &Overlay) -> Result<Vec<Note>> {
    let mut notes = Vec::new();
    each_schema(document, &mut |at, schema| {
        let bare = schema
            .get("properties")
            .and_then(Value::as_object)
            .is_none_or(Map::is_empty);
        let anything = match schema.get("additionalProperties") {
            Some(Value::Object(inner)) => inner.is_empty(),
            Some(other) => *other == true,
            None => false,
        };
        if bare && anything && schema.get("type").is_some_and(|kind| kind == "object") {
            schema.shift_remove("additionalProperties");
            notes.push(Note::general(format!("{at}: an object of anything")));
        }
    });
    Ok(notes)
}
