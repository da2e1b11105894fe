//! Owns the directory's users: reading them and changing what the emulator lets them have.
//! Refuses to know their numbers.

use http::StatusCode;
use serde_json::Value;
use uuid::Uuid;

use crate::reply::Reply;

use super::{
    body::Body,
    desk::Desk,
    failure::Failure,
    filter::Schema,
    query::Query,
    tenant::{Place, check::is_country},
};

pub(super) const CONTEXT: &str = "users";
const SCHEMA: Schema = Schema {
    scalars: &[
        "id",
        "userPrincipalName",
        "displayName",
        "department",
        "usageLocation",
        "accountEnabled",
    ],
    collections: &[],
};
/// What comes without `$select`.
pub(super) const USUAL: &[&str] = &[
    "id",
    "userPrincipalName",
    "displayName",
    "businessPhones",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
];

/// `GET /users`.
pub(crate) fn list(desk: &mut Desk<'_>) -> Result<Reply, Failure> {
    let allowed = ["$filter", "$select", "$top", "$skiptoken", "$count"];
    let query = Query::read(desk.request, &allowed, 999)?;
    let ids: Vec<Uuid> = desk
        .tenant
        .people()
        .filter_map(|(_, person)| person.id)
        .collect();
    let mut all = Vec::new();
    for id in ids {
        if desk.tenant.sees(id, Place::Users, desk.now) {
            all.extend(desk.tenant.person(id).map(|(_, person)| person.entity()));
        }
    }
    let items = query.filtered(all, SCHEMA)?.into_iter();
    let items = items.map(|item| query.selected(item, USUAL));
    let items = items.collect::<Result<Vec<Value>, Failure>>()?;
    Ok(desk.directory_page(CONTEXT, items, &query))
}

/// `GET /users/{id or user principal name}`.
pub(crate) fn get(desk: &mut Desk<'_>) -> Result<Reply, Failure> {
    let query = Query::read(desk.request, &["$select"], 0)?;
    let id = found(desk)?;
    entity(desk, id, &query)
}

/// `PATCH /users/{id or user principal name}`.
pub(crate) fn update(desk: &mut Desk<'_>) -> Result<Reply, Failure> {
    let body = Body::read(desk.request, &["usageLocation", "displayName"])?;
    let country = body.text("usageLocation")?.map(str::to_owned);
    if country
        .as_deref()
        .is_some_and(|country| !is_country(country))
    {
        return Err(Failure::bad_directory(
            "'usageLocation' must be two capital letters (ISO 3166).",
        ));
    }
    let name = body.text("displayName")?.map(str::to_owned);
    let id = found(desk)?;
    if let Some(person) = desk.tenant.person_mut(id) {
        if body.has("usageLocation") {
            person.usage_location = country;
        }
        if name.is_some() {
            person.display_name = name;
        }
    }
    desk.tenant.dirty = true;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// Whoever the path names, if the directory knows them yet.
pub(super) fn found(desk: &mut Desk<'_>) -> Result<Uuid, Failure> {
    let id = desk.tenant.id_of(&desk.id);
    let id = id.filter(|id| desk.tenant.sees(*id, Place::Users, desk.now));
    id.ok_or_else(|| Failure::no_such_object(&desk.id))
}

/// One user as an answer.
pub(super) fn entity(desk: &Desk<'_>, id: Uuid, query: &Query) -> Result<Reply, Failure> {
    let person = desk.tenant.person(id);
    let (_, person) = person.ok_or_else(|| Failure::no_such_object(&desk.id))?;
    let entity = query.selected(person.entity(), USUAL)?;
    Ok(desk.bare_entity(CONTEXT, entity))
}
