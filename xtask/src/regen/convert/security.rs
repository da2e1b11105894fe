//! Security definitions and requirements.

use serde_json::{Map, Value, json};

use super::context::{Context, Section};
use super::node::{Node, Type, kind};
use crate::regen::bundle::Pointer;

/// Converts the security definitions.
pub(super) fn schemes(context: &Context) -> anyhow::Result<Map<String, Value>> {
    let mut out = Map::new();
    for (name, value) in context
        .section(Section::SecurityDefinitions)
        .into_iter()
        .flatten()
    {
        let at = context.pointer(Section::SecurityDefinitions, name);
        let converted = scheme(context, &at, value)?;
        out.insert(
            context
                .component_name(Section::SecurityDefinitions, name)
                .to_owned(),
            converted,
        );
    }
    Ok(out)
}

/// Converts a list of security requirements.
pub(super) fn requirements(
    context: &Context,
    at: &Pointer,
    items: &[Value],
) -> anyhow::Result<Value> {
    let mut out = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let at = at.index(index);
        let Some(map) = item.as_object() else {
            return Err(context.error(
                &at,
                format!("is {}, a security requirement is an object", kind(item)),
            ));
        };
        let mut converted = Map::new();
        for (name, scopes) in map {
            if !context
                .section(Section::SecurityDefinitions)
                .is_some_and(|all| all.contains_key(name))
            {
                return Err(context.error(
                    &at.key(name),
                    format!("`{name}` is none of the securityDefinitions, define it"),
                ));
            }
            if !scopes
                .as_array()
                .is_some_and(|scopes| scopes.iter().all(Value::is_string))
            {
                return Err(context.error(&at.key(name), "is no array of strings, list the scopes"));
            }
            converted.insert(
                context
                    .component_name(Section::SecurityDefinitions, name)
                    .to_owned(),
                scopes.clone(),
            );
        }
        out.push(Value::Object(converted));
    }
    Ok(Value::Array(out))
}

fn scheme(context: &Context, at: &Pointer, value: &Value) -> anyhow::Result<Value> {
    let mut node = Node::open(context, at, "a security definition", value)?;
    let mut out = Map::new();
    match node.required_string("type")? {
        "basic" => {
            out.insert("type".to_owned(), "http".into());
            out.insert("scheme".to_owned(), "basic".into());
        }
        "apiKey" => {
            out.insert("type".to_owned(), "apiKey".into());
            out.insert("name".to_owned(), node.required_string("name")?.into());
            let place = node.required_string("in")?;
            if !matches!(place, "query" | "header") {
                return Err(node.error_at(
                    "in",
                    format!("`in` is `{place}`, an API key is in query or header"),
                ));
            }
            out.insert("in".to_owned(), place.into());
        }
        "oauth2" => {
            out.insert("type".to_owned(), "oauth2".into());
            out.insert("flows".to_owned(), flows(&mut node)?);
        }
        other => {
            return Err(node.error_at(
                "type",
                format!("`type` is `{other}`, use basic, apiKey or oauth2"),
            ));
        }
    }
    node.copy(&[("description", Type::String)], &mut out)?;
    node.extensions(&mut out)?;
    node.finish()?;
    Ok(Value::Object(out))
}

fn flows(node: &mut Node<'_>) -> anyhow::Result<Value> {
    let flow = node.required_string("flow")?;
    let (name, urls): (_, &[&str]) = match flow {
        "implicit" => ("implicit", &["authorizationUrl"]),
        "password" => ("password", &["tokenUrl"]),
        "application" => ("clientCredentials", &["tokenUrl"]),
        "accessCode" => ("authorizationCode", &["authorizationUrl", "tokenUrl"]),
        other => {
            let message =
                format!("`flow` is `{other}`, use implicit, password, application or accessCode");
            return Err(node.error_at("flow", message));
        }
    };
    let mut out = Map::new();
    for url in urls {
        out.insert((*url).to_owned(), node.required_string(url)?.into());
    }
    // Azure writes both URLs whatever the flow; OpenAPI 3.0 has no place for the one that is not used.
    for url in ["authorizationUrl", "tokenUrl"]
        .into_iter()
        .filter(|url| !urls.contains(url))
    {
        if let Some(value) = node.string(url)? {
            out.insert(format!("x-{url}"), value.into());
        }
    }
    // Scopes have no extensions in OpenAPI 3.0; the flow around them has.
    let (extensions, scopes): (Map<_, _>, Map<_, _>) = node
        .object("scopes")?
        .cloned()
        .unwrap_or_default()
        .into_iter()
        .partition(|(name, _)| name.starts_with("x-"));
    if let Some((name, _)) = scopes.iter().find(|(_, value)| !value.is_string()) {
        let at = node.at.key("scopes").key(name);
        return Err(node.context.error(&at, "is no string, describe the scope"));
    }
    out.insert("scopes".to_owned(), Value::Object(scopes));
    out.extend(extensions);
    Ok(json!({ name: out }))
}
