//! One schema with its `allOf` parts merged and its references followed one level. Compares nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::document::{Document, entries, strings};

/// Keywords that say something about the use of a type, not about the type.
const USE_KEYWORDS: [&str; 9] = [
    "$ref",
    "allOf",
    "nullable",
    "readOnly",
    "writeOnly",
    "default",
    "deprecated",
    "title",
    "description",
];

/// Longest chain of `allOf` parts that is merged; a longer one is a circle.
const MAX_DEPTH: usize = 32;

/// What a schema says once merged.
#[derive(Default)]
pub(super) struct Shape<'a> {
    /// Scalar keywords; of two bounds the tighter one.
    pub(super) keywords: BTreeMap<&'a str, &'a Value>,
    pub(super) values: Option<Vec<&'a Value>>,
    /// Whether values beyond `values` may appear.
    pub(super) open: bool,
    pub(super) properties: BTreeMap<&'a str, Property<'a>>,
    pub(super) required: BTreeSet<&'a str>,
    pub(super) items: Option<&'a Value>,
    pub(super) additional: Additional<'a>,
    pub(super) variants: Vec<&'a Value>,
    pub(super) discriminator: Option<&'a str>,
}

/// A field and the named type that declares it.
#[derive(Clone, Copy)]
pub(super) struct Property<'a> {
    pub(super) schema: &'a Value,
    pub(super) owner: Option<&'a str>,
}

/// What a schema says of undeclared fields.
#[derive(Clone, Copy, Default, PartialEq)]
pub(super) enum Additional<'a> {
    /// Nothing. JSON Schema then allows them, Azure's generators then ignore them.
    #[default]
    Unsaid,
    Forbidden,
    Any,
    Of(&'a Value),
}

impl<'a> Shape<'a> {
    /// Merges `schema`; `owner` is its name, if it has one.
    pub(super) fn of(document: &Document<'a>, schema: &'a Value, owner: Option<&'a str>) -> Self {
        let mut shape = Self::default();
        shape.absorb(document, schema, owner, MAX_DEPTH);
        shape
    }

    /// The JSON type, said or implied.
    pub(super) fn json_type(&self) -> Option<&'a str> {
        if let Some(said) = self.keywords.get("type") {
            return said.as_str();
        }
        if self.items.is_some() {
            return Some("array");
        }
        if !self.properties.is_empty() || !matches!(self.additional, Additional::Unsaid) {
            return Some("object");
        }
        let value = self.values.as_ref()?.first()?;
        match value {
            Value::String(_) => Some("string"),
            Value::Number(number) if number.is_f64() => Some("number"),
            Value::Number(_) => Some("integer"),
            Value::Bool(_) => Some("boolean"),
            _ => None,
        }
    }

    /// The text of a scalar keyword.
    pub(super) fn text(&self, keyword: &str) -> Option<&'a str> {
        self.keywords.get(keyword)?.as_str()
    }

    fn absorb(
        &mut self,
        document: &Document<'a>,
        schema: &'a Value,
        owner: Option<&'a str>,
        depth: usize,
    ) {
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        self.absorb_own(schema, owner);
        if let Some((name, target)) = document.named(schema) {
            self.absorb(document, target, Some(name), depth);
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.absorb(document, part, owner, depth);
        }
    }

    fn absorb_own(&mut self, schema: &'a Value, owner: Option<&'a str>) {
        for (keyword, value) in entries(schema) {
            match keyword {
                "properties" => {
                    for (name, schema) in entries(value) {
                        self.properties
                            .entry(name)
                            .or_insert(Property { schema, owner });
                    }
                }
                "required" => self.required.extend(strings(value)),
                "items" => self.items = self.items.or(Some(value)),
                "enum" => self.restrict(value),
                "x-ms-enum" => {
                    self.open |=
                        value["modelAsString"] == true || value["modelAsExtensible"] == true
                }
                "oneOf" | "anyOf" => self.variants.extend(value.as_array().into_iter().flatten()),
                "additionalProperties" if self.additional == Additional::Unsaid => {
                    self.additional = Additional::read(value);
                }
                "discriminator" => {
                    let name = value["propertyName"].as_str().or(value.as_str());
                    self.discriminator = self.discriminator.or(name);
                }
                "exclusiveMinimum" | "exclusiveMaximum" => {}
                "minimum" | "maximum" => self.bound(keyword, value, schema),
                _ => {
                    self.keywords.entry(keyword).or_insert(value);
                }
            }
        }
    }

    /// Keeps the first of several numeric bounds together with its own exclusiveness.
    fn bound(&mut self, keyword: &'a str, value: &'a Value, schema: &'a Value) {
        if self.keywords.contains_key(keyword) {
            return;
        }
        self.keywords.insert(keyword, value);
        let exclusive = if keyword == "minimum" {
            "exclusiveMinimum"
        } else {
            "exclusiveMaximum"
        };
        if let Some(flag) = schema.get(exclusive) {
            self.keywords.insert(exclusive, flag);
        }
    }

    fn restrict(&mut self, list: &'a Value) {
        let listed = list.as_array().map(Vec::as_slice).unwrap_or_default();
        self.values = Some(match self.values.take() {
            Some(values) => values
                .into_iter()
                .filter(|value| listed.contains(value))
                .collect(),
            None => listed.iter().collect(),
        });
    }
}

impl<'a> Additional<'a> {
    fn read(value: &'a Value) -> Self {
        match value {
            Value::Bool(false) => Self::Forbidden,
            Value::Object(schema) if !schema.is_empty() => Self::Of(value),
            _ => Self::Any,
        }
    }
}

/// The named type that `schema` is a mere use of: a reference, alone or wrapped in `allOf` so that it can carry
/// `nullable` and the like.
pub(super) fn used_type<'a>(
    document: &Document<'a>,
    schema: &'a Value,
) -> Option<(&'a str, &'a Value)> {
    let mere = entries(schema).all(|(keyword, _)| {
        USE_KEYWORDS.contains(&keyword)
            || keyword.starts_with("x-")
            || keyword.starts_with("example")
    });
    if !mere {
        return None;
    }
    match schema["allOf"].as_array().map(Vec::as_slice) {
        None => document.named(schema),
        Some([part]) if schema.get("$ref").is_none() => used_type(document, part),
        Some(_) => None,
    }
}

/// The value of a keyword about the use of a type: the use's own, else the type's.
pub(super) fn use_keyword<'a>(
    document: &Document<'a>,
    schema: &'a Value,
    keyword: &str,
) -> Option<&'a Value> {
    fn find<'a>(
        document: &Document<'a>,
        schema: &'a Value,
        keyword: &str,
        depth: usize,
    ) -> Option<&'a Value> {
        let depth = depth.checked_sub(1)?;
        if let Some(value) = schema.get(keyword) {
            return Some(value);
        }
        if let Some((_, target)) = document.named(schema) {
            return find(document, target, keyword, depth);
        }
        let parts = schema["allOf"].as_array().into_iter().flatten();
        parts
            .into_iter()
            .find_map(|part| find(document, part, keyword, depth))
    }
    find(document, schema, keyword, MAX_DEPTH)
}

/// Whether a flag about the use of a type is set.
pub(super) fn flag<'a>(document: &Document<'a>, schema: &'a Value, keyword: &str) -> bool {
    use_keyword(document, schema, keyword) == Some(&Value::Bool(true))
}

/// A type in a few words: `string (date-time)`, `CommunicationIdentity`, `array of string`.
pub(super) fn describe<'a>(document: &Document<'a>, schema: &'a Value) -> String {
    fn words<'a>(document: &Document<'a>, schema: &'a Value, depth: usize) -> String {
        if let Some((name, _)) = used_type(document, schema) {
            return name.to_owned();
        }
        let shape = Shape::of(document, schema, None);
        match (shape.json_type(), depth.checked_sub(1)) {
            (Some("array"), Some(depth)) => match shape.items {
                Some(items) => format!("array of {}", words(document, items, depth)),
                None => String::from("array"),
            },
            (Some("object"), Some(depth)) => match shape.additional {
                Additional::Of(value) if shape.properties.is_empty() => {
                    format!("map of {}", words(document, value, depth))
                }
                _ => String::from("object"),
            },
            (Some(name), _) => match shape.text("format") {
                Some(format) => format!("{name} ({format})"),
                None => name.to_owned(),
            },
            (None, _) => String::from("any"),
        }
    }
    words(document, schema, 4)
}
