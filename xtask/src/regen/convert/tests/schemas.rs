//! Schemas.

use serde_json::{Value, json};

use super::{converted, definition, document, refused};

#[track_caller]
fn check(table: Vec<(Value, Value)>) {
    for (swagger, expected) in table {
        let out = converted(definition(&swagger));
        assert_eq!(out["components"]["schemas"]["A"], expected, "of {swagger}");
    }
}

#[test]
fn keeps_what_both_languages_share() {
    let same = [
        json!({}),
        json!({ "description": "anything" }),
        json!({ "type": "string", "format": "date-time", "title": "T", "pattern": "^a", "minLength": 1, "maxLength": 2 }),
        json!({ "type": "integer", "format": "int32", "minimum": 0, "maximum": 9, "exclusiveMinimum": true, "exclusiveMaximum": false, "multipleOf": 3 }),
        json!({ "type": "array", "items": { "type": "string" }, "minItems": 1, "maxItems": 2, "uniqueItems": true }),
        json!({ "type": "object", "minProperties": 1, "maxProperties": 2, "additionalProperties": true }),
        json!({ "type": "object", "additionalProperties": false }),
        json!({ "type": "object", "additionalProperties": {} }),
        json!({ "type": "object", "additionalProperties": { "type": "array", "items": { "type": "number" } } }),
        json!({ "type": "object", "required": ["id"], "properties": { "id": { "type": "string", "readOnly": true } } }),
        json!({ "type": "string", "enum": ["a", "b"], "default": "a", "example": "b" }),
        json!({ "type": "object", "example": { "$ref": "not a reference", "x": null } }),
        json!({ "externalDocs": { "url": "https://example.com", "description": "more" } }),
        json!({ "properties": { "type": { "type": "string" }, "$ref": { "type": "string" }, "x-y": { "type": "string" } } }),
        json!({ "type": "object", "xml": { "name": "n", "namespace": "s", "prefix": "p", "attribute": false, "wrapped": true, "x-ms-text": true } }),
        json!({ "type": "string", "x-ms-enum": { "name": "E", "modelAsString": true }, "x-ms-mutability": ["read"], "x-ms-secret": true, "x-unheard-of": [1] }),
    ];
    check(
        same.into_iter()
            .map(|schema| (schema.clone(), schema))
            .collect(),
    );
}

#[test]
fn wraps_a_reference_that_has_siblings() {
    let reference = json!({ "$ref": "#/components/schemas/B" });
    check(vec![
        (json!({ "$ref": "#/definitions/B" }), reference.clone()),
        (
            json!({ "$ref": "#/definitions/B", "description": "d" }),
            json!({ "allOf": [reference], "description": "d" }),
        ),
        (
            json!({ "$ref": "#/definitions/B", "readOnly": true, "title": "t" }),
            json!({ "allOf": [reference], "title": "t", "readOnly": true }),
        ),
        (
            json!({ "$ref": "#/definitions/B", "x-nullable": true }),
            json!({ "allOf": [reference], "nullable": true }),
        ),
        (
            json!({ "$ref": "#/definitions/B", "x-ms-client-name": "b", "x-ms-client-flatten": true }),
            json!({ "allOf": [reference], "x-ms-client-name": "b", "x-ms-client-flatten": true }),
        ),
        (
            json!({ "$ref": "#/definitions/B", "type": "string" }),
            json!({ "allOf": [reference], "type": "string" }),
        ),
        (
            json!({ "$ref": "#/definitions/B", "allOf": [{ "description": "d" }] }),
            json!({ "allOf": [reference, { "description": "d" }] }),
        ),
        (
            json!({ "allOf": [{ "$ref": "#/definitions/B" }] }),
            json!({ "allOf": [reference] }),
        ),
        // Example files are left out and leave no wrapper behind.
        (
            json!({ "$ref": "#/definitions/B", "x-ms-examples": { "e": { "$ref": "./missing.json" } } }),
            reference.clone(),
        ),
    ]);
}

#[test]
fn says_which_values_may_be_null() {
    check(vec![
        (
            json!({ "type": "string", "x-nullable": true }),
            json!({ "type": "string", "nullable": true }),
        ),
        (
            json!({ "type": "string", "x-nullable": false }),
            json!({ "type": "string", "nullable": false }),
        ),
        (
            json!({ "type": "string", "enum": ["a", null] }),
            json!({ "type": "string", "enum": ["a", null], "nullable": true }),
        ),
        (
            json!({ "type": "string", "enum": ["a"], "x-nullable": true }),
            json!({ "type": "string", "enum": ["a", null], "nullable": true }),
        ),
        (
            json!({ "type": "integer", "enum": [1], "x-nullable": false }),
            json!({ "type": "integer", "enum": [1], "nullable": false }),
        ),
    ]);
}

#[test]
fn turns_files_into_binary_strings() {
    let binary = json!({ "type": "string", "format": "binary" });
    check(vec![
        (json!({ "type": "file" }), binary.clone()),
        (json!({ "type": "object", "format": "file" }), binary),
        (
            json!({ "type": "string", "format": "byte" }),
            json!({ "type": "string", "format": "byte" }),
        ),
    ]);
}

#[test]
fn states_what_swagger_leaves_unsaid() {
    check(vec![
        (
            json!({ "type": "array" }),
            json!({ "type": "array", "items": {} }),
        ),
        (
            json!({ "type": "object", "required": [] }),
            json!({ "type": "object" }),
        ),
        (
            json!({ "type": "array", "items": {}, "collectionFormat": "csv" }),
            json!({ "type": "array", "items": {}, "x-collectionFormat": "csv" }),
        ),
    ]);
}

#[test]
fn refuses_schemas_that_openapi_cannot_say() {
    for (schema, message) in [
        (
            json!({ "type": ["string", "null"] }),
            "/definitions/A/type: `type` is an array, give one type, and `x-nullable` if null is meant",
        ),
        (
            json!({ "type": "null" }),
            "/definitions/A/type: `type` is `null`, which Swagger 2.0 does not have",
        ),
        (
            json!({ "type": "array", "items": [{}] }),
            "/definitions/A/items: `items` is an array, OpenAPI 3.0 has no tuples",
        ),
        (
            json!({ "exclusiveMinimum": 3 }),
            "/definitions/A/exclusiveMinimum: `exclusiveMinimum` is a number, it must be true or false",
        ),
        (
            json!({ "properties": { "a": { "required": true } } }),
            "/definitions/A/properties/a/required: `required` is a boolean",
        ),
        (
            json!({ "enum": [] }),
            "/definitions/A/enum: `enum` is empty",
        ),
        (
            json!({ "enum": ["a", null], "x-nullable": false }),
            "/definitions/A/enum: `enum` holds null",
        ),
        (
            json!({ "discriminator": { "propertyName": "k" } }),
            "/definitions/A/discriminator: `discriminator` is an object, in Swagger 2.0 it is the name of a property",
        ),
        (
            json!({ "allOf": [] }),
            "/definitions/A/allOf: `allOf` is empty",
        ),
        (
            json!({ "oneOf": [] }),
            "/definitions/A/oneOf: unknown keyword `oneOf` in a schema, Swagger 2.0 schemas do not have it",
        ),
        (
            json!({ "nullable": true }),
            "/definitions/A/nullable: unknown keyword `nullable` in a schema, write `x-nullable`",
        ),
        (
            json!({ "$ref": "#/definitions/Missing" }),
            "/definitions/A/$ref: `#/definitions/Missing` is none of the definitions",
        ),
        (
            json!({ "minLength": -1 }),
            "/definitions/A/minLength: `minLength` is a number, it must be a whole number of zero or more",
        ),
        (
            json!({ "properties": { "a": 1 } }),
            "/definitions/A/properties/a: is a number, a schema is an object",
        ),
    ] {
        let refusal = refused(definition(&schema));
        assert!(
            refusal.starts_with(&format!("test.json#{message}")),
            "{refusal}"
        );
    }
}

#[test]
fn maps_discriminator_values_to_all_descendants() {
    let child = |parent: &str, value: Option<&str>| {
        let mut schema = json!({ "allOf": [{ "$ref": format!("#/definitions/{parent}") }] });
        if let Some(value) = value {
            schema["x-ms-discriminator-value"] = value.into();
        }
        schema
    };
    let mut other = child("Animal", None);
    other["discriminator"] = "breed".into();
    let out = converted(document(json!({ "definitions": {
        "Animal": { "type": "object", "discriminator": "@odata.type", "required": ["@odata.type"], "properties": { "@odata.type": { "type": "string" } } },
        "Cat": child("Animal", Some("#Microsoft.Cat")),
        "Kitten": child("Cat", None),
        "Dog": other,
        "Poodle": child("Dog", Some("poodle")),
        "Loop": { "discriminator": "k", "x-ms-discriminator-value": "self", "allOf": [{ "$ref": "#/definitions/Loop" }] },
        "Alone": { "discriminator": "k" },
    } })));
    let schemas = &out["components"]["schemas"];
    assert_eq!(
        schemas["Animal"]["discriminator"],
        json!({ "propertyName": "@odata.type", "mapping": {
            "#Microsoft.Cat": "#/components/schemas/Cat",
            "Kitten": "#/components/schemas/Kitten",
            "Dog": "#/components/schemas/Dog",
        } })
    );
    assert_eq!(
        schemas["Dog"]["discriminator"]["mapping"],
        json!({ "poodle": "#/components/schemas/Poodle" })
    );
    assert_eq!(schemas["Cat"]["x-ms-discriminator-value"], "#Microsoft.Cat");
    assert_eq!(
        schemas["Loop"]["discriminator"]["mapping"],
        json!({ "self": "#/components/schemas/Loop" })
    );
    assert_eq!(
        schemas["Alone"]["discriminator"],
        json!({ "propertyName": "k" })
    );
}

#[test]
fn refuses_two_children_of_one_discriminator_value() {
    let child =
        json!({ "allOf": [{ "$ref": "#/definitions/Base" }], "x-ms-discriminator-value": "v" });
    let refusal = refused(document(
        json!({ "definitions": { "Base": { "discriminator": "k" }, "C": child, "D": child } }),
    ));
    assert_eq!(
        refusal,
        "test.json#/definitions/D: has the discriminator value `v`, which #/components/schemas/C has too; make them differ"
    );
}

#[test]
fn renames_definitions_whose_names_openapi_forbids() {
    let out = converted(document(json!({ "definitions": {
        "Page[Item]": { "type": "object", "discriminator": "k" },
        "Page_Item": { "type": "string" },
        "A b": { "allOf": [{ "$ref": "#/definitions/Page%5BItem%5D".replace("%5B", "[").replace("%5D", "]") }] },
        "Azure.Core.Foundations.X": { "$ref": "#/definitions/A b", "description": "d" },
    } })));
    let schemas = &out["components"]["schemas"];
    assert_eq!(
        super::keys(schemas),
        [
            "Page_Item_2",
            "Page_Item",
            "A_b",
            "Azure.Core.Foundations.X"
        ]
    );
    assert_eq!(
        schemas["A_b"]["allOf"][0]["$ref"],
        "#/components/schemas/Page_Item_2"
    );
    assert_eq!(
        schemas["Azure.Core.Foundations.X"]["allOf"][0]["$ref"],
        "#/components/schemas/A_b"
    );
    // What is on the wire keeps the name that Swagger gives it.
    assert_eq!(
        schemas["Page_Item_2"]["discriminator"]["mapping"],
        json!({ "A b": "#/components/schemas/A_b" })
    );
}

#[test]
fn rewrites_references_inside_extensions() {
    let out = converted(document(json!({ "definitions": { "A": {
        "x-ms-thing": { "deep": [{ "$ref": "#/definitions/B" }], "final-state-schema": "#/definitions/B", "example": { "$ref": "kept" } },
        "x-ms-odata": "#/definitions/B",
        "x-ms-azure-resource": true,
    }, "B": {} } })));
    assert_eq!(
        out["components"]["schemas"]["A"],
        json!({
            "x-ms-thing": { "deep": [{ "$ref": "#/components/schemas/B" }], "final-state-schema": "#/components/schemas/B", "example": { "$ref": "kept" } },
            "x-ms-odata": "#/components/schemas/B",
            "x-ms-azure-resource": true,
        })
    );
}
