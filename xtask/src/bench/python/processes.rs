//! Owns the processes that measure, and the reading of what they say.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, bail};
use serde::Deserialize;

use super::cores;
use super::environment::Environment;
use super::plan::{Measurement, Program};

/// Calls before those that are measured, as a part of them, and at the least.
const WARM_UP: u32 = 20;
const LEAST_WARM_UP: u32 = 200;

/// What calls used.
#[derive(Debug, Deserialize)]
pub(super) struct Usage {
    calls: u32,
    /// Seconds of the process, in its own code and in the system's.
    cpu: f64,
    /// The most resident memory so far, in MiB, where the system tells.
    pub(super) peak: Option<f64>,
    /// After how many calls how much memory was resident.
    pub(super) resident: Vec<(u32, Option<f64>)>,
}

/// What starts of a program took.
#[derive(Debug, Deserialize)]
pub(super) struct Starts {
    /// Seconds that passed.
    pub(super) wall: Vec<f64>,
    /// Seconds of the processor.
    pub(super) cpu: Vec<f64>,
}

/// The server; it ends when this is dropped.
pub(super) struct Stub {
    child: Child,
    url: String,
}

impl Usage {
    /// Seconds of the processor for each 1,000 calls.
    pub(super) fn cpu_per_thousand(&self) -> f64 {
        self.cpu / f64::from(self.calls) * 1000.0
    }
}

impl Stub {
    pub(super) fn start(programs: &Path, one_core: bool) -> anyhow::Result<Self> {
        let _narrow = one_core.then(cores::only_one).transpose()?;
        let mut command = Command::new(programs);
        command.arg("serve").stdin(Stdio::piped());
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().context("the server has no output")?;
        let mut url = String::new();
        BufReader::new(output).read_line(&mut url)?;
        let url = url.trim().to_owned();
        if url.is_empty() {
            bail!("the server ended before it said where it is");
        }
        Ok(Self { child, url })
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // Its input has ended, so it ends; there is nobody to tell if it does not.
        let _ = self.child.wait();
    }
}

/// Runs a measurement; a quick one has a tenth of the calls.
pub(super) fn measure(
    environment: &Environment,
    stub: &Stub,
    measurement: &Measurement,
    quick: bool,
) -> anyhow::Result<Usage> {
    let shorten = |number: u32| if quick { number / 10 } else { number };
    let calls = shorten(measurement.calls);
    let warm_up = (calls / WARM_UP).max(LEAST_WARM_UP);
    let mut command = match measurement.program {
        Program::Hand => {
            let mut command = Command::new(&environment.programs);
            command.args(["calls", &stub.url]);
            command
        }
        Program::Python(peer, face, event_loop) => {
            let mut command = Command::new(&environment.python);
            command.arg(environment.folder.join("measure.py"));
            command.args([peer, face, event_loop, &stub.url]);
            command
        }
    };
    let numbers = [measurement.in_flight, warm_up, calls];
    command.args(numbers.map(|number| number.to_string()));
    if let Program::Python(..) = measurement.program {
        command.arg(shorten(measurement.look).to_string());
    }
    let _narrow = measurement.one_core.then(cores::only_one).transpose()?;
    read(&mut command).with_context(|| measurement.name.to_owned())
}

/// Starts programs a number of times; the names of all are in the script.
pub(super) fn starts(
    environment: &Environment,
    stub: &Stub,
    rounds: u32,
    filter: &str,
) -> anyhow::Result<BTreeMap<String, Starts>> {
    let mut command = Command::new(&environment.python);
    command.arg(environment.folder.join("startup.py"));
    command.args([&rounds.to_string(), &stub.url, filter]);
    read(&mut command).context("times of starting")
}

/// Runs a program that says what it found as JSON.
fn read<T: for<'de> Deserialize<'de>>(command: &mut Command) -> anyhow::Result<T> {
    // No proxy of this machine shall stand between a client and the server, and imports shall be compiled once.
    command.env("NO_PROXY", "127.0.0.1");
    command.env_remove("PYTHONDONTWRITEBYTECODE");
    command.stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = command.output()?;
    if !output.status.success() {
        bail!("failed; what it said is above");
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_told_for_a_thousand_calls() {
        let text =
            r#"{"calls":500,"cpu":0.25,"wall":1.0,"peak":null,"resident":[[10,7.5],[500,null]]}"#;
        let usage: Usage = serde_json::from_str(text).unwrap();
        assert!((usage.cpu_per_thousand() - 0.5).abs() < 1e-9);
        assert_eq!(usage.resident, [(10, Some(7.5)), (500, None)]);
    }
}
