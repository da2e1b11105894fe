//! Reads values the documents forbid and a service may send all the same.

use serde::{Deserialize, Deserializer};

/// Reads `null` as an empty list; a list that is absent stays an error.
pub(crate) fn null_as_empty<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}
