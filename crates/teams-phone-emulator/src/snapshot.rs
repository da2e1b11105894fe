//! Owns the snapshot document (version 1) and reading and writing it as a file in one step.
//! Refuses to hold secrets: access key and standard client secret are not part of it, other client secrets are digests.
//!
//! ```json
//! {
//!   "version": 1,
//!   "resourceId": "<guid>",
//!   "identities": [{"id", "customId"?, "createdAt", "lastTokenIssuedAt"?, "tokensRevokedAt"?}],
//!   "teamsExtensionAssignments": [{"tenantId", "objectId", "principalType", "clientIds"?}],
//!   "entraAssignments": [{"objectId", "tenantId", "principalType", "clientIds"}],
//!   "directory": {"tenants": [], "applications": [], "users": []}?,
//!   "graph": {"skus": [], "users": [], "resourceAccounts": [], "numbers": [], "operations"?: [], "plans"?: []}?
//! }
//! ```
//! Times are RFC 3339. Unknown members are refused, so that nothing is lost by an older emulator's save.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    directory::{self, Directory},
    graph::tenant::Tenant,
    state::{EntraAssignment, Identity, State, TeamsExtensionAssignment},
};

const VERSION: u32 = 1;

/// Why a snapshot could not be read or written.
#[derive(Debug)]
#[non_exhaustive]
pub enum SnapshotError {
    /// The file could not be read or written.
    Io {
        /// The snapshot file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The document is not a snapshot of a version this emulator knows.
    Invalid {
        /// What is wrong and where.
        reason: String,
    },
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, .. } => write!(f, "snapshot file {} cannot be used", path.display()),
            Self::Invalid { reason } => write!(f, "snapshot is not usable: {reason}"),
        }
    }
}

impl std::error::Error for SnapshotError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            Self::Invalid { .. } => None,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Document {
    version: u32,
    resource_id: Uuid,
    #[serde(default)]
    identities: Vec<IdentityEntry>,
    #[serde(default)]
    teams_extension_assignments: Vec<TeamsExtensionEntry>,
    #[serde(default)]
    entra_assignments: Vec<EntraEntry>,
    directory: Option<directory::Document>,
    graph: Option<Tenant>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct IdentityEntry {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_id: Option<String>,
    created_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_token_issued_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tokens_revoked_at: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TeamsExtensionEntry {
    tenant_id: Uuid,
    object_id: Uuid,
    principal_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_ids: Option<Vec<String>>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct EntraEntry {
    object_id: Uuid,
    tenant_id: Uuid,
    principal_type: String,
    client_ids: Vec<String>,
}

/// The snapshot document of a state.
pub(crate) fn to_json(state: &State) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(&document(state)).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// Reads a snapshot document; without a directory or without Graph's tenant in it, the one given is taken.
pub(crate) fn from_json(
    bytes: &[u8],
    directory: &Directory,
    graph: &Tenant,
) -> Result<State, SnapshotError> {
    let document: Document =
        serde_json::from_slice(bytes).map_err(|error| SnapshotError::Invalid {
            reason: error.to_string(),
        })?;
    if document.version != VERSION {
        let reason = format!(
            "version {} is not known, only version {VERSION} is",
            document.version
        );
        return Err(SnapshotError::Invalid { reason });
    }
    state(document, directory, graph)
}

/// Loads a snapshot file; `None` if there is none yet.
pub(crate) fn load(
    path: &Path,
    directory: &Directory,
    graph: &Tenant,
) -> Result<Option<State>, SnapshotError> {
    match fs::read(path) {
        Ok(bytes) => from_json(&bytes, directory, graph).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(SnapshotError::Io {
            path: path.to_owned(),
            source,
        }),
    }
}

/// Writes a snapshot beside its place and moves it there, so that a reader never sees half of it.
pub(crate) fn save(path: &Path, bytes: &[u8]) -> Result<(), SnapshotError> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.tmp", Uuid::new_v4().simple()));
    let beside = PathBuf::from(beside);
    write_synced(&beside, bytes)
        .and_then(|()| fs::rename(&beside, path))
        .map_err(|source| {
            // The leftover is of no use; that it could not be removed is not worth hiding the first error for.
            let _ = fs::remove_file(&beside);
            SnapshotError::Io {
                path: path.to_owned(),
                source,
            }
        })
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::File::create_new(path)?;
    io::Write::write_all(&mut file, bytes)?;
    file.sync_all()
}

fn document(state: &State) -> Document {
    let identities = state.identities.iter().map(|(id, identity)| IdentityEntry {
        id: id.clone(),
        custom_id: identity.custom_id.clone(),
        created_at: identity.created_at,
        last_token_issued_at: identity.last_token_issued_at,
        tokens_revoked_at: identity.tokens_revoked_at,
    });
    let teams = state
        .teams_extension
        .iter()
        .map(
            |(&(tenant_id, object_id), assignment)| TeamsExtensionEntry {
                tenant_id,
                object_id,
                principal_type: assignment.principal_type.clone(),
                client_ids: assignment.client_ids.clone(),
            },
        );
    let entra = state
        .entra
        .iter()
        .map(|(&object_id, assignment)| EntraEntry {
            object_id,
            tenant_id: assignment.tenant_id,
            principal_type: assignment.principal_type.clone(),
            client_ids: assignment.client_ids.clone(),
        });
    Document {
        version: VERSION,
        resource_id: state.resource_id,
        identities: identities.collect(),
        teams_extension_assignments: teams.collect(),
        entra_assignments: entra.collect(),
        directory: Some(state.directory.document()),
        graph: Some(state.graph.clone()),
    }
}

fn state(
    document: Document,
    directory: &Directory,
    graph: &Tenant,
) -> Result<State, SnapshotError> {
    let twice = |what: String| SnapshotError::Invalid {
        reason: format!("{what} appears twice"),
    };
    let directory = match document.directory {
        None => directory.clone(),
        Some(document) => {
            Directory::standard_and(document).map_err(|reason| SnapshotError::Invalid {
                reason: format!("directory: {reason}"),
            })?
        }
    };
    let graph = match document.graph {
        None => graph.clone(),
        Some(tenant) => tenant.settled().map_err(|reason| SnapshotError::Invalid {
            reason: format!("graph: {reason}"),
        })?,
    };
    let mut state = State::new(document.resource_id, directory, graph);
    for entry in document.identities {
        if let Some(custom) = &entry.custom_id
            && state
                .by_custom_id
                .insert(custom.clone(), entry.id.clone())
                .is_some()
        {
            return Err(twice(format!("custom id `{custom}`")));
        }
        let identity = Identity {
            custom_id: entry.custom_id,
            created_at: entry.created_at,
            last_token_issued_at: entry.last_token_issued_at,
            tokens_revoked_at: entry.tokens_revoked_at,
        };
        if state
            .identities
            .insert(entry.id.clone(), identity)
            .is_some()
        {
            return Err(twice(format!("identity `{}`", entry.id)));
        }
    }
    for entry in document.teams_extension_assignments {
        let assignment = TeamsExtensionAssignment {
            principal_type: entry.principal_type,
            client_ids: entry.client_ids,
        };
        if state
            .teams_extension
            .insert((entry.tenant_id, entry.object_id), assignment)
            .is_some()
        {
            return Err(twice(format!(
                "teamsExtension assignment of object `{}`",
                entry.object_id
            )));
        }
    }
    for entry in document.entra_assignments {
        let assignment = EntraAssignment {
            tenant_id: entry.tenant_id,
            principal_type: entry.principal_type,
            client_ids: entry.client_ids,
        };
        if state.entra.insert(entry.object_id, assignment).is_some() {
            return Err(twice(format!(
                "Entra assignment of object `{}`",
                entry.object_id
            )));
        }
    }
    Ok(state)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory() -> Directory {
        Directory::standard_and(directory::Document::default()).unwrap()
    }

    fn read(bytes: &[u8]) -> Result<State, SnapshotError> {
        from_json(bytes, &directory(), &Tenant::default())
    }

    fn sample() -> State {
        let mut state = State::new(
            Uuid::from_u128(1),
            directory(),
            Tenant::demo().settled().unwrap(),
        );
        state.identity_for(Some("alice@contoso.com".into()), Timestamp::UNIX_EPOCH);
        state.identity_for(None, Timestamp::UNIX_EPOCH);
        let assignment = TeamsExtensionAssignment {
            principal_type: "user".into(),
            client_ids: None,
        };
        state
            .teams_extension
            .insert((Uuid::from_u128(2), Uuid::from_u128(3)), assignment);
        state
    }

    #[test]
    fn what_is_written_reads_back_equal() {
        let state = sample();
        let again = read(&to_json(&state)).unwrap();
        assert_eq!(to_json(&again), to_json(&state));
        assert_eq!(again.by_custom_id, state.by_custom_id);
        assert_eq!(again.directory, state.directory);
        assert_eq!(again.graph, state.graph);
    }

    #[test]
    fn saves_in_one_step_and_leaves_nothing_beside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        assert!(
            load(&path, &directory(), &Tenant::default())
                .unwrap()
                .is_none()
        );
        save(&path, b"old").unwrap();
        save(&path, &to_json(&sample())).unwrap();
        assert_eq!(read(&fs::read(&path).unwrap()).unwrap().identities.len(), 2);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn refuses_what_it_does_not_understand() {
        let cases = [
            ("{", "EOF"),
            (
                r#"{"version":2,"resourceId":"00000000-0000-0000-0000-000000000001"}"#,
                "version 2 is not known",
            ),
            (
                r#"{"version":1,"resourceId":"00000000-0000-0000-0000-000000000001","more":1}"#,
                "unknown field `more`",
            ),
            (r#"{"version":1,"resourceId":"x"}"#, "line 1 column"),
            (
                r#"{"version":1,"resourceId":"00000000-0000-0000-0000-000000000001","identities":[
                   {"id":"a","customId":"c","createdAt":"2025-01-01T00:00:00Z"},
                   {"id":"b","customId":"c","createdAt":"2025-01-01T00:00:00Z"}]}"#,
                "custom id `c` appears twice",
            ),
        ];
        for (text, reason) in cases {
            let error = read(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }

    #[test]
    fn an_unwritable_place_names_the_file() {
        let error = save(Path::new("/nonexistent-folder/state.json"), b"").unwrap_err();
        assert!(error.to_string().contains("/nonexistent-folder/state.json"));
    }
}
