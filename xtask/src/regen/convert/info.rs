//! What describes the document and not the service: `info`, `tags`, `externalDocs`.

use serde_json::{Map, Value};

use super::context::Context;
use super::node::{Node, Type};
use crate::regen::bundle::Pointer;

const STRINGS: Type = Type::String;

/// Converts `info`.
pub(super) fn info(context: &Context, at: &Pointer, value: &Value) -> anyhow::Result<Value> {
    let mut node = Node::open(context, at, "`info`", value)?;
    let mut out = Map::new();
    for key in ["title", "version"] {
        out.insert(key.to_owned(), node.required_string(key)?.into());
    }
    node.copy(
        &[("description", STRINGS), ("termsOfService", STRINGS)],
        &mut out,
    )?;
    for (key, members) in [
        ("contact", &["name", "url", "email"][..]),
        ("license", &["name", "url"]),
    ] {
        if let Some(value) = node.take(key) {
            out.insert(
                key.to_owned(),
                strings(context, &at.key(key), value, "`info`'s member", members)?,
            );
        }
    }
    node.extensions(&mut out)?;
    node.finish()?;
    Ok(Value::Object(out))
}

/// Converts `externalDocs`.
pub(super) fn external_docs(
    context: &Context,
    at: &Pointer,
    value: &Value,
) -> anyhow::Result<Value> {
    let docs = strings(
        context,
        at,
        value,
        "`externalDocs`",
        &["url", "description"],
    )?;
    if docs.get("url").is_none() {
        return Err(context.error(at, "lacks `url`, external documentation needs one"));
    }
    Ok(docs)
}

/// Converts the list of tags.
pub(super) fn tags(context: &Context, at: &Pointer, items: &[Value]) -> anyhow::Result<Value> {
    let tags = items.iter().enumerate().map(|(index, value)| {
        let mut node = Node::open(context, &at.index(index), "a tag", value)?;
        let mut out = Map::new();
        out.insert("name".to_owned(), node.required_string("name")?.into());
        node.copy(&[("description", STRINGS)], &mut out)?;
        if let Some(value) = node.take("externalDocs") {
            out.insert(
                "externalDocs".to_owned(),
                external_docs(context, &node.at.key("externalDocs"), value)?,
            );
        }
        node.extensions(&mut out)?;
        node.finish()?;
        Ok(Value::Object(out))
    });
    tags.collect::<anyhow::Result<_>>().map(Value::Array)
}

fn strings(
    context: &Context,
    at: &Pointer,
    value: &Value,
    what: &'static str,
    members: &[&str],
) -> anyhow::Result<Value> {
    let mut node = Node::open(context, at, what, value)?;
    let mut out = Map::new();
    for key in members {
        node.copy(&[(key, STRINGS)], &mut out)?;
    }
    node.extensions(&mut out)?;
    node.finish()?;
    Ok(Value::Object(out))
}
