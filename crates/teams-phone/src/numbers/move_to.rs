//! Owns moving a number from one holder to another.

use teams_phone_core::poll::PollPolicy;
use teams_phone_core::{Error, RequestOptions, Result};

use super::ensure::not_read;
use super::get::held_by_another;
use super::{
    AssignmentCategory, Check, CheckNumber, EnsureAssigned, Holding, NumberAssignment, Numbers,
    OperationReport,
};
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
    /// Checks the target, and assigns the number once it is free.
    ensure: EnsureAssigned,
    options: RequestOptions,
}

request!(MoveNumber => MovedNumber);

impl MoveNumber {
    pub(super) fn new(client: GraphClient, number: &PhoneNumber, target: UserRef) -> Self {
        let mut ensure = EnsureAssigned::new(client.clone(), number, target.clone());
        ensure.check = CheckNumber::new(client, number, target).skip(Check::Unassigned);
        Self {
            ensure,
            options: RequestOptions::default(),
        }
    }

    /// Leaves out a check, such as one that the token has no permission for; may be called again.
    pub fn skip(mut self, check: Check) -> Self {
        self.ensure = self.ensure.skip(check);
        self
    }

    /// The part it is to play for its new holder; default: the one it plays now.
    pub fn assignment_category(mut self, category: AssignmentCategory) -> Self {
        self.ensure = self.ensure.assignment_category(category);
        self
    }

    /// The emergency location; default: the one it has now.
    pub fn location_id(mut self, location: impl Into<String>) -> Self {
        self.ensure = self.ensure.location_id(location);
        self
    }

    /// How often and how long to look for the outcome of each order.
    pub fn poll_policy(mut self, poll: PollPolicy) -> Self {
        self.ensure = self.ensure.poll_policy(poll);
        self
    }

    async fn send(mut self) -> Result<MovedNumber> {
        self.ensure.options = self.options.clone();
        let named = |error: Error| error.with_operation("move_number");
        self.run().await.map_err(named)
    }

    async fn run(mut self) -> Result<MovedNumber> {
        let (preflight, target) = self.ensure.look().await?;
        let number = preflight.into_result()?.number;
        let number = number.ok_or_else(|| not_read(&self.ensure.number))?;
        if number.is_held_by(&target) {
            return Ok(MovedNumber {
                from: Some(target),
                number,
                changed: false,
                operations: Vec::new(),
            });
        }
        let from = match number.holding() {
            Holding::By(holder) => Some(holder.clone()),
            Holding::Free => None,
            // To empty a conference bridge, or something unclear, takes more than a move.
            Holding::Other(_) | Holding::Unclear => return Err(held_by_another(&number)),
        };
        let ensure = &mut self.ensure;
        ensure.category = ensure
            .category
            .take()
            .or(number.assignment_category.clone());
        ensure.location = ensure.location.take().or(number.location_id.clone());
        let mut operations = Vec::new();
        if let Some(holder) = &from {
            operations.extend(self.take(&number, holder).await?);
        }
        let ensured = self.ensure.clone().assign(&number, target).await;
        let ensured = match (ensured, &from) {
            (Err(error), Some(holder)) => return Err(self.taken(error, holder).await),
            (ensured, _) => ensured?,
        };
        operations.extend(ensured.operation);
        Ok(MovedNumber {
            from,
            number: ensured.number,
            changed: ensured.changed,
            operations,
        })
    }

    /// Takes the number from its holder, unless somebody else has it by now; does nothing if nobody has.
    async fn take(
        &self,
        number: &NumberAssignment,
        holder: &ObjectId,
    ) -> Result<Option<OperationReport>> {
        let numbers = Numbers::new(self.ensure.client.clone());
        let now = numbers
            .get(&self.ensure.number)
            .options(self.options.clone())
            .await?;
        if now.holding() == Holding::Free {
            return Ok(None);
        }
        if !now.is_held_by(holder) {
            return Err(held_by_another(&now));
        }
        let unassign = numbers
            .unassign(&self.ensure.number, number.number_type.clone())
            .held_by(holder)
            .confirm(true)
            .poll_policy(self.ensure.poll)
            .options(self.options.clone());
        match unassign.await {
            Ok(report) => Ok(Some(report)),
            Err(error) => Err(self.taken(error, holder).await),
        }
    }

    /// Says what has become of a number whose move failed half way.
    async fn taken(&self, error: Error, holder: &ObjectId) -> Error {
        let number = &self.ensure.number;
        let get = Numbers::new(self.ensure.client.clone()).get(number);
        let now = match get.options(self.options.clone()).await {
            Ok(now) => match now.holding() {
                Holding::By(still) if still == holder => return error,
                Holding::By(other) => format!("{other} has it now"),
                Holding::Free => "nobody has it now".to_owned(),
                Holding::Other(_) | Holding::Unclear => "it is not clear who has it now".to_owned(),
            },
            Err(_) => "who has it now could not be read".to_owned(),
        };
        error.with_context(&format!(
            "{number} was taken from {holder}, {now}: repeat the move, or assign it to {holder} again"
        ))
    }
}
