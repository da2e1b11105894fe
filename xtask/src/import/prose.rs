//! Owns the texts of our documents: takes them over from a version that has them to a new one that has none, and
//! lists where texts are still missing. Refuses to change anything but `summary` and `description`.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value};

use crate::conformance::shape::{self, Kind};

const METHODS: [&str; 7] = ["get", "head", "put", "post", "patch", "delete", "options"];

/// Texts by what they are about: a field of a type, a parameter of an operation and so on, whatever file it is in.
#[derive(Debug, Default)]
pub(crate) struct Prose(BTreeMap<String, Texts>);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Texts {
    summary: Option<String>,
    description: Option<String>,
}

/// What a JSON object of a document is, as far as texts are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    PathItem,
    Operation,
    Response,
    /// A type, field, parameter, header, enum value or the document itself: has a description.
    Described,
    /// May have a description, needs none.
    Other,
}

impl Prose {
    /// Adds the texts of a document where there are none yet. What a document says of itself is for files of the
    /// same name only.
    pub(crate) fn learn(&mut self, file: &Path, document: &Value) {
        let mut document = document.clone();
        visit(&mut document, file, &mut |key, _, _, node| {
            let text = |value: Option<&Value>| {
                let text = value
                    .and_then(Value::as_str)
                    .filter(|text| !text.is_empty());
                text.map(str::to_owned)
            };
            let found = match node {
                Node::Text(value) => Texts {
                    summary: None,
                    description: text(Some(value)),
                },
                Node::Object(map) => Texts {
                    summary: text(map.get("summary")),
                    description: text(map.get("description")),
                },
            };
            if found != Texts::default() {
                self.0.entry(key.to_owned()).or_insert(found);
            }
        });
    }

    /// Puts the texts into a document and returns the JSON pointers where one is missing.
    pub(crate) fn tell(&self, file: &Path, document: &mut Value) -> Vec<String> {
        let mut missing = Vec::new();
        visit(document, file, &mut |key, pointer, role, node| {
            let known = self.0.get(key).or_else(|| self.shared(key));
            let known = known.cloned().unwrap_or_default();
            match node {
                Node::Text(value) => match known.description {
                    Some(text) => *value = Value::String(text),
                    None => missing.push(pointer.to_owned()),
                },
                Node::Object(map) => tell_object(map, known, role, pointer, &mut missing),
            }
        });
        missing
    }

    /// The texts of a parameter that another version declares once for all operations.
    fn shared(&self, key: &str) -> Option<&Texts> {
        let (list, name) = key.rsplit_once('/')?;
        let shared = list
            .ends_with("/parameters")
            .then(|| format!("/parameters/{name}"))?;
        self.0.get(&shared)
    }
}

fn tell_object(
    map: &mut Map<String, Value>,
    known: Texts,
    role: Role,
    pointer: &str,
    missing: &mut Vec<String>,
) {
    if matches!(role, Role::Response | Role::Described) && is_mere_reference(map, pointer) {
        return;
    }
    let mut put = |key: &str, text: Option<String>, needed: bool| match text {
        Some(text) => drop(map.insert(key.to_owned(), Value::String(text))),
        None if needed => missing.push(shape::step(pointer, key)),
        None => {}
    };
    put("summary", known.summary, role == Role::Operation);
    let described = matches!(role, Role::Operation | Role::Response | Role::Described);
    put("description", known.description, described);
    if role == Role::Response {
        // Swagger requires the keyword.
        map.entry("description")
            .or_insert_with(|| Value::String(String::new()));
    }
}

/// A reference to a parameter or a response is described where it leads to; one to a type may have its own text.
fn is_mere_reference(map: &Map<String, Value>, pointer: &str) -> bool {
    let to_type = |text: &str| text.contains("#/definitions/");
    let reference = map.get("$ref").and_then(Value::as_str);
    reference.is_some_and(|text| !to_type(text)) && !pointer.is_empty()
}

/// What a visitor gets to see.
enum Node<'a> {
    Object(&'a mut Map<String, Value>),
    Text(&'a mut Value),
}

type Visitor<'v> = dyn FnMut(&str, &str, Role, Node<'_>) + 'v;

/// A walk through a document: where it is, by meaning and as a JSON pointer.
struct Place<'v> {
    key: String,
    pointer: String,
    file: String,
    visit: &'v mut Visitor<'v>,
}

fn visit<'v>(document: &mut Value, file: &Path, visit: &'v mut Visitor<'v>) {
    let file = file.file_name().map(|name| name.to_string_lossy());
    let mut place = Place {
        key: String::new(),
        file: file.unwrap_or_default().into_owned(),
        pointer: String::new(),
        visit,
    };
    place.walk(document, Kind::Keywords, Role::Other);
}

impl Place<'_> {
    fn walk(&mut self, value: &mut Value, kind: Kind, role: Role) {
        match value {
            Value::Object(map) if kind != Kind::Data => {
                if matches!(kind, Kind::Keywords | Kind::Info) {
                    (self.visit)(&self.key, &self.pointer, role, Node::Object(map));
                }
                for (key, child) in map.iter_mut() {
                    let below = kind.below(key, child);
                    let named = match below {
                        Kind::Info => format!("{key} of {}", self.file),
                        _ => key.clone(),
                    };
                    self.enter(&named, key, |place| match (kind, &mut *child) {
                        (Kind::Texts, Value::String(_)) => {
                            (place.visit)(
                                &place.key,
                                &place.pointer,
                                Role::Described,
                                Node::Text(child),
                            );
                        }
                        (_, Value::Array(items)) => place.list(key, items, below),
                        (_, Value::Object(names)) if matches!(below, Kind::Names) => {
                            place.names(key, names);
                        }
                        (_, child) => place.walk(child, below, role_of_member(kind, role, key)),
                    });
                }
            }
            Value::Array(items) if kind != Kind::Data => self.list("", items, kind),
            _ => {}
        }
    }

    /// A map with names of the author's choice.
    fn names(&mut self, group: &str, names: &mut Map<String, Value>) {
        let role = match group {
            "paths" | "x-ms-paths" => Role::PathItem,
            "responses" => Role::Response,
            "definitions" | "properties" | "parameters" | "headers" => Role::Described,
            _ => Role::Other,
        };
        for (name, value) in names.iter_mut() {
            let named = match group {
                // Upstream renames shared parameters without changing them.
                "parameters" => identity(value, name),
                _ => name.clone(),
            };
            self.enter(&named, name, |place| {
                place.walk(value, Kind::Keywords, role)
            });
        }
    }

    fn list(&mut self, group: &str, items: &mut [Value], kind: Kind) {
        let role = match group {
            "parameters" => Role::Described,
            "values" if self.key.ends_with("/x-ms-enum/values") => Role::Described,
            _ => Role::Other,
        };
        for (index, item) in items.iter_mut().enumerate() {
            let index = index.to_string();
            let named = match role {
                Role::Described => identity(item, &index),
                _ => index.clone(),
            };
            self.enter(&named, &index, |place| place.walk(item, kind, role));
        }
    }

    fn enter(&mut self, key: &str, name: &str, then: impl FnOnce(&mut Self)) {
        let (key_length, pointer_length) = (self.key.len(), self.pointer.len());
        self.key = shape::step(&self.key, key);
        self.pointer = shape::step(&self.pointer, name);
        then(self);
        self.key.truncate(key_length);
        self.pointer.truncate(pointer_length);
    }
}

fn role_of_member(kind: Kind, role: Role, key: &str) -> Role {
    match (kind, role) {
        (Kind::Keywords, Role::PathItem) if METHODS.contains(&key) => Role::Operation,
        (Kind::Keywords, _) if key == "info" => Role::Described,
        _ => Role::Other,
    }
}

/// The wire name of a parameter, or the value of an enum entry; what does not change when upstream reorders.
fn identity(value: &Value, otherwise: &str) -> String {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    match (text("name"), text("in"), text("value")) {
        (_, _, Some(value)) => value.to_owned(),
        (Some(name), Some(place), None) => format!("{place} {name}"),
        _ => otherwise.to_owned(),
    }
}
