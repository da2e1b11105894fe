//! Owns the proof of how numbers are assigned, unassigned and updated, and of what is refused.

use serde_json::{Value, json};
use teams_phone_emulator::{Delay, Emulator, GraphNumber, GraphUser, OperationPlan, Sku};

use super::{
    ACCOUNT, FIRST, FOR_USER, NUMBERS, OPERATIONS, SECOND, USER, assign, demo, get, holder,
    message, poll, post, statuses, to_account, unassign,
};

fn unassigned() -> (String, Option<String>) {
    ("unassigned".to_owned(), None)
}

fn assigned() -> (String, Option<String>) {
    let status = "voiceApplicationAssigned".to_owned();
    (status, Some(ACCOUNT.to_owned()))
}

#[test]
fn an_assignment_takes_effect_when_its_operation_succeeds() {
    let emulator = demo();
    let accepted = assign(&emulator, "12065550100");
    assert_eq!((accepted.status, accepted.body.len()), (202, 0));
    let location = accepted.header("location").unwrap();
    let id = emulator.graph().operations().pop().unwrap();
    let url = emulator.url();
    assert_eq!(location, format!("{url}{OPERATIONS}('{id}')"));
    assert_eq!(holder(emulator.graph(), FIRST), unassigned());

    let target = location.strip_prefix(url).unwrap();
    assert_eq!(get(&emulator, target).json()["status"], "running");
    assert_eq!(holder(emulator.graph(), FIRST), unassigned());
    let ended = get(&emulator, target).json();
    assert_eq!(ended["status"], "succeeded");
    assert_eq!(holder(emulator.graph(), FIRST), assigned());
    let number = emulator.graph().number(FIRST).unwrap();
    let link = format!("{url}{NUMBERS}/{}", number.id());
    assert_eq!(
        ended["numbers"],
        json!([{ "resourceLocation": link, "status": "succeeded" }])
    );
    assert_eq!(number.assignment_category(), Some("primary"));
}

#[test]
fn an_unassignment_gives_the_number_back() {
    let emulator = demo();
    emulator
        .graph()
        .configure(|graph| graph.operations = Delay::Polls(0));
    assert_eq!(assign(&emulator, FIRST).status, 202);
    assert_eq!(holder(emulator.graph(), FIRST), assigned());
    assert_eq!(unassign(&emulator, FIRST).status, 202);
    assert_eq!(holder(emulator.graph(), FIRST), unassigned());
    assert_eq!(
        emulator
            .graph()
            .number(FIRST)
            .unwrap()
            .assignment_category(),
        None
    );

    assert_eq!(unassign(&emulator, FIRST).status, 202);
    let ended = poll(&emulator).json();
    assert_eq!(ended["status"], "skipped");
    assert!(
        ended["numbers"][0]["statusDetail"]
            .as_str()
            .unwrap()
            .contains("not assigned")
    );
}

#[test]
fn both_names_of_an_action_and_both_key_styles_do() {
    let emulator = demo();
    let action = "microsoft.graph.teamsAdministration.assignNumber";
    let answer = post(
        &emulator,
        &format!("{NUMBERS}/{action}"),
        &to_account(FIRST),
    );
    assert_eq!(answer.status, 202);
    let id = emulator.graph().operations().pop().unwrap();
    for target in [
        format!("{OPERATIONS}/{id}"),
        format!("{OPERATIONS}('{id}')"),
        format!("{OPERATIONS}(%27{id}%27)"),
    ] {
        assert_eq!(get(&emulator, &target).json()["id"], json!(id), "{target}");
    }
    let id = emulator.graph().number(FIRST).unwrap().id();
    for target in [format!("{NUMBERS}/{id}"), format!("{NUMBERS}('{id}')")] {
        assert_eq!(
            get(&emulator, &target).json()["telephoneNumber"],
            FIRST,
            "{target}"
        );
    }
}

#[test]
fn wrong_requests_are_refused_at_once() {
    let emulator = demo();
    let with = |name: &str, value: Value| {
        let mut body = to_account(FIRST);
        body[name] = value;
        body
    };
    let cases = [
        (
            with("telephoneNumber", Value::Null),
            400,
            "'telephoneNumber' is required",
        ),
        (
            with("assignmentTargetId", "".into()),
            400,
            "'assignmentTargetId' is required",
        ),
        (
            with("numberType", Value::Null),
            400,
            "'numberType' is required",
        ),
        (
            with("numberType", "CallingPlan".into()),
            400,
            "none of directRouting",
        ),
        (
            with("numberType", "directRouting".into()),
            400,
            "of type callingPlan",
        ),
        (
            with("assignmentCategory", "second".into()),
            400,
            "none of primary",
        ),
        (
            with(
                "assignmentTargetId",
                "ivr@teams-phone-emulator.invalid".into(),
            ),
            400,
            "object id",
        ),
        (with("locationId", "x".into()), 400, "must be a GUID"),
        (
            with("telephoneNumber", "tel:+12065550100".into()),
            400,
            "not a telephone number",
        ),
        (
            with("telephoneNumber", "+12065550199".into()),
            404,
            "was not found",
        ),
        (with("telephoneNumber", 12.into()), 400, "must be a string"),
        (with("extra", 1.into()), 400, "'extra'"),
    ];
    for (body, status, words) in cases {
        let answer = post(&emulator, &format!("{NUMBERS}/assignNumber"), &body);
        let text = message(&answer);
        assert!(
            answer.status == status && text.contains(words),
            "{body}: {} {text}",
            answer.status
        );
    }
    assert!(emulator.graph().operations().is_empty());
}

#[test]
fn a_number_that_is_taken_or_being_changed_is_a_conflict() {
    let emulator = demo();
    assert_eq!(assign(&emulator, FIRST).status, 202);
    for again in [assign(&emulator, FIRST), unassign(&emulator, FIRST)] {
        assert_eq!((again.status, again.code().as_str()), (409, "Conflict"));
        assert!(
            message(&again).contains("has not ended"),
            "{}",
            message(&again)
        );
    }
    assert_eq!(statuses(&emulator, 2), ["running", "succeeded"]);
    let again = assign(&emulator, FIRST);
    assert_eq!(again.status, 409);
    assert!(message(&again).contains(ACCOUNT), "{}", message(&again));
}

#[test]
fn what_the_target_lacks_fails_the_operation() {
    let emulator = demo();
    let graph = emulator.graph();
    graph.configure(|graph| graph.operations = Delay::Polls(0));
    graph
        .add_sku(Sku::new("MCOEV").service_plans(["MCOEV"]))
        .unwrap();
    let bare = graph.add_user(GraphUser::new("bare@x.invalid")).unwrap();
    let good = graph
        .add_user(
            GraphUser::new("good@x.invalid")
                .usage_location("DE")
                .licence("MCOEV"),
        )
        .unwrap();
    let nobody = "b0000000-0000-4000-8000-00000000dead".to_owned();
    let cases = [
        (
            FIRST,
            USER.to_owned(),
            "failed",
            "capability userAssignment",
        ),
        (FOR_USER, ACCOUNT.to_owned(), "failed", "'ResourceAccount'"),
        (FOR_USER, nobody, "failed", "was not found"),
        (FOR_USER, bare, "failed", "no usage location"),
        (FOR_USER, USER.to_owned(), "failed", "no licence"),
        (FOR_USER, good, "succeeded", ""),
    ];
    for (number, target, status, words) in cases {
        let mut body = to_account(number);
        body["assignmentTargetId"] = target.clone().into();
        if status == "failed" {
            graph.configure(|graph| graph.early_checks = true);
            let early = post(&emulator, &format!("{NUMBERS}/assignNumber"), &body);
            assert!(
                early.status == 400 && message(&early).contains(words),
                "{}",
                message(&early)
            );
            graph.configure(|graph| graph.early_checks = false);
        }
        let answer = post(&emulator, &format!("{NUMBERS}/assignNumber"), &body);
        assert_eq!(answer.status, 202, "{target}");
        let ended = poll(&emulator).json();
        assert_eq!(ended["status"], status, "{ended}");
        let detail = ended["numbers"][0]["statusDetail"]
            .as_str()
            .unwrap_or_default();
        assert!(detail.contains(words), "{detail}");
    }
    assert_eq!(holder(graph, FOR_USER).0, "userAssigned");
}

#[test]
fn an_update_is_done_at_once_and_knows_absent_null_and_empty_apart() {
    let emulator = demo();
    let place = "93cb8a70-b4af-41df-9928-d07607e21776";
    let update = |body: Value| post(&emulator, &format!("{NUMBERS}/updateNumber"), &body);
    let facts = || {
        let number = emulator.graph().number(FIRST).unwrap();
        let text = |value: Option<&str>| value.unwrap_or("-").to_owned();
        (
            text(number.emergency_location()),
            text(number.network_site()),
            number.reverse_number_lookup_options().len(),
        )
    };
    let steps = [
        (
            json!({ "locationId": place, "networkSiteId": place, "reverseNumberLookupOptions": ["skipInternalVoip"] }),
            (place, place, 1),
        ),
        (
            json!({ "locationId": null, "networkSiteId": "" }),
            (place, "-", 1),
        ),
        (json!({}), (place, "-", 1)),
        (
            json!({ "locationId": "", "reverseNumberLookupOptions": [] }),
            ("-", "-", 0),
        ),
    ];
    for (mut body, (location, site, options)) in steps {
        body["telephoneNumber"] = FIRST.into();
        let answer = update(body.clone());
        assert_eq!((answer.status, answer.body.len()), (200, 0), "{body}");
        assert_eq!(
            facts(),
            (location.to_owned(), site.to_owned(), options),
            "{body}"
        );
    }
    let refused =
        update(json!({ "telephoneNumber": FIRST, "reverseNumberLookupOptions": ["other"] }));
    assert_eq!(refused.status, 400);
    let missing = update(json!({ "telephoneNumber": "+12065550199" }));
    assert_eq!((missing.status, missing.code().as_str()), (404, "NotFound"));
    assert!(emulator.graph().operations().is_empty());
}

#[test]
fn operations_take_as_many_polls_as_they_are_told_to() {
    let cases: [(u32, &[&str]); 4] = [
        (0, &["succeeded", "succeeded"]),
        (1, &["running", "succeeded", "succeeded"]),
        (2, &["notStarted", "running", "succeeded"]),
        (3, &["notStarted", "running", "running", "succeeded"]),
    ];
    for (polls, expected) in cases {
        let emulator = demo();
        emulator
            .graph()
            .configure(|graph| graph.operations = Delay::Polls(polls));
        assign(&emulator, FIRST);
        assert_eq!(statuses(&emulator, expected.len()), expected, "{polls}");
        assert_eq!(holder(emulator.graph(), FIRST), assigned());
    }
}

#[test]
fn operations_take_as_long_as_they_are_told_to() {
    let emulator = demo();
    emulator.graph().plan(
        OperationPlan::succeed()
            .after(Delay::Milliseconds(60_000))
            .retry_after(7),
    );
    assert_eq!(assign(&emulator, FIRST).header("retry-after"), Some("7"));
    assert_eq!(statuses(&emulator, 3), ["notStarted", "running", "running"]);
    assert_eq!(poll(&emulator).header("retry-after"), Some("7"));
    emulator.advance_clock(std::time::Duration::from_secs(60));
    let ended = poll(&emulator);
    assert_eq!(
        (&ended.json()["status"], ended.header("retry-after")),
        (&json!("succeeded"), None)
    );
    assert_eq!(holder(emulator.graph(), FIRST), assigned());
}

#[test]
fn reading_the_number_brings_its_operation_on_as_well() {
    let emulator = demo();
    assign(&emulator, FIRST);
    let id = emulator.graph().number(FIRST).unwrap().id();
    let status = || get(&emulator, &format!("{NUMBERS}/{id}")).json()["assignmentStatus"].clone();
    assert_eq!(status(), "unassigned");
    assert_eq!(status(), "voiceApplicationAssigned");
}

#[test]
fn operations_end_as_planned() {
    let cases = [
        (OperationPlan::fail("being ported"), "failed", unassigned()),
        (OperationPlan::skip(), "skipped", unassigned()),
        (OperationPlan::end_with("paused"), "paused", unassigned()),
        (OperationPlan::stuck(), "running", unassigned()),
        (
            OperationPlan::partial([(SECOND, "no seat")]),
            "failed",
            assigned(),
        ),
        (
            OperationPlan::partial([(SECOND, "no seat")]).overall("succeeded"),
            "succeeded",
            assigned(),
        ),
        (
            OperationPlan::phantom_status(),
            "succeeded",
            ("voiceApplicationAssigned".to_owned(), None),
        ),
        (
            OperationPlan::phantom_target(),
            "succeeded",
            ("unassigned".to_owned(), Some(ACCOUNT.to_owned())),
        ),
    ];
    for (plan, status, left) in cases {
        let emulator = demo();
        emulator.graph().plan(plan.clone());
        assign(&emulator, FIRST);
        assert_eq!(statuses(&emulator, 4)[3], status, "{plan:?}");
        assert_eq!(holder(emulator.graph(), FIRST), left, "{plan:?}");
    }
}

#[test]
fn plans_are_for_one_operation_each_and_say_what_became_of_each_number() {
    let emulator = demo();
    let graph = emulator.graph();
    graph.configure(|graph| graph.operations = Delay::Polls(0));
    graph.plan(OperationPlan::partial([(SECOND, "no seat")]));
    graph.plan(OperationPlan::fail("being ported"));
    assign(&emulator, FIRST);
    let entries = poll(&emulator).json()["numbers"].clone();
    assert_eq!(entries[0]["status"], "succeeded");
    assert_eq!(
        (&entries[1]["status"], &entries[1]["statusDetail"]),
        (&json!("failed"), &json!("no seat"))
    );
    assign(&emulator, SECOND);
    assert_eq!(
        poll(&emulator).json()["numbers"][0]["statusDetail"],
        "being ported"
    );
    assign(&emulator, SECOND);
    assert_eq!(poll(&emulator).json()["status"], "succeeded");
    let listed = get(&emulator, OPERATIONS).json();
    assert_eq!(listed["value"].as_array().unwrap().len(), 3);
}

#[test]
fn extensions_belong_to_the_number() {
    let number = "+12065550110;ext=204";
    let emulator = Emulator::builder()
        .graph_demo_tenant()
        .graph_number(GraphNumber::service(number).number_type("directRouting"))
        .graph(|graph| graph.operations = Delay::Polls(0))
        .spawn()
        .unwrap();
    let mut body = to_account("12065550110;ext=204");
    body["numberType"] = "directRouting".into();
    assert_eq!(
        post(&emulator, &format!("{NUMBERS}/assignNumber"), &body).status,
        202
    );
    assert_eq!(holder(emulator.graph(), number), assigned());
}
