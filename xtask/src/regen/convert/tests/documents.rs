//! What concerns the document as a whole: addresses, security, paths, tags.

use serde_json::{Value, json};

use super::{converted, document, keys, refused};

fn urls(document: &Value) -> Vec<&str> {
    document["servers"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|server| server["url"].as_str())
        .collect()
}

#[test]
fn builds_servers_of_host_base_path_and_schemes() {
    for (members, expected) in [
        (json!({}), vec![]),
        (json!({ "basePath": "/" }), vec![]),
        (json!({ "basePath": "" }), vec![]),
        (json!({ "basePath": "/v1" }), vec!["/v1"]),
        (json!({ "schemes": ["https"] }), vec![]),
        (json!({ "host": "a.example" }), vec!["//a.example"]),
        (
            json!({ "host": "a.example", "basePath": "/" , "schemes": ["https"] }),
            vec!["https://a.example"],
        ),
        (
            json!({ "host": "a.example:81", "basePath": "/v1/", "schemes": ["https", "http"] }),
            vec!["https://a.example:81/v1", "http://a.example:81/v1"],
        ),
    ] {
        assert_eq!(
            urls(&converted(document(members.clone()))),
            expected,
            "{members}"
        );
    }
    let refusal = refused(document(json!({ "basePath": "v1" })));
    assert_eq!(
        refusal,
        "test.json#/basePath: does not begin with a slash, write one"
    );
}

#[test]
fn gives_an_operation_with_schemes_of_its_own_servers_of_its_own() {
    let with = |schemes: Value| json!({ "schemes": schemes, "responses": { "200": {} } });
    let out = converted(document(json!({
        "host": "a.example", "schemes": ["https"],
        "paths": { "/p": { "get": with(json!(["http"])), "put": with(json!(["https"])) } },
    })));
    assert_eq!(urls(&out["paths"]["/p"]["get"]), ["http://a.example"]);
    assert_eq!(out["paths"]["/p"]["put"].get("servers"), None);
}

#[test]
fn makes_server_variables_of_a_parameterised_host() {
    let out = converted(document(json!({
        "host": "old.example", "basePath": "/v1", "schemes": ["https"],
        "parameters": { "Account": { "name": "account", "in": "path", "required": true, "type": "string", "description": "d", "x-ms-skip-url-encoding": true } },
        "x-ms-parameterized-host": {
            "hostTemplate": "{account}.{suffix}.{zone}", "positionInOperation": "first",
            "parameters": [
                { "$ref": "#/parameters/Account" },
                { "name": "suffix", "in": "path", "required": true, "type": "string", "default": "a.example" },
                { "name": "zone", "in": "path", "required": true, "type": "string", "enum": ["x", "y"] },
            ],
        },
    })));
    assert_eq!(
        out["servers"],
        json!([{
            "url": "https://{account}.{suffix}.{zone}/v1",
            "variables": {
                "account": { "default": "", "description": "d" },
                "suffix": { "default": "a.example" },
                "zone": { "enum": ["x", "y"], "default": "x" },
            },
        }])
    );
    assert_eq!(out["x-host"], "old.example");
    let carried = &out["x-ms-parameterized-host"];
    assert_eq!(carried["positionInOperation"], "first");
    assert_eq!(carried["parameters"][0]["x-ms-skip-url-encoding"], true);
    assert_eq!(
        carried["parameters"][0]["schema"],
        json!({ "type": "string" })
    );
}

#[test]
fn leaves_the_scheme_to_the_host_when_told_so() {
    let host = |template: &str| {
        json!({ "schemes": ["https"], "x-ms-parameterized-host": {
        "hostTemplate": template, "useSchemePrefix": false,
        "parameters": [{ "name": "endpoint", "in": "path", "required": true, "type": "string" }],
    } })
    };
    assert_eq!(
        urls(&converted(document(host("{endpoint}")))),
        ["{endpoint}"]
    );
    assert_eq!(
        refused(document(host("{other}"))),
        "test.json#/x-ms-parameterized-host/hostTemplate: names `other`, which is none of the parameters; add it"
    );
}

#[test]
fn converts_every_kind_of_security() {
    let scopes = json!({ "s": "d", "x-a": 1 });
    let oauth = |flow: &str| json!({ "type": "oauth2", "flow": flow, "authorizationUrl": "https://a", "tokenUrl": "https://t", "scopes": scopes, "description": "d" });
    let out = converted(document(json!({
        "securityDefinitions": {
            "basic": { "type": "basic", "x-b": 1 },
            "key": { "type": "apiKey", "name": "n", "in": "header" },
            "implicit": oauth("implicit"), "password": oauth("password"), "app": oauth("application"), "code auth": oauth("accessCode"),
        },
        "security": [{ "basic": [], "code auth": ["s"] }, {}],
        "paths": { "/p": { "get": { "security": [], "responses": { "200": {} } } } },
    })));
    let schemes = &out["components"]["securitySchemes"];
    assert_eq!(
        schemes["basic"],
        json!({ "type": "http", "scheme": "basic", "x-b": 1 })
    );
    assert_eq!(
        schemes["key"],
        json!({ "type": "apiKey", "name": "n", "in": "header" })
    );
    let flow = |name: &str, scheme: &str| schemes[scheme]["flows"][name].clone();
    assert_eq!(
        flow("implicit", "implicit"),
        json!({ "authorizationUrl": "https://a", "x-tokenUrl": "https://t", "scopes": { "s": "d" }, "x-a": 1 })
    );
    assert_eq!(
        flow("password", "password"),
        json!({ "tokenUrl": "https://t", "x-authorizationUrl": "https://a", "scopes": { "s": "d" }, "x-a": 1 })
    );
    assert_eq!(
        flow("clientCredentials", "app"),
        json!({ "tokenUrl": "https://t", "x-authorizationUrl": "https://a", "scopes": { "s": "d" }, "x-a": 1 })
    );
    assert_eq!(
        flow("authorizationCode", "code_auth"),
        json!({ "authorizationUrl": "https://a", "tokenUrl": "https://t", "scopes": { "s": "d" }, "x-a": 1 })
    );
    assert_eq!(
        out["security"],
        json!([{ "basic": [], "code_auth": ["s"] }, {}])
    );
    assert_eq!(out["paths"]["/p"]["get"]["security"], json!([]));
}

#[test]
fn refuses_security_that_makes_no_sense() {
    let define = |scheme: Value| json!({ "securityDefinitions": { "s": scheme } });
    for (members, message) in [
        (
            define(json!({ "type": "openIdConnect" })),
            "/securityDefinitions/s/type: `type` is `openIdConnect`",
        ),
        (
            define(json!({ "type": "apiKey", "name": "n", "in": "cookie" })),
            "/securityDefinitions/s/in: `in` is `cookie`",
        ),
        (
            define(json!({ "type": "oauth2", "flow": "device" })),
            "/securityDefinitions/s/flow: `flow` is `device`",
        ),
        (
            define(json!({ "type": "oauth2", "flow": "implicit" })),
            "/securityDefinitions/s: lacks `authorizationUrl`",
        ),
        (
            define(json!({ "type": "basic", "scopes": {} })),
            "/securityDefinitions/s/scopes: unknown keyword `scopes`",
        ),
        (
            json!({ "security": [{ "nobody": [] }] }),
            "/security/0/nobody: `nobody` is none of the securityDefinitions",
        ),
    ] {
        let refusal = refused(document(members));
        assert!(
            refusal.starts_with(&format!("test.json#{message}")),
            "{refusal}"
        );
    }
}

#[test]
fn carries_paths_with_a_query_over_apart() {
    let get =
        json!({ "get": { "responses": { "200": { "schema": { "$ref": "#/definitions/A" } } } } });
    let out = converted(document(json!({
        "paths": { "/a": get, "/a?comp=old": get, "x-note": 1 },
        "x-ms-paths": { "/a?comp=new": get },
        "definitions": { "A": {} },
    })));
    assert_eq!(keys(&out["paths"]), ["/a", "x-note"]);
    assert_eq!(keys(&out["x-ms-paths"]), ["/a?comp=old", "/a?comp=new"]);
    let schema = &out["x-ms-paths"]["/a?comp=new"]["get"]["responses"]["200"]["content"]["application/json"]
        ["schema"];
    assert_eq!(schema, &json!({ "$ref": "#/components/schemas/A" }));
    let refusal = refused(document(
        json!({ "paths": { "/a?b": get }, "x-ms-paths": { "/a?b": get }, "definitions": { "A": {} } }),
    ));
    assert!(
        refusal.contains("#/x-ms-paths/~1a?b: stands in `paths` and in `x-ms-paths`"),
        "{refusal}"
    );
}

#[test]
fn keeps_what_describes_the_document() {
    let out = converted(document(json!({
        "info": { "title": "T", "version": "1", "description": "d", "termsOfService": "t", "contact": { "name": "n", "url": "u", "email": "e" },
            "license": { "name": "n", "url": "u" }, "x-ms-code-generation-settings": { "name": "C" } },
        "tags": [{ "name": "a", "description": "d", "externalDocs": { "url": "u" }, "x-t": 1 }],
        "externalDocs": { "url": "u", "description": "d" },
        "x-ms-secondary-file": true,
    })));
    assert_eq!(
        keys(&out),
        [
            "openapi",
            "info",
            "tags",
            "externalDocs",
            "paths",
            "x-ms-secondary-file"
        ]
    );
    assert_eq!(out["openapi"], "3.0.3");
    assert_eq!(
        keys(&out["info"]),
        [
            "title",
            "version",
            "description",
            "termsOfService",
            "contact",
            "license",
            "x-ms-code-generation-settings"
        ]
    );
    assert_eq!(out["tags"][0]["x-t"], 1);
}

#[test]
fn refuses_documents_of_another_kind() {
    for (members, message) in [
        (
            json!({ "openapi": "3.0.3" }),
            "/openapi: unknown keyword `openapi`",
        ),
        (
            json!({ "swagger": "1.2" }),
            "/swagger: the version is `1.2`, only 2.0 is understood",
        ),
        (
            json!({ "swagger": 2.0 }),
            "/swagger: `swagger` is a number, it must be a string",
        ),
        (
            json!({ "info": { "title": "T" } }),
            "/info: lacks `version`",
        ),
        (
            json!({ "paths": [] }),
            "/paths: is an array, a map of paths is an object",
        ),
        (
            json!({ "paths": { "p": {} } }),
            "/paths/p: does not begin with a slash",
        ),
        (
            json!({ "definitions": [] }),
            "/definitions: `definitions` is an array, it must be an object",
        ),
        (
            json!({ "components": {} }),
            "/components: unknown keyword `components` in the document, it belongs to OpenAPI 3.0",
        ),
    ] {
        let refusal = refused(document(members));
        assert!(
            refusal.starts_with(&format!("test.json#{message}")),
            "{refusal}"
        );
    }
    let refusal = refused(json!({ "swagger": "2.0", "info": { "title": "T", "version": "1" } }));
    assert!(
        refusal.starts_with("test.json#: lacks `paths`"),
        "{refusal}"
    );
}
