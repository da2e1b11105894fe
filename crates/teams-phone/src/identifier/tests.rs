//! Every kind of raw id, and that no text breaks the reading of them.

use proptest::prelude::*;
use serde_json::json;

use super::*;

const USER: &str = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111";

#[test]
fn every_raw_id_is_of_the_kind_that_its_prefix_says() {
    for (raw, kind) in [
        ("4:+12065550100", "phoneNumber"),
        ("4:12065550100", "phoneNumber"),
        ("4:anonymous", "phoneNumber"),
        ("4:", "phoneNumber"),
        ("4:+12065550100_asserted", "phoneNumber"),
        ("8:acs:r_t_u", "teamsExtensionUser"),
        ("8:dod-acs:r_t_u", "teamsExtensionUser"),
        ("8:gcch-acs:r_t_u", "teamsExtensionUser"),
        ("8:acs:r_u", "communicationUser"),
        ("8:acs:r_wf_t_u", "communicationUser"),
        ("8:dod-acs:r_u", "communicationUser"),
        ("8:gcch-acs:r_u", "communicationUser"),
        ("8:acs:", "communicationUser"),
        ("8:spool:r_t_u", "communicationUser"),
        ("8:orgid:u", "microsoftTeamsUser"),
        ("8:dod:u", "microsoftTeamsUser"),
        ("8:gcch:u", "microsoftTeamsUser"),
        ("8:teamsvisitor:u", "microsoftTeamsUser"),
        ("8:orgid:a:b", "microsoftTeamsUser"),
        ("28:orgid:a", "microsoftTeamsApp"),
        ("28:dod:a", "microsoftTeamsApp"),
        ("28:gcch:a", "microsoftTeamsApp"),
        ("28:01234567-89ab-cdef-0123-456789abcdef", "unknown"),
        ("28:ag08-global:a", "unknown"),
        ("8:ORGID:u", "unknown"),
        ("8:Acs:r_t_u", "unknown"),
        ("8:orgid", "unknown"),
        ("48:u", "unknown"),
        (" 4:+1", "unknown"),
        ("", "unknown"),
    ] {
        let id = Identifier::parse(raw);
        assert_eq!(id.kind(), kind, "{raw}");
        assert_eq!(id.to_string(), raw);
        assert_eq!(raw.parse(), Ok(id));
    }
}

#[test]
fn a_phone_number_keeps_what_tells_callers_apart() {
    for (raw, anonymous, asserted) in [
        ("4:+12065550100", false, None),
        ("4:anonymous", true, None),
        ("4:anonymous_123", false, Some("123")),
        ("4:+12065550100_123", false, Some("123")),
        ("4:+12065550100_1_23", false, Some("23")),
        ("4:+12065550100_", false, None),
        ("4:_", false, None),
    ] {
        let Identifier::PhoneNumber(number) = Identifier::parse(raw) else {
            panic!("{raw}");
        };
        assert_eq!(number.number(), &raw[2..]);
        assert_eq!(number.is_anonymous(), anonymous, "{raw}");
        assert_eq!(number.asserted_id(), asserted, "{raw}");
    }
}

#[test]
fn the_parts_of_users_and_applications_are_read() {
    let raw = format!("8:dod-acs:res_87D349ED-44D7-43E1-9A83-5F2406DEE5BD_{USER}");
    let Identifier::TeamsExtensionUser(user) = Identifier::parse(&raw) else {
        panic!("{raw}");
    };
    assert_eq!((user.cloud(), user.resource()), (Cloud::Dod, "res"));
    assert_eq!(
        user.tenant_id().unwrap().as_str(),
        "87d349ed-44d7-43e1-9a83-5f2406dee5bd"
    );
    assert_eq!(user.tenant(), "87D349ED-44D7-43E1-9A83-5F2406DEE5BD");
    assert_eq!(user.object_id().unwrap().as_str(), USER);
    assert_eq!(user.user(), USER);

    for (raw, id, anonymous, cloud) in [
        ("8:orgid:a:b", "a:b", false, Cloud::Public),
        ("8:dod:u", "u", false, Cloud::Dod),
        ("8:gcch:u", "u", false, Cloud::Gcch),
        ("8:teamsvisitor:u", "u", true, Cloud::Public),
    ] {
        let Identifier::TeamsUser(user) = Identifier::parse(raw) else {
            panic!("{raw}");
        };
        assert_eq!(
            (user.user(), user.is_anonymous(), user.cloud()),
            (id, anonymous, cloud)
        );
    }

    let Identifier::TeamsApp(app) = Identifier::parse("28:gcch:a_b:c") else {
        panic!("no application");
    };
    assert_eq!((app.app(), app.cloud()), ("a_b:c", Cloud::Gcch));

    let Identifier::TeamsExtensionUser(odd) = Identifier::parse("8:acs:__") else {
        panic!("three parts, all of them empty");
    };
    assert_eq!((odd.tenant_id(), odd.object_id()), (None, None));
}

#[test]
fn the_json_form_is_the_services() {
    for (raw, wanted) in [
        (
            "4:+1_7",
            json!({"phoneNumber": {"value": "+1_7", "isAnonymous": false, "assertedId": "7"}}),
        ),
        (
            "8:gcch-acs:r_t_u",
            json!({"teamsExtensionUser": {"userId": "u", "tenantId": "t", "resourceId": "r", "cloud": "gcch"}}),
        ),
        (
            "8:spool:u",
            json!({"communicationUser": {"id": "8:spool:u"}}),
        ),
        (
            "8:teamsvisitor:u",
            json!({"microsoftTeamsUser": {"userId": "u", "isAnonymous": true, "cloud": "public"}}),
        ),
        (
            "28:dod:a",
            json!({"microsoftTeamsApp": {"appId": "a", "cloud": "dod"}}),
        ),
        ("what", json!({})),
    ] {
        let id = Identifier::parse(raw);
        let mut wanted = wanted;
        wanted["kind"] = id.kind().into();
        wanted["rawId"] = raw.into();
        assert_eq!(serde_json::to_value(&id).unwrap(), wanted);
    }
}

proptest! {
    #[test]
    fn any_text_comes_out_as_it_went_in(raw in any::<String>()) {
        prop_assert_eq!(Identifier::parse(&raw).to_string(), raw);
    }

    #[test]
    fn texts_that_look_like_raw_ids_come_out_as_they_went_in(
        raw in "(4|8|28|48):((acs|dod-acs|gcch-acs|orgid|dod|gcch|spool|teamsvisitor|ORGID):)?[a-c_:+é]{0,9}"
    ) {
        let id = Identifier::parse(&raw);
        prop_assert_eq!(&id.to_string(), &raw);
        prop_assert_eq!(Identifier::parse(&id.to_string()), id);
    }

    #[test]
    fn different_texts_are_different_ids(
        one in "(4:|8:(acs|orgid|spool):)[ab_]{0,3}",
        other in "(4:|8:(acs|orgid|spool):)[ab_]{0,3}",
    ) {
        prop_assert_eq!(Identifier::parse(&one) == Identifier::parse(&other), one == other);
    }
}
