//! Owns the handle of a running emulator: where it is, how to script it, how it ends.
//! Refuses to know HTTP.

mod entra;
mod graph;

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    thread,
    time::Duration,
};

use tokio::task::JoinHandle;

use crate::{
    builder::Builder,
    error::StartError,
    faults::Fault,
    inspect::RecordedRequest,
    server,
    shared::Shared,
    snapshot::{self, SnapshotError},
};

pub use entra::Entra;
pub use graph::{Graph, TenantError};

/// A running emulator. Dropping it stops it.
#[must_use = "dropping the emulator stops it"]
pub struct Emulator {
    parts: Parts,
    host: Option<Host>,
}

/// Everything about a running emulator but what runs it.
#[derive(Clone)]
pub(crate) struct Parts {
    shared: Arc<Shared>,
    address: SocketAddr,
    url: String,
    ca_pem: Option<String>,
}

/// What runs the emulator.
pub(crate) enum Host {
    Task(JoinHandle<()>),
    Thread(thread::JoinHandle<()>),
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator")
            .field("url", &self.parts.url)
            .finish_non_exhaustive()
    }
}

impl Emulator {
    /// Options for an emulator.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Starts an emulator with the default options on the current Tokio runtime.
    ///
    /// # Errors
    /// See [`Builder::start`].
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    pub(crate) fn new(
        shared: Arc<Shared>,
        address: SocketAddr,
        host: &str,
        ca_pem: Option<String>,
        runs: Host,
    ) -> Self {
        let scheme = if ca_pem.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{}:{}", reachable(host, address), address.port());
        Self {
            parts: Parts {
                shared,
                address,
                url,
                ca_pem,
            },
            host: Some(runs),
        }
    }

    /// Takes the handle apart without stopping the emulator.
    pub(crate) fn into_parts(mut self) -> (Parts, JoinHandle<()>) {
        let parts = self.parts.clone();
        match self.host.take() {
            Some(Host::Task(task)) => (parts, task),
            Some(Host::Thread(_)) | None => (parts, tokio::spawn(async {})),
        }
    }

    pub(crate) fn from_parts(parts: Parts, host: Host) -> Self {
        Self {
            parts,
            host: Some(host),
        }
    }

    /// The base URL, without a trailing slash.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.parts.url
    }

    /// The address listened on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.parts.address
    }

    /// The access key, as base64. A secret of the emulator only, but clients treat it as one.
    #[must_use]
    pub fn access_key(&self) -> &str {
        self.parts.shared.key.text()
    }

    /// The connection string as the portal shows it: `endpoint=<url>/;accesskey=<key>`.
    #[must_use]
    pub fn connection_string(&self) -> String {
        format!("endpoint={}/;accesskey={}", self.url(), self.access_key())
    }

    /// The certificate (PEM) of the authority that clients must trust; `None` without TLS.
    #[must_use]
    pub fn ca_pem(&self) -> Option<&str> {
        self.parts.ca_pem.as_deref()
    }

    /// The emulated Entra authority.
    #[must_use]
    pub fn entra(&self) -> Entra<'_> {
        Entra::of(&self.parts)
    }

    /// The emulated Microsoft Graph.
    #[must_use]
    pub fn graph(&self) -> Graph<'_> {
        Graph::of(&self.parts)
    }

    /// Moves the emulator's clock ahead, for good: operations and delays in milliseconds end, tokens expire.
    pub fn advance_clock(&self, by: Duration) {
        let milliseconds = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.parts.shared.clock.advance(milliseconds);
    }

    /// Adds a fault after the ones there are and returns its number.
    ///
    /// A fault that cannot be acted on (an unknown operation id, a status outside 200 to 999) meets nothing or is
    /// answered as 500; the admin route refuses such rules.
    pub fn inject(&self, fault: Fault) -> u64 {
        self.parts.shared.rules.get().add(fault)
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.parts.shared.rules.get().clear();
    }

    /// The latest requests received, oldest first, without secrets. Admin requests are not among them.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.parts.shared.log.get().entries()
    }

    /// The state as a snapshot document (JSON, see the crate documentation).
    #[must_use]
    pub fn state(&self) -> String {
        String::from_utf8_lossy(&snapshot::to_json(&self.parts.shared.state.get())).into_owned()
    }

    /// Replaces the state by that of a snapshot document.
    ///
    /// # Errors
    /// [`SnapshotError::Invalid`] if the document cannot be used; the state is as before.
    pub fn set_state(&self, document: &str) -> Result<(), SnapshotError> {
        let wanted = self.parts.shared.read_state(document.as_bytes())?;
        self.parts.shared.replace_state(wanted);
        Ok(())
    }

    /// Forgets state, faults and requests, and puts the settings back to those of the start.
    pub fn reset(&self) {
        self.parts.shared.reset();
    }

    /// Whether the subscription may use the operations under `/access/` from now on.
    pub fn set_subscription_allowed(&self, allowed: bool) {
        self.parts.shared.settings.get().subscription_allowed = allowed;
    }

    /// Waits until the emulator has been asked to stop, by `POST /_emulator/stop` for one.
    pub async fn stopped(&self) {
        server::stopped(&mut self.parts.shared.stop.subscribe()).await;
    }

    /// Stops the emulator: requests in flight are answered, the state is saved.
    ///
    /// # Errors
    /// [`SnapshotError`] if the state could not be saved; the emulator has stopped all the same.
    pub async fn stop(mut self) -> Result<(), SnapshotError> {
        self.parts.shared.stop.send_replace(true);
        match self.host.take() {
            Some(Host::Task(task)) => {
                let _ = task.await;
            }
            Some(Host::Thread(thread)) => {
                let _ = tokio::task::spawn_blocking(move || thread.join()).await;
            }
            None => {}
        }
        self.parts.shared.save()
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        if self.host.is_none() {
            return;
        }
        self.parts.shared.stop.send_replace(true);
        // Nobody is left to hear of a failure; `stop` is for those who want to.
        let _ = self.parts.shared.save();
    }
}

/// The host part of a URL that reaches a listener; an unspecified address is reached by loopback.
fn reachable(host: &str, address: SocketAddr) -> String {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.to_string(),
        IpAddr::V6(ip) if ip.is_unspecified() => format!("[{}]", Ipv6Addr::LOCALHOST),
        _ if host.contains(':') => format!("[{}]", host.trim_matches(['[', ']'])),
        _ => host.to_owned(),
    }
}
