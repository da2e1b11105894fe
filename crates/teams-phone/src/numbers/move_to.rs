//! Owns moving a number from one holder to another.

use teams_phone_core::poll::PollPolicy;
use teams_phone_core::{Error, RequestOptions, Result};

use super::{Check, CheckNumber, Holding, NumberAssignment, Numbers, OperationReport};
use crate::request::request;
use crate::users::UserRef;
use crate::{GraphClient, ObjectId, PhoneNumber};

/// What a move did.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MovedNumber {
    /// Who had the number before; `None` if nobody had, or nobody with an object id.
    pub from: Option<ObjectId>,
    /// The number as it is now.
    pub number: NumberAssignment,
    /// Whether anything was done; `false` if the target had it already.
    pub changed: bool,
    /// The orders that were given: to unassign it, and to assign it.
    pub operations: Vec<OperationReport>,
}

/// A request to move a number; await it to send it.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct MoveNumber {
    client: GraphClient,
    check: CheckNumber,
    skipped: Vec<Check>,
    number: PhoneNumber,
    target: UserRef,
    poll: PollPolicy,
    options: RequestOptions,
}

request!(MoveNumber => MovedNumber);

impl MoveNumber {
    pub(super) fn new(client: GraphClient, number: &PhoneNumber, target: UserRef) -> Self {
        Self {
            check: CheckNumber::new(client.clone(), number, target.clone()).skip(Check::Unassigned),
            client,
            skipped: Vec::new(),
            number: number.clone(),
            target,
            poll: PollPolicy::default(),
            options: RequestOptions::default(),
        }
    }

    /// Leaves out a check, such as one that the token has no permission for; may be called again.
    pub fn skip(mut self, check: Check) -> Self {
        self.check = self.check.skip(check);
        self.skipped.push(check);
        self
    }

    /// How often and how long to look for the outcome of each order.
    pub fn poll_policy(mut self, poll: PollPolicy) -> Self {
        self.poll = poll;
        self
    }

    async fn send(self) -> Result<MovedNumber> {
        let named = |error: Error| error.with_operation("move_number");
        self.run().await.map_err(named)
    }

    async fn run(self) -> Result<MovedNumber> {
        let ready = self
            .check
            .clone()
            .options(self.options.clone())
            .await?
            .into_result()?;
        let target = ready
            .target
            .map(|user| user.id)
            .or_else(|| self.target.id().cloned());
        let (Some(number), Some(target)) = (ready.number, target) else {
            let message = format!("{} could not be looked up; give its object id", self.target);
            return Err(Error::not_found(message));
        };
        let from = match number.holding() {
            Holding::By(holder) => Some(holder.clone()),
            _ => None,
        };
        let mut operations = Vec::new();
        let is_free = number.holding() == Holding::Free;
        if from.as_ref() != Some(&target) && !is_free {
            let unassign = Numbers::new(self.client.clone())
                .unassign(&self.number, number.number_type)
                .confirm(true)
                .poll_policy(self.poll)
                .options(self.options.clone());
            let unassign = match &from {
                Some(holder) => unassign.held_by(holder.clone()),
                None => unassign,
            };
            operations.push(unassign.await?);
        }
        let lost = from.clone().filter(|_| !operations.is_empty());
        let ensured = self.ensure(target).await.map_err(|error| match lost {
            Some(holder) if !error.is_conflict() => error.with_hint(format!(
                "{} was taken from {holder} already and belongs to nobody now: repeat the move, or assign it to {holder} again",
                self.number
            )),
            _ => error,
        })?;
        operations.extend(ensured.operation);
        Ok(MovedNumber {
            from,
            number: ensured.number,
            changed: ensured.changed,
            operations,
        })
    }

    async fn ensure(&self, target: ObjectId) -> Result<super::EnsuredNumber> {
        let numbers = Numbers::new(self.client.clone());
        let ensure = numbers.ensure_assigned(&self.number, target);
        let ensure = self
            .skipped
            .iter()
            .fold(ensure, |ensure, check| ensure.skip(*check));
        ensure
            .poll_policy(self.poll)
            .options(self.options.clone())
            .await
    }
}
