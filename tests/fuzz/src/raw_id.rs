//! Owns what is true of reading any id: raw ids, and the texts that calls take for ids.

use serde_json::Value;
use teams_phone::identifier::Identifier;
use teams_phone::{ClientId, CustomId, Error, ErrorKind, IdentityId, ObjectId, TenantId};

use super::assert_shows;

/// Reads the bytes as a raw id and answers its kind; then as every other kind of id.
///
/// - Every text is a raw id, is written as it was read, and is of the kind that a second reading gives it.
/// - The parts in its JSON form, put together again, are the raw id.
/// - An id that a call refuses is refused in one short line that names it.
///
/// # Panics
/// If one of these is not so.
pub fn check(bytes: &[u8]) -> &'static str {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let id = Identifier::parse(text);
    assert_eq!(id.to_string(), text);
    assert_eq!(text.parse(), Ok(id.clone()));
    assert_eq!(id.kind(), kind(text), "{text:?}");
    let json = serde_json::to_value(&id).expect("an identifier can be written as JSON");
    assert_eq!(
        (json["kind"].as_str(), json["rawId"].as_str()),
        (Some(id.kind()), Some(text))
    );
    let parts = json.get(id.kind());
    assert_eq!(
        json.as_object().map(serde_json::Map::len),
        Some(2 + usize::from(parts.is_some()))
    );
    match parts {
        Some(parts) => assert_eq!(put_together(id.kind(), parts), text),
        None => assert_eq!(id.kind(), "unknown"),
    }
    if let Identifier::TeamsExtensionUser(user) = &id {
        is_guid(
            user.tenant(),
            user.tenant_id().as_ref().map(TenantId::as_str),
        );
        is_guid(user.user(), user.object_id().as_ref().map(ObjectId::as_str));
    }
    for_calls(text);
    id.kind()
}

/// The kind, by cutting the text at its first two colons.
fn kind(text: &str) -> &'static str {
    let mut parts = text.splitn(3, ':');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("4"), Some(_), _) => "phoneNumber",
        (Some("8"), Some("acs" | "dod-acs" | "gcch-acs"), Some(rest)) => {
            match rest.matches('_').count() {
                2 => "teamsExtensionUser",
                _ => "communicationUser",
            }
        }
        (Some("8"), Some("spool"), Some(_)) => "communicationUser",
        (Some("8"), Some("orgid" | "dod" | "gcch" | "teamsvisitor"), Some(_)) => {
            "microsoftTeamsUser"
        }
        (Some("28"), Some("orgid" | "dod" | "gcch"), Some(_)) => "microsoftTeamsApp",
        _ => "unknown",
    }
}

/// Makes the raw id of the parts in the JSON form.
fn put_together(kind: &str, parts: &Value) -> String {
    let text = |name: &str| {
        parts[name]
            .as_str()
            .unwrap_or_else(|| panic!("no {name} in {parts}"))
    };
    let is_anonymous = parts["isAnonymous"] == true;
    let cloud = |public: &'static str| match text("cloud") {
        "public" => public,
        "dod" if public == "acs" => "dod-acs",
        "gcch" if public == "acs" => "gcch-acs",
        other => ["dod", "gcch"]
            .into_iter()
            .find(|cloud| *cloud == other)
            .expect("a known cloud"),
    };
    match kind {
        "phoneNumber" => {
            let value = text("value");
            assert_eq!(is_anonymous, value == "anonymous");
            let tail = value
                .rsplit('_')
                .next()
                .filter(|tail| value.contains('_') && !tail.is_empty());
            assert_eq!(parts.get("assertedId").and_then(Value::as_str), tail);
            format!("4:{value}")
        }
        "teamsExtensionUser" => {
            let [resource, tenant, user] = ["resourceId", "tenantId", "userId"].map(text);
            format!("8:{}:{resource}_{tenant}_{user}", cloud("acs"))
        }
        "communicationUser" => text("id").to_owned(),
        "microsoftTeamsUser" if is_anonymous => format!("8:teamsvisitor:{}", text("userId")),
        "microsoftTeamsUser" => format!("8:{}:{}", cloud("orgid"), text("userId")),
        "microsoftTeamsApp" => format!("28:{}:{}", cloud("orgid"), text("appId")),
        other => panic!("{other} has no parts"),
    }
}

/// A GUID is read as one only if its digits are those of the text.
fn is_guid(text: &str, read: Option<&str>) {
    let digits = |text: &str| -> String {
        let digits = text.chars().filter(char::is_ascii_hexdigit);
        digits.map(|digit| digit.to_ascii_lowercase()).collect()
    };
    match read {
        Some(guid) => {
            assert_eq!(guid.len(), 36, "{guid}");
            assert_eq!(digits(guid).len(), 32, "{guid}");
            assert!(
                digits(text).ends_with(&digits(guid)),
                "{text:?} was read as {guid}"
            );
        }
        None => {
            let is_one = text.len() == 36
                && text.split('-').map(str::len).eq([8, 4, 4, 4, 12])
                && digits(text).len() == 32;
            assert!(!is_one, "{text:?} was not read");
        }
    }
}

/// Reads the text as the ids that calls take.
fn for_calls(text: &str) {
    let guids = [
        ("tenant id", text.parse().map(|id: TenantId| id.to_string())),
        ("object id", text.parse().map(|id: ObjectId| id.to_string())),
        ("client id", text.parse().map(|id: ClientId| id.to_string())),
    ];
    for (name, read) in guids {
        is_guid(text.trim(), read.as_deref().ok());
        if let Err(error) = read {
            refused(name, &error);
        }
    }
    let texts = [
        (
            "identity id",
            text.parse().map(|id: IdentityId| id.to_string()),
        ),
        ("custom id", text.parse().map(|id: CustomId| id.to_string())),
    ];
    for (name, read) in texts {
        match read {
            Ok(id) => assert_eq!(id, text),
            Err(error) => refused(name, &error),
        }
    }
}

fn refused(name: &str, error: &Error) {
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Config, 0));
    let said = error.to_string();
    // An id is shown up to its 64th character, each of which may need ten to be written visibly.
    assert_shows(&said, 900);
    assert!(said.starts_with(name), "{said}");
    assert!(
        said.contains(" is ") || said.contains(" has "),
        "no reason: {said}"
    );
}
