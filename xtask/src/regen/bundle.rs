//! Makes one Swagger document out of a file and the files it refers to: every definition, parameter and
//! response that lies elsewhere is pulled into the document, and only references within it remain.
//! Knows nothing of OpenAPI 3.0 and does not judge keywords.
//!
//! Rules that are not obvious:
//! - The names of the main file are kept. A foreign part takes its own name; a name that is taken is shared
//!   when both parts say the same (references included), else the foreign part becomes `Name_file`,
//!   `Name_file_2` and so on, in the order of the document, and a note says so.
//! - A pointer below a definition (`#/definitions/A/properties/b`) makes a part of its own, `A_b`.
//! - Children of a foreign base with a `discriminator` come along although nothing refers to them.
//! - Path items are copied to the place of the reference.
//! - `x-ms-examples` is not followed.

mod load;
mod parts;
mod pointer;
mod same;
mod site;
mod sources;
#[cfg(test)]
mod tests;

use std::path::Path;

use anyhow::bail;
use serde_json::{Map, Value};

pub(crate) use self::pointer::Pointer;
pub(crate) use self::site::Site;

use self::parts::{Kind, Parts};
use self::sources::{Location, Sources};

/// A document without references to other files.
pub(crate) struct Bundle {
    pub(crate) document: Value,
    /// What the reader should know: parts that had to be renamed.
    pub(crate) notes: Vec<String>,
    file: String,
    origins: Vec<(Pointer, String, Pointer)>,
}

/// Reads one file, as it is.
pub(crate) fn load(path: &Path) -> anyhow::Result<Value> {
    load::json(path)
}

impl Bundle {
    /// Reads the file at `path` and all it refers to.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let mut sources = Sources::default();
        let main = sources.open(path)?;
        let parts = Parts::of_main(&mut sources, main)?;
        Bundler {
            sources,
            parts,
            origins: Vec::new(),
        }
        .run(main)
    }

    /// A document that came from nowhere, for tests of the conversion.
    #[cfg(test)]
    pub(crate) fn of(document: Value) -> Self {
        Self {
            document,
            notes: Vec::new(),
            file: "test.json".to_owned(),
            origins: Vec::new(),
        }
    }

    /// Where the part at `at` was written: `file#/pointer`.
    pub(crate) fn place(&self, at: &Pointer) -> String {
        let longest = self
            .origins
            .iter()
            .filter_map(|(prefix, file, from)| Some((prefix, file, from, at.below(prefix)?)))
            .max_by_key(|(prefix, ..)| prefix.as_str().len());
        match longest {
            Some((_, file, from, rest)) => format!("{file}#{from}{rest}"),
            None => format!("{}#{at}", self.file),
        }
    }
}

struct Bundler {
    sources: Sources,
    parts: Parts,
    origins: Vec<(Pointer, String, Pointer)>,
}

impl Bundler {
    fn run(mut self, main: usize) -> anyhow::Result<Bundle> {
        let root = Location {
            file: main,
            pointer: Pointer::root(),
        };
        let value = self.sources.value(&root).cloned().unwrap_or_default();
        if !value.is_object() {
            bail!(
                "{}: is not an object, name a Swagger 2.0 document",
                self.sources.place(&root)
            );
        }
        let mut document = self.rewrite(&value, Site::Document, &root, &Pointer::root())?;
        loop {
            while let Some((kind, name, from)) = self.parts.next() {
                let value = self.sources.value(&from).cloned().unwrap_or_default();
                let at = Pointer::root().key(kind.section()).key(&name);
                self.remember(&at, &from);
                let value = self.rewrite(&value, kind.site(), &from, &at)?;
                insert(&mut document, kind, name, value);
            }
            if !self.parts.pull_children(&mut self.sources)? {
                break;
            }
        }
        let notes = std::mem::take(&mut self.parts.notes);
        Ok(Bundle {
            document,
            notes,
            file: self.sources.shown(main),
            origins: self.origins,
        })
    }

    /// Copies `value`, which was written at `from` and will stand at `at`, with its references rewritten.
    fn rewrite(
        &mut self,
        value: &Value,
        site: Site,
        from: &Location,
        at: &Pointer,
    ) -> anyhow::Result<Value> {
        match value {
            Value::Object(map) if site != Site::Data => self.rewrite_object(map, site, from, at),
            Value::Array(items) if site != Site::Data => {
                let mut out = Vec::with_capacity(items.len());
                for (index, item) in items.iter().enumerate() {
                    out.push(self.rewrite(
                        item,
                        site.item(),
                        &from.index(index),
                        &at.index(index),
                    )?);
                }
                Ok(Value::Array(out))
            }
            Value::String(text) if site == Site::BareRef && text.contains('#') => Ok(
                Value::String(self.rewrite_reference(text, Some(Kind::Definition), from)?),
            ),
            other => Ok(other.clone()),
        }
    }

    fn rewrite_object(
        &mut self,
        map: &Map<String, Value>,
        site: Site,
        from: &Location,
        at: &Pointer,
    ) -> anyhow::Result<Value> {
        if site == Site::PathItem && map.get("$ref").is_some_and(Value::is_string) {
            return self.copy_path_item(map, from, at);
        }
        let mut out = Map::new();
        for (key, member) in map {
            let inner = from.key(key);
            let value = match (Kind::of_reference(site), member) {
                (Some(kind), Value::String(text)) if key == "$ref" => {
                    Value::String(self.rewrite_reference(text, kind, &inner)?)
                }
                _ => self.rewrite_member(site, key, member, &inner, &at.key(key))?,
            };
            out.insert(key.clone(), value);
        }
        Ok(Value::Object(out))
    }

    /// A named part of the main file that is nothing but a reference to its namesake elsewhere becomes that part.
    fn rewrite_member(
        &mut self,
        site: Site,
        key: &str,
        member: &Value,
        from: &Location,
        at: &Pointer,
    ) -> anyhow::Result<Value> {
        if let Some(target) = self.parts.namesake(from).cloned() {
            self.remember(at, &target);
            let value = self.sources.value(&target).cloned().unwrap_or_default();
            return self.rewrite(&value, site.member(key), &target, at);
        }
        self.rewrite(member, site.member(key), from, at)
    }

    fn rewrite_reference(
        &mut self,
        text: &str,
        kind: Option<Kind>,
        from: &Location,
    ) -> anyhow::Result<String> {
        let target = self.sources.resolve(text, from)?;
        let Some(kind) = kind.or_else(|| Kind::of_target(&target.pointer)) else {
            bail!(
                "{}: refers to `{text}` from inside an extension, which is no definition, parameter or response; remove the reference",
                self.sources.place(from)
            );
        };
        if Kind::of_target(&target.pointer).is_some_and(|other| other != kind) {
            bail!(
                "{}: refers to `{text}`, but only {} can be referred to here; correct it",
                self.sources.place(from),
                kind.section()
            );
        }
        let name = self.parts.name(&mut self.sources, kind, &target)?;
        Ok(format!(
            "#{}",
            Pointer::root().key(kind.section()).key(&name)
        ))
    }

    fn copy_path_item(
        &mut self,
        map: &Map<String, Value>,
        from: &Location,
        at: &Pointer,
    ) -> anyhow::Result<Value> {
        let mut target = from.clone();
        let mut map = map.clone();
        let mut seen = vec![target.clone()];
        while let Some(Value::String(text)) = map.get("$ref") {
            if let Some(sibling) = map.keys().find(|key| *key != "$ref") {
                bail!(
                    "{}: stands beside `$ref` of a path item, move it into the path item referred to",
                    self.sources.place(&target.key(sibling))
                );
            }
            target = self.sources.resolve(text, &target.key("$ref"))?;
            if seen.contains(&target) {
                bail!(
                    "{}: refers to itself, write the path item out",
                    self.sources.place(&target)
                );
            }
            seen.push(target.clone());
            let Some(Value::Object(next)) = self.sources.value(&target) else {
                bail!(
                    "{}: is not an object, a path item is one",
                    self.sources.place(&target)
                );
            };
            map = next.clone();
        }
        self.remember(at, &target);
        self.rewrite_object(&map, Site::PathItem, &target, at)
    }

    fn remember(&mut self, at: &Pointer, from: &Location) {
        self.origins.push((
            at.clone(),
            self.sources.shown(from.file),
            from.pointer.clone(),
        ));
    }
}

fn insert(document: &mut Value, kind: Kind, name: String, value: Value) {
    if let Some(document) = document.as_object_mut() {
        let section = document
            .entry(kind.section())
            .or_insert_with(|| Value::Object(Map::new()));
        if let Some(section) = section.as_object_mut() {
            section.insert(name, value);
        }
    }
}
