//! Owns the table of filters: what they find, and why others are refused.

use serde_json::{Value, json};

use super::{Filter, Schema, parser};

const SCHEMA: Schema = Schema {
    scalars: &["name", "status", "target", "on"],
    collections: &["tags"],
};

fn entity() -> Value {
    json!({ "name": "it's +1", "status": "userAssigned", "target": null, "on": true, "tags": ["a", "b"] })
}

#[test]
fn finds_what_fits() {
    let cases = [
        ("name eq 'it''s +1'", true),
        ("status eq 'USERASSIGNED'", true),
        ("Status ne 'userAssigned'", false),
        ("target eq null and on eq true", true),
        ("target ne null or on eq false", false),
        ("not (status eq 'x')", true),
        ("not status eq 'userAssigned'", false),
        ("tags/any(c:c eq 'a')", true),
        ("tags/any(c: c eq 'z' or c eq 'b')", true),
        ("tags/any(c:c eq 'a' and status eq 'x')", false),
        ("tags/any()", true),
        ("not tags/any(x:x eq 'z')", true),
        // `and` binds stronger than `or`.
        ("on eq true or on eq true and status eq 'x'", true),
        ("(on eq true or on eq true) and status eq 'x'", false),
        ("((on eq true))", true),
    ];
    for (text, expected) in cases {
        let filter = parser::parse(text, SCHEMA).unwrap_or_else(|why| panic!("{text}: {why}"));
        assert_eq!(filter.fits(&entity()), expected, "{text}");
    }
}

#[test]
fn says_what_it_cannot_do() {
    let cases = [
        ("", "it ends where a property"),
        ("id eq 'x'", "'id' is not a property"),
        ("name gt 'x'", "'gt' is not supported"),
        ("startswith(name,'x')", "function 'startswith'"),
        ("name eq x", "'x' is not a literal"),
        ("name eq 'x", "no closing quote"),
        ("name eq", "literal is missing"),
        ("name", "comparison is missing"),
        ("(name eq 'x'", "')' is missing"),
        ("name eq 'x')", "')' is not expected"),
        ("name eq 'x' name", "'name' is not expected"),
        ("tags eq 'a'", "filtered with any"),
        ("tags/all(c:c eq 'a')", "only any"),
        ("name/any(c:c eq 'a')", "not a collection"),
        ("tags/any(c eq 'a')", "':' should"),
        ("tags/any(c:tags/any(d:d eq 'a'))", "any inside any"),
        ("name eq 'x' & on", "'&' is not expected"),
    ];
    for (text, words) in cases {
        let why = parser::parse(text, SCHEMA).unwrap_err();
        assert!(why.contains(words), "{text}: {why}");
    }
}

#[test]
fn nesting_has_an_end() {
    let text = format!("{}on eq true{}", "(".repeat(100_000), ")".repeat(100_000));
    assert!(Filter::parse(&text, SCHEMA).is_err());
    assert!(Filter::parse(&"not ".repeat(100_000), SCHEMA).is_err());
}
