//! Owns what may be shown of a request; everything not named here is hidden.

use http::HeaderMap;

/// The service's id of an answered request, under the names that Microsoft's services use.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<String> {
    ["ms-cv", "x-ms-request-id", "request-id", "x-azure-ref"]
        .iter()
        .find_map(|name| headers.get(*name))
        .and_then(|value| value.to_str().ok())
        .map(|id| id.chars().take(128).collect())
}
