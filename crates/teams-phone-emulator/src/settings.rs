//! Owns the switches of a running emulator that change how it answers.
//! Refuses to know who sets them.

use serde::{Deserialize, Serialize};

use crate::{directory::USER_NAME, graph::options::GraphSettings};

/// What can be switched while the emulator runs (`GET` and `PATCH /_emulator/settings`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Settings {
    /// Whether credentials are checked at all; off for replaying recordings whose signatures were removed.
    pub(crate) verify_credentials: bool,
    /// Whether bearer tokens without a signature (`alg` of `none`) pass, their claims believed.
    pub(crate) accept_unsigned_tokens: bool,
    /// Off: every `/access/` operation answers 403 `SubscriptionNotAllowed`.
    pub(crate) subscription_allowed: bool,
    /// Whether the two exchanges under `/access/` want an assignment for the caller.
    pub(crate) exchange_requires_assignment: bool,
    /// Items per page of lists.
    pub(crate) page_size: usize,
    /// Seconds that tokens of the authority live; 0 makes expired ones.
    pub(crate) access_token_lifetime: u32,
    /// Seconds that a client has to wait between polls of a device code.
    pub(crate) device_code_interval: u32,
    /// Seconds that a device code lives.
    pub(crate) device_code_lifetime: u32,
    /// Object id or sign-in name of whoever browsers are signed in as; nobody if it is null.
    pub(crate) signed_in_user: Option<String>,
    /// How Graph answers.
    pub(crate) graph: GraphSettings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            verify_credentials: true,
            accept_unsigned_tokens: false,
            subscription_allowed: true,
            exchange_requires_assignment: true,
            page_size: 100,
            // Entra's least: 60 to 90 minutes, less a second for the way.
            access_token_lifetime: 3599,
            device_code_interval: 5,
            device_code_lifetime: 900,
            signed_in_user: Some(USER_NAME.to_owned()),
            graph: GraphSettings::default(),
        }
    }
}

impl Settings {
    /// The reason why these settings cannot be used.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        if self.page_size == 0 {
            return Some("pageSize must be at least 1");
        }
        self.graph.problem()
    }
}
