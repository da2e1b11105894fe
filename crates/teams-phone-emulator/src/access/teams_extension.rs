//! Owns the assignments that let a Teams user or resource account use the resource.
//! Refuses to issue tokens for them.

use http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    call::{Call, Context},
    failure::Failure,
    reply::Reply,
    state::TeamsExtensionAssignment,
};

use super::{client_ids, guid, principal_type};

/// Upstream's specification says `resourceAccount`, its documentation and users say `teamsResourceAccount`; both are
/// taken, and what was sent is what is read back.
const PRINCIPAL_TYPES: [&str; 3] = ["user", "teamsResourceAccount", "resourceAccount"];

/// `PUT`: 201 when new, 200 when an assignment was replaced.
pub(crate) fn put(call: &Call<'_>, context: &mut Context<'_>) -> Result<Reply, Failure> {
    let key = key(call)?;
    let body = call.body("application/json")?;
    let assignment = TeamsExtensionAssignment {
        principal_type: principal_type(&body, &PRINCIPAL_TYPES)?,
        client_ids: client_ids(&body)?,
    };
    let shown = describe(key, &assignment);
    let replaced = context
        .state
        .teams_extension
        .insert(key, assignment)
        .is_some();
    context.state.touch();
    let status = if replaced {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    Ok(Reply::json(status, &shown))
}

/// `GET`: 404 when there is none.
pub(crate) fn get(call: &Call<'_>, context: &mut Context<'_>) -> Result<Reply, Failure> {
    let key = key(call)?;
    match context.state.teams_extension.get(&key) {
        Some(assignment) => Ok(Reply::json(StatusCode::OK, &describe(key, assignment))),
        None => Err(Failure::not_found("The assignment was not found.")),
    }
}

/// `DELETE`: 204 whether or not there was one.
pub(crate) fn delete(call: &Call<'_>, context: &mut Context<'_>) -> Result<Reply, Failure> {
    if context.state.teams_extension.remove(&key(call)?).is_some() {
        context.state.touch();
    }
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

fn key(call: &Call<'_>) -> Result<(Uuid, Uuid), Failure> {
    let tenant = guid(call.params.value("tenantId"), "tenantId")?;
    Ok((tenant, guid(call.params.value("objectId"), "objectId")?))
}

fn describe((tenant, object): (Uuid, Uuid), assignment: &TeamsExtensionAssignment) -> Value {
    let mut shown = json!({
        "objectId": object,
        "tenantId": tenant,
        "principalType": assignment.principal_type,
    });
    if let Some(ids) = &assignment.client_ids {
        shown["clientIds"] = json!(ids);
    }
    shown
}
