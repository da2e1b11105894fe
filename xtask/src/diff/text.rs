//! The report as text: one line per change, in groups.

use std::fmt;

use super::kind::Side;
use super::report::{Change, Report, Source};

/// Longest list of operations or paths that is written out.
const MAX_LISTED: usize = 4;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} -> {}", self.old, self.new)?;
        let mut group = None;
        for change in self.changes() {
            if group != Some(change.group) {
                writeln!(f, "\n{}:", change.group.title())?;
                group = Some(change.group);
            }
            writeln!(f, "{}", self.line(change))?;
        }
        let breaking = |side: Option<Side>| {
            let of_side =
                |change: &&Change| change.breaking && side.is_none_or(|side| change.side == side);
            self.changes().iter().filter(of_side).count()
        };
        match (self.changes().len(), breaking(None)) {
            (0, _) => writeln!(f, "\nno changes"),
            (total, 0) => writeln!(f, "\n{}, none breaking", count(total, "change")),
            (total, some) => writeln!(
                f,
                "\n{}, {some} breaking ({} for requests, {} for responses, {} for both)",
                count(total, "change"),
                breaking(Some(Side::Request)),
                breaking(Some(Side::Response)),
                breaking(Some(Side::Both)),
            ),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) if self.version.is_empty() => f.write_str(file),
            Some(file) => write!(f, "{} ({file})", self.version),
            None => f.write_str(&self.version),
        }
    }
}

impl Report {
    fn line(&self, change: &Change) -> String {
        let mark = if change.breaking { "breaking" } else { "ok" };
        let mut line = format!("{:<29} {mark:<8}", change.kind.name());
        let paths = some(&change.paths);
        let detail = change.detail();
        let separator = if paths.is_empty() || detail.is_empty() {
            ""
        } else {
            ": "
        };
        if !paths.is_empty() || !detail.is_empty() {
            line.push_str(&format!(" {paths}{separator}{detail}"));
        }
        if let Some(schema) = &change.schema {
            line.push_str(&format!(" in {schema}"));
        }
        let operations = self.operations(change);
        let locations = change.locations.join(", ");
        match (operations.is_empty(), locations.as_str()) {
            (true, _) => {}
            (false, "operation") if change.path() == operations => {}
            (false, "operation") => line.push_str(&format!(" [{operations}]")),
            (false, locations) => line.push_str(&format!(" [{locations} of {operations}]")),
        }
        line
    }

    fn operations(&self, change: &Change) -> String {
        let operations = &change.operations;
        if operations.len() > 1 && operations.len() == self.operations {
            return format!("all {} operations", self.operations);
        }
        some(operations)
    }
}

/// The head of a list, and how many more there are.
fn some(list: &[String]) -> String {
    let shown = list
        .iter()
        .take(MAX_LISTED)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    match list.len().checked_sub(MAX_LISTED) {
        None | Some(0) => shown,
        Some(more) => format!("{shown} and {more} more"),
    }
}

fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
