//! Turns the `default` response into `4XX` and `5XX`.
//!
//! The generator counts `default` as a success too and refuses operations whose error has another type.
//! A redirect then counts as unexpected, which is right: none is documented and none is followed.

use anyhow::{Result, ensure};
use serde_json::Value;

use super::Note;
use crate::regen::document::each_operation;
use crate::regen::overlay::Overlay;

pub(crate) fn error_responses(document: &mut Value, _: &Overlay) -> Result<Vec<Note>> {
    let mut notes = Vec::new();
    let mut clashes = Vec::new();
    each_operation(document, |method, path, operation| {
        let Some(Value::Object(responses)) = operation.get_mut("responses") else {
            return;
        };
        let Some(default) = responses.shift_remove("default") else {
            return;
        };
        for range in ["4XX", "5XX"] {
            if responses
                .insert(range.to_owned(), default.clone())
                .is_some()
            {
                clashes.push(format!("{method} {path} has both `default` and `{range}`"));
            }
        }
        notes.push(Note::general(format!(
            "{method} {path}: default response is 4XX and 5XX"
        )));
    });
    ensure!(clashes.is_empty(), "{}", clashes.join("; "));
    Ok(notes)
}
