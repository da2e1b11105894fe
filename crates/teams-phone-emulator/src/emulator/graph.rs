//! Owns the view of the emulated Graph: tokens for it, what its tenant holds, what becomes of operations.
//! Refuses to know HTTP.

use std::fmt;

use serde_json::{Value, json};

use crate::graph::{
    operation::OperationPlan,
    options::GraphSettings,
    tenant::{GraphNumber, GraphUser, ResourceAccount, Sku, Tenant},
};

use super::{Entra, Parts};

const SCOPE: &str = "https://graph.microsoft.com/.default";

/// The Microsoft Graph of an emulator: its tenant, tokens for it without asking over HTTP, and plans for operations.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use teams_phone_emulator::{Emulator, OperationPlan};
///
/// let emulator = Emulator::builder().graph_demo_tenant().spawn()?;
/// let graph = emulator.graph();
/// graph.plan(OperationPlan::fail("the number is being ported"));
/// let token = graph.token_with(&["TeamsTelephoneNumber.Read.All"]);
/// println!("GET {}/admin/teams/telephoneNumberManagement/numberAssignments", graph.url());
/// # let _ = token;
/// assert_eq!(graph.number("+12065550100").map(|number| number.assignment_status().to_owned()),
///            Some("unassigned".to_owned()));
/// # Ok(()) }
/// ```
#[derive(Clone, Copy)]
pub struct Graph<'a> {
    parts: &'a Parts,
}

/// Why something cannot be in the tenant: the member that is wrong, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantError(String);

impl fmt::Display for TenantError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TenantError {}

impl fmt::Debug for Graph<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Graph")
            .field("url", &self.url())
            .finish_non_exhaustive()
    }
}

impl<'a> Graph<'a> {
    pub(super) fn of(parts: &'a Parts) -> Self {
        Self { parts }
    }

    /// The base URL of version 1.0: `<url>/v1.0`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/v1.0", self.parts.url)
    }

    /// The base URL of the beta version: `<url>/beta`.
    #[must_use]
    pub fn beta_url(&self) -> String {
        format!("{}/beta", self.parts.url)
    }

    /// A token of the standard application with every permission it has, as client credentials get it.
    #[must_use]
    pub fn app_token(&self) -> String {
        Entra::of(self.parts).app_token(SCOPE)
    }

    /// A token of the standard application with these permissions and no others.
    #[must_use]
    pub fn token_with(&self, permissions: &[&str]) -> String {
        let mut claims = Entra::of(self.parts).app_claims(SCOPE);
        claims["roles"] = json!(permissions);
        self.signed(&claims)
    }

    /// A token of the standard user with these permissions and no others.
    #[must_use]
    pub fn user_token_with(&self, permissions: &[&str]) -> String {
        let mut claims = Entra::of(self.parts).user_claims(SCOPE);
        claims["scp"] = permissions.join(" ").into();
        self.signed(&claims)
    }

    fn signed(&self, claims: &Value) -> String {
        Entra::of(self.parts).sign(claims)
    }

    /// Makes a resource account, as PowerShell does, and returns its object id. Others learn of it as the setting
    /// `propagation` says.
    ///
    /// # Errors
    /// [`TenantError`] names the member that is wrong.
    pub fn add_resource_account(&self, account: ResourceAccount) -> Result<String, TenantError> {
        let shared = &self.parts.shared;
        let delays = shared.settings.get().graph.propagation;
        let now = shared.clock.now();
        self.change(|tenant| tenant.create_account(account, delays, now))
            .map(|id| id.to_string())
    }

    /// Adds a user and returns the object id.
    ///
    /// # Errors
    /// [`TenantError`] names the member that is wrong.
    pub fn add_user(&self, user: GraphUser) -> Result<String, TenantError> {
        self.change(|tenant| tenant.create_user(user))
            .map(|id| id.to_string())
    }

    /// Adds a number to the inventory, or replaces it, and returns the id Graph gives it.
    ///
    /// # Errors
    /// [`TenantError`] names the member that is wrong.
    pub fn add_number(&self, number: GraphNumber) -> Result<String, TenantError> {
        self.change(|tenant| tenant.create_number(number))
    }

    /// Adds a licence and returns its id.
    ///
    /// # Errors
    /// [`TenantError`] names the member that is wrong.
    pub fn add_sku(&self, sku: Sku) -> Result<String, TenantError> {
        self.change(|tenant| tenant.create_sku(sku))
            .map(|id| id.to_string())
    }

    /// Adds what a tenant document (JSON, see the crate documentation) holds.
    ///
    /// # Errors
    /// [`TenantError`] names the member that is wrong; nothing was added.
    pub fn add_tenant(&self, document: &str) -> Result<(), TenantError> {
        let more = Tenant::parse_part(document.as_bytes()).map_err(TenantError)?;
        self.change(|tenant| tenant.add(more))
    }

    /// The tenant as a document.
    #[must_use]
    pub fn tenant(&self) -> String {
        let state = self.parts.shared.state.get();
        serde_json::to_string_pretty(&state.graph).unwrap_or_default()
    }

    /// A number of the inventory, with or without its plus sign.
    #[must_use]
    pub fn number(&self, text: &str) -> Option<GraphNumber> {
        self.parts.shared.state.get().graph.number(text).cloned()
    }

    /// All numbers of the inventory.
    #[must_use]
    pub fn numbers(&self) -> Vec<GraphNumber> {
        self.parts.shared.state.get().graph.numbers.clone()
    }

    /// The object id of a user or resource account, whether Graph shows it yet or not.
    #[must_use]
    pub fn object_id(&self, user_principal_name: &str) -> Option<String> {
        let state = self.parts.shared.state.get();
        state
            .graph
            .id_of(user_principal_name)
            .map(|id| id.to_string())
    }

    /// The usage location of a user or resource account.
    #[must_use]
    pub fn usage_location(&self, name: &str) -> Option<String> {
        let state = self.parts.shared.state.get();
        let (_, person) = state.graph.person(state.graph.id_of(name)?)?;
        person.usage_location.clone()
    }

    /// The ids of the licences that a user or resource account holds.
    #[must_use]
    pub fn licences(&self, name: &str) -> Vec<String> {
        let state = self.parts.shared.state.get();
        let id = state.graph.id_of(name);
        let person = id.and_then(|id| state.graph.person(id));
        person
            .map(|(_, person)| person.licences.clone())
            .unwrap_or_default()
    }

    /// The status of an operation, without counting as a read; `None` if there is none with this id.
    #[must_use]
    pub fn operation_status(&self, id: &str) -> Option<String> {
        let state = self.parts.shared.state.get();
        let mut operations = state.graph.operations.iter();
        let operation = operations.find(|operation| operation.id == id)?;
        Some(operation.status().to_owned())
    }

    /// The ids of all operations, oldest first.
    #[must_use]
    pub fn operations(&self) -> Vec<String> {
        let state = self.parts.shared.state.get();
        state
            .graph
            .operations
            .iter()
            .map(|operation| operation.id.clone())
            .collect()
    }

    /// What becomes of the next operation that has no plan yet; several are taken in the order given.
    pub fn plan(&self, plan: OperationPlan) {
        let _ = self.change(|tenant| {
            tenant.plans.push_back(plan);
            Ok(())
        });
    }

    /// Changes how Graph answers, from the next request on.
    pub fn configure(&self, change: impl FnOnce(&mut GraphSettings)) {
        change(&mut self.parts.shared.settings.get().graph);
    }

    fn change<T>(
        &self,
        change: impl FnOnce(&mut Tenant) -> Result<T, String>,
    ) -> Result<T, TenantError> {
        self.parts.shared.change_graph(change).map_err(TenantError)
    }
}
