//! Low-level client of the part of Microsoft Graph that Teams Phone needs: telephone numbers and the operations that
//! assign them, resource accounts, users and their licences.
//!
//! Generated from the documents in the repository's `specs/graph-teams`. There is one module per version of Graph,
//! each behind a feature of its own; features add up. An operation is in one of them only: `beta` has what `v1_0`
//! lacks. The types of [`enums`] and [`errors`] are shared. The crate `teams-phone` is the one to use in programs: it
//! waits for operations, pages, names things better and has one error type. This one follows the wire format to the
//! letter.
//!
#![cfg_attr(
    feature = "v1.0",
    doc = r#"```
use graph_teams_rest::{Inner, v1_0 as graph};
use teams_phone_core::{BearerToken, Credential, Endpoint, Pipeline, Secret, StaticToken};

let endpoint: Endpoint = "https://graph.microsoft.com".parse()?;
let token = BearerToken::new(Secret::new("eyJ..."), std::time::SystemTime::UNIX_EPOCH);
let credential = Credential::token(StaticToken::new(token));
let client = graph::client(Inner::new(Pipeline::builder(endpoint, credential).build()?, None));
// let page = client.number_list(Some("assignmentStatus eq 'unassigned'"), None, Some(1000)).await?;
# let _ = client;
# Ok::<(), teams_phone_core::Error>(())
```"#
)]
//!
//! # Which version a request names
//! The version is the first segment of the path. An [`Inner`] with a version puts that one there; without one, every
//! operation goes to the version that has it. So make an [`Inner`] without.
//!
//! # Errors
//! Whatever goes wrong arrives as [`Error::ErrorResponse`] with an [`errors::ODataError`]: also an empty or non-JSON
//! answer, an error that is JSON text inside the message of another, and a failure to send, which has the status 599.
//! Errors inside the service's own are in `details`. Do not print an [`Error`]: it shows every header of the answer.
//!
//! # Long-running operations
//! `number_assign` and `number_unassign` answer 202 at once. [`ResponseValue::headers`] has the `Location` of the
//! operation, whose key is written `operations('{id}')` or `operations/{id}`; read it with `operation_get`.
//!
//! # What is not as generated
//! - Enums are open: an unknown value is kept, and sent back as it came. `unknownFutureValue` is one of those.
//! - A single entity is read bare or wrapped in `value`, a list also if `value` is one object or stands there twice.
//! - A `null` list reads as empty where the document requires the list, and as absent where it does not.
//! - In requests whose members can be cleared `None` sends nothing, `Some(None)` sends `null`, and `Some(Some(..))`
//!   sends the text, be it empty.
//! - Times with an offset are [`jiff::Timestamp`]s, ids are plain strings.
//! - Ids in paths are escaped completely, so a UPN can stand for a user's id, and no id can change the route. In queries
//!   a plus sign becomes `%2B` and a blank `%20`.

pub use progenitor_client::{Error, ResponseValue};
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
            #[doc = concat!("Version ", $version, " of Microsoft Graph.")]
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
    "beta" beta "beta"
    "v1.0" v1_0 "v1.0"
}

#[cfg(test)]
mod tests;
