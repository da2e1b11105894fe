//! Gives an operation that succeeds with or without a body one nullable result.
//!
//! The generator wants one type for all successes; the runtime reads the empty body as `null`.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::Note;
use crate::regen::document::each_operation;
use crate::regen::overlay::Overlay;

pub(crate) fn empty_success(document: &mut Value, _: &Overlay) -> Result<Vec<Note>> {
    let mut notes = Vec::new();
    each_operation(document, |method, path, operation| {
        let Some(responses) = operation.get_mut("responses") else {
            return;
        };
        if mixed(responses).is_empty() {
            return;
        }
        let note = unite(responses).with_context(|| format!("{method} {path}"));
        notes.push(
            note.map(|()| Note::general(format!("{method} {path}: an empty success is null"))),
        );
    });
    notes.into_iter().collect()
}

/// The successes without a body of an operation that has successes with one.
pub(crate) fn mixed(responses: &Value) -> Vec<String> {
    let successes = || {
        let responses = responses.as_object().into_iter().flatten();
        responses.filter(|(status, _)| status.starts_with('2'))
    };
    if successes().all(|(_, response)| response.get("content").is_none()) {
        return Vec::new();
    }
    let empty = successes().filter(|(_, response)| response.get("content").is_none());
    empty.map(|(status, _)| status.clone()).collect()
}

fn unite(responses: &mut Value) -> Result<()> {
    let successes = responses.as_object_mut().into_iter().flatten();
    let mut successes: Vec<_> = successes
        .filter(|(status, _)| status.starts_with('2'))
        .collect();
    let bodies: Vec<_> = successes
        .iter()
        .filter_map(|(_, response)| response.get("content"))
        .collect();
    let schema = bodies
        .first()
        .and_then(|content| content.pointer("/application~1json/schema"));
    let schema = schema.context("the success with a body is not application/json")?;
    anyhow::ensure!(
        bodies.windows(2).all(|pair| pair[0] == pair[1]),
        "successes have different bodies; the generator knows one type per operation"
    );
    let content = json!({"application/json": {"schema": {"nullable": true, "allOf": [schema]}}});
    for (_, response) in &mut successes {
        response["content"] = content.clone();
    }
    Ok(())
}
