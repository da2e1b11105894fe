//! Runs the official Python SDK, unmodified, against the emulator over HTTPS, with both of its clients.
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

use teams_phone_emulator::Emulator;

const REQUIREMENTS: &str = include_str!("../interop/requirements.txt");

/// How many cases the script has, each run with both clients.
const CASES: usize = 9;

#[tokio::test(flavor = "multi_thread")]
async fn the_official_python_sdk_works_against_the_emulator() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("interop");
    let python = python_with_sdk(&folder.join("requirements.txt"));
    let temporary = tempfile::tempdir().unwrap();
    let ca_file = temporary.path().join("ca.pem");
    let emulator = Emulator::builder()
        .tls(true)
        .accept_unsigned_tokens(true)
        .ca_file(&ca_file)
        .start()
        .await
        .unwrap();
    let mut command = Command::new(python);
    command
        .arg(folder.join("official_sdk.py"))
        .env("EMULATOR_CONNECTION_STRING", emulator.connection_string())
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
    assert_eq!((of("ok sync"), of("ok async")), (CASES, CASES), "{passed}");
    assert!(emulator.requests().iter().all(|request| {
        request
            .header("user-agent")
            .is_some_and(|agent| agent.starts_with("azsdk-python-communication-identity/"))
    }));
}

fn run(command: &mut Command) -> Output {
    let program = command.get_program().to_string_lossy().into_owned();
    command
        .output()
        .unwrap_or_else(|why| panic!("{program} cannot be started: {why}"))
}

/// A Python of its own with the SDK in it.
fn python_with_sdk(requirements: &Path) -> PathBuf {
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
