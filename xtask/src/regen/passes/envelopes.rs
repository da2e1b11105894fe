//! Checks that the envelopes the overlay names can be around the bodies they are said to be around.
//!
//! Changes nothing: the runtime takes envelopes off before a generated type sees the body.

use anyhow::{Result, ensure};
use serde_json::Value;

use super::Note;
use crate::regen::document::{each_operation, plain};
use crate::regen::overlay::{EnvelopeRule, Overlay, Shape};

pub(crate) fn envelopes(document: &mut Value, overlay: &Overlay) -> Result<Vec<Note>> {
    let original = document.clone();
    let mut notes = Vec::new();
    each_operation(document, |method, path, operation| {
        if let Some(rule) = overlay.envelope(method, path) {
            notes.push(check(rule, &original, &operation["responses"]));
        }
    });
    notes.into_iter().collect()
}

fn check(rule: &EnvelopeRule, document: &Value, responses: &Value) -> Result<Note> {
    let successes = responses.as_object().into_iter().flatten();
    let bodies = successes
        .filter(|(status, _)| status.starts_with('2'))
        .filter_map(|(_, response)| response.pointer("/content/application~1json/schema"));
    let mut found = false;
    for body in bodies {
        found = true;
        let value = &plain(document, body)["properties"]["value"];
        match rule.shape {
            Shape::Entity => ensure!(
                value.is_null(),
                "{}: the entity has a member `value` of its own",
                rule.label()
            ),
            Shape::Collection => ensure!(
                value["type"] == "array",
                "{}: the body has no list in `value`",
                rule.label()
            ),
        }
    }
    ensure!(found, "{}: no success has a JSON body", rule.label());
    let what = format!("{} {}: read in an envelope", rule.method, rule.path);
    Ok(Note::ruled(rule.label(), what))
}
