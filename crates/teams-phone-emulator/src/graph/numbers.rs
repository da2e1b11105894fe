//! Owns reading numbers and operations, and what an operation does to a number in the end.
//! Refuses to accept operations; `actions` does.

pub(crate) mod actions;

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use http::header::RETRY_AFTER;

use crate::reply::Reply;

use super::{
    desk::Desk,
    failure::Failure,
    filter::Schema,
    operation::{Outcome, Task},
    query::{Page, Query},
    tenant::{GraphNumber, Kind, Place, Tenant},
};

const CONTEXT: &str = "admin/teams/telephoneNumberManagement/numberAssignments";
const OPERATIONS: &str = "admin/teams/telephoneNumberManagement/operations";
const PAGE: Page = Page::Skip(500, 1000);

/// Every property but `id` and `city`.
const SCHEMA: Schema = Schema {
    scalars: &[
        "telephoneNumber",
        "operatorId",
        "numberType",
        "activationState",
        "locationId",
        "civicAddressId",
        "networkSiteId",
        "assignmentTargetId",
        "assignmentCategory",
        "portInStatus",
        "assignmentStatus",
        "isoCountryCode",
        "numberSource",
    ],
    collections: &[
        "capabilities",
        "supportedCustomerActions",
        "reverseNumberLookupOptions",
    ],
};

/// `GET .../numberAssignments`.
pub(crate) fn list(desk: &mut Desk<'_>) -> Result<Reply, Failure> {
    let query = Query::read(desk.request, &["$filter", "$top", "$skip"], PAGE.most())?;
    desk.tenant.advance(desk.now, |_| true);
    let all = desk
        .tenant
        .numbers
        .iter()
        .map(GraphNumber::entity)
        .collect();
    let items = query.filtered(all, SCHEMA)?;
    Ok(desk.page(CONTEXT, items, &query, PAGE))
}

/// `GET .../numberAssignments/{id}`.
pub(crate) fn get(desk: &mut Desk<'_>) -> Result<Reply, Failure> {
    Query::read(desk.request, &[], 0)?;
    let known = desk
        .tenant
        .numbers
        .iter()
        .find(|number| number.id() == desk.id);
    let text = known.map(|number| number.telephone_number.clone());
    let missing = || Failure::not_found("There is no number with this id.");
    let text = text.ok_or_else(missing)?;
    desk.tenant
        .advance(desk.now, |operation| operation.is_on(&text));
    let number = desk.tenant.number(&text).ok_or_else(missing)?;
    Ok(desk.entity(CONTEXT, number.entity()))
}

/// `GET .../operations`.
pub(crate) fn list_operations(desk: &mut Desk<'_>) -> Result<Reply, Failure> {
    let query = Query::read(desk.request, &["$top", "$skip"], PAGE.most())?;
    desk.tenant.advance(desk.now, |_| true);
    let operations = desk.tenant.operations.iter();
    let items = operations
        .map(|operation| operation.entity(|number| desk.link(number)))
        .collect();
    Ok(desk.page(OPERATIONS, items, &query, PAGE))
}

/// `GET .../operations/{id}`.
pub(crate) fn get_operation(desk: &mut Desk<'_>) -> Result<Reply, Failure> {
    Query::read(desk.request, &[], 0)?;
    let id = desk.id.clone();
    desk.tenant
        .advance(desk.now, |operation| operation.id == id);
    let operation = desk
        .tenant
        .operations
        .iter()
        .find(|operation| operation.id == id);
    let operation =
        operation.ok_or_else(|| Failure::not_found("There is no operation with this id."))?;
    let reply = desk.entity(OPERATIONS, operation.entity(|number| desk.link(number)));
    Ok(
        match operation.retry_after.filter(|_| operation.is_pending()) {
            Some(seconds) => reply.with_header(RETRY_AFTER, &seconds.to_string()),
            None => reply,
        },
    )
}

/// Why a number cannot go to a target, as far as the target and the capability are concerned.
pub(super) fn obstacle(
    tenant: &Tenant,
    number: &GraphNumber,
    target: Uuid,
    now: Timestamp,
) -> Option<String> {
    let text = &number.telephone_number;
    let found = tenant.person(target);
    let Some((kind, person)) = found.filter(|_| tenant.has_settled(target, Place::Users, now))
    else {
        return Some(format!(
            "The assignment target {target} was not found in the tenant."
        ));
    };
    let (what, capability) = match kind {
        Kind::User => ("User", "userAssignment"),
        Kind::Account => ("ResourceAccount", "voiceApplicationAssignment"),
    };
    if !number.can(capability) {
        return Some(format!(
            "Telephone number {text} does not have the capability {capability}, required for target type '{what}'."
        ));
    }
    if person.usage_location.is_none() {
        return Some(format!("The target {target} has no usage location."));
    }
    let mut skus = person.skus().filter_map(|sku| tenant.sku(sku));
    if !skus.any(super::tenant::Sku::has_telephony) {
        return Some(format!(
            "The target {target} has no licence for Teams Phone."
        ));
    }
    None
}

/// Does what a task asks for; else the status and the reason.
pub(super) fn carry_out(
    task: &Task,
    text: &str,
    tenant: &mut Tenant,
    now: Timestamp,
) -> Result<(), (&'static str, String)> {
    let failed = |why: String| ("failed", why);
    let gone = || {
        failed(format!(
            "Telephone number {text} is no longer in the tenant."
        ))
    };
    let known = tenant.number(text).ok_or_else(gone)?;
    if let Task::Assign { target, .. } = task {
        if known.is_assigned() {
            return Err(failed(format!(
                "Telephone number {text} is already assigned."
            )));
        }
        if let Some(why) = obstacle(tenant, known, *target, now) {
            return Err(failed(why));
        }
        let status = tenant.status_for(*target);
        give(task, status, tenant.number_mut(text).ok_or_else(gone)?);
        return Ok(());
    }
    if !known.is_assigned() && known.assignment_target_id.is_none() {
        return Err((
            "skipped",
            format!("Telephone number {text} is not assigned."),
        ));
    }
    tenant.number_mut(text).ok_or_else(gone)?.take_back();
    Ok(())
}

fn give(task: &Task, status: &str, number: &mut GraphNumber) {
    if let Task::Assign {
        target,
        category,
        location_id,
    } = task
    {
        number.give(*target, status, category);
        if location_id.is_some() {
            number.location_id.clone_from(location_id);
        }
    }
}

/// Leaves a number in a state that contradicts itself.
pub(super) fn leave_phantom(task: &Task, text: &str, tenant: &mut Tenant, outcome: &Outcome) {
    let status = match task {
        Task::Assign { target, .. } => tenant.status_for(*target),
        Task::Unassign => "userAssigned",
    };
    let Some(number) = tenant.number_mut(text) else {
        return;
    };
    give(task, status, number);
    if *outcome == Outcome::PhantomStatus {
        number.assignment_target_id = None;
        status.clone_into(&mut number.assignment_status);
    } else {
        super::tenant::UNASSIGNED.clone_into(&mut number.assignment_status);
    }
}

/// The number of an account as `resourceAccounts` shows it.
pub(super) fn number_of(tenant: &Tenant, id: Uuid) -> Option<String> {
    let first = tenant.numbers_of(id).next();
    first.map(|number| number.telephone_number.clone())
}

/// Texts of a JSON array.
pub(super) fn texts(value: &Value) -> Option<Vec<String>> {
    let one = |item: &Value| item.as_str().map(str::to_owned);
    value.as_array()?.iter().map(one).collect()
}
