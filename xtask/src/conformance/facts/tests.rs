use super::*;
use crate::conformance::compare::compare;
use crate::conformance::{Exceptions, Registry, fact_differences};

/// A document with `GET /things/{id}`, whose answer is what is given under `Thing`.
fn document(thing: &Value, others: &Value) -> Value {
    let mut schemas = others.clone();
    schemas["Thing"] = thing.clone();
    json!({
        "paths": {"/things/{id}": {"get": {
            "parameters": [
                {"name": "id", "in": "path"},
                {"name": "$select", "in": "query", "schema": {"type": "string"}}
            ],
            "responses": {
                "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}
            }
        }}},
        "components": {"schemas": schemas}
    })
}

fn found(ours: Value, upstream: Value) -> Vec<String> {
    let (ours, upstream) = (of(&[ours]).unwrap(), of(&[upstream]).unwrap());
    let list = compare(&ours, &common(&ours, &upstream));
    list.iter().map(ToString::to_string).collect()
}

fn plain() -> Value {
    let kind = json!({"type": "string", "enum": ["a"]});
    let thing = json!({"type": "object", "properties": {
        "id": {"type": "string"},
        "size": {"type": "integer", "format": "int32"},
        "kind": {"nullable": true, "allOf": [{"$ref": "#/components/schemas/Kind"}]}
    }});
    document(&thing, &json!({"Kind": kind}))
}

#[test]
fn sees_through_the_way_upstream_writes_things() {
    let kind = "microsoft.graph.x.kind";
    let thing = json!({"allOf": [
        {"$ref": "#/components/schemas/entity"},
        {"title": "thing", "required": ["size"], "type": "object", "properties": {
            "size": {"type": "number", "format": "int32", "minimum": 0},
            "kind": {"anyOf": [
                {"$ref": format!("#/components/schemas/{kind}")},
                {"type": "object", "nullable": true}
            ]}
        }}
    ]});
    let entity = json!({"type": "object", "properties": {"id": {"type": "string"}}});
    let mut upstream = document(&thing, &json!({"entity": entity}));
    upstream["components"]["schemas"][kind] = json!({"type": "string", "enum": ["a"]});
    let mut get = upstream["paths"]["/things/{id}"]["get"].take();
    get["parameters"][0]["name"] = "thing-id".into();
    get["parameters"][1]["explode"] = false.into();
    get["parameters"][1]["schema"] = json!({"type": "array", "items": {"type": "string"}});
    get["responses"]["2XX"] = get["responses"]["200"].take();
    get["responses"].as_object_mut().unwrap().remove("200");
    get["x-documented-path"] = "/things/{thing-id}".into();
    upstream["paths"] = json!({
        "/things/{thing-id}/x.thing": {"get": get},
        "/others": {"get": {"responses": {"200": {}}}}
    });
    assert_eq!(found(plain(), upstream), [""; 0]);
}

#[test]
fn names_what_was_lost_or_renamed() {
    let table = [
        (
            "/components/schemas/Kind/enum",
            json!(["b"]),
            "/enums/Kind/a: only ours",
        ),
        (
            "/components/schemas/Thing/properties/size/format",
            json!("int64"),
            r#"/types/Thing/size/format: ours "int32", upstream "int64""#,
        ),
        (
            "/components/schemas/Thing/properties/id/nullable",
            json!(true),
            "/types/Thing/id/nullable: only upstream",
        ),
        (
            "/components/schemas/Thing/properties/more",
            json!({"type": "string"}),
            "/types/Thing/more: only upstream",
        ),
        (
            "/paths/~1things~1{id}/get/parameters/1/name",
            json!("$filter"),
            "query/$select: upstream calls it `$filter`",
        ),
        (
            "/paths/~1things~1{id}/get/x-documented-success",
            json!("202 Accepted"),
            r#"/success/status: ours "200", upstream "202""#,
        ),
    ];
    for (pointer, value, expected) in table {
        let mut upstream = plain();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        upstream.pointer_mut(parent).unwrap()[key] = value;
        let list = found(plain(), upstream);
        assert!(
            list.iter().any(|line| line.contains(expected)),
            "expected `{expected}` in {list:#?}"
        );
    }
}

/// Whatever is lost or renamed in our documents is noticed, whichever exceptions there are.
#[test]
fn no_exception_hides_a_loss() {
    let Some(upstream) = crate::root::upstream() else {
        return;
    };
    let registry = Registry::load().unwrap();
    let folder = registry.folder().join("graph-teams");
    let exceptions = Exceptions::load(&folder.join("conformance.toml")).unwrap();
    let sources = &exceptions.facts[0];
    let text = std::fs::read_to_string(folder.join("v1.0/openapi.json")).unwrap();
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("openapi.json");
    for (from, to) in [
        ("\"assignmentTargetId\": {", "\"targetId\": {"),
        ("\"isoCountryCode\": {", "\"countryCode\": {"),
        ("\"usageLocation\": {", "\"location\": {"),
        ("\"@odata.nextLink\": {", "\"nextLink\": {"),
        ("\"statusDetail\"", "\"detail\""),
        ("\"voiceApplicationAssignment\",", ""),
        ("\"ineligibleUser\"", "\"ineligible\""),
        ("\"name\": \"$filter\"", "\"name\": \"filter\""),
        (
            "numberAssignments/assignNumber\"",
            "numberAssignments/assign\"",
        ),
        ("\"202\": {", "\"204\": {"),
    ] {
        assert!(text.contains(from), "{from}");
        std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
        let found = fact_differences(&path, sources, &upstream).unwrap();
        let judgement = exceptions.judge("v1.0", found);
        assert!(
            !judgement.undocumented.is_empty(),
            "{from} was lost unnoticed"
        );
    }
}
