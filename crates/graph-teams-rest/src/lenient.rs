//! Reads values the documents forbid and a service may send all the same, and tells apart what serde does not.

use serde::{Deserialize, Deserializer};

/// Reads `null` as an empty list; a list that is absent stays an error.
pub(crate) fn null_as_empty<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Reads `null` as a value, so that it differs from a member that is absent.
#[cfg(feature = "v1.0")]
pub(crate) fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}
