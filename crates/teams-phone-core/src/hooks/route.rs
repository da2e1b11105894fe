//! Owns the path of a request: no id may change which operation is called.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use crate::{Endpoint, Error, Result};

/// Everything but the unreserved characters of RFC 3986 is escaped.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

const MAX_URL: usize = 8192;

/// Escapes an id for use as one path segment: `8:acs:…` becomes `8%3Aacs%3A…`.
#[must_use]
pub fn encode_path(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    if text.bytes().all(plain) {
        return text.to_owned();
    }
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// Refuses a URL that is not on the endpoint or does not match the operation's template.
///
/// An empty id, `.` and `..` cannot be escaped: a URL parser resolves them, and another operation would
/// be called under a valid signature.
pub(super) fn check(endpoint: &Endpoint, url: &Url, template: &str) -> Result<()> {
    if !endpoint.same_origin(url) {
        return Err(Error::config("the request leaves the endpoint"));
    }
    if url.as_str().len() > MAX_URL {
        return Err(Error::config(format!(
            "an id or a filter is too long: the URL would pass {MAX_URL} characters"
        )));
    }
    let mut segments = url.path().as_bytes().split(|byte| *byte == b'/');
    let mut expected = template.as_bytes().split(|byte| *byte == b'/');
    loop {
        match (segments.next(), expected.next()) {
            (None, None) => return Ok(()),
            (Some(segment), Some(template)) if fits(segment, template) => {}
            _ => {
                return Err(Error::config(format!(
                    "an id is empty, \".\" or \"..\" and would change the route {template}"
                )));
            }
        }
    }
}

fn fits(segment: &[u8], template: &[u8]) -> bool {
    let place = |wanted: u8| template.iter().position(|byte| *byte == wanted);
    match (place(b'{'), place(b'}')) {
        (Some(open), Some(close)) if open < close => {
            let (before, after) = (&template[..open], &template[close + 1..]);
            segment.len() > before.len() + after.len()
                && segment.starts_with(before)
                && segment.ends_with(after)
        }
        _ => segment == template,
    }
}

/// Puts the API version in front of the path, and writes blanks of the query as `%20`.
///
/// Form encoding writes them as `+`, which not every reader of OData takes for a blank; a plus sign itself
/// is `%2B` by then.
pub(super) fn insert_version(url: &mut Url, version: &str) {
    let path = ["/", version, url.path()].concat();
    url.set_path(&path);
    let query = url.query().filter(|query| query.contains('+'));
    if let Some(query) = query.map(|query| query.replace('+', "%20")) {
        url.set_query(Some(&query));
    }
}

/// Appends a pair whose name and value need no escaping, unless the name is there already.
pub(super) fn append_query(url: &mut Url, name: &str, value: &str) {
    let query = match url.query() {
        Some(query) if !query.is_empty() => {
            let mut names = query.split('&').filter_map(|pair| pair.split('=').next());
            if names.any(|known| known.eq_ignore_ascii_case(name)) {
                return;
            }
            [query, "&", name, "=", value].concat()
        }
        _ => [name, "=", value].concat(),
    };
    url.set_query(Some(&query));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn checked(id: &str, tail: &str) -> Result<String> {
        let endpoint: Endpoint = "https://a.example".parse()?;
        let text = format!("https://a.example/identities/{}{tail}", encode_path(id));
        let url: Url = text.parse().unwrap();
        check(&endpoint, &url, &format!("/identities/{{id}}{tail}"))?;
        Ok(url.path().to_owned())
    }

    #[test]
    fn escapes_ids_like_the_official_clients() {
        assert_eq!(
            checked("8:acs:a_b", "/:issueAccessToken").unwrap(),
            "/identities/8%3Aacs%3Aa_b/:issueAccessToken"
        );
        assert_eq!(checked(r"a\b/..", "").unwrap(), "/identities/a%5Cb%2F..");
    }

    #[test]
    fn refuses_ids_that_change_the_route() {
        for id in ["", ".", ".."] {
            for tail in ["", "/:issueAccessToken"] {
                assert!(checked(id, tail).is_err(), "{id:?}{tail}");
            }
        }
        let long = "a".repeat(10_000);
        assert!(
            checked(&long, "")
                .unwrap_err()
                .to_string()
                .contains("too long")
        );
    }

    #[test]
    fn refuses_another_host_and_another_path() {
        let endpoint: Endpoint = "https://a.example".parse().unwrap();
        for url in [
            "https://b.example/identities",
            "http://a.example/identities",
            "https://a.example:444/identities",
            "https://u@a.example/identities",
            "https://a.example/identities/",
            "https://a.example/x",
        ] {
            assert!(
                check(&endpoint, &url.parse().unwrap(), "/identities").is_err(),
                "{url}"
            );
        }
    }

    #[test]
    fn the_version_comes_first_and_blanks_are_written_for_odata() {
        let mut url: Url = "https://a.example/users/a%40b?%24filter=a+eq+%27%2B1%27"
            .parse()
            .unwrap();
        insert_version(&mut url, "v1.0");
        assert_eq!(
            url.as_str(),
            "https://a.example/v1.0/users/a%40b?%24filter=a%20eq%20%27%2B1%27"
        );
    }

    #[test]
    fn an_api_version_is_not_doubled() {
        for (url, expected) in [
            ("https://a.example/x", "https://a.example/x?api-version=2"),
            (
                "https://a.example/x?a=b",
                "https://a.example/x?a=b&api-version=2",
            ),
            (
                "https://a.example/x?a=b&Api-Version=1",
                "https://a.example/x?a=b&Api-Version=1",
            ),
        ] {
            let mut url: Url = url.parse().unwrap();
            append_query(&mut url, "api-version", "2");
            assert_eq!(url.as_str(), expected);
        }
    }

    #[test]
    fn matches_ids_inside_a_segment() {
        assert!(fits(b"operations('a')", b"operations('{id}')"));
        assert!(!fits(b"operations('')", b"operations('{id}')"));
        assert!(!fits(b"x('a')", b"operations('{id}')"));
    }

    proptest! {
        #[test]
        fn no_id_reaches_another_route(id in any::<String>()) {
            if let Ok(path) = checked(&id, "/:revokeAccessTokens") {
                let segments: Vec<&str> = path.split('/').collect();
                prop_assert_eq!(segments.len(), 4);
                let decoded = percent_encoding::percent_decode_str(segments[2]);
                prop_assert_eq!(decoded.decode_utf8().unwrap(), id.as_str());
            }
        }
    }
}
