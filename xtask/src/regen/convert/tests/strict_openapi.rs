//! That a document which is OpenAPI 3.0 already arrives as it is, and that nothing in it is skipped.

use serde_json::{Map, Value, json};

use super::super::file;

/// A document that has every kind of object.
fn everything() -> Value {
    let schema = json!({
        "type": "object", "description": "d", "required": ["id"],
        "properties": {
            "id": { "type": "string", "format": "uuid", "nullable": true },
            "list": { "type": "array", "items": { "$ref": "#/components/schemas/Kind" } },
            "kind": { "nullable": true, "allOf": [{ "$ref": "#/components/schemas/Kind" }] },
        },
        "additionalProperties": {},
    });
    let operation = json!({
        "operationId": "O", "summary": "s", "tags": ["t"],
        "parameters": [
            { "$ref": "#/components/parameters/top" },
            { "name": "id", "in": "path", "required": true, "schema": { "type": "string" } },
        ],
        "requestBody": { "required": true, "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Thing" } } } },
        "responses": {
            "202": { "description": "d", "headers": { "Location": { "schema": { "type": "string" } } } },
            "4XX": { "$ref": "#/components/responses/error" },
        },
        "x-permissions": "p",
    });
    json!({
        "openapi": "3.0.3",
        "info": { "title": "T", "version": "v1.0" },
        "servers": [{ "url": "https://a.example/v1.0" }],
        "tags": [{ "name": "t" }],
        "paths": { "/p/{id}": { "post": operation } },
        "components": {
            "schemas": { "Thing": schema, "Kind": { "type": "string", "enum": ["a"], "x-ms-enum": { "name": "Kind" } } },
            "parameters": { "top": { "name": "$top", "in": "query", "schema": { "type": "integer", "minimum": 0 } } },
            "responses": { "error": { "description": "d", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Thing" } } } } },
        },
    })
}

fn read(document: &Value) -> anyhow::Result<Value> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("openapi.json");
    std::fs::write(&path, document.to_string()).unwrap();
    file(&path)
}

#[track_caller]
fn refused(document: &Value) -> String {
    format!("{:#}", read(document).unwrap_err())
}

#[test]
fn a_document_arrives_as_it_is() {
    assert_eq!(read(&everything()).unwrap(), everything());
}

/// Every object of the document whose keys are keywords, as a pointer.
fn objects(value: &Value, at: &str, found: &mut Vec<String>) {
    const NAMES: [&str; 8] = [
        "paths",
        "responses",
        "headers",
        "content",
        "schemas",
        "parameters",
        "properties",
        "info",
    ];
    let Value::Object(map) = value else {
        if let Value::Array(items) = value {
            for (index, item) in items.iter().enumerate() {
                objects(item, &format!("{at}/{index}"), found);
            }
        }
        return;
    };
    let key = at.rsplit('/').next().unwrap();
    if !NAMES.contains(&key) && !map.contains_key("$ref") {
        found.push(at.to_owned());
    }
    for (key, inner) in map.iter().filter(|(key, _)| !key.starts_with("x-")) {
        let key = key.replace('~', "~0").replace('/', "~1");
        objects(inner, &format!("{at}/{key}"), found);
    }
}

#[test]
fn an_unknown_keyword_anywhere_is_named() {
    let mut places = Vec::new();
    objects(&everything(), "", &mut places);
    assert!(places.len() > 15, "{places:#?}");
    for place in places {
        let mut document = everything();
        let object = document.pointer_mut(&place).unwrap();
        object["surprise"] = json!(1);
        let message = refused(&document);
        let expected = format!("openapi.json#{place}/surprise: unknown keyword `surprise`");
        assert!(message.contains(&expected), "{place}: {message}");
    }
}

#[test]
fn what_the_generator_would_get_wrong_is_refused_with_advice() {
    let nowhere = json!({ "$ref": "#/components/schemas/Nowhere" });
    let elsewhere = json!({ "$ref": "other.json#/components/schemas/Kind" });
    let sibling = json!({ "$ref": "#/components/schemas/Kind", "description": "d" });
    let list = "/components/schemas/Thing/properties/list";
    let parameter = "/paths/~1p~1{id}/post/parameters/1";
    for (place, key, value, expected) in [
        ("", "openapi", json!("3.1.0"), "only 3.0 is understood"),
        (list, "anyOf", json!([]), "write `nullable` and `allOf`"),
        (list, "items", nowhere, "no component of the document"),
        (list, "items", elsewhere, "no component of the document"),
        (list, "items", sibling, "ignores what stands beside"),
        (list, "items", json!([]), "must be an object"),
        (
            parameter,
            "explode",
            json!(false),
            "a plain string that the caller joins",
        ),
        (parameter, "in", json!("nowhere"), "is not OpenAPI 3.0"),
        ("", "swagger", json!("2.0"), "it belongs to Swagger 2.0"),
    ] {
        let mut document = everything();
        document.pointer_mut(place).unwrap()[key] = value;
        let message = refused(&document);
        assert!(message.contains(expected), "{place}/{key}: {message}");
    }
    assert!(refused(&Value::Object(Map::new())).contains("lacks `swagger`"));
}
