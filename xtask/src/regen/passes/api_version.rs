//! Drops the `api-version` query parameter: the runtime adds it, chosen per client or per call.

use anyhow::{Result, ensure};
use serde_json::Value;

use super::Note;
use crate::regen::document::{each_operation, resolve};
use crate::regen::overlay::Overlay;

pub(crate) fn api_version(document: &mut Value, _: &Overlay) -> Result<Vec<Note>> {
    let original = document.clone();
    let is_version = |parameter: &Value| {
        let parameter = resolve(&original, parameter);
        parameter["in"] == "query" && parameter["name"] == "api-version"
    };
    let mut notes = Vec::new();
    let mut without = Vec::new();
    each_operation(document, |method, path, operation| {
        let parameters = operation
            .get_mut("parameters")
            .and_then(Value::as_array_mut);
        let dropped = parameters.map_or(0, |parameters| {
            let before = parameters.len();
            parameters.retain(|parameter| !is_version(parameter));
            before - parameters.len()
        });
        match dropped {
            1 => notes.push(Note::general(format!(
                "{method} {path}: api-version dropped"
            ))),
            _ => without.push(format!("{method} {path}")),
        }
    });
    ensure!(
        without.is_empty(),
        "expected one `api-version` query parameter at {}",
        without.join(", ")
    );
    let shared = document
        .pointer_mut("/components/parameters")
        .and_then(Value::as_object_mut);
    if let Some(shared) = shared {
        shared.retain(|_, parameter| !is_version(parameter));
    }
    Ok(notes)
}
