//! Owns where the files of an upstream document go under `specs/`, and turns its references accordingly.
//! Refuses to know about prose.
//!
//! The document becomes `<api>/<version>/swagger.json`. A file that it refers to stays a file of its own, reduced to
//! what is used: `<api>/<name>/<upstream folder>/<name>.json`, for instance `acs-identity/common/2023-11-15/common.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{bail, ensure};
use serde_json::{Map, Value, json};

use crate::conformance::documents::{Documents, Target, names};
use crate::conformance::shape::Kind;

/// The new files, by their path below `specs/`.
pub(crate) type Files = BTreeMap<PathBuf, Value>;

/// Lays out a document and all it refers to.
pub(crate) fn lay_out(documents: &Documents, api: &str, version: &str) -> anyhow::Result<Files> {
    let start = documents.references(&documents.root, "")?;
    let used = documents.closure(start)?;
    let places = places(documents, &used, api, version)?;
    let mut files = Files::new();
    for (file, place) in &places {
        let mut value = match *file == documents.root {
            true => documents.document().clone(),
            false => reduced(documents, file, &used),
        };
        turn(&mut value, Kind::Keywords, file, &places)?;
        files.insert(place.clone(), value);
    }
    Ok(files)
}

/// The place of the main document.
pub(crate) fn main_file(api: &str, version: &str) -> PathBuf {
    [api, version, "swagger.json"].iter().collect()
}

fn places(
    documents: &Documents,
    used: &BTreeSet<Target>,
    api: &str,
    version: &str,
) -> anyhow::Result<BTreeMap<PathBuf, PathBuf>> {
    let mut places = BTreeMap::from([(documents.root.clone(), main_file(api, version))]);
    for file in used.iter().map(|target| &target.file) {
        if places.contains_key(file) {
            continue;
        }
        let part = |part: Option<&std::ffi::OsStr>| part.map(PathBuf::from).unwrap_or_default();
        let folder = part(file.parent().and_then(Path::file_name));
        let name = part(file.file_stem());
        let place = Path::new(api)
            .join(name)
            .join(folder)
            .join(part(file.file_name()));
        if let Some((other, _)) = places.iter().find(|(_, taken)| **taken == place) {
            bail!(
                "{} and {} would both become {}",
                other.display(),
                file.display(),
                place.display()
            );
        }
        places.insert(file.clone(), place);
    }
    Ok(places)
}

/// What is used of a file that is not the main document.
fn reduced(documents: &Documents, file: &Path, used: &BTreeSet<Target>) -> Value {
    let whole = &documents.files[file];
    let mut value = Map::from_iter([("swagger".to_owned(), json!("2.0"))]);
    if let Some(info) = whole.get("info") {
        value.insert("info".to_owned(), info.clone());
    }
    value.insert("paths".to_owned(), json!({}));
    for section in ["definitions", "parameters", "responses"] {
        let mut kept = Map::new();
        for name in names(whole, section) {
            let target = Target {
                section: section.to_owned(),
                ..Target::definition(file, &name)
            };
            if let (true, Some(part)) = (used.contains(&target), documents.get(&target)) {
                kept.insert(name, part.clone());
            }
        }
        if !kept.is_empty() {
            value.insert(section.to_owned(), Value::Object(kept));
        }
    }
    Value::Object(value)
}

/// Adds to `new` what `old`, the same file of an earlier import, has and other versions may use.
/// A part that both have must be the same, unless `force` says that the new one wins.
pub(crate) fn merge(new: &mut Value, old: &Value, force: bool) -> anyhow::Result<()> {
    for section in ["definitions", "parameters", "responses"] {
        for name in names(old, section) {
            let mut part = old[section][&name].clone();
            crate::conformance::shape::strip_prose(&mut part, Kind::Keywords);
            let place = &mut new[section];
            match place.get(&name) {
                None => place[&name] = part,
                Some(same) => ensure!(
                    *same == part || force,
                    "`{name}` in its `{section}` is not what it was when another version was imported; \
                     --force takes the new one for both"
                ),
            }
        }
    }
    Ok(())
}

/// Makes every reference lead from the new place of its file to the new place of what it names.
fn turn(
    value: &mut Value,
    kind: Kind,
    file: &Path,
    places: &BTreeMap<PathBuf, PathBuf>,
) -> anyhow::Result<()> {
    match value {
        Value::Array(items) if kind != Kind::Data => {
            for item in items {
                turn(item, kind, file, places)?;
            }
        }
        Value::Object(map) if kind != Kind::Data => {
            if let Some(text) = crate::conformance::shape::reference(map, kind) {
                let target = Target::parse(file, text)?;
                let path = match target.file == file {
                    true => String::new(),
                    false => relative(&places[file], &places[&target.file]),
                };
                let text = format!("{path}#{}", encode(&target.pointer()));
                map.insert("$ref".to_owned(), Value::String(text));
            }
            for (key, child) in map.iter_mut() {
                turn(child, kind.below(key, child), file, places)?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// The path from one file to another, both below the same folder.
fn relative(from: &Path, to: &Path) -> String {
    let parts = |path: &Path| -> Vec<String> {
        path.iter()
            .map(|part| part.to_string_lossy().into_owned())
            .collect()
    };
    let (from, to) = (parts(from), parts(to));
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from.len().saturating_sub(shared + 1);
    let mut path = vec!["..".to_owned(); up];
    path.extend_from_slice(&to[shared..]);
    path.join("/")
}

/// Percent-encodes what may not stand in the fragment of a reference.
fn encode(pointer: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/~._-!$&'()*+,;=:@?".contains(c);
    let mut text = String::new();
    for c in pointer.chars() {
        if plain(c) {
            text.push(c);
        } else {
            let mut buffer = [0; 4];
            for byte in c.encode_utf8(&mut buffer).bytes() {
                text.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    text
}
