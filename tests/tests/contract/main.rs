//! What every public call of `teams-phone` does, whoever answers: the emulator always, a live service where one is named.
//!
//! A live service is named by `TEAMS_PHONE_LIVE_CONNECTION_STRING`, `.._TENANT_ID`, `.._RESOURCE_ACCOUNT_ID`,
//! `.._USER_ID` and `.._CLIENT_ID`. The suite takes away the access of that account and that user.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod assignments;
mod entra;
mod exchanges;
mod identities;
mod target;
mod versions;

use target::{BearerTarget, EmulatorTarget, LiveTarget, Target};

/// Makes a test of each case for each target.
macro_rules! contract {
    ($($group:ident { $($case:ident)* })*) => {
        mod emulator {
            use super::{EmulatorTarget, Target as _};
            $($(
                #[tokio::test]
                async fn $case() {
                    super::$group::$case(&EmulatorTarget::start().await.unwrap()).await;
                }
            )*)*
        }

        mod bearer {
            use super::{BearerTarget, Target as _};
            $($(
                #[tokio::test]
                async fn $case() {
                    super::$group::$case(&BearerTarget::start().await.unwrap()).await;
                }
            )*)*
        }

        mod live {
            use super::{LiveTarget, Target as _};
            $($(
                #[tokio::test]
                async fn $case() {
                    if let Some(target) = LiveTarget::start().await {
                        super::$group::$case(&target).await;
                    }
                }
            )*)*
        }
    };
}

contract! {
    assignments {
        grants_a_resource_account_and_says_created_then_replaced
        grants_a_user_with_client_ids_and_replacing_drops_them
        reads_what_was_granted
        reading_what_is_not_there_is_not_found
        revokes_what_is_there_and_what_is_not
        revokes_and_proves_that_it_is_gone
        ensures_a_resource_account_once
        ensures_a_user_and_says_what_changed
        refuses_one_guid_for_tenant_and_object
    }
    entra {
        grants_reads_and_revokes_access_of_entra_principals
        lists_what_was_written_in_bulk
    }
    identities {
        creates_an_anonymous_identity
        creates_one_identity_per_custom_id
        creates_an_identity_with_a_token
        reads_an_identity_and_when_it_got_a_token
        issues_a_token_that_lives_as_long_as_asked
        revokes_tokens
        a_deleted_identity_is_not_owned
        refuses_token_requests_that_make_no_sense
    }
}
