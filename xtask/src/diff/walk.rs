//! Follows the named types from each body and parameter, and gathers the differences so that one in a shared type is
//! one entry with every operation that reaches it.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use serde_json::Value;

use super::document::Document;
use super::kind::{Effect, Kind, Location, Side};
use super::report::{Change, Group};
use super::schema::{Comparison, Finding, Outcome, Pair, Place, join};

/// How many paths to one type are kept per body; recursive types have endless ones.
const MAX_PATHS: usize = 8;

/// A place in a call where types are used.
#[derive(Clone)]
pub(super) struct Site {
    pub(super) operation: String,
    pub(super) location: Location,
    pub(super) side: Side,
}

/// A difference that is not inside a type.
pub(super) struct Entry {
    pub(super) kind: Kind,
    pub(super) effect: Effect,
    pub(super) path: String,
    pub(super) old: Value,
    pub(super) new: Value,
}

impl Entry {
    /// A difference without a name of its own.
    pub(super) fn new(kind: Kind, effect: Effect, old: Value, new: Value) -> Self {
        Self::at("", kind, effect, old, new)
    }

    /// A difference in what is called `path`.
    pub(super) fn at(path: &str, kind: Kind, effect: Effect, old: Value, new: Value) -> Self {
        Self {
            kind,
            effect,
            path: path.to_owned(),
            old,
            new,
        }
    }
}

/// What makes two differences one entry.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    kind: Kind,
    side: Side,
    place: String,
    path: String,
    values: String,
}

/// The comparison of two documents in progress.
pub(super) struct Walker<'d, 'a> {
    pub(super) old: &'d Document<'a>,
    pub(super) new: &'d Document<'a>,
    types: BTreeMap<(Side, Pair<'a>), Rc<Outcome<'a>>>,
    changes: BTreeMap<Key, Change>,
}

impl<'d, 'a> Walker<'d, 'a> {
    pub(super) fn new(old: &'d Document<'a>, new: &'d Document<'a>) -> Self {
        Self {
            old,
            new,
            types: BTreeMap::new(),
            changes: BTreeMap::new(),
        }
    }

    /// The entries found, in the order of the report.
    pub(super) fn finish(self) -> Vec<Change> {
        let mut changes: Vec<_> = self.changes.into_values().collect();
        for change in &mut changes {
            change.operations.sort_by_key(|operation| {
                let (method, path) = operation.split_once(' ').unwrap_or_default();
                (path.to_owned(), method.to_owned())
            });
            change.locations.sort();
            change.paths.sort_by_key(|path| (path.len(), path.clone()));
        }
        let order = |change: &Change| {
            let path = change.path().to_owned();
            (
                change.group,
                !change.breaking,
                change.kind,
                change.schema.clone(),
                path,
                change.side,
            )
        };
        changes.sort_by_cached_key(order);
        changes
    }

    /// Every pair of types that was compared.
    pub(super) fn pairs(&self) -> impl Iterator<Item = &Pair<'a>> {
        self.types.keys().map(|(_, pair)| pair)
    }

    /// Records a difference that is not inside a type.
    pub(super) fn add(&mut self, site: &Site, entry: Entry) {
        let place = Place {
            owner: None,
            local: entry.path.clone(),
            path: entry.path,
        };
        let finding = Finding {
            kind: entry.kind,
            effect: entry.effect,
            place,
            old: entry.old,
            new: entry.new,
        };
        self.record(site, finding);
    }

    /// Compares two types and everything they use; `prefix` starts the dotted paths.
    pub(super) fn types(&mut self, site: &Site, prefix: &str, old: &'a Value, new: &'a Value) {
        let mut comparison = Comparison::new(self.old, self.new, site.side);
        let place = Place {
            local: prefix.to_owned(),
            path: prefix.to_owned(),
            owner: None,
        };
        comparison.uses(old, new, &place);
        let root = comparison.outcome;
        for finding in root.findings {
            self.record(site, finding);
        }
        let mut paths: BTreeMap<Pair<'a>, Vec<String>> = BTreeMap::new();
        let mut queue = VecDeque::from(root.uses);
        while let Some((path, pair)) = queue.pop_front() {
            let known = paths.entry(pair.clone()).or_default();
            known.push(path.clone());
            if known.len() == 1 {
                let outcome = self.named(site.side, &pair);
                queue.extend(
                    outcome
                        .uses
                        .iter()
                        .map(|(below, pair)| (join(&path, below), pair.clone())),
                );
            }
        }
        for (pair, paths) in paths {
            let outcome = self.named(site.side, &pair);
            for finding in &outcome.findings {
                for path in paths.iter().take(MAX_PATHS) {
                    let mut finding = finding.clone();
                    finding.place.path = join(path, &finding.place.path);
                    self.record(site, finding);
                }
            }
        }
    }

    fn named(&mut self, side: Side, pair: &Pair<'a>) -> Rc<Outcome<'a>> {
        let (old, new) = (self.old, self.new);
        let known = self.types.entry((side, pair.clone()));
        Rc::clone(known.or_insert_with(|| Rc::new(Comparison::new(old, new, side).of_types(pair))))
    }

    fn record(&mut self, site: &Site, finding: Finding) {
        let Finding {
            kind,
            effect,
            place,
            old,
            new,
        } = finding;
        let key = Key {
            kind,
            side: site.side,
            place: place
                .owner
                .clone()
                .unwrap_or_else(|| format!("{} ", site.location)),
            path: place.local,
            values: format!("{old} {new}"),
        };
        let change = self.changes.entry(key).or_insert_with(|| Change {
            kind,
            group: Group::of(kind, &site.location, site.side),
            operations: Vec::new(),
            locations: Vec::new(),
            schema: place.owner,
            paths: Vec::new(),
            side: site.side,
            breaking: effect.breaks(site.side),
            old,
            new,
        });
        for (list, value) in [
            (&mut change.locations, site.location.to_string()),
            (&mut change.operations, site.operation.clone()),
            (&mut change.paths, place.path),
        ] {
            if !value.is_empty() && !list.contains(&value) {
                list.push(value);
            }
        }
    }
}
