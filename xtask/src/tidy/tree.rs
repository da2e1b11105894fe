//! Owns the text files of a folder, read once; knows no rule.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// Folders of other people's files and of build results.
const SKIPPED: [&str; 5] = ["target", "node_modules", "__pycache__", "venv", "dist"];
/// The folders with a leading dot that belong to the project.
const DOTTED: [&str; 3] = [".cargo", ".ci", ".github"];

/// The text files of a folder, by their path from it, with forward slashes.
#[derive(Debug)]
pub(super) struct Tree {
    root: PathBuf,
    files: BTreeMap<String, String>,
}

impl Tree {
    /// Reads a folder; files that are not UTF-8 are left out.
    pub(super) fn read(root: &Path) -> anyhow::Result<Self> {
        let mut tree = Self {
            root: root.to_path_buf(),
            files: BTreeMap::new(),
        };
        tree.descend("")?;
        Ok(tree)
    }

    fn descend(&mut self, folder: &str) -> anyhow::Result<()> {
        let path = self.root.join(folder);
        let entries =
            fs::read_dir(&path).with_context(|| format!("cannot read {}", path.display()))?;
        for entry in entries {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            let inner = if folder.is_empty() {
                name.clone()
            } else {
                format!("{folder}/{name}")
            };
            let kind = entry.file_type()?;
            if kind.is_dir() {
                let foreign = SKIPPED.contains(&name.as_str())
                    || name.starts_with('.') && !DOTTED.contains(&name.as_str());
                if !foreign {
                    self.descend(&inner)?;
                }
            } else if kind.is_file()
                && let Ok(text) = fs::read_to_string(entry.path())
            {
                self.files.insert(inner, text);
            }
        }
        Ok(())
    }

    /// The folder that was read.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Every file: path and text.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The files whose name ends so.
    pub(super) fn ending(&self, end: &str) -> impl Iterator<Item = (&str, &str)> {
        self.files().filter(move |(path, _)| path.ends_with(end))
    }

    /// One file's text.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Whether there is such a file or folder, text or not.
    pub(super) fn has(&self, path: &str) -> bool {
        self.files.contains_key(path) || self.root.join(path).exists()
    }
}

/// Lines with their numbers, counted from 1.
pub(super) fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
}
