//! Sorts paths and named schemas, so that upstream moving things around changes nothing here.

use anyhow::Result;
use serde_json::{Map, Value};

use super::Note;
use crate::regen::overlay::Overlay;

pub(crate) fn sorted_paths(document: &mut Value, _: &Overlay) -> Result<Vec<Note>> {
    for pointer in ["/paths", "/components/schemas"] {
        if let Some(Value::Object(object)) = document.pointer_mut(pointer) {
            object.sort_keys();
        }
    }
    let items = document.get_mut("paths").and_then(Value::as_object_mut);
    items
        .into_iter()
        .flatten()
        .filter_map(|(_, item)| item.as_object_mut())
        .for_each(Map::sort_keys);
    Ok(Vec::new())
}
