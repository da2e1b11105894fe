//! Owns the reasons why an emulator does not start.
//! Refuses to repeat an access key in any of them.

use std::{fmt, io, path::PathBuf};

use crate::snapshot::SnapshotError;

/// Why an emulator did not start.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// The access key given is not padded standard base64.
    AccessKey,
    /// A setting cannot be used.
    Setting(String),
    /// The address could not be listened on.
    Bind {
        /// Host and port asked for.
        address: String,
        /// What the system said.
        source: io::Error,
    },
    /// The snapshot file is there and cannot be used.
    Snapshot(SnapshotError),
    /// The tenant for Graph cannot be used.
    Tenant {
        /// Where it came from: a file, a text or a part given to the builder.
        place: String,
        /// The member that is wrong, and why.
        reason: String,
    },
    /// The certificates could not be made.
    Tls(Box<dyn std::error::Error + Send + Sync>),
    /// The authority's certificate could not be written.
    CaFile {
        /// The file asked for.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The thread that should run the emulator could not be started.
    Thread(io::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AccessKey => {
                f.write_str("the access key is not padded standard base64 of at least one byte")
            }
            Self::Setting(why) => write!(f, "a setting cannot be used: {why}"),
            Self::Bind { address, .. } => write!(f, "cannot listen on {address}"),
            Self::Snapshot(_) => f.write_str("the snapshot cannot be loaded"),
            Self::Tenant { place, reason } => {
                write!(f, "the tenant in {place} cannot be used: {reason}")
            }
            Self::Tls(_) => f.write_str("the TLS certificates cannot be made"),
            Self::CaFile { path, .. } => write!(
                f,
                "cannot write the authority's certificate to {}",
                path.display()
            ),
            Self::Thread(_) => f.write_str("the emulator's thread cannot be started"),
        }
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::AccessKey | Self::Setting(_) | Self::Tenant { .. } => None,
            Self::Bind { source, .. } | Self::CaFile { source, .. } | Self::Thread(source) => {
                Some(source)
            }
            Self::Snapshot(source) => Some(source),
            Self::Tls(source) => Some(&**source),
        }
    }
}
