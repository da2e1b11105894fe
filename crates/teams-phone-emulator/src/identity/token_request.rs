//! Owns what a client may ask of a token: scopes and validity, per api-version.
//! Refuses to make the token.

use jiff::SignedDuration;
use serde_json::{Map, Value};

use crate::{call::member, failure::Failure};

/// The version that brought `expiresInMinutes`; versions compare as text because they are dates.
const EXPIRY_SINCE: &str = "2022-10-01";
/// The version that brought the three `join` scopes.
const JOIN_SCOPES_SINCE: &str = "2023-10-01";
const FIRST_SCOPES: [&str; 2] = ["chat", "voip"];
const JOIN_SCOPES: [&str; 3] = ["chat.join", "chat.join.limited", "voip.join"];

const SHORTEST: i64 = 60;
const LONGEST: i64 = 1440;

/// A token that may be issued.
pub(super) struct TokenRequest {
    pub(super) scopes: Vec<String>,
    pub(super) life: SignedDuration,
}

impl TokenRequest {
    /// Reads scopes and validity; `target` is the member as the service spells it in errors.
    pub(super) fn read(
        scopes: &Value,
        target: &str,
        body: &Map<String, Value>,
        version: &str,
    ) -> Result<Self, Failure> {
        let Value::Array(items) = scopes else {
            return Err(Failure::unreadable_body(format!(
                "`{target}` is not an array"
            )));
        };
        if items.is_empty() {
            return Err(Failure::required(target));
        }
        let scopes: Result<Vec<String>, Failure> = items
            .iter()
            .map(|item| scope(item, target, version))
            .collect();
        Ok(Self {
            scopes: scopes?,
            life: minutes(body, version)?,
        })
    }
}

/// The validity asked for, or the whole day that is the default.
pub(super) fn minutes(body: &Map<String, Value>, version: &str) -> Result<SignedDuration, Failure> {
    let asked = match member(body, "expiresInMinutes") {
        Some(value) if version >= EXPIRY_SINCE => value
            .as_i64()
            .filter(|minutes| i32::try_from(*minutes).is_ok())
            .ok_or_else(|| {
                Failure::unreadable_body("`expiresInMinutes` is not a 32-bit integer")
            })?,
        _ => LONGEST,
    };
    if (SHORTEST..=LONGEST).contains(&asked) {
        return Ok(SignedDuration::from_mins(asked));
    }
    let message = format!(
        "ExpiresInMinutes value {asked} is invalid. Value must be within the [{SHORTEST}, {LONGEST}] interval."
    );
    Err(Failure::validation(message, "ExpiresInMinutes"))
}

fn scope(item: &Value, target: &str, version: &str) -> Result<String, Failure> {
    let Value::String(text) = item else {
        return Err(Failure::unreadable_body(format!(
            "`{target}` holds something that is not a string"
        )));
    };
    let later: &[&str] = if version >= JOIN_SCOPES_SINCE {
        &JOIN_SCOPES
    } else {
        &[]
    };
    let mut known = FIRST_SCOPES.iter().chain(later);
    known
        .find(|known| known.eq_ignore_ascii_case(text))
        .map(|known| (*known).to_owned())
        .ok_or_else(|| {
            Failure::validation(
                format!("{target}: the scope '{text}' is not known in api-version {version}."),
                target,
            )
        })
}
