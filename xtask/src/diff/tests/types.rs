//! One inline type against another, each in a request and in a response.

use serde_json::{Value, json};

use super::{document, echo, expect};
use crate::diff::documents;

/// Expects the changes of a schema, and for the swapped documents those of `back`.
#[track_caller]
fn both_ways(old: Value, new: Value, forth: &[&str], back: &[&str]) {
    let (old, new) = (echo(&old, &json!({})), echo(&new, &json!({})));
    expect(&old, &new, forth);
    expect(&new, &old, back);
}

/// The same kind at the same path in both directions: narrower one way, wider the other.
#[track_caller]
fn narrows(kind: &str, path: &str, wide: Value, narrow: Value) {
    let line = |side: &str, mark: &str| format!("{side} {kind} {path} {mark}");
    let (broken, fine) = ("breaking", "ok");
    let forth = [line("request", broken), line("response", fine)];
    let back = [line("request", fine), line("response", broken)];
    both_ways(
        wide,
        narrow,
        &forth.each_ref().map(String::as_str),
        &back.each_ref().map(String::as_str),
    );
}

/// An object with one field.
fn field(schema: Value) -> Value {
    json!({"type": "object", "properties": {"a": schema}})
}

#[test]
fn an_optional_field_comes_quietly_and_leaves_loudly() {
    both_ways(
        field(json!({"type": "string"})),
        json!({"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "integer"}}}),
        &["request field-added b ok", "response field-added b ok"],
        &[
            "request field-removed b breaking",
            "response field-removed b breaking",
        ],
    );
}

#[test]
fn a_required_field_breaks_the_requests_when_it_comes() {
    both_ways(
        json!({"type": "object"}),
        json!({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}),
        &[
            "request field-added a breaking",
            "response field-added a ok",
        ],
        &[
            "request field-removed a breaking",
            "response field-removed a breaking",
        ],
    );
}

#[test]
fn requiredness_breaks_requests_when_added_and_responses_when_dropped() {
    let schema = |required: Value| json!({"type": "object", "properties": {"a": {"type": "string"}}, "required": required});
    both_ways(
        schema(json!([])),
        schema(json!(["a"])),
        &[
            "request field-required a breaking",
            "response field-required a ok",
        ],
        &[
            "request field-optional a ok",
            "response field-optional a breaking",
        ],
    );
}

#[test]
fn one_field_for_another_of_the_same_shape_may_be_a_rename() {
    both_ways(
        json!({"type": "object", "properties": {"externalId": {"type": "string"}, "n": {"type": "integer"}}}),
        json!({"type": "object", "properties": {"customId": {"type": "string"}, "n": {"type": "integer"}}}),
        &[
            "request field-renamed? externalId breaking",
            "response field-renamed? externalId breaking",
        ],
        &[
            "request field-renamed? customId breaking",
            "response field-renamed? customId breaking",
        ],
    );
}

#[test]
fn no_rename_is_guessed_between_several_candidates_or_other_types() {
    expect(
        &echo(&field(json!({"type": "string"})), &json!({})),
        &echo(
            &json!({"type": "object", "properties": {"b": {"type": "string"}, "c": {"type": "string"}}}),
            &json!({}),
        ),
        &[
            "request field-added b ok",
            "request field-added c ok",
            "request field-removed a breaking",
            "response field-added b ok",
            "response field-added c ok",
            "response field-removed a breaking",
        ],
    );
    expect(
        &echo(&field(json!({"type": "string"})), &json!({})),
        &echo(
            &json!({"type": "object", "properties": {"b": {"type": "integer"}}}),
            &json!({}),
        ),
        &[
            "request field-added b ok",
            "request field-removed a breaking",
            "response field-added b ok",
            "response field-removed a breaking",
        ],
    );
}

#[test]
fn another_type_breaks_both_sides() {
    both_ways(
        field(json!({"type": "string"})),
        field(json!({"type": "integer"})),
        &[
            "request type-changed a breaking",
            "response type-changed a breaking",
        ],
        &[
            "request type-changed a breaking",
            "response type-changed a breaking",
        ],
    );
    both_ways(
        field(json!({"type": "array", "items": {"type": "string"}})),
        field(json!({"type": "array", "items": {"type": "object"}})),
        &[
            "request type-changed a[] breaking",
            "response type-changed a[] breaking",
        ],
        &[
            "request type-changed a[] breaking",
            "response type-changed a[] breaking",
        ],
    );
}

/// Kind, JSON type, keyword, its wider value, its narrower value; null leaves the keyword out.
const NARROWINGS: &str = r#"
    format-changed          integer  format         "int64"              "int32"
    format-changed          number   format         "double"             "float"
    format-changed          string   format         null                 "uuid"
    minimum-changed         integer  minimum        1                    60
    minimum-changed         integer  minimum        null                 0
    maximum-changed         integer  maximum        2880                 1440
    maximum-changed         integer  maximum        null                 9223372036854775807
    maximum-changed         integer  maximum        9223372036854775807  9223372036854775806
    maximum-changed         number   maximum        1.5                  1.25
    multiple-of-changed     integer  multipleOf     2                    6
    multiple-of-changed     integer  multipleOf     null                 5
    min-length-changed      string   minLength      0                    1
    max-length-changed      string   maxLength      null                 256
    max-length-changed      string   maxLength      256                  64
    pattern-changed         string   pattern        null                 "^a"
    min-items-changed       array    minItems       0                    2
    max-items-changed       array    maxItems       9                    8
    min-properties-changed  object   minProperties  1                    2
    max-properties-changed  object   maxProperties  2                    1
"#;

#[test]
fn a_smaller_set_of_values_breaks_requests_and_a_larger_one_responses() {
    for row in NARROWINGS.trim().lines() {
        let columns: Vec<_> = row.split_whitespace().collect();
        let [kind, json_type, rule, wide, narrow] = columns[..] else {
            panic!("{row}")
        };
        let schema = |value: &str| {
            let mut schema = json!({"type": json_type});
            if value != "null" {
                schema[rule] = serde_json::from_str(value).unwrap();
            }
            field(schema)
        };
        narrows(kind, "a", schema(wide), schema(narrow));
    }
}

#[test]
fn integers_are_numbers_and_everything_is_something() {
    narrows(
        "type-changed",
        "a",
        field(json!({"type": "number"})),
        field(json!({"type": "integer"})),
    );
    narrows(
        "type-changed",
        "a",
        field(json!({})),
        field(json!({"type": "string"})),
    );
}

#[test]
fn items_that_may_not_repeat_are_fewer() {
    let list = |unique: bool| field(json!({"type": "array", "items": {}, "uniqueItems": unique}));
    narrows("unique-items-changed", "a", list(false), list(true));
}

#[test]
fn an_exclusive_bound_is_tighter() {
    narrows(
        "minimum-changed",
        "a",
        field(json!({"type": "integer", "minimum": 1})),
        field(json!({"type": "integer", "minimum": 1, "exclusiveMinimum": true})),
    );
    narrows(
        "maximum-changed",
        "a",
        field(json!({"type": "number", "maximum": 1.5})),
        field(json!({"type": "number", "maximum": 1.5, "exclusiveMaximum": true})),
    );
}

#[test]
fn bounds_that_say_nothing_are_no_change() {
    both_ways(
        field(json!({"type": "string"})),
        field(json!({"type": "string", "minLength": 0})),
        &[],
        &[],
    );
    both_ways(
        field(json!({"type": "array", "items": {}})),
        field(json!({"type": "array", "items": {}, "minItems": 0, "uniqueItems": false})),
        &[],
        &[],
    );
}

#[test]
fn another_pattern_format_or_step_breaks_both_sides() {
    for (kind, rule, old, new) in [
        ("pattern-changed", "pattern", json!("^a"), json!("^b")),
        (
            "format-changed",
            "format",
            json!("date"),
            json!("date-time"),
        ),
        ("multiple-of-changed", "multipleOf", json!(2), json!(3)),
        (
            "xml-changed",
            "xml",
            json!({"name": "A"}),
            json!({"name": "B"}),
        ),
    ] {
        let schema = |value: &Value| field(json!({"type": "string", rule: value}));
        let lines = ["request", "response"].map(|side| format!("{side} {kind} a breaking"));
        let lines = lines.each_ref().map(String::as_str);
        both_ways(schema(&old), schema(&new), &lines, &lines);
    }
}

#[test]
fn uri_and_url_are_two_words_for_one_format() {
    let lines = [
        "request format-changed a ok",
        "response format-changed a ok",
    ];
    both_ways(
        field(json!({"type": "string", "format": "url"})),
        field(json!({"type": "string", "format": "uri"})),
        &lines,
        &lines,
    );
}

#[test]
fn null_widens() {
    both_ways(
        field(json!({"type": "string"})),
        field(json!({"type": "string", "nullable": true})),
        &[
            "request nullable-added a ok",
            "response nullable-added a breaking",
        ],
        &[
            "request nullable-removed a breaking",
            "response nullable-removed a ok",
        ],
    );
}

#[test]
fn null_beside_a_reference_counts_once_and_at_the_field() {
    let types = json!({"T": {"type": "object", "properties": {"x": {"type": "string"}}}});
    let plain = echo(&field(json!({"$ref": "#/components/schemas/T"})), &types);
    let wrapped = echo(
        &field(
            json!({"allOf": [{"$ref": "#/components/schemas/T"}], "nullable": true, "description": "d"}),
        ),
        &types,
    );
    expect(
        &plain,
        &wrapped,
        &[
            "request nullable-added a ok",
            "response nullable-added a breaking",
        ],
    );
}

#[test]
fn a_wrapped_reference_is_the_reference() {
    let types = json!({"T": {"type": "object", "properties": {"x": {"type": "string"}}}});
    let plain = echo(&field(json!({"$ref": "#/components/schemas/T"})), &types);
    let wrapped = echo(
        &field(
            json!({"allOf": [{"$ref": "#/components/schemas/T"}], "description": "d", "x-ms-client-name": "z"}),
        ),
        &types,
    );
    expect(&plain, &wrapped, &[]);
    let inlined = echo(
        &field(json!({"type": "object", "properties": {"x": {"type": "string"}}})),
        &types,
    );
    expect(&plain, &inlined, &[]);
}

#[test]
fn a_replaced_default_changes_what_a_request_means() {
    let schema = |default: i32| field(json!({"type": "integer", "default": default}));
    let lines = [
        "request default-changed a breaking",
        "response default-changed a ok",
    ];
    both_ways(schema(1440), schema(60), &lines, &lines);
    let lines = [
        "request default-changed a ok",
        "response default-changed a ok",
    ];
    both_ways(
        field(json!({"type": "integer"})),
        schema(60),
        &lines,
        &lines,
    );
}

#[test]
fn read_only_fields_are_not_part_of_requests() {
    both_ways(
        json!({"type": "object"}),
        field(json!({"type": "string", "readOnly": true})),
        &["response field-added a ok"],
        &["response field-removed a breaking"],
    );
    both_ways(
        field(json!({"type": "string", "readOnly": true})),
        field(json!({"type": "integer", "readOnly": true})),
        &["response type-changed a breaking"],
        &["response type-changed a breaking"],
    );
    both_ways(
        field(json!({"type": "string"})),
        field(json!({"type": "string", "readOnly": true})),
        &[
            "request read-only-added a breaking",
            "response read-only-added a ok",
        ],
        &[
            "request read-only-removed a ok",
            "response read-only-removed a ok",
        ],
    );
}

#[test]
fn write_only_fields_are_not_part_of_responses() {
    both_ways(
        json!({"type": "object"}),
        field(json!({"type": "string", "writeOnly": true})),
        &["request field-added a ok"],
        &["request field-removed a breaking"],
    );
    both_ways(
        field(json!({"type": "string"})),
        field(json!({"type": "string", "writeOnly": true})),
        &[
            "request write-only-added a ok",
            "response write-only-added a breaking",
        ],
        &[
            "request write-only-removed a ok",
            "response write-only-removed a ok",
        ],
    );
}

#[test]
fn losing_a_call_that_sets_a_field_breaks_requests() {
    both_ways(
        field(json!({"type": "string", "x-ms-mutability": ["create", "read", "update"]})),
        field(json!({"type": "string", "x-ms-mutability": ["read", "create"]})),
        &[
            "request mutability-changed a breaking",
            "response mutability-changed a ok",
        ],
        &[
            "request mutability-changed a ok",
            "response mutability-changed a ok",
        ],
    );
}

#[test]
fn a_closed_list_of_values_is_a_promise() {
    let schema = |values: Value| field(json!({"type": "string", "enum": values}));
    both_ways(
        schema(json!(["chat"])),
        schema(json!(["voip", "chat"])),
        &[
            "request enum-value-added a ok",
            "response enum-value-added a breaking",
        ],
        &[
            "request enum-value-removed a breaking",
            "response enum-value-removed a ok",
        ],
    );
}

#[test]
fn an_open_list_of_values_may_grow() {
    let schema = |values: Value| {
        field(json!({"type": "string", "enum": values, "x-ms-enum": {"modelAsString": true}}))
    };
    both_ways(
        schema(json!(["chat"])),
        schema(json!(["voip", "chat"])),
        &[
            "request enum-value-added a ok",
            "response enum-value-added a ok",
        ],
        &[
            "request enum-value-removed a breaking",
            "response enum-value-removed a ok",
        ],
    );
}

#[test]
fn opening_a_list_breaks_responses_and_closing_it_requests() {
    let schema = |open: bool| {
        field(json!({"type": "string", "enum": ["chat"], "x-ms-enum": {"modelAsString": open}}))
    };
    both_ways(
        schema(false),
        schema(true),
        &[
            "request enum-opened a ok",
            "response enum-opened a breaking",
        ],
        &[
            "request enum-closed a breaking",
            "response enum-closed a ok",
        ],
    );
}

#[test]
fn a_list_that_comes_narrows_unless_it_is_open() {
    let plain = field(json!({"type": "string"}));
    both_ways(
        plain.clone(),
        field(json!({"type": "string", "enum": ["chat"]})),
        &[
            "request enum-introduced a breaking",
            "response enum-introduced a ok",
        ],
        &[
            "request enum-dropped a ok",
            "response enum-dropped a breaking",
        ],
    );
    both_ways(
        plain,
        field(json!({"type": "string", "enum": ["chat"], "x-ms-enum": {"modelAsString": true}})),
        &[
            "request enum-introduced a ok",
            "response enum-introduced a ok",
        ],
        &["request enum-dropped a ok", "response enum-dropped a ok"],
    );
}

#[test]
fn undeclared_fields_that_come_are_noted_and_that_leave_break() {
    for open in [json!({}), json!(true)] {
        both_ways(
            json!({"type": "object"}),
            json!({"type": "object", "additionalProperties": open}),
            &[
                "request additional-properties-changed  ok",
                "response additional-properties-changed  ok",
            ],
            &[
                "request additional-properties-changed  breaking",
                "response additional-properties-changed  breaking",
            ],
        );
    }
    narrows(
        "additional-properties-changed",
        "",
        json!({"type": "object", "additionalProperties": true}),
        json!({"type": "object", "additionalProperties": {"type": "string"}}),
    );
    narrows(
        "format-changed",
        "{}",
        json!({"type": "object", "additionalProperties": {"type": "string"}}),
        json!({"type": "object", "additionalProperties": {"type": "string", "format": "uuid"}}),
    );
}

#[test]
fn paths_lead_through_lists_maps_and_odd_names() {
    let nest = |leaf: &str| {
        json!({"type": "object", "properties": {
            "list": {"type": "array", "items": {"type": "object", "properties": {
                "map": {"type": "object", "additionalProperties": {"type": "object", "properties": {
                    "odata.type": {"type": leaf}}}}}}}}})
    };
    let lines = ["request", "response"]
        .map(|side| format!("{side} type-changed list[].map{{}}[\"odata.type\"] breaking"));
    let lines = lines.each_ref().map(String::as_str);
    both_ways(nest("string"), nest("boolean"), &lines, &lines);
}

#[test]
fn alternatives_come_and_go() {
    let one_of = |kinds: &[&str]| {
        let variants: Vec<_> = kinds.iter().map(|kind| json!({"type": kind})).collect();
        field(json!({"oneOf": variants}))
    };
    both_ways(
        one_of(&["string"]),
        one_of(&["integer", "string"]),
        &[
            "request variant-added a ok",
            "response variant-added a breaking",
        ],
        &[
            "request variant-removed a breaking",
            "response variant-removed a ok",
        ],
    );
}

#[test]
fn inherited_fields_belong_to_the_type_that_declares_them() {
    let types = |leaf: &str| {
        json!({
            "Base": {"type": "object", "properties": {"id": {"type": leaf}}},
            "Cat": {"allOf": [{"$ref": "#/components/schemas/Base"}], "properties": {"lives": {"type": "integer"}}},
            "Dog": {"allOf": [{"$ref": "#/components/schemas/Base"}], "properties": {"tricks": {"type": "integer"}}},
        })
    };
    let pets = json!({"type": "object", "properties": {
        "cat": {"$ref": "#/components/schemas/Cat"}, "dog": {"$ref": "#/components/schemas/Dog"}}});
    let report = documents(
        &echo(&pets, &types("string")),
        &echo(&pets, &types("integer")),
    );
    assert_eq!(report.changes().len(), 2, "\n{report}");
    for change in report.changes() {
        assert_eq!(change.schema.as_deref(), Some("Base"));
        assert_eq!(change.paths, ["cat.id", "dog.id"]);
    }
}

#[test]
fn subtypes_are_reached_through_their_base() {
    let types = |leaf: &str, more: bool| {
        let mut types = json!({
            "Pet": {"type": "object", "discriminator": {"propertyName": "kind"}, "required": ["kind"],
                    "properties": {"kind": {"type": "string"}}},
            "Dog": {"allOf": [{"$ref": "#/components/schemas/Pet"}], "x-ms-discriminator-value": "dog",
                    "properties": {"tricks": {"type": leaf}}},
        });
        if more {
            types["Cat"] = json!({"allOf": [{"$ref": "#/components/schemas/Pet"}]});
        }
        types
    };
    let pets = json!({"type": "array", "items": {"$ref": "#/components/schemas/Pet"}});
    expect(
        &echo(&pets, &types("string", false)),
        &echo(&pets, &types("integer", true)),
        &[
            "both schema-added Cat ok",
            "request subtype-added [] ok",
            "request type-changed []<dog>.tricks breaking",
            "response subtype-added [] ok",
            "response type-changed []<dog>.tricks breaking",
        ],
    );
    expect(
        &echo(&pets, &types("string", true)),
        &echo(&pets, &types("string", false)),
        &[
            "both schema-removed Cat ok",
            "request subtype-removed [] breaking",
            "response subtype-removed [] ok",
        ],
    );
}

#[test]
fn recursive_types_end_and_show_how_they_are_reached() {
    let types = |leaf: &str| {
        let error = "#/components/schemas/Error";
        json!({
            "Answer": {"type": "object", "properties": {"error": {"$ref": error}}},
            "Error": {"type": "object", "properties": {
                "code": {"type": leaf}, "inner": {"allOf": [{"$ref": error}], "readOnly": true},
                "details": {"type": "array", "items": {"$ref": error}}}},
        })
    };
    let answer = json!({"$ref": "#/components/schemas/Answer"});
    let report = documents(
        &echo(&answer, &types("string")),
        &echo(&answer, &types("integer")),
    );
    let paths: Vec<_> = report
        .changes()
        .iter()
        .map(|change| change.paths.clone())
        .collect();
    assert_eq!(paths[0], ["error.code", "error.details[].code"]);
    assert_eq!(
        paths[1],
        ["error.code", "error.inner.code", "error.details[].code"]
    );
}

#[test]
fn a_renamed_type_is_no_change_on_the_wire() {
    let old = echo(
        &json!({"$ref": "#/components/schemas/Old"}),
        &json!({"Old": field(json!({"type": "string"}))}),
    );
    let new = echo(
        &json!({"$ref": "#/components/schemas/New"}),
        &json!({"New": field(json!({"type": "string"}))}),
    );
    expect(&old, &new, &["both schema-renamed  ok"]);
    let report = documents(&old, &new);
    assert!(
        report
            .changes()
            .iter()
            .all(|change| !change.kind.on_the_wire())
    );
}

#[test]
fn a_shared_type_is_reported_once_per_side_with_every_operation() {
    let paths = || {
        let thing = json!({"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}});
        let answer = json!({"200": {"description": "", "content": thing}});
        json!({
            "/a": {"get": {"responses": answer}, "put": {"requestBody": {"content": thing}, "responses": answer}},
            "/b": {"get": {"responses": answer}},
        })
    };
    let old = document(paths(), json!({"Thing": field(json!({"type": "string"}))}));
    let new = document(paths(), json!({"Thing": field(json!({"type": "integer"}))}));
    let report = documents(&old, &new);
    assert_eq!(report.changes().len(), 2, "\n{report}");
    assert_eq!(report.changes()[0].operations, ["PUT /a"]);
    assert_eq!(
        report.changes()[1].operations,
        ["GET /a", "PUT /a", "GET /b"]
    );
}

#[test]
fn a_deprecated_field_is_noted() {
    expect(
        &echo(&field(json!({"type": "string"})), &json!({})),
        &echo(
            &field(json!({"type": "string", "deprecated": true})),
            &json!({}),
        ),
        &[
            "request field-deprecated a ok",
            "response field-deprecated a ok",
        ],
    );
}
