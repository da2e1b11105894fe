//! Converts Swagger 2.0, as Azure's services write it, to OpenAPI 3.0.3: the `convert` command and the first step of
//! `regen`. A document that is OpenAPI 3.0 already is checked and passed on. Strict: a keyword that is not understood is an error that names file and JSON pointer. Nothing is dropped
//! but what says nothing, and each such rule is listed at the head of the module that applies it.
//! Knows nothing of any one service, and of nothing that is done to the document afterwards.

mod body;
mod context;
mod discriminator;
mod extension;
mod host;
mod info;
mod node;
mod openapi;
mod parameter;
mod path;
mod response;
mod schema;
mod security;
#[cfg(test)]
mod tests;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::{Map, Value};

use self::context::{Context, Section};
use self::host::Host;
use self::node::Node;
use super::bundle::{self, Bundle, Pointer};

/// Flags of `cargo xtask convert`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The Swagger 2.0 file (JSON), with the files it refers to, or a single OpenAPI 3.0 file to be checked.
    path: PathBuf,
    /// Where to write the OpenAPI 3.0 document; standard output if not given.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let conversion = read(&args.path)?;
    for note in &conversion.notes {
        eprintln!("note: {note}");
    }
    let mut text = serde_json::to_string_pretty(&conversion.document)?;
    text.push('\n');
    match &args.output {
        Some(path) => fs::write(path, text)
            .with_context(|| format!("{}: cannot be written", path.display()))?,
        None => io::stdout().lock().write_all(text.as_bytes())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Converts the file at `path` and all it refers to.
pub(crate) fn file(path: &Path) -> anyhow::Result<Value> {
    read(path).map(|conversion| conversion.document)
}

fn read(path: &Path) -> anyhow::Result<Conversion> {
    let document = bundle::load(path)?;
    if document.get("openapi").is_none() {
        return convert(Bundle::read(path)?);
    }
    Ok(Conversion {
        document: openapi::checked(&path.display().to_string(), document)?,
        notes: Vec::new(),
    })
}

/// An OpenAPI 3.0 document, and what its reader should know about names that had to change.
struct Conversion {
    document: Value,
    notes: Vec<String>,
}

fn convert(bundle: Bundle) -> anyhow::Result<Conversion> {
    let mut context = Context::new(bundle)?;
    let value = context.bundle.document.clone();
    let root = Pointer::root();
    {
        let mut node = Node::open(&context, &root, "the document", &value)?;
        version(&mut node)?;
        let consumes = path::media_types(&mut node, "consumes")?.unwrap_or_default();
        let produces = path::media_types(&mut node, "produces")?.unwrap_or_default();
        (context.consumes, context.produces) = (consumes, produces);
    }
    let document = document(&context, &value)?;
    Ok(Conversion {
        document,
        notes: std::mem::take(&mut context.bundle.notes),
    })
}

fn version(node: &mut Node<'_>) -> anyhow::Result<()> {
    match node.required_string("swagger")? {
        "2.0" => Ok(()),
        other => Err(node.error_at(
            "swagger",
            format!("the version is `{other}`, only 2.0 is understood"),
        )),
    }
}

fn document(context: &Context, value: &Value) -> anyhow::Result<Value> {
    let root = Pointer::root();
    let mut node = Node::open(context, &root, "the document", value)?;
    let mut out = Map::new();
    for key in ["swagger", "consumes", "produces"] {
        node.take(key);
    }
    out.insert("openapi".to_owned(), "3.0.3".into());
    let Some(value) = node.take("info") else {
        return Err(node.error("lacks `info`, a document needs it"));
    };
    out.insert(
        "info".to_owned(),
        info::info(context, &root.key("info"), value)?,
    );
    let mut extensions = Map::new();
    let host = Host::take(&mut node, &mut extensions)?;
    out.extend(
        host.servers(None)
            .map(|servers| ("servers".to_owned(), servers)),
    );
    if let Some(items) = node.array("security")? {
        out.insert(
            "security".to_owned(),
            security::requirements(context, &root.key("security"), items)?,
        );
    }
    if let Some(items) = node.array("tags")? {
        out.insert(
            "tags".to_owned(),
            info::tags(context, &root.key("tags"), items)?,
        );
    }
    if let Some(value) = node.take("externalDocs") {
        out.insert(
            "externalDocs".to_owned(),
            info::external_docs(context, &root.key("externalDocs"), value)?,
        );
    }
    let Some(value) = node.take("paths") else {
        return Err(node.error("lacks `paths`, a document needs them, if only `{}`"));
    };
    let mut paths = path::Paths::default();
    paths.add(context, &host, "paths", value)?;
    if let Some(value) = node.take("x-ms-paths") {
        paths.add(context, &host, "x-ms-paths", value)?;
    }
    out.insert("paths".to_owned(), Value::Object(paths.plain));
    if !paths.querying.is_empty() {
        extensions.insert("x-ms-paths".to_owned(), Value::Object(paths.querying));
    }
    let components = components(&mut node)?;
    if !components.is_empty() {
        out.insert("components".to_owned(), Value::Object(components));
    }
    out.append(&mut extensions);
    node.extensions(&mut out)?;
    node.finish()?;
    Ok(Value::Object(out))
}

fn components(node: &mut Node<'_>) -> anyhow::Result<Map<String, Value>> {
    let context = node.context;
    for section in [
        Section::Definitions,
        Section::Parameters,
        Section::Responses,
        Section::SecurityDefinitions,
    ] {
        node.object(section.key())?;
    }
    let mut schemas = Map::new();
    for (name, value) in context.section(Section::Definitions).into_iter().flatten() {
        let schema = schema::schema(context, &context.pointer(Section::Definitions, name), value)?;
        schemas.insert(
            context
                .component_name(Section::Definitions, name)
                .to_owned(),
            schema,
        );
    }
    let mut parameters = Map::new();
    for (name, value) in context.section(Section::Parameters).into_iter().flatten() {
        let at = context.pointer(Section::Parameters, name);
        let (_, plain) = context.followed(Section::Parameters, &at, value)?;
        match plain.get("in").and_then(Value::as_str) {
            Some("body") => {}
            Some("formData") => used(context, name, &at)?,
            _ => {
                let converted = parameter::parameter(context, &at, value)?;
                let name = context.component_name(Section::Parameters, name);
                parameters.insert(name.to_owned(), converted);
            }
        }
    }
    let sections = [
        ("schemas", schemas),
        ("responses", response::shared(context)?),
        ("parameters", parameters),
        ("requestBodies", body::shared(context)?),
        ("securitySchemes", security::schemes(context)?),
    ];
    let filled = sections
        .into_iter()
        .filter(|(_, members)| !members.is_empty());
    Ok(filled
        .map(|(key, members)| (key.to_owned(), Value::Object(members)))
        .collect())
}

/// Fails unless something refers to the shared form parameter `name`.
fn used(context: &Context, name: &str, at: &Pointer) -> anyhow::Result<()> {
    let reference = format!("#{at}");
    if refers(&context.bundle.document, &reference) {
        return Ok(());
    }
    let message = format!(
        "`{name}` is a form parameter that nothing uses, OpenAPI 3.0 has no place for it; remove it"
    );
    Err(context.error(at, message))
}

fn refers(value: &Value, reference: &str) -> bool {
    match value {
        Value::Object(map) => map
            .iter()
            .any(|(key, value)| (key == "$ref" && value == reference) || refers(value, reference)),
        Value::Array(items) => items.iter().any(|item| refers(item, reference)),
        _ => false,
    }
}
