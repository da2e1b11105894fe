//! Owns the proof of who may call Graph, how a refusal looks, and what faults do to its answers.

use serde_json::{Value, json};
use teams_phone_emulator::{Application, Emulator, ErrorStyle, Fault};

use crate::client::{Answer, MANAGEMENT, Request, unsigned_token};

use super::{
    ACCOUNTS, FIRST, NUMBERS, OPERATIONS, USER, assign, demo, get, holder, message, to_account,
};

const OTHER: &str = "a0000000-0000-4000-8000-000000000002";
const CONFIGURATIONS: &str = "/v1.0/admin/teams/userConfigurations";

/// What an operation asks for: method, path, permissions of which one is enough, and one that is not.
type Asked = (&'static str, String, &'static [&'static str], &'static str);

const READ: &[&str] = &[
    "TeamsTelephoneNumber.Read.All",
    "TeamsTelephoneNumber.ReadWrite.All",
];
const WRITE: &[&str] = &["TeamsTelephoneNumber.ReadWrite.All"];
const READ_ONLY: &str = "TeamsTelephoneNumber.Read.All";

fn operations_on_teams() -> Vec<Asked> {
    let number = |action: &str| format!("{NUMBERS}/{action}");
    let accounts = &["TeamsResourceAccount.Read.All"];
    let configurations = &["TeamsUserConfiguration.Read.All"];
    vec![
        ("GET", NUMBERS.to_owned(), READ, accounts[0]),
        ("GET", number("x"), READ, "User.Read.All"),
        ("GET", OPERATIONS.to_owned(), READ, "User.Read.All"),
        ("GET", format!("{OPERATIONS}/x"), READ, configurations[0]),
        ("POST", number("assignNumber"), WRITE, READ_ONLY),
        ("POST", number("unassignNumber"), WRITE, READ_ONLY),
        ("POST", number("updateNumber"), WRITE, READ_ONLY),
        (
            "GET",
            CONFIGURATIONS.to_owned(),
            configurations,
            "User.Read.All",
        ),
        ("GET", ACCOUNTS.to_owned(), accounts, WRITE[0]),
    ]
}

fn operations_on_the_directory() -> Vec<Asked> {
    let user = format!("/v1.0/users/{USER}");
    let skus = "/v1.0/subscribedSkus".to_owned();
    let (held, given) = (
        format!("{user}/licenseDetails"),
        format!("{user}/assignLicense"),
    );
    vec![
        (
            "GET",
            user.clone(),
            &["User.Read.All", "User.ReadWrite.All", "Directory.Read.All"],
            READ_ONLY,
        ),
        (
            "PATCH",
            user,
            &["User.ReadWrite.All", "Directory.ReadWrite.All"],
            "User.Read.All",
        ),
        (
            "GET",
            skus,
            &["LicenseAssignment.Read.All", "Organization.Read.All"],
            "User.Read.All",
        ),
        (
            "GET",
            held,
            &["User.Read.All", "LicenseAssignment.Read.All"],
            READ_ONLY,
        ),
        (
            "POST",
            given,
            &["LicenseAssignment.ReadWrite.All"],
            "LicenseAssignment.Read.All",
        ),
    ]
}

fn call(emulator: &Emulator, method: &str, target: &str, token: &str) -> Answer {
    Request::new(method, target)
        .bearer(token)
        .json(&json!({}))
        .send(emulator)
}

#[test]
fn each_operation_takes_its_permissions_and_no_other() {
    let emulator = demo();
    let graph = emulator.graph();
    let all = [operations_on_teams(), operations_on_the_directory()].concat();
    for (method, target, enough, other) in all {
        for permission in enough {
            for token in [
                graph.token_with(&[permission]),
                graph.user_token_with(&["User.Read", permission]),
            ] {
                let status = call(&emulator, method, &target, &token).status;
                assert!(
                    status != 403 && status != 401,
                    "{method} {target} {permission}: {status}"
                );
            }
        }
        for token in [
            graph.token_with(&[other]),
            graph.token_with(&[]),
            graph.user_token_with(&[other]),
        ] {
            let refused = call(&emulator, method, &target, &token);
            assert_eq!(refused.status, 403, "{method} {target} {other}");
        }
    }
}

#[test]
fn a_refusal_has_the_form_that_is_set() {
    let emulator = demo();
    let token = emulator.graph().token_with(&[]);
    let plain = call(&emulator, "GET", NUMBERS, &token).json();
    assert_eq!(plain["error"]["code"], "forbidden");
    let named = "TeamsTelephoneNumber.ReadWrite.All,TeamsTelephoneNumber.Read.All.";
    assert!(
        plain["error"]["message"].as_str().unwrap().ends_with(named),
        "{plain}"
    );
    let action = &plain["error"]["innerError"]["additionalData"]["action"];
    assert_eq!(action, "Add the required roles/permissions and try again.");

    emulator
        .graph()
        .configure(|graph| graph.errors = ErrorStyle::Nested);
    let nested = call(&emulator, "GET", NUMBERS, &token).json();
    assert_eq!(nested["error"]["code"], "UnknownError");
    let inside: Value = serde_json::from_str(nested["error"]["message"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&inside["code"], &inside["message"]),
        (&json!("Forbidden"), &json!("Access Denied."))
    );
    assert_eq!(
        nested["error"]["innerError"].as_object().unwrap().len(),
        3,
        "ids only"
    );
    let missing: Value =
        serde_json::from_str(&message(&get(&emulator, &format!("{NUMBERS}/x")))).unwrap();
    assert_eq!(missing["code"], "NotFound");

    let directory = call(&emulator, "GET", "/v1.0/subscribedSkus", &token);
    assert_eq!(directory.code(), "Authorization_RequestDenied");
}

#[test]
fn tokens_that_are_missing_old_or_for_others_are_refused_with_a_challenge() {
    let emulator = demo();
    let entra = emulator.entra();
    let with = |name: &str, value: Value| {
        let mut claims = entra.app_claims("https://graph.microsoft.com/.default");
        claims[name] = value;
        entra.sign(&claims)
    };
    let unsigned = unsigned_token(json!({ "aud": "https://graph.microsoft.com" }), 60);
    let cases = [
        (Request::new("GET", NUMBERS).unsigned(), "empty"),
        (Request::new("GET", NUMBERS), "empty"),
        (Request::new("GET", NUMBERS).bearer(""), "empty"),
        (Request::new("GET", NUMBERS).bearer("x"), "three parts"),
        (
            Request::new("GET", NUMBERS).bearer(&with("exp", 0.into())),
            "expired",
        ),
        (
            Request::new("GET", NUMBERS).bearer(&entra.app_token(MANAGEMENT)),
            "audience",
        ),
        (
            Request::new("GET", NUMBERS).bearer(&with("aud", "https://graph.microsoft.us".into())),
            "audience",
        ),
        (Request::new("GET", NUMBERS).bearer(&unsigned), "algorithm"),
        (Request::new("GET", "/v1.0/nothing").unsigned(), "empty"),
    ];
    for (request, words) in cases {
        let answer = request.send(&emulator);
        let got = (answer.status, answer.code());
        assert_eq!(
            got,
            (401, "InvalidAuthenticationToken".to_owned()),
            "{words}"
        );
        assert!(
            message(&answer).contains(words),
            "{words}: {}",
            message(&answer)
        );
        let challenge = answer.header("www-authenticate").unwrap();
        assert!(
            challenge.starts_with("Bearer ") && challenge.contains(emulator.url()),
            "{challenge}"
        );
    }
    let id = with("aud", "00000003-0000-0000-c000-000000000000".into());
    assert_eq!(call(&emulator, "GET", NUMBERS, &id).status, 200);
}

#[test]
fn unsigned_tokens_pass_where_they_are_let_and_only_for_graph() {
    let emulator = Emulator::builder()
        .accept_unsigned_tokens(true)
        .spawn()
        .unwrap();
    let token = |audience: &str| unsigned_token(json!({ "aud": audience }), 60);
    assert_eq!(
        call(
            &emulator,
            "GET",
            NUMBERS,
            &token("https://graph.microsoft.com")
        )
        .status,
        200
    );
    assert_eq!(
        call(&emulator, "GET", NUMBERS, &token("https://other.example")).status,
        401
    );
    let open = Emulator::builder()
        .verify_credentials(false)
        .spawn()
        .unwrap();
    assert_eq!(
        Request::new("GET", NUMBERS).unsigned().send(&open).status,
        200
    );
}

/// A token from the authority's token endpoint.
fn issued(emulator: &Emulator, client: &str, secret: &str) -> String {
    let form = format!(
        "grant_type=client_credentials&client_id={client}&client_secret={secret}\
         &scope=https%3A%2F%2Fgraph.microsoft.com%2F.default"
    );
    let target = format!("/{}/oauth2/v2.0/token", emulator.entra().tenant_id());
    let answer = Request::new("POST", &target)
        .unsigned()
        .typed("application/x-www-form-urlencoded", &form)
        .send(emulator);
    answer.json()["access_token"].as_str().unwrap().to_owned()
}

#[test]
fn tokens_carry_the_permissions_of_their_application() {
    let other = |permissions: &[&'static str]| {
        Application::new(OTHER)
            .secret("s3cret")
            .graph_permissions(permissions.to_vec())
    };
    let emulator = Emulator::builder()
        .graph_demo_tenant()
        .application(other(&["TeamsResourceAccount.Read.All"]))
        .spawn()
        .unwrap();
    let entra = emulator.entra();
    let standard = issued(&emulator, entra.client_id(), entra.client_secret());
    assert_eq!(call(&emulator, "GET", NUMBERS, &standard).status, 200);
    let token = || issued(&emulator, OTHER, "s3cret");
    assert_eq!(call(&emulator, "GET", NUMBERS, &token()).status, 403);
    assert_eq!(call(&emulator, "GET", ACCOUNTS, &token()).status, 200);
    let more = json!({ "applications": [
        { "clientId": OTHER, "secret": "s3cret", "graphPermissions": ["TeamsTelephoneNumber.Read.All"] },
    ] });
    let patched = Request::new("PATCH", "/_emulator/entra")
        .unsigned()
        .json(&more)
        .send(&emulator);
    assert_eq!(patched.status, 200);
    assert_eq!(call(&emulator, "GET", NUMBERS, &token()).status, 200);
    assert!(
        entra.app_claims(MANAGEMENT).get("roles").is_none(),
        "they are for Graph alone"
    );
    let user = entra.user_token("https://graph.microsoft.com/.default");
    assert_eq!(call(&emulator, "GET", NUMBERS, &user).status, 200);
    let little = entra.user_token("https://graph.microsoft.com/TeamsTelephoneNumber.Read.All");
    assert_eq!(call(&emulator, "GET", NUMBERS, &little).status, 200);
    assert_eq!(call(&emulator, "GET", ACCOUNTS, &little).status, 403);
}

#[test]
fn every_answer_names_the_request_and_repeats_the_clients_id() {
    let emulator = demo();
    let token = emulator.graph().app_token();
    let own = "7f4c2b1e-0000-4000-8000-00000000abcd";
    for target in [NUMBERS, "/v1.0/admin/teams", &format!("{NUMBERS}/x")] {
        let answer = Request::new("GET", target)
            .bearer(&token)
            .header("client-request-id", own)
            .send(&emulator);
        assert_eq!(answer.header("client-request-id"), Some(own), "{target}");
        let id = answer.header("request-id").unwrap();
        assert!(
            id.len() == 36
                && answer.header("date").is_some()
                && answer.header("x-ms-ags-diagnostic").is_some()
        );
        assert_eq!(answer.header("ms-cv"), None, "{target}");
        if answer.status != 200 {
            let inner = &answer.json()["error"]["innerError"];
            assert_eq!(
                (&inner["request-id"], &inner["client-request-id"]),
                (&json!(id), &json!(own))
            );
            let date = inner["date"].as_str().unwrap();
            assert!(date.len() == 19 && !date.ends_with('Z'), "{date}");
        }
    }
    let plain = get(&emulator, NUMBERS);
    assert_eq!(
        plain.header("client-request-id"),
        plain.header("request-id")
    );
}

#[test]
fn faults_meet_graph_in_its_own_shape() {
    let emulator = demo();
    emulator.inject(
        Fault::throttle(7)
            .operation("listNumberAssignments")
            .times(1),
    );
    emulator.inject(
        Fault::respond(503, "ServiceUnavailable")
            .path("/v1.0/**")
            .times(1),
    );
    emulator.inject(Fault::respond_body(504, json!({ "own": true })).times(1));
    emulator.inject(Fault::html(502).times(1));
    let throttled = get(&emulator, NUMBERS);
    assert_eq!(
        (throttled.status, throttled.header("retry-after")),
        (429, Some("7"))
    );
    let error = &throttled.json()["error"];
    assert_eq!(
        (&error["code"], &error["innerError"]["code"]),
        (&json!("TooManyRequests"), &json!("429"))
    );
    let busy = get(&emulator, NUMBERS);
    assert_eq!(
        (busy.status, busy.code().as_str()),
        (503, "ServiceUnavailable")
    );
    let inner = &busy.json()["error"]["innerError"]["request-id"];
    assert_eq!(inner.as_str(), busy.header("request-id"));
    assert_eq!(get(&emulator, NUMBERS).json(), json!({ "own": true }));
    let page = get(&emulator, NUMBERS);
    assert!(
        page.status == 502
            && page.body.starts_with(b"<html>")
            && page.header("request-id").is_some()
    );
    assert_eq!(get(&emulator, NUMBERS).status, 200);
}

#[test]
fn an_answer_can_be_lost_before_and_after_the_effect() {
    let emulator = demo();
    emulator.inject(Fault::drop_before().operation("assignNumber").times(1));
    emulator.inject(Fault::drop_after().operation("assignNumber").times(1));
    emulator.inject(
        Fault::respond(504, "GatewayTimeout")
            .processed()
            .operation("unassignNumber")
            .times(1),
    );
    let post = || {
        let token = emulator.graph().app_token();
        Request::new("POST", &format!("{NUMBERS}/assignNumber"))
            .bearer(&token)
            .json(&to_account(FIRST))
            .try_send(&emulator)
    };
    assert!(post().is_err());
    assert!(emulator.graph().operations().is_empty());
    assert!(post().is_err());
    assert_eq!(emulator.graph().operations().len(), 1);
    assert_eq!(super::statuses(&emulator, 2), ["running", "succeeded"]);
    let answer = super::unassign(&emulator, FIRST);
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (504, "GatewayTimeout")
    );
    assert!(answer.json()["error"]["innerError"]["date"].is_string());
    assert_eq!(emulator.graph().operations().len(), 2);
    super::statuses(&emulator, 2);
    assert_eq!(holder(emulator.graph(), FIRST).0, "unassigned");
    let noted: Vec<_> = emulator
        .requests()
        .into_iter()
        .filter_map(|request| request.operation)
        .collect();
    assert_eq!(&noted[..2], ["assignNumber", "assignNumber"]);
    assert_eq!(noted.last().map(String::as_str), Some("getOperation"));
}

#[test]
fn nothing_is_there_unless_asked_for() {
    let emulator = crate::client::emulator();
    for target in [
        NUMBERS,
        ACCOUNTS,
        "/v1.0/users",
        "/v1.0/subscribedSkus",
        OPERATIONS,
        CONFIGURATIONS,
    ] {
        assert_eq!(
            get(&emulator, target).json()["value"],
            json!([]),
            "{target}"
        );
    }
    assert_eq!(assign(&emulator, FIRST).status, 404);
}

#[test]
fn the_emulator_lists_what_it_has_of_graph() {
    let emulator = crate::client::emulator();
    let shown = Request::new("GET", "/_emulator")
        .unsigned()
        .send(&emulator)
        .json();
    let all = shown["graphOperations"].as_array().unwrap();
    let of = |id: &str| all.iter().find(|operation| operation["id"] == id).unwrap();
    assert_eq!(of("assignNumber")["permissions"], json!(WRITE));
    assert_eq!(of("listResourceAccounts")["versions"], json!(["beta"]));
    for operation in all {
        let rule = json!([{ "match": { "operation": operation["id"] }, "times": 1 }]);
        let added = Request::new("POST", "/_emulator/faults")
            .unsigned()
            .json(&rule)
            .send(&emulator);
        assert_eq!(added.status, 201, "{operation}");
    }
}
