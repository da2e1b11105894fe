//! Owns reading one number, once or until it shows what it should.

use std::time::Duration;

use futures::TryStreamExt as _;
use graph_teams_rest::v1_0;
use teams_phone_core::poll::PollPolicy;
use teams_phone_core::{Error, ErrorKind, RequestOptions, Result};

use super::order::Goal;
use super::{Holding, ListNumbers, NumberAssignment, NumberFilter, Numbers};
use crate::request::request;
use crate::{GraphClient, NumberId, ObjectId, PhoneNumber};

/// How long the number may take to show what an operation did.
const SHOWS_WITHIN: Duration = Duration::from_secs(60);

impl Numbers {
    /// Reads until the goal shows, which may be a little after the operation's end.
    pub(super) async fn confirm(
        &self,
        number: &PhoneNumber,
        goal: &Goal,
        options: &RequestOptions,
    ) -> Result<NumberAssignment> {
        let policy = PollPolicy::default().within(SHOWS_WITHIN);
        let mut polling = policy.start(self.client.clock());
        loop {
            let found = self.get(number).options(options.clone()).await?;
            if goal.is_reached(&found) {
                return Ok(found);
            }
            if goal.is_out_of_reach(&found) {
                return Err(held_by_another(&found));
            }
            if !polling.wait(None).await {
                let message = format!(
                    "the operation succeeded, but {number} does not show it: status {}, target {}",
                    found
                        .assignment_status
                        .as_ref()
                        .map_or("none", |status| status.as_str()),
                    found
                        .assignment_target_id
                        .as_ref()
                        .map_or("none", ObjectId::as_str),
                );
                return Err(Error::new(ErrorKind::Operation, message));
            }
        }
    }
}

/// Says who has a number that was wanted for somebody else.
pub(super) fn held_by_another(number: &NumberAssignment) -> Error {
    let who = match number.holding() {
        Holding::By(holder) => holder.to_string(),
        Holding::Other(status) => format!("something with the status {status}"),
        Holding::Free | Holding::Unclear => "nobody that the service names".to_owned(),
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
