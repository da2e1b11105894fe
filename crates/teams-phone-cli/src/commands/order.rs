//! Owns waiting for orders about numbers: the id at once, a spinner, the last words of a wait that ends early.

mod told;

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use teams_phone::numbers::{Operation, OperationId, OperationReport};
use teams_phone::poll::PollPolicy;
use teams_phone::{Error, ErrorKind, GraphClient, PhoneNumber};

use super::emulator::Signals;
use crate::connection;
use crate::failure::Failure;
use crate::output::Printer;
pub(super) use told::{ResultRow, Told};

/// How often and how long to look.
pub(super) fn poll_policy(within: Option<Duration>) -> PollPolicy {
    let policy = PollPolicy::default();
    within.map_or(policy, |within| policy.within(within))
}

/// What a wait is ended early by, and what its last words are.
pub(super) struct Patience {
    signals: Signals,
}

impl Patience {
    /// Hears signals from here on, so that none comes between an order and the wait for it.
    pub(super) fn new() -> Result<Self, Failure> {
        Ok(Self {
            signals: Signals::new()?,
        })
    }

    /// Does the work with a spinner beside it. A signal ends it; `resume` says how to go on then.
    pub(super) async fn during<T>(
        &mut self,
        what: String,
        resume: &str,
        work: impl Future<Output = T>,
    ) -> Result<T, Failure> {
        let _spinner = Spinner::new(what);
        tokio::select! {
            done = work => Ok(done),
            () = self.signals.received() => {
                Err(Failure::failed("interrupted: what the service has begun goes on there")
                    .with_hint(resume))
            }
        }
    }

    /// Gives an order about a number, and tells its id at once.
    pub(super) async fn start(
        &mut self,
        number: &PhoneNumber,
        printer: Printer,
        client: &GraphClient,
        order: impl Future<Output = Result<Operation, Error>>,
    ) -> Result<Operation, Failure> {
        let resume = format!(
            "whether the order went through is not known: look with `teams-phone number get {number}` before repeating it"
        );
        let order = self.during(format!("{number}: giving the order"), &resume, order);
        let operation = order
            .await?
            .map_err(|error| connection::graph_failed(error, client))?;
        match operation.id() {
            Some(id) => {
                printer.note(&format!("operation {id} was accepted"));
                printer.tell_programs(&Accepted { operation_id: id });
            }
            None => printer.warn(
                "the service's answer did not name the operation; the number is read instead",
            ),
        }
        Ok(operation)
    }

    /// Waits until an operation is over, however it ends.
    pub(super) async fn wait(
        &mut self,
        operation: &Operation,
        client: &GraphClient,
    ) -> Result<OperationReport, Failure> {
        let (what, resume) = match operation.id() {
            Some(id) => ("waiting for the operation".to_owned(), how_to_resume(id)),
            None => (
                "waiting for the number to change".to_owned(),
                "the order may still be under way: read the number again later".to_owned(),
            ),
        };
        let report = self.during(what, &resume, operation.wait()).await?;
        report.map_err(|error| {
            let lasts = matches!(error.kind(), ErrorKind::Timeout | ErrorKind::Connect);
            let error = if lasts || error.is_retryable() {
                error.with_hint(&resume)
            } else {
                error
            };
            connection::graph_failed(error, client)
        })
    }
}

fn how_to_resume(id: &OperationId) -> String {
    format!("it goes on in the service; `teams-phone operation wait {id}` waits for it again")
}

/// Takes nothing but success; `order` names what was ordered.
pub(super) fn judge(
    report: OperationReport,
    order: &'static str,
    client: &GraphClient,
) -> Result<(), Failure> {
    match report.into_result() {
        Ok(_) => Ok(()),
        Err(error) => Err(connection::graph_failed(
            error.with_operation(order),
            client,
        )),
    }
}

/// Turns where somebody sees it.
struct Spinner(ProgressBar);

impl Spinner {
    fn new(what: String) -> Self {
        // It draws itself on standard error, and only if that is a terminal.
        let bar = ProgressBar::new_spinner().with_message(what);
        let bar = match ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        };
        if !bar.is_hidden() {
            bar.enable_steady_tick(Duration::from_millis(120));
        }
        Self(bar)
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

#[derive(Serialize)]
struct Accepted<'a> {
    operation_id: &'a OperationId,
}
