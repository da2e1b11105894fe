//! `cargo xtask tidy`: the rules of the repository that no compiler knows.
//!
//! Owns the list of rules and how a breach is told. Refuses to change anything, and to repeat what rustfmt, clippy
//! and cargo-deny already check.

mod manifests;
mod prose;
mod python;
mod readme;
mod rust;
mod specs;
mod tree;

use std::fmt;
use std::path::PathBuf;
use std::process::ExitCode;

use tree::Tree;

/// Flags.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The folder to check; default: this workspace.
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

/// Looks at the whole tree and tells what breaks it.
type Rule = fn(&Tree, &mut Report);

const RULES: [Rule; 16] = [
    rust::budgets,
    rust::openings,
    rust::no_mod_rs,
    rust::no_allow,
    rust::nothing_unfinished,
    rust::no_ignored_or_sleeping_tests,
    python::openings,
    python::ignores,
    manifests::shared,
    manifests::versions,
    manifests::layers,
    specs::documents,
    prose::words,
    prose::links,
    prose::top_level_files,
    readme::readme,
];

/// What the rules found.
#[derive(Debug, Default)]
struct Report {
    problems: Vec<Problem>,
}

/// One breach of one rule.
#[derive(Debug)]
struct Problem {
    path: String,
    line: usize,
    what: String,
    remedy: String,
    fails: bool,
}

impl Report {
    fn error(&mut self, path: &str, line: usize, what: impl Into<String>, remedy: &str) {
        self.add(path, line, what.into(), remedy, true);
    }

    fn warning(&mut self, path: &str, line: usize, what: impl Into<String>, remedy: &str) {
        self.add(path, line, what.into(), remedy, false);
    }

    fn add(&mut self, path: &str, line: usize, what: String, remedy: &str, fails: bool) {
        self.problems.push(Problem {
            path: path.to_owned(),
            line,
            what,
            remedy: remedy.to_owned(),
            fails,
        });
    }

    fn errors(&self) -> usize {
        self.problems.iter().filter(|problem| problem.fails).count()
    }
}

impl Problem {
    fn place(&self) -> (&str, usize, &str) {
        (&self.path, self.line, &self.what)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let grade = if self.fails { "error" } else { "warning" };
        let Self {
            path,
            line,
            what,
            remedy,
            ..
        } = self;
        write!(f, "{grade}: {path}:{line}: {what}; {remedy}")
    }
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let root = args.root.clone().unwrap_or_else(crate::root::workspace);
    let tree = Tree::read(&root)?;
    let report = check(&tree);
    for problem in &report.problems {
        println!("{problem}");
    }
    let errors = report.errors();
    let warnings = report.problems.len() - errors;
    println!(
        "tidy: {} files, {} rules, {errors} errors, {warnings} warnings",
        tree.files().count(),
        RULES.len()
    );
    Ok(if errors == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Applies every rule; the breaches come sorted by place.
fn check(tree: &Tree) -> Report {
    let mut report = Report::default();
    for rule in RULES {
        rule(tree, &mut report);
    }
    report.problems.sort_by(|a, b| a.place().cmp(&b.place()));
    report.problems.dedup_by(|a, b| a.place() == b.place());
    report
}

#[cfg(test)]
mod tests;
