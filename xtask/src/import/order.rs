//! Owns the order of keys in the documents under `specs/`, so that reordering upstream is no change here.
//! Refuses to add or remove anything.

use serde_json::{Map, Value};

use crate::conformance::shape::Kind;

const ROOT: &[&str] = &[
    "swagger",
    "info",
    "schemes",
    "host",
    "basePath",
    "x-ms-parameterized-host",
    "consumes",
    "produces",
    "securityDefinitions",
    "security",
    "tags",
    "paths",
    "x-ms-paths",
    "definitions",
    "parameters",
    "responses",
];

const METHODS: &[&str] = &["get", "head", "put", "post", "patch", "delete", "options"];

const GENERAL: &[&str] = &[
    "$ref",
    "operationId",
    "tags",
    "name",
    "value",
    "in",
    "hostTemplate",
    "useSchemePrefix",
    "title",
    "summary",
    "description",
    "version",
    "required",
    "type",
    "format",
    "consumes",
    "produces",
    "parameters",
    "schema",
    "enum",
    "items",
    "properties",
    "additionalProperties",
    "allOf",
    "responses",
    "flow",
];

/// Puts the keys of a whole document into their order.
pub(crate) fn order(document: &mut Value) {
    walk(document, Kind::Keywords);
    if let Value::Object(map) = document {
        by_rank(map, ROOT);
    }
}

fn walk(value: &mut Value, kind: Kind) {
    match value {
        Value::Array(items) if kind != Kind::Data => {
            for item in items {
                walk(item, kind);
            }
        }
        Value::Object(map) if kind != Kind::Data => {
            for (key, child) in map.iter_mut() {
                let below = kind.below(key, child);
                walk(child, below);
                if let (Kind::Keywords, Value::Object(names)) = (kind, child) {
                    sort_names(key, names);
                }
            }
            if matches!(kind, Kind::Keywords | Kind::Info) {
                by_rank(map, GENERAL);
            }
        }
        _ => {}
    }
}

/// Sorts the maps in which the order of names says nothing. Properties keep theirs: it groups them for the reader.
fn sort_names(key: &str, names: &mut Map<String, Value>) {
    match key {
        "definitions" | "parameters" | "responses" | "securityDefinitions" => names.sort_keys(),
        "paths" | "x-ms-paths" => {
            names.sort_keys();
            for item in names.values_mut().filter_map(Value::as_object_mut) {
                by_rank(item, METHODS);
            }
        }
        _ => {}
    }
}

/// Ranked keys first, in the order of the ranking; the others by the alphabet.
fn by_rank(map: &mut Map<String, Value>, ranking: &[&str]) {
    let mut entries: Vec<_> = std::mem::take(map).into_iter().collect();
    let rank = |key: &str| {
        ranking
            .iter()
            .position(|name| *name == key)
            .unwrap_or(ranking.len())
    };
    entries.sort_by(|(a, _), (b, _)| (rank(a), a).cmp(&(rank(b), b)));
    map.extend(entries);
}
