use serde_json::json;

use super::*;

/// A document with one operation and some schemas.
fn document(operation: Value, schemas: Value) -> Value {
    json!({
        "openapi": "3.0.3",
        "info": {"title": "X", "version": "1"},
        "paths": {"/a/{id}": {"post": operation}},
        "components": {"schemas": schemas},
    })
}

fn schemas(schemas: Value) -> Value {
    document(json!({}), schemas)
}

fn overlay(text: &str) -> Overlay {
    Overlay::parse(text, &["1"]).unwrap()
}

/// The document after one pass without rules.
fn after(pass: Pass, mut document: Value) -> Value {
    pass(&mut document, &Overlay::default()).unwrap();
    document
}

fn failure(pass: Pass, mut document: Value) -> String {
    pass(&mut document, &Overlay::default())
        .unwrap_err()
        .to_string()
}

fn operation(document: &Value) -> &Value {
    &document["paths"]["/a/{id}"]["post"]
}

#[test]
fn an_operation_gets_the_name_of_its_method_and_path() {
    let rules = overlay(
        "[[operation]]\nmethod = \"POST\"\npath = \"/a/{id}\"\nname = \"a_do\"\nreason = \"r\"\nevidence = \"e\"",
    );
    let mut renamed = document(json!({"operationId": "Old_Do"}), json!({}));
    let notes = operation_names::operation_names(&mut renamed, &rules).unwrap();
    assert_eq!(operation(&renamed)["operationId"], "a_do");
    assert_eq!(notes[0].rule.as_deref(), Some("[[operation]] POST /a/{id}"));
    assert!(notes[0].what.contains("Old_Do"));
    assert!(
        failure(operation_names::operation_names, renamed).contains("has no [[operation]] rule")
    );
}

#[test]
fn the_api_version_parameter_goes_inline_or_by_reference() {
    let parameter = json!({"name": "api-version", "in": "query", "required": true, "schema": {"type": "string"}});
    let id = json!({"name": "id", "in": "path", "required": true, "schema": {"type": "string"}});
    let inline = document(json!({"parameters": [parameter, id]}), json!({}));
    assert_eq!(
        operation(&after(api_version::api_version, inline))["parameters"],
        json!([id])
    );

    let reference = json!({"$ref": "#/components/parameters/ApiVersion"});
    let mut by_reference = document(json!({"parameters": [id, reference]}), json!({}));
    by_reference["components"]["parameters"] = json!({"ApiVersion": parameter});
    let after = after(api_version::api_version, by_reference);
    assert_eq!(operation(&after)["parameters"], json!([id]));
    assert_eq!(after["components"]["parameters"], json!({}));

    let without = document(json!({"parameters": [id]}), json!({}));
    assert!(failure(api_version::api_version, without).contains("POST /a/{id}"));
}

#[test]
fn a_version_in_the_path_is_in_no_query() {
    let id = json!({"name": "id", "in": "path"});
    let parameter = json!({"name": "api-version", "in": "query"});
    for (url, in_path) in [
        ("https://graph.example/1", true),
        ("https://graph.example/1/", true),
        ("https://graph.example/11", false),
        ("{endpoint}", false),
    ] {
        let mut without = document(json!({"parameters": [id]}), json!({}));
        without["servers"] = json!([{"url": url}]);
        assert_eq!(api_version::in_path(&without), in_path, "{url}");
        if in_path {
            let same = after(api_version::api_version, without.clone());
            assert_eq!(same, without, "{url}");
            without["paths"]["/a/{id}"]["post"]["parameters"] = json!([parameter]);
            let failure = failure(api_version::api_version, without);
            assert!(failure.contains("expected no `api-version`"), "{failure}");
        }
    }
}

fn enveloped(shape: &str, body: &Value) -> Result<Vec<Note>> {
    let rules = overlay(&format!(
        "[[envelope]]\nmethod = \"POST\"\npath = \"/a/{{id}}\"\nshape = \"{shape}\"\nreason = \"r\"\nevidence = \"e\""
    ));
    let body = json!({"application/json": {"schema": body}});
    let operation = json!({"responses": {"200": {"content": body}}});
    envelopes::envelopes(&mut document(operation, json!({})), &rules)
}

#[test]
fn an_envelope_must_fit_the_body_it_is_around() {
    let entity = json!({"properties": {"id": {"type": "string"}}});
    let list = json!({"properties": {"value": {"type": "array", "items": {}}}});
    for (shape, body) in [("entity", &entity), ("collection", &list)] {
        let notes = enveloped(shape, body).unwrap();
        assert_eq!(notes[0].rule.as_deref(), Some("[[envelope]] POST /a/{id}"));
    }
    for (shape, body, expected) in [
        ("entity", &list, "`value` of its own"),
        ("collection", &entity, "no list in `value`"),
    ] {
        let failure = enveloped(shape, body).unwrap_err().to_string();
        assert!(failure.contains(expected), "{failure}");
    }
}

#[test]
fn a_clearable_member_must_be_an_optional_text_that_may_be_null() {
    let rules = overlay(
        "[[clearable]]\nschema = \"A\"\nproperty = \"x\"\nreason = \"r\"\nevidence = \"e\"",
    );
    let cleared = |schema: Value| {
        let mut document = schemas(json!({"A": schema}));
        let notes = clearable_values::clearable_values(&mut document, &rules);
        notes.map(|notes| (notes.len(), document["components"]["schemas"]["A"].clone()))
    };
    let text = json!({"type": "string", "nullable": true});
    let (count, schema) = cleared(json!({"properties": {"x": text}})).unwrap();
    assert_eq!(count, 1);
    assert_eq!(
        schema["properties"]["x"],
        json!({"type": "string", "format": "x-clearable"})
    );
    assert_eq!(cleared(json!({"properties": {"y": text}})).unwrap().0, 0);
    for (schema, expected) in [
        (
            json!({"properties": {"x": text}, "required": ["x"]}),
            "it is required",
        ),
        (
            json!({"properties": {"x": {"type": "string"}}}),
            "it cannot be null",
        ),
        (
            json!({"properties": {"x": {"type": "integer", "nullable": true}}}),
            "only a plain string",
        ),
    ] {
        let failure = cleared(schema).unwrap_err().to_string();
        assert!(failure.contains(expected), "{failure}");
    }
}

#[test]
fn the_default_response_covers_both_error_ranges() {
    let error = json!({"description": "It failed."});
    let before = document(
        json!({"responses": {"204": {"description": "Done."}, "default": error}}),
        json!({}),
    );
    let after = after(error_responses::error_responses, before.clone());
    let expected = json!({"204": {"description": "Done."}, "4XX": error, "5XX": error});
    assert_eq!(operation(&after)["responses"], expected);

    let mut clash = before;
    clash["paths"]["/a/{id}"]["post"]["responses"]["4XX"] = error;
    assert!(failure(error_responses::error_responses, clash).contains("both `default` and `4XX`"));
}

#[test]
fn a_success_that_may_be_empty_is_nullable() {
    let body = json!({"application/json": {"schema": {"$ref": "#/components/schemas/A"}}});
    let responses =
        json!({"200": {"description": "A.", "content": body}, "204": {"description": "None."}});
    let after_pass = after(
        empty_success::empty_success,
        document(json!({"responses": responses}), json!({})),
    );
    let nullable = json!({"nullable": true, "allOf": [{"$ref": "#/components/schemas/A"}]});
    for status in ["200", "204"] {
        let schema =
            &operation(&after_pass)["responses"][status]["content"]["application/json"]["schema"];
        assert_eq!(*schema, nullable);
    }

    let same = json!({"responses": {"200": {"content": body}, "201": {"content": body}}});
    let untouched = document(same, json!({}));
    assert_eq!(
        after(empty_success::empty_success, untouched.clone()),
        untouched
    );
}

#[test]
fn json_based_media_types_are_sent_as_json() {
    let body = |media_type: &str| {
        let content = json!({media_type: {"schema": {"type": "object"}}});
        document(json!({"requestBody": {"content": content}}), json!({}))
    };
    let plain = after(
        media_types::media_types,
        body("application/merge-patch+json"),
    );
    assert_eq!(plain, body("application/json"));
    assert_eq!(
        after(media_types::media_types, body("application/json")),
        body("application/json")
    );
    assert!(
        failure(media_types::media_types, body("text/plain"))
            .contains("POST /a/{id} takes text/plain")
    );
}

#[test]
fn constraints_go_and_properties_of_the_same_name_stay() {
    let before = schemas(json!({"A": {
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "default": {"type": "string", "minLength": 1, "default": "x"},
            "pattern": {"type": "array", "maxItems": 3, "items": {"type": "integer", "minimum": 60}},
            "map": {"type": "object", "additionalProperties": {"type": "string", "pattern": "a+"}},
        },
    }}));
    let expected = schemas(json!({"A": {
        "type": "object",
        "properties": {
            "default": {"type": "string"},
            "pattern": {"type": "array", "items": {"type": "integer"}},
            "map": {"type": "object", "additionalProperties": {"type": "string"}},
        },
    }}));
    assert_eq!(after(constraints::constraints, before), expected);
}

#[test]
fn an_object_of_anything_is_said_in_one_way() {
    let plain = schemas(json!({"A": {"type": "object", "properties": {}}}));
    for anything in [json!({}), json!(true)] {
        let before = schemas(
            json!({"A": {"type": "object", "properties": {}, "additionalProperties": anything}}),
        );
        assert_eq!(after(bare_objects::bare_objects, before), plain);
    }
    for other in [
        json!({"A": {"type": "object", "additionalProperties": {"type": "string"}}}),
        json!({"A": {"type": "object", "properties": {"b": {}}, "additionalProperties": {}}}),
    ] {
        assert_eq!(
            after(bare_objects::bare_objects, schemas(other.clone())),
            schemas(other)
        );
    }
}

#[test]
fn only_optional_arrays_become_nullable() {
    let array = json!({"type": "array", "items": {"type": "string"}});
    let before = schemas(json!({"A": {
        "type": "object",
        "required": ["must"],
        "properties": {"must": array, "may": array, "other": {"type": "string"}},
    }}));
    let after = after(optional_arrays::optional_arrays, before);
    let properties = &after["components"]["schemas"]["A"]["properties"];
    assert_eq!(properties["must"], array);
    assert_eq!(properties["may"]["nullable"], true);
    assert_eq!(properties["other"].get("nullable"), None);
}

#[test]
fn a_named_value_becomes_nullable() {
    let at = "/components/schemas/A/additionalProperties";
    let rules = overlay(&format!(
        "[[nullable]]\nat = \"{at}\"\nreason = \"r\"\nevidence = \"e\""
    ));
    let reference = json!({"$ref": "#/components/schemas/B"});
    for (inner, expected) in [
        (
            reference.clone(),
            json!({"nullable": true, "allOf": [reference]}),
        ),
        (
            json!({"type": "string"}),
            json!({"type": "string", "nullable": true}),
        ),
    ] {
        let mut document = schemas(json!({"A": {"type": "object", "additionalProperties": inner}}));
        let notes = nullable_values::nullable_values(&mut document, &rules).unwrap();
        assert_eq!(*document.pointer(at).unwrap(), expected);
        assert_eq!(notes.len(), 1);
        let again = nullable_values::nullable_values(&mut document, &rules).unwrap_err();
        assert!(again.to_string().contains("nullable already"));
    }
    let absent = nullable_values::nullable_values(&mut schemas(json!({})), &rules).unwrap();
    assert!(absent.is_empty());
}

#[test]
fn a_secret_is_a_plain_string() {
    let rules = overlay(
        "[[secret]]\nschema = \"A\"\nproperty = \"token\"\nreason = \"r\"\nevidence = \"e\"",
    );
    let mut document =
        schemas(json!({"A": {"type": "object", "properties": {"token": {"type": "string"}}}}));
    assert_eq!(secrets::secrets(&mut document, &rules).unwrap().len(), 1);
    assert_eq!(
        document["components"]["schemas"]["A"]["properties"]["token"]["format"],
        "x-secret"
    );

    let mut number = schemas(json!({"A": {"properties": {"token": {"type": "integer"}}}}));
    let failure = secrets::secrets(&mut number, &rules).unwrap_err();
    assert!(
        failure.to_string().contains("[[secret]] A.token"),
        "{failure}"
    );
}

#[test]
fn an_enum_without_a_name_is_refused() {
    let kinds = json!({"type": "string", "enum": ["x"]});
    let named = schemas(json!({"Kind": kinds}));
    assert_eq!(
        open_enums::open_enums(&mut named.clone(), &Overlay::default())
            .unwrap()
            .len(),
        1
    );
    assert_eq!(open_enums::names(&named), ["Kind"]);

    let inline = schemas(json!({"A": {"type": "object", "properties": {"kind": kinds}}}));
    assert!(
        failure(open_enums::open_enums, inline).contains("/components/schemas/A/properties/kind")
    );
    let numbers = schemas(json!({"Level": {"type": "integer", "enum": [1, 2]}}));
    assert!(failure(open_enums::open_enums, numbers).contains("/components/schemas/Level"));
}

#[test]
fn documentation_has_no_accidental_markup() {
    for (text, safe) in [
        ("within [60,1440] minutes", r"within \[60,1440\] minutes"),
        ("a Map<String>", r"a Map\<String\>"),
        ("`[60]` stays, [61] not", r"`[60]` stays, \[61\] not"),
        (
            "See https://example.org/a_b.",
            "See <https://example.org/a_b>.",
        ),
        ("plain", "plain"),
    ] {
        assert_eq!(doc_text::escape(text), safe);
    }
    let before = schemas(
        json!({"A": {"type": "object", "description": " ", "properties": {
            "description": {"type": "string", "description": "[x]"},
        }}}),
    );
    let expected = schemas(json!({"A": {"type": "object", "properties": {
        "description": {"type": "string", "description": r"\[x\]"},
    }}}));
    assert_eq!(after(doc_text::doc_text, before), expected);
}

#[test]
fn the_order_of_a_document_does_not_matter() {
    let one = json!({"paths": {"/b": {"put": {}, "get": {}}, "/a": {}}, "components": {"schemas": {"B": {}, "A": {}}}});
    let two = json!({"paths": {"/a": {}, "/b": {"get": {}, "put": {}}}, "components": {"schemas": {"A": {}, "B": {}}}});
    let sorted = after(sorted_paths::sorted_paths, one);
    assert_eq!(sorted.to_string(), two.to_string());
}

#[test]
fn a_parameter_with_the_name_of_a_generated_local_is_refused() {
    for name in ["info", "header-map", "headerMap", "url", "body"] {
        let parameter = json!({"name": name, "in": "query", "schema": {"type": "string"}});
        let document = document(json!({"parameters": [parameter]}), json!({}));
        assert!(
            failure(reserved_names::reserved_names, document).contains(name),
            "{name}"
        );
    }
    let fine = json!({"name": "objectId", "in": "path", "schema": {"type": "string"}});
    after(
        reserved_names::reserved_names,
        document(json!({"parameters": [fine]}), json!({})),
    );
}

#[test]
fn a_failing_pass_is_named() {
    let refuse: Pass = |_, _| anyhow::bail!("no");
    let failure = run(&[("strict", refuse)], &mut json!({}), &Overlay::default()).unwrap_err();
    assert_eq!(format!("{failure:#}"), "pass `strict`: no");
}
