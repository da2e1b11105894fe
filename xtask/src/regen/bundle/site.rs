//! Says what stands where in a Swagger 2.0 document, as far as references need it. Checks nothing.

/// What a JSON value is, judged by where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Site {
    Document,
    PathItem,
    Operation,
    Parameter,
    Response,
    Header,
    Schema,
    Host,
    /// The value of an `x-*` keyword: any structure, but a `$ref` in it is one.
    Extension,
    /// A map from names (not keywords) to values of one kind.
    Names(Inner),
    /// Data of the author: examples, defaults, plain keywords. Nothing in it is a reference.
    Data,
    /// A reference written as a bare string.
    BareRef,
}

/// What a map of names, or an array, holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Inner {
    PathItem,
    Parameter,
    Response,
    Header,
    Schema,
}

impl From<Inner> for Site {
    fn from(inner: Inner) -> Self {
        match inner {
            Inner::PathItem => Self::PathItem,
            Inner::Parameter => Self::Parameter,
            Inner::Response => Self::Response,
            Inner::Header => Self::Header,
            Inner::Schema => Self::Schema,
        }
    }
}

impl Site {
    /// What stands under `key`.
    pub(crate) fn member(self, key: &str) -> Self {
        match self {
            Self::Names(Inner::PathItem | Inner::Response) if key.starts_with("x-") => {
                extension(key)
            }
            Self::Names(inner) => inner.into(),
            Self::Data => Self::Data,
            Self::Extension => extension_member(key),
            _ => self.keyword(key),
        }
    }

    /// What an item of an array is: the same as the array itself.
    pub(crate) fn item(self) -> Self {
        match self {
            Self::Names(inner) => inner.into(),
            other => other,
        }
    }

    fn keyword(self, key: &str) -> Self {
        match (self, key) {
            (Self::Document, "paths" | "x-ms-paths") => Self::Names(Inner::PathItem),
            (Self::Document, "definitions") | (Self::Schema, "properties" | "allOf") => {
                Self::Names(Inner::Schema)
            }
            (Self::Document | Self::PathItem | Self::Operation | Self::Host, "parameters") => {
                Self::Names(Inner::Parameter)
            }
            (Self::Document | Self::Operation, "responses") => Self::Names(Inner::Response),
            (Self::Document, "x-ms-parameterized-host") => Self::Host,
            (Self::PathItem, "get" | "put" | "post" | "delete" | "options" | "head" | "patch") => {
                Self::Operation
            }
            (Self::Parameter | Self::Response, "schema") => Self::Schema,
            (Self::Parameter | Self::Header | Self::Schema, "items") => Self::Schema,
            (Self::Schema, "additionalProperties") => Self::Schema,
            (Self::Response, "headers") => Self::Names(Inner::Header),
            _ if key.starts_with("x-") => extension(key),
            _ => Self::Data,
        }
    }
}

fn extension(key: &str) -> Site {
    match key {
        "x-ms-odata" => Site::BareRef,
        // Example files are documentation; they may be missing, and the converter leaves the keyword out.
        "x-ms-examples" => Site::Data,
        _ => Site::Extension,
    }
}

fn extension_member(key: &str) -> Site {
    match key {
        "final-state-schema" => Site::BareRef,
        "example" | "examples" => Site::Data,
        _ => Site::Extension,
    }
}
