//! What has to be true whatever comes in from outside: texts of people, files, answers of the service.
//!
//! Owns the invariants, one file per way in; knows neither where the bytes come from nor who runs them. The fuzz
//! targets run them on bytes that a machine makes up, `tests/tests/fuzz_seeds.rs` on the seeds, and
//! `tests/tests/properties` on inputs that look right.

pub mod connection_string;
pub mod error_body;
pub mod page_link;
pub mod raw_id;
pub mod rows;
pub mod scopes;

/// Runs the invariants on an input and says in one word how it was taken: what the name of a seed begins with.
///
/// It panics if an invariant does not hold.
pub type Check = fn(&[u8]) -> &'static str;

/// Every way in, by the name of its target and of its folder of seeds.
pub const TARGETS: [(&str, Check); 6] = [
    ("connection_string", connection_string::check),
    ("error_body", error_body::check),
    ("page_link", page_link::check),
    ("raw_id", raw_id::check),
    ("rows", rows::check),
    ("scopes", scopes::check),
];

/// What a text needs to be shown in a terminal or a log: it says something, in one line, and ends.
pub(crate) fn assert_shows(text: &str, longest: usize) {
    assert!(!text.trim().is_empty(), "nothing is said");
    let length = text.chars().count();
    assert!(
        length <= longest,
        "{length} characters instead of {longest}: {text}"
    );
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    assert!(!text.contains(breaks), "it breaks the line: {text:?}");
}

/// Whether a text has one of the words.
pub(crate) fn has_one(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}
