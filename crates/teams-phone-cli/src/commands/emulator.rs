//! Owns `emulator`: starts it, says where it is, and stops it in order.

use std::io;
use std::path::Path;

use serde::Serialize;
use teams_phone_emulator::{Emulator, StartError};
use tempfile::TempDir;

use crate::args::EmulatorArgs;
use crate::failure::Failure;
use crate::files;
use crate::output::{self, Printer, Report};

/// The key that the emulator accepts unless it is given another one. It is public and protects nothing, so
/// that a connection string of an emulator can be written down once.
pub(super) const DEVELOPMENT_KEY: &str =
    "VGhlIHB1YmxpYyBrZXkgb2YgdGhlIHRlYW1zLXBob25lIGVtdWxhdG9yLiBJdCBwcm90ZWN0cyBub3RoaW5nLg==";

/// The secret of the application of the emulator's Entra authority, public for the same reason.
const DEVELOPMENT_SECRET: &str = "public-secret-of-the-teams-phone-emulator";

/// Runs an emulator until Ctrl-C, a termination signal, or a request to stop.
pub(super) fn run(
    args: &EmulatorArgs,
    ca_file: Option<&Path>,
    printer: Printer,
) -> Result<(), Failure> {
    if ca_file.is_some() && !args.tls {
        return Err(Failure::usage("--ca-file has no effect without --tls"));
    }
    let mut builder = Emulator::builder()
        .host(&args.host)
        .port(args.port)
        .tls(args.tls);
    builder = match &args.access_key_file {
        // Whoever wants a key of their own wants no public secret beside it; the default is a random one.
        Some(path) => builder.access_key(files::read_secret(path, "--access-key-file")?.expose()),
        None => builder
            .access_key(DEVELOPMENT_KEY)
            .client_secret(DEVELOPMENT_SECRET),
    };
    for path in &args.graph_tenant {
        builder = match path.to_str() {
            Some("demo") => builder.graph_demo_tenant(),
            _ => builder.graph_tenant_file(path),
        };
    }
    if let Some(path) = &args.snapshot {
        builder = builder.snapshot(path);
    }
    // Gone with the emulator, as its authority is.
    let folder = match ca_file {
        None if args.tls => Some(folder()?),
        _ => None,
    };
    let ca_file = match (&folder, ca_file) {
        (Some(folder), _) => Some(folder.path().join("ca.pem")),
        (None, path) => path.map(Path::to_owned),
    };
    if let Some(path) = &ca_file {
        builder = builder.ca_file(path);
    }
    let runtime = tokio::runtime::Runtime::new()
        .map_err(|error| Failure::local("the asynchronous runtime cannot be started", error))?;
    runtime.block_on(async {
        // Signals are caught before anybody is told that the emulator is there.
        let signals = Signals::new()?;
        let emulator = builder.start().await.map_err(not_started)?;
        if !emulator.address().ip().is_loopback() && args.access_key_file.is_none() {
            printer.warn(
                "other machines can reach this emulator, and its key is public; --access-key-file sets another one",
            );
        }
        printer.show(&Running::new(&emulator, ca_file.as_deref()))?;
        printer.note("running; Ctrl-C stops it");
        until_stopped(emulator, signals, printer).await?;
        printer.note("stopped");
        Ok(())
    })
}

/// A folder that nobody else can write to.
fn folder() -> Result<TempDir, Failure> {
    let folder = tempfile::Builder::new()
        .prefix("teams-phone-emulator-")
        .tempdir();
    folder.map_err(|error| {
        Failure::local("there is no place for the authority's certificate", error)
            .with_hint("name a file for it with --ca-file")
    })
}

/// Waits for a signal or a request to stop, then stops; a second signal ends the wait for open requests.
pub(super) async fn until_stopped(
    emulator: Emulator,
    mut signals: Signals,
    printer: Printer,
) -> Result<(), Failure> {
    tokio::select! {
        () = signals.received() => {}
        () = emulator.stopped() => {}
    }
    printer.note("stopping; once more to wait for nothing");
    tokio::select! {
        stopped = emulator.stop() => stopped
            .map_err(|error| Failure::local("the emulator's state could not be saved", error)),
        () = signals.received() => Err(Failure::failed("stopped without waiting for open requests")),
    }
}

/// Says why an emulator did not start.
pub(super) fn not_started(error: StartError) -> Failure {
    let hint = match &error {
        StartError::Bind { source, .. } if source.kind() == io::ErrorKind::AddrInUse => {
            "something listens there already, perhaps another emulator; `--port 0` takes a free port"
        }
        StartError::AccessKey => "the file must hold the key alone, as base64 with padding",
        StartError::Tenant { .. } => {
            "`--graph-tenant demo` makes a small one; GET /_emulator/graph/tenant of a running emulator shows the form"
        }
        StartError::Snapshot(_) => "name another file, or remove it to start anew",
        _ => return Failure::local("the emulator did not start", error),
    };
    Failure::local("the emulator did not start", error).with_hint(hint)
}

/// The signals that end the emulator.
pub(super) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    #[cfg(unix)]
    pub(super) fn new() -> Result<Self, Failure> {
        use tokio::signal::unix::{SignalKind, signal};
        let broken = |error| Failure::local("signals cannot be caught", error);
        Ok(Self {
            interrupt: signal(SignalKind::interrupt()).map_err(broken)?,
            terminate: signal(SignalKind::terminate()).map_err(broken)?,
        })
    }

    #[cfg(not(unix))]
    #[expect(clippy::unnecessary_wraps, reason = "the unix twin can fail")]
    pub(super) fn new() -> Result<Self, Failure> {
        Ok(Self {})
    }

    #[cfg(unix)]
    pub(super) async fn received(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    #[cfg(not(unix))]
    pub(super) async fn received(&mut self) {
        // Without a way to hear of Ctrl-C the process ends by it, which is what is wanted.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[derive(Serialize)]
struct Running {
    url: String,
    connection_string: String,
    ca_file: Option<String>,
    ca_pem: Option<String>,
    entra: Entra,
}

/// What to sign in with instead of the connection string.
#[derive(Serialize)]
struct Entra {
    authority: String,
    tenant_id: &'static str,
    client_id: &'static str,
    client_secret: String,
    user: &'static str,
}

impl Running {
    fn new(emulator: &Emulator, ca_file: Option<&Path>) -> Self {
        Self {
            url: emulator.url().to_owned(),
            connection_string: emulator.connection_string(),
            ca_file: ca_file.map(|path| path.display().to_string()),
            ca_pem: emulator.ca_pem().map(str::to_owned),
            entra: Entra::new(emulator),
        }
    }
}

impl Entra {
    fn new(emulator: &Emulator) -> Self {
        let entra = emulator.entra();
        Self {
            authority: entra.authority_host().to_owned(),
            tenant_id: entra.tenant_id(),
            client_id: entra.client_id(),
            client_secret: entra.client_secret().to_owned(),
            user: entra.user_name(),
        }
    }
}

impl Report for Running {
    fn human(&self) -> String {
        let mut rows = vec![
            ("url", self.url.clone()),
            ("connection string", self.connection_string.clone()),
            ("microsoft graph", format!("--graph-endpoint {}", self.url)),
            ("sign-in authority", self.entra.authority.clone()),
            ("tenant", self.entra.tenant_id.to_owned()),
            ("client id", self.entra.client_id.to_owned()),
            ("client secret", self.entra.client_secret.clone()),
            ("user", self.entra.user.to_owned()),
        ];
        let trust = self.ca_file.iter();
        rows.extend(trust.map(|path| ("trust", format!("--ca-file {path}"))));
        output::rows(rows)
    }
}
