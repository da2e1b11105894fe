//! What each operation puts on the wire, and what it makes of answers.

use graph_teams_rest::errors::ODataError;
use graph_teams_rest::{Error, OPERATIONS, v1_0};
use serde_json::{Value, json};

use crate::call::{Inputs, call};
use crate::fake::Fake;

const NUMBERS: &str = "/v1.0/admin/teams/telephoneNumberManagement/numberAssignments";
const USER: &str = "/v1.0/users/ada%40contoso.com";

/// What an operation sends, and an answer it can read: method, URL, body, status, answer.
type Expectations = (&'static str, String, Value, u16, Value);

fn expectations(operation: &str) -> Expectations {
    match operation {
        "number_list" | "number_get" | "number_assign" | "number_unassign" | "number_update" => {
            of_numbers(operation)
        }
        "user_get"
        | "user_update"
        | "user_assign_license"
        | "user_license_details_list"
        | "subscribed_sku_list" => of_licences(operation),
        _ => of_accounts(operation),
    }
}

fn page(entry: &Value) -> Value {
    json!({"value": [entry], "@odata.nextLink": "https://graph.microsoft.com/x?y"})
}

fn of_numbers(operation: &str) -> Expectations {
    let order = json!({
        "telephoneNumber": "+1", "assignmentTargetId": "o-1", "numberType": "callingPlan"
    });
    let number = json!({
        "id": "n-1", "telephoneNumber": "+1", "numberType": "callingPlan",
        "activationState": "activated"
    });
    let none = Value::Null;
    match operation {
        "number_list" => ("GET", NUMBERS.into(), none, 200, page(&number)),
        "number_get" => {
            let path = format!("{NUMBERS}/ada%40contoso.com");
            ("GET", path, none, 200, number)
        }
        "number_assign" => ("POST", format!("{NUMBERS}/assignNumber"), order, 202, none),
        "number_unassign" => {
            let order = json!({"telephoneNumber": "+1", "numberType": "callingPlan"});
            let path = format!("{NUMBERS}/unassignNumber");
            ("POST", path, order, 202, none)
        }
        "number_update" => {
            let update = json!({"telephoneNumber": "+1", "networkSiteId": null});
            ("POST", format!("{NUMBERS}/updateNumber"), update, 200, none)
        }
        other => panic!("no expectations for {other}"),
    }
}

fn of_accounts(operation: &str) -> Expectations {
    let account = json!({"id": "o-1", "acsResourceId": "r-1"});
    let (path, answer) = match operation {
        "operation_get" => {
            let numbers = json!([{"statusDetail": "why"}]);
            let answer = json!({"id": "p-1", "status": "failed", "numbers": numbers});
            let path = "/v1.0/admin/teams/telephoneNumberManagement/operations/ada%40contoso.com";
            (path, answer)
        }
        "user_configuration_list" => {
            let path = "/v1.0/admin/teams/userConfigurations";
            (path, page(&json!({"id": "o-1"})))
        }
        "user_configuration_get" => {
            let path = "/v1.0/admin/teams/userConfigurations/ada%40contoso.com";
            (path, json!({"id": "o-1", "user": {"id": "o-1"}}))
        }
        "resource_account_list" => ("/beta/admin/teams/resourceAccounts", page(&account)),
        "resource_account_get" => {
            let path = "/beta/admin/teams/resourceAccounts/ada%40contoso.com";
            (path, account)
        }
        other => panic!("no expectations for {other}"),
    };
    ("GET", path.to_owned(), Value::Null, 200, answer)
}

fn of_licences(operation: &str) -> Expectations {
    let none = Value::Null;
    let user = json!({"id": "o-1", "assignedLicenses": [{"skuId": "s-1"}]});
    match operation {
        "user_get" => ("GET", USER.into(), none, 200, user),
        "user_update" => {
            let update = json!({"usageLocation": "DE"});
            ("PATCH", USER.into(), update, 204, none)
        }
        "user_assign_license" => {
            let licence = json!({"skuId": "s-1", "disabledPlans": []});
            let order = json!({"addLicenses": [licence], "removeLicenses": []});
            ("POST", format!("{USER}/assignLicense"), order, 200, user)
        }
        "user_license_details_list" => {
            let plan = json!({"servicePlanName": "MCOEV_VIRTUALUSER"});
            let licence =
                json!({"skuPartNumber": "PHONESYSTEM_VIRTUALUSER", "servicePlans": [plan]});
            let path = format!("{USER}/licenseDetails");
            ("GET", path, none, 200, page(&licence))
        }
        "subscribed_sku_list" => {
            let sku = json!({"skuId": "s-1", "consumedUnits": 3, "prepaidUnits": {"enabled": 5}});
            ("GET", "/v1.0/subscribedSkus".into(), none, 200, page(&sku))
        }
        other => panic!("no expectations for {other}"),
    }
}

#[tokio::test]
async fn every_operation_sends_what_its_document_says() {
    for operation in &OPERATIONS {
        let (method, target, body, status, answer) = expectations(operation.id);
        let text = if answer.is_null() {
            String::new()
        } else {
            answer.to_string()
        };
        let fake = Fake::answering(status, &text);
        let inputs = Inputs {
            id: "ada@contoso.com".to_owned(),
            body: body.clone(),
            ..Inputs::default()
        };
        let outcome = call(fake.inner(), operation.id, &inputs).await;
        let outcome = outcome.unwrap_or_else(|error| panic!("{}: {error}", operation.id));
        assert_eq!(
            (outcome.status, outcome.value),
            (status, answer),
            "{}",
            operation.id
        );

        let request = fake.request();
        assert_eq!(request.target, format!("{method} {target}"));
        assert_eq!(request.json(), body, "{}", operation.id);
        assert_eq!(request.header("content-type"), operation.content_type);
        assert_eq!(request.header("api-version"), None, "{}", operation.id);
        assert_eq!(request.header("authorization"), Some("Bearer token"));
        let id = request.header("client-request-id").unwrap_or_default();
        assert_eq!(id.len(), 36, "{id}");
    }
}

#[tokio::test]
async fn a_condition_arrives_as_it_was_written() {
    let fake = Fake::answering(200, r#"{"value":[]}"#);
    let client = v1_0::client(fake.inner());
    let condition = "telephoneNumber eq '+1 2' and city ne 'A&B=C;D%'";
    client
        .number_list(Some(condition), Some(0), Some(1000))
        .await
        .unwrap();
    let expected = "%24filter=telephoneNumber%20eq%20%27%2B1%202%27%20and%20city%20ne%20%27A%26B%3DC%3BD%25%27\
                    &%24skip=0&%24top=1000";
    assert_eq!(fake.request().target, format!("GET {NUMBERS}?{expected}"));

    client
        .user_get("a", None, Some("id,usageLocation"))
        .await
        .unwrap();
    assert_eq!(
        fake.request().target,
        "GET /v1.0/users/a?%24select=id%2CusageLocation"
    );
}

#[tokio::test]
async fn the_place_of_an_operation_is_in_the_headers() {
    let place = "https://graph.microsoft.com/v1.0/operations('QXNz')";
    let fake = Fake::answering_with(202, &format!("Location: {place}\r\n"), "");
    let (_, _, body, ..) = expectations("number_assign");
    let inputs = Inputs {
        body,
        ..Inputs::default()
    };
    let outcome = call(fake.inner(), "number_assign", &inputs).await.unwrap();
    assert_eq!(outcome.location.as_deref(), Some(place));
}

#[tokio::test]
async fn lists_are_read_however_they_are_wrapped() {
    let (.., page) = expectations("number_list");
    let entry = page["value"][0].to_string();
    for (body, length) in [
        (format!(r#"{{"value":{entry}}}"#), 1),
        (format!(r#"{{"value":{entry},"value":{entry}}}"#), 2),
        (format!(r#"{{"value":[{entry},{entry}]}}"#), 2),
        (r#"{"value":null}"#.to_owned(), 0),
    ] {
        let fake = Fake::answering(200, &body);
        let page = v1_0::client(fake.inner())
            .number_list(None, None, None)
            .await;
        assert_eq!(page.unwrap().value.len(), length, "{body}");
    }
}

#[tokio::test]
async fn no_id_changes_the_route() {
    let fake = Fake::answering(204, "");
    let client = v1_0::client(fake.inner());
    for id in ["", ".", ".."] {
        let failure = client
            .user_update(id, &Default::default())
            .await
            .unwrap_err();
        assert!(message(failure).contains("route"), "{id:?}");
        client.number_get(id).await.unwrap_err();
        client
            .user_license_details_list(id, None)
            .await
            .unwrap_err();
        assert!(fake.got_nothing(), "{id:?} was sent");
    }
    for (id, escaped) in [
        (r"..\x", "..%5Cx"),
        ("a/b?c#d", "a%2Fb%3Fc%23d"),
        ("a_b#EXT#@x.example", "a_b%23EXT%23%40x.example"),
    ] {
        client.user_update(id, &Default::default()).await.unwrap();
        assert_eq!(
            fake.request().target,
            format!("PATCH /v1.0/users/{escaped}")
        );
    }
}

#[tokio::test]
async fn an_answer_without_json_is_the_documented_error_too() {
    for (status, body) in [(401, ""), (502, "<html>bad gateway</html>"), (504, "{")] {
        let fake = Fake::answering(status, body);
        let failure = v1_0::client(fake.inner())
            .number_get("a")
            .await
            .unwrap_err();
        let Error::ErrorResponse(answer) = failure else {
            panic!("{status}: {failure}")
        };
        assert_eq!(answer.status().as_u16(), status);
        assert!(!answer.error.message.is_empty(), "{status}");
    }
}

fn message(failure: Error<ODataError>) -> String {
    match failure {
        Error::ErrorResponse(answer) => answer.into_inner().error.message,
        other => panic!("{other}"),
    }
}
