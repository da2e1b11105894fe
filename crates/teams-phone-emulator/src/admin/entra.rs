//! Owns the admin routes of the emulated authority: its directory, and decisions on device codes.
//! Refuses to show a secret, device codes included.

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::{
    directory::{CLIENT, Document, TENANT, USER},
    failure::Failure,
    oauth::grants::Decision,
    reply::Reply,
    request::Received,
    shared::Shared,
};

use super::{bad, body, done, ok};

const PREFIX: &str = "/entra";

pub(super) fn owns(path: &str) -> bool {
    path.strip_prefix(PREFIX)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

pub(super) fn answer(
    method: &Method,
    path: &str,
    request: &Received,
    shared: &Shared,
) -> Result<Reply, Failure> {
    let rest = path.strip_prefix(PREFIX).unwrap_or_default();
    if method == Method::POST
        && let Some(rest) = rest.strip_prefix("/device-codes/")
        && let Some((code, action)) = rest.split_once('/')
    {
        return decide(code, action, request, shared);
    }
    match (method.as_str(), rest) {
        ("GET", "" | "/") => Ok(ok(&show(shared))),
        ("PATCH", "" | "/") => patch(request, shared),
        ("GET", "/device-codes") => Ok(ok(&device_codes(shared))),
        _ => Err(Failure::not_found(format!(
            "No admin route is {method} /_emulator{path}."
        ))),
    }
}

fn show(shared: &Shared) -> Value {
    json!({
        "standard": { "tenantId": TENANT, "clientId": CLIENT, "objectId": USER },
        "directory": shared.state.get().directory.document(),
    })
}

/// Adds or replaces tenants, applications and users; all or none.
fn patch(request: &Received, shared: &Shared) -> Result<Reply, Failure> {
    let more: Document = body(request)?;
    let mut state = shared.state.get();
    state.directory.add(more).map_err(bad)?;
    state.touch();
    shared.changed.notify_one();
    drop(state);
    Ok(ok(&show(shared)))
}

fn device_codes(shared: &Shared) -> Value {
    let grants = shared.grants.get();
    let codes = grants.devices.iter().map(|device| {
        let state = match device.decision {
            Decision::Pending => "pending",
            Decision::Approved(_) => "approved",
            Decision::Declined => "declined",
            Decision::Redeemed => "redeemed",
        };
        json!({
            "userCode": device.user_code,
            "clientId": device.client,
            "scope": device.scope,
            "expires": device.expires,
            "state": state,
        })
    });
    json!({ "deviceCodes": codes.collect::<Vec<_>>() })
}

/// `approve` (as the `user` of the body, else as whoever is signed in), `decline` and `expire`.
fn decide(code: &str, action: &str, request: &Received, shared: &Shared) -> Result<Reply, Failure> {
    let decision = match action {
        "approve" => Decision::Approved(approver(request, shared)?),
        "decline" => Decision::Declined,
        "expire" => Decision::Pending,
        other => {
            return Err(Failure::not_found(format!(
                "A device code can be approved, declined or expired, not `{other}`."
            )));
        }
    };
    let now = shared.clock.now();
    let mut grants = shared.grants.get();
    let device = grants
        .device_by_user_code(code)
        .filter(|device| device.decision == Decision::Pending)
        .ok_or_else(|| Failure::not_found("No device code with that user code is pending."))?;
    device.decision = decision;
    if decision == Decision::Pending {
        device.expires = now;
    }
    Ok(done())
}

fn approver(request: &Received, shared: &Shared) -> Result<uuid::Uuid, Failure> {
    let members: Map<String, Value> = if request.body.is_empty() {
        Map::new()
    } else {
        body(request)?
    };
    let signed_in = shared.settings.get().signed_in_user.clone();
    let name = match members.get("user") {
        None => signed_in,
        Some(Value::String(name)) => Some(name.clone()),
        Some(_) => {
            return Err(Failure::new(
                StatusCode::BAD_REQUEST,
                "BadAdminRequest",
                "`user` is not a string",
            ));
        }
    };
    let state = shared.state.get();
    name.as_deref()
        .and_then(|name| state.directory.user_called(name))
        .map(|(id, _)| id)
        .ok_or_else(|| bad("nobody is signed in, or the user is not in the directory"))
}
