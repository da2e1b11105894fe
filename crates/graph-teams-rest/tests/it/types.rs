//! What the generated types read and write.

use graph_teams_rest::enums::{AccountType, LongRunningOperationStatus, NumberType};
use graph_teams_rest::v1_0::types;
use serde_json::{Value, json};

#[test]
fn absent_null_and_empty_differ_in_an_update() {
    let update = |location_id| types::UpdateNumberRequest {
        location_id,
        network_site_id: None,
        reverse_number_lookup_options: None,
        telephone_number: "+1".to_owned(),
    };
    for (location, sent) in [
        (None, json!({"telephoneNumber": "+1"})),
        (
            Some(None),
            json!({"telephoneNumber": "+1", "locationId": null}),
        ),
        (
            Some(Some(String::new())),
            json!({"telephoneNumber": "+1", "locationId": ""}),
        ),
    ] {
        let update = update(location);
        assert_eq!(serde_json::to_value(&update).unwrap(), sent);
        let read: types::UpdateNumberRequest = serde_json::from_value(sent).unwrap();
        assert_eq!(read, update);
    }
}

#[test]
fn a_property_of_a_user_can_be_kept_removed_or_set() {
    for (location, sent) in [
        (None, json!({})),
        (Some(None), json!({"usageLocation": null})),
        (Some(Some("DE".to_owned())), json!({"usageLocation": "DE"})),
    ] {
        let update = types::UserUpdate {
            usage_location: location,
        };
        assert_eq!(serde_json::to_value(update).unwrap(), sent);
    }
}

#[test]
fn values_nobody_knows_are_kept() {
    for text in ["skipped", "paused", "unknownFutureValue", ""] {
        let status: LongRunningOperationStatus = serde_json::from_value(json!(text)).unwrap();
        let known = LongRunningOperationStatus::KNOWN.contains(&status);
        assert_eq!(known, text == "skipped", "{text}");
        assert_eq!(serde_json::to_value(&status).unwrap(), text);
    }
    assert_eq!(NumberType::from("DirectRouting").as_str(), "DirectRouting");
    assert_ne!(NumberType::from("DirectRouting"), NumberType::DirectRouting);
}

#[test]
fn an_account_the_service_does_not_know_is_not_one_this_library_does_not_know() {
    let known: AccountType = serde_json::from_value(json!("unknown")).unwrap();
    assert_eq!(known, AccountType::UnknownToService);
    assert_eq!(serde_json::to_value(known).unwrap(), "unknown");
}

fn number(members: Value) -> Result<types::NumberAssignment, serde_json::Error> {
    let mut number = json!({
        "id": "n-1", "telephoneNumber": "+1", "numberType": "callingPlan", "activationState": "activated"
    });
    let Value::Object(members) = members else {
        panic!("members are an object")
    };
    number.as_object_mut().unwrap().extend(members);
    serde_json::from_value(number)
}

#[test]
fn a_number_may_lack_everything_but_what_makes_it_one() {
    let bare = number(json!({})).unwrap();
    let nulls = number(json!({
        "capabilities": null, "assignmentStatus": null, "operatorId": null, "assignmentTargetId": null
    }));
    assert_eq!(nulls.unwrap(), bare);
    assert_eq!(number(json!({"brandNew": {"a": [1]}})).unwrap(), bare);
    assert!(serde_json::from_value::<types::NumberAssignment>(json!({"value": {}})).is_err());
}

#[test]
fn nothing_is_sent_that_was_not_asked_for() {
    let order = types::AssignNumberRequest {
        assignment_category: None,
        assignment_target_id: "o-1".to_owned(),
        location_id: None,
        number_type: NumberType::DirectRouting,
        telephone_number: "+1".to_owned(),
    };
    let sent = json!({"assignmentTargetId": "o-1", "numberType": "directRouting", "telephoneNumber": "+1"});
    assert_eq!(serde_json::to_value(order).unwrap(), sent);
}

#[test]
fn an_operation_keeps_its_time_as_written() {
    for text in ["2025-02-03T22:03:26Z", "2025-02-03 22:03", ""] {
        let operation = json!({"id": "o", "status": "running", "createdDateTime": text});
        let operation: types::TelephoneNumberLongRunningOperation =
            serde_json::from_value(operation).unwrap();
        assert_eq!(operation.created_date_time.as_deref(), Some(text));
    }
}
