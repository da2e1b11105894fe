//! Owns what the generated tables say about operations; knows no request.

use std::borrow::Cow;

use http::header::HeaderName;

use crate::{ApiVersion, Error, Result};

/// What the operations of one API have in common.
#[derive(Debug)]
pub struct Service {
    /// The API's name, as its folder under `specs/`.
    pub api: &'static str,
    /// Where a request names the API version.
    pub version: VersionPlace,
    /// The header with the id that the client gives a call.
    pub client_request_id: HeaderName,
}

/// Where a request names the API version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionPlace {
    /// In the query, as `api-version`.
    Query,
    /// In front of the path, as its first segment.
    Path,
}

/// How the body of a success may be wrapped, whatever the document says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// As documented.
    Plain,
    /// One entity, bare or as the member `value` of an object.
    Entity,
    /// A list in the member `value`, which may also be one entity or stand there more than once.
    Collection,
}

/// One row of a generated table of operations.
#[derive(Debug)]
pub struct Operation {
    /// The stable name, the same in every API version.
    pub id: &'static str,
    /// The API it belongs to.
    pub service: &'static Service,
    /// The HTTP method.
    pub method: &'static str,
    /// The path template without the API version, such as `/identities/{id}`.
    pub template: &'static str,
    /// Whether repeating the call after a lost answer is safe.
    pub idempotent: bool,
    /// The media type of the request body, when there is one.
    pub content_type: Option<&'static str>,
    /// The documented success statuses.
    pub success: &'static [u16],
    /// The success statuses whose empty body stands for JSON `null`.
    pub empty_as_null: &'static [u16],
    /// How the body of a success may be wrapped.
    pub shape: Shape,
    /// The API version used when nobody chooses one.
    pub default_version: &'static str,
    /// The API versions that have the operation, oldest first.
    pub versions: &'static [&'static str],
    /// The service's own operation id in each of these versions.
    pub upstream_ids: &'static [(&'static str, &'static str)],
    /// The inputs that are not in all of these versions.
    pub fields: &'static [Field],
}

/// An input of an operation that only some API versions have.
#[derive(Debug)]
pub struct Field {
    /// The name on the wire.
    pub name: &'static str,
    /// The API versions that have it, oldest first.
    pub versions: &'static [&'static str],
}

/// Finds an operation by its stable name.
#[must_use]
pub fn find(table: &'static [Operation], id: &str) -> Option<&'static Operation> {
    table.iter().find(|operation| operation.id == id)
}

/// Refuses an API version that no operation of the table has.
///
/// # Errors
/// [`ErrorKind::Config`](crate::ErrorKind::Config) that lists the versions; never for [`ApiVersion::unchecked`].
pub fn check_version(table: &'static [Operation], version: &ApiVersion) -> Result<()> {
    let mut known: Vec<&str> = table.iter().flat_map(|row| row.versions).copied().collect();
    if !version.is_checked() || known.contains(&version.as_str()) {
        return Ok(());
    }
    known.sort_unstable();
    known.dedup();
    Err(Error::config(format!(
        "API version {version} is not known; choose one of {}, or insist with ApiVersion::unchecked",
        known.join(", ")
    )))
}

impl Operation {
    /// The API version of a call that uses these inputs, or why there is none.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the chosen version has not the operation or one of the inputs; the
    /// message names the versions that have it.
    pub fn version<'v>(
        &self,
        chosen: Option<&'v ApiVersion>,
        fields: &[&str],
    ) -> Result<Cow<'v, str>> {
        let limits = || {
            let used = self
                .fields
                .iter()
                .filter(|field| fields.contains(&field.name));
            used.map(|field| (Some(field.name), field.versions))
                .chain([(None, self.versions)])
        };
        let Some(chosen) = chosen else {
            let default = self.default_version;
            let narrowest = limits().find(|(_, versions)| !versions.contains(&default));
            let version = narrowest.and_then(|(_, versions)| versions.last().copied());
            return Ok(Cow::Borrowed(version.unwrap_or(default)));
        };
        let text = chosen.as_str();
        if chosen.is_checked() {
            for (field, versions) in limits() {
                if !versions.contains(&text) {
                    let what = field.map_or_else(
                        || "this call does".to_owned(),
                        |field| format!("`{field}` does"),
                    );
                    return Err(Error::config(format!(
                        "{what} not exist in API version {text}; it exists in {}",
                        versions.join(", ")
                    ))
                    .with_operation(self.id));
                }
            }
        }
        Ok(Cow::Borrowed(text))
    }
}
