//! Owns bodies that are wrapped otherwise than documented; knows no operation.
//!
//! Published samples of Microsoft Graph wrap single entities in `value` although its metadata has them bare,
//! and show a list as one entity, even with `value` repeated. Read as documented, all of that would decode to
//! objects with nothing in them.

use std::fmt;

use bytes::Bytes;
use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The entity itself, taken out of an object that has nothing else but annotations.
pub(super) fn entity(body: Bytes) -> Bytes {
    let Some(members) = Members::read(&body) else {
        return body;
    };
    match members.values.as_slice() {
        [inner] if inner.starts_with('{') && members.only_annotations => {
            body.slice_ref(inner.as_bytes())
        }
        _ => body,
    }
}

/// A list whose `value` is one array, whatever it was.
pub(super) fn collection(body: Bytes) -> Bytes {
    let Some(members) = Members::read(&body) else {
        return body;
    };
    let values = members.values.as_slice();
    if values.is_empty() || matches!(values, [only] if only.starts_with('[')) {
        return body;
    }
    let items = values.iter().map(|value| match value.strip_prefix('[') {
        Some(items) => items.strip_suffix(']').unwrap_or(items).trim(),
        None if *value == "null" => "",
        None => value,
    });
    let items: Vec<&str> = items.filter(|items| !items.is_empty()).collect();
    let others = members.others.join(",");
    let comma = if others.is_empty() { "" } else { "," };
    format!("{{{others}{comma}\"value\":[{}]}}", items.join(",")).into()
}

/// The members of an object: every `value` in order, and the others as they were written.
#[derive(Default)]
struct Members<'a> {
    values: Vec<&'a str>,
    others: Vec<String>,
    only_annotations: bool,
}

impl<'a> Members<'a> {
    /// `None` for what is not an object.
    fn read(body: &'a [u8]) -> Option<Self> {
        let mut deserializer = serde_json::Deserializer::from_slice(body);
        let members = deserializer.deserialize_map(Reader).ok()?;
        deserializer.end().ok()?;
        Some(members)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Members {
            only_annotations: true,
            ..Members::default()
        };
        while let Some(name) = map.next_key::<String>()? {
            let value: &RawValue = map.next_value()?;
            if name == "value" {
                members.values.push(value.get());
                continue;
            }
            members.only_annotations &= name.starts_with('@');
            let name = serde_json::Value::String(name);
            members.others.push(format!("{name}:{}", value.get()));
        }
        Ok(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_an_entity_out_of_its_wrapper_only() {
        for (body, entity_of) in [
            (r#"{"value":{"id":"a"}}"#, r#"{"id":"a"}"#),
            (
                r#"{"@odata.context":"c", "value": {"id":"a"} }"#,
                r#"{"id":"a"}"#,
            ),
            (r#"{"id":"a"}"#, r#"{"id":"a"}"#),
            (
                r#"{"id":"a","value":{"b":1}}"#,
                r#"{"id":"a","value":{"b":1}}"#,
            ),
            (r#"{"value":"text"}"#, r#"{"value":"text"}"#),
            (r#"{"value":[{"id":"a"}]}"#, r#"{"value":[{"id":"a"}]}"#),
            ("[]", "[]"),
            ("", ""),
            (r#"{"value":{}"#, r#"{"value":{}"#),
        ] {
            assert_eq!(entity(Bytes::from(body)), entity_of, "{body}");
        }
    }

    #[test]
    fn loses_no_item_of_an_oddly_written_list() {
        for (body, list) in [
            (
                r#"{"value":[{"a":1}],"@odata.nextLink":"n"}"#,
                r#"{"value":[{"a":1}],"@odata.nextLink":"n"}"#,
            ),
            (
                r#"{"value":{"a":1},"@odata.nextLink":"n"}"#,
                r#"{"@odata.nextLink":"n","value":[{"a":1}]}"#,
            ),
            (
                r#"{"value":{"a":1},"value":{"a":2}}"#,
                r#"{"value":[{"a":1},{"a":2}]}"#,
            ),
            (
                r#"{"value":[{"a":1},{"a":2}],"value":[ ],"value":[{"a":3}]}"#,
                r#"{"value":[{"a":1},{"a":2},{"a":3}]}"#,
            ),
            (r#"{"value":null}"#, r#"{"value":[]}"#),
            (r#"{"other":1}"#, r#"{"other":1}"#),
        ] {
            assert_eq!(collection(Bytes::from(body)), list, "{body}");
        }
    }
}
