//! Gives every definition, parameter and response of the bundle its name, and says which are still to be copied.

use std::collections::{HashMap, VecDeque};

use serde_json::Value;

use super::pointer::Pointer;
use super::same;
use super::site::Site;
use super::sources::{Location, Sources};

/// The sections of a Swagger document that references point into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Definition,
    Parameter,
    Response,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Definition, Self::Parameter, Self::Response];

    pub(super) fn section(self) -> &'static str {
        match self {
            Self::Definition => "definitions",
            Self::Parameter => "parameters",
            Self::Response => "responses",
        }
    }

    pub(super) fn site(self) -> Site {
        match self {
            Self::Definition => Site::Schema,
            Self::Parameter => Site::Parameter,
            Self::Response => Site::Response,
        }
    }

    /// Whether `$ref` is a reference where `site` stands, and to what; `Some(None)` when only the target tells.
    pub(super) fn of_reference(site: Site) -> Option<Option<Self>> {
        match site {
            Site::Schema => Some(Some(Self::Definition)),
            Site::Parameter => Some(Some(Self::Parameter)),
            Site::Response => Some(Some(Self::Response)),
            Site::Extension => Some(None),
            _ => None,
        }
    }

    /// What a pointer to a whole section member, or below one, points at.
    pub(super) fn of_target(pointer: &Pointer) -> Option<Self> {
        match pointer.keys().as_slice() {
            [section, _] => Self::ALL.into_iter().find(|kind| kind.section() == section),
            _ => None,
        }
    }
}

/// The names given so far.
pub(super) struct Parts {
    main: usize,
    names: HashMap<(Kind, Location), String>,
    owners: HashMap<(Kind, String), Location>,
    namesakes: HashMap<Location, Location>,
    queue: VecDeque<(Kind, String, Location)>,
    pub(super) notes: Vec<String>,
}

impl Parts {
    /// Takes the names of the main file, all of them.
    pub(super) fn of_main(sources: &mut Sources, main: usize) -> anyhow::Result<Self> {
        let mut parts = Self {
            main,
            names: HashMap::new(),
            owners: HashMap::new(),
            namesakes: HashMap::new(),
            queue: VecDeque::new(),
            notes: Vec::new(),
        };
        for kind in Kind::ALL {
            for (name, at) in members(sources, main, kind) {
                let target = sources.last(&at)?;
                if target != at && preferred(sources, kind, &target) == name {
                    parts.namesakes.insert(at.clone(), target.clone());
                    parts.names.insert((kind, target), name.clone());
                }
                parts.names.insert((kind, at.clone()), name.clone());
                parts.owners.insert((kind, name), at);
            }
        }
        Ok(parts)
    }

    /// The foreign part that the alias at `at` stands for.
    pub(super) fn namesake(&self, at: &Location) -> Option<&Location> {
        self.namesakes.get(at)
    }

    /// The next part to copy.
    pub(super) fn next(&mut self) -> Option<(Kind, String, Location)> {
        self.queue.pop_front()
    }

    /// The name of the part at `target`, which is queued for copying if it is new.
    pub(super) fn name(
        &mut self,
        sources: &mut Sources,
        kind: Kind,
        target: &Location,
    ) -> anyhow::Result<String> {
        if let Some(name) = self.names.get(&(kind, target.clone())) {
            return Ok(name.clone());
        }
        let wanted = preferred(sources, kind, target);
        let last = sources.last(target)?;
        if last != *target && preferred(sources, kind, &last) == wanted {
            let name = self.name(sources, kind, &last)?;
            self.names.insert((kind, target.clone()), name.clone());
            return Ok(name);
        }
        let stem = sources.stem(target.file);
        let mut name = wanted.clone();
        let mut count = 1;
        while let Some(owner) = self.owners.get(&(kind, name.clone())) {
            if same::parts(sources, owner, target)? {
                self.names.insert((kind, target.clone()), name.clone());
                return Ok(name);
            }
            name = if count == 1 {
                format!("{wanted}_{stem}")
            } else {
                format!("{wanted}_{stem}_{count}")
            };
            count += 1;
        }
        if name != wanted {
            let owner = self
                .owners
                .get(&(kind, wanted.clone()))
                .map(|at| sources.place(at));
            self.notes.push(format!(
                "{}: is called `{name}`, because `{wanted}` is taken by {}",
                sources.place(target),
                owner.unwrap_or_default()
            ));
        }
        self.names.insert((kind, target.clone()), name.clone());
        self.owners.insert((kind, name.clone()), target.clone());
        self.queue.push_back((kind, name.clone(), target.clone()));
        Ok(name)
    }

    /// Queues the definitions that extend a polymorphic one already named; says whether there were any.
    pub(super) fn pull_children(&mut self, sources: &mut Sources) -> anyhow::Result<bool> {
        let (before, main) = (self.queue.len(), self.main);
        for file in (0..sources.len()).filter(|&file| file != main) {
            for (_, at) in members(sources, file, Kind::Definition) {
                let named = self.names.contains_key(&(Kind::Definition, at.clone()));
                if !named && self.extends_polymorphic(sources, &at, &mut Vec::new())? {
                    self.name(sources, Kind::Definition, &at)?;
                }
            }
        }
        Ok(self.queue.len() > before)
    }

    /// Whether the definition has, through `allOf`, a named ancestor with a `discriminator`.
    fn extends_polymorphic(
        &self,
        sources: &mut Sources,
        at: &Location,
        seen: &mut Vec<Location>,
    ) -> anyhow::Result<bool> {
        for (parent, named) in parents(sources, at)?.into_iter().map(|parent| {
            let named = self.names.contains_key(&(Kind::Definition, parent.clone()));
            (parent, named)
        }) {
            if seen.contains(&parent) {
                continue;
            }
            seen.push(parent.clone());
            let discriminates = sources
                .value(&parent)
                .is_some_and(|value| value.get("discriminator").is_some());
            if (named && discriminates) || self.extends_polymorphic(sources, &parent, seen)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn parents(sources: &mut Sources, at: &Location) -> anyhow::Result<Vec<Location>> {
    let all_of = sources
        .value(at)
        .and_then(|value| value.get("allOf"))
        .and_then(Value::as_array);
    let references: Vec<String> = all_of
        .into_iter()
        .flatten()
        .filter_map(|item| item.get("$ref")?.as_str().map(str::to_owned))
        .collect();
    references
        .iter()
        .enumerate()
        .map(|(index, text)| {
            let target = sources.resolve(text, &at.key("allOf").index(index).key("$ref"))?;
            sources.last(&target)
        })
        .collect()
}

fn members(sources: &Sources, file: usize, kind: Kind) -> Vec<(String, Location)> {
    let section = Location {
        file,
        pointer: Pointer::root().key(kind.section()),
    };
    let map = sources.value(&section).and_then(Value::as_object);
    map.into_iter()
        .flatten()
        .map(|(name, _)| (name.clone(), section.key(name)))
        .collect()
}

/// The name a part would have if nobody else had it.
fn preferred(sources: &Sources, kind: Kind, at: &Location) -> String {
    let keys = at.pointer.keys();
    match keys.as_slice() {
        [] => sources.stem(at.file),
        [section, name] if section == kind.section() => name.clone(),
        [first, rest @ ..] => {
            let rest = if first == kind.section() {
                rest
            } else {
                keys.as_slice()
            };
            let words: Vec<_> = rest
                .iter()
                .map(String::as_str)
                .filter(|key| *key != "properties")
                .collect();
            words.join("_")
        }
    }
}
