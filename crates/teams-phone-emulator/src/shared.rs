//! Owns everything the connections of one emulator have in common, each part behind its own lock.
//! Refuses to know HTTP.

use std::{
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{Notify, watch};

use crate::{
    access_key::AccessKey,
    clock::Clock,
    directory::Directory,
    faults::Rules,
    graph::tenant::Tenant,
    inspect::Log,
    limits::Limits,
    oauth::{grants::Grants, key::Signer},
    settings::Settings,
    snapshot::{self, SnapshotError},
    state::State,
    token::Minter,
};

/// The parts of a running emulator.
pub(crate) struct Shared {
    pub(crate) key: AccessKey,
    pub(crate) minter: Minter,
    pub(crate) signer: &'static Signer,
    /// The secret of the standard application.
    pub(crate) client_secret: String,
    pub(crate) initial_directory: Directory,
    pub(crate) initial_graph: Tenant,
    pub(crate) grants: Lock<Grants>,
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
    pub(crate) tls: bool,
    pub(crate) initial_settings: Settings,
    pub(crate) stop: watch::Sender<bool>,
    pub(crate) changed: Notify,
    pub(crate) state: Lock<State>,
    pub(crate) settings: Lock<Settings>,
    pub(crate) rules: Lock<Rules>,
    pub(crate) log: Lock<Log>,
    pub(crate) saver: Lock<Saver>,
}

/// A mutex that stays usable after a panic elsewhere; the data has no invariant a panic could break half way.
#[derive(Debug, Default)]
pub(crate) struct Lock<T>(Mutex<T>);

impl<T> Lock<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    pub(crate) fn get(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where the state is saved and how far that has come.
#[derive(Debug, Default)]
pub(crate) struct Saver {
    pub(crate) path: Option<PathBuf>,
    pub(crate) saved_revision: u64,
    pub(crate) last_error: Option<String>,
}

impl Shared {
    /// Forgets state, faults and log, and puts the settings back.
    pub(crate) fn reset(&self) {
        let (directory, graph) = (self.initial_directory.clone(), self.initial_graph.clone());
        self.state.get().clear(directory, graph);
        *self.grants.get() = Grants::default();
        self.rules.get().clear();
        self.log.get().clear();
        *self.settings.get() = self.initial_settings.clone();
        self.changed.notify_one();
    }

    /// Changes Graph's tenant; nothing is changed if that fails.
    pub(crate) fn change_graph<T>(
        &self,
        change: impl FnOnce(&mut Tenant) -> Result<T, String>,
    ) -> Result<T, String> {
        let mut state = self.state.get();
        let outcome = change(&mut state.graph)?;
        state.graph.dirty = false;
        state.touch();
        self.changed.notify_one();
        Ok(outcome)
    }

    /// Reads a snapshot document; one without a directory or without Graph's tenant leaves that of the start.
    pub(crate) fn read_state(&self, document: &[u8]) -> Result<State, SnapshotError> {
        snapshot::from_json(document, &self.initial_directory, &self.initial_graph)
    }

    pub(crate) fn replace_state(&self, mut wanted: State) {
        let mut state = self.state.get();
        wanted.revision = state.revision + 1;
        *state = wanted;
        self.changed.notify_one();
    }

    /// Saves the state if there is a place for it and something new in it.
    pub(crate) fn save(&self) -> Result<(), SnapshotError> {
        // Held throughout, so that an older state cannot be written over a newer one.
        let mut saver = self.saver.get();
        let Some(path) = saver.path.clone() else {
            return Ok(());
        };
        let (revision, bytes) = {
            let state = self.state.get();
            if state.revision == saver.saved_revision {
                return Ok(());
            }
            (state.revision, snapshot::to_json(&state))
        };
        let outcome = snapshot::save(&path, &bytes);
        match &outcome {
            Ok(()) => {
                saver.saved_revision = revision;
                saver.last_error = None;
            }
            Err(error) => saver.last_error = Some(error.to_string()),
        }
        outcome
    }
}
