//! Owns following an order until it is over: by its id, or by the number where the id was lost.

use std::fmt;
use std::time::Duration;

use graph_teams_rest::v1_0;
use teams_phone_core::poll::PollPolicy;
use teams_phone_core::{Error, ErrorKind, RequestOptions, Result};

use super::order::Goal;
use super::{NumberResult, Numbers, OperationId, OperationReport, OperationStatus, Outcome};
use crate::{GraphClient, PhoneNumber};

/// How long a new operation may be unknown to the service's readers.
const APPEARS_WITHIN: Duration = Duration::from_secs(30);
/// The same for an id that the caller brings, which may be mistyped.
const RESUMED_WITHIN: Duration = Duration::from_secs(5);

/// An order that the service took, perhaps not over yet.
///
/// Dropping it, or a future of [`Operation::wait`], leaves the order as it is. Another process goes on
/// with its [`id`](Operation::id).
#[derive(Clone, Debug)]
pub struct Operation {
    client: GraphClient,
    known: Known,
    /// What the service asked to wait before the first look.
    wait_first: Option<Duration>,
    poll: PollPolicy,
    options: RequestOptions,
}

/// By what an order is known.
#[derive(Clone, Debug)]
enum Known {
    Id {
        id: OperationId,
        is_new: bool,
        /// Of an order that was given again after a lost answer: the first one may have gone through.
        again: Option<(PhoneNumber, Goal)>,
    },
    /// The answer with the id was lost: the number shows what became of it.
    Number { number: PhoneNumber, goal: Goal },
}

impl Operation {
    pub(super) fn resumed(client: GraphClient, id: OperationId) -> Self {
        let known = Known::Id {
            id,
            is_new: false,
            again: None,
        };
        Self::new(client, known)
    }

    pub(super) fn accepted(client: GraphClient, id: OperationId) -> Self {
        let known = Known::Id {
            id,
            is_new: true,
            again: None,
        };
        Self::new(client, known)
    }

    pub(super) fn wait_first(mut self, wait: Option<Duration>) -> Self {
        self.wait_first = wait;
        self
    }

    /// The order was given before, and nobody knows what became of that.
    pub(super) fn given_again(mut self, number: PhoneNumber, goal: Goal) -> Self {
        if let Known::Id { again, .. } = &mut self.known {
            *again = Some((number, goal));
        }
        self
    }

    pub(super) fn seen_at(client: GraphClient, number: PhoneNumber, goal: Goal) -> Self {
        Self::new(client, Known::Number { number, goal })
    }

    fn new(client: GraphClient, known: Known) -> Self {
        Self {
            client,
            known,
            wait_first: None,
            poll: PollPolicy::default(),
            options: RequestOptions::default(),
        }
    }

    /// How often and how long to look; default: waits of 1 s growing to 10 s, 5 minutes in all.
    #[must_use]
    pub fn poll_policy(mut self, poll: PollPolicy) -> Self {
        self.poll = poll;
        self
    }

    /// What each look's request does differently: timeout, retry, API version, request id.
    #[must_use]
    pub fn options(mut self, options: RequestOptions) -> Self {
        self.options = options;
        self
    }

    /// The id to go on with later. `None` if the answer that had it was lost; the order is then followed
    /// by reading the number.
    #[must_use]
    pub fn id(&self) -> Option<&OperationId> {
        match &self.known {
            Known::Id { id, .. } => Some(id),
            Known::Number { .. } => None,
        }
    }

    /// Looks once.
    ///
    /// # Errors
    /// [`Error::is_not_found`]: the service does not know the id, or not any more.
    /// [`Error::is_permission`]: the token lacks `TeamsTelephoneNumber.Read.All`.
    pub async fn poll(&self) -> Result<OperationReport> {
        Ok(self.look().await?.0)
    }

    /// Looks until the order and each of its numbers have come to an end, whichever that is; ask the
    /// report for its [`outcome`](OperationReport::outcome).
    ///
    /// A wait that the service names is kept. Dropping the future stops looking, nothing else.
    ///
    /// # Errors
    /// [`ErrorKind::Timeout`]: it was not over in time; [`Error::target`] is the id to go on with.
    /// Otherwise as [`Operation::poll`].
    pub async fn wait(&self) -> Result<OperationReport> {
        let mut polling = self.poll.start(self.client.clock());
        if self.wait_first.is_some() && !polling.wait(self.wait_first).await {
            return Err(self.named(self.not_over()));
        }
        loop {
            let wait = match self.look().await {
                Ok((report, _)) if report.outcome() != Outcome::Pending => {
                    return Ok(self.or_the_first(report).await);
                }
                Ok((_, named)) => named,
                Err(error) if self.may_appear(&error, polling.spent()) => None,
                // An outage ends the wait only when the time is over.
                Err(error) if error.is_retryable() => {
                    let named = error.retry_after();
                    if polling.wait(named).await {
                        continue;
                    }
                    return Err(self.named(self.not_over().with_source(error)));
                }
                Err(error) => return Err(self.named(error)),
            };
            if !polling.wait(wait).await {
                return Err(self.named(self.not_over()));
            }
        }
    }

    fn may_appear(&self, error: &Error, spent: Duration) -> bool {
        let within = match self.known {
            Known::Id { is_new: true, .. } => APPEARS_WITHIN,
            // Another process may have been killed a moment after it had the id.
            Known::Id { .. } => RESUMED_WITHIN,
            Known::Number { .. } => return false,
        };
        error.is_not_found() && spent < within
    }

    fn not_over(&self) -> Error {
        let seconds = self.poll.deadline().as_secs();
        let hint = match self.id() {
            Some(_) => "it goes on in the service: wait for it again by its id",
            None => "the order may still be under way: read the number again later",
        };
        let message = format!("the operation is not over after {seconds} s");
        Error::new(ErrorKind::Timeout, message).with_hint(hint)
    }

    fn named(&self, error: Error) -> Error {
        let error = error.with_operation("operation_get");
        match self.id() {
            Some(id) if error.target().is_none() => error.with_target(id.as_str()),
            _ => error,
        }
    }

    /// An order that was given again fails where the first one went through; the number shows which it was.
    async fn or_the_first(&self, report: OperationReport) -> OperationReport {
        let failed = report.outcome() != Outcome::Succeeded;
        let Known::Id {
            again: Some((number, goal)),
            ..
        } = &self.known
        else {
            return report;
        };
        if !failed {
            return report;
        }
        match self.by_number(number, goal).await {
            Ok((seen, _)) if seen.outcome() == Outcome::Succeeded => seen,
            _ => report,
        }
    }

    async fn look(&self) -> Result<(OperationReport, Option<Duration>)> {
        match &self.known {
            Known::Id { id, .. } => self.by_id(id).await,
            Known::Number { number, goal } => self.by_number(number, goal).await,
        }
    }

    async fn by_number(
        &self,
        number: &PhoneNumber,
        goal: &Goal,
    ) -> Result<(OperationReport, Option<Duration>)> {
        let numbers = Numbers::new(self.client.clone());
        let found = numbers.get(number).options(self.options.clone()).await?;
        let status = if goal.is_reached(&found) {
            OperationStatus::Succeeded
        } else if goal.is_out_of_reach(&found) {
            OperationStatus::Failed
        } else {
            OperationStatus::Running
        };
        let result = NumberResult {
            telephone_number: Some(number.clone()),
            number_id: Some(found.id),
            status: status.clone(),
            status_detail: Some(
                "the answer with the operation's id was lost; this is what the number itself shows"
                    .to_owned(),
            ),
        };
        let report = OperationReport {
            id: None,
            status,
            created_date_time: None,
            numbers: vec![result],
        };
        Ok((report, None))
    }

    async fn by_id(&self, id: &OperationId) -> Result<(OperationReport, Option<Duration>)> {
        let call = self.client.call(
            "operation_get",
            self.options.clone(),
            |inner| inner,
            async |inner| v1_0::client(inner).operation_get(id.as_str()).await,
        );
        let answer = call.await?;
        Ok((answer.value.into(), answer.retry_after))
    }
}

/// The id to go on with, or the number where the id was lost.
impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.known {
            Known::Id { id, .. } => id.fmt(f),
            Known::Number { number, .. } => number.fmt(f),
        }
    }
}
