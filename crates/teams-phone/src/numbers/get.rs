//! Owns reading one number, once or until it shows what it should.

use futures::TryStreamExt as _;
use graph_teams_rest::v1_0;
use teams_phone_core::poll::PollPolicy;
use teams_phone_core::{Error, ErrorKind, RequestOptions, Result};

use super::order::Goal;
use super::{Holding, ListNumbers, NumberAssignment, NumberFilter, Numbers};
use crate::request::request;
use crate::{GraphClient, NumberId, ObjectId, PhoneNumber};

impl Numbers {
    /// Reads until the goal shows, which may be a little after the operation's end.
    pub(super) async fn confirm(
        &self,
        number: &PhoneNumber,
        goal: &Goal,
        policy: PollPolicy,
        options: &RequestOptions,
    ) -> Result<NumberAssignment> {
        let mut polling = policy.start(self.client.clock());
        loop {
            let found = match self.get(number).options(options.clone()).await {
                Ok(found) => found,
                Err(error) if error.is_retryable() && polling.wait(error.retry_after()).await => {
                    continue;
                }
                Err(error) => return Err(error),
            };
            if goal.is_reached(&found) {
                return Ok(found);
            }
            if goal.is_out_of_reach(&found) {
                return Err(held_by_another(&found));
            }
            if !polling.wait(None).await {
                let message = format!(
                    "the operation succeeded, but {number} does not show it: {}",
                    state(&found)
                );
                return Err(Error::new(ErrorKind::Operation, message));
            }
        }
    }
}

/// Status and target as the service says them.
fn state(number: &NumberAssignment) -> String {
    let status = number.assignment_status.as_ref();
    let target = number.assignment_target_id.as_ref();
    format!(
        "status {}, target {}",
        status.map_or("none", |status| status.as_str()),
        target.map_or("none", ObjectId::as_str)
    )
}

/// Says who has a number that was wanted for somebody else.
pub(super) fn held_by_another(number: &NumberAssignment) -> Error {
    let who = match number.holding() {
        Holding::By(holder) => holder.to_string(),
        Holding::Other(status) => format!("something with the status {status}"),
        Holding::Free | Holding::Unclear => {
            let message = format!(
                "it is not clear whom {} belongs to: {}",
                number.telephone_number,
                state(number)
            );
            return Error::conflict(message)
                .with_hint("read it again later; if it stays so, unassign it first")
                .with_target("telephoneNumber");
        }
    };
    let message = format!("{} is assigned to {who}", number.telephone_number);
    Error::conflict(message)
        .with_hint("unassign it there first, or move it")
        .with_target("telephoneNumber")
}

/// A request to read a number; await it to send it.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct GetNumber {
    client: GraphClient,
    by: By,
    options: RequestOptions,
}

#[derive(Clone, Debug)]
enum By {
    Number(PhoneNumber),
    Id(NumberId),
}

request!(GetNumber => NumberAssignment);

impl GetNumber {
    pub(super) fn by_number(client: GraphClient, number: &PhoneNumber) -> Self {
        Self {
            client,
            by: By::Number(number.clone()),
            options: RequestOptions::default(),
        }
    }

    pub(super) fn by_id(client: GraphClient, id: &NumberId) -> Self {
        Self {
            client,
            by: By::Id(id.clone()),
            options: RequestOptions::default(),
        }
    }

    async fn send(self) -> Result<NumberAssignment> {
        match self.by {
            By::Id(id) => {
                let call = self.client.call(
                    "number_get",
                    self.options,
                    |inner| inner,
                    async |inner| v1_0::client(inner).number_get(id.as_str()).await,
                );
                Ok(call.await?.value.into())
            }
            By::Number(number) => find(self.client, &number, self.options).await,
        }
    }
}

/// Looks a number up in the list, since ids of assignments are the service's own business.
async fn find(
    client: GraphClient,
    number: &PhoneNumber,
    options: RequestOptions,
) -> Result<NumberAssignment> {
    let filter = NumberFilter::new().telephone_number(number);
    let list = ListNumbers::new(client).filter(filter).options(options);
    let same = |found: &NumberAssignment| std::future::ready(found.telephone_number == *number);
    let mut found = list.stream().try_filter(same);
    found.try_next().await?.ok_or_else(|| {
        Error::not_found(format!("the tenant has no number {number}"))
            .with_operation("number_list")
            .with_hint("check country code and digits, and that the token is of the tenant that has the number")
    })
}
