//! Owns the reading of JSON bodies: an object of known members, texts or null.
//! Refuses to know what they mean.

use serde_json::{Map, Value};

use crate::request::Received;

use super::failure::Failure;

/// A body with none but known members.
pub(crate) struct Body(Map<String, Value>);

impl Body {
    pub(crate) fn read(request: &Received, known: &[&str]) -> Result<Self, Failure> {
        let sent = request.header("content-type").unwrap_or_default();
        let essence = sent.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/json") {
            let status = http::StatusCode::UNSUPPORTED_MEDIA_TYPE;
            let message = "The Content-Type must be application/json.";
            return Err(Failure::new(status, "UnsupportedMediaType", message));
        }
        let members: Map<String, Value> = serde_json::from_slice(&request.body)
            .map_err(|error| Failure::bad(format!("The body is not a JSON object: {error}.")))?;
        let stray = members
            .keys()
            .find(|name| !name.contains("@odata.") && !known.contains(&name.as_str()));
        match stray {
            None => Ok(Self(members)),
            Some(name) => {
                let shown: String = name.chars().take(64).collect();
                Err(Failure::bad(format!(
                    "'{shown}' is not a member this body may have."
                )))
            }
        }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(crate) fn value(&self, name: &str) -> &Value {
        self.0.get(name).unwrap_or(&Value::Null)
    }

    /// A text; absent and null are both `None`.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>, Failure> {
        match self.value(name) {
            Value::Null => Ok(None),
            Value::String(text) => Ok(Some(text)),
            _ => Err(Failure::bad(format!("'{name}' must be a string."))),
        }
    }

    /// A text that is there and not empty.
    pub(crate) fn required(&self, name: &str) -> Result<&str, Failure> {
        self.text(name)?
            .filter(|text| !text.is_empty())
            .ok_or_else(|| Failure::bad(format!("'{name}' is required.")))
    }

    /// A text out of a list of members, case counting.
    pub(crate) fn member(&self, name: &str, known: &[&str]) -> Result<Option<&str>, Failure> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        if known.contains(&text) {
            return Ok(Some(text));
        }
        let shown: String = text.chars().take(64).collect();
        let known = known.join(", ");
        Err(Failure::bad(format!(
            "'{name}' is '{shown}', which is none of {known}."
        )))
    }
}
