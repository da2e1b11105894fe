//! Microsoft Entra ID credentials of the `teams-phone` SDK.
//!
//! Owns how a bearer token is had and kept; knows nothing of what it is used for. Every credential here
//! implements [`TokenCredential`](teams_phone_core::TokenCredential) and keeps its token in memory until
//! shortly before it expires ([`TokenCache`]); none of them writes to disk.
//!
//! | credential | who signs in | feature |
//! | --- | --- | --- |
//! | [`Callback`] | your own code | |
//! | [`TokenCache`] | any credential that does not keep its tokens itself | |
//! | `DeviceCode`, `Browser` | a person | `interactive` |
//! | `AzureIdentity` | an application, a managed identity, or the tools a developer is signed in with | `azure-identity` |
//!
//! All of them speak through the HTTP and TLS of `teams-phone-core`; no feature brings another one.

mod authority;
#[cfg(feature = "azure-identity")]
mod azure;
#[cfg(feature = "interactive")]
mod browser;
mod cache;
mod callback;
mod claims;
#[cfg(feature = "interactive")]
mod device_code;
#[cfg(any(feature = "interactive", feature = "azure-identity"))]
mod failure;
#[cfg(feature = "interactive")]
mod interactive;
#[cfg(any(feature = "interactive", feature = "azure-identity"))]
mod service;

pub use authority::{Authority, Cloud};
#[cfg(feature = "azure-identity")]
pub use azure::{AzureIdentity, AzureIdentityBuilder, UserAssigned};
#[cfg(feature = "interactive")]
pub use browser::{Browser, BrowserBuilder, open_in_browser};
pub use cache::TokenCache;
pub use callback::{Callback, Wanted};
pub use claims::{Claims, claims};
#[cfg(feature = "interactive")]
pub use device_code::{DeviceCode, DeviceCodeBuilder, DevicePrompt};
