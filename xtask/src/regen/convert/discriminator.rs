//! Finds, for each definition with a `discriminator`, which definitions extend it and under which value.
//! OpenAPI 3.0 wants them in a `mapping`; Swagger 2.0 leaves them to `allOf` and `x-ms-discriminator-value`.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::context::{Context, Section};
use super::node::{Node, kind};
use crate::regen::bundle::Pointer;

/// The mappings by the pointer of the base definition.
#[derive(Default)]
pub(super) struct Discriminators(HashMap<Pointer, Map<String, Value>>);

impl Discriminators {
    pub(super) fn find(context: &Context) -> anyhow::Result<Self> {
        let mut all = Self::default();
        let Some(definitions) = context.section(Section::Definitions) else {
            return Ok(all);
        };
        let children = children(context, definitions);
        for (name, base) in definitions {
            let Some(property) = base.get("discriminator").and_then(Value::as_str) else {
                continue;
            };
            let mut family = Family {
                context,
                definitions,
                children: &children,
                property,
                seen: vec![name],
                mapping: Map::new(),
            };
            if base.get("x-ms-discriminator-value").is_some() {
                family.add(name)?;
            }
            family.descend(name)?;
            if !family.mapping.is_empty() {
                all.0
                    .insert(context.pointer(Section::Definitions, name), family.mapping);
            }
        }
        Ok(all)
    }

    /// Whether the schema has a `discriminator`, which must be the name of a property.
    pub(super) fn declared(&self, node: &Node<'_>) -> anyhow::Result<bool> {
        match node.peek("discriminator") {
            None => Ok(false),
            Some(Value::String(_)) => Ok(true),
            Some(other) => Err(node.error_at(
                "discriminator",
                format!(
                    "`discriminator` is {}, in Swagger 2.0 it is the name of a property",
                    kind(other)
                ),
            )),
        }
    }

    /// The values and schemas of the definition at `at`.
    pub(super) fn mapping(&self, at: &Pointer) -> Option<Value> {
        self.0.get(at).cloned().map(Value::Object)
    }
}

struct Family<'a> {
    context: &'a Context,
    definitions: &'a Map<String, Value>,
    children: &'a HashMap<String, Vec<&'a str>>,
    property: &'a str,
    seen: Vec<&'a str>,
    mapping: Map<String, Value>,
}

impl<'a> Family<'a> {
    fn descend(&mut self, base: &str) -> anyhow::Result<()> {
        for &child in self.children.get(base).into_iter().flatten() {
            if self.seen.contains(&child) {
                continue;
            }
            self.seen.push(child);
            self.add(child)?;
            // A child that discriminates by another property has a family of its own.
            let own = self.definitions[child]
                .get("discriminator")
                .and_then(Value::as_str);
            if own.is_none_or(|own| own == self.property) {
                self.descend(child)?;
            }
        }
        Ok(())
    }

    fn add(&mut self, name: &str) -> anyhow::Result<()> {
        let at = self.context.pointer(Section::Definitions, name);
        let value = match self.definitions[name].get("x-ms-discriminator-value") {
            None => name,
            Some(Value::String(value)) => value,
            Some(other) => {
                let at = at.key("x-ms-discriminator-value");
                return Err(self
                    .context
                    .error(&at, format!("is {}, it must be a string", kind(other))));
            }
        };
        let reference = self.context.component(Section::Definitions, name);
        let known = self.mapping.insert(value.to_owned(), reference.into());
        if let Some(other) = known.as_ref().and_then(Value::as_str) {
            let message = format!(
                "has the discriminator value `{value}`, which {other} has too; make them differ"
            );
            return Err(self.context.error(&at, message));
        }
        Ok(())
    }
}

/// Which definitions name which in their `allOf`.
fn children<'a>(
    context: &Context,
    definitions: &'a Map<String, Value>,
) -> HashMap<String, Vec<&'a str>> {
    let mut out: HashMap<String, Vec<&str>> = HashMap::new();
    for (name, definition) in definitions {
        let all_of = definition.get("allOf").and_then(Value::as_array);
        for parent in all_of
            .into_iter()
            .flatten()
            .filter_map(|item| item.get("$ref")?.as_str())
        {
            if let Some(parent) = context.target(Section::Definitions, parent) {
                out.entry(parent).or_default().push(name);
            }
        }
    }
    out
}
