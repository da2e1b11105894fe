//! `number list`, `get`, `check`, `ensure`, `move` and `update`.

use serde_json::{Value, json};
use teams_phone_emulator::{Emulator, ErrorStyle, GraphNumber, OperationPlan, ResourceAccount};

use crate::graph::{ALEX, IVR, IVR_ID, OTHER_SERVICE, SERVICE, Tenant, USERS};

#[test]
fn a_list_is_a_table() {
    let tenant = Tenant::new();
    assert_eq!(
        tenant.run(&format!("number assign {SERVICE} {IVR}")).code,
        0
    );
    tenant.run("number list").expect(
        0,
        &format!(
            "number        type         status                    target                                capabilities                                     country  city\n\
             {SERVICE}  callingPlan  voiceApplicationAssigned  {IVR_ID}  conferenceAssignment voiceApplicationAssignment\n\
             {OTHER_SERVICE}  callingPlan  unassigned                                                      conferenceAssignment voiceApplicationAssignment\n\
             {USERS}  callingPlan  unassigned                                                      userAssignment\n"
        ),
        "",
    );
    let json = tenant.run("number list --output json --limit 1");
    let first = json.json();
    assert_eq!(first["telephone_number"], SERVICE);
    assert_eq!(first["holding"], "held");
    assert_eq!(first["capabilities"][1], "voiceApplicationAssignment");
    assert_eq!(first["city"], serde_json::Value::Null);
    tenant
        .run(&format!("number get {SERVICE} --output csv"))
        .expect(
            0,
            &format!(
                "telephone_number,number_type,assignment_status,holding,assignment_target_id,assignment_category,capabilities,activation_state,iso_country_code,city,location_id,civic_address_id,network_site_id,operator_id,number_source,port_in_status,supported_customer_actions,reverse_number_lookup_options,id\n\
                 {SERVICE},callingPlan,voiceApplicationAssigned,held,{IVR_ID},primary,conferenceAssignment voiceApplicationAssignment,activated,,,,,,7a205197-8e59-487d-b9fa-3fc1b108f1e5,online,,locationUpdate,,ID\n"
            ),
            "",
        );
}

#[test]
fn filters_narrow_the_list() {
    let tenant = Tenant::of(
        Emulator::builder().graph_demo_tenant().graph_number(
            GraphNumber::new("+4930123456")
                .number_type("directRouting")
                .country("DE")
                .city("Berlin, \"Mitte\""),
        ),
    );
    assert_eq!(
        tenant.run(&format!("number assign {SERVICE} {IVR}")).code,
        0
    );
    for (words, numbers) in [
        ("--type directRouting", &["+4930123456"][..]),
        (
            "--status unassigned --type calling-plan",
            &[OTHER_SERVICE, USERS],
        ),
        (
            "--capability voice-application-assignment --capability conference-assignment",
            &[SERVICE, OTHER_SERVICE],
        ),
        (&format!("--target {IVR}"), &[SERVICE]),
        (&format!("--target {IVR_ID}"), &[SERVICE]),
        ("--country de", &["+4930123456"]),
        ("--number tel:+49-30-123456", &["+4930123456"]),
        ("--limit 2", &[SERVICE, OTHER_SERVICE]),
        ("--status policy-assigned", &[]),
    ] {
        let ran = tenant.run(&format!("number list {words} --output csv"));
        assert_eq!(
            (
                ran.code,
                ran.stderr
                    .as_str()
                    .replace("there are no such numbers\n", "")
            ),
            (0, String::new()),
            "{words}"
        );
        let listed: Vec<&str> = ran
            .stdout
            .lines()
            .skip(1)
            .map(|line| line.split(',').next().unwrap())
            .collect();
        assert_eq!(listed, numbers, "{words}");
    }
    let mut command = tenant.command([
        "number",
        "list",
        "--odata",
        "isoCountryCode ne null",
        "--output",
        "csv",
    ]);
    let ran = tenant.outcome(&mut command);
    assert!(
        ran.stdout.contains(",\"Berlin, \"\"Mitte\"\"\","),
        "{}",
        ran.stdout
    );
    let none = tenant.run("number list --status policy-assigned");
    none.expect(0, "", "there are no such numbers\n");
}

#[test]
fn a_number_is_shown() {
    let tenant = Tenant::new();
    tenant.run("number get 12065550102").expect(
        0,
        &format!(
            "number        {USERS}\ntype          callingPlan\nstatus        unassigned\n\
             capabilities  userAssignment\nactivation    activated\n"
        ),
        "",
    );
    let json = tenant
        .run(&format!("number get {USERS} --output json"))
        .json();
    assert_eq!(json["number"]["holding"], "free");
    let ran = tenant.run("number get +12065559999");
    assert_eq!((ran.code, ran.stdout.as_str()), (4, ""));
    assert!(
        ran.stderr.contains("hint: check country code"),
        "{}",
        ran.stderr
    );
}

#[test]
fn checks_say_what_is_in_the_way() {
    let tenant = Tenant::new();
    let ran = tenant.run(&format!("number check {SERVICE} {IVR}"));
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(ran.stdout.lines().count(), 6);
    assert!(
        ran.stdout.lines().all(|line| line.starts_with("ok ")),
        "{}",
        ran.stdout
    );

    let ran = tenant.run(&format!("number check {SERVICE} {ALEX} --output json"));
    assert_eq!(ran.code, 5, "{}", ran.stderr);
    let told = ran.json();
    assert_eq!(told["ready"], false);
    let failed: Vec<&str> = told["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["verdict"] == "failed")
        .filter_map(|finding| finding["check"].as_str())
        .collect();
    assert_eq!(failed, ["capability", "license"]);
    let skipping = format!("number check {SERVICE} {ALEX} --skip capability --skip licence");
    assert_eq!(tenant.run(&skipping).code, 0);
    assert_eq!(
        tenant.run(&format!("number check +12065559999 {IVR}")).code,
        4
    );
    assert_eq!(
        tenant
            .run(&format!("number check {SERVICE} nobody@x.example"))
            .code,
        4
    );
    assert!(tenant.writes().is_empty());
}

#[test]
fn ensure_changes_only_what_is_not_so() {
    let tenant = Tenant::new();
    let ensure = format!("number ensure {SERVICE} {IVR}");
    let dry = tenant.run(&format!("{ensure} --dry-run --output json"));
    assert_eq!(dry.json()["outcome"], "assigned");
    assert_eq!(
        dry.json()["requests"][0]["body"]["telephoneNumber"],
        SERVICE
    );
    assert!(tenant.writes().is_empty());
    let first = tenant.run(&format!("{ensure} --output json"));
    assert_eq!(first.code, 0, "{}", first.stderr);
    assert_eq!(first.json()["outcome"], "assigned");
    assert_eq!(first.json()["operations"][0]["outcome"], "succeeded");
    let again = tenant.run(&format!("{ensure} --output json"));
    assert_eq!(
        (&again.json()["outcome"], &again.json()["changed"]),
        (&"unchanged".into(), &false.into())
    );
    let dry = tenant.run(&format!("{ensure} --dry-run"));
    assert!(
        dry.stdout
            .ends_with("nothing would be sent: it is so already\n"),
        "{}",
        dry.stdout
    );
    assert_eq!(tenant.writes().len(), 1);

    let other = format!("number ensure {SERVICE} {ALEX} --skip capability --skip license");
    let ran = tenant.run(&other);
    assert_eq!((ran.code, ran.stdout.as_str()), (5, ""));
    assert!(
        ran.stderr.contains(&format!("is assigned to {IVR_ID}")),
        "{}",
        ran.stderr
    );
    let ran = tenant.run(&format!("number ensure {OTHER_SERVICE} {ALEX}"));
    assert_eq!(ran.code, 5, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("voiceApplicationAssignment") || ran.stderr.contains("userAssignment"),
        "{}",
        ran.stderr
    );
    assert_eq!(tenant.writes().len(), 1);
}

#[test]
fn a_number_is_moved_from_one_holder_to_another() {
    let tenant = two_accounts();
    let ivr = tenant.emulator.graph().object_id(IVR).unwrap();
    let other = tenant.emulator.graph().object_id(OTHER).unwrap();
    assert_eq!(
        tenant.run(&format!("number assign {SERVICE} {IVR}")).code,
        0
    );
    let moving = format!("number move {SERVICE} {OTHER}");
    let ran = tenant.run(&moving);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("--yes"), "{}", ran.stderr);
    let dry = tenant
        .run(&format!("{moving} --dry-run --output json"))
        .json();
    assert_eq!(dry["outcome"], "moved");
    let paths: Vec<&str> = [0, 1]
        .map(|at| dry["requests"][at]["url"].as_str().unwrap())
        .map(|url| url.rsplit('/').next().unwrap())
        .to_vec();
    assert_eq!(paths, ["unassignNumber", "assignNumber"]);
    let planned = dry["requests"][1]["body"].clone();
    assert_eq!(planned["assignmentTargetId"], other);
    assert_eq!(tenant.writes().len(), 1);

    let moved = tenant.run(&format!("{moving} --yes --output json"));
    assert_eq!((moved.code, moved.stderr.as_str()), (0, ""));
    let told = moved.json();
    assert_eq!(
        (&told["outcome"], &told["from"]),
        (&"moved".into(), &ivr.into())
    );
    assert_eq!(told["number"]["assignment_target_id"], other);
    assert_eq!(told["operations"].as_array().unwrap().len(), 2);
    assert_eq!(tenant.holder(SERVICE), Some(other));
    let sent: Value = serde_json::from_str(&tenant.writes()[2].1).unwrap();
    assert_eq!(sent, planned);
    let again = tenant.run(&format!("{moving} --yes"));
    assert!(
        again.stdout.starts_with("outcome       unchanged\n"),
        "{}",
        again.stdout
    );
    assert_eq!(tenant.writes().len(), 3);
}

#[test]
fn a_move_that_stops_half_way_says_so() {
    let tenant = two_accounts();
    let ivr = tenant.emulator.graph().object_id(IVR).unwrap();
    assert_eq!(
        tenant.run(&format!("number assign {SERVICE} {IVR}")).code,
        0
    );
    let graph = tenant.emulator.graph();
    graph.plan(OperationPlan::succeed());
    graph.plan(OperationPlan::fail("no licence is left"));
    let ran = tenant.run(&format!(
        "number move {SERVICE} {OTHER} --yes --output json"
    ));
    assert_eq!((ran.code, ran.stdout.as_str()), (7, ""));
    let error = ran.error();
    let message = error["message"].as_str().unwrap();
    assert!(
        message.contains("was taken from its old holder, but then"),
        "{message}"
    );
    assert!(error.to_string().contains(&ivr), "{error}");
    assert_eq!(tenant.holder(SERVICE), None);
    let again = tenant.run(&format!("number move {SERVICE} {OTHER} --yes"));
    assert_eq!(again.code, 0, "{}", again.stderr);
}

#[test]
fn a_move_is_checked_before_anything_is_taken_away() {
    let tenant = Tenant::new();
    assert_eq!(
        tenant.run(&format!("number assign {SERVICE} {IVR}")).code,
        0
    );
    for (target, code) in [(ALEX, 5), ("nobody@x.example", 4)] {
        for rest in ["--yes", "--dry-run"] {
            let ran = tenant.run(&format!("number move {SERVICE} {target} {rest}"));
            assert_eq!(ran.code, code, "{target} {rest}: {}", ran.stderr);
        }
    }
    assert_eq!(tenant.holder(SERVICE).as_deref(), Some(IVR_ID));
    assert_eq!(tenant.writes().len(), 1);
}

#[test]
fn an_update_sets_clears_and_leaves_alone() {
    let tenant = Tenant::new();
    let place = "0c0d5a3e-9a53-4c8b-8f0a-3a1f5b1c2d3e";
    let site = "1c0d5a3e-9a53-4c8b-8f0a-3a1f5b1c2d3e";
    let number = |text: &str| tenant.emulator.graph().number(text).unwrap();
    tenant
        .run(&format!(
            "number update {USERS} --location-id {place} --network-site-id {site} --reverse-lookup skip-internal-voip"
        ))
        .expect(0, &format!("outcome  updated\nnumber   {USERS}\n"), "");
    assert_eq!(number(USERS).emergency_location(), Some(place));
    let steps = [
        (
            "--null-location-id",
            json!({"locationId": null}),
            Some(place),
        ),
        (
            "--clear-network-site-id",
            json!({"networkSiteId": ""}),
            Some(place),
        ),
        ("--clear-location-id", json!({"locationId": ""}), None),
        (
            "--clear-reverse-lookup",
            json!({"reverseNumberLookupOptions": []}),
            None,
        ),
    ];
    for (option, mut sent, left) in steps {
        sent["telephoneNumber"] = USERS.into();
        let ran = tenant.run(&format!("number update {USERS} {option} --output json"));
        assert_eq!(ran.json()["outcome"], "updated");
        let writes = tenant.writes();
        let body: Value = serde_json::from_str(&writes.last().unwrap().1).unwrap();
        assert_eq!(body, sent, "{option}");
        assert_eq!(number(USERS).emergency_location(), left, "{option}");
    }
    assert_eq!(number(USERS).network_site(), None);
    assert!(number(USERS).reverse_number_lookup_options().is_empty());
    let before = tenant.writes().len();
    let dry = tenant.run(&format!(
        "number update {USERS} --location-id {place} --dry-run"
    ));
    dry.expect(
        0,
        &format!(
            "nothing was sent; it would be:\nPOST http://EMULATOR/v1.0/admin/teams/telephoneNumberManagement/numberAssignments/updateNumber\n  \
             {{\"locationId\":\"{place}\",\"telephoneNumber\":\"{USERS}\"}}\n"
        ),
        "",
    );
    assert_eq!(tenant.writes().len(), before);
    assert_eq!(
        tenant
            .run("number update +12065559999 --clear-location-id")
            .code,
        4
    );
}

#[test]
fn an_update_has_to_say_one_thing_of_each_setting() {
    let tenant = Tenant::new();
    for (rest, said) in [
        ("", "required arguments were not provided"),
        ("--location-id x", "not a GUID"),
        (
            "--clear-location-id --null-location-id",
            "cannot be used with",
        ),
        (
            "--clear-reverse-lookup --reverse-lookup skip-internal-voip",
            "cannot be used with",
        ),
        ("--reverse-lookup never", "skip-internal-voip"),
    ] {
        let ran = tenant.run(&format!("number update {USERS} {rest}"));
        assert_eq!(ran.code, 2, "{rest}");
        assert!(ran.stderr.contains(said), "{rest}: {}", ran.stderr);
    }
    for words in [
        "number list --country Germany",
        "number list --limit 0",
        "number list --odata=",
    ] {
        assert_eq!(tenant.run(words).code, 2, "{words}");
    }
    assert!(tenant.emulator.requests().is_empty());
}

#[test]
fn reading_needs_a_permission_too() {
    let tenant = Tenant::new();
    for (style, said) in [
        (ErrorStyle::Plain, "TeamsTelephoneNumber.Read.All"),
        (ErrorStyle::Nested, "Access Denied"),
    ] {
        tenant
            .emulator
            .graph()
            .configure(|graph| graph.errors = style);
        for words in ["number list", "number get +12065550100"] {
            let ran = tenant.with_permissions(&["User.Read.All"], words);
            assert_eq!((ran.code, ran.stdout.as_str()), (3, ""), "{}", ran.stderr);
            assert!(ran.stderr.contains(said), "{words}: {}", ran.stderr);
            assert!(ran.stderr.contains("hint: "), "{words}: {}", ran.stderr);
        }
    }
    let numbers = ["TeamsTelephoneNumber.Read.All"];
    let ran = tenant.with_permissions(&numbers, &format!("number check {SERVICE} {IVR_ID}"));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.stdout.contains("unknown  target_exists"),
        "{}",
        ran.stdout
    );
}

/// A resource account beside the demonstration tenant's.
const OTHER: &str = "queue@x.example";

fn two_accounts() -> Tenant {
    let other = ResourceAccount::new(OTHER)
        .app_id("a0000000-0000-4000-8000-000000000001")
        .usage_location("US")
        .licence("PHONESYSTEM_VIRTUALUSER");
    Tenant::of(
        Emulator::builder()
            .graph_demo_tenant()
            .graph_resource_account(other),
    )
}
