//! Checks that hand-written crates can bind to generated types without minding versions.
//!
//! Either the types of one version can carry what every other version sends and receives: hand-written crates bind
//! to that version's module and choose the `api-version` at run time, operation by operation. Or every operation is
//! in one version only, and its types are that version's.

use anyhow::{Context, Result, bail};

use super::Version;
use super::document::operations;

/// Fails with what the superset lacks or, without one, with an operation that several versions have.
pub(crate) fn check(versions: &[Version], superset: Option<&str>) -> Result<()> {
    match superset {
        Some(superset) => carries_all(versions, superset),
        None => disjoint(versions),
    }
}

fn disjoint(versions: &[Version]) -> Result<()> {
    for (index, version) in versions.iter().enumerate() {
        for operation in operations(&version.rewritten) {
            let same = |other: &Version| {
                let mut all = operations(&other.rewritten).into_iter();
                all.any(|other| (&other.method, other.path) == (&operation.method, operation.path))
            };
            if let Some(other) = versions[..index].iter().find(|other| same(other)) {
                bail!(
                    "{} {} is in {} and in {}; keep it in one of them, or name a version whose types carry all others",
                    operation.method,
                    operation.path,
                    other.spec.version,
                    version.spec.version
                );
            }
        }
    }
    Ok(())
}

fn carries_all(versions: &[Version], superset: &str) -> Result<()> {
    let all = || versions.iter();
    let superset = all().find(|version| version.spec.version == superset);
    let superset =
        superset.context("the version that hand-written code binds to is not registered")?;
    for version in all().filter(|version| version.spec.version != superset.spec.version) {
        // As rewritten, because that is what the types are made from.
        let report = crate::diff::documents(&version.rewritten, &superset.rewritten);
        if report.breaking() {
            let text = report.to_string();
            let lines: Vec<&str> = text
                .lines()
                .filter(|line| line.contains(" breaking "))
                .collect();
            bail!(
                "the types of {} cannot carry {}; bind hand-written code to another version or merge documents:\n{}",
                superset.spec.version,
                version.spec.version,
                lines.join("\n")
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::regen::SpecFile;

    fn version(name: &str, paths: serde_json::Value) -> Version {
        let document =
            json!({"openapi": "3.0.3", "info": {"title": "X", "version": name}, "paths": paths});
        let spec = SpecFile {
            version: name.to_owned(),
            module: name.to_owned(),
            label: String::new(),
            sha256: String::new(),
            preview: false,
            default: false,
        };
        Version {
            spec,
            converted: document.clone(),
            rewritten: document,
            notes: Vec::new(),
        }
    }

    #[test]
    fn without_a_superset_every_operation_is_in_one_version() {
        let operation = json!({"responses": {"204": {"description": "Done."}}});
        let beta = version(
            "beta",
            json!({"/a": {"get": operation}, "/b": {"get": operation}}),
        );
        let other = version(
            "v1",
            json!({"/a": {"put": operation}, "/c": {"get": operation}}),
        );
        let versions = [beta, other];
        assert!(check(&versions, None).is_ok());

        let [beta, _] = versions;
        let same = version("v1", json!({"/b": {"get": operation}}));
        let refused = check(&[beta, same], None).unwrap_err().to_string();
        assert!(refused.contains("GET /b is in beta and in v1"), "{refused}");
    }
}
