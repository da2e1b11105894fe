//! Owns the resource accounts of Teams: which there are, and which Communication Services resource each is
//! bound to.
//!
//! Microsoft Graph can read them, in its beta version only. It can neither create one nor bind it: that is
//! done with `New-CsOnlineApplicationInstance` and `Set-CsOnlineApplicationInstance -AcsResourceId` of Teams
//! PowerShell.

mod list;

use graph_teams_rest::beta::{self, types};
use teams_phone_core::{RequestOptions, Result};

use crate::request::request;
use crate::{ClientId, GraphClient, ImmutableResourceId, ObjectId, PhoneNumber};

pub use list::ListResourceAccounts;

/// The calls about resource accounts; got from [`GraphClient::resource_accounts`].
#[derive(Clone, Debug)]
pub struct ResourceAccounts {
    client: GraphClient,
}

/// A resource account, as Teams has it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ResourceAccount {
    /// The object id in the directory.
    pub id: ObjectId,
    /// The name it would sign in with.
    pub user_principal_name: Option<String>,
    /// The name that people see.
    pub display_name: Option<String>,
    /// The application that it stands for.
    pub app_id: Option<ClientId>,
    /// The number that is assigned to it.
    pub phone_number: Option<PhoneNumber>,
    /// The Communication Services resource that takes its calls, by its immutable resource id.
    pub acs_resource_id: Option<ImmutableResourceId>,
}

impl ResourceAccounts {
    pub(crate) fn new(client: GraphClient) -> Self {
        Self { client }
    }

    /// Lists resource accounts.
    ///
    /// - [`ListResourceAccounts::app_id`]: only those of an application.
    /// - [`ListResourceAccounts::acs_resource_id`]: only those bound to a resource.
    ///
    /// # Errors
    /// [`Error::is_permission`](crate::Error::is_permission): the token lacks `TeamsResourceAccount.Read.All`,
    /// or the signed-in user has no Teams administrator role.
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
    ///
    /// let accounts: Vec<_> = graph.resource_accounts().list().stream().try_collect().await?;
    /// for account in &accounts {
    ///     println!("{} is bound to {:?}", account.id, account.acs_resource_id);
    /// }
    /// # assert!(accounts[0].acs_resource_id.is_some());
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `admin.teams.ListResourceAccounts`, specs/graph-teams/beta.
    pub fn list(&self) -> ListResourceAccounts {
        ListResourceAccounts::new(self.client.clone())
    }

    /// Reads a resource account.
    ///
    /// # Errors
    /// [`Error::is_not_found`](crate::Error::is_not_found): the id is no resource account's; one that was
    /// created lately may take a minute to appear. Otherwise as [`ResourceAccounts::list`].
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
    /// let nobody = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111".parse()?;
    /// let error = graph.resource_accounts().get(&nobody).await.unwrap_err();
    /// assert!(error.is_not_found());
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `admin.teams.GetResourceAccounts`, specs/graph-teams/beta.
    #[must_use = "a request does nothing until it is awaited"]
    pub fn get(&self, id: &ObjectId) -> GetResourceAccount {
        GetResourceAccount {
            client: self.client.clone(),
            id: id.clone(),
            options: RequestOptions::default(),
        }
    }
}

/// A request to read a resource account; await it to send it.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct GetResourceAccount {
    client: GraphClient,
    id: ObjectId,
    options: RequestOptions,
}

request!(GetResourceAccount => ResourceAccount);

impl GetResourceAccount {
    async fn send(self) -> Result<ResourceAccount> {
        let call = self.client.call(
            "resource_account_get",
            self.options,
            |inner| inner,
            async |inner| {
                beta::client(inner)
                    .resource_account_get(self.id.as_str())
                    .await
            },
        );
        Ok(call.await?.value.into())
    }
}

impl From<types::ResourceAccount> for ResourceAccount {
    fn from(answer: types::ResourceAccount) -> Self {
        let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
        Self {
            id: ObjectId::from_service(answer.id),
            user_principal_name: filled(answer.user_principal_name),
            display_name: filled(answer.display_name),
            app_id: filled(answer.app_id).map(ClientId::from_service),
            phone_number: filled(answer.phone_number)
                .map(|number| PhoneNumber::from_service(&number)),
            acs_resource_id: filled(answer.acs_resource_id).map(ImmutableResourceId::from_service),
        }
    }
}
