//! Owns the switches of the emulated Graph: how answers are spelled, how long things take.
//! Refuses to know who sets them.

use serde::{Deserialize, Serialize};

/// How the emulated Graph answers. Every member has a default, the documented behaviour where there is one.
///
/// Set with [`Builder::graph`](crate::Builder::graph) and [`Graph::configure`](crate::Graph::configure), or as the
/// member `graph` of `PATCH /_emulator/settings`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[non_exhaustive]
pub struct GraphSettings {
    /// The form of 403 and 404 of the Teams administration.
    pub errors: ErrorStyle,
    /// The `Location` of assign and unassign.
    pub location: LocationStyle,
    /// The body of single entities.
    pub envelope: Envelope,
    /// The body of lists.
    pub lists: ListShape,
    /// Whether full pages name the next one in `@odata.nextLink`. Resource accounts and users always do.
    pub next_link: bool,
    /// Items per page where `$top` asks for more or for nothing; none: 500, at most 1000.
    pub page_size: Option<usize>,
    /// How long operations take.
    pub operations: Delay,
    /// Seconds named in `Retry-After` of the 202 and of polls before the end.
    pub retry_after: Option<u32>,
    /// Whether targets, capabilities and licences are checked before the 202, as 400, and not in the operation.
    pub early_checks: bool,
    /// What resource accounts made from now on wait for.
    pub propagation: Propagation,
}

impl Default for GraphSettings {
    fn default() -> Self {
        Self {
            errors: ErrorStyle::default(),
            location: LocationStyle::default(),
            envelope: Envelope::default(),
            lists: ListShape::default(),
            next_link: true,
            page_size: None,
            operations: Delay::Polls(1),
            retry_after: None,
            early_checks: false,
            propagation: Propagation::default(),
        }
    }
}

impl GraphSettings {
    /// The reason why these settings cannot be used.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        (self.page_size == Some(0)).then_some("graph.pageSize must be at least 1")
    }
}

/// The two recorded forms of a refusal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum ErrorStyle {
    /// Code `forbidden`, a sentence naming the accepted permissions, `additionalData.action`.
    #[default]
    Plain,
    /// Code `UnknownError`; the message is the text of a JSON object.
    Nested,
}

/// How the `Location` of a 202 is written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum LocationStyle {
    /// `<url>/v1.0/.../operations('<id>')`, as documented.
    #[default]
    Key,
    /// `<url>/v1.0/.../operations/<id>`.
    Segment,
    /// As `Key`, without scheme and host.
    Relative,
    /// As `Key`, on another origin (scheme and host).
    Foreign(String),
    /// No `Location` at all.
    Missing,
}

/// How a single entity is sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Envelope {
    /// As the metadata says.
    #[default]
    Bare,
    /// Inside a member `value`, as the documentation's samples show.
    Wrapped,
}

/// How a list is sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum ListShape {
    /// `value` is an array.
    #[default]
    Array,
    /// `value` is the item itself if there is just one, as a documentation sample shows; else an array.
    Object,
}

/// How long something takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Delay {
    /// So many reads do not see it yet; the next does. 0: at once.
    Polls(u32),
    /// So many milliseconds of the emulator's clock, which [`Emulator::advance_clock`](crate::Emulator::advance_clock)
    /// moves.
    Milliseconds(u64),
}

/// What a new resource account waits for, one delay per place that has to learn of it. Default: nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Propagation {
    /// Until `/users` knows it, and it can be the target of a number.
    pub users: Delay,
    /// Until `/admin/teams/resourceAccounts` lists it.
    pub resource_accounts: Delay,
    /// Until licences can be assigned; before, 409 `Directory_ConcurrencyViolation`.
    pub licences: Delay,
}

impl Default for Propagation {
    fn default() -> Self {
        Self {
            users: Delay::Polls(0),
            resource_accounts: Delay::Polls(0),
            licences: Delay::Polls(0),
        }
    }
}

impl Propagation {
    pub(crate) fn is_none(self) -> bool {
        self == Self::default()
    }
}
