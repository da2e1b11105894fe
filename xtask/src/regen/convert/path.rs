//! Path items and operations.
//!
//! - `x-ms-paths`, whose keys hold a query that OpenAPI 3.0 forbids in a path, is converted like `paths` and carried
//!   over under its own name, as other converters do: merged into one path item, two operations would share a method.
//!   A path with a query that stands in `paths` goes there, too.
//! - `consumes` of an operation without a body, and `produces` of one whose answers are all empty, say nothing and
//!   are left out.
//! - A body or form field of a path item is given to each of its operations that does not have its own.

use serde_json::{Map, Value, json};

use super::body::{self, Consumes};
use super::context::{Context, Section};
use super::host::{self, Host};
use super::node::{Node, Type, kind};
use super::{extension, info, parameter, response, security};
use crate::regen::bundle::Pointer;

const METHODS: [&str; 7] = ["get", "put", "post", "delete", "options", "head", "patch"];

/// Paths as OpenAPI 3.0 has them, and those that hold a query.
#[derive(Default)]
pub(super) struct Paths {
    pub(super) plain: Map<String, Value>,
    pub(super) querying: Map<String, Value>,
}

impl Paths {
    /// Converts `paths`, or `x-ms-paths`, and adds them.
    pub(super) fn add(
        &mut self,
        context: &Context,
        host: &Host,
        key: &str,
        value: &Value,
    ) -> anyhow::Result<()> {
        let at = Pointer::root().key(key);
        let node = Node::open(context, &at, "a map of paths", value)?;
        for path in node.keys() {
            let place = at.key(path);
            let Some(value) = node.peek(path) else {
                continue;
            };
            let target = if path.contains('?') || key == "x-ms-paths" {
                &mut self.querying
            } else {
                &mut self.plain
            };
            if path.starts_with("x-") {
                extension::carry(&node, path, value, target)?;
            } else if !path.starts_with('/') {
                return Err(context.error(&place, "does not begin with a slash, a path does"));
            } else if target.contains_key(path) {
                return Err(context.error(
                    &place,
                    "stands in `paths` and in `x-ms-paths`, remove one of the two",
                ));
            } else {
                target.insert(path.to_owned(), path_item(context, host, &place, value)?);
            }
        }
        Ok(())
    }
}

fn path_item(context: &Context, host: &Host, at: &Pointer, value: &Value) -> anyhow::Result<Value> {
    let mut node = Node::open(context, at, "a path item", value)?;
    let mut out = Map::new();
    let common = Inputs::take(&mut node)?;
    if !common.parameters.is_empty() {
        out.insert("parameters".to_owned(), json!(common.parameters));
    }
    for method in METHODS {
        if let Some(value) = node.take(method) {
            out.insert(
                method.to_owned(),
                operation(context, host, &at.key(method), value, &common)?,
            );
        }
    }
    node.extensions(&mut out)?;
    node.finish()?;
    Ok(Value::Object(out))
}

fn operation(
    context: &Context,
    host: &Host,
    at: &Pointer,
    value: &Value,
    common: &Inputs,
) -> anyhow::Result<Value> {
    let mut node = Node::open(context, at, "an operation", value)?;
    let mut out = Map::new();
    if let Some(tags) = node.strings("tags")? {
        out.insert("tags".to_owned(), json!(tags));
    }
    let rules = [
        ("summary", Type::String),
        ("description", Type::String),
        ("operationId", Type::String),
    ];
    node.copy(&rules, &mut out)?;
    if let Some(value) = node.take("externalDocs") {
        out.insert(
            "externalDocs".to_owned(),
            info::external_docs(context, &at.key("externalDocs"), value)?,
        );
    }
    let consumes = media_types(&mut node, "consumes")?;
    let produces = media_types(&mut node, "produces")?;
    let inputs = Inputs::take(&mut node)?;
    if !inputs.parameters.is_empty() {
        out.insert("parameters".to_owned(), json!(inputs.parameters));
    }
    let consumes = Consumes {
        types: consumes.as_deref().unwrap_or(&context.consumes),
        own: consumes.is_some(),
    };
    if let Some(body) = inputs.body(context, at, common, &consumes)? {
        out.insert("requestBody".to_owned(), body);
    }
    let Some(responses) = node.take("responses") else {
        return Err(node.error("lacks `responses`, an operation needs them"));
    };
    let produces = produces.as_deref().unwrap_or(&context.produces);
    out.insert(
        "responses".to_owned(),
        response::responses(context, &at.key("responses"), responses, produces)?,
    );
    node.copy(&[("deprecated", Type::Boolean)], &mut out)?;
    if let Some(items) = node.array("security")? {
        out.insert(
            "security".to_owned(),
            security::requirements(context, &at.key("security"), items)?,
        );
    }
    let own = host::schemes(&mut node)?.filter(|schemes| host.differs(schemes));
    if let Some(servers) = own.and_then(|schemes| host.servers(Some(&schemes))) {
        out.insert("servers".to_owned(), servers);
    }
    node.extensions(&mut out)?;
    node.finish()?;
    Ok(Value::Object(out))
}

/// Takes `consumes` or `produces`.
pub(super) fn media_types(node: &mut Node<'_>, key: &str) -> anyhow::Result<Option<Vec<String>>> {
    let types = node.strings(key)?;
    Ok(types.map(|types| types.into_iter().map(str::to_owned).collect()))
}

/// The parameters of a path item or operation, sorted by where OpenAPI 3.0 wants them.
#[derive(Default)]
struct Inputs {
    parameters: Vec<Value>,
    /// The body, where it is written, and the shared parameter it is a reference to.
    body: Option<(Pointer, Value, Option<String>)>,
    fields: Vec<(Pointer, Value)>,
}

impl Inputs {
    fn take(node: &mut Node<'_>) -> anyhow::Result<Self> {
        let context = node.context;
        let list = node.at.key("parameters");
        let mut inputs = Self::default();
        let mut seen: Vec<(String, String)> = Vec::new();
        for (index, value) in node.array("parameters")?.into_iter().flatten().enumerate() {
            let at = list.index(index);
            if !value.is_object() {
                return Err(
                    context.error(&at, format!("is {}, a parameter is an object", kind(value)))
                );
            }
            let (written, plain) = context.followed(Section::Parameters, &at, value)?;
            let text = |key: &str| {
                plain
                    .get(key)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned()
            };
            let id = (text("in"), text("name"));
            if seen.contains(&id) {
                return Err(context.error(
                    &at,
                    format!("`{}` in {} occurs twice, remove one", id.1, id.0),
                ));
            }
            match id.0.as_str() {
                "body" if inputs.body.is_some() => {
                    return Err(context.error(&at, "is a second body, a request has one"));
                }
                "body" => inputs.body = Some((written, plain, parameter::shared(context, value))),
                "formData" => inputs.fields.push((written, plain)),
                _ => inputs
                    .parameters
                    .push(parameter::parameter(context, &at, value)?),
            }
            seen.push(id);
        }
        if inputs.body.is_some() && !inputs.fields.is_empty() {
            return Err(context.error(
                &list,
                "has a body and form parameters, a request has one of the two",
            ));
        }
        Ok(inputs)
    }

    /// The request body of an operation with these inputs, below a path item with `common` ones.
    fn body(
        &self,
        context: &Context,
        at: &Pointer,
        common: &Self,
        consumes: &Consumes<'_>,
    ) -> anyhow::Result<Option<Value>> {
        let mixed = (self.body.is_some() && !common.fields.is_empty())
            || (common.body.is_some() && !self.fields.is_empty());
        if mixed {
            let message = "has a body or form parameters beside the other kind in its path item, a request has one of the two";
            return Err(context.error(at, message));
        }
        let body = self.body.as_ref().or(common.body.as_ref());
        if let Some((written, value, shared)) = body {
            if let Some(name) = shared
                .as_ref()
                .filter(|_| consumes.types == context.consumes)
            {
                let name = context.component_name(Section::Parameters, name);
                return Ok(Some(
                    json!({ "$ref": format!("#/components/requestBodies/{name}") }),
                ));
            }
            return body::body(context, written, value, consumes.types).map(Some);
        }
        let name = |field: &(Pointer, Value)| field.1.get("name").cloned();
        let inherited = common
            .fields
            .iter()
            .filter(|field| self.fields.iter().all(|own| name(own) != name(field)));
        let fields: Vec<_> = inherited.chain(&self.fields).cloned().collect();
        if fields.is_empty() {
            return Ok(None);
        }
        body::form(context, at, &fields, consumes).map(Some)
    }
}
