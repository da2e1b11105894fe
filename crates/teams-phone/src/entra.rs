//! Owns the Entra assignments: which users, groups or whole tenants of Entra may get tokens of the resource.
//!
//! They exist in API version 2025-03-02-preview only. Unlike the assignments of Teams Phone they can be
//! listed, and changed in bulk.

mod list;
mod update;

use acs_identity_rest::v2025_03_02_preview::types;
use teams_phone_core::{RequestOptions, Result};

use crate::request::request;
use crate::{Client, ClientId, EntraPrincipalType, ObjectId, TenantId};

pub use list::ListEntraAssignments;
pub use update::{BulkReport, UpdateEntraAssignments};

/// The calls about Entra assignments; got from [`Client::entra_assignments`].
#[derive(Clone, Debug)]
pub struct EntraAssignments {
    client: Client,
}

/// What an Entra assignment gives: to whom, and through which applications.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EntraAccess {
    /// The tenant of the user or group; for a whole tenant, its own id.
    pub tenant_id: TenantId,
    /// Whether the object id is a user's, a group's or a tenant's.
    pub principal_type: EntraPrincipalType,
    /// The applications whose tokens are accepted.
    pub client_ids: Vec<ClientId>,
}

/// An Entra assignment, as the service stores it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EntraAssignment {
    /// The user, group or tenant.
    pub object_id: ObjectId,
    /// What it is given.
    #[serde(flatten)]
    pub access: EntraAccess,
}

/// What a grant did.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EntraGranted {
    /// The assignment as the service stored it.
    pub assignment: EntraAssignment,
    /// Whether it is new; `false` if one was replaced. After a retry it may be this call's own.
    pub created: bool,
}

impl EntraAssignments {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Gives a user, group or tenant access, replacing the assignment that may be there.
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
    /// use teams_phone::EntraPrincipalType;
    /// use teams_phone::entra::EntraAccess;
    ///
    /// let user = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111".parse()?;
    /// let access = EntraAccess {
    ///     tenant_id: "87d349ed-44d7-43e1-9a83-5f2406dee5bd".parse()?,
    ///     principal_type: EntraPrincipalType::User,
    ///     client_ids: vec!["1bfa671a-dc6b-47f3-8940-45c0f1af0fa6".parse()?],
    /// };
    /// assert!(client.entra_assignments().grant(&user, access).await?.created);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `EntraIdAssignment_Upsert`, specs/acs-identity/2025-03-02-preview.
    #[must_use = "a request does nothing until it is awaited"]
    pub fn grant(&self, object: &ObjectId, access: EntraAccess) -> GrantEntraAssignment {
        GrantEntraAssignment {
            client: self.client.clone(),
            object: object.clone(),
            access,
            options: RequestOptions::default(),
        }
    }

    /// Reads an assignment.
    ///
    /// # Errors
    /// [`Error::is_not_found`](crate::Error::is_not_found): there is none under this object id.
    ///
    /// # Idempotency
    /// Safe to repeat; retried on timeout.
    ///
    /// # Example
    /// ```
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = teams_phone_emulator::Emulator::builder().start().await?;
    /// # let client = teams_phone::Client::from_connection_string(&emulator.connection_string())?;
    /// let user = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111".parse()?;
    /// let error = client.entra_assignments().get(&user).await.unwrap_err();
    /// assert!(error.is_not_found());
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `EntraIdAssignment_Get`, specs/acs-identity/2025-03-02-preview.
    #[must_use = "a request does nothing until it is awaited"]
    pub fn get(&self, object: &ObjectId) -> GetEntraAssignment {
        GetEntraAssignment {
            client: self.client.clone(),
            object: object.clone(),
            options: RequestOptions::default(),
        }
    }

    /// Takes the access away.
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
    /// let user = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111".parse()?;
    /// client.entra_assignments().revoke(&user).await?;
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `EntraIdAssignment_Delete`, specs/acs-identity/2025-03-02-preview.
    #[must_use = "a request does nothing until it is awaited"]
    pub fn revoke(&self, object: &ObjectId) -> RevokeEntraAssignment {
        RevokeEntraAssignment {
            client: self.client.clone(),
            object: object.clone(),
            options: RequestOptions::default(),
        }
    }

    /// Lists all assignments of the resource, page by page as they are consumed.
    ///
    /// # Errors
    /// [`Error::is_permission`](crate::Error::is_permission): wrong key or missing role. A link to a page
    /// on another host ends the list with an error and is not followed.
    ///
    /// # Idempotency
    /// Safe to repeat; each page is retried on timeout.
    ///
    /// # Example
    /// ```
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = teams_phone_emulator::Emulator::builder().start().await?;
    /// # let client = teams_phone::Client::from_connection_string(&emulator.connection_string())?;
    /// use futures::TryStreamExt;
    ///
    /// let mut assignments = client.entra_assignments().list().stream();
    /// while let Some(assignment) = assignments.try_next().await? {
    ///     println!("{}", assignment.object_id);
    /// }
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `EntraIdAssignments_List`, specs/acs-identity/2025-03-02-preview.
    #[must_use = "a list does nothing until its stream is consumed"]
    pub fn list(&self) -> ListEntraAssignments {
        ListEntraAssignments::new(self.client.clone())
    }

    /// Writes and deletes many assignments in few requests.
    ///
    /// - [`UpdateEntraAssignments::set`] and [`UpdateEntraAssignments::remove`]: what to do, by object id.
    /// - [`UpdateEntraAssignments::batch_size`]: changes per request, 1 to 1,000; default 100.
    /// - [`UpdateEntraAssignments::rate_limits`]: requests per window; default 500 per 30 s.
    ///
    /// A batch that the service refuses as invalid is halved until the entries at fault stand alone; they
    /// are reported, the others are written. An entry that the answer lacks or has otherwise is reported too.
    /// Any other failure stops the work, and so does a refusal of the API version, or of the first hundred
    /// entries for one reason: the report then holds the cause and the request that does the rest.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config): the batch size is out of range. Failures of the
    /// service are in the [`BulkReport`].
    ///
    /// # Idempotency
    /// Safe to repeat, in whole or in part; each batch is retried on timeout.
    ///
    /// # Example
    /// ```
    /// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = teams_phone_emulator::Emulator::builder().start().await?;
    /// # let client = teams_phone::Client::from_connection_string(&emulator.connection_string())?;
    /// use teams_phone::EntraPrincipalType;
    /// use teams_phone::entra::EntraAccess;
    ///
    /// let group = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111".parse()?;
    /// let access = EntraAccess {
    ///     tenant_id: "87d349ed-44d7-43e1-9a83-5f2406dee5bd".parse()?,
    ///     principal_type: EntraPrincipalType::Group,
    ///     client_ids: vec!["1bfa671a-dc6b-47f3-8940-45c0f1af0fa6".parse()?],
    /// };
    /// let leaver = "0c0d5a3e-9a53-4c8b-8f0a-3a1f5b1c2d3e".parse()?;
    /// let report = client.entra_assignments().update().set(group, access).remove(leaver).await?;
    /// assert_eq!(report.done.len(), 2);
    /// assert!(report.is_complete());
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new()?.block_on(run())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    /// Source: `EntraIdAssignments_Update`, specs/acs-identity/2025-03-02-preview.
    #[must_use = "a request does nothing until it is awaited"]
    pub fn update(&self) -> UpdateEntraAssignments {
        UpdateEntraAssignments::new(self.client.clone())
    }
}

/// A request to give access; await it to send it.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct GrantEntraAssignment {
    client: Client,
    object: ObjectId,
    access: EntraAccess,
    options: RequestOptions,
}

request!(GrantEntraAssignment => EntraGranted);

impl GrantEntraAssignment {
    async fn send(self) -> Result<EntraGranted> {
        let body = self.access.into();
        let answer = self
            .client
            .call(
                "entra_assignment_put",
                self.options,
                |inner| inner,
                async |rest| rest.entra_assignment_put(self.object.as_str(), &body).await,
            )
            .await?;
        Ok(EntraGranted {
            assignment: answer.value.into(),
            created: answer.status == 201,
        })
    }
}

/// A request to read an assignment; await it to send it.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct GetEntraAssignment {
    client: Client,
    object: ObjectId,
    options: RequestOptions,
}

request!(GetEntraAssignment => EntraAssignment);

impl GetEntraAssignment {
    async fn send(self) -> Result<EntraAssignment> {
        let answer = self
            .client
            .call(
                "entra_assignment_get",
                self.options,
                |inner| inner,
                async |rest| rest.entra_assignment_get(self.object.as_str()).await,
            )
            .await?;
        Ok(answer.value.into())
    }
}

/// A request to take access away; await it to send it.
#[derive(Clone, Debug)]
#[must_use = "a request does nothing until it is awaited"]
pub struct RevokeEntraAssignment {
    client: Client,
    object: ObjectId,
    options: RequestOptions,
}

request!(RevokeEntraAssignment => ());

impl RevokeEntraAssignment {
    async fn send(self) -> Result<()> {
        self.client
            .call(
                "entra_assignment_delete",
                self.options,
                |inner| inner,
                async |rest| rest.entra_assignment_delete(self.object.as_str()).await,
            )
            .await?;
        Ok(())
    }
}

impl From<EntraAccess> for types::EntraAssignmentCreateOrUpdateRequest {
    fn from(access: EntraAccess) -> Self {
        Self {
            tenant_id: access.tenant_id.to_string(),
            principal_type: access.principal_type,
            client_ids: access.client_ids.iter().map(ToString::to_string).collect(),
        }
    }
}

impl From<types::EntraAssignment> for EntraAssignment {
    fn from(answer: types::EntraAssignment) -> Self {
        let ids = answer.client_ids.into_iter();
        Self {
            object_id: ObjectId::from_service(answer.object_id),
            access: EntraAccess {
                tenant_id: TenantId::from_service(answer.tenant_id),
                principal_type: answer.principal_type,
                client_ids: ids.map(ClientId::from_service).collect(),
            },
        }
    }
}

#[cfg(test)]
mod tests;
