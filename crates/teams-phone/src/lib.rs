//! Bind Microsoft Teams Phone to an Azure Communication Services (ACS) resource, and prove that it is bound.
//!
//! ```
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! use teams_phone::{Client, ObjectId, PrincipalType, TenantId};
//!
//! # let emulator = teams_phone_emulator::Emulator::builder().start().await?;
//! # let connection_string = emulator.connection_string();
//! let client = Client::from_connection_string(&connection_string)?;
//! let tenant: TenantId = "87d349ed-44d7-43e1-9a83-5f2406dee5bd".parse()?;
//! let account: ObjectId = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111".parse()?;
//!
//! let granted = client
//!     .assignments()
//!     .grant(&tenant, &account, PrincipalType::ResourceAccount)
//!     .await?;
//! assert!(granted.created);
//!
//! let revoked = client.assignments().revoke_and_verify(&tenant, &account).await?;
//! assert_eq!(revoked.checks, 1);
//! # Ok(())
//! # }
//! # tokio::runtime::Runtime::new()?.block_on(run())?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Client`] is for the resource, [`GraphClient`] for the Teams tenant: numbers, resource accounts and users.
//! A client is cheap to clone and may be shared by tasks. Every call is a value that can be refined
//! with setters and then awaited. Failures are one [`Error`] type that says what failed, under which
//! request id, and what to do about it.
//!
//! # API versions
//! Each call uses the newest generally available version that has it, which is 2025-06-30 for
//! assignments, tokens and plain identities, and 2025-03-02-preview for reading an identity and for custom
//! ids. [`ClientBuilder::api_version`] and [`RequestOptions::api_version`] choose another one; a call that
//! does not exist there fails before anything is sent.
//!
//! # Proxies
//! Calls go through the proxy that `HTTPS_PROXY` or `ALL_PROXY` names, except to this machine and to what `NO_PROXY`
//! lists. It has to be an HTTP proxy: through a SOCKS proxy every call fails with [`ErrorKind::Connect`], and its
//! sources end in `unsupported scheme socks5`.
//!
//! # Names
//! Service concepts keep the service's names. Two are shortened: [`PrincipalType`] is the service's
//! `TeamsExtensionPrincipalType`, [`Scope`] is its `CommunicationIdentityTokenScope`.

pub mod assignments;
mod bulk;
pub mod calling;
mod client;
mod connection_string;
pub mod entra;
pub mod exchanges;
mod graph;
pub mod identifier;
pub mod identities;
mod ids;
pub mod numbers;
mod pages;
mod phone_number;
mod request;
pub mod resource_accounts;
mod session;
pub mod users;

pub use acs_identity_rest::enums::{
    CommunicationIdentityTokenScope as Scope, EntraPrincipalType,
    TeamsExtensionPrincipalType as PrincipalType,
};
pub use bulk::{Bulk, Progress};
pub use client::{Client, ClientBuilder};
pub use connection_string::ConnectionString;
pub use graph::{GraphClient, GraphClientBuilder};
pub use ids::{ClientId, CustomId, IdentityId, ImmutableResourceId, NumberId, ObjectId, TenantId};
pub use phone_number::PhoneNumber;
pub use teams_phone_core::{
    AccessKey, ApiVersion, BearerToken, Credential, Endpoint, Error, ErrorDetail, ErrorKind,
    RateLimits, RequestOptions, Result, RetryPolicy, Secret, StaticToken, TokenCredential,
    TokenRequest, clock, poll, sign,
};
