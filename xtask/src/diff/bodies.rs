//! Compares request bodies, responses and response headers. Knows no parameters.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::document::entries;
use super::kind::{Effect, Kind, Location, Side};
use super::operations::Both;
use super::shape::describe;
use super::walk::{Entry, Site, Walker};

/// Media types of one body with their schemas.
type Content<'a> = BTreeMap<String, Option<&'a Value>>;

/// Compares the bodies of one operation.
pub(super) fn compare<'a>(walker: &mut Walker<'_, 'a>, both: Both<'a>) {
    request(walker, both);
    let old = statuses(&both.old.value["responses"]);
    let new = statuses(&both.new.value["responses"]);
    for (status, before) in &old {
        match new.get(status) {
            Some(after) => {
                let (before, after) = (walker.old.resolve(before), walker.new.resolve(after));
                response(walker, both, status, before, after);
            }
            None => one_sided(walker, both, status, Kind::ResponseRemoved),
        }
    }
    for status in new.keys().filter(|status| !old.contains_key(*status)) {
        one_sided(walker, both, status, Kind::ResponseAdded);
    }
    replaced(walker, both, &old, &new);
}

/// A success that clients do not expect is as bad as one they rely on and no longer get.
fn one_sided(walker: &mut Walker<'_, '_>, both: Both<'_>, status: &str, kind: Kind) {
    let effect = if status.starts_with('2') {
        Effect::BreaksResponses
    } else {
        Effect::Harmless
    };
    let (old, new) = match kind {
        Kind::ResponseAdded => (Value::Null, json!(status)),
        _ => (json!(status), Value::Null),
    };
    walker.add(
        &both.site(Location::Response(status.to_owned()), Side::Response),
        Entry::new(kind, effect, old, new),
    );
}

/// Where one success took the place of another, the answer is compared under the new status.
fn replaced<'a>(
    walker: &mut Walker<'_, 'a>,
    both: Both<'a>,
    old: &BTreeMap<String, &'a Value>,
    new: &BTreeMap<String, &'a Value>,
) {
    let only = |list: &BTreeMap<String, &'a Value>, other: &BTreeMap<String, &'a Value>| {
        let mut left = list
            .iter()
            .filter(|(status, _)| status.starts_with('2') && !other.contains_key(*status));
        let first = left
            .next()
            .map(|(status, response)| (status.clone(), *response));
        first.filter(|_| left.next().is_none())
    };
    if let (Some((_, before)), Some((status, after))) = (only(old, new), only(new, old)) {
        let (before, after) = (walker.old.resolve(before), walker.new.resolve(after));
        response(walker, both, &status, before, after);
    }
}

fn request<'a>(walker: &mut Walker<'_, 'a>, both: Both<'a>) {
    let site = both.site(Location::RequestBody, Side::Request);
    let old = both
        .old
        .value
        .get("requestBody")
        .map(|body| walker.old.resolve(body));
    let new = both
        .new
        .value
        .get("requestBody")
        .map(|body| walker.new.resolve(body));
    let required = |body: &Value| body["required"] == true;
    match (old, new) {
        (None, None) => {}
        (None, Some(body)) => {
            let effect = if required(body) {
                Effect::BreaksRequests
            } else {
                Effect::Harmless
            };
            let words = if required(body) {
                "required"
            } else {
                "optional"
            };
            walker.add(
                &site,
                Entry::new(Kind::RequestBodyAdded, effect, Value::Null, json!(words)),
            );
        }
        (Some(_), None) => {
            walker.add(
                &site,
                Entry::new(
                    Kind::RequestBodyRemoved,
                    Effect::BreaksRequests,
                    Value::Null,
                    Value::Null,
                ),
            );
        }
        (Some(old), Some(new)) => {
            let change = match (required(old), required(new)) {
                (false, true) => Some((Kind::RequestBodyRequired, Effect::BreaksRequests)),
                (true, false) => Some((Kind::RequestBodyOptional, Effect::Harmless)),
                _ => None,
            };
            if let Some((kind, effect)) = change {
                walker.add(&site, Entry::new(kind, effect, Value::Null, Value::Null));
            }
            media(walker, &site, &content(old), &content(new));
        }
    }
}

fn response<'a>(
    walker: &mut Walker<'_, 'a>,
    both: Both<'a>,
    status: &str,
    old: &'a Value,
    new: &'a Value,
) {
    headers(
        walker,
        &both.site(Location::Header(status.to_owned()), Side::Response),
        old,
        new,
    );
    let site = &both.site(Location::Response(status.to_owned()), Side::Response);
    let (old, new) = (content(old), content(new));
    match (old.is_empty(), new.is_empty()) {
        (true, true) => {}
        (false, false) => media(walker, site, &old, &new),
        (appears, _) => {
            let (kind, effect) = match appears {
                true => (Kind::ResponseBodyAdded, Effect::Harmless),
                false => (Kind::ResponseBodyRemoved, Effect::BreaksResponses),
            };
            walker.add(site, Entry::new(kind, effect, Value::Null, Value::Null));
        }
    }
}

/// Compares bodies by media type. A body that only changed its one media type is compared as well.
fn media<'a>(walker: &mut Walker<'_, 'a>, site: &Site, old: &Content<'a>, new: &Content<'a>) {
    for media in old.keys().filter(|media| !new.contains_key(*media)) {
        walker.add(
            site,
            Entry::new(
                Kind::MediaTypeRemoved,
                Effect::BreaksBoth,
                json!(media),
                Value::Null,
            ),
        );
    }
    for media in new.keys().filter(|media| !old.contains_key(*media)) {
        walker.add(
            site,
            Entry::new(
                Kind::MediaTypeAdded,
                Effect::Harmless,
                Value::Null,
                json!(media),
            ),
        );
    }
    let shared = old
        .iter()
        .filter_map(|(media, old)| Some((*old, *new.get(media)?)));
    let mut pairs: Vec<_> = shared.collect();
    if let (true, Some(old), Some(new)) =
        (pairs.is_empty(), old.values().next(), new.values().next())
    {
        pairs.push((*old, *new));
    }
    // Several media types of one body nearly always share one schema.
    let mut seen = Vec::new();
    for (old, new) in pairs {
        let nothing: &'static Value = &Value::Null;
        let pair = (old.unwrap_or(nothing), new.unwrap_or(nothing));
        if !seen.contains(&pair) {
            seen.push(pair);
            walker.types(site, "", pair.0, pair.1);
        }
    }
}

fn headers<'a>(walker: &mut Walker<'_, 'a>, site: &Site, old: &'a Value, new: &'a Value) {
    let named = |response: &'a Value| {
        let headers = entries(&response["headers"]);
        headers
            .map(|(name, header)| (name.to_ascii_lowercase(), (name, header)))
            .collect::<BTreeMap<_, _>>()
    };
    let (old, new) = (named(old), named(new));
    for (key, &(name, header)) in &old {
        let before = walker.old.resolve(header);
        match new.get(key) {
            None => {
                let words = before
                    .get("schema")
                    .map(|schema| describe(walker.old, schema));
                let entry = Entry::at(
                    name,
                    Kind::HeaderRemoved,
                    Effect::BreaksResponses,
                    json!(words),
                    Value::Null,
                );
                walker.add(site, entry);
            }
            Some(&(name, header)) => {
                let after = walker.new.resolve(header);
                let change = match (before["required"] == true, after["required"] == true) {
                    (true, false) => Some((Kind::FieldOptional, Effect::BreaksResponses)),
                    (false, true) => Some((Kind::FieldRequired, Effect::Harmless)),
                    _ => None,
                };
                if let Some((kind, effect)) = change {
                    walker.add(
                        site,
                        Entry::at(name, kind, effect, Value::Null, Value::Null),
                    );
                }
                if let (Some(before), Some(after)) = (before.get("schema"), after.get("schema")) {
                    walker.types(site, name, before, after);
                }
            }
        }
    }
    for (_, &(name, header)) in new.iter().filter(|(key, _)| !old.contains_key(*key)) {
        let header = walker.new.resolve(header);
        let words = header
            .get("schema")
            .map(|schema| describe(walker.new, schema));
        walker.add(
            site,
            Entry::at(
                name,
                Kind::HeaderAdded,
                Effect::Harmless,
                Value::Null,
                json!(words),
            ),
        );
    }
}

/// The declared responses.
fn statuses(responses: &Value) -> BTreeMap<String, &Value> {
    entries(responses)
        .filter(|(status, _)| !status.starts_with("x-"))
        .map(|(status, response)| {
            let status = if status == "default" {
                status.to_owned()
            } else {
                status.to_ascii_uppercase()
            };
            (status, response)
        })
        .collect()
}

/// Media types in lower case and without parameters.
fn content(body: &Value) -> Content<'_> {
    entries(&body["content"])
        .map(|(media, body)| {
            let media = media
                .split(';')
                .next()
                .unwrap_or(media)
                .trim()
                .to_ascii_lowercase();
            (media, body.get("schema"))
        })
        .collect()
}
