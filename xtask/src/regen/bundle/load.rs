//! Reads one JSON file exactly: a key that occurs twice is an error, because one of the two would vanish.
//! Knows nothing of Swagger.

use std::fmt;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, anyhow};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::pointer::Pointer;

/// Parses the file at `path`.
pub(super) fn json(path: &Path) -> anyhow::Result<Value> {
    let shown = path.display();
    let bytes = std::fs::read(path).with_context(|| format!("{shown}#: cannot be read"))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| anyhow!("{shown}#: is not UTF-8, save it as UTF-8"))?;
    parse(text.trim_start_matches('\u{feff}')).map_err(|error| {
        let error = error.to_string();
        match error.strip_prefix('/') {
            Some(twice) => anyhow!("{shown}#/{twice}"),
            None => {
                anyhow!("{shown}#: is not JSON ({error}), YAML has to be turned into JSON first")
            }
        }
    })
}

/// Parses `text`; the message for a repeated key begins with its pointer.
fn parse(text: &str) -> serde_json::Result<Value> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Exact(Pointer::root()).deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// `path` without `.` and `..`, as far as the text alone allows.
pub(super) fn tidy(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(out.components().next_back(), Some(Component::Normal(_))) =>
            {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

struct Exact(Pointer);

impl<'de> DeserializeSeed<'de> for Exact {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Exact {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("a number that JSON does not have"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut reader: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = reader.next_element_seed(Exact(self.0.index(items.len())))? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut reader: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = reader.next_key::<String>()? {
            let at = self.0.key(&key);
            if map.contains_key(&key) {
                return Err(A::Error::custom(format_args!(
                    "{at}: occurs twice, remove one of the two"
                )));
            }
            let value = reader.next_value_seed(Exact(at))?;
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_serde_json_reads() {
        let text = r#"{"a":[1,-2,3.5,true,null,{"b":"c"}],"z":{},"d":18446744073709551615}"#;
        let plain: Value = serde_json::from_str(text).unwrap();
        assert_eq!(parse(text).unwrap(), plain);
        assert_eq!(parse(text).unwrap().to_string(), text);
    }

    #[test]
    fn names_the_pointer_of_a_repeated_key() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("twice.json");
        std::fs::write(&file, r#"{"a":[{"b/c":1,"b/c":2}]}"#).unwrap();
        let message = json(&file).unwrap_err().to_string();
        assert!(
            message.contains("twice.json#/a/0/b~1c: occurs twice"),
            "{message}"
        );
    }

    #[test]
    fn accepts_a_byte_order_mark_and_refuses_yaml_and_a_tail() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x.json");
        std::fs::write(&file, "\u{feff}{}").unwrap();
        assert_eq!(json(&file).unwrap(), serde_json::json!({}));
        for bad in ["swagger: '2.0'\n", "{} {}", ""] {
            std::fs::write(&file, bad).unwrap();
            let message = json(&file).unwrap_err().to_string();
            assert!(message.contains("x.json#: is not JSON"), "{message}");
        }
    }

    #[test]
    fn tidies_paths_by_text() {
        for (path, tidied) in [
            ("a/./b/../c.json", "a/c.json"),
            ("../../x.json", "../../x.json"),
            ("/a/../b", "/b"),
        ] {
            assert_eq!(tidy(Path::new(path)), Path::new(tidied));
        }
    }
}
