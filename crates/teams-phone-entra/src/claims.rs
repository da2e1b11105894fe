//! Owns reading what a token says about itself; trusts none of it and checks no signature.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::{Map, Value};
use teams_phone_core::Secret;

/// No real token is larger.
const MAX_LENGTH: usize = 64 * 1024;

const BASE64_URL: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What a token of Microsoft Entra ID says about itself.
///
/// Nothing here is verified: it is for people, and for telling a wrong token before it is sent. The Azure
/// tenant of a resource and the Teams tenant of its users often differ, and this shows which one a token
/// is of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claims {
    /// The tenant that issued it (`tid`).
    pub tenant: Option<String>,
    /// The object id of the person or service principal (`oid`).
    pub object: Option<String>,
    /// The application that it was issued to (`appid`, or `azp` in version 2 tokens).
    pub app: Option<String>,
    /// Whom it is for (`aud`).
    pub audiences: Vec<String>,
    /// What the application may do for a person (`scp`).
    pub scopes: Vec<String>,
    /// What the application or person was given (`roles`).
    pub roles: Vec<String>,
    /// When it stops to work (`exp`).
    pub expires: Option<SystemTime>,
}

/// Reads the claims of a token; none if it is opaque, as tokens are allowed to be. A claim of another type than
/// usual counts as absent.
#[must_use]
pub fn claims(token: &Secret) -> Option<Claims> {
    let text = token.expose();
    if text.len() > MAX_LENGTH {
        return None;
    }
    let mut parts = text.split('.');
    let (_header, payload, _signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None; // encrypted
    }
    let payload: Map<String, Value> =
        serde_json::from_slice(&BASE64_URL.decode(payload).ok()?).ok()?;
    let text = |name: &str| payload.get(name)?.as_str().map(str::to_owned);
    Some(Claims {
        tenant: text("tid"),
        object: text("oid"),
        app: text("appid").or_else(|| text("azp")),
        audiences: texts(payload.get("aud")),
        scopes: words(&text("scp").unwrap_or_default()),
        roles: texts(payload.get("roles")),
        expires: payload.get("exp").and_then(Value::as_f64).and_then(moment),
    })
}

/// A text, or those of a list.
fn texts(claim: Option<&Value>) -> Vec<String> {
    let list = match claim {
        Some(Value::Array(list)) => list.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let texts = list.iter().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn moment(seconds: f64) -> Option<SystemTime> {
    let since = Duration::try_from_secs_f64(seconds).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(since)
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    fn token(payload: &str) -> Secret {
        Secret::new(format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload)))
    }

    #[test]
    fn reads_both_versions_of_tokens() {
        let one = token(
            r#"{"tid":"t","oid":"o","appid":"a","aud":"https://communication.azure.com/","exp":1700000000,"roles":["r"]}"#,
        );
        let two = token(r#"{"tid":"t","oid":"o","azp":"a","scp":"A.Read  B","name":"Zoë_-?>"}"#);
        let read = claims(&one).unwrap();
        assert_eq!(read.tenant.as_deref(), Some("t"));
        assert_eq!(read.object.as_deref(), Some("o"));
        assert_eq!(read.app.as_deref(), Some("a"));
        assert_eq!(read.roles, ["r"]);
        assert_eq!(read.audiences, ["https://communication.azure.com/"]);
        assert_eq!(read.expires, moment(1_700_000_000.0));
        let read = claims(&two).unwrap();
        assert_eq!((read.app.as_deref(), read.expires), (Some("a"), None));
        assert_eq!(read.scopes, ["A.Read", "B"]);
    }

    #[test]
    fn an_odd_claim_does_not_hide_the_others() {
        let odd = token(r#"{"tid":"t","oid":1,"aud":["a","b",3],"roles":null,"scp":7,"exp":"x"}"#);
        let read = claims(&odd).unwrap();
        assert_eq!((read.tenant.as_deref(), &read.object), (Some("t"), &None));
        assert_eq!(read.audiences, ["a", "b"]);
        assert!(read.roles.is_empty() && read.scopes.is_empty() && read.expires.is_none());
    }

    #[test]
    fn anything_that_is_no_token_has_no_claims() {
        for text in [
            "",
            "opaque",
            "a.b",
            "a.b.c",
            "a.e30.c.d",
            "a.b.c.d.e",
            "..",
            "e30.bnVsbA.x",
        ] {
            assert_eq!(claims(&Secret::new(text)), None, "{text}");
        }
        assert_eq!(claims(&token(r#"{"exp":1e300}"#)).unwrap().expires, None);
        assert_eq!(claims(&token(r#"{"exp":-1}"#)).unwrap().expires, None);
        assert_eq!(claims(&Secret::new("x".repeat(100_000))), None);
    }
}
