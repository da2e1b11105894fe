//! Owns bringing a number to a wanted holder without taking it from anybody.

use teams_phone_core::poll::PollPolicy;
use teams_phone_core::{Error, RequestOptions, Result};

use super::order::Goal;
use super::{AssignmentCategory, Check, CheckNumber, NumberAssignment, Numbers, OperationReport};
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
    client: GraphClient,
    check: CheckNumber,
    number: PhoneNumber,
    target: UserRef,
    category: Option<AssignmentCategory>,
    location: Option<String>,
    poll: PollPolicy,
    options: RequestOptions,
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
        let preflight = self
            .check
            .clone()
            .options(self.options.clone())
            .await
            .map_err(named)?;
        let target = preflight.target.as_ref().map(|user| user.id.clone());
        let target = target.or_else(|| self.target.id().cloned());
        if let (Some(number), Some(target)) = (&preflight.number, &target)
            && number.is_held_by(target)
        {
            return Ok(EnsuredNumber {
                number: number.clone(),
                changed: false,
                operation: None,
            });
        }
        let ready = preflight.into_result().map_err(named)?;
        let (Some(number), Some(target)) = (ready.number, target) else {
            let message = format!("{} could not be looked up; give its object id", self.target);
            return Err(named(Error::not_found(message)));
        };
        self.assign(number, target).await.map_err(named)
    }

    async fn assign(self, number: NumberAssignment, target: ObjectId) -> Result<EnsuredNumber> {
        let numbers = Numbers::new(self.client.clone());
        let mut assign = numbers
            .assign(&self.number, &target, number.number_type)
            .poll_policy(self.poll)
            .options(self.options.clone());
        if let Some(category) = self.category {
            assign = assign.assignment_category(category);
        }
        if let Some(location) = self.location {
            assign = assign.location_id(location);
        }
        let goal = Goal::HeldBy(target);
        let operation = match assign.await {
            Ok(report) => Some(report),
            Err(error) => {
                // Somebody else may have given the same order, or the service may have had second thoughts.
                let found = numbers
                    .get(&self.number)
                    .options(self.options.clone())
                    .await;
                if !found.is_ok_and(|found| goal.is_reached(&found)) {
                    return Err(error);
                }
                None
            }
        };
        Ok(EnsuredNumber {
            number: numbers.confirm(&self.number, &goal, &self.options).await?,
            changed: true,
            operation,
        })
    }
}
