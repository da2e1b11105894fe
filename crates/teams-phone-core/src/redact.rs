//! Owns what may be shown of a request; everything not named here is hidden.

use http::header::{HeaderMap, HeaderName, HeaderValue};

/// The names under which Microsoft's services tell the id of an answered request.
const REQUEST_IDS: [HeaderName; 4] = [
    HeaderName::from_static("ms-cv"),
    HeaderName::from_static("x-ms-request-id"),
    HeaderName::from_static("request-id"),
    HeaderName::from_static("x-azure-ref"),
];

const MAX_TEXT: usize = 512;

/// The text in one line and of bounded length: what comes from outside must not move a terminal's cursor.
#[must_use]
pub fn one_line(text: &str) -> String {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let text = text.trim_matches(|c: char| c.is_whitespace() || breaks(c));
    let mut characters = text.chars().map(|c| if breaks(c) { ' ' } else { c });
    let mut line: String = characters.by_ref().take(MAX_TEXT).collect();
    if characters.next().is_some() {
        line.push('…');
    }
    line
}

/// The service's id of an answered request.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<&HeaderValue> {
    REQUEST_IDS.iter().find_map(|name| headers.get(name))
}

/// An id as text, cut where it is absurdly long.
pub(crate) fn id_text(id: &HeaderValue) -> Option<String> {
    id.to_str().ok().map(|id| id.chars().take(128).collect())
}

/// A `Location` as text; a longer one than any real address counts as none.
pub(crate) fn location_text(location: &HeaderValue) -> Option<String> {
    let text = location.to_str().ok().filter(|text| text.len() <= 2048);
    text.map(str::to_owned)
}
