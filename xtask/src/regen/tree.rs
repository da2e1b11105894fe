//! Puts generated files in place, or says how what is there differs from them.
//!
//! Refuses to know what the files hold. A generated folder holds nothing else, so anything unknown in it is stale.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use similar::TextDiff;

use super::emit::File;

/// What Python makes of sources when it runs them.
const COMPILED: &str = "__pycache__";

/// Writes what changed and removes what is stale; gives one line for each.
pub(crate) fn write(folder: &Path, files: &[File]) -> Result<Vec<String>> {
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let mut done = Vec::new();
    for file in files {
        let path = folder.join(&file.name);
        if read(&path)?.as_deref() != Some(file.text.as_str()) {
            let parent = path.parent().unwrap_or(folder);
            fs::create_dir_all(parent)
                .with_context(|| format!("cannot create {}", parent.display()))?;
            fs::write(&path, &file.text)
                .with_context(|| format!("cannot write {}", path.display()))?;
            done.push(format!("wrote {}", path.display()));
        }
    }
    for name in stale(folder, files)? {
        let path = folder.join(name);
        fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        done.push(format!("removed {}", path.display()));
    }
    Ok(done)
}

/// The unified diff from what is in the folder to what belongs there; empty when they agree.
pub(crate) fn difference(folder: &Path, label: &str, files: &[File]) -> Result<String> {
    let mut difference = String::new();
    for file in files {
        let present = read(&folder.join(&file.name))?.unwrap_or_default();
        if present != file.text {
            difference += &unified(&format!("{label}/{}", file.name), &present, &file.text);
        }
    }
    for name in stale(folder, files)? {
        let present = read(&folder.join(&name))?.unwrap_or_default();
        difference += &unified(&format!("{label}/{name}"), &present, "");
    }
    Ok(difference)
}

fn unified(name: &str, present: &str, wanted: &str) -> String {
    TextDiff::from_lines(present, wanted)
        .unified_diff()
        .header(&format!("{name} (present)"), &format!("{name} (generated)"))
        .to_string()
}

fn read(path: &Path) -> Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

fn stale(folder: &Path, files: &[File]) -> Result<BTreeSet<String>> {
    let mut names = names(folder)?;
    names.retain(|name| !files.iter().any(|file| file.name == *name));
    Ok(names)
}

/// The paths of all files of a folder and of those in it, with forward slashes; none if there is no such folder.
pub(crate) fn names(folder: &Path) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    if !folder.exists() {
        return Ok(names);
    }
    let cannot = || format!("cannot list {}", folder.display());
    for entry in fs::read_dir(folder).with_context(cannot)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !entry.file_type()?.is_dir() {
            names.insert(name);
        } else if name != COMPILED {
            let inner = self::names(&entry.path())?;
            names.extend(inner.into_iter().map(|inner| format!("{name}/{inner}")));
        }
    }
    Ok(names)
}
