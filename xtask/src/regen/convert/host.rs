//! Where the service lives: `schemes`, `host`, `basePath` and `x-ms-parameterized-host`, as `servers`.
//!
//! - Without `schemes` the address has none (`//host/path`): Swagger means the scheme the document was read with.
//! - A parameterised host replaces `host`, which is then kept as `x-host`. Its parameters become server variables.
//!   OpenAPI 3.0 demands a default for each: the parameter's, else its first value, else the empty string.
//! - `x-ms-parameterized-host` is carried over as well, its parameters converted and written out, because a server
//!   variable holds no type, no format and no other extension.

use serde_json::{Map, Value, json};

use super::context::{Context, Section};
use super::node::{Node, Type};
use super::parameter;
use crate::regen::bundle::Pointer;

/// The address of the service without its scheme.
#[derive(Default)]
pub(super) struct Host {
    template: Option<String>,
    base: String,
    prefixed: bool,
    variables: Map<String, Value>,
    schemes: Vec<String>,
}

impl Host {
    /// Takes all that says where the service lives out of the document.
    pub(super) fn take(
        document: &mut Node<'_>,
        out: &mut Map<String, Value>,
    ) -> anyhow::Result<Self> {
        let mut host = Self {
            prefixed: true,
            ..Self::default()
        };
        host.schemes = schemes(document)?.unwrap_or_default();
        if let Some(base) = document.string("basePath")? {
            if !base.is_empty() && !base.starts_with('/') {
                return Err(document.error_at("basePath", "does not begin with a slash, write one"));
            }
            base.trim_end_matches('/').clone_into(&mut host.base);
        }
        let plain = document.string("host")?;
        match document.take("x-ms-parameterized-host") {
            Some(value) => {
                let at = document.at.key("x-ms-parameterized-host");
                let carried = host.parameterised(document.context, &at, value)?;
                out.insert("x-ms-parameterized-host".to_owned(), carried);
                if let Some(plain) = plain {
                    out.insert("x-host".to_owned(), plain.into());
                }
            }
            None => host.template = plain.map(str::to_owned),
        }
        Ok(host)
    }

    /// The servers of the document, or of an operation with schemes of its own; `None` says nothing.
    pub(super) fn servers(&self, schemes: Option<&[String]>) -> Option<Value> {
        let schemes = schemes.unwrap_or(&self.schemes);
        let mut prefixes: Vec<_> = match &self.template {
            Some(_) if !self.prefixed => vec![String::new()],
            Some(_) => schemes
                .iter()
                .map(|scheme| format!("{scheme}://"))
                .collect(),
            None if self.base.is_empty() => return None,
            None => vec![String::new()],
        };
        if prefixes.is_empty() {
            prefixes.push("//".to_owned());
        }
        let template = self.template.as_deref().unwrap_or_default();
        let servers = prefixes.iter().map(|prefix| {
            let mut server = json!({ "url": format!("{prefix}{template}{}", self.base) });
            if !self.variables.is_empty() {
                server["variables"] = Value::Object(self.variables.clone());
            }
            server
        });
        Some(servers.collect())
    }

    /// Whether an operation with these schemes needs servers of its own.
    pub(super) fn differs(&self, schemes: &[String]) -> bool {
        self.template.is_some() && self.prefixed && self.schemes != schemes
    }

    fn parameterised(
        &mut self,
        context: &Context,
        at: &Pointer,
        value: &Value,
    ) -> anyhow::Result<Value> {
        let mut node = Node::open(context, at, "`x-ms-parameterized-host`", value)?;
        let mut out = Map::new();
        let template = node.required_string("hostTemplate")?;
        out.insert("hostTemplate".to_owned(), template.into());
        self.prefixed = node.boolean("useSchemePrefix")?.unwrap_or(true);
        if node.has("useSchemePrefix") {
            out.insert("useSchemePrefix".to_owned(), self.prefixed.into());
        }
        node.copy(&[("positionInOperation", Type::String)], &mut out)?;
        let mut parameters = Vec::new();
        for (index, value) in node.array("parameters")?.into_iter().flatten().enumerate() {
            let at = at.key("parameters").index(index);
            let (at, value) = context.followed(Section::Parameters, &at, value)?;
            let converted = parameter::plain(context, &at, &value)?;
            self.variable(context, &at, &converted)?;
            parameters.push(converted);
        }
        out.insert("parameters".to_owned(), Value::Array(parameters));
        node.extensions(&mut out)?;
        node.finish()?;
        let named = placeholders(template);
        self.variables
            .retain(|name, _| named.contains(&name.as_str()));
        if let Some(missing) = named
            .iter()
            .find(|name| !self.variables.contains_key(**name))
        {
            return Err(context.error(
                &at.key("hostTemplate"),
                format!("names `{missing}`, which is none of the parameters; add it"),
            ));
        }
        self.template = Some(template.to_owned());
        Ok(Value::Object(out))
    }

    fn variable(
        &mut self,
        context: &Context,
        at: &Pointer,
        parameter: &Value,
    ) -> anyhow::Result<()> {
        let schema = &parameter["schema"];
        let text = |value: &Value| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        };
        let values: Vec<_> = schema["enum"]
            .as_array()
            .into_iter()
            .flatten()
            .map(text)
            .collect();
        let default = schema
            .get("default")
            .map(text)
            .or_else(|| values.first().cloned())
            .unwrap_or_default();
        let mut variable = Map::new();
        if !values.is_empty() {
            variable.insert("enum".to_owned(), json!(values));
        }
        variable.insert("default".to_owned(), default.into());
        if let Some(description) = parameter.get("description") {
            variable.insert("description".to_owned(), description.clone());
        }
        let name = parameter["name"].as_str().unwrap_or_default();
        if self
            .variables
            .insert(name.to_owned(), Value::Object(variable))
            .is_some()
        {
            return Err(context.error(
                at,
                format!("`{name}` occurs twice among the parameters of the host, remove one"),
            ));
        }
        Ok(())
    }
}

/// Takes `schemes`.
pub(super) fn schemes(node: &mut Node<'_>) -> anyhow::Result<Option<Vec<String>>> {
    let at = node.at.key("schemes");
    let Some(schemes) = node.strings("schemes")? else {
        return Ok(None);
    };
    if let Some(index) = schemes
        .iter()
        .position(|scheme| !matches!(*scheme, "http" | "https" | "ws" | "wss"))
    {
        let message = format!(
            "`{}` is no scheme, use http, https, ws or wss",
            schemes[index]
        );
        return Err(node.context.error(&at.index(index), message));
    }
    Ok(Some(schemes.into_iter().map(str::to_owned).collect()))
}

fn placeholders(template: &str) -> Vec<&str> {
    template
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
        .collect()
}
