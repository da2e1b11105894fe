//! What happens to `x-*` keywords: they are carried over as they are, except where the table here says otherwise.
//! Also gives advice on keywords that Swagger 2.0 does not have.
//!
//! Converted where they stand (by the module in brackets): `x-nullable` (schema, to `nullable`), `x-ms-enum` and
//! `x-ms-arm-id-details` (parameter: they describe the value, hence move into its schema),
//! `x-ms-discriminator-value` (discriminator: feeds the mapping, and is carried over), `x-ms-paths` (path),
//! `x-ms-parameterized-host` (host), `x-ms-odata` and `final-state-schema` (references, here).
//! Left out, by name: `x-ms-examples`, which refers to files of example calls and describes no wire fact.
//! Refused: `x-ms-parameterized-host` and `x-ms-paths` anywhere but at the top.
//! Everything else, known to Azure (`x-ms-client-name`, `x-ms-pageable`, `x-ms-mutability` and so on) or not, is
//! carried over.

use serde_json::{Map, Value};

use super::context::Context;
use super::node::Node;

/// Puts the extension `key` into `out` as OpenAPI 3.0 wants it.
pub(super) fn carry(
    node: &Node<'_>,
    key: &str,
    value: &Value,
    out: &mut Map<String, Value>,
) -> anyhow::Result<()> {
    match key {
        "x-ms-examples" => {}
        "x-ms-parameterized-host" | "x-ms-paths" => {
            return Err(node.error_at(
                key,
                format!("`{key}` stands below the top of the document, move it there"),
            ));
        }
        "x-ms-odata" => {
            out.insert(key.to_owned(), bare_reference(node.context, value));
        }
        _ => {
            out.insert(key.to_owned(), rewrite(node.context, value));
        }
    }
    Ok(())
}

/// Rewrites the references anywhere in the value of an extension.
fn rewrite(context: &Context, value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let members = map.iter().map(|(key, value)| {
                let value = match key.as_str() {
                    "$ref" | "final-state-schema" => bare_reference(context, value),
                    "example" | "examples" => value.clone(),
                    _ => rewrite(context, value),
                };
                (key.clone(), value)
            });
            Value::Object(members.collect())
        }
        Value::Array(items) => items.iter().map(|item| rewrite(context, item)).collect(),
        other => other.clone(),
    }
}

fn bare_reference(context: &Context, value: &Value) -> Value {
    let target = value.as_str().and_then(|text| context.rewritten(text));
    target.map_or_else(|| value.clone(), Value::String)
}

/// What to do about a keyword that does not belong into the document.
pub(super) fn advice(key: &str) -> String {
    let better = match key {
        "nullable" => "write `x-nullable`",
        "oneOf" | "anyOf" | "not" | "if" | "then" | "else" | "const" | "patternProperties"
        | "propertyNames" | "contains" | "prefixItems" | "dependencies" | "definitions"
        | "$defs" | "$schema" | "$id" | "id" => {
            "Swagger 2.0 schemas do not have it; rewrite the schema without it"
        }
        "writeOnly" | "deprecated" | "requestBody" | "content" | "components" | "servers"
        | "style" | "explode" | "openapi" | "callbacks" | "links" | "trace" | "securitySchemes"
        | "allowReserved" | "cookie" => {
            "it belongs to OpenAPI 3.0; write this document as Swagger 2.0 throughout"
        }
        "examples" => "write `example`, or `x-ms-examples` on the operation",
        "schema" => "write its members here; only a body parameter has a `schema`",
        _ => "correct its spelling, or write it as an `x-` extension",
    };
    better.to_owned()
}
