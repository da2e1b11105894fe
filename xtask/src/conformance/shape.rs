//! Owns the knowledge of which keys of a Swagger 2.0 document are keywords, which are names, and which carry prose.
//! Refuses to know about files and references.

use serde_json::{Map, Value};

/// What the keys of a JSON object mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Swagger keywords: `type`, `description`, `x-ms-enum` and so on.
    Keywords,
    /// Names that the author chose: a property called `description` is one of them.
    Names,
    /// Names with a text each, as the scopes of OAuth 2 have.
    Texts,
    /// The `info` block, of which only title and version count.
    Info,
    /// Data that means nothing to Swagger, such as a default value.
    Data,
}

impl Kind {
    /// The kind of the value below `key`.
    pub(crate) fn below(self, key: &str, value: &Value) -> Self {
        match (self, key) {
            (Self::Data, _) => Self::Data,
            (Self::Names | Self::Texts, _) => Self::Keywords,
            (Self::Keywords, "info") => Self::Info,
            (Self::Keywords, "scopes") => Self::Texts,
            (Self::Keywords, "enum" | "default" | "example" | "examples") => Self::Data,
            (Self::Keywords, _) if value.is_object() && holds_names(key) => Self::Names,
            (Self::Keywords | Self::Info, _) => Self::Keywords,
        }
    }
}

fn holds_names(key: &str) -> bool {
    matches!(
        key,
        "definitions"
            | "headers"
            | "parameters"
            | "paths"
            | "patternProperties"
            | "properties"
            | "responses"
            | "securityDefinitions"
            | "x-ms-paths"
    )
}

/// Whether a keyword only explains, so that nothing on the wire depends on it.
pub(crate) fn is_prose(keyword: &str) -> bool {
    matches!(
        keyword,
        "description"
            | "summary"
            | "title"
            | "example"
            | "examples"
            | "externalDocs"
            | "x-example"
            | "x-ms-examples"
            | "x-typespec-generated"
    )
}

/// Removes everything that only explains; texts that have names of their own become empty.
pub(crate) fn strip_prose(value: &mut Value, kind: Kind) {
    match value {
        Value::Array(items) if kind != Kind::Data => {
            for item in items {
                strip_prose(item, kind);
            }
        }
        Value::Object(map) if kind != Kind::Data => {
            if kind == Kind::Keywords {
                map.retain(|key, _| !is_prose(key));
            }
            if kind == Kind::Info {
                map.retain(|key, _| matches!(&**key, "title" | "version"));
            }
            for (key, child) in map.iter_mut() {
                if kind == Kind::Texts && child.is_string() {
                    *child = Value::String(String::new());
                    continue;
                }
                let below = kind.below(key, child);
                strip_prose(child, below);
            }
        }
        _ => {}
    }
}

/// The text of a `$ref`, where there is one.
pub(crate) fn reference(map: &Map<String, Value>, kind: Kind) -> Option<&str> {
    match kind {
        Kind::Keywords => map.get("$ref")?.as_str(),
        Kind::Names | Kind::Texts | Kind::Info | Kind::Data => None,
    }
}

/// One more step of a JSON pointer.
pub(crate) fn step(pointer: &str, key: &str) -> String {
    let key = key.replace('~', "~0").replace('/', "~1");
    format!("{pointer}/{key}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn removes_prose_but_no_property_that_is_called_like_prose() {
        let mut value = json!({
            "info": {"title": "T", "version": "1", "description": "D", "license": {"name": "L"}},
            "securityDefinitions": {"a": {"scopes": {"title": "What it allows"}}},
            "definitions": {"title": {
                "description": "x",
                "default": {"description": "data"},
                "properties": {
                    "description": {"type": "string", "description": "x", "example": "y"},
                    "properties": {"properties": {"title": {"title": "x"}}}
                }
            }}
        });
        strip_prose(&mut value, Kind::Keywords);
        let expected = json!({
            "info": {"title": "T", "version": "1"},
            "securityDefinitions": {"a": {"scopes": {"title": ""}}},
            "definitions": {"title": {
                "default": {"description": "data"},
                "properties": {
                    "description": {"type": "string"},
                    "properties": {"properties": {"title": {}}}
                }
            }}
        });
        assert_eq!(value, expected);
    }
}
