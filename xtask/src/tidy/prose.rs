//! Owns the rules about text: which files there are, where links lead, and which words stay out.

use super::Report;
use super::tree::{Tree, numbered};

const WANTED: [&str; 10] = [
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "SECURITY.md",
    ".ci/run",
    "deny.toml",
    "specs/specs.toml",
];

/// Folders of somebody's machine. A name has to follow those marked so. In halves, so that this is not a finding.
const MACHINE_PATHS: [([&str; 2], bool); 5] = [
    (["/wo", "rk/"], false),
    (["/tm", "p/"], true),
    (["/ho", "me/"], true),
    (["/Us", "ers/"], true),
    (["C:\\Us", "ers\\"], true),
];
/// Hosts of package registries and words of the place where the text was written.
const FOREIGN_WORDS: [[&str; 2]; 4] = [
    ["sub", "agent"],
    ["registry.", "npm"],
    ["python", "hosted"],
    ["index.", "crates.io"],
];

pub(super) fn top_level_files(tree: &Tree, report: &mut Report) {
    for path in WANTED {
        if !tree.has(path) {
            report.error(path, 1, "the file is missing", "write it");
        }
    }
}

pub(super) fn words(tree: &Tree, report: &mut Report) {
    for (path, text) in tree.files().filter(|(path, _)| !path.ends_with(".lock")) {
        for (number, line) in numbered(text) {
            let places = MACHINE_PATHS.iter();
            let place = places.map(|(halves, named)| (halves.concat(), *named));
            for (place, named) in place {
                if names_folder(line, &place, named) {
                    let what = format!("`{place}` is a folder of one machine");
                    report.error(path, number, what, "use a relative or made-up path");
                }
            }
            let lower = line.to_ascii_lowercase();
            for word in FOREIGN_WORDS.iter().map(|halves| halves.concat()) {
                if lower.contains(&word) {
                    let what = format!("`{word}` does not belong into the project");
                    report.error(path, number, what, "say it in the project's own terms");
                }
            }
        }
    }
}

/// Whether a line names the folder, followed by a lower-case name and a slash where one has to follow.
fn names_folder(line: &str, place: &str, named: bool) -> bool {
    line.match_indices(place).any(|(at, _)| {
        let rest = &line[at + place.len()..];
        let name = rest.trim_start_matches(|c: char| c.is_ascii_lowercase());
        !named || (name.len() < rest.len() && name.starts_with(['/', '\\']))
    })
}

pub(super) fn links(tree: &Tree, report: &mut Report) {
    for (path, text) in tree.ending(".md") {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut in_code = false;
        for (number, line) in numbered(text) {
            in_code ^= line.trim_start().starts_with("```");
            if in_code {
                continue;
            }
            for target in targets(line) {
                let file = target.split('#').next().unwrap_or(target);
                if file.is_empty() || tree.has(&resolve(folder, file)) {
                    continue;
                }
                let what = format!("the link leads to {file}, which does not exist");
                report.error(path, number, what, "mend the link");
            }
        }
    }
}

/// The targets of a line's links that are files.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| {
        let target = rest.split([')', ' ']).next()?;
        let elsewhere = target.contains("://") || target.starts_with("mailto:");
        (!elsewhere).then_some(target)
    })
}

/// A path from the root, of one relative to a folder.
fn resolve(folder: &str, file: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in file.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}
