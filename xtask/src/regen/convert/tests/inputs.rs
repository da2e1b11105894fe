//! Parameters, bodies and forms.

use serde_json::{Value, json};

use super::{converted, converted_operation, document, operation, refused};

#[track_caller]
fn parameter(swagger: &Value) -> Value {
    converted_operation(json!({ "parameters": [swagger] }))["parameters"][0].clone()
}

#[track_caller]
fn refusal(parameter: &Value) -> String {
    let refusal = refused(operation(json!({ "parameters": [parameter] })));
    refusal
        .strip_prefix("test.json#/paths/~1p/post/parameters/0")
        .unwrap_or(&refusal)
        .to_owned()
}

#[test]
fn moves_what_describes_the_value_into_a_schema() {
    let out = parameter(&json!({
        "name": "n", "in": "query", "description": "d", "required": false, "allowEmptyValue": true, "type": "string",
        "format": "f", "enum": ["a"], "default": "a", "pattern": "p", "minLength": 1, "x-nullable": false,
        "x-ms-enum": { "name": "E" }, "x-ms-arm-id-details": {}, "x-ms-client-name": "c", "x-ms-parameter-location": "method",
        "x-example": "e", "example": "a",
    }));
    assert_eq!(
        out,
        json!({
            "name": "n", "in": "query", "description": "d", "required": false, "allowEmptyValue": true,
            "schema": { "type": "string", "format": "f", "default": "a", "minLength": 1, "pattern": "p", "enum": ["a"], "nullable": false,
                "x-ms-enum": { "name": "E" }, "x-ms-arm-id-details": {} },
            "example": "a", "x-ms-client-name": "c", "x-ms-parameter-location": "method", "x-example": "e",
        })
    );
}

#[test]
fn a_path_parameter_is_always_required() {
    let mut swagger = json!({ "name": "n", "in": "path", "type": "string" });
    assert_eq!(parameter(&swagger)["required"], true);
    swagger["required"] = false.into();
    assert_eq!(
        refusal(&swagger),
        "/required: a path parameter cannot be optional, write `required: true`"
    );
}

#[test]
fn turns_collection_formats_into_styles() {
    for (place, format, expected) in [
        ("query", None, Some(("form", false))),
        ("query", Some("csv"), Some(("form", false))),
        ("query", Some("multi"), Some(("form", true))),
        ("query", Some("ssv"), Some(("spaceDelimited", false))),
        ("query", Some("pipes"), Some(("pipeDelimited", false))),
        ("query", Some("tsv"), None),
        ("query", Some("list"), None),
        ("header", None, Some(("simple", false))),
        ("header", Some("csv"), Some(("simple", false))),
        ("header", Some("multi"), None),
        ("path", Some("csv"), Some(("simple", false))),
        ("path", Some("ssv"), None),
        ("path", Some("pipes"), None),
    ] {
        let mut swagger =
            json!({ "name": "n", "in": place, "type": "array", "items": { "type": "string" } });
        if let Some(format) = format {
            swagger["collectionFormat"] = format.into();
        }
        match expected {
            Some((style, explode)) => {
                let out = parameter(&swagger);
                assert_eq!(
                    (&out["style"], &out["explode"]),
                    (&json!(style), &json!(explode)),
                    "{swagger}"
                );
            }
            None => assert!(
                refusal(&swagger).starts_with("/collectionFormat: `"),
                "{swagger}"
            ),
        }
    }
}

#[test]
fn keeps_what_has_no_effect_as_an_extension() {
    let out = parameter(
        &json!({ "name": "n", "in": "query", "type": "string", "collectionFormat": "multi" }),
    );
    assert_eq!(out["x-collectionFormat"], "multi");
    let out = parameter(
        &json!({ "name": "n", "in": "header", "type": "string", "allowEmptyValue": true }),
    );
    assert_eq!(out["x-allowEmptyValue"], true);
    let out = parameter(
        &json!({ "name": "n", "in": "query", "type": "array", "items": { "type": "string", "collectionFormat": "csv" } }),
    );
    assert_eq!(
        out["schema"]["items"],
        json!({ "type": "string", "x-collectionFormat": "csv" })
    );
}

#[test]
fn sends_a_query_unescaped_when_azure_says_so() {
    let out = parameter(
        &json!({ "name": "n", "in": "query", "type": "string", "x-ms-skip-url-encoding": true }),
    );
    assert_eq!(
        (&out["allowReserved"], &out["x-ms-skip-url-encoding"]),
        (&json!(true), &json!(true))
    );
    let out = parameter(
        &json!({ "name": "n", "in": "path", "required": true, "type": "string", "x-ms-skip-url-encoding": true }),
    );
    assert_eq!(out.get("allowReserved"), None);
}

#[test]
fn refuses_parameters_that_make_no_sense() {
    for (swagger, message) in [
        (
            json!({ "name": "n", "in": "cookie", "type": "string" }),
            "/in: `in` is `cookie`",
        ),
        (json!({ "in": "query", "type": "string" }), ": lacks `name`"),
        (json!({ "name": "n", "in": "query" }), ": lacks `type`"),
        (
            json!({ "name": "n", "in": "query", "type": "array" }),
            ": is an array without `items`",
        ),
        (
            json!({ "name": "n", "in": "query", "type": "array", "items": { "type": "array", "items": { "type": "string" } } }),
            "/items: is an array in an array",
        ),
        (
            json!({ "name": "n", "in": "query", "type": "string", "schema": {} }),
            "/schema: unknown keyword `schema` in a parameter, write its members here",
        ),
        (json!({ "name": "n", "in": "body" }), ": lacks `schema`"),
        (
            json!({ "name": "n", "in": "body", "schema": {}, "type": "string" }),
            "/type: unknown keyword `type` in a body parameter",
        ),
        (
            json!({ "$ref": "#/parameters/Missing" }),
            "/$ref: `#/parameters/Missing` is none of the parameters",
        ),
        (json!("n"), ": is a string, a parameter is an object"),
    ] {
        let refusal = refusal(&swagger);
        assert!(refusal.starts_with(message), "{refusal}");
    }
}

#[test]
fn refuses_parameters_that_contradict_each_other() {
    let body = |name: &str| json!({ "name": name, "in": "body", "schema": {} });
    let field = json!({ "name": "f", "in": "formData", "type": "string" });
    let query = json!({ "name": "q", "in": "query", "type": "string" });
    for (parameters, message) in [
        (
            json!([body("a"), body("b")]),
            "/parameters/1: is a second body",
        ),
        (
            json!([body("a"), field]),
            "/parameters: has a body and form parameters",
        ),
        (
            json!([query, query]),
            "/parameters/1: `q` in query occurs twice",
        ),
    ] {
        let refusal = refused(operation(json!({ "parameters": parameters })));
        assert!(
            refusal.starts_with(&format!("test.json#/paths/~1p/post{message}")),
            "{refusal}"
        );
    }
    let mixed = json!({ "/p": { "parameters": [field], "put": { "parameters": [body("b")], "responses": { "200": {} } } } });
    let refusal = refused(document(json!({ "paths": mixed })));
    assert!(
        refusal.starts_with("test.json#/paths/~1p/put: has a body or form parameters beside"),
        "{refusal}"
    );
}

#[test]
fn keeps_shared_parameters_shared_unless_the_reference_says_more() {
    let out = converted(document(json!({
        "parameters": { "V": { "name": "v", "in": "query", "type": "string", "description": "old" }, "W": { "$ref": "#/parameters/V" } },
        "paths": { "/p": {
            "parameters": [{ "$ref": "#/parameters/W" }],
            "get": { "parameters": [{ "$ref": "#/parameters/V", "description": "new", "x-a": 1 }], "responses": { "200": {} } },
        } },
    })));
    assert_eq!(
        out["paths"]["/p"]["parameters"],
        json!([{ "$ref": "#/components/parameters/W" }])
    );
    assert_eq!(
        out["paths"]["/p"]["get"]["parameters"],
        json!([
            { "name": "v", "in": "query", "description": "new", "schema": { "type": "string" }, "x-a": 1 }
        ])
    );
    assert_eq!(
        out["components"]["parameters"]["W"],
        json!({ "$ref": "#/components/parameters/V" })
    );
}

#[test]
fn refuses_parameters_that_refer_to_themselves() {
    let refusal = refused(document(json!({
        "parameters": { "A": { "$ref": "#/parameters/B" }, "B": { "$ref": "#/parameters/A" } }
    })));
    assert!(refusal.contains("/$ref: refers to itself"), "{refusal}");
}

#[test]
fn makes_a_request_body_of_a_body_parameter() {
    let body = json!({ "name": "b", "in": "body", "description": "d", "required": true, "schema": { "type": "object" }, "x-ms-client-flatten": true });
    let out = converted_operation(
        json!({ "consumes": ["application/merge-patch+json", "text/json; a=b"], "parameters": [body] }),
    );
    let content = json!({ "schema": { "type": "object" } });
    assert_eq!(
        out["requestBody"],
        json!({
            "description": "d",
            "content": { "application/merge-patch+json": content, "text/json; a=b": content },
            "required": true, "x-ms-requestBody-name": "b", "x-ms-client-flatten": true,
        })
    );
    assert_eq!(out.get("parameters"), None);
}

#[test]
fn chooses_the_media_type_that_azure_means() {
    for (schema, media) in [
        (json!({ "type": "object" }), "application/json"),
        (json!({ "type": "file" }), "application/octet-stream"),
        (
            json!({ "type": "object", "format": "file" }),
            "application/octet-stream",
        ),
        (
            json!({ "type": "string", "format": "binary" }),
            "application/octet-stream",
        ),
    ] {
        let body = json!({ "name": "b", "in": "body", "schema": schema });
        // An empty list takes the document's default back.
        let mut document = operation(json!({ "parameters": [body], "consumes": [] }));
        document["consumes"] = json!(["text/plain"]);
        let out = converted(document);
        let body = &out["paths"]["/p"]["post"]["requestBody"];
        assert_eq!(super::keys(&body["content"]), [media]);
        assert_eq!(body.get("required"), None);
    }
}

#[test]
fn shares_a_body_between_operations_of_the_same_media_types() {
    let post = |consumes: Value| json!({ "consumes": consumes, "parameters": [{ "$ref": "#/parameters/B" }], "responses": { "200": {} } });
    let out = converted(document(json!({
        "consumes": ["application/json"],
        "parameters": { "B": { "name": "b", "in": "body", "schema": { "type": "string" } } },
        "paths": { "/p": { "post": post(json!(["application/json"])), "put": post(json!(["text/plain"])) } },
    })));
    let path = &out["paths"]["/p"];
    assert_eq!(
        path["post"]["requestBody"],
        json!({ "$ref": "#/components/requestBodies/B" })
    );
    assert_eq!(
        super::keys(&path["put"]["requestBody"]["content"]),
        ["text/plain"]
    );
    assert_eq!(out["components"].get("parameters"), None);
}

#[test]
fn gathers_form_fields_into_one_schema() {
    let fields = json!([
        { "name": "f", "in": "formData", "type": "file", "required": true, "description": "d", "x-ms-client-name": "c" },
        { "name": "s", "in": "formData", "type": "string", "default": "x", "allowEmptyValue": true },
        { "name": "a", "in": "formData", "type": "array", "items": { "type": "string" }, "collectionFormat": "multi" },
    ]);
    let out =
        converted_operation(json!({ "consumes": ["multipart/form-data"], "parameters": fields }));
    assert_eq!(
        out["requestBody"],
        json!({
            "content": { "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "f": { "type": "string", "format": "binary", "description": "d", "x-ms-client-name": "c" },
                        "s": { "type": "string", "default": "x", "x-allowEmptyValue": true },
                        "a": { "type": "array", "items": { "type": "string" } },
                    },
                    "required": ["f"],
                },
                "encoding": { "a": { "style": "form", "explode": true } },
            } },
            "required": true,
        })
    );
}

#[test]
fn sends_forms_as_the_document_says() {
    let text = json!({ "name": "t", "in": "formData", "type": "string" });
    let file = json!({ "name": "f", "in": "formData", "type": "file" });
    for (field, global, own, expected) in [
        (
            &text,
            json!([]),
            None,
            vec!["application/x-www-form-urlencoded"],
        ),
        (&file, json!([]), None, vec!["multipart/form-data"]),
        (
            &text,
            json!(["application/json"]),
            None,
            vec!["application/x-www-form-urlencoded"],
        ),
        (
            &file,
            json!(["application/json"]),
            None,
            vec!["multipart/form-data"],
        ),
        (
            &text,
            json!([]),
            Some(json!([
                "multipart/form-data",
                "application/x-www-form-urlencoded; charset=utf-8"
            ])),
            vec![
                "multipart/form-data",
                "application/x-www-form-urlencoded; charset=utf-8",
            ],
        ),
        (
            &file,
            json!([]),
            Some(json!(["multipart/form-data", "application/octet-stream"])),
            vec!["multipart/form-data"],
        ),
    ] {
        let mut document = operation(json!({ "parameters": [field] }));
        document["consumes"] = global;
        if let Some(own) = own {
            document["paths"]["/p"]["post"]["consumes"] = own;
        }
        let out = converted(document);
        assert_eq!(
            super::keys(&out["paths"]["/p"]["post"]["requestBody"]["content"]),
            expected
        );
    }
    let out = converted_operation(
        json!({ "consumes": ["multipart/form-data", "application/octet-stream"], "parameters": [file] }),
    );
    assert_eq!(
        out["requestBody"]["x-consumes"],
        json!(["application/octet-stream"])
    );
    let refusal = refused(operation(
        json!({ "consumes": ["application/json"], "parameters": [text] }),
    ));
    assert!(
        refusal.starts_with("test.json#/paths/~1p/post/consumes: lists application/json only"),
        "{refusal}"
    );
}

#[test]
fn gives_bodies_and_fields_of_a_path_item_to_its_operations() {
    let field = |name: &str, kind: &str| json!({ "name": name, "in": "formData", "type": kind });
    let answer = json!({ "200": { "description": "" } });
    let out = converted(document(json!({
        "parameters": { "Shared": field("a", "string") },
        "paths": { "/p": {
            "parameters": [{ "$ref": "#/parameters/Shared" }, field("b", "string"), { "name": "q", "in": "query", "type": "string" }],
            "put": { "responses": answer },
            "post": { "responses": answer, "parameters": [field("b", "integer")] },
        }, "/body": {
            "parameters": [{ "name": "one", "in": "body", "schema": {} }],
            "put": { "responses": answer },
            "post": { "responses": answer, "parameters": [{ "name": "two", "in": "body", "schema": {} }] },
        } },
    })));
    let properties = |method: &str| {
        out["paths"]["/p"][method]["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]["properties"].clone()
    };
    let string = json!({ "type": "string" });
    assert_eq!(properties("put"), json!({ "a": string, "b": string }));
    assert_eq!(
        properties("post"),
        json!({ "a": string, "b": { "type": "integer" } })
    );
    assert_eq!(out["paths"]["/p"]["parameters"][0]["name"], "q");
    assert_eq!(
        out["paths"]["/body"]["put"]["requestBody"]["x-ms-requestBody-name"],
        "one"
    );
    assert_eq!(
        out["paths"]["/body"]["post"]["requestBody"]["x-ms-requestBody-name"],
        "two"
    );
}

#[test]
fn refuses_a_shared_form_parameter_that_nothing_uses() {
    let refusal = refused(document(
        json!({ "parameters": { "F": { "name": "f", "in": "formData", "type": "string" } } }),
    ));
    assert!(
        refusal.starts_with("test.json#/parameters/F: `F` is a form parameter that nothing uses"),
        "{refusal}"
    );
}
