//! Owns the rules about `Cargo.toml` files: one version, shared settings, dependencies that point down only.

use toml::{Table, Value};

use super::Report;
use super::tree::Tree;

/// Which of our crates each crate may depend on; a star stands for any name.
///
/// The emulator is absent on purpose: it must disagree with a client that is wrong, so it shares nothing with it.
const LAYERS: [(&str, &[&str]); 10] = [
    ("teams-phone-core", &[]),
    ("teams-phone-emulator", &[]),
    ("xtask", &[]),
    ("*-rest", &["teams-phone-core"]),
    ("teams-phone-entra", &["teams-phone-core"]),
    (
        "teams-phone",
        &["*-rest", "teams-phone-core", "teams-phone-entra"],
    ),
    (
        "teams-phone-cli",
        &["teams-phone", "teams-phone-emulator", "teams-phone-entra"],
    ),
    (
        "teams-phone-python",
        &[
            "teams-phone",
            "teams-phone-cli",
            "teams-phone-emulator",
            "teams-phone-entra",
        ],
    ),
    ("teams-phone-fuzz", &["*"]),
    ("teams-phone-tests", &["*"]),
];
/// What tests may use in addition: the emulator, where it does not make a circle.
const TESTED_ON: &str = "teams-phone-emulator";

/// Crates that send HTTP requests of their own.
const MAY_SEND: [&str; 3] = ["teams-phone-core", "teams-phone-tests", "xtask"];
const HTTP: &str = "reqwest";

const INHERITED: [&str; 4] = ["version", "edition", "rust-version", "license"];

/// One crate of the workspace.
struct Manifest<'a> {
    path: &'a str,
    text: &'a str,
    name: String,
    table: Table,
}

/// One entry of a dependency table.
struct Dependency<'m> {
    name: &'m str,
    value: &'m Value,
    for_tests: bool,
}

impl Manifest<'_> {
    fn line(&self, word: &str) -> usize {
        line_of(self.text, word)
    }

    fn dependencies(&self) -> Vec<Dependency<'_>> {
        let mut all = Vec::new();
        collect(&self.table, &mut all);
        let targets = self.table.get("target").and_then(Value::as_table);
        for target in targets
            .into_iter()
            .flatten()
            .filter_map(|(_, t)| t.as_table())
        {
            collect(target, &mut all);
        }
        all
    }
}

fn collect<'m>(table: &'m Table, all: &mut Vec<Dependency<'m>>) {
    for section in ["dependencies", "build-dependencies", "dev-dependencies"] {
        let entries = table.get(section).and_then(Value::as_table);
        all.extend(
            entries
                .into_iter()
                .flatten()
                .map(|(name, value)| Dependency {
                    name: value.get("package").and_then(Value::as_str).unwrap_or(name),
                    value,
                    for_tests: section == "dev-dependencies",
                }),
        );
    }
}

/// The line on which a key stands, 1 if it does not.
fn line_of(text: &str, key: &str) -> usize {
    let starts = |line: &str| {
        line.trim_start()
            .strip_prefix(key)
            .is_some_and(|rest| rest.starts_with([' ', '.', '=']))
    };
    text.lines().position(starts).map_or(1, |index| index + 1)
}

fn parse<'a>(path: &str, text: &'a str, report: &mut Report) -> Option<(Table, &'a str)> {
    match text.parse::<Table>() {
        Ok(table) => Some((table, text)),
        Err(error) => {
            let what = format!("not TOML: {}", error.message());
            report.error(path, 1, what, "mend the syntax");
            None
        }
    }
}

/// Every crate of the tree; the workspace's own manifest is not one.
fn members<'a>(tree: &'a Tree, report: &mut Report) -> Vec<Manifest<'a>> {
    let mut all = Vec::new();
    for (path, text) in tree.ending("/Cargo.toml") {
        let Some((table, text)) = parse(path, text, report) else {
            continue;
        };
        let name = table.get("package").and_then(|package| package.get("name"));
        if let Some(name) = name.and_then(Value::as_str) {
            all.push(Manifest {
                path,
                text,
                name: name.to_owned(),
                table,
            });
        }
    }
    all
}

fn inherits(value: Option<&Value>) -> bool {
    value.and_then(|value| value.get("workspace")) == Some(&Value::Boolean(true))
}

pub(super) fn shared(tree: &Tree, report: &mut Report) {
    for manifest in members(tree, report) {
        let package = manifest.table.get("package");
        for key in INHERITED {
            if !inherits(package.and_then(|package| package.get(key))) {
                let what = format!("`{key}` is not the workspace's");
                let remedy = format!("write `{key}.workspace = true`");
                report.error(manifest.path, manifest.line(key), what, &remedy);
            }
        }
        if !inherits(manifest.table.get("lints")) {
            report.error(
                manifest.path,
                1,
                "the crate has lints of its own",
                "write `[lints]` and `workspace = true`",
            );
        }
        for dependency in manifest.dependencies() {
            if !inherits(Some(dependency.value)) {
                report.error(
                    manifest.path,
                    manifest.line(dependency.name),
                    format!("`{}` names its own version", dependency.name),
                    "put it under [workspace.dependencies] and inherit it",
                );
            }
        }
    }
}

pub(super) fn versions(tree: &Tree, report: &mut Report) {
    const ROOT: &str = "Cargo.toml";
    let Some((root, text)) = tree.text(ROOT).and_then(|text| parse(ROOT, text, report)) else {
        report.error(ROOT, 1, "no readable workspace manifest", "restore it");
        return;
    };
    let workspace = root.get("workspace");
    let own = workspace.and_then(|workspace| workspace.get("package")?.get("version")?.as_str());
    let Some(own) = own else {
        let remedy = "set it under [workspace.package]";
        report.error(ROOT, 1, "the workspace has no version", remedy);
        return;
    };
    let shared = workspace.and_then(|workspace| workspace.get("dependencies")?.as_table());
    for (name, value) in shared.into_iter().flatten() {
        let version = value.get("version").and_then(Value::as_str);
        if value.get("path").is_some() && version != Some(own) {
            let what = format!("`{name}` is not required in the workspace's version {own}");
            report.error(
                ROOT,
                line_of(text, name),
                what,
                "raise all versions together",
            );
        }
    }
    let changes = tree.text("CHANGELOG.md").unwrap_or_default();
    let listed = |heading: &str| changes.lines().any(|line| line.starts_with(heading));
    if !listed("## [Unreleased]") && !listed(&format!("## [{own}]")) {
        let what = format!("no section for what is not released, nor for {own}");
        let remedy = "add `## [Unreleased]` and tell users what changed";
        report.error("CHANGELOG.md", 1, what, remedy);
    }
}

pub(super) fn layers(tree: &Tree, report: &mut Report) {
    let members = members(tree, report);
    let ours: Vec<&str> = members.iter().map(|member| member.name.as_str()).collect();
    for manifest in &members {
        let row = LAYERS.iter().find(|(name, _)| fits(name, &manifest.name));
        let Some((_, below)) = row else {
            let what = format!("`{}` has no layer", manifest.name);
            report.error(
                manifest.path,
                1,
                what,
                "add it to LAYERS in xtask/src/tidy/manifests.rs",
            );
            continue;
        };
        for dependency in manifest.dependencies() {
            let name = dependency.name;
            let line = manifest.line(name);
            let for_tests = dependency.for_tests && name == TESTED_ON && may_test(&manifest.name);
            if ours.contains(&name) && !for_tests && !below.iter().any(|below| fits(below, name)) {
                let what = format!("`{}` must not know `{name}`", manifest.name);
                let remedy = "dependencies point down only; see ARCHITECTURE.md";
                report.error(manifest.path, line, what, remedy);
            }
            if name == HTTP && !MAY_SEND.iter().any(|sender| fits(sender, &manifest.name)) {
                let what = format!("`{}` must not send HTTP requests itself", manifest.name);
                let remedy = "send through the pipeline of teams-phone-core";
                report.error(manifest.path, line, what, remedy);
            }
        }
    }
}

/// Whether a crate's own tests may run against the emulator.
fn may_test(name: &str) -> bool {
    name != TESTED_ON && name != "xtask"
}

fn fits(pattern: &str, name: &str) -> bool {
    match pattern.strip_prefix('*') {
        Some(end) => name.ends_with(end),
        None => name == pattern,
    }
}
