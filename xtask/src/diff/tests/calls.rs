//! Operations, parameters, bodies, answers and what holds for the whole service.

use serde_json::{Value, json};

use super::{document, expect, get};

fn answer() -> Value {
    json!({"204": {"description": ""}})
}

fn parameters(list: Value) -> Value {
    get(json!({"parameters": list, "responses": answer()}))
}

fn query(name: &str, required: bool, kind: &str) -> Value {
    json!({"name": name, "in": "query", "required": required, "schema": {"type": kind}})
}

fn operation(id: &str) -> Value {
    json!({"operationId": id, "responses": answer()})
}

fn paths(paths: Value) -> Value {
    document(paths, json!({}))
}

fn at(path: &str, id: &str) -> Value {
    paths(json!({path: {"get": operation(id)}}))
}

fn responses(list: Value) -> Value {
    get(json!({"responses": list}))
}

fn text(media: &str) -> Value {
    json!({"description": "", "content": {media: {"schema": {"type": "string"}}}})
}

#[test]
fn operations_come_and_go() {
    let both = paths(json!({"/a": {"get": operation("A_Get"), "put": operation("A_Put")}}));
    expect(
        &at("/a", "A_Get"),
        &both,
        &["both operation-added PUT /a ok"],
    );
    expect(
        &both,
        &at("/a", "A_Get"),
        &["both operation-removed PUT /a breaking"],
    );
}

#[test]
fn another_operation_id_is_a_rename_that_breaks_nobody() {
    expect(
        &at("/a", "A_Get"),
        &at("/a", "Ops_GetA"),
        &["both operation-renamed GET /a ok"],
    );
}

#[test]
fn the_same_operation_id_elsewhere_is_a_move() {
    expect(
        &at("/a", "A_Get"),
        &at("/b", "A_Get"),
        &["both operation-moved  breaking"],
    );
}

#[test]
fn names_of_placeholders_are_not_on_the_wire() {
    let with = |name: &str| {
        let parameter =
            json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}});
        paths(json!({format!("/a/{{{name}}}/b"): {
            "parameters": [parameter], "get": operation("A_Get"), "delete": operation("A_Delete")}}))
    };
    expect(
        &with("id"),
        &with("objectId"),
        &["request path-parameter-renamed id ok"],
    );
}

#[test]
fn swapped_placeholders_are_compared_by_position() {
    let with = |first: &str, second: &str| {
        let parameter = |name: &str, kind: &str| json!({"name": name, "in": "path", "required": true, "schema": {"type": kind}});
        paths(json!({format!("/{{{first}}}/{{{second}}}"): {"get": {
            "parameters": [parameter(first, "string"), parameter(second, "integer")], "responses": answer()}}}))
    };
    expect(
        &with("a", "b"),
        &with("b", "a"),
        &[
            "request path-parameter-renamed a ok",
            "request path-parameter-renamed b ok",
        ],
    );
}

#[test]
fn deprecation_is_noted() {
    let mut new = at("/a", "A_Get");
    new["paths"]["/a"]["get"]["deprecated"] = json!(true);
    expect(
        &at("/a", "A_Get"),
        &new,
        &["both operation-deprecated GET /a ok"],
    );
}

#[test]
fn parameters_come_and_go() {
    let none = parameters(json!([]));
    let optional = parameters(json!([query("top", false, "integer")]));
    let required = parameters(json!([query("top", true, "integer")]));
    expect(&none, &optional, &["request parameter-added top ok"]);
    expect(&none, &required, &["request parameter-added top breaking"]);
    expect(
        &optional,
        &none,
        &["request parameter-removed top breaking"],
    );
    expect(
        &optional,
        &required,
        &["request parameter-required top breaking"],
    );
    expect(&required, &optional, &["request parameter-optional top ok"]);
}

#[test]
fn a_parameter_may_be_renamed_or_moved() {
    let top = parameters(json!([query("top", false, "integer")]));
    let limit = parameters(json!([query("limit", false, "integer")]));
    expect(&top, &limit, &["request parameter-renamed? top breaking"]);
    let header =
        parameters(json!([{"name": "Top", "in": "header", "schema": {"type": "integer"}}]));
    expect(&top, &header, &["request parameter-moved Top breaking"]);
}

#[test]
fn the_rules_of_a_parameter_are_those_of_requests() {
    let with =
        |schema: Value| parameters(json!([{"name": "top", "in": "query", "schema": schema}]));
    let (wide, narrow) = (
        with(json!({"type": "integer"})),
        with(json!({"type": "integer", "maximum": 5})),
    );
    expect(&wide, &narrow, &["request maximum-changed top breaking"]);
    expect(&narrow, &wide, &["request maximum-changed top ok"]);
    expect(
        &wide,
        &with(json!({"type": "string"})),
        &["request type-changed top breaking"],
    );
    let list =
        |values: Value| with(json!({"type": "array", "items": {"type": "string", "enum": values}}));
    expect(
        &list(json!(["a", "b"])),
        &list(json!(["a"])),
        &["request enum-value-removed top[] breaking"],
    );
}

#[test]
fn header_names_have_no_case() {
    let with = |name: &str| {
        parameters(json!([{"name": name, "in": "header", "schema": {"type": "string"}}]))
    };
    expect(&with("X-Thing"), &with("x-thing"), &[]);
}

#[test]
fn another_way_to_write_a_list_breaks() {
    let with = |explode: bool| {
        parameters(json!([{"name": "ids", "in": "query", "explode": explode,
                           "schema": {"type": "array", "items": {"type": "string"}}}]))
    };
    expect(
        &with(true),
        &with(false),
        &["request parameter-encoding-changed ids breaking"],
    );
    let scalar = |explode: bool| {
        parameters(
            json!([{"name": "id", "in": "query", "explode": explode, "schema": {"type": "string"}}]),
        )
    };
    expect(&scalar(true), &scalar(false), &[]);
}

#[test]
fn the_api_version_counts_only_when_it_disappears() {
    let version = |schema: Value| json!([{"name": "api-version", "in": "query", "required": true, "schema": schema, "x-ms-parameter-location": "client"}]);
    let old = parameters(version(json!({"type": "string"})));
    let new = parameters(version(
        json!({"type": "string", "minLength": 1, "enum": ["2026-09-23"]}),
    ));
    expect(&old, &new, &[]);
    expect(
        &old,
        &parameters(json!([])),
        &["request parameter-removed api-version breaking"],
    );
}

#[test]
fn parameters_of_the_path_and_shared_ones_are_the_same() {
    let inline = parameters(json!([query("top", false, "integer")]));
    let mut shared = get(json!({"responses": answer()}));
    shared["paths"]["/things"]["parameters"] = json!([{"$ref": "#/components/parameters/Top"}]);
    shared["components"]["parameters"] = json!({"Top": query("top", false, "integer")});
    expect(&inline, &shared, &[]);
}

#[test]
fn bodies_come_and_go() {
    let with = |body: Value| {
        let mut operation = json!({"responses": answer()});
        if !body.is_null() {
            operation["requestBody"] = body;
        }
        get(operation)
    };
    let body = |required: bool| {
        with(
            json!({"required": required, "content": {"application/json": {"schema": {"type": "object"}}}}),
        )
    };
    let none = with(Value::Null);
    expect(
        &none,
        &body(true),
        &["request request-body-added  breaking"],
    );
    expect(&none, &body(false), &["request request-body-added  ok"]);
    expect(
        &body(false),
        &none,
        &["request request-body-removed  breaking"],
    );
    expect(
        &body(false),
        &body(true),
        &["request request-body-required  breaking"],
    );
    expect(
        &body(true),
        &body(false),
        &["request request-body-optional  ok"],
    );
}

#[test]
fn media_types_come_and_go() {
    let json_only = responses(json!({"200": text("application/json; charset=utf-8")}));
    let xml_only = responses(json!({"200": text("application/xml")}));
    expect(
        &json_only,
        &responses(json!({"200": text("Application/JSON")})),
        &[],
    );
    expect(
        &json_only,
        &xml_only,
        &[
            "response media-type-added  ok",
            "response media-type-removed  breaking",
        ],
    );
}

#[test]
fn a_body_is_compared_although_its_only_media_type_changed() {
    let with = |media: &str, kind: &str| {
        responses(
            json!({"200": {"description": "", "content": {media: {"schema": {"type": kind}}}}}),
        )
    };
    expect(
        &with("application/json", "string"),
        &with("application/xml", "integer"),
        &[
            "response media-type-added  ok",
            "response media-type-removed  breaking",
            "response type-changed  breaking",
        ],
    );
}

#[test]
fn answers_come_and_go() {
    let ok = json!({"200": text("application/json")});
    let mut created = ok.clone();
    created["201"] = text("application/json");
    let mut failing = ok.clone();
    failing["404"] = text("application/json");
    let (ok, created, failing) = (responses(ok), responses(created), responses(failing));
    expect(&ok, &created, &["response response-added  breaking"]);
    expect(&created, &ok, &["response response-removed  breaking"]);
    expect(&ok, &failing, &["response response-added  ok"]);
    expect(&failing, &ok, &["response response-removed  ok"]);
}

#[test]
fn the_body_of_a_replaced_success_is_compared() {
    let with = |status: &str, kind: &str| {
        responses(
            json!({status: {"description": "", "content": {"application/json": {"schema": {"type": kind}}}}}),
        )
    };
    expect(
        &with("200", "string"),
        &with("201", "integer"),
        &[
            "response response-added  breaking",
            "response response-removed  breaking",
            "response type-changed  breaking",
        ],
    );
}

#[test]
fn the_body_of_an_answer_comes_and_goes() {
    let (empty, full) = (
        responses(json!({"200": {"description": ""}})),
        responses(json!({"200": text("text/plain")})),
    );
    expect(&empty, &full, &["response response-body-added  ok"]);
    expect(&full, &empty, &["response response-body-removed  breaking"]);
}

#[test]
fn response_headers_come_and_go() {
    let with = |headers: Value| responses(json!({"200": {"description": "", "headers": headers}}));
    let (none, some) = (
        with(json!({})),
        with(json!({"Retry-After": {"schema": {"type": "integer"}}})),
    );
    expect(&none, &some, &["response header-added Retry-After ok"]);
    expect(
        &some,
        &none,
        &["response header-removed Retry-After breaking"],
    );
    let text = with(json!({"retry-after": {"schema": {"type": "string"}}}));
    expect(
        &some,
        &text,
        &["response type-changed retry-after breaking"],
    );
}

#[test]
fn paging_that_comes_or_uses_another_field_hides_items() {
    let with = |paging: Value| get(json!({"responses": answer(), "x-ms-pageable": paging}));
    let plain = get(json!({"responses": answer()}));
    let paged = with(json!({"nextLinkName": "nextLink"}));
    expect(&plain, &paged, &["response pageable-changed  breaking"]);
    expect(&paged, &plain, &["response pageable-changed  ok"]);
    expect(
        &paged,
        &with(json!({"nextLinkName": "@odata.nextLink"})),
        &["response pageable-changed  breaking"],
    );
    expect(
        &paged,
        &with(json!({"nextLinkName": "nextLink", "itemName": "value", "operationName": "X_Next"})),
        &[],
    );
}

#[test]
fn a_call_that_becomes_long_running_breaks() {
    let with = |via: Value| {
        get(
            json!({"responses": answer(), "x-ms-long-running-operation": true,
                   "x-ms-long-running-operation-options": {"final-state-via": via}}),
        )
    };
    let plain = get(json!({"responses": answer()}));
    expect(
        &plain,
        &with(json!("location")),
        &["response long-running-changed  breaking"],
    );
    expect(
        &with(json!("location")),
        &with(json!("operation-location")),
        &["response long-running-changed  breaking"],
    );
}

#[test]
fn credentials_that_are_newly_required_break() {
    let with = |security: Value| {
        let mut document = get(json!({"responses": answer()}));
        document["components"]["securitySchemes"] = json!({
            "key": {"type": "apiKey", "in": "header", "name": "Authorization"},
            "token": {"type": "http", "scheme": "bearer"},
        });
        document["security"] = security;
        document
    };
    let (none, key) = (with(json!([])), with(json!([{"key": []}])));
    let either = with(json!([{"token": []}, {"key": []}]));
    expect(&none, &key, &["request security-changed  breaking"]);
    expect(&key, &none, &["request security-changed  ok"]);
    expect(&key, &either, &["request security-changed  ok"]);
    expect(&either, &key, &["request security-changed  breaking"]);
    expect(&either, &with(json!([{"key": []}, {"token": []}])), &[]);
}

#[test]
fn the_name_of_a_credential_is_not_on_the_wire() {
    let with = |name: &str| {
        let mut document = get(json!({"responses": answer(), "security": [{name: []}]}));
        document["components"]["securitySchemes"] =
            json!({name: {"type": "http", "scheme": "bearer"}});
        document
    };
    expect(
        &with("a"),
        &with("b"),
        &[
            "both security-scheme-added b ok",
            "both security-scheme-removed a ok",
        ],
    );
}

#[test]
fn another_address_breaks_and_another_placeholder_does_not() {
    let with = |url: &str| {
        let mut document = get(json!({"responses": answer()}));
        document["servers"] = json!([{"url": url}]);
        document
    };
    expect(&with("{endpoint}"), &with("{host}/"), &[]);
    expect(
        &with("{endpoint}"),
        &with("{endpoint}/v2"),
        &["both server-changed  breaking"],
    );
}

#[test]
fn a_rule_of_the_host_parameter_is_noted() {
    let with = |format: &str| {
        let mut document = get(json!({"responses": answer()}));
        document["x-ms-parameterized-host"] = json!({"hostTemplate": "{endpoint}", "parameters": [
            {"name": "endpoint", "in": "path", "schema": {"type": "string", "format": format}}]});
        document
    };
    expect(
        &with("url"),
        &with("uri"),
        &["both server-changed endpoint format ok"],
    );
}

#[test]
fn prose_examples_and_tags_are_not_compared() {
    let old = get(json!({"responses": {"200": text("text/plain")}}));
    let mut new = old.clone();
    new["info"] = json!({"title": "other", "version": "w", "description": "other"});
    let operation = &mut new["paths"]["/things"]["get"];
    operation["tags"] = json!(["T"]);
    operation["summary"] = json!("S");
    operation["x-ms-examples"] = json!({"e": {"$ref": "./examples/e.json"}});
    operation["responses"]["200"]["description"] = json!("other");
    operation["responses"]["200"]["content"]["text/plain"]["schema"]["example"] = json!("e");
    expect(&old, &new, &[]);
}

#[test]
fn the_text_has_a_line_per_change_in_groups() {
    let old = get(json!({"operationId": "Things_List", "responses": {"200": text("text/plain")}}));
    let mut new = old.clone();
    let operation = &mut new["paths"]["/things"]["get"];
    operation["operationId"] = json!("Things_GetAll");
    operation["parameters"] = json!([query("top", true, "integer")]);
    operation["responses"]["200"]["content"]["text/plain"]["schema"]["nullable"] = json!(true);
    operation["responses"]["404"] = json!({"description": ""});
    new["info"]["version"] = json!("w");
    let expected = "\
v -> w

operations:
operation-renamed             ok       GET /things: Things_List -> Things_GetAll

parameters:
parameter-added               breaking top: integer, required [query parameter of GET /things]

response fields:
nullable-added                breaking [response 200 of GET /things]

responses:
response-added                ok       404 [response 404 of GET /things]

4 changes, 2 breaking (1 for requests, 1 for responses, 0 for both)
";
    assert_eq!(crate::diff::documents(&old, &new).to_string(), expected);
}
