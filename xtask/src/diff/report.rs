//! The finished report as a value and as JSON. Knows no document.

use serde_json::{Value, json};

use super::kind::{Kind, Location, Side};

/// The version of the JSON report.
const FORMAT_VERSION: u32 = 1;

/// What differs between two documents.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(super) old: Source,
    pub(super) new: Source,
    pub(super) operations: usize,
    pub(super) changes: Vec<Change>,
}

/// One of the compared documents.
#[derive(Clone, Debug, Default)]
pub(super) struct Source {
    pub(super) file: Option<String>,
    pub(super) version: String,
}

/// One difference.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) kind: Kind,
    pub(super) group: Group,
    /// Method and path of every operation it concerns.
    pub(crate) operations: Vec<String>,
    pub(super) locations: Vec<String>,
    /// The named type that declares the place.
    pub(crate) schema: Option<String>,
    /// Dotted paths from the bodies, shortest first.
    pub(crate) paths: Vec<String>,
    pub(crate) side: Side,
    pub(crate) breaking: bool,
    pub(crate) old: Value,
    pub(crate) new: Value,
}

/// A part of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    Operations,
    Parameters,
    RequestFields,
    ResponseFields,
    EnumValues,
    Responses,
    Other,
}

impl Report {
    /// Whether any difference breaks a client.
    pub(crate) fn breaking(&self) -> bool {
        self.changes.iter().any(|change| change.breaking)
    }

    /// Every difference, in the order of the text.
    pub(crate) fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// The documented JSON form.
    pub(crate) fn to_json(&self) -> Value {
        let source = |source: &Source| json!({"file": source.file, "version": source.version});
        json!({
            "version": FORMAT_VERSION,
            "old": source(&self.old),
            "new": source(&self.new),
            "breaking": self.breaking(),
            "changes": self.changes().iter().map(Change::to_json).collect::<Vec<_>>(),
        })
    }
}

impl Change {
    /// The shortest dotted path; empty for a whole body and for what has none.
    pub(crate) fn path(&self) -> &str {
        self.paths.first().map_or("", String::as_str)
    }

    /// What the stable kind alone does not say.
    pub(super) fn detail(&self) -> String {
        let show = |value: &Value| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        };
        match (&self.old, &self.new) {
            (Value::Null, Value::Null) => String::new(),
            (Value::Null, new) if self.replaces() => format!("none -> {}", show(new)),
            (old, Value::Null) if self.replaces() => format!("{} -> none", show(old)),
            (Value::Null, only) | (only, Value::Null) => show(only),
            (old, new) => format!("{} -> {}", show(old), show(new)),
        }
    }

    /// Whether the kind replaces a value, so that an absent one must be said.
    fn replaces(&self) -> bool {
        self.kind.name().ends_with("-changed")
    }

    fn to_json(&self) -> Value {
        json!({
            "kind": self.kind.name(),
            "group": self.group.title(),
            "operations": self.operations,
            "location": self.locations.join(", "),
            "schema": self.schema,
            "path": self.path(),
            "paths": self.paths,
            "side": self.side.name(),
            "breaking": self.breaking,
            "wire": self.kind.on_the_wire(),
            "detail": self.detail(),
            "old": self.old,
            "new": self.new,
        })
    }
}

impl Group {
    pub(super) fn of(kind: Kind, location: &Location, side: Side) -> Self {
        match (kind, location, side) {
            (kind, ..) if kind.about_enum() => Self::EnumValues,
            (
                Kind::ResponseAdded
                | Kind::ResponseRemoved
                | Kind::ResponseBodyAdded
                | Kind::ResponseBodyRemoved,
                ..,
            ) => Self::Responses,
            (
                Kind::PageableChanged
                | Kind::LongRunningChanged
                | Kind::SecurityChanged
                | Kind::MediaTypeAdded
                | Kind::MediaTypeRemoved,
                ..,
            )
            | (_, Location::Service, _) => Self::Other,
            (_, Location::Header(_), _) => Self::Responses,
            (_, Location::Operation, _) => Self::Operations,
            (_, Location::Parameter(_), _) => Self::Parameters,
            (_, _, Side::Response) => Self::ResponseFields,
            _ => Self::RequestFields,
        }
    }

    /// The heading.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Operations => "operations",
            Self::Parameters => "parameters",
            Self::RequestFields => "request fields",
            Self::ResponseFields => "response fields",
            Self::EnumValues => "enum values",
            Self::Responses => "responses",
            Self::Other => "other",
        }
    }
}
