//! Owns canned answers, ids and short calls that the other files use; decides nothing.

use serde_json::{Value, json};
use teams_phone::GraphClient;
use teams_phone::numbers::{NumberType, Operation};
use teams_phone_tests::{Fake, HeldClock, OBJECT, Step, answer, graph_client};

use crate::target::{NUMBER, number, object};

pub(crate) const JSON: (&str, &str) = ("Content-Type", "application/json");
pub(crate) const OPERATIONS: &str = "/v1.0/admin/teams/telephoneNumberManagement/operations";
pub(crate) const NUMBERS: &str = "/v1.0/admin/teams/telephoneNumberManagement/numberAssignments";

pub(crate) fn client(fake: &Fake) -> (GraphClient, HeldClock) {
    graph_client(&fake.url(), "a token that must not be seen")
}

/// The 202 of an order with the operation `op-1`.
pub(crate) fn taken() -> Step {
    answer(202, &[("Location", &format!("{OPERATIONS}('op-1')"))], "")
}

pub(crate) fn ok(body: &Value) -> Step {
    answer(200, &[JSON], &body.to_string())
}

/// The operation `op-1` with its numbers' states.
pub(crate) fn operation(status: &str, numbers: &[&str]) -> Value {
    let numbers: Vec<Value> = numbers
        .iter()
        .map(|status| json!({ "status": status, "statusDetail": "the service's words" }))
        .collect();
    json!({ "id": "op-1", "status": status, "numbers": numbers })
}

/// The list with the one number of the tests, as it is with this status and target.
pub(crate) fn found(status: &str, target: Option<&str>) -> Step {
    found_in("activated", status, target)
}

pub(crate) fn found_in(activation: &str, status: &str, target: Option<&str>) -> Step {
    ok(&json!({ "value": [entry(NUMBER, activation, status, target)] }))
}

pub(crate) fn entry(number: &str, activation: &str, status: &str, target: Option<&str>) -> Value {
    json!({
        "id": format!("id-of-{}", &number[1..]), "telephoneNumber": number, "operatorId": "o",
        "numberType": "directRouting", "activationState": activation,
        "capabilities": ["voiceApplicationAssignment"], "assignmentStatus": status,
        "assignmentTargetId": target, "supportedCustomerActions": [],
        "reverseNumberLookupOptions": [],
    })
}

/// Starts to assign the number of the tests to [`OBJECT`].
pub(crate) async fn start_assign(client: &GraphClient) -> teams_phone::Result<Operation> {
    let numbers = client.numbers();
    let order = numbers.assign(&number(NUMBER), &object(OBJECT), NumberType::DirectRouting);
    order.start().await
}
