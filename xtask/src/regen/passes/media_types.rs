//! Calls every JSON-based request body plain JSON, the one kind the generator serialises.
//!
//! The operation table keeps the media type the service wants, and the runtime sends that one.

use anyhow::{Result, bail};
use serde_json::Value;

use super::Note;
use crate::regen::document::each_operation;
use crate::regen::overlay::Overlay;

pub(crate) fn media_types(document: &mut Value, _: &Overlay) -> Result<Vec<Note>> {
    let mut notes = Vec::new();
    each_operation(document, |method, path, operation| {
        let content = operation
            .get_mut("requestBody")
            .and_then(|body| body.get_mut("content"));
        let Some(Value::Object(content)) = content else {
            return;
        };
        let types: Vec<String> = content.keys().cloned().collect();
        match types.as_slice() {
            [json] if json == "application/json" => {}
            [other] if other.starts_with("application/") && other.ends_with("+json") => {
                let body = content.shift_remove(other).unwrap_or_default();
                content.insert("application/json".to_owned(), body);
                notes.push(Ok(Note::general(format!(
                    "{method} {path}: {other} sent as JSON"
                ))));
            }
            others => notes.push(Err(format!(
                "{method} {path} takes {}",
                others.join(" or ")
            ))),
        }
    });
    let outcome: Result<Vec<Note>, String> = notes.into_iter().collect();
    outcome.or_else(|what| bail!("{what}; only one JSON-based media type is supported"))
}
