//! Owns the switches of a running emulator that change how it answers.
//! Refuses to know who sets them.

use serde::{Deserialize, Serialize};

/// What can be switched while the emulator runs (`GET` and `PATCH /_emulator/settings`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Settings {
    /// Whether credentials are checked at all; off for replaying recordings whose signatures were removed.
    pub(crate) verify_credentials: bool,
    /// Off: every `/access/` operation answers 403 `SubscriptionNotAllowed`.
    pub(crate) subscription_allowed: bool,
    /// Whether the two exchanges under `/access/` want an assignment for the caller.
    pub(crate) exchange_requires_assignment: bool,
    /// Items per page of lists.
    pub(crate) page_size: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            verify_credentials: true,
            subscription_allowed: true,
            exchange_requires_assignment: true,
            page_size: 100,
        }
    }
}

impl Settings {
    /// The reason why these settings cannot be used.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        (self.page_size == 0).then_some("pageSize must be at least 1")
    }
}
