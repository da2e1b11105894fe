//! Owns what is true of reading any connection string; knows nothing of requests.

use http::Uri;
use teams_phone::{AccessKey, ConnectionString, Error, ErrorKind};

use super::{assert_shows, has_one};

/// A key that no input has by chance.
const KEY: &str = "Tm9ib2R5U2hhbGxTZWVUaGlzS2V5MDEyMzQ1Njc4OQ==";

/// Reads the bytes as a connection string.
///
/// - What is accepted has one endpoint and one key, goes over https or stays on this machine, and means the
///   same when it is written anew.
/// - What is refused is refused for a reason, in one short line that names the part.
/// - No message shows the key, wherever it stands.
///
/// # Panics
/// If one of these is not so.
pub fn check(bytes: &[u8]) -> &'static str {
    let text = String::from_utf8_lossy(bytes);
    hides_the_key(&text);
    match text.parse::<ConnectionString>() {
        Ok(parsed) => {
            accepted(&text, &parsed);
            "accepted"
        }
        Err(error) => {
            refused(&text, &error);
            "refused"
        }
    }
}

fn accepted(text: &str, parsed: &ConnectionString) {
    let [key] = values(text, "accesskey")[..] else {
        panic!("accepted without one key");
    };
    assert_eq!(
        values(text, "endpoint").len(),
        1,
        "accepted without one endpoint"
    );
    let digits = key.trim_end_matches('=');
    let base64 = |c: char| c.is_ascii_alphanumeric() || "+/".contains(c);
    assert!(!digits.is_empty() && digits.chars().all(base64) && key.len().is_multiple_of(4));

    let address = parsed.endpoint().as_str();
    is_safe(address);
    let again: ConnectionString = format!("AccessKey={key}; Endpoint={address}/")
        .parse()
        .expect("what was read can be written and read again");
    assert_eq!(again.endpoint(), parsed.endpoint());
    let signed = |key: &AccessKey| key.signature("GET\n/");
    assert_eq!(signed(again.access_key()), signed(parsed.access_key()));
    if digits.len() >= 8 && !address.contains(digits) {
        assert!(!format!("{parsed:?}").contains(digits), "shown by Debug");
    }
}

/// Reads the address with another parser than the SDK's.
fn is_safe(address: &str) {
    let read: Uri = address.parse().expect("an endpoint is a URI");
    let authority = read.authority().expect("an endpoint has a host");
    assert!(!authority.as_str().contains('@'), "{address}");
    assert!(read.path() == "/" && read.query().is_none(), "{address}");
    let host = authority.host();
    let local = host == "localhost" || host == "[::1]" || host.starts_with("127.");
    let scheme = read.scheme_str();
    assert!(
        scheme == Some("https") || scheme == Some("http") && local,
        "{address}"
    );
}

fn refused(text: &str, error: &Error) {
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Config, 0));
    let said = error.to_string();
    assert_shows(&said, 400);
    assert!(said.starts_with("connection string"), "{said}");
    let named = [
        "endpoint",
        "accesskey",
        "access key",
        " part ",
        "longer than",
        "belongs to",
    ];
    assert!(has_one(&said, &named), "no part is named: {said}");
    if let Some((_, rest)) = said.split_once(" in part ") {
        let digits = rest.split(|c: char| !c.is_ascii_digit()).next();
        let part: usize = digits
            .unwrap_or_default()
            .parse()
            .expect("a part has a number");
        assert!((1..=text.split(';').count()).contains(&part), "{said}");
    }
}

/// Puts a key into every place of the text where one may have slipped to.
fn hides_the_key(text: &str) {
    if is_within(KEY, text) {
        return;
    }
    for given in [
        format!("{text};accesskey={KEY}"),
        format!("accesskey={KEY};{text}"),
        format!("{text};{KEY}"),
        format!("{text};{KEY};accesskey={KEY}"),
        format!("{text}{KEY}"),
        format!("{text}={KEY}"),
        format!("{text}/{KEY}@"),
    ] {
        let shown = match given.parse::<ConnectionString>() {
            // Taken for a host, it is no key.
            Ok(parsed) if is_within(KEY, parsed.endpoint().as_str()) => continue,
            Ok(parsed) => format!("{parsed:?} {parsed:#?}"),
            Err(error) => format!("{error} {error:?} {:?}", error.hint()),
        };
        assert!(!is_within(KEY, &shown), "{shown}");
    }
}

/// Whether a text has the other in it, in whatever case.
fn is_within(text: &str, whole: &str) -> bool {
    whole
        .to_ascii_lowercase()
        .contains(&text.to_ascii_lowercase())
}

/// What stands behind a name, read as simply as can be.
fn values<'a>(text: &'a str, name: &str) -> Vec<&'a str> {
    let pairs = text.split(';').filter_map(|pair| pair.split_once('='));
    let named = pairs.filter(|(found, _)| found.trim().eq_ignore_ascii_case(name));
    named.map(|(_, value)| value.trim()).collect()
}
