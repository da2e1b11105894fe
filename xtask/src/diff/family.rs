//! Compares what a value may turn out to be: alternatives, subtypes, and the field that tells them apart. Knows no
//! fields and no calls.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::kind::{Effect, Kind};
use super::schema::{Comparison, Pair, Place};
use super::shape::{Shape, describe, used_type};

impl<'a> Comparison<'_, 'a> {
    /// Compares the alternatives of `oneOf` and `anyOf`; a type is known by its name, others by what they say.
    pub(super) fn variants(&mut self, old: &[&'a Value], new: &[&'a Value], place: &Place) {
        let same = |old: &'a Value, new: &'a Value| match (
            used_type(self.old, old),
            used_type(self.new, new),
        ) {
            (Some((old, _)), Some((new, _))) => old == new,
            _ => old == new,
        };
        let old_left: Vec<_> = old
            .iter()
            .copied()
            .filter(|old| !new.iter().any(|new| same(old, new)))
            .collect();
        let new_left: Vec<_> = new
            .iter()
            .copied()
            .filter(|new| !old.iter().any(|old| same(old, new)))
            .collect();
        let mut pairs = Vec::new();
        for &old in old {
            pairs.extend(new.iter().find(|new| same(old, new)).map(|&new| (old, new)));
        }
        if let ([old], [new]) = (old_left.as_slice(), new_left.as_slice()) {
            pairs.push((old, new));
        } else {
            for old in old_left {
                let words = json!(describe(self.old, old));
                self.found(
                    Kind::VariantRemoved,
                    Effect::BreaksRequests,
                    place,
                    words,
                    Value::Null,
                );
            }
            for new in new_left {
                let words = json!(describe(self.new, new));
                self.found(
                    Kind::VariantAdded,
                    Effect::BreaksResponses,
                    place,
                    Value::Null,
                    words,
                );
            }
        }
        for (old, new) in pairs {
            let segment = format!("<{}>", describe(self.new, new));
            self.uses(old, new, &place.child(&segment));
        }
    }

    /// Compares the field that tells subtypes apart.
    pub(super) fn discriminator(&mut self, old: &Shape<'a>, new: &Shape<'a>, place: &Place) {
        let (old, new) = (old.discriminator, new.discriminator);
        if old != new {
            let replaced = old.is_some() && new.is_some();
            let effect = if replaced {
                Effect::BreaksBoth
            } else {
                Effect::Harmless
            };
            self.found(
                Kind::DiscriminatorChanged,
                effect,
                place,
                json!(old),
                json!(new),
            );
        }
    }

    /// Subtypes extend a list that clients must expect to grow, as they do with an open enum.
    pub(super) fn subtypes(&mut self, pair: &Pair<'a>, place: &Place) {
        let none = BTreeMap::new();
        let old = self.old.subtypes(pair.old).unwrap_or(&none);
        let new = self.new.subtypes(pair.new).unwrap_or(&none);
        for (value, &old) in old {
            match new.get(value) {
                Some(&new) => {
                    let place = place.child(&format!("<{value}>"));
                    self.outcome.uses.push((place.path, Pair { old, new }));
                }
                None => self.found(
                    Kind::SubtypeRemoved,
                    Effect::BreaksRequests,
                    place,
                    json!(value),
                    Value::Null,
                ),
            }
        }
        for value in new.keys().filter(|value| !old.contains_key(*value)) {
            self.found(
                Kind::SubtypeAdded,
                Effect::Harmless,
                place,
                Value::Null,
                json!(value),
            );
        }
    }
}
