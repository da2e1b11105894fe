//! Compares two schemas as trees and stops at named types, which are compared once each. Knows no calls.

use serde_json::{Value, json};

use super::document::{Document, entries};
use super::facets;
use super::kind::{Effect, Kind, Side};
use super::shape::{Additional, Shape, describe, use_keyword, used_type};

/// Where in a type something is: by the type that declares it, and from the root of the comparison.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    /// The named type that declares it.
    pub(super) owner: Option<String>,
    /// The dotted path from the owner.
    pub(super) local: String,
    /// The dotted path from the root.
    pub(super) path: String,
}

/// A difference and its place.
#[derive(Clone)]
pub(super) struct Finding {
    pub(super) kind: Kind,
    pub(super) effect: Effect,
    pub(super) place: Place,
    pub(super) old: Value,
    pub(super) new: Value,
}

/// A pair of named types that the compared types use.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pair<'a> {
    pub(super) old: &'a str,
    pub(super) new: &'a str,
}

/// The differences of a pair of types apart from those inside the named types it uses.
#[derive(Default)]
pub(super) struct Outcome<'a> {
    pub(super) findings: Vec<Finding>,
    pub(super) uses: Vec<(String, Pair<'a>)>,
}

/// A comparison of two types on one side of the call.
pub(super) struct Comparison<'d, 'a> {
    pub(super) old: &'d Document<'a>,
    pub(super) new: &'d Document<'a>,
    pub(super) side: Side,
    pub(super) outcome: Outcome<'a>,
    open: Vec<(*const Value, *const Value)>,
}

impl Place {
    /// The place of a named type itself.
    pub(super) fn of_type(name: &str) -> Self {
        Self {
            owner: Some(name.to_owned()),
            ..Self::default()
        }
    }

    /// A place below this one.
    pub(super) fn child(&self, segment: &str) -> Self {
        Self {
            owner: self.owner.clone(),
            local: join(&self.local, segment),
            path: join(&self.path, segment),
        }
    }

    /// A place below this one that is declared by `owner`, where that differs from this one's.
    pub(super) fn declared(&self, owner: Option<&str>, segment: &str) -> Self {
        match owner {
            Some(owner) if self.owner.as_deref() != Some(owner) => Self {
                owner: Some(owner.to_owned()),
                local: segment.to_owned(),
                path: join(&self.path, segment),
            },
            _ => self.child(segment),
        }
    }
}

impl<'d, 'a> Comparison<'d, 'a> {
    pub(super) fn new(old: &'d Document<'a>, new: &'d Document<'a>, side: Side) -> Self {
        Self {
            old,
            new,
            side,
            outcome: Outcome::default(),
            open: Vec::new(),
        }
    }

    /// Compares two named types, subtypes included.
    pub(super) fn of_types(mut self, pair: &Pair<'a>) -> Outcome<'a> {
        let (Some(old), Some(new)) = (
            self.type_of(self.old, pair.old),
            self.type_of(self.new, pair.new),
        ) else {
            return self.outcome;
        };
        let place = Place::of_type(pair.new);
        let shapes = (
            Shape::of(self.old, old, Some(pair.old)),
            Shape::of(self.new, new, Some(pair.new)),
        );
        self.shapes(&shapes.0, &shapes.1, &place);
        self.subtypes(pair, &place);
        self.outcome
    }

    /// Compares two uses of types.
    pub(super) fn uses(&mut self, old: &'a Value, new: &'a Value, place: &Place) {
        self.use_keywords(old, new, place);
        if let (Some((old_name, _)), Some((new_name, _))) =
            (used_type(self.old, old), used_type(self.new, new))
        {
            self.outcome.uses.push((
                place.path.clone(),
                Pair {
                    old: old_name,
                    new: new_name,
                },
            ));
            return;
        }
        let key = (std::ptr::from_ref(old), std::ptr::from_ref(new));
        if self.open.contains(&key) {
            return;
        }
        self.open.push(key);
        let (old, new) = (
            Shape::of(self.old, old, None),
            Shape::of(self.new, new, None),
        );
        self.shapes(&old, &new, place);
        self.open.pop();
    }

    /// Records a difference.
    pub(super) fn found(
        &mut self,
        kind: Kind,
        effect: Effect,
        place: &Place,
        old: Value,
        new: Value,
    ) {
        self.outcome.findings.push(Finding {
            kind,
            effect,
            place: place.clone(),
            old,
            new,
        });
    }

    fn shapes(&mut self, old: &Shape<'a>, new: &Shape<'a>, place: &Place) {
        let (old_type, new_type) = (old.json_type(), new.json_type());
        if old_type != new_type && (old.variants.is_empty() || new.variants.is_empty()) {
            let effect = facets::type_effect(old_type, new_type);
            return self.found(
                Kind::TypeChanged,
                effect,
                place,
                json!(type_name(old)),
                json!(type_name(new)),
            );
        }
        for facet in facets::compare(old, new) {
            self.found(facet.kind, facet.effect, place, facet.old, facet.new);
        }
        self.properties(old, new, place);
        match (old.items, new.items) {
            (Some(old), Some(new)) => self.uses(old, new, &place.child("[]")),
            (None, Some(items)) => {
                let new = describe(self.new, items);
                self.found(
                    Kind::TypeChanged,
                    Effect::BreaksRequests,
                    &place.child("[]"),
                    json!("any"),
                    json!(new),
                );
            }
            (Some(items), None) => {
                let old = describe(self.old, items);
                self.found(
                    Kind::TypeChanged,
                    Effect::BreaksResponses,
                    &place.child("[]"),
                    json!(old),
                    json!("any"),
                );
            }
            (None, None) => {}
        }
        self.additional(old.additional, new.additional, place);
        self.variants(&old.variants, &new.variants, place);
        self.discriminator(old, new, place);
    }

    fn use_keywords(&mut self, old: &'a Value, new: &'a Value, place: &Place) {
        let pick = |keyword| {
            (
                use_keyword(self.old, old, keyword),
                use_keyword(self.new, new, keyword),
            )
        };
        let nullable = match pick("nullable") {
            (old, new) if truth(old) == truth(new) => None,
            (_, new) if truth(new) => Some((Kind::NullableAdded, Effect::BreaksResponses)),
            _ => Some((Kind::NullableRemoved, Effect::BreaksRequests)),
        };
        let (old_default, new_default) = pick("default");
        if let Some((kind, effect)) = nullable {
            self.found(kind, effect, place, Value::Null, Value::Null);
        }
        if old_default != new_default {
            // A new default for a request silently changes what an old request means.
            let replaced = old_default.is_some() && new_default.is_some();
            let effect = if replaced {
                Effect::BreaksRequests
            } else {
                Effect::Harmless
            };
            let value = |default: Option<&Value>| default.cloned().unwrap_or_default();
            self.found(
                Kind::DefaultChanged,
                effect,
                place,
                value(old_default),
                value(new_default),
            );
        }
    }

    fn additional(&mut self, old: Additional<'a>, new: Additional<'a>, place: &Place) {
        use Additional::{Any, Forbidden, Of, Unsaid};
        let effect = match (old, new) {
            (Of(old), Of(new)) => return self.uses(old, new, &place.child("{}")),
            (old, new) if old == new => return,
            (Unsaid, Any | Forbidden | Of(_)) | (Forbidden, _) => Effect::Harmless,
            (Any | Of(_), Unsaid | Forbidden) => Effect::BreaksBoth,
            (Any, _) => Effect::BreaksRequests,
            (Of(_), Any) => Effect::BreaksResponses,
            (Unsaid, Unsaid) => return,
        };
        let (old, new) = (
            additional_words(self.old, old),
            additional_words(self.new, new),
        );
        self.found(
            Kind::AdditionalPropertiesChanged,
            effect,
            place,
            json!(old),
            json!(new),
        );
    }

    fn type_of(&self, document: &Document<'a>, name: &str) -> Option<&'a Value> {
        document
            .schema(name)
            .or_else(|| document.root.pointer(name.strip_prefix('#')?))
    }
}

/// Joins two dotted paths.
pub(super) fn join(left: &str, right: &str) -> String {
    if left.is_empty() || right.is_empty() || right.starts_with(['[', '{', '<']) {
        format!("{left}{right}")
    } else {
        format!("{left}.{right}")
    }
}

fn truth(value: Option<&Value>) -> bool {
    value == Some(&Value::Bool(true))
}

fn type_name(shape: &Shape<'_>) -> String {
    let name = shape.json_type().unwrap_or("any");
    shape
        .text("format")
        .map_or_else(|| name.to_owned(), |format| format!("{name} ({format})"))
}

fn additional_words<'a>(document: &Document<'a>, additional: Additional<'a>) -> Option<String> {
    match additional {
        Additional::Unsaid => None,
        Additional::Forbidden => Some(String::from("none")),
        Additional::Any => Some(String::from("any")),
        Additional::Of(schema) if entries(schema).next().is_some() => {
            Some(describe(document, schema))
        }
        Additional::Of(_) => Some(String::from("any")),
    }
}
