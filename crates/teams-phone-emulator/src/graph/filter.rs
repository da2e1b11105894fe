//! Owns the part of OData's `$filter` that is emulated: comparison, logic, `any` over collections.
//! Refuses anything else, and to know what the entities are.

mod lexer;
mod parser;
#[cfg(test)]
mod tests;

use serde_json::Value;

use super::failure::Failure;

/// The properties of an entity that can be filtered by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Schema {
    pub(crate) scalars: &'static [&'static str],
    pub(crate) collections: &'static [&'static str],
}

/// A filter taken apart.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Filter {
    Compare {
        operand: Operand,
        is_equal: bool,
        literal: Value,
    },
    And(Box<Filter>, Box<Filter>),
    Or(Box<Filter>, Box<Filter>),
    Not(Box<Filter>),
    /// Some item of a collection fits; without a condition, there is an item.
    Any(&'static str, Option<Box<Filter>>),
}

/// What a comparison looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operand {
    Property(&'static str),
    /// The item that `any` is at.
    Item,
}

impl Filter {
    /// Reads a filter over the properties of a schema.
    pub(crate) fn parse(text: &str, schema: Schema) -> Result<Self, Failure> {
        parser::parse(text, schema)
            .map_err(|why| Failure::bad(format!("Invalid filter clause: {why}.")))
    }

    /// Whether an entity fits.
    pub(crate) fn fits(&self, entity: &Value) -> bool {
        self.holds(entity, &Value::Null)
    }

    fn holds(&self, entity: &Value, item: &Value) -> bool {
        match self {
            Self::Compare {
                operand,
                is_equal,
                literal,
            } => {
                let value = match operand {
                    Operand::Property(name) => entity.get(name).unwrap_or(&Value::Null),
                    Operand::Item => item,
                };
                same(value, literal) == *is_equal
            }
            Self::And(one, other) => one.holds(entity, item) && other.holds(entity, item),
            Self::Or(one, other) => one.holds(entity, item) || other.holds(entity, item),
            Self::Not(inner) => !inner.holds(entity, item),
            Self::Any(name, condition) => {
                entity
                    .get(name)
                    .and_then(Value::as_array)
                    .is_some_and(|items| {
                        items.iter().any(|item| {
                            condition
                                .as_ref()
                                .is_none_or(|condition| condition.holds(entity, item))
                        })
                    })
            }
        }
    }
}

/// Texts are compared without regard to case: enumeration members, GUIDs and sign-in names are.
fn same(value: &Value, literal: &Value) -> bool {
    match (value, literal) {
        (Value::String(value), Value::String(literal)) => {
            value.to_lowercase() == literal.to_lowercase()
        }
        (value, literal) => value == literal,
    }
}
