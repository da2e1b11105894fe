//! Tests of the conversion: one file per part of the document, each a table of what goes in and what comes out.

mod documents;
mod inputs;
mod oracle;
mod outputs;
mod schemas;
mod strict;
mod strict_openapi;
mod upstream;

use serde_json::{Map, Value, json};

use super::{Bundle, convert};

/// A document with these members beside the ones that every document has.
fn document(members: Value) -> Value {
    merged(
        json!({ "swagger": "2.0", "info": { "title": "T", "version": "1" }, "paths": {} }),
        members,
    )
}

/// A document with one operation, `POST /p`.
fn operation(members: Value) -> Value {
    let operation = merged(
        json!({ "responses": { "204": { "description": "done" } } }),
        members,
    );
    document(json!({ "paths": { "/p": { "post": operation } } }))
}

/// A document with one definition, `A`.
fn definition(schema: &Value) -> Value {
    document(json!({ "definitions": { "A": schema, "B": { "type": "string" } } }))
}

fn merged(mut value: Value, members: Value) -> Value {
    if let (Some(map), Value::Object(members)) = (value.as_object_mut(), members) {
        map.extend(members);
    }
    value
}

/// The converted document, which `openapiv3` reads and whose references lead somewhere.
#[track_caller]
fn converted(document: Value) -> Value {
    let out = convert(Bundle::of(document)).unwrap().document;
    sound(&out);
    out
}

/// The converted operation of [`operation`].
#[track_caller]
fn converted_operation(members: Value) -> Value {
    converted(operation(members))["paths"]["/p"]["post"].clone()
}

/// The message with which a document is refused.
#[track_caller]
fn refused(document: Value) -> String {
    match convert(Bundle::of(document)) {
        Ok(conversion) => panic!("was converted: {:#}", conversion.document),
        Err(error) => format!("{error:#}"),
    }
}

#[track_caller]
fn sound(document: &Value) {
    serde_json::from_value::<openapiv3::OpenAPI>(document.clone()).unwrap();
    for reference in references(document) {
        let target = reference
            .strip_prefix('#')
            .and_then(|pointer| document.pointer(pointer));
        assert!(target.is_some(), "{reference} leads nowhere");
    }
}

fn references(value: &Value) -> Vec<&str> {
    match value {
        Value::Object(map) => map
            .iter()
            .flat_map(|(key, value)| own_references(key, value))
            .collect(),
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

fn own_references<'a>(key: &str, value: &'a Value) -> Vec<&'a str> {
    match (key, value) {
        ("$ref", Value::String(text)) => vec![text],
        ("example" | "examples" | "default" | "x-examples", _) => Vec::new(),
        _ => references(value),
    }
}

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .into_iter()
        .flat_map(Map::keys)
        .map(String::as_str)
        .collect()
}
