//! Owns Python: environments with pinned packages, each installed once per content of its requirements into the folder
//! that Cargo gives to tests, and running a script in one. Refuses to know what a script does.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, PoisonError};

use crate::Server;

/// The SDK for identities and the Entra credentials.
pub(crate) static IDENTITY: Packages = Packages {
    name: "official-sdk",
    file: "requirements.txt",
    pins: include_str!("../../interop/requirements.txt"),
    installation: Mutex::new(()),
};

/// The SDK for Microsoft Graph: large enough for an environment of its own.
pub(crate) static GRAPH: Packages = Packages {
    name: "official-graph-sdk",
    file: "requirements-graph.txt",
    pins: include_str!("../../interop/requirements-graph.txt"),
    installation: Mutex::new(()),
};

/// A script of the folder `interop`.
pub(crate) struct Script {
    pub(crate) file: &'static str,
    pub(crate) packages: &'static Packages,
    /// How many cases it has, each run with both clients or credentials.
    pub(crate) cases: usize,
}

/// What scripts need.
pub(crate) struct Packages {
    name: &'static str,
    /// The file with the pins.
    file: &'static str,
    pins: &'static str,
    /// One at a time; a second test finds what the first one installed.
    installation: Mutex<()>,
}

impl Script {
    /// Runs it; every case of it must pass with both clients.
    pub(crate) async fn pass(&self, server: &Server, settings: &[(&str, String)]) {
        let ca_file = server.ca_file();
        let mut command = Command::new(self.packages.python());
        command
            .arg(folder().join(self.file))
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .env("REQUESTS_CA_BUNDLE", &ca_file)
            .env("SSL_CERT_FILE", &ca_file)
            .env("NO_PROXY", "127.0.0.1,localhost");
        let output = tokio::task::spawn_blocking(move || run(&mut command))
            .await
            .unwrap();
        let passed = String::from_utf8_lossy(&output.stdout);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{passed}{said}");
        for client in ["ok sync", "ok async"] {
            let lines = passed.lines().filter(|line| line.starts_with(client));
            assert_eq!(lines.count(), self.cases, "{client}: {passed}");
        }
    }
}

impl Packages {
    /// A Python of its own with them in it.
    fn python(&self) -> PathBuf {
        let installation = self.installation.lock();
        let _one = installation.unwrap_or_else(PoisonError::into_inner);
        let mut hasher = DefaultHasher::new();
        self.pins.hash(&mut hasher);
        let name = format!("{}-{:016x}", self.name, hasher.finish());
        let environment = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let python = if cfg!(windows) {
            environment.join("Scripts/python.exe")
        } else {
            environment.join("bin/python")
        };
        let complete = environment.join("complete");
        if !complete.exists() {
            install(&environment, &python, &folder().join(self.file));
            std::fs::write(complete, "").unwrap();
        }
        python
    }
}

fn install(environment: &Path, python: &Path, requirements: &Path) {
    must(
        Command::new(base_python())
            .args(["-m", "venv", "--clear"])
            .arg(environment),
        "Python cannot make a virtual environment; install its venv module (Debian: python3-venv)",
    );
    // Scripts import a small part of what is installed, and Python compiles that on its own.
    must(
        Command::new(python)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--no-compile",
                "--disable-pip-version-check",
                "--requirement",
            ])
            .arg(requirements),
        "pip cannot install the official SDK; this needs the network once, or an index that pip is configured for",
    );
}

/// Where scripts and requirements are.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("interop")
}

/// The Python of the machine.
fn base_python() -> &'static str {
    let is_three = |name: &&str| {
        let version = Command::new(name)
            .args(["-c", "import sys; print(sys.version_info[0])"])
            .output();
        version.is_ok_and(|output| output.stdout.trim_ascii() == b"3")
    };
    ["python3", "python"]
        .into_iter()
        .find(is_three)
        .unwrap_or_else(|| {
            panic!(
                "Python 3 is needed to run the official SDK, and neither python3 nor python is one"
            )
        })
}

fn run(command: &mut Command) -> Output {
    let program = command.get_program().to_string_lossy().into_owned();
    command
        .output()
        .unwrap_or_else(|why| panic!("{program} cannot be started: {why}"))
}

fn must(command: &mut Command, otherwise: &str) {
    let output = run(command);
    assert!(
        output.status.success(),
        "{otherwise}\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
