//! Owns the canonical form of a Swagger document: two documents that mean the same on the wire and to a generator
//! become equal values. Refuses to know about files, exceptions and how differences are shown.
//!
//! References to parameters and responses are inlined, schemas of all files end up in one map, media types are
//! resolved per operation, sets are sorted, and lists with names become maps.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use serde_json::{Map, Value};

use super::documents::{Documents, Target};
use super::shape::{self, Kind};

const METHODS: [&str; 7] = ["get", "head", "put", "post", "patch", "delete", "options"];

/// Builds the canonical form of a document and the files it refers to.
pub(crate) fn canonical(documents: &Documents) -> anyhow::Result<Value> {
    let mut root = documents.document().clone();
    let map = object(&mut root)?;
    for section in ["definitions", "parameters", "responses", "tags"] {
        map.remove(section);
    }
    let file = documents.root.clone();
    let mut bundle = Bundle {
        documents,
        origin: BTreeMap::new(),
    };
    bundle.inline(&mut root, Kind::Keywords, &file)?;
    let mut definitions = Map::new();
    for target in bundle.used()? {
        let value = bundle.schema(&target)?;
        definitions.insert(target.name.clone(), value);
    }
    let map = object(&mut root)?;
    map.insert("definitions".to_owned(), Value::Object(definitions));
    let version = map
        .get("info")
        .and_then(|info| info.get("version"))
        .cloned();
    map.insert("info".to_owned(), serde_json::json!({ "version": version }));
    media_types(map)?;
    simplify(&mut root, Kind::Keywords);
    Ok(root)
}

struct Bundle<'a> {
    documents: &'a Documents,
    /// Which file the schema of each name is from.
    origin: BTreeMap<String, Target>,
}

impl Bundle<'_> {
    /// Replaces references to parameters and responses by what they stand for, and points all others to one map.
    fn inline(
        &mut self,
        value: &mut Value,
        kind: Kind,
        file: &std::path::Path,
    ) -> anyhow::Result<()> {
        match value {
            Value::Array(items) if kind != Kind::Data => {
                for item in items {
                    self.inline(item, kind, file)?;
                }
            }
            Value::Object(map) if kind != Kind::Data => {
                if let Some(text) = shape::reference(map, kind) {
                    let target = Target::parse(file, text)?;
                    if target.section != "definitions" {
                        let found = self.documents.get(&target).cloned();
                        *value = found.with_context(|| format!("`{text}` does not exist"))?;
                        return self.inline(value, Kind::Keywords, &target.file);
                    }
                    let pointer = Value::String(format!("#{}", target.pointer()));
                    map.insert("$ref".to_owned(), pointer);
                }
                for (key, child) in map.iter_mut() {
                    let below = kind.below(key, child);
                    self.inline(child, below, file)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The schemas that the operations need, sorted by name.
    fn used(&mut self) -> anyhow::Result<Vec<Target>> {
        let documents = self.documents;
        let mut start = Vec::new();
        for key in names_of_root(documents.document()) {
            if !matches!(&*key, "definitions" | "parameters" | "responses") {
                let pointer = shape::step("", &key);
                start.extend(documents.references(&documents.root, &pointer)?);
            }
        }
        let mut used = documents.closure(start)?;
        used.retain(|target| target.section == "definitions");
        for target in used {
            if let Some(other) = self.origin.get(&target.name) {
                ensure!(
                    documents.get(other) == documents.get(&target),
                    "{} and {} define `{}` differently",
                    other.file.display(),
                    target.file.display(),
                    target.name
                );
            }
            self.origin.insert(target.name.clone(), target);
        }
        Ok(self.origin.values().cloned().collect())
    }

    fn schema(&mut self, target: &Target) -> anyhow::Result<Value> {
        let mut value = self.documents.get(target).cloned().unwrap_or_default();
        self.inline(&mut value, Kind::Keywords, &target.file)?;
        Ok(value)
    }
}

fn names_of_root(document: &Value) -> Vec<String> {
    let map = document.as_object();
    map.map_or_else(Vec::new, |map| map.keys().cloned().collect())
}

/// Gives each operation the media types and the path-level parameters that hold for it.
fn media_types(root: &mut Map<String, Value>) -> anyhow::Result<()> {
    let consumes = root.remove("consumes");
    let produces = root.remove("produces");
    let security = root.remove("security");
    for section in ["paths", "x-ms-paths"] {
        let Some(paths) = root.get_mut(section) else {
            continue;
        };
        for item in object(paths)?.values_mut() {
            let item = object(item)?;
            let shared = item.remove("parameters");
            for method in METHODS {
                let Some(operation) = item.get_mut(method) else {
                    continue;
                };
                let operation = object(operation)?;
                inherit_parameters(operation, shared.as_ref());
                if has_body(operation) {
                    inherit(operation, "consumes", consumes.as_ref());
                } else {
                    operation.remove("consumes");
                }
                inherit(operation, "produces", produces.as_ref());
                inherit(operation, "security", security.as_ref());
            }
        }
    }
    Ok(())
}

fn inherit(operation: &mut Map<String, Value>, key: &str, value: Option<&Value>) {
    if let (false, Some(value)) = (operation.contains_key(key), value) {
        operation.insert(key.to_owned(), value.clone());
    }
}

fn inherit_parameters(operation: &mut Map<String, Value>, shared: Option<&Value>) {
    let mut list = array(operation.remove("parameters"));
    for parameter in array(shared.cloned()) {
        let place = |other: &Value| (other.get("name").cloned(), other.get("in").cloned());
        if !list.iter().any(|own| place(own) == place(&parameter)) {
            list.push(parameter);
        }
    }
    operation.insert("parameters".to_owned(), Value::Array(list));
}

fn has_body(operation: &Map<String, Value>) -> bool {
    let list = operation.get("parameters").and_then(Value::as_array);
    let place = |parameter: &Value| {
        matches!(
            parameter.get("in").and_then(Value::as_str),
            Some("body" | "formData")
        )
    };
    list.is_some_and(|list| list.iter().any(place))
}

/// Sorts sets, names list entries, and removes what states a default. `tags` only group operations in the docs.
fn simplify(value: &mut Value, kind: Kind) {
    match value {
        Value::Array(items) => {
            for item in items {
                simplify(item, kind);
            }
        }
        Value::Object(map) if kind != Kind::Data => {
            for (key, child) in map.iter_mut() {
                let below = kind.below(key, child);
                simplify(child, below);
                if kind == Kind::Keywords {
                    simplify_keyword(key, child);
                }
            }
            if kind == Kind::Keywords {
                map.retain(|key, child| !is_default(key, child));
            }
        }
        _ => {}
    }
}

fn simplify_keyword(key: &str, value: &mut Value) {
    match (key, &mut *value) {
        ("required" | "enum" | "schemes" | "consumes" | "produces", Value::Array(items)) => {
            items.sort_by_key(Value::to_string);
        }
        ("parameters", Value::Array(items)) => *value = keyed(std::mem::take(items), "name"),
        ("values", Value::Array(items)) if items.iter().all(|item| item.get("value").is_some()) => {
            *value = keyed(std::mem::take(items), "value");
        }
        _ => {}
    }
}

fn is_default(key: &str, value: &Value) -> bool {
    match key {
        "tags" => true,
        "required" | "readOnly" | "x-nullable" | "uniqueItems" | "deprecated" => {
            *value == Value::Bool(false)
        }
        "properties" => value.as_object().is_some_and(Map::is_empty),
        _ => false,
    }
}

/// A list of named things as a map; what shares a name is told apart by its `in`.
fn keyed(items: Vec<Value>, key: &str) -> Value {
    let mut map = Map::new();
    for item in items {
        let text = |key: &str| match item.get(key) {
            Some(Value::String(text)) => text.clone(),
            other => other.map(ToString::to_string).unwrap_or_default(),
        };
        let mut name = text(key);
        if map.contains_key(&name) {
            name = format!("{name} in {}", text("in"));
        }
        map.insert(name, item);
    }
    Value::Object(map)
}

fn array(value: Option<Value>) -> Vec<Value> {
    match value {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    }
}

fn object(value: &mut Value) -> anyhow::Result<&mut Map<String, Value>> {
    value
        .as_object_mut()
        .context("an object is expected where the document has something else")
}
