//! Owns accepting changes of numbers: what is refused at once, what an operation is begun for.
//! Refuses to change an assignment; operations do.

use http::{
    StatusCode,
    header::{LOCATION, RETRY_AFTER},
};
use uuid::Uuid;

use crate::{
    graph::{
        body::Body,
        desk::Desk,
        failure::Failure,
        operation::{Operation, Task},
        tenant::{
            GraphNumber,
            check::{CATEGORIES, LOOKUP_OPTIONS, NUMBER_TYPES},
            normalised,
        },
    },
    reply::Reply,
};

use super::{obstacle, texts};

/// `POST .../assignNumber`.
pub(crate) fn assign(desk: &mut Desk<'_>) -> Result<Reply, Failure> {
    let known = [
        "telephoneNumber",
        "assignmentTargetId",
        "numberType",
        "assignmentCategory",
        "locationId",
    ];
    let body = Body::read(desk.request, &known)?;
    let text = body.required("telephoneNumber")?;
    let target = body.required("assignmentTargetId")?;
    body.required("numberType")?;
    let number_type = body.member("numberType", NUMBER_TYPES)?;
    let category = body
        .member("assignmentCategory", CATEGORIES)?
        .unwrap_or("primary");
    let target: Uuid = target.parse().map_err(|_| {
        Failure::bad("'assignmentTargetId' must be the object id of a user or resource account.")
    })?;
    let location_id = location(&body, "locationId")?.filter(|id| !id.is_empty());
    desk.tenant.advance(desk.now, |_| false);
    let number = free_number(desk, text, number_type)?;
    if number.is_assigned() {
        let holder = number.assignment_target_id().unwrap_or("an unknown target");
        let text = number.telephone_number();
        return Err(Failure::conflict(format!(
            "Telephone number {text} is already assigned to {holder}."
        )));
    }
    if desk.settings.early_checks
        && let Some(why) = obstacle(desk.tenant, number, target, desk.now)
    {
        return Err(Failure::bad(why));
    }
    let task = Task::Assign {
        target,
        category: category.to_owned(),
        location_id,
    };
    let text = number.telephone_number.clone();
    Ok(begin(desk, task, &text))
}

/// `POST .../unassignNumber`.
pub(crate) fn unassign(desk: &mut Desk<'_>) -> Result<Reply, Failure> {
    let body = Body::read(desk.request, &["telephoneNumber", "numberType"])?;
    let text = body.required("telephoneNumber")?;
    let number_type = body.member("numberType", NUMBER_TYPES)?;
    desk.tenant.advance(desk.now, |_| false);
    let text = free_number(desk, text, number_type)?
        .telephone_number
        .clone();
    Ok(begin(desk, Task::Unassign, &text))
}

/// `POST .../updateNumber`: absent and null keep, the empty text clears.
pub(crate) fn update(desk: &mut Desk<'_>) -> Result<Reply, Failure> {
    let known = [
        "telephoneNumber",
        "locationId",
        "networkSiteId",
        "reverseNumberLookupOptions",
    ];
    let body = Body::read(desk.request, &known)?;
    let text = body.required("telephoneNumber")?;
    let place = location(&body, "locationId")?;
    let site = location(&body, "networkSiteId")?;
    let options = lookup_options(&body)?;
    desk.tenant.advance(desk.now, |_| false);
    free_number(desk, text, None)?;
    let Some(number) = desk.tenant.number_mut(text) else {
        return Err(missing(text));
    };
    let emptied = |text: String| Some(text).filter(|text| !text.is_empty());
    if let Some(place) = place {
        number.location_id = emptied(place);
    }
    if let Some(site) = site {
        number.network_site_id = emptied(site);
    }
    if let Some(options) = options {
        number.reverse_number_lookup_options = options;
    }
    desk.tenant.dirty = true;
    Ok(Reply::empty(StatusCode::OK))
}

/// A GUID, the empty text, or nothing.
fn location(body: &Body, name: &str) -> Result<Option<String>, Failure> {
    match body.text(name)? {
        None => Ok(None),
        Some("") => Ok(Some(String::new())),
        Some(text) => match text.parse::<Uuid>() {
            Ok(id) => Ok(Some(id.to_string())),
            Err(_) => Err(Failure::bad(format!(
                "'{name}' must be a GUID, or empty to clear it."
            ))),
        },
    }
}

fn lookup_options(body: &Body) -> Result<Option<Vec<String>>, Failure> {
    let name = "reverseNumberLookupOptions";
    let value = body.value(name);
    if value.is_null() {
        return Ok(None);
    }
    let all =
        texts(value).filter(|all| all.iter().all(|one| LOOKUP_OPTIONS.contains(&one.as_str())));
    let known = LOOKUP_OPTIONS.join(", ");
    let wrong = || Failure::bad(format!("'{name}' must be a list of {known}."));
    all.map(Some).ok_or_else(wrong)
}

/// A number of the inventory that no operation is working on.
fn free_number<'a>(
    desk: &'a Desk<'_>,
    text: &str,
    number_type: Option<&str>,
) -> Result<&'a GraphNumber, Failure> {
    if normalised(text).is_none() {
        let shown: String = text.chars().take(32).collect();
        return Err(Failure::bad(format!(
            "'telephoneNumber' is '{shown}', which is not a telephone number."
        )));
    }
    let number = desk.tenant.number(text).ok_or_else(|| missing(text))?;
    let text = number.telephone_number();
    if number_type.is_some_and(|wanted| wanted != number.number_type) {
        let real = &number.number_type;
        return Err(Failure::bad(format!(
            "Telephone number {text} is of type {real}."
        )));
    }
    if let Some(operation) = desk.tenant.pending_on(text) {
        let id = &operation.id;
        return Err(Failure::conflict(format!(
            "Operation {id} on telephone number {text} has not ended yet."
        )));
    }
    Ok(number)
}

fn missing(text: &str) -> Failure {
    let shown: String = text.chars().take(32).collect();
    Failure::not_found(format!(
        "Telephone number {shown} was not found in the tenant."
    ))
}

/// Accepts a task: 202 without a body.
fn begin(desk: &mut Desk<'_>, task: Task, text: &str) -> Reply {
    let plan = desk.tenant.plans.pop_front().unwrap_or_default();
    let usual = (desk.settings.operations, desk.settings.retry_after);
    let operation = Operation::new(task, text, plan, usual, desk.now);
    let mut reply = Reply::empty(StatusCode::ACCEPTED);
    if let Some(location) = desk.location(&operation.id) {
        reply = reply.with_header(LOCATION, &location);
    }
    if let Some(seconds) = operation.retry_after {
        reply = reply.with_header(RETRY_AFTER, &seconds.to_string());
    }
    desk.tenant.operations.push(operation);
    desk.tenant.dirty = true;
    // What takes no time at all has ended by now.
    desk.tenant.advance(desk.now, |_| false);
    reply
}
