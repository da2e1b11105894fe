//! Owns Python: the interpreter of the machine, and environments with pinned packages, each installed once per content of
//! its requirements. Refuses to know what runs in them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail, ensure};
use sha2::{Digest as _, Sha256};

/// Succeeds in an interpreter that suits.
const PROBE: &str = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))";

/// An interpreter with packages of its own.
pub(crate) struct Environment {
    folder: PathBuf,
}

impl Environment {
    /// The environment with what these files of the folder `python` ask for, made if there is none yet.
    pub(crate) fn with(name: &str, requirements: &[&str]) -> anyhow::Result<Self> {
        let base = base()?;
        let files = requirements.iter();
        let files: Vec<PathBuf> = files.map(|file| package().join(file)).collect();
        let mut digest = Sha256::new_with_prefix(version(base)?);
        for file in &files {
            digest.update(fs::read(file).with_context(|| file.display().to_string())?);
        }
        let digest = digest.finalize();
        let digest: String = digest[..4].iter().map(|b| format!("{b:02x}")).collect();
        let folder = crate::cargo::target()?.join(format!("python/{name}-{digest}"));
        let environment = Self { folder };
        let complete = environment.folder.join("complete");
        if !complete.exists() {
            environment.make(base, &files)?;
            fs::write(complete, "")?;
        }
        Ok(environment)
    }

    fn make(&self, base: &str, requirements: &[PathBuf]) -> anyhow::Result<()> {
        println!("installing packages into {}", self.folder.display());
        let mut command = Command::new(base);
        command.args(["-m", "venv", "--clear"]).arg(&self.folder);
        must(&mut command, "Python cannot make a virtual environment")?;
        let mut pip = self.pip();
        for file in requirements {
            pip.arg("--requirement").arg(file);
        }
        // Most modules of most packages are never imported, and Python compiles the others by itself.
        pip.arg("--no-compile");
        must(
            &mut pip,
            "pip cannot install what is needed; this wants the network once, or an index that pip is configured for",
        )
    }

    /// Puts a wheel into it, instead of what it had of that name.
    pub(crate) fn install(&self, wheel: &Path) -> anyhow::Result<()> {
        let mut pip = self.pip();
        pip.args(["--force-reinstall", "--no-deps"]).arg(wheel);
        must(&mut pip, "pip cannot install the wheel")
    }

    fn pip(&self) -> Command {
        let mut pip = self.module("pip");
        pip.args(["install", "--quiet", "--disable-pip-version-check"]);
        pip
    }

    /// A module that is run as a program, at work in the workspace.
    pub(crate) fn module(&self, name: &str) -> Command {
        let mut command = self.at_work(&self.program("python"));
        command.args(["-m", name]);
        command
    }

    /// A program that a package installed, at work in the workspace.
    pub(crate) fn script(&self, name: &str) -> Command {
        self.at_work(&self.program(name))
    }

    /// Where it keeps a program.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        if cfg!(windows) {
            self.folder.join(format!("Scripts/{name}.exe"))
        } else {
            self.folder.join("bin").join(name)
        }
    }

    /// The folder with all of it.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Nothing of the caller's Python gets in.
    fn at_work(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(crate::root::workspace());
        command.stdin(Stdio::null());
        command.env("VIRTUAL_ENV", &self.folder);
        // Some tools ask the first `python` that is found what is installed.
        let own = program.parent().map(Path::to_path_buf);
        let others = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(own.into_iter().chain(std::env::split_paths(&others)));
        command.envs(path.ok().map(|path| ("PATH", path)));
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        command.env_remove("PYTHONPATH").env_remove("PYTHONHOME");
        crate::cargo::without_own(&mut command);
        command
    }
}

/// The folder of the Python package's project.
pub(crate) fn package() -> PathBuf {
    crate::root::workspace().join("python")
}

/// The Python of the machine.
pub(crate) fn base() -> anyhow::Result<&'static str> {
    let suits = |name: &&str| {
        let mut command = Command::new(name);
        command.args(["-c", PROBE]).stdin(Stdio::null());
        command.output().is_ok_and(|output| output.status.success())
    };
    let found = ["python3", "python"].into_iter().find(suits);
    found.context(
        "this needs Python 3.10 or newer with its venv module, as python3 or python (on Debian, the packages python3 \
         and python3-venv)",
    )
}

fn version(python: &str) -> anyhow::Result<Vec<u8>> {
    let print = "import sys; print(sys.version, sys.executable)";
    let output = Command::new(python).args(["-c", print]).output()?;
    ensure!(
        output.status.success(),
        "{python} does not tell its version"
    );
    Ok(output.stdout)
}

/// Runs a command that has to succeed.
pub(crate) fn must(command: &mut Command, otherwise: &str) -> anyhow::Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.stdin(Stdio::null()).status();
    let status = status.with_context(|| format!("cannot run {program}"))?;
    if !status.success() {
        bail!("{otherwise}; what it said is above");
    }
    Ok(())
}
