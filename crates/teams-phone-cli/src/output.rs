//! Owns what leaves the process: results to standard output, talk to standard error; knows no command.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::args::OutputFormat;
use crate::connection::SignedIn;
use crate::failure::Failure;

mod problem;
pub(crate) mod table;

/// The version of the JSON that is written; it changes when a field goes or changes its meaning.
const SCHEMA_VERSION: u32 = 1;

pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
const WARN: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();

/// A result: JSON through `Serialize`, and a text for people, with styles, ending in a line feed.
pub(crate) trait Report: Serialize {
    /// The text for people.
    fn human(&self) -> String;
}

/// Writes results and talk in the chosen format.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Printer {
    format: OutputFormat,
}

#[derive(Serialize)]
struct Versioned<'a, T> {
    schema_version: u32,
    #[serde(flatten)]
    content: &'a T,
}

#[derive(Serialize)]
struct Warning<'a> {
    warning: &'a str,
}

impl Printer {
    pub(crate) fn new(format: OutputFormat) -> Self {
        Self { format }
    }

    /// Whether programs read the output.
    pub(crate) fn is_json(self) -> bool {
        self.format == OutputFormat::Json
    }

    /// Writes a result to standard output.
    pub(crate) fn show(self, report: &impl Report) -> Result<(), Failure> {
        if self.is_json() {
            return print(io::stdout().lock(), &json(report)?);
        }
        print(anstream::stdout().lock(), &report.human())
    }

    /// Tells people something that is not data; programs are not told.
    pub(crate) fn note(self, text: &str) {
        if !self.is_json() {
            talk(&format!("{text}\n"));
        }
    }

    /// Warns.
    pub(crate) fn warn(self, text: &str) {
        if !self.is_json() {
            talk(&format!("{WARN}warning:{WARN:#} {text}\n"));
        } else if let Ok(line) = json(&Warning { warning: text }) {
            talk(&line);
        }
    }

    /// Tells why the command failed, and who was signed in.
    pub(crate) fn failure(self, failure: &Failure, signed_in: Option<SignedIn>) {
        if matches!(failure, Failure::ReaderGone) {
            return;
        }
        let problem = problem::Problem::new(failure, signed_in);
        if !self.is_json() {
            talk(&problem.human());
        } else if let Ok(line) = json(&problem) {
            talk(&line);
        }
    }
}

/// Rows of a name and a value, the values aligned.
pub(crate) fn rows<'a>(rows: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let rows: Vec<_> = rows.into_iter().collect();
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    rows.iter().fold(String::new(), |mut text, (name, value)| {
        let value = printable(value);
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{DIM}{name:width$}{DIM:#}  {value}");
        text
    })
}

/// A text from elsewhere without what would steer a terminal.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() && c != '\n' {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}

/// Writes to standard error; if that fails there is nowhere left to say so.
pub(crate) fn talk(text: &str) {
    let mut stderr = anstream::stderr().lock();
    let _ = stderr.write_all(text.as_bytes());
    let _ = stderr.flush();
}

/// Logs what the SDK does to standard error.
pub(crate) fn start_log() {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::new("teams_phone=debug,teams_phone_core=debug");
    // A second subscriber cannot be there: this is called once.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(false)
        .try_init();
}

fn print(mut stdout: impl io::Write, text: &str) -> Result<(), Failure> {
    if cfg!(test) {
        // The test harness catches what the macro prints.
        std::print!("{text}");
        return Ok(());
    }
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .map_err(Failure::output)
}

fn json(content: &impl Serialize) -> Result<String, Failure> {
    let versioned = Versioned {
        schema_version: SCHEMA_VERSION,
        content,
    };
    serde_json::to_string(&versioned)
        .map(|text| text + "\n")
        .map_err(|error| Failure::local("the result cannot be written as JSON", error))
}
