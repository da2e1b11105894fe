//! What every call does, whoever answers: the emulator always, by an application's and by a user's token, and a live
//! tenant where one is named.

mod accounts;
mod numbers;
mod users;

use graph_teams_rest::{OPERATIONS, Operation};
use teams_phone_emulator::RecordedRequest;

use crate::target::{AppTarget, DelegatedTarget, LiveTarget, Target};

/// Makes a test of each case for each target, and one run through all of them.
macro_rules! contract {
    ($($group:ident { $($case:ident)* })*) => {
        mod app {
            use super::{AppTarget, Target as _};
            $($(
                #[tokio::test]
                async fn $case() {
                    super::$group::$case(&AppTarget::start().await.unwrap()).await;
                }
            )*)*
        }

        mod delegated {
            use super::{DelegatedTarget, Target as _};
            $($(
                #[tokio::test]
                async fn $case() {
                    super::$group::$case(&DelegatedTarget::start().await.unwrap()).await;
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

        async fn all(target: &impl Target) {
            $($( $group::$case(target).await; )*)*
        }
    };
}

contract! {
    numbers {
        lists_what_fits_a_filter
        reads_a_number_by_itself_and_by_its_id
        what_the_tenant_does_not_have_is_not_found
        assigns_and_unassigns_and_reports_the_number
        an_order_is_followed_by_its_printed_id
        ensures_an_assignment_once
        changes_settings_and_removes_them
    }
    accounts {
        finds_an_account_by_application_and_by_resource
        reads_an_account
    }
    users {
        reads_a_user_by_name_and_by_id
        sets_a_usage_location
        lists_products_and_licences
        gives_a_licence_once
        reads_settings_of_one_and_of_all
    }
}

fn fits(row: &Operation, request: &RecordedRequest) -> bool {
    let path = format!("/{}{}", row.default_version, row.template);
    let (before, after) = path.split_once("{id}").unwrap_or((&path, ""));
    let id = request.path().strip_prefix(before);
    let id = id.and_then(|rest| rest.strip_suffix(after));
    let is_whole = id.is_some_and(|id| id.is_empty() != path.contains("{id}") && !id.contains('/'));
    is_whole
        && request.method == row.method
        && request
            .status
            .is_some_and(|status| row.success.contains(&status))
}

#[tokio::test]
async fn every_operation_of_the_table_is_called_with_success() {
    let target = AppTarget::start().await.unwrap();
    all(&target).await;
    let requests = target.requests();
    let called = |row: &&Operation| requests.iter().any(|request| fits(row, request));
    let missing: Vec<&str> = OPERATIONS
        .iter()
        .filter(|row| !called(row))
        .map(|row| row.id)
        .collect();
    assert_eq!(missing, [""; 0]);
}
