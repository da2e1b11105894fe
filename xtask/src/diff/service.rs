//! Compares what holds for the whole service: hosts, credentials that are declared, names of types.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::document::entries;
use super::kind::{Effect, Kind, Location, Side};
use super::walk::{Entry, Site, Walker};

/// Keywords that are for readers.
const PROSE: [&str; 4] = ["description", "title", "example", "summary"];

/// What may change in a parameter of the host.
const HOST_KEYWORDS: [&str; 5] = ["type", "format", "enum", "default", "pattern"];

/// Compares the whole; runs last, when it is known which types were paired.
pub(super) fn compare(walker: &mut Walker<'_, '_>) {
    schemes(walker);
    servers(walker);
    names(walker);
}

/// A security scheme in words that leave out its name and prose.
pub(super) fn scheme_words(scheme: &Value) -> String {
    let detail = match scheme["type"].as_str() {
        Some("apiKey") => [&scheme["in"], &scheme["name"]]
            .map(|part| part.as_str().unwrap_or("?"))
            .join(" "),
        Some("http") => scheme["scheme"]
            .as_str()
            .unwrap_or("?")
            .to_ascii_lowercase(),
        Some("oauth2") => entries(&scheme["flows"])
            .map(|(flow, _)| flow)
            .collect::<Vec<_>>()
            .join(", "),
        Some("openIdConnect") => scheme["openIdConnectUrl"]
            .as_str()
            .unwrap_or("?")
            .to_owned(),
        _ => return String::from("an undeclared scheme"),
    };
    format!("{} ({detail})", scheme["type"].as_str().unwrap_or("?"))
}

fn schemes(walker: &mut Walker<'_, '_>) {
    let declared = |root: &Value| {
        let schemes = entries(&root["components"]["securitySchemes"]);
        schemes
            .map(|(name, scheme)| (name.to_owned(), bare(scheme)))
            .collect::<BTreeMap<_, _>>()
    };
    let (old, new) = (declared(walker.old.root), declared(walker.new.root));
    let all: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    for name in all {
        let (before, after) = (old.get(name), new.get(name));
        let kind = match (before, after) {
            (before, after) if before == after => continue,
            (None, _) => Kind::SecuritySchemeAdded,
            (_, None) => Kind::SecuritySchemeRemoved,
            _ => Kind::SecuritySchemeChanged,
        };
        let value = |scheme: Option<&Value>| {
            scheme.map_or(Value::Null, |scheme| json!(scheme_words(scheme)))
        };
        walker.add(
            &site(),
            Entry::at(name, kind, Effect::Harmless, value(before), value(after)),
        );
    }
}

fn servers(walker: &mut Walker<'_, '_>) {
    let (old, new) = (walker.old.root, walker.new.root);
    let (before, after) = (addresses(old), addresses(new));
    if before != after {
        let effect = if before.is_subset(&after) {
            Effect::Harmless
        } else {
            Effect::BreaksRequests
        };
        walker.add(
            &site(),
            Entry::new(Kind::ServerChanged, effect, json!(before), json!(after)),
        );
    }
    // Parameters of the host are part of an address that users configure, so their rules only inform.
    let (before, after) = (host_parameters(old), host_parameters(new));
    for ((_, before), (name, after)) in before.iter().zip(&after) {
        for keyword in HOST_KEYWORDS {
            let (before, after) = (&before[keyword], &after[keyword]);
            if before != after {
                let path = format!("{name} {keyword}");
                let entry = Entry::at(
                    &path,
                    Kind::ServerChanged,
                    Effect::Harmless,
                    before.clone(),
                    after.clone(),
                );
                walker.add(&site(), entry);
            }
        }
    }
}

/// The server addresses without the names of their placeholders. None is the document's own host.
fn addresses(root: &Value) -> BTreeSet<String> {
    let servers = root["servers"].as_array().into_iter().flatten();
    let found: BTreeSet<String> = servers
        .filter_map(|server| Some(nameless(server["url"].as_str()?)))
        .collect();
    if found.is_empty() {
        BTreeSet::from([String::new()])
    } else {
        found
    }
}

/// An address with empty placeholders, without a slash at its end; https where it says no scheme.
fn nameless(url: &str) -> String {
    let parts = url
        .split('{')
        .map(|part| part.split_once('}').map_or(part, |(_, rest)| rest));
    let url = parts.collect::<Vec<_>>().join("{}");
    let url = if url.starts_with("//") {
        format!("https:{url}")
    } else {
        url
    };
    url.trim_end_matches('/').to_owned()
}

/// The names and schemas of the host's parameters, in order.
fn host_parameters(root: &Value) -> Vec<(&str, &Value)> {
    let parameters = root["x-ms-parameterized-host"]["parameters"]
        .as_array()
        .into_iter()
        .flatten();
    parameters
        .map(|parameter| {
            let name = parameter["name"].as_str().unwrap_or_default();
            (name, parameter.get("schema").unwrap_or(parameter))
        })
        .collect()
}

/// Names of types that came, left or were replaced. None of it is on the wire.
fn names(walker: &mut Walker<'_, '_>) {
    let mut old: BTreeSet<&str> = walker.old.schemas().map(|(name, _)| name).collect();
    let mut new: BTreeSet<&str> = walker.new.schemas().map(|(name, _)| name).collect();
    let shared: BTreeSet<&str> = old.intersection(&new).copied().collect();
    old.retain(|name| !shared.contains(name));
    new.retain(|name| !shared.contains(name));
    let renamed: BTreeSet<_> = walker
        .pairs()
        .filter(|pair| old.contains(pair.old) && new.contains(pair.new))
        .map(|pair| (pair.old, pair.new))
        .collect();
    for &(before, after) in &renamed {
        old.remove(before);
        new.remove(after);
        walker.add(
            &site(),
            Entry::at(
                "",
                Kind::SchemaRenamed,
                Effect::Harmless,
                json!(before),
                json!(after),
            ),
        );
    }
    for name in old {
        walker.add(
            &site(),
            Entry::at(
                name,
                Kind::SchemaRemoved,
                Effect::Harmless,
                Value::Null,
                Value::Null,
            ),
        );
    }
    for name in new {
        walker.add(
            &site(),
            Entry::at(
                name,
                Kind::SchemaAdded,
                Effect::Harmless,
                Value::Null,
                Value::Null,
            ),
        );
    }
}

fn site() -> Site {
    Site {
        operation: String::new(),
        location: Location::Service,
        side: Side::Both,
    }
}

/// A value without the keywords that are for readers, keys in order.
fn bare(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let kept: BTreeMap<_, _> = map
                .iter()
                .filter(|(key, _)| !PROSE.contains(&key.as_str()))
                .map(|(key, value)| (key, bare(value)))
                .collect();
            json!(kept)
        }
        other => other.clone(),
    }
}
