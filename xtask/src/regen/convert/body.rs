//! Request bodies: `in: body`, and form fields gathered into one object schema.
//!
//! - The name of a body parameter is on no wire; it is kept as `x-ms-requestBody-name`.
//! - Without `consumes` a body is `application/json`, or `application/octet-stream` if it is raw bytes: Swagger
//!   leaves it open, and Azure's own tools read it so.
//! - Form fields are sent as those of `multipart/form-data` and `application/x-www-form-urlencoded` that
//!   `consumes` lists; other media types the operation lists cannot carry a form and are kept as `x-consumes`.
//!   If the operation lists such only, that is refused; if the document's default does, a form with a file is
//!   multipart, any other is urlencoded.
//! - Shared form parameters are written out where they are used; one that is used nowhere is refused, because
//!   OpenAPI 3.0 has no place for it.

use serde_json::{Map, Value, json};

use super::context::{Context, Section};
use super::node::{Node, Type};
use super::parameter::{flat, style};
use super::schema;
use crate::regen::bundle::Pointer;

const MULTIPART: &str = "multipart/form-data";
const URLENCODED: &str = "application/x-www-form-urlencoded";

/// The media types an operation takes, and whether it says so itself.
pub(super) struct Consumes<'a> {
    pub(super) types: &'a [String],
    pub(super) own: bool,
}

/// Converts a body parameter that is written out.
pub(super) fn body(
    context: &Context,
    at: &Pointer,
    value: &Value,
    types: &[String],
) -> anyhow::Result<Value> {
    let mut node = Node::open(context, at, "a body parameter", value)?;
    let mut out = Map::new();
    let name = node.required_string("name")?;
    node.take("in");
    node.copy(&[("description", Type::String)], &mut out)?;
    let Some(schema) = node.take("schema") else {
        return Err(node.error("lacks `schema`, a body parameter needs one"));
    };
    let schema = schema::schema(context, &at.key("schema"), schema)?;
    out.insert("content".to_owned(), content(&schema, types));
    node.copy(&[("required", Type::Boolean)], &mut out)?;
    out.insert("x-ms-requestBody-name".to_owned(), name.into());
    node.extensions(&mut out)?;
    node.finish()?;
    Ok(Value::Object(out))
}

/// `schema` under each of `types`, or under what Azure means when there are none.
pub(super) fn content(schema: &Value, types: &[String]) -> Value {
    let fallback = [if schema::is_binary(schema) {
        "application/octet-stream"
    } else {
        "application/json"
    }
    .to_owned()];
    let types = if types.is_empty() {
        &fallback[..]
    } else {
        types
    };
    let content: Map<_, _> = types
        .iter()
        .map(|media| (media.clone(), json!({ "schema": schema })))
        .collect();
    Value::Object(content)
}

/// Gathers the fields of a form; each comes with the place where it is written.
pub(super) fn form(
    context: &Context,
    at: &Pointer,
    fields: &[(Pointer, Value)],
    consumes: &Consumes<'_>,
) -> anyhow::Result<Value> {
    let mut form = Form::default();
    for (at, value) in fields {
        form.add(context, at, value)?;
    }
    let (media, strange) = media(context, at, consumes, form.has_file)?;
    let mut schema = json!({ "type": "object", "properties": form.properties });
    if !form.required.is_empty() {
        schema["required"] = json!(form.required);
    }
    let mut content = Map::new();
    for media in media {
        let mut entry = json!({ "schema": schema });
        if !form.encoding.is_empty() {
            entry["encoding"] = Value::Object(form.encoding.clone());
        }
        content.insert(media, entry);
    }
    let mut out = json!({ "content": content });
    if !form.required.is_empty() {
        out["required"] = true.into();
    }
    if !strange.is_empty() {
        out["x-consumes"] = json!(strange);
    }
    Ok(out)
}

#[derive(Default)]
struct Form {
    properties: Map<String, Value>,
    encoding: Map<String, Value>,
    required: Vec<String>,
    has_file: bool,
}

impl Form {
    fn add(&mut self, context: &Context, at: &Pointer, value: &Value) -> anyhow::Result<()> {
        let mut node = Node::open(context, at, "a form parameter", value)?;
        let name = node.required_string("name")?;
        node.take("in");
        self.has_file |= node.peek("type").and_then(Value::as_str) == Some("file");
        let mut property = schema::of_value(&mut node)?;
        node.copy(
            &[("description", Type::String), ("example", Type::Any)],
            &mut property,
        )?;
        if node.boolean("required")? == Some(true) {
            self.required.push(name.to_owned());
        }
        if let Some(empty) = node.boolean("allowEmptyValue")? {
            property.insert("x-allowEmptyValue".to_owned(), empty.into());
        }
        let format = node.string("collectionFormat")?;
        if flat(&node, &property)? {
            let (style, explode) = style(&node, format.unwrap_or("csv"))?;
            self.encoding.insert(
                name.to_owned(),
                json!({ "style": style, "explode": explode }),
            );
        } else if let Some(format) = format {
            property.insert("x-collectionFormat".to_owned(), format.into());
        }
        node.extensions(&mut property)?;
        node.finish()?;
        self.properties
            .insert(name.to_owned(), Value::Object(property));
        Ok(())
    }
}

/// The media types a form is sent as, and those the operation lists that cannot carry one.
fn media(
    context: &Context,
    at: &Pointer,
    consumes: &Consumes<'_>,
    file: bool,
) -> anyhow::Result<(Vec<String>, Vec<String>)> {
    let is_form = |media: &String| {
        let plain = media.split(';').next().unwrap_or_default().trim();
        plain == MULTIPART || plain == URLENCODED
    };
    let (listed, strange): (Vec<_>, Vec<_>) = consumes.types.iter().cloned().partition(is_form);
    match (listed.is_empty(), consumes.own && !strange.is_empty()) {
        (true, true) => {
            let message = format!(
                "lists {} only, which cannot carry form parameters; add {MULTIPART} or {URLENCODED}",
                strange.join(", ")
            );
            Err(context.error(&at.key("consumes"), message))
        }
        (true, false) => Ok((
            vec![if file { MULTIPART } else { URLENCODED }.to_owned()],
            Vec::new(),
        )),
        (false, own) => Ok((listed, if own { strange } else { Vec::new() })),
    }
}

/// Converts the shared body parameters, for operations that take the media types of the document.
pub(super) fn shared(context: &Context) -> anyhow::Result<Map<String, Value>> {
    let mut out = Map::new();
    for (name, value) in context.section(Section::Parameters).into_iter().flatten() {
        let at = context.pointer(Section::Parameters, name);
        let (at, value) = context.followed(Section::Parameters, &at, value)?;
        if value.get("in").and_then(Value::as_str) == Some("body") {
            let body = body(context, &at, &value, &context.consumes)?;
            out.insert(
                context.component_name(Section::Parameters, name).to_owned(),
                body,
            );
        }
    }
    Ok(out)
}
