//! Owns the proof that rules meet the requests they should, and that their JSON form is the documented one.

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde_json::json;

use super::{rules::glob_fits, *};
use crate::{call::operation_of, request::Received};

fn request(method: &str, target: &str) -> Received {
    Received {
        method: Method::from_bytes(method.as_bytes()).unwrap(),
        target: target.to_owned(),
        headers: HeaderMap::new(),
        body: Bytes::new(),
        peer: ([127, 0, 0, 1], 1).into(),
    }
}

fn meets(fault: Fault, method: &str, target: &str) -> bool {
    let mut rules = Rules::default();
    rules.add(fault);
    let request = request(method, target);
    rules.take(&request, operation_of(&request)).is_some()
}

#[test]
fn globs_keep_to_a_segment_unless_doubled() {
    let cases = [
        ("/identities", "/identities", true),
        ("/identities", "/identities/x", false),
        ("/identities/*", "/identities/x", true),
        ("/identities/*", "/identities/x/y", false),
        ("/identities/**", "/identities/x/y", true),
        ("**", "", true),
        ("*", "/", false),
        ("/*/:issue*", "/x/:issueAccessToken", true),
        ("**/assignments/*", "/access/entra/assignments/1", true),
        ("**/assignments/*", "/access/entra/assignments/1/2", false),
        ("a**b*c", "aXXbYc", true),
        ("", "x", false),
    ];
    for (glob, text, fits) in cases {
        assert_eq!(
            glob_fits(glob.as_bytes(), text.as_bytes()),
            fits,
            "{glob} on {text}"
        );
    }
}

#[test]
fn every_member_given_must_fit() {
    let fault = || Fault::empty(500).method("put").path("/access/**");
    assert!(meets(fault(), "PUT", "/access/entra/assignments/1?x=1"));
    assert!(!meets(fault(), "GET", "/access/entra/assignments/1"));
    assert!(!meets(fault(), "PUT", "/identities"));
}

#[test]
fn operations_are_known_by_both_of_their_names() {
    for name in ["CommunicationIdentity_Create", "IdentityOperations_Create"] {
        assert!(
            meets(
                Fault::empty(500).operation(name),
                "POST",
                "/identities?api-version=2021-03-07"
            ),
            "{name}"
        );
    }
    assert!(!meets(
        Fault::empty(500).operation(""),
        "GET",
        "/identities/x"
    ));
    assert!(
        Fault::empty(500)
            .operation("Create")
            .problem()
            .is_some_and(|why| why.contains("`Create`"))
    );
}

#[test]
fn a_rule_skips_meets_and_is_spent() {
    let mut rules = Rules::default();
    rules.add(Fault::empty(500).skip(1).times(2));
    rules.add(Fault::empty(501).times(1));
    let request = request("GET", "/");
    let met: Vec<Option<u64>> = (0..5)
        .map(|_| rules.take(&request, None).map(|(number, _)| number))
        .collect();
    assert_eq!(met, [Some(2), Some(1), Some(1), None, None]);
}

#[test]
fn reads_the_documented_json() {
    let rule = json!({
        "match": { "method": "PUT", "path": "/access/**", "operation": "TeamsExtensionAssignment_Upsert" },
        "skip": 1, "times": 2, "latencyMs": 50,
        "action": { "type": "respond", "status": 503, "code": "ServiceUnavailable" }
    });
    let expected = Fault::respond(503, "ServiceUnavailable")
        .method("PUT")
        .path("/access/**")
        .operation("TeamsExtensionAssignment_Upsert")
        .skip(1)
        .times(2)
        .delayed(Duration::from_millis(50));
    assert_eq!(serde_json::from_value::<Fault>(rule).unwrap(), expected);

    let actions = [
        (json!({ "type": "pass" }), Fault::latency(Duration::ZERO)),
        (
            json!({ "type": "throttle", "retryAfter": { "seconds": 2 } }),
            Fault::throttle(2),
        ),
        (
            json!({ "type": "throttle", "retryAfter": { "dateInSeconds": 2 } }),
            Fault::throttle_until(2),
        ),
        (
            json!({ "type": "throttle", "retryAfter": { "milliseconds": 5 } }),
            Fault::throttle_ms(5),
        ),
        (
            json!({ "type": "throttle", "retryAfter": "absent" }),
            Fault::throttle_silently(),
        ),
        (json!({ "type": "html", "status": 502 }), Fault::html(502)),
        (json!({ "type": "empty", "status": 401 }), Fault::empty(401)),
        (
            json!({ "type": "drop", "after": true }),
            Fault::drop_after(),
        ),
        (json!({ "type": "truncate", "keep": 7 }), Fault::truncate(7)),
        (
            json!({ "type": "edit", "set": { "/a": null } }),
            Fault::edit("/a", Value::Null),
        ),
        (
            json!({ "type": "headers", "set": { "ms-cv": null } }),
            Fault::without_header("ms-cv"),
        ),
    ];
    for (action, fault) in actions {
        let read: Fault = serde_json::from_value(json!({ "action": action })).unwrap();
        assert_eq!(read, fault);
        let again: Fault = serde_json::from_value(serde_json::to_value(&read).unwrap()).unwrap();
        assert_eq!(again, fault);
    }
}

#[test]
fn refuses_rules_it_would_not_obey() {
    for rule in [
        json!({ "tims": 1 }),
        json!({ "action": { "type": "explode" } }),
        json!({ "match": { "verb": "GET" } }),
    ] {
        assert!(
            serde_json::from_value::<Fault>(rule.clone()).is_err(),
            "{rule}"
        );
    }
    assert!(
        Fault::empty(100)
            .problem()
            .is_some_and(|why| why.contains("100"))
    );
    assert!(Fault::empty(599).problem().is_none());
}
