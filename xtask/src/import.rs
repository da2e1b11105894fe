//! Owns `cargo xtask import`: brings an upstream Swagger file into `specs/`, without its prose and examples but with
//! the texts we already have for what it shares with a registered version. Refuses to judge the change it brings;
//! `diff` does that, and `conformance` proves afterwards that nothing was lost.

mod layout;
mod order;
mod prose;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail, ensure};
use serde_json::Value;

use self::layout::Files;
use self::prose::Prose;
use crate::conformance::documents::Documents;
use crate::specs::{Origin, Registry, Spec, State};

/// Flags.
#[derive(clap::Args)]
#[command(after_long_help = "\
Files that the document refers to are kept as files of their own, reduced to what is used, and stay external \
references. Texts are carried over from the registered versions, the nearest one first; the JSON pointers that \
still need one are printed. Then: write them, run `cargo xtask regen`, read the diff, run `cargo xtask conformance`.")]
pub(crate) struct Args {
    /// The Swagger 2.0 file, at its place in a checkout, so that its relative references lead somewhere.
    path: PathBuf,
    /// The API it belongs to; a new name adds an API.
    #[arg(long, value_name = "NAME")]
    api: String,
    /// Its version, as in `api-version`.
    #[arg(long, value_name = "V")]
    version: String,
    /// The repository of the checkout, for the record.
    #[arg(
        long,
        value_name = "OWNER/NAME",
        default_value = "Azure/azure-rest-api-specs"
    )]
    repository: String,
    /// The commit of the checkout, for the record.
    #[arg(long, value_name = "SHA")]
    commit: Option<String>,
    /// Replace a version that is there already, and shared types that changed.
    #[arg(long)]
    force: bool,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let specs = crate::root::workspace().join("specs");
    let outcome = import(&specs, args)?;
    for file in &outcome.written {
        println!("wrote specs/{}", file.display());
    }
    if !outcome.missing.is_empty() {
        println!("\n{} texts have to be written:", outcome.missing.len());
    }
    for pointer in &outcome.missing {
        println!("  {pointer}");
    }
    if let Some(previous) = &outcome.previous {
        println!("\nChanges since {}:", previous.version);
        println!(
            "{}",
            crate::diff::files(&previous.path(), &outcome.document)?
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// What an import did.
#[derive(Debug)]
struct Outcome {
    /// The main document.
    document: PathBuf,
    /// All files that were written, relative to `specs/`.
    written: Vec<PathBuf>,
    /// Where texts are missing: file below `specs/`, `#` and JSON pointer.
    missing: Vec<String>,
    /// The newest version that was known before, this one apart.
    previous: Option<Spec>,
}

fn import(specs: &Path, args: &Args) -> anyhow::Result<Outcome> {
    let mut registry = Registry::load_from(specs)?;
    let (api, version) = (&*args.api, &*args.version);
    let main = layout::main_file(api, version);
    let known = registry.find(api, version).cloned();
    ensure!(
        args.force || (known.is_none() && !specs.join(&main).exists()),
        "{api} {version} is there already; --force replaces it"
    );
    let path = std::fs::canonicalize(&args.path)
        .with_context(|| format!("cannot read {}", args.path.display()))?;
    let spec = Spec::new(
        api,
        version,
        guess_state(version, &path),
        origin(args, &path),
    );
    spec.check_names()?;
    let documents = Documents::load(&path)?;
    check_version(&documents, version)?;
    let mut files = layout::lay_out(&documents, api, version)?;
    let missing = finish(specs, args, &registry, &mut files)?;
    for (file, value) in &files {
        write(&specs.join(file), value)?;
    }
    let previous = registry
        .api(api)
        .into_iter()
        .rfind(|spec| spec.version != version)
        .cloned();
    if known.is_none() {
        registry.insert(spec)?;
    }
    Ok(Outcome {
        document: specs.join(main),
        written: files.into_keys().collect(),
        missing,
        previous,
    })
}

/// Merges with what is there, adds the texts and puts everything in order; returns where texts are missing.
fn finish(
    specs: &Path,
    args: &Args,
    registry: &Registry,
    files: &mut Files,
) -> anyhow::Result<Vec<String>> {
    let main = layout::main_file(&args.api, &args.version);
    let mut prose = Prose::default();
    for (file, value) in &mut *files {
        let path = specs.join(file);
        if path.exists() {
            let old = read(&path)?;
            prose.learn(file, &old);
            if *file != main {
                layout::merge(value, &old, args.force)
                    .with_context(|| format!("in {}", path.display()))?;
            }
        }
    }
    for spec in nearest_first(registry, &args.api, &args.version) {
        for path in Documents::load(&spec.path())?.files.keys() {
            prose.learn(path, &read(path)?);
        }
    }
    let mut missing = Vec::new();
    for (file, value) in files {
        let pointers = prose.tell(file, value);
        missing.extend(
            pointers
                .iter()
                .map(|pointer| format!("{}#{pointer}", file.display())),
        );
        order::order(value);
    }
    Ok(missing)
}

/// The other versions of an API: the older ones from new to old, then the newer ones.
fn nearest_first<'a>(registry: &'a Registry, api: &str, version: &str) -> Vec<&'a Spec> {
    let all = registry.api(api);
    let (mut older, newer): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|spec| spec.age() <= crate::specs::age(version));
    older.reverse();
    older.extend(newer);
    older
}

fn check_version(documents: &Documents, version: &str) -> anyhow::Result<()> {
    let info = documents.document().pointer("/info/version");
    match info.and_then(Value::as_str) {
        Some(own) if own == version => Ok(()),
        Some(own) => bail!(
            "{} is version {own}; use --version {own}",
            documents.root.display()
        ),
        None => bail!("{}#/info/version is missing", documents.root.display()),
    }
}

fn guess_state(version: &str, path: &Path) -> State {
    let in_folder = path.iter().any(|part| part == "preview");
    let marked = ["preview", "beta", "alpha"]
        .iter()
        .any(|mark| version.contains(mark));
    if in_folder || marked {
        State::Preview
    } else {
        State::Ga
    }
}

/// Where a file comes from; its path from `specification/` on, or as much of that as can be seen.
fn origin(args: &Args, path: &Path) -> Origin {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    let starts = ["specification", "data-plane", "resource-manager"];
    let start = starts
        .iter()
        .find_map(|name| parts.iter().rposition(|part| part == name));
    Origin {
        repository: args.repository.clone(),
        path: parts[start.unwrap_or(parts.len().saturating_sub(1))..].join("/"),
        commit: args.commit.clone(),
    }
}

fn read(path: &Path) -> anyhow::Result<Value> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is no JSON", path.display()))
}

fn write(path: &Path, value: &Value) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
    }
    let text = format!("{}\n", serde_json::to_string_pretty(value)?);
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests;
