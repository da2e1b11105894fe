//! Owns the rules about hand-written Python files that no type checker knows; sizes are counted as Rust's are.

use super::Report;
use super::rust::{is_test_file, sources};
use super::tree::{Tree, numbered};

/// What switches a check of types off on its line; a rule in brackets has to follow.
const IGNORES: [&str; 2] = ["# type: ignore", "# pyright: ignore"];
/// How the docstring of a module may begin.
const QUOTES: [&str; 2] = ["\"\"\"", "r\"\"\""];

pub(super) fn openings(tree: &Tree, report: &mut Report) {
    for source in sources(tree, ".py") {
        let opens = QUOTES
            .iter()
            .any(|quote| first(source.text).starts_with(quote));
        if !opens && !is_test_file(source.path) {
            report.error(
                source.path,
                1,
                "the module does not open with a docstring",
                "say in its first line what it owns",
            );
        }
    }
}

/// The first line that is no comment.
fn first(text: &str) -> &str {
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.next().unwrap_or_default()
}

pub(super) fn ignores(tree: &Tree, report: &mut Report) {
    for source in sources(tree, ".py").chain(sources(tree, ".pyi")) {
        for (number, line) in numbered(source.text) {
            let of_all = IGNORES.iter().find(|mark| {
                let at = line.find(**mark);
                at.is_some_and(|at| !line[at + mark.len()..].starts_with('['))
            });
            if let Some(mark) = of_all {
                let what = format!("`{mark}` hides every mistake of the line");
                let remedy = "name the rule in brackets";
                report.error(source.path, number, what, remedy);
            }
        }
    }
}
