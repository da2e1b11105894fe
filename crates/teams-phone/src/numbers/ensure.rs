//! Owns bringing a number to a wanted holder without taking it from anybody.

use teams_phone_core::poll::PollPolicy;
use teams_phone_core::{Error, RequestOptions, Result};

use super::get::held_by_another;
use super::order::Goal;
use super::{
    AssignmentCategory, Check, CheckNumber, NumberAssignment, Numbers, OperationReport, Preflight,
};
use crate::request::request;
use crate::users::UserRef;
use crate::{GraphClient, ObjectId, PhoneNumber};

/// What it took to have a number assigned.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EnsuredNumber {
    /// The number as it is now.
    pub number: NumberAssignment,
    /// Whether it was assigned just now; `false` if the target had it already.
    pub changed: bool,
    /// The order that was given, if one was.
    pub operation: Option<OperationReport>,
}

/// A request to have a number assigned; await it to send it.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct EnsureAssigned {
    pub(super) client: GraphClient,
    pub(super) check: CheckNumber,
    pub(super) number: PhoneNumber,
    pub(super) target: UserRef,
    pub(super) category: Option<AssignmentCategory>,
    pub(super) location: Option<String>,
    pub(super) poll: PollPolicy,
    pub(super) options: RequestOptions,
}

request!(EnsureAssigned => EnsuredNumber);

impl EnsureAssigned {
    pub(super) fn new(client: GraphClient, number: &PhoneNumber, target: UserRef) -> Self {
        Self {
            check: CheckNumber::new(client.clone(), number, target.clone()),
            client,
            number: number.clone(),
            target,
            category: None,
            location: None,
            poll: PollPolicy::default(),
            options: RequestOptions::default(),
        }
    }

    /// Leaves out a check, such as one that the token has no permission for; may be called again. That
    /// nobody else has the number is always checked.
    pub fn skip(mut self, check: Check) -> Self {
        if check != Check::Unassigned {
            self.check = self.check.skip(check);
        }
        self
    }

    /// The part it is to play for its holder; default: primary, chosen by the service. A number that the
    /// target has already keeps its own.
    pub fn assignment_category(mut self, category: AssignmentCategory) -> Self {
        self.category = Some(category);
        self
    }

    /// The emergency location of a new assignment.
    pub fn location_id(mut self, location: impl Into<String>) -> Self {
        self.location = Some(location.into());
        self
    }

    /// How often and how long to look for the outcome of an order.
    pub fn poll_policy(mut self, poll: PollPolicy) -> Self {
        self.poll = poll;
        self
    }

    async fn send(self) -> Result<EnsuredNumber> {
        let named = |error: Error| error.with_operation("ensure_assigned");
        self.run().await.map_err(named)
    }

    async fn run(self) -> Result<EnsuredNumber> {
        let (preflight, target) = self.look().await?;
        if let Some(number) = preflight
            .number
            .as_ref()
            .filter(|number| number.is_held_by(&target))
        {
            return Ok(EnsuredNumber {
                number: number.clone(),
                changed: false,
                operation: None,
            });
        }
        let number = preflight
            .into_result()?
            .number
            .ok_or_else(|| not_read(&self.number))?;
        self.assign(&number, target).await
    }

    /// Runs the checks and finds out the target's object id.
    pub(super) async fn look(&self) -> Result<(Preflight, ObjectId)> {
        self.target.segment()?;
        let preflight = self.check.clone().options(self.options.clone()).await?;
        let found = preflight.target.as_ref().map(|user| user.id.clone());
        if let Some(id) = found.or_else(|| self.target.id().cloned()) {
            return Ok((preflight, id));
        }
        // The checks take it that what the token may not read may be well; an id cannot be guessed.
        let preflight = preflight.into_result()?;
        let resolve = self.client.users().resolve(self.target.clone());
        Ok((preflight, resolve.options(self.options.clone()).await?))
    }

    /// Assigns a number that is free, and reads it until it shows that.
    pub(super) async fn assign(
        self,
        number: &NumberAssignment,
        target: ObjectId,
    ) -> Result<EnsuredNumber> {
        let numbers = Numbers::new(self.client.clone());
        let mut assign = numbers
            .assign(&self.number, &target, number.number_type.clone())
            .poll_policy(self.poll)
            .options(self.options.clone());
        if let Some(category) = self.category {
            assign = assign.assignment_category(category);
        }
        if let Some(location) = self.location {
            assign = assign.location_id(location);
        }
        let goal = Goal::HeldBy(target);
        let confirm = || numbers.confirm(&self.number, &goal, self.poll, &self.options);
        let operation = match assign.await {
            Ok(report) => Some(report),
            // Whether the order was taken is not known: the number will show it.
            Err(error) if error.is_outcome_unknown() => match confirm().await {
                Ok(_) => None,
                Err(held) if held.is_conflict() => return Err(held.with_source(error)),
                Err(_) => return Err(error),
            },
            Err(error) => {
                // Somebody else may have been faster, with the same target or with another.
                let get = numbers.get(&self.number).options(self.options.clone());
                match get.await {
                    Ok(found) if goal.is_reached(&found) => None,
                    Ok(found) if goal.is_out_of_reach(&found) => {
                        return Err(held_by_another(&found).with_source(error));
                    }
                    _ => return Err(error),
                }
            }
        };
        Ok(EnsuredNumber {
            number: confirm().await?,
            changed: true,
            operation,
        })
    }
}

pub(super) fn not_read(number: &PhoneNumber) -> Error {
    Error::not_found(format!("the tenant has no number {number}"))
}
