//! Owns the admin routes of the emulated Graph: what Graph itself cannot make, plans, the whole tenant.
//! Refuses to issue tokens; the authority does.

use http::{Method, StatusCode};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    failure::Failure,
    graph::{
        operation::OperationPlan,
        tenant::{ResourceAccount, Tenant},
    },
    reply::Reply,
    request::Received,
    shared::Shared,
};

use super::{bad, done, ok};

const PREFIX: &str = "/graph";

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
    match (
        method.as_str(),
        path.strip_prefix(PREFIX).unwrap_or_default(),
    ) {
        ("GET", "" | "/" | "/tenant") => Ok(ok(&tenant(shared))),
        ("POST", "/tenant") => {
            let more = Tenant::parse_part(&request.body).map_err(bad)?;
            shared
                .change_graph(|tenant| tenant.add(more))
                .map_err(bad)?;
            Ok(done())
        }
        ("PUT", "/tenant") => {
            let wanted = Tenant::parse(&request.body).map_err(bad)?;
            shared
                .change_graph(|tenant| replace(tenant, wanted))
                .map_err(bad)?;
            Ok(done())
        }
        ("POST", "/resource-accounts") => add_account(request, shared),
        ("POST", "/users") => add(request, shared, Tenant::create_user),
        ("POST", "/numbers") => add(request, shared, Tenant::create_number),
        ("POST", "/skus") => add(request, shared, Tenant::create_sku),
        ("GET", "/plans") => Ok(ok(&json!({ "plans": shared.state.get().graph.plans }))),
        ("POST", "/plans") => add_plans(request, shared),
        ("DELETE", "/plans") => {
            let clear = |tenant: &mut Tenant| {
                tenant.plans.clear();
                Ok(())
            };
            shared.change_graph(clear).map_err(bad)?;
            Ok(done())
        }
        _ => Err(Failure::not_found(format!(
            "No admin route is {method} /_emulator{path}."
        ))),
    }
}

fn tenant(shared: &Shared) -> Value {
    json!(shared.state.get().graph)
}

fn replace(tenant: &mut Tenant, wanted: Tenant) -> Result<(), String> {
    *tenant = wanted;
    Ok(())
}

fn body<T: DeserializeOwned>(request: &Received) -> Result<T, Failure> {
    let mut reader = serde_json::Deserializer::from_slice(&request.body);
    serde_path_to_error::deserialize(&mut reader).map_err(|error| bad(error.to_string()))
}

fn add_account(request: &Received, shared: &Shared) -> Result<Reply, Failure> {
    let delays = shared.settings.get().graph.propagation;
    let now = shared.clock.now();
    add(request, shared, |tenant, account: ResourceAccount| {
        tenant.create_account(account, delays, now)
    })
}

/// Adds one thing and answers its id.
fn add<T: DeserializeOwned, Id: Serialize>(
    request: &Received,
    shared: &Shared,
    create: impl FnOnce(&mut Tenant, T) -> Result<Id, String>,
) -> Result<Reply, Failure> {
    let sent: T = body(request)?;
    let id = shared
        .change_graph(|tenant| create(tenant, sent))
        .map_err(bad)?;
    Ok(Reply::json(StatusCode::CREATED, &json!({ "id": id })))
}

/// Takes one plan or a list of them; all or none.
fn add_plans(request: &Received, shared: &Shared) -> Result<Reply, Failure> {
    let sent: Value = body(request)?;
    let plans: Vec<OperationPlan> = match sent {
        Value::Array(all) => serde_json::from_value(Value::Array(all)),
        one => serde_json::from_value(json!([one])),
    }
    .map_err(|error| bad(error.to_string()))?;
    let push = |tenant: &mut Tenant| {
        tenant.plans.extend(plans);
        Ok(())
    };
    shared.change_graph(push).map_err(bad)?;
    Ok(Reply::empty(StatusCode::CREATED))
}
