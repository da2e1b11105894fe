//! Runs the official Python SDK and its Entra credentials, unmodified, against the emulator over HTTPS, with both of
//! their clients.
//!
//! The SDK is installed once per content of `interop/requirements.txt`, into the folder that Cargo gives to tests.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, PoisonError};

use teams_phone_emulator::Emulator;
use tempfile::TempDir;

const REQUIREMENTS: &str = include_str!("../interop/requirements.txt");

/// Where an emulator writes its authority's certificate.
const CA_FILE: &str = "ca.pem";
/// One installation at a time; a second test finds what the first one installed.
static INSTALLATION: Mutex<()> = Mutex::new(());

/// How many cases each script has, each run with both clients.
const SDK_CASES: usize = 9;
const ENTRA_CASES: usize = 5;

#[tokio::test(flavor = "multi_thread")]
async fn the_official_python_sdk_works_against_the_emulator() {
    let (emulator, ca) = start().await;
    let settings = [("EMULATOR_CONNECTION_STRING", emulator.connection_string())];
    pass("official_sdk.py", SDK_CASES, &ca, &settings).await;
    assert!(emulator.requests().iter().all(|request| {
        request
            .header("user-agent")
            .is_some_and(|agent| agent.starts_with("azsdk-python-communication-identity/"))
    }));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_official_python_credentials_work_against_the_emulator() {
    let (emulator, ca) = start().await;
    let entra = emulator.entra();
    let settings = [
        ("EMULATOR_URL", emulator.url().to_owned()),
        ("AZURE_TENANT_ID", entra.tenant_id().to_owned()),
        ("AZURE_CLIENT_ID", entra.client_id().to_owned()),
        ("AZURE_CLIENT_SECRET", entra.client_secret().to_owned()),
    ];
    pass("azure_identity.py", ENTRA_CASES, &ca, &settings).await;
    let requests = emulator.requests();
    let mut asked = requests
        .iter()
        .filter(|request| request.path().ends_with("/oauth2/v2.0/token"));
    assert!(asked.clone().count() > 0);
    assert!(asked.all(|request| {
        request
            .header("user-agent")
            .is_some_and(|agent| agent.starts_with("azsdk-python-identity/"))
    }));
}

/// An emulator over HTTPS and the folder with its authority's certificate.
async fn start() -> (Emulator, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let emulator = Emulator::builder()
        .tls(true)
        .accept_unsigned_tokens(true)
        .ca_file(folder.path().join(CA_FILE))
        .start()
        .await
        .unwrap();
    (emulator, folder)
}

/// Runs a script; every case of it must pass with both clients.
async fn pass(script: &str, cases: usize, ca: &TempDir, settings: &[(&str, String)]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("interop");
    let python = python_with_sdk(&folder.join("requirements.txt"));
    let ca_file = ca.path().join(CA_FILE);
    let mut command = Command::new(python);
    command
        .arg(folder.join(script))
        .envs(settings.iter().map(|(name, value)| (name, value)))
        .env("REQUESTS_CA_BUNDLE", &ca_file)
        .env("SSL_CERT_FILE", &ca_file)
        .env("NO_PROXY", "127.0.0.1,localhost")
        .env("PYTHONDONTWRITEBYTECODE", "1");
    let output = tokio::task::spawn_blocking(move || run(&mut command))
        .await
        .unwrap();
    let passed = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{passed}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let of = |client: &str| {
        passed
            .lines()
            .filter(|line| line.starts_with(client))
            .count()
    };
    assert_eq!((of("ok sync"), of("ok async")), (cases, cases), "{passed}");
}

fn run(command: &mut Command) -> Output {
    let program = command.get_program().to_string_lossy().into_owned();
    command
        .output()
        .unwrap_or_else(|why| panic!("{program} cannot be started: {why}"))
}

/// A Python of its own with the SDK in it.
fn python_with_sdk(requirements: &Path) -> PathBuf {
    let _one = INSTALLATION.lock().unwrap_or_else(PoisonError::into_inner);
    let mut hasher = DefaultHasher::new();
    REQUIREMENTS.hash(&mut hasher);
    let name = format!("official-sdk-{:016x}", hasher.finish());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let python = if cfg!(windows) {
        folder.join("Scripts/python.exe")
    } else {
        folder.join("bin/python")
    };
    let complete = folder.join("complete");
    if complete.exists() {
        return python;
    }
    let base = base_python();
    must(
        Command::new(base)
            .args(["-m", "venv", "--clear"])
            .arg(&folder),
        "Python cannot make a virtual environment; install its venv module (Debian: python3-venv)",
    );
    must(
        Command::new(&python)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--requirement",
            ])
            .arg(requirements),
        "pip cannot install the official SDK; this needs the network once, or an index that pip is configured for",
    );
    std::fs::write(complete, "").unwrap();
    python
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

fn must(command: &mut Command, otherwise: &str) {
    let output = run(command);
    assert!(
        output.status.success(),
        "{otherwise}\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
