//! Owns the tests and the type checks of the Python package: what they run in, and which of them are wanted.
//!
//! They see the package as its users do, installed from a wheel: the one that `TEAMS_PHONE_WHEEL` names, else one that
//! is built for them.

use std::fs;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};

use super::follow;
use super::tally::Tally;
use crate::python::{Environment, package};

const WHEEL: &str = "TEAMS_PHONE_WHEEL";
const VERSION: &str = "TEAMS_PHONE_VERSION";
const TESTS: &str = "python/tests";
const SOURCES: &str = "python/teams_phone";
const CONFIG: &str = "python/pyproject.toml";

/// A check of types: its name, and the command for it, which is also given the folder of examples.
type Check = (&'static str, fn(&Environment, &Path) -> Command);

const CHECKS: [Check; 4] = [
    ("python types: mypy --strict", mypy),
    ("python types: stubtest", stubtest),
    ("python types: pyright", pyright),
    ("python types: pyright --verifytypes", verify_types),
];

/// Runs what the filter leaves, and says whether all of it went well.
pub(super) fn run(filter: Option<&str>, tally: &mut Tally) -> anyhow::Result<bool> {
    let wheel = wheel()?;
    let environment = Environment::with("test", &["requirements-test.txt"])?;
    environment.install(&wheel)?;
    let examples = super::examples::gather()?;
    let mut succeeded = true;
    for (name, command) in CHECKS {
        if filter.is_none_or(|text| name.contains(text)) {
            succeeded &= check(name, &mut command(&environment, &examples), tally)?;
        }
    }
    let chosen = filter.map(|text| chosen(&environment, text)).transpose()?;
    if chosen.as_ref().is_none_or(|chosen| !chosen.is_empty()) {
        let mut command = pytest(&environment);
        command.arg("-ra").env(WHEEL, &wheel);
        if std::io::stdout().is_terminal() {
            command.arg("--color=yes");
        }
        match chosen {
            Some(chosen) => command.args(chosen),
            None => command.arg(TESTS),
        };
        println!("\n     Running the Python tests on {}", wheel.display());
        let status = follow(&mut command, |line| tally.read_pytest(line))?;
        succeeded &= status.success();
        tally.end_of_pytest(status.success());
    }
    Ok(succeeded)
}

/// The wheel to test.
fn wheel() -> anyhow::Result<PathBuf> {
    let Some(wheel) = std::env::var_os(WHEEL).map(PathBuf::from) else {
        return crate::wheel::for_tests();
    };
    ensure!(
        wheel.is_file(),
        "{WHEEL} names {}, which is no file",
        wheel.display()
    );
    Ok(std::path::absolute(wheel)?)
}

fn pytest(environment: &Environment) -> Command {
    let mut command = environment.module("pytest");
    command.args(["-c", CONFIG, "--rootdir=.", "-p", "no:cacheprovider"]);
    command.env(VERSION, env!("CARGO_PKG_VERSION"));
    command
}

/// The tests whose path contains a text, as `cargo test` chooses.
fn chosen(environment: &Environment, text: &str) -> anyhow::Result<Vec<String>> {
    let mut command = pytest(environment);
    let output = command.args(["--collect-only", "-q", TESTS]).output()?;
    let found = String::from_utf8_lossy(&output.stdout);
    let (tests, others): (Vec<&str>, Vec<&str>) =
        found.lines().partition(|line| line.contains(".py::"));
    ensure!(
        output.status.success(),
        "pytest cannot collect the tests:\n{}\n{}",
        others.join("\n"),
        String::from_utf8_lossy(&output.stderr)
    );
    let tests = tests.into_iter().filter(|test| test.contains(text));
    Ok(tests.map(str::to_owned).collect())
}

/// Whether a text may be part of a Python test's path; nothing is built to know for sure.
pub(super) fn may_have(text: &str) -> bool {
    let checks = CHECKS.iter().any(|(name, _)| name.contains(text));
    let file = text.split("::").next().unwrap_or(text);
    let name = text.rsplit("::").next().unwrap_or(text);
    let name = name.split('[').next().unwrap_or(name);
    checks || mentions(&package().join("tests"), TESTS, file, name)
}

/// Whether a folder has a file so named, or a test function.
fn mentions(folder: &Path, label: &str, file: &str, name: &str) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.into_iter().any(|entry| {
        let path = entry.path();
        let label = format!("{label}/{}", entry.file_name().to_string_lossy());
        if path.is_dir() {
            return mentions(&path, &label, file, name);
        }
        let is_test = label.ends_with(".py") && label.contains("/test_");
        let defines = |line: &str| {
            let line = line.trim_start();
            let def = ["def test", "async def test", "class Test"];
            def.iter().any(|def| line.starts_with(def)) && line.contains(name)
        };
        is_test
            && (label.contains(file)
                || fs::read_to_string(path).is_ok_and(|text| text.lines().any(defines)))
    })
}

/// Runs a check, which counts as one test and is shown if it fails.
fn check(name: &str, command: &mut Command, tally: &mut Tally) -> anyhow::Result<bool> {
    let output = command.output();
    let output = output.with_context(|| format!("cannot start the check {name}"))?;
    let passed = output.status.success();
    tally.check(name, passed);
    println!("test {name} ... {}", if passed { "ok" } else { "FAILED" });
    if !passed {
        print!("{}", String::from_utf8_lossy(&output.stdout));
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(passed)
}

/// The sources, so that messages name them; examples see what is installed.
fn mypy(environment: &Environment, examples: &Path) -> Command {
    let mut command = environment.module("mypy");
    command.args(["--strict", "--config-file", CONFIG, "--cache-dir"]);
    command.arg(environment.folder().join("mypy"));
    command.arg(SOURCES).arg(examples);
    command
}

/// Without a list of what may differ.
fn stubtest(environment: &Environment, _examples: &Path) -> Command {
    let mut command = environment.module("mypy.stubtest");
    command.arg("teams_phone._native");
    command
}

fn pyright(environment: &Environment, examples: &Path) -> Command {
    let mut command = environment.script("pyright");
    command.args(["--warnings", "--project"]).arg(examples);
    command
}

/// Every public name has a known type; the command fails below 100 %.
fn verify_types(environment: &Environment, examples: &Path) -> Command {
    let mut command = environment.script("pyright");
    command.args(["--verifytypes", "teams_phone", "--ignoreexternal"]);
    // Where no folder of the sources is taken for the package.
    command.current_dir(examples);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_asks_for_python_if_a_file_or_a_test_may_have_it() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("packaging");
        fs::create_dir(&inner).unwrap();
        let test = "async def test_reads_a_page():\n    helper_of_it()\n";
        fs::write(inner.join("test_metadata.py"), test).unwrap();
        let may = |text: &str| mentions(folder.path(), TESTS, text, text);
        for text in [
            "packaging",
            "test_metadata.py",
            "reads_a_page",
            "python/tests",
        ] {
            assert!(may(text), "{text}");
        }
        for text in ["helper_of_it", "honours_retry_after", "conftest"] {
            assert!(!may(text), "{text}");
        }
    }
}
