//! Compares path, query, header and cookie parameters. Knows no bodies.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::document::Document;
use super::kind::{Effect, Kind, Location, Side};
use super::operations::Both;
use super::shape::describe;
use super::walk::{Entry, Walker};

/// The parameter that carries the version; it differs between versions by nature.
const API_VERSION: &str = "api-version";

type Parameters<'a> = BTreeMap<(String, String), &'a Value>;

/// Compares the parameters of one operation.
pub(super) fn compare<'a>(walker: &mut Walker<'_, 'a>, both: Both<'a>) {
    let mut old = walker.old.parameters(&both.old);
    let mut new = walker.new.parameters(&both.new);
    placeholders(walker, both, &mut old);
    let kept: Vec<_> = old
        .keys()
        .filter(|key| new.contains_key(*key))
        .cloned()
        .collect();
    for key in kept {
        if let (Some(old), Some(new)) = (old.remove(&key), new.remove(&key))
            && !key.1.eq_ignore_ascii_case(API_VERSION)
        {
            pair(walker, both, old, new);
        }
    }
    moved(walker, both, &mut old, &mut new);
    renamed(walker, both, &mut old, &mut new);
    for ((place, _), parameter) in old {
        let words = json!(words(walker.old, parameter));
        add(
            walker,
            both,
            &place,
            Entry::at(
                name(parameter),
                Kind::ParameterRemoved,
                Effect::BreaksRequests,
                words,
                Value::Null,
            ),
        );
    }
    for ((place, _), parameter) in new {
        let effect = if required(parameter) {
            Effect::BreaksRequests
        } else {
            Effect::Harmless
        };
        let words = json!(words(walker.new, parameter));
        add(
            walker,
            both,
            &place,
            Entry::at(
                name(parameter),
                Kind::ParameterAdded,
                effect,
                Value::Null,
                words,
            ),
        );
    }
}

/// Placeholders are known by their position; the old parameters take the new names.
fn placeholders<'a>(walker: &mut Walker<'_, 'a>, both: Both<'a>, old: &mut Parameters<'a>) {
    if both.old.template() != both.new.template() {
        return;
    }
    let names = both
        .old
        .placeholders()
        .into_iter()
        .zip(both.new.placeholders());
    let renamed: Vec<_> = names.filter(|(before, after)| before != after).collect();
    let taken: Vec<_> = renamed
        .iter()
        .filter_map(|(before, after)| {
            let parameter = old.remove(&(String::from("path"), (*before).to_owned()))?;
            Some(((String::from("path"), (*after).to_owned()), parameter))
        })
        .collect();
    old.extend(taken);
    for (before, after) in renamed {
        let entry = Entry::at(
            before,
            Kind::PathParameterRenamed,
            Effect::Harmless,
            json!(before),
            json!(after),
        );
        add(walker, both, "path", entry);
    }
}

fn pair<'a>(walker: &mut Walker<'_, 'a>, both: Both<'a>, old: &'a Value, new: &'a Value) {
    let (place, name) = (new["in"].as_str().unwrap_or_default(), name(new));
    let change = match (required(old), required(new)) {
        (false, true) => Some((Kind::ParameterRequired, Effect::BreaksRequests)),
        (true, false) => Some((Kind::ParameterOptional, Effect::Harmless)),
        _ => None,
    };
    if let Some((kind, effect)) = change {
        add(
            walker,
            both,
            place,
            Entry::at(name, kind, effect, Value::Null, Value::Null),
        );
    }
    let (old_encoding, new_encoding) = (encoding(walker.old, old), encoding(walker.new, new));
    if old_encoding != new_encoding {
        let (old, new) = (json!(old_encoding), json!(new_encoding));
        let entry = Entry::at(
            name,
            Kind::ParameterEncodingChanged,
            Effect::BreaksRequests,
            old,
            new,
        );
        add(walker, both, place, entry);
    }
    if let (Some(old), Some(new)) = (schema(old), schema(new)) {
        walker.types(
            &both.site(Location::Parameter(place.to_owned()), Side::Request),
            name,
            old,
            new,
        );
    }
}

/// The same name in another part of the request.
fn moved<'a>(
    walker: &mut Walker<'_, 'a>,
    both: Both<'a>,
    old: &mut Parameters<'a>,
    new: &mut Parameters<'a>,
) {
    let pairs: Vec<_> = old
        .keys()
        .filter_map(|from| {
            let to = new.keys().find(|to| to.1.eq_ignore_ascii_case(&from.1))?;
            Some((from.clone(), to.clone()))
        })
        .collect();
    for (from, to) in pairs {
        if let (Some(before), Some(after)) = (old.remove(&from), new.remove(&to)) {
            let entry = Entry::at(
                name(after),
                Kind::ParameterMoved,
                Effect::BreaksRequests,
                json!(from.0),
                json!(to.0),
            );
            add(walker, both, &to.0, entry);
            pair(walker, both, before, after);
        }
    }
}

/// One that left and one that came, alike in everything but the name, where no third is alike.
fn renamed<'a>(
    walker: &mut Walker<'_, 'a>,
    both: Both<'a>,
    old: &mut Parameters<'a>,
    new: &mut Parameters<'a>,
) {
    let alike = |document: &Document<'a>, list: &Parameters<'a>| {
        let look = |(key, parameter): (&(String, String), &&'a Value)| {
            ((key.0.clone(), words(document, parameter)), key.clone())
        };
        list.iter().map(look).collect::<Vec<_>>()
    };
    let (before, after) = (alike(walker.old, old), alike(walker.new, new));
    for (look, from) in &before {
        let twins = before.iter().filter(|(other, _)| other == look).count();
        let mut candidates = after.iter().filter(|(other, _)| other == look);
        if let (1, Some((_, to)), None) = (twins, candidates.next(), candidates.next()) {
            let (Some(before), Some(after)) = (old.remove(from), new.remove(to)) else {
                continue;
            };
            let names = (name(before), json!(name(before)), json!(name(after)));
            let entry = Entry::at(
                names.0,
                Kind::ParameterRenamed,
                Effect::BreaksRequests,
                names.1,
                names.2,
            );
            add(walker, both, &from.0, entry);
        }
    }
}

fn add(walker: &mut Walker<'_, '_>, both: Both<'_>, place: &str, entry: Entry) {
    walker.add(
        &both.site(Location::Parameter(place.to_owned()), Side::Request),
        entry,
    );
}

fn name(parameter: &Value) -> &str {
    parameter["name"].as_str().unwrap_or_default()
}

fn required(parameter: &Value) -> bool {
    parameter["required"] == true
}

fn schema(parameter: &Value) -> Option<&Value> {
    parameter.get("schema").or_else(|| {
        parameter["content"]
            .as_object()?
            .values()
            .next()?
            .get("schema")
    })
}

fn words<'a>(document: &Document<'a>, parameter: &'a Value) -> String {
    let kind =
        schema(parameter).map_or_else(|| String::from("any"), |schema| describe(document, schema));
    format!(
        "{kind}, {}",
        if required(parameter) {
            "required"
        } else {
            "optional"
        }
    )
}

/// How the value is written, in words; what is not said is what the specification says then.
fn encoding<'a>(document: &Document<'a>, parameter: &'a Value) -> String {
    if let Some(content) = parameter["content"].as_object() {
        return content.keys().cloned().collect::<Vec<_>>().join(", ");
    }
    let place = parameter["in"].as_str().unwrap_or_default();
    let usual = if matches!(place, "query" | "cookie") {
        "form"
    } else {
        "simple"
    };
    let style = parameter["style"].as_str().unwrap_or(usual);
    let kind = schema(parameter)
        .map(|schema| describe(document, schema))
        .unwrap_or_default();
    let structured = ["array", "map", "object"]
        .iter()
        .any(|word| kind.starts_with(word));
    let mut words = Vec::new();
    if structured {
        let explode = parameter["explode"].as_bool().unwrap_or(style == "form");
        words.push(if explode {
            format!("{style}, exploded")
        } else {
            style.to_owned()
        });
    }
    if parameter["allowReserved"] == true || parameter["x-ms-skip-url-encoding"] == true {
        words.push(String::from("reserved characters as they are"));
    }
    if words.is_empty() {
        String::from("plain")
    } else {
        words.join(", ")
    }
}
