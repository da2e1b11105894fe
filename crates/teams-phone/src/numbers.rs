//! Owns the telephone numbers of a tenant: which there are, whom they belong to, and how that changes.
//!
//! Assigning and unassigning are orders: the service takes them with 202 and carries them out later. Here
//! awaiting such a request waits for the outcome, number by number; its `start` gives the order and answers
//! with an [`Operation`] that can be waited for later, in another process too.

mod assign;
mod assignment;
mod ensure;
mod filter;
mod get;
mod list;
mod move_to;
mod operation;
mod order;
mod preflight;
mod report;
mod update;

#[cfg(doc)]
use teams_phone_core::{Error, ErrorKind};

use crate::users::UserRef;
use crate::{GraphClient, NumberId, ObjectId, PhoneNumber};

pub use assign::{AssignNumber, UnassignNumber};
pub use assignment::{Holding, NumberAssignment};
pub use ensure::{EnsureAssigned, EnsuredNumber};
pub use filter::NumberFilter;
pub(crate) use filter::quoted;
pub use get::GetNumber;
pub use graph_teams_rest::enums::{
    ActivationState, AssignmentCategory, AssignmentStatus, CustomerAction,
    LongRunningOperationStatus as OperationStatus, NumberCapability, NumberSource, NumberType,
    PortInStatus, ReverseNumberLookupOption,
};
pub use list::ListNumbers;
pub use move_to::{MoveNumber, MovedNumber};
pub use operation::Operation;
pub use preflight::{Check, CheckNumber, Finding, Preflight, TargetKind, Verdict};
pub use report::{NumberResult, OperationId, OperationReport, Outcome};
pub use update::{Setting, UpdateNumber};

/// The calls about numbers; got from [`GraphClient::numbers`].
#[derive(Clone, Debug)]
pub struct Numbers {
    client: GraphClient,
}

impl Numbers {
    pub(crate) fn new(client: GraphClient) -> Self {
        Self { client }
    }

    /// Lists numbers.
    ///
    /// - [`ListNumbers::filter`]: what they have to be like; default: all.
    /// - [`ListNumbers::page_size`]: 1 to 1000 numbers a page; default 500.
    ///
    /// # Errors
    /// [`Error::is_permission`]: the token lacks `TeamsTelephoneNumber.Read.All`.
    ///
    /// # Idempotency
    /// Safe to repeat; retried on timeout.
    ///
    /// # Example
    /// ```
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # use teams_phone::{BearerToken, Credential, GraphClient, StaticToken};
    /// # let emulator = teams_phone_emulator::Emulator::builder().graph_demo_tenant().start().await?;
    /// # let token = BearerToken::new(emulator.graph().app_token(), std::time::SystemTime::now());
    /// # let graph = GraphClient::builder().endpoint(emulator.url().parse()?)
    /// #     .credential(Credential::token(StaticToken::new(token))).build()?;
    /// use futures::TryStreamExt as _;
    /// use teams_phone::numbers::{AssignmentStatus, NumberFilter};
    ///
    /// let free = NumberFilter::new().status(AssignmentStatus::Unassigned);
    /// let numbers: Vec<_> = graph.numbers().list().filter(free).stream().try_collect().await?;
    /// for number in &numbers {
    ///     println!("{} ({})", number.telephone_number, number.number_type);
    /// }
    /// # assert!(!numbers.is_empty());
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `admin.teams.telephoneNumberManagement.ListNumberAssignments`, specs/graph-teams/v1.0.
    pub fn list(&self) -> ListNumbers {
        ListNumbers::new(self.client.clone())
    }

    /// Reads a number.
    ///
    /// It is looked up in the list, with a filter for the number.
    ///
    /// # Errors
    /// [`Error::is_not_found`]: the tenant has no such number. [`Error::is_permission`]: the token lacks
    /// `TeamsTelephoneNumber.Read.All`.
    ///
    /// # Idempotency
    /// Safe to repeat; retried on timeout.
    ///
    /// # Example
    /// ```
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # use teams_phone::{BearerToken, Credential, GraphClient, StaticToken};
    /// # let emulator = teams_phone_emulator::Emulator::builder().graph_demo_tenant().start().await?;
    /// # let token = BearerToken::new(emulator.graph().app_token(), std::time::SystemTime::now());
    /// # let graph = GraphClient::builder().endpoint(emulator.url().parse()?)
    /// #     .credential(Credential::token(StaticToken::new(token))).build()?;
    /// use teams_phone::numbers::Holding;
    ///
    /// let number = graph.numbers().get(&"+12065550100".parse()?).await?;
    /// assert_eq!(number.holding(), Holding::Free);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `admin.teams.telephoneNumberManagement.ListNumberAssignments`, specs/graph-teams/v1.0.
    #[must_use = "a request does nothing until it is awaited"]
    pub fn get(&self, number: &PhoneNumber) -> GetNumber {
        GetNumber::by_number(self.client.clone(), number)
    }

    /// Reads a number by the id of its assignment, as an operation's results name it.
    ///
    /// # Errors
    /// [`Error::is_not_found`]: there is no such id. [`Error::is_permission`]: the token lacks
    /// `TeamsTelephoneNumber.Read.All`.
    ///
    /// # Idempotency
    /// Safe to repeat; retried on timeout.
    ///
    /// # Example
    /// ```
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # use teams_phone::{BearerToken, Credential, GraphClient, StaticToken};
    /// # let emulator = teams_phone_emulator::Emulator::builder().graph_demo_tenant().start().await?;
    /// # let token = BearerToken::new(emulator.graph().app_token(), std::time::SystemTime::now());
    /// # let graph = GraphClient::builder().endpoint(emulator.url().parse()?)
    /// #     .credential(Credential::token(StaticToken::new(token))).build()?;
    /// let number = graph.numbers().get(&"+12065550100".parse()?).await?;
    /// let again = graph.numbers().get_by_id(&number.id).await?;
    /// assert_eq!(again, number);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `admin.teams.telephoneNumberManagement.GetNumberAssignments`, specs/graph-teams/v1.0.
    #[must_use = "a request does nothing until it is awaited"]
    pub fn get_by_id(&self, id: &NumberId) -> GetNumber {
        GetNumber::by_id(self.client.clone(), id)
    }

    /// Assigns a number to a user or resource account, and waits for the outcome.
    ///
    /// - `target`: an object id. For a name use [`Numbers::ensure_assigned`], which also checks beforehand what
    ///   would make the order fail.
    /// - `number_type`: who provides the number, as [`Numbers::get`] shows.
    /// - [`AssignNumber::start`]: gives the order without waiting.
    /// - [`AssignNumber::confirm`]: reads the number afterwards.
    ///
    /// # Errors
    /// - [`Error::is_permission`]: the token lacks `TeamsTelephoneNumber.ReadWrite.All`.
    /// - [`ErrorKind::Operation`]: the service took the order and did not carry it out; the details have each
    ///   number's state and the service's words.
    /// - [`ErrorKind::Timeout`]: it was not over in time; [`Error::target`] is the id to go on with.
    ///
    /// # Idempotency
    /// Not repeated after a lost answer before a read of the number shows that the order did not go through.
    ///
    /// # Example
    /// ```
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # use teams_phone::{BearerToken, Credential, GraphClient, StaticToken};
    /// # let emulator = teams_phone_emulator::Emulator::builder().graph_demo_tenant().start().await?;
    /// # let token = BearerToken::new(emulator.graph().app_token(), std::time::SystemTime::now());
    /// # let graph = GraphClient::builder().endpoint(emulator.url().parse()?)
    /// #     .credential(Credential::token(StaticToken::new(token))).build()?;
    /// use teams_phone::numbers::NumberType;
    ///
    /// let account = graph.users().resolve("ivr@teams-phone-emulator.invalid").await?;
    /// let number = "+12065550100".parse()?;
    /// let report = graph.numbers().assign(&number, &account, NumberType::CallingPlan).await?;
    /// for result in &report.numbers {
    ///     println!("{:?}: {}", result.telephone_number, result.status);
    /// }
    /// # assert_eq!(report.numbers.len(), 1);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `admin.teams.telephoneNumberManagement.numberAssignments.assignNumber` and
    /// `admin.teams.telephoneNumberManagement.GetOperations`, specs/graph-teams/v1.0.
    #[must_use = "a request does nothing until it is awaited"]
    pub fn assign(
        &self,
        number: &PhoneNumber,
        target: &ObjectId,
        number_type: NumberType,
    ) -> AssignNumber {
        AssignNumber::new(self.client.clone(), number, target, number_type)
    }

    /// Takes a number away from whoever has it, and waits for the outcome.
    ///
    /// - [`UnassignNumber::start`]: gives the order without waiting.
    /// - [`UnassignNumber::confirm`]: reads the number afterwards.
    ///
    /// # Errors
    /// As [`Numbers::assign`].
    ///
    /// # Idempotency
    /// Not repeated after a lost answer before a read of the number shows that the order did not go through.
    ///
    /// # Example
    /// ```
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # use teams_phone::{BearerToken, Credential, GraphClient, StaticToken};
    /// # let emulator = teams_phone_emulator::Emulator::builder().graph_demo_tenant().start().await?;
    /// # let token = BearerToken::new(emulator.graph().app_token(), std::time::SystemTime::now());
    /// # let graph = GraphClient::builder().endpoint(emulator.url().parse()?)
    /// #     .credential(Credential::token(StaticToken::new(token))).build()?;
    /// use teams_phone::numbers::{Holding, NumberType};
    ///
    /// # let account = graph.users().resolve("ivr@teams-phone-emulator.invalid").await?;
    /// let number = "+12065550100".parse()?;
    /// # graph.numbers().assign(&number, &account, NumberType::CallingPlan).await?;
    /// graph.numbers().unassign(&number, NumberType::CallingPlan).confirm(true).await?;
    /// assert_eq!(graph.numbers().get(&number).await?.holding(), Holding::Free);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `admin.teams.telephoneNumberManagement.numberAssignments.unassignNumber` and
    /// `admin.teams.telephoneNumberManagement.GetOperations`, specs/graph-teams/v1.0.
    #[must_use = "a request does nothing until it is awaited"]
    pub fn unassign(&self, number: &PhoneNumber, number_type: NumberType) -> UnassignNumber {
        UnassignNumber::new(self.client.clone(), number, number_type)
    }

    /// Changes the settings of a number; done when it answers.
    ///
    /// - [`UpdateNumber::location_id`], [`UpdateNumber::network_site_id`]: a value, an empty text to remove it, or
    ///   a [`Setting`] to say anything in between.
    /// - [`UpdateNumber::reverse_number_lookup_options`]: an empty list removes all.
    ///
    /// The assignment category cannot be changed: unassign the number and assign it anew.
    ///
    /// # Errors
    /// - [`Error::is_permission`]: the token lacks `TeamsTelephoneNumber.ReadWrite.All`.
    /// - [`ErrorKind::Config`]: nothing was set; nothing was sent.
    ///
    /// # Idempotency
    /// Safe to repeat; retried on timeout.
    ///
    /// # Example
    /// ```
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # use teams_phone::{BearerToken, Credential, GraphClient, StaticToken};
    /// # let emulator = teams_phone_emulator::Emulator::builder().graph_demo_tenant().start().await?;
    /// # let token = BearerToken::new(emulator.graph().app_token(), std::time::SystemTime::now());
    /// # let graph = GraphClient::builder().endpoint(emulator.url().parse()?)
    /// #     .credential(Credential::token(StaticToken::new(token))).build()?;
    /// let number = "+12065550100".parse()?;
    /// let location = "0c0d5a3e-9a53-4c8b-8f0a-3a1f5b1c2d3e";
    /// graph.numbers().update(&number).location_id(location).await?;
    /// assert_eq!(graph.numbers().get(&number).await?.location_id.as_deref(), Some(location));
    ///
    /// graph.numbers().update(&number).location_id("").await?;
    /// assert_eq!(graph.numbers().get(&number).await?.location_id, None);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `admin.teams.telephoneNumberManagement.numberAssignments.updateNumber`, specs/graph-teams/v1.0.
    #[must_use = "a request does nothing until it is awaited"]
    pub fn update(&self, number: &PhoneNumber) -> UpdateNumber {
        UpdateNumber::new(self.client.clone(), number)
    }

    /// An order that was given before, perhaps by another process.
    ///
    /// Sends nothing by itself: [`Operation::poll`] looks once, [`Operation::wait`] until it is over.
    ///
    /// # Errors
    /// See [`Operation::poll`] and [`Operation::wait`].
    ///
    /// # Idempotency
    /// Looking is safe to repeat; retried on timeout.
    ///
    /// # Example
    /// ```
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # use teams_phone::{BearerToken, Credential, GraphClient, StaticToken};
    /// # let emulator = teams_phone_emulator::Emulator::builder().graph_demo_tenant().start().await?;
    /// # let token = BearerToken::new(emulator.graph().app_token(), std::time::SystemTime::now());
    /// # let graph = GraphClient::builder().endpoint(emulator.url().parse()?)
    /// #     .credential(Credential::token(StaticToken::new(token))).build()?;
    /// use teams_phone::numbers::{NumberType, OperationId, Outcome};
    ///
    /// # let account = graph.users().resolve("ivr@teams-phone-emulator.invalid").await?;
    /// let number = "+12065550100".parse()?;
    /// let started = graph.numbers().assign(&number, &account, NumberType::CallingPlan).start().await?;
    /// let printed = started.to_string();
    ///
    /// let id: OperationId = printed.parse()?;
    /// let report = graph.numbers().operation(&id).wait().await?;
    /// assert_eq!(report.outcome(), Outcome::Succeeded);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `admin.teams.telephoneNumberManagement.GetOperations`, specs/graph-teams/v1.0.
    #[must_use]
    pub fn operation(&self, id: &OperationId) -> Operation {
        Operation::resumed(self.client.clone(), id.clone())
    }

    /// Makes a number be assigned to a user or resource account, whatever it takes short of taking it from
    /// somebody else.
    ///
    /// What is right already stays untouched. Otherwise everything that can be checked beforehand is
    /// checked, the number is assigned, and read until it shows its new holder.
    ///
    /// - `target`: an object id, or a user principal name, which is looked up.
    /// - [`EnsureAssigned::skip`]: leaves out a check.
    ///
    /// # Errors
    /// - [`Error::is_conflict`]: somebody else has the number; the message names who.
    /// - [`Error::is_not_found`]: the tenant has no such number or account.
    /// - [`ErrorKind::Operation`]: a check failed, which the message names, or the order did.
    ///
    /// Otherwise as [`Numbers::assign`].
    ///
    /// # Idempotency
    /// Safe to repeat: the second run changes nothing.
    ///
    /// # Example
    /// ```
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # use teams_phone::{BearerToken, Credential, GraphClient, StaticToken};
    /// # let emulator = teams_phone_emulator::Emulator::builder().graph_demo_tenant().start().await?;
    /// # let token = BearerToken::new(emulator.graph().app_token(), std::time::SystemTime::now());
    /// # let graph = GraphClient::builder().endpoint(emulator.url().parse()?)
    /// #     .credential(Credential::token(StaticToken::new(token))).build()?;
    /// let number = "+12065550100".parse()?;
    /// let ensured = graph.numbers().ensure_assigned(&number, "ivr@teams-phone-emulator.invalid").await?;
    /// assert!(ensured.changed);
    /// let again = graph.numbers().ensure_assigned(&number, "ivr@teams-phone-emulator.invalid").await?;
    /// assert!(!again.changed);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `admin.teams.telephoneNumberManagement.numberAssignments.assignNumber` and the reads that
    /// [`Numbers::preflight`] names, specs/graph-teams/v1.0 and beta.
    #[must_use = "a request does nothing until it is awaited"]
    pub fn ensure_assigned(
        &self,
        number: &PhoneNumber,
        target: impl Into<UserRef>,
    ) -> EnsureAssigned {
        EnsureAssigned::new(self.client.clone(), number, target.into())
    }

    /// Moves a number to a user or resource account: takes it from whoever has it, waits, assigns it, waits.
    ///
    /// The new holder is checked before the number is taken from the old one.
    ///
    /// # Errors
    /// As [`Numbers::ensure_assigned`]. If the number was taken from its old holder and could not be given to
    /// the new one, the message says so and names the old one.
    ///
    /// # Idempotency
    /// Safe to repeat: it goes on where it stopped.
    ///
    /// # Example
    /// ```
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # use teams_phone::{BearerToken, Credential, GraphClient, StaticToken};
    /// # let emulator = teams_phone_emulator::Emulator::builder().graph_demo_tenant().start().await?;
    /// # let token = BearerToken::new(emulator.graph().app_token(), std::time::SystemTime::now());
    /// # let graph = GraphClient::builder().endpoint(emulator.url().parse()?)
    /// #     .credential(Credential::token(StaticToken::new(token))).build()?;
    /// # let account = graph.users().resolve("ivr@teams-phone-emulator.invalid").await?;
    /// let number = "+12065550100".parse()?;
    /// let moved = graph.numbers().move_to(&number, &account).await?;
    /// assert_eq!(moved.from, None);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `admin.teams.telephoneNumberManagement.numberAssignments.unassignNumber` and
    /// `admin.teams.telephoneNumberManagement.numberAssignments.assignNumber`, specs/graph-teams/v1.0.
    #[must_use = "a request does nothing until it is awaited"]
    pub fn move_to(&self, number: &PhoneNumber, target: impl Into<UserRef>) -> MoveNumber {
        MoveNumber::new(self.client.clone(), number, target.into())
    }

    /// Checks what would make the assignment of a number fail, and changes nothing.
    ///
    /// Number: exists, free, fit for the kind of target. Target: exists, licence, usage location. What the
    /// token may not read counts as not checked.
    ///
    /// # Errors
    /// [`Error::is_permission`]: the token may not even read numbers. What does not exist is a finding, not
    /// an error.
    ///
    /// # Idempotency
    /// Safe to repeat; retried on timeout.
    ///
    /// # Example
    /// ```
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # use teams_phone::{BearerToken, Credential, GraphClient, StaticToken};
    /// # let emulator = teams_phone_emulator::Emulator::builder().graph_demo_tenant().start().await?;
    /// # let token = BearerToken::new(emulator.graph().app_token(), std::time::SystemTime::now());
    /// # let graph = GraphClient::builder().endpoint(emulator.url().parse()?)
    /// #     .credential(Credential::token(StaticToken::new(token))).build()?;
    /// let number = "+12065550100".parse()?;
    /// let preflight = graph.numbers().preflight(&number, "ivr@teams-phone-emulator.invalid").await?;
    /// for finding in &preflight.findings {
    ///     println!("{:?}: {:?} {}", finding.check, finding.verdict, finding.message);
    /// }
    /// assert!(preflight.is_ready());
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `admin.teams.telephoneNumberManagement.ListNumberAssignments`, `user.GetUser` and
    /// `users.ListLicenseDetails`, specs/graph-teams/v1.0; `admin.teams.GetResourceAccounts`,
    /// specs/graph-teams/beta.
    #[must_use = "a request does nothing until it is awaited"]
    pub fn preflight(&self, number: &PhoneNumber, target: impl Into<UserRef>) -> CheckNumber {
        CheckNumber::new(self.client.clone(), number, target.into())
    }
}
