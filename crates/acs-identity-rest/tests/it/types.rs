//! What the generated types read and write.

use acs_identity_rest::enums::{
    CommunicationIdentityTokenScope, EntraPrincipalType, TeamsExtensionPrincipalType,
};
use acs_identity_rest::errors::CommunicationErrorResponse;
use acs_identity_rest::v2025_03_02_preview::types;
use serde_json::json;

#[test]
fn a_resource_account_is_read_from_both_names_in_any_case() {
    for text in [
        "resourceAccount",
        "teamsResourceAccount",
        "TeamsResourceAccount",
        "RESOURCEACCOUNT",
    ] {
        assert_eq!(
            TeamsExtensionPrincipalType::from(text),
            TeamsExtensionPrincipalType::ResourceAccount
        );
    }
    let sent = serde_json::to_value(TeamsExtensionPrincipalType::ResourceAccount).unwrap();
    assert_eq!(sent, "teamsResourceAccount");
    let insisted = TeamsExtensionPrincipalType::Unknown("resourceAccount".to_owned());
    assert_eq!(serde_json::to_value(insisted).unwrap(), "resourceAccount");
}

#[test]
fn other_values_are_read_in_any_case_and_kept_when_unknown() {
    assert_eq!(
        TeamsExtensionPrincipalType::from("User"),
        TeamsExtensionPrincipalType::User
    );
    assert_eq!(EntraPrincipalType::from("Group"), EntraPrincipalType::Group);
    for text in ["Robot", "", "user "] {
        let kind: TeamsExtensionPrincipalType = serde_json::from_value(json!(text)).unwrap();
        assert_eq!(kind, TeamsExtensionPrincipalType::Unknown(text.to_owned()));
        assert_eq!(serde_json::to_value(&kind).unwrap(), text);
        assert_eq!(kind.to_string(), text);
    }
}

#[test]
fn every_known_value_is_read_back() {
    for scope in CommunicationIdentityTokenScope::KNOWN {
        assert_eq!(
            CommunicationIdentityTokenScope::from(scope.as_str()),
            *scope
        );
    }
    assert_eq!(CommunicationIdentityTokenScope::KNOWN.len(), 5);
    assert_ne!(
        CommunicationIdentityTokenScope::from("VOIP"),
        CommunicationIdentityTokenScope::Voip
    );
}

#[test]
fn null_lists_are_empty_or_absent() {
    let page: types::EntraAssignmentsResponse =
        serde_json::from_value(json!({"value": null})).unwrap();
    assert!(page.value.is_empty());
    let entra =
        json!({"objectId": "o", "tenantId": "t", "principalType": "user", "clientIds": null});
    let entra: types::EntraAssignment = serde_json::from_value(entra).unwrap();
    assert!(entra.client_ids.is_empty());
    let teams =
        json!({"objectId": "o", "tenantId": "t", "principalType": "user", "clientIds": null});
    let teams: types::TeamsExtensionAssignmentResponse = serde_json::from_value(teams).unwrap();
    assert_eq!(teams.client_ids, None);
}

#[test]
fn a_required_list_that_is_absent_is_an_error() {
    let page: Result<types::EntraAssignmentsResponse, _> = serde_json::from_value(json!({}));
    assert!(page.unwrap_err().to_string().contains("`value`"));
}

#[test]
fn an_empty_client_list_can_be_sent_or_left_out() {
    let mut request = types::TeamsExtensionAssignmentCreateOrUpdateRequest {
        client_ids: None,
        principal_type: TeamsExtensionPrincipalType::User,
    };
    assert_eq!(
        serde_json::to_value(&request).unwrap(),
        json!({"principalType": "user"})
    );
    request.client_ids = Some(Vec::new());
    assert_eq!(
        serde_json::to_value(&request).unwrap(),
        json!({"principalType": "user", "clientIds": []})
    );
}

#[test]
fn nothing_is_sent_that_was_not_asked_for() {
    let request = types::CommunicationIdentityCreateRequest::default();
    assert_eq!(serde_json::to_value(request).unwrap(), json!({}));
}

#[test]
fn times_have_any_fraction_and_offset() {
    for (text, expected) in [
        (
            "2023-10-10T21:39:39.3244584+00:00",
            "2023-10-10T21:39:39.3244584Z",
        ),
        (
            "2023-10-10T14:39:39.3244584-07:00",
            "2023-10-10T21:39:39.3244584Z",
        ),
        ("2023-10-10T21:39:39Z", "2023-10-10T21:39:39Z"),
    ] {
        let token = json!({"token": "t", "expiresOn": text, "somethingNew": 1});
        let token: types::CommunicationIdentityAccessToken = serde_json::from_value(token).unwrap();
        assert_eq!(token.expires_on.to_string(), expected);
    }
}

#[test]
fn a_token_is_never_displayed() {
    let token = json!({"token": "s3cret", "expiresOn": "2023-10-10T21:39:39Z"});
    let token: types::CommunicationIdentityAccessToken = serde_json::from_value(token).unwrap();
    let request = types::TeamsUserExchangeTokenRequest {
        app_id: String::new(),
        token: token.token.clone(),
        user_id: String::new(),
    };
    let shown = format!("{token:?} {token:#?} {request:?} {request:#?}");
    assert!(!shown.contains("s3cret"), "{shown}");
    assert_eq!(serde_json::to_value(&request).unwrap()["token"], "s3cret");
}

#[test]
fn an_error_keeps_its_code_whatever_else_is_null() {
    let error = json!({"error": {
        "code": "C", "message": "m", "target": null, "innererror": {"code": "I", "message": "i"},
        "details": [{"code": "D", "message": "d", "details": null}],
    }});
    let error: CommunicationErrorResponse = serde_json::from_value(error).unwrap();
    assert_eq!(error.error.code, "C");
    assert_eq!(error.error.innererror.unwrap().code, "I");
    assert_eq!(error.error.details.unwrap()[0].details, None);
}
