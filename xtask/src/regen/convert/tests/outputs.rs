//! Responses, headers and operations.

use serde_json::json;

use super::{converted, converted_operation, document, operation, refused};

#[test]
fn puts_schemas_under_what_the_operation_produces() {
    let out = converted_operation(json!({
        "produces": ["application/json", "application/xml"],
        "responses": {
            "200": { "description": "d", "schema": { "type": "string" }, "examples": { "application/json": "e", "text/csv": "f" },
                "x-ms-error-response": true },
            "204": {},
            "default": { "description": "error", "schema": { "type": "object" } },
            "x-note": 1,
        },
    }));
    let object = json!({ "schema": { "type": "object" } });
    assert_eq!(
        out["responses"],
        json!({
            "200": {
                "description": "d",
                "content": { "application/json": { "schema": { "type": "string" }, "example": "e" }, "application/xml": { "schema": { "type": "string" } } },
                "x-examples": { "text/csv": "f" },
                "x-ms-error-response": true,
            },
            "204": { "description": "" },
            "default": { "description": "error", "content": { "application/json": object, "application/xml": object } },
            "x-note": 1,
        })
    );
}

#[test]
fn answers_files_as_bytes() {
    for (produces, schema, media) in [
        (json!(["image/png"]), json!({ "type": "file" }), "image/png"),
        (
            json!([]),
            json!({ "type": "file" }),
            "application/octet-stream",
        ),
        (
            json!([]),
            json!({ "type": "object", "format": "file" }),
            "application/octet-stream",
        ),
    ] {
        let out = converted_operation(
            json!({ "produces": produces, "responses": { "200": { "schema": schema } } }),
        );
        assert_eq!(
            out["responses"]["200"]["content"],
            json!({ media: { "schema": { "type": "string", "format": "binary" } } })
        );
    }
}

#[test]
fn wraps_headers_in_schemas() {
    let out = converted_operation(json!({ "responses": { "200": { "headers": {
        "ETag": { "type": "string", "description": "d", "x-ms-client-name": "tag", "enum": ["a"], "x-ms-enum": { "name": "E" } },
        "x-ms-meta": { "type": "string", "x-ms-header-collection-prefix": "x-ms-meta-" },
        "List": { "type": "array", "items": { "type": "integer" }, "collectionFormat": "csv" },
    } } } }));
    assert_eq!(
        out["responses"]["200"]["headers"],
        json!({
            "ETag": { "description": "d", "schema": { "type": "string", "enum": ["a"], "x-ms-enum": { "name": "E" } }, "x-ms-client-name": "tag" },
            "x-ms-meta": { "schema": { "type": "string" }, "x-ms-header-collection-prefix": "x-ms-meta-" },
            "List": { "style": "simple", "explode": false, "schema": { "type": "array", "items": { "type": "integer" } } },
        })
    );
}

#[test]
fn shares_responses_between_operations_that_produce_the_same() {
    let get = |produces: &str| json!({ "produces": [produces], "responses": { "200": { "$ref": "#/responses/R" }, "404": { "$ref": "#/responses/R", "description": "own" } } });
    let out = converted(document(json!({
        "produces": ["application/json"],
        "responses": { "R": { "description": "d", "schema": { "type": "string" } } },
        "paths": { "/p": { "get": get("application/json"), "put": get("text/plain") } },
    })));
    let (get, put) = (
        &out["paths"]["/p"]["get"]["responses"],
        &out["paths"]["/p"]["put"]["responses"],
    );
    assert_eq!(get["200"], json!({ "$ref": "#/components/responses/R" }));
    assert_eq!(get["404"]["description"], "own");
    assert_eq!(
        put["200"],
        json!({ "description": "d", "content": { "text/plain": { "schema": { "type": "string" } } } })
    );
    assert_eq!(
        super::keys(&out["components"]["responses"]["R"]["content"]),
        ["application/json"]
    );
}

#[test]
fn keeps_the_rest_of_an_operation() {
    let extensions = json!({
        "x-ms-pageable": { "nextLinkName": null }, "x-ms-long-running-operation": true,
        "x-ms-long-running-operation-options": { "final-state-via": "location" }, "x-ms-parameter-grouping": {}, "x-apim-thing": "a",
    });
    let mut members = json!({
        "tags": ["a"], "summary": "s", "description": "d", "externalDocs": { "url": "u" }, "operationId": "O_Get", "deprecated": true,
        "x-ms-examples": { "e": { "$ref": "./missing.json" } },
    });
    for (key, value) in extensions.as_object().unwrap() {
        members[key] = value.clone();
    }
    let out = converted_operation(members);
    for (key, value) in extensions.as_object().unwrap() {
        assert_eq!(&out[key], value);
    }
    assert_eq!(out.get("x-ms-examples"), None);
    assert_eq!(
        super::keys(&out)[..7],
        [
            "tags",
            "summary",
            "description",
            "operationId",
            "externalDocs",
            "responses",
            "deprecated"
        ]
    );
}

#[test]
fn refuses_operations_that_make_no_sense() {
    for (members, message) in [
        (json!({ "responses": {} }), "/responses: is empty"),
        (
            json!({ "responses": { "2XX": {} } }),
            "/responses/2XX: `2XX` is no status code",
        ),
        (
            json!({ "responses": { "600": {} } }),
            "/responses/600: `600` is no status code",
        ),
        (
            json!({ "responses": { "200": { "content": {} } } }),
            "/responses/200/content: unknown keyword `content` in a response, it belongs to OpenAPI 3.0",
        ),
        (
            json!({ "responses": { "200": { "headers": { "H": {} } } } }),
            "/responses/200/headers/H: lacks `type`",
        ),
        (
            json!({ "responses": { "200": { "$ref": "#/responses/R" } } }),
            "/responses/200/$ref: `#/responses/R` is none of the responses",
        ),
        (
            json!({ "schemes": ["ftp"] }),
            "/schemes/0: `ftp` is no scheme",
        ),
        (
            json!({ "requestBody": {} }),
            "/requestBody: unknown keyword `requestBody` in an operation",
        ),
        (
            json!({ "x-ms-parameterized-host": {} }),
            "/x-ms-parameterized-host: `x-ms-parameterized-host` stands below the top",
        ),
        (
            json!({ "tags": "a" }),
            "/tags: `tags` is a string, it must be an array",
        ),
        (
            json!({ "tags": [1] }),
            "/tags/0: is a number, a string belongs here",
        ),
    ] {
        let refusal = refused(operation(members));
        assert!(
            refusal.starts_with(&format!("test.json#/paths/~1p/post{message}")),
            "{refusal}"
        );
    }
    let refusal = refused(document(json!({ "paths": { "/p": { "get": {} } } })));
    assert_eq!(
        refusal,
        "test.json#/paths/~1p/get: lacks `responses`, an operation needs them"
    );
}
