//! Owns how the demo is shown, and what it says about going on; takes no step.

use std::fmt::Write as _;

use serde::Serialize;
use teams_phone::Secret;
use teams_phone_emulator::RecordedRequest;

use super::steps::{Outcome, RESOURCE_ACCOUNT, TENANT};
use crate::args::DEFAULT_PORT;
use crate::commands::emulator::DEVELOPMENT_KEY;
use crate::env_vars;
use crate::output::{BAD, BOLD, DIM, GOOD, Report, printable};

/// What is said before the first step; programs are told by its first line.
#[derive(Serialize)]
pub(super) struct Introduction {
    emulator: String,
}

impl Introduction {
    pub(super) fn new(url: &str) -> Self {
        Self {
            emulator: url.to_owned(),
        }
    }
}

impl Report for Introduction {
    fn human(&self) -> String {
        format!(
            "{BOLD}Teams Phone, from consent to proven removal, and a number{BOLD:#}\n\
             {DIM}An emulator in this process plays the service, at {}; nothing leaves this machine.{DIM:#}\n\n",
            self.emulator
        )
    }
}

/// A request behind a step.
#[derive(Serialize)]
pub(super) struct Request {
    method: String,
    path: String,
    status: Option<u16>,
}

impl Request {
    pub(super) fn new(seen: &RecordedRequest) -> Self {
        Self {
            method: seen.method.clone(),
            path: seen.target.clone(),
            status: seen.status,
        }
    }
}

/// One step and what came of it.
#[derive(Serialize)]
pub(super) struct StepReport {
    step: usize,
    title: &'static str,
    ok: bool,
    requests: Vec<Request>,
    result: Vec<String>,
}

impl StepReport {
    pub(super) fn new(
        step: usize,
        title: &'static str,
        requests: Vec<Request>,
        outcome: Outcome,
    ) -> Self {
        Self {
            step,
            title,
            ok: outcome.is_ok(),
            requests,
            result: outcome.unwrap_or_else(|why| vec![why]),
        }
    }
}

impl Report for StepReport {
    fn human(&self) -> String {
        let mut text = format!("{BOLD}{}. {}{BOLD:#}\n", self.step, self.title);
        // Writing to a String cannot fail.
        for request in &self.requests {
            let status = match request.status {
                Some(status) => status.to_string(),
                None => "no answer".to_owned(),
            };
            let (method, path) = (&request.method, printable(&request.path));
            let _ = writeln!(text, "   {DIM}{method} {path}{DIM:#} -> {status}");
        }
        let (style, verdict) = if self.ok {
            (GOOD, "ok")
        } else {
            (BAD, "FAILED")
        };
        for (index, line) in self.result.iter().enumerate() {
            let line = printable(line);
            let _ = match index {
                0 => writeln!(text, "   {style}{verdict}{style:#} {line}"),
                _ => writeln!(text, "      {line}"),
            };
        }
        text.push('\n');
        text
    }
}

/// The summary, and how to go on.
#[derive(Serialize)]
pub(super) struct Ending {
    steps: usize,
    ok: usize,
    /// Whether the emulator keeps running.
    kept: bool,
    connection_string: Secret,
    next: Vec<String>,
}

impl Ending {
    /// `stays` is the connection string of an emulator that keeps running.
    pub(super) fn new(program: &str, steps: usize, ok: usize, stays: Option<Secret>) -> Self {
        let program = quoted(program);
        let kept = stays.is_some();
        let later = || {
            let text =
                format!("endpoint=http://127.0.0.1:{DEFAULT_PORT}/;accesskey={DEVELOPMENT_KEY}");
            Secret::from(text)
        };
        let connection_string = stays.unwrap_or_else(later);
        let mut next = Vec::new();
        if !kept {
            next.push(format!("{program} emulator"));
        }
        next.push(set_variable(connection_string.expose()));
        next.push(format!(
            "{program} assignment ensure --tenant {TENANT} --object {RESOURCE_ACCOUNT} --resource-account"
        ));
        Self {
            steps,
            ok,
            kept,
            connection_string,
            next,
        }
    }
}

impl Report for Ending {
    fn human(&self) -> String {
        let (style, what) = if self.ok == self.steps {
            (
                GOOD,
                "access was given, changed, taken away and is gone; a number is assigned",
            )
        } else {
            (BAD, "see the steps marked FAILED")
        };
        let mut text = format!(
            "{style}{} of {} steps did what they should{style:#}: {what}.\n\n",
            self.ok, self.steps
        );
        // Writing to a String cannot fail.
        let mut next = self.next.iter();
        if self.kept {
            text.push_str(
                "The emulator keeps running until Ctrl-C. To go on, in another terminal:\n",
            );
        } else {
            text.push_str("To go on, start an emulator that keeps running:\n");
            for line in next.by_ref().take(1) {
                let _ = writeln!(text, "  {BOLD}{line}{BOLD:#}");
            }
            text.push_str("and in another terminal:\n");
        }
        for line in next {
            let _ = writeln!(text, "  {BOLD}{line}{BOLD:#}");
        }
        text
    }
}

/// This program as it was called, fit for a shell: it need not be on the path.
fn quoted(called: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/\\._-:".contains(c);
    if called.chars().all(plain) {
        called.to_owned()
    } else if cfg!(windows) {
        format!("& '{}'", called.replace('\'', "''"))
    } else {
        format!("'{}'", called.replace('\'', r"'\''"))
    }
}

fn set_variable(connection_string: &str) -> String {
    let name = env_vars::CONNECTION_STRING[0];
    if cfg!(windows) {
        format!("$env:{name} = '{connection_string}'")
    } else {
        format!("export {name}='{connection_string}'")
    }
}
