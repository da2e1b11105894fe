//! Owns the assignments that let Entra users, groups and tenants use the resource, with paging and bulk update.
//! Refuses to issue tokens for them.

use std::ops::Bound;

use base64::{Engine, engine::general_purpose::STANDARD};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{
    call::{Call, Context, member},
    failure::Failure,
    reply::Reply,
    state::{EntraAssignment, State},
};

use super::{client_ids, guid, principal_type};

const PRINCIPAL_TYPES: [&str; 3] = ["user", "group", "tenant"];

/// `GET /access/entra/assignments`: pages in the order of object ids; `nextLink` is absent on the last.
pub(crate) fn list(call: &Call<'_>, context: &mut Context<'_>) -> Result<Reply, Failure> {
    let (ids, source) = match call.request.query_values("skipToken").first() {
        None => (context.state.entra.keys().copied().collect(), Source::All),
        Some(token) => Cursor::ids(token, context.state).ok_or_else(|| {
            Failure::validation(
                "skipToken: The value is unknown or has been forgotten; list again.",
                "skipToken",
            )
        })?,
    };
    Ok(Reply::json(
        StatusCode::OK,
        &page(ids, &source, call, context),
    ))
}

/// `GET /access/entra/assignments/{objectId}`.
pub(crate) fn get(call: &Call<'_>, context: &mut Context<'_>) -> Result<Reply, Failure> {
    let id = object_id(call)?;
    match context.state.entra.get(&id) {
        Some(assignment) => Ok(Reply::json(StatusCode::OK, &describe(id, assignment))),
        None => Err(Failure::not_found("The assignment was not found.")),
    }
}

/// `PUT`: 201 when new, 200 when an assignment was replaced.
pub(crate) fn put(call: &Call<'_>, context: &mut Context<'_>) -> Result<Reply, Failure> {
    let id = object_id(call)?;
    let body = call.body("application/json")?;
    let assignment = read(&body)?;
    let shown = describe(id, &assignment);
    let replaced = context.state.entra.insert(id, assignment).is_some();
    context.state.touch();
    let status = if replaced {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    Ok(Reply::json(status, &shown))
}

/// `DELETE`: 204 whether or not there was one.
pub(crate) fn delete(call: &Call<'_>, context: &mut Context<'_>) -> Result<Reply, Failure> {
    if context.state.entra.remove(&object_id(call)?).is_some() {
        context.state.touch();
    }
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// `PATCH /access/entra/assignments`: all entries or none. Null removes; members left out of an entry for an existing
/// assignment stay as they are (RFC 7396). 200 with what was written, 204 if nothing was.
pub(crate) fn update(call: &Call<'_>, context: &mut Context<'_>) -> Result<Reply, Failure> {
    let body = call.body("application/merge-patch+json")?;
    let mut changes: Vec<(Uuid, Option<EntraAssignment>)> = Vec::new();
    for (key, value) in &body {
        let id = guid(key, "objectId")?;
        let change = match value {
            Value::Null => None,
            Value::Object(patch) => Some(read(&merged(context.state.entra.get(&id), patch))?),
            _ => {
                return Err(Failure::unreadable_body(format!(
                    "`{key}` is neither an object nor null"
                )));
            }
        };
        changes.push((id, change));
    }
    let mut written = Vec::new();
    for (id, change) in changes {
        match change {
            Some(assignment) => {
                context.state.entra.insert(id, assignment);
                written.push(id);
            }
            None => {
                context.state.entra.remove(&id);
            }
        }
    }
    context.state.touch();
    if written.is_empty() {
        return Ok(Reply::empty(StatusCode::NO_CONTENT));
    }
    Ok(Reply::json(
        StatusCode::OK,
        &page(written, &Source::Written, call, context),
    ))
}

/// What a page is cut from, which decides how its continuation is written.
enum Source {
    /// All assignments, in the order of object ids.
    All,
    /// The assignments a bulk update wrote.
    Written,
}

/// The continuation in a `nextLink`; opaque to clients, and base64 with padding so that it must stay percent-encoded.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Cursor {
    /// Everything after this object id.
    After(Uuid),
    /// The rest of a bulk answer, kept by the emulator.
    Rest(Uuid),
}

impl Cursor {
    fn encode(&self) -> String {
        let json = serde_json::to_vec(self).unwrap_or_default();
        STANDARD
            .encode(json)
            .replace('=', "%3D")
            .replace('+', "%2B")
            .replace('/', "%2F")
    }

    fn ids(token: &str, state: &State) -> Option<(Vec<Uuid>, Source)> {
        match serde_json::from_slice(&STANDARD.decode(token).ok()?).ok()? {
            Self::After(last) => {
                let later = state.entra.range((Bound::Excluded(last), Bound::Unbounded));
                Some((later.map(|(id, _)| *id).collect(), Source::All))
            }
            Self::Rest(kept) => Some((state.rest_of(kept)?.to_vec(), Source::Written)),
        }
    }
}

fn page(mut ids: Vec<Uuid>, source: &Source, call: &Call<'_>, context: &mut Context<'_>) -> Value {
    let size = context.settings.page_size;
    let rest = if ids.len() > size {
        ids.split_off(size)
    } else {
        Vec::new()
    };
    let entra = &context.state.entra;
    let items: Vec<Value> = ids
        .iter()
        .filter_map(|id| entra.get(id).map(|assignment| describe(*id, assignment)))
        .collect();
    let mut page = json!({ "value": items });
    if let (Some(&last), false) = (ids.last(), rest.is_empty()) {
        let cursor = match source {
            Source::All => Cursor::After(last),
            Source::Written => Cursor::Rest(context.state.remember_rest(rest)),
        };
        let path = "/access/entra/assignments";
        page["nextLink"] = format!(
            "{}{path}?api-version={}&skipToken={}",
            context.origin,
            call.version,
            cursor.encode()
        )
        .into();
    }
    page
}

fn merged(known: Option<&EntraAssignment>, patch: &Map<String, Value>) -> Map<String, Value> {
    let mut merged = Map::new();
    if let Some(known) = known {
        merged.insert("tenantId".into(), known.tenant_id.to_string().into());
        merged.insert("principalType".into(), known.principal_type.clone().into());
        merged.insert("clientIds".into(), json!(known.client_ids));
    }
    for (name, value) in patch {
        merged.retain(|known, _| !known.eq_ignore_ascii_case(name));
        merged.insert(name.clone(), value.clone());
    }
    merged
}

fn read(body: &Map<String, Value>) -> Result<EntraAssignment, Failure> {
    let tenant_id = match member(body, "tenantId") {
        None => return Err(Failure::required("TenantId")),
        Some(Value::String(text)) => guid(text, "tenantId")?,
        Some(_) => return Err(Failure::unreadable_body("`tenantId` is not a string")),
    };
    Ok(EntraAssignment {
        tenant_id,
        principal_type: principal_type(body, &PRINCIPAL_TYPES)?,
        client_ids: client_ids(body)?.ok_or_else(|| Failure::required("ClientIds"))?,
    })
}

fn object_id(call: &Call<'_>) -> Result<Uuid, Failure> {
    guid(call.params.value("objectId"), "objectId")
}

fn describe(id: Uuid, assignment: &EntraAssignment) -> Value {
    json!({
        "objectId": id,
        "tenantId": assignment.tenant_id,
        "principalType": assignment.principal_type,
        "clientIds": assignment.client_ids,
    })
}
