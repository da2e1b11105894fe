//! Tests of the differ. The inline documents here hold one operation; the real ones are in the modules below.

mod calls;
mod properties;
mod types;
mod upstream;

use serde_json::{Value, json};

use super::report::Report;

/// A document of these paths and named types.
fn document(paths: Value, schemas: Value) -> Value {
    json!({"openapi": "3.0.3", "info": {"title": "t", "version": "v"}, "paths": paths,
           "components": {"schemas": schemas}})
}

/// A document with `POST /things`, which takes and returns the schema.
fn echo(schema: &Value, schemas: &Value) -> Value {
    let content = json!({"application/json": {"schema": schema}});
    let operation = json!({"operationId": "Things_Post", "requestBody": {"required": true, "content": content},
                           "responses": {"200": {"description": "", "content": content}}});
    document(json!({"/things": {"post": operation}}), schemas.clone())
}

/// A document with `GET /things` as given.
fn get(operation: Value) -> Value {
    document(json!({"/things": {"get": operation}}), json!({}))
}

/// Every change as `side kind path mark`.
fn short(report: &Report) -> Vec<String> {
    let line = |change: &super::report::Change| {
        let mark = if change.breaking { "breaking" } else { "ok" };
        format!(
            "{} {} {} {mark}",
            change.side.name(),
            change.kind.name(),
            change.path()
        )
    };
    let mut lines: Vec<_> = report.changes().iter().map(line).collect();
    lines.sort();
    lines
}

/// Compares and expects exactly these changes.
#[track_caller]
fn expect(old: &Value, new: &Value, expected: &[&str]) {
    let report = super::documents(old, new);
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(short(&report), expected, "\n{report}");
}
