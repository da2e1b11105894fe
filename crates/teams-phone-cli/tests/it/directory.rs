//! `resource-account`, `user` and `licence`.

use teams_phone_emulator::ErrorStyle;

use crate::graph::{ALEX, IVR, IVR_ID, SERVICE, Tenant};

const APP: &str = "a0000000-0000-4000-8000-000000000001";
const RESOURCE: &str = "d0000000-0000-4000-8000-000000000001";
const ALEX_ID: &str = "b0000000-0000-4000-8000-000000000002";

#[test]
fn resource_accounts_show_what_they_are_bound_to() {
    let tenant = Tenant::new();
    assert_eq!(
        tenant.run(&format!("number assign {SERVICE} {IVR}")).code,
        0
    );
    tenant.run("resource-account list").expect(
        0,
        &format!(
            "object                                name                              display name  application                           number        ACS resource\n\
             {IVR_ID}  {IVR}  Reception     {APP}  {SERVICE}  {RESOURCE}\n"
        ),
        "",
    );
    let rows = format!(
        "object        {IVR_ID}\nname          {IVR}\ndisplay name  Reception\n\
         application   {APP}\nnumber        {SERVICE}\nACS resource  {RESOURCE}\n"
    );
    for account in [IVR, IVR_ID] {
        let ran = tenant.run(&format!("resource-account get {account}"));
        ran.expect(0, &rows, "");
    }
    let get = format!("resource-account get {IVR_ID}");
    let json = tenant.run(&format!("{get} --output json")).json();
    assert_eq!(json["resource_account"]["acs_resource_id"], RESOURCE);
    let csv = format!(
        "id,user_principal_name,display_name,app_id,phone_number,acs_resource_id\n\
         {IVR_ID},{IVR},Reception,{APP},{SERVICE},{RESOURCE}\n"
    );
    tenant
        .run(&format!("{get} --output csv"))
        .expect(0, &csv, "");
    for (filter, count) in [
        (format!("--app-id {APP}"), 1),
        (format!("--acs-resource-id {RESOURCE} --limit 1"), 1),
        (format!("--acs-resource-id {APP}"), 0),
    ] {
        let ran = tenant.run(&format!("resource-account list {filter} --output json"));
        assert_eq!(
            (ran.code, ran.stdout.lines().count()),
            (0, count),
            "{filter}"
        );
    }
    assert_eq!(tenant.run(&format!("resource-account get {ALEX}")).code, 4);
    assert_eq!(tenant.run("resource-account get nobody@x.example").code, 4);
}

#[test]
fn a_user_is_shown_with_licences_and_teams_settings() {
    let tenant = Tenant::new();
    tenant.run(&format!("user show {IVR}")).expect(
        0,
        &format!(
            "object          {IVR_ID}\nname            {IVR}\ndisplay name    Reception\n\
             usage location  US\ndepartment      Microsoft Communication Application Instance\n\
             licences        PHONESYSTEM_VIRTUALUSER\n"
        ),
        "",
    );
    let json = tenant
        .run(&format!("user show {ALEX} --output json"))
        .json();
    assert_eq!(json["user"]["id"], ALEX_ID);
    assert_eq!(json["user"]["licences"], serde_json::json!([]));
    assert!(
        json["user"]["teams"]["telephone_numbers"].is_array(),
        "{json}"
    );
    tenant.run(&format!("user show {IVR} --output csv")).expect(
        0,
        &format!(
            "id,user_principal_name,display_name,account_enabled,usage_location,department,licences,telephone_numbers\n\
             {IVR_ID},{IVR},Reception,true,US,Microsoft Communication Application Instance,PHONESYSTEM_VIRTUALUSER,\n"
        ),
        "",
    );
    let listed = tenant.run("user list --output json");
    assert_eq!(listed.json()["user_principal_name"], ALEX);
    let table = tenant.run("user list --limit 1");
    assert!(table.stdout.starts_with("object "), "{}", table.stdout);
    assert_eq!(table.stdout.lines().count(), 2);
    let ran = tenant.run("user show nobody@x.example");
    assert_eq!((ran.code, ran.stdout.as_str()), (4, ""));
}

#[test]
fn what_the_token_may_not_read_of_a_user_is_left_out() {
    let tenant = Tenant::new();
    for style in [ErrorStyle::Plain, ErrorStyle::Nested] {
        tenant
            .emulator
            .graph()
            .configure(|graph| graph.errors = style);
        let show = format!("user show {ALEX} --output json");
        let ran = tenant.with_permissions(&["User.Read.All"], &show);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert_eq!(ran.json()["user"]["teams"], serde_json::Value::Null);
        assert!(
            ran.stderr.contains("may not read the Teams settings"),
            "{}",
            ran.stderr
        );
        let show = format!("user show {ALEX}");
        let ran = tenant.with_permissions(&["TeamsUserConfiguration.Read.All"], &show);
        assert_eq!((ran.code, ran.stdout.as_str()), (3, ""), "{}", ran.stderr);
        assert!(ran.stderr.contains("hint: "), "{}", ran.stderr);
        let ran = tenant.with_permissions(&["User.Read.All"], "resource-account list");
        assert_eq!(ran.code, 3, "{}", ran.stderr);
    }
}

#[test]
fn the_usage_location_is_set() {
    let tenant = Tenant::new();
    tenant
        .run(&format!("user set-usage-location {ALEX} de"))
        .expect(
            0,
            &format!("outcome         set\nuser            {ALEX}\nusage location  DE\n"),
            "",
        );
    let graph = tenant.emulator.graph();
    assert_eq!(graph.usage_location(ALEX).as_deref(), Some("DE"));
    let set = format!("user set-usage-location {ALEX} US --output json");
    assert_eq!(tenant.run(&set).json()["usage_location"], "US");
    let ran = tenant.run("user set-usage-location nobody@x.example US");
    assert_eq!(ran.code, 4, "{}", ran.stderr);
    let before = tenant.emulator.requests().len();
    for words in ["alex US", "alex@x.example USA", "a@b@c US"] {
        let ran = tenant.run(&format!("user set-usage-location {words}"));
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{words}");
    }
    assert_eq!(tenant.emulator.requests().len(), before);
}

#[test]
fn licences_are_counted_and_given() {
    let tenant = Tenant::new();
    let json = tenant.run("licence list --output json").json();
    assert_eq!(json["sku_part_number"], "PHONESYSTEM_VIRTUALUSER");
    assert_eq!(
        (&json["consumed_units"], &json["available_units"]),
        (&1.into(), &24.into())
    );
    let csv = tenant.run("license list --output csv");
    assert!(
        csv.stdout.starts_with("sku_part_number,sku_id,"),
        "{}",
        csv.stdout
    );
    let table = tenant.run("licence list");
    assert!(table.stdout.contains("free"), "{}", table.stdout);

    let assign = format!("licence assign {ALEX} phonesystem_virtualuser");
    let ran = tenant.run(&assign);
    ran.expect(
        0,
        &format!(
            "outcome  assigned\nobject   {ALEX_ID}\nname     {ALEX}\nproduct  PHONESYSTEM_VIRTUALUSER\n"
        ),
        "",
    );
    let again = tenant.run(&format!("{assign} --output json")).json();
    assert_eq!(
        (&again["outcome"], &again["changed"]),
        (&"unchanged".into(), &false.into())
    );
    assert_eq!(tenant.emulator.graph().licences(ALEX).len(), 1);
    let ran = tenant.run(&format!("licence assign {ALEX} TEAMS_GOLD"));
    assert_eq!(ran.code, 4, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("it has PHONESYSTEM_VIRTUALUSER"),
        "{}",
        ran.stderr
    );
    assert_eq!(tenant.run("licence assign alex SKU").code, 2);
    let ran = tenant.with_permissions(&["User.Read.All"], "licence list");
    assert_eq!(ran.code, 3, "{}", ran.stderr);
}
