//! The scalar rules of one type: type, format, bounds, patterns, lists of values. Knows no fields and no calls.

use std::cmp::Ordering;

use serde_json::{Number, Value, json};

use super::kind::{Effect, Kind};
use super::shape::Shape;

/// One difference between two types, without its place.
pub(super) struct Facet {
    pub(super) kind: Kind,
    pub(super) effect: Effect,
    pub(super) old: Value,
    pub(super) new: Value,
}

#[derive(Clone, Copy)]
enum Bound {
    Lower,
    Upper,
}

const BOUNDS: [(&str, Bound, Kind); 8] = [
    ("minimum", Bound::Lower, Kind::MinimumChanged),
    ("maximum", Bound::Upper, Kind::MaximumChanged),
    ("minLength", Bound::Lower, Kind::MinLengthChanged),
    ("maxLength", Bound::Upper, Kind::MaxLengthChanged),
    ("minItems", Bound::Lower, Kind::MinItemsChanged),
    ("maxItems", Bound::Upper, Kind::MaxItemsChanged),
    ("minProperties", Bound::Lower, Kind::MinPropertiesChanged),
    ("maxProperties", Bound::Upper, Kind::MaxPropertiesChanged),
];

/// The effect of another JSON type.
pub(super) fn type_effect(old: Option<&str>, new: Option<&str>) -> Effect {
    match (old, new) {
        (Some("integer"), Some("number")) | (Some(_), None) => Effect::BreaksResponses,
        (Some("number"), Some("integer")) | (None, Some(_)) => Effect::BreaksRequests,
        _ => Effect::BreaksBoth,
    }
}

/// Every difference in scalar rules between two shapes of one JSON type.
pub(super) fn compare(old: &Shape<'_>, new: &Shape<'_>) -> Vec<Facet> {
    let mut found = Vec::new();
    found.extend(format(old, new));
    found.extend(
        BOUNDS
            .iter()
            .filter_map(|&(keyword, side, kind)| bound(old, new, keyword, side, kind)),
    );
    found.extend(multiple_of(old, new));
    found.extend(pattern(old, new));
    found.extend(unique_items(old, new));
    found.extend(xml(old, new));
    values(old, new, &mut found);
    found
}

fn format(old: &Shape<'_>, new: &Shape<'_>) -> Option<Facet> {
    let (old, new) = (old.text("format"), new.text("format"));
    if old == new {
        return None;
    }
    let effect = match (old, new) {
        (Some("url" | "uri"), Some("url" | "uri"))
        | (None, Some("password"))
        | (Some("password"), None) => Effect::Harmless,
        (Some("int32"), Some("int64")) | (Some("float"), Some("double")) | (Some(_), None) => {
            Effect::BreaksResponses
        }
        (Some("int64"), Some("int32")) | (Some("double"), Some("float")) | (None, Some(_)) => {
            Effect::BreaksRequests
        }
        _ => Effect::BreaksBoth,
    };
    Some(Facet {
        kind: Kind::FormatChanged,
        effect,
        old: json!(old),
        new: json!(new),
    })
}

fn bound(
    old: &Shape<'_>,
    new: &Shape<'_>,
    keyword: &str,
    side: Bound,
    kind: Kind,
) -> Option<Facet> {
    let read = |shape: &Shape<'_>| {
        let limit = shape.keywords.get(keyword)?.as_number()?.clone();
        let pointless =
            matches!(side, Bound::Lower) && keyword != "minimum" && limit.as_u64() == Some(0);
        let flag = if keyword == "minimum" {
            "exclusiveMinimum"
        } else {
            "exclusiveMaximum"
        };
        let exclusive =
            keyword.ends_with("imum") && shape.keywords.get(flag) == Some(&&Value::Bool(true));
        (!pointless).then_some((limit, exclusive))
    };
    let (old, new) = (read(old), read(new));
    let tighter = match (&old, &new) {
        (None, None) => return None,
        (None, Some(_)) => true,
        (Some(_), None) => false,
        (Some((old, old_exclusive)), Some((new, new_exclusive))) => {
            let rising = order(old, new);
            let tightening = match side {
                Bound::Lower => rising,
                Bound::Upper => rising.reverse(),
            };
            match tightening.then(old_exclusive.cmp(new_exclusive)) {
                Ordering::Equal => return None,
                ordering => ordering == Ordering::Less,
            }
        }
    };
    let show = |limit: Option<(Number, bool)>| match limit {
        Some((limit, true)) => json!(format!("{limit} (exclusive)")),
        Some((limit, false)) => Value::Number(limit),
        None => Value::Null,
    };
    Some(Facet {
        kind,
        effect: Effect::of_narrowing(tighter),
        old: show(old),
        new: show(new),
    })
}

fn order(left: &Number, right: &Number) -> Ordering {
    match (left.as_i128(), right.as_i128()) {
        (Some(left), Some(right)) => left.cmp(&right),
        _ => left
            .as_f64()
            .partial_cmp(&right.as_f64())
            .unwrap_or(Ordering::Equal),
    }
}

fn multiple_of(old: &Shape<'_>, new: &Shape<'_>) -> Option<Facet> {
    let number = |shape: &Shape<'_>| {
        shape
            .keywords
            .get("multipleOf")
            .and_then(|value| value.as_f64())
    };
    let divides = |step: f64, value: f64| (value / step).fract() == 0.0;
    let effect = match (number(old), number(new)) {
        (None, None) => return None,
        (None, Some(_)) => Effect::BreaksRequests,
        (Some(_), None) => Effect::BreaksResponses,
        (Some(old), Some(new)) if old.total_cmp(&new).is_eq() => return None,
        (Some(old), Some(new)) if divides(old, new) => Effect::BreaksRequests,
        (Some(old), Some(new)) if divides(new, old) => Effect::BreaksResponses,
        _ => Effect::BreaksBoth,
    };
    Some(Facet {
        kind: Kind::MultipleOfChanged,
        effect,
        old: keyword(old, "multipleOf"),
        new: keyword(new, "multipleOf"),
    })
}

fn pattern(old: &Shape<'_>, new: &Shape<'_>) -> Option<Facet> {
    let effect = match (old.text("pattern"), new.text("pattern")) {
        (old, new) if old == new => return None,
        (None, _) => Effect::BreaksRequests,
        (_, None) => Effect::BreaksResponses,
        _ => Effect::BreaksBoth,
    };
    Some(Facet {
        kind: Kind::PatternChanged,
        effect,
        old: keyword(old, "pattern"),
        new: keyword(new, "pattern"),
    })
}

fn unique_items(old: &Shape<'_>, new: &Shape<'_>) -> Option<Facet> {
    let unique = |shape: &Shape<'_>| shape.keywords.get("uniqueItems") == Some(&&Value::Bool(true));
    let (old, new) = (unique(old), unique(new));
    let effect = Effect::of_narrowing(new);
    (old != new).then(|| Facet {
        kind: Kind::UniqueItemsChanged,
        effect,
        old: json!(old),
        new: json!(new),
    })
}

fn xml(old: &Shape<'_>, new: &Shape<'_>) -> Option<Facet> {
    let (old, new) = (keyword(old, "xml"), keyword(new, "xml"));
    (old != new).then_some(Facet {
        kind: Kind::XmlChanged,
        effect: Effect::BreaksBoth,
        old,
        new,
    })
}

/// Lists of values. An open list documents, a closed one forbids the rest.
fn values(old: &Shape<'_>, new: &Shape<'_>, found: &mut Vec<Facet>) {
    let mut push = |kind, effect, old, new| {
        found.push(Facet {
            kind,
            effect,
            old,
            new,
        })
    };
    let (before, after) = match (&old.values, &new.values) {
        (None, None) => return,
        (None, Some(after)) => {
            let effect = if new.open {
                Effect::Harmless
            } else {
                Effect::BreaksRequests
            };
            return push(Kind::EnumIntroduced, effect, Value::Null, json!(after));
        }
        (Some(before), None) => {
            let effect = if old.open {
                Effect::Harmless
            } else {
                Effect::BreaksResponses
            };
            return push(Kind::EnumDropped, effect, json!(before), Value::Null);
        }
        (Some(before), Some(after)) => (before, after),
    };
    if old.open != new.open {
        let kind = if new.open {
            Kind::EnumOpened
        } else {
            Kind::EnumClosed
        };
        push(
            kind,
            Effect::of_narrowing(old.open),
            json!(before),
            json!(after),
        );
    }
    for &value in before.iter().filter(|value| !after.contains(value)) {
        push(
            Kind::EnumValueRemoved,
            Effect::BreaksRequests,
            value.clone(),
            Value::Null,
        );
    }
    let effect = if old.open {
        Effect::Harmless
    } else {
        Effect::BreaksResponses
    };
    for &value in after.iter().filter(|value| !before.contains(value)) {
        push(Kind::EnumValueAdded, effect, Value::Null, value.clone());
    }
}

fn keyword(shape: &Shape<'_>, keyword: &str) -> Value {
    shape
        .keywords
        .get(keyword)
        .map_or(Value::Null, |&value| value.clone())
}
