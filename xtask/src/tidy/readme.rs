//! Owns the promises of README.md: short, two commands that CI runs, an example that the tests run.

use super::Report;
use super::tree::{Tree, numbered};

const README: &str = "README.md";
const LONGEST: usize = 150;
const CI: &str = ".ci/run";
const LIBRARY: &str = "crates/teams-phone/src/lib.rs";

/// A fenced block: its first line's number, its language and its lines.
struct Block<'a> {
    line: usize,
    language: &'a str,
    lines: Vec<&'a str>,
}

pub(super) fn readme(tree: &Tree, report: &mut Report) {
    let Some(text) = tree.text(README) else {
        return;
    };
    let length = text.lines().count();
    if length > LONGEST {
        let what = format!("{length} lines");
        let remedy = format!("move detail to docs/; {LONGEST} is the limit");
        report.error(README, length, what, &remedy);
    }
    let blocks = blocks(text);
    set_up(tree, &blocks, report);
    for block in blocks.iter().filter(|block| block.language == "rust") {
        let example = block.lines.join("\n");
        if !examples(tree.text(LIBRARY).unwrap_or_default()).contains(&example) {
            let what = format!("the example is none of {LIBRARY}");
            report.error(
                README,
                block.line,
                what,
                "copy the one there, which the tests run",
            );
        }
    }
}

/// The first shell block is the set-up: two commands, each a line of what CI runs.
fn set_up(tree: &Tree, blocks: &[Block<'_>], report: &mut Report) {
    let Some(block) = blocks.iter().find(|block| block.language == "sh") else {
        let remedy = "open with a block `sh` of two commands";
        report.error(README, 1, "no set-up commands", remedy);
        return;
    };
    let comment = |line: &&&str| !line.trim().is_empty() && !line.starts_with('#');
    let commands: Vec<&str> = block.lines.iter().filter(comment).copied().collect();
    if commands.len() != 2 {
        let what = format!("{} set-up commands", commands.len());
        let remedy = "keep to two: one for the main job, one for all tests";
        report.error(README, block.line, what, remedy);
    }
    let ci = tree.text(CI).unwrap_or_default();
    for command in commands {
        let command = command.split(" # ").next().unwrap_or(command).trim();
        if !ci.lines().any(|line| line.contains(command)) {
            let what = format!("{CI} does not run `{command}`");
            report.error(README, block.line, what, "let CI run what newcomers run");
        }
    }
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut open: Option<Block<'_>> = None;
    for (number, line) in numbered(text) {
        match (line.strip_prefix("```"), open.take()) {
            (Some(_), Some(block)) => blocks.push(block),
            (Some(language), None) => {
                open = Some(Block {
                    line: number,
                    language,
                    lines: Vec::new(),
                });
            }
            (None, Some(mut block)) => {
                block.lines.push(line);
                open = Some(block);
            }
            (None, None) => {}
        }
    }
    blocks
}

/// The examples of a crate's own documentation, as readers see them.
fn examples(source: &str) -> Vec<String> {
    let docs: Vec<&str> = source
        .lines()
        .filter_map(|line| line.strip_prefix("//!"))
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .filter(|line| *line != "#" && !line.starts_with("# "))
        .collect();
    blocks(&docs.join("\n"))
        .into_iter()
        .map(|block| block.lines.join("\n"))
        .collect()
}
