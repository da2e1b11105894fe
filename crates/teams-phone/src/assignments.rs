//! Owns the assignments of Teams Phone extensibility: who of a Teams tenant may use the resource.
//!
//! An assignment is the consent that the owner of the resource gives. For a *resource account* it lets the
//! resource receive the calls to that account; for a *user* it lets the user sign in through the named
//! applications. It is identified by the Teams tenant and the object id of the user or resource account.

mod ensure;
mod revoke;

use acs_identity_rest::v2025_03_02_preview::types;
use teams_phone_core::{RequestOptions, Result};

use crate::request::request;
use crate::{Client, ClientId, ObjectId, PrincipalType, TenantId};

pub use ensure::{Change, EnsureAssignment, EnsureOutcome, Ensured};
pub use revoke::{RevokeAndVerify, RevokeAssignment, Revoked};

/// The calls about assignments; got from [`Client::assignments`].
#[derive(Clone, Debug)]
pub struct Assignments {
    client: Client,
}

/// Access of one user or resource account to the resource, as the service stores it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Assignment {
    /// The Teams tenant.
    pub tenant_id: TenantId,
    /// The user or resource account.
    pub object_id: ObjectId,
    /// Which of the two it is.
    pub principal_type: PrincipalType,
    /// The applications through which a user may sign in; empty for a resource account.
    pub client_ids: Vec<ClientId>,
}

/// What a grant did.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Granted {
    /// The assignment as the service stored it.
    pub assignment: Assignment,
    /// Whether it is new; `false` if one was replaced. After a retry it may be this call's own.
    pub created: bool,
}

impl Assignments {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Gives a user or resource account access, replacing the assignment that may be there.
    ///
    /// - [`GrantAssignment::client_ids`]: the applications a user signs in through; needed for users.
    ///
    /// A replaced assignment keeps nothing: client ids that are not given again are gone. Use
    /// [`Assignments::ensure`] to write only when something differs.
    ///
    /// # Errors
    /// - [`Error::is_permission`](crate::Error::is_permission): wrong key, missing role, or a subscription
    ///   that is not on the preview list (`SubscriptionNotAllowed`).
    /// - [`ErrorKind::Config`](crate::ErrorKind::Config): tenant and object id are the same GUID; nothing
    ///   was sent.
    ///
    /// # Idempotency
    /// Safe to repeat; retried on timeout.
    ///
    /// # Example
    /// ```
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = teams_phone_emulator::Emulator::builder().start().await?;
    /// # let client = teams_phone::Client::from_connection_string(&emulator.connection_string())?;
    /// use teams_phone::PrincipalType;
    ///
    /// let tenant = "87d349ed-44d7-43e1-9a83-5f2406dee5bd".parse()?;
    /// let user = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111".parse()?;
    /// let granted = client
    ///     .assignments()
    ///     .grant(&tenant, &user, PrincipalType::User)
    ///     .client_ids(["1bfa671a-dc6b-47f3-8940-45c0f1af0fa6".parse()?])
    ///     .await?;
    /// assert!(granted.created);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `TeamsExtensionAssignment_Upsert`, specs/acs-identity/2025-06-30.
    #[must_use = "a request does nothing until it is awaited"]
    pub fn grant(
        &self,
        tenant: &TenantId,
        object: &ObjectId,
        principal_type: PrincipalType,
    ) -> GrantAssignment {
        GrantAssignment {
            place: self.place(tenant, object),
            principal_type,
            client_ids: Vec::new(),
            options: RequestOptions::default(),
        }
    }

    /// Reads an assignment.
    ///
    /// # Errors
    /// [`Error::is_not_found`](crate::Error::is_not_found): there is none under this tenant and object id.
    ///
    /// # Idempotency
    /// Safe to repeat; retried on timeout.
    ///
    /// # Example
    /// ```
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = teams_phone_emulator::Emulator::builder().start().await?;
    /// # let client = teams_phone::Client::from_connection_string(&emulator.connection_string())?;
    /// let tenant = "87d349ed-44d7-43e1-9a83-5f2406dee5bd".parse()?;
    /// let account = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111".parse()?;
    /// let error = client.assignments().get(&tenant, &account).await.unwrap_err();
    /// assert!(error.is_not_found());
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `TeamsExtensionAssignment_Get`, specs/acs-identity/2025-06-30.
    #[must_use = "a request does nothing until it is awaited"]
    pub fn get(&self, tenant: &TenantId, object: &ObjectId) -> GetAssignment {
        GetAssignment {
            place: self.place(tenant, object),
            options: RequestOptions::default(),
        }
    }

    /// Takes the access away.
    ///
    /// The service answers the same whether or not there was an assignment; to be sure that it is gone
    /// use [`Assignments::revoke_and_verify`].
    ///
    /// # Errors
    /// [`Error::is_permission`](crate::Error::is_permission): wrong key or missing role.
    ///
    /// # Idempotency
    /// Safe to repeat; retried on timeout.
    ///
    /// # Example
    /// ```
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = teams_phone_emulator::Emulator::builder().start().await?;
    /// # let client = teams_phone::Client::from_connection_string(&emulator.connection_string())?;
    /// let tenant = "87d349ed-44d7-43e1-9a83-5f2406dee5bd".parse()?;
    /// let account = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111".parse()?;
    /// client.assignments().revoke(&tenant, &account).await?;
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `TeamsExtensionAssignment_Delete`, specs/acs-identity/2025-06-30.
    #[must_use = "a request does nothing until it is awaited"]
    pub fn revoke(&self, tenant: &TenantId, object: &ObjectId) -> RevokeAssignment {
        RevokeAssignment {
            place: self.place(tenant, object),
            options: RequestOptions::default(),
        }
    }

    /// Takes the access away and reads until the service says that it is gone (404).
    ///
    /// - [`RevokeAndVerify::within`]: how long to keep reading; default 60 s. The first read follows at
    ///   once, then with waits of 0.5 s, 1 s, 2 s and so on up to 10 s.
    ///
    /// # Errors
    /// [`ErrorKind::Operation`](crate::ErrorKind::Operation): the assignment is still there when the time
    /// is over. Otherwise as [`Assignments::revoke`].
    ///
    /// # Idempotency
    /// Safe to repeat; an assignment that was not there counts as gone.
    ///
    /// # Example
    /// ```
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = teams_phone_emulator::Emulator::builder().start().await?;
    /// # let client = teams_phone::Client::from_connection_string(&emulator.connection_string())?;
    /// let tenant = "87d349ed-44d7-43e1-9a83-5f2406dee5bd".parse()?;
    /// let account = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111".parse()?;
    /// let revoked = client.assignments().revoke_and_verify(&tenant, &account).await?;
    /// assert_eq!(revoked.checks, 1);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `TeamsExtensionAssignment_Delete` and `TeamsExtensionAssignment_Get`,
    /// specs/acs-identity/2025-06-30.
    #[must_use = "a request does nothing until it is awaited"]
    pub fn revoke_and_verify(&self, tenant: &TenantId, object: &ObjectId) -> RevokeAndVerify {
        RevokeAndVerify::new(self.revoke(tenant, object))
    }

    /// Makes the assignment be as described: reads it, and writes only when it is missing or differs.
    ///
    /// - [`EnsureAssignment::client_ids`]: the applications a user signs in through, in any order.
    ///
    /// # Errors
    /// [`ErrorKind::Operation`](crate::ErrorKind::Operation): the service stored something else than was
    /// asked for. Otherwise as [`Assignments::grant`].
    ///
    /// # Idempotency
    /// Safe to repeat: the second run writes nothing.
    ///
    /// # Example
    /// ```
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = teams_phone_emulator::Emulator::builder().start().await?;
    /// # let client = teams_phone::Client::from_connection_string(&emulator.connection_string())?;
    /// use teams_phone::PrincipalType;
    /// use teams_phone::assignments::EnsureOutcome;
    ///
    /// let tenant = "87d349ed-44d7-43e1-9a83-5f2406dee5bd".parse()?;
    /// let account = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111".parse()?;
    /// let ensure = || client.assignments().ensure(&tenant, &account, PrincipalType::ResourceAccount);
    /// assert_eq!(ensure().await?.outcome, EnsureOutcome::Created);
    /// assert_eq!(ensure().await?.outcome, EnsureOutcome::Unchanged);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `TeamsExtensionAssignment_Get` and `TeamsExtensionAssignment_Upsert`,
    /// specs/acs-identity/2025-06-30.
    #[must_use = "a request does nothing until it is awaited"]
    pub fn ensure(
        &self,
        tenant: &TenantId,
        object: &ObjectId,
        principal_type: PrincipalType,
    ) -> EnsureAssignment {
        EnsureAssignment::new(self.grant(tenant, object, principal_type))
    }

    fn place(&self, tenant: &TenantId, object: &ObjectId) -> Place {
        Place {
            client: self.client.clone(),
            tenant: tenant.clone(),
            object: object.clone(),
        }
    }
}

/// Where an assignment is.
#[derive(Clone, Debug)]
struct Place {
    client: Client,
    tenant: TenantId,
    object: ObjectId,
}

impl Place {
    /// Refuses the commonest mix-up of ids that can be seen from here.
    fn check(&self, operation: &'static str) -> Result<()> {
        if self.tenant.as_str() != self.object.as_str() {
            return Ok(());
        }
        Err(crate::Error::config(
            "tenant id and object id are the same GUID; give the Teams tenant's id and the object id of the user or resource account",
        )
        .with_operation(operation))
    }
}

/// A request to give access; await it to send it.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct GrantAssignment {
    place: Place,
    principal_type: PrincipalType,
    client_ids: Vec<ClientId>,
    options: RequestOptions,
}

request!(GrantAssignment => Granted);

impl GrantAssignment {
    const OPERATION: &'static str = "teams_extension_assignment_put";

    /// The applications through which a user may sign in.
    pub fn client_ids(mut self, ids: impl IntoIterator<Item = ClientId>) -> Self {
        self.client_ids = ids.into_iter().collect();
        self
    }

    async fn send(self) -> Result<Granted> {
        self.place.check(Self::OPERATION)?;
        if self.client_ids.is_empty() && self.principal_type == PrincipalType::User {
            tracing::warn!("a user without client ids cannot sign in through any application");
        }
        let ids = self.client_ids.iter().map(ToString::to_string);
        let body = types::TeamsExtensionAssignmentCreateOrUpdateRequest {
            principal_type: self.principal_type,
            client_ids: Some(ids.collect()).filter(|ids: &Vec<String>| !ids.is_empty()),
        };
        let Place {
            client,
            tenant,
            object,
        } = self.place;
        let answer = client
            .call(
                Self::OPERATION,
                self.options,
                |inner| inner,
                async |rest| {
                    rest.teams_extension_assignment_put(tenant.as_str(), object.as_str(), &body)
                        .await
                },
            )
            .await?;
        Ok(Granted {
            assignment: answer.value.into(),
            created: answer.status == 201,
        })
    }
}

/// A request to read an assignment; await it to send it.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct GetAssignment {
    place: Place,
    options: RequestOptions,
}

request!(GetAssignment => Assignment);

impl GetAssignment {
    const OPERATION: &'static str = "teams_extension_assignment_get";

    async fn send(self) -> Result<Assignment> {
        self.place.check(Self::OPERATION)?;
        let Place {
            client,
            tenant,
            object,
        } = self.place;
        let answer = client
            .call(
                Self::OPERATION,
                self.options,
                |inner| inner,
                async |rest| {
                    rest.teams_extension_assignment_get(tenant.as_str(), object.as_str())
                        .await
                },
            )
            .await?;
        Ok(answer.value.into())
    }
}

impl From<types::TeamsExtensionAssignmentResponse> for Assignment {
    fn from(answer: types::TeamsExtensionAssignmentResponse) -> Self {
        let ids = answer.client_ids.unwrap_or_default();
        Self {
            tenant_id: TenantId::from_service(answer.tenant_id),
            object_id: ObjectId::from_service(answer.object_id),
            principal_type: answer.principal_type,
            client_ids: ids.into_iter().map(ClientId::from_service).collect(),
        }
    }
}
