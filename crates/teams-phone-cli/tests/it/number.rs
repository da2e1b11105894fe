//! `number list`, `get`, `check`, `ensure`, `move` and `update`.

use teams_phone_emulator::{Emulator, GraphNumber};

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
