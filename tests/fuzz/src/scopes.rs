//! Owns what is true of reading any list of scopes; knows nothing of tokens.

use std::collections::HashSet;

use teams_phone::calling::Scopes;
use teams_phone::exchanges::Exchange;
use teams_phone::{Error, ErrorKind};

use super::{assert_shows, has_one};

/// What the scopes of a user begin with, as the service documents it.
const ROOTS: [(&str, Exchange); 3] = [
    ("https://communication.azure.com/clients/", Exchange::Entra),
    (
        "https://auth.msft.communication.azure.com/",
        Exchange::TeamsPhone,
    ),
    (
        "https://auth.msft.communication.azure.us/",
        Exchange::TeamsPhone,
    ),
];

/// Lists longer than this are refused.
const MOST: usize = 64;

/// Reads the bytes as a list of scopes, one per line.
///
/// - A list is accepted if and only if a second reading of the rule accepts it.
/// - What is accepted is kept in order, each scope once, and reads the same again.
/// - What is refused is refused for a reason, in one line that says what a scope begins with.
///
/// # Panics
/// If one of these is not so.
pub fn check(bytes: &[u8]) -> &'static str {
    let text = String::from_utf8_lossy(bytes);
    let given: Vec<&str> = text
        .strip_suffix('\n')
        .unwrap_or(&text)
        .split('\n')
        .collect();
    let given = if text.is_empty() { Vec::new() } else { given };
    let expected = exchange(&given);
    match Scopes::new(given.iter().copied()) {
        Ok(scopes) => {
            assert_eq!(Some(scopes.exchange()), expected, "{given:?}");
            let mut seen = HashSet::new();
            let once = given.iter().copied().filter(|scope| seen.insert(*scope));
            assert!(scopes.iter().eq(once), "{scopes:?}");
            let again = Scopes::new(scopes.iter()).expect("what was read can be read again");
            assert_eq!(again, scopes);
            "accepted"
        }
        Err(error) => {
            assert_eq!(expected, None, "{given:?}: {error}");
            refused(&given, &error);
            "refused"
        }
    }
}

/// The exchange of a list that is in order.
fn exchange(given: &[&str]) -> Option<Exchange> {
    let root = |scope: &&str| {
        let clean = !scope.contains(|c: char| c.is_whitespace() || c.is_control());
        let fits = |(root, _): &&(&str, _)| scope.len() > root.len() && scope.starts_with(root);
        ROOTS.iter().find(fits).filter(|_| clean)
    };
    let roots: Option<Vec<_>> = given.iter().map(root).collect();
    let roots = roots?;
    let (first, exchange) = roots.first()?;
    let distinct: HashSet<&&str> = given.iter().collect();
    let one = roots.iter().all(|(root, _)| root == first);
    (one && distinct.len() <= MOST).then_some(*exchange)
}

fn refused(given: &[&str], error: &Error) {
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Config, 0));
    let said = error.to_string();
    // A scope is shown up to its 128th character, each of which may need ten to be written visibly.
    assert_shows(&said, 1700);
    assert!(said.contains("scope"), "{said}");
    let reasons = [
        "no scope is given",
        "are mixed",
        "has a blank",
        "more than",
        "names no permission",
        "managing the resource",
        "cannot be exchanged",
    ];
    assert!(has_one(&said, &reasons), "no reason: {said}");
    let one_of_many = ["has a blank", "more than", "names no permission"];
    let named = ROOTS.iter().all(|(root, _)| said.contains(root));
    assert!(named || has_one(&said, &one_of_many), "{said}");
    if said.starts_with("scope \"") {
        let heads = given
            .iter()
            .map(|scope| scope.chars().take(128).collect::<String>());
        let mut heads = heads.map(|head| format!("{head:?}"));
        assert!(
            heads.any(|head| said.contains(&head)),
            "another scope is named: {said}"
        );
    }
}
