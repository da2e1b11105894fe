//! Owns what the measurements run in: an environment with pinned packages and our wheel, and the Rust programs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::bench::PACKAGE;

/// The file of benchmarks that is a program for this command.
const BENCH: &str = "python";

/// Names a wheel that is built already.
const WHEEL: &str = "TEAMS_PHONE_WHEEL";

/// Everything that is needed to measure.
pub(super) struct Environment {
    /// An interpreter with the peers and our package.
    pub(super) python: PathBuf,
    /// The scripts.
    pub(super) folder: PathBuf,
    /// The program with the server and the calls by hand.
    pub(super) programs: PathBuf,
    wheel: PathBuf,
}

impl Environment {
    /// Builds and installs what is missing.
    pub(super) fn prepare() -> anyhow::Result<Self> {
        let folder = crate::root::workspace().join("tests/benches/python");
        let wheel = wheel()?;
        let programs = build()?;
        let python = install(&folder.join("requirements.txt"), &wheel)?;
        Ok(Self {
            python,
            folder,
            programs,
            wheel,
        })
    }

    /// In millions of bytes.
    pub(super) fn wheel_size(&self) -> anyhow::Result<f64> {
        let file = fs::metadata(&self.wheel);
        let file = file.with_context(|| self.wheel.display().to_string())?;
        Ok(file.len() as f64 / 1e6)
    }
}

/// The wheel to measure.
fn wheel() -> anyhow::Result<PathBuf> {
    let Some(wheel) = std::env::var_os(WHEEL).map(PathBuf::from) else {
        bail!("set {WHEEL} to a wheel");
    };
    if !wheel.is_file() {
        bail!("{WHEEL} names {}, which is no file", wheel.display());
    }
    Ok(wheel)
}

/// Builds the Rust programs as benchmarks are built; returns their file.
fn build() -> anyhow::Result<PathBuf> {
    let mut command = crate::cargo::command();
    command.args(["bench", "--package", PACKAGE, "--bench", BENCH, "--no-run"]);
    command.arg("--message-format=json-render-diagnostics");
    let command = command.stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = command.output().context("cannot run cargo")?;
    if !output.status.success() {
        bail!("the programs to measure with cannot be built; the compiler's message is above");
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    let mut messages = messages.lines().map(serde_json::from_str::<Value>);
    let built = messages.find_map(|message| {
        let message = message.ok()?;
        let ours = message["target"]["name"] == BENCH && message["target"]["kind"][0] == "bench";
        let file = message["executable"].as_str()?;
        ours.then(|| PathBuf::from(file))
    });
    built.context("cargo names no program")
}

/// Makes an environment for these requirements unless there is one, and puts the wheel into it.
fn install(requirements: &Path, wheel: &Path) -> anyhow::Result<PathBuf> {
    let pins = fs::read(requirements).with_context(|| requirements.display().to_string())?;
    let digest: String = Sha256::digest(&pins)[..4]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let environment = crate::bench::target()?.join(format!("bench-python-{digest}"));
    let python = environment.join("bin/python");
    let complete = environment.join("complete");
    if !complete.exists() {
        let mut command = Command::new(base_python()?);
        command.args(["-m", "venv", "--clear"]).arg(&environment);
        must(
            &mut command,
            "Python cannot make a virtual environment; install its venv module",
        )?;
        let mut command = pip(&python);
        command.arg("--requirement").arg(requirements);
        must(
            &mut command,
            "pip cannot install the clients to compare with; this needs the network once",
        )?;
        fs::write(complete, "")?;
    }
    let mut command = pip(&python);
    command.args(["--force-reinstall", "--no-deps"]).arg(wheel);
    must(&mut command, "pip cannot install the wheel")?;
    Ok(python)
}

fn pip(python: &Path) -> Command {
    let mut command = Command::new(python);
    command.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]);
    command
}

/// The Python of the machine.
fn base_python() -> anyhow::Result<&'static str> {
    let probe = "import sys; sys.exit(sys.version_info < (3, 10))";
    let suits = |name: &&str| {
        let mut command = Command::new(name);
        command.args(["-c", probe]).stdin(Stdio::null());
        command.output().is_ok_and(|output| output.status.success())
    };
    let found = ["python3", "python"].into_iter().find(suits);
    found.context("measuring needs Python 3.10 or newer, as python3 or python")
}

fn must(command: &mut Command, otherwise: &str) -> anyhow::Result<()> {
    let status = command.stdin(Stdio::null()).status();
    let program = || command.get_program().to_string_lossy().into_owned();
    if !status.with_context(program)?.success() {
        bail!("{otherwise}; what it said is above");
    }
    Ok(())
}
