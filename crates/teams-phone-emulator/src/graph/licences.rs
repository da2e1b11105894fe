//! Owns licences: what the tenant has bought, who holds what, giving and taking.
//! Refuses to know what a licence is good for.

use http::StatusCode;
use serde_json::Value;
use uuid::Uuid;

use crate::reply::Reply;

use super::{
    body::Body,
    desk::Desk,
    failure::Failure,
    numbers::texts,
    query::Query,
    tenant::{Place, Sku},
    users,
};

/// `GET /subscribedSkus`.
pub(crate) fn list_skus(desk: &mut Desk<'_>) -> Result<Reply, Failure> {
    let query = Query::read(desk.request, &["$select"], 0)?;
    let skus = desk.tenant.skus.iter();
    let items = skus.map(|sku| sku.entity(desk.home, desk.tenant.consumed(sku.id())));
    let items = items.map(|item| query.selected(item, &[]));
    let items = items.collect::<Result<Vec<Value>, Failure>>()?;
    Ok(desk.directory_page("subscribedSkus", items, &query))
}

/// `GET /users/{id}/licenseDetails`.
pub(crate) fn list(desk: &mut Desk<'_>) -> Result<Reply, Failure> {
    let query = Query::read(desk.request, &["$select"], 0)?;
    let id = users::found(desk)?;
    let person = desk.tenant.person(id);
    let held = person.into_iter().flat_map(|(_, person)| person.skus());
    let skus = held.filter_map(|sku| desk.tenant.sku(sku));
    let items = skus.map(|sku| query.selected(sku.detail(), &[]));
    let items = items.collect::<Result<Vec<Value>, Failure>>()?;
    let what = format!("users('{id}')/licenseDetails");
    Ok(desk.directory_page(&what, items, &query))
}

/// `POST /users/{id}/assignLicense`.
pub(crate) fn assign(desk: &mut Desk<'_>) -> Result<Reply, Failure> {
    let body = Body::read(desk.request, &["addLicenses", "removeLicenses"])?;
    let add = added(body.value("addLicenses"))?;
    let remove = removed(body.value("removeLicenses"))?;
    let id = users::found(desk)?;
    if !desk.tenant.sees(id, Place::Licences, desk.now) {
        let message = "The object is still being replicated; try again later.";
        let code = "Directory_ConcurrencyViolation";
        return Err(Failure::new(StatusCode::CONFLICT, code, message));
    }
    check(desk, id, &add, &remove)?;
    if let Some(person) = desk.tenant.person_mut(id) {
        let is_removed = |text: &String| remove.iter().any(|sku| sku.to_string() == *text);
        person.licences.retain(|text| !is_removed(text));
        let new: Vec<String> = add
            .iter()
            .filter(|sku| !person.holds(**sku))
            .map(Uuid::to_string)
            .collect();
        person.licences.extend(new);
    }
    desk.tenant.dirty = true;
    users::entity(desk, id, &Query::default())
}

fn check(desk: &Desk<'_>, id: Uuid, add: &[Uuid], remove: &[Uuid]) -> Result<(), Failure> {
    let refuse = |message: String| Err(Failure::bad_directory(message));
    let person = desk.tenant.person(id);
    let (_, person) = person.ok_or_else(|| Failure::no_such_object(&desk.id))?;
    if let Some(sku) = remove.iter().find(|sku| !person.holds(**sku)) {
        return refuse(format!("The user does not hold license {sku}."));
    }
    if !add.is_empty() && person.usage_location.is_none() {
        return refuse(
            "License assignment cannot be done for user with invalid usage location.".to_owned(),
        );
    }
    for sku in add {
        let Some(known) = desk.tenant.sku(*sku) else {
            return refuse(format!(
                "License {sku} does not correspond to a valid company License."
            ));
        };
        if !person.holds(*sku) && desk.tenant.consumed(*sku) >= Sku::seats(known) {
            return refuse(format!(
                "Subscription with SKU {sku} does not have any available licenses."
            ));
        }
    }
    Ok(())
}

fn added(value: &Value) -> Result<Vec<Uuid>, Failure> {
    let one = |item: &Value| item.get("skuId")?.as_str()?.parse().ok();
    let all: Option<Vec<Uuid>> = value
        .as_array()
        .and_then(|all| all.iter().map(one).collect());
    all.ok_or_else(|| {
        Failure::bad_directory(
            "'addLicenses' must be a list of objects with a 'skuId'; it may be empty.",
        )
    })
}

fn removed(value: &Value) -> Result<Vec<Uuid>, Failure> {
    let all = texts(value).and_then(|all| all.iter().map(|text| text.parse().ok()).collect());
    all.ok_or_else(|| {
        Failure::bad_directory("'removeLicenses' must be a list of SKU ids; it may be empty.")
    })
}
