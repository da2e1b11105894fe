use serde_json::json;

use super::*;
use crate::regen::overlay::Overlay;
use crate::regen::{Service, SpecFile, VersionIn};

/// An API of one version that consists of what is given.
fn api(overlay: &str, document: serde_json::Value) -> Api {
    api_of(overlay, vec![version("2025-01-01", document)])
}

fn version(name: &str, document: serde_json::Value) -> Version {
    let spec = SpecFile {
        version: name.to_owned(),
        module: format!("v{}", name.replace('-', "_")),
        label: format!("specs/x/{name}/swagger.json"),
        sha256: String::new(),
        preview: name.ends_with("-preview"),
        default: false,
    };
    Version {
        spec,
        converted: document.clone(),
        rewritten: document,
        notes: Vec::new(),
    }
}

fn api_of(overlay: &str, versions: Vec<Version>) -> Api {
    let overlay = Overlay::parse(overlay, &["2025-01-01"]).unwrap();
    Api {
        name: "things",
        service: Service {
            version_in: VersionIn::Query,
            client_request_id: "x-id",
        },
        versions,
        overlay,
        overlay_label: String::new(),
        overlay_sha256: String::new(),
    }
}

fn document(paths: serde_json::Value, schemas: serde_json::Value) -> serde_json::Value {
    json!({
        "openapi": "3.0.3",
        "info": {"title": "X", "version": "2025-01-01"},
        "paths": paths,
        "components": {"schemas": schemas},
    })
}

#[test]
fn the_header_names_the_generator_of_the_lock_file() {
    let lock = std::fs::read_to_string(crate::root::workspace().join("Cargo.lock")).unwrap();
    for tool in GENERATOR.split(", ") {
        let (name, version) = tool.split_once(' ').unwrap();
        let entry = format!("name = \"{name}\"\nversion = \"{version}\"\n");
        assert!(
            lock.contains(&entry),
            "Cargo.lock has another {name} than {version}: correct GENERATOR"
        );
    }
}

#[test]
fn an_operation_the_generator_cannot_do_is_named() {
    let good = json!({"operationId": "good", "responses": {"204": {"description": "Done."}}});
    let panics = json!({"operationId": "two_types", "responses": {
        "200": {"description": "A.", "content": {"application/json": {"schema": {"type": "string"}}}},
        "201": {"description": "B.", "content": {"application/json": {"schema": {"type": "boolean"}}}},
    }});
    let refused = json!({"operationId": "odd_body", "responses": {},
        "requestBody": {"content": {"application/xml": {"schema": {"type": "string"}}}}});
    for (operation, name) in [(panics, "two_types"), (refused, "odd_body")] {
        let paths = json!({"/a": {"get": good}, "/b/{id}": {"put": operation}});
        let api = api("", document(paths, json!({})));
        let failure = format!("{:#}", client::module(&api, &api.versions[0]).unwrap_err());
        let expected = format!("the generator fails at `{name}` (PUT /b/{{id}}): ");
        assert!(failure.contains(&expected), "{failure}");
    }
}

#[test]
fn methods_hand_over_the_parts_of_a_request() {
    let parameter = |name: &str, place: &str| json!({"name": name, "in": place, "required": place == "path", "schema": {"type": "string"}});
    let one = |parameters: serde_json::Value| {
        let operation = json!({"operationId": "one", "parameters": parameters,
            "responses": {"204": {"description": "Done."}}});
        let api = api(
            "",
            document(json!({"/a/{id}/b": {"get": operation}}), json!({})),
        );
        client::module(&api, &api.versions[0])
    };
    let id = parameter("id", "path");
    let text = one(json!([id, parameter("$top", "query")]))
        .unwrap()
        .to_string();
    for part in [
        r#"format ! ("/a/{}/b" , encode_path (id))"#,
        r#"Draft :: get (path) . query ("$top" , top)"#,
        r#"execute (& self . inner , request , "one")"#,
        "Ok (response . empty ())",
    ] {
        assert!(text.contains(part), "{text}");
    }
    assert!(!text.contains("reqwest"), "{text}");
    let failure = one(json!([id, parameter("x-odd", "header")])).unwrap_err();
    assert!(
        format!("{failure:#}").contains("method `one`: unknown"),
        "{failure:#}"
    );
}

#[test]
fn an_enum_reads_aliases_and_sends_what_the_overlay_says() {
    let overlay = r#"
        [[enum]]
        name = "Kind"
        case_insensitive = true
        aliases = { bigCat = "lion" }
        send = { lion = "bigCat" }
        reason = "r"
        evidence = "e"
    "#;
    let kinds =
        json!({"Kind": {"type": "string", "enum": ["lion", "house.cat"], "description": "A cat."}});
    let text = enums::module(&api(overlay, document(json!({}), kinds)))
        .unwrap()
        .to_string();
    assert!(text.contains(r#"Self :: Lion => "bigCat""#), "{text}");
    assert!(
        text.contains(r#"Self :: HouseCat => "house.cat""#),
        "{text}"
    );
    assert!(
        text.contains(r#"if text . eq_ignore_ascii_case ("bigCat") { return Self :: Lion ; }"#),
        "{text}"
    );
}

#[test]
fn an_enum_must_be_able_to_read_what_it_sends() {
    let overlay =
        "[[enum]]\nname = \"Kind\"\nsend = { lion = \"tiger\" }\nreason = \"r\"\nevidence = \"e\"";
    let kinds = json!({"Kind": {"type": "string", "enum": ["lion"]}});
    let failure = enums::module(&api(overlay, document(json!({}), kinds))).unwrap_err();
    assert!(
        failure
            .to_string()
            .contains("`tiger` is sent for `lion` but not read as it"),
        "{failure}"
    );
}

#[test]
fn a_rule_needs_a_reason_and_no_unknown_keys() {
    let rule = |fields: &str| format!("[[shared]]\nschema = \"A\"\n{fields}");
    for (fields, expected) in [
        ("evidence = \"e\"", "reason"),
        ("reason = \" \"\nevidence = \"e\"", "`reason` is empty"),
        ("reason = \"r\"\nevidence = \"\"", "`evidence` is empty"),
        ("reason = \"r\"\nevidence = \"e\"\nnote = 1", "note"),
        (
            "reason = \"r\"\nevidence = \"e\"\nversions = []",
            "it is about all versions",
        ),
    ] {
        let failure = format!("{:#}", Overlay::parse(&rule(fields), &[]).unwrap_err());
        assert!(failure.contains(expected), "{failure}");
    }
    let twice = rule("reason = \"r\"\nevidence = \"e\"\n").repeat(2);
    let failure = Overlay::parse(&twice, &[]).unwrap_err().to_string();
    assert!(failure.contains("there are two such rules"), "{failure}");
}

#[test]
fn a_schema_that_versions_disagree_on_is_not_shared() {
    let rules = "[[shared]]\nschema = \"Fault\"\nreason = \"r\"\nevidence = \"e\"";
    let fault = |field: &str, description: &str| {
        let properties = json!({field: {"type": "string", "description": description}});
        document(
            json!({}),
            json!({"Fault": {"type": "object", "properties": properties}}),
        )
    };
    let agree = vec![
        version("2025-01-01", fault("code", "One.")),
        version("2025-02-01", fault("code", "Two.")),
    ];
    let text = client::shared(&api_of(rules, agree)).unwrap().to_string();
    assert!(
        text.contains("pub struct Fault") && text.contains("Two."),
        "{text}"
    );

    let differ = vec![
        version("2025-01-01", fault("code", "")),
        version("2025-02-01", fault("kode", "")),
    ];
    let failure = client::shared(&api_of(rules, differ))
        .unwrap_err()
        .to_string();
    assert!(
        failure.contains("the shared schemas of 2025-02-01 and 2025-01-01 differ"),
        "{failure}"
    );
}

#[test]
fn a_documented_unknown_is_not_the_variant_for_what_nobody_knows() {
    let kind = json!({"type": "string", "enum": ["unknown", "a"]});
    let emitted = enums::module(&api("", document(json!({}), json!({"Kind": kind})))).unwrap();
    let text = emitted.to_string().replace(' ', "");
    for part in [
        "UnknownToService,",
        "Unknown(::std::string::String),",
        "iftext==\"unknown\"{returnSelf::UnknownToService;}",
    ] {
        assert!(text.contains(part), "no {part} in {text}");
    }
}

#[test]
fn a_clearable_member_is_an_option_of_an_option() {
    let schema = json!({"type": "object", "properties": {
        "x": {"type": "string", "format": "x-clearable"},
        "y": {"type": "string"}
    }, "additionalProperties": {}});
    let body = json!({"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Change"}}}});
    let operation = json!({
        "operationId": "a_do", "requestBody": body, "responses": {"204": {"description": "Done."}}
    });
    let api = api(
        "",
        document(
            json!({"/a": {"patch": operation}}),
            json!({"Change": schema}),
        ),
    );
    let text = client::module(&api, &api.versions[0]).unwrap().to_string();
    let text = text.replace(' ', "");
    let option = "::std::option::Option<";
    for part in [
        format!(
            "#[serde(default,deserialize_with=\"crate::lenient::present\")]pubx:{option}{option}::std::string::String>>"
        ),
        format!("puby:{option}::std::string::String>"),
        "Membersthathavenonameinthedocument,astheycame.".to_owned(),
    ] {
        assert!(text.contains(&part), "no {part} in {text}");
    }
}

#[test]
fn the_table_says_how_a_body_may_be_wrapped_and_where_the_version_stands() {
    let rule = |kind: &str, rest: &str| {
        format!(
            "[[{kind}]]\nmethod = \"GET\"\npath = \"/a\"\n{rest}\nreason = \"r\"\nevidence = \"e\"\n"
        )
    };
    let rules = rule("operation", "name = \"a_get\"") + &rule("envelope", "shape = \"entity\"");
    let get = json!({"operationId": "Up", "responses": {"200": {}}});
    let mut api = api(&rules, document(json!({"/a": {"get": get}}), json!({})));
    api.service.version_in = VersionIn::Path;
    let text = operations::module(&api).unwrap().to_string();
    let text = text.replace(' ', "");
    for part in ["shape:Shape::Entity", "version:VersionPlace::Path"] {
        assert!(text.contains(part), "no {part} in {text}");
    }
    assert!(!text.contains("Field"), "an unused import: {text}");
}

#[test]
fn the_table_says_which_versions_have_an_operation_and_its_inputs() {
    let rules = "[[operation]]\nmethod = \"POST\"\npath = \"/a\"\nname = \"a_do\"\nreason = \"r\"\nevidence = \"e\"";
    let with = |fields: serde_json::Value| {
        let body = json!({"schema": {"type": "object", "properties": fields}});
        let operation = json!({
            "operationId": "Up_Stream",
            "requestBody": {"content": {"application/merge-patch+json": body}},
            "parameters": [{"name": "api-version", "in": "query"}],
            "responses": {"200": {"content": {}}, "204": {}, "default": {}},
        });
        document(json!({"/a": {"post": operation}}), json!({}))
    };
    let versions = vec![
        version("2025-01-01", with(json!({"x": {}}))),
        version("2025-02-01", with(json!({"x": {}, "y": {}}))),
        version("2025-03-01-preview", with(json!({"x": {}, "y": {}}))),
    ];
    let text = operations::module(&api_of(rules, versions))
        .unwrap()
        .to_string()
        .replace(' ', "");
    for part in [
        "id:\"a_do\",service:&SERVICE,method:\"POST\",template:\"/a\",idempotent:false",
        "content_type:Some(\"application/merge-patch+json\"),success:&[200,204],empty_as_null:&[204]",
        "default_version:\"2025-02-01\",versions:&[\"2025-01-01\",\"2025-02-01\",\"2025-03-01-preview\"]",
        "upstream_ids:&[(\"2025-01-01\",\"Up_Stream\")",
        "fields:&[Field{name:\"y\",versions:&[\"2025-02-01\",\"2025-03-01-preview\"]}]",
    ] {
        assert!(text.contains(part), "no {part} in {text}");
    }
}
