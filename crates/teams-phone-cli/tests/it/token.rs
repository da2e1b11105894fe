//! `token`: issue and revoke.

use crate::identity::created;
use crate::support::Resource;

#[test]
fn issue_prints_the_token_alone() {
    let resource = Resource::new();
    let id = created(&resource);
    let ran = resource.run(&format!("token issue {id} --scope voip --valid-for 90m"));
    assert_eq!((ran.code, ran.stderr.as_str()), (0, "expires TIME\n"));
    assert!(ran.stdout.starts_with("ey") && ran.stdout.lines().count() == 1);
    let json = resource
        .run(&format!("token issue {id} --scope voip --output json"))
        .json();
    assert!(json["token"].as_str().unwrap().starts_with("ey"));
    assert_eq!(
        (&json["id"], &json["expires_on"]),
        (&"8:acs:IDENTITY".into(), &"TIME".into())
    );
}

#[test]
fn issue_needs_a_scope_and_an_identity_of_this_resource() {
    let resource = Resource::new();
    let id = created(&resource);
    let ran = resource.run(&format!("token issue {id}"));
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("--scope"), "{}", ran.stderr);
    let ran = resource.run("token issue 8:acs:somebody --scope voip");
    assert_eq!((ran.code, ran.stdout.as_str()), (3, ""));
    assert!(ran.stderr.contains("IdentityNotOwned"), "{}", ran.stderr);
}

#[test]
fn revoke_asks_first() {
    let resource = Resource::new();
    let id = created(&resource);
    assert_eq!(resource.run(&format!("token revoke {id}")).code, 2);
    resource.run(&format!("token revoke {id} --yes")).expect(
        0,
        "outcome  revoked\nid       8:acs:IDENTITY\n",
        "",
    );
    let json = resource
        .run(&format!("token revoke {id} -y --output json"))
        .json();
    assert_eq!(json["outcome"], "revoked");
}
