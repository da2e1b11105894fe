//! Owns what is true of following any link to a next page; sends nothing.

use http::Uri;
use teams_phone::{Endpoint, Error, ErrorKind};

use super::{assert_shows, has_one};

/// Resources that a link may belong to.
const ENDPOINTS: [&str; 4] = [
    "https://contoso.unitedstates.communication.azure.com",
    "https://contoso.example:8443",
    "http://127.0.0.1:8080",
    "http://[::1]:81",
];

/// Longer links are refused.
const MAX_LINK: usize = 8192;

/// Follows the bytes as a link that a service answered.
///
/// - Whatever the link is, the URL stays on scheme, host and port of the endpoint, with no user name: read by
///   hand, and by another parser than the SDK's.
/// - What is accepted leads to the same place when it is followed again.
/// - A plain link to the endpoint is accepted as it is; what is refused is refused for a reason.
///
/// # Panics
/// If one of these is not so.
pub fn check(bytes: &[u8]) -> &'static str {
    let link = String::from_utf8_lossy(bytes);
    let link = link.strip_suffix('\n').unwrap_or(&link);
    let mut verdict = "";
    for (index, address) in ENDPOINTS.iter().enumerate() {
        let endpoint: Endpoint = address.parse().expect("these are endpoints");
        let taken = match endpoint.join(link) {
            Ok(url) => {
                followed(&endpoint, link, url.as_str());
                "followed"
            }
            Err(error) => {
                refused(&endpoint, link, &error);
                "refused"
            }
        };
        if index == 0 {
            verdict = taken;
        }
    }
    verdict
}

fn followed(endpoint: &Endpoint, link: &str, url: &str) {
    let visible = |c: char| c.is_ascii_graphic();
    assert!(url.chars().all(visible), "{url:?}");
    let (scheme, rest) = url.split_once("://").expect("a URL has a scheme");
    let end = rest.find(['/', '?', '#', '\\', '@']).unwrap_or(rest.len());
    let origin = format!("{scheme}://{}", &rest[..end]);
    assert_eq!(origin, endpoint.as_str(), "{link:?} leads to {url}");
    assert!(rest[end..].starts_with('/'), "{url}");

    let sent = url.split('#').next().unwrap_or(url);
    if let Ok(read) = sent.parse::<Uri>() {
        let authority = read.authority().map(http::uri::Authority::as_str);
        assert_eq!(
            authority,
            Some(endpoint.authority()),
            "{link:?} leads to {url}"
        );
        assert_eq!(read.scheme_str(), Some(scheme));
    }
    if url.len() <= MAX_LINK {
        let again = endpoint
            .join(url)
            .expect("what was followed can be followed again");
        assert_eq!(again.as_str(), url);
    }
    if let Some(plain) = plain(endpoint, link) {
        assert_eq!(rest[end..], *plain, "a plain link is not taken as it is");
    }
}

/// The path and query of a link that needs no reading: all of it visible, no dots, nothing to escape.
fn plain<'a>(endpoint: &Endpoint, link: &'a str) -> Option<&'a str> {
    let path = link.strip_prefix(endpoint.as_str()).unwrap_or(link);
    let ordinary = |c: char| c.is_ascii_alphanumeric() || "/?&=-_~%:$".contains(c);
    let one_slash = path.starts_with('/') && !path.starts_with("//");
    let dots = path.to_ascii_lowercase().contains("%2e");
    (one_slash && !dots && link.len() <= MAX_LINK && path.chars().all(ordinary)).then_some(path)
}

fn refused(endpoint: &Endpoint, link: &str, error: &Error) {
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Decode, 0));
    assert_eq!(plain(endpoint, link), None, "{link} is refused: {error}");
    let said = error.to_string();
    assert_shows(&said, 200);
    assert!(said.contains("link"), "{said}");
    let reasons = ["is too long", "is not a URL", "leads to another host"];
    assert!(has_one(&said, &reasons), "no reason: {said}");
    assert!(
        link.len() < 5 || !said.contains(link),
        "the link is repeated: {said}"
    );
}
