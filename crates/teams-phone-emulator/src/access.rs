//! Owns the ten operations under `/access/`: two exchanges and two kinds of assignments.
//! Refuses to know identities created by `/identities`.

pub(crate) mod entra;
mod exchange;
pub(crate) mod teams_extension;

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{call::member, failure::Failure};

pub(crate) use exchange::{entra as exchange_entra, teams_extension as exchange_teams_extension};

/// An id in the path or body; only the hyphenated form of a GUID is accepted.
fn guid(text: &str, field: &str) -> Result<Uuid, Failure> {
    if text.len() == 36
        && let Ok(id) = Uuid::try_parse(text)
    {
        return Ok(id);
    }
    let shown: String = text.chars().take(64).collect();
    Err(Failure::validation(
        format!("{field}: The value '{shown}' is not a GUID."),
        field,
    ))
}

/// A required principal type out of the known ones, compared without regard to case and returned as sent.
fn principal_type(body: &Map<String, Value>, known: &[&str]) -> Result<String, Failure> {
    let text = match member(body, "principalType") {
        None => return Err(Failure::required("PrincipalType")),
        Some(Value::String(text)) if text.is_empty() => {
            return Err(Failure::required("PrincipalType"));
        }
        Some(Value::String(text)) => text,
        Some(_) => return Err(Failure::unreadable_body("`principalType` is not a string")),
    };
    if known.iter().any(|known| known.eq_ignore_ascii_case(text)) {
        return Ok(text.clone());
    }
    let message = format!(
        "PrincipalType: The value '{text}' is not one of {}.",
        known.join(", ")
    );
    Err(Failure::validation(message, "PrincipalType"))
}

fn client_ids(body: &Map<String, Value>) -> Result<Option<Vec<String>>, Failure> {
    let wrong = || Failure::unreadable_body("`clientIds` is not an array of strings");
    match member(body, "clientIds") {
        None => Ok(None),
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong))
            .collect::<Result<_, _>>()
            .map(Some),
        Some(_) => Err(wrong()),
    }
}
