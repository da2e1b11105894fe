//! Owns the options of an emulator and its start.
//! Refuses to know how requests are answered.

mod entra;
mod graph;

use std::{
    fmt,
    path::PathBuf,
    sync::{Arc, mpsc},
    thread,
};

use jiff::SignedDuration;
use tokio::{
    net::TcpListener,
    sync::{Notify, watch},
};
use uuid::Uuid;

use crate::{
    access_key::AccessKey,
    clock::Clock,
    directory::{Directory, Document},
    emulator::{Emulator, Host},
    error::StartError,
    faults::Rules,
    graph::tenant::Tenant,
    inspect::Log,
    limits::Limits,
    oauth::{
        grants::{self, Grants},
        key::Signer,
    },
    server,
    settings::Settings,
    shared::{Lock, Saver, Shared},
    snapshot,
    state::State,
    tls,
    token::Minter,
};

/// Options of an emulator; every one has a default.
#[derive(Clone)]
#[must_use = "nothing runs until it is started"]
pub struct Builder {
    access_key: Option<String>,
    host: String,
    port: u16,
    snapshot: Option<PathBuf>,
    tls: bool,
    ca_file: Option<PathBuf>,
    resource_id: Option<Uuid>,
    request_log: usize,
    clock_offset: SignedDuration,
    limits: Limits,
    settings: Settings,
    client_secret: Option<String>,
    directory: Document,
    tenant: Vec<graph::Part>,
}

impl fmt::Debug for Builder {
    /// Without access key and client secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("tls", &self.tls)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            access_key: None,
            host: "127.0.0.1".to_owned(),
            port: 0,
            snapshot: None,
            tls: false,
            ca_file: None,
            resource_id: None,
            request_log: 1000,
            clock_offset: SignedDuration::ZERO,
            limits: Limits::default(),
            settings: Settings::default(),
            client_secret: None,
            directory: Document::default(),
            tenant: Vec::new(),
        }
    }
}

impl Builder {
    /// The access key, as base64. Default: a new random one.
    pub fn access_key(mut self, key: impl Into<String>) -> Self {
        self.access_key = Some(key.into());
        self
    }

    /// The address or name to listen on. Default: `127.0.0.1`.
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.host = host.into();
        self
    }

    /// The port to listen on; 0, the default, takes a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// A file to load the state from, if it is there, and to save it to on change and at stop.
    pub fn snapshot(mut self, path: impl Into<PathBuf>) -> Self {
        self.snapshot = Some(path.into());
        self
    }

    /// Whether to speak TLS, with a certificate from an authority made at start. Default: no.
    pub fn tls(mut self, tls: bool) -> Self {
        self.tls = tls;
        self
    }

    /// A file to write the authority's certificate (PEM) to; has an effect with TLS only.
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca_file = Some(path.into());
        self
    }

    /// The id of the emulated resource, the first part of identity ids. Default: the snapshot's, else a random one.
    pub fn resource_id(mut self, id: [u8; 16]) -> Self {
        self.resource_id = Some(Uuid::from_bytes(id));
        self
    }

    /// Items per page of lists. Default: 100.
    pub fn page_size(mut self, items: usize) -> Self {
        self.settings.page_size = items;
        self
    }

    /// Whether credentials are checked. Default: yes.
    pub fn verify_credentials(mut self, verify: bool) -> Self {
        self.settings.verify_credentials = verify;
        self
    }

    /// Whether the subscription may use the operations under `/access/`; if not they answer 403
    /// `SubscriptionNotAllowed`. Default: yes.
    pub fn subscription_allowed(mut self, allowed: bool) -> Self {
        self.settings.subscription_allowed = allowed;
        self
    }

    /// Whether the exchanges under `/access/` want an assignment for the caller, else 403. Default: yes.
    pub fn exchange_requires_assignment(mut self, required: bool) -> Self {
        self.settings.exchange_requires_assignment = required;
        self
    }

    /// How many requests are kept for [`Emulator::requests`]; the oldest are forgotten first. Default: 1000.
    pub fn request_log(mut self, requests: usize) -> Self {
        self.request_log = requests;
        self
    }

    /// Moves the emulator's clock, to see how clients take a skewed one.
    pub fn clock_offset(mut self, ahead: SignedDuration) -> Self {
        self.clock_offset = ahead;
        self
    }

    /// The largest request body in bytes; larger ones are answered 413. Default: 4 MiB.
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.limits.body = bytes;
        self
    }

    /// How many connections are served at once; further ones wait. Default: 1024.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.limits.connections = connections;
        self
    }

    /// Starts the emulator on the current Tokio runtime.
    ///
    /// # Errors
    /// [`StartError`] says what is wrong with which option.
    ///
    /// # Panics
    /// Outside a Tokio runtime with I/O and time enabled; [`Builder::spawn`] needs none.
    pub async fn start(self) -> Result<Emulator, StartError> {
        let (shared, material) = self.prepare()?;
        let address = if self.host.contains(':') {
            format!("[{}]:{}", self.host.trim_matches(['[', ']']), self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        };
        let bind = |source| StartError::Bind {
            address: address.clone(),
            source,
        };
        let listener = TcpListener::bind(&address).await.map_err(bind)?;
        let local = listener.local_addr().map_err(bind)?;
        let (acceptor, ca_pem) =
            material.map_or((None, None), |m| (Some(m.acceptor), Some(m.ca_pem)));
        let task = tokio::spawn(server::run(shared.clone(), listener, acceptor));
        Ok(Emulator::new(
            shared,
            local,
            &self.host,
            ca_pem,
            Host::Task(task),
        ))
    }

    /// Starts the emulator on a thread of its own, for callers without a Tokio runtime. Blocks until it listens.
    ///
    /// # Errors
    /// [`StartError`] says what is wrong with which option.
    pub fn spawn(self) -> Result<Emulator, StartError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(StartError::Thread)?;
        let (sender, receiver) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("teams-phone-emulator".to_owned())
            .spawn(move || {
                runtime.block_on(async move {
                    let started = self.start().await.map(Emulator::into_parts);
                    match started {
                        Ok((parts, task)) => {
                            // A receiver that is gone has dropped the emulator, which stops the task.
                            let _ = sender.send(Ok(parts));
                            let _ = task.await;
                        }
                        Err(error) => {
                            let _ = sender.send(Err(error));
                        }
                    }
                });
            })
            .map_err(StartError::Thread)?;
        let lost = |_| StartError::Thread(std::io::Error::other("the thread ended early"));
        let parts = receiver.recv().map_err(lost)??;
        Ok(Emulator::from_parts(parts, Host::Thread(thread)))
    }

    fn prepare(&self) -> Result<(Arc<Shared>, Option<tls::Material>), StartError> {
        if let Some(problem) = self.settings.problem() {
            return Err(StartError::Setting(problem.to_owned()));
        }
        if self.limits.connections == 0 {
            return Err(StartError::Setting(
                "max_connections must be at least 1".to_owned(),
            ));
        }
        let key = match &self.access_key {
            Some(text) => AccessKey::parse(text).ok_or(StartError::AccessKey)?,
            None => AccessKey::generate(),
        };
        let signer = Signer::of_emulator().map_err(StartError::Setting)?;
        let directory =
            Directory::standard_and(self.directory.clone()).map_err(StartError::Setting)?;
        let tenant = graph::tenant(&self.tenant)?;
        let state = self.state(&directory, &tenant)?;
        let material = if self.tls {
            Some(self.material()?)
        } else {
            None
        };
        let shared = Shared {
            key,
            minter: Minter::new(),
            signer,
            client_secret: self
                .client_secret
                .clone()
                .unwrap_or_else(|| grants::secret("emu")),
            initial_directory: directory,
            initial_graph: tenant,
            grants: Lock::new(Grants::default()),
            clock: Clock::shifted_by(self.clock_offset),
            limits: self.limits,
            tls: self.tls,
            initial_settings: self.settings.clone(),
            stop: watch::Sender::new(false),
            changed: Notify::new(),
            saver: Lock::new(Saver {
                path: self.snapshot.clone(),
                ..Saver::default()
            }),
            state: Lock::new(state),
            settings: Lock::new(self.settings.clone()),
            rules: Lock::new(Rules::default()),
            log: Lock::new(Log::new(self.request_log)),
        };
        Ok((Arc::new(shared), material))
    }

    fn state(&self, directory: &Directory, tenant: &Tenant) -> Result<State, StartError> {
        let loaded = match &self.snapshot {
            Some(path) => snapshot::load(path, directory, tenant).map_err(StartError::Snapshot)?,
            None => None,
        };
        match (loaded, self.resource_id) {
            (Some(state), Some(wanted)) if state.resource_id != wanted => {
                Err(StartError::Setting(format!(
                    "the snapshot is of resource {}, not of {wanted}",
                    state.resource_id
                )))
            }
            (Some(mut state), _) => {
                // What the options say holds over what was saved.
                state
                    .directory
                    .add(self.directory.clone())
                    .map_err(StartError::Setting)?;
                Ok(state)
            }
            (None, wanted) => Ok(State::new(
                wanted.unwrap_or_else(Uuid::new_v4),
                directory.clone(),
                tenant.clone(),
            )),
        }
    }

    fn material(&self) -> Result<tls::Material, StartError> {
        let material = tls::generate(std::slice::from_ref(&self.host)).map_err(StartError::Tls)?;
        if let Some(path) = &self.ca_file {
            std::fs::write(path, &material.ca_pem).map_err(|source| StartError::CaFile {
                path: path.clone(),
                source,
            })?;
        }
        Ok(material)
    }
}
