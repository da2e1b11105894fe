//! Pairs the operations of two documents and compares what is not a parameter, a body or a response.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::document::Operation;
use super::kind::{Effect, Kind, Location, Side};
use super::walk::{Entry, Site, Walker};

/// The same operation in both documents.
#[derive(Clone, Copy)]
pub(super) struct Both<'a> {
    pub(super) old: Operation<'a>,
    pub(super) new: Operation<'a>,
}

/// Compares every operation; answers how many there are in both documents together.
pub(super) fn compare(walker: &mut Walker<'_, '_>) -> usize {
    let (mut old, mut new) = (walker.old.operations(), walker.new.operations());
    let mut pairs = take_pairs(&mut old, &mut new, |old, new| {
        old.path == new.path && old.method == new.method
    });
    let same_template = |old: &Operation<'_>, new: &Operation<'_>| {
        old.method == new.method && old.template() == new.template()
    };
    pairs.extend(take_pairs(&mut old, &mut new, same_template));
    let moved = take_pairs(&mut old, &mut new, |old, new| {
        old.id().is_some() && old.id() == new.id()
    });
    for both in &moved {
        let (from, to) = (json!(both.old.label()), json!(both.new.label()));
        let site = both.site(Location::Operation, Side::Both);
        walker.add(
            &site,
            Entry::new(Kind::OperationMoved, Effect::BreaksBoth, from, to),
        );
    }
    let total = pairs.len() + moved.len() + old.len() + new.len();
    for operation in old {
        one_sided(
            walker,
            &operation,
            Kind::OperationRemoved,
            Effect::BreaksBoth,
        );
    }
    for operation in new {
        one_sided(walker, &operation, Kind::OperationAdded, Effect::Harmless);
    }
    for both in pairs.into_iter().chain(moved) {
        names(walker, both);
        behaviour(walker, both);
        super::parameters::compare(walker, both);
        super::bodies::compare(walker, both);
    }
    total
}

impl Both<'_> {
    /// A place in this operation, under the name it has now.
    pub(super) fn site(&self, location: Location, side: Side) -> Site {
        Site {
            operation: self.new.label(),
            location,
            side,
        }
    }
}

fn take_pairs<'a>(
    old: &mut Vec<Operation<'a>>,
    new: &mut Vec<Operation<'a>>,
    same: impl Fn(&Operation<'a>, &Operation<'a>) -> bool,
) -> Vec<Both<'a>> {
    let mut pairs = Vec::new();
    old.retain(|before| {
        let Some(index) = new.iter().position(|after| same(before, after)) else {
            return true;
        };
        pairs.push(Both {
            old: *before,
            new: new.remove(index),
        });
        false
    });
    pairs
}

fn one_sided(walker: &mut Walker<'_, '_>, operation: &Operation<'_>, kind: Kind, effect: Effect) {
    let site = Site {
        operation: operation.label(),
        location: Location::Operation,
        side: Side::Both,
    };
    let id = json!(operation.id());
    let (old, new) = if kind == Kind::OperationAdded {
        (Value::Null, id)
    } else {
        (id, Value::Null)
    };
    walker.add(&site, Entry::at(&operation.label(), kind, effect, old, new));
}

fn names(walker: &mut Walker<'_, '_>, both: Both<'_>) {
    let site = both.site(Location::Operation, Side::Both);
    if both.old.id() != both.new.id() {
        let (old, new) = (json!(both.old.id()), json!(both.new.id()));
        walker.add(
            &site,
            Entry::at(
                &both.new.label(),
                Kind::OperationRenamed,
                Effect::Harmless,
                old,
                new,
            ),
        );
    }
    if both.old.value["deprecated"] != true && both.new.value["deprecated"] == true {
        let path = both.new.label();
        walker.add(
            &site,
            Entry::at(
                &path,
                Kind::OperationDeprecated,
                Effect::Harmless,
                Value::Null,
                Value::Null,
            ),
        );
    }
}

/// What a client has to do beyond one request and one answer.
fn behaviour(walker: &mut Walker<'_, '_>, both: Both<'_>) {
    let site = both.site(Location::Operation, Side::Response);
    let (old, new) = (paging(both.old.value), paging(both.new.value));
    if old != new {
        // A client that knows no paging reads one page and believes it has all.
        let effect = if new.is_null() {
            Effect::Harmless
        } else {
            Effect::BreaksResponses
        };
        walker.add(&site, Entry::new(Kind::PageableChanged, effect, old, new));
    }
    let (old, new) = (long_running(both.old.value), long_running(both.new.value));
    if old != new {
        walker.add(
            &site,
            Entry::new(Kind::LongRunningChanged, Effect::BreaksResponses, old, new),
        );
    }
    let site = both.site(Location::Operation, Side::Request);
    let old = requirements(walker.old.root, both.old.value);
    let new = requirements(walker.new.root, both.new.value);
    if old != new {
        let anonymous =
            |alternatives: &BTreeSet<String>| alternatives.is_empty() || alternatives.contains("");
        let harmless = anonymous(&new) || (!anonymous(&old) && old.is_subset(&new));
        let effect = if harmless {
            Effect::Harmless
        } else {
            Effect::BreaksRequests
        };
        let show = |alternatives: &BTreeSet<String>| match anonymous(alternatives) {
            true => Value::Null,
            false => json!(
                alternatives
                    .iter()
                    .cloned()
                    .collect::<Vec<_>>()
                    .join(" or ")
            ),
        };
        walker.add(
            &site,
            Entry::new(Kind::SecurityChanged, effect, show(&old), show(&new)),
        );
    }
}

/// The fields that paging uses; the name of the follow-up operation is left out, it is not on the wire.
fn paging(operation: &Value) -> Value {
    match operation.get("x-ms-pageable") {
        Some(Value::Object(paging)) => json!({
            "itemName": paging.get("itemName").and_then(Value::as_str).unwrap_or("value"),
            "nextLinkName": paging.get("nextLinkName"),
        }),
        _ => Value::Null,
    }
}

fn long_running(operation: &Value) -> Value {
    if operation["x-ms-long-running-operation"] != true {
        return Value::Null;
    }
    let way = &operation["x-ms-long-running-operation-options"]["final-state-via"];
    if way.is_null() {
        json!("yes")
    } else {
        way.clone()
    }
}

/// The alternatives of credentials, each as the sorted schemes with their definitions; the names of schemes do not
/// count. Empty, or with an empty alternative: no credential is needed.
fn requirements(document: &Value, operation: &Value) -> BTreeSet<String> {
    let security = operation.get("security").unwrap_or(&document["security"]);
    let alternatives = security.as_array().into_iter().flatten();
    alternatives
        .filter_map(Value::as_object)
        .map(|alternative| {
            let schemes: BTreeSet<String> = alternative
                .iter()
                .map(|(name, scopes)| {
                    let scheme = super::service::scheme_words(
                        &document["components"]["securitySchemes"][name],
                    );
                    let scopes: BTreeSet<&str> = super::document::strings(scopes).collect();
                    let scopes = scopes.into_iter().collect::<Vec<_>>().join(" ");
                    if scopes.is_empty() {
                        scheme
                    } else {
                        format!("{scheme} [{scopes}]")
                    }
                })
                .collect();
            schemes.into_iter().collect::<Vec<_>>().join(" and ")
        })
        .collect()
}
