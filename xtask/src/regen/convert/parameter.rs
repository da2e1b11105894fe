//! Path, query and header parameters, and the headers of responses. Bodies and forms are elsewhere.
//!
//! - `collectionFormat` becomes `style` and `explode`. What has no counterpart is refused: `tsv` anywhere, anything
//!   but `csv` in a path or header, arrays of arrays. Beside anything but an array it has no effect and is kept as
//!   `x-collectionFormat`.
//! - A path parameter is always required: one that does not say so is made so, one that denies it is refused.
//! - `allowEmptyValue` exists for queries only; elsewhere it is kept as `x-allowEmptyValue`.
//! - A `$ref` with siblings is written out, the siblings winning.
//! - A header parameter named `Accept`, `Content-Type` or `Authorization` is kept, although OpenAPI 3.0 tells its
//!   readers to ignore it.
//! - `x-ms-skip-url-encoding: true` in a query means `allowReserved`, and is carried over, too.

use serde_json::{Map, Value, json};

use super::context::{Context, Section};
use super::node::{Node, Type};
use super::schema;
use crate::regen::bundle::Pointer;

/// Converts a parameter that is neither body nor form field; a reference to a shared one stays a reference.
pub(super) fn parameter(context: &Context, at: &Pointer, value: &Value) -> anyhow::Result<Value> {
    if let Some(name) = shared(context, value) {
        return Ok(json!({ "$ref": context.component(Section::Parameters, &name) }));
    }
    let (at, value) = context.followed(Section::Parameters, at, value)?;
    plain(context, &at, &value)
}

/// The shared parameter that `value` refers to, if it says nothing else.
pub(super) fn shared(context: &Context, value: &Value) -> Option<String> {
    let map = value.as_object().filter(|map| map.len() == 1)?;
    context.target(Section::Parameters, map.get("$ref")?.as_str()?)
}

/// Converts a parameter that is written out.
pub(super) fn plain(context: &Context, at: &Pointer, value: &Value) -> anyhow::Result<Value> {
    let mut node = Node::open(context, at, "a parameter", value)?;
    let mut out = Map::new();
    out.insert("name".to_owned(), node.required_string("name")?.into());
    let place = node.required_string("in")?;
    if !matches!(place, "path" | "query" | "header") {
        return Err(node.error_at(
            "in",
            format!("`in` is `{place}`, use path, query, header, body or formData"),
        ));
    }
    out.insert("in".to_owned(), place.into());
    node.copy(&[("description", Type::String)], &mut out)?;
    required(&mut node, place, &mut out)?;
    if let Some(empty) = node.boolean("allowEmptyValue")? {
        let key = if place == "query" {
            "allowEmptyValue"
        } else {
            "x-allowEmptyValue"
        };
        out.insert(key.to_owned(), empty.into());
    }
    let schema = schema::of_value(&mut node)?;
    let query = place == "query";
    collection(&mut node, &schema, query, &mut out)?;
    out.insert("schema".to_owned(), Value::Object(schema));
    node.copy(&[("example", Type::Any)], &mut out)?;
    if query && node.peek("x-ms-skip-url-encoding") == Some(&Value::Bool(true)) {
        out.insert("allowReserved".to_owned(), true.into());
    }
    node.extensions(&mut out)?;
    node.finish()?;
    Ok(Value::Object(out))
}

/// Converts a header of a response.
pub(super) fn header(context: &Context, at: &Pointer, value: &Value) -> anyhow::Result<Value> {
    let mut node = Node::open(context, at, "a header", value)?;
    let mut out = Map::new();
    node.copy(&[("description", Type::String)], &mut out)?;
    let schema = schema::of_value(&mut node)?;
    collection(&mut node, &schema, false, &mut out)?;
    out.insert("schema".to_owned(), Value::Object(schema));
    node.copy(&[("example", Type::Any)], &mut out)?;
    node.extensions(&mut out)?;
    node.finish()?;
    Ok(Value::Object(out))
}

/// How an array in a query or a form is written: the value of `collectionFormat` as `style` and `explode`.
pub(super) fn style(node: &Node<'_>, format: &str) -> anyhow::Result<(&'static str, bool)> {
    match format {
        "csv" => Ok(("form", false)),
        "multi" => Ok(("form", true)),
        "ssv" => Ok(("spaceDelimited", false)),
        "pipes" => Ok(("pipeDelimited", false)),
        "tsv" => Err(node.error_at(
            "collectionFormat",
            "`tsv` has no counterpart in OpenAPI 3.0, use another format",
        )),
        other => Err(node.error_at(
            "collectionFormat",
            format!("`{other}` is no collection format, use csv, ssv, pipes or multi"),
        )),
    }
}

/// Refuses arrays of arrays, whose inner form OpenAPI 3.0 cannot state.
pub(super) fn flat(node: &Node<'_>, schema: &Map<String, Value>) -> anyhow::Result<bool> {
    let is = |value: Option<&Value>, name: &str| value.and_then(Value::as_str) == Some(name);
    if !is(schema.get("type"), "array") {
        return Ok(false);
    }
    if schema
        .get("items")
        .is_some_and(|items| is(items.get("type"), "array"))
    {
        return Err(node.error_at("items", "is an array in an array, whose `collectionFormat` OpenAPI 3.0 cannot state; flatten it"));
    }
    Ok(true)
}

fn required(node: &mut Node<'_>, place: &str, out: &mut Map<String, Value>) -> anyhow::Result<()> {
    let required = match (place, node.boolean("required")?) {
        ("path", Some(false)) => {
            return Err(node.error_at(
                "required",
                "a path parameter cannot be optional, write `required: true`",
            ));
        }
        ("path", _) => Some(true),
        (_, required) => required,
    };
    if let Some(required) = required {
        out.insert("required".to_owned(), required.into());
    }
    Ok(())
}

fn collection(
    node: &mut Node<'_>,
    schema: &Map<String, Value>,
    query: bool,
    out: &mut Map<String, Value>,
) -> anyhow::Result<()> {
    let format = node.string("collectionFormat")?;
    if !flat(node, schema)? {
        if let Some(format) = format {
            out.insert("x-collectionFormat".to_owned(), format.into());
        }
        return Ok(());
    }
    let (style, explode) = style(node, format.unwrap_or("csv"))?;
    if query {
        out.insert("style".to_owned(), style.into());
        out.insert("explode".to_owned(), explode.into());
    } else if (style, explode) == ("form", false) {
        out.insert("style".to_owned(), "simple".into());
        out.insert("explode".to_owned(), false.into());
    } else {
        let format = format.unwrap_or_default();
        return Err(node.error_at(
            "collectionFormat",
            format!(
                "`{format}` outside of queries and forms has no counterpart in OpenAPI 3.0, use csv"
            ),
        ));
    }
    Ok(())
}
