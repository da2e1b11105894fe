//! `cargo xtask regen`: from the documents under `specs/` to the low-level clients, and from the asyncio face of the
//! Python package to the blocking one.
//!
//! Owns the order of things: bundle and convert, passes, overlay, generator, formatter, files.
//! Refuses to know how any of them works. Needs no network; the same input gives the same bytes.

mod blocking;
mod bundle;
pub(crate) mod convert;
pub(crate) mod document;
mod emit;
mod overlay;
mod passes;
mod superset;
mod tree;

pub(crate) use tree::names;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use serde_json::Value;
use sha2::{Digest, Sha256};

use self::overlay::Overlay;
use self::passes::{Note, Pass};
use crate::specs::{Registry, State};

/// Flags.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Change nothing; print how the generated code differs from the specs and exit with 1 if it does.
    #[arg(long)]
    check: bool,
    /// Also print what the passes change in each document, and which overlay rule is behind it.
    #[arg(long)]
    notes: bool,
}

/// An API and the crate generated from it.
struct Target {
    /// Its folder under `specs/`.
    api: &'static str,
    /// Its folder under `crates/`.
    package: &'static str,
    /// The version whose types can carry those of all others; hand-written crates bind to it. Without one, no
    /// operation may stand in two versions.
    superset: Option<&'static str>,
    service: Service,
}

/// What the runtime has to know about all operations of an API.
#[derive(Clone, Copy, Debug)]
struct Service {
    version_in: VersionIn,
    /// The header with the id that the client gives a call.
    client_request_id: &'static str,
}

/// Where requests name the API version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum VersionIn {
    Query,
    Path,
}

const TARGETS: [Target; 2] = [
    Target {
        api: "acs-identity",
        package: "acs-identity-rest",
        superset: Some("2025-03-02-preview"),
        service: Service {
            version_in: VersionIn::Query,
            client_request_id: "x-ms-client-request-id",
        },
    },
    Target {
        api: "graph-teams",
        package: "graph-teams-rest",
        superset: None,
        service: Service {
            version_in: VersionIn::Path,
            client_request_id: "client-request-id",
        },
    },
];

/// What happens to a converted document, in this order.
const PASSES: [(&str, Pass); 16] = [
    ("operation names", passes::operation_names::operation_names),
    ("api-version", passes::api_version::api_version),
    ("error responses", passes::error_responses::error_responses),
    ("empty success", passes::empty_success::empty_success),
    ("envelopes", passes::envelopes::envelopes),
    ("media types", passes::media_types::media_types),
    ("constraints", passes::constraints::constraints),
    ("bare objects", passes::bare_objects::bare_objects),
    ("optional arrays", passes::optional_arrays::optional_arrays),
    ("nullable values", passes::nullable_values::nullable_values),
    (
        "clearable values",
        passes::clearable_values::clearable_values,
    ),
    ("secrets", passes::secrets::secrets),
    ("open enums", passes::open_enums::open_enums),
    ("doc text", passes::doc_text::doc_text),
    ("sorted paths", passes::sorted_paths::sorted_paths),
    ("reserved names", passes::reserved_names::reserved_names),
];

/// Where specs are read and crates are written, and the Python package that is both.
struct Roots {
    specs: PathBuf,
    crates: PathBuf,
    package: PathBuf,
}

impl Roots {
    fn of(workspace: &Path) -> Self {
        Self {
            specs: workspace.join("specs"),
            crates: workspace.join("crates"),
            package: workspace.join(blocking::PACKAGE),
        }
    }
}

/// Everything known about an API before code is emitted.
struct Api {
    name: &'static str,
    service: Service,
    /// Oldest first.
    versions: Vec<Version>,
    overlay: Overlay,
    overlay_label: String,
    overlay_sha256: String,
}

/// One version of an API.
struct Version {
    spec: SpecFile,
    /// The document as converted: what the service says.
    converted: Value,
    /// The document after all passes: what the generator gets.
    rewritten: Value,
    /// What the passes did, each with its name.
    notes: Vec<(&'static str, Note)>,
}

/// What the generated code says about its source.
struct SpecFile {
    version: String,
    module: String,
    /// The path from the workspace's root.
    label: String,
    sha256: String,
    preview: bool,
    default: bool,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let roots = Roots::of(&crate::root::workspace());
    if args.notes {
        for target in &TARGETS {
            print!("{}", notes(&load(target, &roots)?));
        }
    }
    if args.check {
        let difference = check(&roots)?;
        if !difference.is_empty() {
            print!("{difference}");
            eprintln!("error: generated code and its sources disagree; run `cargo xtask regen`");
            return Ok(ExitCode::FAILURE);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let mut done = Vec::new();
    for target in &TARGETS {
        let files = generate(target, &roots)?;
        done.extend(tree::write(&folder(target, &roots), &files)?);
    }
    let files = blocking::files(&roots.package)?;
    done.extend(tree::write(
        &roots.package.join(blocking::GENERATED),
        &files,
    )?);
    for line in done {
        println!("{line}");
    }
    Ok(ExitCode::SUCCESS)
}

/// One line for each change of a document, with the version and the pass.
fn notes(api: &Api) -> String {
    let mut text = String::new();
    for version in &api.versions {
        for (pass, note) in &version.notes {
            let rule = note
                .rule
                .as_ref()
                .map_or_else(String::new, |rule| format!(" ({rule})"));
            text += &format!("{}: {pass}: {}{rule}\n", version.spec.version, note.what);
        }
    }
    text
}

/// The difference between what is generated and what the sources give, and what hand-written code could not carry.
fn check(roots: &Roots) -> Result<String> {
    let mut difference = String::new();
    for target in &TARGETS {
        let api = load(target, roots).with_context(|| target.api)?;
        let files = emit::files(&api).with_context(|| target.api)?;
        let label = format!("crates/{}/src/generated", target.package);
        difference += &tree::difference(&folder(target, roots), &label, &files)?;
        // Said after the difference, so that the changed field is seen in its place too.
        if let Err(why) = superset::check(&api.versions, target.superset) {
            difference += &format!("{}: {why:#}\n", target.api);
        }
    }
    let files = blocking::files(&roots.package)?;
    let label = format!("{}/{}", blocking::PACKAGE, blocking::GENERATED);
    difference += &tree::difference(&roots.package.join(blocking::GENERATED), &label, &files)?;
    Ok(difference)
}

fn folder(target: &Target, roots: &Roots) -> PathBuf {
    roots.crates.join(target.package).join("src/generated")
}

/// All generated files of one API, in memory; fails if hand-written code could not carry one of its versions.
fn generate(target: &Target, roots: &Roots) -> Result<Vec<emit::File>> {
    let api = load(target, roots).with_context(|| target.api)?;
    superset::check(&api.versions, target.superset).with_context(|| target.api)?;
    emit::files(&api).with_context(|| target.api)
}

/// Fails when the document names its version elsewhere than the runtime will.
fn check_place(service: Service, document: &Value) -> Result<()> {
    let in_path = passes::api_version::in_path(document);
    let (told, expected) = match service.version_in {
        VersionIn::Path if !in_path => ("not in the path", "at the end of the server's URL"),
        VersionIn::Query if in_path => ("in the path", "in the query"),
        _ => return Ok(()),
    };
    anyhow::bail!("the API version is {told}; xtask/src/regen.rs expects it {expected}")
}

fn load(target: &Target, roots: &Roots) -> Result<Api> {
    let registry = Registry::load_from(&roots.specs)?;
    let specs = registry.api(target.api);
    let known: Vec<&str> = specs.iter().map(|spec| spec.version.as_str()).collect();
    let path = roots.specs.join(target.api).join("overlay.toml");
    let text =
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let overlay_label = format!("specs/{}/overlay.toml", target.api);
    let overlay = Overlay::parse(&text, &known).with_context(|| overlay_label.clone())?;
    let mut used = BTreeSet::new();
    let mut versions = Vec::new();
    for spec in specs {
        let file = SpecFile {
            version: spec.version.clone(),
            module: spec.module.clone(),
            label: format!("specs/{}", spec.file),
            sha256: sha256(&fs::read(spec.path())?),
            preview: spec.state == State::Preview,
            default: spec.default,
        };
        let converted = convert::file(&spec.path()).with_context(|| file.label.clone())?;
        check_place(target.service, &converted).with_context(|| file.label.clone())?;
        let mut rewritten = converted.clone();
        let rules = overlay.for_version(&file.version);
        let notes =
            passes::run(&PASSES, &mut rewritten, &rules).with_context(|| file.label.clone())?;
        let effective = notes.iter().filter_map(|(_, note)| note.rule.clone());
        used.extend(effective.map(|label| (label, file.version.clone())));
        used.extend(shared_rules(&rewritten, &rules, &file.version));
        versions.push(Version {
            spec: file,
            converted,
            rewritten,
            notes,
        });
    }
    overlay
        .all_used(&used)
        .with_context(|| overlay_label.clone())?;
    Ok(Api {
        name: target.api,
        service: target.service,
        versions,
        overlay,
        overlay_label,
        overlay_sha256: sha256(text.as_bytes()),
    })
}

/// Shared schemas need no pass; they have an effect where the document has them.
fn shared_rules(document: &Value, rules: &Overlay, version: &str) -> Vec<(String, String)> {
    let schemas = &document["components"]["schemas"];
    let present = rules
        .shared
        .iter()
        .filter(|rule| schemas.get(&rule.schema).is_some());
    present
        .map(|rule| (rule.label(), version.to_owned()))
        .collect()
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests;
