//! Owns the steps of the demo on the Teams side: the resource account and its number. Prints nothing.

use std::time::{Duration, SystemTime};

use futures::TryStreamExt as _;
use teams_phone::poll::PollPolicy;
use teams_phone::{BearerToken, Credential, Error, GraphClient, StaticToken};
use teams_phone_emulator::Emulator;

use super::steps::{Outcome, expect, told};

/// Who and what is in the emulator's demo tenant.
const ACCOUNT: &str = "ivr@teams-phone-emulator.invalid";
const NUMBER: &str = "+12065550100";

/// The emulator answers soon; a person who watches need not wait a second.
const FIRST_WAIT: Duration = Duration::from_millis(50);

/// A client of the emulator's Microsoft Graph.
pub(super) fn client(emulator: &Emulator) -> Result<GraphClient, Error> {
    let expires_on = SystemTime::now() + Duration::from_secs(3600);
    let token = BearerToken::new(emulator.graph().app_token(), expires_on);
    GraphClient::builder()
        .endpoint(emulator.url().parse()?)
        .credential(Credential::token(StaticToken::new(token)))
        .build()
}

/// Finds the resource account, and which Communication Services resource it is bound to.
pub(super) async fn find(graph: &GraphClient) -> Outcome {
    let list = graph.resource_accounts().list().stream();
    let accounts: Vec<_> = list.try_collect().await.map_err(told)?;
    let [account] = accounts.as_slice() else {
        return Err(format!("there should be one, not {}", accounts.len()));
    };
    let resource = account.acs_resource_id.as_ref();
    let resource = resource.ok_or("it is bound to no resource")?;
    let name = account.user_principal_name.as_deref().unwrap_or_default();
    Ok(vec![format!(
        "{name} ({}) is bound to {resource}",
        account.id
    )])
}

/// Assigns a number, and looks twice.
pub(super) async fn assign(graph: &GraphClient) -> Outcome {
    let number = NUMBER.parse().map_err(told)?;
    let ensure = || {
        let order = graph.numbers().ensure_assigned(&number, ACCOUNT);
        order.poll_policy(PollPolicy::default().first_wait(FIRST_WAIT))
    };
    let assigned = ensure().await.map_err(told)?;
    expect(assigned.changed, "somebody had assigned it before")?;
    let holder = assigned.number.assignment_target_id.as_ref();
    let holder = holder.ok_or("the number does not show whose it is")?;
    let operation = assigned.operation.and_then(|operation| operation.id);
    let operation = operation.ok_or("the order had no id")?;
    let again = ensure().await.map_err(told)?;
    expect(!again.changed, "the second time should change nothing")?;
    Ok(vec![
        format!("{number} is assigned to {holder}"),
        format!("by operation {operation}, which was waited for"),
        "the second time: unchanged, nothing was ordered".to_owned(),
    ])
}
