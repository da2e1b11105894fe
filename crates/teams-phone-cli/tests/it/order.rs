//! `number assign`, `number unassign` and `operation`: orders, waiting for them, and going on after a kill.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use teams_phone_emulator::{
    Delay, Emulator, ErrorStyle, Fault, GraphNumber, GraphUser, OperationPlan,
};

use crate::graph::{ALEX, IVR, IVR_ID, OTHER_SERVICE, SERVICE, Tenant, user_licence};
use crate::support::Ran;

fn body(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_documented_request_runs_and_reports_each_number() {
    const USER: &str = "94ec379d-30a2-4cdb-a377-75e42f7a61e5";
    let tenant = Tenant::of(
        Emulator::builder()
            .graph_sku(user_licence())
            .graph_user(
                GraphUser::new("megan@x.example")
                    .id(USER)
                    .usage_location("US")
                    .licence("PHONESYSTEM_VIRTUALUSER"),
            )
            .graph_number(GraphNumber::new("+12061234567").number_type("directRouting")),
    );
    let ran = tenant.run(&format!(
        "number assign 12061234567 {USER} --type direct-routing --category primary --wait"
    ));
    ran.expect(
        0,
        &format!(
            "outcome       assigned\nnumber        +12061234567\ntarget        {USER}\n\
             operation     OPERATION\nstatus        succeeded\ncreated       TIME\n\
             +12061234567  succeeded\n"
        ),
        "operation OPERATION was accepted\n",
    );
    let writes = tenant.writes();
    assert_eq!(writes.len(), 1);
    assert_eq!(
        body(&writes[0].1),
        json!({
            "telephoneNumber": "+12061234567",
            "assignmentTargetId": USER,
            "numberType": "directRouting",
            "assignmentCategory": "primary",
        })
    );
    assert_eq!(tenant.holder("+12061234567").as_deref(), Some(USER));
}

#[test]
fn names_and_types_are_looked_up() {
    let tenant = Tenant::new();
    let location = "0c0d5a3e-9a53-4c8b-8f0a-3a1f5b1c2d3e";
    let ran = tenant.run(&format!(
        "number assign {SERVICE} {IVR} --location-id {location} --category private --confirm --output json"
    ));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let told = ran.json();
    assert_eq!(told["outcome"], "assigned");
    assert_eq!(told["target_id"], IVR_ID);
    assert_eq!(told["operation_id"], "OPERATION");
    assert_eq!(told["confirmed"], true);
    assert_eq!(told["operation"]["outcome"], "succeeded");
    assert_eq!(told["operation"]["numbers"][0]["telephone_number"], SERVICE);
    assert_eq!(told["operation"]["numbers"][0]["status"], "succeeded");
    assert_eq!(
        ran.stderr,
        "{\"schema_version\":1,\"operation_id\":\"OPERATION\"}\n"
    );
    let sent = body(&tenant.writes()[0].1);
    assert_eq!(sent["numberType"], "callingPlan");
    assert_eq!(sent["assignmentCategory"], "private");
    assert_eq!(sent["locationId"], location);
}

#[test]
fn unassigning_asks_first() {
    let tenant = Tenant::new();
    assert_eq!(
        tenant.run(&format!("number assign {SERVICE} {IVR}")).code,
        0
    );
    let ran = tenant.run(&format!("number unassign {SERVICE}"));
    assert_eq!((ran.code, tenant.writes().len()), (2, 1));
    assert!(ran.stderr.contains("--yes"), "{}", ran.stderr);
    tenant
        .run(&format!("number unassign {SERVICE} --yes --confirm"))
        .expect(
            0,
            &format!(
                "outcome       unassigned\nnumber        {SERVICE}\noperation     OPERATION\n\
                 status        succeeded\ncreated       TIME\n{SERVICE}  succeeded\n"
            ),
            "operation OPERATION was accepted\n",
        );
    assert_eq!(tenant.holder(SERVICE), None);
    let again = tenant.run(&format!("number unassign {SERVICE}"));
    let unchanged = format!("outcome  unchanged\nnumber   {SERVICE}\n");
    again.expect(0, &unchanged, "");
    assert_eq!(tenant.writes().len(), 2);
}

#[test]
fn without_waiting_the_operation_is_waited_for_later() {
    let tenant = Tenant::new();
    let ran = tenant.run(&format!("number assign {SERVICE} {IVR} --no-wait"));
    ran.expect(
        0,
        &format!(
            "outcome    started\nnumber     {SERVICE}\ntarget     {IVR_ID}\noperation  OPERATION\n"
        ),
        "operation OPERATION was accepted\n",
    );
    let id = tenant.emulator.graph().operations().remove(0);
    let shown = tenant.run(&format!("operation show {id} --output json"));
    assert_eq!(shown.json()["status"], "succeeded");
    let url = tenant.emulator.graph().url();
    let address = format!("{url}/admin/teams/telephoneNumberManagement/operations('{id}')");
    for id in [&id, &address] {
        let waited = tenant.run(&format!("operation wait {id}"));
        waited.expect(
            0,
            &format!(
                "operation     OPERATION\nstatus        succeeded\ncreated       TIME\n{SERVICE}  succeeded\n"
            ),
            "",
        );
    }
    let csv = tenant.run(&format!("operation show {id} --output csv"));
    csv.expect(
        0,
        &format!(
            "operation_id,operation_status,outcome,created_at,telephone_number,number_id,status,status_detail\n\
             OPERATION,succeeded,succeeded,TIME,{SERVICE},ID,succeeded,\n"
        ),
        "",
    );
}

#[test]
fn a_failed_order_says_why_for_each_number() {
    let tenant = Tenant::new();
    tenant
        .emulator
        .graph()
        .plan(OperationPlan::fail("the number is being ported"));
    let ran = tenant.run(&format!("number assign {SERVICE} {IVR}"));
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(
        ran.stdout.contains("outcome       failed"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout
            .contains(&format!("{SERVICE}  failed: the number is being ported")),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stderr.contains("the operation failed (state `failed`)"),
        "{}",
        ran.stderr
    );
    for plan in [
        OperationPlan::skip(),
        OperationPlan::end_with("cancelledByPort"),
    ] {
        tenant.emulator.graph().plan(plan);
        let ran = tenant.run(&format!("number assign {SERVICE} {IVR} --output json"));
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        assert_eq!(ran.json()["outcome"], "failed");
        assert_eq!(ran.error()["kind"], "operation");
        assert_eq!(ran.error()["target"], "OPERATION");
    }
    assert_eq!(tenant.holder(SERVICE), None);
}

#[test]
fn a_failure_of_part_of_the_numbers_has_an_exit_code_of_its_own() {
    let tenant = Tenant::new();
    let plan = || OperationPlan::partial([(OTHER_SERVICE, "no licence is left")]);
    tenant.emulator.graph().plan(plan());
    let ran = tenant.run(&format!("number assign {SERVICE} {IVR}"));
    assert_eq!(ran.code, 7, "{}", ran.stderr);
    for line in [
        "outcome       partial",
        &format!("{SERVICE}  succeeded"),
        &format!("{OTHER_SERVICE}  failed: no licence is left"),
    ] {
        assert!(ran.stdout.contains(line), "{line}: {}", ran.stdout);
    }
    assert!(
        ran.stderr.contains("failed for some of the numbers"),
        "{}",
        ran.stderr
    );

    tenant.emulator.graph().plan(plan().overall("succeeded"));
    assert_eq!(
        tenant
            .run(&format!("number unassign {SERVICE} -y --no-wait"))
            .code,
        0
    );
    let id = tenant.emulator.graph().operations().remove(1);
    let ran = tenant.run(&format!("operation wait {id} --output json"));
    assert_eq!(ran.code, 7);
    let told = ran.json();
    assert_eq!(told["outcome"], "partial");
    let states: Vec<_> = told["numbers"].as_array().unwrap().iter().collect();
    assert_eq!(states[1]["status_detail"], "no licence is left");
    assert_eq!(ran.error()["kind"], "operation");
    let csv = tenant.run(&format!("operation wait {id} --output csv"));
    assert_eq!((csv.code, csv.stdout.lines().count()), (7, 3));
    let shown = tenant.run(&format!("operation show {id}"));
    assert_eq!((shown.code, shown.stderr.as_str()), (0, ""));
}

#[test]
fn a_success_that_the_number_does_not_show_is_found_with_confirm() {
    let tenant = Tenant::new();
    let graph = tenant.emulator.graph();
    graph.plan(OperationPlan::phantom_target());
    let ran = tenant.run(&format!("number assign {SERVICE} {IVR}"));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(
        tenant.run(&format!("number unassign {SERVICE} --yes")).code,
        0
    );
    graph.plan(OperationPlan::phantom_target());
    let words = format!("number assign {SERVICE} {IVR} --confirm --wait-within PT0.1S");
    let ran = tenant.run(&words);
    assert_eq!(ran.code, 7, "{}", ran.stderr);
    assert!(
        ran.stdout.contains("status        succeeded"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stderr.contains("does not show it: status unassigned"),
        "{}",
        ran.stderr
    );
    let shown = tenant.run(&format!("number get {SERVICE}"));
    assert!(
        shown.stdout.contains("it contradicts the target"),
        "{}",
        shown.stdout
    );
}

#[test]
fn numbers_and_people_that_are_not_there() {
    let tenant = Tenant::new();
    let nobody = "00000000-0000-4000-8000-00000000dead";
    for (words, said) in [
        (
            format!("number assign +12065559999 {IVR}"),
            "no number +12065559999",
        ),
        (
            format!("number assign {SERVICE} nobody@x.example"),
            "nobody@x.example",
        ),
        ("number unassign +12065559999 --yes".to_owned(), "no number"),
        ("operation show QXNzaWdu".to_owned(), "operation_get"),
    ] {
        let ran = tenant.run(&words);
        assert_eq!(
            (ran.code, ran.stdout.as_str()),
            (4, ""),
            "{words}: {}",
            ran.stderr
        );
        assert!(ran.stderr.contains(said), "{words}: {}", ran.stderr);
    }
    assert!(tenant.writes().is_empty());
    let ran = tenant.run(&format!("number assign {SERVICE} {nobody}"));
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(
        ran.stdout.contains("was not found in the tenant"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_number_that_somebody_has_is_a_conflict() {
    let tenant = Tenant::new();
    assert_eq!(
        tenant.run(&format!("number assign {SERVICE} {IVR}")).code,
        0
    );
    let ran = tenant.run(&format!("number assign {SERVICE} {ALEX} --output json"));
    assert_eq!((ran.code, ran.stdout.as_str()), (5, ""));
    let error = ran.error();
    assert_eq!(error["status"], 409);
    assert!(
        error["message"].as_str().unwrap().contains(IVR_ID),
        "{error}"
    );
}

#[test]
fn a_token_without_the_permission_is_told_which_one_it_needs() {
    let tenant = Tenant::new();
    for (style, said) in [
        (ErrorStyle::Plain, "TeamsTelephoneNumber.ReadWrite.All"),
        (ErrorStyle::Nested, "hint: "),
    ] {
        tenant
            .emulator
            .graph()
            .configure(|graph| graph.errors = style);
        let words = format!("number assign {SERVICE} {IVR_ID} --type calling-plan");
        let ran = tenant.with_permissions(&["User.Read.All"], &words);
        assert_eq!((ran.code, ran.stdout.as_str()), (3, ""), "{}", ran.stderr);
        assert!(
            ran.stderr.contains("403") && ran.stderr.contains(said),
            "{}",
            ran.stderr
        );
    }
    assert!(tenant.emulator.graph().operations().is_empty());
}

#[test]
fn throttling_has_its_exit_code() {
    let tenant = Tenant::new();
    tenant
        .emulator
        .inject(Fault::throttle(1).operation("assignNumber"));
    let ran = tenant.run(&format!(
        "number assign {SERVICE} {IVR_ID} --type calling-plan --max-attempts 1"
    ));
    assert_eq!(ran.code, 6, "{}", ran.stderr);
}

#[test]
fn a_dry_run_checks_and_sends_nothing() {
    let tenant = Tenant::new();
    let url = "http://EMULATOR/v1.0/admin/teams/telephoneNumberManagement/numberAssignments";
    let ran = tenant.run(&format!("number assign {SERVICE} {IVR} --dry-run"));
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let planned = format!(
        "nothing was sent; it would be:\nPOST {url}/assignNumber\n  \
         {{\"assignmentTargetId\":\"{IVR_ID}\",\"numberType\":\"callingPlan\",\"telephoneNumber\":\"{SERVICE}\"}}\n"
    );
    assert!(
        ran.stdout.starts_with("ok       number_exists"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.ends_with(&planned), "{}", ran.stdout);
    let json = tenant.run(&format!(
        "number assign {SERVICE} {ALEX} --dry-run --output json"
    ));
    assert_eq!(json.code, 5, "{}", json.stderr);
    let told = json.json();
    assert_eq!(
        (&told["ready"], &told["outcome"]),
        (&false.into(), &"refused".into())
    );
    assert_eq!(told["requests"], json!([]));
    let free = tenant.run(&format!("number unassign {SERVICE} --dry-run"));
    free.expect(0, "nothing would be sent: it is so already\n", "");
    assert!(tenant.writes().is_empty());

    assert_eq!(
        tenant.run(&format!("number assign {SERVICE} {IVR}")).code,
        0
    );
    tenant
        .run(&format!("number unassign {SERVICE} --dry-run"))
        .expect(
            0,
            &format!(
                "nothing was sent; it would be:\nPOST {url}/unassignNumber\n  \
             {{\"numberType\":\"callingPlan\",\"telephoneNumber\":\"{SERVICE}\"}}\n"
            ),
            "",
        );
    assert_eq!(tenant.writes().len(), 1);
}

#[test]
fn bad_input_is_refused_before_anything_is_sent() {
    let tenant = Tenant::new();
    for (words, said) in [
        ("number assign 0049301234 ivr@x.example", "begins with 0"),
        (
            "number assign +1206CALLNOW ivr@x.example",
            "something else than digits",
        ),
        ("number assign +12065550100 ivr", "user principal name"),
        (
            "number assign +12065550100 ivr@x.example --type landline",
            "direct-routing",
        ),
        (
            "number assign +12065550100 ivr@x.example --location-id here",
            "not a GUID",
        ),
        (
            "number assign +12065550100 ivr@x.example --wait --no-wait",
            "cannot be used with",
        ),
        (
            "number assign +12065550100 ivr@x.example --confirm --no-wait",
            "cannot be used with",
        ),
        ("number unassign nine", "something else than digits"),
        (
            "operation wait https://x.example/v1.0/users('me')",
            "something else than an operation",
        ),
        ("operation show a{b}", "no id of an operation"),
    ] {
        let ran = tenant.run(words);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{words}");
        assert!(ran.stderr.contains(said), "{words}: {}", ran.stderr);
    }
    assert!(tenant.emulator.requests().is_empty());
}

/// An order whose operation takes a minute of the emulator's clock, and its id as the command tells it.
fn begun(tenant: &Tenant, rest: &[&str]) -> (Child, BufReader<std::process::ChildStderr>, String) {
    let mut child = tenant
        .command(["number", "assign", SERVICE, IVR])
        .args(rest)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut talk = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    talk.read_line(&mut line).unwrap();
    let id = tenant.emulator.graph().operations().remove(0);
    assert!(line.contains(&id), "{line}");
    (child, talk, id)
}

fn slow() -> Tenant {
    let tenant = Tenant::new();
    let minute = Delay::Milliseconds(60_000);
    tenant
        .emulator
        .graph()
        .configure(|graph| graph.operations = minute);
    tenant
}

#[test]
fn a_killed_wait_is_resumed_with_the_id_it_told() {
    for rest in [&[][..], &["--output", "json"]] {
        let tenant = slow();
        let (mut child, _, id) = begun(&tenant, rest);
        child.kill().unwrap();
        assert_eq!(child.wait().unwrap().code(), None);
        assert_eq!(tenant.holder(SERVICE), None);
        let shown = tenant.run(&format!("operation show {id} --output json"));
        assert_eq!(shown.json()["outcome"], "pending");
        tenant.emulator.advance_clock(Duration::from_secs(61));
        let ran = tenant.run(&format!("operation wait {id} --output json"));
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
        assert_eq!(ran.json()["numbers"][0]["status"], "succeeded");
        assert_eq!(tenant.holder(SERVICE).as_deref(), Some(IVR_ID));
        assert_eq!(tenant.writes().len(), 1);
    }
}

#[cfg(unix)]
#[test]
fn the_last_words_of_an_interrupted_wait_say_how_to_go_on() {
    for signal in ["-INT", "-TERM"] {
        let tenant = slow();
        let (mut child, mut talk, id) = begun(&tenant, &[]);
        let pid = child.id().to_string();
        let kill = std::process::Command::new("kill")
            .args([signal, &pid])
            .status();
        assert!(kill.unwrap().success());
        let mut rest = String::new();
        talk.read_to_string(&mut rest).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(1), "{rest}");
        let last = rest.lines().last().unwrap();
        assert!(
            last.contains(&format!("`teams-phone operation wait {id}`")),
            "{rest}"
        );
    }
}

#[test]
fn a_wait_that_takes_too_long_says_how_to_go_on() {
    let tenant = slow();
    let words = format!("number assign {SERVICE} {IVR} --wait-within PT0.01S --output json");
    let ran = tenant.run(&words);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{}", ran.stderr);
    let error = ran.error();
    assert_eq!(error["kind"], "timeout");
    assert_eq!(error["target"], "OPERATION");
    let hint = error["hint"].as_str().unwrap();
    assert!(
        hint.contains("`teams-phone operation wait OPERATION`"),
        "{hint}"
    );
    let id = tenant.emulator.graph().operations().remove(0);
    let ran = tenant.run(&format!("operation wait {id} --wait-within PT0.01S"));
    assert_eq!(ran.code, 1);
    assert!(
        ran.stderr.contains("teams-phone operation wait"),
        "{}",
        ran.stderr
    );
}

#[test]
fn an_order_whose_answer_is_lost_is_followed_by_the_number() {
    let tenant = Tenant::new();
    let settings = |graph: &mut teams_phone_emulator::GraphSettings| {
        graph.location = teams_phone_emulator::LocationStyle::Missing;
    };
    tenant.emulator.graph().configure(settings);
    let ran: Ran = tenant.run(&format!("number assign {SERVICE} {IVR}"));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("did not name the operation"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stdout.contains("operation     not named"),
        "{}",
        ran.stdout
    );
}

#[cfg(unix)]
#[test]
fn an_interrupted_ensure_is_run_again() {
    let tenant = slow();
    let mut child = tenant
        .command(["number", "ensure", SERVICE, IVR])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while tenant.emulator.graph().operations().is_empty() {
        assert!(child.try_wait().unwrap().is_none(), "it gave no order");
        std::thread::yield_now();
    }
    let pid = child.id().to_string();
    let kill = std::process::Command::new("kill")
        .args(["-TERM", &pid])
        .status();
    assert!(kill.unwrap().success());
    let ran = Ran::of(child.wait_with_output().unwrap());
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""));
    assert!(
        ran.stderr.contains("hint: run the command again"),
        "{}",
        ran.stderr
    );
    tenant.emulator.advance_clock(Duration::from_secs(61));
    let again = tenant.run(&format!("number ensure {SERVICE} {IVR} --output json"));
    assert_eq!(again.json()["outcome"], "unchanged");
    assert_eq!(tenant.writes().len(), 1);
}
