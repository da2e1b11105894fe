//! Owns how other cargo commands are started, and where they build; knows none of them.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::Context as _;
use serde_json::Value;

/// The cargo that runs this program, at work in the workspace.
pub(crate) fn command() -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.current_dir(crate::root::workspace());
    without_own(&mut command);
    command
}

/// Keeps from a command what cargo told this program about itself.
///
/// Build scripts, such as that of ring, run again when these variables change. Without this, everything that needs ring
/// would be built anew each time a cargo of ours follows one of the user's.
pub(crate) fn without_own(command: &mut Command) {
    const OURS: [&str; 2] = ["CARGO_MANIFEST_", "CARGO_PKG_"];
    for (name, _) in std::env::vars_os() {
        let told = name
            .to_str()
            .is_some_and(|name| OURS.iter().any(|ours| name.starts_with(ours)));
        if told {
            command.env_remove(name);
        }
    }
}

/// The folder that cargo builds in.
pub(crate) fn target() -> anyhow::Result<PathBuf> {
    let mut command = command();
    command.args(["metadata", "--no-deps", "--format-version", "1"]);
    let output = command.stderr(Stdio::inherit()).output()?;
    let metadata: Value = serde_json::from_slice(&output.stdout).context("cargo metadata")?;
    let target = metadata["target_directory"].as_str();
    Ok(target.context("cargo names no target directory")?.into())
}
