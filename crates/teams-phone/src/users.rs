//! Owns users and resource accounts as the directory has them: what an assignment of a number depends on.

mod configurations;
mod licenses;
mod reference;

use graph_teams_rest::v1_0::{self, types};
use teams_phone_core::{Error, ErrorKind, RequestOptions, Result};

use crate::request::request;
use crate::{GraphClient, ObjectId};

pub use configurations::{
    EffectivePolicy, GetUserConfiguration, ListUserConfigurations, UserConfiguration, UserNumber,
};
pub use graph_teams_rest::enums::{AccountType, AssignmentType};
pub use licenses::{
    AssignLicense, AssignedLicense, LicenseDetails, ListLicenseDetails, ListSubscribedSkus,
    ServicePlan, SubscribedSku,
};
pub use reference::UserRef;

/// The properties that are asked for; without naming them the directory leaves most out.
const SELECT: &str =
    "id,userPrincipalName,displayName,accountEnabled,usageLocation,department,assignedLicenses";

/// The calls about users; got from [`GraphClient::users`].
#[derive(Clone, Debug)]
pub struct Users {
    client: GraphClient,
}

/// A user or resource account in the directory.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct User {
    /// The object id.
    pub id: ObjectId,
    /// The name to sign in with.
    pub user_principal_name: Option<String>,
    /// The name that people see.
    pub display_name: Option<String>,
    /// Whether the account can sign in; resource accounts cannot.
    pub account_enabled: Option<bool>,
    /// The country in which services are used, as two letters of ISO 3166-1; licences depend on it.
    pub usage_location: Option<String>,
    /// The department; by convention resource accounts have one of their own.
    pub department: Option<String>,
    /// The products that the account has licences of, by id.
    pub assigned_licenses: Vec<String>,
}

impl Users {
    pub(crate) fn new(client: GraphClient) -> Self {
        Self { client }
    }

    /// Reads a user or resource account, by object id or user principal name.
    ///
    /// # Errors
    /// [`Error::is_not_found`]: the directory has no such account; one that was created lately may take a
    /// minute to appear. [`Error::is_permission`]: the token lacks `User.Read.All`.
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
    /// let user = graph.users().get("ivr@teams-phone-emulator.invalid").await?;
    /// assert_eq!(user.usage_location.as_deref(), Some("US"));
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `user.GetUser`, specs/graph-teams/v1.0.
    #[must_use = "a request does nothing until it is awaited"]
    pub fn get(&self, user: impl Into<UserRef>) -> GetUser {
        GetUser {
            client: self.client.clone(),
            user: user.into(),
            options: RequestOptions::default(),
        }
    }

    /// Finds the object id of a user or resource account; nothing is sent for one that is known by it.
    ///
    /// # Errors
    /// As [`Users::get`].
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
    /// let id = graph.users().resolve("ivr@teams-phone-emulator.invalid").await?;
    /// assert_eq!(graph.users().resolve(&id).await?, id);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `user.GetUser`, specs/graph-teams/v1.0.
    #[must_use = "a request does nothing until it is awaited"]
    pub fn resolve(&self, user: impl Into<UserRef>) -> ResolveUser {
        ResolveUser {
            get: self.get(user),
            options: RequestOptions::default(),
        }
    }

    /// Sets the country in which an account uses services; licences need one.
    ///
    /// - `country`: two letters of ISO 3166-1, such as `US`.
    ///
    /// # Errors
    /// [`Error::is_permission`]: the token lacks `User.ReadWrite.All`. [`ErrorKind::Config`]: the country is not
    /// two letters; nothing was sent.
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
    /// graph.users().set_usage_location("ivr@teams-phone-emulator.invalid", "DE").await?;
    /// let user = graph.users().get("ivr@teams-phone-emulator.invalid").await?;
    /// assert_eq!(user.usage_location.as_deref(), Some("DE"));
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `user.UpdateUser`, specs/graph-teams/v1.0.
    #[must_use = "a request does nothing until it is awaited"]
    pub fn set_usage_location(
        &self,
        user: impl Into<UserRef>,
        country: impl Into<String>,
    ) -> SetUsageLocation {
        SetUsageLocation {
            client: self.client.clone(),
            user: user.into(),
            country: country.into(),
            options: RequestOptions::default(),
        }
    }

    /// Lists the products that the tenant has, with the licences that are free.
    ///
    /// # Errors
    /// [`Error::is_permission`]: the token lacks `LicenseAssignment.Read.All`.
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
    /// for sku in graph.users().subscribed_skus().await? {
    ///     println!("{}: {} free", sku.sku_part_number, sku.available_units());
    /// }
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `subscribedSkus.subscribedSku.ListSubscribedSku`, specs/graph-teams/v1.0.
    #[must_use = "a request does nothing until it is awaited"]
    pub fn subscribed_skus(&self) -> ListSubscribedSkus {
        ListSubscribedSkus {
            client: self.client.clone(),
            options: RequestOptions::default(),
        }
    }

    /// Lists the licences of an account, with the services in them.
    ///
    /// # Errors
    /// As [`Users::get`].
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
    /// let licenses = graph.users().license_details("ivr@teams-phone-emulator.invalid").await?;
    /// assert_eq!(licenses[0].sku_part_number, "PHONESYSTEM_VIRTUALUSER");
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `users.ListLicenseDetails`, specs/graph-teams/v1.0.
    #[must_use = "a request does nothing until it is awaited"]
    pub fn license_details(&self, user: impl Into<UserRef>) -> ListLicenseDetails {
        ListLicenseDetails {
            client: self.client.clone(),
            user: user.into(),
            options: RequestOptions::default(),
        }
    }

    /// Gives an account a licence, and tries again while the directory does not know a new account yet.
    ///
    /// - `sku`: the product's part number, such as `PHONESYSTEM_VIRTUALUSER`, or its id.
    /// - [`AssignLicense::within`]: how long to try; default 60 s for an account that can be read.
    ///
    /// # Errors
    /// - [`Error::is_not_found`]: the tenant has no such product, or no such account after all.
    /// - [`Error::is_conflict`]: the account has no usage location, or no licence is free.
    /// - [`Error::is_permission`]: the token lacks `LicenseAssignment.ReadWrite.All`, or `User.Read.All`.
    ///
    /// # Idempotency
    /// Safe to repeat: an account that has the licence is left as it is.
    ///
    /// # Example
    /// ```
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # use teams_phone::{BearerToken, Credential, GraphClient, StaticToken};
    /// # let emulator = teams_phone_emulator::Emulator::builder().graph_demo_tenant().start().await?;
    /// # let token = BearerToken::new(emulator.graph().app_token(), std::time::SystemTime::now());
    /// # let graph = GraphClient::builder().endpoint(emulator.url().parse()?)
    /// #     .credential(Credential::token(StaticToken::new(token))).build()?;
    /// let user = graph.users().assign_license("ivr@teams-phone-emulator.invalid", "PHONESYSTEM_VIRTUALUSER").await?;
    /// assert!(!user.changed);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `users.user.assignLicense`, specs/graph-teams/v1.0.
    #[must_use = "a request does nothing until it is awaited"]
    pub fn assign_license(&self, user: impl Into<UserRef>, sku: &str) -> AssignLicense {
        AssignLicense::new(self.client.clone(), user.into(), sku)
    }

    /// Reads the Teams settings of a user: numbers, policies, entitlements.
    ///
    /// Resource accounts have none here, whatever the documentation says; see
    /// [`GraphClient::resource_accounts`].
    ///
    /// # Errors
    /// [`Error::is_not_found`]: Teams has no such user. [`Error::is_permission`]: the token lacks
    /// `TeamsUserConfiguration.Read.All`.
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
    /// let alice = graph.users().resolve("alex@teams-phone-emulator.invalid").await?;
    /// let settings = graph.users().configuration(&alice).await?;
    /// println!("{:?}", settings.telephone_numbers);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `admin.teams.GetUserConfigurations`, specs/graph-teams/v1.0.
    #[must_use = "a request does nothing until it is awaited"]
    pub fn configuration(&self, user: impl Into<UserRef>) -> GetUserConfiguration {
        GetUserConfiguration {
            client: self.client.clone(),
            user: user.into(),
            options: RequestOptions::default(),
        }
    }

    /// Lists the Teams settings of all users.
    ///
    /// # Errors
    /// [`Error::is_permission`]: the token lacks `TeamsUserConfiguration.Read.All`.
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
    /// let users: Vec<_> = graph.users().configurations().stream().try_collect().await?;
    /// assert_eq!(users.len(), 1);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `admin.teams.ListUserConfigurations`, specs/graph-teams/v1.0.
    pub fn configurations(&self) -> ListUserConfigurations {
        ListUserConfigurations {
            client: self.client.clone(),
            filter: None,
            page_size: None,
            options: RequestOptions::default(),
        }
    }
}

/// A request to read a user; await it to send it.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct GetUser {
    client: GraphClient,
    user: UserRef,
    options: RequestOptions,
}

request!(GetUser => User);

impl GetUser {
    async fn send(self) -> Result<User> {
        let user = self.user.segment()?;
        let call = self.client.call(
            "user_get",
            self.options,
            |inner| inner,
            async |inner| v1_0::client(inner).user_get(user, None, Some(SELECT)).await,
        );
        call.await?.value.try_into()
    }
}

/// A request for the object id of a user; await it to send it.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct ResolveUser {
    get: GetUser,
    options: RequestOptions,
}

request!(ResolveUser => ObjectId);

impl ResolveUser {
    async fn send(self) -> Result<ObjectId> {
        match &self.get.user {
            UserRef::Id(id) => Ok(id.clone()),
            UserRef::PrincipalName(_) => Ok(self.get.options(self.options).await?.id),
        }
    }
}

/// A request to set the usage location of a user; await it to send it.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct SetUsageLocation {
    client: GraphClient,
    user: UserRef,
    country: String,
    options: RequestOptions,
}

request!(SetUsageLocation => ());

impl SetUsageLocation {
    async fn send(self) -> Result<()> {
        const OPERATION: &str = "user_update";
        let country = self.country.trim().to_ascii_uppercase();
        if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(Error::config(
                "a usage location is a country as two letters of ISO 3166-1, such as US or DE",
            )
            .with_operation(OPERATION));
        }
        let user = self.user.segment()?;
        let body = types::UserUpdate {
            usage_location: Some(Some(country)),
        };
        let call = self.client.call(
            OPERATION,
            self.options,
            |inner| inner,
            async |inner| v1_0::client(inner).user_update(user, &body).await,
        );
        call.await?;
        Ok(())
    }
}

impl TryFrom<types::User> for User {
    type Error = Error;

    fn try_from(answer: types::User) -> Result<Self> {
        let id = answer
            .id
            .ok_or_else(|| Error::new(ErrorKind::Decode, "the answer has no id"))?;
        let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
        let licenses = answer.assigned_licenses.unwrap_or_default().into_iter();
        Ok(Self {
            id: ObjectId::from_service(id),
            user_principal_name: filled(answer.user_principal_name),
            display_name: filled(answer.display_name),
            account_enabled: answer.account_enabled,
            usage_location: filled(answer.usage_location),
            department: filled(answer.department),
            assigned_licenses: licenses.filter_map(|license| license.sku_id).collect(),
        })
    }
}
