//! Owns the proof of what the emulated Graph answers, and the helpers of its parts.

mod access;
mod actions;
mod directory;
mod lists;
mod samples;
mod tenants;

use serde_json::{Value, json};
use teams_phone_emulator::{Emulator, Graph};

use crate::client::{Answer, Request};

pub(crate) const NUMBERS: &str = "/v1.0/admin/teams/telephoneNumberManagement/numberAssignments";
pub(crate) const OPERATIONS: &str = "/v1.0/admin/teams/telephoneNumberManagement/operations";
pub(crate) const ACCOUNTS: &str = "/beta/admin/teams/resourceAccounts";
/// The resource account, the user and the licence of the demonstration tenant.
pub(crate) const ACCOUNT: &str = "c0000000-0000-4000-8000-000000000001";
pub(crate) const USER: &str = "b0000000-0000-4000-8000-000000000002";
pub(crate) const SKU: &str = "440eaaa8-b3e0-484b-a8be-62870b9ba70a";
/// A service number, a second one, and a user number of it.
pub(crate) const FIRST: &str = "+12065550100";
pub(crate) const SECOND: &str = "+12065550101";
pub(crate) const FOR_USER: &str = "+12065550102";

/// An emulator with the demonstration tenant.
pub(crate) fn demo() -> Emulator {
    Emulator::builder().graph_demo_tenant().spawn().unwrap()
}

pub(crate) fn with_token(emulator: &Emulator, method: &str, target: &str) -> Request {
    Request::new(method, target).bearer(&emulator.graph().app_token())
}

pub(crate) fn get(emulator: &Emulator, target: &str) -> Answer {
    with_token(emulator, "GET", target).send(emulator)
}

pub(crate) fn post(emulator: &Emulator, target: &str, body: &Value) -> Answer {
    with_token(emulator, "POST", target)
        .json(body)
        .send(emulator)
}

/// The body of an assignment to the resource account.
pub(crate) fn to_account(number: &str) -> Value {
    json!({ "telephoneNumber": number, "assignmentTargetId": ACCOUNT, "numberType": "callingPlan" })
}

pub(crate) fn assign(emulator: &Emulator, number: &str) -> Answer {
    post(
        emulator,
        &format!("{NUMBERS}/assignNumber"),
        &to_account(number),
    )
}

pub(crate) fn unassign(emulator: &Emulator, number: &str) -> Answer {
    let body = json!({ "telephoneNumber": number, "numberType": "callingPlan" });
    post(emulator, &format!("{NUMBERS}/unassignNumber"), &body)
}

/// Polls the latest operation once.
pub(crate) fn poll(emulator: &Emulator) -> Answer {
    let id = emulator.graph().operations().pop().unwrap();
    get(emulator, &format!("{OPERATIONS}/{id}"))
}

/// The statuses that so many polls see.
pub(crate) fn statuses(emulator: &Emulator, polls: usize) -> Vec<String> {
    let status = |_| poll(emulator).json()["status"].as_str().unwrap().to_owned();
    (0..polls).map(status).collect()
}

/// Status and target of a number.
pub(crate) fn holder(graph: Graph<'_>, number: &str) -> (String, Option<String>) {
    let number = graph.number(number).unwrap();
    let target = number.assignment_target_id().map(str::to_owned);
    (number.assignment_status().to_owned(), target)
}

/// The message of an error body.
pub(crate) fn message(answer: &Answer) -> String {
    answer.json()["error"]["message"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}
