//! Owns `cargo xtask conformance`: compares every document under `specs/` with the real upstream one, or, where it was
//! put together from several sources, its facts with those of the sources.
//! Refuses to change either side.

pub(crate) mod canonical;
mod clients;
pub(crate) mod compare;
pub(crate) mod documents;
mod exceptions;
mod facts;
pub(crate) mod shape;

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};

use self::compare::Difference;
use self::documents::Documents;
use self::exceptions::{Exceptions, Facts, Judgement};
use crate::specs::Registry;

/// Flags.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Folder of the upstream documents: the one that holds `data-plane` and `graph`, or a checkout of the whole
    /// repository of one API.
    #[arg(long, value_name = "DIR")]
    upstream: PathBuf,
    /// Check this API only.
    #[arg(long, value_name = "NAME")]
    api: Option<String>,
    /// Also list the differences that are documented.
    #[arg(long)]
    all: bool,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let registry = Registry::load()?;
    let verdicts = check(&registry, &args.upstream, args.api.as_deref())?;
    for verdict in &verdicts {
        println!("{verdict}");
        if args.all {
            for difference in &verdict.judgement.documented {
                println!("  documented {difference}");
            }
        }
    }
    let passed = verdicts.iter().all(|verdict| verdict.judgement.passes());
    Ok(if passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// All differences between the two documents, the files they refer to included; prose is not compared.
pub(crate) fn differences(ours: &Path, upstream: &Path) -> anyhow::Result<Vec<Difference>> {
    let canonical = |path: &Path| {
        let documents = Documents::load(path)?;
        canonical::canonical(&documents).with_context(|| format!("in {}", path.display()))
    };
    Ok(compare::compare(&canonical(ours)?, &canonical(upstream)?))
}

/// All differences between the facts of our document and those of its sources.
fn fact_differences(
    ours: &Path,
    sources: &Facts,
    upstream: &Path,
) -> anyhow::Result<Vec<Difference>> {
    let ours = facts::of(&[crate::regen::convert::file(ours)?])?;
    let documents = sources.documents.iter();
    let documents = documents.map(|path| json(&find(upstream, path)?));
    let theirs = facts::of(&documents.collect::<anyhow::Result<Vec<_>>>()?)?;
    let mut found = compare::compare(&ours, &facts::common(&ours, &theirs));
    let clients = json(&find(upstream, &sources.clients)?)?;
    let ours = clients::ours(&ours, &sources.clients_below);
    let theirs = clients::upstream(&clients, &ours);
    let (ours, theirs) = (
        serde_json::json!({ "clients": ours }),
        serde_json::json!({ "clients": theirs }),
    );
    found.extend(compare::compare(&ours, &theirs));
    Ok(found)
}

fn json(path: &Path) -> anyhow::Result<serde_json::Value> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))
}

/// What became of one comparison.
#[derive(Debug)]
struct Verdict {
    name: String,
    judgement: Judgement,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Judgement {
            documented,
            undocumented,
            stale,
        } = &self.judgement;
        write!(f, "{}: ", self.name)?;
        match (undocumented.len(), documented.len()) {
            (0, 0) => f.write_str("identical")?,
            (0, count) => write!(f, "as published, but for {count} documented differences")?,
            (count, _) => write!(f, "{count} differences")?,
        }
        for difference in undocumented {
            write!(f, "\n  {difference}")?;
        }
        for pointer in stale {
            write!(
                f,
                "\n  {pointer}: this exception matches nothing; remove it"
            )?;
        }
        Ok(())
    }
}

fn check(registry: &Registry, upstream: &Path, api: Option<&str>) -> anyhow::Result<Vec<Verdict>> {
    let mut names: Vec<&str> = registry.specs.iter().map(|spec| &*spec.api).collect();
    names.dedup();
    if let Some(api) = api {
        names.retain(|name| *name == api);
        if names.is_empty() {
            bail!("specs.toml knows no API `{api}`");
        }
    }
    let mut verdicts = Vec::new();
    for name in names {
        verdicts.extend(check_api(registry, upstream, name)?);
    }
    Ok(verdicts)
}

fn check_api(registry: &Registry, upstream: &Path, api: &str) -> anyhow::Result<Vec<Verdict>> {
    let exceptions = Exceptions::load(&registry.folder().join(api).join("conformance.toml"))?;
    let mut pairs = Vec::new();
    let by_facts = |version: &str| {
        exceptions
            .facts
            .iter()
            .find(|facts| facts.version == version)
    };
    for spec in registry.api(api) {
        if by_facts(&spec.version).is_some() {
            continue;
        }
        pairs.push((spec.version.clone(), spec.path(), spec.origin.path.clone()));
        let also = exceptions.also.iter();
        for also in also.filter(|also| also.version == spec.version) {
            pairs.push((also.name.clone(), spec.path(), also.path.clone()));
        }
    }
    let named =
        |name: &str| pairs.iter().any(|(other, ..)| other == name) || by_facts(name).is_some();
    if let Some(unknown) = exceptions.documents().find(|name| !named(name)) {
        bail!(
            "{api}/conformance.toml has an exception for `{unknown}`, which is no document of this API"
        );
    }
    if let Some(also) = exceptions.also.iter().find(|also| !named(&also.name)) {
        bail!(
            "{api}/conformance.toml names version {}, which is not registered",
            also.version
        );
    }
    let mut verdicts = Vec::new();
    for sources in &exceptions.facts {
        let spec = registry.find(api, &sources.version);
        let spec = spec.with_context(|| {
            format!(
                "{api}/conformance.toml names version {}, which is not registered",
                sources.version
            )
        })?;
        let found = fact_differences(&spec.path(), sources, upstream)?;
        verdicts.push(Verdict {
            name: format!("{api} {}", sources.version),
            judgement: exceptions.judge(&sources.version, found),
        });
    }
    for (document, ours, origin) in &pairs {
        let theirs = find(upstream, origin)?;
        let found = differences(ours, &theirs)?;
        verdicts.push(Verdict {
            name: format!("{api} {document}"),
            judgement: exceptions.judge(document, found),
        });
    }
    Ok(verdicts)
}

/// The upstream document; `specification/<service>/` may be missing in front of it.
fn find(upstream: &Path, origin: &str) -> anyhow::Result<PathBuf> {
    let below = origin.splitn(3, '/').nth(2).unwrap_or(origin);
    let candidates = [upstream.join(origin), upstream.join(below)];
    let found = candidates.iter().find(|path| path.is_file());
    found.cloned().with_context(|| {
        format!(
            "{} has neither {origin} nor {below}; give the folder that holds `data-plane`",
            upstream.display()
        )
    })
}

#[cfg(test)]
mod tests;
