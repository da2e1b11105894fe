//! `assignment`: what each verb prints, sends and refuses; ids of the wrong kind.

use teams_phone_emulator::Fault;

use crate::support::{CLIENT, OBJECT, OTHER_CLIENT, Resource, TENANT};

fn rows(first: &[(&str, &str)], principal: &str, clients: &str) -> String {
    let mut text = String::new();
    let rows = [
        ("tenant", TENANT),
        ("object", OBJECT),
        ("principal type", principal),
        ("client ids", clients),
    ];
    for (name, value) in first.iter().chain(&rows) {
        text.push_str(&format!("{name:14}  {value}\n"));
    }
    text
}

#[test]
fn grant_says_created_then_replaced() {
    let resource = Resource::new();
    resource.assignment("grant", "--resource-account").expect(
        0,
        &rows(&[("outcome", "created")], "teamsResourceAccount", "none"),
        "",
    );
    resource
        .assignment(
            "grant",
            &format!("--user --client-id {CLIENT},{OTHER_CLIENT}"),
        )
        .expect(
            0,
            &rows(
                &[("outcome", "replaced")],
                "user",
                &format!("{CLIENT}, {OTHER_CLIENT}"),
            ),
            "",
        );
    resource.assignment("get", "").expect(
        0,
        &rows(&[], "user", &format!("{CLIENT}, {OTHER_CLIENT}")),
        "",
    );
}

#[test]
fn json_has_the_documented_fields() {
    let resource = Resource::new();
    let granted = resource.assignment("grant", "--resource-account --output json");
    granted.expect(
        0,
        &format!(
            "{{\"schema_version\":1,\"outcome\":\"created\",\"created\":true,\"assignment\":{{\"tenant_id\":\"{TENANT}\",\"object_id\":\"{OBJECT}\",\"principal_type\":\"teamsResourceAccount\",\"client_ids\":[]}}}}\n"
        ),
        "",
    );
    let found = resource.assignment("get", "--output=json").json();
    assert_eq!(found["assignment"], granted.json()["assignment"]);
    let ensured = resource.assignment(
        "ensure",
        &format!("--user --client-id {CLIENT} --output json"),
    );
    let ensured = ensured.json();
    assert_eq!(ensured["outcome"], "replaced");
    assert_eq!(ensured["changes"][0]["field"], "principalType");
    assert_eq!(ensured["changes"][0]["from"], "teamsResourceAccount");
    assert_eq!(ensured["changes"][1]["to"], CLIENT);
    let revoked = resource.assignment("revoke", "--yes --output json").json();
    assert_eq!(revoked["verified"], true);
    assert_eq!(revoked["checks"], 1);
}

#[test]
fn a_missing_assignment_has_its_own_exit_code_and_a_hint() {
    let resource = Resource::new();
    resource.assignment("get", "").expect(
        4,
        "",
        "error: teams_extension_assignment_get: The assignment was not found (404, code `NotFound`, request id ID)\nhint: ..\n",
    );
    let error = resource.assignment("get", "--output json").error();
    assert_eq!(error["kind"], "service");
    assert_eq!(error["status"], 404);
    assert_eq!(error["operation"], "teams_extension_assignment_get");
    assert_eq!(error["endpoint"], "http://EMULATOR");
    assert_eq!(error["attempts"], 1);
    assert!(error["hint"].as_str().unwrap().contains("GUID"));
}

#[test]
fn ensure_writes_only_what_differs_and_says_what() {
    let resource = Resource::new();
    let user = format!("--user --client-id {CLIENT}");
    let ensured = resource.assignment("ensure", &user);
    ensured.expect(0, &rows(&[("outcome", "created")], "user", CLIENT), "");
    let before = resource.emulator.requests().len();
    let ensured = resource.assignment("ensure", &user);
    ensured.expect(0, &rows(&[("outcome", "unchanged")], "user", CLIENT), "");
    assert_eq!(resource.emulator.requests().len(), before + 1);
    let ensured = resource.assignment("ensure", &format!("--user --client-id {OTHER_CLIENT}"));
    let changed = format!("clientIds: {CLIENT} -> {OTHER_CLIENT}");
    ensured.expect(
        0,
        &rows(
            &[("outcome", "replaced"), ("changed", &changed)],
            "user",
            OTHER_CLIENT,
        ),
        "",
    );
}

#[test]
fn a_dry_run_shows_the_requests_and_sends_no_write() {
    let resource = Resource::new();
    let url = format!(
        "http://EMULATOR/access/teamsExtension/tenants/{TENANT}/assignments/{OBJECT}?api-version=2025-06-30"
    );
    resource
        .assignment("grant", &format!("--user --client-id {CLIENT} --dry-run"))
        .expect(
            0,
            &format!(
                "nothing was sent; it would be:\nPUT {url}\n  {{\"clientIds\":[\"{CLIENT}\"],\"principalType\":\"user\"}}\n"
            ),
            "",
        );
    resource.assignment("revoke", "--dry-run").expect(
        0,
        &format!("nothing was sent; it would be:\nDELETE {url}\nGET {url}\n"),
        "",
    );
    assert!(resource.emulator.requests().is_empty());
    resource.assignment("ensure", "--resource-account --dry-run").expect(
        0,
        &format!(
            "would be created; nothing was written\nPUT {url}\n  {{\"principalType\":\"teamsResourceAccount\"}}\n"
        ),
        "",
    );
    assert_eq!(resource.assignment("grant", "--resource-account").code, 0);
    resource
        .assignment("ensure", "--resource-account --dry-run")
        .expect(0, "nothing would be written: it is as described\n", "");
    let planned = resource.assignment("ensure", "--principal-type robot --dry-run --output json");
    let planned = planned.json();
    assert_eq!(planned["outcome"], "replaced");
    assert_eq!(planned["changes"][0]["to"], "robot");
    assert_eq!(planned["requests"][0]["method"], "PUT");
    assert_eq!(planned["requests"][0]["body"]["principalType"], "robot");
    let writes = resource
        .emulator
        .requests()
        .iter()
        .filter(|r| r.method == "PUT")
        .count();
    assert_eq!(writes, 1);
}

#[test]
fn a_dry_run_takes_the_same_options_as_the_run() {
    let resource = Resource::new();
    let planned = resource.assignment(
        "revoke",
        "--dry-run --no-verify --api-version 2025-03-02-preview --output json",
    );
    let requests = planned.json()["requests"].clone();
    assert_eq!(requests.as_array().unwrap().len(), 1);
    assert!(
        requests[0]["url"]
            .as_str()
            .unwrap()
            .ends_with("?api-version=2025-03-02-preview")
    );
    let refused = resource.assignment(
        "grant",
        "--resource-account --dry-run --api-version 2021-03-07",
    );
    assert_eq!(refused.code, 2);
    assert!(
        refused.stderr.contains("it exists in 2025-03-02-preview"),
        "{}",
        refused.stderr
    );
}

#[test]
fn a_principal_type_is_sent_exactly_as_written() {
    let resource = Resource::new();
    assert_eq!(
        resource
            .assignment("grant", "--principal-type resourceAccount")
            .code,
        0
    );
    let body = resource.emulator.requests()[0].body.clone().unwrap();
    assert_eq!(body, "{\"principalType\":\"resourceAccount\"}");
    assert_eq!(
        resource
            .assignment("ensure", "--resource-account --output json")
            .json()["outcome"],
        "unchanged"
    );
}

#[test]
fn revoke_asks_first_and_says_so_where_it_cannot() {
    let resource = Resource::new();
    assert_eq!(resource.assignment("grant", "--resource-account").code, 0);
    resource.assignment("revoke", "").expect(
        2,
        "",
        "error: this needs confirmation, and there is no terminal to ask on\nhint: ..\n",
    );
    assert_eq!(resource.assignment("get", "").code, 0);
    resource.assignment("revoke", "--yes").expect(
        0,
        &format!(
            "outcome   revoked\nverified  gone (404) at the first read\ntenant    {TENANT}\nobject    {OBJECT}\n"
        ),
        "",
    );
    assert_eq!(resource.assignment("get", "").code, 4);
    let unread = resource
        .assignment("revoke", "-y --no-verify --output json")
        .json();
    assert_eq!(unread["verified"], false);
    assert!(unread["checks"].is_null());
    assert_eq!(
        resource.emulator.requests().last().unwrap().method,
        "DELETE"
    );
}

#[test]
fn a_removal_that_is_not_proven_is_a_partial_success() {
    let resource = Resource::new();
    let broken = Fault::respond(500, "InternalServerError").method("GET");
    resource.emulator.inject(broken);
    let ran = resource.assignment("revoke", "--yes --max-attempts 1");
    assert_eq!((ran.code, ran.stdout.as_str()), (7, ""));
    let start = "error: the deletion was accepted, but then teams_extension_assignment_get: ";
    assert!(ran.stderr.starts_with(start), "{}", ran.stderr);

    resource.emulator.clear_faults();
    assert_eq!(resource.assignment("grant", "--resource-account").code, 0);
    resource.emulator.inject(Fault::empty(204).method("DELETE"));
    let ran = resource.assignment("revoke", "--yes --verify-within 1ms");
    assert_eq!(ran.code, 7);
    // Once or twice: a machine may be quick enough for a look before the time is over.
    let said = ["1 time", "2 times"].map(|times| format!("is still there, read {times}\nhint: "));
    assert!(
        said.iter().any(|said| ran.stderr.contains(said)),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_user_without_an_application_is_warned_about() {
    let resource = Resource::new();
    let ran = resource.assignment("grant", "--user");
    assert_eq!(ran.code, 0);
    assert_eq!(
        ran.stderr,
        "warning: a user without --client-id cannot sign in through any application\n"
    );
    let ran = resource.assignment("grant", "--user --output json");
    let warning: serde_json::Value = serde_json::from_str(&ran.stderr).unwrap();
    assert!(warning["warning"].as_str().unwrap().contains("--client-id"));
}

#[test]
fn ids_of_the_wrong_kind_are_refused_before_anything_is_sent() {
    let resource = Resource::new();
    for (args, said) in [
        (
            format!("--tenant contoso.com --object {OBJECT}"),
            "tenant id \"contoso.com\" is not a GUID",
        ),
        (
            format!("--tenant {TENANT} --object a@b.c"),
            "object id of the user or resource account",
        ),
        (
            format!("--tenant {TENANT} --object {TENANT}"),
            "are the same GUID",
        ),
        (
            format!("--tenant {TENANT} --object ../../identities"),
            "is not a GUID",
        ),
        (format!("--tenant {TENANT}"), "--object <GUID>"),
    ] {
        let ran = resource.run(&format!("assignment get {args}"));
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args}");
        assert!(ran.stderr.contains(said), "{args}: {}", ran.stderr);
    }
    for (args, said) in [
        ("", "--resource-account"),
        ("--user --resource-account", "cannot be used with"),
        (
            &format!("--resource-account --client-id {CLIENT}"),
            "cannot be used with",
        ),
        ("--user --client-id me", "client id \"me\" is not a GUID"),
        ("--principal-type=", "it is empty"),
    ] {
        let ran = resource.assignment("grant", args);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args}");
        assert!(ran.stderr.contains(said), "{args}: {}", ran.stderr);
    }
    assert!(resource.emulator.requests().is_empty());
}

#[test]
fn swapped_ids_are_not_found_and_the_hint_says_which_is_which() {
    let resource = Resource::new();
    assert_eq!(resource.assignment("grant", "--resource-account").code, 0);
    let swapped = format!("assignment get --tenant {OBJECT} --object {TENANT} --output json");
    let ran = resource.run(&swapped);
    assert_eq!(ran.code, 4);
    assert!(
        ran.error()["hint"]
            .as_str()
            .unwrap()
            .contains("the tenant is the Teams tenant")
    );
}
