//! Tests of loading and following references.

use serde_json::json;

use super::*;

fn folder(files: &[(&str, Value)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, value) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, value.to_string()).unwrap();
    }
    folder
}

fn refusal(files: &[(&str, Value)]) -> String {
    let folder = folder(files);
    let error = Documents::load(&folder.path().join("v1/api.json")).unwrap_err();
    let prefix = format!("{}/", folder.path().display());
    format!("{error:#}").replace(&prefix, "")
}

fn api(schema: Value) -> Value {
    json!({"swagger": "2.0", "definitions": {"A": {"properties": {"a": schema}}}})
}

#[test]
fn follows_references_through_files_and_ignores_examples() {
    let folder = folder(&[
        (
            "v1/api.json",
            json!({
                "swagger": "2.0",
                "paths": {"/a": {"get": {"x-ms-examples": {"a": {"$ref": "./examples/a.json"}}}}},
                "definitions": {"A": {"$ref": "./../types/t.json#/definitions/List%5BB%5D"}}
            }),
        ),
        (
            "types/t.json",
            json!({"definitions": {
                "List[B]": {"items": {"$ref": "../v1/api.json#/definitions/A"}},
                "Other": {"$ref": "u.json#/definitions/U"}
            }}),
        ),
        ("types/u.json", json!({"definitions": {"U": {}}})),
    ]);
    let documents = Documents::load(&folder.path().join("v1/api.json")).unwrap();
    assert_eq!(documents.files.len(), 3);
    let start = documents
        .references(&documents.root, "/definitions")
        .unwrap();
    let used = documents.closure(start).unwrap();
    let names: Vec<_> = used.iter().map(|target| &*target.name).collect();
    assert_eq!(names, ["List[B]", "A"]);
}

#[test]
fn a_discriminated_type_brings_its_derived_types() {
    let folder = folder(&[(
        "v1/api.json",
        json!({
            "swagger": "2.0",
            "paths": {"/a": {"get": {"responses": {"200": {"schema": {"$ref": "#/definitions/Base"}}}}}},
            "definitions": {
                "Base": {"discriminator": "kind"},
                "Mid": {"allOf": [{"$ref": "#/definitions/Base"}]},
                "Leaf": {"allOf": [{"$ref": "#/definitions/Mid"}, {"properties": {"x": {"$ref": "#/definitions/X"}}}]},
                "X": {},
                "Plain": {"allOf": [{"$ref": "#/definitions/X"}]}
            }
        }),
    )]);
    let documents = Documents::load(&folder.path().join("v1/api.json")).unwrap();
    let start = documents.references(&documents.root, "/paths").unwrap();
    let used = documents.closure(start).unwrap();
    let names: Vec<_> = used.iter().map(|target| &*target.name).collect();
    assert_eq!(names, ["Base", "Leaf", "Mid", "X"]);
}

#[test]
fn refuses_what_it_cannot_follow_and_names_file_and_pointer() {
    let to = |text: &str| api(json!({"$ref": text}));
    let at = "v1/api.json#/definitions/A/properties/a";
    let table = [
        (
            to("#/definitions/B"),
            format!("{at} refers to v1/api.json#/definitions/B, which does not exist"),
        ),
        (
            to("../c.json#/definitions/B"),
            format!("{at}: cannot read c.json"),
        ),
        (
            to("https://x.test/c.json#/definitions/B"),
            format!("{at}: `$ref` `https://x.test/c.json#/definitions/B` is no relative"),
        ),
        (
            to("c.json"),
            format!("{at}: `$ref` `c.json` refers to a whole file"),
        ),
        (
            to("#/paths/~1a"),
            format!("{at}: `$ref` `#/paths/~1a` names no definition"),
        ),
    ];
    for (document, expected) in table {
        let message = refusal(&[("v1/api.json", document)]);
        assert!(
            message.contains(&expected),
            "expected `{expected}` in `{message}`"
        );
    }
    let other = refusal(&[("v1/api.json", json!({"openapi": "3.0.3"}))]);
    assert!(
        other.contains("v1/api.json is not a Swagger 2.0 document: its `swagger` key is missing"),
        "{other}"
    );
}
