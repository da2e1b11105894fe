//! Owns giving an order about a number exactly once, although answers get lost.
//!
//! Only what the service itself turned away is sent again unseen. After any other failure the number is
//! read first: it may show that the order went through, that it is under way, or that somebody else was
//! faster.

use std::time::Duration;

use graph_teams_rest::v1_0::{self, types};
use teams_phone_core::hooks::{Answer, Repeat};
use teams_phone_core::poll::PollPolicy;
use teams_phone_core::{Error, ErrorKind, RequestOptions, Result};

use super::get::held_by_another;
use super::{ActivationState, Holding, NumberAssignment, Numbers, Operation, OperationId};
use crate::{GraphClient, ObjectId, PhoneNumber};

/// The service's own name for itself, which may stand in a `Location` behind a gateway too.
const GLOBAL: &str = "https://graph.microsoft.com/";

/// What a number is to be after an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Goal {
    HeldBy(ObjectId),
    Free,
    /// Free, or somebody else's by now.
    TakenFrom(ObjectId),
}

impl Goal {
    pub(super) fn is_reached(&self, number: &NumberAssignment) -> bool {
        match self {
            Self::HeldBy(target) => number.is_held_by(target),
            Self::Free => number.holding() == Holding::Free,
            Self::TakenFrom(holder) => match number.holding() {
                Holding::Unclear => false,
                holding => holding != Holding::By(holder),
            },
        }
    }

    /// Whether something else has happened, so that waiting is no use.
    pub(super) fn is_out_of_reach(&self, number: &NumberAssignment) -> bool {
        match (self, number.holding()) {
            (Self::HeldBy(target), Holding::By(holder)) => holder != target,
            (Self::HeldBy(_), Holding::Other(_)) => true,
            _ => false,
        }
    }
}

/// The body of an order.
#[derive(Clone, Debug)]
pub(super) enum Body {
    Assign(types::AssignNumberRequest),
    Unassign(types::UnassignNumberRequest),
}

/// An order that can be given.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) client: GraphClient,
    pub(super) number: PhoneNumber,
    pub(super) goal: Goal,
    pub(super) body: Body,
    pub(super) options: RequestOptions,
}

/// What a look at the number says about an order without an answer.
enum Seen {
    /// It went through, or is under way.
    Given,
    Contradicted(Box<NumberAssignment>),
    Nothing,
}

impl Order {
    fn name(&self) -> &'static str {
        match self.body {
            Body::Assign(_) => "number_assign",
            Body::Unassign(_) => "number_unassign",
        }
    }

    /// Gives the order.
    pub(super) async fn start(&self) -> Result<Operation> {
        let between = PollPolicy::default()
            .factor(2.0)
            .longest_wait(Duration::from_secs(20))
            .within(Duration::from_secs(60));
        let mut polling = between.start(self.client.clock());
        let mut lost = false;
        loop {
            let failed = match self.post().await {
                Ok(answer) if lost => {
                    let operation = self.accepted(&answer)?;
                    return Ok(operation.given_again(self.number.clone(), self.goal.clone()));
                }
                Ok(answer) => return self.accepted(&answer),
                Err(error) => error,
            };
            if !failed.is_outcome_unknown() && !lost {
                return Err(failed);
            }
            // After a lost answer a conflict is most likely with our own order, still under way.
            let own = lost && failed.is_conflict();
            let refused = lost && !failed.is_outcome_unknown();
            lost = true;
            tracing::info!(operation = self.name(), error = %failed, "reading the number before going on");
            match self.seen(&failed).await? {
                Seen::Given => return Ok(self.seen_at_number()),
                Seen::Nothing if own => return Ok(self.seen_at_number()),
                Seen::Contradicted(found) => {
                    return Err(held_by_another(&found).with_source(failed));
                }
                // What became of the order whose answer was lost is not known still.
                Seen::Nothing if refused => return Err(failed.with_unknown_outcome(true)),
                Seen::Nothing if !self.is_repeatable() => return Err(failed),
                Seen::Nothing => {}
            }
            if !polling.wait(failed.retry_after()).await {
                return Err(failed);
            }
        }
    }

    /// To unassign a number again may take it from whoever has it by now, unless it is known from whom.
    fn is_repeatable(&self) -> bool {
        self.goal != Goal::Free
    }

    fn seen_at_number(&self) -> Operation {
        Operation::seen_at(self.client.clone(), self.number.clone(), self.goal.clone())
    }

    async fn seen(&self, failed: &Error) -> Result<Seen> {
        let get = Numbers::new(self.client.clone()).get(&self.number);
        let found = match get.options(self.options.clone()).await {
            Ok(found) => found,
            // What the read failed with says less than what the order failed with.
            Err(why) => {
                let hint = "whether the order went through is not known, and the number could not be read: read it before repeating the order";
                return Err(failed.clone().with_hint(hint).with_source(why));
            }
        };
        let pending = ActivationState::AssignmentPending;
        let is_pending = found.activation_state == pending && matches!(self.goal, Goal::HeldBy(_));
        Ok(
            if self.goal.is_reached(&found) || (is_pending && found.holding() == Holding::Free) {
                Seen::Given
            } else if self.goal.is_out_of_reach(&found) {
                Seen::Contradicted(Box::new(found))
            } else {
                Seen::Nothing
            },
        )
    }

    async fn post(&self) -> Result<Answer<()>> {
        let refine = |inner: teams_phone_core::hooks::Inner| inner.with_repeat(Repeat::Refused);
        let send = async |inner| {
            let rest = v1_0::client(inner);
            match &self.body {
                Body::Assign(body) => rest.number_assign(body).await,
                Body::Unassign(body) => rest.number_unassign(body).await,
            }
        };
        let options = self.options.clone();
        self.client.call(self.name(), options, refine, send).await
    }

    /// Reads where the order can be followed. Only its id is taken: it is asked for at our own endpoint,
    /// and an address on a host that is none of the service's is not believed.
    fn accepted(&self, answer: &Answer<()>) -> Result<Operation> {
        let Some(location) = answer.location.as_deref() else {
            tracing::warn!(
                "the order was taken without an operation id; the number will be read instead"
            );
            return Ok(self.seen_at_number());
        };
        let known = location.starts_with(GLOBAL);
        if !known {
            self.client.endpoint().join(location).map_err(|why| {
                let message =
                    "the order was taken, but its operation is said to be on another host";
                Error::new(ErrorKind::Decode, message)
                    .with_operation(self.name())
                    .with_hint(
                        "nothing was sent there; read the number to see what became of the order",
                    )
                    .with_source(why)
                    .with_unknown_outcome(true)
            })?;
        }
        let id: OperationId = location.parse().map_err(|why: Error| {
            Error::new(
                ErrorKind::Decode,
                "the order was taken, but its operation has no id that can be read",
            )
            .with_operation(self.name())
            .with_source(why)
            .with_unknown_outcome(true)
        })?;
        Ok(Operation::accepted(self.client.clone(), id).wait_first(answer.retry_after))
    }
}
