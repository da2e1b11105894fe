//! The files read so far and places in them. Reads each file once, however it is spelt.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde_json::Value;

use super::load;
use super::pointer::{Pointer, Reference};

/// A place in one of the files.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Location {
    pub(super) file: usize,
    pub(super) pointer: Pointer,
}

impl Location {
    pub(super) fn key(&self, key: &str) -> Self {
        Self {
            file: self.file,
            pointer: self.pointer.key(key),
        }
    }

    pub(super) fn index(&self, index: usize) -> Self {
        Self {
            file: self.file,
            pointer: self.pointer.index(index),
        }
    }
}

#[derive(Default)]
pub(super) struct Sources {
    files: Vec<(PathBuf, Value)>,
    known: HashMap<PathBuf, usize>,
}

impl Sources {
    /// Reads the file, unless that happened before.
    pub(super) fn open(&mut self, path: &Path) -> anyhow::Result<usize> {
        let real = path
            .canonicalize()
            .with_context(|| format!("{}#: cannot be read", path.display()))?;
        if let Some(&file) = self.known.get(&real) {
            return Ok(file);
        }
        let value = load::json(path)?;
        self.files.push((path.to_path_buf(), value));
        self.known.insert(real, self.files.len() - 1);
        Ok(self.files.len() - 1)
    }

    /// How many files were read.
    pub(super) fn len(&self) -> usize {
        self.files.len()
    }

    pub(super) fn value(&self, at: &Location) -> Option<&Value> {
        self.files.get(at.file)?.1.pointer(at.pointer.as_str())
    }

    /// What the reference `text`, written at `from`, refers to. The target exists.
    pub(super) fn resolve(&mut self, text: &str, from: &Location) -> anyhow::Result<Location> {
        let place = self.place(from);
        let reference = Reference::parse(text).with_context(|| place.clone())?;
        let file = match &reference.file {
            None => from.file,
            Some(relative) => {
                let folder = self.files[from.file].0.parent().unwrap_or(Path::new(""));
                let path = load::tidy(&folder.join(relative));
                if !path.is_file() {
                    bail!(
                        "{place}: refers to `{text}`, but there is no file {}; fetch it or correct the reference",
                        path.display()
                    );
                }
                self.open(&path)?
            }
        };
        let target = Location {
            file,
            pointer: reference.pointer,
        };
        if self.value(&target).is_none() {
            bail!(
                "{place}: refers to `{text}`, but {} does not exist; correct the reference",
                self.place(&target)
            );
        }
        Ok(target)
    }

    /// The target of the last of a chain of bare references that begins at `at`; `at` itself if it is none.
    pub(super) fn last(&mut self, at: &Location) -> anyhow::Result<Location> {
        let mut seen = vec![at.clone()];
        let mut at = at.clone();
        while let Some(text) = self.value(&at).and_then(bare_reference).map(str::to_owned) {
            at = self.resolve(&text, &at.key("$ref"))?;
            if seen.contains(&at) {
                bail!("{}: refers to itself, write it out", self.place(&at));
            }
            seen.push(at.clone());
        }
        Ok(at)
    }

    /// The file's path as the user would write it.
    pub(super) fn shown(&self, file: usize) -> String {
        self.files[file].0.display().to_string()
    }

    /// The file's name without folder and ending.
    pub(super) fn stem(&self, file: usize) -> String {
        self.files[file]
            .0
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    }

    pub(super) fn place(&self, at: &Location) -> String {
        format!("{}#{}", self.shown(at.file), at.pointer)
    }
}

/// The reference, if `value` holds nothing else.
fn bare_reference(value: &Value) -> Option<&str> {
    let map = value.as_object().filter(|map| map.len() == 1)?;
    map.get("$ref")?.as_str()
}
