//! A strict reader of one JSON object: each keyword is taken by name, and what nobody took is an error.
//! Knows nothing of Swagger beyond `x-*` being legal everywhere.

use serde_json::{Map, Value};

use super::context::Context;
use super::extension;
use crate::regen::bundle::Pointer;

/// An object of the document and the keywords of it that were taken.
pub(super) struct Node<'a> {
    pub(super) context: &'a Context,
    pub(super) at: Pointer,
    what: &'static str,
    map: &'a Map<String, Value>,
    taken: Vec<&'a str>,
}

impl<'a> Node<'a> {
    /// Opens the object at `at`; `what` names it in messages, with its article.
    pub(super) fn open(
        context: &'a Context,
        at: &Pointer,
        what: &'static str,
        value: &'a Value,
    ) -> anyhow::Result<Self> {
        let map = value
            .as_object()
            .ok_or_else(|| context.error(at, format!("is {}, {what} is an object", kind(value))))?;
        Ok(Self {
            context,
            at: at.clone(),
            what,
            map,
            taken: Vec::new(),
        })
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.map.keys().map(String::as_str)
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.map.contains_key(key)
    }

    /// The value of `key`, untaken.
    pub(super) fn peek(&self, key: &str) -> Option<&'a Value> {
        self.map.get(key)
    }

    pub(super) fn take(&mut self, key: &str) -> Option<&'a Value> {
        let (key, value) = self.map.get_key_value(key)?;
        self.taken.push(key);
        Some(value)
    }

    pub(super) fn string(&mut self, key: &str) -> anyhow::Result<Option<&'a str>> {
        self.typed(key, "a string", Value::as_str)
    }

    pub(super) fn boolean(&mut self, key: &str) -> anyhow::Result<Option<bool>> {
        self.typed(key, "true or false", Value::as_bool)
    }

    pub(super) fn array(&mut self, key: &str) -> anyhow::Result<Option<&'a Vec<Value>>> {
        self.typed(key, "an array", Value::as_array)
    }

    pub(super) fn object(&mut self, key: &str) -> anyhow::Result<Option<&'a Map<String, Value>>> {
        self.typed(key, "an object", Value::as_object)
    }

    /// An array of strings.
    pub(super) fn strings(&mut self, key: &str) -> anyhow::Result<Option<Vec<&'a str>>> {
        let at = self.at.key(key);
        let Some(items) = self.array(key)? else {
            return Ok(None);
        };
        let strings = items.iter().enumerate().map(|(index, item)| {
            item.as_str().ok_or_else(|| {
                self.context.error(
                    &at.index(index),
                    format!("is {}, a string belongs here", kind(item)),
                )
            })
        });
        strings.collect::<anyhow::Result<_>>().map(Some)
    }

    pub(super) fn required_string(&mut self, key: &str) -> anyhow::Result<&'a str> {
        self.string(key)?
            .ok_or_else(|| self.error(format!("lacks `{key}`, {} needs it", self.what)))
    }

    /// Takes those keywords that are there, and not taken yet, into `out` as they are, checking their types.
    pub(super) fn copy(
        &mut self,
        rules: &[(&str, Type)],
        out: &mut Map<String, Value>,
    ) -> anyhow::Result<()> {
        for &(key, rule) in rules {
            if self.taken.contains(&key) {
                continue;
            }
            if let Some(value) = self.typed(key, rule.article(), |value| {
                rule.accepts(value).then_some(value)
            })? {
                out.insert(key.to_owned(), value.clone());
            }
        }
        Ok(())
    }

    /// Carries the `x-*` keywords over that nobody took.
    pub(super) fn extensions(&mut self, out: &mut Map<String, Value>) -> anyhow::Result<()> {
        for key in self.keys().filter(|key| key.starts_with("x-")) {
            if self.taken.contains(&key) {
                continue;
            }
            self.taken.push(key);
            extension::carry(self, key, &self.map[key], out)?;
        }
        Ok(())
    }

    /// Fails if a keyword was not taken.
    pub(super) fn finish(&self) -> anyhow::Result<()> {
        match self.keys().find(|key| !self.taken.contains(key)) {
            None => Ok(()),
            Some(key) => Err(self.context.error(
                &self.at.key(key),
                format!(
                    "unknown keyword `{key}` in {}, {}",
                    self.what,
                    extension::advice(key)
                ),
            )),
        }
    }

    /// An error about this object.
    pub(super) fn error(&self, message: impl std::fmt::Display) -> anyhow::Error {
        self.context.error(&self.at, message)
    }

    /// An error about a member of this object.
    pub(super) fn error_at(&self, key: &str, message: impl std::fmt::Display) -> anyhow::Error {
        self.context.error(&self.at.key(key), message)
    }

    fn typed<T>(
        &mut self,
        key: &str,
        article: &str,
        read: impl Fn(&'a Value) -> Option<T>,
    ) -> anyhow::Result<Option<T>> {
        let Some(value) = self.take(key) else {
            return Ok(None);
        };
        match read(value) {
            Some(read) => Ok(Some(read)),
            None => Err(self.error_at(
                key,
                format!("`{key}` is {}, it must be {article}", kind(value)),
            )),
        }
    }
}

/// What a keyword's value must be.
#[derive(Clone, Copy)]
pub(super) enum Type {
    Any,
    String,
    Boolean,
    Number,
    Count,
}

impl Type {
    fn article(self) -> &'static str {
        match self {
            Self::Any => "anything",
            Self::String => "a string",
            Self::Boolean => "true or false",
            Self::Number => "a number",
            Self::Count => "a whole number of zero or more",
        }
    }

    fn accepts(self, value: &Value) -> bool {
        match self {
            Self::Any => true,
            Self::String => value.is_string(),
            Self::Boolean => value.is_boolean(),
            Self::Number => value.is_number(),
            Self::Count => value.is_u64(),
        }
    }
}

/// The type of `value`, with its article.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
