//! Owns the files a Swagger document consists of: loads them with all relative references and says what each uses.
//! Refuses to know what the content means, and deliberately shares nothing with the converter, which it helps to check.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, bail, ensure};
use serde_json::{Map, Value};

use super::shape::{self, Kind};

/// A document and every file it refers to, without prose and examples.
#[derive(Debug)]
pub(crate) struct Documents {
    /// The file that was asked for.
    pub(crate) root: PathBuf,
    /// All files, by their path.
    pub(crate) files: BTreeMap<PathBuf, Value>,
}

/// Something that can be referred to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Target {
    /// The file it is in.
    pub(crate) file: PathBuf,
    /// `definitions`, `parameters` or `responses`.
    pub(crate) section: String,
    /// Its name there.
    pub(crate) name: String,
}

/// A reference in a file.
#[derive(Debug)]
pub(crate) struct Found {
    /// JSON pointer of the object that holds the `$ref`.
    pub(crate) at: String,
    /// What it refers to.
    pub(crate) target: Target,
}

impl Documents {
    /// Reads a Swagger 2.0 file and, transitively, the files it refers to.
    pub(crate) fn load(root: &Path) -> anyhow::Result<Self> {
        let root = clean(root);
        let document = read(&root)?;
        let version = document.get("swagger").and_then(Value::as_str);
        ensure!(
            version == Some("2.0"),
            "{} is not a Swagger 2.0 document: its `swagger` key is {}",
            root.display(),
            version.map_or_else(|| "missing".to_owned(), |text| format!("`{text}`"))
        );
        let mut documents = Self {
            root: root.clone(),
            files: BTreeMap::from([(root.clone(), document)]),
        };
        let mut queue = VecDeque::from([root]);
        while let Some(file) = queue.pop_front() {
            for found in documents.references(&file, "")? {
                let target = &found.target;
                if !documents.files.contains_key(&target.file) {
                    let value = read(&target.file)
                        .with_context(|| format!("{}#{}", file.display(), found.at))?;
                    documents.files.insert(target.file.clone(), value);
                    queue.push_back(target.file.clone());
                }
                ensure!(
                    documents.get(target).is_some(),
                    "{}#{} refers to {}#/{}/{}, which does not exist",
                    file.display(),
                    found.at,
                    target.file.display(),
                    target.section,
                    target.name
                );
            }
        }
        Ok(documents)
    }

    /// The document that was asked for.
    pub(crate) fn document(&self) -> &Value {
        &self.files[&self.root]
    }

    /// What a reference stands for.
    pub(crate) fn get(&self, target: &Target) -> Option<&Value> {
        let file = self.files.get(&target.file)?;
        file.get(&target.section)?.get(&target.name)
    }

    /// All references at or below a JSON pointer of a file.
    pub(crate) fn references(&self, file: &Path, pointer: &str) -> anyhow::Result<Vec<Found>> {
        let mut found = Vec::new();
        let whole = self.files.get(file);
        if let Some(value) = whole.and_then(|value| value.pointer(pointer)) {
            collect(value, Kind::Keywords, pointer, file, &mut found)?;
        }
        Ok(found)
    }

    /// Everything that is needed by `start`, a discriminated type's derived types included.
    pub(crate) fn closure(&self, start: Vec<Found>) -> anyhow::Result<BTreeSet<Target>> {
        let mut used = BTreeSet::new();
        let mut queue: VecDeque<Target> = start.into_iter().map(|found| found.target).collect();
        loop {
            while let Some(target) = queue.pop_front() {
                if used.insert(target.clone()) {
                    let found = self.references(&target.file, &target.pointer())?;
                    queue.extend(found.into_iter().map(|found| found.target));
                }
            }
            queue.extend(self.derived(&used)?);
            if queue.is_empty() {
                return Ok(used);
            }
        }
    }

    /// Types not yet used that extend a used one which is, or descends from, a discriminated type.
    fn derived(&self, used: &BTreeSet<Target>) -> anyhow::Result<Vec<Target>> {
        let mut derived = Vec::new();
        for (file, document) in &self.files {
            for name in names(document, "definitions") {
                let target = Target::definition(file, &name);
                if used.contains(&target) {
                    continue;
                }
                let bases = self.bases(&target)?;
                if bases.iter().any(|base| used.contains(base))
                    && self.is_discriminated(&target, &mut BTreeSet::new())?
                {
                    derived.push(target);
                }
            }
        }
        Ok(derived)
    }

    fn bases(&self, target: &Target) -> anyhow::Result<Vec<Target>> {
        let parts = self.get(target).and_then(|value| value.get("allOf"));
        let count = parts.and_then(Value::as_array).map_or(0, Vec::len);
        let mut bases = Vec::new();
        for index in 0..count {
            let pointer = format!("{}/allOf/{index}", target.pointer());
            let found = self.references(&target.file, &pointer)?;
            let direct = found.into_iter().filter(|found| found.at == pointer);
            bases.extend(direct.map(|found| found.target));
        }
        Ok(bases)
    }

    fn is_discriminated(
        &self,
        target: &Target,
        seen: &mut BTreeSet<Target>,
    ) -> anyhow::Result<bool> {
        if !seen.insert(target.clone()) {
            return Ok(false);
        }
        if self
            .get(target)
            .is_some_and(|value| value.get("discriminator").is_some())
        {
            return Ok(true);
        }
        for base in self.bases(target)? {
            if self.is_discriminated(&base, seen)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Target {
    /// A schema of a file.
    pub(crate) fn definition(file: &Path, name: &str) -> Self {
        Self {
            file: file.to_path_buf(),
            section: "definitions".to_owned(),
            name: name.to_owned(),
        }
    }

    /// Its place in the file.
    pub(crate) fn pointer(&self) -> String {
        shape::step(&format!("/{}", self.section), &self.name)
    }

    /// Reads the text of a `$ref` that stands in `file`.
    pub(crate) fn parse(file: &Path, text: &str) -> anyhow::Result<Self> {
        ensure!(
            !text.contains("://"),
            "`$ref` `{text}` is no relative reference"
        );
        let (path, pointer) = text.split_once('#').with_context(|| {
            format!("`$ref` `{text}` refers to a whole file; name a definition in it")
        })?;
        let parts: Vec<String> = pointer.split('/').map(decode).collect();
        let (section, name) = match parts.as_slice() {
            [empty, section, name]
                if empty.is_empty()
                    && matches!(&**section, "definitions" | "parameters" | "responses") =>
            {
                (section.clone(), name.clone())
            }
            _ => bail!("`$ref` `{text}` names no definition, parameter or response"),
        };
        let folder = file.parent().unwrap_or(Path::new(""));
        let file = match path {
            "" => file.to_path_buf(),
            path => clean(&folder.join(decode(path))),
        };
        Ok(Self {
            file,
            section,
            name,
        })
    }
}

/// The keys of a section of a document.
pub(crate) fn names(document: &Value, section: &str) -> Vec<String> {
    let section = document.get(section).and_then(Value::as_object);
    section.map_or_else(Vec::new, |map: &Map<_, _>| map.keys().cloned().collect())
}

fn read(path: &Path) -> anyhow::Result<Value> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut value =
        serde_json::from_str(text).with_context(|| format!("{} is no JSON", path.display()))?;
    shape::strip_prose(&mut value, Kind::Keywords);
    Ok(value)
}

fn collect(
    value: &Value,
    kind: Kind,
    pointer: &str,
    file: &Path,
    found: &mut Vec<Found>,
) -> anyhow::Result<()> {
    match value {
        Value::Array(items) if kind != Kind::Data => {
            for (index, item) in items.iter().enumerate() {
                let below = shape::step(pointer, &index.to_string());
                collect(item, kind, &below, file, found)?;
            }
        }
        Value::Object(map) if kind != Kind::Data => {
            if let Some(text) = shape::reference(map, kind) {
                let target = Target::parse(file, text)
                    .with_context(|| format!("{}#{pointer}", file.display()))?;
                let at = pointer.to_owned();
                found.push(Found { at, target });
            }
            for (key, child) in map {
                let below = shape::step(pointer, key);
                collect(child, kind.below(key, child), &below, file, found)?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// Undoes percent encoding and the escapes of JSON pointers.
fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let byte = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match byte {
            Some(byte) if first == b'%' => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    let text = String::from_utf8_lossy(&bytes);
    text.replace("~1", "/").replace("~0", "~")
}

/// Removes `.` and `..` without asking the file system.
fn clean(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(clean.components().next_back(), Some(Component::Normal(_))) =>
            {
                clean.pop();
            }
            part => clean.push(part),
        }
    }
    clean
}

#[cfg(test)]
mod tests;
