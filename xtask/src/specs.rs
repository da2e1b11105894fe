//! Owns `specs/specs.toml`: which API versions the workspace binds, their state and where they come from.
//! Refuses to know what is inside a document.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use serde::Deserialize;

/// Every document under `specs/`, oldest first within an API.
#[derive(Debug)]
pub(crate) struct Registry {
    folder: PathBuf,
    /// The entries, in the order of the file.
    pub(crate) specs: Vec<Spec>,
}

/// One version of one API.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Spec {
    /// Name of the API, and of its folder: `acs-identity`.
    pub(crate) api: String,
    /// The value of `api-version`: `2025-06-30`.
    pub(crate) version: String,
    /// How far along the version is.
    pub(crate) state: State,
    /// Whether clients use this version for every operation that exists in it.
    #[serde(default)]
    pub(crate) default: bool,
    /// The document, relative to `specs/`, with forward slashes.
    pub(crate) file: String,
    /// The Rust module generated from it: `v2025_06_30`.
    pub(crate) module: String,
    /// Where the structure of the document was taken from.
    pub(crate) origin: Origin,
    #[serde(skip)]
    folder: PathBuf,
}

/// Life cycle of an API version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    /// Generally available.
    Ga,
    /// Public preview, still served.
    Preview,
    /// No longer served.
    Retired,
}

/// The upstream document.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Origin {
    /// `owner/name` of the public repository.
    pub(crate) repository: String,
    /// Path of the document in that repository.
    pub(crate) path: String,
    /// The commit, or its beginning, where it is known.
    #[serde(default)]
    pub(crate) commit: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    spec: Vec<Spec>,
}

impl Registry {
    /// Reads the registry of this workspace.
    pub(crate) fn load() -> anyhow::Result<Self> {
        Self::load_from(&crate::root::workspace().join("specs"))
    }

    /// Reads `specs.toml` of the given `specs` folder.
    pub(crate) fn load_from(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join("specs.toml");
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(folder, &text).with_context(|| format!("in {}", path.display()))
    }

    fn parse(folder: &Path, text: &str) -> anyhow::Result<Self> {
        let mut specs = toml::from_str::<File>(text)?.spec;
        for (index, spec) in specs.iter_mut().enumerate() {
            spec.folder = folder.to_path_buf();
            let name = format!("spec {} ({} {})", index + 1, spec.api, spec.version);
            spec.validate().context(name)?;
        }
        check_relations(&specs)?;
        Ok(Self {
            folder: folder.to_path_buf(),
            specs,
        })
    }

    /// The folder that holds `specs.toml` and the documents.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The versions of one API, oldest first; empty for an unknown API.
    pub(crate) fn api(&self, api: &str) -> Vec<&Spec> {
        self.specs.iter().filter(|spec| spec.api == api).collect()
    }

    /// One version of one API.
    pub(crate) fn find(&self, api: &str, version: &str) -> Option<&Spec> {
        self.specs
            .iter()
            .find(|spec| spec.api == api && spec.version == version)
    }

    /// Adds an entry at its place in `specs.toml` and keeps everything else in that file as it is, comments included.
    pub(crate) fn insert(&mut self, mut spec: Spec) -> anyhow::Result<()> {
        spec.folder.clone_from(&self.folder);
        let path = self.folder.join("specs.toml");
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        let place = self.place(&spec);
        let new = insert_entry(&text, place, &spec.entry());
        let read = Self::parse(&self.folder, &new)
            .with_context(|| format!("cannot register {} {}", spec.api, spec.version))?;
        std::fs::write(&path, new).with_context(|| format!("cannot write {}", path.display()))?;
        *self = read;
        Ok(())
    }

    /// Index of the entry in front of which a new one belongs.
    fn place(&self, new: &Spec) -> usize {
        let newer = |spec: &Spec| spec.api == new.api && spec.age() > new.age();
        let after_api = || {
            let last = self.specs.iter().rposition(|spec| spec.api == new.api);
            last.map_or(self.specs.len(), |index| index + 1)
        };
        self.specs.iter().position(newer).unwrap_or_else(after_api)
    }
}

impl Spec {
    /// A new entry that is not the default; its file and module follow from its name.
    pub(crate) fn new(api: &str, version: &str, state: State, origin: Origin) -> Self {
        Self {
            api: api.to_owned(),
            version: version.to_owned(),
            state,
            default: false,
            file: format!("{api}/{version}/swagger.json"),
            module: module_name(version),
            origin,
            folder: PathBuf::new(),
        }
    }

    /// Where the document is.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.join(&self.file)
    }

    /// Sorts versions by date, a preview in front of the release of the same day.
    pub(crate) fn age(&self) -> (&str, bool, &str) {
        age(&self.version)
    }

    /// Whether the names can be those of folders and of a Rust module.
    pub(crate) fn check_names(&self) -> anyhow::Result<()> {
        for (key, name) in [("api", &self.api), ("version", &self.version)] {
            ensure!(
                is_plain(name),
                "`{key}` is `{name}`; use letters, digits, `-` and `.`"
            );
        }
        ensure!(
            syn::parse_str::<syn::Ident>(&self.module).is_ok(),
            "`module` is `{}`, which is no Rust module name; use `{}`",
            self.module,
            module_name(&self.version)
        );
        Ok(())
    }

    fn validate(&self) -> anyhow::Result<()> {
        self.check_names()?;
        ensure!(
            !self.default || self.state == State::Ga,
            "`default` is for versions with `state = \"ga\"` only"
        );
        ensure!(
            self.file.starts_with(&format!("{}/", self.api)) && !self.file.contains(".."),
            "`file` is `{}`; it has to be below `{}/`",
            self.file,
            self.api
        );
        ensure!(
            self.path().is_file(),
            "`file` names {}, which does not exist",
            self.path().display()
        );
        Ok(())
    }

    fn entry(&self) -> String {
        let state = match self.state {
            State::Ga => "ga",
            State::Preview => "preview",
            State::Retired => "retired",
        };
        let mut entry = format!(
            "[[spec]]\napi = {}\nversion = {}\nstate = \"{state}\"\n",
            quoted(&self.api),
            quoted(&self.version)
        );
        if self.default {
            entry.push_str("default = true\n");
        }
        let _ = write!(
            entry,
            "file = {}\nmodule = {}\n[spec.origin]\nrepository = {}\npath = {}\n",
            quoted(&self.file),
            quoted(&self.module),
            quoted(&self.origin.repository),
            quoted(&self.origin.path)
        );
        if let Some(commit) = &self.origin.commit {
            let _ = writeln!(entry, "commit = {}", quoted(commit));
        }
        entry
    }
}

/// The version with everything that cannot stand in a Rust name replaced, and `v` in front of a number:
/// `v2025_03_02_preview`, `v1_0`, `beta`.
pub(crate) fn module_name(version: &str) -> String {
    let body = version.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
    let v = if body.starts_with(|c: char| c.is_ascii_digit()) {
        "v"
    } else {
        ""
    };
    format!("{v}{}", body.to_ascii_lowercase())
}

fn check_relations(specs: &[Spec]) -> anyhow::Result<()> {
    for (index, spec) in specs.iter().enumerate() {
        let earlier = specs[..index].iter().filter(|other| other.api == spec.api);
        for other in earlier {
            let (api, version) = (&spec.api, &spec.version);
            ensure!(other.version != *version, "{api} {version} is listed twice");
            ensure!(
                other.module != spec.module,
                "{api} {version} and {} share the module `{}`",
                other.version,
                spec.module
            );
            ensure!(
                !(other.default && spec.default),
                "{api} has two defaults, {} and {version}",
                other.version
            );
            if other.age() > spec.age() {
                bail!(
                    "{api} {version} stands after {}; put the oldest version first",
                    other.version
                );
            }
        }
    }
    Ok(())
}

/// Sorts versions by date, a preview in front of the release of the same day; versions without a date by name,
/// which puts `beta` in front of `v1.0`.
pub(crate) fn age(version: &str) -> (&str, bool, &str) {
    let dated = version.len() >= 10
        && version.is_char_boundary(10)
        && version[..10]
            .chars()
            .all(|c| c.is_ascii_digit() || c == '-');
    let (date, suffix) = version.split_at(if dated { 10 } else { version.len() });
    (date, suffix.is_empty(), suffix)
}

fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-._".contains(c))
        && !name.starts_with('.')
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// Puts `entry` in front of the `place`th `[[spec]]` of `text` and of the comment above it.
fn insert_entry(text: &str, place: usize, entry: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let header = |line: &&str| line.trim() == "[[spec]]";
    let mut headers = (0..lines.len()).filter(|&index| header(&lines[index]));
    let Some(mut at) = headers.nth(place) else {
        return format!("{}\n\n{entry}", text.trim_end());
    };
    while at > 0 && lines[at - 1].starts_with('#') {
        at -= 1;
    }
    let (before, after) = lines.split_at(at);
    let before = before.join("\n");
    let gap = if before.trim().is_empty() { "" } else { "\n" };
    format!("{before}{gap}{entry}\n{}\n", after.join("\n"))
}

#[cfg(test)]
mod tests;
