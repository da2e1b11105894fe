//! Runs the official Python SDKs, as published, against the emulator over HTTPS. Each file below is one of them; `python`
//! installs them and runs the scripts of the folder `interop`.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod communication;
mod graph;
mod python;

use std::path::PathBuf;

use teams_phone_emulator::{Builder, Emulator};
use tempfile::TempDir;

/// An emulator over HTTPS with the certificate of its authority in a file.
struct Server {
    emulator: Emulator,
    folder: TempDir,
}

impl Server {
    async fn start(builder: Builder) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let builder = builder.tls(true).ca_file(ca_file(&folder));
        let emulator = builder.start().await.unwrap();
        Self { emulator, folder }
    }

    fn ca_file(&self) -> PathBuf {
        ca_file(&self.folder)
    }

    /// Where the server is and who signs in, as the scripts read it from their environment.
    fn sign_in(&self) -> Vec<(&'static str, String)> {
        let entra = self.emulator.entra();
        vec![
            ("EMULATOR_URL", self.emulator.url().to_owned()),
            ("AZURE_TENANT_ID", entra.tenant_id().to_owned()),
            ("AZURE_CLIENT_ID", entra.client_id().to_owned()),
            ("AZURE_CLIENT_SECRET", entra.client_secret().to_owned()),
        ]
    }

    /// Whether every request of a path that fits names the SDK that sent it; there has to be one.
    fn all_are_from(&self, sdk: &str, path: impl Fn(&str) -> bool) -> bool {
        let requests = self.emulator.requests();
        let mut asked = requests.iter().filter(|request| path(request.path()));
        asked.clone().count() > 0
            && asked.all(|request| {
                let agent = request.header("user-agent");
                agent.is_some_and(|agent| agent.contains(sdk))
            })
    }
}

fn ca_file(folder: &TempDir) -> PathBuf {
    folder.path().join("ca.pem")
}
