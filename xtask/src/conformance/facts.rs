//! Owns the comparison with OpenAPI documents that state facts of the wire but are not the document ours is a copy of:
//! operations, parameters, bodies, types and values become one table for either side. Refuses to judge differences.
//!
//! What the table leaves out or evens out, because nothing on the wire depends on it or another place decides it:
//! - operations that only upstream has: ours are a choice;
//! - names of path parameters, bounds, patterns, titles, and which members are required (the metadata behind these
//!   documents says it, they do not);
//! - a list parameter that is sent as one value with commas is a string; a `number` of format `int32` is an integer;
//! - `anyOf` of a type and a nullable object is the type, nullable; parts of `allOf` are one type;
//! - the namespace in front of a type's name, and the case of the name's first letter;
//! - upstream's `x-documented-path` and `x-documented-success` win over the path and the status beside them.

use std::collections::BTreeSet;

use anyhow::Context;
use serde_json::{Map, Value, json};

use crate::regen::document::{operations, resolve};

/// The facts of all documents, as one value.
pub(crate) fn of(documents: &[Value]) -> anyhow::Result<Value> {
    let mut facts = Facts::default();
    for document in documents {
        facts.document(document)?;
    }
    let Facts {
        operations,
        types,
        enums,
    } = facts;
    Ok(json!({"operations": operations, "types": types, "enums": enums}))
}

/// `upstream` without the operations that `ours` has not, and without what only they need. A status upstream leaves
/// open is ours.
pub(crate) fn common(ours: &Value, upstream: &Value) -> Value {
    let mut common = upstream.clone();
    if let Some(list) = common["operations"].as_object_mut() {
        list.retain(|name, _| ours["operations"].get(name).is_some());
        for (name, operation) in list {
            let status = &ours["operations"][name]["success"]["status"];
            if operation["success"]["status"] == "2XX" {
                operation["success"]["status"] = status.clone();
            }
        }
    }
    let needed = needed(&common);
    for section in ["types", "enums"] {
        if let Some(list) = common[section].as_object_mut() {
            list.retain(|name, _| needed.contains(name));
        }
    }
    common
}

/// The names of the types and enums that the operations of a table lead to.
fn needed(facts: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut pending = vec![&facts["operations"]];
    while let Some(value) = pending.pop() {
        match value {
            Value::String(name) => {
                let named = ["types", "enums"].map(|section| facts[section].get(name));
                let target = named.into_iter().flatten().next();
                pending.extend(target.filter(|_| found.insert(name.clone())));
            }
            Value::Object(map) => pending.extend(map.values()),
            _ => {}
        }
    }
    found
}

#[derive(Default)]
struct Facts {
    operations: Map<String, Value>,
    types: Map<String, Value>,
    enums: Map<String, Value>,
}

impl Facts {
    fn document(&mut self, document: &Value) -> anyhow::Result<()> {
        for operation in operations(document) {
            let path = operation.value["x-documented-path"].as_str();
            let name = name(&operation.method, path.unwrap_or(operation.path));
            let facts = self.operation(document, operation.value);
            let facts = facts.with_context(|| name.clone())?;
            self.operations.insert(name, facts);
        }
        Ok(())
    }

    fn operation(&mut self, document: &Value, operation: &Value) -> anyhow::Result<Value> {
        let mut facts = json!({"query": {}, "header": {}});
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let parameter = resolve(document, parameter);
            let place = parameter["in"].as_str().unwrap_or_default();
            let name = parameter["name"].as_str().unwrap_or_default();
            if place != "path" {
                facts[place][name] = self.parameter(document, parameter)?;
            }
        }
        let body = resolve(document, &operation["requestBody"]);
        if let Some(schema) = json_schema(body) {
            let (_, schema) = followed(document, schema)?;
            facts["request"] = self.members(document, schema)?;
        }
        facts["success"] = self.success(document, operation)?;
        let error = resolve(document, &operation["responses"]["4XX"]);
        if let Some(schema) = json_schema(error) {
            facts["error"] = self.leaf(document, schema)?;
        }
        Ok(facts)
    }

    fn parameter(&mut self, document: &Value, parameter: &Value) -> anyhow::Result<Value> {
        let schema = &parameter["schema"];
        let joined = schema["type"] == "array" && parameter["explode"] == false;
        if joined {
            return Ok(json!({"type": "string"}));
        }
        self.leaf(document, schema)
    }

    fn success(&mut self, document: &Value, operation: &Value) -> anyhow::Result<Value> {
        let responses = operation["responses"].as_object().into_iter().flatten();
        let mut successes = responses.filter(|(status, _)| status.starts_with('2'));
        let (status, response) = successes.next().context("it has no success")?;
        let documented = operation["x-documented-success"].as_str();
        let status = documented.and_then(|text| text.get(..3)).unwrap_or(status);
        let mut facts = json!({"status": status});
        if let (true, Some(schema)) = (status != "204", json_schema(resolve(document, response))) {
            facts["body"] = self.leaf(document, schema)?;
        }
        Ok(facts)
    }

    /// A value of this schema; types and enums by their names.
    fn leaf(&mut self, document: &Value, schema: &Value) -> anyhow::Result<Value> {
        let nullable = is_nullable(schema);
        let (target, schema) = followed(document, schema)?;
        let mut facts = match &target {
            Some(name) if schema.get("enum").is_some() => {
                let members = schema["enum"].as_array().into_iter().flatten();
                let members = members.filter_map(Value::as_str);
                let members: Map<_, _> =
                    members.map(|text| (text.to_owned(), true.into())).collect();
                self.enums.insert(name.clone(), members.into());
                json!({"enum": name})
            }
            Some(name) if is_object(schema) => {
                if !self.types.contains_key(name) {
                    self.types.insert(name.clone(), Value::Null);
                    let members = self.members(document, schema)?;
                    self.types.insert(name.clone(), members);
                }
                json!({"type": name})
            }
            _ if schema["type"] == "array" => {
                json!({"items": self.leaf(document, &schema["items"])?})
            }
            _ => scalar(schema),
        };
        if nullable {
            facts["nullable"] = true.into();
        }
        Ok(facts)
    }

    /// The members of an object, those of all parts of an `allOf` together.
    fn members(&mut self, document: &Value, schema: &Value) -> anyhow::Result<Value> {
        let mut all = Map::new();
        for part in schema["allOf"].as_array().into_iter().flatten() {
            let (_, part) = followed(document, part)?;
            if let Value::Object(members) = self.members(document, part)? {
                all.extend(members);
            }
        }
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            all.insert(name.clone(), self.leaf(document, property)?);
        }
        Ok(Value::Object(all))
    }
}

/// How the table calls an operation: its method, and its path with nameless parameters.
pub(crate) fn name(method: &str, path: &str) -> String {
    let segments = path.split('/').map(|segment| {
        if segment.starts_with('{') && segment.ends_with('}') {
            "{}"
        } else {
            segment
        }
    });
    let path = segments.collect::<Vec<_>>().join("/");
    format!("{method} {path}")
}

fn json_schema(holder: &Value) -> Option<&Value> {
    holder.pointer("/content/application~1json/schema")
}

/// The schema behind references and wrappers, with the plain name of the last named one.
fn followed<'a>(
    document: &'a Value,
    schema: &'a Value,
) -> anyhow::Result<(Option<String>, &'a Value)> {
    let (mut schema, mut name) = (schema, None);
    loop {
        if let Some(reference) = schema["$ref"].as_str() {
            let pointer = reference.strip_prefix('#').unwrap_or_default();
            schema = document
                .pointer(pointer)
                .with_context(|| format!("`{reference}` does not exist"))?;
            name = Some(plain_name(reference));
            continue;
        }
        let only = [&schema["allOf"], &schema["anyOf"]]
            .into_iter()
            .filter_map(Value::as_array)
            .find_map(|parts| only_reference(parts));
        match only {
            Some(part) if schema.get("properties").is_none() => schema = part,
            _ => return Ok((name, schema)),
        }
    }
}

/// The one part that says something: a reference, beside it at most the nullable object that stands for `null`.
fn only_reference(parts: &[Value]) -> Option<&Value> {
    let mut telling = parts.iter().filter(|part| !stands_for_null(part));
    let only = telling.next().filter(|part| part.get("$ref").is_some())?;
    telling.next().is_none().then_some(only)
}

fn stands_for_null(part: &Value) -> bool {
    part["nullable"] == true && part.get("properties").is_none() && part.get("$ref").is_none()
}

fn is_nullable(schema: &Value) -> bool {
    let parts = schema["anyOf"].as_array().into_iter().flatten();
    schema["nullable"] == true || parts.into_iter().any(stands_for_null)
}

fn is_object(schema: &Value) -> bool {
    schema["type"] == "object" || schema.get("allOf").is_some()
}

fn scalar(schema: &Value) -> Value {
    let whole = schema["type"] == "number" && schema["format"] == "int32";
    let mut facts = json!({"type": if whole { json!("integer") } else { schema["type"].clone() }});
    if let Some(format) = schema.get("format") {
        facts["format"] = format.clone();
    }
    facts
}

/// `#/components/schemas/microsoft.graph.numberType` is `NumberType`.
fn plain_name(reference: &str) -> String {
    let name = reference.rsplit(['/', '.']).next().unwrap_or_default();
    let mut letters = name.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

#[cfg(test)]
mod tests;
