//! Owns what is true of reading any body of an answer that is an error; knows no operation.

use serde::Deserialize;
use teams_phone::{Error, ErrorKind};

use super::assert_shows;

/// The services whose answers are read, by the folders of their documents.
const APIS: [&str; 2] = ["acs-identity", "graph-teams"];

/// Texts of a body are cut behind this many characters.
const LONGEST: usize = 512;

/// The documented body, read with types and nothing forgiven.
#[derive(Deserialize)]
struct Documented {
    error: Named,
}

#[derive(Deserialize)]
struct Named {
    code: String,
    message: String,
    target: Option<String>,
}

/// Reads the bytes as an answer: the status in the first line, and the body behind it.
///
/// - There is always an error, with the status and something to say, in one line of bounded length.
/// - The same is true of all it carries: code, target, details, hint, ids.
/// - Code, message and target of a documented body are found.
///
/// # Panics
/// If one of these is not so.
pub fn check(bytes: &[u8]) -> &'static str {
    let (status, body) = answer(bytes);
    let mut has_code = false;
    for api in APIS {
        let error = Error::from_answer(api, status, body);
        has_code = error.code().is_some();
        shows(&error, status);
        let text = std::str::from_utf8(body).unwrap_or_default();
        if let Ok(Documented { error: named }) = serde_json::from_str(text) {
            finds(&error, &named);
        }
    }
    if has_code { "code" } else { "plain" }
}

/// Takes the status off, if there is one.
fn answer(bytes: &[u8]) -> (u16, &[u8]) {
    let (first, rest) = match bytes.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&bytes[..end], &bytes[end + 1..]),
        None => (bytes, &[][..]),
    };
    let status = std::str::from_utf8(first)
        .ok()
        .and_then(|text| text.parse().ok());
    status.map_or((400, bytes), |status| (status, rest))
}

fn shows(error: &Error, status: u16) {
    assert_eq!((error.status(), error.attempts()), (Some(status), 0));
    let throttled = error.kind() == ErrorKind::Throttled;
    assert_eq!(throttled, status == 429, "{:?}", error.kind());
    assert!(throttled || error.kind() == ErrorKind::Service);
    assert!(error.is_retryable() || !throttled);
    // What is not JSON is quoted, and each of its characters may need ten to be written visibly.
    assert_shows(error.message(), 11 * LONGEST);
    assert_shows(&error.to_string(), 15 * LONGEST);
    assert!(error.to_string().contains(&status.to_string()), "{error}");
    for text in [error.code(), error.target(), error.request_id()] {
        text.into_iter()
            .for_each(|text| assert_shows(text, LONGEST + 1));
    }
    if let Some(hint) = error.hint() {
        assert_shows(hint, 16 * LONGEST);
    }
    assert!(error.details().len() <= 32 && error.accepted_permissions().len() <= 32);
    let permissions = error.accepted_permissions().iter();
    permissions.for_each(|name| assert_shows(name, 128));
    for detail in error.details() {
        let target = detail.target.as_deref().unwrap_or_default();
        let more = detail
            .more
            .iter()
            .flat_map(|(name, value)| [name.as_str(), value]);
        let texts = [detail.code.as_str(), &detail.message, target]
            .into_iter()
            .chain(more);
        for text in texts.filter(|text| !text.trim().is_empty()) {
            assert_shows(text, LONGEST + 1);
        }
    }
}

/// Compares with a reading of the documented body.
fn finds(error: &Error, named: &Named) {
    let plain = |text: &str| {
        let visible = |c: char| c == ' ' || c.is_ascii_graphic();
        let trimmed = text.trim() == text && !text.is_empty() && text.len() <= LONGEST;
        trimmed && text.chars().all(visible)
    };
    // A message that is a whole error, written as JSON, is read as one.
    if !plain(&named.message) || named.message.starts_with('{') {
        return;
    }
    let message = named.message.trim_end_matches('.');
    if plain(message) {
        assert_eq!(error.message(), message);
    }
    if plain(&named.code) {
        assert_eq!(error.code(), Some(named.code.as_str()));
    }
    if let Some(target) = named.target.as_deref().filter(|target| plain(target)) {
        assert_eq!(error.target(), Some(target));
    }
}
