//! Low-level client of the Identity and Access API of Azure Communication Services.
//!
//! Generated from the versioned Swagger documents in the repository's `specs/acs-identity`. There is one module per
//! API version, each behind a feature of its own; features add up. The types of [`enums`] and [`errors`] are
//! shared by all of them. The crate `teams-phone` is the one to use in programs: it validates, pages, names things
//! better and has one error type. This one follows the wire format to the letter.
//!
#![cfg_attr(
    feature = "v2025-03-02-preview",
    doc = r#"```
use acs_identity_rest::{Inner, v2025_03_02_preview as identity};
use teams_phone_core::{AccessKey, Credential, Endpoint, Pipeline};

let endpoint: Endpoint = "https://contoso.communication.azure.com".parse()?;
let key = AccessKey::from_base64("bm90IGEgcmVhbCBrZXk=")?;
let pipeline = Pipeline::builder(endpoint, Credential::AccessKey(key)).build()?;
let pinned = identity::API_VERSION.parse()?;
let client = identity::client(Inner::new(pipeline, Some(pinned)));
// let assignment = client.teams_extension_assignment_get(tenant_id, object_id).await?;
# let _ = client;
# Ok::<(), teams_phone_core::Error>(())
```"#
)]
//!
//! # Which API version a request names
//! A module decides which types a client has; the [`Inner`] it is made from decides which `api-version` its requests
//! name. An [`Inner`] with a version sends that one. Without one, every operation goes to the version that
//! [`OPERATIONS`] calls its default: the preferred generally available version if it has the operation.
//!
//! A request body is not searched for inputs its version lacks. Name such inputs with [`Inner::with_fields`]: the
//! newest version that has them is taken, or the call is refused when the chosen one has not. [`Operation::fields`]
//! lists them; `customId` of `identity_create` is one.
//!
//! # Errors
//! Whatever goes wrong arrives as [`Error::ErrorResponse`] with a [`errors::CommunicationErrorResponse`]: also an
//! empty or non-JSON answer, and a failure to send, which has the status 599. Do not print an [`Error`]: it shows
//! every header of the answer.
//!
//! # What is not as generated
//! - Enums are open: an unknown value is kept, and sent back as it came.
//! - A `null` list reads as empty where the document requires the list, and as absent where it does not.
//! - Tokens are [`Secret`]s, times are [`jiff::Timestamp`]s.
//! - Ids are escaped completely (`:` becomes `%3A`), and no id can change the route of a request.

pub use progenitor_client::{Error, ResponseValue};
pub use teams_phone_core::Secret;
pub use teams_phone_core::hooks::{Field, Inner, Operation};

pub use self::generated::ops::OPERATIONS;
pub use self::generated::{enums, errors};

/// Declares the modules of all versions: the generated code, the hooks beside it, and what is public of it.
macro_rules! versions {
    ($($feature:literal $module:ident $version:literal)*) => {
        #[cfg(any($(feature = $feature),*))]
        mod hooks;
        #[cfg(any($(feature = $feature),*))]
        mod lenient;

        mod generated {
            pub mod enums;
            pub mod errors;
            pub(crate) mod ops;
            $(
                #[cfg(feature = $feature)]
                #[expect(
                    clippy::allow_attributes,
                    unreachable_pub,
                    reason = "as progenitor writes it; what is re-exported is documented"
                )]
                pub(crate) mod $module;
            )*
        }

        $(
            #[cfg(feature = $feature)]
            #[doc = concat!("API version ", $version, ".")]
            pub mod $module {
                use super::Inner;

                pub use super::generated::$module::{Client, types};

                /// The version the types of this module are of.
                pub const API_VERSION: &str = $version;

                /// A client that sends through `inner`; makes no connection and no HTTP client of its own.
                #[must_use]
                pub fn client(inner: Inner) -> Client {
                    Client { inner }
                }
            }
        )*
    };
}

versions! {
    "v2021-03-07" v2021_03_07 "2021-03-07"
    "v2022-06-01" v2022_06_01 "2022-06-01"
    "v2022-10-01" v2022_10_01 "2022-10-01"
    "v2023-10-01" v2023_10_01 "2023-10-01"
    "v2025-03-02-preview" v2025_03_02_preview "2025-03-02-preview"
    "v2025-06-30" v2025_06_30 "2025-06-30"
    "v2026-09-23" v2026_09_23 "2026-09-23"
}

#[cfg(test)]
mod tests;
