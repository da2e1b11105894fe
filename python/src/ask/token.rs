//! Owns how a credential's answer is read; never shows what is in it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use pyo3::prelude::*;
use pyo3::types::PyString;
use teams_phone::{BearerToken, Error, ErrorKind, Result, Secret};

/// How long a token is kept whose expiry nobody tells: whoever answers it keeps its own.
const UNKNOWN_LIFE: Duration = Duration::from_secs(60);

/// Reads what a credential answered: a token's text, or an object with `token` and `expires_on`.
pub(super) fn read(answer: &Bound<'_, PyAny>) -> Result<BearerToken> {
    if let Ok(given) = answer.cast::<PyString>() {
        let given: String = given
            .extract()
            .map_err(|_| unreadable("text that is not UTF-8"))?;
        let token = text(given).map_err(unreadable)?;
        let known = teams_phone_entra::claims(&token).and_then(|claims| claims.expires);
        let expires_on = known.unwrap_or_else(|| SystemTime::now() + UNKNOWN_LIFE);
        return Ok(BearerToken::new(token, expires_on));
    }
    let field = |name: &str| answer.getattr(name).ok();
    let token = field("token").and_then(|token| token.extract::<String>().ok());
    let Some((token, expiry)) = token.zip(field("expires_on").as_ref().and_then(expiry)) else {
        let class = answer.get_type().name().map(|name| name.to_string());
        let class = class.unwrap_or_else(|_| "something".to_owned());
        return Err(unreadable(&format!(
            "{class}; a token is text, or an object with `token` (text) and `expires_on` (seconds since 1970)"
        )));
    };
    let expires_on =
        expiry.ok_or_else(|| unreadable("a token with an `expires_on` that is no moment"))?;
    Ok(BearerToken::new(
        text(token).map_err(unreadable)?,
        expires_on,
    ))
}

/// A token as text, if it can be one.
pub(crate) fn text(token: String) -> std::result::Result<Secret, &'static str> {
    if token.is_empty() {
        return Err("an empty text");
    }
    if token.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("a text with spaces or line breaks, which no token has");
    }
    Ok(Secret::from(token))
}

/// Seconds since 1970, or a `datetime` with its zone; nothing inside if that is no moment.
fn expiry(given: &Bound<'_, PyAny>) -> Option<Option<SystemTime>> {
    match given.extract::<f64>() {
        Ok(seconds) => Some(moment(seconds)),
        Err(_) => given.extract::<SystemTime>().ok().map(Some),
    }
}

/// The moment so many seconds after 1970.
pub(crate) fn moment(seconds: f64) -> Option<SystemTime> {
    let since = Duration::try_from_secs_f64(seconds).ok()?;
    UNIX_EPOCH.checked_add(since)
}

fn unreadable(why: &str) -> Error {
    Error::new(
        ErrorKind::Credential,
        format!("the credential answered {why}"),
    )
}
