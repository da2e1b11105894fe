//! Owns `token inspect`: says what a token claims without showing it; checks no signature, sends nothing.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::args::InspectArgs;
use crate::failure::Failure;
use crate::files;
use crate::output::{self, Printer, Report};

/// Claims that are shown, and what their values are. Others are named only: they may be private.
const CLAIMS: [(&str, &str); 20] = [
    ("aud", "the service that the token is for"),
    ("iss", "who issued it"),
    ("tid", "tenant of the user or application"),
    ("oid", "object id of the user or service principal"),
    ("appid", "client id of the application it was issued to"),
    ("azp", "client id of the application it was issued to"),
    ("idtyp", "whether it is of a user or an application"),
    ("scp", "permissions on behalf of the user"),
    ("roles", "permissions of the application itself"),
    ("ver", "version of the token format"),
    ("skypeid", "identity at the resource, without its 8:"),
    ("acsScope", "what it allows at the resource"),
    ("resourceId", "immutable id of the resource"),
    ("appidacr", "how the application proved itself"),
    ("azpacr", "how the application proved itself"),
    ("xms_cc", "capabilities of the client"),
    ("iat", "issued"),
    ("nbf", "valid from"),
    ("exp", "expires"),
    ("xms_az_rid", "resource id of the managed identity"),
];

/// What some values of `aud` stand for.
const AUDIENCES: [(&str, &str); 4] = [
    (
        "1fd5118e-2576-4263-8130-9503064c837a",
        "Communication Services",
    ),
    (
        "00000003-0000-0000-c000-000000000000",
        "Microsoft Graph, no use here",
    ),
    (
        "https://graph.microsoft.com",
        "Microsoft Graph, no use here",
    ),
    (
        "https://management.core.windows.net",
        "Azure Resource Manager, no use here",
    ),
];

const LONGEST_SHOWN: usize = 200;

/// Inspects a token.
pub(super) fn run(args: &InspectArgs, printer: Printer) -> Result<(), Failure> {
    let token = files::read_secret(&args.file, "FILE")?;
    let text = token.expose();
    let text = match text.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("bearer ") => text[7..].trim_start(),
        _ => text,
    };
    if text.chars().any(char::is_whitespace) {
        return Err(Failure::usage(
            "the file holds more than one word; a token has none but its own",
        ));
    }
    printer.show(&Inspected::new(text, Timestamp::now()))
}

#[derive(Debug, Serialize)]
struct Inspected {
    /// `jwt`, `encrypted` or `opaque`.
    format: &'static str,
    signature_checked: bool,
    algorithm: Option<String>,
    key_id: Option<String>,
    claims: Vec<Claim>,
    other_claims: Vec<String>,
    expires_on: Option<String>,
    expires_in_seconds: Option<i64>,
    expired: Option<bool>,
}

#[derive(Debug, Serialize)]
struct Claim {
    name: &'static str,
    value: String,
    meaning: String,
}

impl Inspected {
    fn new(token: &str, now: Timestamp) -> Self {
        let parts: Vec<&str> = token.split('.').collect();
        let header = parts.first().and_then(|part| object(part));
        let claims = match parts.as_slice() {
            [_, payload, _] if header.is_some() => object(payload),
            _ => None,
        };
        let format = match (&header, &claims, parts.len()) {
            (Some(_), Some(_), _) => "jwt",
            (Some(_), _, 5) => "encrypted",
            _ => "opaque",
        };
        let claims = claims.unwrap_or_default();
        let header = header.filter(|_| format != "opaque").unwrap_or_default();
        let text = |name: &str| header.get(name).map(shown);
        let expires_on = claims.get("exp").and_then(moment);
        Self {
            format,
            signature_checked: false,
            algorithm: text("alg"),
            key_id: text("kid"),
            claims: known(&claims),
            other_claims: others(&claims),
            expires_on: expires_on.map(|at| at.to_string()),
            expires_in_seconds: expires_on.map(|at| at.as_second() - now.as_second()),
            expired: expires_on.map(|at| at <= now),
        }
    }

    fn expiry(&self) -> Option<String> {
        let distance = length(self.expires_in_seconds?);
        Some(if self.expired? {
            format!("{distance} ago: it is of no use any more")
        } else {
            format!("in {distance}")
        })
    }
}

impl Report for Inspected {
    fn human(&self) -> String {
        let format = match self.format {
            "jwt" => "JWT; its signature was not checked",
            "encrypted" => "encrypted: only the service it is for can read it",
            _ => "opaque: there are no claims to read",
        };
        let mut rows = vec![("format", format.to_owned())];
        rows.extend(self.algorithm.clone().map(|name| ("algorithm", name)));
        rows.extend(self.key_id.clone().map(|id| ("key id", id)));
        for claim in &self.claims {
            rows.push((claim.name, format!("{}  ({})", claim.value, claim.meaning)));
        }
        if !self.other_claims.is_empty() {
            rows.push(("not shown", self.other_claims.join(", ")));
        }
        rows.extend(self.expiry().map(|when| ("expires", when)));
        output::rows(rows)
    }
}

fn known(claims: &Map<String, Value>) -> Vec<Claim> {
    let there = CLAIMS
        .iter()
        .filter_map(|(name, meaning)| Some((*name, *meaning, claims.get(*name)?)));
    there
        .map(|(name, meaning, value)| match name {
            "iat" | "nbf" | "exp" => Claim {
                name,
                value: moment(value).map_or_else(|| shown(value), |at| at.to_string()),
                meaning: meaning.to_owned(),
            },
            "aud" => Claim {
                name,
                value: shown(value),
                meaning: audience(value).map_or_else(
                    || meaning.to_owned(),
                    |service| format!("{meaning}: {service}"),
                ),
            },
            _ => Claim {
                name,
                value: shown(value),
                meaning: meaning.to_owned(),
            },
        })
        .collect()
}

fn others(claims: &Map<String, Value>) -> Vec<String> {
    let is_other = |name: &&String| !CLAIMS.iter().any(|(known, _)| known == name);
    let names = claims.keys().filter(is_other);
    names.map(|name| cut(name)).collect()
}

fn audience(claim: &Value) -> Option<&'static str> {
    let text = claim.as_str()?.trim_end_matches('/');
    let host = text.strip_prefix("https://").unwrap_or_default();
    let host = host.split('/').next().unwrap_or_default();
    let is_ours = ["communication.azure.com", "communication.azure.us"]
        .iter()
        .any(|ours| host == *ours || host == format!("auth.msft.{ours}"));
    if is_ours {
        return Some("Communication Services");
    }
    let known = AUDIENCES.iter().find(|(audience, _)| *audience == text);
    known.map(|(_, service)| *service)
}

fn object(part: &str) -> Option<Map<String, Value>> {
    let bytes = URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Seconds since 1970; a fraction is allowed.
fn moment(claim: &Value) -> Option<Timestamp> {
    let seconds = claim
        .as_i64()
        .or_else(|| claim.as_f64().map(|seconds| seconds as i64))?;
    Timestamp::from_second(seconds).ok()
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => cut(text),
        Value::Array(list) if list.iter().all(Value::is_string) => {
            let texts = list.iter().filter_map(Value::as_str);
            cut(&texts.collect::<Vec<_>>().join(" "))
        }
        other => cut(&other.to_string()),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST_SHOWN) {
        Some((end, _)) => format!("{}..", &text[..end]),
        None => text.to_owned(),
    }
}

/// A length of time in its two largest units.
fn length(seconds: i64) -> String {
    let seconds = SignedDuration::from_secs(seconds).unsigned_abs().as_secs();
    let (days, hours) = (seconds / 86_400, seconds / 3600 % 24);
    let (minutes, rest) = (seconds / 60 % 60, seconds % 60);
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = match (days, hours, minutes) {
        (0, 0, 0) => write!(text, "{rest} s"),
        (0, 0, _) => write!(text, "{minutes} min {rest} s"),
        (0, _, _) => write!(text, "{hours} h {minutes} min"),
        _ => write!(text, "{days} d {hours} h"),
    };
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &str) -> String {
        let parts = [r#"{"alg":"RS256","kid":"one"}"#, claims, "signature"];
        parts.map(|part| URL_SAFE_NO_PAD.encode(part)).join(".")
    }

    #[test]
    fn expiry_is_told_relative_to_now() {
        let now = Timestamp::from_second(1_000_000).unwrap();
        for (exp, said) in [
            ("1000030", "in 30 s"),
            ("1000090.5", "in 1 min 30 s"),
            ("1007500", "in 2 h 5 min"),
            ("913600", "1 d 0 h ago: it is of no use any more"),
        ] {
            let inspected = Inspected::new(&token(&format!("{{\"exp\":{exp}}}")), now);
            assert_eq!(inspected.expiry().as_deref(), Some(said));
        }
    }

    #[test]
    fn what_cannot_be_read_is_opaque_or_encrypted() {
        let now = Timestamp::UNIX_EPOCH;
        let jwe = format!(
            "{}.a.b.c.d",
            URL_SAFE_NO_PAD.encode(r#"{"alg":"RSA-OAEP"}"#)
        );
        for (token, format) in [
            ("0.AAAA_bbbb-cccc", "opaque"),
            ("..", "opaque"),
            ("a.b.c", "opaque"),
            (jwe.as_str(), "encrypted"),
            (token("[]").as_str(), "opaque"),
            (token("{\"exp\":1e400}").as_str(), "opaque"),
            (token("{\"exp\":9e300,\"aud\":[]}").as_str(), "jwt"),
        ] {
            assert_eq!(Inspected::new(token, now).format, format, "{token}");
        }
    }
}
