//! Schemas, and everything else that describes a value with schema keywords (items, headers, parameters).
//! Does not know where a schema is used.
//!
//! Differences between the two languages that need care:
//! - Keywords beside `$ref` are honoured by Azure but not by OpenAPI 3.0: the reference moves into `allOf`.
//! - `x-nullable` becomes `nullable`; `null` among the values of an `enum` means nullable, and the reverse.
//! - `type: file`, and Azure's `type: object` with `format: file`, is a binary string.
//! - An array without `items` gets `items: {}`, which says the same; an empty `required` is left out, ditto.
//! - `collectionFormat` has no effect in a schema and is kept as `x-collectionFormat`.

use serde_json::{Map, Value, json};

use super::context::{Context, Section};
use super::node::{Node, Type, kind};
use crate::regen::bundle::Pointer;

/// Keywords that both languages share, as they are.
const PLAIN: &[(&str, Type)] = &[
    ("title", Type::String),
    ("description", Type::String),
    ("format", Type::String),
    ("default", Type::Any),
    ("multipleOf", Type::Number),
    ("maximum", Type::Number),
    ("exclusiveMaximum", Type::Boolean),
    ("minimum", Type::Number),
    ("exclusiveMinimum", Type::Boolean),
    ("maxLength", Type::Count),
    ("minLength", Type::Count),
    ("pattern", Type::String),
    ("maxItems", Type::Count),
    ("minItems", Type::Count),
    ("uniqueItems", Type::Boolean),
    ("maxProperties", Type::Count),
    ("minProperties", Type::Count),
    ("readOnly", Type::Boolean),
    ("example", Type::Any),
];

/// The keywords of [`PLAIN`] that describe a value, which parameters and headers have too.
const VALUE: &[(&str, Type)] = &[
    ("format", Type::String),
    ("default", Type::Any),
    ("multipleOf", Type::Number),
    ("maximum", Type::Number),
    ("exclusiveMaximum", Type::Boolean),
    ("minimum", Type::Number),
    ("exclusiveMinimum", Type::Boolean),
    ("maxLength", Type::Count),
    ("minLength", Type::Count),
    ("pattern", Type::String),
    ("maxItems", Type::Count),
    ("minItems", Type::Count),
    ("uniqueItems", Type::Boolean),
];

/// Converts a schema.
pub(super) fn schema(context: &Context, at: &Pointer, value: &Value) -> anyhow::Result<Value> {
    let mut node = Node::open(context, at, "a schema", value)?;
    if node.has("$ref") {
        return referring(node);
    }
    let mut out = Map::new();
    type_and_format(&mut node, &mut out)?;
    body(&mut node, &mut out)?;
    if out.get("type").and_then(Value::as_str) == Some("array") && !out.contains_key("items") {
        out.insert("items".to_owned(), json!({}));
    }
    Ok(Value::Object(out))
}

/// The schema of a parameter, header or item: takes the keywords that describe the value out of `node`.
pub(super) fn of_value(node: &mut Node<'_>) -> anyhow::Result<Map<String, Value>> {
    let mut out = Map::new();
    type_and_format(node, &mut out)?;
    node.copy(VALUE, &mut out)?;
    items(node, &mut out)?;
    values(node, &mut out)?;
    for key in ["x-ms-enum", "x-ms-arm-id-details"] {
        if let Some(value) = node.take(key) {
            out.insert(key.to_owned(), value.clone());
        }
    }
    if !out.contains_key("type") {
        return Err(node.error("lacks `type`, a value outside a body needs one"));
    }
    if out.get("type").and_then(Value::as_str) == Some("array") && !out.contains_key("items") {
        return Err(node.error("is an array without `items`, say what it holds"));
    }
    Ok(out)
}

/// Whether a converted schema stands for raw bytes.
pub(super) fn is_binary(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_str) == Some("string")
        && schema.get("format").and_then(Value::as_str) == Some("binary")
}

fn referring(mut node: Node<'_>) -> anyhow::Result<Value> {
    let text = node.required_string("$ref")?;
    let Some(name) = node.context.target(Section::Definitions, text) else {
        return Err(node.error_at(
            "$ref",
            format!("`{text}` is none of the definitions, correct it"),
        ));
    };
    let reference = json!({ "$ref": node.context.component(Section::Definitions, &name) });
    let mut out = Map::new();
    out.insert("allOf".to_owned(), json!([reference]));
    type_and_format(&mut node, &mut out)?;
    body(&mut node, &mut out)?;
    Ok(
        if out.len() == 1 && out["allOf"].as_array().is_some_and(|all| all.len() == 1) {
            reference
        } else {
            Value::Object(out)
        },
    )
}

fn body(node: &mut Node<'_>, out: &mut Map<String, Value>) -> anyhow::Result<()> {
    node.copy(PLAIN, out)?;
    items(node, out)?;
    required(node, out)?;
    properties(node, out)?;
    all_of(node, out)?;
    values(node, out)?;
    if node.context.discriminators.declared(node)? {
        let mapping = node.context.discriminators.mapping(&node.at);
        let name = node.take("discriminator").cloned().unwrap_or_default();
        let mut discriminator = json!({ "propertyName": name });
        if let Some(mapping) = mapping {
            discriminator["mapping"] = mapping;
        }
        out.insert("discriminator".to_owned(), discriminator);
    }
    if let Some(value) = node.take("xml") {
        out.insert(
            "xml".to_owned(),
            xml(node.context, &node.at.key("xml"), value)?,
        );
    }
    if let Some(value) = node.take("externalDocs") {
        out.insert(
            "externalDocs".to_owned(),
            super::info::external_docs(node.context, &node.at.key("externalDocs"), value)?,
        );
    }
    if let Some(value) = node.string("collectionFormat")? {
        out.insert("x-collectionFormat".to_owned(), value.into());
    }
    node.extensions(out)?;
    node.finish()
}

fn type_and_format(node: &mut Node<'_>, out: &mut Map<String, Value>) -> anyhow::Result<()> {
    let Some(value) = node.take("type") else {
        return Ok(());
    };
    let format = node.peek("format").and_then(Value::as_str);
    match value.as_str() {
        Some("file") => binary(node, out),
        Some("object") if format == Some("file") => binary(node, out),
        Some("string" | "number" | "integer" | "boolean" | "array" | "object") => {
            out.insert("type".to_owned(), value.clone());
        }
        Some(other) => {
            return Err(node.error_at(
                "type",
                format!(
                    "`type` is `{other}`, which Swagger 2.0 does not have; use one of its types"
                ),
            ));
        }
        None => {
            let advice = if value.is_array() {
                "give one type, and `x-nullable` if null is meant"
            } else {
                "give one type"
            };
            return Err(node.error_at("type", format!("`type` is {}, {advice}", kind(value))));
        }
    }
    Ok(())
}

fn binary(node: &mut Node<'_>, out: &mut Map<String, Value>) {
    node.take("format");
    out.insert("type".to_owned(), "string".into());
    out.insert("format".to_owned(), "binary".into());
}

fn items(node: &mut Node<'_>, out: &mut Map<String, Value>) -> anyhow::Result<()> {
    let Some(value) = node.take("items") else {
        return Ok(());
    };
    if value.is_array() {
        return Err(node.error_at(
            "items",
            "`items` is an array, OpenAPI 3.0 has no tuples; give one schema for all items",
        ));
    }
    out.insert(
        "items".to_owned(),
        schema(node.context, &node.at.key("items"), value)?,
    );
    Ok(())
}

fn required(node: &mut Node<'_>, out: &mut Map<String, Value>) -> anyhow::Result<()> {
    if node.peek("required").is_some_and(Value::is_boolean) {
        return Err(node.error_at(
            "required",
            "`required` is a boolean, in a schema it lists properties; name the property in the `required` of the schema around it",
        ));
    }
    if let Some(names) = node.strings("required")?.filter(|names| !names.is_empty()) {
        out.insert("required".to_owned(), json!(names));
    }
    Ok(())
}

fn properties(node: &mut Node<'_>, out: &mut Map<String, Value>) -> anyhow::Result<()> {
    let at = node.at.key("properties");
    if let Some(map) = node.object("properties")? {
        let mut converted = Map::new();
        for (name, value) in map {
            converted.insert(name.clone(), schema(node.context, &at.key(name), value)?);
        }
        out.insert("properties".to_owned(), Value::Object(converted));
    }
    if let Some(value) = node.take("additionalProperties") {
        let value = match value {
            Value::Bool(_) => value.clone(),
            _ => schema(node.context, &node.at.key("additionalProperties"), value)?,
        };
        out.insert("additionalProperties".to_owned(), value);
    }
    Ok(())
}

fn all_of(node: &mut Node<'_>, out: &mut Map<String, Value>) -> anyhow::Result<()> {
    let at = node.at.key("allOf");
    let Some(items) = node.array("allOf")? else {
        return Ok(());
    };
    if items.is_empty() {
        return Err(node.error_at("allOf", "`allOf` is empty, remove it"));
    }
    let mut all = out
        .remove("allOf")
        .and_then(|own| own.as_array().cloned())
        .unwrap_or_default();
    for (index, item) in items.iter().enumerate() {
        all.push(schema(node.context, &at.index(index), item)?);
    }
    out.insert("allOf".to_owned(), Value::Array(all));
    Ok(())
}

/// `enum` and `x-nullable`, which depend on each other.
fn values(node: &mut Node<'_>, out: &mut Map<String, Value>) -> anyhow::Result<()> {
    let mut nullable = node.boolean("x-nullable")?;
    if let Some(values) = node.array("enum")? {
        if values.is_empty() {
            return Err(node.error_at(
                "enum",
                "`enum` is empty, no value fits it; list the values or remove it",
            ));
        }
        let mut values = values.clone();
        let holds_null = values.contains(&Value::Null);
        match nullable {
            None if holds_null => nullable = Some(true),
            Some(false) if holds_null => {
                return Err(node.error_at(
                    "enum",
                    "`enum` holds null beside `x-nullable: false`, drop one of the two",
                ));
            }
            Some(true) if !holds_null => values.push(Value::Null),
            _ => {}
        }
        out.insert("enum".to_owned(), Value::Array(values));
    }
    if let Some(nullable) = nullable {
        out.insert("nullable".to_owned(), nullable.into());
    }
    Ok(())
}

fn xml(context: &Context, at: &Pointer, value: &Value) -> anyhow::Result<Value> {
    let mut node = Node::open(context, at, "an `xml` object", value)?;
    let mut out = Map::new();
    let rules = [
        ("name", Type::String),
        ("namespace", Type::String),
        ("prefix", Type::String),
        ("attribute", Type::Boolean),
        ("wrapped", Type::Boolean),
    ];
    node.copy(&rules, &mut out)?;
    node.extensions(&mut out)?;
    node.finish()?;
    Ok(Value::Object(out))
}
