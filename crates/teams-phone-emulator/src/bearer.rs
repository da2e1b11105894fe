//! Owns the reading of Entra access tokens: shape, claims, expiry, audience.
//! Limit: signatures are **not** checked, there being no Entra to have signed them; anyone can make a token that passes.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

/// Audiences of tokens for the resource; the last is the service's own application id.
const RESOURCE_AUDIENCES: [&str; 2] = [
    "https://communication.azure.com",
    "1fd5118e-2576-4263-8130-9503064c837a",
];

/// The claims the emulator looks at.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Claims {
    pub(crate) aud: Value,
    pub(crate) exp: Option<i64>,
    pub(crate) tid: Option<String>,
    pub(crate) oid: Option<String>,
    pub(crate) appid: Option<String>,
    pub(crate) azp: Option<String>,
    pub(crate) groups: Vec<String>,
}

impl Claims {
    /// Decodes a token and checks that it has not expired; the error is fit for an explanation, without the token.
    pub(crate) fn read(token: &str, now: Timestamp) -> Result<Self, String> {
        let parts: Vec<&str> = token.split('.').collect();
        let [header, payload, _signature] = parts.as_slice() else {
            return Err(format!(
                "a JSON web token has three parts separated by dots, this has {}",
                parts.len()
            ));
        };
        decode::<Value>(header).ok_or("the header is not base64url of JSON")?;
        let claims: Self =
            decode(payload).ok_or("the payload is not base64url of a JSON object of claims")?;
        match claims.expiry() {
            None => Err("the claim `exp` is missing".to_owned()),
            Some(expiry) if expiry <= now => Err(format!("it expired at {expiry}")),
            Some(_) => Ok(claims),
        }
    }

    pub(crate) fn expiry(&self) -> Option<Timestamp> {
        self.exp
            .and_then(|seconds| Timestamp::from_second(seconds).ok())
    }

    /// The client id of the application that obtained the token (`appid` in version 1, `azp` in version 2).
    pub(crate) fn application(&self) -> Option<&str> {
        self.appid.as_deref().or(self.azp.as_deref())
    }

    /// Whether the audience is the resource, with any number of trailing slashes.
    pub(crate) fn is_for_resource(&self) -> bool {
        self.aud
            .as_str()
            .is_some_and(|aud| RESOURCE_AUDIENCES.contains(&aud.trim_end_matches('/')))
    }
}

fn decode<T: serde::de::DeserializeOwned>(part: &str) -> Option<T> {
    let bytes = URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()?;
    // By way of an object, because a derived reader would take an array for a struct as well.
    let object: Map<String, Value> = serde_json::from_slice(&bytes).ok()?;
    serde_json::from_value(Value::Object(object)).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn token(claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.sig", part(&json!({"alg": "none"})), part(claims))
    }

    fn now() -> Timestamp {
        Timestamp::from_second(1_000).unwrap()
    }

    #[test]
    fn reads_claims_of_a_live_token() {
        let claims = Claims::read(
            &token(
                &json!({"exp": 1_001, "azp": "app", "aud": "https://communication.azure.com//"}),
            ),
            now(),
        )
        .unwrap();
        assert_eq!(claims.application(), Some("app"));
        assert!(claims.is_for_resource());
    }

    #[test]
    fn says_why_a_token_is_refused() {
        let cases = [
            ("", "three parts"),
            ("a.b", "three parts"),
            ("a.b.c", "header is not base64url"),
            (&token(&json!([])), "payload is not base64url"),
            (&token(&json!({})), "`exp` is missing"),
            (
                &token(&json!({"exp": 1_000})),
                "expired at 1970-01-01T00:16:40Z",
            ),
        ];
        for (text, reason) in cases {
            let error = Claims::read(text, now()).unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}
