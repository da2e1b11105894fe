//! Owns what commands that work through rows have in common: how they begin, and how a row is told.

mod work;

use std::fmt::Write as _;
use std::time::Duration;

use futures::Stream;
use serde::Serialize;
use teams_phone::{Bulk, Client, Error, RateLimits};

use super::assignment::Change;
use crate::args::{ConnectionArgs, Rate, RowsArgs};
use crate::failure::Failure;
use crate::output::{BAD, DIM, GOOD, Printer, Report, printable};
use crate::rows::{Row, Rows};
use crate::{connection, files};
pub(super) use work::Work;

/// Opens the rows and the way to the service, and begins to work.
pub(super) fn begin(
    args: &RowsArgs,
    dry_run: bool,
    connection: &ConnectionArgs,
    printer: Printer,
) -> Result<(Client, impl Stream<Item = Row> + Send + use<>, Work), Failure> {
    if let Some(option) = connection.stdin_option()
        && files::is_stdin(&args.file)
    {
        return Err(Failure::both_from_stdin(option, "the rows"));
    }
    let client = connection::client(connection)?;
    let rows = Rows::open(args)?;
    let work = Work::new(printer, rows.size(), dry_run).at(client.endpoint());
    Ok((client, work.watched(rows), work))
}

/// The window over which the service counts requests.
pub(super) const WINDOW: Duration = Duration::from_secs(30);

/// The bulk work at the rate that is asked for.
pub(super) fn at_rate(bulk: Bulk, rate: Option<Rate>) -> Bulk {
    match rate {
        None => bulk,
        Some(Rate::Unlimited) => bulk.rate_limits(None),
        Some(Rate::PerWindow(requests)) => bulk.rate_limits(RateLimits::new(WINDOW, requests)),
    }
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
    /// The failed call behind the error.
    #[serde(skip)]
    why: Option<Error>,
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
            why: None,
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
        self.why = Some(error.clone());
        self
    }
}

const INVALID: &str = "invalid";
const FAILED: &str = "failed";
/// The outcome of rows that ask for what is there already.
pub(super) const UNCHANGED: &str = "unchanged";

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
