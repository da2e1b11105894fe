//! Owns reading the claims out of a refusal (`WWW-Authenticate`); knows nothing of tokens.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use http::HeaderMap;
use http::header::WWW_AUTHENTICATE;

/// More than any real challenge has.
const MAX_LENGTH: usize = 8 * 1024;

/// Services write the claims in either alphabet, with and without padding.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);

/// The claims (JSON) that the service wants a token to have, if that is why it refused.
///
/// Continuous access evaluation and authentication contexts say so with
/// `Bearer error="insufficient_claims", claims="<base64url>"`.
pub(super) fn claims(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(WWW_AUTHENTICATE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .filter(|text| text.len() <= MAX_LENGTH)
        .find_map(bearer_claims)
}

fn bearer_claims(text: &str) -> Option<String> {
    let mut bearer = false;
    let mut insufficient = false;
    let mut found = None;
    for part in parts(text) {
        // A new challenge starts with its scheme, a blank before the first parameter.
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let name = match name.trim().rsplit_once(' ') {
            Some((scheme, name)) => {
                bearer = scheme.trim().eq_ignore_ascii_case("bearer");
                name
            }
            None => name.trim(),
        };
        let value = value.trim().trim_matches('"');
        if bearer && name.eq_ignore_ascii_case("error") {
            insufficient = value == "insufficient_claims";
        } else if bearer && name.eq_ignore_ascii_case("claims") {
            found = decode(value);
        }
    }
    found.filter(|_| insufficient)
}

/// The text between the commas that are outside of quotes.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |c| {
        quoted ^= c == '"';
        c == ',' && !quoted
    })
}

fn decode(value: &str) -> Option<String> {
    let value = value.replace('-', "+").replace('_', "/");
    let json = String::from_utf8(STANDARD.decode(value).ok()?).ok()?;
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&json).ok()?;
    (!object.is_empty()).then_some(json)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    const WANTED: &str = r#"{"access_token":{"nbf":{"essential":true,"value":"1700000000"}}}"#;

    fn read(values: &[String]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(WWW_AUTHENTICATE, HeaderValue::from_str(value).unwrap());
        }
        claims(&headers)
    }

    #[test]
    fn reads_claims_in_every_way_services_write_them() {
        let padded = base64::engine::general_purpose::URL_SAFE.encode(WANTED);
        let bare = padded.trim_end_matches('=');
        for value in [
            format!(r#"Bearer realm="", error="insufficient_claims", claims="{padded}""#),
            format!(r#"Bearer claims="{bare}",error="insufficient_claims""#),
            format!(r#"bearer error=insufficient_claims, claims={bare}"#),
            format!(
                r#"HMAC-SHA256 realm="a, b", Bearer authorization_uri="https://x/?a=1,b", error="insufficient_claims", claims="{bare}""#
            ),
        ] {
            assert_eq!(
                read(std::slice::from_ref(&value)).as_deref(),
                Some(WANTED),
                "{value}"
            );
            let among = ["HMAC-SHA256".to_owned(), value];
            assert_eq!(read(&among).as_deref(), Some(WANTED));
        }
    }

    #[test]
    fn anything_else_is_no_challenge() {
        let encoded = base64::engine::general_purpose::URL_SAFE.encode(WANTED);
        for value in [
            String::new(),
            "Bearer".to_owned(),
            r#"Bearer error="invalid_token""#.to_owned(),
            format!(r#"Bearer error="invalid_token", claims="{encoded}""#),
            format!(r#"Other error="insufficient_claims", claims="{encoded}""#),
            r#"Bearer error="insufficient_claims", claims="!!""#.to_owned(),
            r#"Bearer error="insufficient_claims", claims="e30=""#.to_owned(),
            r#"Bearer error="insufficient_claims", claims="bm8=""#.to_owned(),
            format!(
                r#"Bearer error="insufficient_claims", claims="{}""#,
                "a".repeat(9000)
            ),
        ] {
            assert_eq!(read(std::slice::from_ref(&value)), None, "{value}");
        }
    }
}
