//! Reading an OpenAPI 3.0 document: references, names of types, subtypes, operations. Compares nothing.

use std::collections::BTreeMap;

use serde_json::Value;

const SCHEMAS: &str = "#/components/schemas/";
const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// Longest chain of references that is followed; a longer one is a circle.
const MAX_HOPS: usize = 32;

/// A document and what is looked up in it again and again.
pub(super) struct Document<'a> {
    pub(super) root: &'a Value,
    subtypes: BTreeMap<&'a str, BTreeMap<String, &'a str>>,
}

/// One method of one path.
#[derive(Clone, Copy)]
pub(super) struct Operation<'a> {
    pub(super) method: &'static str,
    pub(super) path: &'a str,
    pub(super) value: &'a Value,
    item: &'a Value,
}

impl<'a> Document<'a> {
    pub(super) fn new(root: &'a Value) -> Self {
        let mut document = Self {
            root,
            subtypes: BTreeMap::new(),
        };
        document.subtypes = document.find_subtypes();
        document
    }

    /// The API version the document says it describes.
    pub(super) fn version(&self) -> &'a str {
        self.root["info"]["version"].as_str().unwrap_or_default()
    }

    /// The named types.
    pub(super) fn schemas(&self) -> impl Iterator<Item = (&'a str, &'a Value)> + use<'a> {
        entries(&self.root["components"]["schemas"])
    }

    /// A named type.
    pub(super) fn schema(&self, name: &str) -> Option<&'a Value> {
        self.root["components"]["schemas"].get(name)
    }

    /// Follows references to the value itself. One that leads nowhere ends the chain.
    pub(super) fn resolve(&self, value: &'a Value) -> &'a Value {
        let mut value = value;
        for _ in 0..MAX_HOPS {
            match reference(value).and_then(|target| self.pointer(target)) {
                Some(next) => value = next,
                None => break,
            }
        }
        value
    }

    /// The name of the type that `schema` refers to, and the type.
    pub(super) fn named(&self, schema: &'a Value) -> Option<(&'a str, &'a Value)> {
        let mut found = None;
        let mut schema = schema;
        for _ in 0..MAX_HOPS {
            let Some(target) = reference(schema) else {
                break;
            };
            let Some(next) = self.pointer(target) else {
                break;
            };
            found = Some((target.strip_prefix(SCHEMAS).unwrap_or(target), next));
            schema = next;
        }
        found
    }

    /// The direct subtypes of a named type, by discriminator value.
    pub(super) fn subtypes(&self, name: &str) -> Option<&BTreeMap<String, &'a str>> {
        self.subtypes.get(name)
    }

    /// Every operation, by path and method.
    pub(super) fn operations(&self) -> Vec<Operation<'a>> {
        let mut found = Vec::new();
        for section in ["paths", "x-ms-paths"] {
            for (path, item) in entries(&self.root[section]) {
                let item = self.resolve(item);
                found.extend(METHODS.iter().filter_map(|&method| {
                    let value = item.get(method)?;
                    Some(Operation {
                        method,
                        path,
                        value,
                        item,
                    })
                }));
            }
        }
        found.sort_by_key(|operation| (operation.path, operation.method));
        found
    }

    /// The parameters of an operation; its own replace those of the path. Keyed by `in` and name, header names in
    /// lower case.
    pub(super) fn parameters(
        &self,
        operation: &Operation<'a>,
    ) -> BTreeMap<(String, String), &'a Value> {
        [operation.item, operation.value]
            .into_iter()
            .flat_map(|holder| holder["parameters"].as_array().into_iter().flatten())
            .map(|parameter| self.resolve(parameter))
            .filter_map(|parameter| {
                let place = parameter["in"].as_str()?;
                let name = parameter["name"].as_str()?;
                let name = if place == "header" {
                    name.to_ascii_lowercase()
                } else {
                    name.to_owned()
                };
                Some(((place.to_owned(), name), parameter))
            })
            .collect()
    }

    /// The first reference that leads nowhere, as the pointer of its holder and its target.
    pub(super) fn dangling(&self) -> Option<(String, &'a str)> {
        let mut open = vec![(String::from("#"), self.root)];
        while let Some((at, value)) = open.pop() {
            if let Some(target) = reference(value)
                && !at.contains("/example")
                && !at.contains("/x-ms-examples/")
                && self.pointer(target).is_none()
            {
                return Some((at, target));
            }
            match value {
                Value::Object(map) => open.extend(
                    map.iter()
                        .map(|(key, child)| (format!("{at}/{key}"), child)),
                ),
                Value::Array(items) => {
                    open.extend(
                        items
                            .iter()
                            .enumerate()
                            .map(|(index, child)| (format!("{at}/{index}"), child)),
                    );
                }
                _ => {}
            }
        }
        None
    }

    fn pointer(&self, target: &str) -> Option<&'a Value> {
        let pointer = target.strip_prefix('#')?;
        self.root.pointer(pointer).or_else(|| {
            self.root
                .pointer(&pointer.replace("%7B", "{").replace("%7D", "}"))
        })
    }

    fn find_subtypes(&self) -> BTreeMap<&'a str, BTreeMap<String, &'a str>> {
        let mut found: BTreeMap<&'a str, BTreeMap<String, &'a str>> = BTreeMap::new();
        for (name, schema) in self.schemas() {
            let parents = schema["allOf"].as_array().into_iter().flatten();
            for (parent, _) in parents.filter_map(|parent| self.named(parent)) {
                if let Some(holder) = self.discriminated(parent, MAX_HOPS) {
                    let value = self.discriminator_value(holder, name, schema);
                    found.entry(parent).or_default().insert(value, name);
                }
            }
        }
        found
    }

    /// The type among `name` and its ancestors that declares a discriminator.
    fn discriminated(&self, name: &'a str, hops: usize) -> Option<&'a Value> {
        let schema = self.schema(name)?;
        if schema.get("discriminator").is_some() {
            return Some(schema);
        }
        let hops = hops.checked_sub(1)?;
        let parents = schema["allOf"].as_array().into_iter().flatten();
        parents
            .filter_map(|parent| self.named(parent))
            .find_map(|(parent, _)| self.discriminated(parent, hops))
    }

    fn discriminator_value(&self, holder: &'a Value, name: &str, schema: &Value) -> String {
        if let Some(value) = schema["x-ms-discriminator-value"].as_str() {
            return value.to_owned();
        }
        let target = format!("{SCHEMAS}{name}");
        entries(&holder["discriminator"]["mapping"])
            .find(|(_, mapped)| {
                mapped
                    .as_str()
                    .is_some_and(|mapped| mapped == target || mapped == name)
            })
            .map_or_else(|| name.to_owned(), |(value, _)| value.to_owned())
    }
}

impl<'a> Operation<'a> {
    /// Method and path as a reader writes them.
    pub(super) fn label(&self) -> String {
        format!("{} {}", self.method.to_ascii_uppercase(), self.path)
    }

    /// The operationId.
    pub(super) fn id(&self) -> Option<&'a str> {
        self.value["operationId"].as_str()
    }

    /// The path without the names of its placeholders.
    pub(super) fn template(&self) -> String {
        let mut template = String::new();
        let mut rest = self.path;
        while let Some((before, after)) = rest.split_once('{') {
            template.push_str(before);
            template.push_str("{}");
            rest = after.split_once('}').map_or("", |(_, after)| after);
        }
        template + rest
    }

    /// The names of the placeholders, in order.
    pub(super) fn placeholders(&self) -> Vec<&'a str> {
        self.path
            .split('{')
            .skip(1)
            .filter_map(|part| part.split_once('}').map(|(name, _)| name))
            .collect()
    }
}

/// The entries of an object; none for anything else.
pub(super) fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.as_str(), value))
}

/// The strings of an array; none for anything else.
pub(super) fn strings(value: &Value) -> impl Iterator<Item = &str> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

fn reference(value: &Value) -> Option<&str> {
    value.get("$ref")?.as_str()
}
