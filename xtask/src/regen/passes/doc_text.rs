//! Makes every description safe as Rust documentation: no accidental links or tags, no empty text.

use anyhow::Result;
use serde_json::Value;

use super::Note;
use crate::regen::overlay::Overlay;

pub(crate) fn doc_text(document: &mut Value, _: &Overlay) -> Result<Vec<Note>> {
    let mut notes = Vec::new();
    visit("", document, &mut notes);
    Ok(notes)
}

fn visit(at: &str, value: &mut Value, notes: &mut Vec<Note>) {
    match value {
        Value::Object(object) => {
            for key in ["description", "summary"] {
                let Some(Value::String(text)) = object.get_mut(key) else {
                    continue;
                };
                let safe = escape(text.trim());
                if safe.is_empty() && !at.contains("/responses/") {
                    object.shift_remove(key);
                    notes.push(Note::general(format!("{at}: empty {key} dropped")));
                } else if safe != *text {
                    *text = safe;
                    notes.push(Note::general(format!("{at}: {key} escaped")));
                }
            }
            for (key, inner) in object {
                visit(&format!("{at}/{key}"), inner, notes);
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter_mut().enumerate() {
                visit(&format!("{at}/{index}"), inner, notes);
            }
        }
        _ => {}
    }
}

/// Escapes what Markdown would read as a link or a tag; text in backticks is left alone.
pub(crate) fn escape(text: &str) -> String {
    let halves = text.split('`').enumerate().map(|(index, part)| {
        if index % 2 == 1 {
            part.to_owned()
        } else {
            part.split_inclusive(char::is_whitespace)
                .map(escape_word)
                .collect()
        }
    });
    halves.collect::<Vec<_>>().join("`")
}

fn escape_word(word: &str) -> String {
    if let (true, text) = (
        word.starts_with("https://") || word.starts_with("http://"),
        word.trim_end(),
    ) {
        let url = text.trim_end_matches(['.', ',', ';', ')']);
        return format!("<{url}>{}", &word[url.len()..]);
    }
    let mut escaped = String::with_capacity(word.len());
    for character in word.chars() {
        if matches!(character, '[' | ']' | '<' | '>') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}
