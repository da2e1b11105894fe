//! Refuses parameters whose Rust name would collide with a local variable of the generated method.

use anyhow::{Result, ensure};
use serde_json::Value;

use super::Note;
use crate::regen::document::{each_operation, resolve};
use crate::regen::overlay::Overlay;

/// Locals of a generated method. Some versions of the generator rename some of them; none is worth the risk.
const RESERVED: [&str; 9] = [
    "url",
    "request",
    "response",
    "result",
    "info",
    "header_map",
    "body",
    "value",
    "_url",
];

pub(crate) fn reserved_names(document: &mut Value, _: &Overlay) -> Result<Vec<Note>> {
    let original = document.clone();
    let mut clashes = Vec::new();
    each_operation(document, |method, path, operation| {
        let parameters = operation.get("parameters").and_then(Value::as_array);
        for parameter in parameters.into_iter().flatten() {
            let name = resolve(&original, parameter)["name"]
                .as_str()
                .unwrap_or_default();
            if RESERVED.contains(&snake_case(name).as_str()) {
                clashes.push(format!("`{name}` of {method} {path}"));
            }
        }
    });
    ensure!(
        clashes.is_empty(),
        "parameter {} has the name of a local variable of the generated method",
        clashes.join(", parameter ")
    );
    Ok(Vec::new())
}

/// As the generator does it for the names that matter here: `headerMap` and `header-map` are `header_map`.
fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for character in name.chars() {
        if character.is_ascii_uppercase() && !snake.is_empty() && !snake.ends_with('_') {
            snake.push('_');
        }
        snake.push(if character.is_alphanumeric() {
            character.to_ascii_lowercase()
        } else {
            '_'
        });
    }
    snake
}
