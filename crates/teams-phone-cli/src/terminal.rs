//! Owns asking people: it asks only where somebody can answer.

use std::io::{self, IsTerminal as _, Write as _};

use teams_phone::Secret;

use crate::failure::Failure;

/// Whether somebody sits in front of the command.
fn is_attended() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks for a text that is not shown while it is typed; nothing if there is nobody to ask.
pub(crate) fn ask_secret(question: &str) -> Result<Option<Secret>, Failure> {
    if !is_attended() {
        return Ok(None);
    }
    rpassword::prompt_password(question)
        .map(|text| Some(Secret::new(text)))
        .map_err(|error| Failure::local("the terminal cannot be read", error))
}

/// Asks for leave to do what cannot be undone, unless `yes` gives it.
pub(crate) fn confirm(question: &str, yes: bool) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    if !is_attended() {
        return Err(
            Failure::usage("this needs confirmation, and there is no terminal to ask on")
                .with_hint("give --yes to go ahead"),
        );
    }
    let broken = |error| Failure::local("the terminal cannot be used", error);
    let mut stderr = io::stderr().lock();
    write!(stderr, "{question} [y/N] ").map_err(broken)?;
    stderr.flush().map_err(broken)?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).map_err(broken)?;
    if matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes") {
        return Ok(());
    }
    Err(Failure::failed("nothing was done"))
}
