//! Owns what may be shown of a request; everything not named here is hidden.

use http::header::{HeaderMap, HeaderName, HeaderValue};

/// The names under which Microsoft's services tell the id of an answered request.
const REQUEST_IDS: [HeaderName; 4] = [
    HeaderName::from_static("ms-cv"),
    HeaderName::from_static("x-ms-request-id"),
    HeaderName::from_static("request-id"),
    HeaderName::from_static("x-azure-ref"),
];

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
