//! Takes the API version out of the requests: the runtime adds it, chosen per client or per call.
//!
//! A document whose server URL ends with its version has it in the path, and so in none of its path templates.
//! Every operation of any other document has an `api-version` query parameter, which is dropped.

use anyhow::{Result, ensure};
use serde_json::Value;

use super::Note;
use crate::regen::document::{each_operation, resolve};
use crate::regen::overlay::Overlay;

/// Whether the version stands in the path of requests.
pub(crate) fn in_path(document: &Value) -> bool {
    let version = document["info"]["version"].as_str().unwrap_or_default();
    let servers = document["servers"].as_array().into_iter().flatten();
    let mut urls = servers.filter_map(|server| server["url"].as_str());
    urls.any(|url| url.trim_end_matches('/').rsplit('/').next() == Some(version))
}

pub(crate) fn api_version(document: &mut Value, _: &Overlay) -> Result<Vec<Note>> {
    let expected = usize::from(!in_path(document));
    let original = document.clone();
    let is_version = |parameter: &Value| {
        let parameter = resolve(&original, parameter);
        parameter["in"] == "query" && parameter["name"] == "api-version"
    };
    let mut notes = Vec::new();
    let mut wrong = Vec::new();
    each_operation(document, |method, path, operation| {
        let parameters = operation
            .get_mut("parameters")
            .and_then(Value::as_array_mut);
        let dropped = parameters.map_or(0, |parameters| {
            let before = parameters.len();
            parameters.retain(|parameter| !is_version(parameter));
            before - parameters.len()
        });
        if dropped != expected {
            wrong.push(format!("{method} {path}"));
        } else if dropped == 1 {
            notes.push(Note::general(format!(
                "{method} {path}: api-version dropped"
            )));
        }
    });
    ensure!(
        wrong.is_empty(),
        "expected {} `api-version` query parameter at {}",
        if expected == 1 { "one" } else { "no" },
        wrong.join(", ")
    );
    let shared = document
        .pointer_mut("/components/parameters")
        .and_then(Value::as_object_mut);
    if let Some(shared) = shared {
        shared.retain(|_, parameter| !is_version(parameter));
    }
    Ok(notes)
}
