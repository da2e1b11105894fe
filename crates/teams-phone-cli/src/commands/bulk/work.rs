//! Owns how work through rows is counted, shown, stopped and summed up; makes no call.

use std::collections::BTreeMap;
use std::future;

use futures::{Stream, StreamExt as _};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use teams_phone::{Endpoint, Error};
use tokio::sync::watch;

use super::{FAILED, INVALID, RowReport, UNCHANGED, is_false};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Printer, Report};
use crate::rows::{Row, Rows};

/// The outcome of rows that were not begun because the work had stopped.
const NOT_TRIED: &str = "not_tried";

/// So many rows that are all forbidden say that the others are as well.
const FORBIDDEN: u64 = 20;

/// Works through rows: tells each, counts them, and shows on a terminal how far it is.
pub(in crate::commands) struct Work {
    printer: Printer,
    bar: ProgressBar,
    dry_run: bool,
    endpoint: Option<String>,
    counts: BTreeMap<&'static str, u64>,
    /// How many rows the service forbids.
    forbidden: u64,
    /// The last failed call, and whether all of them end with the same exit code.
    last: Option<Error>,
    is_one_kind: bool,
    /// Whether nobody reads any more what is told.
    is_unread: bool,
    /// Why no more rows are begun.
    why: Option<Failure>,
    stopped: watch::Sender<bool>,
}

/// Whether the work has stopped, for those who are about to begin a row.
#[derive(Clone)]
pub(in crate::commands) struct Halt(watch::Receiver<bool>);

/// The last line.
#[derive(Serialize)]
struct Summary {
    #[serde(skip_serializing_if = "is_false")]
    dry_run: bool,
    rows: u64,
    outcomes: BTreeMap<&'static str, u64>,
}

impl Halt {
    /// Whether nothing more is to be begun.
    pub(in crate::commands) fn is_called(&self) -> bool {
        *self.0.borrow()
    }

    async fn called(mut self) {
        // If there is nobody left to call, the work is over as well.
        let _ = self.0.wait_for(|stopped| *stopped).await;
    }
}

impl Work {
    /// Begins; `size` is how many bytes there are to read, if that can be told.
    pub(in crate::commands) fn new(printer: Printer, size: Option<u64>, dry_run: bool) -> Self {
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
            endpoint: None,
            counts: BTreeMap::new(),
            forbidden: 0,
            last: None,
            is_one_kind: true,
            is_unread: false,
            why: None,
            stopped: watch::Sender::new(false),
        }
    }

    /// Says where the calls go.
    pub(super) fn at(mut self, endpoint: &Endpoint) -> Self {
        self.endpoint = Some(endpoint.to_string());
        self
    }

    /// The rows as they are read. A file is read to its end even if the work stops, so that the rest is counted;
    /// whoever feeds a pipe may take their time, and is not waited for.
    pub(super) fn watched(&self, rows: Rows) -> impl Stream<Item = Row> + Send + use<> {
        let (is_pipe, halt) = (rows.size().is_none(), self.halt());
        rows.stream().take_until(async move {
            if !is_pipe {
                future::pending::<()>().await;
            }
            halt.called().await;
        })
    }

    /// For those who begin rows.
    pub(in crate::commands) fn halt(&self) -> Halt {
        Halt(self.stopped.subscribe())
    }

    /// Begins no more rows; those under way are ended and told.
    pub(in crate::commands) fn stop(&mut self, why: Failure) {
        self.why.get_or_insert(why);
        self.stopped.send_replace(true);
    }

    /// Tells what became of a row; `read` is how many bytes of the file it took to get there.
    pub(in crate::commands) fn tell(&mut self, mut row: RowReport, read: u64) {
        row.dry_run = self.dry_run;
        *self.counts.entry(row.outcome).or_default() += 1;
        if let Some(error) = row.why.take() {
            self.note(error);
        }
        self.show(&row);
        if !self.bar.is_hidden() {
            let read = read.max(self.bar.position());
            self.bar.set_position(read);
            let message = format!("{} rows, {} not done", self.rows(), self.not_done());
            self.bar.set_message(message);
        }
    }

    fn note(&mut self, error: Error) {
        let exit = Exit::from(&error);
        let last = self.last.as_ref();
        self.is_one_kind &= last.is_none_or(|last| Exit::from(last) == exit);
        self.forbidden += u64::from(error.status() == Some(403));
        self.last = Some(error);
    }

    /// Whether many rows were begun and the service forbade each of them.
    pub(in crate::commands) fn is_forbidden(&self) -> bool {
        self.forbidden >= FORBIDDEN && self.forbidden == self.rows() - self.count(INVALID)
    }

    /// Counts a row that was not begun.
    pub(in crate::commands) fn skip(&mut self) {
        *self.counts.entry(NOT_TRIED).or_default() += 1;
    }

    /// Writes a line, as long as somebody reads. What writes to the service goes on all the same, because a run
    /// that ends half way without a word is worse; a dry run is for its reader only.
    fn show(&mut self, report: &impl Report) {
        if self.is_unread {
            return;
        }
        let shown = self.bar.suspend(|| self.printer.show(report));
        let Err(failure) = shown else { return };
        self.is_unread = true;
        if self.dry_run || !matches!(failure, Failure::ReaderGone) {
            self.stop(failure);
        }
    }

    fn rows(&self) -> u64 {
        self.counts.values().sum()
    }

    fn count(&self, outcome: &str) -> u64 {
        self.counts.get(outcome).copied().unwrap_or_default()
    }

    fn not_done(&self) -> u64 {
        self.count(FAILED) + self.count(INVALID) + self.count(NOT_TRIED)
    }

    /// Sums up; fails if not everything was done.
    pub(in crate::commands) fn finish(mut self) -> Result<(), Failure> {
        self.bar.finish_and_clear();
        let summary = Summary {
            dry_run: self.dry_run,
            rows: self.rows(),
            outcomes: self.counts.clone(),
        };
        self.show(&summary);
        let (rows, not_done) = (self.rows(), self.not_done());
        let changed = rows - not_done - self.count(UNCHANGED);
        let is_partial = !self.dry_run && changed > 0;
        let undone = format!("{not_done} of {rows} rows were not done");
        match (self.why.take(), self.last.take()) {
            (None, _) if not_done == 0 => Ok(()),
            (None, _) if is_partial => Err(Failure::unfinished(undone)),
            (None, None) => Err(Failure::usage(format!(
                "{not_done} of {rows} rows cannot be done as they are"
            ))),
            (None, Some(error)) if self.is_one_kind => Err(Failure::Undone {
                what: undone,
                error: Box::new(error),
                endpoint: self.endpoint,
            }),
            (None, Some(_)) => Err(Failure::failed(undone)),
            (Some(Failure::Call { error, endpoint }), _) if is_partial => Err(Failure::Partial {
                done: format!("{changed} rows were changed"),
                error,
                endpoint,
            }),
            (Some(Failure::Local { message, .. }), _) if is_partial => Err(Failure::unfinished(
                format!("{changed} rows were changed, but then {message}"),
            )),
            (Some(why), _) => Err(why),
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
