//! The vocabulary of the report: kinds of change, sides, what a change breaks, and where it was found. Knows no
//! document.

use std::fmt;

macro_rules! kinds {
    ($($variant:ident $name:literal $meaning:literal,)*) => {
        /// What changed. The names are part of the output's contract.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Kind {
            $(#[doc = $meaning] $variant,)*
        }

        impl Kind {
            /// Every kind, in the order of the report.
            pub(super) const ALL: &[Self] = &[$(Self::$variant),*];

            /// The stable name.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// One clause for the help text.
            pub(super) const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }
        }
    };
}

kinds! {
    OperationAdded "operation-added" "a method and path only the new document has",
    OperationRemoved "operation-removed" "a method and path only the old document has",
    OperationMoved "operation-moved" "the same operationId at another method or path",
    OperationRenamed "operation-renamed" "the same method and path under another operationId",
    OperationDeprecated "operation-deprecated" "an operation is now marked deprecated",
    ParameterAdded "parameter-added" "a parameter only the new operation has",
    ParameterRemoved "parameter-removed" "a parameter only the old operation has",
    ParameterRenamed "parameter-renamed?" "one parameter left and one of the same shape came: a guess",
    ParameterMoved "parameter-moved" "the same name in another part of the request",
    ParameterRequired "parameter-required" "an optional parameter became required",
    ParameterOptional "parameter-optional" "a required parameter became optional",
    ParameterEncodingChanged "parameter-encoding-changed" "lists or reserved characters are written differently",
    PathParameterRenamed "path-parameter-renamed" "a placeholder of the path has another name; not on the wire",
    RequestBodyAdded "request-body-added" "an operation takes a body now",
    RequestBodyRemoved "request-body-removed" "an operation takes no body any more",
    RequestBodyRequired "request-body-required" "an optional body became required",
    RequestBodyOptional "request-body-optional" "a required body became optional",
    FieldAdded "field-added" "a field only the new type has",
    FieldRemoved "field-removed" "a field only the old type has",
    FieldRenamed "field-renamed?" "one field left and one of the same shape came: a guess",
    FieldRequired "field-required" "an optional field became required",
    FieldOptional "field-optional" "a required field became optional",
    FieldDeprecated "field-deprecated" "a field is now marked deprecated",
    TypeChanged "type-changed" "another JSON type",
    FormatChanged "format-changed" "another format",
    NullableAdded "nullable-added" "null is allowed now",
    NullableRemoved "nullable-removed" "null is not allowed any more",
    ReadOnlyAdded "read-only-added" "clients may not send the field any more",
    ReadOnlyRemoved "read-only-removed" "clients may send the field now",
    WriteOnlyAdded "write-only-added" "the service does not return the field any more",
    WriteOnlyRemoved "write-only-removed" "the service returns the field now",
    MutabilityChanged "mutability-changed" "the calls that may set the field changed",
    DefaultChanged "default-changed" "the documented default was added, removed or replaced",
    MinimumChanged "minimum-changed" "another lower bound",
    MaximumChanged "maximum-changed" "another upper bound",
    MultipleOfChanged "multiple-of-changed" "another step between allowed numbers",
    MinLengthChanged "min-length-changed" "another least length",
    MaxLengthChanged "max-length-changed" "another greatest length",
    PatternChanged "pattern-changed" "another regular expression",
    MinItemsChanged "min-items-changed" "another least number of items",
    MaxItemsChanged "max-items-changed" "another greatest number of items",
    UniqueItemsChanged "unique-items-changed" "whether items may repeat",
    MinPropertiesChanged "min-properties-changed" "another least number of entries",
    MaxPropertiesChanged "max-properties-changed" "another greatest number of entries",
    AdditionalPropertiesChanged "additional-properties-changed" "whether and which undeclared fields are part of the type",
    DiscriminatorChanged "discriminator-changed" "another field tells the subtypes apart",
    SubtypeAdded "subtype-added" "a subtype only the new document has",
    SubtypeRemoved "subtype-removed" "a subtype only the old document has",
    VariantAdded "variant-added" "an alternative of oneOf or anyOf only the new type has",
    VariantRemoved "variant-removed" "an alternative of oneOf or anyOf only the old type has",
    XmlChanged "xml-changed" "another XML name or layout",
    EnumValueAdded "enum-value-added" "a value only the new list has",
    EnumValueRemoved "enum-value-removed" "a value only the old list has",
    EnumIntroduced "enum-introduced" "any value was allowed, now a list says which",
    EnumDropped "enum-dropped" "a list said which values, now any is allowed",
    EnumOpened "enum-opened" "values beyond the list may appear now",
    EnumClosed "enum-closed" "values beyond the list may not appear any more",
    ResponseAdded "response-added" "a status only the new operation declares",
    ResponseRemoved "response-removed" "a status only the old operation declares",
    ResponseBodyAdded "response-body-added" "a status carries a body now",
    ResponseBodyRemoved "response-body-removed" "a status carries no body any more",
    HeaderAdded "header-added" "a response header only the new operation declares",
    HeaderRemoved "header-removed" "a response header only the old operation declares",
    MediaTypeAdded "media-type-added" "a media type only the new body has",
    MediaTypeRemoved "media-type-removed" "a media type only the old body has",
    PageableChanged "pageable-changed" "paging was added, removed or uses other fields",
    LongRunningChanged "long-running-changed" "the call began or ceased to be long-running, or ends elsewhere",
    SecurityChanged "security-changed" "other credentials are required",
    SecuritySchemeAdded "security-scheme-added" "a scheme is declared now",
    SecuritySchemeRemoved "security-scheme-removed" "a scheme is declared no more",
    SecuritySchemeChanged "security-scheme-changed" "a scheme is declared differently",
    ServerChanged "server-changed" "another host, base path or host parameter",
    SchemaRenamed "schema-renamed" "a type has another name; not on the wire",
    SchemaAdded "schema-added" "a type name only the new document has; not on the wire",
    SchemaRemoved "schema-removed" "a type name only the old document has; not on the wire",
}

impl Kind {
    /// Whether the change can be seen in a request or an answer; names of types and operations cannot.
    pub(crate) const fn on_the_wire(self) -> bool {
        !matches!(
            self,
            Self::OperationRenamed
                | Self::OperationDeprecated
                | Self::FieldDeprecated
                | Self::PathParameterRenamed
                | Self::SecuritySchemeAdded
                | Self::SecuritySchemeRemoved
                | Self::SecuritySchemeChanged
                | Self::SchemaRenamed
                | Self::SchemaAdded
                | Self::SchemaRemoved
        )
    }

    /// Whether the change is about a list of allowed values.
    pub(super) const fn about_enum(self) -> bool {
        matches!(
            self,
            Self::EnumValueAdded
                | Self::EnumValueRemoved
                | Self::EnumIntroduced
                | Self::EnumDropped
                | Self::EnumOpened
                | Self::EnumClosed
        )
    }
}

/// Which half of a call a change belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    /// What the client sends.
    Request,
    /// What the service answers.
    Response,
    /// The call as a whole.
    Both,
}

impl Side {
    /// The name in the JSON report.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Response => "response",
            Self::Both => "both",
        }
    }
}

/// Whom a change breaks: a client of the old document that talks to a service of the new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nobody.
    Harmless,
    /// Old requests may be refused or mean something else: the set of valid values shrank.
    BreaksRequests,
    /// Old clients may not understand the answer: the set of possible values grew.
    BreaksResponses,
    /// Both of the above.
    BreaksBoth,
}

impl Effect {
    /// Whether the effect breaks `side`.
    pub(super) const fn breaks(self, side: Side) -> bool {
        match self {
            Self::Harmless => false,
            Self::BreaksRequests => !matches!(side, Side::Response),
            Self::BreaksResponses => !matches!(side, Side::Request),
            Self::BreaksBoth => true,
        }
    }

    /// The effect of a set of values that is smaller than before (`true`) or larger.
    pub(super) const fn of_narrowing(narrower: bool) -> Self {
        if narrower {
            Self::BreaksRequests
        } else {
            Self::BreaksResponses
        }
    }
}

/// Where in a call a change was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Location {
    /// The operation itself.
    Operation,
    /// A parameter, with its `in`.
    Parameter(String),
    /// The request body.
    RequestBody,
    /// The body of a response, with its status.
    Response(String),
    /// A response header, with the status.
    Header(String),
    /// The service as a whole.
    Service,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operation => f.write_str("operation"),
            Self::Parameter(place) => write!(f, "{place} parameter"),
            Self::RequestBody => f.write_str("request body"),
            Self::Response(status) => write!(f, "response {status}"),
            Self::Header(status) => write!(f, "response {status} header"),
            Self::Service => f.write_str("service"),
        }
    }
}
