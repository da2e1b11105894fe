//! Tests of the comparison, on a small document and on the real ones.

use std::path::Path;

use serde_json::{Value, json};

use super::*;

fn document() -> Value {
    json!({
        "swagger": "2.0",
        "info": {"title": "T", "version": "1"},
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "parameters": {"Version": {"name": "api-version", "in": "query", "required": true, "type": "string"}},
        "paths": {"/a/{id}": {"put": {
            "operationId": "A_Put",
            "tags": ["A"],
            "parameters": [
                {"name": "id", "in": "path", "required": true, "type": "string"},
                {"$ref": "#/parameters/Version"},
                {"name": "body", "in": "body", "schema": {"$ref": "#/definitions/A"}}
            ],
            "responses": {
                "200": {"description": "Done.", "schema": {"$ref": "#/definitions/A"}},
                "default": {"description": "Not done.", "schema": {"$ref": "common/common.json#/definitions/E"}}
            }
        }}},
        "definitions": {
            "A": {
                "type": "object",
                "description": "An A.",
                "required": ["kind", "size"],
                "properties": {
                    "kind": {"$ref": "#/definitions/Kind"},
                    "size": {"type": "integer", "format": "int32", "minimum": 60, "default": 60},
                    "description": {"type": "string", "readOnly": true}
                }
            },
            "Kind": {"type": "string", "enum": ["x", "y"], "x-ms-enum": {"name": "Kind", "values": [
                {"value": "x", "description": "An x."}, {"value": "y", "description": "A y."}
            ]}},
            "Unused": {"type": "string"}
        }
    })
}

fn common() -> Value {
    json!({"definitions": {
        "E": {"type": "object", "properties": {"inner": {"$ref": "#/definitions/E"}, "code": {"type": "string"}}}
    }})
}

fn write(folder: &Path, document: &Value, common: &Value) -> PathBuf {
    std::fs::create_dir_all(folder.join("common")).unwrap();
    std::fs::write(folder.join("common/common.json"), common.to_string()).unwrap();
    let path = folder.join("api.json");
    std::fs::write(&path, document.to_string()).unwrap();
    path
}

/// The differences between the document and a changed copy of it, as text.
fn found(change: impl FnOnce(&mut Value, &mut Value)) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let ours = write(&folder.path().join("ours"), &document(), &common());
    let (mut changed, mut changed_common) = (document(), common());
    change(&mut changed, &mut changed_common);
    let theirs = write(&folder.path().join("theirs"), &changed, &changed_common);
    let list = differences(&ours, &theirs).unwrap();
    list.iter().map(ToString::to_string).collect()
}

fn replace(document: &mut Value, pointer: &str, value: Value) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = document.pointer_mut(parent).unwrap();
    match parent.as_array_mut() {
        Some(list) => list[key.parse::<usize>().unwrap()] = value,
        None => parent[key] = value,
    }
}

const PUT: &str = "/paths/~1a~1{id}/put";

/// A JSON pointer of the document, what to put there, and a part of the difference this has to cause.
type Replacement = (&'static str, Value, &'static str);

fn check_replacements(table: &[Replacement]) {
    for (pointer, value, expected) in table {
        let list = found(|document, _| replace(document, pointer, value.clone()));
        assert!(
            list.iter().any(|line| line.contains(expected)),
            "{pointer}: expected `{expected}` in {list:#?}"
        );
    }
}

#[test]
fn names_every_change_of_a_type() {
    check_replacements(&[
        (
            "/definitions/A/properties/size/type",
            json!("string"),
            r#"/type: ours "integer", upstream "string""#,
        ),
        (
            "/definitions/A/properties/size/minimum",
            json!(61),
            "/size/minimum: ours 60, upstream 61",
        ),
        (
            "/definitions/A/properties/size/default",
            json!(90),
            "/size/default: ours 60, upstream 90",
        ),
        (
            "/definitions/A/properties/size/format",
            json!("int64"),
            r#"/format: ours "int32", upstream "int64""#,
        ),
        (
            "/definitions/A/properties/description/readOnly",
            json!(false),
            "/description/readOnly: only ours: true",
        ),
        (
            "/definitions/A/required",
            json!(["kind"]),
            r#"/A/required: ours ["kind","size"], upstream ["kind"]"#,
        ),
        (
            "/definitions/Kind/enum",
            json!(["x", "z"]),
            r#"/Kind/enum: ours ["x","y"], upstream ["x","z"]"#,
        ),
        (
            "/definitions/Kind/x-ms-enum/name",
            json!("K"),
            r#"/x-ms-enum/name: ours "Kind", upstream "K""#,
        ),
        (
            "/definitions/Kind/x-ms-enum/values/1/value",
            json!("z"),
            "/x-ms-enum/values/y: only ours",
        ),
    ]);
}

#[test]
fn names_every_change_of_an_operation() {
    check_replacements(&[
        (
            "/paths/~1a~1{id}/put/operationId",
            json!("A_Set"),
            r#"/put/operationId: ours "A_Put", upstream "A_Set""#,
        ),
        (
            "/paths/~1a~1{id}/put/parameters/0/name",
            json!("key"),
            "/put/parameters/id: upstream calls it `key`",
        ),
        (
            "/paths/~1a~1{id}/put/parameters/2/required",
            json!(true),
            "/parameters/body/required: only upstream: true",
        ),
        (
            "/parameters/Version/in",
            json!("header"),
            r#"/parameters/api-version/in: ours "query", upstream "header""#,
        ),
        (
            "/info/version",
            json!("2"),
            r#"/info/version: ours "1", upstream "2""#,
        ),
        (
            "/consumes",
            json!(["text/plain"]),
            r#"/put/consumes: ours ["application/json"], upstream ["text/plain"]"#,
        ),
    ]);
}

#[test]
fn names_what_is_missing_on_either_side() {
    let removed = |pointer: &str, key: &str| {
        let (pointer, key) = (pointer.to_owned(), key.to_owned());
        found(move |document, _| {
            let map = document
                .pointer_mut(&pointer)
                .unwrap()
                .as_object_mut()
                .unwrap();
            map.remove(&key).unwrap();
        })
    };
    let field = removed("/definitions/A/properties", "description");
    assert_eq!(
        field,
        [r#"/definitions/A/properties/description: only ours: {"type":"string","readOnly":true}"#]
    );
    let response = removed(&format!("{PUT}/responses"), "200");
    assert!(
        response[0].contains("/put/responses/200: only ours"),
        "{response:#?}"
    );
    let operation = removed("/paths/~1a~1{id}", "put");
    assert!(
        operation
            .iter()
            .any(|line| line.starts_with("/paths/~1a~1{id}/put: only ours"))
    );
    let extra = found(|document, _| {
        document["definitions"]["A"]["properties"]["more"] = json!({"type": "string"});
    });
    assert_eq!(
        extra,
        [r#"/definitions/A/properties/more: only upstream: {"type":"string"}"#]
    );
    let elsewhere = found(|_, common| {
        common["definitions"]["E"]["properties"]["code"]["type"] = json!("integer");
    });
    assert_eq!(elsewhere.len(), 1);
    assert!(elsewhere[0].starts_with("/definitions/E/properties/code/type"));
}

#[test]
fn reports_another_order_of_parameters() {
    let list = found(|document, _| {
        let parameters = document.pointer_mut(&format!("{PUT}/parameters")).unwrap();
        parameters.as_array_mut().unwrap().swap(0, 1);
    });
    assert_eq!(list, [format!("{PUT}/parameters: the order differs")]);
}

#[test]
fn ignores_prose_and_other_ways_to_say_the_same() {
    type Change = fn(&mut Value, &mut Value);
    let changes: &[Change] = &[
        |document, _| document["definitions"]["A"]["description"] = json!("Other words."),
        |document, _| document["definitions"]["A"]["example"] = json!({"kind": "x"}),
        |document, _| document["info"]["title"] = json!("U"),
        |document, _| document["definitions"]["A"]["required"] = json!(["size", "kind"]),
        |document, _| document["definitions"]["Kind"]["enum"] = json!(["y", "x"]),
        |document, _| {
            document["definitions"]["Kind"]["x-ms-enum"]["values"][0]["description"] = json!("-")
        },
        |document, _| document["definitions"]["Unused"] = json!({"type": "integer"}),
        |document, _| {
            replace(
                document,
                &format!("{PUT}/parameters/2/required"),
                json!(false),
            )
        },
        |document, _| document["paths"]["/a/{id}"]["put"]["tags"] = json!(["B"]),
        |document, _| {
            let examples = json!({"one": {"$ref": "./examples/none.json"}});
            document["paths"]["/a/{id}"]["put"]["x-ms-examples"] = examples;
        },
        |document, _| {
            let map = document.as_object_mut().unwrap();
            let consumes = map.remove("consumes").unwrap();
            document["paths"]["/a/{id}"]["put"]["consumes"] = consumes;
        },
        |document, common| {
            let error = common["definitions"]["E"].clone();
            document["definitions"]["E"] = error;
            let schema = json!({"$ref": "#/definitions/E"});
            document["paths"]["/a/{id}"]["put"]["responses"]["default"]["schema"] = schema;
        },
        |document, _| {
            let parameter = document["parameters"]["Version"].clone();
            document["paths"]["/a/{id}"]["put"]["parameters"][1] = parameter;
            document.as_object_mut().unwrap().remove("parameters");
        },
        |document, _| {
            let list = document["paths"]["/a/{id}"]["put"]["parameters"]
                .as_array_mut()
                .unwrap();
            let shared = list.remove(0);
            list.insert(0, shared.clone());
            document["paths"]["/a/{id}"]["parameters"] = json!([shared]);
        },
    ];
    for (index, change) in changes.iter().enumerate() {
        assert_eq!(found(change), [""; 0], "change {index}");
    }
}

#[test]
fn an_exception_explains_its_difference_and_a_stale_one_fails() {
    let text = r#"
        [[exception]]
        document = "1"
        pointer = "/definitions/*/required"
        reason = "Known."
        [[exception]]
        document = "1"
        pointer = "/schemes"
        reason = "Gone since."
        [[exception]]
        document = "2"
        pointer = "/definitions/A/type"
        reason = "Of another document."
    "#;
    let exceptions = Exceptions::parse(text).unwrap();
    let (ours, theirs) = (
        json!({"definitions": {"A": {"required": ["a"], "type": "object"}}}),
        json!({"definitions": {"A": {"required": ["b"], "type": "string"}}}),
    );
    let judgement = exceptions.judge("1", compare::compare(&ours, &theirs));
    let pointers = |list: &[Difference]| -> Vec<String> {
        list.iter()
            .map(|difference| difference.pointer.clone())
            .collect()
    };
    assert_eq!(pointers(&judgement.documented), ["/definitions/A/required"]);
    assert_eq!(pointers(&judgement.undocumented), ["/definitions/A/type"]);
    assert_eq!(judgement.stale, ["/schemes"]);
    assert!(!judgement.passes());
}

#[test]
fn refuses_exceptions_without_reason_or_with_unknown_keys() {
    let entry = |rest: &str| format!("[[exception]]\ndocument = \"1\"\n{rest}");
    let table = [
        (
            entry("pointer = \"/a\"\nreason = \" \""),
            "the reason is missing",
        ),
        (entry("pointer = \"a\"\nreason = \"r\""), "starts with `/`"),
        (entry("pointer = \"/a\""), "missing field `reason`"),
        (
            entry("pointer = \"/a\"\nreason = \"r\"\nwhy = 1"),
            "unknown field `why`",
        ),
    ];
    for (text, expected) in table {
        let message = format!("{:#}", Exceptions::parse(&text).unwrap_err());
        assert!(
            message.contains(expected),
            "expected `{expected}` in `{message}`"
        );
    }
}

#[test]
fn every_spec_is_identical_to_the_real_document() {
    let Some(upstream) = crate::root::upstream() else {
        return;
    };
    let registry = Registry::load().unwrap();
    let verdicts = check(&registry, &upstream, Some("acs-identity")).unwrap();
    assert!(verdicts.len() >= 8, "{verdicts:#?}");
    for verdict in verdicts {
        assert!(verdict.judgement.passes(), "{verdict}");
        if !verdict.name.ends_with("typespec") {
            assert!(verdict.judgement.documented.is_empty(), "{verdict}");
        }
    }
}

#[test]
fn the_facts_of_every_spec_are_those_of_its_sources() {
    let Some(upstream) = crate::root::upstream() else {
        return;
    };
    let registry = Registry::load().unwrap();
    let verdicts = check(&registry, &upstream, Some("graph-teams")).unwrap();
    assert_eq!(verdicts.len(), 2, "{verdicts:#?}");
    for verdict in verdicts {
        assert!(verdict.judgement.passes(), "{verdict}");
    }
}

/// Our texts are our own, however upstream's are worded.
#[test]
fn no_text_of_six_words_is_upstreams() {
    fn texts(value: &Value, found: &mut std::collections::BTreeSet<String>) {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    match value.as_str() {
                        Some(text) if matches!(key.as_str(), "description" | "summary") => {
                            let words: Vec<_> = text.split_whitespace().collect();
                            let text = words.join(" ").to_lowercase();
                            if words.len() >= 6 {
                                found.insert(text.trim_end_matches('.').to_owned());
                            }
                        }
                        _ => texts(value, found),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
            _ => {}
        }
    }
    let Some(upstream) = crate::root::upstream() else {
        return;
    };
    let registry = Registry::load().unwrap();
    let (mut ours, mut theirs) = Default::default();
    let exceptions = registry.folder().join("graph-teams/conformance.toml");
    let exceptions = Exceptions::load(&exceptions).unwrap();
    for spec in registry.api("graph-teams") {
        texts(&json(&spec.path()).unwrap(), &mut ours);
    }
    for sources in &exceptions.facts {
        for path in sources.documents.iter().chain([&sources.clients]) {
            texts(&json(&upstream.join(path)).unwrap(), &mut theirs);
        }
    }
    assert!(ours.len() > 50 && theirs.len() > 50);
    let taken: Vec<_> = ours.intersection(&theirs).collect();
    assert!(taken.is_empty(), "{taken:#?}");
}

#[test]
fn a_missing_upstream_document_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let registry = Registry::load().unwrap();
    let error = check(&registry, folder.path(), Some("acs-identity")).unwrap_err();
    let message = error.to_string();
    assert!(
        message.contains("data-plane/Identity/stable/2021-03-07"),
        "{message}"
    );
    let error = check(&registry, folder.path(), Some("none")).unwrap_err();
    assert!(error.to_string().contains("no API `none`"));
}
