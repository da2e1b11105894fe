//! Responses and their headers.
//!
//! - Without `produces` an answer is `application/json`, or `application/octet-stream` if it is raw bytes (see body).
//! - A missing `description` becomes an empty one, since OpenAPI 3.0 demands the keyword.
//! - `examples` of a media type that is not produced are kept as `x-examples`.
//! - A reference to a shared response stays one if the operation produces what the document does; else the response
//!   is written out, because its media types differ.

use serde_json::{Map, Value, json};

use super::body;
use super::context::{Context, Section};
use super::node::Node;
use super::{extension, parameter, schema};
use crate::regen::bundle::Pointer;

/// Converts the responses of an operation.
pub(super) fn responses(
    context: &Context,
    at: &Pointer,
    value: &Value,
    types: &[String],
) -> anyhow::Result<Value> {
    let node = Node::open(context, at, "`responses`", value)?;
    let mut out = Map::new();
    for key in node.keys() {
        let place = at.key(key);
        let Some(value) = node.peek(key) else {
            continue;
        };
        if key.starts_with("x-") {
            extension::carry(&node, key, value, &mut out)?;
            continue;
        }
        let code = key
            .parse::<u16>()
            .is_ok_and(|code| (100..600).contains(&code))
            && key.len() == 3;
        if !code && key != "default" {
            return Err(context.error(
                &place,
                format!("`{key}` is no status code, write three digits or `default`"),
            ));
        }
        out.insert(key.to_owned(), response(context, &place, value, types)?);
    }
    if out.is_empty() {
        return Err(context.error(at, "is empty, an operation has at least one response"));
    }
    Ok(Value::Object(out))
}

/// Converts the shared responses, for operations that produce the media types of the document.
pub(super) fn shared(context: &Context) -> anyhow::Result<Map<String, Value>> {
    let mut out = Map::new();
    for (name, value) in context.section(Section::Responses).into_iter().flatten() {
        let at = context.pointer(Section::Responses, name);
        let converted = response(context, &at, value, &context.produces)?;
        out.insert(
            context.component_name(Section::Responses, name).to_owned(),
            converted,
        );
    }
    Ok(out)
}

fn response(
    context: &Context,
    at: &Pointer,
    value: &Value,
    types: &[String],
) -> anyhow::Result<Value> {
    let bare = value
        .as_object()
        .filter(|map| map.len() == 1 && types == context.produces);
    let target =
        bare.and_then(|map| context.target(Section::Responses, map.get("$ref")?.as_str()?));
    if let Some(name) = target {
        return Ok(json!({ "$ref": context.component(Section::Responses, &name) }));
    }
    let (at, value) = context.followed(Section::Responses, at, value)?;
    let mut node = Node::open(context, &at, "a response", &value)?;
    let mut out = Map::new();
    out.insert(
        "description".to_owned(),
        node.string("description")?.unwrap_or_default().into(),
    );
    if let Some(map) = node.object("headers")? {
        let mut headers = Map::new();
        for (name, value) in map {
            headers.insert(
                name.clone(),
                parameter::header(context, &at.key("headers").key(name), value)?,
            );
        }
        out.insert("headers".to_owned(), Value::Object(headers));
    }
    content(&mut node, types, &mut out)?;
    node.extensions(&mut out)?;
    node.finish()?;
    Ok(Value::Object(out))
}

fn content(
    node: &mut Node<'_>,
    types: &[String],
    out: &mut Map<String, Value>,
) -> anyhow::Result<()> {
    let mut content = match node.take("schema") {
        None => Value::Object(Map::new()),
        Some(schema) => {
            let schema = schema::schema(node.context, &node.at.key("schema"), schema)?;
            body::content(&schema, types)
        }
    };
    let mut others = Map::new();
    for (media, example) in node.object("examples")?.into_iter().flatten() {
        match content.get_mut(media) {
            Some(entry) => entry["example"] = example.clone(),
            None => {
                others.insert(media.clone(), example.clone());
            }
        }
    }
    if content
        .as_object()
        .is_some_and(|content| !content.is_empty())
    {
        out.insert("content".to_owned(), content);
    }
    if !others.is_empty() {
        out.insert("x-examples".to_owned(), Value::Object(others));
    }
    Ok(())
}
