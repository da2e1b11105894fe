//! Owns what the emulated resource remembers: identities, assignments, and pages of bulk answers still to be read.
//! Refuses to know HTTP.

use std::collections::{BTreeMap, HashMap, VecDeque};

use jiff::Timestamp;
use uuid::Uuid;

use crate::{directory::Directory, graph::tenant::Tenant};

/// Continuations kept for bulk updates; the oldest is forgotten first.
const MAX_CONTINUATIONS: usize = 256;

/// An identity of the resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) custom_id: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) last_token_issued_at: Option<Timestamp>,
    pub(crate) tokens_revoked_at: Option<Timestamp>,
}

/// Access of a Teams user or resource account; the principal type is kept as sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TeamsExtensionAssignment {
    pub(crate) principal_type: String,
    pub(crate) client_ids: Option<Vec<String>>,
}

/// Access of an Entra user, group or tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EntraAssignment {
    pub(crate) tenant_id: Uuid,
    pub(crate) principal_type: String,
    pub(crate) client_ids: Vec<String>,
}

/// The state of one resource.
#[derive(Debug, Clone)]
pub(crate) struct State {
    pub(crate) resource_id: Uuid,
    pub(crate) identities: BTreeMap<String, Identity>,
    pub(crate) by_custom_id: HashMap<String, String>,
    /// By tenant, then object.
    pub(crate) teams_extension: BTreeMap<(Uuid, Uuid), TeamsExtensionAssignment>,
    pub(crate) entra: BTreeMap<Uuid, EntraAssignment>,
    pub(crate) directory: Directory,
    pub(crate) graph: Tenant,
    continuations: VecDeque<(Uuid, Vec<Uuid>)>,
    /// Counts changes, so that a saver can see that there is something to save.
    pub(crate) revision: u64,
}

impl State {
    pub(crate) fn new(resource_id: Uuid, directory: Directory, graph: Tenant) -> Self {
        Self {
            resource_id,
            identities: BTreeMap::new(),
            by_custom_id: HashMap::new(),
            teams_extension: BTreeMap::new(),
            entra: BTreeMap::new(),
            directory,
            graph,
            continuations: VecDeque::new(),
            revision: 0,
        }
    }

    /// Forgets everything but the resource itself; directory and Graph's tenant are again those of the start.
    pub(crate) fn clear(&mut self, directory: Directory, graph: Tenant) {
        let revision = self.revision + 1;
        *self = Self {
            revision,
            ..Self::new(self.resource_id, directory, graph)
        };
    }

    pub(crate) fn touch(&mut self) {
        self.revision += 1;
    }

    /// Creates an identity, or returns the one that already has the custom id.
    pub(crate) fn identity_for(&mut self, custom_id: Option<String>, now: Timestamp) -> String {
        if let Some(known) = custom_id
            .as_ref()
            .and_then(|custom| self.by_custom_id.get(custom))
        {
            return known.clone();
        }
        let id = format!("8:acs:{}_{}", self.resource_id, Uuid::new_v4());
        if let Some(custom) = &custom_id {
            self.by_custom_id.insert(custom.clone(), id.clone());
        }
        let identity = Identity {
            custom_id,
            created_at: now,
            last_token_issued_at: None,
            tokens_revoked_at: None,
        };
        self.identities.insert(id.clone(), identity);
        self.touch();
        id
    }

    /// Removes an identity; false if there is none.
    pub(crate) fn remove_identity(&mut self, id: &str) -> bool {
        let Some(identity) = self.identities.remove(id) else {
            return false;
        };
        if let Some(custom) = identity.custom_id {
            self.by_custom_id.remove(&custom);
        }
        self.touch();
        true
    }

    /// Keeps the rest of a bulk answer and returns the token that leads to it.
    pub(crate) fn remember_rest(&mut self, rest: Vec<Uuid>) -> Uuid {
        if self.continuations.len() >= MAX_CONTINUATIONS {
            self.continuations.pop_front();
        }
        let token = Uuid::new_v4();
        self.continuations.push_back((token, rest));
        token
    }

    pub(crate) fn rest_of(&self, token: Uuid) -> Option<&[Uuid]> {
        self.continuations
            .iter()
            .find(|(known, _)| *known == token)
            .map(|(_, rest)| rest.as_slice())
    }
}
