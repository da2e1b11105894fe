//! Owns how other cargo commands are started; knows none of them.

use std::process::Command;

/// The cargo that runs this program, at work in the workspace.
pub(crate) fn command() -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.current_dir(crate::root::workspace());
    command
}
