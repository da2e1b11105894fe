//! JSON pointers (RFC 6901) as text, and the references that carry them. Reads no files.

use std::fmt;

use anyhow::anyhow;

/// A JSON pointer in its escaped form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Pointer(String);

impl Pointer {
    /// The whole document.
    pub(crate) fn root() -> Self {
        Self::default()
    }

    /// The member `key` below this place.
    pub(crate) fn key(&self, key: &str) -> Self {
        Self(format!("{}/{}", self.0, escape(key)))
    }

    /// The item `index` below this place.
    pub(crate) fn index(&self, index: usize) -> Self {
        Self(format!("{}/{index}", self.0))
    }

    /// The escaped text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The keys from the root down, unescaped.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.0.split('/').skip(1).map(unescape).collect()
    }

    /// What remains below `prefix`, if this place lies there.
    pub(crate) fn below(&self, prefix: &Self) -> Option<&str> {
        let rest = self.0.strip_prefix(prefix.as_str())?;
        (rest.is_empty() || rest.starts_with('/')).then_some(rest)
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// A `$ref` taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reference {
    /// The file, relative to the file that holds the reference; `None` for that file itself.
    pub(super) file: Option<String>,
    pub(super) pointer: Pointer,
}

impl Reference {
    pub(super) fn parse(text: &str) -> anyhow::Result<Self> {
        let (file, fragment) = text.split_once('#').unwrap_or((text, ""));
        if file.contains("://") || file.starts_with('/') || file.starts_with("file:") {
            return Err(anyhow!(
                "refers to `{text}`, which is not a relative path; keep the file beside this one and refer to it relatively"
            ));
        }
        if text.trim().is_empty() {
            return Err(anyhow!("is an empty reference, name a definition"));
        }
        let pointer = percent_decode(fragment)?;
        if !(pointer.is_empty() || pointer.starts_with('/')) {
            return Err(anyhow!(
                "refers to `{text}`, whose fragment is no JSON pointer; write `#/...`"
            ));
        }
        let keys: Vec<_> = pointer.split('/').skip(1).map(unescape).collect();
        Ok(Self {
            file: (!file.is_empty())
                .then(|| percent_decode(file))
                .transpose()?,
            pointer: keys.iter().fold(Pointer::root(), |at, key| at.key(key)),
        })
    }
}

fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn unescape(key: &str) -> String {
    key.replace("~1", "/").replace("~0", "~")
}

fn percent_decode(text: &str) -> anyhow::Result<String> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        out.push(hex.unwrap_or(bytes[at]));
        at += if hex.is_some() { 3 } else { 1 };
    }
    String::from_utf8(out).map_err(|_| {
        anyhow!("refers to `{text}`, whose percent escapes are not UTF-8; correct them")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_references_apart() {
        for (text, file, keys) in [
            ("#/definitions/X", None, vec!["definitions", "X"]),
            (
                "../a/b.json#/parameters/P",
                Some("../a/b.json"),
                vec!["parameters", "P"],
            ),
            ("./whole.json", Some("./whole.json"), vec![]),
            ("whole.json#", Some("whole.json"), vec![]),
            (
                "#/paths/~1a~1%7Bid%7D/get",
                None,
                vec!["paths", "/a/{id}", "get"],
            ),
            (
                "my%20file.json#/definitions/A%20B",
                Some("my file.json"),
                vec!["definitions", "A B"],
            ),
            ("#/definitions/a~01", None, vec!["definitions", "a~1"]),
            ("#/definitions/100%", None, vec!["definitions", "100%"]),
        ] {
            let parsed = Reference::parse(text).unwrap();
            assert_eq!(
                (parsed.file.as_deref(), parsed.pointer.keys()),
                (file, keys.iter().map(ToString::to_string).collect())
            );
        }
    }

    #[test]
    fn refuses_what_is_not_relative_or_no_pointer() {
        for text in [
            "https://example.com/a.json#/definitions/X",
            "/etc/a.json",
            "",
            "a.json#definitions/X",
        ] {
            assert!(Reference::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn finds_what_lies_below() {
        let at = Pointer::root().key("definitions").key("A");
        assert_eq!(at.key("type").below(&at), Some("/type"));
        assert_eq!(
            Pointer::root().key("definitions").key("AB").below(&at),
            None
        );
    }
}
