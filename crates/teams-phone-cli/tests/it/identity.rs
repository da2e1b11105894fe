//! `identity`: what is printed alone, so that it can be piped, and what is refused.

use crate::support::Resource;

/// Creates an identity and answers its id, unfiltered.
pub(crate) fn created(resource: &Resource) -> String {
    let output = resource.command(["identity", "create"]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn create_prints_the_id_alone() {
    let resource = Resource::new();
    let ran = resource.run("identity create");
    ran.expect(0, "8:acs:IDENTITY\n", "");
    let json = resource
        .run("identity create --custom-id agent-17 --output json")
        .json();
    assert_eq!(json["identity"]["custom_id"], "agent-17");
    assert!(json["access_token"].is_null());
}

#[test]
fn create_with_a_scope_prints_the_token_alone() {
    let resource = Resource::new();
    let ran = resource.run("identity create --scope voip,chat --valid-for 2h");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(
        ran.stderr,
        "identity 8:acs:IDENTITY; its token expires TIME\n"
    );
    assert_eq!(ran.stdout.lines().count(), 1);
    assert!(ran.stdout.starts_with("ey"));
    let body = resource.emulator.requests()[0].body.clone().unwrap();
    assert!(
        body.contains("[\"voip\",\"chat\"]") && body.contains("120"),
        "{body}"
    );
    let json = resource.run("identity create --scope voip --output json");
    assert_eq!(json.stderr, "");
    let json = json.json();
    assert!(
        json["access_token"]["token"]
            .as_str()
            .unwrap()
            .starts_with("ey")
    );
    assert_eq!(json["access_token"]["expires_on"], "TIME");
}

#[test]
fn the_same_custom_id_gives_the_same_identity() {
    let resource = Resource::new();
    let create = || {
        let mut command = resource.command(["identity", "create", "--custom-id", "bob"]);
        command.output().unwrap().stdout
    };
    assert_eq!(create(), create());
}

#[test]
fn get_and_delete_say_what_they_found_and_did() {
    let resource = Resource::new();
    let id = created(&resource);
    resource.run(&format!("identity get {id}")).expect(
        0,
        "id          8:acs:IDENTITY\ncustom id   none\nlast token  never issued\n",
        "",
    );
    let json = resource
        .run(&format!("identity get {id} --output json"))
        .json();
    assert!(json["identity"]["last_token_issued_at"].is_null());
    assert_eq!(resource.run(&format!("identity delete {id}")).code, 2);
    resource.run(&format!("identity delete {id} --yes")).expect(
        0,
        "outcome  deleted\nid       8:acs:IDENTITY\n",
        "",
    );
    let gone = resource.run(&format!("identity get {id}"));
    assert_eq!(gone.code, 3);
    assert!(gone.stderr.contains("IdentityNotOwned"), "{}", gone.stderr);
}

#[test]
fn wrong_values_are_refused_before_anything_is_sent() {
    let resource = Resource::new();
    for (words, said) in [
        ("identity create --valid-for 2h", "--scope"),
        ("identity create --scope voip --valid-for 5m", "60 minutes"),
        ("identity create --scope voip --valid-for 25h", "24 hours"),
        (
            "identity create --scope voip --valid-for soon",
            "write it like",
        ),
        ("identity create --scope=", "it is empty"),
        ("identity create --custom-id=", "is empty"),
        (
            "identity create --custom-id x --api-version 2025-06-30",
            "it exists in 2025-03-02-preview",
        ),
        ("identity get", "<ID>"),
    ] {
        let ran = resource.run(words);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{words}");
        assert!(ran.stderr.contains(said), "{words}: {}", ran.stderr);
    }
    let long = "a".repeat(10_000);
    let ran = resource.run(&format!("identity get {long}"));
    assert_eq!(ran.code, 2);
    assert!(resource.emulator.requests().is_empty());
}

#[test]
fn hostile_ids_stay_ids() {
    let resource = Resource::new();
    for id in [
        "..",
        "../../access/entra/assignments",
        "a\\b",
        "%2e%2e",
        "a?b#c",
        ".",
    ] {
        let ran = Resource::outcome(&resource, &mut resource.command(["identity", "get", id]));
        assert!(matches!(ran.code, 1..=3), "{id}: {}", ran.stderr);
    }
    for request in resource.emulator.requests() {
        let path = request.path().to_owned();
        assert!(
            path.starts_with("/identities/") && path.matches('/').count() == 2,
            "{path}"
        );
    }
}
