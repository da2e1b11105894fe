//! Walks over an OpenAPI 3.0 document held as JSON: its operations, its schemas, what refers to what.
//!
//! Refuses to know what a walk is for; nothing here changes a document by itself.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// Keys of a path item that are operations.
const METHODS: [&str; 7] = ["get", "put", "post", "delete", "options", "head", "patch"];

/// The prefix of a reference to a named schema.
pub(crate) const SCHEMAS: &str = "#/components/schemas/";

/// One operation of a document, with the two things that identify it for ever.
pub(crate) struct Operation<'a> {
    /// In upper case.
    pub(crate) method: String,
    /// The path template.
    pub(crate) path: &'a str,
    /// The operation object.
    pub(crate) value: &'a Value,
}

/// Every operation, in document order.
pub(crate) fn operations(document: &Value) -> Vec<Operation<'_>> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths
        .flat_map(|(path, item)| {
            let entries = item.as_object().into_iter().flatten();
            entries
                .filter(|(method, _)| METHODS.contains(&method.as_str()))
                .map(move |(method, value)| Operation {
                    method: method.to_uppercase(),
                    path,
                    value,
                })
        })
        .collect()
}

/// Calls `visit` with the method (upper case), the path and the object of every operation.
pub(crate) fn each_operation(
    document: &mut Value,
    mut visit: impl FnMut(&str, &str, &mut Map<String, Value>),
) {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            if let (true, Value::Object(operation)) =
                (METHODS.contains(&method.as_str()), operation)
            {
                visit(&method.to_uppercase(), path, operation);
            }
        }
    }
}

/// Calls `visit` with the place and the object of every schema, the outer one before its parts.
///
/// A property that happens to be called `default` or `pattern` is a schema here, never a keyword.
pub(crate) fn each_schema(
    document: &mut Value,
    visit: &mut dyn FnMut(&str, &mut Map<String, Value>),
) {
    let named = document.pointer_mut("/components/schemas");
    for (name, schema) in named.and_then(Value::as_object_mut).into_iter().flatten() {
        schema_and_parts(&format!("/components/schemas/{name}"), schema, visit);
    }
    if let Some(paths) = document.get_mut("paths") {
        find_schemas("/paths", paths, visit);
    }
    let components = document
        .get_mut("components")
        .and_then(Value::as_object_mut);
    for (kind, entries) in components.into_iter().flatten() {
        if kind != "schemas" {
            find_schemas(&format!("/components/{kind}"), entries, visit);
        }
    }
}

fn find_schemas(at: &str, value: &mut Value, visit: &mut dyn FnMut(&str, &mut Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            for (key, inner) in object {
                let at = format!("{at}/{}", escape(key));
                if key == "schema" {
                    schema_and_parts(&at, inner, visit);
                } else {
                    find_schemas(&at, inner, visit);
                }
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter_mut().enumerate() {
                find_schemas(&format!("{at}/{index}"), inner, visit);
            }
        }
        _ => {}
    }
}

fn schema_and_parts(
    at: &str,
    schema: &mut Value,
    visit: &mut dyn FnMut(&str, &mut Map<String, Value>),
) {
    let Value::Object(schema) = schema else {
        return;
    };
    visit(at, schema);
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (name, property) in properties.into_iter().flatten() {
        schema_and_parts(
            &format!("{at}/properties/{}", escape(name)),
            property,
            visit,
        );
    }
    for keyword in ["items", "additionalProperties", "not"] {
        if let Some(inner) = schema.get_mut(keyword) {
            schema_and_parts(&format!("{at}/{keyword}"), inner, visit);
        }
    }
    for keyword in ["allOf", "anyOf", "oneOf"] {
        let parts = schema.get_mut(keyword).and_then(Value::as_array_mut);
        for (index, part) in parts.into_iter().flatten().enumerate() {
            schema_and_parts(&format!("{at}/{keyword}/{index}"), part, visit);
        }
    }
}

/// The names of all schemas that `value` refers to, directly or through others.
pub(crate) fn reachable(document: &Value, value: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut pending = vec![value];
    while let Some(value) = pending.pop() {
        for name in references(value) {
            if found.insert(name.to_owned()) {
                pending.push(&document["components"]["schemas"][name]);
            }
        }
    }
    found
}

fn references(value: &Value) -> Vec<&str> {
    match value {
        Value::Object(object) => object
            .iter()
            .flat_map(|(key, inner)| match inner {
                Value::String(target) if key == "$ref" => {
                    target.strip_prefix(SCHEMAS).into_iter().collect()
                }
                other => references(other),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

/// The named schemas a value of this operation half (`requestBody` or `responses`) can hold.
pub(crate) fn schemas_of(document: &Value, half: &str) -> BTreeSet<String> {
    let all = operations(document);
    all.iter()
        .flat_map(|operation| reachable(document, &operation.value[half]))
        .collect()
}

/// Follows a local reference once, or gives the value back.
pub(crate) fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let target = value.get("$ref").and_then(Value::as_str);
    let pointer = target.and_then(|target| target.strip_prefix('#'));
    pointer
        .and_then(|pointer| document.pointer(pointer))
        .unwrap_or(value)
}

/// A schema with references, and the `allOf` of one part that carries a reference's siblings, followed.
pub(crate) fn plain<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let schema = resolve(document, schema);
    match schema
        .get("allOf")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
    {
        Some([only]) => plain(document, only),
        _ => schema,
    }
}

/// One step of a JSON pointer.
fn escape(step: &str) -> String {
    step.replace('~', "~0").replace('/', "~1")
}
