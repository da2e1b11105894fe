//! Owns lists: a table that fits the terminal, comma-separated values, or a JSON object per line.
//!
//! Knows how rows are laid out, not what is in them. A list is written as it comes in; for people, the first
//! rows are held back, because they tell how wide the columns are.

use std::io::{self, IsTerminal as _};

use serde::Serialize;

use super::{BOLD, Printer, json, print, printable};
use crate::args::OutputFormat;
use crate::failure::Failure;

/// So many rows decide on the layout.
const SAMPLE: usize = 500;
const GAP: &str = "  ";
/// Narrower cells say nothing.
const NARROWEST: usize = 10;

/// One column of a table.
pub(crate) struct Column {
    /// Its name in CSV, the same as the field's in JSON.
    name: &'static str,
    /// What people read above it; they do not see a column without.
    head: Option<&'static str>,
    fit: Fit,
}

/// What becomes of a column where the terminal is too narrow.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fit {
    Keep,
    Cut,
    Drop,
}

impl Column {
    /// A column for programs.
    pub(crate) const fn hidden(name: &'static str) -> Self {
        let (head, fit) = (None, Fit::Keep);
        Self { name, head, fit }
    }

    /// A column for everybody, cut only if nothing else is left.
    pub(crate) const fn shown(name: &'static str, head: &'static str) -> Self {
        let (head, fit) = (Some(head), Fit::Keep);
        Self { name, head, fit }
    }

    /// A column that may be cut to fit, or left out.
    pub(crate) const fn cut(name: &'static str, head: &'static str) -> Self {
        let (head, fit) = (Some(head), Fit::Cut);
        Self { name, head, fit }
    }

    /// A column that may be left out to fit.
    pub(crate) const fn extra(name: &'static str, head: &'static str) -> Self {
        let (head, fit) = (Some(head), Fit::Drop);
        Self { name, head, fit }
    }
}

/// A row of a list: JSON through `Serialize`, and a text for each column.
pub(crate) trait Row: Serialize {
    /// The columns, those for programs among them.
    const COLUMNS: &'static [Column];

    /// The texts, one per column.
    fn cells(&self) -> Vec<String>;
}

impl Printer {
    /// Whether the output is comma-separated values.
    pub(crate) fn is_csv(self) -> bool {
        self.format == OutputFormat::Csv
    }

    /// Writes something for programs only that is not the result, such as an id to go on with.
    pub(crate) fn tell_programs(self, content: &impl Serialize) {
        if self.is_json()
            && let Ok(line) = json(content)
        {
            super::talk(&line);
        }
    }
}

/// A list on its way out.
pub(crate) struct List<R> {
    printer: Printer,
    held: Vec<R>,
    layout: Option<Layout>,
    count: u64,
}

impl<R: Row> List<R> {
    pub(crate) fn new(printer: Printer) -> Self {
        Self {
            printer,
            held: Vec::new(),
            layout: None,
            count: 0,
        }
    }

    /// Adds a row.
    pub(crate) fn add(&mut self, row: R) -> Result<(), Failure> {
        self.count += 1;
        if self.printer.is_json() {
            return print(io::stdout().lock(), &json(&row)?);
        }
        if self.printer.is_csv() {
            let head = if self.count == 1 {
                csv_head::<R>()
            } else {
                String::new()
            };
            return print(
                io::stdout().lock(),
                &format!("{head}{}", csv_line(&row.cells())),
            );
        }
        if let Some(layout) = &self.layout {
            return print(anstream::stdout().lock(), &layout.line(&row.cells()));
        }
        self.held.push(row);
        if self.held.len() < SAMPLE {
            return Ok(());
        }
        self.release()
    }

    /// Writes what is held back; `nothing` is said to people if there was no row at all.
    pub(crate) fn finish(mut self, nothing: &str) -> Result<(), Failure> {
        if self.count > 0 {
            return self.release();
        }
        if self.printer.is_csv() {
            print(io::stdout().lock(), &csv_head::<R>())?;
        }
        self.printer.note(nothing);
        Ok(())
    }

    fn release(&mut self) -> Result<(), Failure> {
        if self.held.is_empty() {
            return Ok(());
        }
        let rows: Vec<Vec<String>> = self.held.drain(..).map(|row| row.cells()).collect();
        let layout = Layout::new(R::COLUMNS, &rows, terminal_width());
        let mut text = layout.head(R::COLUMNS);
        text.extend(rows.iter().map(|row| layout.line(row)));
        self.layout = Some(layout);
        print(anstream::stdout().lock(), &text)
    }
}

/// Writes one thing: a list of one for CSV, else what the report says.
pub(crate) fn show<R: Row, P: super::Report>(
    printer: Printer,
    row: R,
    report: &P,
) -> Result<(), Failure> {
    if !printer.is_csv() {
        return printer.show(report);
    }
    let mut list = List::new(printer);
    list.add(row)?;
    list.finish("")
}

/// The width of each column; none for one that is not shown.
struct Layout {
    widths: Vec<Option<usize>>,
    /// Which columns are cut where a later row has more than fits.
    cuts: Vec<bool>,
}

impl Layout {
    fn new(columns: &[Column], rows: &[Vec<String>], limit: Option<usize>) -> Self {
        let widest = |at: usize| {
            let cells = rows.iter().filter_map(|row| row.get(at));
            cells.map(|cell| width(cell)).max().unwrap_or_default()
        };
        let widths = columns.iter().enumerate();
        let widths = widths.map(|(at, column)| Some(width(column.head?).max(widest(at))));
        let mut layout = Self {
            widths: widths.collect(),
            cuts: columns
                .iter()
                .map(|column| limit.is_some() && column.fit != Fit::Keep)
                .collect(),
        };
        if let Some(limit) = limit {
            layout.fit(columns, limit);
        }
        layout
    }

    /// Cuts what may be cut; if that is not enough, leaves out column after column from the right. What is left
    /// then has to be cut after all.
    fn fit(&mut self, columns: &[Column], limit: usize) {
        while let Some(over) = self.total().checked_sub(limit).filter(|over| *over > 0) {
            let shown = |at: &usize| self.widths[*at].is_some();
            let all: Vec<usize> = (0..columns.len()).rev().filter(shown).collect();
            let fit = |at: usize| columns[at].fit;
            let cut: Vec<usize> = all
                .iter()
                .copied()
                .filter(|at| fit(*at) == Fit::Cut)
                .collect();
            if cut.iter().map(|at| self.spare(*at)).sum::<usize>() >= over {
                return self.shrink(&cut, over);
            }
            let Some(out) = all.iter().copied().find(|at| fit(*at) != Fit::Keep) else {
                self.cuts = vec![true; columns.len()];
                return self.shrink(&self.widest_first(all), over);
            };
            self.widths[out] = None;
        }
    }

    fn total(&self) -> usize {
        let shown = self.widths.iter().flatten();
        shown.clone().sum::<usize>() + GAP.len() * shown.count().saturating_sub(1)
    }

    /// How much a column can lose and still say something.
    fn spare(&self, at: usize) -> usize {
        let width = self.widths[at].unwrap_or_default();
        width.saturating_sub(NARROWEST)
    }

    fn shrink(&mut self, columns: &[usize], mut over: usize) {
        for at in columns {
            let less = self.spare(*at).min(over);
            over -= less;
            self.widths[*at] = self.widths[*at].map(|width| width - less);
        }
    }

    fn widest_first(&self, mut columns: Vec<usize>) -> Vec<usize> {
        columns.sort_by_key(|at| std::cmp::Reverse(self.widths[*at]));
        columns
    }

    fn head(&self, columns: &[Column]) -> String {
        let heads: Vec<String> = columns
            .iter()
            .map(|column| column.head.unwrap_or_default().to_owned())
            .collect();
        let line = self.line(&heads);
        format!("{BOLD}{}{BOLD:#}\n", line.trim_end())
    }

    fn line(&self, cells: &[String]) -> String {
        let layout = self.widths.iter().zip(&self.cuts);
        let shown = cells.iter().zip(layout);
        let shown = shown.filter_map(|(text, (room, cut))| Some(cell(text, (*room)?, *cut)));
        let line: Vec<String> = shown.collect();
        format!("{}\n", line.join(GAP).trim_end())
    }
}

fn cell(text: &str, room: usize, cut: bool) -> String {
    let text = printable(text).replace('\n', " ");
    if cut && width(&text) > room {
        let start: String = text.chars().take(room.saturating_sub(1)).collect();
        return format!("{start}…");
    }
    format!("{text:room$}")
}

fn width(text: &str) -> usize {
    text.chars().count()
}

/// The columns of the terminal that standard output is, if it is one.
fn terminal_width() -> Option<usize> {
    let stdout = io::stdout();
    if !stdout.is_terminal() {
        return None;
    }
    let (width, _) = terminal_size::terminal_size_of(&stdout)?;
    Some(usize::from(width.0)).filter(|width| *width > 0)
}

fn csv_head<R: Row>() -> String {
    let names: Vec<String> = R::COLUMNS
        .iter()
        .map(|column| column.name.to_owned())
        .collect();
    csv_line(&names)
}

/// A line as RFC 4180 has it, but with a bare line feed at its end.
fn csv_line(cells: &[String]) -> String {
    let quoted = |cell: &String| {
        if cell.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.clone()
        }
    };
    let cells: Vec<String> = cells.iter().map(quoted).collect();
    format!("{}\n", cells.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] = &[
        Column::shown("number", "number"),
        Column::hidden("id"),
        Column::cut("name", "name"),
        Column::extra("country", "country"),
        Column::extra("city", "city"),
    ];

    fn row() -> Vec<String> {
        let cells = [
            "+12065550100",
            "x",
            "The reception of the house",
            "US",
            "Seattle",
        ];
        cells.map(str::to_owned).to_vec()
    }

    fn at(limit: Option<usize>) -> String {
        Layout::new(COLUMNS, &[row()], limit).line(&row())
    }

    #[test]
    fn a_table_without_a_terminal_is_as_wide_as_it_needs() {
        assert_eq!(
            at(None),
            "+12065550100  The reception of the house  US       Seattle\n"
        );
    }

    #[test]
    fn a_narrow_terminal_cuts_first_and_then_leaves_out() {
        for (limit, line) in [
            (
                58,
                "+12065550100  The reception of the house  US       Seattle",
            ),
            (
                57,
                "+12065550100  The reception of the hou…  US       Seattle",
            ),
            (45, "+12065550100  The receptio…  US       Seattle"),
            (40, "+12065550100  The reception of…  US"),
            (35, "+12065550100  The recepti…  US"),
            (24, "+12065550100  The recep…"),
            (23, "+12065550100"),
            (11, "+120655501…"),
            (9, "+12065550…"),
        ] {
            let shown = at(Some(limit));
            assert_eq!(shown.trim_end(), line, "{limit}");
            assert!(limit < 10 || width(shown.trim_end()) <= limit, "{limit}");
        }
    }

    #[test]
    fn later_rows_keep_the_layout() {
        let layout = Layout::new(COLUMNS, &[row()], Some(40));
        let mut longer = row();
        longer[0] = "+12065550100;ext=17".to_owned();
        longer[2] = "\u{1b}[2J\nX".to_owned();
        assert_eq!(
            layout.line(&longer),
            "+12065550100;ext=17  \u{fffd}[2J X             US\n"
        );
    }

    #[test]
    fn csv_quotes_what_would_be_read_otherwise() {
        let cells = ["a", "b,c", "say \"d\"", "e\nf", ""].map(str::to_owned);
        assert_eq!(csv_line(&cells), "a,\"b,c\",\"say \"\"d\"\"\",\"e\nf\",\n");
    }
}
