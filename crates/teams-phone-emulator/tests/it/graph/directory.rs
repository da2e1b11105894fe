//! Owns the proof of what the directory's half answers: users, licences, and accounts that are still spreading.

use std::time::Duration;

use serde_json::{Value, json};
use teams_phone_emulator::{Delay, Emulator, GraphUser, ResourceAccount, Sku};

use super::{
    ACCOUNT, ACCOUNTS, FIRST, NUMBERS, SKU, USER, demo, get, message, poll, post, with_token,
};

const NAME: &str = "alex@teams-phone-emulator.invalid";

fn patch(emulator: &Emulator, target: &str, body: &Value) -> crate::client::Answer {
    with_token(emulator, "PATCH", target)
        .json(body)
        .send(emulator)
}

fn licence(
    emulator: &Emulator,
    user: &str,
    add: &[&str],
    remove: &[&str],
) -> crate::client::Answer {
    let add: Vec<Value> = add
        .iter()
        .map(|sku| json!({ "skuId": sku, "disabledPlans": [] }))
        .collect();
    let body = json!({ "addLicenses": add, "removeLicenses": remove });
    post(
        emulator,
        &format!("/v1.0/users/{user}/assignLicense"),
        &body,
    )
}

#[test]
fn a_user_is_found_by_id_by_name_and_by_filter() {
    let emulator = demo();
    for key in [
        USER.to_owned(),
        NAME.to_owned(),
        NAME.to_uppercase().replace('@', "%40"),
    ] {
        let user = get(&emulator, &format!("/v1.0/users/{key}")).json();
        assert_eq!(
            (&user["id"], &user["userPrincipalName"]),
            (&json!(USER), &json!(NAME)),
            "{key}"
        );
        assert_eq!(user.get("usageLocation"), None, "only with $select");
    }
    let selected = get(
        &emulator,
        &format!("/beta/users/{NAME}?$select=id,usageLocation"),
    )
    .json();
    assert_eq!(
        (&selected["id"], &selected["usageLocation"]),
        (&json!(USER), &json!("US"))
    );
    assert_eq!(selected.get("displayName"), None);
    let filter = format!("/v1.0/users?$filter=userPrincipalName%20eq%20'{NAME}'&$select=id");
    let listed = get(&emulator, &filter).json();
    assert_eq!(listed["value"], json!([{ "id": USER }]));
    let department = "Microsoft%20Communication%20Application%20Instance";
    let listed = get(
        &emulator,
        &format!("/v1.0/users?$filter=department%20eq%20'{department}'"),
    )
    .json();
    assert_eq!(listed["value"][0]["id"], ACCOUNT);
    let missing = get(&emulator, "/v1.0/users/nobody@x.invalid");
    assert_eq!(
        (missing.status, missing.code().as_str()),
        (404, "Request_ResourceNotFound")
    );
}

#[test]
fn the_usage_location_is_set_and_cleared() {
    let emulator = demo();
    let target = format!("/v1.0/users/{NAME}");
    let done = patch(&emulator, &target, &json!({ "usageLocation": "DE" }));
    assert_eq!((done.status, done.body.len()), (204, 0));
    assert_eq!(emulator.graph().usage_location(USER).as_deref(), Some("DE"));
    for (body, words) in [
        (json!({ "usageLocation": "Germany" }), "two capital letters"),
        (json!({ "shoeSize": 1 }), "'shoeSize'"),
    ] {
        let refused = patch(&emulator, &target, &body);
        assert!(
            refused.status == 400 && message(&refused).contains(words),
            "{body}"
        );
    }
    patch(&emulator, &target, &json!({ "displayName": "A" }));
    assert_eq!(emulator.graph().usage_location(USER).as_deref(), Some("DE"));
    patch(&emulator, &target, &json!({ "usageLocation": null }));
    assert_eq!(emulator.graph().usage_location(USER), None);
}

#[test]
fn licences_are_given_counted_and_taken() {
    let emulator = demo();
    let consumed = || {
        let skus = get(&emulator, "/v1.0/subscribedSkus").json();
        let sku = &skus["value"][0];
        assert_eq!(
            (&sku["skuId"], &sku["skuPartNumber"]),
            (&json!(SKU), &json!("PHONESYSTEM_VIRTUALUSER"))
        );
        sku["consumedUnits"].as_u64().unwrap()
    };
    assert_eq!(consumed(), 1);
    let given = licence(&emulator, NAME, &[SKU], &[]);
    assert_eq!((given.status, &given.json()["id"]), (200, &json!(USER)));
    assert_eq!(licence(&emulator, NAME, &[SKU], &[]).status, 200, "again");
    assert_eq!(
        (consumed(), emulator.graph().licences(USER)),
        (2, vec![SKU.to_owned()])
    );
    let held = get(&emulator, &format!("/v1.0/users/{USER}/licenseDetails")).json();
    assert_eq!(held["value"][0]["skuId"], SKU);
    assert_eq!(licence(&emulator, NAME, &[], &[SKU]).status, 200);
    assert_eq!(
        (consumed(), emulator.graph().licences(USER)),
        (1, Vec::new())
    );
}

#[test]
fn licences_that_cannot_be_given_are_refused_with_the_reason() {
    let emulator = demo();
    let graph = emulator.graph();
    let nowhere = graph.add_user(GraphUser::new("nowhere@x.invalid")).unwrap();
    let full = graph.add_sku(Sku::new("FULL").units(0)).unwrap();
    let cases = [
        (nowhere.as_str(), vec![SKU], vec![], "usage location"),
        (USER, vec![ACCOUNT], vec![], "valid company License"),
        (USER, vec![full.as_str()], vec![], "available licenses"),
        (USER, vec![], vec![SKU], "does not hold"),
    ];
    for (user, add, remove, words) in cases {
        let refused = licence(&emulator, user, &add, &remove);
        let got = (refused.status, refused.code());
        assert_eq!(got, (400, "Request_BadRequest".to_owned()), "{words}");
        assert!(message(&refused).contains(words), "{}", message(&refused));
    }
    let target = format!("/v1.0/users/{USER}/assignLicense");
    for body in [
        json!({ "addLicenses": [] }),
        json!({ "removeLicenses": [] }),
        json!({ "addLicenses": [{}], "removeLicenses": [] }),
    ] {
        assert_eq!(post(&emulator, &target, &body).status, 400, "{body}");
    }
}

#[test]
fn a_new_account_spreads_by_reads() {
    let emulator = demo();
    let graph = emulator.graph();
    graph.configure(|graph| {
        graph.propagation.users = Delay::Polls(2);
        graph.propagation.resource_accounts = Delay::Polls(1);
        graph.propagation.licences = Delay::Polls(1);
    });
    let account = ResourceAccount::new("new@x.invalid").usage_location("US");
    let id = graph.add_resource_account(account).unwrap();
    let user = || get(&emulator, "/v1.0/users/new@x.invalid").status;
    assert_eq!([user(), user(), user()], [404, 404, 200]);
    let shown = || get(&emulator, &format!("{ACCOUNTS}/{id}")).status;
    assert_eq!([shown(), shown()], [404, 200]);
    let early = licence(&emulator, &id, &[SKU], &[]);
    assert_eq!(
        (early.status, early.code().as_str()),
        (409, "Directory_ConcurrencyViolation")
    );
    assert_eq!(licence(&emulator, &id, &[SKU], &[]).status, 200);
    assert_eq!(
        get(&emulator, &format!("{ACCOUNTS}/{ACCOUNT}")).status,
        200,
        "old ones are known"
    );
}

#[test]
fn a_new_account_spreads_with_time_and_cannot_be_a_target_before() {
    let emulator = demo();
    let graph = emulator.graph();
    graph.configure(|graph| {
        graph.propagation.users = Delay::Milliseconds(30_000);
        graph.operations = Delay::Polls(0);
    });
    let account = ResourceAccount::new("new@x.invalid")
        .usage_location("US")
        .licence("PHONESYSTEM_VIRTUALUSER");
    let id = graph.add_resource_account(account).unwrap();
    let body =
        json!({ "telephoneNumber": FIRST, "assignmentTargetId": id, "numberType": "callingPlan" });
    let try_it = || {
        assert_eq!(
            post(&emulator, &format!("{NUMBERS}/assignNumber"), &body).status,
            202
        );
        let ended = poll(&emulator).json();
        (
            ended["status"].clone(),
            ended["numbers"][0]["statusDetail"].clone(),
        )
    };
    let (status, detail) = try_it();
    assert_eq!(status, "failed");
    assert!(
        detail.as_str().unwrap().contains("was not found"),
        "{detail}"
    );
    assert_eq!(get(&emulator, &format!("/v1.0/users/{id}")).status, 404);
    emulator.advance_clock(Duration::from_secs(30));
    assert_eq!(try_it().0, "succeeded");
    assert_eq!(get(&emulator, &format!("/v1.0/users/{id}")).status, 200);
}
