//! `cargo xtask wheel`: the Python package as one file that pip installs.
//!
//! Owns how maturin is called, and what a wheel must be: one for all Pythons from 3.10, small, and accepted by the
//! index. Refuses to know what is in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail, ensure};

use crate::python::{Environment, must};

/// In bytes, for the wheel that people install.
const LARGEST: u64 = 6_000_000;
/// What comes first in the name of every wheel: the oldest Python, and the stable interface that newer ones have too.
const TAG: &str = "-cp310-abi3-";
/// The oldest glibc for which a linker is at hand; the systems of the last ten years have it.
const OLDEST_GLIBC: &str = "manylinux_2_17";

/// Flags.
#[derive(clap::Args, Default)]
pub(crate) struct Args {
    /// Optimise, as the published wheels are; the default.
    #[arg(long, conflicts_with = "dev")]
    release: bool,
    /// Build quickly, for tests; the size is not checked.
    #[arg(long)]
    dev: bool,
    /// Link for Linux systems older than this one, with a linker that pip installs.
    #[arg(long)]
    manylinux: bool,
    /// Build the source distribution too.
    #[arg(long)]
    sdist: bool,
    /// Where the wheel goes; older ones of this package are removed from there. Default: `target/wheels`.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    for file in build(args)? {
        println!("{} {}", file.display(), megabytes(size(&file)?));
    }
    Ok(ExitCode::SUCCESS)
}

/// A wheel for tests, not optimised.
pub(crate) fn for_tests() -> anyhow::Result<PathBuf> {
    let args = Args {
        dev: true,
        out: Some(crate::cargo::target()?.join("wheels/dev")),
        ..Args::default()
    };
    let files = build(&args)?;
    files.into_iter().next().context("no wheel")
}

/// The wheel, and the source distribution if it is wanted.
fn build(args: &Args) -> anyhow::Result<Vec<PathBuf>> {
    let out = match &args.out {
        Some(out) => std::path::absolute(out)?,
        None => crate::cargo::target()?.join("wheels"),
    };
    let mut requirements = vec!["requirements-build.txt"];
    if args.manylinux {
        ensure!(cfg!(target_os = "linux"), "--manylinux is for Linux");
        requirements.push("requirements-manylinux.txt");
    }
    let name = if args.manylinux { "manylinux" } else { "build" };
    let tools = Environment::with(name, &requirements)?;
    remove_old(&out)?;
    maturin(&tools, args, &out)?;
    let wheel = only(&out, ".whl")?;
    check(&tools, &wheel, args)?;
    let mut files = vec![wheel];
    if args.sdist {
        let mut command = tools.module("maturin");
        command.args(["sdist", "--manifest-path", "python/Cargo.toml", "--out"]);
        must(command.arg(&out), "maturin cannot pack the sources")?;
        files.push(only(&out, ".tar.gz")?);
    }
    let mut twine = tools.module("twine");
    twine.args(["check", "--strict"]).args(&files);
    must(&mut twine, "the index would refuse the package")?;
    Ok(files)
}

fn maturin(tools: &Environment, args: &Args, out: &Path) -> anyhow::Result<()> {
    let mut command = tools.module("maturin");
    command.args(["build", "--locked", "--manifest-path", "python/Cargo.toml"]);
    command.args(["--compression-level", "9"]);
    if args.dev {
        command.args(["--profile", "dev"]);
    }
    if args.manylinux {
        command.args(["--zig", "--compatibility", OLDEST_GLIBC]);
    }
    command.arg("--interpreter").arg(tools.program("python"));
    must(
        command.arg("--out").arg(out),
        "maturin cannot build the wheel",
    )
}

/// Holds a wheel to what users rely on.
fn check(tools: &Environment, wheel: &Path, args: &Args) -> anyhow::Result<()> {
    let name = wheel.file_name().unwrap_or_default().to_string_lossy();
    ensure!(
        name.contains(TAG),
        "{name} is not for every Python from 3.10: `{TAG}` is missing"
    );
    if args.manylinux {
        ensure!(
            name.contains(OLDEST_GLIBC),
            "{name} is not for {OLDEST_GLIBC}"
        );
    }
    let size = size(wheel)?;
    if !args.dev && size > LARGEST {
        bail!(
            "{name} has {}; {} is the limit",
            megabytes(size),
            megabytes(LARGEST)
        );
    }
    let mut audit = tools.script("abi3audit");
    must(
        audit
            .args(["--strict", "--assume-minimum-abi3", "3.10"])
            .arg(wheel),
        "the wheel uses what is not in the stable interface of Python 3.10",
    )
}

fn size(file: &Path) -> anyhow::Result<u64> {
    let file = fs::metadata(file).with_context(|| file.display().to_string())?;
    Ok(file.len())
}

fn megabytes(bytes: u64) -> String {
    format!("{:.2} MB", bytes as f64 / 1e6)
}

/// The package's files of a folder that end so.
fn packed(folder: &Path, end: &str) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("teams_phone-") && name.ends_with(end) {
            found.push(path);
        }
    }
    Ok(found)
}

fn remove_old(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    for end in [".whl", ".tar.gz"] {
        for path in packed(folder, end)? {
            fs::remove_file(&path).with_context(|| path.display().to_string())?;
        }
    }
    Ok(())
}

fn only(folder: &Path, end: &str) -> anyhow::Result<PathBuf> {
    let mut found = packed(folder, end)?;
    ensure!(
        found.len() == 1,
        "maturin made {} files `*{end}` in {} and not one",
        found.len(),
        folder.display()
    );
    found.pop().context("no file")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_this_command_made_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str| fs::write(folder.path().join(name), "").unwrap();
        for name in [
            "teams_phone-0.0.1-cp310-abi3-linux_x86_64.whl",
            "teams_phone-0.0.1.tar.gz",
        ] {
            write(name);
        }
        for name in ["other-1.0.whl", "teams_phone-notes.txt"] {
            write(name);
        }
        assert!(only(folder.path(), ".whl").is_ok());
        remove_old(folder.path()).unwrap();
        let mut left: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        left.sort();
        assert_eq!(left, ["other-1.0.whl", "teams_phone-notes.txt"]);
        let why = only(folder.path(), ".whl").unwrap_err().to_string();
        assert!(why.contains("made 0 files `*.whl`"), "{why}");
    }
}
