//! Owns the routes under the reserved prefix: health, settings, faults, requests, state, reset, stop.
//! They need no credential, and answer only a loopback peer that addressed the emulator by a loopback name: a web page
//! that resolves its own name to this machine gets nowhere.

mod entra;
mod graph;

use std::net::IpAddr;

use http::{Method, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::{
    failure::Failure,
    faults::Fault,
    operation::Operation,
    reply::{Payload, Reply},
    request::Received,
    settings::Settings,
    shared::Shared,
    snapshot,
    state::State,
};

/// The reserved prefix; no service path starts with an underscore.
const PREFIX: &str = "/_emulator";

/// Whether a path is reserved.
pub(crate) fn owns(path: &str) -> bool {
    path.strip_prefix(PREFIX)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Answers an admin request.
pub(crate) fn answer(request: &Received, shared: &Shared) -> Reply {
    if !request.peer.ip().to_canonical().is_loopback() || !names_loopback(request) {
        let message = "Admin routes answer loopback connections addressed to localhost or a loopback address only.";
        return Failure::new(StatusCode::FORBIDDEN, "LoopbackOnly", message).into_reply();
    }
    route(request, shared).unwrap_or_else(Failure::into_reply)
}

fn names_loopback(request: &Received) -> bool {
    let host = request.header("host").unwrap_or_default();
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn route(request: &Received, shared: &Shared) -> Result<Reply, Failure> {
    let path = request.path().strip_prefix(PREFIX).unwrap_or_default();
    match (request.method.clone(), path) {
        (Method::GET, "" | "/") => Ok(ok(&health(shared))),
        (Method::GET, "/settings") => Ok(ok(&json!(*shared.settings.get()))),
        (Method::PATCH, "/settings") => patch_settings(request, shared),
        (Method::GET, "/faults") => Ok(ok(&faults(shared))),
        (Method::POST, "/faults") => add_faults(request, shared),
        (Method::DELETE, "/faults") => {
            shared.rules.get().clear();
            Ok(done())
        }
        (Method::GET, "/requests") => Ok(ok(&json!({ "requests": shared.log.get().entries() }))),
        (Method::DELETE, "/requests") => {
            shared.log.get().clear();
            Ok(done())
        }
        (Method::GET, "/state") => Ok(state(shared)),
        (Method::PUT, "/state") => put_state(request, shared),
        (Method::POST, "/reset") => {
            shared.reset();
            Ok(done())
        }
        (Method::POST, "/clock") => advance_clock(request, shared),
        (Method::POST, "/stop") => {
            shared.stop.send_replace(true);
            Ok(Reply::empty(StatusCode::ACCEPTED))
        }
        (method, path) if entra::owns(path) => entra::answer(&method, path, request, shared),
        (method, path) if graph::owns(path) => graph::answer(&method, path, request, shared),
        _ => Err(Failure::not_found(format!(
            "No admin route is {} {PREFIX}{path}.",
            request.method
        ))),
    }
}

fn health(shared: &Shared) -> Value {
    let state = shared.state.get();
    let saver = shared.saver.get();
    json!({
        "name": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "resourceId": state.resource_id,
        "operations": Operation::ALL.iter().map(|operation| json!({
            "id": operation.name(),
            "method": operation.method().as_str(),
            "path": operation.path(),
            "apiVersions": operation.versions(),
        })).collect::<Vec<_>>(),
        "graphOperations": graph_operations(),
        "counts": counts(&state, shared.log.get().count()),
        "snapshot": saver.path.as_ref().map(|path| json!({
            "path": path.display().to_string(),
            "saved": saver.saved_revision == state.revision,
            "lastError": saver.last_error,
        })),
    })
}

fn graph_operations() -> Vec<Value> {
    let shown = |operation: crate::graph::Described| {
        json!({
            "id": operation.id,
            "method": operation.method.as_str(),
            "path": operation.path,
            "versions": operation.versions,
            "permissions": operation.permissions,
        })
    };
    crate::graph::described().map(shown).collect()
}

fn counts(state: &State, requests: u64) -> Value {
    json!({
        "identities": state.identities.len(),
        "teamsExtensionAssignments": state.teams_extension.len(),
        "entraAssignments": state.entra.len(),
        "graphUsers": state.graph.users.len(),
        "resourceAccounts": state.graph.resource_accounts.len(),
        "numbers": state.graph.numbers.len(),
        "requests": requests,
    })
}

fn faults(shared: &Shared) -> Value {
    let rules: Vec<Value> = shared
        .rules
        .get()
        .list()
        .into_iter()
        .map(|shown| json!({ "id": shown.id, "met": shown.met, "rule": shown.fault }))
        .collect();
    json!({ "rules": rules })
}

/// Takes `{"rules": [..]}` or the bare list; all rules or none.
fn add_faults(request: &Received, shared: &Shared) -> Result<Reply, Failure> {
    let body: Value = body(request)?;
    let rules = match body {
        Value::Object(mut members) if members.contains_key("rules") => {
            members.remove("rules").unwrap_or_default()
        }
        other => other,
    };
    let rules: Vec<Fault> =
        serde_json::from_value(rules).map_err(|error| bad(error.to_string()))?;
    if let Some(problem) = rules.iter().find_map(Fault::problem) {
        return Err(bad(problem));
    }
    let mut active = shared.rules.get();
    let ids: Vec<u64> = rules.into_iter().map(|rule| active.add(rule)).collect();
    Ok(Reply::json(StatusCode::CREATED, &json!({ "ids": ids })))
}

fn patch_settings(request: &Received, shared: &Shared) -> Result<Reply, Failure> {
    let patch: Map<String, Value> = body(request)?;
    let mut settings = shared.settings.get();
    let mut merged = json!(*settings);
    for (name, value) in patch {
        match value {
            // One level deep, so that one switch of Graph's can be set alone.
            Value::Object(members) if name == "graph" => {
                for (name, value) in members {
                    merged["graph"][name] = value;
                }
            }
            value => merged[name] = value,
        }
    }
    let wanted: Settings =
        serde_json::from_value(merged).map_err(|error| bad(error.to_string()))?;
    if let Some(problem) = wanted.problem() {
        return Err(bad(problem));
    }
    *settings = wanted;
    Ok(ok(&json!(*settings)))
}

/// Takes `{"advanceMilliseconds": n}`.
fn advance_clock(request: &Received, shared: &Shared) -> Result<Reply, Failure> {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Advance {
        advance_milliseconds: u32,
    }
    let advance: Advance = body(request)?;
    shared
        .clock
        .advance(i64::from(advance.advance_milliseconds));
    Ok(done())
}

fn state(shared: &Shared) -> Reply {
    let bytes = snapshot::to_json(&shared.state.get());
    let payload = Payload::Sized(bytes.into());
    Reply {
        payload,
        ..Reply::empty(StatusCode::OK)
    }
    .with_header(http::header::CONTENT_TYPE, "application/json")
}

fn put_state(request: &Received, shared: &Shared) -> Result<Reply, Failure> {
    let wanted = shared
        .read_state(&request.body)
        .map_err(|error| bad(error.to_string()))?;
    shared.replace_state(wanted);
    Ok(done())
}

fn body<T: DeserializeOwned>(request: &Received) -> Result<T, Failure> {
    serde_json::from_slice(&request.body).map_err(|error| bad(error.to_string()))
}

fn bad(why: impl Into<String>) -> Failure {
    Failure::new(StatusCode::BAD_REQUEST, "BadAdminRequest", why)
}

fn ok(body: &Value) -> Reply {
    Reply::json(StatusCode::OK, body)
}

fn done() -> Reply {
    Reply::empty(StatusCode::NO_CONTENT)
}
