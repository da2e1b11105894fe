//! Owns when two JSON values mean the same.

use jiff::Timestamp;
use serde_json::Value;
use teams_phone::PrincipalType;

/// Compares what a client made of an answer, or sends, with the original. Times are compared as moments, principal types
/// by their meaning, and a member that is null or an empty list is the same as none.
pub(crate) fn assert_same(original: &Value, ours: &Value, place: &str) {
    match (original, ours) {
        (Value::Object(left), Value::Object(right)) => {
            let names = left.keys().chain(right.keys());
            for name in names {
                let (left, right) = (member(left.get(name)), member(right.get(name)));
                assert_same(left, right, &format!("{place}/{name}"));
            }
        }
        (Value::Array(left), Value::Array(right)) => {
            assert_eq!(left.len(), right.len(), "{place}");
            for (at, (left, right)) in left.iter().zip(right).enumerate() {
                assert_same(left, right, &format!("{place}/{at}"));
            }
        }
        (Value::String(left), Value::String(right)) => {
            let same = match (left.parse::<Timestamp>(), right.parse::<Timestamp>()) {
                (Ok(left), Ok(right)) => left == right,
                _ => PrincipalType::from(left.as_str()) == PrincipalType::from(right.as_str()),
            };
            assert!(same, "{place}: {left} and {right}");
        }
        (left, right) => assert_eq!(left, right, "{place}"),
    }
}

fn member(value: Option<&Value>) -> &Value {
    match value {
        Some(Value::Array(items)) if items.is_empty() => &Value::Null,
        Some(value) => value,
        None => &Value::Null,
    }
}
