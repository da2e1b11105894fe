//! Owns the requests that order a number to be assigned or unassigned.

use graph_teams_rest::v1_0::types;
use teams_phone_core::poll::PollPolicy;
use teams_phone_core::{Error, RequestOptions, Result};

use super::order::{Body, Goal, Order};
use super::{AssignmentCategory, NumberType, Numbers, Operation, OperationReport};
use crate::request::request;
use crate::{GraphClient, ObjectId, PhoneNumber};

/// A request to assign a number. Await it to wait for the outcome, or [`start`](Self::start) it.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct AssignNumber {
    client: GraphClient,
    number: PhoneNumber,
    target: ObjectId,
    number_type: NumberType,
    category: Option<AssignmentCategory>,
    location: Option<String>,
    confirm: bool,
    poll: PollPolicy,
    options: RequestOptions,
}

request!(AssignNumber => OperationReport);

impl AssignNumber {
    pub(super) fn new(
        client: GraphClient,
        number: &PhoneNumber,
        target: &ObjectId,
        number_type: NumberType,
    ) -> Self {
        Self {
            client,
            number: number.clone(),
            target: target.clone(),
            number_type,
            category: None,
            location: None,
            confirm: false,
            poll: PollPolicy::default(),
            options: RequestOptions::default(),
        }
    }

    /// The part it plays for its holder; default: primary, chosen by the service.
    pub fn assignment_category(mut self, category: AssignmentCategory) -> Self {
        self.category = Some(category);
        self
    }

    /// The emergency location.
    pub fn location_id(mut self, location: impl Into<String>) -> Self {
        self.location = Some(location.into());
        self
    }

    /// Also reads the number afterwards, until it shows the target; default: the operation's word is enough.
    pub fn confirm(mut self, confirm: bool) -> Self {
        self.confirm = confirm;
        self
    }

    /// How often and how long to look for the outcome; default: waits of 1 s growing to 10 s, 5 minutes
    /// in all.
    pub fn poll_policy(mut self, poll: PollPolicy) -> Self {
        self.poll = poll;
        self
    }

    /// Gives the order and answers at once with what it can be followed by.
    ///
    /// # Errors
    /// As awaiting the request, but for its outcome.
    pub async fn start(&self) -> Result<Operation> {
        let body = types::AssignNumberRequest {
            telephone_number: self.number.to_string(),
            assignment_target_id: self.target.to_string(),
            number_type: self.number_type.clone(),
            assignment_category: self.category.clone(),
            location_id: self.location.clone(),
        };
        let order = Order {
            client: self.client.clone(),
            number: self.number.clone(),
            goal: self.goal(),
            body: Body::Assign(body),
            options: self.options.clone(),
        };
        let operation = order.start().await?;
        Ok(operation
            .poll_policy(self.poll)
            .options(self.options.clone()))
    }

    fn goal(&self) -> Goal {
        Goal::HeldBy(self.target.clone())
    }

    async fn send(self) -> Result<OperationReport> {
        let report = finish(&self.start().await?, "number_assign").await?;
        if self.confirm {
            let numbers = Numbers::new(self.client.clone());
            numbers
                .confirm(&self.number, &self.goal(), self.poll, &self.options)
                .await?;
        }
        Ok(report)
    }
}

/// A request to unassign a number. Await it to wait for the outcome, or [`start`](Self::start) it.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct UnassignNumber {
    client: GraphClient,
    number: PhoneNumber,
    number_type: NumberType,
    goal: Goal,
    confirm: bool,
    poll: PollPolicy,
    options: RequestOptions,
}

request!(UnassignNumber => OperationReport);

impl UnassignNumber {
    pub(super) fn new(client: GraphClient, number: &PhoneNumber, number_type: NumberType) -> Self {
        Self {
            client,
            number: number.clone(),
            number_type,
            goal: Goal::Free,
            confirm: false,
            poll: PollPolicy::default(),
            options: RequestOptions::default(),
        }
    }

    /// Who has the number now. If the answer to the order is lost, it is given again only while this one still
    /// has the number; without a holder it is not given again at all, since it could hit somebody else.
    ///
    /// The service itself takes the number from whoever has it when the order arrives.
    pub fn held_by(mut self, holder: &ObjectId) -> Self {
        self.goal = Goal::TakenFrom(holder.clone());
        self
    }

    /// Also reads the number afterwards, until it is free; default: the operation's word is enough.
    pub fn confirm(mut self, confirm: bool) -> Self {
        self.confirm = confirm;
        self
    }

    /// How often and how long to look for the outcome; default: waits of 1 s growing to 10 s, 5 minutes
    /// in all.
    pub fn poll_policy(mut self, poll: PollPolicy) -> Self {
        self.poll = poll;
        self
    }

    /// Gives the order and answers at once with what it can be followed by.
    ///
    /// # Errors
    /// As awaiting the request, but for its outcome.
    pub async fn start(&self) -> Result<Operation> {
        let body = types::UnassignNumberRequest {
            telephone_number: Some(self.number.to_string()),
            number_type: Some(self.number_type.clone()),
        };
        let order = Order {
            client: self.client.clone(),
            number: self.number.clone(),
            goal: self.goal.clone(),
            body: Body::Unassign(body),
            options: self.options.clone(),
        };
        let operation = order.start().await?;
        Ok(operation
            .poll_policy(self.poll)
            .options(self.options.clone()))
    }

    async fn send(self) -> Result<OperationReport> {
        let report = finish(&self.start().await?, "number_unassign").await?;
        if self.confirm {
            let numbers = Numbers::new(self.client.clone());
            numbers
                .confirm(&self.number, &self.goal, self.poll, &self.options)
                .await?;
        }
        Ok(report)
    }
}

/// Waits for the outcome and takes nothing but success.
async fn finish(operation: &Operation, name: &'static str) -> Result<OperationReport> {
    let named = |error: Error| error.with_operation(name);
    operation.wait().await?.into_result().map_err(named)
}
