//! Owns the proof of how a tenant gets into an emulator and out of it again: files, texts, admin routes, snapshots.

use serde_json::{Value, json};
use teams_phone_emulator::{
    Delay, Emulator, GraphNumber, GraphUser, OperationPlan, ResourceAccount, StartError,
};

use crate::client::{Answer, Request, emulator};

use super::{ACCOUNT, FIRST, NUMBERS, SECOND, USER, assign, demo, get, holder, poll, statuses};

fn document() -> Value {
    json!({
        "skus": [{ "skuPartNumber": "PHONESYSTEM_VIRTUALUSER", "units": 5 }],
        "resourceAccounts": [{
            "id": ACCOUNT, "userPrincipalName": "ra@x.invalid", "displayName": "Reception",
            "appId": "a0000000-0000-4000-8000-000000000001",
            "acsResourceId": "d0000000-0000-4000-8000-000000000001",
            "usageLocation": "DE", "licences": ["PHONESYSTEM_VIRTUALUSER"],
        }],
        "users": [{ "userPrincipalName": "u@x.invalid" }],
        "numbers": [
            { "telephoneNumber": "12065550100", "capabilities": ["voiceApplicationAssignment"] },
            { "telephoneNumber": "+12065550101", "assignedTo": "ra@x.invalid" },
        ],
    })
}

fn admin(emulator: &Emulator, method: &str, path: &str, body: &Value) -> Answer {
    let target = format!("/_emulator{path}");
    Request::new(method, &target)
        .unsigned()
        .json(body)
        .send(emulator)
}

#[test]
fn a_whole_tenant_comes_from_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tenant.json");
    std::fs::write(&path, document().to_string()).unwrap();
    let emulator = Emulator::builder()
        .graph_tenant_file(&path)
        .spawn()
        .unwrap();
    let graph = emulator.graph();
    assert_eq!(holder(graph, FIRST), ("unassigned".to_owned(), None));
    assert_eq!(holder(graph, SECOND).1.as_deref(), Some(ACCOUNT));
    assert_eq!(assign(&emulator, FIRST).status, 202);
    assert_eq!(statuses(&emulator, 2), ["running", "succeeded"]);
    let again = Emulator::builder()
        .graph_tenant_json(graph.tenant())
        .spawn()
        .unwrap();
    assert_eq!(
        again.graph().tenant(),
        graph.tenant(),
        "what is written reads back equal"
    );
}

/// Where the document gets which other value, and what is said about that.
fn mistakes() -> Vec<(&'static str, Value, &'static str)> {
    vec![
        ("/number", json!([]), "unknown field `number`"),
        (
            "/numbers/1/numberTyp",
            json!("x"),
            "numbers[1].numberTyp: unknown field",
        ),
        (
            "/numbers/0",
            json!({}),
            "numbers[0]: missing field `telephoneNumber`",
        ),
        (
            "/numbers/1/telephoneNumber",
            json!(5),
            "numbers[1].telephoneNumber: invalid type: integer",
        ),
        (
            "/numbers/1/telephoneNumber",
            json!("x"),
            "numbers[1].telephoneNumber: `x` is not a number",
        ),
        (
            "/numbers/1/telephoneNumber",
            json!(FIRST),
            "telephoneNumber `+12065550100` appears twice",
        ),
        (
            "/numbers/0/numberType",
            json!("CallingPlan"),
            "numbers[0].numberType: `CallingPlan` is none of",
        ),
        (
            "/numbers/0/capabilities",
            json!(["fly"]),
            "numbers[0].capabilities[0]: `fly` is none of",
        ),
        (
            "/numbers/1/assignedTo",
            json!("no@x.invalid"),
            "numbers[1].assignedTo: `no@x.invalid` is none",
        ),
        (
            "/resourceAccounts/0/id",
            json!("x"),
            "resourceAccounts[0].id: UUID parsing failed",
        ),
        (
            "/resourceAccounts/0/appId",
            json!("x"),
            "resourceAccounts[0].appId: `x` is not a GUID",
        ),
        (
            "/resourceAccounts/0/usageLocation",
            json!("de"),
            "resourceAccounts[0].usageLocation: `de`",
        ),
        (
            "/resourceAccounts/0/licences",
            json!(["E5"]),
            "resourceAccounts[0].licences[0]: `E5` is neither",
        ),
        (
            "/users/0/userPrincipalName",
            json!("u"),
            "users[0].userPrincipalName: `u` is not",
        ),
        (
            "/users/0/userPrincipalName",
            json!("RA@x.invalid"),
            "userPrincipalName `ra@x.invalid` appears twice",
        ),
        (
            "/users/0/appId",
            json!("x"),
            "users[0].appId, acsResourceId: only",
        ),
    ]
}

#[test]
fn what_is_wrong_in_a_file_is_named_by_its_place() {
    let start = |text: &str| {
        Emulator::builder()
            .graph_tenant_json(text)
            .spawn()
            .unwrap_err()
    };
    for (pointer, value, words) in mistakes() {
        let mut all = document();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        match all.pointer_mut(pointer) {
            Some(place) => *place = value,
            None => all.pointer_mut(parent).unwrap()[name] = value,
        }
        let error = start(&all.to_string());
        assert!(matches!(error, StartError::Tenant { .. }), "{error}");
        assert!(error.to_string().contains(words), "{pointer}: {error}");
    }
    assert!(start("{").to_string().contains("EOF"));
    let file = "/nonexistent/tenant.json";
    let missing = Emulator::builder()
        .graph_tenant_file(file)
        .spawn()
        .unwrap_err();
    assert!(missing.to_string().contains(file), "{missing}");
}

#[test]
fn the_builder_and_the_handle_make_the_same_things() {
    let emulator = Emulator::builder()
        .graph_demo_tenant()
        .graph_user(GraphUser::new("more@x.invalid"))
        .graph_number(GraphNumber::new("+12065550109").assigned_to("more@x.invalid"))
        .spawn()
        .unwrap();
    let graph = emulator.graph();
    assert_eq!(holder(graph, "12065550109").0, "userAssigned");
    let id = graph
        .add_resource_account(ResourceAccount::new("ra2@x.invalid"))
        .unwrap();
    assert_eq!(graph.object_id("RA2@x.invalid"), Some(id));
    let error = graph
        .add_number(GraphNumber::new("+12065550108").number_type("odd"))
        .unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("numbers[0].numberType: `odd`"),
        "{error}"
    );
    assert_eq!(graph.numbers().len(), 4);
}

#[test]
fn admin_routes_make_what_graph_cannot() {
    let emulator = emulator();
    let made = |path: &str, body: Value| {
        let answer = admin(&emulator, "POST", path, &body);
        assert_eq!(
            answer.status,
            201,
            "{path}: {}",
            String::from_utf8_lossy(&answer.body)
        );
        answer.json()["id"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        made(
            "/graph/skus",
            json!({ "skuPartNumber": "PHONESYSTEM_VIRTUALUSER" })
        ),
        super::SKU
    );
    let account = made(
        "/graph/resource-accounts",
        document()["resourceAccounts"][0].clone(),
    );
    assert_eq!(account, ACCOUNT);
    let user = made(
        "/graph/users",
        json!({ "userPrincipalName": "u@x.invalid" }),
    );
    assert_eq!(emulator.graph().object_id("u@x.invalid"), Some(user));
    let number = made("/graph/numbers", document()["numbers"][0].clone());
    assert_eq!(
        get(&emulator, &format!("{NUMBERS}/{number}")).json()["telephoneNumber"],
        FIRST
    );
    let plan =
        json!({ "outcome": { "type": "fail", "statusDetail": "ported" }, "delay": { "polls": 0 } });
    assert_eq!(admin(&emulator, "POST", "/graph/plans", &plan).status, 201);
    assert_eq!(assign(&emulator, FIRST).status, 202);
    assert_eq!(
        poll(&emulator).json()["numbers"][0]["statusDetail"],
        "ported"
    );
    let refused = admin(
        &emulator,
        "POST",
        "/graph/numbers",
        &json!({ "telephoneNumber": "x" }),
    );
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (400, "BadAdminRequest")
    );
    assert_eq!(
        admin(&emulator, "POST", "/graph/nothing", &json!({})).status,
        404
    );
}

#[test]
fn admin_routes_take_and_give_a_whole_tenant() {
    let emulator = demo();
    let put = admin(&emulator, "PUT", "/graph/tenant", &document());
    assert_eq!(put.status, 204, "{}", String::from_utf8_lossy(&put.body));
    assert_eq!(emulator.graph().numbers().len(), 2);
    let more =
        json!({ "numbers": [{ "telephoneNumber": "+12065550105", "assignedTo": "u@x.invalid" }] });
    assert_eq!(admin(&emulator, "POST", "/graph/tenant", &more).status, 204);
    assert_eq!(emulator.graph().numbers().len(), 3);
    let shown = Request::new("GET", "/_emulator/graph/tenant")
        .unsigned()
        .send(&emulator)
        .json();
    assert_eq!(
        shown,
        serde_json::from_str::<Value>(&emulator.graph().tenant()).unwrap()
    );
    let refused = admin(
        &emulator,
        "PUT",
        "/graph/tenant",
        &json!({ "numbers": [{}] }),
    );
    assert!(refused.status == 400 && super::message(&refused).contains("numbers[0]"));
    assert_eq!(emulator.graph().numbers().len(), 3);
}

#[test]
fn settings_are_changed_one_by_one_and_put_back() {
    let emulator = demo();
    let patch = json!({ "graph": { "operations": { "milliseconds": 5000 }, "location": { "foreign": "https://x.example" } } });
    let patched = admin(&emulator, "PATCH", "/settings", &patch).json();
    assert_eq!(patched["graph"]["nextLink"], true);
    let answer = assign(&emulator, FIRST);
    assert!(
        answer
            .header("location")
            .unwrap()
            .starts_with("https://x.example/v1.0/")
    );
    assert_eq!(statuses(&emulator, 2), ["notStarted", "running"]);
    assert_eq!(
        admin(
            &emulator,
            "POST",
            "/clock",
            &json!({ "advanceMilliseconds": 5000 })
        )
        .status,
        204
    );
    assert_eq!(statuses(&emulator, 1), ["succeeded"]);
    for bad in [
        json!({ "graph": { "pageSize": 0 } }),
        json!({ "graph": { "colour": 1 } }),
    ] {
        assert_eq!(
            admin(&emulator, "PATCH", "/settings", &bad).status,
            400,
            "{bad}"
        );
    }
    assert_eq!(admin(&emulator, "POST", "/reset", &json!({})).status, 204);
    assert_eq!(
        holder(emulator.graph(), FIRST).0,
        "unassigned",
        "the tenant of the start is back"
    );
    assign(&emulator, FIRST);
    assert_eq!(statuses(&emulator, 2), ["running", "succeeded"]);
}

#[test]
fn an_operation_outlives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let start = || {
        Emulator::builder()
            .graph_demo_tenant()
            .snapshot(&path)
            .spawn()
            .unwrap()
    };
    let first = start();
    first
        .graph()
        .plan(OperationPlan::succeed().after(Delay::Polls(2)));
    assign(&first, FIRST);
    assert_eq!(statuses(&first, 1), ["notStarted"]);
    let before = first.graph().tenant();
    drop(first);
    let second = start();
    assert_eq!(second.graph().tenant(), before);
    assert_eq!(statuses(&second, 2), ["running", "succeeded"]);
    assert_eq!(holder(second.graph(), FIRST).1.as_deref(), Some(ACCOUNT));
    assert!(
        second
            .graph()
            .object_id("alex@teams-phone-emulator.invalid")
            .as_deref()
            == Some(USER)
    );
}
