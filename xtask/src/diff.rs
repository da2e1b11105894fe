//! `cargo xtask diff`: compares two API versions and says what breaks. Works on OpenAPI 3.0 values; Swagger 2.0 files
//! are converted first. Knows no particular API and changes nothing.

mod bodies;
mod document;
mod facets;
mod family;
mod kind;
mod object;
mod operations;
mod parameters;
mod report;
mod schema;
mod service;
mod shape;
mod text;
mod walk;

#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use serde_json::Value;

use self::document::Document;
use self::kind::Kind;
pub(crate) use self::report::Report;
use self::report::Source;
use self::walk::Walker;

/// Some editors begin a file with it.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Flags of `cargo xtask diff`.
#[derive(clap::Args)]
#[command(after_long_help = long_help())]
pub(crate) struct Args {
    /// The older side: a registered version, or a file (Swagger 2.0 or OpenAPI 3.0, JSON).
    old: String,
    /// The newer side, likewise.
    new: String,
    /// The API that versions belong to; not needed where only one API has a version of that name.
    #[arg(long)]
    api: Option<String>,
    /// How to write the report.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// One line per change, in groups.
    Text,
    /// The documented JSON form.
    Json,
}

/// Runs the command: 0 when nothing breaks, 1 when something does.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let old = locate(&args.old, args.api.as_deref())?;
    let new = locate(&args.new, args.api.as_deref())?;
    let report = files(&old, &new)?;
    let text = match args.format {
        Format::Text => report.to_string(),
        Format::Json => format!("{:#}\n", report.to_json()),
    };
    std::io::stdout()
        .lock()
        .write_all(text.as_bytes())
        .context("cannot write the report")?;
    Ok(if report.breaking() {
        ExitCode::from(1)
    } else {
        ExitCode::SUCCESS
    })
}

/// Compares two OpenAPI 3.0 documents. References that lead nowhere are taken for types that allow anything.
pub(crate) fn documents(old: &Value, new: &Value) -> Report {
    let (old, new) = (Document::new(old), Document::new(new));
    let mut walker = Walker::new(&old, &new);
    let operations = operations::compare(&mut walker);
    service::compare(&mut walker);
    let source = |document: &Document<'_>| Source {
        file: None,
        version: document.version().to_owned(),
    };
    Report {
        old: source(&old),
        new: source(&new),
        operations,
        changes: walker.finish(),
    }
}

/// Compares two files, each Swagger 2.0 or OpenAPI 3.0.
pub(crate) fn files(old: &Path, new: &Path) -> anyhow::Result<Report> {
    let mut report = documents(&read(old)?, &read(new)?);
    let name = |path: &Path| {
        let short = path.strip_prefix(crate::root::workspace()).unwrap_or(path);
        Some(short.display().to_string())
    };
    report.old.file = name(old);
    report.new.file = name(new);
    Ok(report)
}

/// Reads a file as OpenAPI 3.0.
fn read(path: &Path) -> anyhow::Result<Value> {
    let name = path.display();
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {name}"))?;
    let value: Value = serde_json::from_str(text.trim_start_matches(BYTE_ORDER_MARK))
        .with_context(|| format!("{name} is not JSON"))?;
    if value.get("swagger").is_some() {
        return crate::regen::convert::file(path);
    }
    match value["openapi"].as_str() {
        Some(version) if version.starts_with("3.0") => {}
        Some(version) => bail!("{name} is OpenAPI {version}; only 3.0 can be compared"),
        None => bail!(
            "{name} is neither Swagger 2.0 nor OpenAPI 3.0: it has no `swagger` and no `openapi` field"
        ),
    }
    if let Some((at, target)) = Document::new(&value).dangling() {
        bail!(
            "{name}: the reference {target} at {at} leads nowhere in this file; bundle the document first"
        );
    }
    Ok(value)
}

/// The file of a registered version, or the file itself.
fn locate(argument: &str, api: Option<&str>) -> anyhow::Result<PathBuf> {
    let path = PathBuf::from(argument);
    if path.is_file() {
        return Ok(path);
    }
    let registry = crate::specs::Registry::load()?;
    let mut apis: Vec<&str> = registry
        .specs
        .iter()
        .map(|spec| spec.api.as_str())
        .collect();
    apis.dedup();
    let specs = || registry.specs.iter();
    let mut named = specs().filter(|spec| spec.version == argument);
    let api = match (api, named.next(), named.next()) {
        (Some(api), ..) => api,
        (None, Some(only), None) => &only.api,
        (None, None, _) if apis.is_empty() => {
            bail!("{argument} is not a file, and no version is registered in specs/specs.toml")
        }
        (None, None, _) => bail!(
            "{argument} is neither a file nor a version of {}",
            apis.join(" or ")
        ),
        (None, Some(_), Some(_)) => bail!(
            "{argument} is a version of several APIs; say which: --api {}",
            apis.join(" or ")
        ),
    };
    if let Some(spec) = registry.find(api, argument) {
        return Ok(spec.path());
    }
    let known: Vec<&str> = registry
        .api(api)
        .iter()
        .map(|spec| spec.version.as_str())
        .collect();
    if known.is_empty() {
        bail!(
            "no API {api} is registered in specs/specs.toml; it has {}",
            apis.join(", ")
        );
    }
    bail!(
        "{argument} is neither a file nor a version of {api}; its versions are {}",
        known.join(", ")
    )
}

fn long_help() -> String {
    let mut help = String::from(
        "What breaks is judged for a client of OLD that talks to a service of NEW. Requests break when less is \
         accepted than before, responses when more may come back. A type used on both sides is reported for each \
         side, once, with every operation that reaches it.\n\n\
         Not compared: prose, examples, tags, order, the api-version parameter (unless it comes or goes). Names of types \
         and operationIds are reported, but are not on the wire.\n\n\
         Exit code: 0 nothing breaks, 1 something breaks, 2 error.\n\n\
         Text: each line is KIND, `breaking` or `ok`, the dotted paths (`list[]`, `map{}`, `base<Subtype>`), old and \
         new values, the type, and where it is used.\n\n\
         JSON (version 1): {\"version\": 1, \"old\": {\"file\", \"version\"}, \"new\": {..}, \"breaking\": bool, \
         \"changes\": [{\"kind\", \"group\", \"operations\": [\"METHOD path\"], \"location\", \"schema\": name or null, \
         \"path\": shortest, \"paths\": [up to eight per body], \"side\": \"request\", \"response\" or \"both\", \"breaking\": bool, \
         \"wire\": false for mere names, \"detail\", \"old\", \"new\"}]}. Fields may be added without a new version.\n\n\
         Kinds:\n",
    );
    for kind in Kind::ALL {
        // Writing to a string cannot fail.
        let _ = writeln!(help, "  {:<30} {}", kind.name(), kind.meaning());
    }
    help
}
