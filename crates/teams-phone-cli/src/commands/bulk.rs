//! Owns what commands that work through rows have in common: how rows are told and counted, and the end.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use teams_phone::{Client, Error};

use super::assignment::Change;
use crate::args::{ConnectionArgs, RowsArgs};
use crate::failure::Failure;
use crate::output::{BAD, DIM, GOOD, Printer, Report, printable};
use crate::rows::Rows;
use crate::{connection, files};

/// Opens the rows and the way to the service, and begins to work.
pub(super) fn begin(
    args: &RowsArgs,
    dry_run: bool,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(Client, Rows, Work), Failure> {
    if let Some(option) = connection.stdin_option()
        && files::is_stdin(&args.file)
    {
        return Err(Failure::both_from_stdin(option, "the rows"));
    }
    let client = connection::client(connection)?;
    let rows = Rows::open(args)?;
    let work = Work::new(printer, rows.size(), dry_run);
    Ok((client, rows, work))
}

/// Why a row that takes access away is not done.
pub(super) const NEEDS_YES: &str = "it takes access away, which needs --yes";

/// What became of a row.
#[derive(Debug, Serialize)]
pub(super) struct RowReport {
    line: u64,
    #[serde(skip_serializing_if = "is_false")]
    dry_run: bool,
    action: Option<&'static str>,
    tenant_id: Option<String>,
    object_id: Option<String>,
    outcome: &'static str,
    changes: Vec<Change>,
    error: Option<RowError>,
}

#[derive(Debug, Serialize)]
struct RowError {
    message: String,
    status: Option<u16>,
    code: Option<String>,
    request_id: Option<String>,
    hint: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks this way")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

impl RowReport {
    /// A row of which nothing is known but its line.
    pub(super) fn new(line: u64) -> Self {
        Self {
            line,
            dry_run: false,
            action: None,
            tenant_id: None,
            object_id: None,
            outcome: INVALID,
            changes: Vec::new(),
            error: None,
        }
    }

    /// What was to be done with what.
    pub(super) fn about(
        mut self,
        action: &'static str,
        tenant: Option<String>,
        object: String,
    ) -> Self {
        self.action = Some(action);
        self.tenant_id = tenant;
        self.object_id = Some(object);
        self
    }

    /// It was done.
    pub(super) fn done(mut self, outcome: &'static str, changes: Vec<Change>) -> Self {
        self.outcome = outcome;
        self.changes = changes;
        self
    }

    /// It cannot be read or must not be done; nothing was sent.
    pub(super) fn invalid(mut self, why: String) -> Self {
        self.outcome = INVALID;
        self.error = Some(RowError {
            message: why,
            status: None,
            code: None,
            request_id: None,
            hint: None,
        });
        self
    }

    /// A call for it failed.
    pub(super) fn failed(mut self, error: &Error) -> Self {
        self.outcome = FAILED;
        self.error = Some(RowError {
            message: error.to_string(),
            status: error.status(),
            code: error.code().map(str::to_owned),
            request_id: error.request_id().map(str::to_owned),
            hint: error.hint().map(str::to_owned),
        });
        self
    }
}

const INVALID: &str = "invalid";
const FAILED: &str = "failed";

impl Report for RowReport {
    fn human(&self) -> String {
        let style = if self.error.is_some() { BAD } else { GOOD };
        let would = if self.dry_run && self.error.is_none() {
            "would be "
        } else {
            ""
        };
        let mut text = format!(
            "{DIM}line {}{DIM:#}  {would}{style}{}{style:#}",
            self.line, self.outcome
        );
        // Writing to a String cannot fail.
        if let Some(object) = &self.object_id {
            let _ = write!(text, "  {object}");
        }
        for change in &self.changes {
            let _ = write!(text, "  {}", printable(&change.shown()));
        }
        if let Some(error) = &self.error {
            let message = printable(&error.message).replace('\n', " ");
            let _ = write!(text, "  {message}");
        }
        text.push('\n');
        text
    }
}

/// Works through rows: tells each, counts them, and shows on a terminal how far it is.
pub(super) struct Work {
    printer: Printer,
    bar: ProgressBar,
    dry_run: bool,
    counts: BTreeMap<&'static str, u64>,
    /// Whether nobody reads any more what is told.
    is_unread: bool,
}

/// The last line.
#[derive(Serialize)]
struct Summary {
    #[serde(skip_serializing_if = "is_false")]
    dry_run: bool,
    rows: u64,
    outcomes: BTreeMap<&'static str, u64>,
}

impl Work {
    /// Begins; `size` is how many bytes there are to read, if that can be told.
    pub(super) fn new(printer: Printer, size: Option<u64>, dry_run: bool) -> Self {
        let (template, bar) = match size {
            Some(size) => (
                "{wide_bar} {percent}% {msg} ({eta} left)",
                ProgressBar::new(size),
            ),
            None => ("{spinner} {msg} ({elapsed})", ProgressBar::new_spinner()),
        };
        // The bar draws itself on standard error, and only if that is a terminal.
        let style = ProgressStyle::with_template(template);
        Self {
            printer,
            bar: match style {
                Ok(style) => bar.with_style(style),
                Err(_) => bar,
            },
            dry_run,
            counts: BTreeMap::new(),
            is_unread: false,
        }
    }

    /// Tells what became of a row; `read` is how many bytes of the file it took to get there.
    pub(super) fn tell(&mut self, mut row: RowReport, read: u64) -> Result<(), Failure> {
        row.dry_run = self.dry_run;
        *self.counts.entry(row.outcome).or_default() += 1;
        self.show(&row)?;
        if !self.bar.is_hidden() {
            let read = read.max(self.bar.position());
            self.bar.set_position(read);
            let message = format!("{} rows, {} not done", self.rows(), self.not_done());
            self.bar.set_message(message);
        }
        Ok(())
    }

    /// Writes a line, as long as somebody reads. What writes to the service goes on all the same, because a run
    /// that ends half way without a word is worse; a dry run is for its reader only.
    fn show(&mut self, report: &impl Report) -> Result<(), Failure> {
        if self.is_unread {
            return Ok(());
        }
        match self.bar.suspend(|| self.printer.show(report)) {
            Err(Failure::ReaderGone) if !self.dry_run => {
                self.is_unread = true;
                Ok(())
            }
            shown => shown,
        }
    }

    fn rows(&self) -> u64 {
        self.counts.values().sum()
    }

    fn count(&self, outcome: &str) -> u64 {
        self.counts.get(outcome).copied().unwrap_or_default()
    }

    fn not_done(&self) -> u64 {
        self.count(FAILED) + self.count(INVALID)
    }

    /// Sums up; fails if not everything was done. `stop` is why there may be rows that were not looked at.
    pub(super) fn finish(mut self, stop: Option<Failure>) -> Result<(), Failure> {
        self.bar.finish_and_clear();
        let summary = Summary {
            dry_run: self.dry_run,
            rows: self.rows(),
            outcomes: self.counts.clone(),
        };
        self.show(&summary)?;
        let (rows, not_done) = (self.rows(), self.not_done());
        let is_partial = !self.dry_run && not_done < rows;
        match stop {
            None if not_done == 0 => Ok(()),
            None if is_partial => Err(Failure::unfinished(format!(
                "{not_done} of {rows} rows were not done"
            ))),
            None if self.count(FAILED) == 0 => Err(Failure::usage(format!(
                "{not_done} of {rows} rows cannot be done as they are"
            ))),
            None => Err(Failure::failed(format!(
                "{not_done} of {rows} rows were not done"
            ))),
            Some(Failure::Call { error, endpoint }) if is_partial => Err(Failure::Partial {
                done: format!("{} rows were done", rows - not_done),
                error,
                endpoint,
            }),
            Some(stop) => Err(stop),
        }
    }
}

impl Report for Summary {
    fn human(&self) -> String {
        let outcomes: Vec<String> = self
            .outcomes
            .iter()
            .map(|(outcome, count)| format!("{count} {outcome}"))
            .collect();
        let would = if self.dry_run {
            "; nothing was written"
        } else {
            ""
        };
        match self.rows {
            0 => "no rows\n".to_owned(),
            1 => format!("1 row: {}{would}\n", outcomes.join(", ")),
            rows => format!("{rows} rows: {}{would}\n", outcomes.join(", ")),
        }
    }
}
