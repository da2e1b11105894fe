//! Owns what the measurements run in: an environment with pinned packages and our wheel, and the Rust programs.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context as _, bail, ensure};
use serde_json::Value;

use crate::bench::PACKAGE;
use crate::python;

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
        let requirements = folder.join("requirements.txt");
        let requirements = requirements
            .to_str()
            .context("the workspace's path is not UTF-8")?;
        let environment = python::Environment::with("bench", &[requirements])?;
        environment.install(&wheel)?;
        Ok(Self {
            python: environment.program("python"),
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

/// The wheel to measure: one that is there, or one that is built as those are that people install.
fn wheel() -> anyhow::Result<PathBuf> {
    let Some(wheel) = std::env::var_os(WHEEL).map(PathBuf::from) else {
        return built();
    };
    ensure!(
        wheel.is_file(),
        "{WHEEL} names {}, which is no file",
        wheel.display()
    );
    Ok(wheel)
}

/// Builds a wheel and finds it where wheels go.
fn built() -> anyhow::Result<PathBuf> {
    crate::wheel::run(&crate::wheel::Args::default())?;
    let folder = crate::cargo::target()?.join("wheels");
    let files = fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
    let mut files = files.filter_map(|file| Some(file.ok()?.path()));
    let wheel = files.find(|file| file.extension().is_some_and(|end| end == "whl"));
    wheel.with_context(|| format!("{} has no wheel", folder.display()))
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
