//! Owns the path of a request: no id may change which operation is called.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{Error, Result};

/// Everything but the unreserved characters of RFC 3986 is escaped.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

const MAX_URL: usize = 8192;

/// Escapes an id for use as one path segment: `8:acs:…` becomes `8%3Aacs%3A…`.
#[must_use]
pub fn encode_path(text: &str) -> Cow<'_, str> {
    utf8_percent_encode(text, SEGMENT).into()
}

/// Refuses a path that does not match the operation's template, or belongs to too long a URL.
///
/// An empty id, `.` and `..` cannot be escaped: whoever reads the URL resolves them, and another operation would
/// be called under a valid signature.
pub(super) fn check(length: usize, path: &str, template: &str) -> Result<()> {
    if length > MAX_URL {
        return Err(Error::config(format!(
            "an id or a filter is too long: the URL would pass {MAX_URL} characters"
        )));
    }
    let mut segments = path.as_bytes().split(|byte| *byte == b'/');
    let mut expected = template.as_bytes().split(|byte| *byte == b'/');
    loop {
        match (segments.next(), expected.next()) {
            (None, None) => return Ok(()),
            (Some(segment), Some(template)) if fits(segment, template) && !is_dots(segment) => {}
            _ => {
                return Err(Error::config(format!(
                    "an id is empty, \".\" or \"..\" and would change the route {template}"
                )));
            }
        }
    }
}

/// Whether a segment leads elsewhere in the path instead of naming something.
fn is_dots(segment: &[u8]) -> bool {
    matches!(segment, b"." | b"..")
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
pub(super) fn insert_version(target: &str, version: &str) -> String {
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, query.replace('+', "%20")),
        None => (target, String::new()),
    };
    let mark = if query.is_empty() { "" } else { "?" };
    ["/", version, path, mark, &query].concat()
}

/// Appends a pair whose name and value need no escaping, unless the name is there already.
pub(super) fn append_query(mut target: String, name: &str, value: &str) -> String {
    let mark = match target.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some((_, query)) => {
            let mut names = query.split('&').filter_map(|pair| pair.split('=').next());
            if names.any(|known| known.eq_ignore_ascii_case(name)) {
                return target;
            }
            "&"
        }
    };
    target.reserve(mark.len() + name.len() + value.len() + 1);
    for part in [mark, name, "=", value] {
        target.push_str(part);
    }
    target
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::Url;

    use super::*;

    /// The path as a URL parser has it, which must change nothing about it.
    fn checked(id: &str, tail: &str) -> Result<String> {
        let path = format!("/identities/{}{tail}", encode_path(id));
        check(path.len(), &path, &format!("/identities/{{id}}{tail}"))?;
        let url: Url = format!("https://a.example{path}").parse().unwrap();
        assert_eq!(url.path(), path);
        Ok(path)
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
    fn refuses_another_path() {
        for path in ["/identities/", "/x", "identities", "", "//identities"] {
            assert!(check(0, path, "/identities").is_err(), "{path}");
        }
    }

    #[test]
    fn the_version_comes_first_and_blanks_are_written_for_odata() {
        for (target, expected) in [
            (
                "/users/a%40b?%24filter=a+eq+%27%2B1%27",
                "/v1.0/users/a%40b?%24filter=a%20eq%20%27%2B1%27",
            ),
            ("/users/a+b", "/v1.0/users/a+b"),
        ] {
            assert_eq!(insert_version(target, "v1.0"), expected);
        }
    }

    #[test]
    fn an_api_version_is_not_doubled() {
        for (target, expected) in [
            ("/x", "/x?api-version=2"),
            ("/x?", "/x?api-version=2"),
            ("/x?a=b", "/x?a=b&api-version=2"),
            ("/x?a=b&Api-Version=1", "/x?a=b&Api-Version=1"),
        ] {
            let target = append_query(target.to_owned(), "api-version", "2");
            assert_eq!(target, expected);
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
