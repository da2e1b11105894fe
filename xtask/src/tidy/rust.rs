//! Owns the rules about hand-written source files that hold in Rust and Python, and those of Rust.

use super::Report;
use super::tree::{Tree, numbered};

/// Lines of a file, its tests not counted.
const SOFT: usize = 400;
const HARD: usize = 500;

/// Folders of what `cargo xtask regen` writes.
const GENERATED: [&str; 2] = ["/generated/", "/teams_phone/blocking/"];
/// Marks of work that is not done; in two halves, so that this table is not a finding itself.
const UNFINISHED: [[&str; 2]; 5] = [
    ["to", "do!("],
    ["unimple", "mented!("],
    ["TO", "DO"],
    ["FIX", "ME"],
    ["XX", "X"],
];
/// Calls that make a test wait for a clock.
const SLEEPS: [[&str; 2]; 3] = [
    ["thread::", "sleep("],
    ["time::", "sleep("],
    ["time.", "sleep("],
];
/// Marks of tests that do not run.
const IGNORED: [[&str; 2]; 4] = [
    ["#[ig", "nore"],
    ["@pytest.mark.sk", "ip("],
    ["@pytest.mark.xf", "ail"],
    ["@unittest.sk", "ip"],
];

/// Where a file's code ends and its tests begin.
pub(super) struct Source<'a> {
    pub(super) path: &'a str,
    pub(super) text: &'a str,
    /// How many lines are not tests.
    code: usize,
}

/// The hand-written files whose name ends so.
pub(super) fn sources<'a>(tree: &'a Tree, end: &'a str) -> impl Iterator<Item = Source<'a>> {
    tree.ending(end)
        .filter(|(path, _)| !GENERATED.iter().any(|folder| path.contains(folder)))
        .map(|(path, text)| Source {
            path,
            text,
            code: lines_of_code(path, text),
        })
}

pub(super) fn is_test_file(path: &str) -> bool {
    let mut parts = path.rsplit('/');
    let name = parts.next().unwrap_or(path);
    name == "tests.rs"
        || name.starts_with("test_")
        || name == "conftest.py"
        || parts.any(|part| part == "tests" || part == "benches")
}

/// The lines in front of the module of tests; none in a file of tests.
fn lines_of_code(path: &str, text: &str) -> usize {
    if is_test_file(path) {
        return 0;
    }
    let lines: Vec<&str> = text.lines().collect();
    let tests = lines.windows(2).position(|pair| {
        pair[0].trim() == "#[cfg(test)]" && pair[1].starts_with("mod ") && pair[1].ends_with('{')
    });
    tests.unwrap_or(lines.len())
}

pub(super) fn budgets(tree: &Tree, report: &mut Report) {
    for source in sources(tree, ".rs").chain(sources(tree, ".py")) {
        let what = format!("{} lines of code", source.code);
        if source.code > HARD {
            let remedy = format!("split the file: {HARD} is the limit, {SOFT} is long");
            report.error(source.path, source.code, what, &remedy);
        } else if source.code > SOFT {
            let remedy = format!("consider to split the file: it fails above {HARD}");
            report.warning(source.path, source.code, what, &remedy);
        }
    }
}

pub(super) fn openings(tree: &Tree, report: &mut Report) {
    for source in sources(tree, ".rs") {
        if !is_test_file(source.path) && !source.text.starts_with("//!") {
            report.error(
                source.path,
                1,
                "the file does not open with `//!`",
                "say in its first line what it owns and what it refuses to know",
            );
        }
    }
}

pub(super) fn no_mod_rs(tree: &Tree, report: &mut Report) {
    for (path, _) in tree.ending("/mod.rs") {
        let folder = path.trim_end_matches("/mod.rs");
        let remedy = format!("move it to {folder}.rs");
        report.error(path, 1, "a module file is named mod.rs", &remedy);
    }
}

pub(super) fn no_allow(tree: &Tree, report: &mut Report) {
    for source in sources(tree, ".rs") {
        let mut before = "";
        for (number, line) in numbered(source.text) {
            let line = line.trim();
            let attribute = line.strip_prefix("#![").or_else(|| line.strip_prefix("#["));
            let switched_off = attribute.is_some_and(|inner| inner.starts_with("allow("));
            if switched_off && !opens_template(before) {
                report.error(
                    source.path,
                    number,
                    "a lint is switched off with `allow`",
                    "use `#[expect(lint, reason = \"...\")]`, which fails when it is no longer needed",
                );
            }
            before = line;
        }
    }
}

/// Whether the next line belongs to a macro's input, such as a template of generated code.
fn opens_template(line: &str) -> bool {
    ["!(", "!{", "! {"].iter().any(|end| line.ends_with(end))
}

pub(super) fn nothing_unfinished(tree: &Tree, report: &mut Report) {
    for source in sources(tree, ".rs").chain(sources(tree, ".py")) {
        for (number, line) in numbered(source.text) {
            if let Some(mark) = found(&UNFINISHED, line) {
                let what = format!("`{mark}` marks unfinished work");
                report.error(source.path, number, what, "finish it or open an issue");
            }
        }
    }
}

pub(super) fn no_ignored_or_sleeping_tests(tree: &Tree, report: &mut Report) {
    for source in sources(tree, ".rs").chain(sources(tree, ".py")) {
        for (number, line) in numbered(source.text) {
            if let Some(mark) = found(&IGNORED, line) {
                let what = format!("a test is switched off with `{mark}`");
                report.error(source.path, number, what, "let it run or delete it");
            }
            if number > source.code
                && let Some(call) = found(&SLEEPS, line)
            {
                let what = format!("a test waits with `{call}..)`");
                let remedy = "wait for the event, or use the injected clock";
                report.error(source.path, number, what, remedy);
            }
        }
    }
}

fn found(marks: &[[&str; 2]], line: &str) -> Option<String> {
    let mut marks = marks.iter().map(|halves| halves.concat());
    marks.find(|mark| line.contains(mark.as_str()))
}
