//! Compares the fields of two object types. Knows what may be sent and what is returned, but no calls.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::document::{Document, strings};
use super::kind::{Effect, Kind, Side};
use super::schema::{Comparison, Place};
use super::shape::{Property, Shape, describe, flag, use_keyword};

/// A field of one of the documents.
#[derive(Clone, Copy)]
struct Field<'a> {
    name: &'a str,
    property: Property<'a>,
    required: bool,
}

impl<'a> Comparison<'_, 'a> {
    /// Compares the fields of two types.
    pub(super) fn properties(&mut self, old: &Shape<'a>, new: &Shape<'a>, place: &Place) {
        let mut removed = Vec::new();
        for field in fields(old) {
            match new.properties.get(field.name) {
                Some(&property) => {
                    let new = Field {
                        property,
                        required: new.required.contains(field.name),
                        ..field
                    };
                    self.kept(field, new, place);
                }
                None if self.visible(self.old, field) => removed.push(field),
                None => {}
            }
        }
        let added = fields(new)
            .filter(|field| {
                !old.properties.contains_key(field.name) && self.visible(self.new, *field)
            })
            .collect::<Vec<_>>();
        let renamed = self.renamed(&removed, &added);
        for &(old, new) in &renamed {
            let at = place.declared(old.property.owner, &segment(old.name));
            self.found(
                Kind::FieldRenamed,
                Effect::BreaksBoth,
                &at,
                json!(old.name),
                json!(new.name),
            );
        }
        for field in removed
            .iter()
            .filter(|field| !renamed.iter().any(|(old, _)| old.name == field.name))
        {
            let at = place.declared(field.property.owner, &segment(field.name));
            let words = json!(words(self.old, *field));
            self.found(
                Kind::FieldRemoved,
                Effect::BreaksBoth,
                &at,
                words,
                Value::Null,
            );
        }
        for field in added
            .iter()
            .filter(|field| !renamed.iter().any(|(_, new)| new.name == field.name))
        {
            let at = place.declared(field.property.owner, &segment(field.name));
            let effect = if field.required {
                Effect::BreaksRequests
            } else {
                Effect::Harmless
            };
            let words = json!(words(self.new, *field));
            self.found(Kind::FieldAdded, effect, &at, Value::Null, words);
        }
        self.bare_required(old, new, place);
    }

    /// A field that both types have.
    fn kept(&mut self, old: Field<'a>, new: Field<'a>, place: &Place) {
        let at = place.declared(
            new.property.owner.or(old.property.owner),
            &segment(new.name),
        );
        self.access(old, new, &at);
        if !self.visible(self.old, old) || !self.visible(self.new, new) {
            return;
        }
        self.requiredness(old.required, new.required, &at);
        let deprecated = |document, schema| flag(document, schema, "deprecated");
        if !deprecated(self.old, old.property.schema) && deprecated(self.new, new.property.schema) {
            self.found(
                Kind::FieldDeprecated,
                Effect::Harmless,
                &at,
                Value::Null,
                Value::Null,
            );
        }
        self.uses(old.property.schema, new.property.schema, &at);
    }

    fn requiredness(&mut self, old: bool, new: bool, at: &Place) {
        let (kind, effect) = match (old, new) {
            (false, true) => (Kind::FieldRequired, Effect::BreaksRequests),
            (true, false) => (Kind::FieldOptional, Effect::BreaksResponses),
            _ => return,
        };
        self.found(kind, effect, at, Value::Null, Value::Null);
    }

    /// Who may write and who may read.
    fn access(&mut self, old: Field<'a>, new: Field<'a>, at: &Place) {
        let change = |keyword| {
            let old = flag(self.old, old.property.schema, keyword);
            let new = flag(self.new, new.property.schema, keyword);
            (old != new).then_some(new)
        };
        let reading = change("readOnly").map(|set| match set {
            true => (Kind::ReadOnlyAdded, Effect::BreaksRequests),
            false if new.required => (Kind::ReadOnlyRemoved, Effect::BreaksRequests),
            false => (Kind::ReadOnlyRemoved, Effect::Harmless),
        });
        let writing = change("writeOnly").map(|set| match set {
            true => (Kind::WriteOnlyAdded, Effect::BreaksResponses),
            false => (Kind::WriteOnlyRemoved, Effect::Harmless),
        });
        for (kind, effect) in reading.into_iter().chain(writing) {
            self.found(kind, effect, at, Value::Null, Value::Null);
        }
        self.mutability(old, new, at);
    }

    fn mutability(&mut self, old: Field<'a>, new: Field<'a>, at: &Place) {
        let read = |document, schema| use_keyword(document, schema, "x-ms-mutability");
        let (old, new) = (
            read(self.old, old.property.schema),
            read(self.new, new.property.schema),
        );
        let set = |list: Option<&'a Value>| list.map(|list| strings(list).collect::<BTreeSet<_>>());
        let (old_set, new_set) = (set(old), set(new));
        if old_set == new_set {
            return;
        }
        let allows =
            |set: &Option<BTreeSet<&str>>, call| set.as_ref().is_none_or(|set| set.contains(call));
        let lost = ["create", "update"]
            .iter()
            .any(|call| allows(&old_set, call) && !allows(&new_set, call));
        let effect = if lost {
            Effect::BreaksRequests
        } else {
            Effect::Harmless
        };
        self.found(
            Kind::MutabilityChanged,
            effect,
            at,
            json!(old_set),
            json!(new_set),
        );
    }

    /// Fields that are required without being declared.
    fn bare_required(&mut self, old: &Shape<'a>, new: &Shape<'a>, place: &Place) {
        let bare =
            |name: &str| !old.properties.contains_key(name) && !new.properties.contains_key(name);
        for name in old
            .required
            .symmetric_difference(&new.required)
            .filter(|name| bare(name))
        {
            self.requiredness(
                old.required.contains(name),
                new.required.contains(name),
                &place.child(&segment(name)),
            );
        }
    }

    /// Whether the field appears on this side of the call.
    fn visible(&self, document: &Document<'a>, field: Field<'a>) -> bool {
        let hidden_by = if self.side == Side::Request {
            "readOnly"
        } else {
            "writeOnly"
        };
        !flag(document, field.property.schema, hidden_by)
    }

    /// Pairs of one field that left and one that came, where no other of either kind looks the same.
    fn renamed(&self, removed: &[Field<'a>], added: &[Field<'a>]) -> Vec<(Field<'a>, Field<'a>)> {
        let looks = |document, field: &Field<'a>| {
            (
                describe(document, field.property.schema),
                field.required,
                flag(document, field.property.schema, "readOnly"),
            )
        };
        let old: Vec<_> = removed
            .iter()
            .map(|field| (looks(self.old, field), *field))
            .collect();
        let new: Vec<_> = added
            .iter()
            .map(|field| (looks(self.new, field), *field))
            .collect();
        let mut pairs = Vec::new();
        for (look, field) in &old {
            let twins = old.iter().filter(|(other, _)| other == look).count();
            let mut candidates = new.iter().filter(|(other, _)| other == look);
            if let (1, Some((_, candidate)), None) = (twins, candidates.next(), candidates.next()) {
                pairs.push((*field, *candidate));
            }
        }
        pairs
    }
}

fn fields<'s, 'a>(shape: &'s Shape<'a>) -> impl Iterator<Item = Field<'a>> + use<'s, 'a> {
    let required = &shape.required;
    shape
        .properties
        .iter()
        .map(move |(&name, &property)| Field {
            name,
            property,
            required: required.contains(name),
        })
}

fn words<'a>(document: &Document<'a>, field: Field<'a>) -> String {
    let kind = describe(document, field.property.schema);
    format!(
        "{kind}, {}",
        if field.required {
            "required"
        } else {
            "optional"
        }
    )
}

/// A field name as one part of a dotted path.
fn segment(name: &str) -> String {
    let plain = !name.is_empty() && !name.contains(['.', '[', '{', '<']);
    if plain {
        name.to_owned()
    } else {
        format!("[\"{name}\"]")
    }
}
