//! That nothing is lost: an unknown keyword anywhere is an error that names the place, an extension or a
//! description anywhere arrives.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::super::{Bundle, convert};
use super::sound;
use crate::regen::bundle::{Pointer, Site};

/// A document that has every kind of object.
fn everything() -> Value {
    let schema = json!({
        "type": "object", "description": "d", "discriminator": "kind", "required": ["kind"],
        "properties": { "kind": { "type": "string", "xml": { "name": "K" } }, "list": { "type": "array", "items": { "type": "object" } },
            "ref": { "$ref": "#/definitions/Child", "description": "d" } },
        "additionalProperties": { "type": "integer" },
        "externalDocs": { "url": "u" },
        "example": { "kind": "Child", "more": { "a": 1 } },
    });
    let operation = json!({
        "tags": ["t"], "operationId": "O", "externalDocs": { "url": "u" }, "consumes": ["application/json"],
        "parameters": [
            { "$ref": "#/parameters/Version" },
            { "name": "q", "in": "query", "type": "array", "items": { "type": "string" } },
            { "name": "b", "in": "body", "schema": { "$ref": "#/definitions/Base" } },
        ],
        "responses": {
            "200": { "description": "d", "schema": { "allOf": [{ "$ref": "#/definitions/Base" }] },
                "headers": { "H": { "type": "array", "items": { "type": "string" } } }, "examples": { "application/json": { "a": {} } } },
            "404": { "$ref": "#/responses/Missing" },
        },
        "security": [{ "key": [] }],
        "x-ms-examples": { "e": { "$ref": "./no.json" } },
        "x-ms-pageable": { "nextLinkName": "n" },
    });
    let form = json!({ "consumes": ["multipart/form-data"], "responses": { "200": { "description": "d" } }, "parameters": [{ "$ref": "#/parameters/Field" }, { "name": "f", "in": "formData", "type": "file" }] });
    json!({
        "swagger": "2.0",
        "info": { "title": "T", "version": "1", "contact": { "name": "n" }, "license": { "name": "n" } },
        "schemes": ["https"],
        "x-ms-parameterized-host": { "hostTemplate": "{e}", "parameters": [{ "name": "e", "in": "path", "required": true, "type": "string" }] },
        "tags": [{ "name": "t", "externalDocs": { "url": "u" } }],
        "externalDocs": { "url": "u" },
        "paths": { "/p": { "get": operation, "post": form, "parameters": [{ "name": "h", "in": "header", "type": "string" }] } },
        "x-ms-paths": { "/p?comp=x": { "put": { "responses": { "200": { "description": "d", "schema": { "type": "file" } } } } } },
        "definitions": { "Base": schema, "Child": { "allOf": [{ "$ref": "#/definitions/Base" }] } },
        "parameters": { "Version": { "name": "v", "in": "query", "type": "string" }, "Field": { "name": "s", "in": "formData", "type": "string" },
            "Body": { "name": "b", "in": "body", "schema": { "type": "string" } } },
        "responses": { "Missing": { "description": "d", "schema": { "$ref": "#/definitions/Base" } } },
        "securityDefinitions": { "key": { "type": "apiKey", "name": "k", "in": "header" },
            "oauth": { "type": "oauth2", "flow": "implicit", "authorizationUrl": "u", "scopes": { "s": "d" } } },
    })
}

/// The objects whose keys are keywords.
fn keyword_objects(value: &Value, site: Site, at: &Pointer, out: &mut Vec<Pointer>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                keyword_objects(item, site.item(), &at.index(index), out);
            }
        }
        Value::Object(map) if !matches!(site, Site::Data | Site::Extension | Site::BareRef) => {
            if !matches!(site, Site::Names(_)) {
                out.push(at.clone());
            }
            for (key, value) in map {
                let plain = matches!(
                    key.as_str(),
                    "info" | "externalDocs" | "xml" | "tags" | "securityDefinitions"
                );
                if plain && !matches!(site, Site::Names(_)) {
                    plain_objects(value, &at.key(key), key == "securityDefinitions", out);
                } else {
                    keyword_objects(value, site.member(key), &at.key(key), out);
                }
            }
        }
        _ => {}
    }
}

/// The same where references do not occur.
fn plain_objects(value: &Value, at: &Pointer, names: bool, out: &mut Vec<Pointer>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                plain_objects(item, &at.index(index), false, out);
            }
        }
        Value::Object(map) => {
            if !names {
                out.push(at.clone());
            }
            for (key, value) in map.iter().filter(|(key, _)| *key != "scopes") {
                plain_objects(value, &at.key(key), false, out);
            }
        }
        _ => {}
    }
}

fn objects() -> Vec<Pointer> {
    let mut out = Vec::new();
    keyword_objects(&everything(), Site::Document, &Pointer::root(), &mut out);
    out
}

fn with(at: &Pointer, key: &str, value: Value) -> Value {
    let mut document = everything();
    let map: &mut Map<String, Value> = document
        .pointer_mut(at.as_str())
        .unwrap()
        .as_object_mut()
        .unwrap();
    map.insert(key.to_owned(), value);
    document
}

/// A reference to a parameter or response is read together with its target, hence named by it.
fn is_merged(at: &Pointer) -> bool {
    let document = everything();
    let value = document.pointer(at.as_str()).unwrap();
    let reference = value
        .get("$ref")
        .and_then(Value::as_str)
        .unwrap_or_default();
    reference.starts_with("#/parameters/") || reference.starts_with("#/responses/")
}

#[track_caller]
fn refuses(at: &Pointer, key: &str) {
    let place = at.key(key);
    match convert(Bundle::of(with(at, key, json!(1)))) {
        Ok(_) => panic!("{place} was dropped silently"),
        Err(error) if is_merged(at) => assert!(
            error
                .to_string()
                .contains(&format!("unknown keyword `{key}`")),
            "{error}"
        ),
        Err(error) => assert!(
            error
                .to_string()
                .starts_with(&format!("test.json#{place}: unknown keyword `{key}` in ")),
            "{place}: {error}"
        ),
    }
}

#[test]
fn an_unknown_keyword_anywhere_is_refused_with_its_place() {
    let objects = objects();
    assert!(objects.len() >= 50, "{}", objects.len());
    for at in &objects {
        refuses(at, "zzUnknown");
    }
}

#[test]
fn an_extension_anywhere_arrives() {
    for at in &objects() {
        let out = convert(Bundle::of(with(at, "x-zz", json!({ "mark": ["here"] }))))
            .unwrap()
            .document;
        sound(&out);
        assert!(
            out.to_string().contains(r#""x-zz":{"mark":["here"]}"#),
            "{at} lost its extension"
        );
    }
}

#[test]
fn a_description_anywhere_arrives() {
    for at in &objects() {
        // Where there is no such keyword, the document is refused.
        if let Ok(conversion) = convert(Bundle::of(with(at, "description", json!("mark here")))) {
            assert!(
                conversion.document.to_string().contains("mark here"),
                "{at} lost its description"
            );
        }
    }
}

#[test]
fn conversion_is_deterministic() {
    let text = || {
        convert(Bundle::of(everything()))
            .unwrap()
            .document
            .to_string()
    };
    assert_eq!(text(), text());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_unknown_keyword_is_refused(choice in any::<prop::sample::Index>(), key in "z[a-zA-Z0-9/~ %$#äß-]{1,12}z") {
        let objects = objects();
        refuses(choice.get(&objects), &key);
    }
}
